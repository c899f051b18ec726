// Where somebody was in a long list. It stands beside the address, so that "back" and a reload lead to the same rows.

/** A row at the upper edge of the screen. */
interface Place {
  readonly row: number;
  /** How much of it lies above the edge, in pixels. */
  readonly inside: number;
}

/** How long rows near the place may take to be there in their heights, in milliseconds. */
const SETTLING = 1_000;
/** How long somebody rests before their place is noted: browsers allow a hundred notes in half a minute. */
const REST = 250;

export class KeptPlace {
  #wanted: Place | undefined = history.state?.place;
  /** The place that was come back to, as long as rows around it still move. */
  #held: Place | undefined;
  #noting: ReturnType<typeof setTimeout> | undefined;

  /** Comes back to where the user was, once: `top` says where the upper edge of a row lies on the screen. */
  comeBack(top: (row: number) => number | undefined): void {
    if (this.#wanted === undefined) return;
    this.#held = this.#wanted;
    this.#wanted = undefined;
    setTimeout(() => this.letGo(), SETTLING);
    this.stay(top);
  }

  /** Rows have got another height. */
  stay(top: (row: number) => number | undefined): void {
    if (this.#held === undefined) return;
    const at = top(this.#held.row);
    if (at !== undefined) scrollBy(0, at + this.#held.inside);
  }

  /** The user moves. */
  letGo(): void {
    this.#held = undefined;
  }

  /** The user has moved to where `place` says. */
  note(place: () => Place): void {
    this.forget();
    this.#noting = setTimeout(() => history.replaceState({ ...history.state, place: place() }, ""), REST);
  }

  /** Another screen has the address now. */
  forget(): void {
    clearTimeout(this.#noting);
  }
}
