//! Hand-ins: a user who lost access, or whose device was revoked, hands in what they had not sent, and a
//! manager applies or discards it (R17, `docs/sync-protocol.md` section 17).
//!
//! What is applied is written in the user's name, on their device, as they made it; whether it may be written
//! is judged by the manager's rights.

use aws_lc_rs::digest::{Context, SHA256};
use roadbook_domain::access::audience::{inbox_id, user_document_id};
use roadbook_domain::access::rights::Scope;
use roadbook_domain::document::OriginKind;
use roadbook_domain::settings::role::Act;
use roadbook_domain::value::id::{DocumentId, OrgId, UserId};
use roadbook_domain::wire::{
    GroupVerdict, HAND_IN_FORM, HAND_IN_RECEIPT, HandIn, MAX_HAND_IN, Pushed, RefusalCode, Verdict,
    from_frame,
};
use uuid::Uuid;

use super::engine::Engine;
use super::error::SyncError;
use super::up::push;
use crate::auth::keep::KeepKey;
use crate::auth::token::RefreshToken;
use crate::auth::{AuthError, Claim, Gate};
use crate::node::Node;
use crate::store::hand_ins::{self, HandedIn, NewHandIn};
use crate::store::{StoreError, documents, organisation, retry, sessions};

/// The most hand-ins of one user that wait.
pub const MAX_HAND_INS: i64 = 20;

/// The most hand-ins of one answer: the others come up when these are done.
pub const MAX_LISTED_HAND_INS: i64 = 200;

/// How often a hand-in is pushed to get all of it judged: a push leaves aside what is too much for one request.
const ROUNDS: usize = 8;

/// A hand-in that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Whose it is, and when it came.
    pub of: HandedIn,
    /// What it changes.
    pub changed: Vec<Changed>,
}

/// The changes of a hand-in to one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Whether it is a document of its user alone: nobody else reads what is in it.
    pub is_private: bool,
    /// Whether the server has the document.
    pub exists: bool,
    /// The changes.
    pub group: Pushed,
}

/// What became of the changes of a hand-in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// How many are in their documents, those that were there before among them.
    pub applied: usize,
    /// The documents of those that were refused, and why.
    pub refused: Vec<(DocumentId, RefusalCode)>,
    /// How many were neither taken nor refused: to be applied again later.
    pub left: usize,
}

/// Takes a hand-in from a device whose session ended because its user lost access or it was revoked, and
/// answers the receipt: by it the device knows that its server said so, and erases what its user may not see
/// any more. The same hand-in may come again, after a lost answer.
///
/// # Errors
/// [`AuthError::SessionOver`] for every other token; [`SyncError::Invalid`] if it is not sealed by its user's
/// device; [`SyncError::TooLarge`] beyond [`MAX_HAND_INS`]; of the database.
pub async fn take(gate: &Gate, token: RefreshToken, sealed: &[u8]) -> Result<Vec<u8>, SyncError> {
    let node = gate.node();
    let mut conn = node.db().read().await?;
    let barred = sessions::barred(&mut conn, token.org, token.session).await?;
    drop(conn);
    // One before the newest will do: the answer that brought the newest may have been lost.
    let barred = barred.filter(|barred| token.generation.saturating_add(1) >= barred.generation);
    let barred = barred.ok_or(AuthError::SessionOver)?;
    let key = KeepKey::of(node.secrets(), token.org, barred.user);
    let frame = key.open(HAND_IN_FORM, sealed).ok_or(SyncError::Invalid("sealed"))?;
    let push = read(&frame)?;
    let changes = push.iter().map(|group| group.changes.len()).sum::<usize>();
    if changes > 0 {
        let new = NewHandIn {
            id: id(token.org, barred, &frame),
            user: barred.user,
            device: barred.device,
            at: node.now(),
            changes: i64::try_from(changes).unwrap_or(i64::MAX),
            sealed,
        };
        let is_taken = retry(|| async {
            let mut tx = node.db().write().await?;
            organisation::lock(&mut tx, token.org).await?;
            let is_taken = hand_ins::add(&mut tx, token.org, &new, MAX_HAND_INS).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(is_taken)
        });
        if !is_taken.await? {
            return Err(SyncError::TooLarge);
        }
    }
    tracing::info!(user.id = %barred.user, device.id = %barred.device, changes, "handed in");
    // Over the sealed bytes, of which no two are the same: an old receipt is worth nothing.
    Ok(key.sign(HAND_IN_RECEIPT, sealed))
}

