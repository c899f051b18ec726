//! The state machine: which request comes next, and what its answer asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use minicbor::bytes::{ByteArray, ByteVec};
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::document::{AuthorTable, DocumentType};
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{
    MAX_PUSH_CHANGES, MAX_REUPLOADED_CHANGES, MAX_REUPLOADED_OPS, MAX_REUPLOADS, Pushed, PushedChange,
    Reconcile, ReconcileAnswer, Reupload, ReuploadPart, SyncRequest, SyncResponse, SyncStatus,
};
use rusqlite::Transaction;

use super::Step;
use super::pace::Pace;
use super::reuploads::Reuploads;
use crate::change_set::{ChangeSet, List};
use crate::client::Client;
use crate::error::Error;
use crate::store::documents::{self, Base};
use crate::store::meta::{self, CURSOR, RECONCILE};
use crate::store::outbox::{self, Unsent, UnsentState};
use crate::store::reupload;
use crate::sync::backoff::Backoff;
use crate::sync::receive::{Counts, NextPart, Received, Sent, receive, receive_kept, unacknowledge};
use crate::sync::reconciliation::{Differences, Reconciliation, Terms};

/// The most documents fetched by one request.
const MOST_FETCHED: usize = 512;
/// How often a document is fetched; after that only the digest can still show that something is wrong.
const MOST_ATTEMPTS: u8 = 3;
/// How many reconciliations one session makes; more would find only what the first ones could not repair.
const MOST_RECONCILIATIONS: u8 = 3;
/// How many answers may change nothing before the session rests.
const MOST_IDLE: u8 = 4;
/// How often a session re-uploads something that the server does not judge; the rest must not wait for it.
const MOST_UNHEARD: u8 = 3;

/// What a session remembers between requests. All of it can be found again from the file.
#[derive(Debug, Default)]
pub(crate) struct State {
    resting: bool,
    /// Whether the entries that an older version kept have been read.
    kept_is_read: bool,
    backoff: Backoff,
    pace: Pace,
    wake_at: Option<Timestamp>,
    sent: Option<(Sent, Option<Reconcile>)>,
    reconciliation: Option<Reconciliation>,
    reconciliations: u8,
    /// The reconciliation that [`RECONCILE`] asks for is done; what it found is to be re-uploaded.
    reconciled: bool,
    idle: u8,
    fetch: BTreeSet<DocumentId>,
    attempts: BTreeMap<DocumentId, u8>,
    reuploads: Reuploads,
    /// Documents of which an unsent change is too large for a request: a later session sends it.
    unsendable: BTreeSet<DocumentId>,
    awaiting_entry: BTreeSet<(DocumentId, ChangeHash)>,
    /// The last answer told of more to come.
    more: bool,
    /// How often tombstones or settings rows were re-uploaded and not judged.
    unheard: u8,
}

impl State {
    /// Whether there is something to exchange, now.
    pub fn is_due(&self, now: Timestamp) -> bool {
        !self.resting && self.wake_at.is_none_or(|wake_at| wake_at <= now)
    }

    /// Whether nothing is left to exchange.
    pub fn is_resting(&self) -> bool {
        self.resting
    }

    /// Reads what an older version of the app could not read, once in a session; tells what it changed.
    pub fn receive_kept(&mut self, tx: &Transaction<'_>, client: &Client) -> Result<ChangeSet, Error> {
        if std::mem::replace(&mut self.kept_is_read, true) {
            return Ok(ChangeSet::default());
        }
        let received = receive_kept(tx, client.store(), client.env())?;
        self.note(&Sent::default(), &received, false);
        Ok(received.changes)
    }

