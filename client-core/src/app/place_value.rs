//! Values by their places: what a register's text stands for, as an app shows it and gives it back.

use std::num::NonZeroU32;
use std::str::FromStr;

use roadbook_domain::crm::place::{EntryPart, Place, TodoPart};
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::read::projection::parse_link;
use roadbook_domain::settings::Settings;
use roadbook_domain::settings::field::SET;
use roadbook_domain::value::channels::{Channel, Channels};
use roadbook_domain::value::due::Due;
use roadbook_domain::value::id::{DocumentId, ProductId, StatusId, UserId};
use roadbook_domain::value::leads::Leads;
use roadbook_domain::value::recurrence::Recurrence;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::todo::TodoState;
use roadbook_domain::value::trash::TRASHED;

use super::closing::ClosingView;
use super::field::FieldValue;
use crate::query::todo_details::Repeat;

/// What a place holds, or is to hold: its name, the due of a todo, a field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
pub enum PlaceValue {
    /// Nothing: nobody has written it, or it was taken away.
    Empty,
    /// A text: a name, the words of a todo, a phone number.
    Text {
        /// The text.
        text: String,
    },
    /// A value of a field.
    Field {
        /// The value, of the field's kind.
        value: FieldValue,
    },
    /// The option is chosen; the todo is urgent.
    Chosen,
    /// When a todo is due, until when it is snoozed, or the day for which it is planned, or on which it stands in its
    /// series.
    Due {
        /// The due.
        due: Due,
    },
    /// How often a todo comes again.
    Repeat {
        /// How often.
        repeat: Repeat,
    },
    /// How long before its due a todo reminds.
    Reminders {
        /// So many minutes before, ascending; empty: never.
        minutes: Vec<u32>,
    },
    /// Where a todo reminds.
    Channels {
        /// Where; empty: nowhere.
        channels: Vec<Channel>,
    },
    /// The todo is open.
    Open {
        /// In which of its open periods, counted from 1: each reopening begins another.
        period: u32,
    },
    /// The todo is closed.
    Closed {
        /// Which of its open periods that ended.
        period: u32,
        /// How, by whom and when.
        closing: ClosingView,
    },
    /// A user: an owner, an assignee, who wrote an entry.
    User {
        /// The user.
        user: UserId,
    },
    /// A product.
    Product {
        /// The product.
        product: ProductId,
    },
    /// A status.
    Status {
        /// The status.
        status: StatusId,
    },
    /// A contact or another document.
    Document {
        /// The document.
        document: DocumentId,
    },
    /// A link.
    Link {
        /// What the target is: `customer`, `employer`, ...
        role: String,
        /// The document it points to.
        target: DocumentId,
    },
    /// When an entry happened.
    Time {
        /// The instant.
        at: Timestamp,
    },
    /// Whether a contact is a person or a company.
    Sort {
        /// Which of them.
        sort: ContactSort,
    },
    /// It is in the trash.
    Trashed,
    /// Text that this version cannot read as a value of its place: to be shown as it is.
    Other {
        /// The text.
        text: String,
    },
}

impl PlaceValue {
    /// What a text stands for at a place.
    pub(crate) fn of(place: &Place, text: String, settings: &Settings) -> Self {
        // A value is told only if it leads back to its text, so whoever chooses it chooses what was there.
        let value = Self::read(place, &text, settings);
        match value.filter(|value| value.text().as_ref() == Some(&text)) {
            Some(value) => value,
            None => Self::Other { text },
        }
    }

