//! The state machine: which request comes next, and what its answer asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use minicbor::bytes::{ByteArray, ByteVec};
use roadbook_domain::document::AuthorTable;
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{
    MAX_OFFERED_CHANGES, MAX_OFFERS, MAX_PUSH_CHANGES, Offer, OfferPart, Pushed, PushedChange, SyncRequest,
    SyncResponse, SyncStatus, Walk, WalkAnswer,
};
use rusqlite::Transaction;

use super::Step;
use super::pace::Pace;
use crate::backoff::Backoff;
use crate::change_set::{ChangeSet, List};
use crate::client::Client;
use crate::error::Error;
use crate::receive::{CURSOR, Counts, NextPart, Received, Sent, WALK, receive, unacknowledge};
use crate::store::documents::{self, Base};
use crate::store::outbox::{self, Unsent, UnsentState};
use crate::store::{meta, owed};
use crate::walk::{Differences, Terms, WalkPlan};

/// The most documents fetched by one request.
const MOST_FETCHED: usize = 512;
/// How often a document is asked for before the digest is left to say what is wrong.
const MOST_ATTEMPTS: u8 = 3;
/// How many walks one session makes; more would find what the first ones could not mend.
const MOST_WALKS: u8 = 3;
/// How many answers may change nothing before the session rests.
const MOST_IDLE: u8 = 4;
/// How often a session gives back what is never judged; the rest of the exchange must not wait for it.
const MOST_UNHEARD: u8 = 3;

/// What a session remembers between requests. All of it can be found again from the file.
#[derive(Debug, Default)]
pub(crate) struct State {
    resting: bool,
    backoff: Backoff,
    pace: Pace,
    wake_at: Option<Timestamp>,
    sent: Option<(Sent, Option<Walk>)>,
    walk: Option<WalkPlan>,
    walks: u8,
    /// The walk that [`WALK`] asks for is done; what it found is to be given back.
    walked: bool,
    idle: u8,
    fetch: BTreeSet<DocumentId>,
    attempts: BTreeMap<DocumentId, u8>,
    offer: BTreeSet<DocumentId>,
    /// Documents that were given back, which is done once in a conversation.
    offered: BTreeSet<DocumentId>,
    /// The next part of the document that is given back in parts.
    next_part: Option<NextPart>,
    /// Documents that are too large for this server: a later session gives them back.
    too_large: BTreeSet<DocumentId>,
    awaiting_entry: BTreeSet<(DocumentId, ChangeHash)>,
    /// The last answer told of more to come.
    more: bool,
    /// How often tombstones or settings rows were given back and not judged.
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

