//! Edits. Several of one call are one change, and one line of the history; what changes nothing stores nothing.
//! Each is on disk when its call returns, and tells what screens must show anew.
//!
//! Every one may end with `NoUser`, `StorageFull`, and `Invalid` with a reason to show beside the input.

use roadbook_client::app::{
    self, CardEdit, Conflict, ContactEdit, Edited, Made, NewCard, NewContact, PlaceValue, Reapplied,
};
use roadbook_client::{ApiError, ChangeSet};
use roadbook_domain::value::id::{DocumentId, PartId};
use roadbook_domain::value::todo::Outcome;

use crate::Roadbook;

#[uniffi::export]
impl Roadbook {
    /// Makes a card.
    pub fn create_card(&self, card: NewCard) -> Result<Made, ApiError> {
        app::create_card(&self.client, &card)
    }

    /// Edits a card.
    ///
    /// # Errors
    /// `NotFound` for the card, a todo or a field.
    pub fn edit_card(&self, card: DocumentId, edits: Vec<CardEdit>) -> Result<Edited, ApiError> {
        app::edit_card(&self.client, card, &edits)
    }

    /// Whether the user would not see the card any more after these edits: to be said before it happens.
    ///
    /// # Errors
    /// As for [`Self::edit_card`].
    pub fn loses_sight(&self, card: DocumentId, edits: Vec<CardEdit>) -> Result<bool, ApiError> {
        app::loses_sight(&self.client, card, &edits)
    }

    /// Takes back a line of a document's history, as a change of its own. What the line wrote must still stand.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` if somebody wrote the same since, or if it stays for good.
    pub fn undo(&self, document: DocumentId, change: &str) -> Result<ChangeSet, ApiError> {
        app::undo(&self.client, document, change)
    }

    /// Edits several cards alike, as one act: all of them, or none.
    ///
    /// # Errors
    /// As for [`Self::edit_card`].
    pub fn edit_cards(&self, cards: Vec<DocumentId>, edits: Vec<CardEdit>) -> Result<Edited, ApiError> {
        app::edit_cards(&self.client, &cards, &edits)
    }

    /// Closes a todo, as from a widget or a notification. The first closing counts.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn close_todo(&self, card: DocumentId, todo: PartId, outcome: Outcome) -> Result<Edited, ApiError> {
        app::edit_card(&self.client, card, &[CardEdit::Close { todo, outcome }])
    }

    /// Makes a contact.
    pub fn create_contact(&self, contact: NewContact) -> Result<Made, ApiError> {
        app::create_contact(&self.client, &contact)
    }

    /// Edits a contact.
    ///
    /// # Errors
    /// `NotFound` for the contact or a field.
    pub fn edit_contact(&self, contact: DocumentId, edits: Vec<ContactEdit>) -> Result<Edited, ApiError> {
        app::edit_contact(&self.client, contact, &edits)
    }

    /// Resolves a conflict: the value is one of those that it has, or another of the same kind.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a value that its place cannot have, and for one that only a later version understands,
    /// where the place asks for a form.
    pub fn resolve(
        &self,
        document: DocumentId,
        conflict: Conflict,
        value: PlaceValue,
    ) -> Result<ChangeSet, ApiError> {
        app::resolve(&self.client, document, &conflict, &value)
    }

    /// Makes an edit of the quarantine again, and takes it out.
    ///
    /// # Errors
    /// `NotFound` for the edit, or its document.
    pub fn reapply(&self, edit: i64) -> Result<Reapplied, ApiError> {
        app::reapply(&self.client, edit)
    }

    /// Takes an edit out of the quarantine for good.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn dismiss(&self, edit: i64) -> Result<ChangeSet, ApiError> {
        self.client.dismiss(edit)
    }

    /// Marks a card or contact as a favourite of the user's on all their devices, or no more.
    pub fn set_favourite(&self, document: DocumentId, is_favourite: bool) -> Result<ChangeSet, ApiError> {
        self.client.set_favourite(document, is_favourite)
    }

    /// Notes that the user opened a document, for the recents of all their devices.
    pub fn note_opened(&self, document: DocumentId) -> Result<ChangeSet, ApiError> {
        self.client.note_opened(document)
    }
}
