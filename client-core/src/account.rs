//! The account: signing in and out, and tokens that are refreshed when needed.
//!
//! Nothing of it ever blocks reading or editing what is on the phone (L1): without a token only
//! syncing stops.

use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Encode};
use roadbook_domain::id::{DeviceId, OrgId, UserId};
use roadbook_domain::time::Timestamp;
use roadbook_domain::user::Role;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};

use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::store::meta::{self, Identity, Key};
use crate::store::workspace;
use crate::transport::{Transport, TransportError};

/// A token that ends sooner than this is refreshed before it is used.
const MARGIN_MILLIS: i64 = 30_000;

/// What a user signs in with.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The login (F64).
    pub email: &'a str,
    /// The password; used once and kept nowhere.
    pub password: &'a str,
}

/// The installation that signs in.
#[derive(Clone, Copy)]
pub struct Installation<'a> {
    /// `ios`, `android`, `linux`, ...
    pub platform: &'a str,
    /// What its user calls it.
    pub name: &'a str,
    /// 32 random bytes that this installation made once and keeps where no backup reaches: in the
    /// keychain for this device only, or a no-backup file. Restored onto another phone the file meets
    /// another secret, and the server enrols another device (R12).
    pub secret: &'a [u8; 32],
}

/// Why an account call did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// There is no such user with such a password who has access.
    #[error("email or password is wrong")]
    BadCredentials,
    /// The session is over: sign in again. What is on the phone stays, and so do unsent edits (R16).
    #[error("sign in again")]
    SignedOut,
    /// The file belongs to another user, or to a local workspace: sign in on a file of its own.
    #[error("this file belongs to somebody else")]
    OtherUser,
    /// Edits are unsent (C15): sync first, or sign out by force.
    #[error("{0} edits are unsent")]
    Unsent(u64),
    /// The server was not reached, or refused.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// This device's own trouble.
    #[error(transparent)]
    Local(#[from] ApiError),
}

/// Signs in, and binds the file to the user for good.
///
/// A file that was bound before takes the same user back, with all that is unsent.
///
/// # Errors
/// [`AccountError::OtherUser`] for a file of somebody else; nothing was changed then.
pub async fn sign_in(
    client: &Client,
    transport: &impl Transport,
    credentials: Credentials<'_>,
    installation: Installation<'_>,
) -> Result<Identity, AccountError> {
    let body = SignIn {
        email: credentials.email,
        password: credentials.password,
        device: SignInDevice {
            platform: installation.platform,
            name: installation.name,
            install_secret: BASE64URL_NOPAD.encode(installation.secret),
        },
    };
    let answer = transport.post("/v1/sign-in", None, json(&body)?).await.map_err(|error| match error {
        TransportError::Unauthorized => AccountError::BadCredentials,
        other => AccountError::Transport(other),
    })?;
    let session = Session::read(&answer)?;
    let identity =
        Identity { user: session.user, org: Some(session.organisation), device: Some(session.device) };
    if client.me()?.is_some_and(|bound| bound.user != identity.user || bound.org != identity.org) {
        return Err(AccountError::OtherUser);
    }
    client.changing(|tx| {
        workspace::set_identity(tx, Some(identity))?;
        session.store(tx)?;
        Ok(((), ChangeSet::all()))
    })?;
    Ok(identity)
}

/// Ends the session, on the phone at once and on the server as soon as it can be told.
///
/// What is on the phone stays for the same user's return; another user needs another file.
///
/// # Errors
/// [`AccountError::Unsent`] while edits are unsent, unless by `force` (C15).
pub async fn sign_out(client: &Client, transport: &impl Transport, force: bool) -> Result<(), AccountError> {
    let unsent = client.unsent_count()?;
    if unsent > 0 && !force {
        return Err(AccountError::Unsent(unsent));
    }
    let Some(tokens) = Tokens::of(client)? else { return Ok(()) };
    client.changing(|tx| {
        meta::remove(tx, &TOKENS)?;
        Ok(((), ChangeSet::default()))
    })?;
    let body = json(&Refresh { refresh_token: &tokens.refresh })?;
    transport.post("/v1/sign-out", None, body).await?;
    Ok(())
}

/// Whether there is a session to sync with; it may turn out to be over.
pub fn is_signed_in(client: &Client) -> Result<bool, ApiError> {
    Ok(Tokens::of(client)?.is_some())
}

/// An access token that is good for some time yet.
///
/// A refresh whose answer was lost is repeated with the old token: the server takes that back as long
/// as the new one was not used.
///
/// # Errors
/// [`AccountError::SignedOut`] if the session is over.
pub async fn access_token(client: &Client, transport: &impl Transport) -> Result<String, AccountError> {
    let tokens = Tokens::of(client)?.ok_or(AccountError::SignedOut)?;
    if tokens.access_expires_at.millis() - client.env().now().millis() > MARGIN_MILLIS {
        return Ok(tokens.access);
    }
    refresh(client, transport).await
}

/// A new access token, whatever the present one is good for.
///
/// # Errors
/// As [`access_token`].
pub async fn refresh(client: &Client, transport: &impl Transport) -> Result<String, AccountError> {
    let tokens = Tokens::of(client)?.ok_or(AccountError::SignedOut)?;
    let body = json(&Refresh { refresh_token: &tokens.refresh })?;
    let answer = transport.post("/v1/refresh", None, body).await.map_err(|error| match error {
        TransportError::Unauthorized => AccountError::SignedOut,
        other => AccountError::Transport(other),
    })?;
    let session = Session::read(&answer)?;
    client.changing(|tx| {
        session.store(tx)?;
        Ok(((), ChangeSet::default()))
    })?;
    Ok(session.access_token)
}

/// The tokens of the present session.
const TOKENS: Key<Tokens> = Key::new("tokens");

#[derive(Encode, Decode)]
#[cbor(map)]
struct Tokens {
    #[n(0)]
    access: String,
    #[n(1)]
    access_expires_at: Timestamp,
    #[n(2)]
    refresh: String,
}

impl Tokens {
    fn of(client: &Client) -> Result<Option<Self>, ApiError> {
        Ok(client.store().read(|connection| meta::get(connection, &TOKENS))?)
    }
}

#[derive(Serialize)]
struct SignIn<'a> {
    email: &'a str,
    password: &'a str,
    device: SignInDevice<'a>,
}

#[derive(Serialize)]
struct SignInDevice<'a> {
    platform: &'a str,
    name: &'a str,
    install_secret: String,
}

#[derive(Serialize)]
struct Refresh<'a> {
    refresh_token: &'a str,
}

/// What the server answers to sign-in and refresh.
#[derive(Deserialize)]
struct Session {
    organisation: OrgId,
    user: UserId,
    device: DeviceId,
    #[expect(dead_code, reason = "the role comes with the user's settings row, and follows it")]
    role: Role,
    access_token: String,
    access_expires_at: Timestamp,
    refresh_token: String,
}

impl Session {
    fn read(answer: &str) -> Result<Self, TransportError> {
        serde_json::from_str(answer).map_err(|_| TransportError::Malformed)
    }

    fn store(&self, tx: &Transaction<'_>) -> Result<(), Error> {
        let tokens = Tokens {
            access: self.access_token.clone(),
            access_expires_at: self.access_expires_at,
            refresh: self.refresh_token.clone(),
        };
        meta::set(tx, &TOKENS, &tokens)
    }
}

fn json(body: &impl Serialize) -> Result<String, TransportError> {
    serde_json::to_string(body).map_err(|_| TransportError::Malformed)
}
