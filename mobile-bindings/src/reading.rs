//! What screens read. Nothing here waits for a network. What changes by time alone says when: set one timer for
//! `next_change`.

use roadbook_client::app::{
    self, Board, CardItem, CardView, Conflict, ContactItem, ContactView, Found, HistoryItem, NewContact,
    QuarantinedEdit, SettingsView, Way,
};
use roadbook_client::{ApiError, BoardQuery, DocumentName, Identity, StatusCount, SyncState, TodayView};
use roadbook_domain::read::postpone::PostponeChoice;
use roadbook_domain::read::quick::QuickTodo;
use roadbook_domain::read::today::Period;
use roadbook_domain::settings::role::Act;
use roadbook_domain::value::id::{DocumentId, ProductId, StatusId};

use crate::Roadbook;

#[uniffi::export]
impl Roadbook {
    /// Who works here; nothing before anybody signed in or began a local workspace.
    pub fn me(&self) -> Result<Option<Identity>, ApiError> {
        self.client.me()
    }

    /// The user's own todos that need them now, over all products: the first `limit`, and totals over all.
    ///
    /// # Errors
    /// `NoUser`.
    #[uniffi::method(default(period = None))]
    pub fn today(&self, limit: u32, period: Option<Period>) -> Result<TodayView, ApiError> {
        self.client.today(period.unwrap_or_default(), limit as usize)
    }

    /// A page of a product's cards, the most urgent first.
    pub fn board(&self, query: BoardQuery) -> Result<Board, ApiError> {
        Board::read(&self.client, &query)
    }

    /// How many cards of a product are in each status, in the order of the process.
    pub fn status_counts(&self, product: ProductId) -> Result<Vec<StatusCount>, ApiError> {
        self.client.status_counts(product)
    }

    /// Opens a card.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a document that is no card.
    pub fn card(&self, card: DocumentId) -> Result<CardView, ApiError> {
        CardView::open(&self.client, card)
    }

