// The near times that the core offers for a due.

import type { PostponeChoice } from "@roadbook/core";
import { wall } from "../lib/format.svelte";
import { t } from "../lib/texts.svelte";

const NAMES: Readonly<Record<string, string>> = {
  thisAfternoon: "todo-this-afternoon",
  tomorrow: "todo-tomorrow",
  nextMonday: "todo-next-monday",
};

/** What a choice is called; one that this version does not know is the time itself. */
export function choiceName({ kind, due }: PostponeChoice): string {
  const id = NAMES[kind];
  return id === undefined ? wall(due) : t(id);
}

/** To where a todo is put off by one tap: till tomorrow, if the core has that. */
export function firstChoice(choices: readonly PostponeChoice[]): PostponeChoice | undefined {
  return choices.find(({ kind }) => kind === "tomorrow") ?? choices[0];
}
