//! Contacts: persons and companies, and where else they have cards (F59, F60).

use std::sync::Arc;

use roadbook_domain::crm::contact;
use roadbook_domain::crm::row::Rows;
use roadbook_domain::crm::row::{CardRow, ContactRow};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::read::view::{Conflict, Unread, View};
use roadbook_domain::settings::Settings;
use roadbook_domain::value::fold::search_words;
use roadbook_domain::value::id::DocumentId;

use crate::client::Client;
use crate::edit::replica::Replica;
use crate::error::{ApiError, Error};
use crate::query::board::{holding, ids};
use crate::query::card::{EntryView, SyncState, entries, texts};
use crate::store::rows;

/// A contact, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactView {
    /// The contact.
    pub id: DocumentId,
    /// What lists show of it, with its details and links.
    pub row: ContactRow,
    /// Its long texts, by field.
    pub texts: Vec<(String, String)>,
    /// What was written down of what happened, the latest first.
    pub entries: Vec<EntryView>,
    /// Where people wrote the same at once (N3).
    pub conflicts: Vec<Conflict>,
    /// What a later version of the app wrote and this one cannot read: to be shown as it is.
    pub unread: Vec<Unread>,
    /// How far the user's own edits of it have come.
    pub sync: SyncState,
}

impl Client {
    /// Opens a contact.
    pub fn contact(&self, id: DocumentId) -> Result<ContactView, ApiError> {
        self.contact_with_settings(id).map(|(contact, _)| contact)
    }

    /// The same, with the settings as they were at that moment.
    pub(crate) fn contact_with_settings(
        &self,
        id: DocumentId,
    ) -> Result<(ContactView, Arc<Settings>), ApiError> {
        Ok(self.store().query(|connection| {
            let workspace = self.store().workspace(connection)?;
            let replica = Replica::open_as(connection, id, DocumentTypeId::CONTACT)?;
            let Rows::Contact(row, _) = replica.rows_without_facts(workspace.user()) else {
                return Err(Error::OtherType(replica.base.kind));
            };
            let view = View::of(&replica.document);
            let opened = ContactView {
                id,
                row: *row,
                texts: texts(&view, contact::FIELDS),
                entries: entries(&view, contact::ENTRIES, &replica.base.authors, workspace.user()),
                conflicts: view.conflicts(),
                unread: view.unread(),
                sync: replica.sync_state(),
            };
            Ok((opened, Arc::clone(&workspace.settings)))
        })?)
    }

    /// Contacts in use by family name, in the alphabet of the user's language. If `text` is given, those whose
    /// name holds all its words, each as the beginning of a word, in whatever order, case and spelling of marks (T20).
    pub fn contacts(
        &self,
        text: Option<&str>,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<(DocumentId, ContactRow)>, ApiError> {
        Ok(self.store().query(|connection| {
            let words = text.map(search_words).unwrap_or_default();
            let (holding, params) = holding("search", &words, &[&limit, &offset]);
            let sql = format!(
                "SELECT document FROM contact WHERE trash = 0{holding}
                 ORDER BY place, document LIMIT ?1 OFFSET ?2"
            );
            rows::contacts(connection, ids(connection, &sql, &params)?)
        })?)
    }

    /// How many contacts [`Client::contacts`] would list without a limit.
    pub fn contact_count(&self, text: Option<&str>) -> Result<u32, ApiError> {
        Ok(self.store().query(|connection| {
            let words = text.map(search_words).unwrap_or_default();
            let (holding, params) = holding("search", &words, &[]);
            let sql = format!("SELECT count(*) FROM contact WHERE trash = 0{holding}");
            Ok(connection.prepare_cached(&sql)?.query_row(params.as_slice(), |row| row.get(0))?)
        })?)
    }

    /// The contacts in the trash, by family name; those with later edits to review among them (F72).
    pub fn trashed_contacts(
        &self,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<(DocumentId, ContactRow)>, ApiError> {
        Ok(self.store().query(|connection| {
            let sql = "SELECT document FROM contact WHERE trash <> 0
                       ORDER BY place, document LIMIT ?1 OFFSET ?2";
            rows::contacts(connection, ids(connection, sql, &[&limit, &offset])?)
        })?)
    }

    /// The contacts in use that link to this one, such as the persons of a company, by family name (F59).
    pub fn contacts_linked_to(&self, id: DocumentId) -> Result<Vec<(DocumentId, ContactRow)>, ApiError> {
        Ok(self.store().query(|connection| {
            let sql = "SELECT document FROM contact
                       WHERE trash = 0 AND document IN (SELECT document FROM link WHERE target = ?1)
                       ORDER BY place, document";
            rows::contacts(connection, ids(connection, sql, &[&id.as_bytes()])?)
        })?)
    }

    /// The cards of a contact in all products: those that link to it, or to somebody who does, as the
    /// persons of a company (F60).
    pub fn cards_of_contact(&self, id: DocumentId) -> Result<Vec<(DocumentId, CardRow)>, ApiError> {
        Ok(self.store().query(|connection| {
            let sql = "SELECT c.document FROM card c WHERE c.trash = 0 AND c.document IN (
                         SELECT document FROM link WHERE target = ?1
                         UNION SELECT l.document FROM link l WHERE l.target IN (
                           SELECT p.document FROM link p JOIN contact USING (document) WHERE p.target = ?1))
                       ORDER BY c.document";
            let ids = ids(connection, sql, &[&id.as_bytes()])?;
            let mut cards = rows::cards(connection, ids)?;
            let alphabet = self.store().workspace(connection)?.alphabet();
            cards.sort_by_cached_key(|(id, row)| (row.product, alphabet.key(&row.name), *id));
            Ok(cards)
        })?)
    }
}

#[cfg(test)]
mod tests;
