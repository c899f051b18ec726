//! Judging one pushed group: bytes, actor, guard and permissions, on a scratch copy.
//!
//! Pure: all that the database knows is in the [`Case`]. A change that is not accepted ends its group,
//! and touches no other.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::access::audience::{
    exceeds_visibility_limits, makes_visible, own_principals, scope_of_new, simplified, trashes,
};
use roadbook_domain::access::rights::{CardAudience, Principal, Scope, Viewer};
use roadbook_domain::crm::card;
use roadbook_domain::crm::row::Rows;
use roadbook_domain::document::DocumentError;
use roadbook_domain::document::Signature;
use roadbook_domain::document::change::{Actor, Change, ChangeHash};
use roadbook_domain::document::{AudienceRule, DocumentType, OriginKind, Writer, is_reserved};
use roadbook_domain::read::projection::parse_link;
use roadbook_domain::value::id::{DeviceId, DocumentId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{Pushed, PushedChange, RefusalCode, Verdict};

use super::scratch::{self, Built, Scratch, Update};
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
    /// What a Restricted author may link to: what they see, and what this push makes.
    pub linkable: BTreeSet<DocumentId>,
    /// The actor of the server's own changes.
    pub server: Actor,
}

/// One group, and what the database knows of its document.
#[derive(Debug, Clone)]
pub struct Case {
    /// What was pushed.
    pub group: Pushed,
    /// The document, if it exists.
    pub stored: Option<Stored>,
    /// Whether its id was purged.
    pub purged: bool,
    /// Whether the author sees it.
    pub visibility: Visibility,
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
    /// They did not, not even at their device's cursor.
    Never,
}

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is the one with this place among the [`Update::accepted`].
    Accepted(usize),
    /// The document holds it already.
    Dup(ChangeHash),
    /// It is not accepted.
    Not(Verdict),
}

/// A judged group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The document.
    pub document: DocumentId,
    /// The fates of its changes, in order.
    pub fates: Vec<Fate>,
    /// What is to be written.
    pub update: Option<Update>,
    /// Actors to bind, and to which device; `None` is the server.
    pub bound: BTreeMap<Actor, Option<DeviceId>>,
}

/// Judges a group.
///
/// What was accepted must make a document that is within its limits and survives being saved. If it does
/// not, the change by which it no longer does is the one that is refused: those before it stand.
pub fn judge(case: Case, context: &Context) -> Judged {
    let total = case.group.changes.len();
    let mut unfit = match judge_first(total, &case, context) {
        Ok(judged) => return judged,
        Err(unfit) => unfit,
    };
    let mut judged = Judged::new(case.group.document, total);
    let (mut fit, mut broken) = (0, total);
    // Halving: each trial saves and loads the whole document, too slow for one change at a time.
    while broken - fit > 1 {
        let middle = fit.midpoint(broken);
        match judge_first(middle, &case, context) {
            Ok(of_first) => (fit, judged) = (middle, of_first),
            Err(error) => (broken, unfit) = (middle, error),
        }
    }
    if let Unfit::Broken(error) = &unfit {
        // The guard let something through that automerge does not take.
        tracing::error!(document.id = %judged.document, error.cause = %error, "automerge refused a judged group");
    }
    judged.end(Verdict::Refused(unfit.code()), total);
    judged
}

/// Why what was accepted cannot be logged.
#[derive(Debug)]
enum Unfit {
    /// The document would exceed a limit.
    TooLarge,
    /// Automerge does not take it, or does not read back what it saved.
    Broken(DocumentError),
}

impl Unfit {
    fn code(&self) -> RefusalCode {
        match self {
            Self::TooLarge => RefusalCode::TooLarge,
            Self::Broken(_) => RefusalCode::Malformed,
        }
    }
}

impl From<DocumentError> for Unfit {
    fn from(error: DocumentError) -> Self {
        if error == DocumentError::TooLarge { Self::TooLarge } else { Self::Broken(error) }
    }
}

