//! Driving a session over a transport, until nothing is left to exchange.

use std::pin::pin;

use futures_util::future::{Either, select};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::Progress;

use crate::client::Client;
use crate::error::ApiError;
use crate::remote::error::SyncError;
use crate::remote::timer::yield_now;
use crate::remote::tokens;
use crate::remote::transport::{Transport, TransportError};
use crate::sync::receive::Counts;
use crate::sync::session::{SessionError, SyncSession};

/// How many documents' rows are made anew in one transaction: no edit waits for longer than some of these
/// take.
const SLICE: u32 = 64;

/// The least bytes of a budget: with less no exchange comes to anything.
const LEAST_BYTES: u64 = 64 << 10;

/// How a sync is going, or went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct SyncReport {
    /// How many round trips it took.
    pub round_trips: u64,
    /// How many bytes of bodies went up.
    pub bytes_up: u64,
    /// How many bytes of bodies came down.
    pub bytes_down: u64,
    /// What was done.
    pub counts: Counts,
    /// How far a first sync has come; the documents so far can be worked with.
    pub progress: Option<Progress>,
    /// Whether device and server are being compared, after a loss or a long absence.
    pub reconciling: bool,
    /// By how many milliseconds the server's clock is ahead of the device's: beyond five minutes the
    /// user should know (T10).
    #[cfg_attr(feature = "web", serde(serialize_with = "roadbook_domain::value::typescript::millis"))]
    pub server_ahead: i64,
}

/// Exchanges until nothing is left to exchange. `watch` is told after every answer.
///
/// An app that syncs again and again keeps a [`Syncer`], which remembers how long to wait after failures.
///
/// # Errors
/// See [`SyncError`]; a sync that is cut off anywhere goes on from there the next time.
pub async fn sync(
    client: &Client,
    transport: &impl Transport,
    watch: &mut (dyn FnMut(&SyncReport) + Send),
) -> Result<SyncReport, SyncError> {
    Syncer::new(client).sync(transport, watch).await
}

/// Syncs one device again and again.
#[derive(Debug)]
pub struct Syncer {
    session: SyncSession,
    /// Why the last exchange failed.
    last: Option<SyncError>,
}

impl Syncer {
    /// A syncer for this handle.
    pub fn new(client: &Client) -> Self {
        Self { session: SyncSession::new(client), last: None }
    }

    /// See [`SyncSession::on_pause`]: for after a [`Self::sync`] that was dropped.
    pub fn pause(&mut self) {
        self.session.on_pause();
    }

