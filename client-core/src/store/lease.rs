//! Leases: of all processes that have the file open, one exchanges with the server, and one refreshes tokens.
//!
//! The lease to exchange saves work and promises nothing: a process that stores an answer looks in the same
//! transaction whether it still holds the lease, so an answer that comes after another process took over, or
//! after a sign-out, is dropped. Taking a lease from a process that only seems to be gone is therefore always safe.

use std::time::Duration;

use minicbor::{Decode, Encode};
use roadbook_domain::value::env::{Env, random};
use roadbook_domain::value::time::Timestamp;
use rusqlite::Transaction;

use super::meta::{self, Key};
use crate::error::Error;

/// How often a session that waits for an answer is to be renewed ([`crate::SyncSession::renew`]).
pub const RENEWAL: Duration = Duration::from_secs(10);

/// How long a holder may be silent, in milliseconds, before another one takes over; at least [`LASTING`].
const TERM: i64 = 30_000;

/// A lease that lasts for so many milliseconds yet is not written anew. It is twice [`RENEWAL`]: the next one comes in
/// time, also if one is late.
const LASTING: i64 = 20_000;

const EXCHANGES: Key<Held> = Key::new("sync_lease");
const REFRESHES: Key<Held> = Key::new("refresh_lease");

/// A process's claim to a lease.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lease {
    by: [u8; 16],
    to: To,
}

/// What a lease is for.
#[derive(Debug, Clone, Copy)]
enum To {
    Exchange,
    Refresh,
}

#[derive(Debug, Clone, Copy, Encode, Decode)]
#[cbor(array)]
struct Held {
    #[cbor(n(0), with = "minicbor::bytes")]
    by: [u8; 16],
    #[n(1)]
    until: Timestamp,
}

/// Ends any lease: the app has just been started, so the process that held it is gone, or it stops.
pub(crate) fn clear(tx: &Transaction<'_>) -> Result<(), Error> {
    meta::remove(tx, &EXCHANGES)?;
    meta::remove(tx, &REFRESHES)
}

impl Lease {
    /// A claim to exchange with the server.
    pub fn new(env: &dyn Env) -> Self {
        Self { by: random(env), to: To::Exchange }
    }

    /// A claim to get another access token.
    pub fn to_refresh(env: &dyn Env) -> Self {
        Self { by: random(env), to: To::Refresh }
    }

    fn key(self) -> &'static Key<Held> {
        match self.to {
            To::Exchange => &EXCHANGES,
            To::Refresh => &REFRESHES,
        }
    }

    /// Takes or renews the lease; false while another process holds it.
    pub fn take(self, tx: &Transaction<'_>, now: Timestamp) -> Result<bool, Error> {
        let until = Timestamp::from_millis(now.millis().saturating_add(TERM));
        let held = meta::get(tx, self.key())?;
        // A lease that ends later than any can was taken before the clock was set back.
        if held.is_some_and(|held| held.by != self.by && now < held.until && held.until <= until) {
            return Ok(false);
        }
        // Written with each request of a first sync it would cost a flush of the disk each time.
        let lasting = Timestamp::from_millis(now.millis().saturating_add(LASTING));
        if !held.is_some_and(|held| held.by == self.by && lasting <= held.until && held.until <= until) {
            meta::set(tx, self.key(), &Held { by: self.by, until })?;
        }
        Ok(true)
    }

    /// Whether nobody took the lease away since; it may have run out.
    pub fn is_held(self, tx: &Transaction<'_>) -> Result<bool, Error> {
        Ok(meta::get(tx, self.key())?.is_some_and(|held| held.by == self.by))
    }

    /// Gives the lease up, if it is this process's.
    pub fn give_up(self, tx: &Transaction<'_>) -> Result<(), Error> {
        if self.is_held(tx)? { meta::remove(tx, self.key()) } else { Ok(()) }
    }
}
