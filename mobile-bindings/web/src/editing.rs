//! Edits. Several of one call are one change, and one line of the history; what changes nothing stores nothing. Each is
//! on disk when its call returns, and tells what screens must show anew.
//!
//! Every one may throw `no_user`, `storage_full`, and `invalid.…` with a reason to show beside the input.

use roadbook_client::ChangeSet;
use roadbook_client::app::{
    self, CardEdit, Conflict, ContactEdit, Edited, Made, NewCard, NewContact, PlaceValue, Reapplied,
};
use roadbook_domain::value::id::{DocumentId, PartId};
use roadbook_domain::value::todo::Outcome;
use tsify::Ts;
use wasm_bindgen::prelude::*;

use crate::Roadbook;
use crate::crossing::{failed, read, read_all, told};

#[wasm_bindgen]
impl Roadbook {
    /// Makes a card.
    #[wasm_bindgen(js_name = createCard)]
    pub fn create_card(&self, card: Ts<NewCard>) -> Result<Ts<Made>, JsValue> {
        told(app::create_card(&self.client, &read(card)?))
    }

    /// Edits a card.
    #[wasm_bindgen(js_name = editCard)]
    pub fn edit_card(&self, card: Ts<DocumentId>, edits: Vec<Ts<CardEdit>>) -> Result<Ts<Edited>, JsValue> {
        told(app::edit_card(&self.client, read(card)?, &read_all(edits)?))
    }

    /// Whether the user would not see the card any more after these edits.
    #[wasm_bindgen(js_name = losesSight)]
    pub fn loses_sight(&self, card: Ts<DocumentId>, edits: Vec<Ts<CardEdit>>) -> Result<bool, JsValue> {
        app::loses_sight(&self.client, read(card)?, &read_all(edits)?).map_err(failed)
    }

    /// Takes back a line of a document's history, as a change of its own.
    pub fn undo(&self, document: Ts<DocumentId>, change: &str) -> Result<Ts<ChangeSet>, JsValue> {
        told(app::undo(&self.client, read(document)?, change))
    }

    /// Edits several cards alike, as one act: all of them, or none.
    #[wasm_bindgen(js_name = editCards)]
    pub fn edit_cards(
        &self,
        cards: Vec<Ts<DocumentId>>,
        edits: Vec<Ts<CardEdit>>,
    ) -> Result<Ts<Edited>, JsValue> {
        told(app::edit_cards(&self.client, &read_all(cards)?, &read_all(edits)?))
    }

    /// Closes a todo. The first closing counts.
    #[wasm_bindgen(js_name = closeTodo)]
    pub fn close_todo(
        &self,
        card: Ts<DocumentId>,
        todo: Ts<PartId>,
        outcome: Ts<Outcome>,
    ) -> Result<Ts<Edited>, JsValue> {
        let close = CardEdit::Close { todo: read(todo)?, outcome: read(outcome)? };
        told(app::edit_card(&self.client, read(card)?, &[close]))
    }

    /// Makes a contact.
    #[wasm_bindgen(js_name = createContact)]
    pub fn create_contact(&self, contact: Ts<NewContact>) -> Result<Ts<Made>, JsValue> {
        told(app::create_contact(&self.client, &read(contact)?))
    }

    /// Edits a contact.
    #[wasm_bindgen(js_name = editContact)]
    pub fn edit_contact(
        &self,
        contact: Ts<DocumentId>,
        edits: Vec<Ts<ContactEdit>>,
    ) -> Result<Ts<Edited>, JsValue> {
        told(app::edit_contact(&self.client, read(contact)?, &read_all(edits)?))
    }

    /// Resolves a conflict: the value is one of those that it has, or another of the same kind.
    pub fn resolve(
        &self,
        document: Ts<DocumentId>,
        conflict: Ts<Conflict>,
        value: Ts<PlaceValue>,
    ) -> Result<Ts<ChangeSet>, JsValue> {
        told(app::resolve(&self.client, read(document)?, &read(conflict)?, &read(value)?))
    }

    /// Makes an edit of the quarantine again, and takes it out.
    pub fn reapply(&self, edit: f64) -> Result<Ts<Reapplied>, JsValue> {
        told(app::reapply(&self.client, number(edit)))
    }

    /// Takes an edit out of the quarantine for good.
    pub fn dismiss(&self, edit: f64) -> Result<Ts<ChangeSet>, JsValue> {
        told(self.client.dismiss(number(edit)))
    }

    /// Marks a card or contact as a favourite of the user's on all their devices, or no more.
    #[wasm_bindgen(js_name = setFavourite)]
    pub fn set_favourite(
        &self,
        document: Ts<DocumentId>,
        is_favourite: bool,
    ) -> Result<Ts<ChangeSet>, JsValue> {
        told(self.client.set_favourite(read(document)?, is_favourite))
    }

    /// Notes that the user opened a document, for the recents of all their devices.
    #[wasm_bindgen(js_name = noteOpened)]
    pub fn note_opened(&self, document: Ts<DocumentId>) -> Result<Ts<ChangeSet>, JsValue> {
        told(self.client.note_opened(read(document)?))
    }
}

/// The number of a quarantined edit, as it was told.
#[expect(clippy::cast_possible_truncation, reason = "what was never told names no edit")]
fn number(edit: f64) -> i64 {
    edit as i64
}
