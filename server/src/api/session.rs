//! `POST /v1/sign-in`, `/v1/refresh`, `/v1/sign-out`.

use std::convert::Infallible;

use axum::Json;
use axum::extract::{FromRequestParts, State as With};
use axum::http::request::Parts;
use axum::response::NoContent;
use data_encoding::BASE64URL_NOPAD;
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::operation::{Asks, Operation};
use super::routes::{SHORT_BODY_LIMIT, everybody, only};
use super::schema::described;
use super::{ApiError, Body, Problem, Routes};
use crate::auth::peer::{Origin, Peer};
use crate::auth::session::{self, Credentials, Grant, Installation};
use crate::state::State;

/// The most characters of a device's name and platform.
const MAX_NAME: usize = 100;

/// The routes of sessions. None of them asks for an access token: they are how one comes by it.
pub fn routes() -> Routes {
    let begins = everybody("Begins a session on a device; answers an access token and a refresh token.");
    let begins = begins.fails([ApiError::BadCredentials, ApiError::SlowDown { seconds: 0 }]);
    let renews = only("a refresh token", "Exchanges it for a new pair.").fails([ApiError::SessionOver]);
    let ends = only("a refresh token", "Ends its session.");
    Routes::of("Sessions")
        .post_up_to(SHORT_BODY_LIMIT, "/v1/sign-in", sign_in, begins)
        .post_up_to(SHORT_BODY_LIMIT, "/v1/refresh", refresh, renews)
        .post_up_to(SHORT_BODY_LIMIT, "/v1/sign-out", sign_out, ends)
}

described! {
    /// Who signs in, and on which device.
    #[derive(Deserialize)]
    struct SignIn {
        /// As the user typed it.
        email: String,
        /// As the user typed it.
        password: String,
        device: SignInDevice,
    }

    /// What a device says of itself.
    #[derive(Deserialize)]
    pub(super) struct SignInDevice {
        /// 1 to 100 characters, none of them a control character.
        platform: String,
        /// 1 to 100 characters, none of them a control character.
        name: String,
        /// 32 random bytes in base64url without padding, made by the installation and kept out of every backup.
        install_secret: String,
    }

    /// A refresh token.
    #[derive(Deserialize)]
    struct Refresh {
        refresh_token: String,
    }

    /// A pair of tokens, and whose they are.
    #[derive(Serialize)]
    pub(super) struct Session {
        organisation: OrgId,
        user: UserId,
        device: DeviceId,
        role: Role,
        access_token: String,
        access_expires_at: Timestamp,
        refresh_token: String,
        /// In base64url: what the device seals unsent edits with for the same user, should they have to sign out.
        keep_key: String,
    }
}

async fn sign_in(
    With(state): With<State>,
    Comes(peer): Comes,
    Body(asked): Body<SignIn>,
) -> Result<Json<Session>, ApiError> {
    let install_secret = asked.device.check()?;
    let installation = asked.device.installation(&install_secret, peer);
    let credentials = Credentials { email: &asked.email, password: &asked.password, installation };
    Ok(Json(session::sign_in(state.gate(), &credentials).await?.into()))
}

async fn refresh(With(state): With<State>, Body(asked): Body<Refresh>) -> Result<Json<Session>, ApiError> {
    Ok(Json(session::refresh(state.gate(), &asked.refresh_token).await?.into()))
}

async fn sign_out(With(state): With<State>, Body(asked): Body<Refresh>) -> Result<NoContent, ApiError> {
    session::sign_out(state.gate(), &asked.refresh_token).await?;
    Ok(NoContent)
}

impl SignInDevice {
    /// The installation's secret, if all of it is fit.
    pub(super) fn check(&self) -> Result<[u8; 32], ApiError> {
        for (field, text) in [("device.platform", &self.platform), ("device.name", &self.name)] {
            // Both are shown in lists to the user and to administrators.
            if text.is_empty() || text.chars().count() > MAX_NAME || text.chars().any(char::is_control) {
                return Err(ApiError::Invalid { field, problem: Problem::Length { min: 1, max: MAX_NAME } });
            }
        }
        BASE64URL_NOPAD
            .decode(self.install_secret.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| ApiError::invalid("device.install_secret", "give 32 bytes in base64url"))
    }

    pub(super) fn installation<'a>(&'a self, install_secret: &'a [u8; 32], peer: Peer) -> Installation<'a> {
        Installation { platform: &self.platform, device_name: &self.name, install_secret, peer }
    }
}

/// Where a request comes from; what comes over no socket comes from nobody in particular.
pub(super) struct Comes(pub(super) Peer);

impl<S: Sync> FromRequestParts<S> for Comes {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let origin = parts.extensions.get::<Origin>();
        Ok(Self(origin.map_or(Peer::UNKNOWN, |origin| Peer::of(origin.address))))
    }
}

impl Asks for Comes {
    fn tell(_: &mut Operation) {}
}

impl From<Grant> for Session {
    fn from(grant: Grant) -> Self {
        Self {
            organisation: grant.org,
            user: grant.user,
            device: grant.device,
            role: grant.role,
            access_token: grant.access_token,
            access_expires_at: grant.access_expires_at,
            refresh_token: grant.refresh_token,
            keep_key: BASE64URL_NOPAD.encode(grant.keep_key.as_bytes()),
        }
    }
}
