//! Offers: documents that phones give back to a server that lost them (N7).
//!
//! The server's own receipt says that it once held exactly this state, so nobody's right is asked
//! again: the changes come back with the authors and times that they had.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use roadbook_domain::access::audience::{inbox_id, scope_of_new, user_document_id};
use roadbook_domain::access::rights::Scope;
use roadbook_domain::document::change::{Actor, ChangeHash};
use roadbook_domain::document::guard::MAX_DOCUMENT_OPS;
use roadbook_domain::document::{AudienceRule, DocumentType, Writer};
use roadbook_domain::document::{AuthorTable, Signature};
use roadbook_domain::value::id::{OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{GroupVerdict, MAX_OFFERED_CHANGES, MAX_OFFERS, Offer, RefusalCode, Verdict};

use super::budget;
use super::judge::{Fate, Judged};
use super::parts::{self, Gathered};
use super::push::{self, ATTEMPTS, Outcome};
use super::receipt::Subject;
use super::scratch::{self, Built, Scratch};
use crate::api::ApiError;
use crate::auth::Caller;
use crate::state::State;
use crate::store::documents::Stored;
use crate::store::{Conn, StoreError, actors, documents};

/// An offer, and what the database knows of its document.
#[derive(Debug, Clone)]
pub struct OfferCase {
    /// What is offered.
    pub offer: Offer,
    /// The document as the server has it.
    pub stored: Option<Stored>,
    /// Whether its id was purged.
    pub purged: bool,
}

/// What is true for all offers of a request.
#[derive(Debug, Clone)]
pub struct OfferContext {
    /// The organisation.
    pub org: OrgId,
    /// Who offers: his own documents may be private ones.
    pub user: UserId,
    /// The key of receipts.
    pub key: [u8; 32],
    /// The actors of the offers that are bound already.
    pub bound: BTreeSet<Actor>,
    /// The actor of the server's own changes.
    pub server: Actor,
    /// The server's clock.
    pub now: Timestamp,
}

/// Takes back what phones offer.
///
/// # Errors
/// [`ApiError::TooLarge`] for more than a request may hold; of the database.
pub async fn offers(
    state: &State,
    caller: &Caller,
    offers: Vec<Offer>,
    now: Timestamp,
) -> Result<Outcome, ApiError> {
    let changes = offers.iter().fold(0_usize, |sum, offer| sum.saturating_add(offer.changes.len()));
    if offers.len() > MAX_OFFERS || changes > MAX_OFFERED_CHANGES {
        return Err(ApiError::TooLarge);
    }
    let mut outcome = Outcome::default();
    let mut seen = BTreeSet::new();
    let mut pending: Vec<(usize, Offer)> = Vec::new();
    let mut in_parts = Vec::new();
    for (place, offer) in offers.into_iter().enumerate() {
        let is_last = offer.part.is_some();
        let is_first = seen.insert(offer.document);
        outcome.verdicts.push(match parts::gather(state, caller, offer, now).await? {
            Gathered::Answered(verdict) => verdict,
            Gathered::Whole(offer) => {
                let verdicts = vec![Verdict::NotReached; offer.changes.len()];
                let unanswered = GroupVerdict { document: offer.document, verdicts };
                in_parts.extend(is_last.then_some(place));
                pending.extend(is_first.then_some((place, offer)));
                unanswered
            }
        });
    }
    // What changed meanwhile is judged again.
    for _ in 0..ATTEMPTS {
        pending = attempt(state, caller, pending, now, &mut outcome).await?;
    }
    let was_judged = |place: &usize| {
        let verdicts = outcome.verdicts.get(*place).map(|group| &group.verdicts);
        verdicts.is_some_and(|verdicts| verdicts.first() != Some(&Verdict::NotReached))
    };
    if in_parts.iter().any(was_judged) {
        parts::forget(state, caller, now).await?;
    }
    Ok(outcome)
}

/// Judges and commits each offer once, as many at a time as one may load; answers those that must be
/// judged anew.
async fn attempt(
    state: &State,
    caller: &Caller,
    mut pending: Vec<(usize, Offer)>,
    now: Timestamp,
    outcome: &mut Outcome,
) -> Result<Vec<(usize, Offer)>, ApiError> {
    let mut again = Vec::new();
    while !pending.is_empty() {
        let mut conn = state.db().read().await?;
        let ids: Vec<_> = pending.iter().map(|(_, offer)| offer.document).collect();
        let beyond = budget::beyond(&mut conn, caller.org, &ids).await?;
        let (later, mut offers): (Vec<_>, Vec<_>) =
            pending.into_iter().partition(|(_, offer)| beyond.contains(&offer.document));
        let (context, cases) = load(&mut conn, state, caller, &offers, now).await?;
        drop(conn);
        let judging =
            move || cases.into_iter().map(|(place, case)| (place, judge(case, &context))).collect::<Vec<_>>();
        let judged = state.engine().judge(judging).await?;
        let stale = push::settle(state, caller, judged, now, outcome).await?;
        offers.retain(|(place, _)| stale.contains(place));
        again.extend(offers);
        pending = later;
    }
    Ok(again)
}

/// Reads what judging these offers rests on.
async fn load(
    conn: &mut Conn,
    state: &State,
    caller: &Caller,
    offers: &[(usize, Offer)],
    now: Timestamp,
) -> Result<(OfferContext, Vec<(usize, OfferCase)>), StoreError> {
    let ids: Vec<_> = offers.iter().map(|(_, offer)| offer.document).collect();
    let stored = documents::get(conn, caller.org, &ids).await?;
    let mut stored: BTreeMap<_, _> = stored.into_iter().map(|stored| (stored.id, stored)).collect();
    let purged = documents::purged(conn, caller.org, &ids).await?;
    let tables = offers.iter().flat_map(|(_, offer)| &offer.authors.actors);
    let shown: Vec<_> = tables.map(|row| row.actor).collect();
    let bound = actors::devices(conn, caller.org, &shown).await?;
    let context = OfferContext {
        org: caller.org,
        user: caller.user,
        key: *state.secrets().receipt_key.as_bytes(),
        bound: bound.into_iter().map(|(actor, _)| actor).collect(),
        server: state.engine().actor(),
        now,
    };
    let cases = offers.iter().map(|(place, offer)| {
        let stored = stored.remove(&offer.document);
        let purged = purged.contains(&offer.document);
        (*place, OfferCase { offer: offer.clone(), stored, purged })
    });
    Ok((context, cases.collect()))
}

/// Judges an offer: its receipt first, then the document that it is, then what the server lacks of it.
pub fn judge(case: OfferCase, context: &OfferContext) -> Judged {
    let (document, total) = (case.offer.document, case.offer.changes.len());
    let tried = catch_unwind(AssertUnwindSafe(|| try_offer(case, context)));
    match tried {
        Ok(Ok(judged)) => judged,
        Ok(Err(code)) => Judged::refused(document, total, code),
        Err(_) => {
            tracing::error!(document.id = %document, "judging an offer panicked");
            Judged::refused(document, total, RefusalCode::Malformed)
        }
    }
}

fn try_offer(case: OfferCase, context: &OfferContext) -> Result<Judged, RefusalCode> {
    let OfferCase { offer, stored, purged } = case;
    let kind = DocumentType::get(offer.kind).ok_or(RefusalCode::Malformed)?;
    if purged {
        return Err(RefusalCode::Purged);
    }
    if stored.as_ref().is_some_and(|stored| stored.kind != kind.id) {
        return Err(RefusalCode::IdTaken);
    }
    let (creator, scope) = origin(kind, &offer, context)?;
    let built = rebuild(kind, &offer, scope, creator, context)?;
    let mut scratch = match stored {
        Some(stored) => Scratch::of(kind, stored, context.server).map_err(|error| {
            tracing::error!(document.id = %offer.document, error.cause = %error, "a document cannot be used");
            RefusalCode::Malformed
        })?,
        None => Scratch::new(kind, offer.document, scope, creator, context.server),
    };
    let mut judged = Judged::new(offer.document, built.len());
    for (built, bytes) in built.into_iter().zip(&offer.changes) {
        if scratch.contains(built.hash) {
            judged.fates.push(Fate::Dup(built.hash));
            continue;
        }
        if let Err(verdict) = scratch.judge(&built.change, Writer::Server) {
            judged.fates.push(Fate::Not(verdict));
            break;
        }
        judged.fates.push(Fate::Accepted(scratch.accepted()));
        accept(&mut scratch, built, bytes, &offer.authors, context.now)?;
    }
    judged.fates.resize(offer.changes.len(), Fate::Not(Verdict::NotReached));
    judged.update = scratch.finish(context.now).map_err(|_| RefusalCode::Malformed)?;
    let accepted = judged.update.iter().flat_map(|update| &update.accepted);
    let bound = accepted.map(|change| (change.actor.0, change.by.device));
    judged.bound = bound.filter(|(actor, _)| !context.bound.contains(actor)).collect();
    Ok(judged)
}

/// Reads what is offered and compares its receipt; then judges it as a document by itself.
///
/// The guard costs more the longer the document is, so it sees only what the server once held. Before
/// that an offer costs what its own bytes and the limits of a document allow.
fn rebuild(
    kind: &'static DocumentType,
    offer: &Offer,
    scope: Scope,
    creator: Option<UserId>,
    context: &OfferContext,
) -> Result<Vec<Built>, RefusalCode> {
    let mut left = MAX_DOCUMENT_OPS;
    let mut all = Vec::with_capacity(offer.changes.len());
    for bytes in &offer.changes {
        let change = scratch::read(bytes)?;
        left = left.checked_sub(change.op_count()).ok_or(RefusalCode::TooLarge)?;
        all.push(scratch::build(kind, change, None)?);
    }
    let heads = heads(&all);
    let authors = minicbor::to_vec(&offer.authors).unwrap_or_default();
    let subject = Subject {
        org: context.org,
        document: offer.document,
        kind: offer.kind,
        heads: &heads,
        authors: &authors,
    };
    if !subject.is_received(&context.key, &offer.receipt) {
        return Err(RefusalCode::ForeignReceipt);
    }
    let mut alone = Scratch::new(kind, offer.document, scope, creator, context.server);
    for built in &all {
        alone.judge(&built.change, Writer::Server).map_err(|_| RefusalCode::Malformed)?;
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
    authors: &AuthorTable,
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
    offer: &Offer,
    context: &OfferContext,
) -> Result<(Option<UserId>, Scope), RefusalCode> {
    let first = offer.changes.first().ok_or(RefusalCode::Malformed)?;
    let first = scratch::read(first)?;
    let creator = offer.authors.signature(first.actor).and_then(|by| by.user);
    let users = offer.authors.actors.iter().filter_map(|row| row.by.user);
    let own = users.chain([context.user]).find(|user| {
        let id = offer.document;
        match kind.audience {
            AudienceRule::Private => id == user_document_id(*user),
            AudienceRule::Own => id == inbox_id(*user),
            AudienceRule::Linked => false,
        }
    });
    let scope = match own {
        Some(user) => scope_of_new(kind, offer.document, user),
        None if kind.audience == AudienceRule::Private => None,
        None => Some(Scope::Staff),
    };
    // The server makes a user's own documents in his name.
    Ok((own.or(creator), scope.ok_or(RefusalCode::ForeignReceipt)?))
}
