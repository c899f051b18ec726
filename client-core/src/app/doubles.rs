//! Who may be there already, before a contact is made.

use roadbook_domain::read::duplicate::Sought;

use super::edits::{ContactEdit, NewContact};
use super::lists::ContactItem;
use crate::client::Client;
use crate::error::ApiError;

/// The contacts in use that may be the one to be made: those of its sort with the same phone or email, then those with
/// the same name, its words in any order; at most `limit` (C10).
///
/// # Errors
/// Of the storage.
pub fn likely_doubles(
    client: &Client,
    contact: &NewContact,
    limit: u32,
) -> Result<Vec<ContactItem>, ApiError> {
    let details = contact.edits.iter().filter_map(|edit| match edit {
        ContactEdit::AddDetail { sort, value, .. } | ContactEdit::SetDetail { sort, value, .. } => {
            Some((*sort, value.clone()))
        }
        _ => None,
    });
    let sought = Sought::new(contact.sort, &contact.given_name, &contact.family_name, details.collect());
    let doubles = client.likely_doubles(&sought, limit)?;
    Ok(doubles.into_iter().map(|(id, row)| ContactItem::of_row(id, row)).collect())
}

#[cfg(test)]
mod tests {
    use roadbook_domain::crm::row::{ContactSort, DetailSort};

    use super::*;
    use crate::app::create_contact;
    use crate::testing::Phone;

    #[test]
    fn a_contact_that_is_typed_in_shows_whom_it_may_double_by_its_name_and_by_each_phone_and_email() {
        let phone = Phone::local(1);
        let new = |given: &str, family: &str, details: &[(DetailSort, &str)]| NewContact {
            sort: ContactSort::Person,
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            edits: details
                .iter()
                .map(|(sort, value)| ContactEdit::AddDetail {
                    sort: *sort,
                    label: String::new(),
                    value: (*value).to_owned(),
                })
                .collect(),
        };
        let anna = new("Anna", "Kovács", &[(DetailSort::Email, "anna@b.hu")]);
        let anna = create_contact(&phone.client, &anna).unwrap().id;
        let eva = new("Éva", "Nagy", &[(DetailSort::Phone, "+36 30 123 4567")]);
        let eva = create_contact(&phone.client, &eva).unwrap().id;
        let doubles = |new: &NewContact| -> Vec<_> {
            let doubles = likely_doubles(&phone.client, new, 9).unwrap();
            doubles.into_iter().map(|contact| contact.id).collect()
        };
        assert_eq!(doubles(&new("Kovács", "Anna", &[(DetailSort::Phone, "06301234567")])), [eva, anna]);
        assert_eq!(doubles(&new("", "", &[(DetailSort::Email, " ANNA@b.hu")])), [anna]);
        assert_eq!(doubles(&new("", "Kovács", &[])), []);
    }
}
