//! Today: the app's home, read from two indexes (F99-F101).
//!
//! SQL hands over what may count and nothing else; [`roadbook_domain::read::today`] has the last word. A
//! todo that is due later than what is shown matters only by when it comes in, so of those only the
//! next one is read.

use std::collections::BTreeSet;

use roadbook_domain::read::today::{
    DueMove, Period, Today, TodayItem, TodayQuery, TodayRow, TodayTotals, today,
};
use roadbook_domain::value::id::{DocumentId, PartId, ProductId, UserId};
use roadbook_domain::value::time::{LocalNow, Timestamp};
use roadbook_domain::value::trash::Trash;
use rusqlite::{Connection, Params, Row};

use super::names::name;
use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::store::rows::{parsed, parsed_option};
use crate::store::workspace::Workspace;

/// A user's own todos that need them now, and the four totals.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct TodayView {
    /// The first todos, in order (F30), at most as many as asked for.
    pub todos: Vec<TodayTodo>,
    /// How many there are in all.
    pub matching: u64,
    /// The four totals (F100).
    pub totals: TodayTotals,
    /// The next instant at which anything here changes by time alone: set one timer (F32).
    pub next_change: Option<Timestamp>,
}

/// A todo of Today.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct TodayTodo {
    /// Which todo, when it is due and how it is shown.
    pub item: TodayItem,
    /// What is to be done.
    pub text: String,
    /// The name of its card.
    pub card_name: String,
    /// With whom it is to be done (F35).
    pub contact: Option<DocumentId>,
    /// What they are called; `None` also if they are not here.
    pub contact_name: Option<String>,
}

impl Client {
    /// Today of the user of this device, now: the first `limit` todos, and totals over all.
    pub fn today(&self, period: Period, limit: usize) -> Result<TodayView, ApiError> {
        let now = self.env().now();
        Ok(self.store().query(|connection| {
            let workspace = self.store().workspace(connection)?;
            let today = read(connection, &workspace, now, period, limit)?;
            Ok(TodayView {
                todos: with_texts(connection, &workspace, today.items)?,
                matching: today.matching,
                totals: today.totals,
                next_change: today.next_change,
            })
        })?)
    }
}

/// Today of the workspace's user at `now`.
pub(crate) fn read(
    connection: &Connection,
    workspace: &Workspace,
    now: Timestamp,
    period: Period,
    limit: usize,
) -> Result<Today, Error> {
    let me = workspace.user().ok_or(Error::NoUser)?;
    let zone = workspace.zones().of(Some(me));
    let query = TodayQuery { me, zone, now, period, limit };
    let window = Window::of(&query);
    let (mut rows, later) = open(connection, me, &window)?;
    let moves = moved(connection, me, &window, later, &mut rows)?;
    closed(connection, me, &window, &mut rows)?;
    Ok(today(&query, rows, moves))
}

/// What may count, in instants and days.
struct Window {
    /// Open todos that become overdue by then.
    overdue_by: Timestamp,
    /// Open todos that become overdue from one instant to another.
    due: (Timestamp, Timestamp),
    /// Moves made from one instant to before another.
    moved: (Timestamp, Timestamp),
    /// Closings of one day to another, as text.
    closed: (String, String),
}

impl Window {
    fn of(query: &TodayQuery) -> Self {
        let here = LocalNow::new(query.now, query.zone);
        match query.period {
            Period::Today => Self {
                overdue_by: here.midnight,
                due: NO_TIME,
                moved: (query.zone.start_of(here.today), Timestamp::NEVER),
                // East of here it may be tomorrow already.
                closed: (here.today.to_string(), String::from("9999-12-31")),
            },
            Period::Days { from, to } => Self {
                overdue_by: query.now,
                due: (query.zone.start_of(from), query.zone.end_of(to)),
                moved: (query.zone.start_of(from), query.zone.end_of(to)),
                closed: (from.to_string(), to.to_string()),
            },
        }
    }

    fn holds(&self, overdue_from: i64) -> bool {
        overdue_from <= self.overdue_by.millis()
            || (self.due.0.millis()..=self.due.1.millis()).contains(&overdue_from)
    }
}

/// An empty span.
const NO_TIME: (Timestamp, Timestamp) = (Timestamp::NEVER, Timestamp::from_millis(i64::MIN));

macro_rules! open_todo {
    ($from:literal, $where:literal) => {
        concat!(
            "SELECT t.document, t.todo, t.product, t.due, t.state, t.overdue_from FROM ",
            $from,
            " WHERE t.open = 1 AND t.trash = 0 AND t.overdue_from IS NOT NULL AND t.assignee = ?1 AND ",
            $where
        )
    };
}

