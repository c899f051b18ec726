// What somebody has typed and not yet stored. It outlives a closed sheet, a reload and an empty battery; a sign-out
// removes it.

import { forget, keep, kept } from "@roadbook/core/kept";

const PREFIX = "roadbook/draft/";
/**
 * Longer ones are not kept. It is a long novel, and a fifth of what localStorage has room for: all drafts share that, and
 * each key that is pressed writes the whole draft, which takes 30 milliseconds by then.
 */
const LONGEST = 1_000_000;

/** By their keys, what is typed and could not be kept: it outlives a closed sheet, but not the page. */
const unkept = new Map<string, string>();
/** How many they are; what is shown follows it. */
let unkeptCount = $state(0);

/** Whether something that is typed would go with the page. */
export function isAnyUnkept(): boolean {
  return unkeptCount > 0;
}

export class Draft {
  #typed = $state<string>();
  readonly #key: string;
  readonly #initial: () => string;

  /**
   * `key` names the place, such as a card and one of its forms; `initial` is what stands there otherwise, asked whenever
   * it is shown: a form that stays over midnight begins with another day.
   */
  constructor(key: string, initial: string | (() => string) = "") {
    this.#key = PREFIX + key;
    this.#initial = typeof initial === "string" ? () => initial : initial;
    this.#typed = unkept.get(this.#key) ?? kept(this.#key) ?? undefined;
  }

  get text(): string {
    return this.#typed ?? this.#initial();
  }

  set text(text: string) {
    if (text === this.#initial()) this.clear();
    else this.#keep(text);
  }

  /** For when it is stored, or thrown away on purpose. */
  clear(): void {
    this.#typed = undefined;
    unkept.delete(this.#key);
    unkeptCount = unkept.size;
    forget(this.#key);
  }

  #keep(text: string): void {
    this.#typed = text;
    if (text.length <= LONGEST && isKept(this.#key, text)) unkept.delete(this.#key);
    // What was kept before stays: it is more than nothing.
    else unkept.set(this.#key, text);
    unkeptCount = unkept.size;
  }
}

/** Removes all drafts of this browser. */
export function forgetDrafts(): void {
  unkept.clear();
  unkeptCount = 0;
  for (const key of keys()) if (key.startsWith(PREFIX)) forget(key);
}

/** Keeps a text, and answers whether there was room for it. */
function isKept(key: string, text: string): boolean {
  keep(key, text);
  return kept(key) === text;
}

function keys(): string[] {
  try {
    return Object.keys(localStorage);
  } catch {
    // Where site data are blocked nothing was kept.
    return [];
  }
}
