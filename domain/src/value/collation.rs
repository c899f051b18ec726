//! The order of names: by the letters of the language that is shown (T21).
//!
//! A key is compared byte by byte, so a database can keep it and sort by an index. It is made of three
//! parts, and a later one counts only where those before it are equal:
//!
//! ```text
//! letters of the alphabet . marks . capitals
//! Kovács, KOVACS, Kovacs:  one place in the alphabet; then without a mark, then small letters first
//! ```
//!
//! Own tables, and not those of ICU: they are a megabyte that every phone would carry, for the alphabets of
//! three languages (`docs/decisions/0008-names.md`).

use crate::value::fold::{Mark, letters};

/// The version of the keys, and of the [folded](crate::value::fold) words by which names are found. What is stored of
/// another version is made anew.
pub const VERSION: u32 = 2;

/// An alphabet in which names are put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// a–z; marks count last. Also for languages without rules of their own here.
    Latin,
    /// `cs`, `dz`, `dzs`, `gy`, `ly`, `ny`, `sz`, `ty`, `zs`, `ö` and `ü` are letters of their own.
    Hungarian,
    /// `ă`, `â`, `î`, `ș`, `ț` are letters of their own.
    Romanian,
}

impl Alphabet {
    /// The alphabet of a locale such as `hu-HU`.
    pub fn of(locale: &str) -> Self {
        match locale.split(['-', '_']).next().unwrap_or_default() {
            "hu" => Self::Hungarian,
            "ro" => Self::Romanian,
            _ => Self::Latin,
        }
    }

    /// Its name in stored forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Latin => "latin",
            Self::Hungarian => "hu",
            Self::Romanian => "ro",
        }
    }

    /// The key of a text.
    pub fn key(self, text: &str) -> Vec<u8> {
        let mut letters: Vec<_> = letters(text).collect();
        let start = letters.iter().take_while(|letter| !letter.base.is_alphanumeric()).count();
        letters.drain(..start);
        let mut key = Vec::with_capacity(3 * letters.len() + 2);
        let mut rest = letters.as_slice();
        while let [first, after @ ..] = rest {
            rest = after;
            if first.base.is_alphanumeric() {
                let others =
                    [0, 1, 2].map(|n| after.get(n).filter(|other| other.mark.is_none()).map(|l| l.base));
                let (place, taken) = self.place(first.base, first.mark, others);
                key.extend(place);
                rest = after.get(taken..).unwrap_or_default();
            } else if after.iter().any(|letter| letter.base.is_alphanumeric())
                && key.last() != Some(&BETWEEN_WORDS)
            {
                key.push(BETWEEN_WORDS);
            }
        }
        letters.retain(|letter| letter.base.is_alphanumeric());
        let marks = letters.iter().map(|letter| letter.mark.map_or(1, |mark| mark as u8 + 2));
        let capitals = letters.iter().map(|letter| 1 + u8::from(letter.is_capital));
        key.push(0);
        key.extend(without_end(marks));
        key.push(0);
        key.extend(without_end(capitals));
        key
    }

    /// The place of a letter in the alphabet, and how many of those that follow are part of it.
    fn place(self, base: char, mark: Option<Mark>, next: [Option<char>; 3]) -> (Vec<u8>, usize) {
        let Some(place) = plain(base) else {
            // Letters of other scripts stand behind, each script in its own order.
            let mut place = vec![OTHER_SCRIPT];
            place.extend(base.to_string().bytes());
            return (place, 0);
        };
        let [second, third, _] = next;
        match (self, base, mark) {
            (Self::Hungarian, 'o' | 'u', Some(Mark::Diaeresis | Mark::DoubleAcute)) => (vec![place + 1], 0),
            (Self::Hungarian, _, None) => {
                if let Some((own, taken)) = digraph(base, second, third) {
                    return (vec![place + own], taken);
                }
                // A doubled one is written short: `ssz` is `sz` twice.
                match second.filter(|second| *second == base).and_then(|_| digraph(base, third, next[2])) {
                    Some((own, taken)) => (vec![place + own, place + own], taken + 1),
                    None => (vec![place], 0),
                }
            }
            (Self::Romanian, 'a', Some(Mark::Breve)) => (vec![place + 1], 0),
            (Self::Romanian, 'a', Some(Mark::Circumflex)) => (vec![place + 2], 0),
            (Self::Romanian, 'i', Some(Mark::Circumflex)) => (vec![place + 1], 0),
            (Self::Romanian, 's' | 't', Some(Mark::Below)) => (vec![place + 1], 0),
            _ => (vec![place], 0),
        }
    }
}

/// The least byte but the one that ends a part: `Nagy Zita` stands before `Nagyné`.
const BETWEEN_WORDS: u8 = 1;
/// Before all letters of another script than Latin.
const OTHER_SCRIPT: u8 = 0xff;

