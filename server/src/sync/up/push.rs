//! Pushes: unsent changes of a device, judged outside the lock and committed inside it.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use roadbook_domain::access::rights::Scope;
use roadbook_domain::document::change::{Actor, ChangeHash};
use roadbook_domain::document::{DocumentType, DocumentTypeId};
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{GroupVerdict, MAX_PUSH_BYTES, MAX_PUSH_CHANGES, Pushed, RefusalCode, Verdict};

use super::budget;
use super::commit::{self, Batch, Committed};
use super::judge::{self, Case, Context, Fate, Judged, Visibility};
use super::scratch;
use crate::auth::Caller;
use crate::live::Moved;
use crate::store::{Conn, StoreError, actors, audience, documents, key, log, users};
use crate::sync::engine::Engine;
use crate::sync::error::SyncError;
use crate::sync::seals::cursor::{Class, Position};

/// How long after its author lost visibility an edit is still taken, in milliseconds.
pub const LATE: i64 = 7 * 24 * 60 * 60 * 1000;

/// How often a group is judged anew because its document changed under it.
pub const ATTEMPTS: usize = 8;

/// What became of a push.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The verdicts, one for each group, in order.
    pub verdicts: Vec<GroupVerdict>,
    /// The entries that this push made.
    pub applied: BTreeSet<i64>,
}

/// One group on its way.
struct Pending {
    place: usize,
    group: Pushed,
}

/// Takes a push in. One group's refusal touches no other.
///
/// # Errors
/// [`SyncError::TooLarge`] for more than a request may hold, [`SyncError::Busy`] if the documents
/// change too fast to keep up with; what was committed stays, and a retry finds it (L2).
pub async fn push(
    engine: &Engine,
    caller: &Caller,
    position: Option<&Position>,
    groups: Vec<Pushed>,
    now: Timestamp,
) -> Result<Outcome, SyncError> {
    let changes = groups.iter().flat_map(|group| &group.changes);
    let (count, bytes) = changes.fold((0, 0), |(count, bytes), c| (count + 1, bytes + c.change.len()));
    if count > MAX_PUSH_CHANGES || bytes > MAX_PUSH_BYTES || groups.len() > MAX_PUSH_CHANGES {
        return Err(SyncError::TooLarge);
    }
    let unanswered = |group: &Pushed| GroupVerdict {
        document: group.document,
        verdicts: vec![Verdict::NotReached; group.changes.len()],
    };
    // Every group has an answer from the start: one that has to wait for the budget was not reached.
    let mut outcome = Outcome { verdicts: groups.iter().map(unanswered).collect(), ..Outcome::default() };
    let mut seen = BTreeSet::new();
    let mut pending: Vec<Pending> = groups
        .into_iter()
        .enumerate()
        // A second group of one document waits for the next request.
        .filter(|(_, group)| !group.changes.is_empty() && seen.insert(group.document))
        .map(|(place, group)| Pending { place, group })
        .collect();
    for _ in 0..ATTEMPTS {
        if pending.is_empty() {
            return Ok(outcome);
        }
        pending = attempt(engine, caller, position, pending, now, &mut outcome).await?;
    }
    if pending.is_empty() { Ok(outcome) } else { Err(SyncError::Busy) }
}

/// Judges and commits once; answers the groups that must be judged anew.
async fn attempt(
    engine: &Engine,
    caller: &Caller,
    position: Option<&Position>,
    mut pending: Vec<Pending>,
    now: Timestamp,
    outcome: &mut Outcome,
) -> Result<Vec<Pending>, SyncError> {
    let mut conn = engine.db().read().await?;
    let ids: Vec<_> = pending.iter().map(|pending| pending.group.document).collect();
    let beyond = budget::beyond(&mut conn, caller.org, &ids).await?;
    // They stay without an answer, for the next request.
    pending.retain(|pending| !beyond.contains(&pending.group.document));
    let (context, cases) = load(&mut conn, engine, caller, position, &pending, now).await?;
    // Judging may take long, and others need the connection meanwhile.
    drop(conn);
    let judging = move || cases.into_iter().map(|case| judge_one(case, &context)).collect();
    let judged: Vec<Judged> = engine.judge(judging).await?;
    let places = pending.iter().map(|pending| pending.place);
    let again = commit_judged(engine, caller, places.zip(judged).collect(), now, outcome).await?;
    pending.retain(|pending| again.contains(&pending.place));
    Ok(pending)
}

