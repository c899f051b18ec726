//! The settings that every new organisation and every local workspace starts with.
//!
//! Their ids are fixed. So a local workspace means the same products, statuses and fields as the
//! organisation that it is later attached to (C14).

use super::SettingsRow;
use crate::settings::catalogue::{self, KINDS};
use crate::settings::product::ProductKind;
use crate::settings::role::Role;
use crate::settings::user::User;
use crate::value::id::{ProductId, UserId};
use crate::value::time::Zone;

/// The product *Internal tasks*, where everybody's inbox card lives; it is never switched off.
pub const INBOX_PRODUCT: ProductId = builtin_product(4);

/// The user of every local workspace, until it is attached to an account.
pub const LOCAL_USER: UserId = UserId::from_bytes(builtin_bytes(1));

/// The first products, in the order of the top bar.
const STARTERS: [(ProductId, ProductKind); 4] = [
    (builtin_product(1), ProductKind::Sales),
    (builtin_product(2), ProductKind::Projects),
    (builtin_product(3), ProductKind::CustomerService),
    (INBOX_PRODUCT, ProductKind::InternalTasks),
];

/// The rows of the first products, with their statuses and fields, in version 1. They are the same
/// bytes on every phone and every server.
pub fn builtin_rows() -> Vec<SettingsRow> {
    let specs = STARTERS.iter().zip(1..).filter_map(|((id, kind), place)| {
        let spec = KINDS.iter().find(|spec| spec.kind == *kind)?;
        // Steps of ten leave room to put a product between two others.
        Some(catalogue::new_product(*id, spec, place * 10))
    });
    specs.flat_map(|product| product.rows()).collect()
}

/// The user of a local workspace: an administrator without a login.
pub fn local_user(zone: Zone, locale: &str) -> User {
    User {
        id: LOCAL_USER,
        email: None,
        family_name: String::new(),
        given_name: String::new(),
        role: Role::Admin,
        zone: zone.name().to_owned(),
        locale: locale.to_owned(),
        active: true,
        issues_invoices: false,
    }
}

const fn builtin_product(number: u8) -> ProductId {
    ProductId::from_bytes(builtin_bytes(number))
}

/// `00000000-0000-0000-0000-0000000000nn`. A device never makes such an id: its ids carry the time.
const fn builtin_bytes(number: u8) -> [u8; 16] {
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number]
}
