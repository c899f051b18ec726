//! Users: `GET` and `POST /v1/users`, `PUT /v1/users/{user}`, `POST /v1/users/{user}/password`
//! (F62-F67, F73). An administrator's business throughout.

use axum::Json;
use axum::extract::State as With;
use axum::http::StatusCode;
use roadbook_domain::settings::role::Act;
use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::{Email, User};
use roadbook_domain::value::id::UserId;
use serde::Deserialize;

use super::versioned::{self, Versioned};
use super::{ApiError, Body, Path, Routes};
use crate::accounts;
use crate::auth::Claim;
use crate::state::State;

/// The routes of users.
pub fn routes() -> Routes {
    Routes::new()
        .get("/v1/users", list)
        .post("/v1/users", create)
        .put("/v1/users/{user}", edit)
        .post("/v1/users/{user}/password", set_password)
}

#[derive(Deserialize)]
struct NewUser {
    email: Email,
    #[serde(default)]
    family_name: String,
    #[serde(default)]
    given_name: String,
    role: Role,
    /// The zone in which their days are judged (T4), an IANA name.
    zone: String,
    /// Language and country, such as `hu-HU`.
    locale: String,
    #[serde(default)]
    issues_invoices: bool,
    /// Without one the user cannot sign in until it is set.
    password: Option<String>,
}

#[derive(Deserialize)]
struct NewPassword {
    password: String,
}

async fn list(With(state): With<State>, claim: Claim) -> Result<Json<Vec<Versioned<User>>>, ApiError> {
    let mut snapshot = claim.snapshot(state.db()).await?;
    snapshot.caller.require(Act::ManageUsers)?;
    let mut users = versioned::list::<User>(&mut snapshot).await?;
    users.sort_by_key(|user| user.setting.sort_key());
    Ok(Json(users))
}

async fn create(
    With(state): With<State>,
    claim: Claim,
    Body(asked): Body<NewUser>,
) -> Result<(StatusCode, Json<Versioned<User>>), ApiError> {
    let user = User {
        id: UserId::new(state.env()),
        email: Some(asked.email),
        family_name: asked.family_name,
        given_name: asked.given_name,
        role: asked.role,
        zone: asked.zone,
        locale: asked.locale,
        active: true,
        issues_invoices: asked.issues_invoices,
    };
    let version =
        accounts::create(state.engine(), state.gate().passwords(), &claim, &user, asked.password.as_deref())
            .await?;
    Ok((StatusCode::CREATED, Json(Versioned { version, setting: user })))
}

async fn edit(
    With(state): With<State>,
    claim: Claim,
    Path(id): Path<UserId>,
    Body(asked): Body<Versioned<User>>,
) -> Result<Json<Versioned<User>>, ApiError> {
    asked.check_names(id)?;
    let version = accounts::edit(state.node(), &claim, &asked.setting, asked.version).await?;
    Ok(Json(Versioned { version, ..asked }))
}

async fn set_password(
    With(state): With<State>,
    claim: Claim,
    Path(user): Path<UserId>,
    Body(asked): Body<NewPassword>,
) -> Result<StatusCode, ApiError> {
    accounts::set_password(state.node(), state.gate().passwords(), &claim, user, &asked.password).await?;
    Ok(StatusCode::NO_CONTENT)
}
