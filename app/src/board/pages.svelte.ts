// The cards of a board in pages, and its status counts, as they are now: the first page and the counts are watched, the
// other pages are asked for when they come into sight.

import type { Board, BoardQuery, CardItem, ProductId, StatusCount } from "@roadbook/core";
import { Latest } from "../lib/latest";
import type { Session } from "../lib/session.svelte";
import { Watched } from "../lib/watched.svelte";
import { PAGE } from "../lib/window";
import { askFor, EVERYTHING, type BoardFilter } from "./filter";

interface Answer {
  readonly query: BoardQuery;
  readonly first: Board;
  readonly counts: readonly StatusCount[];
  /** How many cards of the product have no next step. */
  readonly withoutNext: number;
  readonly nextChange: number | null;
}

export class BoardPages {
  readonly #session: () => Session;
  readonly #watched: Watched<Answer>;
  readonly #latest = new Latest();
  /** When a page behind the first changes by time alone. */
  #later = $state<number>();
  #again = $state(0);

  constructor(session: () => Session, product: () => ProductId, filter: () => BoardFilter) {
    this.#session = session;
    this.#watched = new Watched(() => {
      const { roadbook } = session();
      void this.#again;
      const [of, query] = [product(), askFor(product(), filter())];
      const ask = () => this.#latest.ask(() => this.#ask(of, query));
      return roadbook.watch(ask, [{ kind: "board", value: of }, { kind: "settings" }]);
    });
    $effect(() => {
      const nextChange = this.#later;
      if (nextChange === undefined) return;
      const watching = session().roadbook.watch(async () => ({ nextChange }), []);
      void this.#wait(watching);
      return () => void watching.return();
    });
  }

  /** What is shown; another one whenever it changed. */
  get version(): unknown {
    return this.#watched.value;
  }

  get error(): unknown {
    return this.#watched.error;
  }

  get isKnown(): boolean {
    return this.#watched.value !== undefined;
  }

  /** How many cards match, by the core. */
  get matching(): number {
    return this.#watched.value?.first.matching ?? 0;
  }

  /** How many rows the list has. A first page that is not full is all there is. */
  get rows(): number {
    const cards = this.#watched.value?.first.cards.length ?? 0;
    return cards < PAGE ? cards : Math.max(cards, this.matching);
  }

  get counts(): readonly StatusCount[] {
    return this.#watched.value?.counts ?? [];
  }

  get withoutNext(): number {
    return this.#watched.value?.withoutNext ?? 0;
  }

  load = async (offset: number, limit: number): Promise<readonly CardItem[]> => {
    const answer = this.#watched.value;
    if (answer === undefined) return [];
    if (offset === 0) return answer.first.cards;
    const { cards, nextChange } = await this.#session().roadbook.board({ ...answer.query, offset, limit });
    if (nextChange !== null && answer === this.#watched.value) {
      this.#later = Math.min(this.#later ?? nextChange, nextChange);
    }
    return cards;
  };

  async #ask(product: ProductId, query: BoardQuery): Promise<Answer> {
    const { roadbook } = this.#session();
    this.#later = undefined;
    const none: BoardQuery = { ...askFor(product, EVERYTHING), withoutNext: true, limit: 0 };
    const [first, counts, { matching }] = await Promise.all([
      roadbook.board({ ...query, offset: 0, limit: PAGE }),
      roadbook.statusCounts(product),
      roadbook.board(none),
    ]);
    return { query, first, counts, withoutNext: matching ?? 0, nextChange: first.nextChange };
  }

  async #wait(watching: AsyncIterator<unknown>): Promise<void> {
    try {
      await watching.next();
      // Its time has come.
      if (!(await watching.next()).done) this.#again++;
    } catch {
      // What it asks cannot fail.
    }
  }
}
