//! The tokens of a session, and their replacement.
//!
//! A refresh token is good once more only until its successor was used, so of all that have the file open one
//! refreshes at a time, and each looks first whether another one just did.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Encode};
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use rusqlite::{Connection, Transaction};
use serde::Deserialize;
use serde_json::json;

use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::remote::call::failed;
use crate::remote::error::SyncError;
use crate::remote::hand_in::hand_in;
use crate::remote::transport::{Transport, TransportError};
use crate::store::lease::Lease;
use crate::store::meta::{self, Key};
use crate::store::sealed::{self, KeepKey};

pub(super) const TOKENS: Key<Tokens> = Key::new("tokens");
/// By how many milliseconds the server's clock is ahead of this device's.
const SERVER_AHEAD: Key<i64> = Key::new("server_ahead");
/// An access token is not used in its last half minute.
// A request is on its way for a while: the token must still be good when it arrives.
const MARGIN: i64 = 30_000;
/// Clocks that agree within this many milliseconds are taken to agree.
// Smaller differences are the delay of the network; storing them would write with every answer.
const AGREE: i64 = 5_000;

/// The tokens of a session.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Tokens {
    #[n(0)]
    pub access: String,
    #[n(1)]
    pub refresh: String,
    /// When the access token ends, by the server's clock.
    #[n(2)]
    pub expires_at: Timestamp,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// What the server answers to a sign-in and to a refresh.
#[derive(Deserialize)]
pub(super) struct Session {
    pub organisation: OrgId,
    pub user: UserId,
    pub device: DeviceId,
    access_token: String,
    access_expires_at: Timestamp,
    refresh_token: String,
    /// 32 bytes in base64url.
    #[serde(default)]
    keep_key: String,
}

impl Session {
    pub fn read(answer: &str, transport: &impl Transport) -> Result<Self, SyncError> {
        serde_json::from_str(answer)
            .map_err(|_| SyncError::of_transport(TransportError::Malformed, transport.address(), None))
    }

    pub fn tokens(self) -> Tokens {
        Tokens { access: self.access_token, refresh: self.refresh_token, expires_at: self.access_expires_at }
    }

    /// What this user's edits are kept with after a forced sign-out.
    pub fn keep_key(&self) -> Option<KeepKey> {
        let bytes = BASE64URL_NOPAD.decode(self.keep_key.as_bytes()).ok()?;
        bytes.try_into().ok().map(KeepKey::new)
    }
}

/// Whether the device has a session with the server; it may have ended there since.
pub fn is_signed_in(client: &Client) -> Result<bool, ApiError> {
    Ok(tokens(client)?.is_some())
}

/// An access token that is good now, as far as the device can tell.
///
/// # Errors
/// [`SyncError::SignInNeeded`] if the session is over; [`SyncError::Elsewhere`] while another process gets a
/// new one; those of the network.
pub async fn access_token(client: &Client, transport: &impl Transport) -> Result<String, SyncError> {
    let tokens = tokens(client)?.ok_or(SyncError::SignInNeeded)?;
    let ahead = client.store().read(|connection| meta::get(connection, &SERVER_AHEAD));
    let server_now =
        client.env().now().millis().saturating_add(ahead.map_err(ApiError::from)?.unwrap_or_default());
    if server_now.saturating_add(MARGIN) < tokens.expires_at.millis() {
        Ok(tokens.access)
    } else {
        replace(client, transport, &tokens.access).await
    }
}

/// A new access token, whatever the present one is good for.
///
/// # Errors
/// As [`access_token`].
pub async fn refresh(client: &Client, transport: &impl Transport) -> Result<String, SyncError> {
    let tokens = tokens(client)?.ok_or(SyncError::SignInNeeded)?;
    replace(client, transport, &tokens.access).await
}

