//! Fields: what a firm wants to know about each card or contact (F41-F43).
//!
//! A document holds texts only, in registers named after the field: `<field id>`, or for a multiple
//! choice one register for each option, `<field id>/<option key>`. What a text means is decided when it
//! is read, so a field may change its kind and no value is lost.

use std::collections::BTreeSet;

use minicbor::{Decode, Decoder, Encode};
use serde::{Deserialize, Serialize};

use crate::crm::command::MAX_VALUE_LEN;
use crate::value::decimal::Decimal;
use crate::value::due::Due;
use crate::value::email::is_email;
use crate::value::id::{FieldId, ProductId, StatusId, UserId};
use crate::value::key::Key;
use crate::value::money::Money;
use crate::value::open_code::open_code;
use crate::value::phone::is_phone;
use crate::value::time::Day;
use crate::value::url::is_url;

/// The text of a flag that is set and of an option that is chosen.
pub const SET: &str = "1";

/// A field of the cards of one product, or of all persons or companies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct FieldDefinition {
    /// Its id; derived from product and key where the catalogue made it.
    #[n(0)]
    pub id: FieldId,
    /// What has this field.
    #[n(1)]
    pub scope: FieldScope,
    /// Its key in the catalogue; `None` for one that an administrator added.
    #[n(2)]
    pub key: Option<Key>,
    /// The name that an administrator gave it; empty: the catalogue's, see
    /// [`crate::settings::Settings::field_name`].
    #[n(3)]
    pub name: String,
    /// What its values are.
    #[cbor(n(4), decode_with = "field_kind")]
    pub kind: FieldKind,
    /// Its place among the fields of its scope; ties go by id.
    #[n(5)]
    pub order: u32,
    /// Whether it is no longer shown; its values stay.
    #[cbor(n(6), default)]
    #[serde(default)]
    pub retired: bool,
    /// The statuses that a card should not enter without it (F43). The user is warned, never stopped.
    #[cbor(n(7), default)]
    #[serde(default)]
    pub required_for: Vec<StatusId>,
}

/// What has a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum FieldScope {
    /// The cards of a product.
    #[n(0)]
    Product(#[n(0)] ProductId),
    /// All persons.
    #[n(1)]
    Persons,
    /// All companies.
    #[n(2)]
    Companies,
}

/// What the values of a field are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cbor(map)]
pub enum FieldKind {
    /// One line of text.
    #[n(0)]
    Text,
    /// Text of many lines, in which two users may write at the same time: a long text.
    #[n(1)]
    LongText,
    /// An exact number.
    #[n(2)]
    Decimal,
    /// An amount of money.
    #[n(3)]
    Money,
    /// One of some options, or any number of them.
    #[n(4)]
    Choice {
        /// The options, in the order shown.
        #[n(0)]
        options: Vec<ChoiceOption>,
        /// Whether several may be chosen.
        #[n(1)]
        multiple: bool,
    },
    /// A calendar day.
    #[n(5)]
    Day,
    /// Yes, or nothing.
    #[n(6)]
    Flag,
    /// A day and a time, on the clocks of a zone.
    #[n(7)]
    DayTime,
    /// A colleague who has or had access.
    #[n(8)]
    User,
    /// An email address.
    #[n(9)]
    Email,
    /// A telephone number, as it was written.
    #[n(10)]
    Phone,
    /// The address of a page in the web.
    #[n(11)]
    Url,
    /// A kind that this version does not know, by its number. Its values are shown as they are.
    #[serde(skip)]
    #[n(65535)]
    Other(#[n(0)] u32),
}

/// Reads a kind of field, also one that a later version added.
fn field_kind<C>(d: &mut Decoder<'_>, context: &mut C) -> Result<FieldKind, minicbor::decode::Error> {
    kind_until(LAST_KIND, d, context)
}

/// Reads a kind as the version does that knows those up to a number.
fn kind_until<C>(
    last: u32,
    d: &mut Decoder<'_>,
    context: &mut C,
) -> Result<FieldKind, minicbor::decode::Error> {
    let start = d.position();
    d.array()?;
    let number = d.u32()?;
    d.set_position(start);
    if number <= last {
        return d.decode_with(context);
    }
    // A later kind may hold anything, so it is skipped as a whole.
    d.skip()?;
    Ok(FieldKind::Other(number))
}

/// The number of the last kind of field that this version knows.
const LAST_KIND: u32 = 11;

/// An option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct ChoiceOption {
    /// Its text in a register, unique in its field.
    #[n(0)]
    pub key: Key,
    /// The name that an administrator gave it; empty: the catalogue's, see
    /// [`crate::settings::Settings::option_name`].
    #[n(1)]
    pub name: String,
    /// Whether it can no longer be chosen; cards that have it keep it.
    #[cbor(n(2), default)]
    #[serde(default)]
    pub retired: bool,
    /// What it means for the status, if its field decides the status of Sales (C24).
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub means: Option<StepMeaning>,
}

