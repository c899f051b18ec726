//! Documents that are re-uploaded in parts: kept until the last part comes, and judged then.
//!
//! Nothing is read or built of a part before the receipt over all of them was compared; until then they
//! are bytes, of one document for each device, bounded in number and size and for a bounded time
//! (`docs/decisions/0005`).

use minicbor::bytes::ByteVec;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{
    GroupVerdict, MAX_PARTS_BYTES, MAX_REUPLOADED_CHANGES, RefusalCode, Reupload, ReuploadPart, Verdict,
};

use crate::auth::Caller;
use crate::store::reupload::{self, Kept, Part};
use crate::store::{StoreError, Tx};
use crate::sync::engine::Engine;
use crate::sync::error::SyncError;

/// How long a device may take from one part to the next, in milliseconds.
pub const PATIENCE: i64 = 60 * 60 * 1000;

/// From how many of their devices a user re-uploads in parts at once. A device can be had for a sign-in.
pub const MAX_DEVICES: u64 = 2;

/// What a re-upload comes to.
pub enum Gathered {
    /// The whole document: to be judged.
    Whole(Reupload),
    /// It was a part that is not the last one, or not one at all.
    Answered(GroupVerdict),
}

/// Keeps a part, or puts the last one behind those that were kept; a whole document stays as it is.
///
/// # Errors
/// Of the database.
pub async fn gather(
    engine: &Engine,
    caller: &Caller,
    offer: Reupload,
    now: Timestamp,
) -> Result<Gathered, SyncError> {
    let Some(part) = offer.part else { return Ok(Gathered::Whole(offer)) };
    let document = offer.document;
    let answered = |verdicts| Gathered::Answered(GroupVerdict { document, verdicts });
    let (first, end, total) = match bounds(part, offer.changes.len()) {
        Ok(bounds) => bounds,
        Err(code) => return Ok(answered(vec![Verdict::Refused(code)])),
    };
    let mut tx = caller.write(engine.db()).await?;
    let Some(kept) = kept(&mut tx, caller, &offer, first, now).await? else {
        return Ok(answered(vec![Verdict::NotReached]));
    };
    // What a lost answer made the device send again is here already.
    let new = offer.changes.get(kept.changes - first..).unwrap_or_default();
    let size = new.iter().fold(0_usize, |sum, change| sum.saturating_add(change.len()));
    if kept.bytes.saturating_add(size) > MAX_PARTS_BYTES {
        reupload::drop_kept(&mut tx, caller.org, caller.device, before(now)).await?;
        tx.commit().await?;
        return Ok(answered(vec![Verdict::Refused(RefusalCode::TooLarge)]));
    }
    if end < total {
        if !new.is_empty() {
            let bytes = minicbor::to_vec(new).unwrap_or_default();
            let part = Part {
                document,
                receipt: offer.receipt.as_slice(),
                begins: kept.changes,
                changes: new.len(),
                size,
                bytes: &bytes,
            };
            reupload::keep(&mut tx, caller.org, caller.device, part, now).await?;
        }
        tx.commit().await?;
        return Ok(answered(Vec::new()));
    }
    // Nothing more is written: others need not wait while the parts are read.
    tx.commit().await?;
    let new = new.to_vec();
    let mut conn = engine.db().read().await?;
    let mut changes: Vec<ByteVec> = Vec::with_capacity(total);
    for part in reupload::changes(&mut conn, caller.org, caller.device).await? {
        let part: Vec<ByteVec> =
            minicbor::decode(&part).map_err(|_| StoreError::Unreadable("a part of a document"))?;
        changes.extend(part);
    }
    changes.extend(new);
    Ok(Gathered::Whole(Reupload { changes, part: None, ..offer }))
}

/// Forgets what was kept for the caller's device: it was judged.
///
/// # Errors
/// Of the database.
pub async fn forget(engine: &Engine, caller: &Caller, now: Timestamp) -> Result<(), SyncError> {
    let mut tx = caller.write(engine.db()).await?;
    reupload::drop_kept(&mut tx, caller.org, caller.device, before(now)).await?;
    Ok(tx.commit().await?)
}

/// Where a part begins and ends, and how many changes its document has.
fn bounds(part: ReuploadPart, changes: usize) -> Result<(usize, usize, usize), RefusalCode> {
    let (first, total) = (part.first as usize, part.total as usize);
    let end = first.saturating_add(changes);
    if total > MAX_REUPLOADED_CHANGES {
        return Err(RefusalCode::TooLarge);
    }
    if changes == 0 || end > total {
        return Err(RefusalCode::Malformed);
    }
    Ok((first, end, total))
}

/// What is kept of this document before the part; `None` if that is not all that stands before it, or if the
/// user's other devices have begun as many as may be kept.
async fn kept(
    tx: &mut Tx,
    caller: &Caller,
    offer: &Reupload,
    first: usize,
    now: Timestamp,
) -> Result<Option<Kept>, StoreError> {
    let nothing = || Kept { document: offer.document, receipt: offer.receipt.to_vec(), changes: 0, bytes: 0 };
    if first == 0 {
        // A device that begins anew may have another state by now: nothing of an earlier try fits.
        reupload::drop_kept(tx, caller.org, caller.device, before(now)).await?;
        let others = reupload::other_devices(tx, caller.org, caller.user, caller.device).await?;
        return Ok((others < MAX_DEVICES).then(nothing));
    }
    let kept = reupload::kept(tx, caller.org, caller.device).await?.unwrap_or_else(nothing);
    let is_same = kept.document == offer.document && kept.receipt == offer.receipt.as_slice();
    // Fewer means a gap; more means that another try has got further than this part.
    let end = first.saturating_add(offer.changes.len());
    Ok((is_same && (first..=end).contains(&kept.changes)).then_some(kept))
}

fn before(now: Timestamp) -> Timestamp {
    Timestamp::from_millis(now.millis().saturating_sub(PATIENCE))
}
