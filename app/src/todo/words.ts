// What there is beside the words and the due of a todo, in words.

import type { Channel, Repeat } from "@roadbook/core";
import { list, wallOfWeek } from "../lib/format.svelte";
import { t } from "../lib/texts.svelte";

/** How often it comes again. */
export function repeatWords({ every, unit }: Pick<Repeat, "every" | "unit">): string {
  return t("todo-repeats", { every, unit });
}

/** For which day it is planned. */
export function plannedWords(day: string): string {
  return t("todo-planned", { day: wallOfWeek(day) });
}

/** How long before its due it reminds, by the minutes. */
export function remindersWords(minutes: readonly number[]): string {
  if (minutes.length === 0) return t("todo-reminds-never");
  return list(minutes.map((lead) => (lead === 0 ? t("todo-reminds-at-due") : beforeWords(lead))));
}

/** Where it reminds. */
export function channelsWords(channels: readonly Channel[]): string {
  if (channels.length === 0) return t("todo-reminds-nowhere");
  return list(channels.map((channel) => t("todo-reminds-where", { channel })));
}

/** In the largest unit that it is whole in. */
function beforeWords(minutes: number): string {
  const units = [["week", 7 * 24 * 60], ["day", 24 * 60], ["hour", 60]] as const;
  const [unit, one] = units.find(([, one]) => minutes % one === 0) ?? ["minute", 1];
  return t("todo-reminds-before", { count: minutes / one, unit });
}
