// Edits of a card that a button makes: one change at a time, which can be undone, and why it could not be made.

import type { CardEdit, ContactEdit, DocumentId } from "@roadbook/core";
import type { Session } from "./session.svelte";
import { undo } from "./undo.svelte";

export class CardEdits {
  error = $state.raw<unknown>();
  /** The button stays enabled meanwhile: one that is disabled loses the focus. A second press does nothing. */
  isBusy = $state(false);

  /**
   * Makes one change of all edits, and offers to undo what `text` says was done. Answers whether it is stored. With
   * `ask`, an edit by which the card would leave this device is not made: the user is asked first (C25).
   */
  edit(session: Session, card: DocumentId, edits: CardEdit[], text: string, ask?: () => void): Promise<boolean> {
    return this.run(async () => {
      if (ask !== undefined && (await session.roadbook.losesSight(card, edits))) {
        ask();
        return false;
      }
      const { change } = await session.roadbook.editCard(card, edits);
      undo.offer({ session, document: card, change, text });
      return true;
    });
  }

  /** The same with a contact. */
  editContact(session: Session, contact: DocumentId, edits: ContactEdit[], text: string): Promise<boolean> {
    return this.run(async () => {
      const { change } = await session.roadbook.editContact(contact, edits);
      undo.offer({ session, document: contact, change, text });
      return true;
    });
  }

  /** Does something that may fail; answers what it does, or false. */
  async run(act: () => Promise<boolean>): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.error = undefined;
    try {
      return await act();
    } catch (error) {
      this.error = error;
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
