//! Cards and what all documents have: conflicts, history, sync state (F34, F55, N3).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use roadbook_domain::crm::card;
use roadbook_domain::crm::command::{CardCommand, ContactCommand};
use roadbook_domain::crm::row::{CardRow, ContactRow, Rows};
use roadbook_domain::document::AuthorTable;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::read::history::{HistoryItem, history};
use roadbook_domain::read::list::{OpenTodo, open_todos};
use roadbook_domain::read::projection;
use roadbook_domain::read::view::{Conflict, Unread, View};
use roadbook_domain::settings::{Settings, StatusInputs};
use roadbook_domain::value::id::{DocumentId, PartId, StatusId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::todo::Closing;

use super::todo_details::TodoDetails;
use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::edit::replica::Replica;
use crate::error::{ApiError, Error};
use crate::store::outbox::{self, UnsentState};
use crate::store::{documents, rows};

/// A card, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardView {
    /// The card.
    pub id: DocumentId,
    /// What lists show of it, with its todos and links.
    pub row: CardRow,
    /// The status it is in, stored or derived.
    pub status: Option<StatusId>,
    /// Its long texts, by field.
    pub texts: Vec<(String, String)>,
    /// What was written down of what happened, the latest first (F56).
    pub entries: Vec<EntryView>,
    /// Where people wrote the same at once (N3).
    pub conflicts: Vec<Conflict>,
    /// What a later version of the app wrote and this one cannot read: to be shown as it is.
    pub unread: Vec<Unread>,
    /// Its open todos, the next step first.
    pub open: Vec<OpenTodo>,
    /// By todo, who closed it, the closing that counts first: several where users closed it at once
    /// (C13).
    pub closings: BTreeMap<PartId, Vec<Closing>>,
    /// By todo, what lists do not show of it, where there is some.
    pub details: BTreeMap<PartId, TodoDetails>,
    /// The contacts in use or in the trash that it links to, or that a todo or an entry of it names.
    pub contacts: Vec<(DocumentId, ContactRow)>,
    /// How far the user's own edits of it have come.
    pub sync: SyncState,
    /// The next instant at which a todo changes its colour, or the card its status, by time alone (T5).
    pub next_change: Option<Timestamp>,
}

/// Something that happened, as it was written down (F56).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct EntryView {
    /// Its id within the document.
    pub id: PartId,
    /// `note`, `call`, `meeting`, `visit`, ...
    pub kind: String,
    /// When it happened.
    pub at: Option<Timestamp>,
    /// What happened.
    pub text: String,
    /// Who wrote or did it.
    pub by: Option<UserId>,
    /// With whom.
    pub person: Option<DocumentId>,
    /// Where.
    pub place: String,
}

/// How far the edits of a document that were made here have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify), serde(rename_all = "camelCase"))]
pub enum SyncState {
    /// Some are only on this device.
    Here,
    /// All are sent; some are not yet acknowledged.
    Sent,
    /// The server has stored all of them.
    Stored,
}

impl Client {
    /// Opens a card.
    pub fn card(&self, id: DocumentId) -> Result<CardView, ApiError> {
        self.card_with_settings(id).map(|(card, _)| card)
    }

    /// The same, with the settings as they were at that moment.
    pub(crate) fn card_with_settings(&self, id: DocumentId) -> Result<(CardView, Arc<Settings>), ApiError> {
        let now = self.env().now();
        Ok(self.store().query(|connection| {
            let workspace = self.store().workspace(connection)?;
            let replica = Replica::open_as(connection, id, DocumentTypeId::CARD)?;
            let Rows::Card(row, _) = projection::rows(&replica.document, None) else {
                return Err(Error::OtherType(replica.base.kind));
            };
            let view = View::of(&replica.document);
            let closed = row.todos.iter().filter(|todo| !todo.state.is_open());
            let closings = closed.map(|todo| (todo.id, view.closings(card::TODOS, todo.id))).collect();
            let entries = entries(&view, card::ENTRIES, &replica.base.authors, workspace.user());
            let details = TodoDetails::of_all(&view);
            let status = workspace.settings.card_status(&StatusInputs::of(&row), now);
            let (open, next_change) = open_todos(&row, &workspace.zones(), now);
            let opened = CardView {
                id,
                status: status.id,
                texts: texts(&view, card::FIELDS),
                conflicts: view.conflicts(),
                unread: view.unread(),
                open,
                closings,
                details,
                contacts: rows::contacts(connection, named(&row, &entries))?,
                entries,
                row: *row,
                sync: replica.sync_state(),
                next_change: next_change.into_iter().chain(status.next_change).min(),
            };
            Ok((opened, Arc::clone(&workspace.settings)))
        })?)
    }

    /// The ways to move a card by hand into a status: one is done by [`Client::edit_card`] at once, of
    /// several the app asks the user which; see
    /// [`Settings::moves_to`](roadbook_domain::settings::Settings::moves_to) (C24).
    ///
    /// # Errors
    /// There is no such card here.
    pub fn moves_to(&self, id: DocumentId, status: StatusId) -> Result<Vec<Vec<CardCommand>>, ApiError> {
        Ok(self.store().query(|connection| {
            let row = rows::card(connection, id)?.ok_or(Error::NoDocument(id))?;
            let workspace = self.store().workspace(connection)?;
            Ok(workspace.settings.moves_to(&StatusInputs::of(&row), status))
        })?)
    }