/// The open todos in the window, and those that come next after it; returns when these do.
fn open(connection: &Connection, me: UserId, window: &Window) -> Result<(Vec<TodayRow>, i64), Error> {
    let mut rows = Vec::new();
    let overdue_by = window.overdue_by.millis();
    let between = open_todo!("todo t", "t.overdue_from BETWEEN ?2 AND ?3");
    let mut add = |from: i64, to: i64| {
        rows_of(connection, me, between, (me.as_bytes(), from, to), |row, _| rows.push(row))
    };
    add(i64::MIN, overdue_by)?;
    add(window.due.0.millis().max(overdue_by.saturating_add(1)), window.due.1.millis())?;
    let later: Option<i64> = connection
        .prepare_cached(
            "SELECT min(t.overdue_from) FROM todo t WHERE t.open = 1 AND t.trash = 0
             AND t.overdue_from IS NOT NULL AND t.assignee = ?1 AND t.overdue_from > ?2",
        )?
        .query_row((me.as_bytes(), overdue_by), |row| row.get(0))?;
    let later = later.unwrap_or(i64::MAX);
    if !window.holds(later) {
        add(later, later)?;
    }
    Ok((rows, later))
}

/// The moves in the window of my open todos, and those todos that are not among `rows` yet.
fn moved(
    connection: &Connection,
    me: UserId,
    window: &Window,
    later: i64,
    rows: &mut Vec<TodayRow>,
) -> Result<Vec<DueMove>, Error> {
    let sql = "SELECT m.document, m.todo, m.at, m.from_due, m.to_due FROM due_move m
               JOIN todo t ON t.document = m.document AND t.todo = m.todo
               WHERE m.at >= ?2 AND m.at < ?3 AND t.assignee = ?1 AND t.open = 1 AND t.trash = 0";
    let mut statement = connection.prepare_cached(sql)?;
    let (from, to) = (window.moved.0.millis(), window.moved.1.millis());
    let mut found = statement.query((me.as_bytes(), from, to))?;
    let mut moves = Vec::new();
    while let Some(row) = found.next()? {
        moves.push(DueMove {
            card: DocumentId::from_bytes(row.get(0)?),
            todo: PartId::from_bytes(row.get(1)?),
            at: Timestamp::from_millis(row.get(2)?),
            from: parsed(row, 3, "due")?,
            to: parsed(row, 4, "due")?,
        });
    }
    let todos: BTreeSet<_> = moves.iter().map(|moved| (moved.card, moved.todo)).collect();
    let one = open_todo!("todo t", "t.document = ?2 AND t.todo = ?3");
    for (card, todo) in todos {
        rows_of(
            connection,
            me,
            one,
            (me.as_bytes(), card.as_bytes(), todo.as_bytes()),
            |row, overdue_from| {
                if !window.holds(overdue_from) && overdue_from != later {
                    rows.push(row);
                }
            },
        )?;
    }
    Ok(moves)
}

fn rows_of(
    connection: &Connection,
    me: UserId,
    sql: &str,
    params: impl Params,
    mut with: impl FnMut(TodayRow, i64),
) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        let found = TodayRow {
            card: DocumentId::from_bytes(row.get(0)?),
            product: row.get::<_, Option<_>>(2)?.map(ProductId::from_bytes),
            trash: Trash::No,
            todo: PartId::from_bytes(row.get(1)?),
            assignee: Some(me),
            due: parsed_option(row, 3, "due")?,
            state: parsed(row, 4, "state of a todo")?,
        };
        with(found, row.get(5)?);
    }
    Ok(())
}

/// My closings in the window, those retained from cards that I no longer see included.
fn closed(
    connection: &Connection,
    me: UserId,
    window: &Window,
    rows: &mut Vec<TodayRow>,
) -> Result<(), Error> {
    let (from, to) = (&window.closed.0, &window.closed.1);
    let mut closing = |row: &Row<'_>| {
        let (card, todo) = (DocumentId::from_bytes(row.get(0)?), PartId::from_bytes(row.get(1)?));
        rows.push(TodayRow::closing(card, todo, parsed(row, 2, "state of a todo")?));
        Ok::<_, Error>(())
    };
    let sql = "SELECT document, todo, state FROM todo
               WHERE closed_on IS NOT NULL AND trash = 0 AND closed_by = ?1 AND closed_on BETWEEN ?2 AND ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query((me.as_bytes(), from, to))?;
    while let Some(row) = found.next()? {
        closing(row)?;
    }
    let sql = "SELECT document, todo, state FROM retained_closing WHERE closed_on BETWEEN ?1 AND ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query((from, to))?;
    while let Some(row) = found.next()? {
        closing(row)?;
    }
    Ok(())
}

fn with_texts(
    connection: &Connection,
    workspace: &Workspace,
    items: Vec<TodayItem>,
) -> Result<Vec<TodayTodo>, Error> {
    let language = workspace.settings.language(workspace.user());
    let sql = "SELECT text, contact, card_name FROM todo WHERE document = ?1 AND todo = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let todos = items.into_iter().map(|item| {
        let mut todo = statement.query_row((item.key.card.as_bytes(), item.key.todo.as_bytes()), |row| {
            let contact = row.get::<_, Option<_>>(1)?.map(DocumentId::from_bytes);
            Ok(TodayTodo { item, text: row.get(0)?, contact, contact_name: None, card_name: row.get(2)? })
        })?;
        if let Some(contact) = todo.contact {
            todo.contact_name = name(connection, contact, language)?.map(|named| named.name);
        }
        Ok(todo)
    });
    todos.collect()
}

#[cfg(test)]
mod tests;
