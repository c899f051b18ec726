//! Proof and repair: the state hash, and projections made anew from documents (L3, N4).

use roadbook_domain::read::projection;
use roadbook_domain::read::state_hash::State;
use roadbook_domain::read::today::Period;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use rusqlite::{Connection, Transaction};

use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::replica::Replica;
use crate::store::meta::{self, Key};
use crate::store::workspace::Workspace;
use crate::store::{documents, outbox, rows};
use crate::today;

/// The version of [`projection`] that made the rows.
const PROJECTION_VERSION: Key<u32> = Key::new("projection_version");

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

    /// Makes the rows of at most `limit` documents anew whose rows another version of the app or of
    /// the server made, and tells whether there are more. Call it in the background until there are
    /// none; lists work meanwhile.
    pub fn rebuild_some(&self, limit: u32) -> Result<(bool, ChangeSet), ApiError> {
        self.changing(|tx| {
            let workspace = self.store().workspace(tx)?;
            let mut changes = ChangeSet::default();
            let stale = documents::stale(tx, limit)?;
            for id in &stale {
                rebuild(tx, &workspace, *id, &mut changes)?;
            }
            Ok((stale.len() == limit as usize, changes))
        })
    }

    /// Documents whose stored rows are not those that their changes give; for tests and reports.
    pub fn wrong_projections(&self) -> Result<Vec<DocumentId>, ApiError> {
        Ok(self.store().read(|connection| {
            let workspace = self.store().workspace(connection)?;
            let mut wrong = Vec::new();
            for (id, kind) in documents::all(connection)? {
                let Some(replica) = known(Replica::open(connection, id))? else { continue };
                if rows::rows(connection, id, kind)? != replica.rows(workspace.user()) {
                    wrong.push(id);
                }
            }
            Ok(wrong)
        })?)
    }
}

/// Marks all rows as stale if another version of this crate made them.
pub(crate) fn follow_projection_version(tx: &Transaction<'_>) -> Result<(), Error> {
    let made_by = meta::get(tx, &PROJECTION_VERSION)?;
    if made_by != Some(projection::VERSION) {
        documents::mark_all_stale(tx)?;
        meta::set(tx, &PROJECTION_VERSION, &projection::VERSION)?;
    }
    Ok(())
}

fn rebuild(
    tx: &Transaction<'_>,
    workspace: &Workspace,
    id: DocumentId,
    changes: &mut ChangeSet,
) -> Result<(), Error> {
    match known(Replica::open(tx, id)) {
        Ok(Some(replica)) => {
            let rows = replica.project(tx, workspace)?;
            changes.rows(id, &rows);
        }
        Ok(None) => {}
        Err(Error::Unreadable(_, why)) => documents::mark_damaged(tx, id, &why)?,
        // Its base is sound, its unsent changes do not fit: that is settled when the server has answered.
        Err(Error::Document(error)) => {
            tracing::warn!(document.id = %id, %error, "unsent changes do not fit their document");
        }
        Err(error) => return Err(error),
    }
    documents::clear_stale(tx, id)
}

/// Documents of unknown kinds have no rows.
fn known(opened: Result<Option<Replica>, Error>) -> Result<Option<Replica>, Error> {
    match opened {
        Err(Error::OtherKind(_)) => Ok(None),
        opened => opened,
    }
}

/// The heads of base and outbox together.
fn heads(
    connection: &Connection,
    id: DocumentId,
) -> Result<Vec<roadbook_domain::document::change::ChangeHash>, Error> {
    let mut heads = documents::get(connection, id)?.ok_or(Error::NoDocument(id))?.heads;
    for unsent in outbox::of_document(connection, id)? {
        heads.retain(|head| !unsent.change.deps.contains(head));
        heads.push(unsent.hash);
    }
    heads.sort_unstable();
    Ok(heads)
}
