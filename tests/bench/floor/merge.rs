//! Changes by hand: what automerge makes of them, and how a server merges and stores them.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, Automerge, Change, ObjType, ROOT, ReadDoc};
use rusqlite::{Connection, TransactionBehavior};
use tempfile::TempDir;

use super::{create, id};
use crate::generate::Card;

/// The clock of the benchmarks, in seconds.
const NOW: i64 = 1_782_907_200;

const TABLES: &str = "
    CREATE TABLE document (
      id BLOB NOT NULL PRIMARY KEY, as_of INTEGER NOT NULL, heads BLOB NOT NULL, saved BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE log (
      seq INTEGER PRIMARY KEY, document BLOB NOT NULL, hash BLOB NOT NULL, change BLOB NOT NULL
    );
    CREATE INDEX log_document ON log (document, seq);
";

/// A card as a plain automerge document.
#[expect(clippy::disallowed_methods, reason = "its random actor is replaced at once")]
fn document(card: &Card) -> AutoCommit {
    let mut document = AutoCommit::new().with_actor(ActorId::from(id(&card.owner)));
    let [own, fields, todos, entries] = ["card", "fields", "todos", "entries"]
        .map(|container| document.put_object(ROOT, container, ObjType::Map).unwrap());
    let mut put = |container: &automerge::ObjId, key: &str, value: &str| {
        document.put(container, key, value).unwrap();
    };
    put(&own, "name", &card.name);
    put(&own, "status", card.status);
    put(&own, "owner", &card.owner);
    for (name, value) in &card.fields {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        put(&fields, &key(name), &value);
    }
    for todo in &card.todos {
        put(&todos, &format!("{}/text", todo.id), &todo.text);
        put(&todos, &format!("{}/due", todo.id), &todo.due);
        put(&todos, &format!("{}/assignee", todo.id), &todo.responsible);
        put(&todos, &format!("{}/state", todo.id), if todo.done { "done" } else { "open" });
    }
    for event in &card.history {
        put(&entries, &format!("{}/at", event.id), &event.at);
        put(&entries, &format!("{}/by", event.id), &event.by);
        put(&entries, &format!("{}/text", event.id), &event.text);
    }
    document.commit_with(CommitOptions::default().with_time(NOW));
    document
}

/// The key of a field: an id.
fn key(name: &str) -> String {
    data_encoding::HEXLOWER.encode(&id(name))
}

/// The change that writes one field.
fn write(document: &mut AutoCommit, field: &str, value: &str) -> Change {
    let (_, fields) = document.get(ROOT, "fields").unwrap().unwrap();
    document.put(&fields, key(field), value).unwrap();
    document.commit_with(CommitOptions::default().with_time(NOW)).unwrap();
    document.get_last_local_change().unwrap()
}

/// How many bytes automerge needs for the changes that each write one field of another card.
pub fn raw_bytes(cards: &[Card], actor: &str, value: &str) -> usize {
    let changes = cards.iter().map(|card| {
        let mut document = document(card).with_actor(ActorId::from(id(actor)));
        write(&mut document, "f10", value).raw_bytes().len()
    });
    changes.sum()
}

/// A server's file with cards, and the changes that are to be pushed to it.
pub struct Push {
    server: Connection,
    /// For each card its id and its changes, in order.
    groups: Vec<([u8; 16], Vec<Vec<u8>>)>,
    _folder: TempDir,
}

impl Push {
    /// So many changes of one field for each of these cards.
    pub fn of(cards: &[Card], each: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = create(&folder.path().join("server"), TABLES);
        let groups = cards.iter().map(|card| {
            let mut document = document(card);
            let heads = document.get_heads()[0].0;
            server
                .execute(
                    "INSERT INTO document VALUES (?1, 1, ?2, ?3)",
                    (id(&card.id), heads, document.save_nocompress()),
                )
                .unwrap();
            document.set_actor(ActorId::from(id("pusher")));
            let changes =
                (0..each).map(|n| write(&mut document, "f06", &format!("{n:06}")).raw_bytes().to_vec());
            (id(&card.id), changes.collect())
        });
        let groups = groups.collect();
        Self { server, groups, _folder: folder }
    }

    /// Takes the push: reads each document, reads, checks and applies its changes, proves that what it
    /// saves reads as the same; logs the changes and stores the documents in one transaction.
    ///
    /// Taken again, the changes are there already: each push is taken once.
    pub fn take(&mut self) {
        let tx = self.server.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        for (card, changes) in &self.groups {
            let saved: Vec<u8> = tx
                .prepare_cached("SELECT saved FROM document WHERE id = ?1")
                .unwrap()
                .query_row([card], |row| row.get(0))
                .unwrap();
            let mut document = Automerge::load(&saved).unwrap();
            let count = document.get_changes_meta(&[]).len();
            for bytes in changes {
                let change = Change::try_from(bytes.as_slice()).unwrap();
                assert_eq!(change.decode().operations.len(), 1);
                let hash = change.hash().0;
                document.apply_changes([change]).unwrap();
                tx.prepare_cached("INSERT INTO log (document, hash, change) VALUES (?1, ?2, ?3)")
                    .unwrap()
                    .execute((card, hash, bytes))
                    .unwrap();
            }
            assert_eq!(document.get_changes_meta(&[]).len(), count + changes.len(), "a push is taken once");
            let saved = document.save_nocompress();
            let heads = document.get_heads();
            assert_eq!(Automerge::load(&saved).unwrap().get_heads(), heads);
            tx.prepare_cached("UPDATE document SET as_of = 2, heads = ?2, saved = ?3 WHERE id = ?1")
                .unwrap()
                .execute((card, heads[0].0, saved))
                .unwrap();
        }
        tx.commit().unwrap();
    }
}
