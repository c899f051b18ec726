//! What every user has from the start: their user document and inbox card, made with their account.

use std::collections::BTreeMap;

use roadbook_domain::access::audience::{inbox_card, inbox_id, user_document_id};
use roadbook_domain::access::rights::Scope;
use roadbook_domain::crm::command::{Acting, CommandError};
use roadbook_domain::crm::{card, user_document};
use roadbook_domain::document::change::Actor;
use roadbook_domain::document::draft::Draft;
use roadbook_domain::document::{AuthorTable, Document, DocumentError, DocumentType};
use roadbook_domain::settings::user::User;
use roadbook_domain::value::id::{DocumentId, OrgId, UserId};
use roadbook_domain::value::time::{Timestamp, Zone};

use super::commit::{self, Batch, Committed};
use super::purge;
use super::scratch::{self, Scratch, Update};
use crate::store::documents::{self, Stored};
use crate::store::{StoreError, Tx, organisation};

/// The two documents of a new user, ready to be written.
///
/// The server signs their first changes; the documents are the user's, and count as made by them. A phone
/// that began one of them by itself writes into the same document: ids follow from the user's.
#[derive(Debug)]
pub struct OwnDocuments {
    batch: Batch,
    user: UserId,
    server: Actor,
}

impl OwnDocuments {
    /// Makes the documents of a user, by this actor of the server.
    ///
    /// # Errors
    /// Automerge does not take them, which it always does.
    pub fn of(user: &User, server: Actor, now: Timestamp) -> Result<Self, DocumentError> {
        let acting = Acting { by: user.id, now, zone: user.zone.parse().unwrap_or(Zone::UTC) };
        let begin = |draft: &mut Draft<'_>| {
            user_document::begin(draft, user.id);
            Ok(())
        };
        let scratch = |kind, id| Scratch::new(kind, id, Scope::Private(user.id), Some(user.id), server);
        let own = scratch(&user_document::TYPE, user_document_id(user.id)).with(now, begin)?;
        let inbox = scratch(&card::TYPE, inbox_id(user.id))
            .with(now, |draft| inbox_card(user).draft(draft, &acting))?;
        let updates = own.into_iter().chain(inbox).collect();
        Ok(Self {
            batch: Batch { updates, bound: BTreeMap::from([(server, None)]), grounds: None },
            user: user.id,
            server,
        })
    }

    /// Writes them in the transaction that makes the user. What is there already and theirs stays as it is;
    /// what is not theirs is moved to another id first: while the server did not know the user, after a
    /// restore, anybody could write at an id that follows from theirs.
    ///
    /// # Errors
    /// Of the database; the transaction is then to be rolled back.
    pub async fn write(mut self, tx: &mut Tx, org: OrgId, now: Timestamp) -> Result<(), StoreError> {
        // A phone may have begun one of the two: then that one is stale, the other still to be written.
        while !self.batch.updates.is_empty() {
            match commit::write(tx, org, &self.batch, now).await? {
                Committed::Done { .. } => return Ok(()),
                Committed::Stale(there) => {
                    let there: Vec<_> = there.into_iter().collect();
                    let stored = documents::get(tx, org, &there).await?;
                    let foreign: Vec<_> =
                        stored.into_iter().filter(|stored| self.is_foreign(stored)).collect();
                    for stored in &foreign {
                        self.move_away(tx, org, stored, now).await?;
                    }
                    // All others stay out: the user's own, and an id that was purged.
                    let is_free = |id| foreign.iter().any(|stored| stored.id == id);
                    self.batch.updates.retain(|update| {
                        let id = update.after.id;
                        !there.contains(&id) || is_free(id)
                    });
                }
                Committed::ActorTaken => return Err(StoreError::Exists),
            }
        }
        Ok(())
    }

    /// Whether a document at one of these ids is not this user's.
    fn is_foreign(&self, stored: &Stored) -> bool {
        stored.scope != Scope::Private(self.user)
    }

    /// Adds a document to the batch once more, under a new id, and frees its own.
    async fn move_away(
        &mut self,
        tx: &mut Tx,
        org: OrgId,
        stored: &Stored,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // Nobody can be at this id already: nobody knew the chain before its last entry was there.
        let chain = organisation::lock(tx, org).await?.chain;
        let id = DocumentId::derived(&[stored.id.as_bytes(), b"moved", &chain]);
        let copy = copy(stored, id, self.server, now);
        self.batch.updates.extend(copy.map_err(|_| StoreError::Unreadable("a document to be moved"))?);
        tracing::warn!(document.id = %stored.id, document.moved_to = %id, "a document stood at a user's own id");
        purge::clear(tx, org, stored, now).await
    }
}

/// The same document under another id, with its authors and times.
fn copy(
    stored: &Stored,
    id: DocumentId,
    server: Actor,
    now: Timestamp,
) -> Result<Option<Update>, DocumentError> {
    let kind = DocumentType::get(stored.kind).ok_or(DocumentError::Unreadable)?;
    let document = Document::load(kind, &stored.saved)?;
    let authors: AuthorTable = minicbor::decode(&stored.authors).map_err(|_| DocumentError::Unreadable)?;
    let mut scratch = Scratch::new(kind, id, stored.scope, stored.creator, server);
    for (_, change) in document.changes_since(&[kind.genesis_hash()]) {
        let (actor, seq, bytes) = (change.actor, change.seq, change.to_bytes());
        let by = authors.signature(actor).cloned().ok_or(DocumentError::Unreadable)?;
        let received_at = authors.received_at(actor, seq).unwrap_or(now);
        let built = scratch::build(kind, change, None).map_err(|_| DocumentError::NotApplicable)?;
        scratch.accept(built, bytes, by, authors.origin(actor, seq), received_at)?;
    }
    scratch.finish(now)
}

impl Scratch {
    /// What becomes of the document by this one change of the server.
    fn with(
        mut self,
        now: Timestamp,
        write: impl FnOnce(&mut Draft<'_>) -> Result<(), CommandError>,
    ) -> Result<Option<Update>, DocumentError> {
        self.author(now, write)?;
        self.finish(now)
    }
}