    /// Its text in a register; `None` if there is no such value.
    pub(crate) fn text(&self) -> Option<String> {
        Some(match self {
            Self::Empty => String::new(),
            Self::Text { text } | Self::Other { text } => text.clone(),
            Self::Field { value } => value.text(),
            Self::Chosen => SET.to_owned(),
            Self::Due { due } => due.to_string(),
            Self::Repeat { repeat } => repeat.recurrence()?.to_string(),
            Self::Reminders { minutes } => Leads::new(minutes).ok()?.to_string(),
            Self::Channels { channels } => Channels::of(channels.iter().copied()).ok()?.to_string(),
            Self::Open { period } => TodoState::open_in(NonZeroU32::new(*period)?).to_string(),
            Self::Closed { period, closing } => {
                let open = TodoState::open_in(NonZeroU32::new(*period)?);
                open.close(closing.outcome, closing.at, closing.zone, closing.by).to_string()
            }
            Self::User { user } => user.to_string(),
            Self::Product { product } => product.to_string(),
            Self::Status { status } => status.to_string(),
            Self::Document { document } => document.to_string(),
            Self::Link { role, target } => format!("{role} {target}"),
            Self::Time { at } => at.millis().to_string(),
            Self::Sort { sort } => sort.to_string(),
            Self::Trashed => TRASHED.to_owned(),
        })
    }

    fn read(place: &Place, text: &str, settings: &Settings) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Empty);
        }
        let plain = || Some(Self::Text { text: text.to_owned() });
        match place {
            Place::Name | Place::GivenName | Place::FamilyName | Place::Detail { .. } => plain(),
            Place::Product => parsed(text, |product| Self::Product { product }),
            Place::Status => parsed(text, |status| Self::Status { status }),
            Place::Owner => parsed(text, |user| Self::User { user }),
            Place::Trash => (text == TRASHED).then_some(Self::Trashed),
            Place::Sort => parsed(text, |sort| Self::Sort { sort }),
            Place::Field { field } => {
                let value = FieldValue::from(settings.field(*field)?.kind.read(text)?);
                (!matches!(value, FieldValue::Other { .. })).then_some(Self::Field { value })
            }
            Place::Option { .. } => (text == SET).then_some(Self::Chosen),
            Place::Todo { part, .. } => match part {
                TodoPart::Text => plain(),
                TodoPart::Due | TodoPart::SnoozedUntil => parsed(text, |due| Self::Due { due }),
                TodoPart::Assignee => parsed(text, |user| Self::User { user }),
                TodoPart::Contact => parsed(text, |document| Self::Document { document }),
                TodoPart::State => parsed(text, Self::of_state),
                TodoPart::Description => plain(),
                TodoPart::Urgent => (text == SET).then_some(Self::Chosen),
                TodoPart::PlannedFor | TodoPart::Occurrence => {
                    parsed(text, |day| Self::Due { due: Due::Day(day) })
                }
                TodoPart::Recurrence => parsed(text, |rule: Recurrence| Self::Repeat { repeat: rule.into() }),
                TodoPart::Reminders => {
                    parsed(text, |leads: Leads| Self::Reminders { minutes: leads.minutes().to_vec() })
                }
                TodoPart::Channels => {
                    parsed(text, |all: Channels| Self::Channels { channels: all.iter().collect() })
                }
                TodoPart::Other(_) => None,
            },
            Place::Entry { part, .. } => match part {
                EntryPart::Kind | EntryPart::Text | EntryPart::Place => plain(),
                EntryPart::At => parsed(text, |at| Self::Time { at: Timestamp::from_millis(at) }),
                EntryPart::Person => parsed(text, |document| Self::Document { document }),
                EntryPart::By => parsed(text, |user| Self::User { user }),
                EntryPart::Other(_) => None,
            },
            Place::Link { .. } => {
                parse_link(text).map(|(role, target)| Self::Link { role: role.to_owned(), target })
            }
            Place::Preference { name } if name == "owner" => parsed(text, |user| Self::User { user }),
            Place::Preference { .. } => plain(),
            Place::Other { .. } => None,
        }
    }

    fn of_state(state: TodoState) -> Self {
        let period = state.period().get();
        match state.closing() {
            None => Self::Open { period },
            Some(closing) => Self::Closed { period, closing: ClosingView::of(closing) },
        }
    }
}

