//! What every user has from the start: their user document and inbox card, made with their account.

use std::collections::BTreeMap;

use roadbook_domain::access::audience::{inbox_card, inbox_id, user_document_id};
use roadbook_domain::access::rights::Scope;
use roadbook_domain::crm::command::{Acting, CommandError};
use roadbook_domain::crm::{card, user_document};
use roadbook_domain::document::DocumentError;
use roadbook_domain::document::change::Actor;
use roadbook_domain::document::draft::Draft;
use roadbook_domain::settings::user::User;
use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::{Timestamp, Zone};

use super::commit::{self, Batch, Committed};
use super::scratch::{Scratch, Update};
use crate::store::{StoreError, Tx};

/// The two documents of a new user, ready to be written.
///
/// The server signs their first changes; the documents are the user's, and count as made by them. A phone
/// that began one of them by itself writes into the same document: ids follow from the user's.
#[derive(Debug)]
pub struct OwnDocuments(Batch);

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
        Ok(Self(Batch { updates, bound: BTreeMap::from([(server, None)]) }))
    }

    /// Writes them in the transaction that makes the user; what is there already stays as it is.
    ///
    /// # Errors
    /// Of the database; the transaction is then to be rolled back.
    pub async fn write(mut self, tx: &mut Tx, org: OrgId, now: Timestamp) -> Result<(), StoreError> {
        // A phone may have begun one of the two: then that one is stale, the other still to be written.
        while !self.0.updates.is_empty() {
            match commit::write(tx, org, &self.0, now).await? {
                Committed::Done { .. } => return Ok(()),
                Committed::Stale(there) => {
                    self.0.updates.retain(|update| !there.contains(&update.after.id));
                }
                Committed::ActorTaken => return Err(StoreError::Exists),
            }
        }
        Ok(())
    }
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
