//! Recents: the documents that the user opened last, on whichever device (F103).
//!
//! A device notes each opening for itself, and tells the others of all of them by one change at its next
//! sync: so the user's document grows with the syncs and not with the taps.

use roadbook_domain::crm::command::UserCommand;
use roadbook_domain::crm::user_document::{MOST_RECENTS, RECENTS, parse_recent};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use rusqlite::{Connection, Transaction};

use crate::change_set::{ChangeSet, List};
use crate::client::Client;
use crate::edit::replica::Replica;
use crate::error::{ApiError, Error};
use crate::store::documents;
use crate::store::meta::{self, Key};

/// What was opened here since the last sync, and when; the latest first.
const OPENED: Key<Opened> = Key::new("opened");

/// Documents, and when they were opened.
pub(crate) type Opened = Vec<(DocumentId, Timestamp)>;

/// What was opened here and no other device knows of.
pub(crate) fn opened(connection: &Connection) -> Result<Opened, Error> {
    Ok(meta::get(connection, &OPENED)?.unwrap_or_default())
}

/// Keeps what was opened here, for the next sync to tell.
pub(crate) fn keep_opened(tx: &Transaction<'_>, opened: &Opened) -> Result<(), Error> {
    meta::set(tx, &OPENED, opened)
}

impl Client {
    /// Notes that the user opened a document. The other devices learn of it with the next sync.
    ///
    /// # Errors
    /// Of the storage.
    pub fn note_opened(&self, document: DocumentId) -> Result<ChangeSet, ApiError> {
        let now = self.env().now();
        self.changing(|tx| {
            let mut opened = opened(tx)?;
            opened.retain(|(known, _)| *known != document);
            opened.insert(0, (document, now));
            opened.truncate(MOST_RECENTS);
            keep_opened(tx, &opened)?;
            let mut changes = ChangeSet::default();
            changes.list(List::User);
            Ok(((), changes))
        })
        .map(|((), changes)| changes)
    }

    /// The documents that the user opened last, the latest first: at most 50, and only those that are here.
    ///
    /// # Errors
    /// Of the storage.
    pub fn recents(&self) -> Result<Vec<DocumentId>, ApiError> {
        Ok(self.store().query(|connection| {
            let mut recents = opened(connection)?;
            let own = documents::first_of_kind(connection, DocumentTypeId::USER)?;
            if let Some(own) = own.map(|id| Replica::open(connection, id)).transpose()?.flatten() {
                let places = own.document.registers(RECENTS);
                recents.extend(places.values().filter_map(|values| parse_recent(&values.winner.value)));
            }
            recents.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
            let mut ids: Vec<DocumentId> = Vec::new();
            for (id, _) in recents {
                if ids.len() < MOST_RECENTS && !ids.contains(&id) && documents::exists(connection, id)? {
                    ids.push(id);
                }
            }
            Ok(ids)
        })?)
    }

    /// Makes one change of all that was opened here since the last sync.
    pub(crate) fn share_opened(&self) -> Result<(), ApiError> {
        // A reader asks first: most syncs have nothing to tell, and need not wait for a writer then.
        let is_any = self.store().read(|connection| Ok(meta::get(connection, &OPENED)?.is_some()))?;
        if !is_any || self.me()?.is_none() {
            return Ok(());
        }
        self.edits(None, |batch| {
            // Read where it is removed: another thread may have noted one more.
            let opened = opened(batch.transaction())?;
            meta::remove(batch.transaction(), &OPENED)?;
            let commands: Vec<_> =
                opened.iter().rev().map(|(document, at)| UserCommand::Opened(*document, *at)).collect();
            batch.edit_user(&commands)
        })
        .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{NOW, Phone};
    use roadbook_domain::value::time::Timestamp;

    #[test]
    fn what_was_opened_is_shown_at_once_and_told_by_one_change() {
        let phone = Phone::local(1);
        let cards: Vec<_> = (0..3).map(|n| phone.card(&format!("Card {n}"), &[])).collect();
        let before = phone.client.unsent_count().unwrap();
        for (second, card) in (1..).zip([cards[0], cards[1], cards[2], cards[0]]) {
            phone.env.set_now(Timestamp::from_millis(NOW.millis() + second * 1_000));
            phone.client.note_opened(card).unwrap();
        }
        assert_eq!(phone.client.recents().unwrap(), [cards[0], cards[2], cards[1]]);
        assert_eq!(phone.client.unsent_count().unwrap(), before, "nothing is told yet");
        phone.client.share_opened().unwrap();
        phone.client.share_opened().unwrap();
        assert_eq!(phone.client.unsent_count().unwrap(), before + 1);
        assert_eq!(phone.client.recents().unwrap(), [cards[0], cards[2], cards[1]]);
    }
}
