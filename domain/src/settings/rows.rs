//! Settings rows: one setting each, with a version, an open kind, and a class that says whom it reaches.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::settings::catalogue::NewProduct;
use crate::settings::field::{FieldDefinition, FieldScope};
use crate::settings::product::Product;
use crate::settings::role::Act;
use crate::settings::role::Role;
use crate::settings::status::Status;
use crate::settings::user::User;
use crate::value::id::{FieldId, IdError, ProductId, StatusId, UserId, fixed_bytes};
use crate::value::open_code::open_code;

/// The most bytes of the body of a row of a kind that this version does not know.
pub const MAX_BODY_LEN: usize = 64 * 1024;

/// One setting: a product, a status, a field, a user, ...
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SettingsRow {
    /// What it is.
    #[n(0)]
    pub kind: SettingsKind,
    /// Which one, among those of its kind.
    #[n(1)]
    pub id: SettingsId,
    /// The product it belongs to, if it belongs to one.
    #[n(2)]
    pub product: Option<ProductId>,
    /// 1 at first, and one more with every edit. An edit names the version that it is based on.
    #[n(3)]
    pub version: u64,
    /// The setting itself, in CBOR; empty if it was removed.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// Whom it reaches.
    #[cbor(n(5), skip_if = "SettingsClass::is_device")]
    pub class: SettingsClass,
}

open_code! {
    /// What a settings row holds.
    SettingsKind {
        /// A [`Product`].
        Product = 1, "product";
        /// A [`Status`].
        Status = 2, "status";
        /// A [`FieldDefinition`].
        Field = 3, "field";
        /// A [`User`].
        User = 4, "user";
        /// The [`Organisation`](crate::settings::Organisation).
        Organisation = 5, "organisation";
        /// The [`ImportKey`](crate::settings::ImportKey).
        ImportKey = 6, "import_key";
    }
}

open_code! {
    /// Whom a settings row reaches (L5).
    #[derive(Default)]
    SettingsClass {
        /// Every device.
        #[default]
        Device = 1, "device";
        /// Devices of administrators.
        Admin = 2, "admin";
        /// No device: it never leaves the server.
        Secret = 3, "secret";
        /// Devices of administrators and managers.
        Manager = 4, "manager";
    }
}

/// A setting of a kind that this version knows.
pub trait Setting: Encode<()> + for<'b> Decode<'b, ()> {
    /// The kind of its rows.
    const KIND: SettingsKind;

    /// Whom its row reaches.
    const CLASS: SettingsClass = SettingsClass::Device;

    /// The most bytes of a body: a bound on what a phone must hold.
    const SIZE_CAP: usize;

    /// The act that a user must be allowed to do to edit such a row (F73).
    const EDITING: Act;

    /// The id of its row.
    fn settings_id(&self) -> SettingsId;

    /// The product it belongs to.
    fn product(&self) -> Option<ProductId>;
}

/// A row that does not hold what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a settings row of kind {kind} is not readable")]
pub struct UnreadableRow {
    /// The kind it claims to be.
    pub kind: SettingsKind,
}

impl SettingsRow {
    /// The row of a setting.
    pub fn new<T: Setting>(setting: &T, version: u64) -> Self {
        let body = minicbor::to_vec(setting);
        debug_assert!(body.is_ok(), "a vector takes every byte");
        Self {
            kind: T::KIND,
            id: setting.settings_id(),
            product: setting.product(),
            version,
            body: body.unwrap_or_default(),
            class: T::CLASS,
        }
    }

    /// Whether the setting was removed; the row stays, so that its removal replicates.
    pub fn is_removed(&self) -> bool {
        self.body.is_empty()
    }

