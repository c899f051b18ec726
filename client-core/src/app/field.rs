//! Fields as a form shows them: by their definitions, in their order, each with its value.

use std::collections::BTreeMap;

use roadbook_domain::settings::Settings;
use roadbook_domain::settings::field::{
    self, FieldDefinition, FieldKind, FieldScope, FieldTexts, parse_register,
};
use roadbook_domain::value::decimal::Decimal;
use roadbook_domain::value::id::FieldId;
use roadbook_domain::value::key::Key;
use roadbook_domain::value::money::{Currency, Money};
use roadbook_domain::value::time::Day;

use crate::error::{ApiError, Reason};

/// What a field of a card or contact holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
pub enum FieldValue {
    /// Text, of one line or of many.
    Text {
        /// The text.
        text: String,
    },
    /// An exact number.
    Number {
        /// Its one text form: `-1.5`.
        number: Decimal,
    },
    /// An amount of money.
    Amount {
        /// How much, in major units.
        amount: Decimal,
        /// Of what: three capital letters.
        currency: Currency,
    },
    /// The option chosen.
    Choice {
        /// Its key.
        option: Key,
    },
    /// The options chosen, at least one.
    Choices {
        /// Their keys, in order.
        options: Vec<Key>,
    },
    /// A day.
    Day {
        /// The day.
        day: Day,
    },
    /// The flag is set.
    Flag,
    /// Text that this version cannot read as a value of the field: to be shown as it is.
    Other {
        /// The text.
        text: String,
    },
}

/// A field with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct FieldView {
    /// The field; its name and kind are among the settings.
    pub field: FieldId,
    /// What it holds.
    pub value: FieldValue,
}

/// The fields that hold something, in the order of a form; those that no definition is known of come last.
///
/// `texts` are registers as a row holds them, `long` the long texts by register.
pub(crate) fn fields(
    settings: &Settings,
    scope: Option<FieldScope>,
    texts: &[(String, String)],
    long: &[(String, String)],
) -> Vec<FieldView> {
    let registers = FieldTexts::new(texts);
    let known: Vec<&FieldDefinition> =
        scope.map(|scope| settings.fields(scope).collect()).unwrap_or_default();
    let mut fields: Vec<FieldView> = known.iter().filter_map(|field| view(field, registers, long)).collect();
    let mut others: BTreeMap<FieldId, Vec<String>> = BTreeMap::new();
    for (register, text) in texts.iter().chain(long).filter(|(_, text)| !text.is_empty()) {
        let Some((id, option)) = parse_register(register) else { continue };
        if known.iter().all(|field| field.id != id) {
            let text = option.map_or_else(|| text.clone(), |option| option.to_string());
            let texts = others.entry(id).or_default();
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    fields.extend(
        others
            .into_iter()
            .map(|(field, texts)| FieldView { field, value: FieldValue::Other { text: texts.join(" ") } }),
    );
    fields
}

fn view(field: &FieldDefinition, texts: FieldTexts<'_>, long: &[(String, String)]) -> Option<FieldView> {
    let register = field.id.to_string();
    // A field may have become a long text, or been one: what is written stays.
    let long = long.iter().find(|(name, text)| *name == register && !text.is_empty());
    let value = match long {
        Some((_, text)) => FieldValue::Text { text: text.clone() },
        None => field.value(texts)?.into(),
    };
    Some(FieldView { field: field.id, value })
}

impl From<field::FieldValue> for FieldValue {
    fn from(value: field::FieldValue) -> Self {
        match value {
            field::FieldValue::Text(text) => Self::Text { text },
            field::FieldValue::Decimal(number) => Self::Number { number },
            field::FieldValue::Money(Money { amount, currency }) => Self::Amount { amount, currency },
            field::FieldValue::Choice(option) => Self::Choice { option },
            field::FieldValue::Choices(options) => Self::Choices { options: options.into_iter().collect() },
            field::FieldValue::Day(day) => Self::Day { day },
            field::FieldValue::Flag => Self::Flag,
            field::FieldValue::Raw(text) => Self::Other { text },
        }
    }
}

impl From<FieldValue> for field::FieldValue {
    fn from(value: FieldValue) -> Self {
        match value {
            FieldValue::Text { text } => Self::Text(text),
            FieldValue::Number { number } => Self::Decimal(number),
            FieldValue::Amount { amount, currency } => Self::Money(Money { amount, currency }),
            FieldValue::Choice { option } => Self::Choice(option),
            FieldValue::Choices { options } => Self::Choices(options.into_iter().collect()),
            FieldValue::Day { day } => Self::Day(day),
            FieldValue::Flag => Self::Flag,
            FieldValue::Other { text } => Self::Raw(text),
        }
    }
}

impl FieldValue {
    /// Its text in a register. Several options are several registers, and have no text that leads back to them.
    pub(crate) fn text(&self) -> String {
        field::FieldValue::from(self.clone()).to_string()
    }

    /// As the domain writes it into a field of this kind.
    ///
    /// # Errors
    /// [`Reason::WrongForm`] if it is a value of another kind, or an option that the field does not have.
    pub(crate) fn of_kind(&self, kind: &FieldKind) -> Result<field::FieldValue, ApiError> {
        let has = |option: &Key| match kind {
            FieldKind::Choice { options, .. } => options.iter().any(|known| known.key == *option),
            _ => false,
        };
        let is_of_kind = match (self, kind) {
            (Self::Text { .. }, FieldKind::Text)
            | (Self::Number { .. }, FieldKind::Decimal)
            | (Self::Amount { .. }, FieldKind::Money)
            | (Self::Day { .. }, FieldKind::Day)
            | (Self::Flag, FieldKind::Flag) => true,
            (Self::Choice { option }, FieldKind::Choice { multiple: false, .. }) => has(option),
            (Self::Choices { options }, FieldKind::Choice { multiple: true, .. }) => options.iter().all(has),
            _ => false,
        };
        if !is_of_kind {
            return Err(ApiError::Invalid { reason: Reason::WrongForm });
        }
        let value = field::FieldValue::from(self.clone());
        match &value {
            // Several keys are several registers.
            field::FieldValue::Choices(_) => Ok(value),
            one => match kind.check(&one.to_string()) {
                Ok(()) => Ok(value),
                Err(_) => Err(ApiError::Invalid { reason: Reason::WrongForm }),
            },
        }
    }
}