/// Judges the first changes of a group as if there were no others.
fn judge_first(total: usize, case: &Case, context: &Context) -> Result<Judged, Unfit> {
    let mut judged = Judged::new(case.group.document, total);
    let mut scratch = match open(case, context) {
        Ok(scratch) => scratch,
        Err(verdict) => {
            judged.end(verdict, total);
            return Ok(judged);
        }
    };
    for pushed in case.group.changes.iter().take(total) {
        let mut trial = Trial { scratch: &mut scratch, case, context };
        match trial.change(pushed) {
            Ok(Step::Dup(hash)) => judged.fates.push(Fate::Dup(hash)),
            Ok(Step::Accepted(place, actor)) => {
                judged.bound.extend(actor.map(|actor| (actor, Some(context.device))));
                judged.fates.push(Fate::Accepted(place));
            }
            Err(verdict) => {
                judged.end(verdict, total);
                break;
            }
        }
    }
    let Some(update) = scratch.finish(context.now)? else { return Ok(judged) };
    if exceeds_visibility_limits(update.rows_before.as_ref(), &update.rows) {
        return Err(Unfit::TooLarge);
    }
    // The server's own actors are bound too: no device may go on where one of them ended.
    let merges = update.accepted.iter().filter(|change| change.by.user.is_none());
    judged.bound.extend(merges.map(|change| (change.actor.0, None)));
    judged.update = Some(update);
    Ok(judged)
}

/// The scratch copy that a group is tried on, or the verdict on its first change.
fn open(case: &Case, context: &Context) -> Result<Scratch, Verdict> {
    let refused = |code| Err(Verdict::Refused(code));
    let Some(kind) = DocumentType::get(case.group.kind) else { return Err(Verdict::UpgradeRequired) };
    if case.purged {
        return refused(RefusalCode::Purged);
    }
    let id = case.group.document;
    let Some(stored) = &case.stored else {
        let scope = scope_of_new(kind, id, context.viewer.user);
        let scope = scope.ok_or(Verdict::Refused(RefusalCode::NotAllowed))?;
        return Ok(Scratch::new(kind, id, scope, Some(context.viewer.user), context.server));
    };
    let own = scope_of_new(kind, id, context.viewer.user).filter(|scope| matches!(scope, Scope::Private(_)));
    // What follows from the author's id is theirs alone: they write into no other document that stands there.
    if stored.kind != kind.id || own.is_some_and(|own| own != stored.scope) {
        return refused(RefusalCode::IdTaken);
    }
    // The damage is here and not in the change: the device keeps it and sends it again.
    Scratch::of(kind, stored.clone(), context.server).map_err(|error| {
        tracing::error!(document.id = %id, error.cause = %error, "a stored document cannot be used");
        Verdict::NotReached
    })
}

enum Step {
    Dup(ChangeHash),
    /// Its place, and its actor if it shows for the first time.
    Accepted(usize, Option<Actor>),
}

/// One change on trial.
struct Trial<'a> {
    scratch: &'a mut Scratch,
    case: &'a Case,
    context: &'a Context,
}

