//! Fields as a form shows them: by their definitions, in their order, each with its value.

use std::collections::BTreeMap;

use roadbook_domain::settings::Settings;
use roadbook_domain::settings::field::{
    self, FieldDefinition, FieldKind, FieldScope, FieldTexts, parse_register,
};
use roadbook_domain::value::decimal::Decimal;
use roadbook_domain::value::due::Due;
use roadbook_domain::value::id::{FieldId, UserId};
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
    /// A day and a time.
    DayTime {
        /// A minute on the clocks of a zone: `2026-11-22T09:00[Europe/Budapest]`, never a whole day.
        at: Due,
    },
    /// A colleague who has or had access.
    User {
        /// The user.
        user: UserId,
    },
    /// An email address.
    Email {
        /// The address.
        email: String,
    },
    /// A telephone number.
    Phone {
        /// The number as it was written.
        phone: String,
    },
    /// The address of a page in the web.
    Url {
        /// The address: `http` or `https`, and a host.
        url: String,
    },
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
            field::FieldValue::DayTime(at) => Self::DayTime { at },
            field::FieldValue::User(user) => Self::User { user },
            field::FieldValue::Email(email) => Self::Email { email },
            field::FieldValue::Phone(phone) => Self::Phone { phone },
            field::FieldValue::Url(url) => Self::Url { url },
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
            FieldValue::DayTime { at } => Self::DayTime(at),
            FieldValue::User { user } => Self::User(user),
            FieldValue::Email { email } => Self::Email(email),
            FieldValue::Phone { phone } => Self::Phone(phone),
            FieldValue::Url { url } => Self::Url(url),
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
            | (Self::Flag, FieldKind::Flag)
            | (Self::DayTime { .. }, FieldKind::DayTime)
            | (Self::User { .. }, FieldKind::User)
            | (Self::Email { .. }, FieldKind::Email)
            | (Self::Phone { .. }, FieldKind::Phone)
            | (Self::Url { .. }, FieldKind::Url) => true,
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

#[cfg(test)]
mod tests {
    use roadbook_domain::crm::row::ContactSort;
    use roadbook_domain::settings::{LOCAL_USER, SettingsRow};

    use super::*;
    use crate::app::{ContactEdit, ContactView, NewContact, create_contact, edit_contact};
    use crate::error::Missing;
    use crate::testing::Phone;

    const MINUTE: &str = "2026-11-22T09:00[Europe/Budapest]";

    #[test]
    fn a_value_is_written_into_a_field_of_its_kind_and_no_other() {
        let text = |text: &str| text.to_owned();
        let samples = [
            (FieldKind::Text, FieldValue::Text { text: text("A word") }),
            (FieldKind::Decimal, FieldValue::Number { number: "-1.5".parse().unwrap() }),
            (FieldKind::Day, FieldValue::Day { day: "2026-11-22".parse().unwrap() }),
            (FieldKind::Flag, FieldValue::Flag),
            (FieldKind::DayTime, FieldValue::DayTime { at: MINUTE.parse().unwrap() }),
            (FieldKind::User, FieldValue::User { user: LOCAL_USER }),
            (FieldKind::Email, FieldValue::Email { email: text("anna@example.com") }),
            (FieldKind::Phone, FieldValue::Phone { phone: text("06 1 234 5678") }),
            (FieldKind::Url, FieldValue::Url { url: text("https://example.com/menu") }),
        ];
        let wrong: Result<field::FieldValue, _> = Err(ApiError::Invalid { reason: Reason::WrongForm });
        for (kind, _) in &samples {
            for (own, value) in &samples {
                let expected = if kind == own { Ok(value.clone().into()) } else { wrong.clone() };
                assert_eq!(value.of_kind(kind), expected, "{value:?} as {kind:?}");
            }
        }
        for (kind, value) in [
            (FieldKind::DayTime, FieldValue::DayTime { at: "2026-11-22".parse().unwrap() }),
            (FieldKind::Email, FieldValue::Email { email: text("anna") }),
            (FieldKind::Email, FieldValue::Email { email: text(" anna@example.com") }),
            (FieldKind::Phone, FieldValue::Phone { phone: text("n/a") }),
            (FieldKind::Url, FieldValue::Url { url: text("javascript:alert(1)") }),
            (FieldKind::Url, FieldValue::Url { url: text("example.com") }),
        ] {
            assert_eq!(value.of_kind(&kind), wrong, "{value:?}");
        }
    }

    #[test]
    fn a_field_names_a_colleague_who_is_there_and_shows_an_id_that_nobody_has() {
        let phone = Phone::local(1);
        let field = FieldDefinition {
            id: FieldId::derived(&[b"trainer"]),
            scope: FieldScope::Persons,
            key: None,
            name: "Trainer".to_owned(),
            kind: FieldKind::User,
            order: 1,
            retired: false,
            required_for: Vec::new(),
        };
        let row = SettingsRow::new(&field, 1);
        phone
            .client
            .changing(|tx| Ok((crate::store::settings::put(tx, &[row])?, Default::default())))
            .unwrap();
        let new = NewContact {
            sort: ContactSort::Person,
            given_name: "Anna".to_owned(),
            family_name: "Kovács".to_owned(),
            edits: Vec::new(),
        };
        let anna = create_contact(&phone.client, &new).unwrap().id;
        let set = |user| {
            let value = Some(FieldValue::User { user });
            edit_contact(&phone.client, anna, &[ContactEdit::SetField { field: field.id, value }])
        };
        let nobody = UserId::from_bytes([9; 16]);
        assert_eq!(set(nobody).err(), Some(ApiError::NotFound { what: Missing::User }));
        set(LOCAL_USER).unwrap();
        let shown = ContactView::open(&phone.client, anna).unwrap().fields;
        assert_eq!(shown, [FieldView { field: field.id, value: FieldValue::User { user: LOCAL_USER } }]);
        let read = field.kind.read(&nobody.to_string()).map(FieldValue::from);
        assert_eq!(read, Some(FieldValue::User { user: nobody }));
    }
}
