//! Enrolments: `POST /v1/enrolments` makes a code (an administrator), `POST /v1/enrol` uses it up
//! (everybody who has it).

use axum::Json;
use axum::extract::State as With;
use axum::http::StatusCode;
use roadbook_domain::settings::role::Act;
use roadbook_domain::value::id::UserId;
use roadbook_domain::value::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::routes::SHORT_BODY_LIMIT;
use super::session::{Comes, Session, SignInDevice};
use super::{ApiError, Body, Routes};
use crate::auth::{AuthError, Claim, enrolment};
use crate::state::State;
use crate::store::{retry, users};

/// The routes of enrolments.
pub fn routes() -> Routes {
    Routes::new().post("/v1/enrolments", invite).post_up_to(SHORT_BODY_LIMIT, "/v1/enrol", redeem)
}

#[derive(Deserialize)]
struct Invite {
    user: UserId,
}

#[derive(Serialize)]
struct Invitation {
    /// For one time; shown in this answer only.
    code: String,
    /// The address of this server with the code, if the configuration says the address.
    link: Option<String>,
    expires_at: Timestamp,
}

#[derive(Deserialize)]
struct Redeem {
    code: String,
    password: String,
    device: SignInDevice,
}

async fn invite(
    With(state): With<State>,
    claim: Claim,
    Body(asked): Body<Invite>,
) -> Result<(StatusCode, Json<Invitation>), ApiError> {
    let made = retry(|| async {
        let mut tx = claim.write(state.db()).await?;
        let caller = tx.caller;
        caller.require(Act::ManageUsers)?;
        if caller.org != state.org() || !users::has_access(&mut tx, caller.org, asked.user).await? {
            return Ok(None);
        }
        let made = enrolment::invite(caller.org, state.env(), &mut tx, asked.user).await?;
        tx.commit().await?;
        Ok::<_, AuthError>(Some(made))
    });
    let made = made.await?.ok_or(ApiError::NotFound)?;
    tracing::info!(invited.id = %asked.user, "enrolment made");
    let code = made.code.to_string();
    let link =
        state.config().public_address.as_ref().map(|address| enrolment::enrolment_link(address, &made.code));
    Ok((StatusCode::CREATED, Json(Invitation { code, link, expires_at: made.expires_at })))
}

async fn redeem(
    With(state): With<State>,
    Comes(peer): Comes,
    Body(asked): Body<Redeem>,
) -> Result<Json<Session>, ApiError> {
    let install_secret = asked.device.check()?;
    let installation = asked.device.installation(&install_secret, peer);
    let grant = enrolment::redeem(state.gate(), &asked.code, &asked.password, &installation).await?;
    Ok(Json(grant.into()))
}