/// The place of a digit or a letter without marks: digits first, and room for letters between letters.
fn plain(base: char) -> Option<u8> {
    let code = u8::try_from(base).ok()?;
    match code {
        b'0'..=b'9' => Some(2 + (code - b'0')),
        b'a'..=b'z' => Some(16 + 4 * (code - b'a')),
        _ => None,
    }
}

/// How far behind its first letter a Hungarian letter of several signs stands, and how many more it has.
fn digraph(first: char, second: Option<char>, third: Option<char>) -> Option<(u8, usize)> {
    match (first, second?, third) {
        ('d', 'z', Some('s')) => Some((2, 2)),
        ('d', 'z', _) | ('c', 's', _) | ('s', 'z', _) | ('z', 's', _) => Some((1, 1)),
        ('g' | 'l' | 'n' | 't', 'y', _) => Some((1, 1)),
        _ => None,
    }
}

/// Without the common value at the end, so that most keys are short.
fn without_end(values: impl DoubleEndedIterator<Item = u8>) -> Vec<u8> {
    let mut values: Vec<u8> = values.rev().skip_while(|value| *value == 1).collect();
    values.reverse();
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(alphabet: Alphabet, names: &[&str]) -> Vec<String> {
        let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        names.reverse();
        names.sort_by_cached_key(|name| alphabet.key(name));
        names
    }

    #[test]
    fn names_stand_in_the_order_of_the_alphabet_of_their_language() {
        for (alphabet, names) in [
            (
                Alphabet::Hungarian,
                &[
                    "3 Kör Kft.",
                    "Ács",
                    "Balogh",
                    "Czakó",
                    "Czuczor",
                    "Csaba",
                    "Dobos",
                    "Dzoli",
                    "Dzsenifer",
                    "Ezüst",
                    "Gazda",
                    "Gyarmati",
                    "Kis",
                    "Kis Zita",
                    "Kiss",
                    "Kisteleki",
                    "Liszt",
                    "Lyka",
                    "Nagy",
                    "Nagy Zita",
                    "Nagyné",
                    "Obadiás",
                    "Osztrák",
                    "Őzike",
                    "Pap",
                    "Sas",
                    "Szabó",
                    "Tóth",
                    "Tyukos",
                    "Uzsoki",
                    "Üveges",
                    "Zádor",
                    "Zsoldos",
                    "Болгария",
                ][..],
            ),
            (
                Alphabet::Romanian,
                &[
                    "Ana", "Azur", "Ăla", "Âna", "Brad", "Brașov", "Brat", "Iulia", "Îngerul", "Sava",
                    "Suciu", "Șerban", "Tudor", "Țepeș", "Zoe",
                ],
            ),
            (Alphabet::Latin, &["Acs", "Ács", "acsady", "Csaba", "Czako", "Ost", "Özil", "Pap", "Zádor"]),
        ] {
            assert_eq!(sorted(alphabet, names), names, "{alphabet:?}");
        }
    }

    #[test]
    fn marks_count_after_letters_and_capitals_last_however_they_are_encoded() {
        let key = |text: &str| Alphabet::Hungarian.key(text);
        let names = ["kovacs", "Kovacs", "KOVACS", "kovács", "Kovács", "kovacsa"];
        assert_eq!(sorted(Alphabet::Hungarian, &names), names);
        assert_eq!(key("Kova\u{301}cs"), key("Kovács"));
        assert_eq!(key("O\u{30b}ri"), key("Őri"));
        assert_eq!(Alphabet::Romanian.key("Braşov")[..6], Alphabet::Romanian.key("Brașov")[..6]);
        assert_eq!(key(" Nagy-  Zita."), key("Nagy Zita"));
    }

    #[test]
    fn a_doubled_letter_of_two_signs_is_that_letter_twice() {
        let key = |text: &str| Alphabet::Hungarian.key(text);
        assert_eq!(key("ssz")[..2], key("szsz")[..2]);
        assert_eq!(key("ddzs")[..2], key("dzsdzs")[..2]);
        assert!(key("kassza") > key("kasza") && key("kasos") < key("kasza"));
    }

    proptest! {
        #[test]
        fn a_name_stands_before_every_longer_one_that_begins_with_it_and_a_word(name in "[a-zA-ZáéőÜșț ]{1,12}", more in "[a-z]{1,5}") {
            for alphabet in [Alphabet::Latin, Alphabet::Hungarian, Alphabet::Romanian] {
                prop_assume!(name.chars().any(char::is_alphanumeric));
                let longer = [name.as_str(), " ", more.as_str()].concat();
                prop_assert!(alphabet.key(&name) < alphabet.key(&longer));
            }
        }
    }
}
