//! Projections: the rows that lists, Today, boards and lookups read instead of documents.
//!
//! They are a function of documents and workspace ([`roadbook_domain::read::projection`]); here they are
//! spread over tables, and put together again.

use roadbook_domain::crm::row::Rows;
use roadbook_domain::crm::row::{CardRow, ContactRow, DetailRow, DetailSort, Fact, LinkRow, TodoRow};
use roadbook_domain::crm::{card, contact, reach};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::{Change, Op, Register};
use roadbook_domain::read::today::DueMove;
use roadbook_domain::settings::StatusInputs;
use roadbook_domain::value::fold::{fold, sorted_words};
use roadbook_domain::value::id::{DocumentId, PartId, ProductId, StatusId, UserId};
use roadbook_domain::value::time::Timestamp;

use rusqlite::Transaction;

use super::retained::{self, closed_on};
use super::workspace::Workspace;
use crate::error::Error;

/// Which rows of a document may differ from those stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All, and none are stored.
    New,
    /// Any.
    Any,
    /// The document's own, and those of the parts that this change wrote; facts are only added.
    Touched {
        /// Whether todos may differ.
        todos: bool,
        /// Whether links or details may.
        others: bool,
        /// Whether entries may.
        entries: bool,
        /// Whether there are more facts than before.
        facts: bool,
    },
}

impl Extent {
    /// What a change by the user of this device may make different.
    pub fn of(kind: DocumentTypeId, change: &Change, facts: bool) -> Self {
        let registers = || {
            change.ops.iter().filter_map(|op| match op {
                Op::Put { register, .. } => Some(register),
                // Long texts are in no row.
                Op::MakeContainer { .. } | Op::MakeText { .. } | Op::Insert { .. } | Op::Erase { .. } => None,
            })
        };
        let touches = |container: u8| registers().any(|register| register.container == container);
        // Rows of todos repeat these of their card.
        let repeated = |register: &Register| {
            register.container == card::CARD && matches!(register.name.as_str(), "product" | "name" | "trash")
        };
        match kind {
            DocumentTypeId::CARD => Self::Touched {
                todos: touches(card::TODOS) || registers().any(repeated),
                others: touches(card::LINKS),
                entries: touches(card::ENTRIES),
                facts,
            },
            _ => Self::Touched {
                todos: false,
                others: touches(contact::LINKS) || touches(contact::DETAILS),
                entries: touches(contact::ENTRIES),
                facts,
            },
        }
    }

    /// Whether rows are there of which most is as it was.
    const fn is_narrow(self) -> bool {
        matches!(self, Self::Touched { .. })
    }

    const fn todos(self) -> bool {
        matches!(self, Self::New | Self::Any | Self::Touched { todos: true, .. })
    }

    const fn others(self) -> bool {
        matches!(self, Self::New | Self::Any | Self::Touched { others: true, .. })
    }

    /// Whether entries may differ, which are stored beside the rows.
    pub const fn entries(self) -> bool {
        matches!(self, Self::New | Self::Any | Self::Touched { entries: true, .. })
    }

    const fn facts(self) -> bool {
        matches!(self, Self::New | Self::Any | Self::Touched { facts: true, .. })
    }
}

/// Stores the rows of a document in place of all those before; `is_new` promises that there are none.
pub(crate) fn write(
    tx: &Transaction<'_>,
    workspace: &Workspace,
    id: DocumentId,
    rows: &Rows,
    is_new: bool,
) -> Result<(), Error> {
    update(tx, workspace, id, rows, if is_new { Extent::New } else { Extent::Any })
}