    /// The next request. Marks the changes it carries as sent: commit before sending it.
    pub fn next_request(&mut self, tx: &Transaction<'_>) -> Result<SyncRequest, Error> {
        let is_to_walk = self.is_to_walk(tx)?;
        if self.walk.is_none() && is_to_walk {
            self.walk = Some(WalkPlan::begin());
            self.walks += 1;
        }
        let mut sent = Sent { offered: self.offered.clone(), ..Sent::default() };
        let (cursor, budget) = (meta::get(tx, &CURSOR)?, self.pace.budget());
        let mut request = SyncRequest { cursor, budget, ..SyncRequest::default() };
        if self.owes(tx)? {
            // Before anything else, once the server has told what it has.
            if !self.more {
                sent.owed = owed::first(tx)?;
                request.tombstones = sent.owed.tombstones.clone();
                request.settings = sent.owed.settings.clone();
            }
        } else if let Some(plan) = &self.walk {
            request.walk = plan.step(&terms(tx)?);
        } else {
            request.offers = self.offers(tx, &mut sent)?;
            // Before the walk, what the server lost would be fetched as it has it now.
            if !is_to_walk {
                self.fetches(tx, &mut sent)?;
            }
            // What the server lost is given back first: unsent changes may depend on it.
            if self.offer.is_empty() && request.offers.is_empty() {
                request.push = self.push(tx, &mut sent)?;
            }
        }
        request.fetch = sent.fetch.iter().copied().collect();
        sent.to_offer = self.offer.union(&self.too_large).copied().collect();
        sent.walked = self.walked;
        self.sent = Some((sent, request.walk.clone()));
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
        let cursor_before = meta::get(tx, &CURSOR)?;
        let mut received = receive(tx, client.store(), client.env(), &sent, response)?;
        if received.renew_actor {
            client.renew_actor();
        }
        self.backoff.succeeded();
        self.pace.answered(response.more);
        self.wake_at = None;
        self.more = response.more;
        let moved = received.counts != Counts::default()
            || cursor_before != response.cursor && response.cursor.is_some()
            || !sent.offers.is_empty()
            || received.settled;
        if response.status == SyncStatus::Ok && !sent.owed.is_empty() && !response.more && !received.settled {
            self.unheard = self.unheard.saturating_add(1);
        }
        self.idle = if moved { 0 } else { self.idle.saturating_add(1) };
        // A part that is kept has no verdicts: they come with the last one.
        let is_kept = response.verdicts.first().is_some_and(|group| group.verdicts.is_empty());
        self.note_part(&sent, &received, is_kept);
        self.note(&sent, &received);
        if response.status != SyncStatus::Ok {
            (self.walk, self.walked) = (None, false);
        } else if let (Some(asked), Some(answer)) = (&asked, &response.walk) {
            let terms = terms(tx)?;
            if let Some(differences) = self.walked(asked, answer, &terms) {
                self.plan(tx, client, differences, &mut received)?;
            }
        }
        let mut changes = received.changes;
        if self.walked && self.offer.is_empty() {
            // Only now: a session that ends before begins with another walk. So does the next one after
            // this if a document was too large.
            if self.too_large.is_empty() {
                meta::remove(tx, &WALK)?;
                self.walked = false;
            }
        }
        let is_compared = self.walked && self.offer.is_empty();
        let walking = self.walk.is_some() || !is_compared && meta::get(tx, &WALK)?.unwrap_or_default();
        let is_settled = self.fetch.is_empty() && self.offer.is_empty() && self.too_large.is_empty();
        if received.differs && !walking && is_settled {
            tracing::warn!("device and server do not hold the same: comparing them");
            meta::set(tx, &WALK, &true)?;
        }
        if !sent.groups.is_empty() {
            changes.list(List::Outbox);
        }
        self.resting = self.is_done(tx)?;
        let (counts, progress, server_now) = (received.counts, response.progress, response.now);
        Ok((Step { counts, progress, walking, resting: self.resting, server_now }, changes))
    }

    /// There is no answer: says when to try again. What was sent counts as unsent; sending it again
    /// does no harm (R05).
    pub fn on_failure(&mut self, env: &dyn Env, asked: Option<Duration>) -> Timestamp {
        if let Some((sent, _)) = self.sent.take() {
            let lost = sent.offers.into_iter().map(|(document, _)| document);
            self.offer_again(lost.collect());
        }
        let wait = i64::try_from(self.backoff.failed(env, asked).as_millis()).unwrap_or(i64::MAX);
        let wake_at = Timestamp::from_millis(env.now().millis().saturating_add(wait));
        self.wake_at = Some(wake_at);
        wake_at
    }

    /// The next requests carry and ask for half as much.
    pub fn slow_down(&mut self) {
        self.pace.slow_down();
    }

    /// Requests carry and ask for no more than this.
    pub fn set_budget(&mut self, bytes: Option<u32>) {
        self.pace.set_most(bytes);
    }

    /// The last request was too large: the next one carries less, and in the end leaves out the documents
    /// that are too large by themselves. False if there is nothing to leave out.
    pub fn on_too_large(&mut self) -> bool {
        let Some((sent, _)) = self.sent.take() else { return false };
        let documents: BTreeSet<_> = sent.offers.iter().map(|(document, _)| *document).collect();
        let carries = !documents.is_empty() || !sent.groups.is_empty();
        if carries && self.pace.slow_down() {
            self.offer_again(documents);
            return true;
        }
        self.leave_alone(&documents);
        !documents.is_empty()
    }

