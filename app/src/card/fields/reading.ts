// Numbers that were typed, or what is wrong with them.

import { number } from "../../lib/format.svelte";
import { localeTag, t } from "../../lib/texts.svelte";
import { exactNumber } from "./numbers";
import type { Read } from "./typing.svelte";

/** What the core takes: 15 digits before the point, 6 after it. */
const FITS = /^-?\d{1,15}(\.\d{1,6})?$/;

export function readNumber(text: string): Read<string> {
  const exact = exactNumber(text, localeTag());
  if (exact === undefined) return { problem: t("card-field-no-number", { example: number("1990.5") }) };
  return FITS.test(exact) ? { value: exact } : { problem: t("card-field-number-too-long") };
}
