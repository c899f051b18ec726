//! `GET /metrics`: what the server counted, for those networks only that the configuration names. What a proxy
//! passes on comes from all the world, unless one that is trusted says from whom.

use std::net::IpAddr;

use axum::Extension;
use axum::extract::State as With;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::{ApiError, Routes};
use crate::auth::peer::Origin;
use crate::metrics;
use crate::state::State;

/// The route of the counters.
pub fn routes() -> Routes {
    Routes::new().get("/metrics", counters)
}

async fn counters(With(state): With<State>, origin: Option<Extension<Origin>>) -> Result<Response, ApiError> {
    let may = |address: IpAddr| state.config().metrics_from.iter().any(|network| network.holds(address));
    // What comes over no socket comes from this very process.
    if origin.is_some_and(|Extension(origin)| !origin.is_client || !may(origin.address)) {
        return Err(ApiError::NotFound);
    }
    let text = state.metrics().text(state.engine().live().count());
    Ok(([(CONTENT_TYPE, metrics::TEXT)], text).into_response())
}
