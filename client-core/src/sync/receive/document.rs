//! Bringing one document up to date with what an answer says about it.

use roadbook_domain::crm::row::Rows;
use roadbook_domain::document::canonical::{Canonical, Check};
use roadbook_domain::document::change::{Change, ChangeHash};
use roadbook_domain::document::{Document, DocumentType, Origin, Signature};
use roadbook_domain::read::projection;
use roadbook_domain::value::counted;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::{Bundle, Forgotten, LogEntry, RefusalCode, Verdict};

use super::rebase::{Held, Moved, pending, title};
use super::{Context, DocumentEntry, News, Received};
use crate::change_set::List;
use crate::edit::reauthor::Pending;
use crate::error::Error;
use crate::store::documents::{Acknowledged, Base};
use crate::store::outbox::{Unsent, UnsentState};
use crate::store::quarantine::QuarantineReason;
use crate::store::{documents, entries, forget, outbox, projections, quarantine, retained};
use crate::value_edit::ValueEdit;

/// Brings one document up to date.
pub(super) fn receive(
    context: &Context<'_>,
    id: DocumentId,
    news: &News,
    received: &mut Received,
) -> Result<(), Error> {
    let mut receiving = Receiving::begin(context, id, news, received)?;
    // Asked once, before the entries change the base that the answer depends on.
    let awaits_reupload = receiving.awaits_reupload();
    for entry in &news.entries {
        match entry {
            DocumentEntry::Purge => receiving.purge()?,
            // Asked for once it was re-uploaded: the answer to that has all of it.
            _ if awaits_reupload => drop(receiving.received.fetch.insert(id)),
            DocumentEntry::Change(entry) => receiving.change(entry)?,
            DocumentEntry::Bundle(bundle) => receiving.bundle(bundle)?,
            DocumentEntry::Forget(forgotten) => receiving.forget(forgotten)?,
        }
    }
    // After the entries: if one of them brought the change, its verdict has nothing left to decide.
    for (hash, verdict) in &news.verdicts {
        receiving.verdict(*hash, verdict)?;
    }
    receiving.reuploaded(&news.reuploaded)?;
    receiving.finish(news.receipt.filter(|_| !awaits_reupload))
}

/// Makes the acknowledged changes of a document unsent ones again.
pub(super) fn unacknowledge(
    context: &Context<'_>,
    id: DocumentId,
    received: &mut Received,
) -> Result<(), Error> {
    let news = News::default();
    let mut receiving = Receiving::begin(context, id, &news, received)?;
    receiving.unacknowledge()?;
    receiving.finish(None)
}

struct Receiving<'a, 'b> {
    context: &'a Context<'a>,
    id: DocumentId,
    news: &'a News,
    received: &'b mut Received,
    base: Option<Base>,
    /// There is a base, but it cannot be read.
    unreadable: bool,
    /// The base as a document; `None` while nobody needed it, or if its type is not known.
    document: Option<Document>,
    unsent: Vec<Unsent>,
    /// What the user saw before: base and unsent changes.
    before: Option<Document>,
    /// Acknowledged changes that the server turned out not to have, in causal order.
    lost: Vec<Pending>,
    refused: Option<(ChangeHash, RefusalCode)>,
    /// The first change whose actor is another device's too.
    forked: Option<ChangeHash>,
    base_changed: bool,
    unsent_changed: bool,
    bundled: bool,
    damaged: bool,
}

impl<'a, 'b> Receiving<'a, 'b> {
    fn begin(
        context: &'a Context<'a>,
        id: DocumentId,
        news: &'a News,
        received: &'b mut Received,
    ) -> Result<Self, Error> {
        let (base, unreadable) = match documents::get(context.tx, id) {
            Err(Error::Unreadable(_, why)) => {
                documents::mark_damaged(context.tx, id, &why)?;
                (None, true)
            }
            base => (base?, false),
        };
        let unsent = outbox::of_document(context.tx, id)?;
        let mut receiving = Self {
            context,
            id,
            news,
            received,
            base,
            unreadable,
            document: None,
            unsent,
            before: None,
            lost: Vec::new(),
            refused: None,
            forked: None,
            base_changed: false,
            unsent_changed: false,
            bundled: false,
            damaged: false,
        };
        // Without unsent changes the user saw the base itself, and no copy is needed.
        if !receiving.unsent.is_empty() && receiving.load() {
            receiving.before = receiving.document.clone().map(|mut document| {
                for unsent in &receiving.unsent {
                    if let Err(error) = document.add_stored([(unsent.hash, unsent.change.clone())]) {
                        tracing::warn!(document.id = %id, %error, "an unsent change cannot be read");
                    }
                }
                document
            });
        }
        Ok(receiving)
    }

