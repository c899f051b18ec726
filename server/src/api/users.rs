//! Users: `GET` and `POST /v1/users`, `PUT /v1/users/{user}`, `POST /v1/users/{user}/password`
//! (F62-F67, F73). An administrator's business throughout.

use axum::Json;
use axum::extract::State as With;
use axum::response::NoContent;
use roadbook_domain::settings::role::Act;
use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::{Email, User};
use roadbook_domain::value::id::UserId;
use serde::Deserialize;

use super::routes::admins;
use super::schema::described;
use super::versioned::{self, Versioned};
use super::{ApiError, Body, Created, Path, Routes};
use crate::accounts;
use crate::auth::Claim;
use crate::state::State;

/// The routes of users.
pub fn routes() -> Routes {
    let taken = || ApiError::AlreadyExists { field: "email" };
    let edits = admins("Changes a user's directory entry, role or access.").edits();
    let sets = admins("Sets a user's password and ends all their sessions.");
    Routes::of("Users")
        .get("/v1/users", list, admins("The directory of users."))
        .post("/v1/users", create, admins("Adds a user.").judged().fails([taken()]))
        .put("/v1/users/{user}", edit, edits.fails([taken(), ApiError::LastAdmin]))
        .post("/v1/users/{user}/password", set_password, sets)
}

described! {
    /// A user who is added. They have access at once.
    #[derive(Deserialize)]
    struct NewUser {
        /// The login.
        email: Email,
        /// Left out: empty.
        #[serde(default)]
        family_name: String,
        /// Left out: empty.
        #[serde(default)]
        given_name: String,
        role: Role,
        /// The IANA name of the zone in which their days are judged.
        zone: String,
        /// Language and country, such as `hu-HU`.
        locale: String,
        /// Whether they issue invoices although their role does not allow it. Left out: false.
        #[serde(default)]
        issues_invoices: bool,
        /// At least 10 characters, at most 256 bytes. Without one the user gets in by an enrolment.
        password: Option<String>,
    }

    /// A user's new password.
    #[derive(Deserialize)]
    struct NewPassword {
        /// At least 10 characters, at most 256 bytes.
        password: String,
    }
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
) -> Result<Created<Versioned<User>>, ApiError> {
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
    Ok(Created(Versioned { version, setting: user }))
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
) -> Result<NoContent, ApiError> {
    accounts::set_password(state.node(), state.gate().passwords(), &claim, user, &asked.password).await?;
    Ok(NoContent)
}
