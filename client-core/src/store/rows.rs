//! Reading projections: the rows of one document, put together again from their tables.

use roadbook_domain::crm::row::Rows;
use roadbook_domain::crm::row::{
    CardRow, ContactRow, ContactSort, DetailRow, DetailSort, Fact, LinkRow, TodoRow,
};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::read::today::DueMove;
use roadbook_domain::value::id::{DocumentId, PartId, ProductId, StatusId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::trash::Trash;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::Error;

/// The stored rows of a document of this type; [`Rows::None`] if it has none.
pub(crate) fn rows(connection: &Connection, id: DocumentId, kind: DocumentTypeId) -> Result<Rows, Error> {
    let rows = match kind {
        DocumentTypeId::CARD => card(connection, id)?.map(|card| Rows::Card(Box::new(card), Vec::new())),
        DocumentTypeId::CONTACT => {
            contact(connection, id)?.map(|row| Rows::Contact(Box::new(row), Vec::new()))
        }
        _ => None,
    };
    Ok(rows.unwrap_or(Rows::None).with_facts(facts(connection, id)?))
}

/// The row of a card.
pub(crate) fn card(connection: &Connection, id: DocumentId) -> Result<Option<CardRow>, Error> {
    let sql = "SELECT product, name, status, owner, trash, fields, last_contact, conflicts, created
               FROM card WHERE document = ?1";
    let row = connection.prepare_cached(sql)?.query_row([id.as_bytes()], read_card).optional()?;
    let Some(card) = row.transpose()? else { return Ok(None) };
    Ok(Some(CardRow { todos: todos(connection, id)?, links: links(connection, id)?, ..card }))
}

/// The row of a contact.
pub(crate) fn contact(connection: &Connection, id: DocumentId) -> Result<Option<ContactRow>, Error> {
    let sql = "SELECT sort, given_name, family_name, trash, fields, creator, conflicts
               FROM contact WHERE document = ?1";
    let row = connection.prepare_cached(sql)?.query_row([id.as_bytes()], read_contact).optional()?;
    let Some(contact) = row.transpose()? else { return Ok(None) };
    Ok(Some(ContactRow { details: details(connection, id)?, links: links(connection, id)?, ..contact }))
}

/// The rows of those that are cards, in the given order.
pub(crate) fn cards(
    connection: &Connection,
    ids: Vec<DocumentId>,
) -> Result<Vec<(DocumentId, CardRow)>, Error> {
    let rows = ids.into_iter().map(|id| Ok(card(connection, id)?.map(|row| (id, row))));
    rows.filter_map(Result::transpose).collect()
}

/// The rows of those that are contacts, in the given order.
pub(crate) fn contacts(
    connection: &Connection,
    ids: Vec<DocumentId>,
) -> Result<Vec<(DocumentId, ContactRow)>, Error> {
    let rows = ids.into_iter().map(|id| Ok(contact(connection, id)?.map(|row| (id, row))));
    rows.filter_map(Result::transpose).collect()
}

/// The stored facts of a document.
pub(crate) fn facts(connection: &Connection, id: DocumentId) -> Result<Vec<Fact>, Error> {
    let sql = "SELECT facts FROM fact WHERE document = ?1";
    let bytes: Option<Vec<u8>> =
        connection.prepare_cached(sql)?.query_row([id.as_bytes()], |row| row.get(0)).optional()?;
    bytes.map_or(Ok(Vec::new()), |bytes| minicbor::decode(&bytes).map_err(|_| Error::Stored("list of facts")))
}

/// The stored moves of a card's dues, in the order of its facts.
pub(super) fn moves(connection: &Connection, id: DocumentId) -> Result<Vec<DueMove>, Error> {
    let sql = "SELECT todo, at, from_due, to_due FROM due_move WHERE document = ?1 ORDER BY rowid";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.as_bytes()])?;
    let mut moves = Vec::new();
    while let Some(row) = rows.next()? {
        moves.push(DueMove {
            card: id,
            todo: PartId::from_bytes(row.get(0)?),
            at: Timestamp::from_millis(row.get(1)?),
            from: parsed(row, 2, "due")?,
            to: parsed(row, 3, "due")?,
        });
    }
    Ok(moves)
}

/// The value that the text of a column writes.
pub(crate) fn parsed<T: std::str::FromStr>(
    row: &Row<'_>,
    column: usize,
    what: &'static str,
) -> Result<T, Error> {
    let text = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    text.parse().map_err(|_| Error::Stored(what))
}

