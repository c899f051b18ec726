//! The caller's own profile: `GET` and `PUT /v1/me`, `POST /v1/me/password`.

use axum::Json;
use axum::extract::State as With;
use axum::response::NoContent;
use roadbook_domain::settings::user::User;
use serde::Deserialize;

use super::routes::signed_in;
use super::schema::{described, object};
use super::versioned::Versioned;
use super::{ApiError, Body, Problem, Routes};
use crate::accounts::{self, Profile};
use crate::auth::Claim;
use crate::state::State;

/// The routes of one's own profile.
pub fn routes() -> Routes {
    let shows = signed_in("The caller's own directory entry.").fails([ApiError::NotFound]);
    let edits = "Changes the caller's `family_name`, `given_name`, `zone` and `locale`.";
    let edits = signed_in(edits).edits().fails([ApiError::NotFound]);
    let sets = "Sets the caller's password by `{\"old\", \"new\"}`, and ends their other sessions.";
    let sets = signed_in(sets);
    let sets = sets.fails([ApiError::BadCredentials, ApiError::SlowDown { seconds: 0 }, ApiError::NotFound]);
    Routes::of("Oneself").get("/v1/me", show, shows).put("/v1/me", edit, edits).post(
        "/v1/me/password",
        set_password,
        sets,
    )
}

object! {
    /// What users may change of their own directory entry.
    Profile {
        /// May be empty.
        family_name: String,
        /// May be empty.
        given_name: String,
        /// The IANA name of the zone in which their days are judged.
        zone: String,
        /// Language and country, such as `hu-HU`.
        locale: String,
    }
}

described! {
    /// What users may change of their own directory entry.
    #[derive(Deserialize)]
    struct ProfileEdit {
        /// The one that the edit is based on.
        version: u64,
        #[serde(flatten)]
        profile: Profile,
    }

    /// A user's own new password.
    #[derive(Deserialize)]
    struct OwnPassword {
        /// The one until now.
        old: String,
        /// At least 10 characters, at most 256 bytes.
        new: String,
    }
}

async fn show(With(state): With<State>, claim: Claim) -> Result<Json<Versioned<User>>, ApiError> {
    let (version, setting) = accounts::own(state.node(), &claim).await?;
    Ok(Json(Versioned { version, setting }))
}

async fn edit(
    With(state): With<State>,
    claim: Claim,
    Body(asked): Body<ProfileEdit>,
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
    Body(asked): Body<OwnPassword>,
) -> Result<NoContent, ApiError> {
    accounts::set_own_password(state.gate(), &claim, &asked.old, &asked.new).await?;
    Ok(NoContent)
}
