//! Re-uploads of documents, to a server that lost them (N7).
//!
//! The server's own receipt says that it once held exactly this state, so no permission is asked
//! again: the changes come back with the authors and times that they had.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use roadbook_domain::access::audience::{inbox_id, scope_of_new, user_document_id};
use roadbook_domain::access::rights::Scope;
use roadbook_domain::document::change::{Actor, Change, ChangeHash};
use roadbook_domain::document::limits::MAX_DOCUMENT_OPS;
use roadbook_domain::document::{AudienceRule, DocumentType, is_reserved};
use roadbook_domain::document::{AuthorIndex, Signature};
use roadbook_domain::value::id::{OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{
    GroupVerdict, MAX_REUPLOADED_CHANGES, MAX_REUPLOADED_OPS, MAX_REUPLOADS, RefusalCode, Reupload, Verdict,
};

use super::parts::{self, Gathered};
use crate::auth::Caller;
use crate::store::documents::Stored;
use crate::store::{Conn, StoreError, actors, documents};
use crate::sync::engine::Engine;
use crate::sync::error::SyncError;
use crate::sync::seals::receipt::Subject;
use crate::sync::up::budget;
use crate::sync::up::changed::filed;
use crate::sync::up::judged::{Fate, Judged};
use crate::sync::up::plan::MAX_CHANGED_PATHS;
use crate::sync::up::push::{self, ATTEMPTS, Outcome};
use crate::sync::up::reach;
use crate::sync::up::scratch::{self, Built, Scratch};

/// A re-upload, and what the database knows of its document.
#[derive(Debug, Clone)]
pub struct ReuploadCase {
    /// What is re-uploaded.
    pub reupload: Reupload,
    /// Whether its receipt is this server's.
    pub is_ours: bool,
    /// The document as the server has it.
    pub stored: Option<Stored>,
    /// Whether its id was purged.
    pub purged: bool,
}

/// What is true for all re-uploads of a request.
#[derive(Debug, Clone)]
pub struct ReuploadContext {
    /// Who re-uploads: their own documents may be private ones.
    pub user: UserId,
    /// The actors of the re-uploads that are bound already.
    pub bound: BTreeSet<Actor>,
    /// A fresh actor for the server's own changes.
    pub server: Actor,
    /// The server's clock.
    pub now: Timestamp,
}

/// Takes in what phones re-upload.
///
/// # Errors
/// [`SyncError::TooLarge`] for more than a request may hold; of the database.
pub async fn reupload(
    engine: &Engine,
    caller: &Caller,
    reuploads: Vec<Reupload>,
    now: Timestamp,
) -> Result<Outcome, SyncError> {
    let changes = reuploads.iter().fold(0_usize, |sum, reupload| sum.saturating_add(reupload.changes.len()));
    if reuploads.len() > MAX_REUPLOADS || changes > MAX_REUPLOADED_CHANGES {
        return Err(SyncError::TooLarge);
    }
    let mut outcome = Outcome::default();
    let mut seen = BTreeSet::new();
    let mut pending: Vec<(usize, Reupload)> = Vec::new();
    let mut in_parts = Vec::new();
    for (place, reupload) in reuploads.into_iter().enumerate() {
        let is_last = reupload.part.is_some();
        let is_first = seen.insert(reupload.document);
        // Each part costs all that is kept of its document, so a request brings one.
        if !is_first {
            let verdicts = vec![Verdict::NotReached; reupload.changes.len()];
            outcome.verdicts.push(GroupVerdict { document: reupload.document, verdicts });
            continue;
        }
        let document = reupload.document;
        let gathered = match parts::gather(engine, caller, reupload, now).await {
            Err(error) if error.is_full() => {
                tracing::warn!(document.id = %document, "no space left: a part of a document is not kept");
                Gathered::Answered(GroupVerdict { document, verdicts: vec![Verdict::NotReached] })
            }
            gathered => gathered?,
        };
        outcome.verdicts.push(match gathered {
            Gathered::Answered(verdict) => verdict,
            Gathered::Whole(reupload) => {
                let verdicts = vec![Verdict::NotReached; reupload.changes.len()];
                let unanswered = GroupVerdict { document: reupload.document, verdicts };
                in_parts.extend(is_last.then_some(place));
                pending.push((place, reupload));
                unanswered
            }
        });
    }
    let mut left = MAX_REUPLOADED_OPS;
    // What changed meanwhile is judged again, and costs again.
    for _ in 0..ATTEMPTS {
        pending = attempt(engine, caller, pending, now, &mut left, &mut outcome).await?;
    }
    let was_judged = |place: &usize| {
        let verdicts = outcome.verdicts.get(*place).map(|group| &group.verdicts);
        verdicts.is_some_and(|verdicts| verdicts.first() != Some(&Verdict::NotReached))
    };
    // Not before: after a failure the device would have to send every part again.
    if in_parts.iter().any(was_judged) {
        match parts::forget(engine, caller, now).await {
            // They are forgotten after a while in any case, and the verdicts must arrive.
            Err(error) if error.is_full() => {}
            forgotten => forgotten?,
        }
    }
    Ok(outcome)
}

/// Judges and commits each re-upload once, as many at a time as one may load; answers those that must be
/// judged anew.
async fn attempt(
    engine: &Engine,
    caller: &Caller,
    mut pending: Vec<(usize, Reupload)>,
    now: Timestamp,
    left: &mut u32,
    outcome: &mut Outcome,
) -> Result<Vec<(usize, Reupload)>, SyncError> {
    let mut again = Vec::new();
    while !pending.is_empty() {
        let key = engine.secrets().receipt_key.as_bytes();
        let is_ours = |(_, reupload): &&(usize, Reupload)| has_receipt(reupload, caller.org, key);
        let ours: BTreeSet<_> = pending.iter().filter(is_ours).map(|(place, _)| *place).collect();
        let mut conn = engine.db().read().await?;
        let ids: Vec<_> = pending.iter().map(|(_, reupload)| reupload.document).collect();
        let beyond = budget::beyond(&mut conn, caller.org, &ids).await?;
        let (later, mut reuploads): (Vec<_>, Vec<_>) =
            pending.into_iter().partition(|(_, reupload)| beyond.contains(&reupload.document));
        let (context, cases) = load(&mut conn, engine, caller, &reuploads, &ours, now).await?;
        drop(conn);
        let may_build = *left;
        let (judged, rest) = engine.judge(caller.user, move || judge_all(cases, &context, may_build)).await?;
        *left = rest;
        let mut stale = BTreeSet::new();
        for batch in in_batches(engine, caller, judged).await? {
            stale.extend(push::commit_judged(engine, caller, batch, None, now, outcome).await?);
        }
        reuploads.retain(|(place, _)| stale.contains(place));
        again.extend(reuploads);
        pending = later;
    }
    Ok(again)
}

/// What was judged, in batches that keep nobody else waiting for long. Each document was accepted once, so one
/// that makes much visible is taken all the same.
async fn in_batches(
    engine: &Engine,
    caller: &Caller,
    judged: Vec<(usize, Judged)>,
) -> Result<Vec<Vec<(usize, Judged)>>, StoreError> {
    let widenings = reach::widenings(judged.iter().map(|(_, judged)| judged));
    let filed: usize = judged.iter().map(|(_, judged)| judged.filing()).sum();
    if reach::is_near(&widenings, MAX_CHANGED_PATHS.saturating_sub(filed)) {
        return Ok(vec![judged]);
    }
    let mut conn = engine.db().read().await?;
    let reach = reach::load(&mut conn, caller.org, &widenings).await?;
    Ok(reach::batches(judged, &reach))
}

/// Reads what judging these re-uploads rests on.
async fn load(
    conn: &mut Conn,
    engine: &Engine,
    caller: &Caller,
    reuploads: &[(usize, Reupload)],
    ours: &BTreeSet<usize>,
    now: Timestamp,
) -> Result<(ReuploadContext, Vec<(usize, ReuploadCase)>), StoreError> {
    let ids: Vec<_> = reuploads.iter().map(|(_, reupload)| reupload.document).collect();
    let stored = documents::get(conn, caller.org, &ids).await?;
    let mut stored: BTreeMap<_, _> = stored.into_iter().map(|stored| (stored.id, stored)).collect();
    let purged = documents::purged(conn, caller.org, &ids).await?;
    // What is forged is not looked up.
    let tables = reuploads.iter().filter(|(place, _)| ours.contains(place));
    let tables = tables.flat_map(|(_, reupload)| &reupload.authors.actors);
    let shown: Vec<_> = tables.map(|row| row.actor).collect();
    let bound = actors::devices(conn, caller.org, &shown).await?;
    let context = ReuploadContext {
        user: caller.user,
        bound: bound.into_iter().map(|(actor, _)| actor).collect(),
        server: engine.fresh_actor(),
        now,
    };
    let cases = reuploads.iter().map(|(place, reupload)| {
        let stored = stored.remove(&reupload.document);
        let purged = purged.contains(&reupload.document);
        (*place, ReuploadCase { reupload: reupload.clone(), is_ours: ours.contains(place), stored, purged })
    });
    Ok((context, cases.collect()))
}

/// Judges re-uploads, in order, until their operations are used up: what follows is not reached.
fn judge_all(
    cases: Vec<(usize, ReuploadCase)>,
    context: &ReuploadContext,
    mut left: u32,
) -> (Vec<(usize, Judged)>, u32) {
    let judged = cases.into_iter().map(|(place, case)| (place, judge(case, context, &mut left))).collect();
    (judged, left)
}

/// Judges a re-upload: its receipt first, then the document that it is, then what the server lacks of it.
/// `left` is how many operations may still be built.
pub fn judge(case: ReuploadCase, context: &ReuploadContext, left: &mut u32) -> Judged {
    let (document, total) = (case.reupload.document, case.reupload.changes.len());
    let tried = catch_unwind(AssertUnwindSafe(|| try_reupload(case, context, left)));
    match tried {
        Ok(Ok(judged)) => judged,
        Ok(Err(Fault(verdict))) => Judged::not(document, total, verdict),
        Err(_) => {
            tracing::error!(document.id = %document, "judging a re-upload panicked");
            Judged::refused(document, total, RefusalCode::Malformed)
        }
    }
}

/// Why a re-upload is not taken as a whole.
struct Fault(Verdict);

impl From<RefusalCode> for Fault {
    fn from(code: RefusalCode) -> Self {
        Self(Verdict::Refused(code))
    }
}

fn try_reupload(case: ReuploadCase, context: &ReuploadContext, left: &mut u32) -> Result<Judged, Fault> {
    let ReuploadCase { reupload, is_ours, stored, purged } = case;
    let kind = DocumentType::get(reupload.kind).ok_or(Fault(Verdict::UpgradeRequired))?;
    // First of all: a forged re-upload costs a hash over its heads and table, whatever else is in it.
    if !is_ours {
        return Err(RefusalCode::ForeignReceipt.into());
    }
    if purged {
        return Err(RefusalCode::Purged.into());
    }
    let changes = read(&reupload, left)?;
    let (creator, scope) = origin(kind, &reupload, &changes, context)?;
    // Scope and type of an id never change. Another document there came from somebody else.
    if stored.as_ref().is_some_and(|stored| stored.kind != kind.id || stored.scope != scope) {
        return Err(RefusalCode::IdTaken.into());
    }
    let built = rebuild(kind, &reupload, changes, scope, creator, context)?;
    let mut scratch = match stored {
        Some(stored) => Scratch::of(kind, stored, context.server).map_err(|error| {
            tracing::error!(document.id = %reupload.document, error.cause = %error, "a document cannot be used");
            RefusalCode::Malformed
        })?,
        None => Scratch::new(kind, reupload.document, scope, creator, context.server),
    };
    let mut judged = Judged::new(reupload.document, built.len());
    let authors = reupload.authors.index();
    for (built, bytes) in built.into_iter().zip(&reupload.changes) {
        if scratch.contains(built.hash) {
            judged.fates.push(Fate::Dup(built.hash));
            continue;
        }
        if let Err(verdict) = scratch.check(&built.change) {
            judged.fates.push(Fate::Not(verdict));
            break;
        }
        judged.fates.push(Fate::Accepted(scratch.accepted()));
        accept(&mut scratch, built, bytes, &authors, context.now)?;
    }
    judged.fates.resize(reupload.changes.len(), Fate::Not(Verdict::NotReached));
    judged.update = scratch.finish(context.now).map_err(|_| RefusalCode::Malformed)?;
    judged.filed = judged.update.as_ref().map_or(0, |update| filed(update, 0));
    // Actors of lost changes are bound again, so that no other device can write under them.
    let accepted = judged.update.iter().flat_map(|update| &update.accepted);
    let bound = accepted.map(|change| (change.actor.0, change.by.device));
    judged.bound =
        bound.filter(|(actor, _)| !context.bound.contains(actor) && !is_reserved(*actor)).collect();
    Ok(judged)
}

/// Whether the server gave this receipt for the heads and the author table that the re-upload states.
fn has_receipt(reupload: &Reupload, org: OrgId, key: &[u8; 32]) -> bool {
    let authors = minicbor::to_vec(&reupload.authors).unwrap_or_default();
    let subject = Subject {
        org,
        document: reupload.document,
        kind: reupload.kind,
        heads: &reupload.heads,
        authors: &authors,
    };
    subject.is_received(key, &reupload.receipt)
}

/// Reads the changes, as far as their operations may still be built: a few bytes may stand for thousands.
fn read(reupload: &Reupload, left: &mut u32) -> Result<Vec<Change>, Fault> {
    let mut of_document = MAX_DOCUMENT_OPS;
    let mut changes = Vec::with_capacity(reupload.changes.len());
    for bytes in &reupload.changes {
        let change = scratch::read(bytes)?;
        of_document = of_document.checked_sub(change.op_count()).ok_or(RefusalCode::TooLarge)?;
        changes.push(change);
    }
    let rest = left.checked_sub(MAX_DOCUMENT_OPS - of_document);
    // Nothing after it either: a large document would be overtaken again and again.
    *left = rest.unwrap_or_default();
    rest.map(|_| changes).ok_or(Fault(Verdict::NotReached))
}

/// Builds the changes and compares the heads that they make with those that the receipt is for; then judges
/// them as a document by itself.
///
/// The guard costs more the longer the document is, so it sees only what the server once held.
fn rebuild(
    kind: &'static DocumentType,
    reupload: &Reupload,
    changes: Vec<Change>,
    scope: Scope,
    creator: Option<UserId>,
    context: &ReuploadContext,
) -> Result<Vec<Built>, RefusalCode> {
    let all: Vec<Built> =
        changes.into_iter().map(|change| scratch::build(kind, change, None)).collect::<Result<_, _>>()?;
    if heads(&all) != reupload.heads {
        return Err(RefusalCode::ForeignReceipt);
    }
    let mut alone = Scratch::new(kind, reupload.document, scope, creator, context.server);
    for built in &all {
        alone.check(&built.change).map_err(|_| RefusalCode::Malformed)?;
        alone.index_only(built);
    }
    Ok(all)
}

/// The heads of a document that holds these changes, ascending.
fn heads(changes: &[Built]) -> Vec<ChangeHash> {
    let known: BTreeSet<ChangeHash> = changes.iter().map(|built| built.hash).collect();
    let inner: BTreeSet<ChangeHash> =
        changes.iter().flat_map(|built| built.change.deps.iter().copied()).collect();
    known.difference(&inner).copied().collect()
}

fn accept(
    scratch: &mut Scratch,
    built: Built,
    bytes: &[u8],
    authors: &AuthorIndex<'_>,
    now: Timestamp,
) -> Result<(), RefusalCode> {
    let (actor, seq) = (built.change.actor, built.change.seq);
    let by = authors.signature(actor).cloned().unwrap_or(Signature { user: None, device: None });
    let received_at = authors.received_at(actor, seq).unwrap_or(now);
    let origin = authors.origin(actor, seq);
    scratch.accept(built, bytes.to_vec(), by, origin, received_at).map_err(|_| RefusalCode::Malformed)
}

/// Who made the document, and its scope: as they were, for both follow from its id and first change.
fn origin(
    kind: &DocumentType,
    reupload: &Reupload,
    changes: &[Change],
    context: &ReuploadContext,
) -> Result<(Option<UserId>, Scope), RefusalCode> {
    let first = changes.first().ok_or(RefusalCode::Malformed)?;
    let creator = reupload.authors.signature(first.actor).and_then(|by| by.user);
    // If only the server wrote, the table names no user: then the document can only be the caller's own.
    let users = reupload.authors.actors.iter().filter_map(|row| row.by.user);
    let own = users.chain([context.user]).find(|user| {
        let id = reupload.document;
        match kind.audience {
            AudienceRule::Private => id == user_document_id(*user),
            AudienceRule::Own => id == inbox_id(*user),
            AudienceRule::Linked => false,
        }
    });
    let scope = match own {
        Some(user) => scope_of_new(kind, reupload.document, user),
        None if kind.audience == AudienceRule::Private => None,
        None => Some(Scope::Staff),
    };
    // The server makes a user's own documents in their name.
    Ok((own.or(creator), scope.ok_or(RefusalCode::ForeignReceipt)?))
}