    /// When the next sync may be tried, after one that failed.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.session.wake_at()
    }

    /// See [`sync`]. Before [`Self::wake_at`] it fails at once, and asks the server for nothing.
    ///
    /// Afterwards, whether the server was reached or not, rows that another version of the app made are
    /// made anew ([`Client::rebuild_some`]); after an update that may take a while for the first time. It
    /// stops between two slices when this future is dropped, and goes on with the next call.
    pub async fn sync(
        &mut self,
        transport: &impl Transport,
        watch: &mut (dyn FnMut(&SyncReport) + Send),
    ) -> Result<SyncReport, SyncError> {
        self.sync_within(transport, None, watch).await.map(|(report, _)| report)
    }

    /// The same within a number of bytes of bodies, up and down together: tells whether all is exchanged. It ends
    /// between two answers, and may go beyond by what one answer must hold.
    pub async fn sync_within(
        &mut self,
        transport: &impl Transport,
        bytes: Option<u64>,
        watch: &mut (dyn FnMut(&SyncReport) + Send),
    ) -> Result<(SyncReport, bool), SyncError> {
        let report = self.exchange_all(transport, bytes, watch).await;
        // Only then: what is known of a slow line stays known.
        if bytes.is_some() {
            self.session.set_budget(None);
        }
        while self.session.client().rebuild_some(SLICE)?.0 {
            yield_now().await;
        }
        report
    }

    async fn exchange_all(
        &mut self,
        transport: &impl Transport,
        bytes: Option<u64>,
        watch: &mut (dyn FnMut(&SyncReport) + Send),
    ) -> Result<(SyncReport, bool), SyncError> {
        self.session.poke();
        // A handle of its own, because the loop below borrows the session mutably.
        let client = self.session.client().clone();
        if let Some(retry_at) = self.session.wake_at()
            && client.env().now() < retry_at
        {
            // What was the matter then is still the best guess.
            let address = transport.address().to_owned();
            let unknown = SyncError::Unreachable { address, retry_at: None };
            return Err(self.last.clone().unwrap_or(unknown).later(retry_at));
        }
        // A user document that takes nothing more, or is damaged, must not keep the rest from syncing.
        if let Err(error) = client.share_opened() {
            tracing::warn!(%error, "the documents opened last are not told to the user's other devices");
        }
        let mut report = SyncReport::default();
        let mut retried = false;
        let token = tokens::access_token(&client, transport).await;
        let mut token = token.map_err(|error| self.token_failed(error))?;
        loop {
            if let Some(bytes) = bytes {
                let left = bytes.max(LEAST_BYTES).saturating_sub(report.bytes_up + report.bytes_down);
                if left < LEAST_BYTES / 8 {
                    self.session.give_up();
                    return Ok((report, false));
                }
                // Half of it each way: a request and its answer stay within it.
                self.session.set_budget(Some(u32::try_from(left / 2).unwrap_or(u32::MAX)));
            }
            let frame = self.session.next_request().map_err(|error| of_session(error, transport))?;
            let Some(frame) = frame else { return Ok((report, true)) };
            report.bytes_up += frame.len() as u64;
            report.round_trips += 1;
            // Cloned: if the token has run out, the very same bytes are sent again.
            let mut answer = self.exchange(transport, &token, frame.clone()).await;
            // Only once: a server that refuses even a fresh token would be asked without end. Whether the session
            // is over, and why, the refresh finds out: a user without access hands in what is unsent.
            if matches!(answer, Err(TransportError::Unauthorized | TransportError::SessionOver)) {
                let fresh = tokens::replace(&client, transport, &token).await;
                token = fresh.map_err(|error| self.token_failed(error))?;
                report.round_trips += 2;
                answer = self.exchange(transport, &token, frame).await;
            }
            if matches!(answer, Err(TransportError::Refused { status: 413, .. }))
                && self.session.on_too_large()
            {
                continue;
            }
            let answer = answer.map_err(|error| self.failed(transport, error))?;
            report.bytes_down += answer.len() as u64;
            let step = match self.session.on_response(&answer) {
                // Counts as a failure, so that a broken proxy is not asked again at once.
                Err(SessionError::Malformed(_)) => {
                    return Err(self.failed(transport, TransportError::Malformed));
                }
                // What could not be read is set aside by now, and the server is asked again, once.
                Err(SessionError::Local(ApiError::Internal { .. }))
                    if !std::mem::replace(&mut retried, true) =>
                {
                    continue;
                }
                step => step.map_err(|error| {
                    self.session.give_up();
                    of_session(error, transport)
                })?,
            };
            report.counts.add(step.counts);
            report.progress = step.progress.or(report.progress);
            report.reconciling = step.reconciling;
            report.server_ahead = step.server_now.millis().saturating_sub(client.env().now().millis());
            watch(&report);
        }
    }

    /// One exchange; as long as it takes, this process keeps the lease.
    async fn exchange(
        &mut self,
        transport: &impl Transport,
        token: &str,
        frame: Vec<u8>,
    ) -> Result<Vec<u8>, TransportError> {
        let mut answer = pin!(transport.exchange(token, frame));
        loop {
            match select(answer.as_mut(), pin!(transport.pause())).await {
                Either::Left((answer, _)) => return answer,
                Either::Right(_) => self.session.renew(),
            }
        }
    }

    fn failed(&mut self, transport: &impl Transport, error: TransportError) -> SyncError {
        let retry_at = match error {
            TransportError::TimedOut => self.session.on_time_out(),
            _ => self.session.on_failure(error.retry_after()),
        };
        let error = SyncError::of_transport(error, transport.address(), Some(retry_at));
        self.last = Some(error.clone());
        error
    }

    /// There is no token to exchange with. What waiting may help with is waited for as after a failed exchange.
    fn token_failed(&mut self, error: SyncError) -> SyncError {
        // The user may have to sign in first, perhaps in days: others need not wait.
        self.session.give_up();
        if !error.is_of_network() {
            return error;
        }
        let now = self.session.client().env().now();
        let asked = error.retry_at().map(|at| at.millis().saturating_sub(now.millis()).unsigned_abs());
        let retry_at = self.session.on_failure(asked.map(std::time::Duration::from_millis));
        let error = error.later(retry_at);
        self.last = Some(error.clone());
        error
    }
}

pub(crate) fn of_session(error: SessionError, transport: &impl Transport) -> SyncError {
    match error {
        SessionError::Elsewhere => SyncError::Elsewhere,
        SessionError::Malformed(_) => {
            SyncError::of_transport(TransportError::Malformed, transport.address(), None)
        }
        SessionError::Local(error) => error.into(),
    }
}
