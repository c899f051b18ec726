//! Signing in, staying signed in, signing out.

use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::Email;
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use super::keep::KeepKey;
use super::password::Place;
use super::peer::Peer;
use super::throttle::Guesser;
use super::token::{ACCESS_LIFE, IDLE_LIFE, RefreshToken, sha256};
use super::{AuthError, Gate};
use crate::node::Node;
use crate::store::devices::{self, Enrolment};
use crate::store::sessions::{self, Alive, FIRST_GENERATION, NewSession};
use crate::store::users::{self, Claimed, Login, Permissions};
use crate::store::{StoreError, Tx, retry};

/// For how many milliseconds after a refresh the token before is refused and nothing more: an app and its
/// widget that asked at once are no thieves, and the one that was slower finds the new token in their file.
const AT_ONCE: i64 = 60_000;

/// Who wants in, and on what device.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The login, as typed.
    pub email: &'a str,
    /// The password.
    pub password: &'a str,
    /// On what.
    pub installation: Installation<'a>,
}

/// An installation of the app, as it says of itself.
#[derive(Clone, Copy)]
pub struct Installation<'a> {
    /// `android`, `ios`, ...
    pub platform: &'a str,
    /// What the user calls the device.
    pub device_name: &'a str,
    /// The installation's own secret: with the same user it is the same device (R12).
    pub install_secret: &'a [u8; 32],
    /// Where the request comes from.
    pub peer: Peer,
}

/// What a session gives its device.
#[derive(Clone)]
pub struct Grant {
    /// The organisation.
    pub org: OrgId,
    /// The user.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
    /// The role now.
    pub role: Role,
    /// The access token.
    pub access_token: String,
    /// When it ends.
    pub access_expires_at: Timestamp,
    /// The refresh token; the one used for it is spent, unless this answer gets lost.
    pub refresh_token: String,
    /// What the user's unsent edits are kept with on the device after a forced sign-out.
    pub keep_key: KeepKey,
}

/// Begins a session.
///
/// For an unknown email, a disabled user and a wrong password the answer is the same after the same
/// work. While nothing can be written, an installation whose session lives gets the tokens of that one.
///
/// # Errors
/// [`AuthError::BadCredentials`], [`AuthError::SlowDown`] after too many of them, or
/// [`PasswordError::Busy`](super::password::PasswordError::Busy) if too many sign in at once.
pub async fn sign_in(gate: &Gate, credentials: &Credentials<'_>) -> Result<Grant, AuthError> {
    // Before the transaction: hashing takes long, and other writers would wait for it.
    let login = judge(gate, credentials).await?;
    let install_hash = sha256(credentials.installation.install_secret);
    match retry(|| enter(gate, &login, &credentials.installation)).await {
        Err(AuthError::Store(StoreError::Full)) => {
            let mut conn = gate.node().db().read().await?;
            let now = gate.node().now();
            let alive = sessions::alive_on(&mut conn, login.org_id, login.id, &install_hash, now).await?;
            let alive = alive.ok_or(StoreError::Full)?;
            tracing::warn!("no space left: an installation signs in with the session that it has");
            // What was issued since the disk is full is known here only.
            let newest = alive.generation.max(gate.seen().newest(alive.id));
            grant(gate, login.org_id, &alive, newest)
        }
        begun => begun,
    }
}

async fn enter(gate: &Gate, login: &Login, installation: &Installation<'_>) -> Result<Grant, AuthError> {
    let (org, user) = (login.org_id, login.id);
    // Account, device, session: everybody who locks several of them does so in this order.
    let mut tx = gate.node().db().write().await?;
    let permissions = users::lock(&mut tx, org, user, Some(&login.password_hash)).await?;
    let permissions = permissions.ok_or(AuthError::BadCredentials)?;
    let grant = begin(gate, &mut tx, org, user, permissions, installation).await?;
    tx.commit().await?;
    tracing::info!(user.id = %user, device.id = %grant.device, "signed in");
    Ok(grant)
}

/// Begins a session in a transaction that holds the account.
///
/// # Errors
/// Of the database and the keys.
pub(super) async fn begin(
    gate: &Gate,
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    permissions: Permissions,
    installation: &Installation<'_>,
) -> Result<Grant, AuthError> {
    let now = gate.node().now();
    let enrolment = Enrolment {
        id: DeviceId::new(gate.node().env()),
        user,
        platform: installation.platform,
        name: installation.device_name,
        install_hash: &sha256(installation.install_secret),
        now,
    };
    let device = devices::enrol(tx, org, &enrolment).await?;
    let begun = NewSession { id: draw_uuid(gate.node()), user, device, now, expires_at: idle_end(now) };
    sessions::begin(tx, org, &begun).await?;
    let claimed = Claimed { org, user, device, session: begun.id, token_version: permissions.token_version };
    tokens(gate, claimed, permissions, FIRST_GENERATION)
}

