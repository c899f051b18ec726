//! Re-uploads of settings rows and purges, to a server that lost them (N7).
//!
//! The server's own receipt says that it once wrote exactly this row, or made exactly this purge, so
//! no permission is asked again. Nobody can prove who wrote it, so the log names nobody.

use roadbook_domain::document::Signature;
use roadbook_domain::settings::user::User;
use roadbook_domain::settings::{SettingsKind, SettingsRow};
use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{MAX_REUPLOADED_ROWS, ReceiptedRow, RefusalCode, Tombstone, Verdict};

use super::reupload_accounts;
use crate::auth::{Caller, Claim};
use crate::store::Tx;
use crate::store::settings::{self, Put};
use crate::sync::engine::Engine;
use crate::sync::error::SyncError;
use crate::sync::seals::receipt;
use crate::sync::up::purge;

/// How many rows one transaction writes: others write between two. An account with its user's own documents takes some
/// milliseconds.
const SLICE: usize = 8;
/// How many users a request writes; the rest of its rows wait for the next one.
const MOST_USERS: usize = 200;
/// How often what was refused is tried again, once later rows are there. What still finds its place then does so in
/// the next request.
const MOST_PASSES: usize = 4;

/// Takes in what a phone re-uploads; answers the verdicts, first those on the tombstones, in order, and the
/// caller's claim, whose token the rows may have recalled.
///
/// # Errors
/// [`SyncError::TooLarge`] for more than a request may hold; those of the database.
pub async fn reupload(
    engine: &Engine,
    caller: &Caller,
    tombstones: &[Tombstone],
    rows: Vec<ReceiptedRow>,
    now: Timestamp,
) -> Result<(Claim, Vec<Verdict>), SyncError> {
    if tombstones.len().saturating_add(rows.len()) > MAX_REUPLOADED_ROWS {
        return Err(SyncError::TooLarge);
    }
    let mut verdicts = Vec::with_capacity(tombstones.len() + rows.len());
    for tombstone in tombstones {
        match bury(engine, caller, tombstone, now).await {
            Ok(verdict) => verdicts.push(verdict),
            Err(error) if error.is_full() => break,
            Err(error) => return Err(error),
        }
    }
    if verdicts.len() < tombstones.len() {
        // The phone keeps what there is no room for, and reads on meanwhile (R09).
        tracing::warn!("no space left: re-uploaded purges are not taken");
        verdicts.resize(tombstones.len(), Verdict::NotReached);
    }
    let (claim, of_rows) = take_rows(engine, caller, rows, now).await?;
    verdicts.extend(of_rows);
    if verdicts.iter().any(|verdict| matches!(verdict, Verdict::Applied(_))) {
        tracing::info!(verdicts = verdicts.len(), "what was lost was re-uploaded");
    }
    Ok((claim, verdicts))
}

async fn bury(
    engine: &Engine,
    caller: &Caller,
    tombstone: &Tombstone,
    now: Timestamp,
) -> Result<Verdict, SyncError> {
    let key = engine.secrets().receipt_key.as_bytes();
    let ours = receipt::of_purge(key, caller.org, tombstone.document);
    if !receipt::is_same(&ours, &tombstone.receipt) {
        return Ok(Verdict::Refused(RefusalCode::ForeignReceipt));
    }
    let seq = purge::bury(engine.db(), caller, tombstone.document, now).await?;
    Ok(seq.map_or(Verdict::Dup(0), |seq| Verdict::Applied(seq.unsigned_abs())))
}

/// A row on its way.
struct Pending {
    row: SettingsRow,
    verdict: Verdict,
}

/// Writes the rows that are not there in this or a later version.
async fn take_rows(
    engine: &Engine,
    caller: &Caller,
    rows: Vec<ReceiptedRow>,
    now: Timestamp,
) -> Result<(Claim, Vec<Verdict>), SyncError> {
    let org = caller.org;
    let key = engine.secrets().receipt_key.as_bytes();
    let mut pending: Vec<Pending> = rows
        .into_iter()
        .map(|ReceiptedRow { row, receipt }| {
            let is_ours = receipt::is_same(&receipt::of_row(key, org, &row), &receipt);
            let foreign = Verdict::Refused(RefusalCode::ForeignReceipt);
            Pending { row, verdict: if is_ours { Verdict::NotReached } else { foreign } }
        })
        .collect();
    let claim = write_rows(engine, caller.claim(), &mut pending, now).await?;
    Ok((claim, pending.into_iter().map(|pending| pending.verdict).collect()))
}