    /// The next request. It marks the changes it carries as sent, and says so in `marked`, if there is room for that:
    /// commit before sending it.
    pub fn next_request(
        &mut self,
        tx: &Transaction<'_>,
        marked: Option<&mut ChangeSet>,
    ) -> Result<SyncRequest, Error> {
        // The caller was cancelled while it waited, and nobody told of a failure.
        self.unanswered();
        let is_to_reconcile = self.is_to_reconcile(tx)?;
        let is_known = self.reconciled || !meta::get(tx, &RECONCILE)?.unwrap_or_default();
        if self.reconciliation.is_none() && is_to_reconcile {
            self.reconciliation = Some(Reconciliation::begin());
            self.reconciliations += 1;
        }
        let mut sent = Sent { reuploaded: self.reuploads.done().clone(), ..Sent::default() };
        let (cursor, budget) = (meta::get(tx, &CURSOR)?, self.pace.budget());
        let mut request = SyncRequest { cursor, budget, ..SyncRequest::default() };
        if self.has_pending_rows(tx)? {
            // Before anything else, once the server has told what it has.
            if !self.more {
                sent.rows = reupload::first(tx, self.pace.up())?;
                request.tombstones = sent.rows.tombstones.clone();
                request.settings = sent.rows.settings.clone();
            }
        } else if let Some(plan) = &self.reconciliation {
            request.reconcile = plan.step_within(&terms(tx)?, self.pace.up());
        } else {
            request.reuploads = self.reuploads(tx, &mut sent)?;
            // Before the reconciliation, what the server lost would be fetched as it has it now.
            if is_known {
                self.fetches(tx, &mut sent)?;
            }
            // What the server lost is re-uploaded first: unsent changes may depend on it.
            if self.reuploads.is_empty() && request.reuploads.is_empty() {
                request.push = self.push(tx, marked, &mut sent)?;
            }
        }
        request.fetch = sent.fetch.iter().copied().collect();
        self.reuploads.tell(&mut sent);
        sent.reconciled = self.reconciled;
        self.sent = Some((sent, request.reconcile.clone()));
        Ok(request)
    }

    /// Takes the answer to the last request; with the transaction, everything of it is stored.
    ///
    /// After an error the session must be dropped: a new one begins from what is stored.
    pub fn on_response(
        &mut self,
        tx: &Transaction<'_>,
        client: &Client,
        response: &SyncResponse,
    ) -> Result<(Step, ChangeSet), Error> {
        let (sent, asked) = self.sent.take().unwrap_or_default();
        // Before `receive`, which moves it.
        let cursor_before = meta::get(tx, &CURSOR)?;
        let mut received = receive(tx, client.store(), client.env(), &sent, response)?;
        if received.renew_actor {
            client.renew_actor();
        }
        self.backoff.succeeded();
        self.pace.answered(response.more || sent.is_full);
        self.wake_at = None;
        self.more = response.more;
        let moved = received.counts != Counts::default()
            || cursor_before != response.cursor && response.cursor.is_some()
            || !sent.reuploads.is_empty()
            || asked.is_some() && response.reconcile.is_some()
            || received.rows_judged;
        if response.status == SyncStatus::Ok
            && !sent.rows.is_empty()
            && !response.more
            && !received.rows_judged
        {
            self.unheard = self.unheard.saturating_add(1);
        }
        self.idle = if moved { 0 } else { self.idle.saturating_add(1) };
        // A part that is kept has no verdicts: they come with the last one.
        let is_kept = response.verdicts.first().is_some_and(|group| group.verdicts.is_empty());
        self.note(&sent, &received, is_kept);
        if response.status != SyncStatus::Ok {
            (self.reconciliation, self.reconciled) = (None, false);
            self.reuploads.follow_another_log();
        } else if let (Some(asked), Some(answer)) = (&asked, &response.reconcile) {
            let terms = terms(tx)?;
            if let Some(differences) = self.compare(asked, answer, &terms) {
                self.plan(tx, client, differences, &mut received)?;
            }
        }
        let mut changes = received.changes;
        // What is still to be fetched is known in memory only: a kill would leave it missing, and nobody told.
        let is_compared = self.reconciled && self.reuploads.is_empty() && self.fetch.is_empty();
        if self.reuploads.leaves_some() {
            // Stored: which documents they are, a later session can only find by another reconciliation.
            if !meta::get(tx, &RECONCILE)?.unwrap_or_default() {
                meta::set(tx, &RECONCILE, &true)?;
            }
        } else if is_compared {
            // Only now: a session that ends before begins with another reconciliation.
            meta::remove(tx, &RECONCILE)?;
            self.reconciled = false;
        }
        let reconciling =
            self.reconciliation.is_some() || !is_compared && meta::get(tx, &RECONCILE)?.unwrap_or_default();
        let is_settled = self.fetch.is_empty() && self.reuploads.is_empty() && !self.reuploads.leaves_some();
        // What is still to be fetched or re-uploaded explains a difference; comparing finds just that.
        if received.differs && !reconciling && is_settled {
            tracing::warn!("device and server do not hold the same: reconciling them");
            // Stored, so that a session that ends here is followed by one that compares.
            meta::set(tx, &RECONCILE, &true)?;
        }
        if !sent.groups.is_empty() {
            changes.list(List::Outbox);
        }
        self.resting = self.is_done(tx)?;
        let (counts, progress, server_now) = (received.counts, response.progress, response.now);
        Ok((Step { counts, progress, reconciling, resting: self.resting, server_now }, changes))
    }

