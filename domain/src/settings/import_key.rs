//! The secret from which ids of imported documents follow.

use std::fmt;

use minicbor::{Decode, Encode};

use super::{Setting, SettingsClass, SettingsId, SettingsKind};
use crate::settings::role::Act;
use crate::value::env::{Env, random};
use crate::value::id::ProductId;

/// The organisation's import key. There is one row of it, made with the organisation, and it never changes.
///
/// Documents of an import have ids that follow from names and emails, so that whoever imports them again
/// finds them. Without a secret anybody could compute the id of a customer from their name, ask the server
/// whether it is there, and link to it before it comes. So the row reaches those only who may import (C19).
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ImportKey {
    #[cbor(n(0), with = "minicbor::bytes")]
    bytes: [u8; 32],
}

impl ImportKey {
    /// The id of its row.
    pub const ROW: SettingsId = SettingsId::from_bytes([0; 16]);

    /// A key that nobody knows.
    pub fn new(env: &dyn Env) -> Self {
        Self::from_bytes(random(env))
    }

    /// The key with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self { bytes }
    }

    /// Its bytes.
    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }
}

impl fmt::Debug for ImportKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImportKey(..)")
    }
}

impl Setting for ImportKey {
    const KIND: SettingsKind = SettingsKind::ImportKey;
    const CLASS: SettingsClass = SettingsClass::Manager;
    const SIZE_CAP: usize = 64;
    const EDITING: Act = Act::EditSettings;

    fn settings_id(&self) -> SettingsId {
        Self::ROW
    }

    fn product(&self) -> Option<ProductId> {
        None
    }
}