open_code! {
    /// What an option of the step means for a lead (C24). One that this version does not know counts as
    /// open.
    StepMeaning {
        /// The lead is being worked on.
        Open = 1, "open";
        /// The lead is close to buying.
        Hot = 2, "hot";
        /// The lead bought.
        Won = 3, "won";
        /// The lead will not buy.
        Lost = 4, "lost";
    }
}

/// A value of a field, as read from its registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// Text, short or long.
    Text(String),
    /// A number.
    Decimal(Decimal),
    /// An amount of money.
    Money(Money),
    /// The option chosen.
    Choice(Key),
    /// The options chosen, at least one.
    Choices(BTreeSet<Key>),
    /// A day.
    Day(Day),
    /// The flag is set.
    Flag,
    /// A minute on the clocks of a zone: always a [`Due::At`].
    DayTime(Due),
    /// A colleague.
    User(UserId),
    /// An email address.
    Email(String),
    /// A telephone number.
    Phone(String),
    /// The address of a page.
    Url(String),
    /// Text that the field's kind cannot read: another version wrote it, or it was written before the
    /// field changed its kind or lost the option. It is shown as it is.
    Raw(String),
}

/// Why a text may not be written into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// It is not in the canonical form of the field's kind, or it is not one of its options.
    #[error("not a value of this kind of field")]
    Unreadable,
    /// It has more than [`MAX_VALUE_LEN`] bytes.
    #[error("longer than {MAX_VALUE_LEN} bytes")]
    TooLong,
    /// It has a line break or another control character.
    #[error("control characters are not allowed")]
    Control,
}

impl FieldDefinition {
    /// The value that a card's or contact's registers give this field; `None` if it has none.
    pub fn value(&self, texts: FieldTexts<'_>) -> Option<FieldValue> {
        let register = self.id.to_string();
        let FieldKind::Choice { options, multiple: true } = &self.kind else {
            return self.kind.read(texts.get(&register)?);
        };
        let mut chosen: BTreeSet<Key> = texts.chosen(&register).filter_map(|key| key.parse().ok()).collect();
        // The field may have been a single choice before: that option still counts.
        if let Some(text) = texts.get(&register) {
            match text.parse() {
                Ok(key) if options.iter().any(|option| option.key == key) => {
                    chosen.insert(key);
                }
                _ if chosen.is_empty() => return Some(FieldValue::Raw(text.to_owned())),
                _ => {}
            }
        }
        (!chosen.is_empty()).then_some(FieldValue::Choices(chosen))
    }

    /// The registers to write, and their new text, so that the field has `value` and no other.
    ///
    /// Only registers whose text changes are named, so that a choice that two users edit at the same time
    /// merges option by option. A long text is not written this way, so for it nothing is returned.
    pub fn writes(&self, texts: FieldTexts<'_>, value: Option<&FieldValue>) -> Vec<(String, String)> {
        if self.kind == FieldKind::LongText {
            return Vec::new();
        }
        let register = self.id.to_string();
        let none = BTreeSet::new();
        let (plain, wanted) = match value {
            Some(FieldValue::Choices(keys)) => (String::new(), keys),
            Some(other) => (other.to_string(), &none),
            None => (String::new(), &none),
        };
        let mut writes = Vec::new();
        if texts.get(&register).unwrap_or_default() != plain {
            writes.push((register.clone(), plain));
        }
        let present: BTreeSet<&str> = texts.chosen(&register).collect();
        let wanted: BTreeSet<&str> = wanted.iter().map(Key::as_str).collect();
        for key in present.symmetric_difference(&wanted) {
            let text = if wanted.contains(key) { SET } else { "" };
            writes.push((format!("{register}/{key}"), text.to_owned()));
        }
        writes
    }
}

impl FieldDefinition {
    /// What an option of this field means for the status (C24).
    pub fn meaning(&self, option: &str) -> Option<StepMeaning> {
        let FieldKind::Choice { options, .. } = &self.kind else { return None };
        options.iter().find(|known| known.key.as_str() == option)?.means
    }
}

