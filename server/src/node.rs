//! What one process of the server stands on: its database, its keys, clock and randomness.
//!
//! A node keeps nothing of its own that matters: everything is in the database or in the secrets folder.

pub mod seats;
pub mod secrets;

use std::fmt;
use std::sync::Arc;

use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::Timestamp;

use crate::store::Db;
use secrets::Secrets;

/// Database, keys, clock and randomness. Clones are the same node.
#[derive(Clone)]
pub struct Node {
    db: Db,
    secrets: Arc<Secrets>,
    env: Arc<dyn Env>,
}

impl Node {
    /// A node with an open database.
    pub fn new(db: Db, secrets: Secrets, env: Arc<dyn Env>) -> Self {
        Self { db, secrets: Arc::new(secrets), env }
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The keys that are outside the database.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The organisation that the secrets folder was made for.
    pub fn org(&self) -> OrgId {
        self.secrets.org
    }

    /// Clock and randomness.
    pub fn env(&self) -> &dyn Env {
        &*self.env
    }

    /// The current instant.
    pub fn now(&self) -> Timestamp {
        self.env.now()
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("org", &self.org()).finish_non_exhaustive()
    }
}
