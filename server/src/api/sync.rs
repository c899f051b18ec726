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
use roadbook_domain::wire::{FrameError, SyncRequest, SyncResponse, from_frame, to_frame};
use serde::{Deserialize, Serialize};

use super::operation::{Answers, Asks, Content, Operation};
use super::routes::signed_in;
use super::schema::described;
use super::{ApiError, Routes};
use crate::auth::Claim;
use crate::state::State;
use crate::sync::{self, MAX_REQUEST};

/// The media type of a frame ([`roadbook_domain::wire::to_frame`]).
pub const FRAME: &str = "application/vnd.roadbook.frame";

/// The routes of the exchange.
pub fn routes() -> Routes {
    let proves = "The state hash of what the user sees at `now`, in milliseconds since 1970.";
    Routes::of("The exchange")
        .post_up_to(MAX_REQUEST, "/v1/sync", exchange, signed_in("One exchange, in frames of CBOR."))
        .get("/v1/state-hash", state_hash, signed_in(proves))
}

/// A frame of CBOR.
struct Frame(SyncResponse);

async fn exchange(With(state): With<State>, claim: Claim, request: Request) -> Result<Frame, ApiError> {
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
    Ok(Frame(sync::exchange(state.engine(), &claim, request).await?))
}

described! {
    /// Of which instant.
    #[derive(Deserialize)]
    struct At {
        now: Timestamp,
    }

    /// A state hash.
    #[derive(Serialize)]
    struct StateHash {
        /// 64 hexadecimal digits in small letters.
        state_hash: String,
    }
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

/// Only the exchange takes a request as it is: its body is a frame.
impl Asks for Request {
    fn tell(operation: &mut Operation) {
        operation.body = Some(Content::other(FRAME));
        operation.errors.extend([ApiError::TooLarge, ApiError::invalid("", "")]);
    }
}

impl Answers for Frame {
    fn tell(operation: &mut Operation) {
        operation.answer = Some(Content::other(FRAME));
    }
}

impl IntoResponse for Frame {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, FRAME)], to_frame(&self.0)).into_response()
    }
}

/// What was asked; only a caller with access is told what is wrong with it.
async fn judged<T>(state: &State, claim: &Claim, asked: Result<T, ApiError>) -> Result<T, ApiError> {
    if asked.is_err() {
        claim.snapshot(state.db()).await?;
    }
    asked
}