/// The hand-ins that wait, the oldest first, at most [`MAX_LISTED_HAND_INS`].
///
/// # Errors
/// If the caller may not review them; of the database.
pub async fn list(node: &Node, claim: &Claim) -> Result<Vec<HandedIn>, SyncError> {
    let mut snapshot = claim.snapshot(node.db()).await?;
    snapshot.caller.require(Act::ReviewHandIns)?;
    let org = snapshot.caller.org;
    Ok(hand_ins::list(&mut snapshot, org, MAX_LISTED_HAND_INS).await?)
}

/// One hand-in, opened. What it changes in documents of its user alone is left out.
///
/// # Errors
/// [`SyncError::NotFound`]; [`SyncError::Invalid`] if it was sealed under other secrets than the server has
/// now; as for [`list`].
pub async fn open(node: &Node, claim: &Claim, id: Uuid) -> Result<Opened, SyncError> {
    let mut snapshot = claim.snapshot(node.db()).await?;
    snapshot.caller.require(Act::ReviewHandIns)?;
    let org = snapshot.caller.org;
    let (of, sealed) = hand_ins::get(&mut snapshot, org, id).await?.ok_or(SyncError::NotFound)?;
    let push = unseal(node, org, of.user, &sealed)?;
    let ids: Vec<_> = push.iter().map(|group| group.document).collect();
    let there = documents::sizes(&mut snapshot, org, &ids).await?;
    let purged = documents::purged(&mut snapshot, org, &ids).await?;
    let changed = push.into_iter().map(|mut group| {
        let scope = there.iter().find(|size| size.id == group.document).map(|size| size.scope);
        let is_own = [user_document_id(of.user), inbox_id(of.user)].contains(&group.document);
        let is_private = is_own || scope.is_some_and(|scope| scope != Scope::Staff);
        // What was purged is gone for good, also from here.
        if is_private || purged.contains(&group.document) {
            group.changes.clear();
        }
        Changed { is_private, exists: scope.is_some(), group }
    });
    let changed = changed.collect();
    Ok(Opened { of, changed })
}

/// Applies a hand-in: what can be written is written, in its user's name. It is gone once all of it is; what
/// was refused stays with it until it is discarded.
///
/// # Errors
/// As for [`open`].
pub async fn apply(engine: &Engine, claim: &Claim, id: Uuid) -> Result<Applied, SyncError> {
    let node = engine.node();
    let _share = engine.share(claim.user())?;
    let _reviewing = engine.reviewing().lock().await;
    let mut snapshot = claim.snapshot(node.db()).await?;
    let manager = snapshot.caller;
    manager.require(Act::ReviewHandIns)?;
    let (of, sealed) = hand_ins::get(&mut snapshot, manager.org, id).await?.ok_or(SyncError::NotFound)?;
    drop(snapshot);
    let mut groups = unseal(node, manager.org, of.user, &sealed)?;
    // An import speaks for others: the manager's right to it is not their user's.
    if !Act::Import.allowed_to(of.role) {
        let changes = groups.iter_mut().flat_map(|group| &mut group.changes);
        changes.for_each(|change| change.origin = change.origin.filter(|of| of.kind != OriginKind::IMPORT));
    }
    let author = manager.in_the_name_of(of.user, of.device);
    let mut applied = Applied::default();
    for _ in 0..ROUNDS {
        let before = left(&groups);
        let verdicts = push::push(engine, &author, None, groups.clone(), node.now()).await?.verdicts;
        groups = applied.note(groups, &verdicts);
        if groups.is_empty() || left(&groups) == before {
            break;
        }
    }
    applied.left = left(&groups);
    if applied.left == 0 && applied.refused.is_empty() {
        remove(node, claim, id).await?;
    }
    tracing::info!(
        hand_in.id = %id, author.id = %of.user, manager.id = %manager.user,
        applied = applied.applied, refused = applied.refused.len(), left = applied.left, "hand-in applied"
    );
    Ok(applied)
}

