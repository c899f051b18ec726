// Which todo's sheet is open. It stands beside the screens: a row that goes or moves to another section while somebody
// types does not take the form with it.

import type { DocumentId, Due, PartId, TodoDetails } from "@roadbook/core";

export interface Todo {
  readonly id: PartId;
  readonly text: string;
  readonly due: Due | null;
  /** What lists do not know of it. */
  readonly details?: TodoDetails | null;
}

export interface Target {
  readonly card: DocumentId;
  readonly todo: Todo;
  /** Which of the forms is open at first. */
  readonly form: "postpone" | "close" | "change";
  /** The button that gets the focus back. */
  readonly from: HTMLElement | null;
}

class TodoSheetState {
  target = $state.raw<Target>();
  /** Whether the user may edit todos at all, as the core says. */
  isAllowed = $state(false);

  open(target: Target): void {
    this.target = target;
  }

  close(): void {
    this.target = undefined;
  }
}

export const todoSheet = new TodoSheetState();
