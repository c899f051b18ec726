//! Telephone numbers: when two spellings are one number (F59).
//!
//! A number is written as it is dialled: in full (`+36 30 123 4567`, `0036…`), within its country
//! (`06 30 123 4567`), or without any prefix (`30/123 4567`). Networks name a caller in full. So two spellings are
//! one number if both can be read alike, and do not name two countries:
//!
//! ```text
//! 0036301234567      36 . 301234567
//! 06 30 123 4567      ? . 06301234567     ? . 6301234567     36 . 301234567
//! (30) 1234567        ? . 301234567
//! ```
//!
//! There is no table of the countries' plans here. Known is how long the code of a country is, that `00` stands for
//! `+`, and that the prefix within a country is `0`, or `06` in Hungary.

/// The version of the keys. Stored keys of another version are made anew.
pub const VERSION: u32 = 1;

/// The most bytes of a number as it is written.
const MAX_WRITTEN: usize = 100;
/// The most digits of a number, with its country (E.164).
const MAX_DIGITS: usize = 15;
/// The fewest digits behind country and prefix. Fewer are an extension, an emergency call or half a number.
const FEWEST: usize = 7;
/// With so many digits a number is complete: what stands behind a slash or in brackets is something else.
const COMPLETE: usize = 8;
/// With so many digits a number may begin with its country and not say so, as `36301234567` does.
const WITH_COUNTRY: usize = 10;
/// The country whose prefix is `06`.
const HUNGARY: &str = "36";

/// Whether a text can be dialled: at least three digits among what people put around them.
pub fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    // With more letters than digits it is a remark, such as `ask for Anna, 12`.
    let letters = text.chars().filter(|char| char.is_alphabetic()).count();
    text.len() <= MAX_WRITTEN && digits >= 3 && letters <= digits && !text.contains('@')
}

/// Whether two spellings are the same number. Texts without a number are the same as none.
pub fn is_same(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (Number::read(one), Number::read(other)) else { return false };
    let others = other.readings();
    one.readings().into_iter().any(|(country, rest)| {
        others.iter().any(|(other, other_rest)| {
            let is_one_country = country.is_none() || other.is_none() || country == *other;
            is_one_country && rest == *other_rest
        })
    })
}

/// What all spellings of one number have in common, for an index: its last digits. Other numbers may have them, too:
/// [`is_same`] has the last word. `None`: the text holds no number.
pub fn key(text: &str) -> Option<String> {
    let digits = Number::read(text)?.digits;
    let (_, end) = digits.split_at_checked(digits.len().checked_sub(FEWEST)?)?;
    Some(end.to_owned())
}

/// The number as it was written, without what only parts it. Whoever drops one of two equal spellings loses nothing:
/// an extension such as `x12` counts, and so does how the country was written.
pub fn spelling(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric() || *char == '+').collect()
}

/// A number as it was written.
struct Number {
    /// Its digits, without `00`.
    digits: String,
    /// Whether they begin with its country.
    has_country: bool,
}

impl Number {
    /// The first number in a text; `None` if there is none.
    fn read(text: &str) -> Option<Self> {
        let text: String = text.chars().map(plain).collect();
        // `+36 (0)30`: who dials the country leaves the prefix out.
        let text = text.replace("(0)", " ");
        let mut number = Self { digits: String::new(), has_country: false };
        for char in text.chars() {
            if char.is_ascii_digit() {
                number.digits.push(char);
            } else if number.is_ended_by(char) {
                if number.digits.len() >= FEWEST {
                    break;
                }
                number = Self { digits: String::new(), has_country: char == '+' };
            }
        }
        if let Some(rest) = number.digits.strip_prefix("00") {
            number = Self { digits: rest.to_owned(), has_country: true };
        } else if number.digits.starts_with('0') {
            // No country begins so, whatever sign stands before it.
            number.has_country = false;
        }
        (FEWEST..=MAX_DIGITS).contains(&number.digits.len()).then_some(number)
    }