    /// There is no answer: says when to try again. What was sent counts as unsent; sending it again
    /// does no harm (R05).
    pub fn on_failure(&mut self, env: &dyn Env, asked: Option<Duration>) -> Timestamp {
        self.unanswered();
        let wait = i64::try_from(self.backoff.failed(env, asked).as_millis()).unwrap_or(i64::MAX);
        let wake_at = Timestamp::from_millis(env.now().millis().saturating_add(wait));
        self.wake_at = Some(wake_at);
        wake_at
    }

    /// The answer is not waited for any longer.
    pub fn on_pause(&mut self) {
        if self.sent.is_some() {
            self.pace.slow_down();
        }
        self.unanswered();
    }

    /// The next requests carry and ask for half as much.
    pub fn slow_down(&mut self) {
        self.pace.slow_down();
    }

    /// Requests carry and ask for no more than this.
    pub fn set_budget(&mut self, bytes: Option<u32>) {
        self.pace.set_most(bytes);
    }

    /// The last request was too large: the next one carries less, and in the end leaves out what is too large by
    /// itself. False if there is nothing to leave out.
    pub fn on_too_large(&mut self) -> bool {
        let Some((sent, _)) = self.sent.take() else { return false };
        let documents: BTreeSet<_> = sent.reuploads.iter().map(|(document, _)| *document).collect();
        if self.pace.slow_down() {
            self.reuploads.again(documents);
            return true;
        }
        documents.iter().for_each(|document| self.reuploads.leave_alone(*document));
        for (document, _) in &sent.groups {
            tracing::warn!(document.id = %document, "an unsent edit is too large for the way to the server: it waits");
            self.unsendable.insert(*document);
        }
        if !sent.rows.is_empty() {
            self.unheard = MOST_UNHEARD;
        }
        !(documents.is_empty() && sent.groups.is_empty() && sent.rows.is_empty())
    }

