//! From bytes to text: which encoding a file is in (T20).
//!
//! A byte order mark decides; valid UTF-8 is UTF-8; what is left is one of the two code pages in which
//! spreadsheets of our countries save CSV. The guess may be wrong, so it is shown and may be overruled.

use std::borrow::Cow;

use super::problem::FileError;

/// How a file writes characters as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, low byte first: "Unicode text" of spreadsheets; known by its byte order mark.
    Utf16Le,
    /// UTF-16, high byte first; known by its byte order mark.
    Utf16Be,
    /// The code page of Hungary, Romania and their neighbours.
    Windows1250,
    /// The code page of Western Europe.
    Windows1252,
}

/// The text of a file, without a byte order mark, and the encoding it was read in: `wanted`, or the one
/// it seems to be in. Bytes that are no characters read as U+FFFD.
pub(super) fn decode(bytes: &[u8], wanted: Option<Encoding>) -> Result<(Cow<'_, str>, Encoding), FileError> {
    let (marked, body) = match bytes {
        [0xef, 0xbb, 0xbf, body @ ..] => (Some(Encoding::Utf8), body),
        [0xff, 0xfe, body @ ..] => (Some(Encoding::Utf16Le), body),
        [0xfe, 0xff, body @ ..] => (Some(Encoding::Utf16Be), body),
        body => (None, body),
    };
    // A mark overrules the user's choice: it is certain, and the user cannot see it.
    let encoding = marked.or(wanted).unwrap_or_else(|| guess(body));
    let text = match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(body),
        Encoding::Utf16Le => utf16(body, u16::from_le_bytes).into(),
        Encoding::Utf16Be => utf16(body, u16::from_be_bytes).into(),
        Encoding::Windows1250 => code_page(body, WINDOWS_1250).into(),
        Encoding::Windows1252 => code_page(body, WINDOWS_1252).into(),
    };
    // After decoding, because UTF-16 text is full of zero bytes.
    if text.contains('\0') { Err(FileError::NotText) } else { Ok((text, encoding)) }
}

fn guess(bytes: &[u8]) -> Encoding {
    if is_mostly_utf8(bytes) {
        Encoding::Utf8
    } else if western_score(bytes) > 0 {
        Encoding::Windows1252
    } else {
        // No letter tells them apart: then the code page of our own countries is likelier.
        Encoding::Windows1250
    }
}

/// Whether it is UTF-8, or was before a few bytes were damaged: code pages hardly ever look like
/// UTF-8 by chance.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|char| !char.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    // A file in a code page has almost only bad bytes, a damaged UTF-8 file almost only good ones.
    bad == 0 || good > 2 * bad
}

