//! What a mutation or a merge changed, so that an app refreshes the right screens and no others.

use roadbook_domain::crm::row::Rows;
use roadbook_domain::value::id::{DocumentId, ProductId};

/// With more documents than this a change set says "everything".
const MOST_DOCUMENTS: usize = 1_000;

/// What changed. Every mutation returns one, and every merge tells its subscribers one.
///
/// Its lists are sets, kept in order; they are vectors so that they cross to other languages as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct ChangeSet {
    /// The documents whose content or sync state changed, each once, ascending.
    pub documents: Vec<DocumentId>,
    /// The lists that may have changed, each once, ascending.
    pub lists: Vec<List>,
    /// So much changed that everything is to be read anew; `documents` and `lists` are then not
    /// complete.
    pub everything: bool,
}

/// A list of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// Kotlin has a List of its own, which a class of that name would hide from the generated code.
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum), uniffi(name = "AppList"))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(tag = "kind", content = "value", rename_all = "camelCase"))]
pub enum List {
    /// Today.
    Today,
    /// The main page of a product: cards and status counts.
    Board(ProductId),
    /// Contacts.
    Contacts,
    /// Products, statuses, fields and users.
    Settings,
    /// What follows the user: preferences, recents, favourites.
    User,
    /// The quarantine.
    Quarantine,
    /// How many edits are unsent.
    Outbox,
}

impl ChangeSet {
    /// The change set that asks to read everything anew.
    pub fn all() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty() && self.lists.is_empty() && !self.everything
    }

    /// Adds a document.
    pub fn document(&mut self, document: DocumentId) {
        insert(&mut self.documents, document);
        if self.documents.len() > MOST_DOCUMENTS {
            self.everything = true;
            self.documents.clear();
        }
    }

    /// Adds a list.
    pub fn list(&mut self, list: List) {
        insert(&mut self.lists, list);
    }

    /// Adds a document and the lists that show a document with such rows.
    pub fn rows(&mut self, document: DocumentId, rows: &Rows) {
        self.document(document);
        match rows {
            Rows::Card(card, _) => {
                self.list(List::Today);
                if let Some(product) = card.product {
                    self.list(List::Board(product));
                }
            }
            // Today names the contacts of its todos.
            Rows::Contact(..) => [List::Contacts, List::Today].into_iter().for_each(|list| self.list(list)),
            Rows::None => self.list(List::User),
        }
    }

    /// Adds everything that another one names.
    pub fn merge(&mut self, other: Self) {
        self.everything |= other.everything;
        for list in other.lists {
            self.list(list);
        }
        for document in other.documents {
            self.document(document);
        }
    }
}

/// Adds an item to a set that is kept as an ascending list.
fn insert<T: Ord>(set: &mut Vec<T>, item: T) {
    if let Err(place) = set.binary_search(&item) {
        set.insert(place, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_in_any_order_is_there_once_and_in_order() {
        let document = |n| DocumentId::from_bytes([n; 16]);
        let mut set = ChangeSet::default();
        for n in [3, 1, 2, 1, 3] {
            set.document(document(n));
        }
        let mut other = ChangeSet::default();
        other.list(List::Outbox);
        other.list(List::Today);
        set.merge(other.clone());
        set.merge(other);
        assert_eq!(set.documents, [1, 2, 3].map(document));
        assert_eq!(set.lists, [List::Today, List::Outbox]);
    }
}
