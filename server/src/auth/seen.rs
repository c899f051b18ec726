//! Which access tokens were used: once the newest of a session was, the refresh token before it is spent.
//!
//! Kept in memory, so that no request writes for it; every few seconds what is new goes to the database, for
//! the other nodes and the time after a restart.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use super::token::ACCESS_LIFE;
use crate::store::{Db, StoreError, sessions};

/// How many sessions are remembered. Beyond it any one is forgotten, and written again when it comes back.
const MOST: usize = 100_000;

/// The newest generation of access tokens that each session used here.
#[derive(Debug, Default)]
pub struct Seen(Mutex<BTreeMap<Uuid, Noted>>);

#[derive(Debug, Clone, Copy)]
struct Noted {
    generation: i64,
    /// After this no access token of the generation is good, and it comes no more.
    until: Timestamp,
    is_saved: bool,
}

impl Seen {
    /// Notes that a good access token of this generation came.
    pub(super) fn note(&self, session: Uuid, generation: i64, now: Timestamp) {
        let mut known = self.lock();
        if let Some(noted) = known.get(&session)
            && noted.generation >= generation
        {
            return;
        }
        if known.len() >= MOST {
            known.pop_first();
        }
        let until = Timestamp::from_millis(now.millis().saturating_add(ACCESS_LIFE));
        known.insert(session, Noted { generation, until, is_saved: false });
    }

    /// The newest generation of this session that came here; 0 if none is remembered.
    pub(super) fn newest(&self, session: Uuid) -> i64 {
        self.lock().get(&session).map_or(0, |noted| noted.generation)
    }

    /// Writes what is new to the database, and forgets what has run out.
    ///
    /// # Errors
    /// Of the database; then it is tried again the next time.
    pub async fn save(&self, db: &Db, org: OrgId, now: Timestamp) -> Result<(), StoreError> {
        let unsaved: Vec<(Uuid, i64)> = {
            let mut known = self.lock();
            known.retain(|_, noted| !noted.is_saved || now < noted.until);
            let new = known.iter().filter(|(_, noted)| !noted.is_saved);
            new.map(|(session, noted)| (*session, noted.generation)).collect()
        };
        if unsaved.is_empty() {
            return Ok(());
        }
        let mut tx = db.write().await?;
        for (session, generation) in &unsaved {
            sessions::saw(&mut tx, org, *session, *generation).await?;
        }
        tx.commit().await?;
        let mut known = self.lock();
        for (session, generation) in unsaved {
            if let Some(noted) = known.get_mut(&session).filter(|noted| noted.generation == generation) {
                noted.is_saved = true;
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Uuid, Noted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
