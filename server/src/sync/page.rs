//! Pages: entries on their way down, counted in bytes.

use std::collections::BTreeMap;

use roadbook_domain::id::{DocumentId, PartId, UserId};
use roadbook_domain::row::{CardRow, TodoRow};
use roadbook_domain::time::Timestamp;
use roadbook_domain::todo::TodoState;
use roadbook_domain::wire::{DocumentReceipt, Entry, Envelope, Forgotten, Rows};

use super::receipt;
use crate::api::ApiError;
use crate::auth::Caller;
use crate::state::State;
use crate::store::documents::{self, Stored};
use crate::store::organisation::Head;
use crate::store::{Conn, StoreError};

/// How long a user's own closings outlive his sight of their document, in milliseconds.
pub const CLOSINGS: i64 = 62 * 24 * 60 * 60 * 1000;

/// What all parts of one answer share.
pub struct Reading<'a> {
    /// The server.
    pub state: &'a State,
    /// Who asks.
    pub caller: &'a Caller,
    /// Where the log ends in the snapshot that is read.
    pub head: &'a Head,
    /// The server's clock.
    pub now: Timestamp,
}

/// Entries that were gathered, and how many bytes are left.
#[derive(Debug)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Envelope>,
    /// Receipts for the documents whose last change is among them.
    pub receipts: Vec<DocumentReceipt>,
    left: u64,
}

impl Page {
    /// An empty page that takes about this many bytes.
    pub fn new(budget: u64) -> Self {
        Self { entries: Vec::new(), receipts: Vec::new(), left: budget }
    }

    /// Whether something of this size still fits; the first always does.
    pub fn fits(&self, size: u64) -> bool {
        self.entries.is_empty() || size <= self.left
    }

    /// How many bytes are left.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Adds an entry.
    pub fn push(&mut self, entry: &Entry) {
        let envelope = entry.to_envelope();
        self.left = self.left.saturating_sub(envelope.body.len() as u64 + 8);
        self.entries.push(envelope);
    }
}

impl Reading<'_> {
    /// Adds the bundles of these documents, as they are in the snapshot.
    ///
    /// # Errors
    /// Of the database.
    pub fn push_bundles(
        &self,
        page: &mut Page,
        stored: impl IntoIterator<Item = Stored>,
    ) -> Result<(), ApiError> {
        let key = self.state.secrets().receipt_key.as_bytes();
        for stored in stored {
            let bundle = receipt::bundle(key, self.caller.org, stored, self.head.seq.unsigned_abs());
            let bundle = bundle.map_err(|_| StoreError::Unreadable("an author table"))?;
            page.push(&Entry::Bundle(bundle));
        }
        Ok(())
    }

    /// Adds that the user does not see a document, with his own closings in it.
    pub fn push_forget(&self, page: &mut Page, document: DocumentId, closings: Vec<(PartId, TodoState)>) {
        page.push(&Entry::Forget(Forgotten { seq: self.head.seq.unsigned_abs(), document, closings }));
    }

    /// The caller's own closings of late in these documents, of those that have any.
    ///
    /// # Errors
    /// Of the database.
    pub async fn closings(
        &self,
        conn: &mut Conn,
        ids: &[DocumentId],
    ) -> Result<BTreeMap<DocumentId, Vec<(PartId, TodoState)>>, StoreError> {
        let stored = documents::get(conn, self.caller.org, ids).await?;
        let of = |stored: Stored| match minicbor::decode(&stored.rows) {
            Ok(Rows::Card(row, _)) => Some((stored.id, own_closings(&row, self.caller.user, self.now))),
            _ => None,
        };
        Ok(stored.into_iter().filter_map(of).filter(|(_, closings)| !closings.is_empty()).collect())
    }
}

/// A user's own todos in a card that were closed within the time in which closings outlive sight.
pub fn own_closings(row: &CardRow, user: UserId, now: Timestamp) -> Vec<(PartId, TodoState)> {
    let since = now.millis().saturating_sub(CLOSINGS);
    let is_late =
        |todo: &&TodoRow| todo.state.closing().is_some_and(|closing| closing.at().millis() >= since);
    let own = row.todos.iter().filter(|todo| todo.assignee == Some(user)).filter(is_late);
    own.map(|todo| (todo.id, todo.state)).collect()
}
