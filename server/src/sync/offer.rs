//! Offers: documents that phones give back to a server that lost them (N7).
//!
//! The server's own receipt says that it once held exactly this state, so nobody's right is asked
//! again: the changes come back with the authors and times that they had.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use roadbook_domain::audience::{inbox_id, scope_of_new, user_document_id};
use roadbook_domain::change::{Actor, ChangeHash};
use roadbook_domain::id::{OrgId, UserId};
use roadbook_domain::kind::{AudienceRule, Kind, Writer};
use roadbook_domain::rights::Scope;
use roadbook_domain::time::Timestamp;
use roadbook_domain::wire::{AuthorTable, Offer, RefusalCode, Signature, Verdict};

use super::judge::{Fate, Judged};
use super::receipt::Subject;
use super::scratch::{self, Built, Scratch};
use crate::store::documents::Stored;

/// The most offers of one request.
pub const MAX_OFFERS: usize = 500;

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

/// Judges an offer: its receipt first, over heads that the guard found; then what the server lacks.
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
    let kind = Kind::get(offer.kind).ok_or(RefusalCode::Malformed)?;
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
    let mut judged = Judged {
        document: offer.document,
        fates: Vec::with_capacity(built.len()),
        update: None,
        bound: BTreeMap::new(),
    };
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

/// Builds the offered document alone, and compares its receipt.
fn rebuild(
    kind: &'static Kind,
    offer: &Offer,
    scope: Scope,
    creator: Option<UserId>,
    context: &OfferContext,
) -> Result<Vec<Built>, RefusalCode> {
    let mut alone = Scratch::new(kind, offer.document, scope, creator, context.server);
    let mut heads: BTreeSet<ChangeHash> = BTreeSet::new();
    let mut all = Vec::with_capacity(offer.changes.len());
    for bytes in &offer.changes {
        let change = scratch::read(bytes)?;
        alone.judge(&change, Writer::Server).map_err(|_| RefusalCode::Malformed)?;
        let built = scratch::build(kind, change, None)?;
        heads.retain(|head| !built.change.deps.contains(head));
        heads.insert(built.hash);
        alone.index_only(&built);
        all.push(built);
    }
    let heads: Vec<_> = heads.into_iter().collect();
    let authors = minicbor::to_vec(&offer.authors).unwrap_or_default();
    let subject = Subject {
        org: context.org,
        document: offer.document,
        kind: offer.kind,
        heads: &heads,
        authors: &authors,
    };
    let is_ours = subject.is_received(&context.key, &offer.receipt);
    if is_ours { Ok(all) } else { Err(RefusalCode::ForeignReceipt) }
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
    kind: &Kind,
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
