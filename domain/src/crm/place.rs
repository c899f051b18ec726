//! Places: what a register is, in the words of the CRM. Conflicts, history and the quarantine name them, so
//! that no app has to know containers and register names.

use std::fmt;
use std::str::FromStr;

use crate::crm::{card, contact, user_document};
use crate::document::DocumentTypeId;
use crate::document::change::Register;
use crate::value::id::{FieldId, PartId};
use crate::value::open_word::open_word;

/// One thing in a document that has a value of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
pub enum Place {
    /// A card's product.
    Product,
    /// A card's name.
    Name,
    /// A card's status.
    Status,
    /// A card's owner.
    Owner,
    /// Whether a card or contact is in the trash.
    Trash,
    /// Whether a contact is a person or a company.
    Sort,
    /// A person's given name.
    GivenName,
    /// A person's family name, or a company's name.
    FamilyName,
    /// A field of a card or contact.
    Field {
        /// The field.
        field: FieldId,
    },
    /// An option of a multiple choice, by its key.
    Option {
        /// The field.
        field: FieldId,
        /// The option's key.
        option: String,
    },
    /// A part of a todo.
    Todo {
        /// The todo.
        todo: PartId,
        /// Which part.
        part: TodoPart,
    },
    /// A part of an entry.
    Entry {
        /// The entry.
        entry: PartId,
        /// Which part.
        part: EntryPart,
    },
    /// A phone, email or address, or its label.
    Detail {
        /// The detail.
        detail: PartId,
        /// Which part.
        part: DetailPart,
    },
    /// A link to another document.
    Link {
        /// The link.
        link: PartId,
    },
    /// A user's preference, by name.
    Preference {
        /// Its name.
        name: String,
    },
    /// Something that this version does not know; its number and name tell a newer one.
    Other {
        /// The number of its container.
        container: u8,
        /// Its name.
        name: String,
    },
}

open_word! {
    /// A part of a todo. Its name is the end of the name of its register.
    view TodoPart {
        /// What is to be done.
        Text = "text";
        /// When it is due.
        Due = "due";
        /// The user who is to do it.
        Assignee = "assignee";
        /// Whether it is open or closed, how and by whom.
        State = "state";
        /// The contact it is to be done with.
        Contact = "contact";
        /// What there is to say beside its text.
        Description = "description";
        /// Whether it is urgent.
        Urgent = "urgent";
        /// The day on which its assignee wants to do it.
        PlannedFor = "planned_for";
        /// How often it comes again.
        Recurrence = "recurrence";
        /// Its day in the series of todos that come again.
        Occurrence = "occurrence";
        /// How long before its due it reminds, if not as its assignee set for all todos.
        Reminders = "reminders";
        /// Where it reminds, if not as its assignee set for all todos.
        Channels = "channels";
        /// Until when it was put to sleep.
        SnoozedUntil = "snoozed_until";
    }
}

open_word! {
    /// A part of an entry. Its name is the end of the name of its register.
    view EntryPart {
        /// What sort of thing happened: a call, a visit.
        Kind = "kind";
        /// When it happened.
        At = "at";
        /// What happened.
        Text = "text";
        /// The contact it happened with.
        Person = "person";
        /// Where it happened.
        Place = "place";
        /// Who wrote or did it, if not the author of the change.
        By = "by";
    }
}

open_word! {
    /// A part of a detail. Its name is the end of the name of its register; of a value it is the sort of the detail.
    view DetailPart {
        /// A telephone number.
        Phone = "phone";
        /// An email address.
        Email = "email";
        /// A postal address.
        Address = "address";
        /// What it is for: `work`, `home`; free text.
        Label = "label";
    }
}

