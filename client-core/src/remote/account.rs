//! The account: signing in and out, and the tokens in between.
//!
//! Tokens are for the network alone: an expired or revoked one never stands in the way of reading or
//! editing what is on the device (L1), and the outbox belongs to the user, not to a session (R16).

use std::fmt;
use std::io::{Read, Write};
use std::path::Path;

use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Encode};
use roadbook_domain::value::env::{Env, random};
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use rusqlite::{Connection, Transaction};
use serde::Deserialize;
use serde_json::json;

use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::remote::error::SyncError;
use crate::remote::transport::{Transport, TransportError};
use crate::store::meta::{self, Identity, Key};
use crate::store::{self, documents, outbox, settings};

const TOKENS: Key<Tokens> = Key::new("tokens");
/// By how many milliseconds the server's clock is ahead of this device's.
const SERVER_AHEAD: Key<i64> = Key::new("server_ahead");
/// An access token is not used in its last half minute.
// A request is on its way for a while: the token must still be good when it arrives.
const MARGIN: i64 = 30_000;
/// Clocks that agree within this many milliseconds are taken to agree.
// Smaller differences are the delay of the network; storing them would write with every answer.
const AGREE: i64 = 5_000;

/// What a user signs in with.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The login (F64).
    pub email: &'a str,
    /// The password; used once and kept nowhere.
    pub password: &'a str,
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// The installation that signs in.
#[derive(Clone, Copy)]
pub struct Installation<'a> {
    /// `ios`, `android`, `linux`, ...
    pub platform: &'a str,
    /// What its user calls it.
    pub name: &'a str,
    /// 32 random bytes that this installation made once and keeps where no backup reaches: in the
    /// keychain for this device only, or a no-backup file ([`install_secret`]). Restored onto another
    /// phone the file meets another secret, and the server enrols another device (R12).
    pub secret: &'a [u8; 32],
}

impl fmt::Debug for Installation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Installation").field("platform", &self.platform).finish_non_exhaustive()
    }
}

/// The installation's secret in the file at `path`, which is made if there is none: for platforms
/// without a better place, in a folder kept out of backups, readable by this user only.
///
/// # Errors
/// [`ApiError::StorageFull`]; [`ApiError::Internal`] for a file that cannot be read or is none of these.
pub fn install_secret(path: &Path, env: &dyn Env) -> Result<[u8; 32], ApiError> {
    Ok(secret_in(path, env).map_err(Error::from)?)
}

fn secret_in(path: &Path, env: &dyn Env) -> std::io::Result<[u8; 32]> {
    let mut options = std::fs::OpenOptions::new();
    // Of two processes at the first start only one makes the secret, the other reads it.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            let secret = random(env);
            file.write_all(&secret)?;
            // On disk before anybody uses it: a lost secret would make this phone another device.
            file.sync_all()?;
            Ok(secret)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let mut secret = [0; 32];
            std::fs::File::open(path)?.read_exact(&mut secret)?;
            Ok(secret)
        }
        Err(error) => Err(error),
    }
}

/// Signs in; from then on [`crate::sync()`] has tokens.
///
/// # Errors
/// [`SyncError::BadCredentials`]; [`SyncError::OtherUser`] if the file holds another user's data, or
/// a local workspace with documents.
pub async fn sign_in(
    client: &Client,
    transport: &impl Transport,
    credentials: Credentials<'_>,
    installation: Installation<'_>,
) -> Result<Identity, SyncError> {
    let asked = json!({
        "email": credentials.email,
        "password": credentials.password,
        "device": {
            "name": installation.name,
            "platform": installation.platform,
            "install_secret": BASE64URL_NOPAD.encode(installation.secret),
        },
    });
    let answer =
        transport.post("/v1/sign-in", None, asked.to_string()).await.map_err(|error| match error {
            TransportError::Refused { status: 401, .. } => SyncError::BadCredentials,
            other => SyncError::of_transport(other, None),
        })?;
    let session = Session::read(&answer)?;
    let identity =
        Identity { user: session.user, org: Some(session.organisation), device: Some(session.device) };
    let stored = client.store().write(|tx| {
        // Inside the transaction: the file may have become another user's while the server was asked.
        if !is_same(tx, &identity)? {
            return Ok(Err(SyncError::OtherUser));
        }
        settings::set_identity(tx, Some(identity))?;
        meta::set(tx, &TOKENS, &session.tokens())?;
        Ok(Ok(identity))
    });
    let identity = stored.map_err(ApiError::from)??;
    client.notify(&ChangeSet::all());
    Ok(identity)
}