/// Commits judged groups and answers them; what must be judged anew is left without an answer, and its
/// places are returned.
///
/// # Errors
/// [`SyncError::Caller`] if the caller's rights ended meanwhile; those of the database.
pub async fn commit_judged(
    engine: &Engine,
    caller: &Caller,
    judged: Vec<(usize, Judged)>,
    now: Timestamp,
    outcome: &mut Outcome,
) -> Result<BTreeSet<usize>, SyncError> {
    // What writes nothing needs no lock: duplicates and refusals are answered at once.
    let (mut rest, unchanged): (Vec<_>, Vec<_>) =
        judged.into_iter().partition(|(_, judged)| judged.update.is_some());
    for (place, judged) in unchanged {
        answer(engine, caller, &judged, None, place, outcome).await?;
    }
    let mut again = BTreeSet::new();
    while !rest.is_empty() {
        let batch = Batch {
            updates: rest.iter().filter_map(|(_, judged)| judged.update.clone()).collect(),
            bound: rest.iter().flat_map(|(_, judged)| judged.bound.clone()).collect(),
        };
        match commit::commit(engine.db(), caller, &batch, now).await? {
            Committed::Done { first, head, concerns } => {
                // After the commit: a device that is told too early finds nothing new.
                let moved = Moved { head: head.unsigned_abs(), by: Some(caller.device), concerns };
                engine.tell(caller.org, &moved).await;
                for (place, judged) in rest.drain(..) {
                    let first = first.get(&judged.document).copied();
                    answer(engine, caller, &judged, first, place, outcome).await?;
                }
            }
            // One stale document does not hold the others up: they are committed without it.
            Committed::Stale(stale) => {
                let is_stale = |(_, judged): &(usize, Judged)| stale.contains(&judged.document);
                again.extend(rest.iter().filter(|group| is_stale(group)).map(|(place, _)| *place));
                rest.retain(|group| !is_stale(group));
            }
            // Which group it was is not known, so all of them are judged anew.
            Committed::ActorTaken => again.extend(rest.drain(..).map(|(place, _)| place)),
        }
    }
    Ok(again)
}

/// Turns fates into verdicts.
async fn answer(
    engine: &Engine,
    caller: &Caller,
    judged: &Judged,
    first: Option<i64>,
    place: usize,
    outcome: &mut Outcome,
) -> Result<(), SyncError> {
    let seq = |place: usize| first.unwrap_or_default() + i64::try_from(place).unwrap_or_default();
    let mut dups: Vec<(DocumentId, ChangeHash)> = Vec::new();
    let accepted = judged.update.iter().flat_map(|update| &update.accepted).enumerate();
    let new: BTreeMap<ChangeHash, i64> = accepted.map(|(place, change)| (change.hash, seq(place))).collect();
    for fate in &judged.fates {
        // A change that came twice in this group has its number already.
        if let Fate::Dup(hash) = fate
            && !new.contains_key(hash)
        {
            dups.push((judged.document, *hash));
        }
    }
    let mut known = new;
    if !dups.is_empty() {
        let mut conn = engine.db().read().await?;
        let found = log::find(&mut conn, caller.org, &dups).await?;
        known.extend(found.into_iter().map(|(_, hash, seq)| (hash, seq)));
    }
    let verdicts = judged.fates.iter().map(|fate| match fate {
        Fate::Accepted(place) => Verdict::Applied(seq(*place).unsigned_abs()),
        // 0: so long ago that the log no longer says when.
        Fate::Dup(hash) => Verdict::Dup(known.get(hash).copied().unwrap_or_default().unsigned_abs()),
        Fate::Not(verdict) => verdict.clone(),
    });
    let verdicts: Vec<Verdict> = verdicts.collect();
    let applied = judged.fates.iter().filter_map(|fate| match fate {
        Fate::Accepted(place) => Some(seq(*place)),
        Fate::Dup(_) | Fate::Not(_) => None,
    });
    outcome.applied.extend(applied);
    for verdict in &verdicts {
        if let Verdict::Refused(code) = verdict {
            tracing::info!(document.id = %judged.document, refusal = ?code, "a change was refused");
        }
    }
    if let Some(group) = outcome.verdicts.get_mut(place) {
        group.verdicts = verdicts;
    }
    Ok(())
}

/// A group that makes automerge panic costs that group.
fn judge_one(case: Case, context: &Context) -> Judged {
    let (document, total) = (case.group.document, case.group.changes.len());
    catch_unwind(AssertUnwindSafe(|| judge::judge(case, context))).unwrap_or_else(|_| {
        tracing::error!(document.id = %document, "judging a group panicked");
        Judged::refused(document, total, RefusalCode::Malformed)
    })
}