impl Trial<'_> {
    fn change(&mut self, pushed: &PushedChange) -> Result<Step, Verdict> {
        let refused = Verdict::Refused;
        let kind = self.scratch.kind();
        let change = scratch::read(&pushed.change).map_err(refused)?;
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
        let recreates = change.deps == [kind.genesis_hash()]
            && !is_reserved(change.actor)
            && self.case.stored.is_some()
            && self.scratch.scope() == Scope::Staff;
        if recreates {
            return Err(refused(RefusalCode::IdTaken));
        }
        let built = scratch::build(kind, change, Some(&pushed.check)).map_err(refused)?;
        self.rights(&built).map_err(refused)?;
        let by = Signature { user: Some(self.context.viewer.user), device: Some(self.context.device) };
        let place = self.scratch.accepted();
        self.scratch
            .accept(built, pushed.change.clone(), by, pushed.origin, self.context.now)
            .map_err(|_| refused(RefusalCode::Malformed))?;
        Ok(Step::Accepted(place, fresh))
    }

    /// A change that the guard does not let through may be one that the document holds.
    fn known(&self, change: Change, pushed: &PushedChange, verdict: Verdict) -> Result<Step, Verdict> {
        let actor = change.actor;
        let built = scratch::build(self.scratch.kind(), change, Some(&pushed.check));
        let built = built.map_err(Verdict::Refused)?;
        if self.scratch.contains(built.hash) {
            return Ok(Step::Dup(built.hash));
        }
        // Before the guard's verdict: that the actor is another's tells the device what to do.
        self.actor(actor).map_err(Verdict::Refused)?;
        Err(verdict)
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
    fn rights(&mut self, built: &Built) -> Result<(), RefusalCode> {
        let viewer = self.context.viewer;
        if let Scope::Private(user) = self.scratch.scope() {
            return if user != viewer.user {
                Err(RefusalCode::NotVisible)
            } else if trashes(&built.change) {
                Err(RefusalCode::NotAllowed)
            } else {
                Ok(())
            };
        }
        if viewer.role.reads_all() {
            return Ok(());
        }
        // A link makes its target visible: by a guessed id a Restricted author could let themselves in.
        if !self.sees_all_it_links_to(&built.change) {
            return Err(RefusalCode::LinkNotVisible);
        }
        if !self.scratch.exists() {
            return Ok(());
        }
        let (then, now) = self.visibility(&built.change)?;
        match (then, now) {
            (true, Visibility::Now) => Ok(()),
            (_, Visibility::Never) => Err(RefusalCode::NotVisible),
            (_, Visibility::LongLost) => Err(RefusalCode::RightLost),
            (_, Visibility::Now | Visibility::JustLost) if self.is_harmless_late(built)? => Ok(()),
            (_, Visibility::Now | Visibility::JustLost) => Err(RefusalCode::RightLost),
        }
    }

    /// Whether a Restricted author saw the document where they made the change, and whether they see it now.
    fn visibility(&mut self, change: &Change) -> Result<(bool, Visibility), RefusalCode> {
        let viewer = self.context.viewer;
        let (scope, of_own) = (self.scratch.scope(), self.scratch.kind().audience == AudienceRule::Own);
        let changed = self.scratch.has_accepted();
        // A contact's audience comes from the cards that link to it, not from its own states.
        if !of_own {
            return Ok((true, self.case.visibility));
        }
        let document = self.scratch.document().map_err(|_| RefusalCode::Malformed)?;
        let at =
            |heads: &[ChangeHash]| viewer.can_see(scope, &CardAudience::at(document, heads).principals());
        let heads = document.heads();
        let now = match self.case.visibility {
            // Their own changes before this one may have ended visibility: they lost it just now.
            Visibility::Now if changed && !at(&heads) => Visibility::JustLost,
            visibility => visibility,
        };
        // At the heads the answer is known; only an older state must be read.
        let then = if change.deps == heads { now == Visibility::Now } else { at(&change.deps) };
        Ok((then, now))
    }

    /// Whether a late edit makes nothing visible to anybody and trashes nothing (`docs/sync-protocol.md`,
    /// late edits).
    fn is_harmless_late(&mut self, built: &Built) -> Result<bool, RefusalCode> {
        if trashes(&built.change) {
            return Ok(false);
        }
        let scope = self.scratch.scope();
        let filed = |rows: &Rows| simplified(own_principals(scope, rows));
        let before = self.scratch.rows().map_err(|_| RefusalCode::Malformed)?;
        let after = self.scratch.rows_with(built).map_err(|_| RefusalCode::Malformed)?;
        let seen_before: BTreeSet<Principal> = filed(&before);
        let adds_nobody = seen_before.contains(&Principal::Everyone) || filed(&after).is_subset(&seen_before);
        Ok(adds_nobody && makes_visible(&after).is_subset(&makes_visible(&before)))
    }

    fn sees_all_it_links_to(&self, change: &Change) -> bool {
        let kind = self.scratch.kind();
        scratch::writes(change)
            .filter_map(|(register, value)| link_target(kind, register.container, &register.name, value))
            .all(|target| self.context.linkable.contains(&target))
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

/// The document that a register with this value makes visible, if it is one that does.
pub fn link_target(kind: &DocumentType, container: u8, name: &str, value: &str) -> Option<DocumentId> {
    let last = name.rsplit('/').next()?;
    match (kind.containers.get(usize::from(container)).copied()?, last) {
        ("links", "to") => parse_link(value).map(|(_, target)| target),
        ("todos", "contact") if kind.id == card::TYPE.id => value.parse().ok(),
        _ => None,
    }
}

impl Judged {
    /// A group of which nothing was judged yet.
    pub fn new(document: DocumentId, total: usize) -> Self {
        Self { document, fates: Vec::with_capacity(total), update: None, bound: BTreeMap::new() }
    }

    /// A group whose first change is refused.
    pub fn refused(document: DocumentId, total: usize, code: RefusalCode) -> Self {
        Self::not(document, total, Verdict::Refused(code))
    }

    /// A group whose first change is not accepted.
    pub fn not(document: DocumentId, total: usize, verdict: Verdict) -> Self {
        let mut judged = Self::new(document, total);
        judged.end(verdict, total);
        judged
    }

    /// Ends the group: this verdict, and the rest is not reached.
    fn end(&mut self, verdict: Verdict, total: usize) {
        self.fates.push(Fate::Not(verdict));
        self.fates.resize(total.max(self.fates.len()), Fate::Not(Verdict::NotReached));
    }
}