/// As [`parsed`], for a column that may be NULL.
pub(crate) fn parsed_option<T: std::str::FromStr>(
    row: &Row<'_>,
    column: usize,
    what: &'static str,
) -> Result<Option<T>, Error> {
    let text = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    text.map(|text| text.parse().map_err(|_| Error::Stored(what))).transpose()
}

fn todos(connection: &Connection, id: DocumentId) -> Result<Vec<TodoRow>, Error> {
    let sql = "SELECT todo, text, due, assignee, state, contact FROM todo WHERE document = ?1 ORDER BY todo";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.as_bytes()])?;
    let mut todos = Vec::new();
    while let Some(row) = rows.next()? {
        todos.push(TodoRow {
            id: PartId::from_bytes(row.get(0)?),
            text: row.get(1)?,
            due: parsed_option(row, 2, "due")?,
            assignee: row.get::<_, Option<_>>(3)?.map(UserId::from_bytes),
            state: parsed(row, 4, "state of a todo")?,
            contact: row.get::<_, Option<_>>(5)?.map(DocumentId::from_bytes),
        });
    }
    Ok(todos)
}

fn links(connection: &Connection, id: DocumentId) -> Result<Vec<LinkRow>, Error> {
    let sql = "SELECT link, target, role FROM link WHERE document = ?1 ORDER BY link";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([id.as_bytes()], |row| {
        Ok(LinkRow {
            id: PartId::from_bytes(row.get(0)?),
            target: DocumentId::from_bytes(row.get(1)?),
            role: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn details(connection: &Connection, id: DocumentId) -> Result<Vec<DetailRow>, Error> {
    let sql = "SELECT detail, sort, label, value FROM detail WHERE document = ?1 ORDER BY detail";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.as_bytes()])?;
    let mut details = Vec::new();
    while let Some(row) = rows.next()? {
        let sort: DetailSort = name(&row.get::<_, String>(1)?, "sort of a detail")?;
        let id = PartId::from_bytes(row.get(0)?);
        details.push(DetailRow { id, sort, label: row.get(2)?, value: row.get(3)? });
    }
    Ok(details)
}

fn read_card(row: &Row<'_>) -> rusqlite::Result<Result<CardRow, Error>> {
    let (trash, fields) = (trash(row.get(4)?), fields(row.get_ref(5)?.as_blob()?));
    let card = CardRow {
        product: row.get::<_, Option<_>>(0)?.map(ProductId::from_bytes),
        name: row.get(1)?,
        status: row.get::<_, Option<_>>(2)?.map(StatusId::from_bytes),
        owner: row.get::<_, Option<_>>(3)?.map(UserId::from_bytes),
        trash: Trash::No,
        fields: Vec::new(),
        links: Vec::new(),
        todos: Vec::new(),
        last_contact: row.get::<_, Option<_>>(6)?.map(Timestamp::from_millis),
        conflicts: row.get(7)?,
        created: row.get::<_, Option<_>>(8)?.map(Timestamp::from_millis),
    };
    Ok(trash.and_then(|trash| Ok(CardRow { trash, fields: fields?, ..card })))
}

fn read_contact(row: &Row<'_>) -> rusqlite::Result<Result<ContactRow, Error>> {
    let (trash, fields) = (trash(row.get(3)?), fields(row.get_ref(4)?.as_blob()?));
    let sort = name(&row.get::<_, String>(0)?, "sort of a contact");
    let contact = ContactRow {
        sort: ContactSort::Person,
        given_name: row.get(1)?,
        family_name: row.get(2)?,
        trash: Trash::No,
        fields: Vec::new(),
        details: Vec::new(),
        links: Vec::new(),
        creator: row.get::<_, Option<_>>(5)?.map(UserId::from_bytes),
        conflicts: row.get(6)?,
    };
    Ok(trash.and_then(|trash| Ok(ContactRow { sort: sort?, trash, fields: fields?, ..contact })))
}

pub(crate) fn trash(number: i64) -> Result<Trash, Error> {
    u16::try_from(number).map(Trash::from_code).map_err(|_| Error::Stored("trash"))
}

fn name<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::Stored(what))
}

fn fields(bytes: &[u8]) -> Result<Vec<(String, String)>, Error> {
    minicbor::decode(bytes).map_err(|_| Error::Stored("list of fields"))
}
