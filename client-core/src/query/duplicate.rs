//! Likely doubles of a contact that is to be made (C10). Two indices find who may be one;
//! [`roadbook_domain::read::duplicate`] has the last word.

use std::collections::BTreeSet;

use roadbook_domain::crm::row::ContactRow;
use roadbook_domain::read::duplicate::Sought;
use roadbook_domain::value::id::DocumentId;

use super::board::ids;
use super::caller::{MOST_ALIKE, reached_by};
use crate::client::Client;
use crate::error::ApiError;
use crate::store::rows;

impl Client {
    /// The contacts in use that may be the one that is sought, the strongest first, then by family name; at most
    /// `limit`.
    pub fn likely_doubles(
        &self,
        sought: &Sought,
        limit: u32,
    ) -> Result<Vec<(DocumentId, ContactRow)>, ApiError> {
        Ok(self.store().query(|connection| {
            let mut found = BTreeSet::new();
            for (sort, value) in sought.details() {
                found.extend(reached_by(connection, *sort, value)?);
            }
            if let Some(name) = sought.name() {
                let sql = "SELECT document FROM contact WHERE trash = 0 AND search = ?1 LIMIT ?2";
                found.extend(ids(connection, sql, &[&name, &MOST_ALIKE])?);
            }
            let mut contacts = rows::contacts(connection, found.into_iter().collect())?;
            let alphabet = self.store().workspace(connection)?.alphabet();
            contacts.sort_by_cached_key(|(id, row)| {
                (alphabet.key(&format!("{} {}", row.family_name, row.given_name)), *id)
            });
            Ok(sought.doubles(contacts, limit as usize))
        })?)
    }
}

#[cfg(test)]
mod tests {
    use roadbook_domain::crm::command::ContactCommand;
    use roadbook_domain::crm::row::{ContactSort, DetailSort};
    use roadbook_domain::read::duplicate::Sought;
    use roadbook_domain::value::id::DocumentId;

    use crate::NewContact;
    use crate::testing::{Phone, part};

    fn detail(sort: DetailSort, value: &str) -> ContactCommand {
        ContactCommand::SetDetail { id: part(1), sort, label: String::new(), value: value.to_owned() }
    }

    fn person(phone: &Phone, given: &str, family: &str, commands: &[ContactCommand]) -> DocumentId {
        let rename = ContactCommand::Rename { given: given.to_owned(), family: family.to_owned() };
        let commands = [&[rename], commands].concat();
        phone.client.create_contact(&NewContact { sort: ContactSort::Person, commands }).unwrap().0
    }

    fn doubles(phone: &Phone, sought: &Sought) -> Vec<DocumentId> {
        let doubles = phone.client.likely_doubles(sought, 9).unwrap();
        doubles.into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn doubles_are_found_by_phone_email_and_name_the_strongest_first_and_then_by_name() {
        let phone = Phone::local(1);
        let namesake = person(&phone, "Kovács", "ANNA", &[]);
        let by_phone = person(&phone, "Éva", "Zöld", &[detail(DetailSort::Phone, "+36 30 123-4567")]);
        let by_email = person(&phone, "Éva", "Alma", &[detail(DetailSort::Email, "Anna@B.hu")]);
        let by_both = person(&phone, "Anna", "Kovacs", &[detail(DetailSort::Email, "anna@b.hu")]);
        person(&phone, "Anna", "Nagy", &[detail(DetailSort::Phone, "+36 20 123 4567")]);
        phone.company("Anna Kovács", &[detail(DetailSort::Phone, "+36 30 123-4567")]);
        let trashed = person(&phone, "Anna", "Kovács", &[]);
        phone.client.edit_contact(trashed, &[ContactCommand::Trash]).unwrap();

        let details = [(DetailSort::Phone, "0036301234567"), (DetailSort::Email, "anna@b.hu")];
        let details = details.map(|(sort, value)| (sort, value.to_owned())).to_vec();
        let sought = Sought::new(ContactSort::Person, "Anna", "Kovács", details);
        assert_eq!(doubles(&phone, &sought), [by_both, by_email, by_phone, namesake]);
        assert_eq!(phone.client.likely_doubles(&sought, 1).unwrap().len(), 1);

        let renamed = ContactCommand::Rename { given: "Anna".into(), family: "Kovács".into() };
        phone.client.edit_contact(by_phone, &[renamed]).unwrap();
        let by_name = Sought::new(ContactSort::Person, "kovacs", "anna", Vec::new());
        assert_eq!(doubles(&phone, &by_name), [namesake, by_both, by_phone]);
        let nobody = Sought::new(ContactSort::Person, "", "", Vec::new());
        assert_eq!(doubles(&phone, &nobody), []);
    }
}
