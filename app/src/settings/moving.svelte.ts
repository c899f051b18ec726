// Rows that are moved up and down, each by an edit of its own.

import { tick } from "svelte";
import { moved, type Placed } from "./order";
import { isStale } from "./refusal";

interface Movable extends Placed {
  readonly id: string;
}

export class Moving<Row extends Movable> {
  error = $state.raw<unknown>();
  isBusy = $state(false);
  /** Whether somebody else edited one of them meanwhile: nothing was moved then. */
  isStale = $state(false);

  /** `renew` reads all rows anew. */
  constructor(
    private readonly save: (row: Row) => Promise<unknown>,
    private readonly renew: () => Promise<void>,
  ) {}

  /** Moves the row at a place up or down among these. */
  async move(rows: readonly Row[], from: number, by: -1 | 1): Promise<void> {
    const to = from + by;
    if (this.isBusy || to < 0 || to >= rows.length) return;
    this.isBusy = true;
    this.isStale = false;
    this.error = undefined;
    const button = document.activeElement;
    try {
      // One after the other: if one is refused the others wait for the user.
      for (const row of moved(rows, from, to)) await this.save(row);
    } catch (error) {
      if (isStale(error)) this.isStale = true;
      else this.error = error;
    }
    await this.renew();
    this.isBusy = false;
    await tick();
    // A row that moves in the page loses the focus.
    if (button instanceof HTMLElement) button.focus();
  }
}
