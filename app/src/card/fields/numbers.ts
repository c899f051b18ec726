// Numbers as people type them, in the one text form of the core. They are never made binary ones (T23).

/** How a language writes numbers. */
interface Signs {
  decimal: string;
  group: string;
  digits: readonly string[];
}

/**
 * The exact text form of a number that somebody typed in the way of a language, such as `1 990,50` in Hungarian; none
 * if it is no number, or if it could be two, such as `1.990` there.
 */
export function exactNumber(typed: string, locale: string): string | undefined {
  const signs = signsOf(locale);
  const text = plain(typed, signs);
  const isNegative = /^[-−]/.test(text);
  const [whole, fraction = "", more] = parts(text.replace(/^[-−+]/, ""), signs) ?? [];
  if (whole === undefined || more !== undefined || !/^\d+$/.test(whole + fraction)) return undefined;
  return canonical(isNegative, whole, fraction);
}

/** Digits as the core writes them, and no blanks: they stand between groups, and around what was pasted. */
function plain(typed: string, { digits }: Signs): string {
  const digit = (sign: string) => (digits.includes(sign) ? String(digits.indexOf(sign)) : sign);
  return Array.from(typed, digit).join("").replace(/[\s’']/g, "");
}

function parts(text: string, { decimal, group }: Signs): string[] | undefined {
  if (text.includes(decimal)) return withoutGroups(text.split(decimal), group);
  const other = decimal === "," ? "." : ",";
  const isGroup = group === other && /^\d{1,3}(\D\d{3})+$/.test(text);
  if (isGroup || !text.includes(other)) return [text.replaceAll(other, "")];
  // The decimal sign of another language, unless it could be one between groups.
  const split = text.split(other);
  return split.length === 2 && split[1]?.length !== 3 ? split : undefined;
}

function withoutGroups([whole = "", ...rest]: string[], group: string): string[] | undefined {
  const sign = /[.,]/.exec(whole)?.[0];
  if (sign === undefined) return [whole, ...rest];
  return sign === group && /^\d{1,3}(\D\d{3})+$/.test(whole) ? [whole.replaceAll(sign, ""), ...rest] : undefined;
}

function canonical(isNegative: boolean, whole: string, fraction: string): string {
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  const after = fraction.replace(/0+$/, "");
  const text = after === "" ? digits : `${digits}.${after}`;
  return isNegative && text !== "0" ? `-${text}` : text;
}

function signsOf(locale: string): Signs {
  const shown = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(1234567.8);
  const sign = (type: string) => shown.find((part) => part.type === type)?.value ?? "";
  const counted = new Intl.NumberFormat(locale, { useGrouping: false });
  const digits = Array.from({ length: 10 }, (_, digit) => counted.format(digit));
  return { decimal: sign("decimal"), group: sign("group"), digits };
}