    /// The ways to move a card by hand into a status: take one at once, let the user choose among several; without
    /// any the card cannot be moved there.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn moves_to(&self, card: DocumentId, status: StatusId) -> Result<Vec<Way>, ApiError> {
        app::moves_to(&self.client, card, status)
    }

    /// What cards and contacts are called, in the same order; those that are not here are left out.
    pub fn names(&self, documents: Vec<DocumentId>) -> Result<Vec<DocumentName>, ApiError> {
        self.client.names(&documents)
    }

    /// When a todo may be postponed to by one tap, the soonest first.
    pub fn postpone_choices(&self) -> Result<Vec<PostponeChoice>, ApiError> {
        app::postpone_choices(&self.client)
    }

    /// What a line that the user writes says: a todo, and when it is due, by their clock and in their language. What may
    /// be read in two ways stays text.
    ///
    /// # Errors
    /// `NoUser`.
    pub fn quick_todo(&self, text: String) -> Result<QuickTodo, ApiError> {
        app::quick_todo(&self.client, &text)
    }

    /// The user's inbox card, for todos that belong to no other; nothing while it has not arrived.
    ///
    /// # Errors
    /// `NoUser`.
    pub fn inbox(&self) -> Result<Option<DocumentId>, ApiError> {
        app::inbox(&self.client)
    }

    /// Opens a contact.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a document that is no contact.
    pub fn contact(&self, contact: DocumentId) -> Result<ContactView, ApiError> {
        ContactView::open(&self.client, contact)
    }

    /// Contacts in use by family name; with a text, those whose name holds all its words, each as the beginning of a
    /// word, in whatever order, case and spelling of marks.
    pub fn contacts(
        &self,
        text: Option<String>,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<ContactItem>, ApiError> {
        ContactItem::list(&self.client, text.as_deref(), offset, limit)
    }

    /// How many contacts `contacts` would list without a limit.
    pub fn contact_count(&self, text: Option<String>) -> Result<u32, ApiError> {
        self.client.contact_count(text.as_deref())
    }

    /// The contacts in use that have a telephone number, however it is written: whoever calls, while the phone rings.
    pub fn find_caller(&self, number: &str, limit: u32) -> Result<Vec<ContactItem>, ApiError> {
        ContactItem::callers(&self.client, number, limit)
    }

    /// The contacts in use that may be the one to be made: those of its sort with the same phone or email, then those
    /// with the same name. Ask before `create_contact`.
    pub fn likely_doubles(&self, contact: NewContact, limit: u32) -> Result<Vec<ContactItem>, ApiError> {
        app::likely_doubles(&self.client, &contact, limit)
    }

    /// The contacts in use that link to this one, such as the persons of a company, by family name.
    pub fn contacts_linked_to(&self, contact: DocumentId) -> Result<Vec<ContactItem>, ApiError> {
        ContactItem::linked_to(&self.client, contact)
    }

    /// The cards of a contact, of all products.
    pub fn cards_of_contact(&self, contact: DocumentId) -> Result<Vec<CardItem>, ApiError> {
        CardItem::of_contact(&self.client, contact)
    }

    /// The cards in the trash of a product, by name.
    pub fn trashed_cards(
        &self,
        product: ProductId,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<CardItem>, ApiError> {
        CardItem::trashed(&self.client, product, offset, limit)
    }

    /// The contacts in the trash, by family name.
    pub fn trashed_contacts(&self, offset: u32, limit: u32) -> Result<Vec<ContactItem>, ApiError> {
        ContactItem::trashed(&self.client, offset, limit)
    }

    /// The cards whose names, the contacts whose name, number or address, and the open todos and entries whose texts hold
    /// all words of `text`, each as the beginning of a word: in whatever order, case and spelling of marks; at most
    /// `limit` of each. [`Self::interrupt`] ends it, as when the user types on.
    ///
    /// # Errors
    /// `Interrupted`.
    pub fn search(&self, text: &str, limit: u32) -> Result<Found, ApiError> {
        Found::search(&self.client, text, limit)
    }

    /// The values of a document that several people wrote at once.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn conflicts(&self, document: DocumentId) -> Result<Vec<Conflict>, ApiError> {
        Conflict::list(&self.client, document)
    }

    /// The history of a document, the newest first: `limit` lines after the first `skip`.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn history(&self, document: DocumentId, skip: u32, limit: u32) -> Result<Vec<HistoryItem>, ApiError> {
        HistoryItem::list(&self.client, document, skip, limit)
    }

    /// The edits that could not be kept, the latest first.
    pub fn quarantine(&self) -> Result<Vec<QuarantinedEdit>, ApiError> {
        QuarantinedEdit::list(&self.client)
    }

    /// Products, statuses, fields and colleagues, with names in the user's language.
    pub fn settings(&self) -> Result<SettingsView, ApiError> {
        SettingsView::read(&self.client)
    }

    /// The documents that the user opened last, on whichever device, the latest first; at most 50.
    pub fn recents(&self) -> Result<Vec<DocumentId>, ApiError> {
        self.client.recents()
    }

    /// The cards and contacts that the user marked, on whichever device, by id.
    pub fn favourites(&self) -> Result<Vec<DocumentId>, ApiError> {
        self.client.favourites()
    }

    /// Whether the user's role and organisation allow something: hide what they do not. The server judges, too.
    ///
    /// # Errors
    /// `NoUser`.
    pub fn may(&self, act: Act) -> Result<bool, ApiError> {
        app::may(&self.client, act)
    }

    /// How far the user's own edits of a document have come.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn sync_state(&self, document: DocumentId) -> Result<SyncState, ApiError> {
        self.client.sync_state(document)
    }

    /// How many edits the server has not.
    pub fn unsent_count(&self) -> Result<u64, ApiError> {
        self.client.unsent_count()
    }
}