/// Stores those rows of a document that may differ from the ones before.
pub(crate) fn update(
    tx: &Transaction<'_>,
    workspace: &Workspace,
    id: DocumentId,
    rows: &Rows,
    extent: Extent,
) -> Result<(), Error> {
    let is_new = extent == Extent::New;
    match rows {
        Rows::Card(card, facts) => {
            if !extent.is_narrow() || !update_card(tx, workspace, id, card)? {
                write_card(tx, workspace, id, card)?;
            }
            if extent.todos() {
                write_todos(tx, workspace, id, card)?;
            }
            if extent.others() {
                write_links(tx, id, &card.links)?;
            }
            if extent.facts() {
                write_facts(tx, id, facts)?;
                write_moves(tx, id, facts, is_new)?;
            }
            if extent == Extent::Any {
                drop_surplus(tx, id, Part::Todo, card.todos.iter().map(|todo| todo.id))?;
            }
            if extent.others() && !is_new {
                drop_surplus(tx, id, Part::Link, card.links.iter().map(|link| link.id))?;
            }
            // The card is visible, so its own rows count; a closing still retained would count twice.
            if matches!(extent, Extent::New | Extent::Any) {
                retained::forget_of(tx, id)?;
            }
        }
        Rows::Contact(contact, facts) => {
            write_contact(tx, workspace, id, contact)?;
            if extent.facts() {
                write_facts(tx, id, facts)?;
            }
            if extent.others() {
                write_details(tx, id, &contact.details)?;
                write_links(tx, id, &contact.links)?;
            }
            if extent.others() && !is_new {
                drop_surplus(tx, id, Part::Detail, contact.details.iter().map(|detail| detail.id))?;
                drop_surplus(tx, id, Part::Link, contact.links.iter().map(|link| link.id))?;
            }
        }
        Rows::None => {}
    }
    Ok(())
}

/// Deletes the rows of a document.
pub(crate) fn remove(tx: &Transaction<'_>, id: DocumentId) -> Result<(), Error> {
    for table in TABLES {
        tx.prepare_cached(&format!("DELETE FROM {table} WHERE document = ?1"))?.execute([id.as_bytes()])?;
    }
    Ok(())
}

/// The tables that hold rows of documents.
pub(super) const TABLES: [&str; 8] =
    ["card", "todo", "due_move", "fact", "contact", "detail", "link", "entry"];

/// Computes anew when todos become overdue, for those assignees whose zone `is_other`.
pub(super) fn reindex_dues(
    tx: &Transaction<'_>,
    workspace: &Workspace,
    is_other: impl Fn(Option<UserId>) -> bool,
) -> Result<(), Error> {
    let mut cards = tx.prepare("SELECT DISTINCT assignee FROM todo WHERE overdue_from IS NOT NULL")?;
    let assignees = cards.query_map([], |row| row.get(0).map(|user: Option<[u8; 16]>| user))?;
    // All ids are collected before the first write: a statement must not walk a table that changes under it.
    let mut touched = std::collections::BTreeSet::new();
    for assignee in assignees.collect::<Result<Vec<_>, _>>()? {
        if is_other(assignee.map(UserId::from_bytes)) {
            let mut of = tx.prepare_cached("SELECT DISTINCT document FROM todo WHERE assignee IS ?1")?;
            let documents = of.query_map([assignee], |row| row.get(0).map(DocumentId::from_bytes))?;
            touched.extend(documents.collect::<Result<Vec<_>, _>>()?);
        }
    }
    for id in touched {
        if let Some(card) = super::rows::card(tx, id)? {
            write_card(tx, workspace, id, &card)?;
            write_todos(tx, workspace, id, &card)?;
        }
    }
    Ok(())
}

/// Computes anew by what names are found, and their places in the alphabet.
pub(super) fn reindex_names(tx: &Transaction<'_>, workspace: &Workspace) -> Result<(), Error> {
    let names = |sql: &str| -> Result<Vec<([u8; 16], String)>, Error> {
        let mut statement = tx.prepare(sql)?;
        let names = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(names.collect::<Result<_, _>>()?)
    };
    let mut update = tx.prepare("UPDATE card SET search = ?2 WHERE document = ?1")?;
    for (document, name) in names("SELECT document, name FROM card")? {
        update.execute((document, fold(&name)))?;
    }
    let mut update = tx.prepare("UPDATE contact SET search = ?2, place = ?3 WHERE document = ?1")?;
    for (document, name) in names("SELECT document, family_name || ' ' || given_name FROM contact")? {
        update.execute((document, sorted_words(&name), workspace.alphabet().key(&name)))?;
    }
    Ok(())
}

/// Computes anew by what phones and emails are looked up.
pub(super) fn reindex_details(tx: &Transaction<'_>) -> Result<(), Error> {
    let mut statement = tx.prepare("SELECT document, detail, sort, value FROM detail")?;
    let details = statement.query_map([], |row| {
        Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, [u8; 6]>(1)?, row.get(2)?, row.get(3)?))
    })?;
    let details: Vec<([u8; 16], [u8; 6], String, String)> = details.collect::<Result<_, _>>()?;
    let sql = "UPDATE detail SET key = ?3 WHERE document = ?1 AND detail = ?2 AND key IS NOT ?3";
    let mut update = tx.prepare(sql)?;
    for (document, detail, sort, value) in details {
        let sort: DetailSort = sort.parse().map_err(|_| Error::Stored("sort of a detail"))?;
        update.execute((document, detail, reach::key(sort, &value)))?;
    }
    Ok(())
}

