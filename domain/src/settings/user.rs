//! Users: the directory of colleagues who have or had access (F62-F67).

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::settings::catalogue::Language;
use crate::settings::role::Role;
use crate::value::collation::Alphabet;
use crate::value::id::UserId;
use crate::value::text_form::text_form;

/// A colleague who has or had access. Users who left stay here, so that the history keeps their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct User {
    /// The user's id.
    #[n(0)]
    pub id: UserId,
    /// The login (F64); `None` for the user of a local workspace, which has no account.
    #[n(1)]
    pub email: Option<Email>,
    /// The family name; may be empty.
    #[n(2)]
    pub family_name: String,
    /// The given name; may be empty.
    #[n(3)]
    pub given_name: String,
    /// What the user may do (F67).
    #[n(4)]
    pub role: Role,
    /// The zone of the profile, an IANA name: it decides when a due day of this user ends (T4).
    #[n(5)]
    pub zone: String,
    /// The language and country of the profile, such as `hu-HU`.
    #[n(6)]
    pub locale: String,
    /// Whether the user has access now.
    #[n(7)]
    pub active: bool,
    /// Whether the user may issue invoices although the role does not allow it (C19).
    #[cbor(n(8), default)]
    #[serde(default)]
    pub issues_invoices: bool,
}

impl User {
    /// The name as readers of this language expect it (T19); the email if there is no name.
    pub fn display_name(&self, language: Language) -> String {
        let name = language.full_name(&self.given_name, &self.family_name);
        match &self.email {
            Some(email) if name.is_empty() => email.to_string(),
            _ => name,
        }
    }

    /// What lists of users are sorted by where no language is known: as [`Self::place_in`], by Latin letters.
    pub fn sort_key(&self) -> (Vec<u8>, UserId) {
        self.place_in(Alphabet::Latin)
    }

    /// What lists of users are sorted by: family name first in every language (T19), then id.
    pub fn place_in(&self, alphabet: Alphabet) -> (Vec<u8>, UserId) {
        (alphabet.key(&format!("{} {}", self.family_name, self.given_name)), self.id)
    }
}

/// An email address that serves as a login: ASCII, lower-case, so that equal logins are equal texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

/// Text that is not an [`Email`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an email address")]
pub struct EmailError;

text_form!(Email);

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Email {
    type Err = EmailError;

    /// Takes an address as people type it: spaces around it and capitals do not matter.
    ///
    /// Accepted is the common part of RFC 5321: a local part of at most 64 characters without
    /// quotes, a domain name with at least one dot, 254 characters in all.
    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim_matches(' ');
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        let fits = text.len() <= 254 && local.len() <= 64;
        let local_ok = local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_byte));
        let domain_ok = domain.contains('.') && domain.split('.').all(is_label);
        if fits && local_ok && domain_ok { Ok(Self(text.to_ascii_lowercase())) } else { Err(EmailError) }
    }
}

/// Whether an unquoted local part may hold this byte (RFC 5322, atext).
fn is_atom_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hungarian_readers_see_the_family_name_first() {
        let user = user("Kovács", "Anna");
        assert_eq!(user.display_name(Language::Hungarian), "Kovács Anna");
        assert_eq!(user.display_name(Language::English), "Anna Kovács");
        assert_eq!(user.display_name(Language::Romanian), "Anna Kovács");
    }

    #[test]
    fn a_user_without_a_name_is_shown_by_email() {
        assert_eq!(user("", "Anna").display_name(Language::Hungarian), "Anna");
        assert_eq!(user("", "").display_name(Language::English), "anna@example.com");
        assert_eq!(User { email: None, ..user("", "") }.display_name(Language::English), "");
    }

    #[test]
    fn users_sort_by_family_name_in_every_language() {
        let mut users = [user("Zoltán", "Anna"), user("kovács", "Béla"), user("Kovács", "Anna")];
        users.sort_by_key(User::sort_key);
        assert_eq!(
            users.map(|user| user.display_name(Language::Hungarian)),
            ["Kovács Anna", "kovács Béla", "Zoltán Anna"]
        );
    }

    #[test]
    fn an_email_is_one_text_however_it_is_typed() {
        for text in ["Anna.Kovacs@Example.COM", "  anna.kovacs@example.com "] {
            assert_eq!(text.parse::<Email>().unwrap().as_str(), "anna.kovacs@example.com");
        }
        for text in ["a@b.hu", "o'neil+crm@mail.example.com", "x_1@a-b.co"] {
            assert_eq!(text.parse::<Email>().unwrap().as_str(), text);
        }
        assert!(format!("{}@example.com", "x".repeat(64)).parse::<Email>().is_ok());
    }

    #[test]
    fn what_is_no_email_is_refused() {
        let long_local = format!("{}@example.com", "x".repeat(65));
        let long = format!("a@{}com", "x234567.".repeat(32));
        for text in [
            "",
            "@",
            "anna",
            "anna@",
            "@example.com",
            "anna@example",
            "anna@@example.com",
            "an na@example.com",
            "anna@exam ple.com",
            ".anna@example.com",
            "an..na@example.com",
            "anna.@example.com",
            "anna@.com",
            "anna@example..com",
            "anna@-example.com",
            "anna@example-.com",
            "anna@example.com\n",
            "\"a\"@example.com",
            "anná@example.com",
            "anna@exämple.com",
            "a,b@example.com",
            "<a@example.com>",
            &long_local,
            &long,
        ] {
            assert_eq!(text.parse::<Email>(), Err(EmailError), "{text}");
        }
    }

    #[test]
    fn the_encoded_form_of_a_user_is_fixed() {
        let user = user("Kovács", "Anna");
        let bytes = minicbor::to_vec(&user).unwrap();
        insta::assert_snapshot!(data_encoding::HEXLOWER.encode(&bytes), @"a90050030303030303030303030303030303030170616e6e61406578616d706c652e636f6d02674b6f76c3a163730364416e6e610402056f4575726f70652f4275646170657374066568752d485507f508f4");
        insta::assert_snapshot!(serde_json::to_string(&user).unwrap(), @r#"{"id":"03030303-0303-0303-0303-030303030303","email":"anna@example.com","family_name":"Kovács","given_name":"Anna","role":"user","zone":"Europe/Budapest","locale":"hu-HU","active":true,"issues_invoices":false}"#);
        assert_eq!(minicbor::decode::<User>(&bytes).unwrap(), user);
    }

    fn user(family_name: &str, given_name: &str) -> User {
        User {
            id: UserId::from_bytes([3; 16]),
            email: Some("anna@example.com".parse().unwrap()),
            family_name: family_name.into(),
            given_name: given_name.into(),
            role: Role::User,
            zone: "Europe/Budapest".into(),
            locale: "hu-HU".into(),
            active: true,
            issues_invoices: false,
        }
    }
}