    /// Loads the base, if there is one of a known type that can be read; else it is to be fetched.
    fn load(&mut self) -> bool {
        if self.document.is_none()
            && let Some(base) = &self.base
        {
            match documents::load(self.context.tx, self.id, base) {
                Ok(document) => self.document = Some(document),
                Err(Error::OtherType(_)) => {}
                Err(error) => {
                    tracing::warn!(document.id = %self.id, %error, "a stored document cannot be read");
                    // Nothing can be rebased on it until it is here anew.
                    self.received.fetch.insert(self.id);
                }
            }
        }
        self.document.is_some()
    }

    /// Whether the server may lack acknowledged changes of the document that this device still holds,
    /// even what made it visible. Until it was re-uploaded nothing may touch it: its receipt is for
    /// just the state that it is in (N7).
    // Also if it was fetched: the server may have become another one while the request was on its way.
    fn awaits_reupload(&self) -> bool {
        let is_pending = self.is_unjudged() || self.context.sent.to_reupload.contains(&self.id);
        self.holds_some() && (is_pending || !self.context.is_known)
    }

    /// Whether there are acknowledged changes here.
    fn holds_some(&self) -> bool {
        self.base.as_ref().is_some_and(|base| !base.heads.is_empty())
    }

    /// Whether the server turned out to hold another state of the document than this one, and never judged
    /// this one, for which there is no receipt.
    fn is_unproven(&self) -> bool {
        let sent = &self.context.sent;
        let is_asked = sent.fetch.contains(&self.id) && !sent.reuploaded.contains(&self.id);
        let has_receipt = self.base.as_ref().is_some_and(|base| base.receipt.is_some());
        self.context.is_comparing && is_asked && self.holds_some() && !has_receipt
    }

    fn change(&mut self, entry: &LogEntry) -> Result<(), Error> {
        // A bundle holds all entries up to its own sequence, and the log may still send them after it.
        if self.base.as_ref().is_some_and(|base| entry.seq <= base.as_of) {
            return Ok(());
        }
        self.load();
        let Some(document) = &mut self.document else {
            return self.unusable("a change of a document that cannot be opened");
        };
        // The server leaves out the bytes of what this device pushed: they are still in the outbox.
        let (change, hash) = if entry.change.is_empty() {
            let own = self.unsent.iter().find(|unsent| unsent.hash.0.starts_with(&*entry.check));
            let Some(own) = own else { return Ok(()) };
            (own.change.clone(), own.hash)
        } else {
            match built(document.kind(), &entry.change, &entry.check) {
                Some(built) => built,
                None => return self.unusable("a change that is not what its author made"),
            }
        };
        if document.contains(hash) {
            self.leave_outbox(hash)?;
            return Ok(());
        }
        if let Err(error) = document.add(&change) {
            tracing::warn!(document.id = %self.id, %error, "a change of the log cannot be applied");
            return self.unusable("a change that does not fit");
        }
        self.append(&change, hash, (&entry.by, entry.origin), entry.seq, entry.received_at)?;
        self.leave_outbox(hash)?;
        self.received.counts.applied += 1;
        Ok(())
    }

    fn append(
        &mut self,
        change: &Change,
        hash: ChangeHash,
        (by, origin): (&Signature, Option<Origin>),
        seq: u64,
        received_at: roadbook_domain::value::time::Timestamp,
    ) -> Result<(), Error> {
        let new = Acknowledged { document: self.id, hash, change, by, origin, seq, received_at };
        if let Some(document) = &self.document {
            documents::append(self.context.tx, &new, document)?;
        }
        if let Some(base) = &mut self.base {
            base.as_of = base.as_of.max(seq);
        }
        self.base_changed = true;
        Ok(())
    }

