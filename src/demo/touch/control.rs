//! What the page of the demonstration asks of the office: over HTTP, on this machine, and from that page alone.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use roadbook_domain::value::time::Timestamp;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};

use super::line::Line;
use super::office::Server;
use super::page::Page;

/// The host of the page. Browsers take every name below `localhost` for this machine, and the phones, whose hosts are
/// below this one, for parts of one site: so each has files of its own, and they are the same in a tab of its own.
pub const HOST_NAME: &str = "roadbook.localhost";

/// Something that is asked of the office. One thing is done after the other.
#[derive(Debug)]
pub enum Act {
    /// Make the firm, in this language and zone.
    Begin { language: String, zone: String },
    /// Both phones are signed in: the backup to go back to is made, if that was not done yet.
    Arrived,
    /// Stop the server.
    Stop,
    /// Kill it.
    Kill,
    /// Start it.
    Start,
    /// Put the backup in the place of its database.
    Restore,
    /// Take Béla's rights away, or give them back.
    Restrict(bool),
    /// Tell the state hashes of the server, as of then.
    Hashes(Timestamp),
}

/// An act, and whom to tell what came of it.
#[derive(Debug)]
pub struct Ask {
    /// What to do.
    pub act: Act,
    /// Where to tell what came of it, or in words why nothing did.
    pub answer: oneshot::Sender<Result<Value, String>>,
}

/// How far the demonstration is, as far as the office knows.
#[derive(Clone, Default)]
pub struct Shown {
    /// Whether the firm is there, with all that the page may ask of it.
    pub is_ready: bool,
    /// When the backup was made.
    pub backup_at: Option<Timestamp>,
    /// Whether Béla's rights were taken away.
    pub is_restricted: bool,
    /// The logins of the phones, in their order.
    pub logins: Vec<(&'static str, String)>,
    /// The card that the story is about: its id and name.
    pub card: Option<(String, String)>,
}

/// A phone of the page.
#[derive(Debug)]
pub struct Frame {
    /// The first part of its host.
    pub id: &'static str,
    /// Whose it is.
    pub name: &'static str,
    /// Its network.
    pub line: Line,
}

/// Everything that the page may ask for.
pub struct Control {
    /// The page's own origin.
    origin: String,
    asks: mpsc::Sender<Ask>,
    shown: watch::Receiver<Shown>,
    server: watch::Receiver<Server>,
    frames: Vec<Frame>,
    page: Page,
}

impl Control {
    /// A control of these phones, for the page at `origin`.
    pub fn new(
        origin: String,
        page: Page,
        frames: Vec<Frame>,
        asks: mpsc::Sender<Ask>,
        (shown, server): (watch::Receiver<Shown>, watch::Receiver<Server>),
    ) -> Self {
        Self { origin, asks, shown, server, frames, page }
    }

    /// Its routes.
    pub fn router(self) -> Router {
        let control = Arc::new(self);
        Router::new()
            .route("/state", get(state))
            .route("/hashes", get(hashes))
            .route("/office/{act}", post(office))
            .route("/phones/{phone}/{network}", post(network))
            .fallback(page)
            .layer(middleware::from_fn_with_state(Arc::clone(&control), guarded))
            .with_state(control)
    }