impl FieldKind {
    /// The value that a register's text stands for; `None` if it is empty.
    pub fn read(&self, text: &str) -> Option<FieldValue> {
        if text.is_empty() {
            return None;
        }
        let written = |is_it: fn(&str) -> bool| (is_line(text) && is_it(text)).then(|| text.to_owned());
        let read = match self {
            Self::Text | Self::LongText => Some(FieldValue::Text(text.to_owned())),
            Self::Decimal => text.parse().ok().map(FieldValue::Decimal),
            Self::Money => text.parse().ok().map(FieldValue::Money),
            Self::Choice { options, .. } => options
                .iter()
                .find(|option| option.key.as_str() == text)
                .map(|option| FieldValue::Choice(option.key.clone())),
            Self::Day => text.parse().ok().map(FieldValue::Day),
            Self::Flag => (text == SET).then_some(FieldValue::Flag),
            Self::DayTime => {
                let at = text.parse::<Due>().ok().filter(|due| matches!(due, Due::At { .. }));
                at.map(FieldValue::DayTime)
            }
            Self::User => text.parse().ok().map(FieldValue::User),
            Self::Email => written(is_email).map(FieldValue::Email),
            Self::Phone => written(is_phone).map(FieldValue::Phone),
            Self::Url => written(is_url).map(FieldValue::Url),
            Self::Other(_) => None,
        };
        Some(read.unwrap_or_else(|| FieldValue::Raw(text.to_owned())))
    }

    /// Judges a text that a user or a program wants to write into a register; empty text clears it.
    pub fn check(&self, text: &str) -> Result<(), FieldError> {
        if text.len() > MAX_VALUE_LEN {
            return Err(FieldError::TooLong);
        }
        // What is put into a register is one line; only a long text, which is edited, has more.
        if text.chars().any(char::is_control) {
            return Err(FieldError::Control);
        }
        match self.read(text) {
            Some(FieldValue::Raw(_)) => Err(FieldError::Unreadable),
            _ => Ok(()),
        }
    }
}

impl std::fmt::Display for FieldValue {
    /// The canonical text of a register. Several options give several keys, and no one register holds them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) | Self::Email(text) | Self::Phone(text) | Self::Url(text) | Self::Raw(text) => {
                f.write_str(text)
            }
            Self::Decimal(value) => value.fmt(f),
            Self::Money(value) => value.fmt(f),
            Self::Choice(key) => key.fmt(f),
            Self::Choices(keys) => {
                let keys: Vec<&str> = keys.iter().map(Key::as_str).collect();
                f.write_str(&keys.join(" "))
            }
            Self::Day(day) => day.fmt(f),
            Self::Flag => f.write_str(SET),
            Self::DayTime(at) => at.fmt(f),
            Self::User(user) => user.fmt(f),
        }
    }
}

/// Whether a text is one line without blanks around it: what is typed has one form.
fn is_line(text: &str) -> bool {
    text.trim() == text && !text.chars().any(char::is_control)
}

/// The field registers of one card or contact, as its row holds them: (register, text).
#[derive(Debug, Clone, Copy)]
pub struct FieldTexts<'a>(&'a [(String, String)]);

impl<'a> FieldTexts<'a> {
    /// The registers of a row.
    pub const fn new(registers: &'a [(String, String)]) -> Self {
        Self(registers)
    }

    /// The text of a register; `None` if there is none or it is empty.
    pub fn get(self, register: &str) -> Option<&'a str> {
        let (_, text) = self.0.iter().find(|(name, _)| name == register)?;
        (!text.is_empty()).then_some(text)
    }

    /// The keys of the options chosen in the field with this register; also of options not known here.
    pub fn chosen(self, register: &str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(|(_, text)| text == SET)
            .filter_map(move |(name, _)| name.strip_prefix(register).and_then(|rest| rest.strip_prefix('/')))
    }
}

