// A setting in its form: as it was read, as it is to be, and what to do where somebody else was faster.

import { untrack } from "svelte";
import { Draft } from "../lib/draft.svelte";
import { differences, isSame, merged } from "./merge";
import { isStale } from "./refusal";

interface Ways<T> {
  /** Names the place, for what was typed and is not stored. */
  key: string;
  /** As the server has it; of something new what its form begins with. */
  current: T;
  /** Stores it; answers what the form shows then. */
  send: (mine: T) => Promise<T>;
  /** What the server has by now. */
  read?: () => Promise<T | undefined>;
}

/** What outlives a closed form. */
interface Left<T> {
  base: T;
  mine: T;
}

export class Edit<T extends object> {
  /** What the form shows. */
  mine = $state() as T;
  /** What it is based on. */
  base = $state.raw() as T;
  /** What somebody else stored meanwhile: the user decides. */
  theirs = $state.raw<T>();
  error = $state.raw<unknown>();
  /** The button stays enabled meanwhile: one that is disabled loses the focus. */
  isBusy = $state(false);
  isStored = $state(false);
  isChanged = $derived(!isSame(this.base, this.mine));
  differences = $derived(this.theirs === undefined ? [] : differences(this.base, this.mine, this.theirs));

  #current: T;
  readonly #draft: Draft;

  constructor(private readonly ways: Ways<T>) {
    this.#current = ways.current;
    this.#draft = new Draft(`settings/${ways.key}`);
    // What it was based on is kept, too: by its version it is found out when it is sent that somebody was faster.
    const { base, mine } = readLeft<T>(this.#draft.text) ?? { base: ways.current, mine: ways.current };
    this.base = base;
    this.mine = structuredClone(mine);
    $effect(() => {
      const left: Left<T> = { base: this.base, mine: this.mine };
      const text = this.isChanged ? JSON.stringify(left) : "";
      untrack(() => (this.#draft.text = text));
    });
  }

  /** Answers whether it is stored. */
  async save(): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.isStored = false;
    this.error = undefined;
    try {
      this.#become(await this.ways.send($state.snapshot(this.mine) as T));
      this.isStored = true;
    } catch (error) {
      await this.#fail(error);
    } finally {
      this.isBusy = false;
    }
    return this.isStored;
  }

  /** Stores what was changed here on top of what somebody else stored. */
  useMine(): Promise<boolean> {
    const { base, theirs } = this;
    if (theirs === undefined) return Promise.resolve(false);
    const mine = { ...merged(base, $state.snapshot(this.mine) as T, theirs), version: member(theirs, "version") };
    this.base = theirs;
    this.mine = mine;
    this.theirs = undefined;
    return this.save();
  }

  useTheirs(): void {
    if (this.theirs !== undefined) this.#become(this.theirs);
  }

  /** Throws away what is not stored. */
  discard(): void {
    this.#become(this.#current);
  }

  async #fail(error: unknown): Promise<void> {
    if (!isStale(error) || this.ways.read === undefined) {
      this.error = error;
      return;
    }
    try {
      const theirs = await this.ways.read();
      if (theirs === undefined) this.error = error;
      this.theirs = theirs;
    } catch (other) {
      this.error = other;
    }
  }

  #become(current: T): void {
    this.#current = this.base = current;
    this.mine = structuredClone(current);
    this.theirs = this.error = undefined;
    this.isStored = false;
  }
}

function readLeft<T>(text: string): Left<T> | undefined {
  try {
    const left: Partial<Left<T>> = JSON.parse(text);
    return left.base === undefined || left.mine === undefined ? undefined : { base: left.base, mine: left.mine };
  } catch {
    // Nothing was left, or not by this version.
    return undefined;
  }
}

function member(of: object, name: string): unknown {
  return (of as Record<string, unknown>)[name];
}
