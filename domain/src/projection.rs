//! Projections: the rows of a document, and the facts of a change (`crate::row`).

use std::str::FromStr;

use crate::change::{Change, ChangeHash, Op, Register};
use crate::document::{Document, Values};
use crate::id::{DocumentId, PartId, UserId};
use crate::kind::KindId;
use crate::row::{
    CardRow, ContactRow, ContactSort, DetailRow, DetailSort, Event, Fact, LinkRow, TodoRow, Trash,
};
use crate::time::Timestamp;
use crate::todo::TodoState;
use crate::view::{TRASHED, View, shown};
use crate::wire::Rows;
use crate::{card, contact};

/// The version of these functions. A phone that computes another one uses a bundle's rows for its
/// lists at once and makes its own in the background.
pub const VERSION: u32 = 1;

/// Entries of these kinds are contacts with the customer (T13).
pub const CONTACTS: [&str; 5] = ["call", "meeting", "visit", "mail", "message"];

/// The rows of a document of any kind, without facts.
pub fn rows(document: &Document, creator: Option<UserId>) -> Rows {
    match document.kind().id {
        KindId::CARD => Rows::Card(Box::new(card_row(document)), Vec::new()),
        KindId::CONTACT => Rows::Contact(Box::new(contact_row(document, creator)), Vec::new()),
        _ => Rows::None,
    }
}

impl Rows {
    /// The same rows with these facts, in their own order.
    #[must_use]
    pub fn with_facts(self, mut facts: Vec<Fact>) -> Self {
        facts.sort_unstable();
        match self {
            Self::Card(row, _) => Self::Card(row, facts),
            Self::Contact(row, _) => Self::Contact(row, facts),
            Self::None => Self::None,
        }
    }

    /// The facts among the rows.
    pub fn facts(&self) -> &[Fact] {
        match self {
            Self::Card(_, facts) | Self::Contact(_, facts) => facts,
            Self::None => &[],
        }
    }
}

/// The row of a card, with its todos and links.
pub fn card_row(document: &Document) -> CardRow {
    let view = View::of(document);
    CardRow {
        product: view.parsed(card::CARD, "product"),
        name: view.text(card::CARD, "name"),
        status: view.parsed(card::CARD, "status"),
        owner: view.parsed(card::CARD, "owner"),
        trash: trash(document, &view, card::CARD),
        fields: field_texts(&view, card::FIELDS),
        links: links(&view, card::LINKS),
        todos: todos(&view),
        last_contact: last_contact(&view),
        conflicts: conflict_count(&view),
    }
}

/// The row of a contact, with its details and links.
pub fn contact_row(document: &Document, creator: Option<UserId>) -> ContactRow {
    let view = View::of(document);
    let is_company = view.text(contact::CONTACT, "sort") == contact::COMPANY;
    ContactRow {
        sort: if is_company { ContactSort::Company } else { ContactSort::Person },
        given_name: view.text(contact::CONTACT, "given"),
        family_name: view.text(contact::CONTACT, "family"),
        trash: trash(document, &view, contact::CONTACT),
        fields: field_texts(&view, contact::FIELDS),
        details: details(&view),
        links: links(&view, contact::LINKS),
        creator,
        conflicts: conflict_count(&view),
    }
}

/// What one change did, told from the document it was made on: it must hold the change's
/// dependencies, and may hold the change itself and any others.
pub fn facts(document: &Document, change: &Change, by: Option<UserId>) -> Vec<Fact> {
    let genesis = ChangeHash(document.kind().genesis().hash().0);
    let created = (change.deps == [genesis]).then_some(Event::Created);
    let events = change.ops.iter().filter_map(|op| match op {
        Op::Put { register, value, .. } if document.kind().id == KindId::CARD => {
            event(document, &change.deps, register, value)
        }
        _ => None,
    });
    created.into_iter().chain(events).map(|event| Fact { at: change.time, by, event }).collect()
}