/// Reads what judging these groups rests on.
async fn load(
    conn: &mut Conn,
    engine: &Engine,
    caller: &Caller,
    position: Option<&Position>,
    pending: &[Pending],
    now: Timestamp,
) -> Result<(Context, Vec<Case>), StoreError> {
    let org = caller.org;
    let ids: Vec<DocumentId> = pending.iter().map(|pending| pending.group.document).collect();
    let mut stored: BTreeMap<_, _> =
        documents::get(conn, org, &ids).await?.into_iter().map(|stored| (stored.id, stored)).collect();
    let new: Vec<_> = ids.iter().filter(|id| !stored.contains_key(id)).copied().collect();
    let purged: BTreeSet<_> = documents::purged(conn, org, &new).await?.into_iter().collect();
    let shown: BTreeSet<Actor> = pending.iter().flat_map(|pending| actors_of(&pending.group)).collect();
    let shown: Vec<_> = shown.into_iter().collect();
    let mut actors: BTreeMap<_, _> = actors::devices(conn, org, &shown).await?.into_iter().collect();
    // This process's actor is in no table before its first change, and no device may take it meanwhile.
    actors.insert(engine.actor(), None);
    let mut visibilities = BTreeMap::new();
    let mut linkable = BTreeSet::new();
    // All others see every shared document, so most pushes are spared these look-ups.
    if !caller.role.reads_all() {
        let existing: Vec<_> = stored.values().map(|stored| (stored.id, stored.scope)).collect();
        visibilities = load_visibilities(conn, caller, position, &existing, now).await?;
        linkable = load_linkable(conn, caller, pending, &new).await?;
    }
    let context = Context {
        viewer: caller.viewer(),
        device: caller.device,
        now,
        actors,
        linkable,
        server: engine.actor(),
    };
    let cases = pending
        .iter()
        .map(|pending| Case {
            stored: stored.remove(&pending.group.document),
            purged: purged.contains(&pending.group.document),
            visibility: visibilities.get(&pending.group.document).copied().unwrap_or(Visibility::Now),
            group: pending.group.clone(),
        })
        .collect();
    Ok((context, cases))
}

/// The actors that a group's changes name as theirs, as far as they can be read.
fn actors_of(group: &Pushed) -> impl Iterator<Item = Actor> {
    // Only its beginning is read: whether the whole is well-formed is for the judge to say.
    group.changes.iter().filter_map(|pushed| {
        let mut decoder = minicbor::Decoder::new(&pushed.change);
        decoder.array().ok()?;
        decoder.bytes().ok()?.try_into().ok().map(Actor)
    })
}

/// Which of these documents a Restricted author sees, and which they saw at their device's cursor.
async fn load_visibilities(
    conn: &mut Conn,
    caller: &Caller,
    position: Option<&Position>,
    existing: &[(DocumentId, Scope)],
    now: Timestamp,
) -> Result<BTreeMap<DocumentId, Visibility>, StoreError> {
    let ids: Vec<_> = existing.iter().map(|(id, _)| *id).collect();
    let audiences = audience::of(conn, caller.org, &ids).await?;
    let mut visibilities = BTreeMap::new();
    for (id, scope) in existing {
        let sees = caller.viewer().can_see(*scope, &audiences.get(id).cloned().unwrap_or_default());
        let visibility = match position {
            _ if sees => Visibility::Now,
            None => Visibility::Never,
            Some(position) => match lost(conn, caller, position, *id).await? {
                None => Visibility::Never,
                Some(at) if now.millis().saturating_sub(at.millis()) < LATE => Visibility::JustLost,
                Some(_) => Visibility::LongLost,
            },
        };
        visibilities.insert(*id, visibility);
    }
    Ok(visibilities)
}

/// When the caller last lost visibility of a document after the device's cursor, if they did.
async fn lost(
    conn: &mut Conn,
    caller: &Caller,
    position: &Position,
    document: DocumentId,
) -> Result<Option<Timestamp>, StoreError> {
    let mut last = None;
    for principal in key::filed_for(caller.user) {
        last = last.max(log::lost(conn, caller.org, &principal, document, position.seq).await?);
    }
    if position.class != Class::Restricted {
        // They read by scope there: what there was then, they lost with their role.
        let (org, user, reach) = (caller.org, caller.user, position.reach());
        let is_later = !documents::made_after(conn, org, user, &[document], reach).await?.is_empty();
        if !is_later {
            last = last.max(users::restricted_at(conn, org, user).await?);
        }
    }
    Ok(last)
}

/// What a Restricted author may link to, of what this push links to.
async fn load_linkable(
    conn: &mut Conn,
    caller: &Caller,
    pending: &[Pending],
    new: &[DocumentId],
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let targets: BTreeSet<DocumentId> =
        pending.iter().flat_map(|pending| targets_of(&pending.group)).collect();
    let targets: Vec<_> = targets.into_iter().collect();
    let audiences = audience::of(conn, caller.org, &targets).await?;
    let sees = |id: &DocumentId| {
        audiences.get(id).is_some_and(|principals| caller.viewer().can_see(Scope::Staff, principals))
    };
    let mut linkable: BTreeSet<DocumentId> = targets.iter().filter(|id| sees(id)).copied().collect();
    let is_contact = |pending: &&Pending| pending.group.kind == DocumentTypeId::CONTACT;
    let made = pending.iter().filter(is_contact).map(|pending| pending.group.document);
    linkable.extend(made.filter(|id| new.contains(id)));
    Ok(linkable)
}

fn targets_of(group: &Pushed) -> Vec<DocumentId> {
    let Some(kind) = DocumentType::get(group.kind) else { return Vec::new() };
    let changes = group.changes.iter().filter_map(|pushed| scratch::read(&pushed.change).ok());
    changes
        .flat_map(|change| {
            let target = |(register, value): (&roadbook_domain::document::change::Register, &str)| {
                judge::link_target(kind, register.container, &register.name, value)
            };
            scratch::writes(&change).filter_map(target).collect::<Vec<_>>()
        })
        .collect()
}