    /// When the next request may be made, after a failure.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.wake_at
    }

    /// There is a reason to exchange: an edit, a poke, a user who asks.
    pub fn poke(&mut self) {
        self.resting = false;
        // These limits end one sync. They are no reason to leave a document alone for ever.
        self.idle = 0;
        self.reconciliations = 0;
        self.attempts.clear();
        self.unheard = 0;
        if self.reuploads.begin_sync() {
            self.reconciled = false;
        }
    }

    /// The session after an answer that could not be stored: only its waits are remembered.
    pub fn begin_anew(self) -> Self {
        // The waits stay: a phone that cannot store an answer must not ask for it again at once.
        Self { backoff: self.backoff, pace: self.pace, ..Self::default() }
    }

    /// Whether re-uploads of tombstones or settings rows are pending.
    fn has_pending_rows(&self, tx: &Transaction<'_>) -> Result<bool, Error> {
        Ok(self.unheard < MOST_UNHEARD && reupload::is_pending(tx)?)
    }

    fn may_reconcile(&self) -> bool {
        self.reconciliations < MOST_RECONCILIATIONS && self.reuploads.is_empty()
    }

    fn is_to_reconcile(&self, tx: &Transaction<'_>) -> Result<bool, Error> {
        Ok(self.may_reconcile() && !self.reconciled && meta::get(tx, &RECONCILE)?.unwrap_or_default())
    }

    /// Nobody answered the last request: what it carried is as good as never sent.
    fn unanswered(&mut self) {
        if let Some((sent, _)) = self.sent.take() {
            self.reuploads.again(sent.reuploads.into_iter().map(|(document, _)| document));
        }
    }

    /// Notes what an answer asks for next; `is_kept`: it keeps a part of a document, and has no verdicts on it.
    fn note(&mut self, sent: &Sent, received: &Received, is_kept: bool) {
        for document in &received.fetched {
            self.fetch.remove(document);
        }
        // What did not fit into this answer is in a later one; what none brings is not there.
        if sent.fetch.is_disjoint(&received.fetched) {
            // What was not judged could not be taken: that says nothing about the next time.
            for document in sent.fetch.difference(&received.reupload_again) {
                let attempts = self.attempts.entry(*document).or_default();
                *attempts = attempts.saturating_add(1);
            }
        }
        self.fetch.extend(&received.fetch);
        let attempts = &self.attempts;
        self.fetch.retain(|document| attempts.get(document).is_none_or(|tried| *tried < MOST_ATTEMPTS));
        self.reuploads.note(sent, received, is_kept);
        // Only once they are re-uploaded may they be fetched.
        self.fetch.retain(|document| !self.reuploads.is_left_alone(*document));
        self.awaiting_entry.extend(&received.awaiting_entry);
        if !self.more {
            self.awaiting_entry.clear();
        }
    }

    /// Takes a step's answer; after the last one, tells where device and server differ.
    fn compare(&mut self, asked: &Reconcile, answer: &ReconcileAnswer, terms: &Terms) -> Option<Differences> {
        let mut plan = self.reconciliation.take()?;
        plan.answer(asked, answer, terms);
        if plan.step(terms).is_none() {
            return Some(plan.differences());
        }
        self.reconciliation = Some(plan);
        None
    }

    /// Plans what is to be re-uploaded and fetched after a reconciliation.
    fn plan(
        &mut self,
        tx: &Transaction<'_>,
        client: &Client,
        differences: Differences,
        received: &mut Received,
    ) -> Result<(), Error> {
        let Differences { reupload, fetch } = differences;
        let done = self.reuploads.done().clone();
        // What was judged and still is not there is no longer visible to the user: the answer says so.
        self.fetch.extend(fetch.iter().chain(reupload.intersection(&done)));
        self.fetch.retain(|document| !self.reuploads.is_left_alone(*document));
        for id in reupload.difference(&done) {
            if documents::get(tx, *id)?.is_some_and(|base| base.receipt.is_some()) {
                self.reuploads.ask(*id);
            } else if !fetch.contains(id) {
                unacknowledge(tx, client.store(), client.env(), *id, received)?;
                self.reuploads.close(*id);
            }
        }
        self.reconciled = true;
        Ok(())
    }

    /// Re-uploads of documents that the server lacks, as many as one request may hold.
    fn reuploads(&mut self, tx: &Transaction<'_>, sent: &mut Sent) -> Result<Vec<Reupload>, Error> {
        let mut reuploads = Vec::new();
        let (mut bytes, mut changes, mut ops) = (0, 0, 0_u32);
        while let Some(id) = self.reuploads.next() {
            let base = documents::get(tx, id)?;
            if base.as_ref().is_some_and(|base| DocumentType::get(base.kind).is_none()) {
                // After an update this app may know the type; until then nobody may take the document away.
                self.reuploads.leave_alone(id);
                continue;
            }
            let found = match base {
                Some(base) => reupload_of(tx, id, &base)?,
                None => None,
            };
            let Some((reupload, hashes, document_ops)) = found else {
                self.reuploads.close(id);
                continue;
            };
            let size = reupload.changes.iter().map(|change| change.len()).sum::<usize>();
            bytes += size;
            changes += reupload.changes.len();
            ops = ops.saturating_add(document_ops);
            let is_full = bytes > self.pace.up()
                || changes > MAX_REUPLOADED_CHANGES
                || ops > MAX_REUPLOADED_OPS
                || reuploads.len() == MAX_REUPLOADS;
            sent.is_full |= is_full;
            // One always goes, however large: it is cut into parts below.
            if is_full && !reuploads.is_empty() {
                break;
            }
            let reupload = if size > self.pace.up() { self.part(reupload, sent) } else { reupload };
            if sent.next_part.is_none() {
                self.reuploads.close(id);
            }
            sent.reuploads.push((id, hashes));
            reuploads.push(reupload);
        }
        Ok(reuploads)
    }

    /// The next part of a document that does not fit into one request.
    fn part(&self, whole: Reupload, sent: &mut Sent) -> Reupload {
        let (document, total) = (whole.document, whole.changes.len());
        let begun = self.reuploads.begun(document);
        let first = if begun < total { begun } else { 0 };
        let mut left = self.pace.up();
        let fits = |change: &&ByteVec| {
            let fits = change.len() <= left;
            left = left.saturating_sub(change.len());
            fits
        };
        let rest = whole.changes.get(first..).unwrap_or_default();
        // One always fits.
        let changes = rest.get(..rest.iter().take_while(fits).count().max(1)).unwrap_or_default().to_vec();
        let end = first + changes.len();
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let part =
            (changes.len() < total).then(|| ReuploadPart { first: number(first), total: number(total) });
        let is_last = end == total;
        sent.next_part = (!is_last).then_some(NextPart { document, first: end });
        // The server judges the whole document with its last part; before that nobody reads the table.
        let authors = if is_last { whole.authors } else { AuthorTable::default() };
        Reupload { changes, authors, part, ..whole }
    }

    fn fetches(&mut self, tx: &Transaction<'_>, sent: &mut Sent) -> Result<(), Error> {
        // A document whose re-upload is still to come would be fetched as the server has it now.
        let ready = self.fetch.iter().filter(|id| !self.reuploads.awaits(**id));
        sent.fetch.extend(ready.take(MOST_FETCHED));
        for document in self.damaged(tx)? {
            if sent.fetch.len() < MOST_FETCHED {
                sent.fetch.insert(document);
            }
        }
        Ok(())
    }

    /// Damaged documents that are still to be fetched.
    fn damaged(&self, tx: &Transaction<'_>) -> Result<Vec<DocumentId>, Error> {
        let mut damaged = documents::damaged(tx, u32::MAX)?;
        damaged.retain(|id| {
            let tried = self.attempts.get(id).copied().unwrap_or_default();
            tried < MOST_ATTEMPTS && !self.reuploads.awaits(*id)
        });
        Ok(damaged)
    }

    /// Unsent changes, grouped by document, in the order of making.
    fn push(
        &self,
        tx: &Transaction<'_>,
        mut marked: Option<&mut ChangeSet>,
        sent: &mut Sent,
    ) -> Result<Vec<Pushed>, Error> {
        let mut push: Vec<Pushed> = Vec::new();
        let mut bytes = 0;
        for unsent in self.unsent(tx)? {
            let change = unsent.change.to_bytes();
            bytes += change.len();
            if bytes > self.pace.up() && !push.is_empty() {
                sent.is_full = true;
                break;
            }
            // What is marked already is not written again.
            if unsent.state != UnsentState::Sent
                && let Some(marked) = &mut marked
            {
                outbox::set_state(tx, unsent.n, UnsentState::Sent)?;
                marked.document(unsent.document);
            }
            let pushed = PushedChange::new(change, unsent.hash, unsent.origin);
            let place = Pushed::add(&mut push, unsent.document, unsent.kind, pushed);
            match sent.groups.get_mut(place) {
                Some((_, hashes)) => hashes.push(unsent.hash),
                None => sent.groups.push((unsent.document, vec![unsent.hash])),
            }
        }
        Ok(push)
    }

    /// Unsent changes that the server has not acknowledged.
    fn unsent(&self, tx: &Transaction<'_>) -> Result<Vec<Unsent>, Error> {
        // Those that await their entry are filtered out below, and must not take the places of others.
        let limit = MAX_PUSH_CHANGES.saturating_add(self.awaiting_entry.len());
        let mut page = outbox::page(tx, 0, u32::try_from(limit).unwrap_or(u32::MAX))?;
        page.retain(|unsent| !self.awaiting_entry.contains(&(unsent.document, unsent.hash)));
        // They build on what the server lacks.
        page.retain(|unsent| {
            !self.reuploads.is_left_alone(unsent.document) && !self.unsendable.contains(&unsent.document)
        });
        page.truncate(MAX_PUSH_CHANGES);
        Ok(page)
    }

    fn is_done(&self, tx: &Transaction<'_>) -> Result<bool, Error> {
        if self.idle >= MOST_IDLE {
            tracing::warn!("nothing moves any more: the rest is left to a later exchange");
            return Ok(true);
        }
        let reconciles = self.reconciliation.is_some() || self.is_to_reconcile(tx)?;
        let asks = !self.fetch.is_empty() || !self.damaged(tx)?.is_empty();
        let idle = !self.more && !reconciles && !asks && self.reuploads.is_empty();
        Ok(idle && !self.has_pending_rows(tx)? && self.unsent(tx)?.is_empty())
    }
}

