//! Statuses: `GET` and `POST /v1/statuses`, `PUT /v1/statuses/{status}` (F22-F27).
//!
//! Products with fixed or derived statuses refuse to add, retire, move or regroup one (F12, C1).

use axum::Json;
use axum::extract::State as With;
use axum::http::StatusCode;
use roadbook_domain::settings::role::Act;
use roadbook_domain::settings::status::{Status, StatusGroup, StatusTodo};
use roadbook_domain::value::id::{ProductId, StatusId};
use serde::Deserialize;

use super::versioned::{self, Versioned};
use super::{ApiError, Body, Path, Routes};
use crate::auth::Claim;
use crate::settings::{self, EditError};
use crate::state::State;

/// The routes of statuses.
pub fn routes() -> Routes {
    Routes::new().get("/v1/statuses", list).post("/v1/statuses", create).put("/v1/statuses/{status}", edit)
}

#[derive(Deserialize)]
struct NewStatus {
    product: ProductId,
    name: String,
    group: StatusGroup,
    /// Its place among the statuses of its group.
    order: u32,
    /// The todo that a card entering it is given (C9).
    todo: Option<StatusTodo>,
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
) -> Result<(StatusCode, Json<Versioned<Status>>), ApiError> {
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
    let new = &status;
    let version = settings::edit(state.node(), &claim, Act::EditSettings, |mut editing| async move {
        let version = editing.write(new, 0).await?;
        Ok::<_, EditError>((editing, version))
    })
    .await?;
    Ok((StatusCode::CREATED, Json(Versioned { version, setting: status })))
}

async fn edit(
    With(state): With<State>,
    claim: Claim,
    Path(id): Path<StatusId>,
    Body(asked): Body<Versioned<Status>>,
) -> Result<Json<Versioned<Status>>, ApiError> {
    versioned::edit(&state, &claim, id, asked).await
}
