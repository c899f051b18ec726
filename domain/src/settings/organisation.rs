//! The organisation's own settings.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{Setting, SettingsId, SettingsKind};
use crate::settings::role::Act;
use crate::value::id::ProductId;
use crate::value::money::Currency;
use crate::value::time::Zone;

/// What holds for the organisation as a whole. There is one row of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Organisation {
    /// The firm's name.
    #[n(0)]
    pub name: String,
    /// Its zone, an IANA name: for the hours of automations (C21), and for users whose zone is not known.
    #[n(1)]
    pub zone: String,
    /// Its language and country, such as `hu-HU`.
    #[n(2)]
    pub locale: String,
    /// The currency that an app proposes for a new amount.
    #[n(3)]
    pub currency: Currency,
    /// Whether Admins alone may export (C4).
    #[cbor(n(4), default, skip_if = "is_false")]
    #[serde(default)]
    pub only_admins_export: bool,
}

const fn is_false(flag: &bool) -> bool {
    // Left out of the row, so that rows from before this member keep their bytes.
    !*flag
}

impl Organisation {
    /// The id of its row.
    pub const ROW: SettingsId = SettingsId::from_bytes([0; 16]);
}

impl Default for Organisation {
    /// What holds until an administrator sets it: no name, UTC, English, euros.
    fn default() -> Self {
        Self {
            name: String::new(),
            zone: Zone::UTC.name().to_owned(),
            locale: "en".to_owned(),
            currency: Currency::EUR,
            only_admins_export: false,
        }
    }
}

impl Setting for Organisation {
    const KIND: SettingsKind = SettingsKind::Organisation;
    const SIZE_CAP: usize = 4 << 10;
    const EDITING: Act = Act::EditSettings;

    fn settings_id(&self) -> SettingsId {
        Self::ROW
    }

    fn product(&self) -> Option<ProductId> {
        None
    }
}