impl Place {
    /// What a register of a document of this type is.
    pub fn of(kind: DocumentTypeId, register: &Register) -> Self {
        let name = register.name.as_str();
        let other = || Self::Other { container: register.container, name: name.to_owned() };
        match (kind, register.container) {
            (DocumentTypeId::CARD, card::CARD) => match name {
                "product" => Self::Product,
                "name" => Self::Name,
                "status" => Self::Status,
                "owner" => Self::Owner,
                "trash" => Self::Trash,
                _ => other(),
            },
            (DocumentTypeId::CONTACT, contact::CONTACT) => match name {
                "sort" => Self::Sort,
                "given" => Self::GivenName,
                "family" => Self::FamilyName,
                "trash" => Self::Trash,
                _ => other(),
            },
            (DocumentTypeId::CARD, card::FIELDS) | (DocumentTypeId::CONTACT, contact::FIELDS) => {
                field(name).unwrap_or_else(other)
            }
            (DocumentTypeId::CARD, card::TODOS) => {
                part(name, |todo, part| Self::Todo { todo, part }).unwrap_or_else(other)
            }
            (DocumentTypeId::CARD, card::ENTRIES) | (DocumentTypeId::CONTACT, contact::ENTRIES) => {
                part(name, |entry, part| Self::Entry { entry, part }).unwrap_or_else(other)
            }
            (DocumentTypeId::CONTACT, contact::DETAILS) => {
                part(name, |detail, part| Self::Detail { detail, part }).unwrap_or_else(other)
            }
            (DocumentTypeId::CARD, card::LINKS) | (DocumentTypeId::CONTACT, contact::LINKS) => {
                let link = name.strip_suffix("/to").and_then(canonical);
                link.map(|link| Self::Link { link }).unwrap_or_else(other)
            }
            (DocumentTypeId::USER, user_document::USER) => Self::Preference { name: name.to_owned() },
            _ => other(),
        }
    }

    /// The register of a document of this type; `None` if documents of the type have no such place.
    pub fn register(&self, kind: DocumentTypeId) -> Option<Register> {
        let is_card = kind == DocumentTypeId::CARD;
        let is_contact = kind == DocumentTypeId::CONTACT;
        let of_either =
            |card: u8, contact: u8| if is_card { Some(card) } else { is_contact.then_some(contact) };
        let (container, name) = match self {
            Self::Product => (is_card.then_some(card::CARD)?, "product".to_owned()),
            Self::Name => (is_card.then_some(card::CARD)?, "name".to_owned()),
            Self::Status => (is_card.then_some(card::CARD)?, "status".to_owned()),
            Self::Owner => (is_card.then_some(card::CARD)?, "owner".to_owned()),
            Self::Trash => (of_either(card::CARD, contact::CONTACT)?, "trash".to_owned()),
            Self::Sort => (is_contact.then_some(contact::CONTACT)?, "sort".to_owned()),
            Self::GivenName => (is_contact.then_some(contact::CONTACT)?, "given".to_owned()),
            Self::FamilyName => (is_contact.then_some(contact::CONTACT)?, "family".to_owned()),
            Self::Field { field } => (of_either(card::FIELDS, contact::FIELDS)?, field.to_string()),
            Self::Option { field, option } => {
                (of_either(card::FIELDS, contact::FIELDS)?, format!("{field}/{option}"))
            }
            Self::Todo { todo, part } => (is_card.then_some(card::TODOS)?, format!("{todo}/{part}")),
            Self::Entry { entry, part } => {
                (of_either(card::ENTRIES, contact::ENTRIES)?, format!("{entry}/{part}"))
            }
            Self::Detail { detail, part } => {
                (is_contact.then_some(contact::DETAILS)?, format!("{detail}/{part}"))
            }
            Self::Link { link } => (of_either(card::LINKS, contact::LINKS)?, format!("{link}/to")),
            Self::Preference { name } => {
                ((kind == DocumentTypeId::USER).then_some(user_document::USER)?, name.clone())
            }
            Self::Other { container, name } => (*container, name.clone()),
        };
        Some(Register { container, name })
    }
}