    /// When the next request may be made, after a failure.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.wake_at
    }

    /// There is a reason to exchange: an edit, a poke, a user who asks.
    pub fn poke(&mut self) {
        self.resting = false;
        self.idle = 0;
        self.walks = 0;
        self.attempts.clear();
        self.offered.clear();
        self.unheard = 0;
    }

    /// The session after an answer that could not be stored: only its waits are remembered.
    pub fn begin_anew(self) -> Self {
        Self { backoff: self.backoff, pace: self.pace, ..Self::default() }
    }

    /// Whether tombstones or settings rows are to be given back.
    fn owes(&self, tx: &Transaction<'_>) -> Result<bool, Error> {
        Ok(self.unheard < MOST_UNHEARD && owed::any(tx)?)
    }

    fn may_walk(&self) -> bool {
        self.walks < MOST_WALKS && self.offer.is_empty()
    }

    fn is_to_walk(&self, tx: &Transaction<'_>) -> Result<bool, Error> {
        Ok(self.may_walk() && !self.walked && meta::get(tx, &WALK)?.unwrap_or_default())
    }

    /// Documents whose offers were not answered: they are as good as never offered.
    fn offer_again(&mut self, documents: BTreeSet<DocumentId>) {
        self.offered.retain(|document| !documents.contains(document));
        self.offer.extend(documents);
    }

    /// Documents that are too large for this server are given back by a later session.
    fn leave_alone(&mut self, documents: &BTreeSet<DocumentId>) {
        for document in documents {
            tracing::warn!(document.id = %document, "a document is too large to be given back to this server");
            self.offer.remove(document);
            self.offered.insert(*document);
            self.too_large.insert(*document);
        }
    }

    /// Notes what became of a part that was offered and is not the last one.
    fn note_part(&mut self, sent: &Sent, received: &Received, is_kept: bool) {
        let Some(next) = sent.next_part else {
            if !sent.offers.is_empty() {
                self.next_part = None;
            }
            return;
        };
        self.next_part = is_kept.then_some(next);
        // Any verdict but the one that it is to be sent again is one over the document.
        if !is_kept && !received.offer_again.contains(&next.document) {
            self.offer.remove(&next.document);
            self.offered.insert(next.document);
        }
    }

    fn note(&mut self, sent: &Sent, received: &Received) {
        for document in &received.fetched {
            self.fetch.remove(document);
        }
        // What did not fit into this answer is in a later one; what none brings is not there.
        if sent.fetch.is_disjoint(&received.fetched) {
            for document in &sent.fetch {
                let attempts = self.attempts.entry(*document).or_default();
                *attempts = attempts.saturating_add(1);
            }
        }
        self.fetch.extend(&received.fetch);
        let attempts = &self.attempts;
        self.fetch.retain(|document| attempts.get(document).is_none_or(|tried| *tried < MOST_ATTEMPTS));
        self.offer.extend(received.offer.difference(&self.offered));
        let mut again = received.offer_again.clone();
        again.retain(|document| {
            let attempts = self.attempts.entry(*document).or_default();
            *attempts = attempts.saturating_add(1);
            if *attempts > MOST_ATTEMPTS {
                self.offer.remove(document);
                self.offered.insert(*document);
            }
            *attempts <= MOST_ATTEMPTS
        });
        self.offer_again(again);
        self.leave_alone(&received.too_large);
        // Only once they are given back may they be fetched.
        self.fetch.retain(|document| !self.too_large.contains(document));
        self.awaiting_entry.extend(&received.awaiting_entry);
        if !self.more {
            self.awaiting_entry.clear();
        }
    }

    /// Takes a step's answer; after the last one, tells where device and server differ.
    fn walked(&mut self, asked: &Walk, answer: &WalkAnswer, terms: &Terms) -> Option<Differences> {
        let mut plan = self.walk.take()?;
        plan.answer(asked, answer, terms);
        if plan.step(terms).is_none() {
            return Some(plan.differences());
        }
        self.walk = Some(plan);
        None
    }

    /// Plans what is to be offered and fetched after a walk.
    fn plan(
        &mut self,
        tx: &Transaction<'_>,
        client: &Client,
        differences: Differences,
        received: &mut Received,
    ) -> Result<(), Error> {
        let Differences { offer, fetch } = differences;
        self.fetch.extend(&fetch);
        // What was given back and still is not there has left the user's sight: the answer says so.
        self.fetch.extend(offer.intersection(&self.offered));
        let again = self.offered.clone();
        for id in offer.difference(&again) {
            if documents::get(tx, *id)?.is_some_and(|base| base.receipt.is_some()) {
                self.offer.insert(*id);
            } else if !fetch.contains(id) {
                unacknowledge(tx, client.store(), client.env(), *id, received)?;
                self.offered.insert(*id);
            }
        }
        self.walked = true;
        Ok(())
    }

    /// Offers of documents that the server lacks, as many as one request may hold.
    fn offers(&mut self, tx: &Transaction<'_>, sent: &mut Sent) -> Result<Vec<Offer>, Error> {
        let mut offers = Vec::new();
        let (mut bytes, mut changes) = (0, 0);
        while let Some(id) = self.next_offer() {
            let offer = match documents::get(tx, id)? {
                Some(base) => offer(tx, id, &base)?,
                None => None,
            };
            let Some((offer, hashes)) = offer else {
                self.offer.remove(&id);
                self.offered.insert(id);
                continue;
            };
            let size = offer.changes.iter().map(|change| change.len()).sum::<usize>();
            bytes += size;
            changes += offer.changes.len();
            let is_full =
                bytes > self.pace.up() || changes > MAX_OFFERED_CHANGES || offers.len() == MAX_OFFERS;
            if is_full && !offers.is_empty() {
                break;
            }
            let offer = if size > self.pace.up() { self.part(offer, sent) } else { offer };
            if sent.next_part.is_none() {
                self.offer.remove(&id);
                self.offered.insert(id);
            }
            sent.offers.push((id, hashes));
            offers.push(offer);
        }
        Ok(offers)
    }

    /// Which document is to be offered next: one that was begun is ended first.
    fn next_offer(&self) -> Option<DocumentId> {
        let begun = self.next_part.map(|next| next.document).filter(|id| self.offer.contains(id));
        begun.or_else(|| self.offer.first().copied())
    }

    /// The next part of a document that does not fit into one request.
    fn part(&self, whole: Offer, sent: &mut Sent) -> Offer {
        let (document, total) = (whole.document, whole.changes.len());
        let begun = self.next_part.filter(|next| next.document == document && next.first < total);
        let first = begun.map_or(0, |next| next.first);
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
        let part = (changes.len() < total).then(|| OfferPart { first: number(first), total: number(total) });
        let is_last = end == total;
        sent.next_part = (!is_last).then_some(NextPart { document, first: end });
        let authors = if is_last { whole.authors } else { AuthorTable::default() };
        Offer { changes, authors, part, ..whole }
    }

    fn fetches(&mut self, tx: &Transaction<'_>, sent: &mut Sent) -> Result<(), Error> {
        // A document whose offer is still to come would be fetched as the server has it now.
        let ready = self.fetch.iter().filter(|id| !self.offer.contains(id) && !self.too_large.contains(id));
        sent.fetch.extend(ready.take(MOST_FETCHED));
        for document in documents::damaged(tx, u32::try_from(MOST_FETCHED).unwrap_or(u32::MAX))? {
            let tried = self.attempts.get(&document).copied().unwrap_or_default();
            if sent.fetch.len() < MOST_FETCHED && tried < MOST_ATTEMPTS {
                sent.fetch.insert(document);
            }
        }
        Ok(())
    }

    /// Unsent changes, grouped by document, in the order of making.
    fn push(&self, tx: &Transaction<'_>, sent: &mut Sent) -> Result<Vec<Pushed>, Error> {
        let mut push: Vec<Pushed> = Vec::new();
        let mut bytes = 0;
        for unsent in self.unsent(tx)? {
            let change = unsent.change.to_bytes();
            bytes += change.len();
            if bytes > self.pace.up() && !push.is_empty() {
                break;
            }
            if unsent.state != UnsentState::Sent {
                outbox::set_state(tx, unsent.n, UnsentState::Sent)?;
            }
            let pushed = PushedChange { change, check: check(unsent.hash), origin: unsent.origin };
            let place = push.iter().position(|group| group.document == unsent.document);
            match (
                place.and_then(|place| push.get_mut(place)),
                place.and_then(|place| sent.groups.get_mut(place)),
            ) {
                (Some(group), Some((_, hashes))) => {
                    group.changes.push(pushed);
                    hashes.push(unsent.hash);
                }
                _ => {
                    let (document, kind) = (unsent.document, unsent.kind);
                    push.push(Pushed { document, kind, changes: vec![pushed] });
                    sent.groups.push((document, vec![unsent.hash]));
                }
            }
        }
        Ok(push)
    }

    /// Unsent changes that the server has not said it has.
    fn unsent(&self, tx: &Transaction<'_>) -> Result<Vec<Unsent>, Error> {
        let limit = MAX_PUSH_CHANGES.saturating_add(self.awaiting_entry.len());
        let mut page = outbox::page(tx, 0, u32::try_from(limit).unwrap_or(u32::MAX))?;
        page.retain(|unsent| !self.awaiting_entry.contains(&(unsent.document, unsent.hash)));
        // They build on what the server lacks.
        page.retain(|unsent| !self.too_large.contains(&unsent.document));
        page.truncate(MAX_PUSH_CHANGES);
        Ok(page)
    }

    fn is_done(&self, tx: &Transaction<'_>) -> Result<bool, Error> {
        if self.idle >= MOST_IDLE {
            tracing::warn!("nothing moves any more: the rest is left to a later exchange");
            return Ok(true);
        }
        let walks = self.walk.is_some() || self.is_to_walk(tx)?;
        let damaged = documents::damaged(tx, u32::MAX)?;
        let asks = damaged
            .iter()
            .any(|document| self.attempts.get(document).is_none_or(|tried| *tried < MOST_ATTEMPTS));
        let idle = !self.more && !walks && !asks && self.fetch.is_empty() && self.offer.is_empty();
        Ok(idle && !self.owes(tx)? && self.unsent(tx)?.is_empty())
    }
}

