//! Projections: the rows of a document, and the facts of a change (`crate::crm::row`).

use std::str::FromStr;

use crate::crm::row::Rows;
use crate::crm::row::{
    CardRow, ContactRow, ContactSort, DetailRow, DetailSort, EntryRow, Event, Fact, LinkRow, TodoRow,
};
use crate::crm::{card, contact};
use crate::document::AuthorTable;
use crate::document::OpIndex;
use crate::document::change::{Change, ChangeHash, Op, OpId, Register};
use crate::document::{Document, DocumentError, Values};
use crate::document::{DocumentType, DocumentTypeId};
use crate::document::{is_reserved, shown};
use crate::read::view::View;
use crate::value::id::{DocumentId, PartId, UserId};
use crate::value::time::Timestamp;
use crate::value::todo::TodoState;
use crate::value::trash::TRASHED;
use crate::value::trash::Trash;

/// The version of these functions. A phone with another version uses the rows of a bundle at once, and
/// computes its own in the background.
pub const VERSION: u32 = 1;

/// Entries of these kinds are contacts with the customer (T13).
pub const CONTACTS: [&str; 5] = ["call", "meeting", "visit", "mail", "message"];

/// The rows of a document of any type, without facts.
pub fn rows(document: &Document, creator: Option<UserId>) -> Rows {
    let created = |_: &Register, op| document.time_of(op);
    rows_of_view(document.kind(), &View::of(document), || OpIndex::of(document), created, creator)
}

/// The rows of a document of any type, with the facts of all its changes.
pub fn rows_with_facts(document: &Document, authors: &AuthorTable, creator: Option<UserId>) -> Rows {
    let changes = document.changes_since(&[]);
    let authors = authors.index();
    let told = changes.iter().flat_map(|(_, change)| {
        let by = authors.signature(change.actor).and_then(|by| by.user);
        facts(document, change, by)
    });
    rows(document, creator).with_facts(told.collect())
}

/// The rows of an indexed document of any type, without facts and without automerge. They equal those of
/// the document itself.
pub fn rows_of_index(index: &OpIndex, creator: Option<UserId>) -> Rows {
    rows_of_indexed(&View::of_index(index), index, creator)
}

/// The entries of a document of any type, by id.
pub fn entries(document: &Document) -> Vec<EntryRow> {
    let container = entry_container(document.kind().id);
    let told = container.map(|container| entry_rows(&View::of_container(document, container), container));
    told.unwrap_or_default()
}

/// The rows, with facts, of a document that is saved as a list of few changes; `None` if it is saved in
/// automerge's own form, and must be loaded.
pub fn rows_of_saved(
    kind: &'static DocumentType,
    saved: &[u8],
    authors: &AuthorTable,
) -> Option<Result<Rows, DocumentError>> {
    Some(all_of_saved(kind, saved, authors)?.map(|(rows, _)| rows))
}

/// The same with the document's [`entries`].
pub fn all_of_saved(
    kind: &'static DocumentType,
    saved: &[u8],
    authors: &AuthorTable,
) -> Option<Result<(Rows, Vec<EntryRow>), DocumentError>> {
    let told = |(index, changes): (OpIndex, Vec<Change>)| {
        let authors = authors.index();
        let mut creator = None;
        let mut told = Vec::new();
        for change in &changes {
            let by = authors.signature(change.actor).and_then(|by| by.user);
            // A list is in causal order, so its first change made the document.
            creator = creator.or(by);
            told.extend(facts(&index, change, by));
        }
        let view = View::of_index(&index);
        let container = entry_container(kind.id);
        let entries = container.map(|container| entry_rows(&view, container)).unwrap_or_default();
        (rows_of_indexed(&view, &index, creator).with_facts(told), entries)
    };
    Some(OpIndex::of_saved(kind, saved)?.map(told))
}

/// Whether [`rows_of_saved`] gives a document's rows. Then they need not travel beside it.
pub fn are_told_by(saved: &[u8]) -> bool {
    crate::document::is_change_list(saved)
}

fn rows_of_indexed(view: &View, index: &OpIndex, creator: Option<UserId>) -> Rows {
    let created = |register: &Register, op| index.time_of(register, op);
    rows_of_view(index.kind(), view, || index.clone(), created, creator)
}

