//! Health: whether the process lives, and whether it can serve.

use axum::Json;
use axum::extract::State as With;
use serde::Serialize;

use super::routes::everybody;
use super::schema::described;
use super::{ApiError, Routes};
use crate::state::State;
use crate::store::{StoreError, organisation, probe};

/// `GET /health` for what restarts the process, `GET /health/ready` for what sends it requests.
pub fn routes() -> Routes {
    let lives = everybody("Says that the process lives.");
    let serves = everybody(
        "Says whether it can serve: whether the database answers and takes writes. Found out once a second at most.",
    );
    let serves = serves.fails([ApiError::Unavailable]);
    Routes::of("Health and counters").get("/health", live, lives).get("/health/ready", ready, serves)
}

described! {
    /// How the server is.
    #[derive(Serialize)]
    struct Health {
        /// `ok` or `ready`.
        status: &'static str,
    }
}

async fn live() -> Json<Health> {
    Json(Health { status: "ok" })
}

async fn ready(With(state): With<State>) -> Result<Json<Health>, ApiError> {
    // A server that stops still answers, but is to get no new requests.
    let stopping = *state.stopping().borrow();
    if stopping || !state.readiness().ask(|| works(&state)).await {
        return Err(ApiError::Unavailable);
    }
    Ok(Json(Health { status: "ready" }))
}

/// Whether the database answers and takes writes.
async fn works(state: &State) -> bool {
    let asked = async {
        let mut conn = state.db().read().await?;
        organisation::head(&mut conn, state.org()).await?.ok_or(StoreError::Missing)?;
        drop(conn);
        let mut tx = state.db().write().await?;
        probe::write(&mut tx).await?;
        tx.commit().await
    };
    match asked.await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(error.cause = %error, "not ready");
            false
        }
    }
}
