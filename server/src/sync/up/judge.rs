//! Judging one pushed group: bytes, actor, guard and permissions, on a scratch copy.
//!
//! Pure: all that the database knows is in the [`Case`]. A change that is not accepted ends its group,
//! and touches no other.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use roadbook_domain::access::audience::{
    decides_visibility, exceeds_visibility_limits, makes_visible, own_principals, scope_of_new, simplified,
    trashes,
};
use roadbook_domain::access::authorship::Author;
use roadbook_domain::access::rights::{Principal, Scope, Viewer};
use roadbook_domain::crm::row::Rows;
use roadbook_domain::document::Signature;
use roadbook_domain::document::change::{Actor, Change, ChangeHash, Register};
use roadbook_domain::document::{AudienceRule, DocumentType, Origin, OriginKind, Writer, is_reserved};
use roadbook_domain::settings::role::Act;
use roadbook_domain::value::id::{DeviceId, DocumentId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{Pushed, PushedChange, RefusalCode, Verdict};

use super::budget::{Allowance, MAX_PUSHED_OPS};
use super::changed::{filed, widening};
use super::judged::{Fate, Judged};
use super::names::{link_targets, named_users};
use super::plan::{FILED_PER_PATH, MAX_CHANGED_PATHS, Reach};
use super::scratch::{self, Built, Scratch};
use super::sight::Sight;
use super::unfit::Unfit;
use crate::store::documents::Stored;

/// The caller, the time, and what else is the same for all groups of a push.
#[derive(Debug, Clone)]
pub struct Context {
    /// The author.
    pub viewer: Viewer,
    /// The author's device.
    pub device: DeviceId,
    /// The server's clock.
    pub now: Timestamp,
    /// The actors that are bound, and to which device; `None` is the server.
    pub actors: BTreeMap<Actor, Option<DeviceId>>,
    /// What a Restricted author may link to.
    pub linkable: BTreeSet<DocumentId>,
    /// Of that, the contacts that this push makes: what links to them stands only with them.
    pub made: BTreeSet<DocumentId>,
    /// Of those whom the push names as owners or assignees, the users of the organisation.
    pub users: BTreeSet<UserId>,
    /// How far visibility reaches, once it is known to matter.
    pub reach: Option<Reach>,
    /// How much may still be done for this request.
    pub allowance: Allowance,
    /// A fresh actor for the server's own changes.
    pub server: Actor,
}

/// One group, and what the database knows of its document.
#[derive(Debug, Clone)]
pub struct Case {
    /// What was pushed.
    pub group: Pushed,
    /// The document, if it exists and the author may know of it.
    pub stored: Option<Stored>,
    /// Whether its id was purged.
    pub purged: bool,
    /// Whether the author sees it.
    pub visibility: Visibility,
    /// How many principals it is filed for.
    pub seen_by: usize,
}

/// Whether an author sees a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// They do, or it does not exist.
    Now,
    /// They did at their device's cursor, and lost it not long ago: late edits are taken.
    JustLost,
    /// They did at their device's cursor, but lost it too long ago.
    LongLost,
    /// They did not, not even at their device's cursor: they must not learn that it is there.
    Never,
    /// It is another's private document.
    Foreign,
}

/// How often groups are judged again because another of their push made what they link to. A person, their
/// company and a card that are all new take three.
const ROUNDS: usize = 4;

/// Judges the groups of a push.
///
/// A Restricted author may link to a contact that the same push makes. What it makes is known only when it is
/// judged: a contact that is refused must not become linkable.
pub fn judge_all(cases: &[Case], context: &mut Context) -> Vec<Judged> {
    let first = |case| guarded(case, || judge(case, context));
    let mut all: Vec<Judged> = cases.iter().map(first).collect();
    for round in 1..=ROUNDS {
        let made = all.iter().filter(|judged| judged.makes_contact()).map(|judged| judged.document);
        let made: BTreeSet<DocumentId> = made.filter(|id| !context.linkable.contains(id)).collect();
        let wait = |judged: &Judged| !judged.lacks.is_disjoint(&made);
        if made.is_empty() || !all.iter().any(wait) {
            break;
        }
        if round == ROUNDS {
            // The next request finds what this one makes.
            all.iter_mut().filter(|judged| wait(judged)).for_each(Judged::postpone);
            break;
        }
        context.linkable.extend(&made);
        context.made.extend(&made);
        for (judged, case) in all.iter_mut().zip(cases) {
            if !judged.lacks.is_disjoint(&made) {
                *judged = judge_again(case, context);
            }
        }
    }
    // What links to a contact that waits, waits with it.
    let waiting = all.iter().filter(|judged| judged.fates.first() == Some(&Fate::Not(Verdict::NotReached)));
    let waiting: BTreeSet<DocumentId> = waiting.map(|judged| judged.document).collect();
    all.iter_mut().filter(|judged| !judged.lacks.is_disjoint(&waiting)).for_each(Judged::postpone);
    all
}

