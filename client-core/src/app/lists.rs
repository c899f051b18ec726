//! Lists: boards, contacts, the cards of a contact, the trash.

use roadbook_domain::crm::row::{CardRow, ContactRow, ContactSort, DetailRow};
use roadbook_domain::read::list::{Section, open_todo};
use roadbook_domain::settings::{Settings, StatusInputs};
use roadbook_domain::value::id::{DocumentId, ProductId, StatusId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::trash::Trash;

use super::todo::TodoView;
use crate::client::Client;
use crate::error::ApiError;
use crate::query::board::{BoardCard, BoardQuery};
use crate::query::search::{self, FoundEntry};

/// A page of a product's cards, in the order of F30.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct Board {
    /// The cards.
    pub cards: Vec<CardItem>,
    /// How many cards match in all; told with the first page only.
    pub matching: Option<u32>,
    /// The next instant at which one of them changes its section, its colour or its status by time alone: set one
    /// timer.
    pub next_change: Option<Timestamp>,
}

/// A card of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct CardItem {
    /// The card.
    pub id: DocumentId,
    /// Its product.
    pub product: Option<ProductId>,
    /// Its name.
    pub name: String,
    /// The status it is in, stored or derived.
    pub status: Option<StatusId>,
    /// The user who answers for it.
    pub owner: Option<UserId>,
    /// The part of a board it stands in, which also gives its colour (F31, F32); `None` in other lists.
    pub section: Option<Section>,
    /// What is to be done next (F35).
    pub next: Option<TodoView>,
    /// How many todos are open.
    pub open_todos: u32,
    /// When somebody last wrote a call, meeting, visit, mail or message into it.
    pub last_contact: Option<Timestamp>,
    /// Whether it is in use.
    pub trash: Trash,
    /// How many of its values several people wrote at once.
    pub conflicts: u32,
}

/// A contact of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct ContactItem {
    /// The contact.
    pub id: DocumentId,
    /// A person or a company.
    pub sort: ContactSort,
    /// A person's given name; empty for a company.
    pub given_name: String,
    /// A person's family name, or the company's name.
    pub family_name: String,
    /// Phones, emails and addresses.
    pub details: Vec<DetailRow>,
    /// Whether it is in use.
    pub trash: Trash,
    /// How many of its values several people wrote at once.
    pub conflicts: u32,
}

/// What a search found, none of it in the trash.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct Found {
    /// Contacts, by family name.
    pub contacts: Vec<ContactItem>,
    /// Cards, those with something to do first.
    pub cards: Vec<CardItem>,
    /// Open todos, the next due first.
    pub todos: Vec<FoundTodo>,
    /// Notes, calls, meetings and visits, the newest first.
    pub entries: Vec<FoundEntry>,
}

/// A todo that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct FoundTodo {
    /// Its card.
    pub card: DocumentId,
    /// What the card is called.
    pub card_name: String,
    /// The todo.
    pub todo: TodoView,
}

impl Found {
    /// The cards whose names, the contacts whose name, number or address, and the open todos and entries whose texts hold
    /// all words of a text, each as the beginning of a word; at most `limit` of each.
    ///
    /// # Errors
    /// [`ApiError::Interrupted`].
    pub fn search(client: &Client, text: &str, limit: u32) -> Result<Self, ApiError> {
        let (workspace, now) = (client.workspace()?, client.env().now());
        let settings = &workspace.settings;
        let search::Found { contacts, cards, todos, entries } = client.search(text, limit)?;
        let todo = |(card, card_name, todo)| {
            let open = open_todo(&todo, &workspace.zones(), now);
            FoundTodo { card, card_name, todo: TodoView::of_open(todo, &open) }
        };
        Ok(Self {
            contacts: contacts.into_iter().map(|(id, row)| ContactItem::of_row(id, row)).collect(),
            cards: cards.into_iter().map(|(id, row)| CardItem::of_row(settings, now, id, row)).collect(),
            todos: todos.into_iter().map(todo).collect(),
            entries,
        })
    }
}

