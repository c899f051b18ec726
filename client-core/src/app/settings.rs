//! Settings as screens and forms need them: products with their statuses and fields, and colleagues, each with the
//! name that is shown in the user's language.

use roadbook_domain::access::permissions;
use roadbook_domain::settings::Settings;
use roadbook_domain::settings::catalogue::{Language, status_mode};
use roadbook_domain::settings::field::{FieldDefinition, FieldKind, FieldScope};
use roadbook_domain::settings::product::{Product, ProductKind};
use roadbook_domain::settings::role::{Act, Role};
use roadbook_domain::settings::status::{Status, StatusGroup};
use roadbook_domain::settings::user::User;
use roadbook_domain::value::id::{FieldId, ProductId, StatusId, UserId};
use roadbook_domain::value::key::Key;
use roadbook_domain::value::money::Currency;

use crate::client::Client;
use crate::error::ApiError;

/// The settings that hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct SettingsView {
    /// The organisation's own.
    pub organisation: OrganisationView,
    /// The products, in the order of the top bar; also those that are switched off.
    pub products: Vec<ProductView>,
    /// The fields of persons.
    pub person_fields: Vec<FieldInfo>,
    /// The fields of companies.
    pub company_fields: Vec<FieldInfo>,
    /// The colleagues who have or had access, by family name.
    pub users: Vec<UserView>,
}

/// What holds for the organisation as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct OrganisationView {
    /// The firm's name; empty in a local workspace.
    pub name: String,
    /// Its zone, an IANA name.
    pub zone: String,
    /// Its language and country, such as `hu-HU`.
    pub locale: String,
    /// The currency to propose for a new amount.
    pub currency: Currency,
}

/// A product: a working area with its own statuses, fields and cards (F7).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct ProductView {
    /// The product.
    pub id: ProductId,
    /// What it was made from.
    pub kind: ProductKind,
    /// Its name, for the top bar.
    pub name: String,
    /// What one of its cards is called.
    pub item_noun: String,
    /// Whether it is in use; one that is switched off keeps its cards.
    pub enabled: bool,
    /// Whether cards are moved by hand; else their status follows from their fields, and `moves_to` tells which
    /// fields to set.
    pub moved_by_hand: bool,
    /// Its statuses, in the order of the process; also retired ones.
    pub statuses: Vec<StatusView>,
    /// The fields of its cards, in the order of a form; also retired ones.
    pub fields: Vec<FieldInfo>,
}

/// A status of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct StatusView {
    /// The status.
    pub id: StatusId,
    /// Its name.
    pub name: String,
    /// Where in the process it lies.
    pub group: StatusGroup,
    /// Whether it can no longer be chosen.
    pub retired: bool,
}

/// A field of cards or contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct FieldInfo {
    /// The field.
    pub id: FieldId,
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: FieldType,
    /// Whether it is no longer shown; its values stay.
    pub retired: bool,
    /// The statuses that a card should not enter without it (F43): warn the user, never stop them.
    pub required_for: Vec<StatusId>,
}

/// What the values of a field are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
pub enum FieldType {
    /// One line of text.
    Text,
    /// Text of many lines, in which two users may write at the same time.
    LongText,
    /// An exact number.
    Number,
    /// An amount of money.
    Amount,
    /// One of some options, or any number of them.
    Choice {
        /// The options, in the order shown.
        options: Vec<OptionView>,
        /// Whether several may be chosen.
        multiple: bool,
    },
    /// A calendar day.
    Day,
    /// Yes, or nothing.
    Flag,
    /// A day and a time, on the clocks of a zone.
    DayTime,
    /// A colleague who has or had access.
    User,
    /// An email address.
    Email,
    /// A telephone number.
    Phone,
    /// The address of a page in the web.
    Url,
    /// A kind that this version does not know: show its values as they are.
    Other {
        /// Its number.
        code: u32,
    },
}

/// An option of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct OptionView {
    /// Its key, which a value holds.
    pub key: Key,
    /// Its name.
    pub name: String,
    /// Whether it can no longer be chosen.
    pub retired: bool,
}

