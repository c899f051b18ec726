//! Short ASCII words held in place, so that what holds one stays cheap to copy.

use std::fmt;

/// A word of 1 to `N` bytes, each one of `A-Z a-z 0-9 / _ - +`, the first of them a letter.
///
/// It holds names that a later version knows and this one does not: a time zone, an outcome.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word<const N: usize> {
    /// Filled up with zeros, which no word holds, so the derived order is that of the texts.
    bytes: [u8; N],
}

impl<const N: usize> Word<N> {
    /// The word with this text, if it is one.
    pub fn new(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'+');
        let is_word = text.bytes().next()?.is_ascii_alphabetic() && text.bytes().all(allowed);
        let mut bytes = [0; N];
        bytes.get_mut(..text.len()).filter(|_| is_word)?.copy_from_slice(text.as_bytes());
        Some(Self { bytes })
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        let end = self.bytes.iter().position(|byte| *byte == 0).unwrap_or(N);
        self.bytes.get(..end).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Display for Word<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Word<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Word({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::Word;

    #[test]
    fn a_word_reads_back_and_what_is_none_is_refused() {
        for text in ["a", "Europe/Newtown", "Etc/GMT+12", "x234567890123456"] {
            assert_eq!(Word::<16>::new(text).unwrap().as_str(), text);
        }
        for text in ["", "1a", "/a", "a b", "a;b", "a\0", "á", "x2345678901234567"] {
            assert_eq!(Word::<16>::new(text), None, "{text:?}");
        }
    }

    #[test]
    fn words_are_ordered_as_their_texts() {
        let mut words = ["b", "a/b", "a", "ab", "B"].map(|text| Word::<8>::new(text).unwrap());
        words.sort_unstable();
        assert_eq!(words.map(|word| word.to_string()), ["B", "a", "a/b", "ab", "b"]);
    }
}
