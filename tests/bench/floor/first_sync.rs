//! A first sync by hand: read what the server stores of the cards, move the bytes, insert what the phone
//! stores of them.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use tempfile::TempDir;

use super::phone::{self, TABLES};
use super::{bytes, create, id};
use crate::generate::Card;

/// Cards of one transaction of the phone: about as many as an answer of the server held.
const PAGE: usize = 240;

const SERVER_TABLES: &str = "
    CREATE TABLE document (
      org_id BLOB NOT NULL, id BLOB NOT NULL, kind INTEGER NOT NULL, feed BLOB NOT NULL,
      creator BLOB NOT NULL, version INTEGER NOT NULL, term BLOB NOT NULL, as_of INTEGER NOT NULL,
      ops INTEGER NOT NULL, heads BLOB NOT NULL, saved BLOB NOT NULL, authors BLOB NOT NULL,
      rows BLOB NOT NULL, projection_version INTEGER NOT NULL, PRIMARY KEY (org_id, id)
    );
    CREATE INDEX document_feed ON document (org_id, feed, id, term);
";

/// A server's file with cards, and the rows that a phone stores of them.
pub struct FirstSync {
    server: Connection,
    /// For each table of the phone the statement that adds a row, and all rows.
    inserts: BTreeMap<&'static str, (String, Vec<Vec<Value>>)>,
    pages: usize,
    folder: TempDir,
}

impl FirstSync {
    /// A server with these cards.
    pub fn of(cards: &[Card]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut server = create(&folder.path().join("server"), SERVER_TABLES);
        let mut filled = create(&folder.path().join("filled"), TABLES);
        let (on_server, on_phone) = (server.transaction().unwrap(), filled.transaction().unwrap());
        for card in cards {
            store(&on_server, card);
            phone::insert(&on_phone, card);
        }
        on_server.commit().unwrap();
        on_phone.commit().unwrap();
        let tables = ["document", "card", "todo", "fact"];
        let inserts = tables.map(|table| (table, rows(&filled, table))).into();
        Self { server, inserts, pages: cards.len().div_ceil(PAGE), folder }
    }

    /// An empty phone for [`Self::run`].
    pub fn new_phone(&self) -> Connection {
        let path = self.folder.path().join("phone");
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(self.folder.path().join(format!("phone{suffix}")));
        }
        create(&path, TABLES)
    }

    /// Moves all cards to a phone.
    pub fn run(&self, phone: &mut Connection) {
        let mut moved: Vec<u8> = Vec::new();
        let sql = "SELECT id, kind, as_of, heads, saved, authors, rows FROM document ORDER BY id";
        let mut select = self.server.prepare(sql).unwrap();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in [0, 3, 4, 5, 6] {
                moved.extend_from_slice(row.get_ref(column).unwrap().as_blob().unwrap());
            }
        }
        std::hint::black_box(moved);
        for page in 0..self.pages {
            let tx = phone.transaction().unwrap();
            for (sql, rows) in self.inserts.values() {
                let mut insert = tx.prepare_cached(sql).unwrap();
                let share = rows.len() * page / self.pages..rows.len() * (page + 1) / self.pages;
                for row in &rows[share] {
                    insert.execute(params_from_iter(row)).unwrap();
                }
            }
            tx.commit().unwrap();
        }
    }
}

/// The statement that adds a row to a table, and all its rows.
fn rows(filled: &Connection, table: &str) -> (String, Vec<Vec<Value>>) {
    let mut select = filled.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let columns = select.column_count();
    let places = vec!["?"; columns].join(", ");
    let rows = select.query_map([], |row| (0..columns).map(|n| row.get(n)).collect()).unwrap();
    (format!("INSERT INTO {table} VALUES ({places})"), rows.map(Result::unwrap).collect())
}

fn store(server: &Connection, card: &Card) {
    server
        .prepare_cached("INSERT INTO document VALUES (?1, ?2, 1, ?3, ?1, 1, ?4, 1, 60, ?5, ?6, ?7, ?8, 1)")
        .unwrap()
        .execute((
            id("organisation"),
            id(&card.id),
            [0_u8],
            bytes(16, &card.id),
            bytes(32, &card.id),
            bytes(2_600, &card.id),
            bytes(87, &card.id),
            bytes(1_470, &card.id),
        ))
        .unwrap();
}
