//! A contact, opened.

use roadbook_domain::crm::row::{ContactSort, DetailRow, LinkRow};
use roadbook_domain::read::view::Unread;
use roadbook_domain::settings::field::FieldScope;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::trash::Trash;

use super::conflict::Conflict;
use super::field::{FieldView, fields};
use crate::client::Client;
use crate::error::ApiError;
use crate::query::card::{EntryView, SyncState};
use crate::query::contact as query;

/// A contact, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct ContactView {
    /// The contact.
    pub id: DocumentId,
    /// A person or a company.
    pub sort: ContactSort,
    /// A person's given name; empty for a company.
    pub given_name: String,
    /// A person's family name, or the company's name.
    pub family_name: String,
    /// Whether it is in use.
    pub trash: Trash,
    /// The fields that hold something, in the order of a form.
    pub fields: Vec<FieldView>,
    /// Phones, emails and addresses.
    pub details: Vec<DetailRow>,
    /// The company a person works for, and the like.
    pub links: Vec<LinkRow>,
    /// What was written down of what happened, the latest first.
    pub entries: Vec<EntryView>,
    /// Where people wrote the same at once (N3).
    pub conflicts: Vec<Conflict>,
    /// What a later version of the app wrote: to be shown as it is.
    pub unread: Vec<Unread>,
    /// How far the user's own edits of it have come.
    pub sync: SyncState,
}

impl ContactView {
    /// Opens a contact.
    ///
    /// # Errors
    /// [`ApiError::NotFound`]; [`ApiError::Invalid`] for a document that is no contact.
    pub fn open(client: &Client, id: DocumentId) -> Result<Self, ApiError> {
        let (opened, settings) = client.contact_with_settings(id)?;
        let query::ContactView { row, texts, entries, conflicts, unread, sync, .. } = opened;
        let details = row.details_in_order();
        Ok(Self {
            id,
            fields: fields(&settings, Some(scope_of(row.sort)), &row.fields, &texts),
            sort: row.sort,
            given_name: row.given_name,
            family_name: row.family_name,
            trash: row.trash,
            details,
            links: row.links,
            entries,
            conflicts: Conflict::of_all(conflicts, &settings),
            unread,
            sync,
        })
    }
}

/// Whose fields contacts of a sort have.
pub(crate) fn scope_of(sort: ContactSort) -> FieldScope {
    if sort == ContactSort::Company { FieldScope::Companies } else { FieldScope::Persons }
}
