//! Edits: one user action becomes one change of one document, durable when the call returns (L1).
//!
//! A change, its place in the outbox and the rows that lists read are written in one transaction, so
//! an edit is wholly there or wholly absent (R01).

use std::sync::Arc;

use roadbook_domain::access::audience::{exceeds_visibility_limits, inbox_id, trashes, user_document_id};
use roadbook_domain::crm::command::{Acting, CardCommand, CommandError, ContactCommand, UserCommand};
use roadbook_domain::crm::contact;
use roadbook_domain::crm::row::Rows;
use roadbook_domain::crm::row::{ContactSort, Fact};
use roadbook_domain::crm::undo::may_undo;
use roadbook_domain::crm::{card, user_document};
use roadbook_domain::document::Origin;
use roadbook_domain::document::change::{Actor, Change, ChangeHash, Op};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::document::guard::Forged;
use roadbook_domain::document::limits::{BYTES_FOR_DECISIONS, MAX_DOCUMENT_CHANGES, MAX_SAVED};
use roadbook_domain::document::{DocumentType, DocumentTypeId, Writer};
use roadbook_domain::read::projection;
use roadbook_domain::settings::Settings;
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::{DocumentId, ProductId, StatusId, UserId};
use roadbook_domain::value::time::Timestamp;
use rusqlite::{Connection, Transaction};

use crate::change_set::{ChangeSet, List};
use crate::edit::replica::Replica;
use crate::error::{ApiError, Error};
use crate::store::outbox::{self, NewUnsent};
use crate::store::projections::Extent;
use crate::store::workspace::Workspace;
use crate::store::{documents, rows};

/// A card to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCard {
    /// Its product, for ever (F11).
    pub product: ProductId,
    /// Its name.
    pub name: String,
    /// Its first status; `None`: the first of its product, or derived.
    pub status: Option<StatusId>,
    /// The user who answers for it.
    pub owner: Owner,
    /// What else it begins with; part of the same change.
    pub commands: Vec<CardCommand>,
}

/// The user who answers for a new card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
pub enum Owner {
    /// The user who makes it (F50).
    #[default]
    Me,
    /// Another user.
    User {
        /// Who.
        id: UserId,
    },
    /// Nobody: everyone sees it (F67).
    Nobody,
}

/// A contact to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContact {
    /// Person or company.
    pub sort: ContactSort,
    /// Its name and what else it begins with; part of the same change.
    pub commands: Vec<ContactCommand>,
}

/// Several edits in one transaction: all of them are durable when it ends, or none.
///
/// Each call is one change of one document. Edits see the edits before them.
pub struct Batch<'a> {
    tx: &'a Transaction<'a>,
    env: &'a dyn Env,
    workspace: Arc<Workspace>,
    acting: Acting,
    actor: Actor,
    origin: Option<Origin>,
    /// Whether the caller may go on after an edit that failed.
    goes_on: bool,
    changes: ChangeSet,
    /// The change that the last edit made, if it made one and no more, and one that can be taken back.
    last: Option<ChangeHash>,
}

impl<'a> Batch<'a> {
    /// A batch whose author is the workspace's user.
    pub(crate) fn new(
        tx: &'a Transaction<'a>,
        env: &'a dyn Env,
        workspace: Arc<Workspace>,
        actor: Actor,
        origin: Option<Origin>,
    ) -> Result<Self, Error> {
        let by = workspace.user().ok_or(Error::NoUser)?;
        let acting = Acting { by, now: env.now(), zone: workspace.zones().of(Some(by)) };
        let changes = ChangeSet::default();
        Ok(Self { tx, env, workspace, acting, actor, origin, goes_on: false, changes, last: None })
    }

    /// What is stored, with the edits so far.
    pub(crate) fn connection(&self) -> &Connection {
        self.tx
    }

    /// What follows was done then, as part of that act.
    pub(crate) fn as_if_at(&mut self, at: Timestamp, origin: Option<Origin>) {
        self.acting.now = at;
        self.origin = origin;
    }