/// The digest terms of all counted documents.
fn terms(tx: &Transaction<'_>) -> Result<Terms, Error> {
    Ok(documents::terms(tx)?.into_iter().collect())
}

/// A document with all its acknowledged changes, their hashes and the number of their operations; `None` without a receipt for just
/// this state, or if it cannot be read.
fn reupload_of(
    tx: &Transaction<'_>,
    id: DocumentId,
    base: &Base,
) -> Result<Option<(Reupload, Vec<ChangeHash>, u32)>, Error> {
    let Some(receipt) = base.receipt else { return Ok(None) };
    let document = match documents::load(tx, id, base) {
        Ok(document) => document,
        // A full disk or a locked file says nothing about the document: it must not count as impossible.
        Err(Error::Sqlite(error)) => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    let changes = document.changes_since(&[]);
    let ops = changes.iter().fold(0_u32, |sum, (_, change)| sum.saturating_add(change.op_count()));
    let (hashes, changes) =
        changes.into_iter().map(|(hash, change)| (hash, ByteVec::from(change.to_bytes()))).unzip();
    let authors = base.authors.clone();
    Ok(Some((
        Reupload {
            document: id,
            kind: base.kind,
            changes,
            authors,
            receipt: ByteArray::from(receipt),
            heads: document.heads(),
            part: None,
        },
        hashes,
        ops,
    )))
}
