//! What every request shares: the engine, the gate, and how the server is configured.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::{OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use crate::auth::Gate;
use crate::auth::password::Passwords;
use crate::auth::token::Tokens;
use crate::metrics::Metrics;
use crate::node::Node;
use crate::node::seats::{Seat, Seats};
use crate::node::secrets::Secrets;
use crate::start::config::{Checked, Config, ConfigError, foreign, store_advice};
use crate::store::{Db, organisation};
use crate::sync::Engine;

/// The most large bodies of one user that arrive at once: a slow one is held in memory as long as it arrives.
pub const MAX_ARRIVING: usize = 8;

/// What every request shares. Clones are the same state.
///
/// The rooms below take the part that they need, never the whole: the engine knows no configuration.
#[derive(Clone)]
pub struct State(Arc<Shared>);

/// What is behind a [`State`].
pub struct Shared {
    engine: Engine,
    gate: Gate,
    config: Checked,
    stopping: watch::Sender<bool>,
    readiness: Readiness,
    arriving: Arc<Seats<UserId>>,
    metrics: Metrics,
}

/// What was last found out about whether the server can serve.
///
/// Anybody may ask, and finding out costs a write. So one asks for all, and for a second.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

/// For how long an answer is taken for true.
const READY_FOR: Duration = Duration::from_secs(1);

impl Readiness {
    /// The last answer, or a new one if that is too old.
    pub async fn ask<F: Future<Output = bool>>(&self, find_out: impl FnOnce() -> F) -> bool {
        let mut last = self.0.lock().await;
        if let Some((at, is_ready)) = *last
            && at.elapsed() < READY_FOR
        {
            return is_ready;
        }
        let is_ready = find_out().await;
        *last = Some((Instant::now(), is_ready));
        is_ready
    }
}

impl State {
    /// Checks the configuration, reads the secrets, opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// What is wrong, in one line with the key, its value and what to do.
    pub async fn open(config: &Config, env: Arc<dyn Env>) -> Result<Self, ConfigError> {
        Self::open_checked(config, config.check()?, env).await
    }

    /// The same with a configuration that was checked: a file that holds an address can perhaps be read once only.
    ///
    /// # Errors
    /// As for [`State::open`].
    pub(crate) async fn open_checked(
        config: &Config,
        checked: Checked,
        env: Arc<dyn Env>,
    ) -> Result<Self, ConfigError> {
        let secrets =
            Secrets::load(&checked.secrets).map_err(|error| config.wrong("secrets", error.to_string()))?;
        let tokens =
            Tokens::new(&secrets).map_err(|_| config.wrong("secrets", "its token key cannot sign".into()))?;
        let db = open_database(config, &checked, secrets.org).await?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let passwords = Passwords::new(checked.password_cost, cores, &*env)
            .map_err(|error| ConfigError::other(error.to_string()))?;
        let node = Node::new(db, secrets, env);
        let gate = Gate::new(node.clone(), tokens, passwords);
        let readiness = Readiness::default();
        let stopping = watch::Sender::new(false);
        Ok(Self(Arc::new(Shared {
            engine: Engine::new(node),
            gate,
            config: checked,
            stopping,
            readiness,
            arriving: Arc::new(Seats::new(MAX_ARRIVING)),
            metrics: Metrics::default(),
        })))
    }
}

impl Shared {
    /// What carries out exchanges.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What lets callers in.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Database, keys and clock.
    pub fn node(&self) -> &Node {
        self.engine.node()
    }

    /// A place for one more large body that arrives from a user; `None` if they have too many on the way.
    pub fn arriving(&self, user: UserId) -> Option<Seat<UserId>> {
        self.arriving.take(user)
    }

    /// The database.
    pub fn db(&self) -> &Db {
        self.node().db()
    }

    /// The organisation that the secrets folder was made for.
    pub fn org(&self) -> OrgId {
        self.node().org()
    }

    /// Clock and randomness.
    pub fn env(&self) -> &dyn Env {
        self.node().env()
    }

    /// The current instant.
    pub fn now(&self) -> Timestamp {
        self.node().now()
    }

    /// The configuration.
    pub fn config(&self) -> &Checked {
        &self.config
    }

    /// Tells whether the server is stopping: what holds a connection open for long (the live channel)
    /// waits for this, too.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// What the server counts.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What was last found out about whether the server can serve.
    pub fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    /// Tells everything long-lived to end.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }
}

impl Deref for State {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("org", &self.org()).finish_non_exhaustive()
    }
}

/// Opens the database, which must hold the organisation that the secrets folder was made for.
async fn open_database(config: &Config, checked: &Checked, org: OrgId) -> Result<Db, ConfigError> {
    let wrong = |problem: String| config.wrong("database", problem);
    let db = Db::open(&checked.database, checked.database_connections)
        .await
        .map_err(|error| wrong(store_advice(&error)))?;
    let mut conn = db.read().await.map_err(|error| wrong(error.to_string()))?;
    let known = organisation::head(&mut conn, org).await.map_err(|error| wrong(error.to_string()))?;
    drop(conn);
    match known {
        Some(_) => Ok(db),
        None => Err(wrong(foreign(org))),
    }
}
