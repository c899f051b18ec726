//! Keys: short words that name a status, a preset field or an option within their product.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::str::FromStr;

use crate::value::text_form::text_form;

/// A word of 1 to 40 characters out of `a-z`, `0-9` and `_`, unique where it is used.
///
/// It never changes and is never shown: names are. An option's key is its text in a register.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Cow<'static, str>);

/// Text that is not a [`Key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key is 1 to {MAX_KEY_LEN} characters out of a-z, 0-9 and _")]
pub struct KeyError;

/// The most characters of a [`Key`].
pub const MAX_KEY_LEN: usize = 40;

text_form!(Key);

impl Key {
    /// A word of the catalogue, whose tests check that it is one.
    pub(crate) const fn builtin(word: &'static str) -> Self {
        Self(Cow::Borrowed(word))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if (1..=MAX_KEY_LEN).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(Cow::Owned(text.to_owned())))
        } else {
            Err(KeyError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_can_stand_in_a_register_name() {
        for text in ["a", "vip", "option_2", &"x".repeat(MAX_KEY_LEN)] {
            assert_eq!(text.parse::<Key>().map(|key| key.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "Vip", "a/b", "a b", "ő", &"x".repeat(MAX_KEY_LEN + 1)] {
            assert_eq!(text.parse::<Key>(), Err(KeyError), "{text}");
        }
    }
}
