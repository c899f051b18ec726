// What was typed, as whoever typed it saw it: a text is in it from the moment at which the screen, or a phone's core,
// said that it is stored. Where an act was broken off before that nobody was promised anything.

import assert from "node:assert/strict";
import { debuglog } from "node:util";

/** Shown with `NODE_DEBUG=hour`. */
const note = debuglog("hour");

export class Ledger {
  /** `{ text, by, act }`, in the order in which they were taken. */
  taken = [];
  /** Texts of acts that were broken off: they may be there. */
  doubtful = [];
  /** `{ card, todo }` of closed todos. */
  closed = [];
  /** How often each act was done, and how often it was not, and why. */
  tally = {};

  take(by, act, texts, closed) {
    for (const text of texts) this.taken.push({ text, by, act });
    if (closed !== undefined) this.closed.push(closed);
    this.count(`${act} by ${by}`);
  }

  /** It was broken off, or could not be done. */
  miss(by, act, why, texts, error) {
    this.doubtful.push(...texts);
    this.count(`${why} of ${by}`);
    note("%s: %s %s, %s", by, act, why, error.stack);
  }

  count(what) {
    note("%s", what);
    this.tally[what] = (this.tally[what] ?? 0) + 1;
  }

  /** Whether all that was taken stands in a text; what is by one, if that is said. */
  holds(text, where, by) {
    const lost = this.taken.filter((one) => (by ?? one.by) === one.by && !text.includes(one.text));
    assert.deepEqual(lost, [], `${lost.length} of ${this.taken.length} texts are not ${where}`);
  }
}
