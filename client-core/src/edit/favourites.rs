//! Favourites: the cards and contacts that the user marked, on whichever device.

use roadbook_domain::crm::command::UserCommand;
use roadbook_domain::crm::user_document::{FAVORITES, MARKED};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::value::id::DocumentId;

use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::edit::replica::Replica;
use crate::error::ApiError;
use crate::store::documents;

impl Client {
    /// Marks a card or contact as a favourite, or no more.
    ///
    /// # Errors
    /// [`ApiError::NoUser`].
    pub fn set_favourite(&self, document: DocumentId, is_favourite: bool) -> Result<ChangeSet, ApiError> {
        self.edit_user(&[UserCommand::Favourite(document, is_favourite)])
    }

    /// The favourites that are here, by id.
    ///
    /// # Errors
    /// Of the storage.
    pub fn favourites(&self) -> Result<Vec<DocumentId>, ApiError> {
        Ok(self.store().query(|connection| {
            let own = documents::first_of_kind(connection, DocumentTypeId::USER)?;
            let own = own.map(|id| Replica::open(connection, id)).transpose()?.flatten();
            let mut ids = Vec::new();
            for (name, values) in own.iter().flat_map(|own| own.document.registers(FAVORITES)) {
                if values.winner.value == MARKED
                    && let Ok(id) = name.parse()
                    && documents::exists(connection, id)?
                {
                    ids.push(id);
                }
            }
            Ok(ids)
        })?)
    }
}

#[cfg(test)]
mod tests {
    use roadbook_domain::value::id::DocumentId;

    use crate::change_set::List;
    use crate::testing::Phone;

    #[test]
    fn what_is_marked_is_a_favourite_until_it_is_no_more_or_is_gone() {
        let phone = Phone::local(1);
        let (card, other) = (phone.card("Bakery", &[]), phone.card("Other", &[]));
        let changes = phone.client.set_favourite(card, true).unwrap();
        assert!(changes.lists.contains(&List::User));
        phone.client.set_favourite(other, true).unwrap();
        phone.client.set_favourite(other, false).unwrap();
        phone.client.set_favourite(DocumentId::from_bytes([9; 16]), true).unwrap();
        assert_eq!(phone.client.favourites().unwrap(), [card]);
    }
}
