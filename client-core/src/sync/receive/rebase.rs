//! Rebasing: unsent changes put onto a base that moved under them, and what could not be put there.

use roadbook_domain::crm::{card, contact};
use roadbook_domain::document::Document;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::{Actor, Change, ChangeHash};
use roadbook_domain::document::{Origin, OriginKind};
use roadbook_domain::read::view::View;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::RefusalCode;

use super::{Context, Received};
use crate::change_set::List;
use crate::edit::reauthor::{Decision, Fate, Pending, rebase};
use crate::edit::replica::Replica;
use crate::error::Error;
use crate::store::documents::Base;
use crate::store::outbox::{NewUnsent, Unsent};
use crate::store::quarantine::{NewQuarantined, QuarantineReason};
use crate::store::{documents, forget, outbox, quarantine};
use crate::value_edit::ValueEdit;

/// A document whose base moved, and what is to be put on it.
pub(super) struct Moved<'a> {
    pub id: DocumentId,
    /// The base as it is now, and its document.
    pub base: Base,
    pub document: Document,
    /// What the user saw before, if that is another document than the base.
    pub before: Option<Document>,
    pub unsent: &'a [Unsent],
    /// Acknowledged changes that the server turned out not to have, in causal order.
    pub lost: &'a [Pending],
    pub refused: Option<(ChangeHash, RefusalCode)>,
    /// The first change whose actor is another device's too.
    pub forked: Option<ChangeHash>,
}

impl Moved<'_> {
    /// Puts the unsent changes onto the base, stores what became of each, and shows the result.
    pub fn rebase(mut self, context: &Context<'_>, received: &mut Received) -> Result<(), Error> {
        let pending = self.pending();
        if !pending.is_empty() {
            // `rebase` changes the document, and edits are told from the state that their author saw.
            let mut before = self.before.take().unwrap_or_else(|| self.document.clone());
            // The document may have come only now, after a sign-in that gave the edits back: what they did to a
            // text is told by the text.
            for pending in &pending {
                let stored = [(pending.hash, pending.change.clone())];
                if !before.contains(pending.hash) && before.add_stored(stored).is_err() {
                    break;
                }
            }
            // A fresh one: the client's present actor may be the very one that collided.
            let actor = Actor::new(context.env);
            let fates = rebase(&before, &mut self.document, &pending, actor);
            self.store_fates(context, &title(&before), &pending, fates, received)?;
        }
        let stored = documents::get(context.tx, self.id)?;
        // Read again, because `store_fates` has written the outbox anew.
        let unsent = outbox::of_document(context.tx, self.id)?;
        received.changes.document(self.id);
        match stored {
            // The making of a document was refused: nothing is left of it.
            Some(base) if base.heads.is_empty() && unsent.is_empty() => forget(context.tx, self.id),
            Some(base) => {
                let unsent = unsent.iter().map(|unsent| (unsent.hash, unsent.state)).collect();
                let replica = Replica { id: self.id, document: self.document, base, unsent };
                let rows = replica.project(context.tx, context.workspace)?;
                received.changes.rows(self.id, &rows);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Everything that the server has not, in causal order, and what may become of it.
    fn pending(&self) -> Vec<Pending> {
        let mut forked = false;
        let unsent = self.unsent.iter().map(|unsent| {
            // An actor's changes form one line: what follows the first collision collides as well.
            forked |= self.forked == Some(unsent.hash);
            let decision = match self.refused {
                Some((hash, _)) if hash == unsent.hash => Decision::Refused,
                _ if forked => Decision::Reauthor,
                _ => Decision::Keep,
            };
            Pending { hash: unsent.hash, change: unsent.change.clone(), decision }
        });
        let unsent: Vec<_> = unsent.collect();
        self.lost.iter().cloned().chain(unsent).collect()
    }

    fn store_fates(
        &self,
        context: &Context<'_>,
        title: &str,
        pending: &[Pending],
        fates: Vec<Fate>,
        received: &mut Received,
    ) -> Result<(), Error> {
        let (tx, document, kind) = (context.tx, self.id, self.base.kind);
        // What was lost comes before all that is unsent, so everything is put down anew.
        let anew = !self.lost.is_empty() || fates.iter().any(|fate| *fate != Fate::Kept);
        if !anew {
            return Ok(());
        }
        outbox::remove_of_document(tx, self.id)?;
        for (pending, fate) in pending.iter().zip(fates) {
            let old = self.unsent.iter().find(|unsent| unsent.hash == pending.hash);
            let origin = old.and_then(|old| old.origin);
            let original = old.and_then(|old| old.original);
            let made_at = old.map_or(pending.change.time, |old| old.made_at);
            let mut left = Vec::new();
            match fate {
                Fate::Kept => {
                    let (hash, change) = (pending.hash, &pending.change.to_bytes());
                    let new = NewUnsent { document, kind, hash, change, origin, original, made_at };
                    outbox::push(tx, &new)?;
                }
                Fate::Present => received.counts.acknowledged += u64::from(old.is_some()),
                Fate::Reauthored { by, left: rest } => {
                    let (hash, change) = *by;
                    let origin = Some(reauthored(pending.hash));
                    let original = original.or(Some(pending.hash));
                    let change = &change.to_bytes();
                    let new = NewUnsent { document, kind, hash, change, origin, original, made_at };
                    outbox::push(tx, &new)?;
                    received.renew_actor = true;
                    received.counts.reauthored += 1;
                    left = rest;
                }
                Fate::Left(rest) => left = rest,
            }
            // Its author has brought it: there is nothing to review.
            let is_there = original.is_some_and(|original| self.document.contains(original));
            if !left.is_empty() && !is_there {
                let reason = match self.refused {
                    Some((hash, code)) if hash == pending.hash => QuarantineReason::Refused(code),
                    Some((_, code)) => QuarantineReason::DependsOnRefused(code),
                    // The document takes no more changes.
                    None => QuarantineReason::Damaged,
                };
                let held = Held { id: document, kind, title, reason };
                held.quarantine(context, left, (&pending.change, original), received)?;
            }
        }
        received.changes.list(List::Outbox);
        Ok(())
    }
}

/// Where edits that go to the quarantine come from.
pub(super) struct Held<'a> {
    pub id: DocumentId,
    pub kind: DocumentTypeId,
    pub title: &'a str,
    pub reason: QuarantineReason,
}

impl Held<'_> {
    pub fn quarantine(
        &self,
        context: &Context<'_>,
        edits: Vec<ValueEdit>,
        (change, original): (&Change, Option<ChangeHash>),
        received: &mut Received,
    ) -> Result<(), Error> {
        let Self { id: document, kind, title, reason } = *self;
        let at = context.now;
        let item = NewQuarantined { document, kind, title, edits, change, original, reason, at };
        quarantine::push(context.tx, &item)?;
        received.counts.quarantined += 1;
        received.changes.list(List::Quarantine);
        Ok(())
    }
}