    /// A change that the server has is unsent no more (L2).
    fn leave_outbox(&mut self, hash: ChangeHash) -> Result<(), Error> {
        if let Some(place) = self.unsent.iter().position(|unsent| unsent.hash == hash) {
            let unsent = self.unsent.remove(place);
            outbox::remove(self.context.tx, unsent.n)?;
            self.unsent_changed = true;
            self.received.counts.acknowledged += 1;
            self.received.changes.list(List::Outbox);
        }
        Ok(())
    }

    fn bundle(&mut self, bundle: &Bundle) -> Result<(), Error> {
        let fetched = self.context.sent.fetch.contains(&self.id);
        self.received.fetched.insert(self.id);
        // A document that was asked for is taken even if it is older: the base here may be the damaged one.
        if self.base.as_ref().is_some_and(|base| bundle.as_of < base.as_of) && !fetched {
            return Ok(());
        }
        self.received.counts.applied += 1;
        let is_new = self.base.is_none() && !self.unreadable;
        // Unsent changes have to be put onto the document, so then it must be loaded.
        if is_new && self.unsent.is_empty() && self.insert_rows(bundle)? {
            return Ok(());
        }
        let new = match DocumentType::get(bundle.kind).map(|kind| Document::load(kind, &bundle.saved)) {
            Some(Ok(document)) if document.heads() != bundle.heads => {
                return self.unusable("a bundle of other heads");
            }
            Some(Err(error)) => {
                tracing::warn!(document.id = %self.id, %error, "a bundle cannot be read");
                return self.unusable("a bundle that cannot be read");
            }
            Some(Ok(document)) => Some(document),
            None => None,
        };
        // A base whose heads are in the bundle is in it altogether.
        let is_in = |base: &Base, new: &Document| base.heads.iter().all(|head| new.contains(*head));
        let whole = self.base.as_ref().zip(new.as_ref()).is_some_and(|(base, new)| is_in(base, new));
        if !whole
            && self.load()
            && let (Some(old), Some(new)) = (&self.document, &new)
        {
            let lost = old.changes_since(&[]).into_iter().filter(|(hash, _)| !new.contains(*hash));
            let lost = pending(self.context, self.base.as_ref(), lost);
            self.lost.extend(lost);
        }
        self.before = self.before.take().or_else(|| self.document.take());
        if self.base.is_none() {
            // They had been put aside when the user could see the document no more.
            for unsent in &self.unsent {
                quarantine::remove_change(self.context.tx, self.id, &unsent.change)?;
                self.received.changes.list(List::Quarantine);
            }
        }
        let base = Base::of_bundle(bundle);
        documents::put(self.context.tx, self.id, &base)?;
        self.base = Some(base);
        self.document = new;
        (self.base_changed, self.bundled, self.damaged) = (true, true, false);
        self.received.fetch.remove(&self.id);
        Ok(())
    }

    /// Stores a new document by the rows that come with it, without loading it; false if they cannot
    /// be read. Rows of another version of the projection do for the lists until they are made anew, and a search does
    /// without the entries of a document that must be loaded for them.
    fn insert_rows(&mut self, bundle: &Bundle) -> Result<bool, Error> {
        let told = match DocumentType::get(bundle.kind) {
            None => Some((Rows::None, Some(Vec::new()))),
            Some(kind) => match projection::all_of_saved(kind, &bundle.saved, &bundle.authors) {
                Some(told) => told.ok().map(|(rows, entries)| (rows, Some(entries))),
                // Rows come with it, entries are in the document alone.
                None => counted::decode(&bundle.rows).ok().map(|rows| (rows, None)),
            },
        };
        let Some((rows, told)) = told else { return Ok(false) };
        let base = Base::of_bundle(bundle);
        documents::put(self.context.tx, self.id, &base)?;
        projections::write(self.context.tx, self.context.workspace, self.id, &rows, true)?;
        if let Some(told) = &told {
            entries::write(self.context.tx, self.id, told, true)?;
        }
        let lacks_entries = told.is_none() && rows != Rows::None;
        if lacks_entries || !bundle.rows.is_empty() && bundle.projection_version != projection::VERSION {
            documents::mark_stale(self.context.tx, self.id)?;
        }
        self.received.changes.rows(self.id, &rows);
        self.base = Some(base);
        self.bundled = true;
        Ok(true)
    }

