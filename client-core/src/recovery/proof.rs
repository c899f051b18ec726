//! Proof that device and server show the same: the state hash, and a check of every stored row (L3).

#[cfg(feature = "testing")]
use roadbook_domain::document::DocumentTypeId;
#[cfg(feature = "testing")]
use roadbook_domain::document::change::Change;
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::read::projection;
use roadbook_domain::read::state_hash::State;
use roadbook_domain::read::today::Period;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use rusqlite::Connection;

use super::rebuild::known;
use crate::client::Client;
use crate::edit::replica::Replica;
use crate::error::{ApiError, Error};
use crate::query::today;
use crate::store::{documents, entries, outbox, rows, words};

impl Client {
    /// The hash of everything this device shows its user at `now`: equal to that of the server and of
    /// every other device of the user once all have exchanged everything (L3).
    ///
    /// It is taken over the rows that screens read, so it also tells whether these are right.
    pub fn state_hash(&self, now: Timestamp) -> Result<[u8; 32], ApiError> {
        Ok(self.store().read(|connection| {
            let workspace = self.store().workspace(connection)?;
            let mut state = State::default();
            for (id, kind) in documents::all(connection)? {
                state.document(id, &heads(connection, id)?, &rows::rows(connection, id, kind)?);
            }
            for row in workspace.settings.rows() {
                state.settings(row.kind.code(), *row.id.as_bytes(), row.version);
            }
            let today = today::read(connection, &workspace, now, Period::Today, usize::MAX)?;
            state.today(minicbor::to_vec(today).map_err(|_| Error::Stored("Today"))?);
            Ok(state.hash())
        })?)
    }

    /// Documents whose stored rows or entries are not those that their changes give, or whose words not those of their
    /// rows; for tests and reports. What is still to be made in the background is not wrong.
    pub fn wrong_projections(&self) -> Result<Vec<DocumentId>, ApiError> {
        Ok(self.store().read(|connection| {
            let workspace = self.store().workspace(connection)?;
            let mut wrong = Vec::new();
            for (id, kind) in documents::all(connection)? {
                let Some(replica) = known(Replica::open(connection, id))? else { continue };
                let is_told = documents::is_stale(connection, id)?
                    || entries::of_document(connection, id)? == projection::entries(&replica.document);
                let are_right = rows::rows(connection, id, kind)? == replica.rows(workspace.user());
                if !is_told || !are_right || !words::is_right(connection, id)? {
                    wrong.push(id);
                }
            }
            Ok(wrong)
        })?)
    }
}

/// What tests over all crates compare with the server's.
#[cfg(feature = "testing")]
impl Client {
    /// Lets nothing be written through this handle, as on a full storage, or lets it again.
    pub fn fill_storage(&self, full: bool) {
        self.store().fill(full);
    }

    /// All documents with their types, by id.
    pub fn documents(&self) -> Result<Vec<(DocumentId, DocumentTypeId)>, ApiError> {
        Ok(self.store().read(documents::all)?)
    }

    /// The digest terms of all documents with acknowledged heads, by id.
    pub fn terms(&self) -> Result<Vec<(DocumentId, [u8; 16])>, ApiError> {
        Ok(self.store().read(documents::terms)?)
    }

    /// Every change of a document, the unsent ones included; none if it is not here.
    pub fn changes(&self, id: DocumentId) -> Result<Vec<Change>, ApiError> {
        Ok(self.store().read(|connection| {
            let changes = Replica::open(connection, id)?.map(|replica| replica.document.changes_since(&[]));
            Ok(changes.into_iter().flatten().map(|(_, change)| change).collect())
        })?)
    }
}

/// The heads of base and outbox together.
fn heads(connection: &Connection, id: DocumentId) -> Result<Vec<ChangeHash>, Error> {
    let mut heads = documents::get(connection, id)?.ok_or(Error::NoDocument(id))?.heads;
    for unsent in outbox::of_document(connection, id)? {
        heads.retain(|head| !unsent.change.deps.contains(head));
        heads.push(unsent.hash);
    }
    heads.sort_unstable();
    Ok(heads)
}
