//! Pushes: unsent changes of a device, judged outside the lock and committed inside it.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::access::rights::Scope;
use roadbook_domain::document::DocumentType;
use roadbook_domain::document::change::{Actor, Change, ChangeHash};
use roadbook_domain::value::id::{DocumentId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{GroupVerdict, Pushed, RefusalCode, Verdict};

use super::budget::{self, Allowance};
use super::commit::{self, Batch, Committed};
use super::grounds::Grounds;
use super::judge::{self, Case, Context, Visibility};
use super::judged::{Fate, Judged, with_dependents};
use super::names;
use super::plan::MAX_CHANGED_PATHS;
use super::reach::{self, widenings};
use super::scratch;
use crate::auth::Caller;
use crate::live::Moved;
use crate::store::documents::{self, Size};
use crate::store::{Conn, StoreError, actors, audience, log, users};
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
/// [`SyncError::TooLarge`] for more than a request may hold; of the database. What was committed stays, and a
/// retry finds it (L2).
pub async fn push(
    engine: &Engine,
    caller: &Caller,
    position: Option<&Position>,
    groups: Vec<Pushed>,
    now: Timestamp,
) -> Result<Outcome, SyncError> {
    if Pushed::are_too_large(&groups) {
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
    // What changes too fast to keep up with stays without an answer: everything else goes on.
    Ok(outcome)
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
    let (mut context, cases, grounds) = load(&mut conn, engine, caller, position, &mut pending, now).await?;
    // Judging may take long, and others need the connection meanwhile.
    drop(conn);
    let judging = move || {
        let judged = judge::judge_all(&cases, &mut context);
        (judged, cases, context)
    };
    let (judged, cases, context) = engine.judge(caller.user, judging).await?;
    let judged = bound_reach(engine, caller, judged, cases, context).await?;
    let judged: Vec<_> = pending.iter().map(|pending| pending.place).zip(judged).collect();
    // What goes beyond what one request may make visible stays without an answer, too.
    let judged = judged.into_iter().filter_map(|(place, judged)| Some((place, judged?))).collect();
    let again = commit_judged(engine, caller, judged, grounds.as_ref(), now, outcome).await?;
    pending.retain(|pending| again.contains(&pending.place));
    Ok(pending)
}

/// Refuses what makes too much visible to too many, and leaves out (`None`) what is too much for this
/// request. Worked out here, because everybody else waits while a batch is written.
async fn bound_reach(
    engine: &Engine,
    caller: &Caller,
    mut judged: Vec<Judged>,
    cases: Vec<Case>,
    mut context: Context,
) -> Result<Vec<Option<Judged>>, SyncError> {
    let before = widenings(&judged);
    let filed: usize = judged.iter().map(Judged::filing).sum();
    if reach::is_near(&before, MAX_CHANGED_PATHS.saturating_sub(filed)) {
        return Ok(judged.into_iter().map(Some).collect());
    }
    let mut conn = engine.db().read().await?;
    let reach = reach::load(&mut conn, caller.org, &before).await?;
    drop(conn);
    if before.iter().any(|widening| widening.paths(&reach).exceed()) {
        context.reach = Some(reach.clone());
        let judging = move || {
            for ((judged, case), widening) in judged.iter_mut().zip(&cases).zip(&before) {
                if context.reach.as_ref().is_some_and(|reach| widening.paths(reach).exceed()) {
                    *judged = judge::judge_again(case, &context);
                }
            }
            judged
        };
        judged = engine.judge(caller.user, judging).await?;
    }
    // The first one is always taken.
    let mut left = None;
    let mut later = BTreeSet::new();
    for (judged, widening) in judged.iter().zip(widenings(&judged)) {
        let costs = widening.paths(&reach).changed + judged.filing();
        let rest =
            left.map_or(Some(MAX_CHANGED_PATHS.saturating_sub(costs)), |left: usize| left.checked_sub(costs));
        match rest {
            Some(rest) if judged.update.is_some() => left = Some(rest),
            Some(_) => {}
            None => drop(later.insert(judged.document)),
        }
    }
    with_dependents(&mut later, judged.iter());
    Ok(judged.into_iter().map(|judged| (!later.contains(&judged.document)).then_some(judged)).collect())
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
    grounds: Option<&Grounds>,
    now: Timestamp,
    outcome: &mut Outcome,
) -> Result<BTreeSet<usize>, SyncError> {
    // What writes nothing needs no lock: duplicates and refusals are answered at once.
    let (mut rest, unchanged): (Vec<_>, Vec<_>) =
        judged.into_iter().partition(|(_, judged)| judged.update.is_some());
    let mut again = BTreeSet::new();
    // What links to a contact that comes to nothing is judged anew, without it.
    let made: BTreeSet<DocumentId> = rest.iter().map(|(_, judged)| judged.document).collect();
    let mut missing = rest.iter().flat_map(|(_, judged)| &judged.rests_on).copied().collect::<BTreeSet<_>>();
    missing.retain(|id| !made.contains(id));
    set_aside(missing, &mut rest, &mut again);
    for (place, judged) in unchanged {
        answer(engine, caller, &judged, None, place, outcome).await?;
    }
    while !rest.is_empty() {
        let batch = Batch {
            updates: rest.iter().filter_map(|(_, judged)| judged.update.clone()).collect(),
            bound: rest.iter().flat_map(|(_, judged)| judged.bound.clone()).collect(),
            grounds: grounds.cloned(),
        };
        let committed = match commit::commit(engine.db(), caller, &batch, now).await {
            // They stay without an answer: the phone keeps them, and reads on meanwhile (R09).
            Err(error) if error.is_full() => {
                tracing::warn!(groups = rest.len(), "no space left: pushed changes are not taken");
                return Ok(again);
            }
            committed => committed?,
        };
        match committed {
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
            Committed::Stale(stale) => set_aside(stale, &mut rest, &mut again),
            // Which group it was is not known, so all of them are judged anew.
            Committed::ActorTaken => again.extend(rest.drain(..).map(|(place, _)| place)),
        }
    }
    Ok(again)
}

/// Sets aside the groups of these documents, and those that do not stand without them.
fn set_aside(
    mut documents: BTreeSet<DocumentId>,
    rest: &mut Vec<(usize, Judged)>,
    again: &mut BTreeSet<usize>,
) {
    with_dependents(&mut documents, rest.iter().map(|(_, judged)| judged));
    rest.retain(|(place, judged)| {
        let is_aside = documents.contains(&judged.document);
        again.extend(is_aside.then_some(*place));
        !is_aside
    });
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
    let accepted = judged.update.iter().flat_map(|update| &update.accepted).enumerate();
    let mut known: BTreeMap<ChangeHash, i64> =
        accepted.map(|(place, change)| (change.hash, seq(place))).collect();
    let asked: Vec<ChangeHash> = judged
        .fates
        .iter()
        .filter_map(|fate| match fate {
            // A change that came twice in this group has its number already.
            Fate::Dup(hash) if !known.contains_key(hash) => Some(*hash),
            Fate::Hidden(hash) => *hash,
            Fate::Dup(_) | Fate::Accepted(_) | Fate::Not(_) => None,
        })
        .collect();
    let mut own = BTreeSet::new();
    if !asked.is_empty() {
        let mut conn = engine.db().read().await?;
        for (hash, seq, device) in log::find(&mut conn, caller.org, judged.document, &asked).await? {
            known.insert(hash, seq);
            own.extend((device == Some(caller.device)).then_some(hash));
        }
    }
    let number = |hash: &ChangeHash| known.get(hash).copied().unwrap_or_default().unsigned_abs();
    let verdicts = judged.fates.iter().map(|fate| match fate {
        Fate::Accepted(place) => Verdict::Applied(seq(*place).unsigned_abs()),
        // 0: so long ago that the log no longer says when.
        Fate::Dup(hash) => Verdict::Dup(number(hash)),
        // A retry, of what they saw when they made it.
        Fate::Hidden(Some(hash)) if own.contains(hash) => Verdict::Dup(number(hash)),
        Fate::Hidden(_) => Verdict::Refused(RefusalCode::NotVisible),
        Fate::Not(verdict) => verdict.clone(),
    });
    let mut verdicts: Vec<Verdict> = verdicts.collect();
    // Of a hidden document more is judged than is answered.
    let is_known = |verdict: &Verdict| matches!(verdict, Verdict::Applied(_) | Verdict::Dup(_));
    let answered = verdicts.iter().take_while(|verdict| is_known(verdict)).count() + 1;
    verdicts.iter_mut().skip(answered).for_each(|verdict| *verdict = Verdict::NotReached);
    let applied = judged.fates.iter().filter_map(|fate| match fate {
        Fate::Accepted(place) => Some(seq(*place)),
        Fate::Dup(_) | Fate::Hidden(_) | Fate::Not(_) => None,
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

/// Reads what judging these groups rests on, and leaves out those that must wait for a later request.
async fn load(
    conn: &mut Conn,
    engine: &Engine,
    caller: &Caller,
    position: Option<&Position>,
    pending: &mut Vec<Pending>,
    now: Timestamp,
) -> Result<(Context, Vec<Case>, Option<Grounds>), StoreError> {
    let org = caller.org;
    let ids: Vec<DocumentId> = pending.iter().map(|pending| pending.group.document).collect();
    let mut there: BTreeMap<DocumentId, Size> =
        documents::sizes(conn, org, &ids).await?.into_iter().map(|size| (size.id, size)).collect();
    let new: Vec<_> = ids.iter().filter(|id| !there.contains_key(id)).copied().collect();
    let purged: BTreeSet<_> = documents::purged(conn, org, &new).await?.into_iter().collect();
    let is_foreign = |size: &Size| matches!(size.scope, Scope::Private(user) if user != caller.user);
    let foreign = there.values().filter(|size| is_foreign(size)).map(|size| (size.id, Visibility::Foreign));
    let mut visibilities: BTreeMap<DocumentId, Visibility> = foreign.collect();
    // All others see every shared document, so most pushes are spared these look-ups.
    let mut grounds = None;
    if !caller.role.reads_all() {
        let shared: Vec<_> =
            there.values().filter(|size| size.scope == Scope::Staff).map(|size| size.id).collect();
        let known = Grounds::load(conn, org, caller.user, shared).await?;
        let hidden = hidden(&there, &purged, &known.seen);
        visibilities.extend(load_visibilities(conn, caller, position, hidden, now).await?);
        grounds = Some(known);
    }
    // What a stranger sends costs the same whatever is there: not even sizes count.
    there.retain(|id, _| !matches!(visibilities.get(id), Some(Visibility::Never | Visibility::Foreign)));
    let beyond = budget::beyond_limits(&ids, &there);
    // They stay without an answer, for the next request.
    pending.retain(|pending| !beyond.contains(&pending.group.document));
    let ids: Vec<DocumentId> = there.keys().filter(|id| !beyond.contains(id)).copied().collect();
    let mut stored: BTreeMap<_, _> =
        documents::get(conn, org, &ids).await?.into_iter().map(|stored| (stored.id, stored)).collect();
    let seen_by: BTreeMap<_, _> = there.values().map(|size| (size.id, size.principals)).collect();
    for (id, size) in there {
        if let Some(stored) = stored.get_mut(&id) {
            // Of before its audience was read: with another one it is judged anew.
            stored.version = size.version;
        }
    }
    let shown: BTreeSet<Actor> = pending.iter().flat_map(|pending| actors_of(&pending.group)).collect();
    let shown: Vec<_> = shown.into_iter().collect();
    let actors = actors::devices(conn, org, &shown).await?.into_iter().collect();
    if let Some(known) = grounds.take() {
        let targets: BTreeSet<DocumentId> =
            pending.iter().flat_map(|pending| named(&pending.group, names::link_targets)).collect();
        grounds = Some(known.with_links(conn, org, targets.into_iter().collect()).await?);
    }
    let linkable = grounds.as_ref().map(|grounds| grounds.linkable.clone()).unwrap_or_default();
    let context = Context {
        viewer: caller.viewer(),
        device: caller.device,
        now,
        actors,
        linkable,
        made: BTreeSet::new(),
        users: load_users(conn, caller, pending).await?,
        reach: None,
        allowance: Allowance::default(),
        server: engine.fresh_actor(),
    };
    let cases = pending
        .iter()
        .map(|pending| {
            let id = pending.group.document;
            Case {
                stored: stored.remove(&id),
                purged: purged.contains(&id),
                visibility: visibilities.get(&id).copied().unwrap_or(Visibility::Now),
                seen_by: seen_by.get(&id).copied().unwrap_or_default(),
                group: pending.group.clone(),
            }
        })
        .collect();
    Ok((context, cases, grounds))
}

/// Of those whom a push names as owners or assignees, the users of the organisation.
async fn load_users(
    conn: &mut Conn,
    caller: &Caller,
    pending: &[Pending],
) -> Result<BTreeSet<UserId>, StoreError> {
    // Their registers end so. Most changes name nobody, and none of them is read twice.
    let may_name = |bytes: &[u8]| {
        [b"owner".as_slice(), b"assignee"].iter().any(|name| bytes.windows(name.len()).any(|at| at == *name))
    };
    let groups = pending.iter().map(|pending| &pending.group);
    let groups = groups.filter(|group| group.changes.iter().any(|pushed| may_name(&pushed.change)));
    let users: BTreeSet<UserId> = groups.flat_map(|group| named(group, names::named_users)).collect();
    let users: Vec<_> = users.into_iter().filter(|user| *user != caller.user).collect();
    users::among(conn, caller.org, &users).await
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

/// The shared documents that a Restricted author does not see, with the first entry about each that is there.
fn hidden(
    there: &BTreeMap<DocumentId, Size>,
    purged: &BTreeSet<DocumentId>,
    seen: &BTreeSet<DocumentId>,
) -> BTreeMap<DocumentId, Option<i64>> {
    let shared = there.values().filter(|size| size.scope == Scope::Staff && !seen.contains(&size.id));
    shared.map(|size| (size.id, Some(size.since))).chain(purged.iter().map(|id| (*id, None))).collect()
}

/// Of these documents, which a Restricted author saw at their device's cursor.
async fn load_visibilities(
    conn: &mut Conn,
    caller: &Caller,
    position: Option<&Position>,
    since: BTreeMap<DocumentId, Option<i64>>,
    now: Timestamp,
) -> Result<BTreeMap<DocumentId, Visibility>, StoreError> {
    let hidden: Vec<DocumentId> = since.keys().copied().collect();
    let mut visibilities: BTreeMap<_, _> = hidden.iter().map(|id| (*id, Visibility::Never)).collect();
    let Some(position) = position.filter(|_| !hidden.is_empty()) else { return Ok(visibilities) };
    let mut lost = audience::lost(conn, caller.org, caller.user, &hidden, position.seq).await?;
    if position.class != Class::Restricted
        && let Some(demoted) = users::restricted_at(conn, caller.org, caller.user).await?
    {
        // They read by scope there: what was there then they lost with their role, and nothing else.
        let had = |id: &&DocumentId| {
            since.get(id).is_some_and(|since| since.is_some_and(|since| since <= position.reach()))
        };
        for id in hidden.iter().filter(had) {
            let last = lost.entry(*id).or_insert(demoted);
            *last = (*last).max(demoted);
        }
    }
    for (id, at) in lost {
        let is_late = now.millis().saturating_sub(at.millis()) >= LATE;
        visibilities.insert(id, if is_late { Visibility::LongLost } else { Visibility::JustLost });
    }
    Ok(visibilities)
}

/// What the changes of a group name, as far as they can be read.
fn named<T>(group: &Pushed, names: impl Fn(&DocumentType, &Change) -> Vec<T>) -> Vec<T> {
    let Some(kind) = DocumentType::get(group.kind) else { return Vec::new() };
    let changes = group.changes.iter().filter_map(|pushed| scratch::read(&pushed.change).ok());
    changes.flat_map(|change| names(kind, &change)).collect()
}