/// A colleague who has or had access.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct UserView {
    /// The user.
    pub id: UserId,
    /// The name as readers of the language expect it.
    pub name: String,
    /// The login; `None` for the user of a local workspace.
    pub email: Option<String>,
    /// What the user may do (F67).
    pub role: Role,
    /// Their zone, an IANA name: it decides when a due day of theirs ends (T4).
    pub zone: String,
    /// Whether the user has access now.
    pub active: bool,
}

impl SettingsView {
    /// The settings that hold, with names in the language of the user.
    ///
    /// # Errors
    /// Of the storage.
    pub fn read(client: &Client) -> Result<Self, ApiError> {
        let settings = client.settings()?;
        let me = client.me()?.and_then(|me| settings.user(me.user));
        let organisation = settings.organisation();
        let language = Language::of(me.map_or(&organisation.locale, |me| &me.locale));
        let fields = |scope| FieldInfo::list(&settings, scope, language);
        Ok(Self {
            organisation: OrganisationView {
                name: organisation.name.clone(),
                zone: organisation.zone.clone(),
                locale: organisation.locale.clone(),
                currency: organisation.currency,
            },
            products: settings
                .products()
                .map(|product| ProductView::of(&settings, product, language))
                .collect(),
            person_fields: fields(FieldScope::Persons),
            company_fields: fields(FieldScope::Companies),
            users: settings.users().map(|user| UserView::of(user, language)).collect(),
        })
    }
}

/// Whether the user's role and organisation allow something: hide what they do not. The server judges, too.
///
/// # Errors
/// [`ApiError::NoUser`].
pub fn may(client: &Client, act: Act) -> Result<bool, ApiError> {
    let settings = client.settings()?;
    let me = client.me()?.ok_or(ApiError::NoUser)?;
    let organisation = me.org.map(|_| settings.organisation());
    Ok(settings.user(me.user).is_some_and(|user| permissions::may(act, user, organisation)))
}

impl ProductView {
    fn of(settings: &Settings, product: &Product, language: Language) -> Self {
        let status = |status: &Status| StatusView {
            id: status.id,
            name: settings.status_name(status, language).to_owned(),
            group: status.group,
            retired: status.retired,
        };
        Self {
            id: product.id,
            kind: product.kind,
            name: product.display_name(language).to_owned(),
            item_noun: product.display_noun(language).to_owned(),
            enabled: product.enabled,
            moved_by_hand: status_mode(product.kind).is_stored(),
            statuses: settings.statuses(product.id).map(status).collect(),
            fields: FieldInfo::list(settings, FieldScope::Product(product.id), language),
        }
    }
}

impl FieldInfo {
    fn list(settings: &Settings, scope: FieldScope, language: Language) -> Vec<Self> {
        let of = |field: &FieldDefinition| Self {
            id: field.id,
            name: settings.field_name(field, language).to_owned(),
            kind: FieldType::of(settings, field, language),
            retired: field.retired,
            required_for: field.required_for.clone(),
        };
        settings.fields(scope).map(of).collect()
    }
}

impl FieldType {
    fn of(settings: &Settings, field: &FieldDefinition, language: Language) -> Self {
        match &field.kind {
            FieldKind::Text => Self::Text,
            FieldKind::LongText => Self::LongText,
            FieldKind::Decimal => Self::Number,
            FieldKind::Money => Self::Amount,
            FieldKind::Choice { options, multiple } => {
                let option = |option: &roadbook_domain::settings::field::ChoiceOption| OptionView {
                    key: option.key.clone(),
                    name: settings.option_name(field, option, language).to_owned(),
                    retired: option.retired,
                };
                Self::Choice { options: options.iter().map(option).collect(), multiple: *multiple }
            }
            FieldKind::Day => Self::Day,
            FieldKind::Flag => Self::Flag,
            FieldKind::DayTime => Self::DayTime,
            FieldKind::User => Self::User,
            FieldKind::Email => Self::Email,
            FieldKind::Phone => Self::Phone,
            FieldKind::Url => Self::Url,
            FieldKind::Other(code) => Self::Other { code: *code },
        }
    }
}

impl UserView {
    fn of(user: &User, language: Language) -> Self {
        Self {
            id: user.id,
            name: user.display_name(language),
            email: user.email.as_ref().map(ToString::to_string),
            role: user.role,
            zone: user.zone.clone(),
            active: user.active,
        }
    }
}