/// Exchanges a refresh token for a new pair of tokens.
///
/// The new refresh token depends on the old one alone. So whoever asks again, because the answer got lost
/// or because another process of the same phone asked, too, gets the same. Once the newest access token was
/// used, its refresh token has arrived, and the one before is spent. A spent token ends the session, because
/// somebody else has it.
///
/// While nothing can be written, the session goes on all the same: a token that is newer than the database
/// knows was issued then.
///
/// # Errors
/// [`AuthError::SessionOver`].
pub async fn refresh(gate: &Gate, text: &str) -> Result<Grant, AuthError> {
    // What this server did not seal is no token, and touches no session.
    let token = gate.tokens().open(text).map_err(|_| AuthError::SessionOver)?;
    retry(|| exchange(gate, &token)).await
}

async fn exchange(gate: &Gate, token: &RefreshToken) -> Result<Grant, AuthError> {
    let RefreshToken { org, session, generation } = *token;
    let next = token.successor().generation;
    // Twice, because another caller with the same token may be faster.
    for _ in 0..2 {
        let now = gate.node().now();
        let mut conn = gate.node().db().read().await?;
        let alive = sessions::alive(&mut conn, org, session, now).await?.ok_or(AuthError::SessionOver)?;
        drop(conn);
        match Standing::of(generation, &alive, gate.seen().newest(session), now) {
            Standing::Newest => match rotate(gate, token, &alive, now).await {
                Ok(true) => return grant(gate, org, &alive, next),
                Ok(false) => {}
                Err(StoreError::Full) => {
                    tracing::warn!(session.id = %session, "no space left: a refresh is not written down");
                    return grant(gate, org, &alive, next);
                }
                Err(error) => return Err(error.into()),
            },
            Standing::Unanswered => return grant(gate, org, &alive, next),
            Standing::Late => return Err(AuthError::SessionOver),
            Standing::Spent => {
                end_replayed(gate, token, now).await?;
                return Err(AuthError::SessionOver);
            }
        }
    }
    Err(AuthError::SessionOver)
}

/// How a refresh token stands in its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The newest that the database knows, or a newer one.
    Newest,
    /// The one before, and nobody has used what replaced it: the answer may have been lost.
    Unanswered,
    /// The one before, just replaced by another process of the same phone.
    Late,
    /// A replay (RFC 9700, 4.14).
    Spent,
}

impl Standing {
    fn of(generation: i64, alive: &Alive, seen_here: i64, now: Timestamp) -> Self {
        let age = now.millis().saturating_sub(alive.issued_at.millis());
        if generation >= alive.generation {
            Self::Newest
        } else if generation.saturating_add(1) < alive.generation {
            Self::Spent
        } else if alive.seen.max(seen_here) < alive.generation {
            Self::Unanswered
        } else if (0..AT_ONCE).contains(&age) {
            Self::Late
        } else {
            Self::Spent
        }
    }
}

async fn rotate(
    gate: &Gate,
    token: &RefreshToken,
    alive: &Alive,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = gate.node().db().write().await?;
    devices::seen(&mut tx, token.org, alive.device, now).await?;
    let end = idle_end(now);
    let rotated = sessions::rotate(&mut tx, token.org, token.session, token.generation, now, end).await?;
    if rotated {
        tx.commit().await?;
    }
    Ok(rotated)
}

async fn end_replayed(gate: &Gate, token: &RefreshToken, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = gate.node().db().write().await?;
    sessions::end(&mut tx, token.org, token.session, now).await?;
    tx.commit().await?;
    tracing::warn!(session.id = %token.session, "a spent refresh token was shown: session ended");
    Ok(())
}