    async fn ask(&self, act: Act) -> Response {
        let (answer, answered) = oneshot::channel();
        // If nobody takes it, nobody answers either.
        drop(self.asks.send(Ask { act, answer }).await);
        match answered.await {
            Ok(Ok(told)) => Json(told).into_response(),
            Ok(Err(problem)) => (StatusCode::CONFLICT, Json(json!({ "problem": problem }))).into_response(),
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }

    /// What a request gets that does not come from the page.
    fn refusal(&self, request: &Request) -> Option<Response> {
        let header = |name: HeaderName| {
            let value = request.headers().get(name);
            value.and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        let is_reading = request.method() == Method::GET;
        // Another name may lead to this machine, so that a page of somebody else's asks here.
        if Some(header(HOST)) != self.origin.strip_prefix("http://") {
            let is_typed = is_reading && request.uri().path() == "/";
            let there = || Redirect::temporary(&format!("{}/", self.origin)).into_response();
            return Some(if is_typed { there() } else { StatusCode::FORBIDDEN.into_response() });
        }
        let is_own = is_reading || header(ORIGIN) == self.origin;
        (!is_own).then(|| StatusCode::FORBIDDEN.into_response())
    }

    fn address_of(&self, frame: &Frame) -> String {
        format!("http://{}.{HOST_NAME}:{}", frame.id, frame.line.port())
    }

    /// What the page may do: show its own files, and the phones.
    fn policy(&self) -> Option<HeaderValue> {
        let frames: Vec<String> = self.frames.iter().map(|frame| self.address_of(frame)).collect();
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
             frame-src {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            frames.join(" ")
        );
        HeaderValue::try_from(policy).ok()
    }
}

async fn guarded(State(control): State<Arc<Control>>, request: Request, next: Next) -> Response {
    if let Some(refusal) = control.refusal(&request) {
        return refusal;
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.extend(control.policy().map(|policy| (CONTENT_SECURITY_POLICY, policy)));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn state(State(control): State<Arc<Control>>) -> Json<Value> {
    let (shown, server) = (control.shown.borrow().clone(), *control.server.borrow());
    let frames = control.frames.iter().enumerate().map(|(place, frame)| {
        let login = shown.logins.get(place);
        json!({
            "id": frame.id,
            "name": frame.name,
            "address": control.address_of(frame),
            "isCut": frame.line.is_cut(),
            "email": login.map(|(email, _)| email),
            "password": login.map(|(_, password)| password),
        })
    });
    Json(json!({
        "isReady": shown.is_ready,
        "backupAt": shown.backup_at.map(Timestamp::millis),
        "isRestricted": shown.is_restricted,
        "card": shown.card.map(|(id, name)| json!({ "id": id, "name": name })),
        "server": { "pid": server.pid, "since": server.since.millis() },
        "phones": frames.collect::<Vec<_>>(),
    }))
}

async fn hashes(State(control): State<Arc<Control>>, Query(asked): Query<Vec<(String, String)>>) -> Response {
    let now = asked.iter().find(|(name, _)| name == "now").and_then(|(_, now)| now.parse().ok());
    match now {
        Some(now) => control.ask(Act::Hashes(Timestamp::from_millis(now))).await,
        None => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    }
}

async fn office(State(control): State<Arc<Control>>, Path(act): Path<String>, body: String) -> Response {
    let told: Value = serde_json::from_str(&body).unwrap_or_default();
    let text = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let act = match act.as_str() {
        "begin" => Act::Begin { language: text("language"), zone: text("zone") },
        "arrived" => Act::Arrived,
        "stop" => Act::Stop,
        "kill" => Act::Kill,
        "start" => Act::Start,
        "restore" => Act::Restore,
        "restrict" => Act::Restrict(true),
        "allow" => Act::Restrict(false),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    control.ask(act).await
}

async fn network(
    State(control): State<Arc<Control>>,
    Path((phone, network)): Path<(String, String)>,
) -> StatusCode {
    let is_cut = match network.as_str() {
        "cut" => true,
        "mend" => false,
        _ => return StatusCode::NOT_FOUND,
    };
    let Some(frame) = control.frames.iter().find(|frame| frame.id == phone) else {
        return StatusCode::NOT_FOUND;
    };
    frame.line.cut(is_cut);
    StatusCode::NO_CONTENT
}

async fn page(State(control): State<Arc<Control>>, method: Method, uri: Uri) -> Response {
    match control.page.file(uri.path()) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(_) if method != Method::GET => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Some((kind, bytes)) => ([(CONTENT_TYPE, kind)], bytes).into_response(),
    }
}
