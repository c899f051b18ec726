// What the form of details has typed, as edits: of what is as it was, none.

import type { CardEdit, PartId, TodoDetails } from "@roadbook/core";
import { repeatOf, repeatText } from "./repeat";

export interface Typed {
  readonly description: string;
  readonly urgent: boolean;
  /** Empty for none. */
  readonly planned: string;
  /** By its text. */
  readonly repeat: string;
}

export function detailEdits(
  todo: PartId,
  was: TodoDetails,
  { description: typed, urgent, planned, repeat }: Typed,
): CardEdit[] {
  const edits: CardEdit[] = [];
  const description = typed.trim() === "" ? "" : typed;
  if (description !== was.description) edits.push({ kind: "describeTodo", todo, description });
  if (urgent !== was.urgent) edits.push({ kind: "markUrgent", todo, urgent });
  if (planned !== (was.plannedFor ?? "")) edits.push({ kind: "planTodo", todo, day: planned || null });
  if (repeat !== repeatText(was.repeat)) edits.push({ kind: "repeatTodo", todo, repeat: repeatOf(repeat) });
  return edits;
}
