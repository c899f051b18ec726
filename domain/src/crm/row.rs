//! Rows: what lists, Today, search, filters and reports need, so that none of them loads a document.
//!
//! A row is a pure function of its document ([`crate::read::projection`]). The server makes rows with every
//! accepted change and sends them in bundles; a phone makes the same rows from its own edits.

use minicbor::{Decode, Encode};

use crate::value::counted::{self, Counting};
use crate::value::due::Due;
use crate::value::id::{DocumentId, PartId, ProductId, StatusId, UserId};
use crate::value::open_word::open_word;
use crate::value::time::Timestamp;
use crate::value::todo::TodoState;
use crate::value::trash::Trash;

/// What lists need of one card.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array, context_bound = "Counting")]
pub struct CardRow {
    /// The card's product; `None` only in a document whose first change was lost.
    #[n(0)]
    pub product: Option<ProductId>,
    /// The name shown in lists.
    #[n(1)]
    pub name: String,
    /// The stored status; products with derived statuses do not use it (F19).
    #[n(2)]
    pub status: Option<StatusId>,
    /// The user who answers for the card (F49); `None` is a card that nobody owns.
    #[n(3)]
    pub owner: Option<UserId>,
    /// Whether it is in use, in the trash, or in the trash with later edits to review.
    #[n(4)]
    pub trash: Trash,
    /// Register text by field, in order of the register's name: `<field>` or `<field>/<option>`.
    #[cbor(n(5), decode_with = "counted::list")]
    pub fields: Vec<(String, String)>,
    /// The contacts and cards it links to.
    #[cbor(n(6), decode_with = "counted::list")]
    pub links: Vec<LinkRow>,
    /// The card's todos, open and closed.
    #[cbor(n(7), decode_with = "counted::list")]
    pub todos: Vec<TodoRow>,
    /// When somebody last wrote a call, meeting, visit, mail or message into it (T13).
    #[n(8)]
    pub last_contact: Option<Timestamp>,
    /// How many registers hold a conflict whose losing values are kept (L6).
    #[n(9)]
    pub conflicts: u32,
    /// When it was made, by its author's clock. Until the first contact, a lead is forgotten that many days
    /// after this (T13).
    #[n(10)]
    pub created: Option<Timestamp>,
}

/// What Today and the card lists need of one todo.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct TodoRow {
    /// Its id within the card.
    #[n(0)]
    pub id: PartId,
    /// What is to be done.
    #[n(1)]
    pub text: String,
    /// Its due; a todo without one is never overdue and sorts last.
    #[n(2)]
    pub due: Option<Due>,
    /// The user who is to do it (F49).
    #[n(3)]
    pub assignee: Option<UserId>,
    /// Open or closed, and how.
    #[n(4)]
    pub state: TodoState,
    /// The contact it is to be done with (F35, F44).
    #[n(5)]
    pub contact: Option<DocumentId>,
}

impl TodoRow {
    /// Who closed it; `None` while it is open.
    pub fn closed_by(&self) -> Option<UserId> {
        self.state.closing().map(|closing| closing.by())
    }
}

/// A link from a card or contact to another document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
#[cbor(array)]
pub struct LinkRow {
    /// Its id within the document.
    #[n(0)]
    pub id: PartId,
    /// The document it points to.
    #[n(1)]
    pub target: DocumentId,
    /// What the target is to this document: `customer`, `employer`, ...
    #[n(2)]
    pub role: String,
}

/// What lists and caller lookup need of one contact.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array, context_bound = "Counting")]
pub struct ContactRow {
    /// A person or a company.
    #[n(0)]
    pub sort: ContactSort,
    /// A person's given name; empty for a company.
    #[n(1)]
    pub given_name: String,
    /// A person's family name, or the company's name (T19).
    #[n(2)]
    pub family_name: String,
    /// Whether it is in use, in the trash, or in the trash with later edits to review.
    #[n(3)]
    pub trash: Trash,
    /// Register text by field, as in [`CardRow::fields`].
    #[cbor(n(4), decode_with = "counted::list")]
    pub fields: Vec<(String, String)>,
    /// Phones, emails and addresses.
    #[cbor(n(5), decode_with = "counted::list")]
    pub details: Vec<DetailRow>,
    /// The company a person works for, and the like.
    #[cbor(n(6), decode_with = "counted::list")]
    pub links: Vec<LinkRow>,
    /// The user who created it. They see it while no card links to it.
    #[n(7)]
    pub creator: Option<UserId>,
    /// How many registers hold a conflict whose losing values are kept (L6).
    #[n(8)]
    pub conflicts: u32,
}