/// Computes anew which status the cards of a product show.
pub(super) fn reindex_statuses(
    tx: &Transaction<'_>,
    workspace: &Workspace,
    product: ProductId,
) -> Result<(), Error> {
    let mut cards = tx.prepare(
        "SELECT document, status, fields, coalesce(last_contact, created) FROM card WHERE product = ?1",
    )?;
    let mut rows = cards.query([product.as_bytes()])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let stored: Option<[u8; 16]> = row.get(1)?;
        let fields: Vec<u8> = row.get(2)?;
        let last_contact: Option<i64> = row.get(3)?;
        all.push((row.get::<_, [u8; 16]>(0)?, stored, fields, last_contact));
    }
    let mut update = tx.prepare_cached(
        "UPDATE card SET shown = ?2, shown_until = ?3, then_shown = ?4 WHERE document = ?1",
    )?;
    for (document, stored, fields, last_contact) in all {
        let fields: Vec<(String, String)> =
            minicbor::decode(&fields).map_err(|_| Error::Stored("list of fields"))?;
        let status = ShownStatus::of(
            workspace,
            &StatusInputs {
                product: Some(product),
                stored: stored.map(StatusId::from_bytes),
                texts: roadbook_domain::settings::field::FieldTexts::new(&fields),
                last_contact: last_contact.map(Timestamp::from_millis),
            },
        );
        update.execute((document, bytes(status.first), status.until, bytes(status.then)))?;
    }
    Ok(())
}

/// Which status a card shows, for all times: what time alone changes is known beforehand (T13).
struct ShownStatus {
    first: Option<StatusId>,
    until: Option<i64>,
    then: Option<StatusId>,
}

impl ShownStatus {
    fn of(workspace: &Workspace, inputs: &StatusInputs<'_>) -> Self {
        let status = |now| workspace.settings.card_status(inputs, now);
        // From the earliest instant on: what is stored must hold for every clock that reads it later.
        let first = status(Timestamp::from_millis(i64::MIN));
        let then = first.next_change.and_then(|at| status(at).id);
        Self { first: first.id, until: first.next_change.map(Timestamp::millis), then }
    }
}

fn write_card(
    tx: &Transaction<'_>,
    workspace: &Workspace,
    id: DocumentId,
    card: &CardRow,
) -> Result<(), Error> {
    let status = ShownStatus::of(workspace, &StatusInputs::of(card));
    tx.prepare_cached(
        "INSERT INTO card (document, product, name, search, status, shown, shown_until, then_shown, owner,
           trash, fields, last_contact, conflicts, next_due, has_open, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
         ON CONFLICT DO UPDATE SET product = ?2, name = ?3, search = ?4, status = ?5, shown = ?6,
           shown_until = ?7, then_shown = ?8, owner = ?9, trash = ?10, fields = ?11, last_contact = ?12,
           conflicts = ?13, next_due = ?14, has_open = ?15, created = ?16",
    )?
    .execute(rusqlite::params![
        id.as_bytes(),
        card.product.map(|product| *product.as_bytes()),
        card.name,
        fold(&card.name),
        bytes(card.status),
        bytes(status.first),
        status.until,
        bytes(status.then),
        card.owner.map(|owner| *owner.as_bytes()),
        card.trash.code(),
        encode(&card.fields)?,
        card.last_contact.map(Timestamp::millis),
        card.conflicts,
        next_due(workspace, card),
        card.todos.iter().any(|todo| todo.state.is_open()),
        card.created.map(Timestamp::millis),
    ])?;
    Ok(())
}

