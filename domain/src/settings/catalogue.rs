//! The catalogue: what each kind of product is made with, as data (F12-F16, F23, F24, C16-C18).
//!
//! A product made from the catalogue has statuses and fields with derived ids, so that every phone
//! and every server that makes the same product makes the same statuses and fields.

mod commerce;
mod derived;
mod general;
mod names;
mod people;
mod sales;

pub use derived::{Derived, LapseClock, derived_status};
pub use names::{Language, Names};

use names::names;

/// The name of a new user's inbox card.
pub const INBOX: Names = names("Inbox", "Beérkező", "Primite");

use crate::settings::field::{ChoiceOption, FieldDefinition, FieldKind, FieldScope};
use crate::settings::product::{Product, ProductKind};
use crate::settings::status::{Status, StatusGroup, StatusMode};
use crate::value::id::{FieldId, ProductId, StatusId};
use crate::value::key::Key;

/// What a kind of product is made with.
#[derive(Debug)]
pub struct KindSpec {
    /// The kind.
    pub kind: ProductKind,
    /// Its name in the gallery (F8), and of a new product of it.
    pub names: Names,
    /// What one of its cards is called (F40).
    pub item_noun: Names,
    /// When to choose it: one or two sentences for the gallery (F16).
    pub guidance: Names,
    /// Who decides which status a card has.
    pub mode: StatusMode,
    /// [`Product::lapse_days`] of a new product.
    pub lapse_days: Option<u16>,
    /// Its statuses, in order of their groups.
    pub statuses: &'static [StatusSpec],
    /// Its preset fields, in order (F41, C17).
    pub fields: &'static [FieldSpec],
}

/// A status of the catalogue.
#[derive(Debug)]
pub struct StatusSpec {
    /// Its key, unique in its kind.
    pub key: &'static str,
    /// Its group.
    pub group: StatusGroup,
    /// Its name, which says what is to be done (F24).
    pub names: Names,
}

/// A preset field of the catalogue.
#[derive(Debug)]
pub struct FieldSpec {
    /// Its key, unique in its kind.
    pub key: &'static str,
    /// Its name.
    pub names: Names,
    /// What its values are.
    pub values: Values,
    /// Whether the kind's derived status is a function of it: such a field is neither retired nor
    /// given another kind (F19).
    pub decides_status: bool,
}

/// What the values of a preset field are.
#[derive(Debug)]
pub enum Values {
    /// [`FieldKind::Text`].
    Text,
    /// [`FieldKind::Decimal`].
    Decimal,
    /// [`FieldKind::Money`].
    Money,
    /// A single choice.
    Choice(&'static [OptionSpec]),
    /// [`FieldKind::Day`].
    Day,
    /// [`FieldKind::Flag`].
    Flag,
}

/// An option of a preset choice.
#[derive(Debug)]
pub struct OptionSpec {
    /// Its key, unique in its field.
    pub key: &'static str,
    /// Its name.
    pub names: Names,
}

/// A product with the statuses and fields it starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProduct {
    /// The product.
    pub product: Product,
    /// Its statuses, in order.
    pub statuses: Vec<Status>,
    /// Its preset fields, in order.
    pub fields: Vec<FieldDefinition>,
}

/// The kinds of the gallery, in the order shown: Sales first (F16).
pub const KINDS: &[&KindSpec] = &[
    &sales::SALES,
    &sales::CLASSIC_SALES,
    &sales::CUSTOMERS,
    &sales::CRM,
    &general::PROJECTS,
    &general::PROJECT_MANAGEMENT,
    &general::CUSTOMER_SERVICE,
    &general::INTERNAL_TASKS,
    &general::QUESTIONNAIRE,
    &general::ASSETS,
    &general::CUSTOM,
    &commerce::ORDER,
    &commerce::INVOICING,
    &commerce::INCOMING_INVOICES,
    &commerce::WEBSHOP,
    &commerce::RECURRING_REVENUE,
    &commerce::SUBSCRIPTION,
    &people::HUMAN_RESOURCES,
    &people::LEAVE,
    &people::PARTICIPANTS,
    &people::SUPPLIERS,
    &people::FRANCHISE,
];

/// What a kind is made with; `None` for a kind that this version does not know.
pub fn spec(kind: ProductKind) -> Option<&'static KindSpec> {
    KINDS.iter().copied().find(|spec| spec.kind == kind)
}

/// Who decides which status a card of this kind has. A kind that this version does not know counts
/// as [`StatusMode::Custom`]: its stored status is shown.
pub fn status_mode(kind: ProductKind) -> StatusMode {
    spec(kind).map_or(StatusMode::Custom, |spec| spec.mode)
}

