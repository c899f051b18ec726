//! Editing: one user action becomes one change of one document, durable when the call returns.

pub(crate) mod batch;
pub(crate) mod favourites;
pub(crate) mod import;
pub(crate) mod quarantine;
pub(crate) mod reauthor;
pub(crate) mod recents;
pub(crate) mod replica;

use roadbook_domain::crm::command::{CardCommand, ContactCommand, UserCommand};
use roadbook_domain::crm::undo::{Undo, UndoError, undo};
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::document::{Origin, OriginKind};
use roadbook_domain::value::env::random;
use roadbook_domain::value::id::DocumentId;

use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::error::{ApiError, Error};
use batch::{Batch, NewCard, NewContact};
use replica::Replica;

impl Client {
    /// Makes a card: one change.
    pub fn create_card(&self, new: &NewCard) -> Result<(DocumentId, ChangeSet), ApiError> {
        self.edits(None, |batch| batch.create_card(new))
    }

    /// Edits a card: all commands are one change. What changes nothing stores nothing.
    pub fn edit_card(&self, id: DocumentId, commands: &[CardCommand]) -> Result<ChangeSet, ApiError> {
        self.edits(None, |batch| batch.edit_card(id, commands)).map(|((), changes)| changes)
    }

    /// Makes a contact: one change.
    pub fn create_contact(&self, new: &NewContact) -> Result<(DocumentId, ChangeSet), ApiError> {
        self.edits(None, |batch| batch.create_contact(new))
    }

    /// Edits a contact: all commands are one change. What changes nothing stores nothing.
    pub fn edit_contact(&self, id: DocumentId, commands: &[ContactCommand]) -> Result<ChangeSet, ApiError> {
        self.edits(None, |batch| batch.edit_contact(id, commands)).map(|((), changes)| changes)
    }

    /// Edits what follows the user between their devices: one change.
    pub fn edit_user(&self, commands: &[UserCommand]) -> Result<ChangeSet, ApiError> {
        self.edits(None, |batch| batch.edit_user(commands)).map(|((), changes)| changes)
    }

    /// Takes a change back, as a change of its own: see [`roadbook_domain::crm::undo`].
    pub fn undo(&self, id: DocumentId, change: ChangeHash) -> Result<ChangeSet, ApiError> {
        let ((), changes) = self.edits(None, |batch| {
            let replica = Replica::open(batch.connection(), id)?.ok_or(Error::NoDocument(id))?;
            match undo(&replica.document, change, batch.acting().by).map_err(Error::from)? {
                Undo::Card(commands) => batch.edit_card(id, &commands)?,
                Undo::Contact(commands) => batch.edit_contact(id, &commands)?,
            }
            // A todo that was made and is closed by now stays as it is.
            batch.last_change().map(drop).ok_or_else(|| Error::from(UndoError::ChangedSince).into())
        })?;
        Ok(changes)
    }

    /// Runs several edits in one transaction, as one act that history shows as one: an import, a bulk
    /// edit. If `edits` fails, nothing of it is stored. If one edit fails and `edits` goes on, nothing of that
    /// one is.
    ///
    /// # Errors
    /// What `edits` answers. Within it, every edit goes through the batch: one through this handle is
    /// [`Reason::InsideBatch`](crate::Reason::InsideBatch).
    pub fn batch<T>(
        &self,
        kind: OriginKind,
        edits: impl FnOnce(&mut Batch<'_>) -> Result<T, ApiError>,
    ) -> Result<(T, ChangeSet), ApiError> {
        let origin = Origin { kind, id: random(self.env()) };
        self.edits(Some(origin), |batch| {
            batch.survives_errors();
            edits(batch)
        })
    }

    pub(crate) fn edits<T>(
        &self,
        origin: Option<Origin>,
        edits: impl FnOnce(&mut Batch<'_>) -> Result<T, ApiError>,
    ) -> Result<(T, ChangeSet), ApiError> {
        self.changing(|tx| {
            // Inside the transaction: user and settings may have changed just before it began.
            let workspace = self.store().workspace(tx)?;
            let actor = self.actor(&workspace);
            let mut batch = Batch::new(tx, self.env(), workspace, actor, origin)?;
            let answer = edits(&mut batch).map_err(Error::Caller)?;
            Ok((answer, batch.into_changes()))
        })
    }
}