    /// The conflicts of a document: where people wrote the same register at once (N3).
    pub fn conflicts(&self, id: DocumentId) -> Result<Vec<Conflict>, ApiError> {
        self.opened(id, |replica| Ok(View::of(&replica.document).conflicts()))
    }

    /// Resolves a conflict: the register gets `value`, one of those it holds, or another (N3).
    pub fn resolve(&self, id: DocumentId, conflict: &Conflict, value: &str) -> Result<ChangeSet, ApiError> {
        let value = value.to_owned();
        let kind = self.kind(id)?;
        let register = conflict.place.register(kind).ok_or(Error::OtherType(kind))?;
        let (container, name) = (register.container, register.name);
        match kind {
            DocumentTypeId::CARD => self.edit_card(id, &[CardCommand::Resolve(container, name, value)]),
            DocumentTypeId::CONTACT => {
                self.edit_contact(id, &[ContactCommand::Resolve(container, name, value)])
            }
            kind => Err(Error::OtherType(kind).into()),
        }
    }

    /// The history of a document, newest first: `limit` changes after the first `skip` (F55, F58).
    pub fn history(&self, id: DocumentId, skip: usize, limit: usize) -> Result<Vec<HistoryItem>, ApiError> {
        self.opened(id, |replica| Ok(history(&replica.document, &replica.base.authors, skip, limit)))
    }

    /// How far the user's own edits of a document have come.
    pub fn sync_state(&self, id: DocumentId) -> Result<SyncState, ApiError> {
        Ok(self.store().query(|connection| {
            if !documents::exists(connection, id)? {
                return Err(Error::NoDocument(id));
            }
            Ok(state(outbox::state_of(connection, id)?))
        })?)
    }

    /// How far each unsent edit of a document has come.
    pub(crate) fn unsent_states(&self, id: DocumentId) -> Result<BTreeMap<ChangeHash, SyncState>, ApiError> {
        Ok(self.store().query(|connection| {
            let unsent = outbox::of_document(connection, id)?;
            Ok(unsent.into_iter().map(|unsent| (unsent.hash, state(Some(unsent.state)))).collect())
        })?)
    }

    /// How many edits are unsent (C15).
    pub fn unsent_count(&self) -> Result<u64, ApiError> {
        Ok(self.store().read(outbox::count)?)
    }

    /// The row of a card, without opening it.
    pub fn card_row(&self, id: DocumentId) -> Result<CardRow, ApiError> {
        Ok(self.store().query(|connection| rows::card(connection, id)?.ok_or(Error::NoDocument(id)))?)
    }

    pub(crate) fn kind(&self, id: DocumentId) -> Result<DocumentTypeId, Error> {
        let base = self.store().read(|connection| documents::get(connection, id))?;
        base.map(|base| base.kind).ok_or(Error::NoDocument(id))
    }

    fn opened<T>(&self, id: DocumentId, with: impl Fn(&Replica) -> Result<T, Error>) -> Result<T, ApiError> {
        Ok(self
            .store()
            .query(|connection| with(&Replica::open(connection, id)?.ok_or(Error::NoDocument(id))?))?)
    }
}

impl Replica {
    pub(crate) fn sync_state(&self) -> SyncState {
        state(self.unsent.iter().map(|(_, state)| *state).min())
    }
}

fn state(least: Option<UnsentState>) -> SyncState {
    match least {
        None => SyncState::Stored,
        Some(UnsentState::Sent) => SyncState::Sent,
        Some(UnsentState::Here | UnsentState::WaitsForServer) => SyncState::Here,
    }
}

/// The documents that a card links to, and those that its todos and entries name.
fn named(row: &CardRow, entries: &[EntryView]) -> Vec<DocumentId> {
    let links = row.links.iter().map(|link| link.target);
    let todos = row.todos.iter().filter_map(|todo| todo.contact);
    let entries = entries.iter().filter_map(|entry| entry.person);
    let named: BTreeSet<_> = links.chain(todos).chain(entries).collect();
    named.into_iter().collect()
}

/// The long texts of a document, by field.
pub(crate) fn texts(view: &View, container: u8) -> Vec<(String, String)> {
    view.registers(container)
        .filter(|(_, values)| values.has_text())
        .map(|(name, values)| (name.to_owned(), values.shown()))
        .collect()
}

/// The entries of a document, the latest first.
pub(crate) fn entries(
    view: &View,
    container: u8,
    authors: &AuthorTable,
    me: Option<UserId>,
) -> Vec<EntryView> {
    let mut entries: Vec<_> = view
        .parts(container)
        .into_iter()
        .filter(|(_, registers)| registers.contains_key("kind"))
        .map(|(id, mut registers)| {
            let mut text = |name| registers.remove(name).unwrap_or_default();
            let by = text("by").parse().ok();
            let writer = || {
                let kind = view.values(container, &format!("{id}/kind"))?;
                authors.signature(kind.winner.op.actor).map_or(me, |by| by.user)
            };
            EntryView {
                id,
                kind: text("kind"),
                at: text("at").parse().ok().map(Timestamp::from_millis),
                text: text("text"),
                by: by.or_else(writer),
                person: text("person").parse().ok(),
                place: text("place"),
            }
        })
        .collect();
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
    entries
}

#[cfg(test)]
mod tests;
