//! The phone's file by hand: an edit, and Today.

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tempfile::TempDir;

use super::{bytes, create, id};
use crate::generate::Card;

/// The clock of the benchmarks, 2026-07-01T12:00Z, and the end of that day in Budapest.
const NOW: i64 = 1_782_907_200_000;
const END_OF_DAY: i64 = NOW + 10 * 3_600_000;

/// The tables of a phone that cards, their todos and unsent changes need.
pub(super) const TABLES: &str = "
    CREATE TABLE document (
      id BLOB NOT NULL PRIMARY KEY, kind INTEGER NOT NULL, saved BLOB NOT NULL, heads BLOB NOT NULL,
      authors BLOB NOT NULL, receipt BLOB, as_of INTEGER NOT NULL, term BLOB, damage TEXT,
      stale INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX document_stale ON document (id) WHERE stale = 1;
    CREATE INDEX document_kind ON document (kind) WHERE kind > 2;
    CREATE INDEX document_damaged ON document (id) WHERE damage IS NOT NULL;
    CREATE TABLE outbox (
      n INTEGER PRIMARY KEY AUTOINCREMENT, document BLOB NOT NULL, kind INTEGER NOT NULL,
      hash BLOB NOT NULL, change BLOB NOT NULL, origin BLOB, made_at INTEGER NOT NULL,
      state INTEGER NOT NULL DEFAULT 0, UNIQUE (document, hash)
    ) STRICT;
    CREATE TABLE card (
      document BLOB NOT NULL PRIMARY KEY, product BLOB, name TEXT NOT NULL, search TEXT NOT NULL,
      status BLOB, shown BLOB, shown_until INTEGER, then_shown BLOB, owner BLOB, trash INTEGER NOT NULL,
      fields BLOB NOT NULL, last_contact INTEGER, conflicts INTEGER NOT NULL, next_due INTEGER NOT NULL,
      has_open INTEGER NOT NULL, created INTEGER
    ) STRICT;
    CREATE INDEX card_board ON card (product, has_open DESC, next_due, document) WHERE trash = 0;
    CREATE INDEX card_status ON card (product, shown, has_open DESC, next_due, document, shown_until)
      WHERE trash = 0;
    CREATE INDEX card_lapse ON card (product, shown_until, shown, then_shown)
      WHERE trash = 0 AND shown_until IS NOT NULL;
    CREATE INDEX card_trash ON card (product, name) WHERE trash <> 0;
    CREATE TABLE todo (
      document BLOB NOT NULL, todo BLOB NOT NULL, product BLOB, trash INTEGER NOT NULL,
      text TEXT NOT NULL, due TEXT, assignee BLOB, state TEXT NOT NULL, contact BLOB,
      open INTEGER NOT NULL, overdue_from INTEGER, closed_on TEXT, card_due INTEGER NOT NULL,
      card_name TEXT NOT NULL, PRIMARY KEY (document, todo)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX todo_open ON todo (assignee, overdue_from, document, todo, due, product, state)
      WHERE open = 1 AND trash = 0 AND overdue_from IS NOT NULL;
    CREATE INDEX todo_closed ON todo (assignee, closed_on, document, todo, product, state)
      WHERE closed_on IS NOT NULL AND trash = 0;
    CREATE INDEX todo_board ON todo (product, assignee, card_due, document) WHERE open = 1 AND trash = 0;
    CREATE TABLE fact (document BLOB NOT NULL PRIMARY KEY, facts BLOB NOT NULL) STRICT;
";

/// A file with cards, as a phone stores them.
pub struct File {
    connection: Connection,
    cards: Vec<[u8; 16]>,
    _folder: TempDir,
}

impl File {
    /// A file with these cards.
    pub fn of(cards: &[Card]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = create(&folder.path().join("phone"), TABLES);
        let tx = connection.transaction().unwrap();
        for card in cards {
            insert(&tx, card);
        }
        tx.execute_batch(
            "UPDATE card SET next_due = coalesce((SELECT min(overdue_from) FROM todo
               WHERE todo.document = card.document AND open = 1), 9223372036854775807);
             UPDATE card SET has_open = next_due < 9223372036854775807;
             UPDATE todo SET card_due = (SELECT next_due FROM card WHERE card.document = todo.document);",
        )
        .unwrap();
        tx.commit().unwrap();
        let mut cards: Vec<[u8; 16]> = cards.iter().map(|card| id(&card.id)).collect();
        cards.sort_unstable();
        Self { connection, cards, _folder: folder }
    }

    /// So many durable edits of one field, each of another card from place `from` on.
    ///
    /// In one transaction it reads what is stored of the card, adds a row to the outbox and rewrites the
    /// card's row.
    pub fn edit(&mut self, from: usize, count: usize) {
        for (n, card) in self.cards[from..from + count].iter().enumerate() {
            let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
            edit(&tx, card, n);
            tx.commit().unwrap();
        }
    }

    /// How many open todos of today a user has, and how many of the first `limit` were read with text and
    /// card.
    ///
    /// It counts all of them through the index, then reads the first ones by their keys.
    pub fn today(&self, user: &str, limit: usize) -> (usize, usize) {
        let me = id(user);
        let (mut matching, mut overdue, mut first) = (0, 0, Vec::new());
        let mut open = self
            .connection
            .prepare_cached(
                "SELECT document, todo, overdue_from, due FROM todo WHERE open = 1 AND trash = 0
                 AND overdue_from IS NOT NULL AND assignee = ?1 AND overdue_from <= ?2
                 ORDER BY overdue_from",
            )
            .unwrap();
        let mut rows = open.query((me, END_OF_DAY)).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let from: i64 = row.get(2).unwrap();
            matching += 1;
            overdue += usize::from(from <= NOW);
            if first.len() < limit {
                let (card, todo): ([u8; 16], [u8; 6]) = (row.get(0).unwrap(), row.get(1).unwrap());
                let due: String = row.get(3).unwrap();
                first.push((card, todo, due));
            }
        }
        let mut closed = self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM todo WHERE closed_on IS NOT NULL AND trash = 0 AND assignee = ?1
                 AND closed_on >= '2026-07-01'",
            )
            .unwrap();
        let closed: u32 = closed.query_row([me], |row| row.get(0)).unwrap();
        let mut text = self
            .connection
            .prepare_cached(
                "SELECT t.text, t.contact, c.name FROM todo t JOIN card c ON c.document = t.document
                 WHERE t.document = ?1 AND t.todo = ?2",
            )
            .unwrap();
        let shown: Vec<(String, Option<[u8; 16]>, String)> = first
            .iter()
            .map(|(card, todo, _)| {
                text.query_row((card, todo), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap()
            })
            .collect();
        std::hint::black_box((overdue, closed, &shown));
        (matching, shown.len())
    }
}