/// The digest terms of all counted documents.
fn terms(tx: &Transaction<'_>) -> Result<Terms, Error> {
    Ok(documents::terms(tx)?.into_iter().collect())
}

/// A document with all its acknowledged changes and their hashes; `None` without a receipt for just
/// this state, or if it cannot be read.
fn offer(
    tx: &Transaction<'_>,
    id: DocumentId,
    base: &Base,
) -> Result<Option<(Offer, Vec<ChangeHash>)>, Error> {
    let Some(receipt) = base.receipt else { return Ok(None) };
    let document = match documents::load(tx, id, base) {
        Ok(document) => document,
        Err(Error::Sqlite(error)) => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    let (hashes, changes) = document
        .changes_since(&[])
        .into_iter()
        .map(|(hash, change)| (hash, ByteVec::from(change.to_bytes())))
        .unzip();
    let authors = base.authors.clone();
    Ok(Some((
        Offer {
            document: id,
            kind: base.kind,
            changes,
            authors,
            receipt: ByteArray::from(receipt),
            part: None,
        },
        hashes,
    )))
}

/// The first bytes of a hash.
fn check(hash: ChangeHash) -> roadbook_domain::document::canonical::Check {
    ByteArray::from(std::array::from_fn(|i| hash.0.get(i).copied().unwrap_or_default()))
}
