// What somebody has typed and not yet stored. It outlives a closed sheet, a reload and an empty battery; a sign-out
// removes it.

import { forget, keep, kept } from "@roadbook/core/kept";

const PREFIX = "roadbook/draft/";
/** Longer ones are not kept: localStorage is small, and writes at once. */
const LONGEST = 20_000;

export class Draft {
  #text = $state("");

  /** `key` names the place, such as a card and one of its forms; `initial` is what stands there otherwise. */
  constructor(
    private readonly key: string,
    private readonly initial = "",
  ) {
    this.#text = kept(PREFIX + key) ?? initial;
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
    if (text === this.initial || text.length > LONGEST) forget(PREFIX + this.key);
    else keep(PREFIX + this.key, text);
  }

  /** For when it is stored, or thrown away on purpose. */
  clear(): void {
    this.text = this.initial;
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
