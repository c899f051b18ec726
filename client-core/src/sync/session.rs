//! The phone's half of the protocol as a state machine: which request comes next, what an answer
//! does, when to try again.
//!
//! It does no network I/O, knows no clock but the client's [`Env`](roadbook_domain::value::env::Env), and
//! spawns nothing: its caller carries the frames. What it remembers between requests can all be
//! found again, so after a kill a new session begins from the file alone.

mod pace;
mod reuploads;
mod state;

use std::time::Duration;

use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{FrameError, Progress, SyncRequest, SyncResponse, from_frame, to_frame};
use rusqlite::Transaction;

use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::remote::tokens::note_server_clock;
use crate::remote::transport::MAX_ANSWER;
use crate::store::lease::Lease;
use crate::store::outbox::{self, UnsentState};
use crate::sync::receive::Counts;
use state::State;

/// For so many milliseconds after subscribers were told of an answer, they are not told of others while more are to
/// come: a first sync has a hundred of them, and an app would read its screens anew after each.
const QUIET: u64 = 1_000;

/// One device's conversation with its server.
#[derive(Debug)]
pub struct SyncSession {
    client: Client,
    state: State,
    lease: Lease,
    /// What answers changed that subscribers were not told of, and when they were told last.
    untold: ChangeSet,
    told_at: Option<Timestamp>,
    /// The last request went out from a full disk: there was no room to note that this process exchanges.
    unnoted: bool,
}

/// What an answer did, for a display of progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// How much was done.
    pub counts: Counts,
    /// How far a first sync has come.
    pub progress: Option<Progress>,
    /// The server had lost a part of its log, or this device was away for very long: they are being
    /// compared.
    pub reconciling: bool,
    /// Nothing is left to exchange.
    pub resting: bool,
    /// The server's clock (T10).
    pub server_now: Timestamp,
}

/// Why a session cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// Another process of this device is exchanging with the server, or the user signed out: nothing of
    /// an answer is stored.
    #[error("another process of this device is exchanging with the server")]
    Elsewhere,
    /// The server's answer cannot be read.
    #[error("the server's answer cannot be read: {0}")]
    Malformed(#[from] FrameError),
    /// This device's own trouble.
    #[error(transparent)]
    Local(#[from] ApiError),
}

impl SessionError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Elsewhere => "elsewhere",
            Self::Malformed(_) => "malformed",
            Self::Local(error) => error.code(),
        }
    }
}

impl SyncSession {
    /// A session at its beginning: its first request asks for news and carries what is unsent.
    pub fn new(client: &Client) -> Self {
        Self {
            client: client.clone(),
            state: State::default(),
            lease: Lease::new(client.env()),
            untold: ChangeSet::default(),
            told_at: None,
            unnoted: false,
        }
    }

    /// The frame of the next request; `None` while there is nothing to exchange, or while
    /// [`Self::wake_at`] is still to come.
    ///
    /// # Errors
    /// [`SessionError::Elsewhere`] while another process of this device holds the session.
    pub fn next_request(&mut self) -> Result<Option<Vec<u8>>, SessionError> {
        let now = self.client.env().now();
        self.unnoted = false;
        let made = match self.try_request(now, true) {
            // What could not be read is set aside by now.
            Err(error) if error.is_unreadable() => self.try_request(now, true),
            // Sending needs no room, and what the server takes makes some. Then nothing is noted: what is lost
            // with that is only work done twice.
            Err(error) if error.is_full() => {
                self.unnoted = true;
                self.try_request(now, false)
            }
            made => made,
        };
        // No answer will tell of it.
        if !matches!(made, Ok(Ok(Some(_)))) {
            self.tell();
        }
        let made = made.map_err(|error| SessionError::Local(error.into()))?;
        Ok(made?.map(|(request, changes)| {
            self.client.notify(&changes);
            to_frame(&request)
        }))
    }

    fn try_request(
        &mut self,
        now: Timestamp,
        notes: bool,
    ) -> Result<Result<Option<(SyncRequest, ChangeSet)>, SessionError>, Error> {
        let (client, state, lease) = (&self.client, &mut self.state, self.lease);
        // One transaction: no other process can take the lease or push between the look at it and the marks.
        let made = client.store().write(|tx| {
            // Before the lease: a session that has nothing to do must not take it from another process.
            if !state.is_due(now) {
                return Ok(Ok(None));
            }
            if notes && !lease.take(tx, now)? {
                return Ok(Err(SessionError::Elsewhere));
            }
            let mut changes = if notes { state.receive_kept(tx, client)? } else { ChangeSet::default() };
            let request = state.next_request(tx, notes.then_some(&mut changes))?;
            Ok(Ok(Some((request, changes))))
        });
        if made.is_err() {
            // The marks in the file were rolled back, those in memory were not.
            self.begin_anew();
        }
        made
    }