fn rows_of_view(
    kind: &DocumentType,
    view: &View,
    index: impl FnOnce() -> OpIndex,
    time_of: impl FnOnce(&Register, OpId) -> Option<Timestamp>,
    creator: Option<UserId>,
) -> Rows {
    match kind.id {
        DocumentTypeId::CARD => Rows::Card(Box::new(card_row(view, index, time_of)), Vec::new()),
        DocumentTypeId::CONTACT => Rows::Contact(Box::new(contact_row(view, index, creator)), Vec::new()),
        // User documents and documents of later types stand in no list.
        _ => Rows::None,
    }
}

/// A source of what registers held at earlier heads: a document or its index.
pub trait Past {
    /// The document's type.
    fn kind(&self) -> &'static DocumentType;

    /// The values a register had when the document had these heads.
    fn get_at(&self, register: &Register, heads: &[ChangeHash]) -> Option<Values>;

    /// Whether a change is nobody's act: the genesis, or the constant change of a later schema version.
    fn is_constant(&self, hash: ChangeHash) -> bool;
}

impl Past for Document {
    fn kind(&self) -> &'static DocumentType {
        self.kind()
    }

    fn get_at(&self, register: &Register, heads: &[ChangeHash]) -> Option<Values> {
        self.get_at(register, heads)
    }

    fn is_constant(&self, hash: ChangeHash) -> bool {
        self.is_constant(hash)
    }
}

impl Past for OpIndex {
    fn kind(&self) -> &'static DocumentType {
        self.kind()
    }

    fn get_at(&self, register: &Register, heads: &[ChangeHash]) -> Option<Values> {
        self.get_at(register, heads)
    }

    fn is_constant(&self, hash: ChangeHash) -> bool {
        self.is_constant(hash)
    }
}

/// The row of a card, with its todos and links.
fn card_row(
    view: &View,
    index: impl FnOnce() -> OpIndex,
    time_of: impl FnOnce(&Register, OpId) -> Option<Timestamp>,
) -> CardRow {
    let product = Register { container: card::CARD, name: "product".to_owned() };
    // The product is written once, by the change that makes the card: so its stamp is the card's.
    let first = view.values(product.container, &product.name).map(|values| values.winner.op);
    CardRow {
        product: view.parsed(card::CARD, "product"),
        name: view.text(card::CARD, "name"),
        status: view.parsed(card::CARD, "status"),
        owner: view.parsed(card::CARD, "owner"),
        trash: trash(view, index, card::CARD),
        fields: field_texts(view, card::FIELDS),
        links: links(view, card::LINKS),
        todos: todos(view),
        last_contact: last_contact(view),
        conflicts: conflict_count(view),
        created: first.and_then(|op| time_of(&product, op)),
    }
}

/// The row of a contact, with its details and links.
fn contact_row(view: &View, index: impl FnOnce() -> OpIndex, creator: Option<UserId>) -> ContactRow {
    ContactRow {
        // Without a sort that can be read it is better shown as a person than not at all.
        sort: view.parsed(contact::CONTACT, "sort").unwrap_or(ContactSort::Person),
        given_name: view.text(contact::CONTACT, "given"),
        family_name: view.text(contact::CONTACT, "family"),
        trash: trash(view, index, contact::CONTACT),
        fields: field_texts(view, contact::FIELDS),
        details: details(view),
        links: links(view, contact::LINKS),
        creator,
        conflicts: conflict_count(view),
    }
}

/// What one change did. The document must hold the change's dependencies; it may also hold the change
/// itself and any others.
pub fn facts(document: &impl Past, change: &Change, by: Option<UserId>) -> Vec<Fact> {
    // The constant change of a schema version is nobody's act.
    if is_reserved(change.actor) {
        return Vec::new();
    }
    // Two devices may both make a document whose id is derived; then two changes tell it.
    let begins = change.seq == 1 && change.deps.iter().all(|dep| document.is_constant(*dep));
    let created = begins.then_some(Event::Created);
    let events = change.ops.iter().filter_map(|op| match op {
        Op::Put { register, value, .. } if document.kind().id == DocumentTypeId::CARD => {
            event(document, &change.deps, register, value)
        }
        _ => None,
    });
    created.into_iter().chain(events).map(|event| Fact { at: change.time, by, event }).collect()
}

