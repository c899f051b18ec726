//! `POST /v1/sign-in`, `/v1/refresh`, `/v1/sign-out`.

use axum::Json;
use axum::extract::State as With;
use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ApiError, Body, Problem, Routes};
use crate::auth::session::{self, Credentials, Grant};
use crate::auth::token::RefreshToken;
use crate::state::State;

/// The most characters of a device's name and platform.
const MAX_NAME: usize = 100;

/// The routes of sessions. None of them asks for an access token: they are how one comes by it.
pub fn routes() -> Routes {
    Routes::new().post("/v1/sign-in", sign_in).post("/v1/refresh", refresh).post("/v1/sign-out", sign_out)
}

#[derive(Deserialize)]
struct SignIn {
    email: String,
    password: String,
    device: SignInDevice,
}

#[derive(Deserialize)]
struct SignInDevice {
    platform: String,
    name: String,
    /// 32 random bytes in base64url, made by the installation and kept out of every backup.
    install_secret: String,
}

#[derive(Deserialize)]
struct Refresh {
    refresh_token: String,
}

/// A pair of tokens, and whose they are.
#[derive(Serialize)]
struct Session {
    organisation: OrgId,
    user: UserId,
    device: DeviceId,
    role: Role,
    access_token: String,
    access_expires_at: Timestamp,
    refresh_token: String,
    /// In base64url.
    keep_key: String,
}

async fn sign_in(With(state): With<State>, Body(asked): Body<SignIn>) -> Result<Json<Session>, ApiError> {
    let install_secret: [u8; 32] = BASE64URL_NOPAD
        .decode(asked.device.install_secret.as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| ApiError::invalid("device.install_secret", "give 32 bytes in base64url"))?;
    for (field, text) in [("device.platform", &asked.device.platform), ("device.name", &asked.device.name)] {
        // Both are shown in lists to the user and to administrators.
        if text.is_empty() || text.chars().count() > MAX_NAME || text.chars().any(char::is_control) {
            return Err(ApiError::Invalid { field, problem: Problem::Length { min: 1, max: MAX_NAME } });
        }
    }
    let credentials = Credentials {
        email: &asked.email,
        password: &asked.password,
        platform: &asked.device.platform,
        device_name: &asked.device.name,
        install_secret: &install_secret,
    };
    Ok(Json(session::sign_in(state.gate(), &credentials).await?.into()))
}

async fn refresh(With(state): With<State>, Body(asked): Body<Refresh>) -> Result<Json<Session>, ApiError> {
    // The device must sign in again, whether its token is over or never was one.
    let token = RefreshToken::from_text(&asked.refresh_token).map_err(|_| ApiError::SessionOver)?;
    Ok(Json(session::refresh(state.gate(), &token).await?.into()))
}

async fn sign_out(With(state): With<State>, Body(asked): Body<Refresh>) -> Result<StatusCode, ApiError> {
    // What is no token ends no session: for the device the result is the same.
    if let Ok(token) = RefreshToken::from_text(&asked.refresh_token) {
        session::sign_out(state.gate(), &token).await?;
    }
    Ok(StatusCode::NO_CONTENT)
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
            refresh_token: grant.refresh_token.to_text(),
            keep_key: BASE64URL_NOPAD.encode(grant.keep_key.as_bytes()),
        }
    }
}
