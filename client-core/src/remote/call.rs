//! Calls of the server that are no exchange.

use roadbook_domain::value::time::Timestamp;

use crate::client::Client;
use crate::remote::error::SyncError;
use crate::remote::transport::{Transport, TransportError};

/// What a call means that failed outside an exchange.
pub(super) fn failed(client: &Client, transport: &impl Transport, error: TransportError) -> SyncError {
    let wait = |asked: std::time::Duration| i64::try_from(asked.as_millis()).unwrap_or(i64::MAX);
    let now = client.env().now().millis();
    let retry_at = error.retry_after().map(|asked| Timestamp::from_millis(now.saturating_add(wait(asked))));
    SyncError::of_transport(error, transport.address(), retry_at)
}
