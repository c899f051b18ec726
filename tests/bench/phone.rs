//! A phone.

use std::path::PathBuf;
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
    /// An empty phone without a user.
    pub fn new(env: Arc<dyn Env>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let client = Client::open(folder.path().join("phone"), env).unwrap();
        Self { client, cards: Vec::new(), folder }
    }

    /// Where its file is.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("phone")
    }

    /// Reads which cards are on the phone.
    pub fn read_ids(&mut self) {
        let file = Connection::open(self.path()).unwrap();
        let mut statement = file.prepare("SELECT document FROM card ORDER BY document").unwrap();
        let ids = statement.query_map([], |row| row.get(0).map(DocumentId::from_bytes)).unwrap();
        self.cards = ids.map(Result::unwrap).collect();
    }
}

/// What makes a card on a phone.
pub fn new_card(card: &Card) -> NewCard {
    NewCard {
        product: dataset::product(),
        name: card.name.clone(),
        status: Some(dataset::status(card.status)),
        owner: Owner::User { id: dataset::user(&card.owner) },
        commands: card.content(),
    }
}