/// A phone, email or address of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
#[cbor(array)]
pub struct DetailRow {
    /// Its id within the contact.
    #[n(0)]
    pub id: PartId,
    /// Phone, email or address.
    #[n(1)]
    pub sort: DetailSort,
    /// `work`, `home`, ...; free text.
    #[n(2)]
    pub label: String,
    /// The number, address or place as written.
    #[n(3)]
    pub value: String,
}

impl ContactRow {
    /// Its phones, then its emails, then its addresses, each by label and value. Their ids are drawn, so these tell no
    /// order.
    pub fn details_in_order(&self) -> Vec<DetailRow> {
        let rank = |sort| DetailSort::ALL.iter().position(|known| *known == sort).unwrap_or(usize::MAX);
        let mut details = self.details.clone();
        details.sort_by_cached_key(|of| (rank(of.sort), of.label.clone(), of.value.clone(), of.id));
        details
    }
}

/// What a search needs of one entry of a card or contact: a note, a call, a meeting, a visit (F56).
///
/// It is no part of [`Rows`] and never travels, since entries are most of what a document says: each phone tells them
/// from its documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Its id within the document.
    pub id: PartId,
    /// `note`, `call`, `meeting`, `visit`, ...
    pub kind: String,
    /// When it happened; `None` if that cannot be read.
    pub at: Option<Timestamp>,
    /// What happened.
    pub text: String,
}

open_word! {
    /// Person or company.
    view ContactSort {
        /// A natural person.
        Person = "person";
        /// A firm or other body.
        Company = "company";
    }
}

open_word! {
    /// The sort of a contact's detail. Its name is that of the register that holds one: `<detail>/<name>`.
    view DetailSort {
        /// A telephone number.
        Phone = "phone";
        /// An email address.
        Email = "email";
        /// A postal address.
        Address = "address";
    }
}

/// Something that happened to a document, who did it and when.
///
/// Facts are derived from changes, one by one and in any order. They are stored beside the changes, so
/// that totals and reports need not read whole histories.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct Fact {
    /// When, by the stamp of the change that made it. A stamp is shown and never orders a merge (T10).
    #[n(0)]
    pub at: Timestamp,
    /// The user or service that made the change.
    #[n(1)]
    pub by: Option<UserId>,
    /// What happened.
    #[n(2)]
    pub event: Event,
}

/// What a [`Fact`] records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Event {
    /// The document was created.
    #[n(0)]
    Created,
    /// The card left one status (`None` at creation) and entered another.
    #[n(1)]
    Status(#[n(0)] Option<StatusId>, #[n(1)] Option<StatusId>),
    /// The card passed from one owner to another.
    #[n(2)]
    Owner(#[n(0)] Option<UserId>, #[n(1)] Option<UserId>),
    /// A todo was made.
    #[n(3)]
    TodoMade(#[n(0)] PartId),
    /// A todo was moved from one due to another (F51).
    #[n(4)]
    TodoMoved(#[n(0)] PartId, #[n(1)] Option<Due>, #[n(2)] Option<Due>),
    /// A todo was closed or reopened: its new state.
    #[n(5)]
    TodoState(#[n(0)] PartId, #[n(1)] TodoState),
    /// A todo passed from one assignee to another.
    #[n(6)]
    Assignee(#[n(0)] PartId, #[n(1)] Option<UserId>, #[n(2)] Option<UserId>),
    /// A past event with the customer was written down: call, meeting, visit, ...
    #[n(7)]
    Contacted(#[n(0)] PartId),
}

/// The rows of one document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(context_bound = "Counting")]
pub enum Rows {
    /// Of a card.
    #[n(0)]
    Card(#[n(0)] Box<CardRow>, #[cbor(n(1), decode_with = "counted::list")] Vec<Fact>),
    /// Of a contact.
    #[n(1)]
    Contact(#[n(0)] Box<ContactRow>, #[cbor(n(1), decode_with = "counted::list")] Vec<Fact>),
    /// Of a document type that no list shows.
    #[n(2)]
    None,
}

impl Rows {
    /// The same rows with these facts, in their own order.
    #[must_use]
    pub fn with_facts(self, mut facts: Vec<Fact>) -> Self {
        facts.sort_unstable();
        match self {
            Self::Card(row, _) => Self::Card(row, facts),
            Self::Contact(row, _) => Self::Contact(row, facts),
            Self::None => Self::None,
        }
    }

    /// The facts among the rows.
    pub fn facts(&self) -> &[Fact] {
        match self {
            Self::Card(_, facts) | Self::Contact(_, facts) => facts,
            Self::None => &[],
        }
    }
}