/// Writes what differs of a card's row; false if there is none.
///
/// SQLite writes the entries of every index that an assignment could concern, be the value the same or
/// not. So what the lists of cards are found by is assigned only if it differs, and few edits change it.
fn update_card(
    tx: &Transaction<'_>,
    workspace: &Workspace,
    id: DocumentId,
    card: &CardRow,
) -> Result<bool, Error> {
    let sql = "UPDATE card SET search = ?2, fields = ?3, last_contact = ?4, conflicts = ?5, created = ?6,
               owner = ?7, status = ?8 WHERE document = ?1";
    let found = tx.prepare_cached(sql)?.execute((
        id.as_bytes(),
        fold(&card.name),
        encode(&card.fields)?,
        card.last_contact.map(Timestamp::millis),
        card.conflicts,
        card.created.map(Timestamp::millis),
        card.owner.map(|owner| *owner.as_bytes()),
        bytes(card.status),
    ))?;
    if found == 0 {
        return Ok(false);
    }
    let status = ShownStatus::of(workspace, &StatusInputs::of(card));
    let sql = "UPDATE card SET product = ?2, name = ?3, shown = ?4, shown_until = ?5, then_shown = ?6,
                 trash = ?7, next_due = ?8, has_open = ?9
               WHERE document = ?1 AND (product, name, shown, shown_until, then_shown, trash, next_due, has_open)
                 IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    tx.prepare_cached(sql)?.execute((
        id.as_bytes(),
        card.product.map(|product| *product.as_bytes()),
        &card.name,
        bytes(status.first),
        status.until,
        bytes(status.then),
        card.trash.code(),
        next_due(workspace, card),
        card.todos.iter().any(|todo| todo.state.is_open()),
    ))?;
    Ok(true)
}

fn write_todos(
    tx: &Transaction<'_>,
    workspace: &Workspace,
    id: DocumentId,
    card: &CardRow,
) -> Result<(), Error> {
    let card_due = next_due(workspace, card);
    // A row that stays as it was is not written, nor are its index entries.
    // `open`, `closed_on` and `closed_by` follow from the columns that are compared.
    let mut upsert = tx.prepare_cached(
        "INSERT INTO todo (document, todo, product, trash, text, due, assignee, state, contact, open,
           overdue_from, closed_on, card_due, card_name, closed_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
         ON CONFLICT DO UPDATE SET product = ?3, trash = ?4, text = ?5, due = ?6, assignee = ?7,
           state = ?8, contact = ?9, open = ?10, overdue_from = ?11, closed_on = ?12, card_due = ?13,
           card_name = ?14, closed_by = ?15
         WHERE (product, trash, text, due, assignee, state, contact, overdue_from, card_due, card_name)
           IS NOT (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?11, ?13, ?14)",
    )?;
    for todo in &card.todos {
        upsert.execute(rusqlite::params![
            id.as_bytes(),
            todo.id.as_bytes(),
            card.product.map(|product| *product.as_bytes()),
            card.trash.code(),
            todo.text,
            todo.due.map(|due| due.to_string()),
            todo.assignee.map(|user| *user.as_bytes()),
            todo.state.to_string(),
            todo.contact.map(|contact| *contact.as_bytes()),
            todo.state.is_open(),
            overdue_from(workspace, todo),
            closed_on(&todo.state),
            card_due,
            card.name,
            todo.closed_by().map(|user| *user.as_bytes()),
        ])?;
    }
    Ok(())
}

fn write_facts(tx: &Transaction<'_>, id: DocumentId, facts: &[Fact]) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO fact (document, facts) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET facts = ?2",
    )?
    .execute((id.as_bytes(), encode(&facts)?))?;
    Ok(())
}

fn write_contact(
    tx: &Transaction<'_>,
    workspace: &Workspace,
    id: DocumentId,
    row: &ContactRow,
) -> Result<(), Error> {
    let name = sorted_name(&row.family_name, &row.given_name);
    tx.prepare_cached(
        "INSERT INTO contact (document, sort, given_name, family_name, search, trash, fields, creator,
           conflicts, place)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT DO UPDATE SET sort = ?2, given_name = ?3, family_name = ?4, search = ?5, trash = ?6,
           fields = ?7, creator = ?8, conflicts = ?9, place = ?10",
    )?
    .execute(rusqlite::params![
        id.as_bytes(),
        row.sort.name(),
        row.given_name,
        row.family_name,
        sorted_words(&name),
        row.trash.code(),
        encode(&row.fields)?,
        row.creator.map(|creator| *creator.as_bytes()),
        row.conflicts,
        workspace.alphabet().key(&name),
    ])?;
    Ok(())
}