/// Writes the rows that are open, and again those that another one may have let in.
async fn write_rows(
    engine: &Engine,
    mut claim: Claim,
    pending: &mut [Pending],
    now: Timestamp,
) -> Result<Claim, SyncError> {
    let open = |pending: &[Pending]| -> Vec<usize> {
        (0..pending.len()).filter(|place| pending.get(*place).is_some_and(Pending::is_open)).collect()
    };
    let users = |pending: &[Pending]| pending.iter().filter(|pending| pending.is_written_user()).count();
    'passes: for _ in 0..MOST_PASSES {
        let before = open(pending);
        for slice in before.chunks(SLICE) {
            if users(pending) >= MOST_USERS {
                break 'passes;
            }
            claim = match write_slice(engine, claim, pending, slice, now).await {
                Err(error) if error.is_full() => {
                    tracing::warn!("no space left: re-uploaded settings are not taken");
                    break 'passes;
                }
                written => written?,
            };
        }
        // An email may be free, or another administrator be there, only after a later row.
        let left = open(pending);
        if left.is_empty() || left.len() == before.len() {
            return Ok(claim);
        }
    }
    for pending in pending.iter_mut().filter(|pending| pending.is_open()) {
        pending.verdict = Verdict::NotReached;
    }
    Ok(claim)
}

/// Writes some rows in one transaction, and has their verdicts once it is durable.
async fn write_slice(
    engine: &Engine,
    claim: Claim,
    pending: &mut [Pending],
    slice: &[usize],
    now: Timestamp,
) -> Result<Claim, SyncError> {
    let mut tx = claim.write(engine.db()).await?;
    let org = tx.caller.org;
    let mut verdicts = Vec::with_capacity(slice.len());
    for place in slice {
        if let Some(pending) = pending.get(*place) {
            verdicts.push((*place, take_row(engine, &mut tx, org, &pending.row, now).await?));
        }
    }
    // A row of the caller's own account recalls their tokens.
    let claim = claim.renewed(&mut tx).await?;
    tx.commit().await?;
    for (place, verdict) in verdicts {
        if let Some(pending) = pending.get_mut(place) {
            pending.verdict = verdict;
        }
    }
    Ok(claim)
}

async fn take_row(
    engine: &Engine,
    tx: &mut Tx,
    org: OrgId,
    row: &SettingsRow,
    now: Timestamp,
) -> Result<Verdict, SyncError> {
    let known = settings::get(tx, org, row.kind, row.id).await?.map_or(0, |known| known.version);
    if known >= row.version {
        return Ok(Verdict::Dup(0));
    }
    // With its entry: a user without an account could never sign in again.
    if row.kind == SettingsKind::User {
        let Ok(user) = row.read::<User>() else { return Ok(Verdict::Refused(RefusalCode::Malformed)) };
        if let Err(code) = reupload_accounts::reupload(engine, tx, org, &user, now).await? {
            return Ok(Verdict::Refused(code));
        }
    }
    let nobody = Signature { user: None, device: None };
    Ok(match settings::put_back(tx, org, row, &nobody, now).await? {
        Put::Written { seq } => Verdict::Applied(seq.unsigned_abs()),
        Put::Stale { .. } => Verdict::Dup(0),
    })
}

impl Pending {
    fn is_written_user(&self) -> bool {
        self.row.kind == SettingsKind::User && matches!(self.verdict, Verdict::Applied(_))
    }

    /// Whether another row may still let it in.
    fn is_open(&self) -> bool {
        use RefusalCode::{EmailTaken, LastAdmin};
        matches!(self.verdict, Verdict::NotReached | Verdict::Refused(EmailTaken | LastAdmin))
    }
}
