//! What every request passes through: an id, a log line without personal data, security headers.

use std::panic::AssertUnwindSafe;

use axum::extract::{MatchedPath, Request, State as With};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use futures_util::FutureExt;
use roadbook_domain::value::env::random;
use tracing::Instrument;
use tracing::field::Empty;

use crate::api::ApiError;
use crate::auth::peer::Origin;
use crate::state::State;

/// The header under which an answer names its request's id in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

// Answers are data for apps: no browser is to guess their type, run, frame or keep them.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000")),
];

/// Gives the request its id, runs it in a span, and turns a panic into a 500 of this request alone.
///
/// Logged are the route's pattern, never the path or query; the ids of user and device, never a name.
/// An id that the client sends is not taken over: it would be text of a stranger in the log.
pub async fn observe(With(state): With<State>, request: Request, next: Next) -> Response {
    let id = HEXLOWER.encode(&random::<8>(state.env()));
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!(
        "request",
        request.id = %id,
        http.method = %request.method(),
        http.route = %route,
        http.peer = Empty,
        user.id = Empty,
        device.id = Empty,
    );
    if let Some(origin) = request.extensions().get::<Origin>() {
        span.record("http.peer", tracing::field::display(origin.address));
    }
    let began = state.now();
    let mut response = run(request, next, &span).await;
    let millis = state.now().millis().saturating_sub(began.millis());
    state.metrics().answered(route, response.status().as_u16());
    span.in_scope(|| {
        tracing::info!(http.status = response.status().as_u16(), duration.ms = millis, "request served");
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Adds the security headers that the handler did not set itself.
pub async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

async fn run(request: Request, next: Next, span: &tracing::Span) -> Response {
    // What is shared stands behind locks and transactions, so a panic leaves nothing half-done to be seen.
    let served = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
    served.unwrap_or_else(|panic| {
        let cause = panic.downcast_ref::<String>().cloned();
        let cause = cause.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        let cause = cause.unwrap_or_else(|| "a panic without a message".into());
        span.in_scope(|| ApiError::Internal(cause).into_response())
    })
}
