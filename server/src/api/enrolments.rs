//! Enrolments: `POST /v1/enrolments` makes a code (an administrator), `POST /v1/enrol` uses it up
//! (everybody who has it).

use axum::Json;
use axum::extract::State as With;
use roadbook_domain::settings::role::Act;
use roadbook_domain::value::id::UserId;
use roadbook_domain::value::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::routes::{SHORT_BODY_LIMIT, admins, only};
use super::schema::described;
use super::session::{Comes, Session, SignInDevice};
use super::{ApiError, Body, Created, Routes};
use crate::auth::{AuthError, Claim, enrolment};
use crate::state::State;
use crate::store::{retry, users};

/// The routes of enrolments.
pub fn routes() -> Routes {
    let invites = admins(
        "Makes a code for one time for `user`, good for 3 days, or until their password is set or their access ends: \
         `{\"code\", \"link\", \"expires_at\"}`. `link` is the server's address with the code, if the configuration \
         says the address.",
    );
    let enrols = only(
        "a code",
        "Uses it up with `{\"code\", \"password\", \"device\"}`: sets the password, ends the user's sessions, and \
         answers a session as a sign-in does.",
    );
    let routes = Routes::of("Enrolments");
    let routes = routes.post("/v1/enrolments", invite, invites.fails([ApiError::NotFound]));
    routes.post_up_to(SHORT_BODY_LIMIT, "/v1/enrol", redeem, enrols.fails([ApiError::EnrolmentOver]))
}

described! {
    /// Who is let in.
    #[derive(Deserialize)]
    struct Invite {
        user: UserId,
    }

    /// What lets a user in.
    #[derive(Serialize)]
    struct Invitation {
        /// For one time; shown in this answer only.
        code: String,
        /// The address of this server with the code, if the configuration says the address.
        link: Option<String>,
        expires_at: Timestamp,
    }

    /// A code that is used up.
    #[derive(Deserialize)]
    struct Redeem {
        /// However it was typed.
        code: String,
        /// A new one: at least 10 characters, at most 256 bytes.
        password: String,
        device: SignInDevice,
    }
}

async fn invite(
    With(state): With<State>,
    claim: Claim,
    Body(asked): Body<Invite>,
) -> Result<Created<Invitation>, ApiError> {
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
    Ok(Created(Invitation { code, link, expires_at: made.expires_at }))
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