fn write_details(tx: &Transaction<'_>, id: DocumentId, details: &[DetailRow]) -> Result<(), Error> {
    let mut upsert = tx.prepare_cached(
        "INSERT INTO detail (document, detail, sort, label, value, key) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET sort = ?3, label = ?4, value = ?5, key = ?6
         WHERE (sort, label, value, key) IS NOT (?3, ?4, ?5, ?6)",
    )?;
    for detail in details {
        upsert.execute((
            id.as_bytes(),
            detail.id.as_bytes(),
            detail.sort.name(),
            &detail.label,
            &detail.value,
            reach::key(detail.sort, &detail.value),
        ))?;
    }
    Ok(())
}

fn write_links(tx: &Transaction<'_>, id: DocumentId, links: &[LinkRow]) -> Result<(), Error> {
    let mut upsert = tx.prepare_cached(
        "INSERT INTO link (document, link, target, role) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET target = ?3, role = ?4 WHERE (target, role) IS NOT (?3, ?4)",
    )?;
    for link in links {
        upsert.execute((id.as_bytes(), link.id.as_bytes(), link.target.as_bytes(), &link.role))?;
    }
    Ok(())
}

fn write_moves(tx: &Transaction<'_>, id: DocumentId, facts: &[Fact], is_new: bool) -> Result<(), Error> {
    let moves: Vec<_> = facts.iter().filter_map(|fact| DueMove::of(id, fact)).collect();
    if !is_new {
        // Most changes move no due. Then the rows and their index entries stay as they are.
        if super::rows::moves(tx, id)? == moves {
            return Ok(());
        }
        tx.prepare_cached("DELETE FROM due_move WHERE document = ?1")?.execute([id.as_bytes()])?;
    }
    let mut insert = tx.prepare_cached(
        "INSERT INTO due_move (document, todo, at, from_due, to_due) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for moved in moves {
        insert.execute((
            id.as_bytes(),
            moved.todo.as_bytes(),
            moved.at.millis(),
            moved.from.to_string(),
            moved.to.to_string(),
        ))?;
    }
    Ok(())
}

/// A table of parts.
enum Part {
    Todo,
    Link,
    Detail,
}

/// Deletes the rows of parts that the document no longer has, which only a rebuild leaves.
fn drop_surplus(
    tx: &Transaction<'_>,
    id: DocumentId,
    part: Part,
    kept: impl ExactSizeIterator<Item = PartId>,
) -> Result<(), Error> {
    let (all, delete) = match part {
        Part::Todo => (
            "SELECT todo FROM todo WHERE document = ?1",
            "DELETE FROM todo WHERE document = ?1 AND todo = ?2",
        ),
        Part::Link => (
            "SELECT link FROM link WHERE document = ?1",
            "DELETE FROM link WHERE document = ?1 AND link = ?2",
        ),
        Part::Detail => (
            "SELECT detail FROM detail WHERE document = ?1",
            "DELETE FROM detail WHERE document = ?1 AND detail = ?2",
        ),
    };
    let mut statement = tx.prepare_cached(all)?;
    let stored = statement.query_map([id.as_bytes()], |row| row.get(0))?;
    let stored = stored.collect::<Result<Vec<[u8; 6]>, _>>()?;
    // The kept parts were written just before, so equal numbers mean that there is no surplus.
    if stored.len() == kept.len() {
        return Ok(());
    }
    let kept: Vec<_> = kept.map(|part| *part.as_bytes()).collect();
    let mut delete = tx.prepare_cached(delete)?;
    for part in stored.iter().filter(|part| !kept.contains(part)) {
        delete.execute((id.as_bytes(), part))?;
    }
    Ok(())
}

/// When the card's first open todo becomes overdue (F30).
fn next_due(workspace: &Workspace, card: &CardRow) -> i64 {
    let open = card.todos.iter().filter(|todo| todo.state.is_open());
    // Not NULL, which SQLite sorts first: cards without an open todo come last (F30).
    open.filter_map(|todo| overdue_from(workspace, todo)).min().unwrap_or(Timestamp::NEVER.millis())
}

fn overdue_from(workspace: &Workspace, todo: &TodoRow) -> Option<i64> {
    Some(todo.due?.overdue_from(workspace.zones().of(todo.assignee)).millis())
}

/// A contact's name in the order in which names are sorted (T19).
fn sorted_name(family: &str, given: &str) -> String {
    format!("{family} {given}")
}

fn bytes(status: Option<StatusId>) -> Option<[u8; 16]> {
    status.map(|status| *status.as_bytes())
}

fn encode(value: &impl minicbor::Encode<()>) -> Result<Vec<u8>, Error> {
    minicbor::to_vec(value).map_err(|_| Error::Stored("row"))
}
