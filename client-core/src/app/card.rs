//! A card, opened.

use roadbook_domain::crm::row::{LinkRow, TodoRow};
use roadbook_domain::read::view::Unread;
use roadbook_domain::settings::field::FieldScope;
use roadbook_domain::value::due::Due;
use roadbook_domain::value::id::{DocumentId, PartId, ProductId, StatusId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::todo::Closing;
use roadbook_domain::value::trash::Trash;

use super::closing::ClosingView;
use super::conflict::Conflict;
use super::field::{FieldView, fields};
use crate::client::Client;
use crate::error::ApiError;
use crate::query::card::{self as query, EntryView, SyncState};

/// A card, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct CardView {
    /// The card.
    pub id: DocumentId,
    /// Its product; `None` only if the change that made it was lost.
    pub product: Option<ProductId>,
    /// Its name.
    pub name: String,
    /// The status it is in, stored or derived.
    pub status: Option<StatusId>,
    /// The user who answers for it; `None`: nobody, and everybody sees it (F67).
    pub owner: Option<UserId>,
    /// Whether it is in use.
    pub trash: Trash,
    /// The fields that hold something, in the order of a form.
    pub fields: Vec<FieldView>,
    /// Its todos, open and closed.
    pub todos: Vec<TodoView>,
    /// What was written down of what happened, the latest first (F56).
    pub entries: Vec<EntryView>,
    /// The contacts and cards that it links to.
    pub links: Vec<LinkRow>,
    /// Where people wrote the same at once (N3).
    pub conflicts: Vec<Conflict>,
    /// What a later version of the app wrote: to be shown as it is.
    pub unread: Vec<Unread>,
    /// When somebody last wrote a call, meeting, visit, mail or message into it.
    pub last_contact: Option<Timestamp>,
    /// When it was made, by its author's clock.
    pub created: Option<Timestamp>,
    /// How far the user's own edits of it have come.
    pub sync: SyncState,
}

/// A todo of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct TodoView {
    /// Its id within the card.
    pub id: PartId,
    /// What is to be done.
    pub text: String,
    /// When it is due.
    pub due: Option<Due>,
    /// The user who is to do it (F49).
    pub assignee: Option<UserId>,
    /// The contact it is to be done with (F35).
    pub contact: Option<DocumentId>,
    /// Who closed it, first the closing that counts; several if users closed it at once (C13). Empty: it is
    /// open.
    pub closings: Vec<ClosingView>,
}

impl CardView {
    /// Opens a card.
    ///
    /// # Errors
    /// [`ApiError::NotFound`]; [`ApiError::Invalid`] for a document that is no card.
    pub fn open(client: &Client, id: DocumentId) -> Result<Self, ApiError> {
        let (opened, settings) = client.card_with_settings(id)?;
        let query::CardView { row, status, texts, entries, conflicts, unread, mut closings, sync, .. } =
            opened;
        let scope = row.product.map(FieldScope::Product);
        let todos = row.todos.into_iter().map(|todo| {
            let closings = closings.remove(&todo.id).unwrap_or_default();
            TodoView::of(todo, &closings)
        });
        Ok(Self {
            id,
            product: row.product,
            name: row.name,
            status,
            owner: row.owner,
            trash: row.trash,
            fields: fields(&settings, scope, &row.fields, &texts),
            todos: todos.collect(),
            entries,
            links: row.links,
            conflicts: Conflict::of_all(conflicts, &settings),
            unread,
            last_contact: row.last_contact,
            created: row.created,
            sync,
        })
    }
}

impl TodoView {
    pub(crate) fn of(row: TodoRow, closings: &[Closing]) -> Self {
        let closings = match closings {
            // A list knows the one that counts.
            [] => row.state.closing().map(ClosingView::of).into_iter().collect(),
            all => all.iter().map(ClosingView::of).collect(),
        };
        let TodoRow { id, text, due, assignee, contact, .. } = row;
        Self { id, text, due, assignee, contact, closings }
    }
}