/// Acknowledged changes as pending ones: another device's are re-authored as this one's.
pub(super) fn pending(
    context: &Context<'_>,
    base: Option<&Base>,
    changes: impl IntoIterator<Item = (ChangeHash, Change)>,
) -> Vec<Pending> {
    let me = context.workspace.me.and_then(|me| me.device);
    let decision = |actor| {
        let signature = base.and_then(|base| base.authors.signature(actor));
        let is_own = signature.is_none_or(|signature| signature.device.is_some() && signature.device == me);
        if is_own { Decision::Keep } else { Decision::Reauthor }
    };
    let pending =
        |(hash, change): (ChangeHash, Change)| Pending { hash, decision: decision(change.actor), change };
    changes.into_iter().map(pending).collect()
}

/// The origin of a change that re-authors `original`.
fn reauthored(original: ChangeHash) -> Origin {
    let id = std::array::from_fn(|i| original.0.get(i).copied().unwrap_or_default());
    Origin { kind: OriginKind::REPLAYED, id }
}

/// What a document is called.
pub(super) fn title(document: &Document) -> String {
    let view = View::of(document);
    match document.kind().id {
        DocumentTypeId::CARD => view.text(card::CARD, "name"),
        DocumentTypeId::CONTACT => {
            let names = [view.text(contact::CONTACT, "given"), view.text(contact::CONTACT, "family")];
            names.join(" ").trim().to_owned()
        }
        _ => String::new(),
    }
}
