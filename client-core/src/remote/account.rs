//! The account: signing in and out.
//!
//! Tokens are for the network alone: an expired or revoked one never stands in the way of reading or
//! editing what is on the device (L1), and the outbox belongs to the user, not to a session (R16).

use std::fmt;

use rusqlite::Transaction;
use serde_json::json;

use super::call::failed;
use super::tokens::{Session, TOKENS};
use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::remote::error::SyncError;
use crate::remote::transport::{Transport, TransportError};
use crate::store::meta::{self, Identity};
use crate::store::sealed;
use crate::store::{self, documents, outbox, quarantine, settings};

pub use super::ask::{HttpMethod, Reply, ask};
pub use super::devices::{DeviceView, devices, revoke_device};
pub use super::installation::{Installation, install_secret};
pub use super::tokens::{access_token, is_signed_in, refresh};

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

/// Signs in; from then on [`crate::sync()`] has tokens. Edits that this user left here when they signed out by
/// force are unsent, or in the quarantine, again (C15).
///
/// # Errors
/// [`SyncError::BadCredentials`]; [`SyncError::TooManyTries`]; [`SyncError::OtherUser`] if the file holds
/// another user's data, or a local workspace with documents; those of the network.
pub async fn sign_in(
    client: &Client,
    transport: &impl Transport,
    credentials: Credentials<'_>,
    installation: Installation<'_>,
) -> Result<Identity, SyncError> {
    let asked = json!({
        "email": credentials.email,
        "password": credentials.password,
        "device": installation.to_json(),
    });
    enter(client, transport, "/v1/sign-in", asked).await
}

/// Uses up a code for one time, which an administrator made: the user has this password from then on, and is
/// signed in here and nowhere else. What a phone scans holds the server's address and the code
/// ([`read_enrolment`]).
///
/// # Errors
/// [`SyncError::BadCredentials`] for a code that was used, or has expired; else as for [`sign_in`].
pub async fn enrol(
    client: &Client,
    transport: &impl Transport,
    code: &str,
    password: &str,
    installation: Installation<'_>,
) -> Result<Identity, SyncError> {
    let asked = json!({ "code": code, "password": password, "device": installation.to_json() });
    enter(client, transport, "/v1/enrol", asked).await
}

/// The server's address and the code in a link of `roadbook enrol`; `None` if it is none.
pub fn read_enrolment(link: &str) -> Option<(&str, &str)> {
    let (address, code) = link.trim().split_once("/enrol#")?;
    (!address.is_empty() && !code.is_empty()).then_some((address, code))
}

async fn enter(
    client: &Client,
    transport: &impl Transport,
    path: &str,
    asked: serde_json::Value,
) -> Result<Identity, SyncError> {
    let answer = transport.post(path, None, asked.to_string()).await.map_err(|error| match error {
        TransportError::Refused { code, .. } if code == "bad_credentials" || code == "enrolment_over" => {
            SyncError::BadCredentials
        }
        other => failed(client, transport, other),
    })?;
    let session = Session::read(&answer, transport)?;
    let identity =
        Identity { user: session.user, org: Some(session.organisation), device: Some(session.device) };
    let stored = client.store().write(|tx| {
        // Inside the transaction: the file may have become another user's while the server was asked.
        if !is_same(tx, &identity)? {
            return Ok(Err(SyncError::OtherUser));
        }
        settings::set_identity(tx, Some(identity))?;
        if let Some(key) = session.keep_key() {
            sealed::open_all(tx, &key)?;
            sealed::set_key(tx, &key)?;
        }
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
/// With `force`, edits that the server has not taken do not stand in the way: they stay in the file, encrypted
/// with a key that only the server has, and the same user gets them back by signing in on this device. Somebody
/// else may work in the file meanwhile (C15).
///
/// # Errors
/// [`SyncError::Unsent`] with the number of unsent edits and of those in the quarantine, unless forced. Those of
/// the network if a forced one needs the key first, because a salvage did not find it.
pub async fn sign_out(client: &Client, transport: &impl Transport, force: bool) -> Result<(), SyncError> {
    if force && needs_key(client)? {
        // It comes with the tokens.
        refresh(client, transport).await?;
    }
    let signed_out = client.store().write(|tx| {
        let (count, quarantined) = (outbox::count(tx)?, quarantine::count(tx)?);
        let is_any = count + quarantined > 0;
        if is_any && !force {
            return Ok(Err(SyncError::Unsent { count, quarantined }));
        }
        let tokens = meta::get(tx, &TOKENS)?;
        meta::remove(tx, &TOKENS)?;
        // Without a key, as in a workspace that never had a server, all of it stays as it is.
        let is_kept = !is_any || sealed::seal_all(tx, client.env())?;
        if is_kept {
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

/// Whether there is something to seal by the key of a session, and the key is not here.
fn needs_key(client: &Client) -> Result<bool, ApiError> {
    Ok(client.store().read(|connection| {
        let is_any = outbox::count(connection)? + quarantine::count(connection)? > 0;
        let has_session = meta::get(connection, &TOKENS)?.is_some();
        Ok(is_any && has_session && sealed::key(connection)?.is_none())
    })?)
}

/// Whether what the file holds is this user's, or nobody's.
fn is_same(tx: &Transaction<'_>, identity: &Identity) -> Result<bool, Error> {
    match meta::identity(tx)? {
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
        None => Ok(documents::all(tx)?.is_empty() && outbox::count(tx)? == 0 && quarantine::count(tx)? == 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_lets_somebody_in_holds_the_servers_address_and_the_code() {
        let link = " https://crm.example.com/firm/enrol#ABCD-EFGH-IJKL-MNOP\n";
        assert_eq!(read_enrolment(link), Some(("https://crm.example.com/firm", "ABCD-EFGH-IJKL-MNOP")));
        for other in ["", "https://crm.example.com", "/enrol#CODE", "https://crm.example.com/enrol#"] {
            assert_eq!(read_enrolment(other), None, "{other}");
        }
    }
}
