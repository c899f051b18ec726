// Random choices from a seed, each for a purpose of its own: what one draws does not depend on how often another drew.

export class Dice {
  #state = 0x811c9dc5;

  constructor(...seed) {
    for (const letter of seed.join("/")) this.#state = Math.imul(this.#state ^ letter.codePointAt(0), 0x01000193);
  }

  /** A number from 0 up to 1 (mulberry32). */
  any() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(end) {
    return Math.floor(this.any() * end);
  }

  between(from, to) {
    return from + this.any() * (to - from);
  }

  pick(these) {
    return these[this.below(these.length)];
  }

  shuffled(these) {
    const all = [...these];
    for (let end = all.length; end > 1; end -= 1) {
      const at = this.below(end);
      [all[at], all[end - 1]] = [all[end - 1], all[at]];
    }
    return all;
  }

  /**
   * A word like no other, and in no other one. It begins with one of 20,000 letters: of two words that begin alike and
   * meet in a long text nobody can say which letter is whose.
   */
  word() {
    const letters = Array.from({ length: 8 }, () => this.pick("abcdefghijklmnopqrstuvwxyz"));
    return String.fromCodePoint(0x4e00 + this.below(20_000)) + letters.join("");
  }
}

/** Deals each card once before one comes again, so that a short run has all of them, too. */
export function* deck(dice, cards) {
  for (;;) yield* dice.shuffled(cards);
}
