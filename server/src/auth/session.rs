//! Signing in, staying signed in, signing out.

use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::Email;
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use super::keep::KeepKey;
use super::throttle::Guesser;
use super::token::{ACCESS_LIFE, IDLE_LIFE, RefreshToken, sha256};
use super::{AuthError, Gate};
use crate::node::Node;
use crate::store::devices::{self, Enrolment};
use crate::store::sessions::{self, NewSession, Rotated, Rotation};
use crate::store::users::{self, Claimed, Login, Permissions};

/// Who wants in, and on what device.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The login, as typed.
    pub email: &'a str,
    /// The password.
    pub password: &'a str,
    /// `android`, `ios`, ...
    pub platform: &'a str,
    /// What the user calls the device.
    pub device_name: &'a str,
    /// The installation's own secret: with the same user it is the same device (R12).
    pub install_secret: &'a [u8; 32],
}

/// What a session gives its device.
#[derive(Debug, Clone)]
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
    pub refresh_token: RefreshToken,
    /// What the user's unsent edits are kept with on the device after a forced sign-out.
    pub keep_key: KeepKey,
}

/// Begins a session.
///
/// For an unknown email, a disabled user and a wrong password the answer is the same after the same
/// work.
///
/// # Errors
/// [`AuthError::BadCredentials`], [`AuthError::SlowDown`] after too many of them, or
/// [`PasswordError::Busy`](super::password::PasswordError::Busy) if too many sign in at once.
pub async fn sign_in(gate: &Gate, credentials: &Credentials<'_>) -> Result<Grant, AuthError> {
    // Before the transaction: hashing takes long, and other writers would wait for it.
    let login = judge(gate, credentials).await?;
    let (org, user, now) = (login.org_id, login.id, gate.node().now());
    let session = draw_uuid(gate.node());
    let refresh_token = RefreshToken::new(org, session, gate.node().env());
    let enrolment = Enrolment {
        id: DeviceId::new(gate.node().env()),
        user,
        platform: credentials.platform,
        name: credentials.device_name,
        install_hash: &sha256(credentials.install_secret),
        now,
    };
    let mut tx = gate.node().db().write().await?;
    let permissions = users::lock(&mut tx, org, user, Some(&login.password_hash)).await?;
    let permissions = permissions.ok_or(AuthError::BadCredentials)?;
    let device = devices::enrol(&mut tx, org, &enrolment).await?;
    let token_hash = refresh_token.hash();
    let begun = NewSession { id: session, user, device, token_hash, now, expires_at: idle_end(now) };
    sessions::begin(&mut tx, org, &begun).await?;
    tx.commit().await?;
    tracing::info!(user.id = %user, device.id = %device, "signed in");
    grant(gate, permissions, user, device, refresh_token)
}

/// Exchanges a refresh token for a new pair of tokens.
///
/// If the answer gets lost, the same token is good once more: its replacement was never used and is
/// dropped. Any other token that was replaced ends the session, because somebody else has it.
///
/// # Errors
/// [`AuthError::SessionOver`].
pub async fn refresh(gate: &Gate, token: &RefreshToken) -> Result<Grant, AuthError> {
    let now = gate.node().now();
    let replacement = RefreshToken::new(token.org, token.session, gate.node().env());
    let rotation = Rotation {
        session: token.session,
        presented: token.hash(),
        replacement: replacement.hash(),
        now,
        expires_at: idle_end(now),
    };
    let mut tx = gate.node().db().write().await?;
    match sessions::rotate(&mut tx, token.org, &rotation).await? {
        Rotated::Fresh { user, device } => {
            // If access was taken away, the error rolls the rotation back: the token stays as it was.
            let permissions =
                users::lock(&mut tx, token.org, user, None).await?.ok_or(AuthError::SessionOver)?;
            devices::seen(&mut tx, token.org, device, now).await?;
            tx.commit().await?;
            grant(gate, permissions, user, device, replacement)
        }
        Rotated::Replayed => {
            // Committed, although the answer is an error: the session must stay ended.
            tx.commit().await?;
            tracing::warn!(session.id = %token.session, "a spent refresh token was shown: session ended");
            Err(AuthError::SessionOver)
        }
        Rotated::Over => Err(AuthError::SessionOver),
    }
}

/// Ends the session of a refresh token, be it the newest or the one before; harmless if it is over.
///
/// # Errors
/// Of the database.
pub async fn sign_out(gate: &Gate, token: &RefreshToken) -> Result<(), AuthError> {
    let mut tx = gate.node().db().write().await?;
    let session = sessions::find(&mut tx, token.org, token.session).await?;
    if session.is_some_and(|session| session.holds(&token.hash())) {
        sessions::end(&mut tx, token.org, token.session, gate.node().now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The account whose password this is.
async fn judge(gate: &Gate, credentials: &Credentials<'_>) -> Result<Login, AuthError> {
    // What is no email is asked of nobody, the database included.
    let email = credentials.email.parse::<Email>().ok();
    let install_hash = sha256(credentials.install_secret);
    let (mut login, mut known_device) = (None, false);
    if let Some(email) = &email {
        let mut conn = gate.node().db().read().await?;
        known_device = devices::is_enrolled(&mut conn, email.as_str(), &install_hash).await?;
        login = users::by_email(&mut conn, email).await?;
    }
    let text = email.as_ref().map_or(credentials.email, Email::as_str);
    let guesser = Guesser::new(text, known_device.then_some(&install_hash));
    // Every guess counts before it is judged, so that many at once are no more than many one by one.
    let guess = gate.throttle().guess(guesser, gate.node().now());
    let guess = guess.map_err(|seconds| AuthError::SlowDown { seconds })?;
    let login = login.filter(|login| !login.disabled && !login.password_hash.is_empty());
    let hash = login.as_ref().map(|login| login.password_hash.as_str());
    match gate.passwords().verify(credentials.password, hash).await {
        Ok(true) => {
            gate.throttle().succeeded(guesser);
            login.ok_or(AuthError::BadCredentials)
        }
        Ok(false) => Err(AuthError::BadCredentials),
        Err(error) => {
            // Our own trouble must not slow the user down.
            gate.throttle().take_back(guess);
            Err(error.into())
        }
    }
}

fn grant(
    gate: &Gate,
    permissions: Permissions,
    user: UserId,
    device: DeviceId,
    refresh_token: RefreshToken,
) -> Result<Grant, AuthError> {
    let RefreshToken { org, session, .. } = refresh_token;
    let claimed = Claimed { org, user, device, session, token_version: permissions.token_version };
    let now = gate.node().now();
    Ok(Grant {
        org,
        user,
        device,
        role: permissions.role,
        access_token: gate.tokens().issue(&claimed, now)?,
        access_expires_at: Timestamp::from_millis(now.millis().saturating_add(ACCESS_LIFE)),
        refresh_token,
        keep_key: KeepKey::of(gate.node().secrets(), org, user),
    })
}

fn idle_end(now: Timestamp) -> Timestamp {
    Timestamp::from_millis(now.millis().saturating_add(IDLE_LIFE))
}

fn draw_uuid(node: &Node) -> Uuid {
    uuid::Builder::from_random_bytes(roadbook_domain::value::env::random(node.env())).into_uuid()
}
