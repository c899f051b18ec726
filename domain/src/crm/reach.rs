//! By what a contact is reached, and so known: its phones and emails (F59, C10).

use crate::crm::row::DetailSort;
use crate::value::{email, phone};

/// By what a detail is looked up in an index: all spellings of one have one key. A phone may share it with others, so
/// [`is_same`] has the last word. `None`: it is looked up by nothing.
pub fn key(sort: DetailSort, value: &str) -> Option<String> {
    match sort {
        DetailSort::Phone => phone::key(value),
        DetailSort::Email => email::key(value),
        // A household shares an address, and it is written in too many ways.
        DetailSort::Address | DetailSort::Other(_) => None,
    }
}

/// Whether two details of a sort reach the same.
pub fn is_same(sort: DetailSort, one: &str, other: &str) -> bool {
    match sort {
        DetailSort::Phone => phone::is_same(one, other),
        DetailSort::Email => email::key(one).is_some_and(|one| Some(one) == email::key(other)),
        DetailSort::Address | DetailSort::Other(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_and_emails_are_known_by_a_key_and_nothing_else_is() {
        let sorts = [DetailSort::Phone, DetailSort::Email, DetailSort::Address, "messenger".parse().unwrap()];
        let keys = |value: &str| sorts.map(|sort| key(sort, value));
        assert_eq!(keys("+36 30 123 4567"), [Some("1234567".to_owned()), None, None, None]);
        assert_eq!(keys("Anna@B.hu"), [None, Some("anna@b.hu".to_owned()), None, None]);
        assert!(is_same(DetailSort::Phone, "06 30 123 4567", "0036301234567"));
        assert!(is_same(DetailSort::Email, "Anna@B.hu", "anna@b.hu "));
        assert!(!is_same(DetailSort::Email, "n/a", "n/a"));
        assert!(!is_same(DetailSort::Address, "1 Fő utca", "1 Fő utca"));
    }
}