    /// Whether what follows is no part of the number: an extension, a remark, another number.
    fn is_ended_by(&self, char: char) -> bool {
        match char {
            '/' | '(' => self.digits.len() >= COMPLETE,
            '+' | ',' | ';' | '|' | '#' | '*' | '\n' => true,
            other => other.is_alphabetic(),
        }
    }

    /// What it may mean: its country, if that is known, and the digits behind country and prefix.
    fn readings(&self) -> Vec<(Option<&str>, &str)> {
        let digits = self.digits.as_str();
        let mut readings = Vec::new();
        if !self.has_country {
            readings.extend(behind_prefix(None, digits));
        }
        let may_have_country = digits.len() >= WITH_COUNTRY && !digits.starts_with('0');
        if (self.has_country || may_have_country)
            && let Some((country, rest)) = digits.split_at_checked(country_len(digits))
        {
            readings.extend(behind_prefix(Some(country), rest));
        }
        readings.retain(|(_, rest)| rest.len() >= FEWEST);
        readings
    }
}

/// The readings of what stands behind a country: as it is, and without the prefix that it may begin with.
fn behind_prefix<'a>(
    country: Option<&'a str>,
    digits: &'a str,
) -> impl Iterator<Item = (Option<&'a str>, &'a str)> {
    let may_be_hungary = country.is_none_or(|country| country == HUNGARY);
    let without_0 = digits.strip_prefix('0').map(|rest| (country, rest));
    let without_06 = digits.strip_prefix("06").filter(|_| may_be_hungary).map(|rest| (Some(HUNGARY), rest));
    [Some((country, digits)), without_0, without_06].into_iter().flatten()
}

/// How many digits the code of the country has that these begin with (E.164, as assigned by the ITU).
fn country_len(digits: &str) -> usize {
    match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}