    fn forget(&mut self, forgotten: &Forgotten) -> Result<(), Error> {
        self.received.fetched.insert(self.id);
        if self.base.as_ref().is_some_and(|base| forgotten.seq < base.as_of) {
            return Ok(());
        }
        if self.is_unproven() {
            // These may be the last copies of its changes: the server judges them as unsent ones.
            return self.unacknowledge();
        }
        retained::forget_of(self.context.tx, self.id)?;
        for (todo, state) in &forgotten.closings {
            retained::retain(self.context.tx, self.id, *todo, state)?;
        }
        self.received.changes.list(List::Today);
        self.remove(QuarantineReason::Forgotten)
    }

    fn purge(&mut self) -> Result<(), Error> {
        self.received.fetched.insert(self.id);
        self.remove(QuarantineReason::Purged)?;
        self.drop_unsent(QuarantineReason::Purged)
    }

    /// Deletes everything of the document but its unsent changes, which are still sent: a late one may
    /// be taken. Until then they are in the quarantine as well.
    fn remove(&mut self, reason: QuarantineReason) -> Result<(), Error> {
        if self.base.take().is_none() && !self.unreadable {
            return Ok(());
        }
        // This same answer may accept the change. What the server has must not wait for a review.
        let accepted = |hash| {
            let mut verdicts = self.news.verdicts.iter();
            verdicts
                .any(|(of, verdict)| of == hash && matches!(verdict, Verdict::Applied(_) | Verdict::Dup(_)))
        };
        if let Some(before) = self.before.take() {
            let title = title(&before);
            for unsent in self.unsent.iter().filter(|unsent| !accepted(&unsent.hash)) {
                let edits = ValueEdit::of(&before, unsent.hash, &unsent.change);
                let held = Held { id: self.id, kind: unsent.kind, title: &title, reason };
                held.quarantine(self.context, edits, (&unsent.change, unsent.original), self.received)?;
            }
        }
        forget(self.context.tx, self.id)?;
        self.received.changes.document(self.id);
        self.received.counts.applied += 1;
        self.document = None;
        self.lost.clear();
        (self.base_changed, self.bundled) = (false, false);
        Ok(())
    }

    /// Takes all unsent changes out of the outbox. They are in the quarantine, or are put there: those that
    /// were salvaged from a damaged file never had their document here.
    fn drop_unsent(&mut self, reason: QuarantineReason) -> Result<(), Error> {
        if !self.unsent.is_empty() {
            for unsent in &self.unsent {
                if !quarantine::holds(self.context.tx, self.id, &unsent.change)? {
                    let edits = ValueEdit::alone(&unsent.change);
                    let held = Held { id: self.id, kind: unsent.kind, title: "", reason };
                    held.quarantine(self.context, edits, (&unsent.change, unsent.original), self.received)?;
                }
            }
            outbox::remove_of_document(self.context.tx, self.id)?;
            self.unsent.clear();
            self.received.changes.list(List::Outbox);
        }
        Ok(())
    }

