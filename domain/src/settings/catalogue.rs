//! The catalogue: what each kind of product comes with, as data (F12-F16, F23, F24, C16-C18).
//!
//! Statuses and fields from the catalogue have derived ids, so every phone and every server that makes
//! the same product makes the same statuses and fields. Their names stay empty in the rows until an
//! administrator gives one: the catalogue has the names in every language.

mod commerce;
mod derived;
mod general;
mod names;
mod people;
mod sales;

pub use derived::{Derived, DerivedFrom, LapseClock, derived_status};
pub use names::{Language, Names};

use names::names;

/// The name of a new user's inbox card.
pub const INBOX: Names = names("Inbox", "Beérkező", "Primite");

use crate::settings::field::{ChoiceOption, FieldDefinition, FieldKind, FieldScope, StepMeaning};
use crate::settings::product::{Product, ProductKind};
use crate::settings::status::{Status, StatusGroup, StatusMode, StatusTodo};
use crate::value::id::{FieldId, ProductId, StatusId};
use crate::value::key::Key;

/// What a kind of product comes with.
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
    /// Whether the functions of this kind are not built yet; the gallery then shows *preview* (C27).
    pub preview: bool,
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
    /// The todo that it hands out (C9).
    pub todo: Option<TodoSpec>,
}

/// The todo of a status of the catalogue (C9).
#[derive(Debug)]
pub struct TodoSpec {
    /// What is to be done.
    pub names: Names,
    /// [`StatusTodo::due_days`].
    pub due_days: u16,
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
    /// Whether the derived status follows from it. Such a field is never retired and keeps its kind (F19),
    /// and its options are fixed unless each says what it means (C24).
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
    /// [`ChoiceOption::means`].
    pub means: Option<StepMeaning>,
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

/// What a kind comes with; `None` for a kind that this version does not know.
pub fn spec(kind: ProductKind) -> Option<&'static KindSpec> {
    KINDS.iter().copied().find(|spec| spec.kind == kind)
}

/// Who decides which status a card of this kind has. A kind that this version does not know counts as
/// [`StatusMode::Custom`], so that the stored status of its cards is shown.
pub fn status_mode(kind: ProductKind) -> StatusMode {
    spec(kind).map_or(StatusMode::Custom, |spec| spec.mode)
}

/// A new product of a kind, with all that the catalogue gives it, at a place in the top bar. Its rows
/// have no names of their own: the catalogue's are shown.
pub fn new_product(id: ProductId, spec: &KindSpec, order: u32) -> NewProduct {
    let product = Product {
        id,
        kind: spec.kind,
        name: String::new(),
        item_noun: String::new(),
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
            name: String::new(),
            group: self.group,
            order: place * PLACE,
            retired: false,
            todo: self.todo.as_ref().map(|todo| StatusTodo { text: String::new(), due_days: todo.due_days }),
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
            name: String::new(),
            kind: self.values.kind(),
            order: place * PLACE,
            retired: false,
            required_for: Vec::new(),
        }
    }

    /// Whether each of its options says what it means; a firm may then change the options (C24).
    pub fn has_meanings(&self) -> bool {
        match self.values {
            Values::Choice(options) => options.iter().any(|option| option.means.is_some()),
            _ => false,
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
        ChoiceOption { key: Key::builtin(self.key), name: String::new(), retired: false, means: self.means }
    }
}

impl ProductKind {
    /// Whether the functions of this kind are not built yet: its products hold cards and nothing more (C27).
    pub fn is_preview(self) -> bool {
        spec(self).is_some_and(|spec| spec.preview)
    }
}

impl Product {
    /// The name that an administrator gave it, else the catalogue's in the reader's language. Empty only
    /// for an unnamed product of a kind that this version does not know.
    pub fn display_name(&self, language: Language) -> &str {
        spec(self.kind).map_or(&self.name, |spec| spec.names.unless(&self.name, language))
    }

    /// What one card is called (F40), as in [`Product::display_name`].
    pub fn display_noun(&self, language: Language) -> &str {
        spec(self.kind).map_or(&self.item_noun, |spec| spec.item_noun.unless(&self.item_noun, language))
    }
}

/// The distance between two places, so that something can be put between them later.
const PLACE: u32 = 10;

const fn status(
    key: &'static str,
    group: StatusGroup,
    en: &'static str,
    hu: &'static str,
    ro: &'static str,
) -> StatusSpec {
    StatusSpec { key, group, names: names(en, hu, ro), todo: None }
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
    OptionSpec { key, names: names(en, hu, ro), means: None }
}

impl StatusSpec {
    /// The same status, which hands out a todo that is due so many days later.
    const fn todo(self, due_days: u16, en: &'static str, hu: &'static str, ro: &'static str) -> Self {
        Self { todo: Some(TodoSpec { names: names(en, hu, ro), due_days }), ..self }
    }
}

impl OptionSpec {
    /// The same option of a step, with what it means (C24).
    const fn means(self, meaning: StepMeaning) -> Self {
        Self { means: Some(meaning), ..self }
    }
}

impl FieldSpec {
    /// The same field, as an input of the derived status.
    const fn deciding(self) -> Self {
        Self { decides_status: true, ..self }
    }
}

#[cfg(test)]
mod tests;
