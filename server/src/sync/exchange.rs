//! One exchange: unsent changes up, news down, in one round trip.

use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{
    GroupVerdict, Progress, Reconcile, ReconcileAnswer, SyncRequest, SyncResponse, SyncStatus, Verdict,
};

use super::down::page::{Page, Reading};
use super::down::{fill, pull};
use super::engine::Engine;
use super::error::SyncError;
use super::recovery::{reconciliation, reupload_documents, reupload_settings};
use super::seals::cursor::{Class, Fill, Holder, Mark, Position};
use super::up::plan;
use super::up::push::{self, Outcome};
use crate::auth::{Caller, Claim};
use crate::store::organisation::{self, Head};
use crate::store::standing::Standing;
use crate::store::{Conn, StoreError, log};

/// The most bytes of a request, inflated.
pub const MAX_REQUEST: usize = 4 << 20;

/// The most bytes of entries in one answer.
const MAX_PAGE: u64 = 1 << 20;
/// The same of the first page of a first sync.
// Small, so that a new device has something to show soon.
const FIRST_PAGE: u64 = 400 << 10;
/// A device that lacks more entries than this waits for a turn to read.
// Far more than happens between two exchanges of a connected phone.
const FAR_BEHIND: i64 = 500;
/// A device that wants less than this gets this much.
const MIN_PAGE: u64 = 4 << 10;

/// Carries out one exchange.
///
/// # Errors
/// [`SyncError::TooLarge`] and [`SyncError::Invalid`] for what no device sends; [`SyncError::Caller`] if the
/// caller has no access, or loses it meanwhile; those of the database. Whatever was committed before an error
/// stays, and a retry is told so (L2). A document that changes too fast is no error: its changes are
/// `NotReached`, and the phone sends them again.
pub async fn exchange(
    engine: &Engine,
    claim: &Claim,
    mut request: SyncRequest,
) -> Result<SyncResponse, SyncError> {
    let now = engine.now();
    let holder = Holder { org: claim.org(), user: claim.user(), device: claim.device() };
    let key = engine.secrets().cursor_key.as_bytes();
    let position = request.cursor.as_ref().map(|cursor| Position::open(cursor, key, &holder));
    let mut conn = engine.db().read().await?;
    let asked = position.iter().flatten().next();
    let (caller, standing) = claim.standing(&mut conn, entries(asked)).await?;
    let status = status(position.as_ref().map(Option::as_ref), &standing);
    // A cursor of another log says nothing about what the user saw in this one.
    let position = position.flatten().filter(|_| status == SyncStatus::Ok);

    let is_written_to = !request.push.is_empty() || !request.reuploads.is_empty() || request.reuploads_rows();
    let asks = request.reconcile.is_some() || !request.fetch.is_empty();
    // Nothing happened on either side: the answer needs no snapshot and no page (L8).
    if let Some(position) = &position
        && !is_written_to
        && !asks
        && position.seq == standing.head.seq
        && position.class == Class::of(caller.role)
        && position.fill.is_none()
    {
        let digest = plan::total(&standing.sums).digest.to_bytes();
        return Ok(SyncResponse { digest: Some(digest), ..empty(status, now) });
    }
    let is_behind = |position: &Position| {
        position.fill.is_some() || standing.head.seq.saturating_sub(position.seq) > FAR_BEHIND
    };
    let reads_much = asks || position.as_ref().is_none_or(is_behind);
    // Not kept while anything is written or waited for: requests that hold one connection and wait for another
    // block all.
    let conn = (!is_written_to && !reads_much).then_some(conn);

    // Settings first: the caller's own row may be among them, and the rest is judged by their role.
    let (claim, caller, row_verdicts) = match status {
        SyncStatus::Ok if request.reuploads_rows() => reupload(engine, &caller, &mut request, now).await?,
        _ => (*claim, caller, Vec::new()),
    };
    let brings = !request.push.is_empty() || !request.reuploads.is_empty();
    let share = if brings { Some(engine.share(caller.user)?) } else { None };
    let mut outcome = match status {
        // What the server lost may be what these changes rest on: nothing is judged before it is back.
        SyncStatus::RolledBack => not_reached(&request),
        _ => push::push(engine, &caller, position.as_ref(), request.push, now).await?,
    };
    let reuploaded = reupload_documents::reupload(engine, &caller, request.reuploads, now).await?;
    outcome.verdicts.extend(reuploaded.verdicts);
    outcome.applied.extend(reuploaded.applied);
    drop(share);

    let page_size = u64::from(request.budget.unwrap_or(u32::MAX)).clamp(MIN_PAGE, MAX_PAGE);
    let wishes = Wishes { reconciliation: request.reconcile, fetch: request.fetch, page_size };
    let _turn = match reads_much {
        true => Some(engine.turn_to_read(caller.user).await?),
        false => None,
    };
    // One snapshot for the whole answer, the caller's rights included: what it shows is what they may see.
    let mut conn = match conn {
        Some(conn) => conn.into_snapshot().await?,
        None => engine.db().snapshot().await?,
    };
    // Read again, because this very request may have moved the head, and others the caller's rights.
    let (caller, standing) = claim.standing(&mut conn, [None; 2]).await?;
    let answering = Answering { engine, caller: &caller, standing: &standing, holder, now, status };
    let answer = answering.answer(&mut conn, position, outcome, wishes).await?;
    Ok(SyncResponse { row_verdicts, ..answer })
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
        reconcile: None,
        receipts: Vec::new(),
        row_verdicts: Vec::new(),
    }
}