/// Discards a hand-in.
///
/// # Errors
/// [`SyncError::NotFound`]; as for [`list`].
pub async fn discard(engine: &Engine, claim: &Claim, id: Uuid) -> Result<(), SyncError> {
    // Not while it is applied: what was said to be discarded is written by nobody.
    let _reviewing = engine.reviewing().lock().await;
    if remove(engine.node(), claim, id).await? { Ok(()) } else { Err(SyncError::NotFound) }
}

async fn remove(node: &Node, claim: &Claim, id: Uuid) -> Result<bool, SyncError> {
    let was_there = retry(|| async {
        let mut tx = claim.write(node.db()).await?;
        let caller = tx.caller;
        caller.require(Act::ReviewHandIns)?;
        let was_there = hand_ins::remove(&mut tx, caller.org, id).await?;
        tx.commit().await?;
        Ok::<_, AuthError>(was_there)
    });
    Ok(was_there.await?)
}

impl Applied {
    /// Notes the verdicts over some groups, and answers those of which something is still to be judged.
    fn note(&mut self, groups: Vec<Pushed>, verdicts: &[GroupVerdict]) -> Vec<Pushed> {
        let mut rest = Vec::new();
        for (mut group, verdict) in groups.into_iter().zip(verdicts) {
            let is_taken = |verdict: &Verdict| matches!(verdict, Verdict::Applied(_) | Verdict::Dup(_));
            let taken = verdict.verdicts.iter().take_while(|verdict| is_taken(verdict)).count();
            self.applied += taken;
            match verdict.verdicts.get(taken) {
                None => {}
                // What it builds on may be in another hand-in, and a newer server may know its type.
                Some(Verdict::NotReached | Verdict::Needs(_) | Verdict::UpgradeRequired) => {
                    group.changes.drain(..taken);
                    rest.push(group);
                }
                // What follows it builds on it.
                Some(Verdict::Refused(code)) => self.refused.push((group.document, *code)),
                Some(_) => self.refused.push((group.document, RefusalCode::ForeignActor)),
            }
        }
        rest
    }
}

fn left(groups: &[Pushed]) -> usize {
    groups.iter().map(|group| group.changes.len()).sum()
}

fn unseal(node: &Node, org: OrgId, user: UserId, sealed: &[u8]) -> Result<Vec<Pushed>, SyncError> {
    let frame = KeepKey::of(node.secrets(), org, user).open(HAND_IN_FORM, sealed);
    read(&frame.ok_or(SyncError::Invalid("sealed"))?)
}

fn read(frame: &[u8]) -> Result<Vec<Pushed>, SyncError> {
    let HandIn { push } = from_frame(frame, MAX_HAND_IN).map_err(|_| SyncError::Invalid("sealed"))?;
    if Pushed::are_too_large(&push) { Err(SyncError::TooLarge) } else { Ok(push) }
}

fn id(org: OrgId, of: sessions::Barred, frame: &[u8]) -> Uuid {
    let mut context = Context::new(&SHA256);
    for part in [org.as_bytes().as_slice(), of.user.as_bytes(), of.device.as_bytes(), frame] {
        context.update(part);
    }
    let digest = context.finish();
    let bytes = std::array::from_fn(|place| digest.as_ref().get(place).copied().unwrap_or_default());
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
