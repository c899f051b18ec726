//! What every request shares: database, keys, clock.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::Timestamp;
use tokio::sync::watch;

use crate::auth::Throttle;
use crate::auth::password::Passwords;
use crate::auth::token::Tokens;
use crate::config::{Checked, Config, ConfigError};
use crate::secrets::Secrets;
use crate::store::{Db, organisation};
use crate::sync::Engine;

/// What every request shares. Clones are the same state.
///
/// A node holds nothing that matters: everything is in the database or in the secrets folder.
#[derive(Clone)]
pub struct State(Arc<Shared>);

/// What is behind a [`State`].
pub struct Shared {
    db: Db,
    secrets: Secrets,
    env: Arc<dyn Env>,
    tokens: Tokens,
    passwords: Passwords,
    throttle: Throttle,
    checked: Checked,
    stopping: watch::Sender<bool>,
    engine: Engine,
}

impl State {
    /// Checks the configuration, reads the secrets, opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// What is wrong, in one line with the key, its value and what to do.
    pub async fn open(config: &Config, env: Arc<dyn Env>) -> Result<Self, ConfigError> {
        let checked = config.check()?;
        let secrets =
            Secrets::load(&checked.secrets).map_err(|error| config.wrong("secrets", error.to_string()))?;
        let wrong_database = |problem: String| config.wrong("database", problem);
        let db = Db::open(&checked.database, checked.database_connections)
            .await
            .map_err(|error| wrong_database(store_advice(&error)))?;
        let mut conn = db.read().await.map_err(|error| wrong_database(error.to_string()))?;
        let known = organisation::head(&mut conn, secrets.org).await;
        if known.map_err(|error| wrong_database(error.to_string()))?.is_none() {
            return Err(wrong_database(format!(
                "it does not hold organisation {}, which the secrets folder was made for; point both to one \
                 organisation",
                secrets.org
            )));
        }
        drop(conn);
        let tokens =
            Tokens::new(&secrets).map_err(|_| config.wrong("secrets", "its token key cannot sign".into()))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let passwords = Passwords::new(checked.password_cost, cores, &*env)
            .map_err(|error| ConfigError::other(error.to_string()))?;
        let throttle = Throttle::default();
        let stopping = watch::Sender::new(false);
        let engine = Engine::new(&*env);
        let shared = Shared { db, secrets, env, tokens, passwords, throttle, checked, stopping, engine };
        Ok(Self(Arc::new(shared)))
    }
}

impl Shared {
    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The keys that are outside it.
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

    /// Issues and checks access tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Hashes and verifies passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// Slows down the guessing of passwords.
    pub fn throttle(&self) -> &Throttle {
        &self.throttle
    }

    /// The configuration.
    pub fn config(&self) -> &Checked {
        &self.checked
    }

    /// What exchanges share in memory.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Tells whether the server is stopping: what holds a connection open for long (the live channel)
    /// waits for this, too.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
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

/// The problem of a database, with what to do about it.
pub(crate) fn store_advice(error: &crate::store::StoreError) -> String {
    use crate::store::StoreError::{Foreign, Missing};
    match error {
        Missing => format!("{error}; run roadbook init first, or correct the address"),
        Foreign => format!("{error}; choose another file"),
        other => other.to_string(),
    }
}