/// The entries that the log must still have.
fn entries(position: Option<&Position>) -> [Option<i64>; 2] {
    [position.map(|position| position.seq), position.and_then(|position| position.told).map(|told| told.seq)]
}

/// Whether the log is the one that the cursor was cut from.
fn status(position: Option<Option<&Position>>, standing: &Standing) -> SyncStatus {
    let Some(position) = position else { return SyncStatus::Ok };
    let Some(position) = position else { return SyncStatus::Expired };
    if !position.has_epoch(standing.head.epoch) {
        return SyncStatus::RolledBack;
    }
    let marks = position.marks().zip(&standing.chains);
    let all = marks.map(|(mark, chain)| has(mark, chain.as_deref(), &standing.head));
    all.into_iter().find(|status| *status != SyncStatus::Ok).unwrap_or(SyncStatus::Ok)
}

/// Whether the log has this entry, given the chain up to the one with its number.
fn has(mark: Mark, chain: Option<&[u8]>, head: &Head) -> SyncStatus {
    let chain = match mark.seq {
        0 => Some(organisation::FIRST_CHAIN.as_slice()),
        seq if seq > head.seq => return SyncStatus::RolledBack,
        seq if seq == head.seq => Some(head.chain.as_slice()),
        _ => chain,
    };
    match chain {
        Some(chain) if mark.has_chain(chain) => SyncStatus::Ok,
        Some(_) => SyncStatus::RolledBack,
        None => SyncStatus::Expired,
    }
}

/// Takes in re-uploaded settings rows and purges; answers the caller as they are then, for their own row may
/// have been among them, and the verdicts.
async fn reupload(
    engine: &Engine,
    caller: &Caller,
    request: &mut SyncRequest,
    now: Timestamp,
) -> Result<(Claim, Caller, Vec<Verdict>), SyncError> {
    let (tombstones, rows) = (std::mem::take(&mut request.tombstones), std::mem::take(&mut request.settings));
    let (claim, verdicts) = reupload_settings::reupload(engine, caller, &tombstones, rows, now).await?;
    Ok((claim, claim.snapshot(engine.db()).await?.caller, verdicts))
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
    reconciliation: Option<Reconcile>,
    fetch: Vec<DocumentId>,
    page_size: u64,
}

struct Answering<'a> {
    engine: &'a Engine,
    caller: &'a Caller,
    standing: &'a Standing,
    holder: Holder,
    now: Timestamp,
    status: SyncStatus,
}

impl Answering<'_> {
    /// Answers from one snapshot: bundles, heads and the new cursor must tell of the same moment.
    async fn answer(
        &self,
        conn: &mut Conn,
        position: Option<Position>,
        outcome: Outcome,
        wishes: Wishes,
    ) -> Result<SyncResponse, SyncError> {
        let (caller, org, class) = (self.caller, self.caller.org, Class::of(self.caller.role));
        let head = &self.standing.head;
        let sum = plan::total(&self.standing.sums);
        let applied = &outcome.applied;
        let reading = Reading { engine: self.engine, caller, head, now: self.now, applied };
        let is_first = position.is_none() && self.status == SyncStatus::Ok;
        let mut page = Page::new(if is_first { wishes.page_size.min(FIRST_PAGE) } else { wishes.page_size });
        let reconcile = match &wishes.reconciliation {
            Some(step) => Some(reconciliation::answer(conn, &reading, step).await?),
            None => None,
        };
        if !wishes.fetch.is_empty() {
            reconciliation::fetch(conn, &reading, &wishes.fetch, &mut page).await?;
        }
        pull::forget_pushed(conn, &reading, &outcome.verdicts, &mut page).await?;
        let total = sum.documents.unsigned_abs();
        let mut position = match position {
            Some(position) => Position { fill: position.refilled(class, total), class, ..position },
            // A device that is not new gets its documents by reconciliation.
            None => Position::at_head(head, class, Some(Fill::settings(is_first, total))),
        };
        let mut reached_head = true;
        if position.seq < head.seq {
            let (reached, is_head) = pull::tail(conn, &reading, &position, &mut page).await?;
            let chain = match is_head {
                true => head.chain.clone(),
                false => log::chain_at(conn, org, reached).await?.ok_or(StoreError::Missing)?,
            };
            position = Position::at(head.epoch, reached, &chain, class, position.fill);
            position.told = (!is_head).then(|| Mark::of(head));
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
        self.finish(
            position,
            outcome,
            page,
            Rest { more, progress, reconcile, digest: sum.digest.to_bytes() },
        )
    }

    fn finish(
        &self,
        position: Position,
        outcome: Outcome,
        page: Page,
        rest: Rest,
    ) -> Result<SyncResponse, SyncError> {
        let key = self.engine.secrets().cursor_key.as_bytes();
        Ok(SyncResponse {
            verdicts: outcome.verdicts,
            entries: page.entries,
            receipts: page.receipts,
            cursor: Some(position.seal(key, &self.holder)),
            more: rest.more,
            // In the middle of the log the device lacks what follows, so the digests would always differ.
            digest: (!rest.more).then_some(rest.digest),
            progress: rest.progress,
            reconcile: rest.reconcile,
            ..empty(self.status, self.now)
        })
    }
}

struct Rest {
    more: bool,
    progress: Option<Progress>,
    reconcile: Option<ReconcileAnswer>,
    digest: [u8; 16],
}
