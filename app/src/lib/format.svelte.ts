// How days, times, numbers, money and names are written, by the habits of the user's language and country.

import { partsOf } from "./due";
import { localeTag, t } from "./texts.svelte";

const days = $derived(new Intl.DateTimeFormat(localeTag(), { dateStyle: "medium", timeZone: "UTC" }));
const walls = $derived(
  new Intl.DateTimeFormat(localeTag(), { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }),
);
const times = $derived(new Intl.DateTimeFormat(localeTag(), { dateStyle: "medium", timeStyle: "short" }));
/** With the day of the week: to see whether it is the day that was meant. */
const dated = { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
const weekdays = $derived(new Intl.DateTimeFormat(localeTag(), dated));
const weekdayWalls = $derived(
  new Intl.DateTimeFormat(localeTag(), { ...dated, hour: "2-digit", minute: "2-digit" }),
);
const numbers = $derived(new Intl.NumberFormat(localeTag(), { maximumFractionDigits: 20 }));

/** A day and time in this device's zone, by milliseconds since 1970. */
export function instant(millis: number): string {
  return times.format(millis);
}

/** A day, by its text form `2026-11-30`. */
export function day(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : days.format(at);
}

/** A due as it was set: a day, or what the clocks of its zone show then. */
export function wall(due: string): string {
  return written(due, days, walls);
}

/** The same with the day of the week. */
export function wallOfWeek(due: string): string {
  return written(due, weekdays, weekdayWalls);
}

function written(due: string, ofDay: Intl.DateTimeFormat, ofMinute: Intl.DateTimeFormat): string {
  const { day: at, time } = partsOf(due);
  const millis = Date.parse(time === "" ? due : `${at}T${time}Z`);
  if (Number.isNaN(millis)) return due;
  return (time === "" ? ofDay : ofMinute).format(millis);
}

/** A due, and the instant from which it is overdue. A day is the same everywhere, a minute is shown in this zone. */
export function due(due: string, overdueFrom: number): string {
  return due.includes("T") ? instant(overdueFrom) : day(due);
}

/** An exact number, by its text form. It is never made a binary one. */
export function number(text: string): string {
  return numbers.format(text as Intl.StringNumericLiteral);
}

/** An amount in major units, by its text form, with its currency. Forints have no decimals unless there are some. */
export function money(amount: string, currency: string): string {
  const whole = !amount.includes(".") && currency === "HUF";
  return new Intl.NumberFormat(localeTag(), {
    style: "currency",
    currency,
    // What is there is never rounded away.
    maximumFractionDigits: whole ? 0 : 20,
  }).format(amount as Intl.StringNumericLiteral);
}

/** The name of a person or company, in the order of the language. */
export function contactName(of: { givenName: string; familyName: string }): string {
  const { givenName: given, familyName: family } = of;
  if (given === "" || family === "") return given + family;
  return t("person-name", { given, family });
}

/** Several in a row: "Monday, Tuesday and Friday". */
export function list(words: readonly string[]): string {
  return new Intl.ListFormat(localeTag(), { type: "conjunction" }).format(words);
}

/** An amount of storage, by its bytes. */
export function size(bytes: number): string {
  const [unit, one] = bytes < 1e9 ? ["megabyte", 1e6] : ["gigabyte", 1e9];
  const format = new Intl.NumberFormat(localeTag(), { style: "unit", unit, maximumFractionDigits: 1 });
  return format.format(bytes / one);
}
