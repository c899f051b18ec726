//! `POST /v1/sync`: the exchange, in frames of CBOR. `GET /v1/state-hash`: proof of convergence (L3).

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, Query, Request, State as With};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{FrameError, SyncRequest, from_frame, to_frame};
use serde::{Deserialize, Serialize};

use super::{ApiError, Routes};
use crate::auth::Claim;
use crate::state::State;
use crate::sync::{self, MAX_REQUEST};

/// The media type of a frame ([`roadbook_domain::wire::to_frame`]).
pub const FRAME: &str = "application/vnd.roadbook.frame";

/// The routes of the exchange.
pub fn routes() -> Routes {
    Routes::new().post_up_to(MAX_REQUEST, "/v1/sync", exchange).get("/v1/state-hash", state_hash)
}

async fn exchange(With(state): With<State>, claim: Claim, request: Request) -> Result<Response, ApiError> {
    let arriving = state.arriving(claim.user()).ok_or(ApiError::Unavailable)?;
    let body = Bytes::from_request(request, &state).await.map_err(|refused| match refused.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
        _ => ApiError::invalid("", "the body did not arrive whole"),
    })?;
    drop(arriving);
    let request: Result<SyncRequest, _> = from_frame(&body, MAX_REQUEST).map_err(|error| match error {
        FrameError::TooLarge(_) => ApiError::TooLarge,
        FrameError::Malformed => ApiError::invalid("", "not a frame of an exchange"),
    });
    let request = judged(&state, &claim, request).await?;
    state.metrics().pushed(request.push.iter().map(|group| group.changes.len()).sum());
    let response = sync::exchange(state.engine(), &claim, request).await?;
    Ok(([(CONTENT_TYPE, FRAME)], to_frame(&response)).into_response())
}

#[derive(Deserialize)]
struct At {
    now: Timestamp,
}

/// A state hash, in lower-case hexadecimal digits.
#[derive(Serialize)]
struct StateHash {
    state_hash: String,
}

async fn state_hash(
    With(state): With<State>,
    claim: Claim,
    at: Result<Query<At>, QueryRejection>,
) -> Result<Json<StateHash>, ApiError> {
    let at = at.map_err(|_| ApiError::invalid("now", "give milliseconds since 1970"));
    let Query(At { now }) = judged(&state, &claim, at).await?;
    let hash = sync::state_hash(state.engine(), &claim, now).await?;
    Ok(Json(StateHash { state_hash: HEXLOWER.encode(&hash) }))
}

/// What was asked; only a caller with access is told what is wrong with it.
async fn judged<T>(state: &State, claim: &Claim, asked: Result<T, ApiError>) -> Result<T, ApiError> {
    if asked.is_err() {
        claim.snapshot(state.db()).await?;
    }
    asked
}