    fn verdict(&mut self, hash: ChangeHash, verdict: &Verdict) -> Result<(), Error> {
        let Some(unsent) = self.unsent.iter().find(|unsent| unsent.hash == hash).cloned() else {
            return Ok(());
        };
        match verdict {
            Verdict::Applied(seq) | Verdict::Dup(seq) if self.base.is_some() => {
                self.acknowledged(&unsent, *seq)
            }
            Verdict::Applied(_) | Verdict::Dup(_) => {
                quarantine::remove_change(self.context.tx, self.id, &unsent.change)?;
                self.received.changes.list(List::Quarantine);
                self.leave_outbox(hash)
            }
            Verdict::NotReached => Ok(()),
            // What a newer server says is kept, and sent again once this app knows the word.
            Verdict::UpgradeRequired | Verdict::Other(_) => self.wait_for_server(),
            Verdict::Refused(RefusalCode::Purged) => self.purge(),
            // Its document is gone and its edits are in the quarantine: that was the last word.
            Verdict::Refused(code) if self.base.is_none() => {
                self.drop_unsent(QuarantineReason::Refused(*code))
            }
            _ if self.base.is_none() => self.drop_unsent(QuarantineReason::Damaged),
            Verdict::Refused(RefusalCode::ForeignActor) | Verdict::ActorFork => {
                // The first one decides: all later changes of this actor build on it.
                self.forked.get_or_insert(hash);
                Ok(())
            }
            Verdict::Refused(code) => {
                self.refused.get_or_insert((hash, *code));
                Ok(())
            }
            Verdict::Needs(_) => self.reupload(),
        }
    }

    /// The server has the change. Its entry says more and is waited for, as long as one may follow.
    fn acknowledged(&mut self, unsent: &Unsent, seq: u64) -> Result<(), Error> {
        if self.context.more {
            self.received.awaiting_entry.insert((self.id, unsent.hash));
            return Ok(());
        }
        let applied = self.load()
            && self.document.as_mut().is_some_and(|document| {
                !document.contains(unsent.hash) && document.add(&unsent.change).is_ok()
            });
        if applied {
            let me = self.context.workspace.me;
            let by = Signature { user: me.map(|me| me.user), device: me.and_then(|me| me.device) };
            // Entries with smaller numbers may still be on their way: the base must not claim to hold them.
            let seq = seq.min(self.base.as_ref().map_or(0, |base| base.as_of));
            self.append(&unsent.change, unsent.hash, (&by, unsent.origin), seq, self.context.server_now)?;
        }
        self.leave_outbox(unsent.hash)
    }

    fn wait_for_server(&mut self) -> Result<(), Error> {
        for unsent in &self.unsent {
            outbox::set_state(self.context.tx, unsent.n, UnsentState::WaitsForServer)?;
        }
        self.unsent_changed = true;
        Ok(())
    }

    /// The server lacks acknowledged changes of the document: it is re-uploaded with its receipt, or,
    /// without one, its changes become unsent ones again.
    fn reupload(&mut self) -> Result<(), Error> {
        let has_receipt = self.base.as_ref().is_some_and(|base| base.receipt.is_some());
        // If it was re-uploaded and is still missed, its receipt does not help: its changes are sent anew.
        if has_receipt && !self.context.sent.reuploaded.contains(&self.id) {
            self.received.reupload.insert(self.id);
            Ok(())
        } else {
            self.unacknowledge()
        }
    }

    /// Whether the re-upload is still to be done: it was not judged, or this server cannot take it.
    fn is_unjudged(&self) -> bool {
        self.news
            .reuploaded
            .first()
            .is_some_and(|first| *first == Verdict::NotReached || is_beyond_server(first))
    }

