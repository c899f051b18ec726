//! The web app, for browsers: what was read of it at the start, by `GET` and `HEAD`, wherever the server has no route
//! of its own.
//!
//! A path is only looked up among those that were read, so none leads out of the app's folder.

mod accepted;

use std::cmp::Reverse;

use axum::body::Body;
use axum::extract::State as With;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::api::ApiError;
use crate::start::app::{App, Asset, Coding, INDEX, OWN, Version};
use crate::state::State;
use accepted::Accepted;

/// What a page of the app may load and do: its own files, WebAssembly, and requests to this server.
///
/// An installed app keeps the policy of its installation until a file of the app is another one: its service worker
/// answers with the page as it came then, headers included.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
    connect-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Of [`POLICY`]: that no page may frame the app.
const UNFRAMED: &str = "frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), microphone=(), geolocation=()"),
    ),
    (VARY, HeaderValue::from_static("accept-encoding")),
];

/// Answers what no route takes: with the app if the server has one, else 404.
///
/// # Errors
/// There is nothing at this path, or it is asked for by another method.
pub async fn answer(
    With(state): With<State>,
    method: Method,
    uri: Uri,
    asked: HeaderMap,
) -> Result<Response, ApiError> {
    let app = state.config().app.as_deref().ok_or(ApiError::NotFound)?;
    let (path, asset) = find(app, uri.path()).ok_or(ApiError::NotFound)?;
    if method != Method::GET && method != Method::HEAD {
        return Ok(([(ALLOW, "GET, HEAD")], ApiError::MethodNotAllowed).into_response());
    }
    let version = choose(asset, &Accepted::of(&asked));
    let mut response = if is_known(&version.tag, &asked) { unchanged(version) } else { whole(path, version) };
    let headers = response.headers_mut();
    headers.insert(ETAG, version.tag.clone());
    headers.insert(CACHE_CONTROL, keeping(path));
    headers.extend(HEADERS);
    if let Some(policy) = state.config().demo_page.as_deref().and_then(framed_by) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// The policy of a demonstration, whose page shows two phones in frames. Else it is the same.
fn framed_by(page: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(POLICY.replace(UNFRAMED, &format!("frame-ancestors {page}"))).ok()
}

/// The file that is meant, and its own path: a path that names no file is one of the app's screens, all of which are
/// `index.html`. What is below the server's own routes is never the app's, nor is a path with a dot in front, such as
/// `/.well-known/security.txt`: who asks for these is no user.
fn find<'a>(app: &'a App, path: &'a str) -> Option<(&'a str, &'a Asset)> {
    let first = path.split('/').nth(1).unwrap_or_default();
    if OWN.contains(&first) || first.starts_with('.') {
        return None;
    }
    if let Some(asset) = app.asset(path) {
        return Some((path, asset));
    }
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if is_file { None } else { Some((INDEX, app.asset(INDEX)?)) }
}

/// The form that the client likes best, and of several the smallest. Who takes none is sent the file as it is
/// (RFC 9110, section 12.5.3).
fn choose<'a>(asset: &'a Asset, accepted: &Accepted<'_>) -> &'a Version {
    let all = std::iter::once(&asset.plain).chain(&asset.packed);
    let rated = all.map(|version| (accepted.weight(version.coding.name()), version));
    let taken = rated.filter(|(weight, _)| *weight > 0);
    let best = taken.min_by_key(|(weight, version)| (Reverse(*weight), version.bytes.len()));
    best.map_or(&asset.plain, |(_, version)| version)
}

/// Whether the client has the bytes of this tag. A proxy may have made the tag a weak one.
fn is_known(tag: &HeaderValue, asked: &HeaderMap) -> bool {
    let lists = asked.get_all(IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
    let mut known = lists.flat_map(|list| list.split(',')).map(str::trim);
    known.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known).as_bytes() == tag.as_bytes())
}

/// The length is that of the whole (RFC 9110, section 8.6): without it axum tells `HEAD` that there are no bytes.
fn unchanged(version: &Version) -> Response {
    (StatusCode::NOT_MODIFIED, [(CONTENT_LENGTH, HeaderValue::from(version.bytes.len()))]).into_response()
}

fn whole(path: &str, version: &Version) -> Response {
    let mut response = Response::new(Body::from(version.bytes.clone()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    if version.coding != Coding::Plain {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(version.coding.name()));
    }
    response
}

/// For how long browsers keep a file. The build puts a hash of the bytes into the names of those in `assets`; under
/// any other name there may be other bytes tomorrow.
fn keeping(path: &str) -> HeaderValue {
    HeaderValue::from_static(if path.starts_with("/assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    })
}

fn content_type(path: &str) -> &'static str {
    let (_, ending) = path.rsplit_once('.').unwrap_or_default();
    match ending {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "ftl" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
