//! The floors: frozen programs that do by hand what a benchmark measures.
//!
//! They use rusqlite and automerge and nothing of Roadbook, on tables and rows as Roadbook had them when
//! they were frozen. So a floor stays the same while Roadbook becomes faster or slower, and ratios of
//! different versions can be compared. A change of a floor begins its ratios anew, and must be
//! said in `docs/benchmarks.md`.

pub mod first_sync;
pub mod merge;
pub mod phone;
pub mod reminders;

use std::path::Path;

use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// An id of 16 bytes, from a name.
fn id(name: &str) -> [u8; 16] {
    let hash: [u8; 32] = Sha256::digest(name).into();
    *hash.first_chunk().unwrap()
}

/// So many bytes that look like those of no other `seed`.
fn bytes(length: usize, seed: &str) -> Vec<u8> {
    let blocks = (0_u32..).flat_map(|n| Sha256::digest(format!("{seed}{n}")));
    blocks.take(length).collect()
}

/// A new file with these tables, as durable as the phone's.
fn create(path: &Path, tables: &str) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;",
        )
        .unwrap();
    connection.set_prepared_statement_cache_capacity(128);
    connection.execute_batch(tables).unwrap();
    connection
}
