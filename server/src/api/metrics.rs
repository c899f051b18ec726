//! `GET /metrics`: what the server counted, for those networks only that the configuration names. What a proxy
//! passes on comes from all the world, unless one that is trusted says from whom.

use std::net::IpAddr;

use axum::Extension;
use axum::extract::State as With;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::operation::{Answers, Content, Operation};
use super::routes::only;
use super::{ApiError, Routes};
use crate::auth::peer::Origin;
use crate::metrics;
use crate::state::State;

/// The route of the counters.
pub fn routes() -> Routes {
    let what =
        "Counters for Prometheus; 404 to all others, and to what comes through a proxy that is not trusted.";
    let about = only("networks of the configuration", what).fails([ApiError::NotFound]);
    Routes::of("Health and counters").get("/metrics", counters, about)
}

/// What was counted, in the text form of Prometheus.
struct Counters(String);

async fn counters(With(state): With<State>, origin: Option<Extension<Origin>>) -> Result<Counters, ApiError> {
    let may = |address: IpAddr| state.config().metrics_from.iter().any(|network| network.holds(address));
    // What comes over no socket comes from this very process.
    if origin.is_some_and(|Extension(origin)| !origin.is_client || !may(origin.address)) {
        return Err(ApiError::NotFound);
    }
    Ok(Counters(state.metrics().text(state.engine().live().count())))
}

impl IntoResponse for Counters {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, metrics::TEXT)], self.0).into_response()
    }
}

impl Answers for Counters {
    fn tell(operation: &mut Operation) {
        operation.answer = Some(Content::other(metrics::TEXT));
    }
}
