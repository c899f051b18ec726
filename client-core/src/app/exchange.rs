//! The exchange as an app drives it: one at a time, within a budget or as long as the app is in front, ended by the
//! app's own word.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::future::{Either, select};
use roadbook_domain::value::env::random;
use tokio::sync::{Mutex, Notify, watch};

use crate::change_set::List;
use crate::client::Client;
use crate::error::ApiError;
use crate::remote::error::SyncError;
use crate::remote::http::HttpTransport;
use crate::remote::live::Live;
use crate::remote::timer::sleep;
use crate::remote::tokens::access_token;
use crate::remote::transport::Transport;
use crate::sync::syncer::{SyncReport, Syncer};

/// The shortest and the longest time before a live channel that ended is opened again.
const REOPEN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// What a sync came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct Synced {
    /// How far it got. What it exchanged stays, and the next sync goes on from there.
    pub report: SyncReport,
    /// Why it ended.
    pub end: SyncEnd,
}

/// Why a sync ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify), serde(rename_all = "camelCase"))]
pub enum SyncEnd {
    /// Nothing was left to exchange.
    Done,
    /// The budget was used up: there is more.
    Budget,
    /// The app paused.
    Paused,
    /// The app cancelled it.
    Cancelled,
}

/// How much a sync in the background may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(default, rename_all = "camelCase"), tsify(missing_as_null))]
pub struct Budget {
    /// How many seconds.
    #[cfg_attr(feature = "uniffi", uniffi(default = 20))]
    pub seconds: u32,
    /// How many bytes of bodies, up and down together; no less than 64 KiB.
    #[cfg_attr(feature = "uniffi", uniffi(default = 1_000_000))]
    pub bytes: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { seconds: 20, bytes: 1_000_000 }
    }
}

/// Ends a long call from anywhere, also before it has begun.
#[derive(Debug)]
pub struct Cancel {
    cancelled: watch::Sender<bool>,
}

impl Default for Cancel {
    fn default() -> Self {
        Self { cancelled: watch::Sender::new(false) }
    }
}

impl Cancel {
    /// Ends the calls that it was given to, and those that it will be.
    pub fn cancel(&self) {
        self.cancelled.send_replace(true);
    }

    async fn cancelled(&self) {
        until(&self.cancelled).await;
    }

    /// What a call comes to, unless it is cancelled first: then it ends where it waits.
    ///
    /// # Errors
    /// [`SyncError::Cancelled`]; those of the call.
    pub async fn or_done<T>(&self, call: impl Future<Output = Result<T, SyncError>>) -> Result<T, SyncError> {
        // First of the two: a call that was cancelled before sends nothing.
        match select(pin!(self.cancelled()), pin!(call)).await {
            Either::Left(_) => Err(SyncError::Cancelled),
            Either::Right((done, _)) => done,
        }
    }
}

/// Drives the exchanges of one handle.
#[derive(Debug)]
pub struct Exchange {
    client: Client,
    syncer: Mutex<Syncer>,
    paused: watch::Sender<bool>,
}

impl Exchange {
    /// For this handle.
    pub fn new(client: &Client) -> Self {
        let syncer = Mutex::new(Syncer::new(client));
        Self { client: client.clone(), syncer, paused: watch::Sender::new(false) }
    }

    /// Exchanges until nothing is left to exchange, or within a budget. A second one waits for the first. Editing
    /// goes on meanwhile.
    ///
    /// # Errors
    /// See [`SyncError`]; what was exchanged before stays.
    pub async fn sync(
        &self,
        transport: &impl Transport,
        budget: Option<Budget>,
        cancel: Option<&Cancel>,
        watch: &mut (dyn FnMut(&SyncReport) + Send),
    ) -> Result<Synced, SyncError> {
        let mut report = SyncReport::default();
        let ended = {
            let work = async {
                let mut syncer = self.syncer.lock().await;
                let mut told = |now: &SyncReport| {
                    report = *now;
                    watch(now);
                };
                let done = syncer.sync_within(transport, budget.map(|budget| budget.bytes), &mut told).await;
                done.map(|(_, is_all)| is_all)
            };
            match select(pin!(self.stopped(budget, cancel)), pin!(work)).await {
                Either::Left((end, _)) => Err(end),
                Either::Right((done, _)) => Ok(unless_paused(done)?),
            }
        };
        match ended {
            Ok(Some(is_all)) => {
                Ok(Synced { report, end: if is_all { SyncEnd::Done } else { SyncEnd::Budget } })
            }
            // The file was closed between two steps.
            Ok(None) => Ok(Synced { report, end: SyncEnd::Paused }),
            Err(end) => {
                // Another process may exchange now. The syncer stays: it knows how slow the line is.
                self.syncer.lock().await.pause();
                Ok(Synced { report, end })
            }
        }
    }

