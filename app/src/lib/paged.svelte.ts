// The items of a long list, loaded page by page as they come near the screen.

import { PAGE, pagesOf, type Window } from "./window";

export type Load<Item> = (offset: number, limit: number) => Promise<readonly Item[]>;

export class Paged<Item> {
  #pages = $state.raw<ReadonlyMap<number, readonly Item[]>>(new Map());
  /** Why a page could not be loaded. It is tried again with the next scrolling or change. */
  error = $state.raw<unknown>();
  /** Pages that are of now. */
  #fresh = new Set<number>();
  #isLoading = false;

  constructor(private readonly load: Load<Item>) {}

  at(place: number): Item | undefined {
    return this.#pages.get(Math.floor(place / PAGE))?.[place % PAGE];
  }

  /** All are to be loaded anew. Those near the screen stay until they are. */
  renew(window: Window): void {
    this.#fresh = new Set();
    const near = new Set(pagesOf(window));
    this.#pages = new Map([...this.#pages].filter(([page]) => near.has(page)));
  }

  /** Loads what a window needs, one page after the other: what was passed meanwhile is not asked for. */
  async fill(window: () => Window): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    for (;;) {
      const page = pagesOf(window()).find((page) => !this.#fresh.has(page));
      if (page === undefined) break;
      const of = this.#fresh;
      const read = await this.load(page * PAGE, PAGE).then(
        (items) => ({ items }),
        (error: unknown) => ({ error }),
      );
      if (of !== this.#fresh) continue;
      this.error = "error" in read ? read.error : undefined;
      if ("error" in read) break;
      of.add(page);
      this.#pages = new Map(this.#pages).set(page, read.items);
    }
    this.#isLoading = false;
  }
}
