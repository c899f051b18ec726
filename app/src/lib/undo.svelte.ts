// The last act of the user, as long as it can be undone: by a change of its own, which the core refuses if somebody
// touched the same since.

import type { DocumentId } from "@roadbook/core";
import type { Session } from "./session.svelte";

export interface Act {
  readonly session: Session;
  readonly document: DocumentId;
  /** What the edit answered; one that changed nothing leaves nothing to undo. */
  readonly change: string | null;
  /** What was done, as a sentence. */
  readonly text: string;
}

class Undo {
  #last = $state.raw<Act>();

  /** What the bar shows. */
  get last(): Act | undefined {
    return this.#last;
  }

  /** Takes the place of the act before. */
  offer(act: Act): void {
    this.#last = act.change === null ? undefined : act;
  }

  async take(): Promise<void> {
    const act = this.#last;
    if (act === undefined || act.change === null) return;
    await act.session.roadbook.undo(act.document, act.change);
    // Something else may have been done meanwhile.
    if (this.#last === act) this.#last = undefined;
  }

  dismiss(): void {
    this.#last = undefined;
  }
}

export const undo = new Undo();
