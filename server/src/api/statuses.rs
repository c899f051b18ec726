//! Statuses: `GET` and `POST /v1/statuses`, `PUT /v1/statuses/{status}` (F22-F27).
//!
//! Products with fixed or derived statuses refuse to add, retire, move or regroup one (F12, C1).

use axum::Json;
use axum::extract::State as With;
use roadbook_domain::settings::status::{Status, StatusGroup, StatusTodo};
use roadbook_domain::value::id::{ProductId, StatusId};
use serde::Deserialize;

use super::routes::{admins, signed_in};
use super::schema::described;
use super::versioned::{self, Versioned};
use super::{ApiError, Body, Created, Path, Routes};
use crate::auth::Claim;
use crate::state::State;

/// The routes of statuses.
pub fn routes() -> Routes {
    Routes::of("Statuses")
        .get("/v1/statuses", list, signed_in("The statuses of all products."))
        .post("/v1/statuses", create, admins("Adds a status.").judged())
        .put("/v1/statuses/{status}", edit, admins("Changes a status.").edits())
}

described! {
    /// A status that is added.
    #[derive(Deserialize)]
    struct NewStatus {
        /// One whose `mode` is `custom`.
        product: ProductId,
        name: String,
        group: StatusGroup,
        /// Its place among the statuses of its group.
        order: u32,
        /// The todo that a card entering it is given.
        todo: Option<StatusTodo>,
    }
}

async fn list(With(state): With<State>, claim: Claim) -> Result<Json<Vec<Versioned<Status>>>, ApiError> {
    let mut statuses = versioned::list::<Status>(&mut claim.snapshot(state.db()).await?).await?;
    statuses
        .sort_by_key(|Versioned { setting, .. }| (setting.product, setting.group, setting.order, setting.id));
    Ok(Json(statuses))
}

async fn create(
    With(state): With<State>,
    claim: Claim,
    Body(asked): Body<NewStatus>,
) -> Result<Created<Versioned<Status>>, ApiError> {
    let status = Status {
        id: StatusId::new(state.env()),
        product: asked.product,
        key: None,
        name: asked.name,
        group: asked.group,
        order: asked.order,
        retired: false,
        todo: asked.todo,
    };
    versioned::create(&state, &claim, status).await
}

async fn edit(
    With(state): With<State>,
    claim: Claim,
    Path(id): Path<StatusId>,
    Body(asked): Body<Versioned<Status>>,
) -> Result<Json<Versioned<Status>>, ApiError> {
    versioned::edit(&state, &claim, id, asked).await
}
