//! The user's devices, as the server knows them: which there are, and shutting out one that was lost.

use roadbook_domain::value::id::DeviceId;
use roadbook_domain::value::time::Timestamp;
use serde::Deserialize;

use super::call::failed;
use super::tokens::{access_token, replace};
use crate::client::Client;
use crate::remote::error::SyncError;
use crate::remote::http::HttpTransport;
use crate::remote::transport::{Transport, TransportError};

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
    let answer = asked(client, transport, Call::Get("/v1/devices")).await?;
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
    asked(client, transport, Call::Post(&path)).await.map(drop)
}

#[derive(Clone, Copy)]
enum Call<'a> {
    Get(&'a str),
    Post(&'a str),
}

/// Asks in the name of the user, with another token where the present one is not good any more.
async fn asked(client: &Client, transport: &HttpTransport, call: Call<'_>) -> Result<String, SyncError> {
    let mut token = access_token(client, transport).await?;
    let mut is_new = false;
    loop {
        let answer = match call {
            Call::Get(path) => transport.get(path, &token).await,
            Call::Post(path) => transport.post(path, Some(&token), String::new()).await,
        };
        match answer {
            Err(TransportError::Unauthorized | TransportError::SessionOver) if !is_new => {
                token = replace(client, transport, &token).await?;
                is_new = true;
            }
            answer => return answer.map_err(|error| failed(client, transport, error)),
        }
    }
}
