//! Syncing: a session driven over a transport until nothing is left to exchange.

use crate::account::{self, AccountError};
use crate::client::Client;
use crate::receive::Counts;
use crate::session::{SessionError, Step, SyncSession};
use crate::transport::{Transport, TransportError};

/// What a sync came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Exchanges that were answered.
    pub round_trips: u32,
    /// Bytes of request bodies.
    pub bytes_up: u64,
    /// Bytes of answers.
    pub bytes_down: u64,
    /// What was done.
    pub counts: Counts,
}

/// Why a sync ended before everything was exchanged. What was exchanged stays; nothing is lost, and
/// the next sync goes on from there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// The account's trouble, or the way to the server.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The session's.
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl From<TransportError> for SyncError {
    fn from(error: TransportError) -> Self {
        Self::Account(error.into())
    }
}

/// Exchanges until nothing is left; `progress` is told of every answer.
///
/// # Errors
/// The first exchange that fails, for whatever reason: when to try again is the caller's to say
/// ([`SyncSession::on_failure`] does it with a back-off).
pub async fn sync(
    client: &Client,
    transport: &impl Transport,
    progress: &mut (dyn FnMut(&Step) + Send),
) -> Result<SyncReport, SyncError> {
    let mut session = SyncSession::new(client);
    let mut report = SyncReport::default();
    let mut token = account::access_token(client, transport).await?;
    let mut renewed = false;
    while let Some(frame) = session.next_request()? {
        let sent = frame.len() as u64;
        match transport.exchange(&token, frame).await {
            Ok(answer) => {
                let step = session.on_response(&answer)?;
                report.round_trips += 1;
                report.bytes_up += sent;
                report.bytes_down += answer.len() as u64;
                report.counts.add(step.counts);
                progress(&step);
            }
            // The server may have revoked a token before its end: one new one is worth a try.
            Err(TransportError::Unauthorized) if !renewed => {
                renewed = true;
                session.on_failure(None);
                session = SyncSession::new(client);
                token = account::refresh(client, transport).await?;
            }
            Err(error) => {
                let asked = match error {
                    TransportError::Busy { retry_after } => retry_after,
                    _ => None,
                };
                session.on_failure(asked);
                return Err(error.into());
            }
        }
    }
    Ok(report)
}