impl Board {
    /// A page of a product's cards, the most urgent first.
    ///
    /// # Errors
    /// Of the storage.
    pub fn read(client: &Client, query: &BoardQuery) -> Result<Self, ApiError> {
        let board = client.board(query)?;
        let cards = board.cards.into_iter().map(CardItem::of_board).collect();
        Ok(Self { cards, matching: board.matching, next_change: board.next_change })
    }
}

impl CardItem {
    /// The cards of a contact in all products (F60).
    ///
    /// # Errors
    /// Of the storage.
    pub fn of_contact(client: &Client, id: DocumentId) -> Result<Vec<Self>, ApiError> {
        let (settings, now) = (client.settings()?, client.env().now());
        let cards = client.cards_of_contact(id)?;
        Ok(cards.into_iter().map(|(id, row)| Self::of_row(&settings, now, id, row)).collect())
    }

    /// The cards in the trash of a product, by name (F72).
    ///
    /// # Errors
    /// Of the storage.
    pub fn trashed(
        client: &Client,
        product: ProductId,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Self>, ApiError> {
        let (settings, now) = (client.settings()?, client.env().now());
        let cards = client.trashed_cards(product, offset, limit)?;
        Ok(cards.into_iter().map(|(id, row)| Self::of_row(&settings, now, id, row)).collect())
    }

    fn of_board(card: BoardCard) -> Self {
        let BoardCard { id, row, section, next, status } = card;
        let next = next.and_then(|next| {
            let todo = row.todos.iter().find(|todo| todo.id == next.todo)?;
            Some(TodoView::of_open(todo.clone(), &next))
        });
        Self { section: Some(section), next, status, ..Self::bare(id, row) }
    }

    pub(crate) fn of_row(settings: &Settings, now: Timestamp, id: DocumentId, row: CardRow) -> Self {
        let status = settings.card_status(&StatusInputs::of(&row), now).id;
        Self { status, ..Self::bare(id, row) }
    }

    fn bare(id: DocumentId, row: CardRow) -> Self {
        let open = row.todos.iter().filter(|todo| todo.state.is_open()).count();
        Self {
            id,
            product: row.product,
            name: row.name,
            status: None,
            owner: row.owner,
            section: None,
            next: None,
            open_todos: u32::try_from(open).unwrap_or(u32::MAX),
            last_contact: row.last_contact,
            trash: row.trash,
            conflicts: row.conflicts,
        }
    }
}

impl ContactItem {
    /// Contacts in use by family name; if `text` is given, those whose name holds all its words (T20).
    ///
    /// # Errors
    /// Of the storage.
    pub fn list(client: &Client, text: Option<&str>, offset: u32, limit: u32) -> Result<Vec<Self>, ApiError> {
        let contacts = client.contacts(text, offset, limit)?;
        Ok(contacts.into_iter().map(|(id, row)| Self::of_row(id, row)).collect())
    }

    /// The contacts in use that have a telephone number, by family name, however it is written (F59).
    ///
    /// # Errors
    /// Of the storage.
    pub fn callers(client: &Client, number: &str, limit: u32) -> Result<Vec<Self>, ApiError> {
        let contacts = client.find_caller(number, limit)?;
        Ok(contacts.into_iter().map(|(id, row)| Self::of_row(id, row)).collect())
    }

    /// The contacts in the trash, by family name (F72).
    ///
    /// # Errors
    /// Of the storage.
    pub fn trashed(client: &Client, offset: u32, limit: u32) -> Result<Vec<Self>, ApiError> {
        let contacts = client.trashed_contacts(offset, limit)?;
        Ok(contacts.into_iter().map(|(id, row)| Self::of_row(id, row)).collect())
    }

    /// The contacts in use that link to this one, such as the persons of a company, by family name (F59).
    ///
    /// # Errors
    /// Of the storage.
    pub fn linked_to(client: &Client, id: DocumentId) -> Result<Vec<Self>, ApiError> {
        let contacts = client.contacts_linked_to(id)?;
        Ok(contacts.into_iter().map(|(id, row)| Self::of_row(id, row)).collect())
    }

    pub(crate) fn of_row(id: DocumentId, row: ContactRow) -> Self {
        let details = row.details_in_order();
        let ContactRow { sort, given_name, family_name, trash, conflicts, .. } = row;
        Self { id, sort, given_name, family_name, details, trash, conflicts }
    }
}
