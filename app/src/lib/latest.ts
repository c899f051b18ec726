// What is asked while somebody types. The core does one thing after the other: of the questions that wait for their
// turn only the last is worth asking.

import { RoadbookError } from "@roadbook/core";

export class Latest {
  #running: Promise<unknown> | undefined;
  #last = 0;

  /** Asks once the question before it is answered; one that was overtaken meanwhile ends with `interrupted`. */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    const number = ++this.#last;
    while (this.#running !== undefined) {
      await this.#running.catch(() => {});
      if (number !== this.#last) throw new RoadbookError({ code: "interrupted", message: "the user typed on" });
    }
    const asked = question();
    this.#running = asked;
    try {
      return await asked;
    } finally {
      this.#running = undefined;
    }
  }
}
