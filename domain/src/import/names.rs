//! Comparing words as people write them, and taking names apart (T19, T20).

pub(super) use crate::value::fold::fold;

/// The words of a header name, folded; `firstName`, `first_name` and `First name` are alike.
pub(super) fn header_words(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len());
    let mut before = ' ';
    for char in name.chars() {
        if before.is_lowercase() && char.is_uppercase() {
            spaced.push(' ');
        }
        spaced.push(char);
        before = char;
    }
    let folded = fold(&spaced);
    let mut words: Vec<String> = Vec::new();
    for word in folded.split(' ').filter(|word| !word.is_empty()) {
        match words.last_mut() {
            // Of all words this one is split and joined most: `email`, `e-mail`, `e mail`.
            Some(before) if before == "e" && word == "mail" => before.push_str("mail"),
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// Which part of a full name comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameOrder {
    /// `Anna Kovács`: English, Romanian.
    GivenFirst,
    /// `Kovács Anna`: Hungarian.
    FamilyFirst,
}

impl NameOrder {
    /// Given and family name of a full name.
    ///
    /// A comma stands after the family name in any language. Otherwise the family name is one word, the
    /// first or the last, with the abbreviations before it (`Dr. Kovács Anna`); a single word is one.
    pub(super) fn split(self, full: &str) -> (String, String) {
        if let Some((family, given)) = full.split_once(',') {
            return (given.trim().to_owned(), family.trim().to_owned());
        }
        let words: Vec<&str> = full.split_whitespace().collect();
        let cut = match self {
            Self::GivenFirst => words.len().saturating_sub(1),
            Self::FamilyFirst => words.iter().take_while(|word| is_abbreviation(word)).count() + 1,
        };
        // If every word is an abbreviation, the cut lies behind the end: then all of it is one name.
        let (first, second) = words.split_at_checked(cut).unwrap_or((&words, &[]));
        match self {
            Self::GivenFirst => (first.join(" "), second.join(" ")),
            Self::FamilyFirst => (second.join(" "), first.join(" ")),
        }
    }

    /// The full name.
    pub(super) fn join(self, given: &str, family: &str) -> String {
        let (first, second) = match self {
            Self::GivenFirst => (given, family),
            Self::FamilyFirst => (family, given),
        };
        format!("{first} {second}").trim().to_owned()
    }
}

/// `Dr.`, `ifj.`, `özv.` and the like; `dr` also without the stop.
fn is_abbreviation(word: &str) -> bool {
    word.ends_with('.') || word.eq_ignore_ascii_case("dr")
}

#[cfg(test)]
mod tests {
    use super::*;
    use NameOrder::{FamilyFirst, GivenFirst};

    #[test]
    fn words_are_compared_without_case_diacritics_and_punctuation() {
        assert_eq!(fold("Ștefănescu & Co."), fold("ŞTEFANESCU  &  co"));
        assert_eq!(fold("  Győr-Moson „Kft.”  "), "gyor moson kft");
        assert_eq!(fold("o\u{30b}r"), fold("ŐR"));
        assert_eq!(fold("İzmir"), "izmir");
        assert_ne!(fold("C++ Kft"), fold("C# Kft"));
        assert_eq!(fold(" -- "), "");
        assert_eq!(fold("Болгария"), "болгария");
    }

    #[test]
    fn header_names_are_words_however_they_are_joined() {
        for name in ["firstName", "first_name", "First Name", " FIRST-NAME: "] {
            assert_eq!(header_words(name), ["first", "name"], "{name}");
        }
        assert_eq!(header_words("E-mail cím 1"), ["email", "cim", "1"]);
        assert_eq!(header_words("Home mail"), ["home", "mail"]);
        assert_eq!(header_words("?!"), Vec::<String>::new());
    }

    #[test]
    fn a_full_name_is_taken_apart_as_its_language_orders_it() {
        for (order, full, given, family) in [
            (GivenFirst, "Anna Kovács", "Anna", "Kovács"),
            (GivenFirst, "Mary Jane Watson", "Mary Jane", "Watson"),
            (FamilyFirst, "Kovács Anna", "Anna", "Kovács"),
            (FamilyFirst, "Dr. Kovács Anna Éva", "Anna Éva", "Dr. Kovács"),
            (FamilyFirst, "dr ifj. Kovács Béla", "Béla", "dr ifj. Kovács"),
            (GivenFirst, "Watson, Mary Jane", "Mary Jane", "Watson"),
            (GivenFirst, "Madonna", "", "Madonna"),
            (FamilyFirst, "Madonna", "", "Madonna"),
            (FamilyFirst, "Dr.", "", "Dr."),
            (GivenFirst, "", "", ""),
        ] {
            assert_eq!(order.split(full), (given.to_owned(), family.to_owned()), "{full}");
        }
    }
}
