//! The daily trim: what nobody can need any more goes, so that the database grows with what a firm holds and
//! not with what it ever did.
//!
//! A document keeps all its changes, so the log is needed only by devices that pull from an older entry. One
//! that comes back to an entry that is gone is told `Expired`, and reconciles (`docs/sync-protocol.md`,
//! section 11). Actors stay: a document names its authors for ever.

use std::time::Duration;

use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::Timestamp;
use tokio::sync::watch;

use super::parts::PATIENCE;
use crate::node::Node;
use crate::store::trim::{self, Old};
use crate::store::{Db, StoreError};
use crate::sync::down::page::CLOSINGS;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// How long the log goes back, in milliseconds: a device that pulled in this time goes on from where it is.
pub const LOG: i64 = 90 * DAY;
/// How long a session that ended can still be told from one that never was, in milliseconds.
pub const SESSIONS: i64 = 90 * DAY;

/// How long after the start of a process it trims for the first time. A start is busy enough.
const FIRST: Duration = Duration::from_secs(10 * 60);
/// How long it waits from then on.
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a trim removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trimmed {
    /// Entries of the log.
    pub entries: u64,
    /// Sessions.
    pub sessions: u64,
    /// Retained closings.
    pub closings: u64,
    /// Parts of re-uploads.
    pub parts: u64,
}

/// Removes what is old, a little at a time: exchanges go on meanwhile.
///
/// # Errors
/// Of the database; the next trim goes on where this one stopped.
pub async fn trim(db: &Db, org: OrgId, now: Timestamp) -> Result<Trimmed, StoreError> {
    let before = |age: i64| Timestamp::from_millis(now.millis().saturating_sub(age));
    let mut conn = db.read().await?;
    let last = trim::last_to_go(&mut conn, org, before(LOG)).await?;
    drop(conn);
    Ok(Trimmed {
        entries: match last {
            Some(last) => trim::log(db, org, last).await?,
            None => 0,
        },
        sessions: trim::old(db, org, Old::Sessions, before(SESSIONS)).await?,
        closings: trim::old(db, org, Old::Closings, before(CLOSINGS)).await?,
        parts: trim::old(db, org, Old::Parts, before(PATIENCE)).await?,
    })
}

/// Trims every day until `stopping` turns true. A failure is tried again the next day: nothing waits for it.
pub async fn trim_daily(node: Node, org: OrgId, mut stopping: watch::Receiver<bool>) {
    let mut wait = FIRST;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        wait = EVERY;
        match trim(node.db(), org, node.now()).await {
            Ok(Trimmed { entries, sessions, closings, parts }) => {
                tracing::info!(entries, sessions, closings, parts, "removed what nobody needs any more");
            }
            Err(error) => tracing::warn!(error.cause = %error, "cannot remove what nobody needs any more"),
        }
    }
}
