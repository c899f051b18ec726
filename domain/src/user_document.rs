//! User documents: what follows one user between devices (F103).

use crate::change::Actor;
use crate::kind::{AudienceRule, Fresh, Kind, KindId};

/// Preferences by name.
pub const USER: u8 = 0;
/// `<document>`: when the user last opened it.
pub const RECENTS: u8 = 1;
/// `<view>`: `1`, or empty when it is a favourite no more.
pub const FAVORITES: u8 = 2;

/// The kind of all user documents.
pub static KIND: Kind = Kind {
    id: KindId::USER,
    name: "user",
    genesis_actor: Actor(*b"roadbook:user:01"),
    containers: &["user", "recents", "favorites"],
    audience: AudienceRule::Private,
    policy: &[],
    texts: &[],
    fresh: Fresh::new(),
};