    /// Syncs at once, whenever the server has news and whenever the user edits, until it is cancelled or paused.
    /// Where the network is gone it comes back by itself.
    ///
    /// # Errors
    /// Those that waiting does not help with: [`SyncError::SignInNeeded`], [`SyncError::AccessEnded`],
    /// [`SyncError::Refused`], [`SyncError::Local`].
    pub async fn live(
        &self,
        transport: &HttpTransport,
        cancel: Option<&Cancel>,
        watch: &mut (dyn FnMut(&SyncReport) + Send),
    ) -> Result<SyncEnd, SyncError> {
        let edits = unless_paused(Edits::watch(&self.client).map_err(SyncError::from))?;
        let Some(edits) = edits else { return Ok(SyncEnd::Paused) };
        let mut wait = REOPEN.0;
        loop {
            if let Some(end) = self.sync_patiently(transport, cancel, watch).await? {
                return Ok(end);
            }
            edits.note_sent();
            let opening = async {
                let token = access_token(&self.client, transport).await.ok()?;
                Live::open(transport, &token).await.ok()
            };
            let opened = match select(pin!(self.stopped(None, cancel)), pin!(opening)).await {
                Either::Left((end, _)) => return Ok(end),
                Either::Right((opened, _)) => opened,
            };
            if let Some(mut channel) = opened {
                wait = REOPEN.0;
                loop {
                    let (news, edit) = (pin!(channel.next()), pin!(edits.made()));
                    match select(pin!(self.stopped(None, cancel)), select(news, edit)).await {
                        Either::Left((end, _)) => return Ok(end),
                        // The channel is closed.
                        Either::Right((Either::Left((None, _)), _)) => break,
                        Either::Right(_) => {}
                    }
                    if let Some(end) = self.sync_patiently(transport, cancel, watch).await? {
                        return Ok(end);
                    }
                    edits.note_sent();
                }
            }
            // Spread, so that all phones do not come back at once after an outage.
            let [spread] = random::<1>(self.client.env());
            let wait_now = wait.mul_f64(0.5 + f64::from(spread) / 255.0);
            wait = (wait * 2).min(REOPEN.1);
            if let Some(end) = self.wait(wait_now, cancel).await {
                return Ok(end);
            }
        }
    }

    /// Ends the exchange that runs, if one does, and lets none begin.
    pub async fn pause(&self) {
        self.paused.send_replace(true);
        // Whoever has it gives it back at its next wait for the network. Here and not by them: the file may be closed
        // by the time they come to it.
        self.syncer.lock().await.pause();
    }

    /// Lets exchanges begin again. How long to wait after failures is still known.
    pub fn resume(&self) {
        self.paused.send_replace(false);
    }

    /// A sync that waits out what waiting helps with; `None` once it is done.
    async fn sync_patiently(
        &self,
        transport: &HttpTransport,
        cancel: Option<&Cancel>,
        watch: &mut (dyn FnMut(&SyncReport) + Send),
    ) -> Result<Option<SyncEnd>, SyncError> {
        loop {
            let error = match self.sync(transport, None, cancel, watch).await {
                Ok(Synced { end: SyncEnd::Done, .. }) => return Ok(None),
                Ok(Synced { end, .. }) => return Ok(Some(end)),
                // Another process exchanges: its news will be here, too.
                Err(SyncError::Elsewhere) => SyncError::Elsewhere,
                Err(error) if error.is_of_network() => error,
                Err(error) => return Err(error),
            };
            let now = self.client.env().now();
            let asked =
                error.retry_at().map(|at| at.millis().saturating_sub(now.millis()).max(0).unsigned_abs());
            let wait = asked.map_or(REOPEN.1 / 2, Duration::from_millis);
            if let Some(end) = self.wait(wait, cancel).await {
                return Ok(Some(end));
            }
        }
    }

    /// Waits; `None` if nothing ended it.
    async fn wait(&self, time: Duration, cancel: Option<&Cancel>) -> Option<SyncEnd> {
        match select(pin!(self.stopped(None, cancel)), pin!(sleep(time))).await {
            Either::Left((end, _)) => Some(end),
            Either::Right(_) => None,
        }
    }

    /// Ends when the app says so, or the time is up.
    async fn stopped(&self, budget: Option<Budget>, cancel: Option<&Cancel>) -> SyncEnd {
        let cancelled = pin!(or_never(cancel.map(Cancel::cancelled)));
        let time_up = pin!(or_never(budget.map(|budget| sleep(Duration::from_secs(budget.seconds.into())))));
        match select(pin!(until(&self.paused)), select(cancelled, time_up)).await {
            Either::Left(_) => SyncEnd::Paused,
            Either::Right((Either::Left(_), _)) => SyncEnd::Cancelled,
            Either::Right((Either::Right(_), _)) => SyncEnd::Budget,
        }
    }
}

/// `None` if the file is closed because the app paused: that is no failure of what it was doing.
fn unless_paused<T>(done: Result<T, SyncError>) -> Result<Option<T>, SyncError> {
    match done {
        Err(SyncError::Local { error: ApiError::Paused }) => Ok(None),
        done => done.map(Some),
    }
}

/// Tells when the user has made an edit that no sync has seen.
struct Edits {
    client: Client,
    made: Arc<Notify>,
    last: Arc<AtomicI64>,
    _subscription: crate::client::Subscription,
}

impl Edits {
    fn watch(client: &Client) -> Result<Self, ApiError> {
        let last = Arc::new(AtomicI64::new(client.last_unsent()?));
        let made = Arc::new(Notify::new());
        let (known, told) = (Arc::clone(&last), Arc::clone(&made));
        // Not a clone: a handle that is kept by its own listener is never closed.
        let weak = client.downgrade();
        let subscription = client.subscribe(move |changes| {
            if !changes.everything && !changes.lists.contains(&List::Outbox) {
                return;
            }
            let newest = weak.upgrade().and_then(|client| client.last_unsent().ok()).unwrap_or_default();
            // What the sync itself takes out of the outbox is no edit.
            if newest > known.swap(newest, Ordering::Relaxed) {
                told.notify_one();
            }
        });
        Ok(Self { client: client.clone(), made, last, _subscription: subscription })
    }

    fn note_sent(&self) {
        if let Ok(newest) = self.client.last_unsent() {
            self.last.store(newest, Ordering::Relaxed);
        }
    }

    async fn made(&self) {
        self.made.notified().await;
    }
}

async fn until(flag: &watch::Sender<bool>) {
    // The sender lives as long as this borrows it, so the wait ends by the flag alone.
    let _ = flag.subscribe().wait_for(|is_set| *is_set).await;
}

async fn or_never<T>(future: Option<impl Future<Output = T>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}
