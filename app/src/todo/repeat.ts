// How often a todo comes again, as a form has it. When it comes again the core says.

import type { Repeat } from "@roadbook/core";

export type Unit = Repeat["unit"];

export const UNITS: readonly Unit[] = ["day", "week", "month", "year"];
/** Those that are chosen most, by their texts. */
export const PRESETS: readonly string[] = ["1 day", "1 week", "2 week", "1 month", "1 year"];

/** What a draft has of it: `2 week`; nothing for a todo that does not come again. */
export function repeatText(repeat: Repeat | null): string {
  return repeat === null ? "" : `${repeat.every} ${repeat.unit}`;
}

/** The same in parts, as it is typed: `every` may be no number yet. */
export function repeatParts(text: string): { every: string; unit: Unit } {
  const [every = "", unit = ""] = text.split(" ");
  return { every, unit: UNITS.find((known) => known === unit) ?? "week" };
}

/** What such a text asks for. On which day of a month the series is the core knows. */
export function repeatOf(text: string): Repeat | null {
  if (text === "") return null;
  const { every, unit } = repeatParts(text);
  return { every: Number(every), unit, lateDay: null };
}
