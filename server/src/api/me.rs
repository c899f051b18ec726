//! The caller's own profile: `GET` and `PUT /v1/me`, `POST /v1/me/password`.

use axum::Json;
use axum::extract::State as With;
use axum::http::StatusCode;
use roadbook_domain::settings::user::User;
use serde::Deserialize;

use super::versioned::Versioned;
use super::{ApiError, Body, Problem, Routes};
use crate::accounts::{self, Profile};
use crate::auth::Caller;
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

async fn show(With(state): With<State>, caller: Caller) -> Result<Json<Versioned<User>>, ApiError> {
    let (version, setting) = accounts::own(state.node(), &caller).await?;
    Ok(Json(Versioned { version, setting }))
}

async fn edit(
    With(state): With<State>,
    caller: Caller,
    Body(asked): Body<Edit>,
) -> Result<Json<Versioned<User>>, ApiError> {
    if asked.version == 0 {
        return Err(ApiError::Invalid { field: "version", problem: Problem::Missing });
    }
    let caller = caller.again(state.node()).await?;
    let (version, setting) = accounts::edit_own(state.node(), &caller, &asked.profile, asked.version).await?;
    Ok(Json(Versioned { version, setting }))
}

/// The session that asks lives on, and refreshes its token; all others end.
async fn set_password(
    With(state): With<State>,
    caller: Caller,
    Body(asked): Body<NewPassword>,
) -> Result<StatusCode, ApiError> {
    let caller = caller.again(state.node()).await?;
    accounts::set_own_password(state.gate(), &caller, &asked.old, &asked.new).await?;
    Ok(StatusCode::NO_CONTENT)
}