impl Place {
    /// Its stable code, and what it is of: an id, or an id and a name.
    pub fn code(&self) -> (&'static str, Option<String>) {
        match self {
            Self::Product => ("product", None),
            Self::Name => ("name", None),
            Self::Status => ("status", None),
            Self::Owner => ("owner", None),
            Self::Trash => ("trash", None),
            Self::Sort => ("sort", None),
            Self::GivenName => ("given_name", None),
            Self::FamilyName => ("family_name", None),
            Self::Field { field } => ("field", Some(field.to_string())),
            Self::Option { field, option } => ("option", Some(format!("{field}/{option}"))),
            Self::Todo { todo, part } => ("todo", Some(format!("{todo}/{part}"))),
            Self::Entry { entry, part } => ("entry", Some(format!("{entry}/{part}"))),
            Self::Detail { detail, part } => ("detail", Some(format!("{detail}/{part}"))),
            Self::Link { link } => ("link", Some(link.to_string())),
            Self::Preference { name } => ("preference", Some(name.clone())),
            Self::Other { container, name } => ("other", Some(format!("{container}/{name}"))),
        }
    }
}

fn field(name: &str) -> Option<Place> {
    match name.split_once('/') {
        None => canonical(name).map(|field| Place::Field { field }),
        Some((field, option)) => {
            canonical(field).map(|field| Place::Option { field, option: option.to_owned() })
        }
    }
}

/// A part with a name that none can have is of another version: the register is told as it is.
fn part<T: FromStr>(name: &str, place: impl FnOnce(PartId, T) -> Place) -> Option<Place> {
    let (id, part) = name.split_once('/')?;
    Some(place(canonical(id)?, part.parse().ok()?))
}

/// An id that is written in its one form: only then does its text lead back to the same register.
fn canonical<T: FromStr + fmt::Display>(text: &str) -> Option<T> {
    text.parse().ok().filter(|id: &T| id.to_string() == text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::crm::document_types;

    #[test]
    fn what_users_see_has_a_name_of_its_own() {
        let register = |container: u8, name: &str| Register { container, name: name.to_owned() };
        let todo = PartId::from_bytes([1; 6]);
        let field = FieldId::derived(&[b"budget"]);
        for (kind, register, place) in [
            (DocumentTypeId::CARD, register(card::CARD, "owner"), Place::Owner),
            (DocumentTypeId::CARD, register(card::FIELDS, &field.to_string()), Place::Field { field }),
            (
                DocumentTypeId::CONTACT,
                register(contact::FIELDS, &format!("{field}/vip")),
                Place::Option { field, option: "vip".into() },
            ),
            (
                DocumentTypeId::CARD,
                register(card::TODOS, &format!("{todo}/due")),
                Place::Todo { todo, part: TodoPart::Due },
            ),
            (
                DocumentTypeId::CARD,
                register(card::TODOS, &format!("{todo}/snoozed_until")),
                Place::Todo { todo, part: TodoPart::SnoozedUntil },
            ),
            (
                DocumentTypeId::CARD,
                register(card::TODOS, &format!("{todo}/effort")),
                Place::Todo { todo, part: "effort".parse().unwrap() },
            ),
            (
                DocumentTypeId::CARD,
                register(card::TODOS, &format!("{todo}/Due")),
                Place::Other { container: card::TODOS, name: format!("{todo}/Due") },
            ),
            (DocumentTypeId::CONTACT, register(contact::CONTACT, "family"), Place::FamilyName),
            (
                DocumentTypeId::CARD,
                register(card::CARD, "mood"),
                Place::Other { container: card::CARD, name: "mood".into() },
            ),
            (DocumentTypeId(900), register(3, "x"), Place::Other { container: 3, name: "x".into() }),
        ] {
            assert_eq!(Place::of(kind, &register), place);
            assert_eq!(place.register(kind), Some(register));
        }
        assert_eq!(Place::Owner.register(DocumentTypeId::CONTACT), None);
    }

    proptest! {
        #[test]
        fn every_register_leads_to_a_place_and_back(
            kind in 0_usize..4,
            container in 0_u8..34,
            name in "[A-Za-z0-9_.-]{1,9}(/[A-Za-z0-9_.-]{1,9}){0,2}|(product|name|status|owner|trash|sort|given|family)|AQEBAQEB/(to|due|text|kind|label|phone|planned_for)|01936b00-0000-7000-8000-00000000000a(/vip)?",
        ) {
            let kind = document_types().get(kind).map_or(DocumentTypeId(900), |kind| kind.id);
            let register = Register { container, name };
            prop_assert_eq!(Place::of(kind, &register).register(kind), Some(register));
        }
    }
}