fn event(document: &impl Past, deps: &[ChangeHash], register: &Register, value: &str) -> Option<Event> {
    let before = || {
        let values = document.get_at(register, deps)?;
        Some(shown(document.kind(), register.container, &register.name, &values))
    };
    let part = || register.name.split('/').next().and_then(|part| part.parse::<PartId>().ok());
    let last = register.name.rsplit('/').next().unwrap_or_default();
    match (register.container, last) {
        (card::CARD, "status") => Some(Event::Status(parsed(before()), value.parse().ok())),
        (card::CARD, "owner") => Some(Event::Owner(parsed(before()), value.parse().ok())),
        // A text that is written again is a correction, not another todo.
        (card::TODOS, "text") if before().is_none() => Some(Event::TodoMade(part()?)),
        // A new todo's first due is no move: nothing was there before.
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
        // A part without a text is what an edit left of a todo that this version cannot show.
        .filter(|(_, registers)| registers.contains_key("text"))
        .map(|(id, mut registers)| TodoRow {
            id,
            text: registers.remove("text").unwrap_or_default(),
            due: parsed(registers.remove("due")),
            assignee: parsed(registers.remove("assignee")),
            // A new todo has no state register: it is open until somebody closes it.
            state: parsed::<TodoState>(registers.remove("state")).unwrap_or_default(),
            contact: parsed(registers.remove("contact")),
        })
        .collect()
}

/// The links of a document, without those that were removed.
fn links(view: &View, container: u8) -> Vec<LinkRow> {
    view.parts(container)
        .into_iter()
        .filter_map(|(id, registers)| {
            let (role, target) = parse_link(registers.get("to")?)?;
            Some(LinkRow { id, target, role: role.to_owned() })
        })
        .collect()
}

/// Reads a link register, `<role> <target>`; `None` for a link that was removed.
pub fn parse_link(text: &str) -> Option<(&str, DocumentId)> {
    let (role, target) = text.split_once(' ')?;
    Some((role, target.parse().ok()?))
}

fn details(view: &View) -> Vec<DetailRow> {
    view.parts(contact::DETAILS)
        .into_iter()
        .filter_map(|(id, mut registers)| {
            let label = registers.remove("label").unwrap_or_default();
            let sorts = registers.into_iter().filter_map(|(name, value)| {
                let sort: DetailSort = name.parse().ok()?;
                Some((sort, value))
            });
            // Beside a sort that this version knows, another register is what a later one adds to it.
            let (known, later): (Vec<_>, Vec<_>) = sorts.partition(|(sort, _)| sort.is_known());
            let candidates = if known.is_empty() { later } else { known };
            let (sort, value) = candidates.into_iter().find(|(_, value)| !value.is_empty())?;
            Some(DetailRow { id, sort, label, value })
        })
        .collect()
}

/// Where documents of a type have their entries.
fn entry_container(kind: DocumentTypeId) -> Option<u8> {
    match kind {
        DocumentTypeId::CARD => Some(card::ENTRIES),
        DocumentTypeId::CONTACT => Some(contact::ENTRIES),
        _ => None,
    }
}

fn entry_rows(view: &View, container: u8) -> Vec<EntryRow> {
    view.parts(container)
        .into_iter()
        // Without a kind it is what an edit left of one that this version cannot show.
        .filter_map(|(id, mut registers)| {
            let kind = registers.remove("kind")?;
            let at = registers.get("at").and_then(|at| at.parse().ok()).map(Timestamp::from_millis);
            Some(EntryRow { id, kind, at, text: registers.remove("text").unwrap_or_default() })
        })
        .collect()
}

/// Register texts of fields, without long texts: those are read when a card is opened.
fn field_texts(view: &View, container: u8) -> Vec<(String, String)> {
    view.registers(container)
        .filter(|(_, values)| !values.has_text() && !values.winner.value.is_empty())
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

/// The state of the trash. A document is in review if it is in the trash, but somebody edited it later, or
/// without having seen that it was trashed. This follows from the changes alone, so all replicas agree.
fn trash(view: &View, index: impl FnOnce() -> OpIndex, container: u8) -> Trash {
    let Some(values) = view.values(container, "trash") else { return Trash::No };
    // A losing value counts, too: another user's mark at the same time does not undo a trashing.
    let trashings = values.all().filter(|written| written.value == TRASHED);
    let trashings: Vec<_> = trashings.map(|written| written.op).collect();
    if trashings.is_empty() {
        return Trash::No;
    }
    let register = Register { container, name: "trash".to_owned() };
    if index().edited_beyond(&register, &trashings) { Trash::Review } else { Trash::Trashed }
}

fn conflict_count(view: &View) -> u32 {
    u32::try_from(view.conflicts().len()).unwrap_or(u32::MAX)
}
