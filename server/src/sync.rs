//! The exchange: unsent changes up, news down, in one round trip (`docs/sync-protocol.md`).
//!
//! A push is judged outside every lock, on scratch copies (`judge`, `scratch`), planned as data
//! (`plan`) and committed in one transaction (`commit`). A pull reads one snapshot (`pull`, `fill`,
//! `walk`) and sends net effects (`net`). No HTTP here, and no SQL.

mod budget;
mod commit;
mod cursor;
mod engine;
mod fill;
mod give_back;
mod judge;
mod net;
mod offer;
mod own_documents;
mod page;
mod parts;
mod plan;
mod pull;
mod purge;
mod push;
mod receipt;
mod scratch;
mod state_hash;
mod walk;

pub use engine::Engine;
pub use own_documents::OwnDocuments;
pub use purge::purge;
pub use state_hash::state_hash;

#[cfg(test)]
mod tests;

use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{
    GroupVerdict, Progress, SyncRequest, SyncResponse, SyncStatus, Verdict, WalkAnswer,
};

use self::cursor::{Class, Fill, Holder, Mark, Position};
use self::page::{Page, Reading};
use self::push::Outcome;
use crate::api::ApiError;
use crate::auth::Caller;
use crate::state::State;
use crate::store::organisation::{self, Head};
use crate::store::{StoreError, digests, key, log};

/// The most bytes of a request, inflated.
pub const MAX_REQUEST: usize = 4 << 20;

/// The most bytes of entries in one answer.
const MAX_PAGE: u64 = 1 << 20;
/// The same of the first page of a first sync.
const FIRST_PAGE: u64 = 400 << 10;
/// A device that wants less than this gets this much.
const MIN_PAGE: u64 = 4 << 10;

/// Carries out one exchange.
///
/// # Errors
/// [`ApiError::TooLarge`] and [`ApiError::Invalid`] for what no device sends; those of the database.
/// Whatever was committed before an error stays, and a retry is told so (L2).
pub async fn exchange(
    state: &State,
    caller: &Caller,
    mut request: SyncRequest,
) -> Result<SyncResponse, ApiError> {
    let now = state.now();
    let holder = Holder { org: caller.org, user: caller.user, device: caller.device };
    let key = state.secrets().cursor_key.as_bytes();
    let position = request.cursor.as_ref().map(|cursor| Position::open(cursor, key, &holder));
    let mut reader = state.db().read().await?;
    let (head, sums) = digests::head_and_sums(&mut reader, caller.org, key::seen_by(caller.viewer())).await?;
    let status = status(&mut reader, caller, position.as_ref().map(Option::as_ref), &head).await?;
    drop(reader);
    let position = position.flatten().filter(|_| status == SyncStatus::Ok);

    let is_written_to = !request.push.is_empty() || !request.offers.is_empty() || request.gives_back();
    let (caller, given_back) = match status {
        SyncStatus::Ok => take_back(state, caller, &mut request, now).await?,
        SyncStatus::RolledBack | SyncStatus::Expired => (*caller, Vec::new()),
    };
    let caller = &caller;
    let mut outcome = match status {
        // What the server lost may be what these changes rest on: nothing is judged before it is back.
        SyncStatus::RolledBack => not_reached(&request),
        _ => push::push(state, caller, position.as_ref(), request.push, now).await?,
    };
    let offered = offer::offers(state, caller, request.offers, now).await?;
    outcome.verdicts.extend(offered.verdicts);
    outcome.applied.extend(offered.applied);

    let asks = request.walk.is_some() || !request.fetch.is_empty();
    let class = Class::of(caller.role);
    if let Some(position) = &position
        && !is_written_to
        && !asks
        && position.seq == head.seq
        && position.class == class
        && position.fill.is_none()
    {
        let digest = plan::total(&sums).digest.to_bytes();
        return Ok(SyncResponse { digest: Some(digest), ..empty(status, now) });
    }
    let answering = Answering { state, caller, holder, now, status };
    let page_size = u64::from(request.budget.unwrap_or(u32::MAX)).clamp(MIN_PAGE, MAX_PAGE);
    let wishes = Wishes { walk: request.walk, fetch: request.fetch, page_size };
    let answer = answering.answer(position, outcome, wishes).await?;
    Ok(SyncResponse { given_back, ..answer })
}

fn empty(status: SyncStatus, now: Timestamp) -> SyncResponse {
    SyncResponse {
        status,
        verdicts: Vec::new(),
        entries: Vec::new(),
        cursor: None,
        more: false,
        now,
        digest: None,
        progress: None,
        walk: None,
        receipts: Vec::new(),
        given_back: Vec::new(),
    }
}

/// Whether the log is the one that the cursor was cut from.
async fn status(
    conn: &mut crate::store::Conn,
    caller: &Caller,
    position: Option<Option<&Position>>,
    head: &Head,
) -> Result<SyncStatus, StoreError> {
    let Some(position) = position else { return Ok(SyncStatus::Ok) };
    let Some(position) = position else { return Ok(SyncStatus::Expired) };
    if !position.has_epoch(head.epoch) {
        return Ok(SyncStatus::RolledBack);
    }
    for mark in position.marks() {
        let status = has(conn, caller, mark, head).await?;
        if status != SyncStatus::Ok {
            return Ok(status);
        }
    }
    Ok(SyncStatus::Ok)
}