    fn reuploaded(&mut self, verdicts: &[Verdict]) -> Result<(), Error> {
        if self.is_unjudged() {
            // This copy may be the last one: it stays, and a later session tries again.
            let is_beyond = verdicts.first().is_some_and(is_beyond_server);
            let Received { too_large, reupload_again, .. } = &mut *self.received;
            if is_beyond { too_large } else { reupload_again }.insert(self.id);
            return Ok(());
        }
        for verdict in verdicts {
            match verdict {
                Verdict::Refused(RefusalCode::Purged) => return self.purge(),
                Verdict::Refused(RefusalCode::NotVisible | RefusalCode::RightLost) => {
                    return self.remove(QuarantineReason::Forgotten);
                }
                Verdict::Refused(RefusalCode::ForeignReceipt) if !self.bundled => {
                    return self.unacknowledge();
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Makes every acknowledged change an unsent one again.
    fn unacknowledge(&mut self) -> Result<(), Error> {
        if !self.load() {
            return self.unusable("a document that cannot be re-uploaded");
        }
        let (Some(base), Some(document)) = (self.base.take(), self.document.take()) else { return Ok(()) };
        self.lost = pending(self.context, Some(&base), document.changes_since(&[]));
        self.document = Some(Document::new(document.kind()));
        self.before.get_or_insert(document);
        let base = Base::unsent(base.kind);
        documents::put(self.context.tx, self.id, &base)?;
        self.base = Some(base);
        self.base_changed = true;
        Ok(())
    }

    /// What came about the document cannot be used: it is fetched whole.
    fn unusable(&mut self, why: &str) -> Result<(), Error> {
        tracing::warn!(document.id = %self.id, "{why}");
        // On disk, so that it is fetched even if the app is killed now.
        documents::mark_damaged(self.context.tx, self.id, why)?;
        self.damaged = true;
        self.received.fetch.insert(self.id);
        // It does not count as brought, or the session would not ask for it again.
        self.received.fetched.remove(&self.id);
        self.received.counts.unusable += 1;
        Ok(())
    }

    /// What the base holds is not in the quarantine: a copy of this phone sent the same change when it could be
    /// taken, or the author of what was made again here brought it.
    fn release(&mut self) -> Result<(), Error> {
        let held = quarantine::changes_of(self.context.tx, self.id)?;
        if held.is_empty() || !self.load() {
            return Ok(());
        }
        let Some(document) = &self.document else { return Ok(()) };
        for held in held {
            let hash = Canonical::of(document.kind(), &held.change).map(|canonical| canonical.hash());
            if hash.into_iter().chain(held.original).any(|hash| document.contains(hash)) {
                quarantine::remove(self.context.tx, held.n)?;
                self.received.changes.list(List::Quarantine);
            }
        }
        Ok(())
    }

    fn finish(mut self, receipt: Option<[u8; 16]>) -> Result<(), Error> {
        if self.base.is_some() {
            if self.base_changed || self.bundled {
                self.release()?;
            }
            // It is for the server's state, which the base is unless something went wrong with it.
            if let Some(receipt) = receipt
                && !self.damaged
                && (self.lost.is_empty() || self.bundled)
            {
                documents::set_receipt(self.context.tx, self.id, receipt)?;
            }
            let moved = self.base_changed || self.refused.is_some() || self.forked.is_some();
            if moved || self.unsent_changed {
                return self.rebase();
            }
        }
        Ok(())
    }

    /// Puts the unsent changes onto the base as it is now, and shows the result.
    fn rebase(&mut self) -> Result<(), Error> {
        if !self.load() {
            return Ok(());
        }
        let (Some(base), Some(document)) = (self.base.take(), self.document.take()) else { return Ok(()) };
        let moved = Moved {
            id: self.id,
            base,
            document,
            before: self.before.take(),
            unsent: &self.unsent,
            lost: &self.lost,
            refused: self.refused,
            forked: self.forked,
        };
        moved.rebase(self.context, self.received)
    }
}

/// A change of the log with its hash; `None` if it is not what its author made.
fn built(kind: &'static DocumentType, bytes: &[u8], check: &Check) -> Option<(Change, ChangeHash)> {
    let change = Change::from_bytes(bytes).ok()?;
    let canonical = Canonical::of(kind, &change)?;
    canonical.has_check(check).then(|| (change, canonical.hash()))
}

/// Whether a server, perhaps an older one than that which took the document, cannot take it back.
fn is_beyond_server(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::UpgradeRequired | Verdict::Other(_) => true,
        Verdict::Refused(code) => !matches!(
            code,
            RefusalCode::Purged
                | RefusalCode::NotVisible
                | RefusalCode::RightLost
                | RefusalCode::ForeignReceipt
                | RefusalCode::IdTaken
        ),
        Verdict::Applied(_)
        | Verdict::Dup(_)
        | Verdict::Needs(_)
        | Verdict::ActorFork
        | Verdict::NotReached => false,
    }
}