/// The field and the option that a register belongs to; `None` if its name is of another form.
pub fn parse_register(name: &str) -> Option<(FieldId, Option<Key>)> {
    match name.split_once('/') {
        Some((field, option)) => Some((field.parse().ok()?, Some(option.parse().ok()?))),
        None => Some((name.parse().ok()?, None)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: FieldId = FieldId::from_bytes([7; 16]);
    const USER: &str = "01936b00-0000-7000-8000-00000000000a";
    const MINUTE: &str = "2026-11-22T09:00[Europe/Budapest]";

    #[test]
    fn each_kind_reads_its_canonical_text_and_keeps_all_other_text_raw() {
        let choice = FieldKind::Choice { options: options(&["vip"]), multiple: false };
        let day = Day::new(2026, 11, 22).unwrap();
        let cases: [(FieldKind, &str, FieldValue); 12] = [
            (FieldKind::Text, "any, text", FieldValue::Text("any, text".into())),
            (FieldKind::LongText, "a\nb", FieldValue::Text("a\nb".into())),
            (FieldKind::Decimal, "-1.5", FieldValue::Decimal("-1.5".parse().unwrap())),
            (FieldKind::Money, "1990 HUF", FieldValue::Money("1990 HUF".parse().unwrap())),
            (choice, "vip", FieldValue::Choice(key("vip"))),
            (FieldKind::Day, "2026-11-22", FieldValue::Day(day)),
            (FieldKind::Flag, "1", FieldValue::Flag),
            (FieldKind::DayTime, MINUTE, FieldValue::DayTime(MINUTE.parse().unwrap())),
            (FieldKind::User, USER, FieldValue::User(USER.parse().unwrap())),
            (FieldKind::Email, "a@b.hu", FieldValue::Email("a@b.hu".into())),
            (FieldKind::Phone, "+36 1 234 5678", FieldValue::Phone("+36 1 234 5678".into())),
            (FieldKind::Url, "https://b.hu/x", FieldValue::Url("https://b.hu/x".into())),
        ];
        for (kind, text, value) in cases {
            assert_eq!(kind.read(text), Some(value.clone()), "{kind:?}");
            assert_eq!(value.to_string(), text, "{kind:?}");
            assert_eq!(kind.read(""), None, "{kind:?}");
            if !matches!(kind, FieldKind::Text | FieldKind::LongText) {
                assert_eq!(kind.read("x?"), Some(FieldValue::Raw("x?".into())), "{kind:?}");
                assert_eq!(kind.check("x?"), Err(FieldError::Unreadable), "{kind:?}");
            }
        }
    }

    #[test]
    fn a_day_has_one_text() {
        for text in
            ["2026-1-2", "2026-02-30", "02026-01-02", "+2026-01-02", "2026-01-02 ", "20260102", "-001-01-01"]
        {
            assert_eq!(FieldKind::Day.read(text), Some(FieldValue::Raw(text.into())));
        }
    }

    #[test]
    fn what_is_typed_has_one_form_and_every_other_is_refused() {
        let judged = |kind: FieldKind, taken: &[&str], refused: &[&str]| {
            for text in taken {
                assert_eq!(kind.check(text), Ok(()), "{kind:?} {text:?}");
                assert_eq!(
                    kind.read(text).map(|value| value.to_string()).as_deref(),
                    Some(*text),
                    "{kind:?}"
                );
            }
            for text in refused {
                assert!(kind.check(text).is_err(), "{kind:?} {text:?}");
                assert_eq!(kind.read(text), Some(FieldValue::Raw((*text).to_owned())), "{kind:?} {text:?}");
            }
        };
        judged(
            FieldKind::DayTime,
            &[MINUTE, "1900-01-01T00:00[UTC]", "9999-12-31T23:59[UTC]", "2026-11-22T09:00[Europe/Newtown]"],
            &[
                "2026-11-22",
                "2026-11-22T09:00",
                "2026-11-22T9:00[UTC]",
                "2026-11-22T24:00[UTC]",
                "2026-11-22T09:00:00[UTC]",
                "2026-02-30T09:00[UTC]",
                " 2026-11-22T09:00[UTC]",
                "2026-11-22T09:00[UTC]\n",
                "2026-11-22T09:00[]",
            ],
        );
        judged(
            FieldKind::User,
            &[USER],
            &["Anna", "01936B00-0000-7000-8000-00000000000A", "01936b000000700080000000000000aa", " ", "me"],
        );
        judged(
            FieldKind::Email,
            &["a@b.hu", "A.b+c@sub.example.com", "őr@példa.hu"],
            &["a", "a@b", " a@b.hu", "a@b.hu ", "a@b.hu\n", "a\u{0}@b.hu", "mailto:a@b.hu", "Anna <a@b.hu>"],
        );
        judged(
            FieldKind::Phone,
            &["112", "+36 (30) 123-45-67", "1-955-371-0847 x371"],
            &["12", "n/a", " 112", "112 ", "112\t", "112\n113", "a1234567@b.hu", &"1".repeat(101)],
        );
        judged(
            FieldKind::Url,
            &[
                "https://b.hu",
                "http://b.hu:8080/x?y#z",
                "HTTPS://B.hu",
                &format!("https://{}", "b.".repeat(900) + "hu"),
            ],
            &[
                "b.hu",
                " https://b.hu",
                "https://b.hu ",
                "https://b.hu/\u{7f}",
                "javascript:alert(1)",
                "ftp://b.hu",
                "https://a@b.hu",
                &format!("https://b.hu/{}", "x".repeat(MAX_VALUE_LEN)),
            ],
        );
    }

    #[test]
    fn text_that_no_register_should_hold_is_refused_at_writing() {
        assert_eq!(FieldKind::Text.check(""), Ok(()));
        assert_eq!(FieldKind::Text.check(&"x".repeat(MAX_VALUE_LEN)), Ok(()));
        assert_eq!(FieldKind::Text.check(&"x".repeat(MAX_VALUE_LEN + 1)), Err(FieldError::TooLong));
        assert_eq!(FieldKind::Text.check("two\nlines"), Err(FieldError::Control));
    }

    #[test]
    fn a_multiple_choice_is_one_register_for_each_option() {
        let field = field(FieldKind::Choice { options: options(&["a", "b"]), multiple: true });
        let registers = registers(&[("/a", "1"), ("/b", ""), ("/later", "1"), ("x/a", "1")]);
        let texts = FieldTexts::new(&registers);
        assert_eq!(field.value(texts), Some(choices(&["a", "later"])));
        assert_eq!(field.value(FieldTexts::new(&[])), None);
        assert_eq!(
            field.writes(texts, Some(&choices(&["b", "later"]))),
            [(format!("{ID}/a"), String::new()), (format!("{ID}/b"), "1".into())]
        );
    }

    #[test]
    fn a_choice_that_became_multiple_keeps_what_was_chosen() {
        let field = field(FieldKind::Choice { options: options(&["a", "b"]), multiple: true });
        let old = registers(&[("", "a")]);
        assert_eq!(field.value(FieldTexts::new(&old)), Some(choices(&["a"])));
        assert_eq!(
            field.writes(FieldTexts::new(&old), Some(&choices(&["a", "b"]))),
            [
                (ID.to_string(), String::new()),
                (format!("{ID}/a"), "1".into()),
                (format!("{ID}/b"), "1".into())
            ]
        );
        let unknown = registers(&[("", "Gone?")]);
        assert_eq!(field.value(FieldTexts::new(&unknown)), Some(FieldValue::Raw("Gone?".into())));
    }

    #[test]
    fn a_register_name_tells_its_field_and_option() {
        assert_eq!(parse_register(&ID.to_string()), Some((ID, None)));
        assert_eq!(parse_register(&format!("{ID}/vip")), Some((ID, Some(key("vip")))));
        for name in ["", "vip", &format!("{ID}/"), &format!("{ID}/a/b"), &format!("{ID}x")] {
            assert_eq!(parse_register(name), None, "{name}");
        }
    }

    #[test]
    fn the_encoded_form_is_fixed_and_an_old_app_skips_what_a_new_one_adds() {
        let mut field = field(FieldKind::Choice { options: options(&["a"]), multiple: true });
        field.key = Some(key("step"));
        let bytes = minicbor::to_vec(&field).unwrap();
        insta::assert_snapshot!(data_encoding::HEXLOWER.encode(&bytes), @"a800500707070707070707070707070707070701820180026473746570036146048204a20081a300616101614102f401f5050106f40780");
        assert_eq!(minicbor::decode::<FieldDefinition>(&bytes).unwrap(), field);
        insta::assert_snapshot!(serde_json::to_string(&field).unwrap(), @r#"{"id":"07070707-0707-0707-0707-070707070707","scope":"persons","key":"step","name":"F","kind":{"type":"choice","options":[{"key":"a","name":"A","retired":false}],"multiple":true},"order":1,"retired":false,"required_for":[]}"#);
        assert_eq!(
            serde_json::from_str::<FieldDefinition>(&serde_json::to_string(&field).unwrap()).unwrap(),
            field
        );
    }

    #[test]
    fn a_definition_of_each_kind_reads_back_and_an_older_app_knows_a_later_kind_by_its_number() {
        // In the order of their numbers.
        let words = "text long_text decimal money choice day flag day_time user email phone url";
        let choice = FieldKind::Choice { options: options(&["a"]), multiple: false };
        let kinds = [
            FieldKind::Text,
            FieldKind::LongText,
            FieldKind::Decimal,
            FieldKind::Money,
            choice,
            FieldKind::Day,
            FieldKind::Flag,
            FieldKind::DayTime,
            FieldKind::User,
            FieldKind::Email,
            FieldKind::Phone,
            FieldKind::Url,
        ];
        for ((number, word), kind) in (0_u32..).zip(words.split(' ')).zip(kinds) {
            let field = field(kind.clone());
            let bytes = minicbor::to_vec(&field).unwrap();
            assert_eq!(minicbor::decode::<FieldDefinition>(&bytes).unwrap(), field);
            let json = serde_json::to_string(&field).unwrap();
            assert!(json.contains(&format!(r#""kind":{{"type":"{word}""#)), "{json}");
            assert_eq!(serde_json::from_str::<FieldDefinition>(&json).unwrap(), field);
            // An app of before these five knows the numbers up to 6.
            let bytes = minicbor::to_vec(&kind).unwrap();
            let mut d = Decoder::new(&bytes);
            let read = kind_until(6, &mut d, &mut ()).unwrap();
            assert_eq!(read, if number <= 6 { kind } else { FieldKind::Other(number) });
            assert_eq!(d.position(), bytes.len());
        }
        assert_eq!(minicbor::to_vec(FieldKind::DayTime).unwrap(), [0x82, 0x07, 0xa0]);
        assert_eq!(minicbor::to_vec(FieldKind::Url).unwrap(), [0x82, 0x0b, 0xa0]);
    }

    #[test]
    fn a_kind_of_a_later_app_is_known_by_its_number_whatever_it_holds() {
        let bytes = minicbor::to_vec(field(FieldKind::Flag)).unwrap();
        let (flag, later) = (b"\x04\x82\x06\xa0", b"\x04\x82\x0c\xa1\x00\x61x");
        let place = bytes.windows(flag.len()).position(|part| part == flag).unwrap();
        let bytes = [&bytes[..place], &later[..], &bytes[place + flag.len()..]].concat();
        let read: FieldDefinition = minicbor::decode(&bytes).unwrap();
        assert_eq!(read, field(FieldKind::Other(12)));
        assert_eq!(read.kind.read("anything"), Some(FieldValue::Raw("anything".into())));
    }

    proptest! {
        #[test]
        fn what_was_written_is_what_is_read(
            before in prop::collection::vec(("(/[a-d])?", "1?|[a-e]"), 0..6),
            wanted in prop::collection::btree_set("[a-d]", 0..4),
        ) {
            let field = field(FieldKind::Choice { options: options(&["a", "b", "c"]), multiple: true });
            let mut card: std::collections::BTreeMap<String, String> =
                before.into_iter().map(|(option, text)| (format!("{ID}{option}"), text)).collect();
            let value = (!wanted.is_empty()).then(|| FieldValue::Choices(wanted.iter().map(|word| key(word)).collect()));
            let rows: Vec<_> = card.clone().into_iter().collect();
            card.extend(field.writes(FieldTexts::new(&rows), value.as_ref()));
            let rows: Vec<_> = card.into_iter().collect();
            prop_assert_eq!(field.value(FieldTexts::new(&rows)), value.clone());
            prop_assert_eq!(field.writes(FieldTexts::new(&rows), value.as_ref()), vec![]);
        }
    }

    fn field(kind: FieldKind) -> FieldDefinition {
        let scope = FieldScope::Persons;
        let required_for = Vec::new();
        FieldDefinition {
            id: ID,
            scope,
            key: None,
            name: "F".into(),
            kind,
            order: 1,
            retired: false,
            required_for,
        }
    }

    fn key(word: &str) -> Key {
        word.parse().unwrap()
    }

    fn options(keys: &[&str]) -> Vec<ChoiceOption> {
        keys.iter()
            .map(|word| ChoiceOption {
                key: key(word),
                name: word.to_uppercase(),
                retired: false,
                means: None,
            })
            .collect()
    }

    fn choices(keys: &[&str]) -> FieldValue {
        FieldValue::Choices(keys.iter().map(|word| key(word)).collect())
    }

    fn registers(texts: &[(&str, &str)]) -> Vec<(String, String)> {
        texts.iter().map(|(option, text)| (format!("{ID}{option}"), (*text).to_owned())).collect()
    }
}