    pub(crate) fn env(&self) -> &'a dyn Env {
        self.env
    }

    /// The settings that hold.
    pub fn settings(&self) -> &Settings {
        &self.workspace.settings
    }

    pub(crate) fn user_of(&self, owner: Owner) -> Option<UserId> {
        match owner {
            Owner::Me => Some(self.acting.by),
            Owner::User { id } => Some(id),
            Owner::Nobody => None,
        }
    }

    /// Who acts, when and where.
    pub fn acting(&self) -> &Acting {
        &self.acting
    }

    /// Makes a card.
    pub fn create_card(&mut self, new: &NewCard) -> Result<DocumentId, ApiError> {
        let owner = self.user_of(new.owner);
        // Written down: else a card would move by itself once another status is the first.
        let status = new.status.or_else(|| self.workspace.settings.status_at_creation(new.product));
        let create = CardCommand::Create { product: new.product, name: new.name.clone(), status, owner };
        let commands: Vec<_> = std::iter::once(create).chain(new.commands.iter().cloned()).collect();
        // The closure must not borrow `self`, which `author` borrows mutably.
        let (id, workspace) = (DocumentId::new(self.env), self.workspace.clone());
        self.atomic(|batch| {
            let replica = Replica::create(batch.tx, id, &card::TYPE)?;
            batch.author(replica, true, |draft, acting| {
                draft_card(&workspace.settings, id, &commands, draft, acting)
            })
        })?;
        Ok(id)
    }

    /// Edits a card. What is as it was stores nothing; an edit that moves it into a status that hands out
    /// a todo adds that, too (C9).
    pub fn edit_card(&mut self, id: DocumentId, commands: &[CardCommand]) -> Result<(), ApiError> {
        let workspace = self.workspace.clone();
        let draft = |draft: &mut Draft<'_>, acting: &Acting| {
            draft_card(&workspace.settings, id, commands, draft, acting)
        };
        Ok(self.atomic(|batch| batch.edit(id, DocumentTypeId::CARD, draft))?)
    }

    /// Makes a contact.
    pub fn create_contact(&mut self, new: &NewContact) -> Result<DocumentId, ApiError> {
        let create = ContactCommand::Create(new.sort);
        let commands = || std::iter::once(&create).chain(&new.commands);
        let draft = |draft: &mut Draft<'_>, acting: &Acting| draft_all(commands(), draft, acting);
        Ok(self.atomic(|batch| batch.create(&contact::TYPE, draft))?)
    }

    /// Edits a contact. What is as it was stores nothing.
    pub fn edit_contact(&mut self, id: DocumentId, commands: &[ContactCommand]) -> Result<(), ApiError> {
        let draft = |draft: &mut Draft<'_>, acting: &Acting| draft_all(commands, draft, acting);
        Ok(self.atomic(|batch| batch.edit(id, DocumentTypeId::CONTACT, draft))?)
    }

    /// Edits what follows the user between their devices.
    pub fn edit_user(&mut self, commands: &[UserCommand]) -> Result<(), ApiError> {
        Ok(self.atomic(|batch| batch.edit_own(commands))?)
    }

    /// From now on the caller may go on after an edit that failed: nothing of that one is stored.
    pub(crate) fn survives_errors(&mut self) {
        self.goes_on = true;
    }

    pub(crate) fn transaction(&self) -> &'a Transaction<'a> {
        self.tx
    }

    /// The change that the last edit made; `None` if it changed nothing, was too large for one change, or stays for good.
    pub(crate) fn last_change(&self) -> Option<ChangeHash> {
        self.last
    }

    /// The rows that a card would have with these commands, which nobody stores.
    pub(crate) fn card_with(&mut self, id: DocumentId, commands: &[CardCommand]) -> Result<Rows, ApiError> {
        let mut replica = Replica::open_as(self.tx, id, DocumentTypeId::CARD)?;
        let settings = &self.workspace.settings;
        let drafted =
            self.drafted(&mut replica, |draft, acting| draft_card(settings, id, commands, draft, acting))?;
        if let Some(change) = drafted {
            judge(&replica, &change)?;
            replica.document.add_judged(change).map_err(Error::from)?;
        }
        Ok(replica.rows_without_facts(self.workspace.user()))
    }

    /// Something beside the documents has changed, too.
    pub(crate) fn list(&mut self, list: List) {
        self.changes.list(list);
    }

    /// What the batch has changed so far.
    pub(crate) fn into_changes(self) -> ChangeSet {
        self.changes
    }

    /// Runs one edit: all of it is stored, or nothing.
    fn atomic<T>(&mut self, edit: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        // Otherwise an error ends the transaction, which costs less than a savepoint for each edit.
        if !self.goes_on {
            return edit(self);
        }
        // A full disk may have ended it. A savepoint would begin another, which nobody would end.
        if self.tx.is_autocommit() {
            return Err(Error::Ended);
        }
        self.tx.prepare_cached("SAVEPOINT edit")?.execute([])?;
        let before = std::mem::take(&mut self.changes);
        let answer = edit(self);
        let changed = std::mem::replace(&mut self.changes, before);
        match &answer {
            Ok(_) => self.changes.merge(changed),
            Err(_) => drop(self.tx.prepare_cached("ROLLBACK TO edit")?.execute([])?),
        }
        self.tx.prepare_cached("RELEASE edit")?.execute([])?;
        answer
    }

    fn edit_own(&mut self, commands: &[UserCommand]) -> Result<(), Error> {
        let draft = |draft: &mut Draft<'_>, acting: &Acting| draft_all(commands, draft, acting);
        match documents::first_of_kind(self.tx, DocumentTypeId::USER)? {
            Some(id) => self.edit(id, DocumentTypeId::USER, draft),
            None => {
                // The server has made one with the user, which may not be here yet: they are the same.
                let id = user_document_id(self.acting.by);
                let replica = Replica::create(self.tx, id, &user_document::TYPE)?;
                self.author(replica, true, draft)
            }
        }
    }

    /// Makes a document of a type with a new id.
    pub(crate) fn create(
        &mut self,
        kind: &'static DocumentType,
        draft: impl Fn(&mut Draft<'_>, &Acting) -> Result<(), CommandError>,
    ) -> Result<DocumentId, Error> {
        let id = DocumentId::new(self.env);
        let replica = Replica::create(self.tx, id, kind)?;
        self.author(replica, true, draft)?;
        Ok(id)
    }

    /// Makes a document of a type with a given id, unless there is one; tells whether it did.
    pub(crate) fn create_as(
        &mut self,
        id: DocumentId,
        kind: &'static DocumentType,
        draft: impl Fn(&mut Draft<'_>, &Acting) -> Result<(), CommandError>,
    ) -> Result<bool, Error> {
        if documents::exists(self.tx, id)? {
            return Ok(false);
        }
        let replica = Replica::create(self.tx, id, kind)?;
        self.author(replica, true, draft)?;
        Ok(true)
    }

    /// Edits a document of a type.
    pub(crate) fn edit(
        &mut self,
        id: DocumentId,
        kind: DocumentTypeId,
        draft: impl Fn(&mut Draft<'_>, &Acting) -> Result<(), CommandError>,
    ) -> Result<(), Error> {
        let replica = Replica::open_as(self.tx, id, kind)?;
        self.author(replica, false, draft)
    }

    fn author(
        &mut self,
        mut replica: Replica,
        is_new: bool,
        draft: impl Fn(&mut Draft<'_>, &Acting) -> Result<(), CommandError>,
    ) -> Result<(), Error> {
        self.last = None;
        let mut drafted = self.drafted(&mut replica, &draft)?;
        // The constant change comes first, and the draft is made anew on top of it, with other dependencies.
        while let Some(extension) = drafted.as_ref().and_then(|change| extension_for(&mut replica, change)) {
            self.extend(&mut replica, extension)?;
            drafted = self.drafted(&mut replica, &draft)?;
        }
        let Some(change) = drafted else { return Ok(()) };
        if trashes(&change) && replica.id == inbox_id(self.acting.by) {
            return Err(CommandError::Inbox.into());
        }
        match judge(&replica, &change) {
            Ok(()) => self.commit(&mut replica, is_new, change),
            // A long text: one act in several changes.
            Err(Error::TooLarge) if change.check_limits().is_err() => {
                let parts = change.split(replica.document.kind()).map_err(|_| Error::TooLarge)?;
                let mut parts = parts.into_iter().enumerate();
                parts.try_for_each(|(n, part)| {
                    judge(&replica, &part)?;
                    self.commit(&mut replica, is_new && n == 0, part)
                })?;
                self.last = None;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Stores a change of a document that was judged, and the rows that the document has with it.
    fn commit(&mut self, replica: &mut Replica, is_new: bool, change: Change) -> Result<(), Error> {
        let bytes = change.to_bytes();
        let facts = projection::facts(&replica.document, &change, self.workspace.user());
        let extent = match is_new {
            true => Extent::New,
            false => Extent::of(replica.base.kind, &change, !facts.is_empty()),
        };
        let is_limited = may_widen_visibility(&change);
        let may_undo = may_undo(replica.base.kind, &change);
        let hash = replica.document.add_judged(change)?;
        self.push(replica, hash, &bytes, self.origin)?;
        self.last = may_undo.then_some(hash);
        let rows = self.project(replica, facts, extent)?;
        // Only the rows tell how many users it would be shown to. The error rolls back what was stored above.
        if is_limited && exceeds_visibility_limits(None, &rows) { Err(Error::TooLarge) } else { Ok(()) }
    }

    fn drafted(
        &self,
        replica: &mut Replica,
        draft: impl Fn(&mut Draft<'_>, &Acting) -> Result<(), CommandError>,
    ) -> Result<Option<Change>, Error> {
        let mut drafted = Draft::new(&mut replica.document, self.actor, self.acting.now);
        draft(&mut drafted, &self.acting)?;
        Ok(drafted.finish())
    }

    /// Adds the constant change of a schema version, before a change that writes into what it makes.
    fn extend(&self, replica: &mut Replica, extension: Change) -> Result<(), Error> {
        let bytes = extension.to_bytes();
        let hash = replica.document.add_judged(extension)?;
        self.push(replica, hash, &bytes, None)
    }

    fn push(
        &self,
        replica: &Replica,
        hash: ChangeHash,
        change: &[u8],
        origin: Option<Origin>,
    ) -> Result<(), Error> {
        let (document, kind, made_at) = (replica.id, replica.base.kind, self.acting.now);
        let new = NewUnsent { document, kind, hash, change, origin, original: None, made_at };
        outbox::push(self.tx, &new)
    }

    /// Stores the rows that the document has with one more change, of which these are the facts.
    fn project(&mut self, replica: &Replica, mut facts: Vec<Fact>, extent: Extent) -> Result<Rows, Error> {
        let me = self.workspace.user();
        if extent != Extent::New && !facts.is_empty() {
            facts.extend(rows::facts(self.tx, replica.id)?);
        }
        let rows = replica.rows_without_facts(me).with_facts(facts);
        replica.store(self.tx, &self.workspace, &rows, extent)?;
        self.changes.rows(replica.id, &rows);
        self.changes.list(List::Outbox);
        Ok(rows)
    }
}

/// The constant change that makes a container into which a change writes, if that is not there yet.
fn extension_for(replica: &mut Replica, change: &Change) -> Option<Change> {
    change.ops.iter().find_map(|op| match op {
        Op::Put { register, .. } | Op::MakeText { register, .. } => {
            replica.document.extension_for(register.container)
        }
        Op::MakeContainer { .. } | Op::Insert { .. } | Op::Erase { .. } => None,
    })
}

/// Whether a change may make documents visible to users who could not see them before.
fn may_widen_visibility(change: &Change) -> bool {
    change.ops.iter().any(|op| match op {
        Op::Put { register, value, .. } => {
            let last = register.name.rsplit('/').next().unwrap_or_default();
            !value.is_empty() && matches!(last, "assignee" | "contact" | "to")
        }
        Op::MakeContainer { .. } | Op::MakeText { .. } | Op::Insert { .. } | Op::Erase { .. } => false,
    })
}

/// A command on documents of some type.
pub(crate) trait Command {
    fn draft(&self, draft: &mut Draft<'_>, acting: &Acting) -> Result<(), CommandError>;
}

macro_rules! commands {
    ($($command:ty),+) => {$(
        impl Command for $command {
            fn draft(&self, draft: &mut Draft<'_>, acting: &Acting) -> Result<(), CommandError> {
                Self::draft(self, draft, acting)
            }
        }
    )+};
}

commands!(CardCommand, ContactCommand, UserCommand);

pub(crate) fn draft_all<'c, C: Command + 'c>(
    commands: impl IntoIterator<Item = &'c C>,
    draft: &mut Draft<'_>,
    acting: &Acting,
) -> Result<(), CommandError> {
    commands.into_iter().try_for_each(|command| command.draft(draft, acting))
}

/// Drafts what a user does to a card, with the todo of the status that this moves it into (C9).
fn draft_card(
    settings: &Settings,
    id: DocumentId,
    commands: &[CardCommand],
    draft: &mut Draft<'_>,
    acting: &Acting,
) -> Result<(), CommandError> {
    draft_all(commands, draft, acting)?;
    if commands.iter().any(|command| settings.may_enter(command))
        && let Some(todo) = settings.todo_on_entry(id, draft, acting)
    {
        CardCommand::AddTodo(todo).draft(draft, acting)?;
    }
    Ok(())
}

/// Holds an own change to what the server will hold it to: what every server would refuse is refused
/// here, before anything is built on it.
///
/// A draft is right in all that concerns the change graph, so what it has only put into registers is
/// judged alone; the whole document is read where long texts or its size come into it.
fn judge(replica: &Replica, change: &Change) -> Result<(), Error> {
    let kind = replica.document.kind();
    let base = replica.base.saved.len();
    // Measured where it is near to the limit only: what is unsent comes on top, and the server has the last
    // word.
    if base > MAX_SAVED - BYTES_FOR_DECISIONS && base > kind.most_saved_with([change]) {
        return Err(Error::TooLarge);
    }
    let only_puts = change.ops.iter().all(|op| matches!(op, Op::Put { .. }));
    // The counter bounds how many operations and changes it holds: far from the limit it need not be measured.
    let judged = if only_puts && (change.max_op() as usize) < MAX_DOCUMENT_CHANGES / 2 {
        replica.document.judge_puts(change)
    } else {
        replica.document.judge(change, Writer::Editor)
    };
    judged.map_err(|reason| match reason {
        Forged::TooLarge => Error::TooLarge,
        reason => Error::NotAllowed(reason),
    })
}

#[cfg(test)]
mod tests;