/// The ASCII digit or sign that a character stands for, if it stands for one.
fn plain(char: char) -> char {
    let digit = |zero: char| {
        let value = u32::from(char).saturating_sub(u32::from(zero));
        char::from_digit(value, 10).unwrap_or(char)
    };
    match char {
        // Arabic and Persian digits, and those that are as wide as a Chinese sign.
        '\u{660}'..='\u{669}' => digit('\u{660}'),
        '\u{6f0}'..='\u{6f9}' => digit('\u{6f0}'),
        '\u{ff10}'..='\u{ff19}' => digit('\u{ff10}'),
        '\u{ff0b}' => '+',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_spellings_of_a_number_are_the_same_and_have_one_key() {
        for spellings in [
            // Hungary: a mobile, and Budapest.
            &[
                "+36 30 123-4567",
                "0036301234567",
                "06 30 123 4567",
                "06-30/123-45-67",
                "(30) 1234567",
                "30/123 4567 ext",
                "+36 (30) 123 45 67",
                "+36 (0)30 123 4567",
                "+36 06 30 123 4567",
                "36301234567",
                "06\u{a0}30\u{a0}123\u{2011}4567",
                "Tel.: +36 30 1234567",
                "2. mobil 06301234567",
                "+36 30 123 4567 / 12",
                "+36 30 123 4567 (mobil)",
                "06301234567, 06209876543",
                "+36301234567\n+36209876543",
                "tel:+36301234567",
                "٠٦٣٠١٢٣٤٥٦٧",
                "۰۶۳۰۱۲۳۴۵۶۷",
                "＋３６ ３０ １２３ ４５６７",
            ][..],
            &[
                "+36 1 234 5678",
                "06 1 234-5678",
                "(06-1) 234-5678",
                "061/234-5678",
                "0036 1/234 5678",
                "1 234 5678",
            ],
            // Romania: a mobile, and Cluj.
            &["+40 722 123 456", "0040722123456", "0722 123 456", "0722.123.456", "722123456", "40722123456"],
            &["+40 264 123 456", "0264/123456", "(0264) 123 456", "0040-264-123456"],
            // Bulgaria: a mobile, and Sofia.
            &["+359 88 812 3456", "00359888123456", "0888 123 456", "088/8123456", "+359 (0)88 812 3456"],
            &["+359 2 987 6543", "02 987 6543", "02/9876543"],
            // Portugal, where nothing stands before a number.
            &["+351 912 345 678", "00351912345678", "912 345 678", "912-345-678", "351912345678"],
            // North America, with the extension that an import knows.
            &["+1 955 371 0847", "1-955-371-0847 x371", "(955) 371-0847", "955.371.0847"],
        ] {
            for one in spellings {
                for other in spellings {
                    assert!(is_same(one, other), "{one} {other}");
                    assert_eq!(key(one), key(other), "{one} {other}");
                }
                assert_eq!(key(one).map(|key| key.len()), Some(7), "{one}");
            }
        }
    }

    #[test]
    fn other_numbers_other_countries_and_half_numbers_are_not_the_same() {
        for (one, other) in [
            // Hungarian mobiles differ before their last seven digits.
            ("+36 30 123 4567", "+36 20 123 4567"),
            ("+36 30 123 4567", "06 20 123 4567"),
            ("06 30 123 4567", "06 70 123 4567"),
            ("30/123 4567", "70/123 4567"),
            ("+36 30 123 4567", "+36 30 123 4568"),
            ("+36 30 123 4567", "+40 30 123 4567"),
            // `06` is a prefix in Hungary alone.
            ("06 30 123 4567", "+40 30 123 4567"),
            ("+40 722 123 456", "+359 722 123 456"),
            ("40722123456", "+359 722 123 456"),
            ("0722 123 456", "0722 123 457"),
            ("+359 2 987 6543", "032 987 6543"),
            ("+351 912 345 678", "+351 912 345 679"),
            ("912 345 678", "+40 712 345 678"),
            // Half a number is that of many.
            ("+36 1 234 5678", "234 5678"),
            ("06 1 234 5678", "345 678"),
        ] {
            assert!(!is_same(one, other), "{one} {other}");
            assert!(!is_same(other, one), "{other} {one}");
        }
    }

    #[test]
    fn what_is_too_short_or_too_long_for_a_number_is_the_same_as_nothing() {
        for text in [
            "",
            "n/a",
            "112",
            "1400",
            "123-456",
            "0800 FLOWERS 12345",
            "ask for Anna, 12",
            "+36",
            "1234567890123456",
        ] {
            assert_eq!(key(text), None, "{text}");
            assert!(!is_same(text, text), "{text}");
        }
    }

    #[test]
    fn a_phone_number_is_mostly_digits() {
        for text in ["112", "+36 (30) 123-45-67", "1-955-371-0847 x371", "262.397.7937", "0800 FLOWERS 12345"]
        {
            assert!(is_phone(text), "{text}");
        }
        for text in ["", "-", "12", "n/a", "call me at 9 or 10", "anna1234@example.com", &"1".repeat(101)] {
            assert!(!is_phone(text), "{text}");
        }
    }

    #[test]
    fn a_spelling_keeps_extension_and_country() {
        assert_eq!(spelling("1-955-371-0847 x371"), "19553710847x371");
        assert_eq!(spelling("+36 (30) 123"), "+3630123");
    }

    proptest! {
        #[test]
        fn the_same_number_is_always_found_by_its_key(
            prefix in "(\\+|00|0|06|)", number in "[0-9]{5,13}",
            other in "(\\+|00|0|06|)", cut in 0..5_usize, sign in "[-/() .x]{0,2}",
        ) {
            let (start, end) = number.split_at(cut);
            let (one, two) = (format!("{prefix}{number}"), format!("{other}{start}{sign}{end}"));
            let (three, four) = (format!("{prefix}{end}"), format!("{other}{end}"));
            for (a, b) in [(&one, &two), (&one, &four), (&two, &three), (&three, &four)] {
                prop_assert_eq!(is_same(a, b), is_same(b, a));
                prop_assert!(!is_same(a, b) || key(a) == key(b), "{} {}", a, b);
            }
        }
    }
}
