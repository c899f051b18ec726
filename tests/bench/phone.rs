//! A phone, and its file as a floor reads and writes it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use roadbook_client::{Client, NewCard, Owner};
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::DocumentId;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::dataset::{self, Card};

/// A phone and its file.
pub struct Phone {
    pub client: Client,
    /// The cards on it, by id, once they were read.
    pub cards: Vec<DocumentId>,
    folder: TempDir,
}

impl Phone {
    /// A phone of nobody, empty.
    pub fn new(env: Arc<dyn Env>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let client = Client::open(folder.path().join("phone"), env).unwrap();
        Self { client, cards: Vec::new(), folder }
    }

    /// Reads which cards are on the phone.
    pub fn read_ids(&mut self) {
        let file = self.file();
        let mut statement = file.prepare("SELECT document FROM card ORDER BY document").unwrap();
        let ids = statement.query_map([], |row| row.get(0).map(DocumentId::from_bytes)).unwrap();
        self.cards = ids.map(Result::unwrap).collect();
    }

    /// A connection to the phone's own file.
    pub fn file(&self) -> Connection {
        Connection::open(self.folder.path().join("phone")).unwrap()
    }

    /// A copy of the phone's file as it is now, for a floor to read and write by hand.
    pub fn by_hand(&self) -> Connection {
        let copy = self.beside("floor");
        self.file().execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        open_by_hand(&copy)
    }

    /// A file with the phone's tables and nothing in them.
    pub fn tables_by_hand(&self) -> Connection {
        let empty = open_by_hand(&self.beside("empty"));
        let file = self.file();
        let mut statement = file
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'sqlite_sequence'")
            .unwrap();
        let sql: Vec<String> =
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        empty.execute_batch(&sql.join(";\n")).unwrap();
        empty
    }

    /// Where a new file of this name may be made.
    fn beside(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(self.folder.path().join(format!("{name}{suffix}")));
        }
        path
    }
}

/// A connection with the phone's own pragmas.
fn open_by_hand(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;",
        )
        .unwrap();
    connection.set_prepared_statement_cache_capacity(128);
    connection
}

/// What makes a card on a phone.
pub fn new_card(card: &Card) -> NewCard {
    NewCard {
        product: dataset::product(),
        name: card.name.clone(),
        status: Some(dataset::status(&card.status)),
        owner: Owner::User(dataset::user(&card.owner)),
        commands: card.content(),
    }
}
