// What there is beside the words and the due of a todo, in words.

import type { Repeat } from "@roadbook/core";
import { wallOfWeek } from "../lib/format.svelte";
import { t } from "../lib/texts.svelte";

/** How often it comes again. */
export function repeatWords({ every, unit }: Pick<Repeat, "every" | "unit">): string {
  return t("todo-repeats", { every, unit });
}

/** For which day it is planned. */
export function plannedWords(day: string): string {
  return t("todo-planned", { day: wallOfWeek(day) });
}
