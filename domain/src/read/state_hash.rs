//! The state hash: proof that two replicas show the same (L3).

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::crm::row::Rows;
use crate::document::change::ChangeHash;
use crate::value::id::DocumentId;

/// What one replica shows to one user, piece by piece.
///
/// It never covers saved bytes: those may differ for equal heads.
#[derive(Debug, Default)]
pub struct State {
    documents: BTreeMap<DocumentId, [u8; 32]>,
    settings: BTreeMap<(u16, [u8; 16]), u64>,
    today: Vec<u8>,
}

impl State {
    /// Adds a document: its heads, ascending, and the rows made of it.
    pub fn document(&mut self, id: DocumentId, heads: &[ChangeHash], rows: &Rows) {
        let mut hash = Sha256::new();
        for head in heads {
            hash.update(head.0);
        }
        hash.update(minicbor::to_vec(rows).unwrap_or_default());
        self.documents.insert(id, hash.finalize().into());
    }

    /// Adds a settings row: its kind, id and version.
    pub fn settings(&mut self, kind: u16, id: [u8; 16], version: u64) {
        self.settings.insert((kind, id), version);
    }

    /// Sets the canonical encoding of Today at the agreed instant.
    pub fn today(&mut self, encoded: Vec<u8>) {
        self.today = encoded;
    }

    /// The hash over all pieces, by id.
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for (id, document) in &self.documents {
            hash.update(id.as_bytes());
            hash.update(document);
        }
        for ((kind, id), version) in &self.settings {
            hash.update(kind.to_be_bytes());
            hash.update(id);
            hash.update(version.to_be_bytes());
        }
        hash.update(&self.today);
        hash.finalize().into()
    }
}
