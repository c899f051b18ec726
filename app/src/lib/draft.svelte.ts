// What somebody has typed and not yet stored. It outlives a closed sheet, a reload and an empty battery; a sign-out
// removes it.

import { forget, keep, kept } from "@roadbook/core/kept";

const PREFIX = "roadbook/draft/";
/** Longer ones are not kept: localStorage is small, and writes at once. */
const LONGEST = 20_000;

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
    this.#typed = kept(this.#key) ?? undefined;
  }

  get text(): string {
    return this.#typed ?? this.#initial();
  }

  set text(text: string) {
    const isTyped = text !== this.#initial();
    this.#typed = isTyped ? text : undefined;
    if (isTyped && text.length <= LONGEST) keep(this.#key, text);
    else forget(this.#key);
  }

  /** For when it is stored, or thrown away on purpose. */
  clear(): void {
    this.#typed = undefined;
    forget(this.#key);
  }
}

/** Removes all drafts of this browser. */
export function forgetDrafts(): void {
  for (const key of keys()) if (key.startsWith(PREFIX)) forget(key);
}

function keys(): string[] {
  try {
    return Object.keys(localStorage);
  } catch {
    // Where site data are blocked nothing was kept.
    return [];
  }
}
