//! Rows made anew from documents: a newer version of the app, or of the server, tells more in them (L3).
//!
//! [`Syncer`](crate::Syncer) calls it after every exchange, so an app need not.

use rusqlite::{Connection, Transaction};

use roadbook_domain::value::id::DocumentId;

use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::edit::replica::Replica;
use crate::error::{ApiError, Error};
use crate::store::workspace::Workspace;
use crate::store::{documents, words};

impl Client {
    /// Makes the rows of at most `limit` documents anew whose rows another version of the app or of the server made, or
    /// brings the index of a search up to date for four times as many, and tells whether there is more to do. Lists and
    /// searches work meanwhile, with the rows as they are.
    pub fn rebuild_some(&self, limit: u32) -> Result<(bool, ChangeSet), ApiError> {
        // Nearly always there are none: then no writer is kept waiting.
        let is_done = |connection: &Connection| {
            Ok(documents::stale(connection, 1)?.is_empty() && words::unindexed(connection, 1)?.is_empty())
        };
        if self.store().read(is_done)? {
            return Ok((false, ChangeSet::default()));
        }
        self.changing(|tx| {
            let workspace = self.store().workspace(tx)?;
            let mut changes = ChangeSet::default();
            // Read again inside the transaction: another process may have made some of them meanwhile.
            let stale = documents::stale(tx, limit)?;
            for id in &stale {
                rebuild(tx, &workspace, *id, &mut changes)?;
            }
            // The words of four documents take as long as the rows of one.
            let is_more = !stale.is_empty() || words::index_some(tx, limit.saturating_mul(4))?;
            Ok((is_more, changes))
        })
        // The words of documents that left went only now.
        .inspect(|(is_more, _)| {
            if !is_more {
                self.clear_log()
            }
        })
    }
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
        // Its base is sound, its unsent changes do not fit: they are rebased when the server has answered.
        Err(Error::Document(error)) => {
            tracing::warn!(document.id = %id, %error, "unsent changes do not fit their document");
        }
        Err(error) => return Err(error),
    }
    documents::clear_stale(tx, id)
}

/// Documents of unknown types have no rows.
pub(super) fn known(opened: Result<Option<Replica>, Error>) -> Result<Option<Replica>, Error> {
    match opened {
        Err(Error::OtherType(_)) => Ok(None),
        opened => opened,
    }
}

#[cfg(test)]
mod tests;
