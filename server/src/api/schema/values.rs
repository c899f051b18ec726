//! Values that are no objects: texts, numbers, ids and words.

use roadbook_domain::settings::field::StepMeaning;
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::status::{StatusGroup, StatusMode};
use roadbook_domain::settings::user::Email;
use roadbook_domain::value::id::{DeviceId, DocumentId, FieldId, OrgId, ProductId, StatusId, UserId};
use roadbook_domain::value::key::{Key, MAX_KEY_LEN};
use roadbook_domain::value::money::Currency;
use roadbook_domain::value::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Schema, Schemas};

macro_rules! plain {
    ($($type:ty => $schema:tt;)*) => {$(
        impl Schema for $type {
            fn schema(_: &mut Schemas) -> Value {
                json!($schema)
            }
        }
    )*};
}

plain! {
    String => { "type": "string" };
    &'static str => { "type": "string" };
    bool => { "type": "boolean" };
    u16 => { "type": "integer", "minimum": 0, "maximum": 65_535 };
    u32 => { "type": "integer", "minimum": 0, "maximum": 4_294_967_295_u32 };
    u64 => { "type": "integer", "minimum": 0 };
    usize => { "type": "integer", "minimum": 0 };
    i64 => { "type": "integer" };
    Uuid => { "type": "string", "format": "uuid" };
    DeviceId => { "type": "string", "format": "uuid" };
    DocumentId => { "type": "string", "format": "uuid" };
    FieldId => { "type": "string", "format": "uuid" };
    OrgId => { "type": "string", "format": "uuid" };
    ProductId => { "type": "string", "format": "uuid" };
    StatusId => { "type": "string", "format": "uuid" };
    UserId => { "type": "string", "format": "uuid" };
}

macro_rules! named {
    ($($type:ident => $schema:tt;)*) => {$(
        impl Schema for $type {
            fn schema(schemas: &mut Schemas) -> Value {
                schemas.named::<Self>(stringify!($type), |_| json!($schema))
            }
        }
    )*};
}

named! {
    Timestamp => { "type": "integer", "description": "Milliseconds since 1970 in UTC." };
    Email => {
        "type": "string", "format": "email", "maxLength": 254, "examples": ["anna@example.com"],
        "description": "An address in ASCII. Capitals become small letters.",
    };
    Key => {
        "type": "string", "pattern": format!("^[a-z0-9_]{{1,{MAX_KEY_LEN}}}$"), "examples": ["negotiating"],
        "description": "A short word, unique where it is used. It never changes and is never shown: names are.",
    };
    Currency => {
        "type": "string", "pattern": "^[A-Z]{3}$", "examples": ["HUF"], "description": "A code of ISO 4217.",
    };
    Role => {
        "type": "string", "enum": Role::ALL,
        "description": "What a user may do. Admin: everything. Manager: everything but settings and users. User: the \
                        cards. Restricted: the cards that they see.",
    };
    ProductKind => {
        "type": "string", "enum": ProductKind::ALL,
        "description": "What a product is made from: a kind of the gallery.",
    };
    StatusGroup => {
        "type": "string", "enum": StatusGroup::ALL,
        "description": "Where in the process a status lies: not begun, under way, ended well, ended badly.",
    };
    StatusMode => {
        "type": "string", "enum": [StatusMode::Fixed, StatusMode::Custom, StatusMode::Derived],
        "description": "Who decides which statuses there are, and which of them a card is in. Fixed: the set is fixed. \
                        Custom: an Admin edits it. Derived: it is fixed, and a card's status follows from its fields.",
    };
    StepMeaning => {
        "type": "string", "enum": StepMeaning::ALL,
        "description": "What an option of the step of Sales means for a lead: it is worked on, it is close to \
                        buying, it bought, it will not buy.",
    };
}

impl<T: Schema> Schema for Vec<T> {
    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "type": "array", "items": T::schema(schemas) })
    }
}

impl<T: Schema> Schema for Option<T> {
    const IS_OPTIONAL: bool = true;

    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "anyOf": [T::schema(schemas), { "type": "null" }] })
    }
}