/// Judges a group once more, when more is known. Its operations were counted the first time.
pub fn judge_again(case: &Case, context: &Context) -> Judged {
    guarded(case, || try_all(case, context, None))
}

/// A group that makes automerge panic costs that group.
fn guarded(case: &Case, judge: impl FnOnce() -> Judged) -> Judged {
    let (document, total) = (case.group.document, case.group.changes.len());
    catch_unwind(AssertUnwindSafe(judge)).unwrap_or_else(|_| {
        tracing::error!(document.id = %document, "judging a group panicked");
        Judged::refused(document, total, RefusalCode::Malformed)
    })
}

/// Judges a group.
///
/// What was accepted must make a document that is within its limits and survives being saved. If it does
/// not, the change by which it no longer does is the one that is refused: those before it stand.
pub fn judge(case: &Case, context: &Context) -> Judged {
    try_all(case, context, Some(&context.allowance))
}

fn try_all(case: &Case, context: &Context, allowance: Option<&Allowance>) -> Judged {
    let total = case.group.changes.len();
    let mut unfit = match judge_first(total, case, context, allowance) {
        Ok(judged) => return cut(judged, case, context),
        Err(unfit) => unfit,
    };
    // What the group adds is no more than the allowance, which it was charged to.
    let ops = u64::from(MAX_PUSHED_OPS) / 10 + case.stored.as_ref().map_or(0, |stored| u64::from(stored.ops));
    if !context.allowance.may_try() {
        return Judged::not(case.group.document, total, Verdict::NotReached);
    }
    let mut judged = Judged::new(case.group.document, total);
    let (mut fit, mut broken) = (0, total);
    // Halving: each trial saves and loads the whole document, too slow for one change at a time.
    while broken - fit > 1 {
        let may_try = context.allowance.tries(ops);
        // Those that fit stand, and the next request finds out more.
        if fit > 0 && (judged.is_cut() || !may_try) {
            judged.end(Fate::Not(Verdict::NotReached), total);
            return judged;
        }
        let middle = if may_try { fit.midpoint(broken) } else { 1 };
        match judge_first(middle, case, context, None) {
            Ok(of_first) => (fit, judged) = (middle, of_first),
            Err(error) => (broken, unfit) = (middle, error),
        }
    }
    if let Unfit::Broken(error) = &unfit {
        // The guard let something through that automerge does not take.
        tracing::error!(document.id = %judged.document, error.cause = %error, "automerge refused a judged group");
    }
    judged.end(Fate::Not(Verdict::Refused(unfit.code())), total);
    judged
}

/// Leaves changes for the next request that would be filed by too many rows for one: those of a card with a
/// hundred assignees, or of a contact that hundreds see.
fn cut(mut judged: Judged, case: &Case, context: &Context) -> Judged {
    const MOST: usize = MAX_CHANGED_PATHS * FILED_PER_PATH;
    let total = case.group.changes.len();
    while judged.filed > MOST {
        let is_accepted = |fate: &Fate| matches!(fate, Fate::Accepted(_));
        let accepted = judged.fates.iter().filter(|fate| is_accepted(fate)).count();
        let taken = (accepted * MOST / judged.filed).max(1);
        if taken >= accepted {
            break;
        }
        if !context.allowance.tries(case.stored.as_ref().map_or(0, |stored| u64::from(stored.ops))) {
            return Judged::not(case.group.document, total, Verdict::NotReached);
        }
        let places = judged.fates.iter().enumerate().filter(|(_, fate)| is_accepted(fate));
        let first = places.map(|(place, _)| place + 1).nth(taken - 1).unwrap_or(1);
        match judge_first(first, case, context, None) {
            Ok(fewer) => judged = fewer,
            Err(unfit) => return Judged::refused(case.group.document, total, unfit.code()),
        }
        judged.end(Fate::Not(Verdict::NotReached), total);
    }
    judged
}

