//! The caller's own profile: `GET` and `PUT /v1/me`, `POST /v1/me/password`.

use axum::Json;
use axum::extract::State as With;
use axum::http::StatusCode;
use roadbook_domain::settings::user::User;
use serde::Deserialize;

use super::versioned::Versioned;
use super::{ApiError, Body, Problem, Routes};
use crate::accounts::{self, Profile};
use crate::auth::Claim;
use crate::state::State;

/// The routes of one's own profile.
pub fn routes() -> Routes {
    Routes::new().get("/v1/me", show).put("/v1/me", edit).post("/v1/me/password", set_password)
}

#[derive(Deserialize)]
struct Edit {
    version: u64,
    #[serde(flatten)]
    profile: Profile,
}

#[derive(Deserialize)]
struct NewPassword {
    old: String,
    new: String,
}

async fn show(With(state): With<State>, claim: Claim) -> Result<Json<Versioned<User>>, ApiError> {
    let (version, setting) = accounts::own(state.node(), &claim).await?;
    Ok(Json(Versioned { version, setting }))
}

async fn edit(
    With(state): With<State>,
    claim: Claim,
    Body(asked): Body<Edit>,
) -> Result<Json<Versioned<User>>, ApiError> {
    if asked.version == 0 {
        return Err(ApiError::Invalid { field: "version", problem: Problem::Missing });
    }
    let (version, setting) = accounts::edit_own(state.node(), &claim, &asked.profile, asked.version).await?;
    Ok(Json(Versioned { version, setting }))
}

/// The session that asks lives on, and refreshes its token; all others end.
async fn set_password(
    With(state): With<State>,
    claim: Claim,
    Body(asked): Body<NewPassword>,
) -> Result<StatusCode, ApiError> {
    accounts::set_own_password(state.gate(), &claim, &asked.old, &asked.new).await?;
    Ok(StatusCode::NO_CONTENT)
}