/// Whether the log has this entry.
async fn has(
    conn: &mut crate::store::Conn,
    caller: &Caller,
    mark: Mark,
    head: &Head,
) -> Result<SyncStatus, StoreError> {
    let chain = match mark.seq {
        0 => Some(organisation::FIRST_CHAIN.to_vec()),
        seq if seq > head.seq => return Ok(SyncStatus::RolledBack),
        seq if seq == head.seq => Some(head.chain.clone()),
        seq => log::chain_at(conn, caller.org, seq).await?,
    };
    Ok(match chain {
        Some(chain) if mark.has_chain(&chain) => SyncStatus::Ok,
        Some(_) => SyncStatus::RolledBack,
        None => SyncStatus::Expired,
    })
}

/// Takes back settings rows and purges that were lost; answers the verdicts, and the caller as he stands
/// then: his own row may have been among them.
async fn take_back(
    state: &State,
    caller: &Caller,
    request: &mut SyncRequest,
    now: Timestamp,
) -> Result<(Caller, Vec<Verdict>), ApiError> {
    if !request.gives_back() {
        return Ok((*caller, Vec::new()));
    }
    let (tombstones, rows) = (std::mem::take(&mut request.tombstones), std::mem::take(&mut request.settings));
    let verdicts = give_back::give_back(state, caller, &tombstones, rows, now).await?;
    Ok((caller.anew(state).await?, verdicts))
}

fn not_reached(request: &SyncRequest) -> Outcome {
    let verdicts = request.push.iter().map(|group| GroupVerdict {
        document: group.document,
        verdicts: vec![Verdict::NotReached; group.changes.len()],
    });
    Outcome { verdicts: verdicts.collect(), ..Outcome::default() }
}

/// What a device asks for beside the tail.
struct Wishes {
    walk: Option<roadbook_domain::wire::Walk>,
    fetch: Vec<DocumentId>,
    page_size: u64,
}

struct Answering<'a> {
    state: &'a State,
    caller: &'a Caller,
    holder: Holder,
    now: Timestamp,
    status: SyncStatus,
}

impl Answering<'_> {
    /// Reads one snapshot, and answers from it.
    async fn answer(
        &self,
        position: Option<Position>,
        outcome: Outcome,
        wishes: Wishes,
    ) -> Result<SyncResponse, ApiError> {
        let (caller, org, class) = (self.caller, self.caller.org, Class::of(self.caller.role));
        let mut conn = self.state.db().snapshot().await?;
        let conn = &mut conn;
        let (head, sums) = digests::head_and_sums(conn, org, key::seen_by(caller.viewer())).await?;
        let sum = plan::total(&sums);
        let applied = &outcome.applied;
        let reading = Reading { state: self.state, caller, head: &head, now: self.now, applied };
        let is_first = position.is_none() && self.status == SyncStatus::Ok;
        let mut page = Page::new(if is_first { wishes.page_size.min(FIRST_PAGE) } else { wishes.page_size });
        let walk = match &wishes.walk {
            Some(walk) => Some(walk::answer(conn, &reading, walk).await?),
            None => None,
        };
        if !wishes.fetch.is_empty() {
            walk::fetch(conn, &reading, &wishes.fetch, &mut page).await?;
        }
        let total = sum.documents.unsigned_abs();
        let mut position = match position {
            Some(position) => Position { fill: position.refilled(class, total), class, ..position },
            // A walk brings the documents of one who is not new.
            None => Position::at_head(&head, class, Some(Fill::settings(is_first, total))),
        };
        let mut reached_head = true;
        if position.seq < head.seq {
            let (reached, is_head) = pull::tail(conn, &reading, &position, &mut page).await?;
            let chain = match is_head {
                true => head.chain.clone(),
                false => log::chain_at(conn, org, reached).await?.ok_or(StoreError::Missing)?,
            };
            position = Position::at(head.epoch, reached, &chain, class, position.fill);
            position.told = (!is_head).then(|| Mark::of(&head));
            reached_head = is_head;
        }
        let mut progress = None;
        if reached_head && let Some(fill) = position.fill.take() {
            let total = fill.total;
            position.fill = fill::fill(conn, &reading, fill, &mut page).await?;
            let done = position.fill.as_ref().map_or(total, |fill| fill.done);
            progress = (total > 0).then_some(Progress { done, total });
        }
        let more = !reached_head || position.fill.is_some();
        self.finish(position, outcome, page, Rest { more, progress, walk, digest: sum.digest.to_bytes() })
    }

    fn finish(
        &self,
        position: Position,
        outcome: Outcome,
        page: Page,
        rest: Rest,
    ) -> Result<SyncResponse, ApiError> {
        let key = self.state.secrets().cursor_key.as_bytes();
        Ok(SyncResponse {
            verdicts: outcome.verdicts,
            entries: page.entries,
            receipts: page.receipts,
            cursor: Some(position.seal(key, &self.holder)),
            more: rest.more,
            digest: (!rest.more).then_some(rest.digest),
            progress: rest.progress,
            walk: rest.walk,
            ..empty(self.status, self.now)
        })
    }
}

struct Rest {
    more: bool,
    progress: Option<Progress>,
    walk: Option<WalkAnswer>,
    digest: [u8; 16],
}