fn parsed<T: FromStr>(text: &str, value: impl FnOnce(T) -> PlaceValue) -> Option<PlaceValue> {
    text.parse().ok().map(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use roadbook_domain::crm::document_types;
    use roadbook_domain::crm::place::DetailPart;
    use roadbook_domain::document::Form;
    use roadbook_domain::document::change::Register;
    use roadbook_domain::settings::SettingsRow;
    use roadbook_domain::settings::field::{ChoiceOption, FieldDefinition, FieldKind, FieldScope};
    use roadbook_domain::value::id::{FieldId, PartId};

    use super::*;

    const ID: &str = "01936b00-0000-7000-8000-00000000000a";
    const PART: PartId = PartId::from_bytes([1; 6]);

    #[test]
    fn what_each_place_holds_is_told_in_its_own_words_and_leads_back_to_its_text() {
        let settings = settings();
        for (place, text) in valid(&settings) {
            let value = PlaceValue::of(&place, text.clone(), &settings);
            assert!(!matches!(value, PlaceValue::Other { .. }), "{place:?} {text:?}");
            assert_eq!(value.text(), Some(text), "{place:?}");
        }
    }

    #[test]
    fn every_text_of_the_form_of_every_register_leads_back_to_itself() {
        let settings = settings();
        for kind in document_types() {
            for rule in kind.policy {
                for part in [String::new(), format!("{PART}/")] {
                    let register =
                        Register { container: rule.container, name: format!("{part}{}", rule.name) };
                    let place = Place::of(kind.id, &register);
                    for text in of_form(rule.form) {
                        assert!(rule.form.accepts(&text), "{rule:?} {text}");
                        let value = PlaceValue::of(&place, text.clone(), &settings);
                        assert_eq!(value.text(), Some(text), "{place:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_closing_tells_how_by_whom_and_when() {
        let place = Place::Todo { todo: PART, part: TodoPart::State };
        let text = format!("closed#2;success;2026-11-22T09:00:05;Europe/Budapest;{ID}");
        let value = PlaceValue::of(&place, text, &settings());
        let PlaceValue::Closed { period, closing } = value else { panic!("{value:?}") };
        assert_eq!((period, closing.outcome.name(), closing.by.to_string().as_str()), (2, "success", ID));
        assert_eq!((closing.at.millis(), closing.zone.name()), (1_795_334_405_000, "Europe/Budapest"));
        assert_eq!(closing.on.map(|day| day.to_string()).as_deref(), Some("2026-11-22"));
    }

    #[test]
    fn what_is_no_value_of_its_place_is_told_as_it_is() {
        let settings = settings();
        let state = |text: &str| (Place::Todo { todo: PART, part: TodoPart::State }, text.to_owned());
        for (place, text) in [
            (Place::Owner, "Anna".to_owned()),
            (Place::Trash, "archived".to_owned()),
            (Place::Sort, "A firm".to_owned()),
            (Place::Todo { todo: PART, part: TodoPart::Due }, "2026-W48".to_owned()),
            (Place::Todo { todo: PART, part: "kind".parse().unwrap() }, "call".to_owned()),
            (Place::Todo { todo: PART, part: TodoPart::Urgent }, "very".to_owned()),
            (Place::Todo { todo: PART, part: TodoPart::Reminders }, "60,0".to_owned()),
            (Place::Todo { todo: PART, part: TodoPart::Channels }, "device,browser".to_owned()),
            (Place::Todo { todo: PART, part: TodoPart::Recurrence }, "weekly".to_owned()),
            (Place::Entry { entry: PART, part: EntryPart::At }, "007".to_owned()),
            (Place::Link { link: PART }, "customer".to_owned()),
            (Place::Field { field: FieldId::derived(&[b"nobody's"]) }, "1".to_owned()),
            (Place::Other { container: 3, name: "x".to_owned() }, "1".to_owned()),
            state("waiting#1"),
            // An hour that the clocks left out: no instant leads back to it.
            state(&format!("closed#1;none;2026-03-29T02:30:00;Europe/Budapest;{ID}")),
            // Before 1970 nobody closes anything.
            state(&format!("closed#1;none;1950-01-01T00:00:00;UTC;{ID}")),
        ] {
            let value = PlaceValue::of(&place, text.clone(), &settings);
            assert_eq!(value, PlaceValue::Other { text: text.clone() }, "{place:?}");
            assert_eq!(value.text(), Some(text));
        }
    }

    #[test]
    fn a_state_without_a_period_is_none() {
        assert_eq!(PlaceValue::Open { period: 0 }.text(), None);
    }

    proptest! {
        #[test]
        fn every_text_of_every_place_leads_back_to_itself(
            place in any::<prop::sample::Index>(),
            text in any::<prop::sample::Index>(),
            end in ".{0,3}",
            unlike in ".{0,40}",
        ) {
            let settings = settings();
            let valid = valid(&settings);
            let (place, _) = place.get(&valid);
            // The text of another place, one that is nearly it, and any.
            let (_, text) = text.get(&valid);
            for text in [text.clone(), format!("{text}{end}"), unlike] {
                let value = PlaceValue::of(place, text.clone(), &settings);
                prop_assert_eq!(value.text(), Some(text));
            }
        }
    }

    /// Places of every sort, each with the texts that it may hold.
    fn valid(settings: &Settings) -> Vec<(Place, String)> {
        let todo = |part| Place::Todo { todo: PART, part };
        let entry = |part| Place::Entry { entry: PART, part };
        let detail = |part| Place::Detail { detail: PART, part };
        let closed = format!("closed#4294967295;failed;2026-11-22T23:59:59;America/New_York;{ID}");
        let later = format!("closed#1;delegated;2026-11-22T09:00:05;Europe/Newtown;{ID}");
        let link = format!("customer {ID}");
        let mut all = vec![
            (Place::Product, ID),
            (Place::Name, "Kovács & Fiai"),
            (Place::Name, "two\nlines"),
            (Place::Status, ID),
            (Place::Owner, ID),
            (Place::Trash, TRASHED),
            (Place::Sort, "person"),
            (Place::Sort, "society"),
            (Place::GivenName, "Éva"),
            (Place::FamilyName, " "),
            (Place::Option { field: FieldId::derived(&[b"any"]), option: "vip".to_owned() }, SET),
            (todo(TodoPart::Text), "Call"),
            (todo(TodoPart::Due), "2026-11-22"),
            (todo(TodoPart::Due), "2026-11-22T09:00[Europe/Newtown]"),
            (todo(TodoPart::Description), "By the back door"),
            (todo(TodoPart::Urgent), SET),
            (todo(TodoPart::PlannedFor), "2026-11-20"),
            (todo(TodoPart::Occurrence), "2026-11-20"),
            (todo(TodoPart::SnoozedUntil), "2026-11-22T09:00[Europe/Budapest]"),
            (todo(TodoPart::Reminders), "0,60,1440"),
            (todo(TodoPart::Reminders), "none"),
            (todo(TodoPart::Channels), "browser,device,fax"),
            (todo(TodoPart::Channels), "none"),
            (todo(TodoPart::Recurrence), "2w"),
            (todo(TodoPart::Recurrence), "1m/31"),
            (todo(TodoPart::Assignee), ID),
            (todo(TodoPart::Contact), ID),
            (todo(TodoPart::State), "open#1"),
            (todo(TodoPart::State), closed.as_str()),
            (todo(TodoPart::State), later.as_str()),
            (entry(EntryPart::Kind), "call"),
            (entry(EntryPart::At), "-9223372036854775808"),
            (entry(EntryPart::At), "1795334405000"),
            (entry(EntryPart::Text), "They like red."),
            (entry(EntryPart::Person), ID),
            (entry(EntryPart::Place), "Her house"),
            (entry(EntryPart::By), ID),
            (detail(DetailPart::Phone), "+36 1 234 5678"),
            (detail(DetailPart::Label), "work"),
            (detail("messenger".parse().unwrap()), "ann.kovacs"),
            (Place::Link { link: PART }, link.as_str()),
            (Place::Preference { name: "owner".to_owned() }, ID),
            (Place::Preference { name: "theme".to_owned() }, "dark"),
        ];
        for field in settings.fields(FieldScope::Persons) {
            let texts = match &field.kind {
                FieldKind::Text => vec!["A word"],
                FieldKind::LongText => vec!["Two\nlines"],
                FieldKind::Decimal => vec!["0", "-1.5"],
                FieldKind::Money => vec!["1990 HUF"],
                FieldKind::Choice { options, .. } => {
                    options.iter().map(|option| option.key.as_str()).collect()
                }
                FieldKind::Day => vec!["2026-11-22"],
                FieldKind::Flag => vec![SET],
                FieldKind::DayTime => {
                    vec!["2026-11-22T09:00[Europe/Budapest]", "2026-11-22T09:00[Europe/Newtown]"]
                }
                FieldKind::User => vec![ID],
                FieldKind::Email => vec!["Anna@example.com"],
                FieldKind::Phone => vec!["+36 1 234 5678"],
                FieldKind::Url => vec!["https://example.com/menu?day=1"],
                FieldKind::Other(_) => vec![],
            };
            all.extend(texts.into_iter().map(|text| (Place::Field { field: field.id }, text)));
        }
        let empty: Vec<_> = all.iter().map(|(place, _)| (place.clone(), "")).collect();
        all.into_iter().chain(empty).map(|(place, text)| (place, text.to_owned())).collect()
    }

    /// Texts in each form that a register may ask for.
    fn of_form(form: Form) -> Vec<String> {
        let texts: &[&str] = match form {
            Form::Text => &["", "anything", "two\nlines"],
            Form::Id => &["", ID],
            Form::Due => &["", "2026-11-22", "2026-11-22T09:00[UTC]"],
            Form::Day => &["", "2026-11-22"],
            Form::Flag => &["", "1"],
            Form::Key => &["", "call"],
            Form::Recurrence => &["", "2w"],
            Form::Leads => &["", "none", "10,1440"],
            Form::Channels => &["", "none", "browser,device", "fax"],
            Form::ClockTime => &["", "09:00"],
            Form::Quiet => &["", "none", "22:00-07:00"],
            Form::TodoState => &["open#1", "open#4294967295"],
            Form::Trash => &["", TRASHED],
        };
        let closed = format!("closed#3;success;2026-11-22T09:00:05;Europe/Budapest;{ID}");
        let closed = (form == Form::TodoState).then_some(closed);
        texts.iter().map(|text| (*text).to_owned()).chain(closed).collect()
    }

    /// Settings with a field of each kind.
    fn settings() -> Settings {
        let option = |key: &str| ChoiceOption {
            key: key.parse().unwrap(),
            name: String::new(),
            retired: key == "old",
            means: None,
        };
        let kinds = [
            FieldKind::Text,
            FieldKind::LongText,
            FieldKind::Decimal,
            FieldKind::Money,
            FieldKind::Choice { options: vec![option("new"), option("old")], multiple: false },
            FieldKind::Day,
            FieldKind::Flag,
            FieldKind::DayTime,
            FieldKind::User,
            FieldKind::Email,
            FieldKind::Phone,
            FieldKind::Url,
        ];
        Settings::from_rows((0_u8..).zip(kinds).map(|(n, kind)| {
            let field = FieldDefinition {
                id: FieldId::derived(&[&[n]]),
                scope: FieldScope::Persons,
                key: None,
                name: "A field".to_owned(),
                kind,
                order: u32::from(n),
                retired: false,
                required_for: Vec::new(),
            };
            SettingsRow::new(&field, 1)
        }))
    }
}
