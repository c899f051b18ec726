//! What screens read. Nothing here waits for a network. What changes by time alone says when: set one timer for
//! `nextChange`.

use roadbook_client::app::{
    self, Board, CardItem, CardView, Conflict, ContactItem, ContactView, Found, HistoryItem, NewContact,
    QuarantinedEdit, SettingsView, Way,
};
use roadbook_client::{BoardQuery, DocumentName, Identity, StatusCount, SyncState, TodayView};
use roadbook_domain::read::postpone::PostponeChoice;
use roadbook_domain::read::quick::QuickTodo;
use roadbook_domain::read::today::Period;
use roadbook_domain::settings::role::Act;
use roadbook_domain::value::id::{DocumentId, ProductId, StatusId};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use crate::Roadbook;
use crate::crossing::{failed, read, read_all, told, told_all, told_or_none};

#[wasm_bindgen]
impl Roadbook {
    /// Who works here; nothing before anybody signed in or began a local workspace.
    pub fn me(&self) -> Result<Option<Ts<Identity>>, JsValue> {
        told_or_none(self.client.me())
    }

    /// The user's own todos that need them now, over all products: the first `limit`, and totals over all.
    pub fn today(&self, limit: u32, period: Option<Ts<Period>>) -> Result<Ts<TodayView>, JsValue> {
        let period = period.map(read).transpose()?.unwrap_or_default();
        told(self.client.today(period, limit as usize))
    }

    /// A page of a product's cards, the most urgent first.
    pub fn board(&self, query: Ts<BoardQuery>) -> Result<Ts<Board>, JsValue> {
        told(Board::read(&self.client, &read(query)?))
    }

    /// How many cards of a product are in each status, in the order of the process.
    #[wasm_bindgen(js_name = statusCounts)]
    pub fn status_counts(&self, product: Ts<ProductId>) -> Result<Vec<Ts<StatusCount>>, JsValue> {
        told_all(self.client.status_counts(read(product)?))
    }

    /// Opens a card.
    pub fn card(&self, card: Ts<DocumentId>) -> Result<Ts<CardView>, JsValue> {
        told(CardView::open(&self.client, read(card)?))
    }

    /// The ways to move a card by hand into a status.
    #[wasm_bindgen(js_name = movesTo)]
    pub fn moves_to(&self, card: Ts<DocumentId>, status: Ts<StatusId>) -> Result<Vec<Ts<Way>>, JsValue> {
        told_all(app::moves_to(&self.client, read(card)?, read(status)?))
    }

    /// What cards and contacts are called, in the same order; those that are not here are left out.
    pub fn names(&self, documents: Vec<Ts<DocumentId>>) -> Result<Vec<Ts<DocumentName>>, JsValue> {
        told_all(self.client.names(&read_all(documents)?))
    }

    /// When a todo may be postponed to by one tap, the soonest first.
    #[wasm_bindgen(js_name = postponeChoices)]
    pub fn postpone_choices(&self) -> Result<Vec<Ts<PostponeChoice>>, JsValue> {
        told_all(app::postpone_choices(&self.client))
    }

    /// What a line that the user writes says: a todo, and when it is due, by their clock and in their language. What may
    /// be read in two ways stays text.
    #[wasm_bindgen(js_name = quickTodo)]
    pub fn quick_todo(&self, text: &str) -> Result<Ts<QuickTodo>, JsValue> {
        told(app::quick_todo(&self.client, text))
    }

    /// The user's inbox card, for todos that belong to no other; nothing while it has not arrived.
    pub fn inbox(&self) -> Result<Option<Ts<DocumentId>>, JsValue> {
        told_or_none(app::inbox(&self.client))
    }

    /// Opens a contact.
    pub fn contact(&self, contact: Ts<DocumentId>) -> Result<Ts<ContactView>, JsValue> {
        told(ContactView::open(&self.client, read(contact)?))
    }

