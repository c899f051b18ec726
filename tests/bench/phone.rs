//! A phone that holds the benchmark cards.

use std::path::PathBuf;
use std::sync::Arc;

use roadbook_client::{Client, Identity, NewCard, Owner};
use roadbook_domain::env::{Env, SeededEnv};
use roadbook_domain::id::DocumentId;
use roadbook_domain::wire::OriginKind;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::dataset::{self, Card, NOW};

/// A phone of the busiest user, with all cards.
pub struct Phone {
    pub client: Client,
    pub cards: Vec<DocumentId>,
    folder: TempDir,
}

impl Phone {
    pub fn with(cards: &[Card]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let env: Arc<dyn Env> = Arc::new(SeededEnv::new(1, NOW));
        let client = Client::open(folder.path().join("phone"), env).unwrap();
        client.begin_local_workspace(dataset::zone(), "en").unwrap();
        client.set_identity(Identity { user: dataset::busiest(cards), org: None, device: None }).unwrap();
        let (ids, _) = client
            .batch(OriginKind::IMPORT, |batch| {
                cards.iter().map(|card| batch.create_card(&new_card(card))).collect()
            })
            .unwrap();
        Self { client, cards: ids, folder }
    }

    /// A copy of the phone's file as it is now, opened as the phone opens it, for a floor to read and
    /// write by hand.
    pub fn by_hand(&self) -> Connection {
        let copy: PathBuf = self.folder.path().join("floor");
        let _ = std::fs::remove_file(&copy);
        let phone = Connection::open(self.folder.path().join("phone")).unwrap();
        phone.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        open_by_hand(&copy)
    }
}

/// A connection with the phone's own pragmas.
pub fn open_by_hand(path: &std::path::Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;",
        )
        .unwrap();
    connection
}

pub fn new_card(card: &Card) -> NewCard {
    NewCard {
        product: dataset::product(),
        name: card.name.clone(),
        status: Some(dataset::status(&card.status)),
        owner: Owner::User(dataset::user(&card.owner)),
        commands: card.content(),
    }
}