fn edit(tx: &Transaction<'_>, card: &[u8; 16], n: usize) {
    let stored: (Vec<u8>, Vec<u8>, Vec<u8>) = tx
        .prepare_cached("SELECT saved, heads, authors FROM document WHERE id = ?1")
        .unwrap()
        .query_row([card], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap();
    let unsent: Vec<Vec<u8>> = tx
        .prepare_cached("SELECT change FROM outbox WHERE document = ?1 ORDER BY n")
        .unwrap()
        .query_map([card], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut fields: Vec<u8> = tx
        .prepare_cached("SELECT fields FROM card WHERE document = ?1")
        .unwrap()
        .query_row([card], |row| row.get(0))
        .unwrap();
    std::hint::black_box((stored, unsent));
    fields[n % 50 + 50] ^= 1;
    tx.prepare_cached(
        "INSERT INTO outbox (document, kind, hash, change, made_at) VALUES (?1, 1, ?2, ?3, ?4)",
    )
    .unwrap()
    .execute((card, [7_u8; 32], [7_u8; 120], NOW))
    .unwrap();
    tx.prepare_cached("UPDATE card SET fields = ?2 WHERE document = ?1")
        .unwrap()
        .execute((card, fields))
        .unwrap();
}

/// The rows of a card. Texts are the card's own; of bytes that only automerge understands, their number
/// is what counts.
pub(super) fn insert(file: &Connection, card: &Card) {
    let document = id(&card.id);
    file.prepare_cached("INSERT INTO document VALUES (?1, 1, ?2, ?3, ?4, ?5, 1, ?6, NULL, 0)")
        .unwrap()
        .execute((
            document,
            bytes(2_600, &card.id),
            bytes(32, &card.id),
            bytes(87, &card.id),
            bytes(16, &card.id),
            bytes(16, &card.id),
        ))
        .unwrap();
    let status = id(card.status);
    file.prepare_cached(
        "INSERT INTO card VALUES (?1, ?2, ?3, lower(?3), ?4, ?4, NULL, NULL, ?5, 0, ?6,
         1000 * unixepoch(?7), 0, 0, 0, ?8)",
    )
    .unwrap()
    .execute((
        document,
        id("product"),
        &card.name,
        status,
        id(&card.owner),
        bytes(668, &card.id),
        &card.history[0].at,
        NOW,
    ))
    .unwrap();
    for todo in &card.todos {
        let key: [u8; 6] = *id(&todo.id).first_chunk().unwrap();
        let (state, closed_on) = if todo.done { ("success", Some("2026-07-01")) } else { ("", None) };
        file.prepare_cached(
            "INSERT INTO todo VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, NULL, ?8, 1000 * unixepoch(?5), ?9, 0,
             ?10)",
        )
        .unwrap()
        .execute((
            document,
            key,
            id("product"),
            &todo.text,
            &todo.due,
            id(&todo.responsible),
            state,
            !todo.done,
            closed_on,
            &card.name,
        ))
        .unwrap();
    }
    file.prepare_cached("INSERT INTO fact VALUES (?1, ?2)")
        .unwrap()
        .execute((document, bytes(326, &card.id)))
        .unwrap();
}