    /// Contacts in use by family name; with a text, those whose name holds all its words.
    pub fn contacts(
        &self,
        text: Option<String>,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Ts<ContactItem>>, JsValue> {
        told_all(ContactItem::list(&self.client, text.as_deref(), offset, limit))
    }

    /// How many contacts `contacts` would list without a limit.
    #[wasm_bindgen(js_name = contactCount)]
    pub fn contact_count(&self, text: Option<String>) -> Result<u32, JsValue> {
        self.client.contact_count(text.as_deref()).map_err(failed)
    }

    /// The contacts in use that have a telephone number, however it is written.
    #[wasm_bindgen(js_name = findCaller)]
    pub fn find_caller(&self, number: &str, limit: u32) -> Result<Vec<Ts<ContactItem>>, JsValue> {
        told_all(ContactItem::callers(&self.client, number, limit))
    }

    /// The contacts in use that may be the one to be made: those of its sort with the same phone or email, then those
    /// with the same name.
    #[wasm_bindgen(js_name = likelyDoubles)]
    pub fn likely_doubles(
        &self,
        contact: Ts<NewContact>,
        limit: u32,
    ) -> Result<Vec<Ts<ContactItem>>, JsValue> {
        told_all(app::likely_doubles(&self.client, &read(contact)?, limit))
    }

    /// The contacts in use that link to this one, such as the persons of a company, by family name.
    #[wasm_bindgen(js_name = contactsLinkedTo)]
    pub fn contacts_linked_to(&self, contact: Ts<DocumentId>) -> Result<Vec<Ts<ContactItem>>, JsValue> {
        told_all(ContactItem::linked_to(&self.client, read(contact)?))
    }

    /// The cards of a contact, of all products.
    #[wasm_bindgen(js_name = cardsOfContact)]
    pub fn cards_of_contact(&self, contact: Ts<DocumentId>) -> Result<Vec<Ts<CardItem>>, JsValue> {
        told_all(CardItem::of_contact(&self.client, read(contact)?))
    }

    /// The cards in the trash of a product, by name.
    #[wasm_bindgen(js_name = trashedCards)]
    pub fn trashed_cards(
        &self,
        product: Ts<ProductId>,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Ts<CardItem>>, JsValue> {
        told_all(CardItem::trashed(&self.client, read(product)?, offset, limit))
    }

    /// The contacts in the trash, by family name.
    #[wasm_bindgen(js_name = trashedContacts)]
    pub fn trashed_contacts(&self, offset: u32, limit: u32) -> Result<Vec<Ts<ContactItem>>, JsValue> {
        told_all(ContactItem::trashed(&self.client, offset, limit))
    }

    /// The contacts and cards whose names, and the open todos and entries whose texts, hold all words of `text`.
    pub fn search(&self, text: &str, limit: u32) -> Result<Ts<Found>, JsValue> {
        told(Found::search(&self.client, text, limit))
    }

    /// The values of a document that several people wrote at once.
    pub fn conflicts(&self, document: Ts<DocumentId>) -> Result<Vec<Ts<Conflict>>, JsValue> {
        told_all(Conflict::list(&self.client, read(document)?))
    }

    /// The history of a document, the newest first: `limit` lines after the first `skip`.
    pub fn history(
        &self,
        document: Ts<DocumentId>,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<Ts<HistoryItem>>, JsValue> {
        told_all(HistoryItem::list(&self.client, read(document)?, skip, limit))
    }

    /// The edits that could not be kept, the latest first.
    pub fn quarantine(&self) -> Result<Vec<Ts<QuarantinedEdit>>, JsValue> {
        told_all(QuarantinedEdit::list(&self.client))
    }

    /// Products, statuses, fields and colleagues, with names in the user's language.
    pub fn settings(&self) -> Result<Ts<SettingsView>, JsValue> {
        told(SettingsView::read(&self.client))
    }

    /// The documents that the user opened last, on whichever device, the latest first.
    pub fn recents(&self) -> Result<Vec<Ts<DocumentId>>, JsValue> {
        told_all(self.client.recents())
    }

    /// The cards and contacts that the user marked, on whichever device.
    pub fn favourites(&self) -> Result<Vec<Ts<DocumentId>>, JsValue> {
        told_all(self.client.favourites())
    }

    /// Whether the user's role and organisation allow something: hide what they do not. The server judges, too.
    pub fn may(&self, act: Ts<Act>) -> Result<bool, JsValue> {
        app::may(&self.client, read(act)?).map_err(failed)
    }

    /// How far the user's own edits of a document have come.
    #[wasm_bindgen(js_name = syncState)]
    pub fn sync_state(&self, document: Ts<DocumentId>) -> Result<Ts<SyncState>, JsValue> {
        told(self.client.sync_state(read(document)?))
    }

    /// How many edits the server has not.
    #[wasm_bindgen(js_name = unsentCount)]
    pub fn unsent_count(&self) -> Result<f64, JsValue> {
        #[expect(clippy::cast_precision_loss, reason = "no phone has 2^53 edits")]
        self.client.unsent_count().map(|count| count as f64).map_err(failed)
    }
}
