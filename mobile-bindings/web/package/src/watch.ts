import type { ChangeSet, List } from "#core";
import { failureOf } from "./errors.js";

/** Meanwhile the device may have slept, or its clock been set: then the time that is left is another. */
const LONGEST_WAIT = 3_600_000;

/** What concerns a screen: lists, documents, or a judgement of its own. */
export type Concern = readonly List[] | ((changes: ChangeSet) => boolean);

/** Whether a screen is to be read anew. */
export function concerns(concern: Concern, changes: ChangeSet): boolean {
  if (changes.everything) return true;
  if (typeof concern === "function") return concern(changes);
  // A list may have data, as a board has its product.
  const told = changes.lists.map((list) => JSON.stringify(list));
  return concern.some((list) => told.includes(JSON.stringify(list)));
}

/** What tells a watch to look again: changes, and that the page is seen again. */
export type Source = (changed: (changes: ChangeSet) => void, seen: () => void) => () => void;

/**
 * What a query answers: at once, again whenever a change concerns it, and at the `nextChange` that its answer has. A
 * slow reader gets the latest and nothing before it. For one reader; `return` ends it, also while it waits.
 */
export class Watch<T> implements AsyncIterableIterator<T> {
  #isStale = true;
  #hasEnded = false;
  #hasFailed = false;
  #wake: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next: number | undefined;
  readonly #unsubscribe: () => void;

  constructor(
    private readonly query: () => Promise<T>,
    concern: Concern,
    source: Source,
  ) {
    this.#unsubscribe = source(
      (changes) => concerns(concern, changes) && this.#mark(),
      () => this.#next !== undefined && Date.now() >= this.#next && this.#mark(),
    );
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      if (!this.#isStale && !this.#hasEnded) await new Promise<void>((wake) => (this.#wake = wake));
      if (this.#hasEnded) return { done: true, value: undefined };
      this.#isStale = false;
      this.#stopTimer();
      try {
        const value = await this.query();
        if (this.#hasEnded) return { done: true, value: undefined };
        this.#startTimer(value);
        this.#hasFailed = false;
        return { done: false, value };
      } catch (error) {
        const { code } = failureOf(error);
        // Another reading was meant, such as a search in which the user typed the next letter.
        if (code === "interrupted") this.#isStale = true;
        // Something else may have trapped: the core is started again.
        else if (code === "internal" && !this.#hasFailed) this.#isStale = this.#hasFailed = true;
        // A resume says that everything is to be read anew.
        else if (code !== "paused") {
          this.#end();
          throw error;
        }
      }
    }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    return { done: true, value: undefined };
  }

  #mark(): void {
    this.#isStale = true;
    this.#wake?.();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#stopTimer();
    this.#unsubscribe();
    this.#wake?.();
  }

  #startTimer(value: T): void {
    this.#next = nextChange(value);
    if (this.#next === undefined) return;
    const wait = Math.min(Math.max(this.#next - Date.now(), 0), LONGEST_WAIT);
    // One more: a moment before it nothing has changed yet.
    this.#timer = setTimeout(() => this.#mark(), wait + 1);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#next = undefined;
  }
}

/** When time alone changes what was answered, in milliseconds since 1970. */
function nextChange(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null || !("nextChange" in value)) return undefined;
  return typeof value.nextChange === "number" ? value.nextChange : undefined;
}