/// Judges the first changes of a group as if there were no others.
fn judge_first(
    total: usize,
    case: &Case,
    context: &Context,
    allowance: Option<&Allowance>,
) -> Result<Judged, Unfit> {
    let mut judged = Judged::new(case.group.document, total);
    let mut scratch = match open(case, context) {
        Ok(scratch) => scratch,
        Err(verdict) => {
            judged.end(Fate::Not(verdict), total);
            return Ok(judged);
        }
    };
    let mut sight = Sight::default();
    for pushed in case.group.changes.iter().take(total) {
        let (scratch, sight, judged) = (&mut scratch, &mut sight, &mut judged);
        let mut trial = Trial { scratch, sight, case, context, allowance, judged };
        match trial.change(pushed) {
            Ok(Step::Dup(hash)) => judged.fates.push(Fate::Dup(hash)),
            Ok(Step::Accepted(place, actor)) => {
                judged.bound.extend(actor.map(|actor| (actor, Some(context.device))));
                judged.fates.push(Fate::Accepted(place));
            }
            // What follows may have been pushed once, too.
            Ok(Step::Hidden(Some(hash))) => judged.fates.push(Fate::Hidden(Some(hash))),
            Ok(Step::Hidden(None)) => {
                judged.end(Fate::Hidden(None), total);
                break;
            }
            Err(verdict) => {
                judged.end(Fate::Not(verdict), total);
                break;
            }
        }
    }
    let Some(update) = scratch.finish(context.now)? else { return Ok(judged) };
    let reaches_too_far = |reach: &Reach| widening(&update).paths(reach).exceed();
    if update.is_overfull()
        || exceeds_visibility_limits(update.rows_before.as_ref(), &update.rows)
        || context.reach.as_ref().is_some_and(reaches_too_far)
    {
        return Err(Unfit::TooLarge);
    }
    // The server's own actors are bound too: no device may go on where one of them ended.
    let merges = update.accepted.iter().filter(|change| change.by.user.is_none());
    judged.bound.extend(merges.map(|change| (change.actor.0, None)));
    judged.filed = filed(&update, case.seen_by);
    judged.update = Some(update);
    Ok(judged)
}

/// The scratch copy that a group is tried on, or the verdict on its first change.
///
/// Sight is asked first. To an author who does not see it a document is as one that is not there: what they
/// send is judged on an empty copy, at the same cost and with the same verdicts, and only what would make a
/// new document tells them that they cannot have this id.
fn open(case: &Case, context: &Context) -> Result<Scratch, Verdict> {
    let refused = |code| Err(Verdict::Refused(code));
    let Some(kind) = DocumentType::get(case.group.kind) else { return Err(Verdict::UpgradeRequired) };
    let id = case.group.document;
    // It stands for "none" in the database and at the beginning of a fill.
    if id == DocumentId::from_bytes([0; 16]) {
        return refused(RefusalCode::Malformed);
    }
    let viewer = context.viewer;
    let scope = match scope_of_new(kind, id, viewer.user) {
        Some(scope) if case.visibility != Visibility::Foreign => scope,
        _ => return refused(RefusalCode::NotVisible),
    };
    let empty = || Scratch::new(kind, id, scope, Some(viewer.user), context.server);
    if case.is_unseen(context) {
        return Ok(empty());
    }
    if case.purged {
        return refused(RefusalCode::Purged);
    }
    let Some(stored) = &case.stored else { return Ok(empty()) };
    // Scope and type of an id are fixed: at an id that follows from the author's stands nothing but theirs.
    if stored.kind != kind.id || stored.scope != scope {
        return refused(RefusalCode::IdTaken);
    }
    // The damage is here and not in the change: the device keeps it and sends it again.
    Scratch::of(kind, stored.clone(), context.server).map_err(|error| {
        tracing::error!(document.id = %id, error.cause = %error, "a stored document cannot be used");
        Verdict::NotReached
    })
}

impl Case {
    /// Whether the author must not learn more than that they do not see the document, if there is one.
    fn is_unseen(&self, context: &Context) -> bool {
        let is_absent = self.stored.is_none() && !self.purged;
        !context.viewer.role.reads_all() && (is_absent || self.visibility == Visibility::Never)
    }
}

enum Step {
    Dup(ChangeHash),
    /// Its place, and its actor if it shows for the first time.
    Accepted(usize, Option<Actor>),
    /// The author sees no such document.
    Hidden(Option<ChangeHash>),
}

/// One change on trial.
struct Trial<'a> {
    scratch: &'a mut Scratch,
    sight: &'a mut Sight,
    case: &'a Case,
    context: &'a Context,
    /// What it is charged to, unless it was already.
    allowance: Option<&'a Allowance>,
    judged: &'a mut Judged,
}

