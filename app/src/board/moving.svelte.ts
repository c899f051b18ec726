// Moving a card to another status: the core says which ways there are, and of several the user takes one (C24).

import type { DocumentId, ProductId, StatusId, Way } from "@roadbook/core";
import { CardEdits } from "../lib/edits.svelte";
import type { Session } from "../lib/session.svelte";
import { t } from "../lib/texts.svelte";
import { undo } from "../lib/undo.svelte";
import { statusName } from "./statuses";

/** What of a card is asked for. */
export interface Movable {
  readonly id: DocumentId;
  readonly name: string;
  readonly product: ProductId | null;
  readonly status: StatusId | null;
}

export class Moving {
  /** The card that is being dragged. */
  dragged = $state.raw<Movable>();
  /** The card whose status is chosen in the sheet. */
  card = $state.raw<Movable>();
  /** Where it is to go, where several ways lead there. */
  choice = $state.raw<{ status: StatusId; ways: readonly Way[] }>();
  /** Why nothing happened. */
  said = $state("");
  readonly edits = new CardEdits();

  constructor(private readonly owner: () => Session) {}

  get session(): Session {
    return this.owner();
  }

  /** Lets the user choose a status. */
  open(card: Movable): void {
    this.#reset();
    this.card = card;
  }

  close(): void {
    this.#reset();
  }

  /** Moves it at once where one way leads there; of several the user chooses. */
  to(card: Movable, status: StatusId): Promise<boolean> {
    this.said = "";
    return this.edits.run(async () => {
      const ways = await this.session.roadbook.movesTo(card.id, status);
      const [way] = ways;
      const name = statusName(status, this.session.settings);
      if (way === undefined) this.said = t("board-no-way", { status: name });
      else if (ways.some(({ edits }) => edits.length === 0)) this.said = t("board-is-there", { status: name });
      else if (ways.length === 1) return this.#store(card, status, way);
      else [this.card, this.choice] = [card, { status, ways }];
      return false;
    });
  }

  /** Takes one of several ways. */
  take(card: Movable, status: StatusId, way: Way): Promise<boolean> {
    return this.edits.run(() => this.#store(card, status, way));
  }

  async #store({ id, name }: Movable, status: StatusId, { edits }: Way): Promise<boolean> {
    const { session } = this;
    const { change } = await session.roadbook.editCard(id, edits);
    const text = t("board-moved", { name, status: statusName(status, session.settings) });
    undo.offer({ session, document: id, change, text });
    this.#reset();
    return true;
  }

  #reset(): void {
    this.card = this.choice = undefined;
    this.said = "";
    this.edits.error = undefined;
  }
}