/// Another access token in the place of one that is not good any more.
///
/// A refresh token is kept until its successor is stored: if the answer is lost, the same request is
/// made again, and the server answers it again.
pub(crate) async fn replace(
    client: &Client,
    transport: &impl Transport,
    stale: &str,
) -> Result<String, SyncError> {
    // Within this process the second one waits, and then finds what the first one got.
    let _one_at_a_time = client.refreshing().lock().await;
    let turn = Turn { client, lease: Lease::to_refresh(client.env()) };
    let old = turn.take()?.ok_or(SyncError::SignInNeeded)?;
    if old.access != stale {
        return Ok(old.access);
    }
    let asked = json!({ "refresh_token": old.refresh }).to_string();
    match transport.post("/v1/refresh", None, asked).await {
        Ok(answer) => {
            let session = Session::read(&answer, transport)?;
            let (key, tokens) = (session.keep_key(), session.tokens());
            let stored = client.store().write(|tx| {
                // A salvage may have found the tokens and not the key, without which a sign-out seals nothing.
                key.map_or(Ok(()), |key| sealed::set_key(tx, &key))?;
                meta::set(tx, &TOKENS, &tokens)
            });
            stored.map_err(ApiError::from)?;
            Ok(tokens.access)
        }
        // The server's own word, and nobody else's.
        Err(TransportError::SessionOver) => match hand_in_for(client, transport, &old).await? {
            Some(handed_in) => Err(SyncError::AccessEnded { handed_in }),
            None => end_session(client, &old),
        },
        Err(error) => Err(failed(client, transport, error)),
    }
}

/// Hands in what is unsent, as long as nobody has signed in anew.
async fn hand_in_for(
    client: &Client,
    transport: &impl Transport,
    old: &Tokens,
) -> Result<Option<u64>, SyncError> {
    let is_over = |tx: &Transaction<'_>| Ok(meta::get(tx, &TOKENS)?.as_ref() == Some(old));
    hand_in(client, transport, &old.refresh, is_over).await
}

/// Notes by how much the server's clock is ahead.
pub(crate) fn note_server_clock(
    tx: &Transaction<'_>,
    now: Timestamp,
    server_now: Timestamp,
) -> Result<(), Error> {
    let ahead = server_now.millis().saturating_sub(now.millis());
    let known = meta::get(tx, &SERVER_AHEAD)?.unwrap_or_default();
    if ahead.abs_diff(known) > AGREE.unsigned_abs() { meta::set(tx, &SERVER_AHEAD, &ahead) } else { Ok(()) }
}

/// Takes a session over from a damaged file: its user stays signed in, if their tokens can be read.
pub(crate) fn take_session(tx: &Transaction<'_>, damaged: &Connection) -> Result<(), Error> {
    if let Ok(Some(tokens)) = meta::get(damaged, &TOKENS) {
        meta::set(tx, &TOKENS, &tokens)?;
    }
    if let Ok(Some(ahead)) = meta::get(damaged, &SERVER_AHEAD) {
        meta::set(tx, &SERVER_AHEAD, &ahead)?;
    }
    Ok(())
}

/// The turn to refresh, among all processes that have the file open; it ends when this is dropped.
struct Turn<'a> {
    client: &'a Client,
    lease: Lease,
}

impl Turn<'_> {
    /// Takes the turn, and tells the tokens as they are now.
    fn take(&self) -> Result<Option<Tokens>, SyncError> {
        let now = self.client.env().now();
        let taken = self.client.store().write(|tx| {
            let is_mine = self.lease.take(tx, now)?;
            Ok((is_mine, meta::get(tx, &TOKENS)?))
        });
        match taken.map_err(ApiError::from) {
            Ok((true, tokens)) => Ok(tokens),
            Ok((false, _)) => Err(SyncError::Elsewhere),
            // Nobody else can take it then, either.
            Err(ApiError::StorageFull) => Ok(tokens(self.client)?),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Also when the refresh is cancelled: others need not wait until it runs out.
        if let Err(error) = self.client.store().write(|tx| self.lease.give_up(tx)) {
            tracing::debug!(%error, "the turn to refresh is left to run out");
        }
    }
}

/// The session is over: the tokens go, everything else stays.
fn end_session(client: &Client, old: &Tokens) -> Result<String, SyncError> {
    let present = client.store().write(|tx| {
        let present = meta::get(tx, &TOKENS)?;
        if present.as_ref() == Some(old) {
            meta::remove(tx, &TOKENS)?;
            return Ok(None);
        }
        Ok(present)
    });
    // Another process may have refreshed, or signed in anew, in the meantime.
    present.map_err(ApiError::from)?.map(|tokens| tokens.access).ok_or(SyncError::SignInNeeded)
}

fn tokens(client: &Client) -> Result<Option<Tokens>, ApiError> {
    Ok(client.store().read(|connection| meta::get(connection, &TOKENS))?)
}
