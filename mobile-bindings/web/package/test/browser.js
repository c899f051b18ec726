// What a browser cannot be made to do on demand: locks of tabs that die, and workers that trap.

import { filesLock } from "../dist/names.js";

/** All locks of one browser. Each tab has a view of them, which ends with the tab. */
export class Locks {
  #queues = new Map();

  /** The locks as one tab sees them; `die` lets go of all that it holds or waits for. */
  view() {
    const life = new AbortController();
    const request = (name, options, callback) => this.#request(name, options.signal, life.signal, callback);
    return { request, query: async () => this.#query(), die: () => life.abort() };
  }

  #query() {
    const waiting = (queue) => queue.filter(({ granted }) => !granted);
    return { pending: [...this.#queues].flatMap(([name, queue]) => waiting(queue).map(() => ({ name }))) };
  }

  #request(name, signal, life, callback) {
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      const entry = { granted: false, start: undefined };
      const leave = () => {
        const place = queue.indexOf(entry);
        if (place < 0) return;
        queue.splice(place, 1);
        queue[0]?.start();
      };
      entry.start = () => {
        if (entry.granted) return;
        entry.granted = true;
        Promise.resolve(callback({ name })).then((value) => (leave(), resolve(value)), reject);
      };
      life.addEventListener("abort", leave);
      signal?.addEventListener("abort", () => {
        if (!entry.granted) (leave(), reject(new DOMException("aborted", "AbortError")));
      });
      queue.push(entry);
      queueMicrotask(() => queue[0] === entry && entry.start());
    });
  }
}

/**
 * A worker that answers what `answer` says: a value, an error by its code, or nothing at all for `undefined`. It opens
 * the file by itself, unless `answer.opens`.
 */
export class FakeWorker {
  static started = [];
  asked = [];
  cancelled = [];
  isTerminated = false;
  isHolding = false;
  onmessage = null;
  onerror = null;

  constructor(file, locks, answer) {
    this.answer = answer;
    this.locks = locks.view();
    void this.locks.request(filesLock(file), {}, () => {
      this.isHolding = true;
      this.say({ held: true });
      return new Promise(() => {});
    });
    FakeWorker.started.push(this);
  }

  postMessage(message) {
    structuredClone(message);
    if ("cancel" in message) return void this.cancelled.push(message.cancel);
    this.asked.push(message);
    const answer = message.call === "open" && !this.answer.opens ? null : this.answer(message);
    const said = answer instanceof Error ? { error: { code: answer.message, message: "" } } : { value: answer };
    if (answer !== undefined) queueMicrotask(() => this.say({ id: message.id, ...said }));
  }

  say(data) {
    if (!this.isTerminated) this.onmessage?.({ data: structuredClone(data) });
  }

  terminate() {
    this.isTerminated = true;
    this.locks.die();
  }
}

/** Waits until something holds. */
export async function until(holds, what) {
  for (let turn = 0; turn < 1_000; turn += 1) {
    if (holds()) return;
    await new Promise((next) => setTimeout(next, 2));
  }
  throw new Error(`never: ${what}`);
}
