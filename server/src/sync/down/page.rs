//! Pages: entries on their way down, counted in bytes.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::access::rights::Scope;
use roadbook_domain::settings::SettingsRow;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{DocumentReceipt, Entry, Envelope, Forgotten, ReceiptedRow, Tombstone};

use super::visible::visible;
use crate::auth::Caller;
use crate::store::documents::Stored;
use crate::store::organisation::Head;
use crate::store::retained_closings::{self, Closings};
use crate::store::{Conn, StoreError};
use crate::sync::engine::Engine;
use crate::sync::seals::receipt;

/// How long a user's own closings are retained after they lost visibility of the card, in milliseconds.
pub const CLOSINGS: i64 = 62 * 24 * 60 * 60 * 1000;

/// What all parts of one answer share.
pub struct Reading<'a> {
    /// The engine.
    pub engine: &'a Engine,
    /// Who asks.
    pub caller: &'a Caller,
    /// Where the log ends in the database snapshot that is read.
    pub head: &'a Head,
    /// The server's clock.
    pub now: Timestamp,
    /// The entries that the device made by this very request.
    pub applied: &'a BTreeSet<i64>,
}

/// Entries that were gathered, and how many bytes are left.
#[derive(Debug)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Envelope>,
    /// The receipts of documents whose last change is among them.
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
    /// Adds the bundles of these documents, as they are in the database snapshot.
    ///
    /// # Errors
    /// Of the database.
    pub fn push_bundles(
        &self,
        page: &mut Page,
        stored: impl IntoIterator<Item = Stored>,
    ) -> Result<(), StoreError> {
        let key = self.engine.secrets().receipt_key.as_bytes();
        for stored in stored {
            // Whatever led here, no byte of a private document goes to anybody else (L5).
            if matches!(stored.scope, Scope::Private(user) if user != self.caller.user) {
                self.push_forget(page, stored.id, Closings::new());
                continue;
            }
            let bundle = receipt::bundle(key, self.caller.org, stored, self.head.seq.unsigned_abs());
            let bundle = bundle.map_err(|_| StoreError::Unreadable("an author table"))?;
            page.push(&Entry::Bundle(bundle));
        }
        Ok(())
    }

    /// A settings row as it travels.
    pub fn settings(&self, row: SettingsRow) -> Entry {
        let key = self.engine.secrets().receipt_key.as_bytes();
        let receipt = receipt::of_row(key, self.caller.org, &row).into();
        Entry::Settings(ReceiptedRow { row, receipt })
    }

    /// A purge as it travels.
    pub fn tombstone(&self, document: DocumentId) -> Entry {
        let key = self.engine.secrets().receipt_key.as_bytes();
        let receipt = receipt::of_purge(key, self.caller.org, document).into();
        Entry::Purge(Tombstone { document, receipt })
    }

    /// Adds that the user does not see a document, with their own closings in it.
    pub fn push_forget(&self, page: &mut Page, document: DocumentId, closings: Closings) {
        // The head's number: a copy that an earlier page brought as of its head must not count as newer.
        page.push(&Entry::Forget(Forgotten { seq: self.head.seq.unsigned_abs(), document, closings }));
    }

    /// The closings that the caller retains of these documents, should they not see them.
    ///
    /// # Errors
    /// Of the database.
    pub async fn closings(
        &self,
        conn: &mut Conn,
        ids: &[DocumentId],
    ) -> Result<BTreeMap<DocumentId, Closings>, StoreError> {
        retained_closings::of(conn, self.caller.org, self.caller.user, ids, self.since()).await
    }

    /// The closings that the caller retains of all documents that they do not see.
    ///
    /// # Errors
    /// Of the database.
    pub async fn all_closings(&self, conn: &mut Conn) -> Result<BTreeMap<DocumentId, Closings>, StoreError> {
        let (org, user) = (self.caller.org, self.caller.user);
        let mut closings = retained_closings::all(conn, org, user, self.since()).await?;
        let seen = visible(conn, self.caller, &closings.keys().copied().collect::<Vec<_>>()).await?;
        closings.retain(|document, _| !seen.contains(document));
        Ok(closings)
    }

    /// From when on closings are retained.
    fn since(&self) -> Timestamp {
        Timestamp::from_millis(self.now.millis().saturating_sub(CLOSINGS))
    }
}
