//! What the page of the demonstration asks of the office: over HTTP, on this machine, and from that page alone.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY,
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

use super::line::{Line, Network};
use super::office::Server;
use super::page::Page;
use super::witnesses::Witnesses;

/// The host of the page. Browsers take every name below `localhost` for this machine, and the phones, whose hosts are
/// below this one, for parts of one site: so each has files of its own, and they are the same in a tab of its own.
pub const HOST_NAME: &str = "roadbook.localhost";

/// The origin of the page, as browsers write it: they leave out the port that they would take anyhow.
pub fn origin_of(port: u16) -> String {
    match port {
        80 => format!("http://{HOST_NAME}"),
        port => format!("http://{HOST_NAME}:{port}"),
    }
}

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
    /// End the demonstration.
    End,
}

/// An act, and whom to tell what came of it.
#[derive(Debug)]
pub struct Ask {
    /// What to do.
    pub act: Act,
    /// Where to tell what came of it, or in words why nothing did.
    pub answer: oneshot::Sender<Result<(), String>>,
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
    pub origin: String,
    /// What stands behind `#` in the address of the page, and in each of its requests.
    pub key: String,
    /// Takes what the office is to do.
    pub asks: mpsc::Sender<Ask>,
    /// How far the demonstration is.
    pub shown: watch::Sender<Shown>,
    /// Whether the server runs.
    pub server: watch::Receiver<Server>,
    /// Those who ask the server.
    pub witnesses: Witnesses,
    /// The phones.
    pub frames: Vec<Frame>,
    /// The files of the page.
    pub page: Page,
}

impl Control {
    /// Its routes.
    pub fn router(self) -> Router {
        let control = Arc::new(self);
        Router::new()
            .route("/state", get(state))
            .route("/hashes", get(hashes))
            .route("/office/{act}", post(office))
            .route("/phones/{phone}/{network}", post(network))
            .route_layer(middleware::from_fn_with_state(Arc::clone(&control), keyed))
            .fallback(page)
            .layer(middleware::from_fn_with_state(Arc::clone(&control), guarded))
            .with_state(control)
    }

    async fn ask(&self, act: Act) -> Response {
        let (answer, answered) = oneshot::channel();
        // If nobody takes it, nobody answers either.
        drop(self.asks.send(Ask { act, answer }).await);
        match answered.await {
            Ok(Ok(())) => StatusCode::OK.into_response(),
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

/// Other users of this machine reach the port as well: the printed address, which has the key, they do not see.
async fn keyed(State(control): State<Arc<Control>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = given.and_then(|given| given.strip_prefix("Bearer "));
    if key != Some(control.key.as_str()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
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
    let Some(now) = now else { return StatusCode::UNPROCESSABLE_ENTITY.into_response() };
    if control.server.borrow().pid.is_none() {
        return Json(json!([])).into_response();
    }
    let seen = control.witnesses.ask(Timestamp::from_millis(now)).await;
    // After a restore the phones bring back also what Béla may see.
    if let Some(Some(bela)) = seen.last() {
        control.shown.send_modify(|shown| shown.is_restricted = bela.is_restricted);
    }
    let hashes: Vec<_> = seen.into_iter().map(|seen| seen.map(|seen| seen.hash)).collect();
    Json(json!(hashes)).into_response()
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
        "end" => Act::End,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    control.ask(act).await
}

async fn network(
    State(control): State<Arc<Control>>,
    Path((phone, network)): Path<(String, String)>,
) -> StatusCode {
    let network = match network.as_str() {
        "cut" => Network::Cut,
        "mend" => Network::Whole,
        "forget" => Network::Over,
        _ => return StatusCode::NOT_FOUND,
    };
    let Some(frame) = control.frames.iter().find(|frame| frame.id == phone) else {
        return StatusCode::NOT_FOUND;
    };
    frame.line.turn(network);
    StatusCode::NO_CONTENT
}

async fn page(State(control): State<Arc<Control>>, method: Method, uri: Uri) -> Response {
    match control.page.file(uri.path()) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(_) if method != Method::GET => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Some((kind, bytes)) => ([(CONTENT_TYPE, kind)], bytes).into_response(),
    }
}