/// A new product of a kind, named and furnished as the catalogue says, at a place in the top bar.
pub fn new_product(id: ProductId, spec: &KindSpec, order: u32) -> NewProduct {
    let product = Product {
        id,
        kind: spec.kind,
        name: spec.names.en.to_owned(),
        item_noun: spec.item_noun.en.to_owned(),
        order,
        enabled: true,
        lapse_days: spec.lapse_days,
    };
    let statuses = spec.statuses.iter().zip(1..).map(|(status, place)| status.make(id, place)).collect();
    let fields = spec.fields.iter().zip(1..).map(|(field, place)| field.make(id, place)).collect();
    NewProduct { product, statuses, fields }
}

/// The id of the status with this key in a product made from the catalogue.
pub fn status_id(product: ProductId, key: &str) -> StatusId {
    StatusId::derived(&[product.as_bytes(), key.as_bytes()])
}

/// The id of the preset field with this key in a product made from the catalogue.
pub fn field_id(product: ProductId, key: &str) -> FieldId {
    FieldId::derived(&[product.as_bytes(), key.as_bytes()])
}

impl KindSpec {
    /// The status with this key.
    pub fn status(&self, key: &str) -> Option<&'static StatusSpec> {
        self.statuses.iter().find(|status| status.key == key)
    }

    /// The preset field with this key.
    pub fn field(&self, key: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|field| field.key == key)
    }
}

impl StatusSpec {
    /// The status of `product`, in the `place`-th place.
    pub(crate) fn make(&self, product: ProductId, place: u32) -> Status {
        Status {
            id: status_id(product, self.key),
            product,
            key: Some(Key::builtin(self.key)),
            name: self.names.en.to_owned(),
            group: self.group,
            order: place * PLACE,
            retired: false,
            todo: None,
        }
    }
}

impl FieldSpec {
    /// The field of `product`, in the `place`-th place.
    pub(crate) fn make(&self, product: ProductId, place: u32) -> FieldDefinition {
        FieldDefinition {
            id: field_id(product, self.key),
            scope: FieldScope::Product(product),
            key: Some(Key::builtin(self.key)),
            name: self.names.en.to_owned(),
            kind: self.values.kind(),
            order: place * PLACE,
            retired: false,
            required_for: Vec::new(),
        }
    }

    /// The option with this key.
    pub fn option(&self, key: &str) -> Option<&'static OptionSpec> {
        match self.values {
            Values::Choice(options) => options.iter().find(|option| option.key == key),
            _ => None,
        }
    }
}

impl Values {
    fn kind(&self) -> FieldKind {
        match self {
            Self::Text => FieldKind::Text,
            Self::Decimal => FieldKind::Decimal,
            Self::Money => FieldKind::Money,
            Self::Choice(options) => {
                FieldKind::Choice { options: options.iter().map(OptionSpec::make).collect(), multiple: false }
            }
            Self::Day => FieldKind::Day,
            Self::Flag => FieldKind::Flag,
        }
    }
}

impl OptionSpec {
    fn make(&self) -> ChoiceOption {
        ChoiceOption { key: Key::builtin(self.key), name: self.names.en.to_owned(), retired: false }
    }
}

impl Product {
    /// The name in the reader's language, as long as it is the catalogue's.
    pub fn display_name(&self, language: Language) -> &str {
        spec(self.kind).map_or(&self.name, |spec| spec.names.localise(&self.name, language))
    }

    /// What one card is called in the reader's language, as long as it is the catalogue's (F40).
    pub fn display_noun(&self, language: Language) -> &str {
        spec(self.kind).map_or(&self.item_noun, |spec| spec.item_noun.localise(&self.item_noun, language))
    }
}

/// The distance of two places, so that something can be put between.
const PLACE: u32 = 10;

const fn status(
    key: &'static str,
    group: StatusGroup,
    en: &'static str,
    hu: &'static str,
    ro: &'static str,
) -> StatusSpec {
    StatusSpec { key, group, names: names(en, hu, ro) }
}

const fn field(
    key: &'static str,
    values: Values,
    en: &'static str,
    hu: &'static str,
    ro: &'static str,
) -> FieldSpec {
    FieldSpec { key, names: names(en, hu, ro), values, decides_status: false }
}

const fn option(key: &'static str, en: &'static str, hu: &'static str, ro: &'static str) -> OptionSpec {
    OptionSpec { key, names: names(en, hu, ro) }
}

impl FieldSpec {
    /// The same field, as an input of the derived status.
    const fn deciding(self) -> Self {
        Self { decides_status: true, ..self }
    }
}

#[cfg(test)]
mod tests;
