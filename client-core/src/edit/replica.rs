//! An open document: the acknowledged base with the unsent changes on top, which is what the user
//! sees.
//!
//! A refused change must not poison its document, so unsent changes are never saved into the base:
//! without them it can always be opened again ("Base and outbox" of the architecture).

use std::collections::BTreeSet;

use roadbook_domain::crm::row::Fact;
use roadbook_domain::crm::row::Rows;
use roadbook_domain::document::Document;
use roadbook_domain::document::change::{Change, ChangeHash};
use roadbook_domain::document::{DocumentType, DocumentTypeId};
use roadbook_domain::read::projection;
use roadbook_domain::value::id::{DocumentId, UserId};
use rusqlite::{Connection, Transaction};

use crate::error::Error;
use crate::store::documents::{self, Base};
use crate::store::entries;
use crate::store::outbox::{self, Unsent, UnsentState};
use crate::store::projections::{self, Extent};
use crate::store::workspace::Workspace;

/// A document opened for reading or editing.
#[derive(Debug)]
pub(crate) struct Replica {
    /// Which one.
    pub id: DocumentId,
    /// Base and outbox together.
    pub document: Document,
    /// What the server has acknowledged.
    pub base: Base,
    /// What it has not, in order, and how far each has come: what of it is in `document`.
    pub unsent: Vec<(ChangeHash, UnsentState)>,
}

impl Replica {
    /// Opens a document; `None` if it is not on this device.
    pub fn open(connection: &Connection, id: DocumentId) -> Result<Option<Self>, Error> {
        let Some(base) = documents::get(connection, id)? else { return Ok(None) };
        let mut document = documents::load(connection, id, &base)?;
        let mut changes = outbox::of_document(connection, id)?;
        if base.heads.is_empty() {
            keep_placed(&document, &mut changes);
        }
        let unsent = changes.iter().map(|unsent| (unsent.hash, unsent.state)).collect();
        document.add_stored(changes.into_iter().map(|unsent| (unsent.hash, unsent.change)))?;
        Ok(Some(Self { id, document, base, unsent }))
    }

    /// Opens a document that must be here and of this type.
    pub fn open_as(connection: &Connection, id: DocumentId, kind: DocumentTypeId) -> Result<Self, Error> {
        let replica = Self::open(connection, id)?.ok_or(Error::NoDocument(id))?;
        if replica.base.kind == kind { Ok(replica) } else { Err(Error::OtherType(replica.base.kind)) }
    }

    /// Makes a document that is nowhere yet.
    pub fn create(tx: &Transaction<'_>, id: DocumentId, kind: &'static DocumentType) -> Result<Self, Error> {
        if documents::exists(tx, id)? {
            return Err(Error::IdTaken);
        }
        let base = Base::unsent(kind.id);
        documents::put(tx, id, &base)?;
        Ok(Self { id, document: Document::new(kind), base, unsent: Vec::new() })
    }

    /// Stores the rows of what the user sees, in place of those before.
    pub fn project(&self, tx: &Transaction<'_>, workspace: &Workspace) -> Result<Rows, Error> {
        let rows = self.rows(workspace.user());
        self.store(tx, workspace, &rows, Extent::Any)?;
        Ok(rows)
    }

    /// Stores what may differ of these rows, which are its own, and of its entries.
    pub fn store(
        &self,
        tx: &Transaction<'_>,
        workspace: &Workspace,
        rows: &Rows,
        extent: Extent,
    ) -> Result<(), Error> {
        projections::update(tx, workspace, self.id, rows, extent)?;
        if extent.entries() {
            entries::write(tx, self.id, &projection::entries(&self.document), extent == Extent::New)?;
        }
        Ok(())
    }

    /// The rows of what the user sees; `me` is the author of what is unsent.
    pub fn rows(&self, me: Option<UserId>) -> Rows {
        self.rows_without_facts(me).with_facts(self.facts(me))
    }

    /// The rows of what the user sees, facts left out.
    pub fn rows_without_facts(&self, me: Option<UserId>) -> Rows {
        let first = self.base.authors.actors.first();
        let creator = first.map_or(me, |first| first.by.user);
        projection::rows(&self.document, creator)
    }

    /// What every change did, told from the changes themselves.
    fn facts(&self, me: Option<UserId>) -> Vec<Fact> {
        let changes = self.document.changes_since(&[]);
        changes.iter().flat_map(|(hash, change)| self.facts_of(*hash, change, me)).collect()
    }

    fn facts_of(&self, hash: ChangeHash, change: &Change, me: Option<UserId>) -> Vec<Fact> {
        let unsent = self.unsent.iter().any(|(unsent, _)| *unsent == hash);
        let signature = self.base.authors.signature(change.actor);
        let by = if unsent { me } else { signature.and_then(|signature| signature.user) };
        projection::facts(&self.document, change, by)
    }
}

/// Leaves out the changes that build on what is not here: after a salvage, or a sign-in that gave unsent edits back, a
/// user's own document may have been begun anew before the server's came. They are sent like all others.
fn keep_placed(document: &Document, changes: &mut Vec<Unsent>) {
    let mut placed = BTreeSet::new();
    changes.retain(|unsent| {
        let mut deps = unsent.change.deps.iter();
        let is_placed = deps.all(|dep| placed.contains(dep) || document.contains(*dep));
        placed.extend(is_placed.then_some(unsent.hash));
        is_placed
    });
}