    /// The setting in it. Members that this version does not know are skipped; the row keeps them.
    ///
    /// # Errors
    ///
    /// The row is of another kind or removed, its body is not readable or longer than its cap, or
    /// its id and product are not those of the setting.
    pub fn read<T: Setting>(&self) -> Result<T, UnreadableRow> {
        let unreadable = UnreadableRow { kind: self.kind };
        if self.kind != T::KIND || self.body.len() > T::SIZE_CAP {
            return Err(unreadable);
        }
        let mut decoder = Decoder::new(&self.body);
        let setting: T = decoder.decode().map_err(|_| unreadable)?;
        // Bytes behind the setting would let one setting have several bodies.
        let whole = decoder.position() == self.body.len();
        // A body under a foreign id would replace a setting that its editor never named.
        let named = setting.settings_id() == self.id && setting.product() == self.product;
        if whole && named { Ok(setting) } else { Err(unreadable) }
    }
}

impl NewProduct {
    /// The rows of the product, its statuses and its fields, in their first version.
    pub fn rows(&self) -> Vec<SettingsRow> {
        let product = std::iter::once(SettingsRow::new(&self.product, 1));
        let statuses = self.statuses.iter().map(|status| SettingsRow::new(status, 1));
        let fields = self.fields.iter().map(|field| SettingsRow::new(field, 1));
        product.chain(statuses).chain(fields).collect()
    }
}

impl SettingsClass {
    /// Whether a row of this class is sent to the devices of a user with this role (L5). A class that this
    /// version does not know is sent to nobody.
    pub const fn reaches(self, role: Role) -> bool {
        match self {
            Self::Device => true,
            Self::Admin => matches!(role, Role::Admin),
            Self::Manager => matches!(role, Role::Admin | Role::Manager),
            Self::Secret | Self::Other(_) => false,
        }
    }

    fn is_device(&self) -> bool {
        *self == Self::Device
    }
}

/// The id of a settings row: that of the product, status, field or user it holds, or its own.
///
/// Its text form is a hyphenated lower-case UUID.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SettingsId(Uuid);

impl SettingsId {
    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
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

impl From<Uuid> for SettingsId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for SettingsId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for SettingsId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SettingsId({self})")
    }
}

impl FromStr for SettingsId {
    type Err = IdError;

    /// Accepts the canonical text form only.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let id = Uuid::from_str(text).map(Self).map_err(|_| IdError("SettingsId"))?;
        if id.to_string() == text { Ok(id) } else { Err(IdError("SettingsId")) }
    }
}

impl<C> Encode<C> for SettingsId {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(self.as_bytes())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for SettingsId {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        fixed_bytes(d).map(Self::from_bytes)
    }
}

macro_rules! settings_ids {
    ($($id:ident),+) => {$(
        impl From<$id> for SettingsId {
            fn from(id: $id) -> Self {
                Self(id.uuid())
            }
        }
    )+};
}

settings_ids!(ProductId, StatusId, FieldId, UserId);

impl Setting for Product {
    const KIND: SettingsKind = SettingsKind::Product;
    const SIZE_CAP: usize = 4 << 10;
    const EDITING: Act = Act::EditSettings;

    fn settings_id(&self) -> SettingsId {
        self.id.into()
    }

    fn product(&self) -> Option<ProductId> {
        Some(self.id)
    }
}

impl Setting for Status {
    const KIND: SettingsKind = SettingsKind::Status;
    const SIZE_CAP: usize = 8 << 10;
    const EDITING: Act = Act::EditSettings;

    fn settings_id(&self) -> SettingsId {
        self.id.into()
    }

    fn product(&self) -> Option<ProductId> {
        Some(self.product)
    }
}

impl Setting for FieldDefinition {
    const KIND: SettingsKind = SettingsKind::Field;
    // A choice of 200 options, each with a long name, is the largest.
    const SIZE_CAP: usize = 48 << 10;
    const EDITING: Act = Act::EditSettings;

    fn settings_id(&self) -> SettingsId {
        self.id.into()
    }

    fn product(&self) -> Option<ProductId> {
        match self.scope {
            FieldScope::Product(product) => Some(product),
            FieldScope::Persons | FieldScope::Companies => None,
        }
    }
}

impl Setting for User {
    const KIND: SettingsKind = SettingsKind::User;
    const SIZE_CAP: usize = 4 << 10;
    const EDITING: Act = Act::ManageUsers;

    fn settings_id(&self) -> SettingsId {
        self.id.into()
    }

    fn product(&self) -> Option<ProductId> {
        None
    }
}
