//! Likely doubles: contacts that may be the one that a user is about to make (C10).
//!
//! Nothing is merged by it: the user looks, and goes on with the one that is there or makes another.

use crate::crm::reach;
use crate::crm::row::{ContactRow, ContactSort, DetailSort};
use crate::value::fold::sorted_words;
use crate::value::id::DocumentId;
use crate::value::trash::Trash;

/// A contact that is to be made, as far as it tells who is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    sort: ContactSort,
    name: String,
    details: Vec<(DetailSort, String)>,
}

/// What a contact has in common with one that is to be made, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// A phone or email, and the name.
    ReachAndName,
    /// A phone or email.
    Reach,
    /// The name: its words in any order, without case and marks.
    Name,
}

impl Sought {
    /// The contact with this name, and with these phones, emails and whatever else.
    pub fn new(sort: ContactSort, given: &str, family: &str, details: Vec<(DetailSort, String)>) -> Self {
        Self { sort, name: sorted_name(given, family), details }
    }

    /// Its name as an index has it, by [`sorted_words`]; `None` if it has none.
    pub fn name(&self) -> Option<&str> {
        Some(self.name.as_str()).filter(|name| !name.is_empty())
    }

    /// Its details, to be looked up by their [`reach::key`].
    pub fn details(&self) -> &[(DetailSort, String)] {
        &self.details
    }

    /// What a contact has in common with it; `None`: it is no likely double. Only one of the same sort that is in use
    /// is: a person has the phone of their company, and is not it.
    pub fn likeness(&self, row: &ContactRow) -> Option<Likeness> {
        if row.trash != Trash::No || row.sort != self.sort {
            return None;
        }
        let reaches = self.details.iter().any(|(sort, value)| {
            row.details.iter().any(|known| known.sort == *sort && reach::is_same(*sort, &known.value, value))
        });
        let is_named = self.name().is_some_and(|name| name == sorted_name(&row.given_name, &row.family_name));
        match (reaches, is_named) {
            (true, true) => Some(Likeness::ReachAndName),
            (true, false) => Some(Likeness::Reach),
            (false, true) => Some(Likeness::Name),
            (false, false) => None,
        }
    }

    /// Its likely doubles among these contacts, the strongest first, at most `limit`. Equally strong ones stay in the
    /// order in which they came.
    pub fn doubles(
        &self,
        contacts: impl IntoIterator<Item = (DocumentId, ContactRow)>,
        limit: usize,
    ) -> Vec<(DocumentId, ContactRow)> {
        let likely = contacts.into_iter().filter_map(|(id, row)| Some((self.likeness(&row)?, id, row)));
        let mut likely: Vec<_> = likely.collect();
        likely.sort_by_key(|(likeness, ..)| *likeness);
        likely.into_iter().take(limit).map(|(_, id, row)| (id, row)).collect()
    }
}

/// The words of a name, the same in whichever order it is written (T19).
fn sorted_name(given: &str, family: &str) -> String {
    sorted_words(&format!("{family} {given}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::row::DetailRow;
    use crate::value::id::PartId;

    fn contact(given: &str, family: &str, details: &[(DetailSort, &str)]) -> ContactRow {
        let detail = |(sort, value): &(DetailSort, &str)| DetailRow {
            id: PartId::from_bytes([1; 6]),
            sort: *sort,
            label: String::new(),
            value: (*value).to_owned(),
        };
        ContactRow {
            sort: ContactSort::Person,
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            trash: Trash::No,
            fields: Vec::new(),
            details: details.iter().map(detail).collect(),
            links: Vec::new(),
            creator: None,
            conflicts: 0,
        }
    }

    fn anna() -> Sought {
        let details = [(DetailSort::Phone, "06 30 123 4567"), (DetailSort::Email, "anna@example.hu")];
        let details = details.map(|(sort, value)| (sort, value.to_owned()));
        Sought::new(ContactSort::Person, "Anna Mária", "Kovács", details.to_vec())
    }

    const PHONE: (DetailSort, &str) = (DetailSort::Phone, "+36 30 123-4567");
    const EMAIL: (DetailSort, &str) = (DetailSort::Email, "Anna@Example.HU");

    #[test]
    fn a_contact_is_a_likely_double_by_phone_or_email_or_by_its_name_in_any_order() {
        for (row, expected) in [
            (contact("Anna Mária", "Kovács", &[PHONE]), Some(Likeness::ReachAndName)),
            (contact("Ann", "Smith", &[EMAIL]), Some(Likeness::Reach)),
            (contact("KOVACS", "Anna Maria", &[]), Some(Likeness::Name)),
            (contact("Mária Kovács", "Anna", &[(DetailSort::Phone, "06 20 123 4567")]), Some(Likeness::Name)),
            (contact("Anna", "Kovács", &[]), None),
            (contact("", "", &[]), None),
            // An email is no phone.
            (contact("Ann", "Smith", &[(DetailSort::Email, PHONE.1), (DetailSort::Phone, EMAIL.1)]), None),
            (ContactRow { sort: ContactSort::Company, ..contact("Anna Mária", "Kovács", &[PHONE]) }, None),
            (ContactRow { trash: Trash::Trashed, ..contact("Anna Mária", "Kovács", &[PHONE]) }, None),
            (ContactRow { trash: Trash::Review, ..contact("Anna Mária", "Kovács", &[PHONE]) }, None),
        ] {
            assert_eq!(anna().likeness(&row), expected, "{row:?}");
        }
        let nameless = Sought::new(ContactSort::Person, "", " ", Vec::new());
        assert_eq!((nameless.name(), nameless.likeness(&contact("", "-", &[]))), (None, None));
    }

    #[test]
    fn the_strongest_doubles_come_first_and_equal_ones_as_they_came() {
        let id = |n| DocumentId::from_bytes([n; 16]);
        let contacts = [
            contact("Anna Mária", "Kovács", &[]),
            contact("Ann", "Smith", &[EMAIL]),
            contact("Béla", "Nagy", &[]),
            contact("Anna Mária", "Kovács", &[PHONE]),
            contact("Mária Anna", "Kovács", &[]),
        ];
        let contacts: Vec<_> = (1..).map(id).zip(contacts).collect();
        let ids = |limit| -> Vec<_> {
            let doubles = anna().doubles(contacts.clone(), limit);
            doubles.into_iter().map(|(id, _)| id.as_bytes()[0]).collect()
        };
        assert_eq!(ids(9), [4, 2, 1, 5]);
        assert_eq!(ids(2), [4, 2]);
    }
}
