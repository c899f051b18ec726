//! Identifiers: one type for each kind of thing, so that a user can never be passed for a card.
//!
//! There are two sorts. *Entity ids* (16 bytes, ordered by time like UUIDv7, made on any device) name what
//! exists by itself. [`PartId`]s (6 bytes) name the parts of one document: todos, entries, links, contact
//! details. From outside, a part is addressed as (document, part).

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::value::env::{Env, random};

/// Text that is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0} identifier")]
pub struct IdError(pub &'static str);

macro_rules! entity_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// Its text form, in registers, JSON and logs, is a hyphenated lower-case UUID.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id: the time in milliseconds, then 74 random bits.
            pub fn new(env: &dyn Env) -> Self {
                // A clock before 1970 is wrong anyway, and the random bits keep the id unique.
                let millis = u64::try_from(env.now().millis()).unwrap_or_default();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random(env)).into_uuid())
            }

            /// The id with these bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The id that follows from `parts` and nothing else, so that all devices that make it agree.
            pub fn derived(parts: &[&[u8]]) -> Self {
                Self::from_bytes(derived(stringify!($name), parts))
            }

            /// The id's bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The id as a UUID, for databases that know the type.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            /// Accepts the canonical text form only: one id, one string.
            fn from_str(text: &str) -> Result<Self, IdError> {
                let id = Uuid::from_str(text).map(Self).map_err(|_| IdError(stringify!($name)))?;
                if id.to_string() == text { Ok(id) } else { Err(IdError(stringify!($name))) }
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(self.as_bytes())?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                fixed_bytes(d).map(Self::from_bytes)
            }
        }
    )*};
}

entity_ids! {
    /// An organisation: one firm, one log.
    OrgId;
    /// A user of an organisation, or of a local workspace.
    UserId;
    /// An installation of the app, enrolled by one user.
    DeviceId;
    /// A product: a working area with its own status tree and cards (F7).
    ProductId;
    /// A status of a product (F22).
    StatusId;
    /// A field of a product's cards (F41).
    FieldId;
    /// A document of any type: card, contact, user document.
    DocumentId;
    /// What a calendar shows of one todo. It follows from card and todo.
    EventId;
}

/// A part of one document: a todo, an entry, a link, a contact detail.
///
/// It has 48 random bits: among 20 parts of a card two are equal once in 10^12 cards, and a device checks
/// the document before it uses a new one. Its text form is 8 characters of base64url. It is short because
/// it stands in every register name of the part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PartId([u8; 6]);

impl PartId {
    /// A new random id.
    pub fn new(env: &dyn Env) -> Self {
        Self(random(env))
    }

    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 6]) -> Self {
        Self(bytes)
    }

    /// The id that follows from `parts` and nothing else (T8, C20).
    pub fn derived(parts: &[&[u8]]) -> Self {
        Self(derived("PartId", parts))
    }

    /// The id's bytes.
    pub const fn as_bytes(&self) -> &[u8; 6] {
        &self.0
    }
}

impl fmt::Display for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartId({self})")
    }
}

impl From<PartId> for String {
    fn from(id: PartId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for PartId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl FromStr for PartId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| IdError("PartId"))?;
        bytes.try_into().map(Self).map_err(|_| IdError("PartId"))
    }
}

impl<C> Encode<C> for PartId {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for PartId {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        fixed_bytes(d).map(Self)
    }
}

/// Reads a byte string of exactly `N` bytes.
pub(crate) fn fixed_bytes<const N: usize>(d: &mut Decoder<'_>) -> Result<[u8; N], minicbor::decode::Error> {
    let position = d.position();
    d.bytes()?
        .try_into()
        .map_err(|_| minicbor::decode::Error::message("byte string of another length").at(position))
}

/// The first `N` bytes of SHA-256 over `domain` and `parts`, each preceded by its length.
pub(crate) fn derived<const N: usize>(domain: &str, parts: &[&[u8]]) -> [u8; N] {
    let mut hash = Sha256::new();
    for part in std::iter::once(&domain.as_bytes()).chain(parts) {
        // With their lengths, `ab` and `c` are other parts than `a` and `bc`.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    std::array::from_fn(|i| digest.get(i).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::env::SeededEnv;
    use crate::value::time::Timestamp;

    #[test]
    fn an_entity_id_sorts_by_the_time_it_was_made_and_reads_back_from_its_text() {
        let env = SeededEnv::new(1, Timestamp::from_millis(1_000));
        let early = DocumentId::new(&env);
        env.advance(1);
        let late = DocumentId::new(&env);
        assert!(early < late);
        assert_eq!(late.to_string().parse(), Ok(late));
        assert_eq!(late.to_string().to_uppercase().parse::<DocumentId>(), Err(IdError("DocumentId")));
    }

    #[test]
    fn a_part_id_is_eight_characters_and_reads_back_from_its_text() {
        let id = PartId::new(&SeededEnv::new(1, Timestamp::from_millis(0)));
        assert_eq!(id.to_string().len(), 8);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("short".parse::<PartId>(), Err(IdError("PartId")));
    }

    #[test]
    fn a_derived_id_depends_on_where_its_parts_are_cut() {
        assert_eq!(PartId::derived(&[b"ab", b"c"]), PartId::derived(&[b"ab", b"c"]));
        assert_ne!(PartId::derived(&[b"ab", b"c"]), PartId::derived(&[b"a", b"bc"]));
        assert_ne!(UserId::derived(&[b"x"]).as_bytes(), DocumentId::derived(&[b"x"]).as_bytes());
    }
}