impl Trial<'_> {
    fn change(&mut self, pushed: &PushedChange) -> Result<Step, Verdict> {
        let refused = Verdict::Refused;
        let kind = self.scratch.kind();
        let change = scratch::read(&pushed.change).map_err(refused)?;
        // Before anything is built: a few bytes can stand for thousands of operations.
        if self.allowance.is_some_and(|allowance| !allowance.takes(change.op_count())) {
            return Err(Verdict::NotReached);
        }
        // The guard comes first: what it lets through is cheap to build.
        if let Err(verdict) = self.scratch.judge(&change, Writer::Editor) {
            return self.known(change, pushed, verdict);
        }
        let fresh = self.actor(change.actor).map_err(refused)?;
        if let Some(origin) = pushed.origin {
            judge_origin(origin.kind)?;
        }
        // A second creation of a shared document must not merge into the first. A user's own documents have
        // ids that follow from the user's, so several devices may begin them.
        let recreates = self.scratch.begins(&change)
            && !is_reserved(change.actor)
            && self.case.stored.is_some()
            && self.scratch.scope() == Scope::Staff;
        if recreates {
            return Err(refused(RefusalCode::IdTaken));
        }
        self.names(&change, pushed.origin).map_err(refused)?;
        let built = scratch::build(kind, change, Some(&pushed.check)).map_err(refused)?;
        self.rights(&built)?;
        if self.case.visibility == Visibility::Never {
            return Ok(Step::Hidden(Some(built.hash)));
        }
        let by = Signature { user: Some(self.context.viewer.user), device: Some(self.context.device) };
        let place = self.scratch.accepted();
        self.sight.follow(self.scratch, &built.change, built.hash);
        self.scratch
            .accept(built, pushed.change.clone(), by, pushed.origin, self.context.now)
            .map_err(|_| refused(RefusalCode::Malformed))?;
        Ok(Step::Accepted(place, fresh))
    }

    /// A change that the guard does not let through may be one that the document holds, or held when the
    /// author saw it.
    fn known(&self, change: Change, pushed: &PushedChange, verdict: Verdict) -> Result<Step, Verdict> {
        let actor = change.actor;
        let is_unseen = self.case.is_unseen(self.context) && matches!(verdict, Verdict::Needs(_));
        let is_own = self.context.actors.get(&actor) == Some(&Some(self.context.device));
        // Only where it can be known: to build a change for its hash costs more than everything before.
        let may_be_known = self.scratch.has_number(&change) || is_unseen && is_own;
        if !may_be_known {
            self.actor(actor).map_err(Verdict::Refused)?;
            return if is_unseen { Ok(Step::Hidden(None)) } else { Err(verdict) };
        }
        let built = scratch::build(self.scratch.kind(), change, Some(&pushed.check));
        let built = built.map_err(Verdict::Refused)?;
        if self.scratch.contains(built.hash) {
            return Ok(Step::Dup(built.hash));
        }
        // Before the guard's verdict: that the actor is another's tells the device what to do.
        self.actor(actor).map_err(Verdict::Refused)?;
        if is_unseen { Ok(Step::Hidden(Some(built.hash))) } else { Err(verdict) }
    }

    /// Whether those whom the change names may be named: owners and assignees are users, and nobody closes a
    /// todo or writes an entry in another's name.
    fn names(&self, change: &Change, origin: Option<Origin>) -> Result<(), RefusalCode> {
        let (kind, viewer) = (self.scratch.kind(), self.context.viewer);
        let is_user = |user: UserId| user == viewer.user || self.context.users.contains(&user);
        if !named_users(kind, change).into_iter().all(is_user) {
            return Err(RefusalCode::Policy);
        }
        let is_import = origin.is_some_and(|origin| origin.kind == OriginKind::IMPORT);
        let author = Author { user: viewer.user, imports: is_import && Act::Import.allowed_to(viewer.role) };
        let saw = |register: &Register, value: &str| self.scratch.held(register, &change.deps, value);
        if author.speaks_for_another(kind, change, saw) { Err(RefusalCode::NotAllowed) } else { Ok(()) }
    }

    /// The actor must be bound to this very device, or to none yet.
    fn actor(&self, actor: Actor) -> Result<Option<Actor>, RefusalCode> {
        // The guard lets a reserved actor through in the constant change of a schema version only.
        if is_reserved(actor) {
            return Ok(None);
        }
        match self.context.actors.get(&actor) {
            None => Ok(Some(actor)),
            Some(device) if *device == Some(self.context.device) => Ok(None),
            Some(_) => Err(RefusalCode::ForeignActor),
        }
    }

    /// Whether the author may write what the change writes: judged on every register, winning or not,
    /// with the audience where it was made and now.
    fn rights(&mut self, built: &Built) -> Result<(), Verdict> {
        let refused = |code| Err(Verdict::Refused(code));
        let viewer = self.context.viewer;
        let is_own = match self.scratch.scope() {
            Scope::Private(user) if user != viewer.user => return refused(RefusalCode::NotVisible),
            Scope::Private(_) if trashes(&built.change) => return refused(RefusalCode::NotAllowed),
            scope => matches!(scope, Scope::Private(_)),
        };
        if viewer.role.reads_all() {
            return Ok(());
        }
        // A link makes its target visible, also from the author's own inbox: by a guessed id a Restricted
        // author could let themselves in.
        let targets: BTreeSet<DocumentId> =
            link_targets(self.scratch.kind(), &built.change).into_iter().collect();
        let lacks: BTreeSet<_> = targets.difference(&self.context.linkable).copied().collect();
        if !lacks.is_empty() {
            self.judged.lacks = lacks;
            return refused(RefusalCode::LinkNotVisible);
        }
        self.judged.rests_on.extend(targets.intersection(&self.context.made));
        if is_own || !self.scratch.exists() {
            return Ok(());
        }
        let (then, now) = self.visibility(&built.change)?;
        match (then, now) {
            (true, Visibility::Now) => Ok(()),
            (_, Visibility::Never | Visibility::Foreign) => refused(RefusalCode::NotVisible),
            (_, Visibility::LongLost) => refused(RefusalCode::RightLost),
            (_, Visibility::Now | Visibility::JustLost) if self.is_harmless_late(built)? => Ok(()),
            (_, Visibility::Now | Visibility::JustLost) => refused(RefusalCode::RightLost),
        }
    }

    /// Whether a Restricted author saw the document where they made the change, and whether they see it now.
    fn visibility(&mut self, change: &Change) -> Result<(bool, Visibility), Verdict> {
        let (viewer, allowance) = (self.context.viewer, &self.context.allowance);
        // A contact's audience comes from the cards that link to it, not from its own states.
        if self.scratch.kind().audience != AudienceRule::Own {
            return Ok((true, self.case.visibility));
        }
        let now = match self.case.visibility {
            // Their own changes before this one may have ended visibility: they lost it just now.
            Visibility::Now
                if self.scratch.has_accepted() && !self.sight.now(self.scratch, viewer, allowance)? =>
            {
                Visibility::JustLost
            }
            visibility => visibility,
        };
        // At the heads the answer is known; only an older state must be read.
        if self.scratch.stands_at(&change.deps) {
            self.sight.know(&change.deps, now == Visibility::Now);
        }
        Ok((self.sight.then(self.scratch, viewer, &change.deps, allowance)?, now))
    }

    /// Whether a late edit makes nothing visible to anybody and trashes nothing (`docs/sync-protocol.md`,
    /// late edits).
    fn is_harmless_late(&mut self, built: &Built) -> Result<bool, Verdict> {
        if trashes(&built.change) {
            return Ok(false);
        }
        if !decides_visibility(self.scratch.kind(), &built.change) {
            return Ok(true);
        }
        // The document is read as it is and once more with the change, on a copy.
        if !self.context.allowance.reads(self.scratch.ops().saturating_mul(3)) {
            return Err(Verdict::NotReached);
        }
        let scope = self.scratch.scope();
        let filed = |rows: &Rows| simplified(own_principals(scope, rows));
        let malformed = |_| Verdict::Refused(RefusalCode::Malformed);
        let before = self.scratch.rows().map_err(malformed)?;
        let after = self.scratch.rows_with(built).map_err(malformed)?;
        let seen_before: BTreeSet<Principal> = filed(&before);
        let adds_nobody = seen_before.contains(&Principal::Everyone) || filed(&after).is_subset(&seen_before);
        Ok(adds_nobody && makes_visible(&after).is_subset(&makes_visible(&before)))
    }
}

/// What act a device says its change was part of: one of its user's, not one of the server's.
fn judge_origin(kind: OriginKind) -> Result<(), Verdict> {
    match kind {
        _ if kind.is_users() => Ok(()),
        // 0 stands for no origin.
        OriginKind(0) => Err(Verdict::Refused(RefusalCode::Malformed)),
        _ if kind.is_known() => Err(Verdict::Refused(RefusalCode::Policy)),
        // A newer app knows more acts than this server.
        _ => Err(Verdict::UpgradeRequired),
    }
}