    /// Takes the frame that answers the last request. When this returns, all of it is stored, and subscribers are told.
    /// Of what comes within a second after that, while more is to come, they are told with the next answer, or when this
    /// one is renewed, given up or failed.
    ///
    /// # Errors
    /// Nothing of the answer was stored; the session begins anew from what is.
    /// [`SessionError::Elsewhere`] if meanwhile another process took over, or the user signed out: the
    /// file may be another user's by now.
    pub fn on_response(&mut self, frame: &[u8]) -> Result<Step, SessionError> {
        let response: SyncResponse = from_frame(frame, MAX_ANSWER)?;
        let (client, state, lease, unnoted) = (&self.client, &mut self.state, self.lease, self.unnoted);
        let stored = client.store().write(|tx| {
            let is_mine = if unnoted { lease.take(tx, client.env().now())? } else { lease.is_held(tx)? };
            if !is_mine {
                return Ok(None);
            }
            let (step, changes) = state.on_response(tx, client, &response)?;
            note_server_clock(tx, client.env().now(), response.now)?;
            let mut changes = changes;
            if step.resting {
                lease.give_up(tx)?;
                // Of what was sent some may not have been reached.
                let unmarked = outbox::unmark(tx, UnsentState::Sent)?;
                unmarked.into_iter().for_each(|document| changes.document(document));
            }
            Ok(Some((step, changes)))
        });
        match stored {
            Ok(Some((step, changes))) => {
                // After the commit: SQLite cannot empty its log inside a transaction.
                client.clear_log();
                self.note(changes, step.resting);
                Ok(step)
            }
            Ok(None) => {
                self.begin_anew();
                Err(SessionError::Elsewhere)
            }
            Err(error) => {
                self.begin_anew();
                Err(SessionError::Local(error.into()))
            }
        }
    }

    /// There is no answer, or none that can be used: says when to try again. What was sent counts as
    /// unsent; sending it again does no harm (R05). `asked`: what the server asked for.
    pub fn on_failure(&mut self, asked: Option<Duration>) -> Timestamp {
        self.give_up();
        self.state.on_failure(self.client.env(), asked)
    }

    /// The line was too slow for the last request or its answer: as [`Self::on_failure`], and the next
    /// requests carry and ask for half as much, until answers come again.
    pub fn on_time_out(&mut self) -> Timestamp {
        self.state.slow_down();
        self.on_failure(None)
    }

    /// The answer to the last request is not waited for any longer, as when the system ends an app's time. What was
    /// sent counts as unsent, other processes may exchange, and if a request was on its way the next ones carry and
    /// ask for half as much: they may have to fit into the same time.
    pub fn on_pause(&mut self) {
        self.give_up();
        self.state.on_pause();
    }

    /// The last request was larger than the server, or a proxy before it, takes. Says whether the next
    /// one is another: with less in it, or without the document that is too large. Such a document is
    /// left alone until a later session and counts as not re-uploaded; everything else goes on.
    pub fn on_too_large(&mut self) -> bool {
        if let Err(error) = self.unmark(|_| Ok(())) {
            tracing::debug!(%error, "what was not sent stays marked until the app is started again");
        }
        self.state.on_too_large()
    }

    /// Asks for pages of at most this many bytes from now on, and sends half as many at a time: for a
    /// slow line, or an app that may only run for seconds. `None`: as much as the server likes. Both are
    /// bounded: 4 KiB to 1 MiB.
    pub fn set_budget(&mut self, bytes: Option<u32>) {
        self.state.set_budget(bytes);
    }

    /// Lets another process exchange: the answer to the last request is not waited for, and what it carried is only
    /// here as far as anybody knows. If this fails the lease runs out by itself.
    pub fn give_up(&mut self) {
        self.tell();
        let lease = self.lease;
        match self.unmark(|tx| lease.give_up(tx)) {
            // The marks may need room that the lease does not.
            Err(error) if error.is_full() => {
                if let Err(error) = self.client.store().write(|tx| lease.give_up(tx)) {
                    tracing::debug!(%error, "the lease is left to run out");
                }
            }
            Err(error) => tracing::debug!(%error, "the lease is left to run out"),
            Ok(()) => {}
        }
    }

    /// What was sent and has no answer is only here again; `and` is done with it.
    fn unmark(&self, and: impl FnOnce(&Transaction<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let unmarked = self.client.store().write(|tx| {
            // What another process has sent since is its own.
            if !self.lease.is_held(tx)? {
                return Ok(Vec::new());
            }
            and(tx)?;
            outbox::unmark(tx, UnsentState::Sent)
        })?;
        let mut changes = ChangeSet::default();
        unmarked.into_iter().for_each(|document| changes.document(document));
        self.client.notify(&changes);
        Ok(())
    }

    /// The answer is still waited for: other processes are to leave it to this one. Call it every
    /// [`RENEWAL`](crate::RENEWAL) at least.
    pub fn renew(&mut self) {
        self.tell();
        let (lease, now) = (self.lease, self.client.env().now());
        let renewed = self.client.store().write(|tx| {
            // Once lost it stays lost: the answer will not be stored.
            if lease.is_held(tx)? { lease.take(tx, now) } else { Ok(false) }
        });
        if let Err(error) = renewed {
            tracing::debug!(%error, "the lease is left to run out");
        }
    }

    /// When the next request may be made, after a failure.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.state.wake_at()
    }

    /// There is a reason to exchange: an edit, a poke of the server, a user who asks.
    pub fn poke(&mut self) {
        // Of a sync that was dropped.
        self.tell();
        self.state.poke();
    }

    /// The handle this session stores with.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Answers that follow each other at once are told of together.
    fn note(&mut self, changes: ChangeSet, is_last: bool) {
        self.untold.merge(changes);
        let now = self.client.env().now();
        // The clock may have been set back.
        let is_quiet = self.told_at.is_some_and(|at| now.millis().abs_diff(at.millis()) < QUIET);
        if is_last || !is_quiet {
            self.tell();
        }
    }

    fn tell(&mut self) {
        if !self.untold.is_empty() {
            self.told_at = Some(self.client.env().now());
            self.client.notify(&std::mem::take(&mut self.untold));
        }
    }

    fn begin_anew(&mut self) {
        self.tell();
        self.state = std::mem::take(&mut self.state).begin_anew();
    }
}

impl Drop for SyncSession {
    fn drop(&mut self) {
        // A cancelled sync drops its session. Other processes need not wait until the lease runs out.
        if !self.state.is_resting() {
            self.give_up();
        }
    }
}
