//! The state hash of one user: what their phone must show, by the word of the server (L3).

use std::collections::BTreeSet;

use roadbook_domain::crm::row::Rows;
use roadbook_domain::read::state_hash::State as Hashed;
use roadbook_domain::read::today::{DueMove, Period, TodayQuery, TodayRow, today};
use roadbook_domain::settings::Settings;
use roadbook_domain::value::id::{DocumentId, UserId};
use roadbook_domain::value::time::Timestamp;

use super::reconciliation::terms;
use crate::auth::Claim;
use crate::store::{StoreError, documents, organisation, settings};
use crate::sync::down::page::Reading;
use crate::sync::engine::Engine;
use crate::sync::error::SyncError;

/// How many documents are read at once.
const CHUNK: usize = 500;

/// The state hash over all that the caller may see, with Today at `now`.
///
/// # Errors
/// [`SyncError::Busy`] while this process computes another; those of the database.
pub async fn state_hash(engine: &Engine, claim: &Claim, now: Timestamp) -> Result<[u8; 32], SyncError> {
    // Before the snapshot: a caller who is turned away takes no connection.
    let _leave = engine.hash()?;
    let mut snapshot = claim.snapshot(engine.db()).await?;
    let (caller, conn) = (&snapshot.caller.clone(), &mut *snapshot);
    let head = organisation::head(conn, caller.org).await?.ok_or(SyncError::NotFound)?;
    let applied = BTreeSet::new();
    let reading = Reading { engine, caller, head: &head, now, applied: &applied };
    let mut hashed = Hashed::default();
    let rows = settings::all(conn, caller.org).await?;
    let rows: Vec<_> = rows.into_iter().filter(|row| row.class.reaches(caller.role)).collect();
    for row in &rows {
        hashed.settings(row.kind.code(), *row.id.as_bytes(), row.version);
    }
    let zone = Settings::from_rows(rows).zone(Some(caller.user));
    let mut day = Day::new(caller.user);
    let seen: Vec<DocumentId> = terms(conn, &reading).await?.into_keys().collect();
    // A few at a time, so that memory does not grow with the number of documents.
    for chunk in seen.chunks(CHUNK) {
        for stored in documents::get(conn, caller.org, chunk).await? {
            let rows = read(&stored.rows)?;
            hashed.document(stored.id, &stored.heads, &rows);
            day.add(stored.id, &rows);
        }
    }
    for (document, closings) in reading.all_closings(conn).await? {
        let retained = |(todo, state)| TodayRow::closing(document, todo, state);
        day.rows.extend(closings.into_iter().map(retained));
    }
    let query = TodayQuery { me: caller.user, zone, now, period: Period::Today, limit: usize::MAX };
    let today = today(&query, day.rows, day.moves);
    hashed.today(minicbor::to_vec(&today).unwrap_or_default());
    Ok(hashed.hash())
}

/// What a user's Today is made from.
struct Day {
    me: UserId,
    rows: Vec<TodayRow>,
    moves: Vec<DueMove>,
}

impl Day {
    fn new(me: UserId) -> Self {
        Self { me, rows: Vec::new(), moves: Vec::new() }
    }

    fn add(&mut self, id: DocumentId, rows: &Rows) {
        let Rows::Card(card, facts) = rows else { return };
        let rows = card.todos.iter().map(|todo| TodayRow::new(id, card, todo));
        self.rows.extend(rows.filter(|row| row.concerns(self.me)));
        self.moves.extend(facts.iter().filter_map(|fact| DueMove::of(id, fact)));
    }
}

fn read(rows: &[u8]) -> Result<Rows, StoreError> {
    minicbor::decode(rows).map_err(|_| StoreError::Unreadable("a document's rows"))
}