/// Positive if the letters that Western languages have and Hungarian and Romanian have not (à ç è ê ñ
/// ò ø å æ, and ã õ where Portuguese puts them) outnumber those of Hungarian and Romanian.
fn western_score(bytes: &[u8]) -> isize {
    let next = bytes.iter().skip(1).chain(std::iter::once(&0));
    bytes
        .iter()
        .zip(next)
        .map(|(byte, next)| match (byte, next.to_ascii_lowercase()) {
            // ão, ãe and õe, which no Hungarian or Romanian word has.
            (0xc3 | 0xe3, b'o' | b'e') | (0xd5 | 0xf5, b'e') => 1,
            (0xc0 | 0xc5..=0xc8 | 0xca | 0xd1 | 0xd2 | 0xd8, _) => 1,
            (0xe0 | 0xe5..=0xe8 | 0xea | 0xf1 | 0xf2 | 0xf8, _) => 1,
            // Ő ő Ű ű, then Ă ă Ş ş Ţ ţ.
            (0xd5 | 0xf5 | 0xdb | 0xfb, _) => -1,
            (0xc3 | 0xe3 | 0xaa | 0xba | 0xde | 0xfe, _) => -1,
            _ => 0,
        })
        .sum()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let pairs = bytes.chunks(2).map(|pair| match pair {
        [one, two] => unit([*one, *two]),
        // Half a character at the end: a lone surrogate, to be read as U+FFFD.
        _ => 0xd800,
    });
    char::decode_utf16(pairs).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Bytes from 0x80 on are looked up in `upper`, or are Unicode's own where it ends.
fn code_page(bytes: &[u8], upper: &str) -> String {
    let upper: Vec<char> = upper.chars().collect();
    let read = |byte: u8| {
        let place = byte.checked_sub(0x80).map(usize::from);
        place.and_then(|place| upper.get(place).copied()).unwrap_or(char::from(byte))
    };
    bytes.iter().map(|byte| read(*byte)).collect()
}

/// Windows-1250 from 0x80 on; bytes that it does not use read as U+FFFD.
const WINDOWS_1250: &str = concat!(
    "€\u{fffd}‚\u{fffd}„…†‡\u{fffd}‰Š‹ŚŤŽŹ\u{fffd}‘’“”•–—\u{fffd}™š›śťžź",
    "\u{a0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{ad}®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż",
    "ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß",
    "ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙",
);

/// Windows-1252 from 0x80 to 0x9f; above, it is Unicode's own order.
const WINDOWS_1252: &str = "€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ";

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(bytes: &[u8]) -> (String, Encoding) {
        let (text, encoding) = decode(bytes, None).unwrap();
        (text.into_owned(), encoding)
    }

    #[test]
    fn valid_utf8_is_utf8_and_its_byte_order_mark_is_no_character() {
        assert_eq!(guessed("név;Őrség".as_bytes()), ("név;Őrség".into(), Encoding::Utf8));
        assert_eq!(guessed(b"\xef\xbb\xbfid,name"), ("id,name".into(), Encoding::Utf8));
        assert_eq!(guessed(b""), (String::new(), Encoding::Utf8));
    }

    #[test]
    fn a_damaged_byte_in_utf8_costs_one_character_and_not_all_the_others() {
        let mut bytes = "Győző, Űrhajós, Kovács ".as_bytes().to_vec();
        bytes.push(0xff);
        assert_eq!(guessed(&bytes), ("Győző, Űrhajós, Kovács \u{fffd}".into(), Encoding::Utf8));
    }

    #[test]
    fn hungarian_and_romanian_bytes_are_windows_1250() {
        let hungarian = b"n\xe9v;Gy\xf5z\xf5;\xdbrhaj\xf3s".as_slice();
        assert_eq!(guessed(hungarian), ("név;Győző;Űrhajós".into(), Encoding::Windows1250));
        let romanian = b"Bra\xbaov;Constan\xfea;T\xe2rn\xe3veni".as_slice();
        assert_eq!(guessed(romanian), ("Braşov;Constanţa;Târnăveni".into(), Encoding::Windows1250));
        assert_eq!(guessed(b"K\xf6z\xe9p").1, Encoding::Windows1250, "when nothing tells them apart");
    }

    #[test]
    fn portuguese_and_french_bytes_are_windows_1252() {
        let portuguese = b"Jo\xe3o;Concei\xe7\xe3o;S\xe3o Tom\xe9".as_slice();
        assert_eq!(guessed(portuguese), ("João;Conceição;São Tomé".into(), Encoding::Windows1252));
        assert_eq!(guessed(b"Gen\xe8ve \x80 5"), ("Genève € 5".into(), Encoding::Windows1252));
    }

    #[test]
    fn the_caller_may_overrule_the_guess() {
        let (text, encoding) = decode(b"\xf5", Some(Encoding::Windows1252)).unwrap();
        assert_eq!((text.as_ref(), encoding), ("õ", Encoding::Windows1252));
    }

    #[test]
    fn utf16_is_known_by_its_byte_order_mark() {
        let little: Vec<u8> = "\u{feff}név\t€".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}név\t€".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(guessed(&little), ("név\t€".into(), Encoding::Utf16Le));
        assert_eq!(guessed(&big), ("név\t€".into(), Encoding::Utf16Be));
        assert_eq!(guessed(b"\xff\xfea\0b").0, "a\u{fffd}");
    }

    #[test]
    fn a_spreadsheet_in_its_own_format_is_not_text() {
        assert_eq!(decode(b"PK\x03\x04\x14\x00\x06\x00", None), Err(FileError::NotText));
    }

    #[test]
    fn the_code_pages_are_complete() {
        assert_eq!(WINDOWS_1250.chars().count(), 128);
        assert_eq!(WINDOWS_1252.chars().count(), 32);
    }
}
