//! What holds for the organisation as a whole: `GET` and `PUT /v1/organisation`.

use axum::Json;
use axum::extract::State as With;
use roadbook_domain::settings::Organisation;

use super::routes::{admins, signed_in};
use super::versioned::{self, Versioned};
use super::{ApiError, Body, Routes};
use crate::auth::Claim;
use crate::state::State;

/// The routes of the organisation.
pub fn routes() -> Routes {
    let shows = signed_in("The firm's name, zone, locale and currency, and who may export.");
    let edits = admins("Changes them.").edits().fails([ApiError::NotFound]);
    Routes::of("The organisation").get("/v1/organisation", show, shows.fails([ApiError::NotFound])).put(
        "/v1/organisation",
        edit,
        edits,
    )
}

async fn show(With(state): With<State>, claim: Claim) -> Result<Json<Versioned<Organisation>>, ApiError> {
    // There is one row of it.
    let rows = versioned::list::<Organisation>(&mut claim.snapshot(state.db()).await?).await?;
    rows.into_iter().next().map(Json).ok_or(ApiError::NotFound)
}

async fn edit(
    With(state): With<State>,
    claim: Claim,
    Body(asked): Body<Versioned<Organisation>>,
) -> Result<Json<Versioned<Organisation>>, ApiError> {
    versioned::edit(&state, &claim, Organisation::ROW, asked).await
}