/// Signs out and deletes everything of the user from the device, at once; then the server is told, as
/// far as it can be reached.
///
/// With `force`, unsent edits do not stand in the way: then everything stays in the file, without
/// tokens, and only the same user can sign in to it again (C15).
///
/// # Errors
/// [`SyncError::Unsent`] with the number of unsent edits, unless forced.
pub async fn sign_out(client: &Client, transport: &impl Transport, force: bool) -> Result<(), SyncError> {
    let signed_out = client.store().write(|tx| {
        let unsent = outbox::count(tx)?;
        if unsent > 0 && !force {
            return Ok(Err(SyncError::Unsent { count: unsent }));
        }
        let tokens = meta::get(tx, &TOKENS)?;
        meta::remove(tx, &TOKENS)?;
        if unsent == 0 {
            store::wipe(tx)?;
        }
        Ok(Ok(tokens))
    });
    let tokens = signed_out.map_err(ApiError::from)??;
    client.clear_log();
    client.notify(&ChangeSet::all());
    if let Some(tokens) = tokens {
        let asked = json!({ "refresh_token": tokens.refresh }).to_string();
        if let Err(error) = transport.post("/v1/sign-out", None, asked).await {
            // The device is signed out all the same; its session at the server runs out by itself.
            tracing::warn!(%error, "the server was not told of the sign-out");
        }
    }
    Ok(())
}

/// Whether the device has a session with the server; it may have ended there since.
pub fn is_signed_in(client: &Client) -> Result<bool, ApiError> {
    Ok(client.store().read(|connection| meta::get(connection, &TOKENS))?.is_some())
}

/// An access token that is good now, as far as the device can tell.
///
/// # Errors
/// [`SyncError::SignInNeeded`] if the session is over.
pub async fn access_token(client: &Client, transport: &impl Transport) -> Result<String, SyncError> {
    let tokens = tokens(client)?.ok_or(SyncError::SignInNeeded)?;
    let ahead = client.store().read(|connection| meta::get(connection, &SERVER_AHEAD));
    let server_now = client.env().now().millis() + ahead.map_err(ApiError::from)?.unwrap_or_default();
    if server_now + MARGIN < tokens.expires_at.millis() {
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
    let old = tokens(client)?.ok_or(SyncError::SignInNeeded)?;
    if old.access != stale {
        // Another process was faster.
        return Ok(old.access);
    }
    let asked = json!({ "refresh_token": old.refresh }).to_string();
    match transport.post("/v1/refresh", None, asked).await {
        Ok(answer) => {
            let tokens = Session::read(&answer)?.tokens();
            client.store().write(|tx| meta::set(tx, &TOKENS, &tokens)).map_err(ApiError::from)?;
            Ok(tokens.access)
        }
        // The server has judged the token. Only an answer that never came leaves it in doubt.
        Err(TransportError::Unauthorized | TransportError::Refused { .. }) => end_session(client, &old),
        Err(error) => Err(SyncError::of_transport(error, None)),
    }
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

/// Whether what the file holds is this user's, or nobody's.
fn is_same(tx: &Transaction<'_>, identity: &Identity) -> Result<bool, Error> {
    match meta::get(tx, &meta::IDENTITY)? {
        Some(Identity { org: Some(org), user, .. }) => Ok(Some(org) == identity.org && user == identity.user),
        Some(Identity { org: None, .. }) => {
            let is_empty = documents::all(tx)?.is_empty();
            if is_empty {
                // The built-in rows of a local workspace must not mix with those of the organisation.
                settings::forget(tx)?;
            }
            Ok(is_empty)
        }
        // Nobody has signed in yet, or what is here was left by a user who cannot be told any more.
        None => Ok(documents::all(tx)?.is_empty() && outbox::count(tx)? == 0),
    }
}

/// The tokens of a session.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Tokens {
    #[n(0)]
    access: String,
    #[n(1)]
    refresh: String,
    /// When the access token ends, by the server's clock.
    #[n(2)]
    expires_at: Timestamp,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// What the server answers to a sign-in and to a refresh.
#[derive(Deserialize)]
struct Session {
    organisation: OrgId,
    user: UserId,
    device: DeviceId,
    access_token: String,
    access_expires_at: Timestamp,
    refresh_token: String,
}

impl Session {
    fn read(answer: &str) -> Result<Self, SyncError> {
        serde_json::from_str(answer).map_err(|_| SyncError::of_transport(TransportError::Malformed, None))
    }

    fn tokens(self) -> Tokens {
        Tokens { access: self.access_token, refresh: self.refresh_token, expires_at: self.access_expires_at }
    }
}
