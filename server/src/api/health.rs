//! Health: whether the process lives, and whether it can serve.

use axum::Json;
use axum::extract::State as With;
use serde_json::{Value, json};

use super::{ApiError, Routes};
use crate::state::State;
use crate::store::organisation;

/// `GET /health` for what restarts the process, `GET /health/ready` for what sends it requests.
pub fn routes() -> Routes {
    Routes::new().get("/health", live).get("/health/ready", ready)
}

async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

async fn ready(With(state): With<State>) -> Result<Json<Value>, ApiError> {
    // A server that stops still answers, but is to get no new requests.
    let stopping = *state.stopping().borrow();
    let mut conn = state.db().read().await?;
    match organisation::head(&mut conn, state.org()).await? {
        Some(_) if !stopping => Ok(Json(json!({ "status": "ready" }))),
        _ => Err(ApiError::Unavailable),
    }
}