fn event(document: &Document, deps: &[ChangeHash], register: &Register, value: &str) -> Option<Event> {
    let before = || {
        let values = document.get_at(register, deps)?;
        Some(shown(document.kind(), register.container, &register.name, &values))
    };
    let part = || register.name.split('/').next().and_then(|part| part.parse::<PartId>().ok());
    let last = register.name.rsplit('/').next().unwrap_or_default();
    match (register.container, last) {
        (card::CARD, "status") => Some(Event::Status(parsed(before()), value.parse().ok())),
        (card::CARD, "owner") => Some(Event::Owner(parsed(before()), value.parse().ok())),
        (card::TODOS, "text") if before().is_none() => Some(Event::TodoMade(part()?)),
        (card::TODOS, "due") => {
            let before = before()?;
            Some(Event::TodoMoved(part()?, before.parse().ok(), value.parse().ok()))
        }
        (card::TODOS, "state") => Some(Event::TodoState(part()?, value.parse().ok()?)),
        (card::TODOS, "assignee") => {
            let before = before()?;
            Some(Event::Assignee(part()?, before.parse().ok(), value.parse().ok()))
        }
        (card::ENTRIES, "kind") if CONTACTS.contains(&value) => Some(Event::Contacted(part()?)),
        _ => None,
    }
}

fn parsed<T: FromStr>(text: Option<String>) -> Option<T> {
    text?.parse().ok()
}

fn todos(view: &View) -> Vec<TodoRow> {
    view.parts(card::TODOS)
        .into_iter()
        // A part without a text is the trace of an edit to a todo that this version cannot show.
        .filter(|(_, registers)| registers.contains_key("text"))
        .map(|(id, mut registers)| TodoRow {
            id,
            text: registers.remove("text").unwrap_or_default(),
            due: parsed(registers.remove("due")),
            assignee: parsed(registers.remove("assignee")),
            state: parsed::<TodoState>(registers.remove("state")).unwrap_or_default(),
            contact: parsed(registers.remove("contact")),
        })
        .collect()
}

/// The links of a document that were not taken away again.
fn links(view: &View, container: u8) -> Vec<LinkRow> {
    view.parts(container)
        .into_iter()
        .filter_map(|(id, registers)| {
            let (role, target) = parse_link(registers.get("to")?)?;
            Some(LinkRow { id, target, role: role.to_owned() })
        })
        .collect()
}

/// Reads a link register, `<role> <target>`; `None` for one that was taken away.
pub fn parse_link(text: &str) -> Option<(&str, DocumentId)> {
    let (role, target) = text.split_once(' ')?;
    Some((role, target.parse().ok()?))
}

fn details(view: &View) -> Vec<DetailRow> {
    view.parts(contact::DETAILS)
        .into_iter()
        .filter_map(|(id, mut registers)| {
            let label = registers.remove("label").unwrap_or_default();
            let (sort, value) = registers.into_iter().find_map(|(name, value)| {
                let sort = DetailSort::of_register(name)?;
                (!value.is_empty()).then_some((sort, value))
            })?;
            Some(DetailRow { id, sort, label, value })
        })
        .collect()
}

/// Register texts of fields; long texts are not among them, they are read when a card is opened.
fn field_texts(view: &View, container: u8) -> Vec<(String, String)> {
    view.registers(container)
        .filter(|(_, values)| !values.winner.is_text && !values.winner.value.is_empty())
        .map(|(name, values)| (name.to_owned(), values.winner.value.clone()))
        .collect()
}

fn last_contact(view: &View) -> Option<Timestamp> {
    view.parts(card::ENTRIES)
        .into_values()
        .filter(|entry| entry.get("kind").is_some_and(|kind| CONTACTS.contains(&kind.as_str())))
        .filter_map(|entry| entry.get("at")?.parse().ok())
        .map(Timestamp::from_millis)
        .max()
}

/// In review: in the trash, but somebody changed more than the trash register without having seen
/// that it was trashed, or later. A pure function of the change graph.
fn trash(document: &Document, view: &View, container: u8) -> Trash {
    if view.text(container, "trash") != TRASHED {
        return Trash::No;
    }
    let register = Register { container, name: "trash".to_owned() };
    let values = document.get(&register);
    let trashings = values.iter().flat_map(Values::all).filter(|written| written.value == TRASHED);
    let known: Vec<_> = trashings.filter_map(|written| document.change_of(written.op)).collect();
    let edited_since = document
        .changes_since(&known)
        .iter()
        .any(|(_, change)| change.ops.iter().any(|op| !writes(op, &register)));
    if edited_since { Trash::Review } else { Trash::Trashed }
}

fn writes(op: &Op, register: &Register) -> bool {
    matches!(op, Op::Put { register: written, .. } if written == register)
}

fn conflict_count(view: &View) -> u32 {
    u32::try_from(view.conflicts().len()).unwrap_or(u32::MAX)
}
