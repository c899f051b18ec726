//! The user's devices, as the server knows them: which there are, and shutting out one that was lost.

use roadbook_domain::value::id::DeviceId;
use roadbook_domain::value::time::Timestamp;
use serde::Deserialize;

use super::answer::refusal;
use super::ask::ask;
use super::call::failed;
use super::request::HttpMethod;
use crate::client::Client;
use crate::remote::error::SyncError;
use crate::remote::http::HttpTransport;
use crate::remote::transport::TransportError;

/// A device that the user signed in on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all(serialize = "camelCase")), tsify(missing_as_null))]
pub struct DeviceView {
    /// Its id.
    pub id: DeviceId,
    /// `ios`, `android`, `jvm`, `linux`, ...
    pub platform: String,
    /// What the user calls it.
    pub name: String,
    /// When it was first signed in on.
    pub created_at: Timestamp,
    /// When it last signed in, or had its session go on.
    pub last_seen_at: Timestamp,
    /// When it was shut out; `None`: it was not.
    pub revoked_at: Option<Timestamp>,
    /// Whether it is the one that asks.
    #[serde(rename(deserialize = "current"))]
    pub is_current: bool,
}

/// The user's devices, in the order in which they were first signed in on, those that were shut out included.
///
/// # Errors
/// Those of the network, and of a session that is over.
pub async fn devices(client: &Client, transport: &HttpTransport) -> Result<Vec<DeviceView>, SyncError> {
    let answer = done(client, transport, HttpMethod::Get, "/v1/devices").await?;
    serde_json::from_str(&answer).map_err(|_| failed(client, transport, TransportError::Malformed))
}

/// Ends the sessions of a device for good: a phone that was lost. What it had not sent it may still hand in, for a
/// manager to review (R17). Of this very device: with its next call it hands in what is unsent, and its file is empty.
///
/// # Errors
/// As [`devices`]; [`SyncError::Refused`] with `not_found` for a device of nobody, or of somebody else, unless the user
/// is an administrator.
pub async fn revoke_device(
    client: &Client,
    transport: &HttpTransport,
    device: DeviceId,
) -> Result<(), SyncError> {
    let path = format!("/v1/devices/{device}/revoke");
    done(client, transport, HttpMethod::Post, &path).await.map(drop)
}

/// The body of an answer to what the server does not refuse.
async fn done(
    client: &Client,
    transport: &HttpTransport,
    method: HttpMethod,
    path: &str,
) -> Result<String, SyncError> {
    let reply = ask(client, transport, method, path, None).await?;
    if reply.is_success() {
        Ok(reply.body)
    } else {
        Err(failed(client, transport, refusal(reply.status, None, reply.body.as_bytes())))
    }
}
