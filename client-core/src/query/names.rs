//! What documents are called, without opening them.

use roadbook_domain::settings::catalogue::Language;
use roadbook_domain::value::id::DocumentId;
use rusqlite::{Connection, OptionalExtension};

use crate::client::Client;
use crate::error::{ApiError, Error};

/// What a card or contact is called.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct DocumentName {
    /// The card or contact.
    pub document: DocumentId,
    /// Whether it is a contact.
    pub is_contact: bool,
    /// Its name, of a person in the order of the user's language (T19).
    pub name: String,
    /// Whether it is in the trash.
    pub is_trashed: bool,
}

impl Client {
    /// What these cards and contacts are called, in the same order; those that are not here are left out.
    pub fn names(&self, documents: &[DocumentId]) -> Result<Vec<DocumentName>, ApiError> {
        Ok(self.store().query(|connection| {
            let workspace = self.store().workspace(connection)?;
            let language = workspace.settings.language(workspace.user());
            let names = documents.iter().map(|document| name(connection, *document, language));
            names.filter_map(Result::transpose).collect()
        })?)
    }
}

/// What a card or contact is called; `None` if it is not here.
pub(crate) fn name(
    connection: &Connection,
    document: DocumentId,
    language: Language,
) -> Result<Option<DocumentName>, Error> {
    let sql = "SELECT 0, trash <> 0, '', name FROM card WHERE document = ?1
               UNION ALL SELECT 1, trash <> 0, given_name, family_name FROM contact WHERE document = ?1";
    let found = connection.prepare_cached(sql)?.query_row([document.as_bytes()], |row| {
        let (given, name): (String, String) = (row.get(2)?, row.get(3)?);
        let name = language.full_name(&given, &name);
        Ok(DocumentName { document, is_contact: row.get(0)?, name, is_trashed: row.get(1)? })
    });
    Ok(found.optional()?)
}

#[cfg(test)]
mod tests {
    use roadbook_domain::crm::command::{CardCommand, ContactCommand};
    use roadbook_domain::crm::row::ContactSort;

    use crate::NewContact;
    use crate::testing::Phone;

    #[test]
    fn names_stand_as_they_were_asked_for_and_what_is_not_here_is_left_out() {
        let phone = Phone::local(1);
        let card = phone.card("Bakery", &[]);
        let rename = ContactCommand::Rename { given: "Éva".into(), family: "Kovács".into() };
        let person = NewContact { sort: ContactSort::Person, commands: vec![rename] };
        let (person, _) = phone.client.create_contact(&person).unwrap();
        let gone = phone.card("Gone", &[CardCommand::Trash]);
        let nowhere = super::DocumentId::from_bytes([9; 16]);
        let names = phone.client.names(&[person, nowhere, gone, card]).unwrap();
        let told: Vec<_> =
            names.iter().map(|named| (named.name.as_str(), named.is_contact, named.is_trashed)).collect();
        assert_eq!(told, [("Kovács Éva", true, false), ("Gone", false, true), ("Bakery", false, false)]);
    }
}
