//! Settings, as the domain declares them.

use roadbook_domain::settings::Organisation;
use roadbook_domain::settings::catalogue::Names;
use roadbook_domain::settings::field::{ChoiceOption, FieldDefinition, FieldKind, FieldScope, StepMeaning};
use roadbook_domain::settings::product::{Product, ProductKind};
use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::status::{Status, StatusGroup, StatusTodo};
use roadbook_domain::settings::user::{Email, User};
use roadbook_domain::value::id::{FieldId, ProductId, StatusId, UserId};
use roadbook_domain::value::key::Key;
use roadbook_domain::value::money::Currency;
use serde_json::{Value, json};

use super::{Schema, Schemas, object};

object! {
    /// A colleague who has or had access.
    User {
        /// Made by the server.
        id: UserId,
        /// The login. An edit without it is refused.
        email: Option<Email>,
        /// May be empty.
        family_name: String,
        /// May be empty.
        given_name: String,
        role: Role,
        /// The IANA name of the zone in which their days are judged.
        zone: String,
        /// Language and country, such as `hu-HU`.
        locale: String,
        /// Whether they have access.
        active: bool,
        /// Whether they issue invoices although their role does not allow it.
        #[serde(default)]
        issues_invoices: bool,
    }

    /// A working area with its own steps, fields and cards.
    Product {
        /// Made by the server; those of the first four products are fixed.
        id: ProductId,
        /// Never changes.
        kind: ProductKind,
        /// Its name in the top bar; empty: the gallery's, in the reader's language.
        name: String,
        /// What one card is called; empty: as in the gallery.
        item_noun: String,
        /// Its place in the top bar; ties go by id.
        order: u32,
        /// Whether it is in use. The one where inbox cards live always is.
        enabled: bool,
        /// After how many days a status changes by itself, at least 1; null: never.
        lapse_days: Option<u16>,
    }

    /// A step of a product's process.
    Status {
        /// Made by the server; follows from product and key where the gallery made it.
        id: StatusId,
        /// Never changes.
        product: ProductId,
        /// Its key in the gallery; null for one that an Admin added. Never changes.
        key: Option<Key>,
        /// May be empty only where the gallery has a name.
        name: String,
        group: StatusGroup,
        /// Its place in its group; ties go by id.
        order: u32,
        /// Whether it can no longer be chosen.
        #[serde(default)]
        retired: bool,
        /// What a card that enters it is given.
        todo: Option<StatusTodo>,
    }

    /// The todo that a status gives to cards.
    StatusTodo {
        /// May be empty only where the gallery has a text.
        text: String,
        /// How many days after the card enters the status it is due.
        due_days: u16,
    }

    /// What a firm wants to know about each card or contact.
    FieldDefinition {
        /// Made by the server; follows from product and key where the gallery made it.
        id: FieldId,
        scope: FieldScope,
        /// Its key in the gallery; null for one that an Admin added. Never changes.
        key: Option<Key>,
        /// May be empty only where the gallery has a name.
        name: String,
        kind: FieldKind,
        /// Its place among the fields of its scope; ties go by id.
        order: u32,
        /// Whether it is no longer shown; its values stay.
        #[serde(default)]
        retired: bool,
        /// The statuses of its product that a card should not enter without it. Users are warned, never stopped.
        #[serde(default)]
        required_for: Vec<StatusId>,
    }

    /// An option of a choice.
    ChoiceOption {
        /// Unique in its field, and never another option's.
        key: Key,
        /// May be empty only where the gallery has a name.
        name: String,
        /// Whether it can no longer be chosen; cards that have it keep it.
        #[serde(default)]
        retired: bool,
        /// Needed of the options of the step of Sales, and of no others.
        #[serde(default)]
        means: Option<StepMeaning>,
    }

    /// What holds for the organisation as a whole.
    Organisation {
        /// The firm's name.
        name: String,
        /// Its IANA name: for the hours of automations, and for users whose zone is not known.
        zone: String,
        /// Language and country, such as `hu-HU`.
        locale: String,
        /// What an app proposes for a new amount.
        currency: Currency,
        /// Whether Admins alone may export.
        #[serde(default)]
        only_admins_export: bool,
    }

    /// A name in each language.
    Names {
        en: &'static str,
        hu: &'static str,
        ro: &'static str,
    }
}

impl Schema for FieldScope {
    fn schema(schemas: &mut Schemas) -> Value {
        schemas.named::<Self>("FieldScope", |schemas| {
            let product = ProductId::schema(schemas);
            json!({
                "description": "What has a field: the cards of a product, all persons or all companies. Never changes.",
                "oneOf": [
                    { "type": "object", "properties": { "product": product }, "required": ["product"] },
                    { "type": "string", "enum": ["persons", "companies"] },
                ],
            })
        })
    }
}

impl Schema for FieldKind {
    fn schema(schemas: &mut Schemas) -> Value {
        schemas.named::<Self>("FieldKind", |schemas| {
            let options = Vec::<ChoiceOption>::schema(schemas);
            let plain = [
                "text",
                "long_text",
                "decimal",
                "money",
                "day",
                "day_time",
                "flag",
                "user",
                "email",
                "phone",
                "url",
            ];
            json!({
                "description": "What the values of a field are. A choice stays a choice and keeps its options; one \
                                that takes several does so for good. A long text stays one, and so does a user. All \
                                others may change.",
                "oneOf": [
                    {
                        "type": "object",
                        "properties": {
                            "type": { "type": "string", "enum": ["choice"] },
                            "options": options,
                            "multiple": { "type": "boolean" },
                        },
                        "required": ["type", "options", "multiple"],
                    },
                    {
                        "type": "object",
                        "properties": { "type": { "type": "string", "enum": plain } },
                        "required": ["type"],
                    },
                ],
            })
        })
    }
}