/// Ends the session of a refresh token, be it the newest or the one before; harmless if it is over.
///
/// # Errors
/// Of the database.
pub async fn sign_out(gate: &Gate, text: &str) -> Result<(), AuthError> {
    // What is no token ends no session: for the device the result is the same.
    let Ok(RefreshToken { org, session, generation }) = gate.tokens().open(text) else { return Ok(()) };
    let now = gate.node().now();
    retry(|| async {
        let mut tx = gate.node().db().write().await?;
        let alive = sessions::alive(&mut tx, org, session, now).await?;
        if alive.is_some_and(|alive| generation.saturating_add(1) >= alive.generation) {
            sessions::end(&mut tx, org, session, now).await?;
            tx.commit().await?;
        }
        Ok(())
    })
    .await
}

/// The account whose password this is.
async fn judge(gate: &Gate, credentials: &Credentials<'_>) -> Result<Login, AuthError> {
    // What is no email is asked of nobody, the database included.
    let email = credentials.email.parse::<Email>().ok();
    let install_hash = sha256(credentials.installation.install_secret);
    let (mut login, mut known_device) = (None, false);
    if let Some(email) = &email {
        let mut conn = gate.node().db().read().await?;
        known_device = devices::is_enrolled(&mut conn, email.as_str(), &install_hash).await?;
        login = users::by_email(&mut conn, email).await?;
    }
    let text = email.as_ref().map_or(credentials.email, Email::as_str);
    let peer = credentials.installation.peer;
    let (guesser, place) = match known_device {
        true => (Guesser::own(text, &install_hash), Place::Known(peer)),
        false => (Guesser::stranger(text, peer), Place::Stranger(peer)),
    };
    let login = login.filter(|login| !login.disabled && !login.password_hash.is_empty());
    let hash = login.as_ref().map(|login| login.password_hash.as_str());
    guess(gate, guesser, place, credentials.password, hash).await?;
    login.ok_or(AuthError::BadCredentials)
}

/// Proves that a user who is signed in knows the password, before it is changed.
///
/// # Errors
/// [`AuthError::BadCredentials`], [`AuthError::SlowDown`] after too many of them.
pub async fn prove(gate: &Gate, login: &Login, password: &str) -> Result<(), AuthError> {
    // Whoever holds a device that is signed in guesses as slowly as at the door.
    let guesser = Guesser::own(&login.id.to_string(), &[0; 32]);
    guess(gate, guesser, Place::Known(Peer::UNKNOWN), password, Some(&login.password_hash)).await
}

async fn guess(
    gate: &Gate,
    guesser: Guesser,
    place: Place,
    password: &str,
    hash: Option<&str>,
) -> Result<(), AuthError> {
    // Every guess counts before it is judged, so that many at once are no more than many one by one.
    let guess = gate.throttle().guess(guesser, gate.node().now());
    let guess = guess.map_err(|seconds| AuthError::SlowDown { seconds })?;
    if !guess.held.is_zero() {
        tokio::time::sleep(guess.held).await;
    }
    match gate.passwords().verify(password, hash, place).await {
        Ok(true) => {
            gate.throttle().succeeded(guesser);
            Ok(())
        }
        Ok(false) => Err(AuthError::BadCredentials),
        Err(error) => {
            // Our own trouble must not slow the user down.
            gate.throttle().take_back(guess);
            Err(error.into())
        }
    }
}

fn grant(gate: &Gate, org: OrgId, alive: &Alive, generation: i64) -> Result<Grant, AuthError> {
    let Alive { id: session, user, device, permissions, .. } = *alive;
    let claimed = Claimed { org, user, device, session, token_version: permissions.token_version };
    tokens(gate, claimed, permissions, generation)
}

fn tokens(
    gate: &Gate,
    claimed: Claimed,
    permissions: Permissions,
    generation: i64,
) -> Result<Grant, AuthError> {
    let Claimed { org, user, device, session, .. } = claimed;
    let now = gate.node().now();
    Ok(Grant {
        org,
        user,
        device,
        role: permissions.role,
        access_token: gate.tokens().issue(&claimed, generation, now)?,
        access_expires_at: Timestamp::from_millis(now.millis().saturating_add(ACCESS_LIFE)),
        refresh_token: gate.tokens().seal(&RefreshToken { org, session, generation }),
        keep_key: KeepKey::of(gate.node().secrets(), org, user),
    })
}

fn idle_end(now: Timestamp) -> Timestamp {
    Timestamp::from_millis(now.millis().saturating_add(IDLE_LIFE))
}

fn draw_uuid(node: &Node) -> Uuid {
    uuid::Builder::from_random_bytes(roadbook_domain::value::env::random(node.env())).into_uuid()
}

impl std::fmt::Debug for Grant {
    /// Without the tokens.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grant")
            .field("user", &self.user)
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}
