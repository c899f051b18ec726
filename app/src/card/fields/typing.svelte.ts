// What is typed into a field. It is stored when the focus leaves; until then it is a draft.

import { onDestroy } from "svelte";
import { Draft } from "../../lib/draft.svelte";
import { merged } from "./merge";

/** What a text comes to: whatever the field stores, or why it cannot be stored. */
export type Read<Value> = { readonly value: Value } | { readonly problem: string };

interface Options<Value> {
  /** Names the place. */
  readonly key: string;
  /** The text of what is stored. */
  readonly stored: () => string;
  readonly read: (text: string) => Read<Value>;
  /**
   * Answers whether that changed anything. It is also called while the screen goes away, when what was given to the
   * component may be another card's already.
   */
  readonly store: (value: Value) => Promise<boolean>;
  /** Why the text is none that can be stored, if an error says that. */
  readonly refused?: (error: unknown) => string | undefined;
  /** Whether what others write meanwhile is taken in. */
  readonly merges?: boolean;
}

interface Typed {
  /** What was stored when the user began to type. */
  readonly base: string;
  readonly text: string;
}

export class Typing<Value> {
  isFocused = $state(false);
  /** Why it cannot be stored as it is. */
  problem = $state<string>();
  /** Why it could not be stored. */
  error = $state.raw<unknown>();

  readonly #draft: Draft;
  #typed = $state.raw<Typed>();
  /** Shown from when it is stored until the screen has it. */
  #sent = $state.raw<Typed>();
  #isStoring = false;
  #isOver = false;

  /** For a component while it is made: it ends with it. */
  constructor(private readonly options: Options<Value>) {
    this.#draft = new Draft(options.key);
    this.#typed = parsed(this.#draft.text);
    $effect(() => {
      if (options.stored() !== this.#sent?.base) this.#sent = undefined;
    });
    onDestroy(() => this.#end());
  }

  /** What stands there unless the user types: also before the screen has what was stored last. */
  get stored(): string {
    const stored = this.options.stored();
    return this.#sent?.base === stored ? this.#sent.text : stored;
  }

  get text(): string {
    return this.#typed?.text ?? this.stored;
  }

  set text(text: string) {
    this.problem = undefined;
    this.#set({ base: this.#typed?.base ?? this.stored, text });
  }

  /** Whether there is something that is not stored. */
  get isDirty(): boolean {
    return this.#typed !== undefined;
  }

  /** What somebody else stored since the user began to type. */
  get meanwhile(): string | undefined {
    const { base = this.stored } = this.#typed ?? {};
    return base !== this.stored && this.options.merges !== true ? this.stored : undefined;
  }

  /** Takes in what others wrote; answers the text before and after, if it is another. */
  takeIn(): { before: string; after: string } | undefined {
    const [typed, stored] = [this.#typed, this.stored];
    if (typed === undefined || typed.base === stored || this.#isStoring) return undefined;
    const after = merged(typed.base, typed.text, stored);
    this.#set({ base: stored, text: after });
    return { before: typed.text, after };
  }

  enter(): void {
    this.isFocused = true;
  }

  leave(): void {
    this.isFocused = false;
    void this.save();
  }

  /** Throws away what is not stored. */
  discard(): void {
    this.#set(undefined);
    this.problem = this.error = undefined;
  }

  async save(): Promise<void> {
    const typed = this.#typed;
    if (typed === undefined || this.#isStoring || this.#isOver) return;
    const read = this.options.read(typed.text);
    this.problem = "problem" in read ? read.problem : undefined;
    if ("problem" in read) return;
    const base = this.options.stored();
    this.#isStoring = true;
    this.error = undefined;
    try {
      if (await this.options.store(read.value)) this.#sent = { base, text: typed.text };
      if (this.#typed === typed) this.#set(undefined);
      // The user has typed on meanwhile.
      else if (this.#typed !== undefined) this.#set({ base: typed.text, text: this.#typed.text });
    } catch (error) {
      const problem = this.options.refused?.(error);
      if (problem === undefined) this.error = error;
      else if (this.#typed === typed) this.problem = problem;
    } finally {
      this.#isStoring = false;
    }
    if (this.error === undefined && this.problem === undefined && !this.isFocused) await this.save();
  }

  /** The screen goes away with the focus still in it, as by the device's "back". */
  #end(): void {
    this.#isOver = true;
    const typed = this.#typed;
    if (typed === undefined || !this.isFocused || this.#isStoring) return;
    const read = this.options.read(typed.text);
    if ("problem" in read) return;
    this.options.store(read.value).then(
      () => this.#draft.clear(),
      // It stays a draft, and the next look at the card shows it.
      () => {},
    );
  }

  #set(typed: Typed | undefined): void {
    this.#typed = typed?.text === typed?.base ? undefined : typed;
    if (this.#typed === undefined) this.#draft.clear();
    else this.#draft.text = JSON.stringify([this.#typed.base, this.#typed.text]);
  }
}

function parsed(draft: string): Typed | undefined {
  if (draft === "") return undefined;
  try {
    const [base, text] = JSON.parse(draft) as [string, string];
    return { base, text };
  } catch {
    // Somebody else wrote there.
    return undefined;
  }
}
