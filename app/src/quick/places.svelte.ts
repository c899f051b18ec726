// Where a todo of quick add may go: the user's inbox card, cards that its words name, and those opened last.

import type { CardItem, DocumentId, DocumentName, ProductId, Roadbook } from "@roadbook/core";
import { Draft } from "../lib/draft.svelte";
import { Latest } from "../lib/latest";
import { Watched } from "../lib/watched.svelte";
import { cardsNamedIn } from "./offers";

export interface Place {
  readonly id: DocumentId;
  readonly name: string;
  /** Where it is known: cards of two products may have one name. */
  readonly product?: ProductId | null;
}

/** What is offered of each sort. */
const FEW = 3;
/** What is offered of what the user looks for. */
const SOME = 6;
/** Contacts are among the recents, too. */
const RECENTS_LOOKED_AT = 12;

interface Options {
  readonly roadbook: () => Roadbook;
  /** What is left of the line. */
  readonly words: () => string;
  /** What the user looks for by themselves; else it is looked for by the words. */
  readonly wanted: () => string;
}

export class Places {
  /** The card that the user chose, with its name: it is shown also while the words name others. */
  readonly #chosen = new Draft("quick/card");
  readonly #inbox: Watched<Place | null>;
  readonly #found: Watched<{ text: string; cards: Place[] }>;
  readonly #recents: Watched<Place[]>;
  readonly #latest = new Latest();

  /** All that are offered, each once: that which is chosen is always among them. */
  readonly all: readonly Place[] = $derived.by(() => {
    const chosen = chosenPlace(this.#chosen.text);
    const inbox = this.inbox ?? undefined;
    const found = this.#found.value?.cards ?? [];
    const recents = (this.#recents.value ?? []).filter(({ id }) => !found.some((card) => card.id === id));
    const offered = [...found, ...recents.slice(0, FEW)].filter(({ id }) => id !== inbox?.id);
    const isExtra = chosen !== undefined && ![inbox, ...offered].some((place) => place?.id === chosen.id);
    return [...(inbox === undefined ? [] : [inbox]), ...(isExtra ? [chosen] : []), ...offered];
  });

  /** For a component while it is made. */
  constructor(private readonly options: Options) {
    this.#inbox = new Watched(() => this.#watchInbox(options.roadbook()));
    this.#found = new Watched(() => this.#watchFound(options.roadbook(), options.wanted().trim(), options.words()));
    this.#recents = new Watched(() => this.#watchRecents(options.roadbook()));
  }

  /** None if there is no inbox yet; not known before the core has said so. */
  get inbox(): Place | null | undefined {
    return this.#inbox.value;
  }

  /** The card that gets the todo. */
  get target(): Place | undefined {
    return chosenPlace(this.#chosen.text) ?? this.inbox ?? undefined;
  }

  /** What the user looked for without finding a card. */
  get notFound(): string {
    const { text, cards } = this.#found.value ?? { text: "", cards: [] };
    return cards.length === 0 ? text : "";
  }

  get error(): unknown {
    return this.#inbox.error ?? this.#found.error ?? this.#recents.error;
  }

  /** The inbox, for somebody who is faster than the core. */
  async askInbox(): Promise<Place | null> {
    const { roadbook } = this.options;
    const id = await roadbook().inbox();
    if (id == null) return null;
    const [named] = await roadbook().names([id]);
    return { id, name: named?.name ?? "" };
  }

  choose(place: Place): void {
    this.#chosen.text = place.id === this.inbox?.id ? "" : `${place.id} ${place.name}`;
  }

  /** The next todo goes to the inbox again. */
  clear(): void {
    this.#chosen.clear();
  }

  #watchInbox(roadbook: Roadbook) {
    return roadbook.watch(() => this.askInbox(), ({ documents }) => documents.length > 0);
  }

  #watchFound(roadbook: Roadbook, wanted: string, words: string) {
    const isOver = () => wanted !== this.options.wanted().trim() || words !== this.options.words();
    const search = async (text: string, limit = FEW) => (await roadbook.search(text, limit)).cards;
    const ask = async () => {
      if (wanted === "" && words === "") return { text: "", cards: [] };
      const named = () => cardsNamedIn(words, (run) => search(run), FEW, isOver);
      const cards = await this.#latest.ask<CardItem[]>(wanted === "" ? named : () => search(wanted, SOME));
      return { text: wanted, cards: cards.map(({ id, name, product }) => ({ id, name, product })) };
    };
    return roadbook.watch(ask, ({ documents }) => documents.length > 0);
  }

  #watchRecents(roadbook: Roadbook) {
    const isCard = ({ isContact, isTrashed }: DocumentName) => !isContact && !isTrashed;
    const ask = async () => {
      const ids = await roadbook.recents();
      const named = await roadbook.names(ids.slice(0, RECENTS_LOOKED_AT));
      return named.filter(isCard).map(({ document, name }) => ({ id: document, name }));
    };
    return roadbook.watch(
      ask,
      ({ documents, lists }) => documents.length > 0 || lists.some(({ kind }) => kind === "user"),
    );
  }
}

/** By its draft: an id and a name. */
function chosenPlace(draft: string): Place | undefined {
  const end = draft.indexOf(" ");
  return end < 0 ? undefined : { id: draft.slice(0, end) as DocumentId, name: draft.slice(end + 1) };
}
