//! `GET /v1/live`: the live channel, a WebSocket that carries pokes down and nothing up.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, State as With};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use roadbook_domain::value::id::UserId;
use roadbook_domain::wire::{LIVE_BEARER, LIVE_PROTOCOL, LiveFrame, Poke};
use tokio::sync::watch;
use uuid::Uuid;

use super::caller::{arriving, bearer};
use super::operation::{Answers, Asks, Operation};
use super::routes::signed_in;
use super::site::OwnSite;
use super::{ApiError, Routes};
use crate::auth::Claim;
use crate::live::Watch;
use crate::node::seats::Seat;
use crate::state::State;
use crate::store::organisation;

/// How often a silent client is asked whether it is there; one that does not answer is let go.
const PING: Duration = Duration::from_secs(30);
/// How long a client may leave a message unread.
const SEND: Duration = Duration::from_secs(10);
/// The most bytes of a message from a client; it has nothing to say.
const MAX_MESSAGE: usize = 256;

/// The routes of the live channel.
pub fn routes() -> Routes {
    let about = signed_in("The live channel, a WebSocket.").fails([ApiError::Unavailable]);
    Routes::of("The exchange").get("/v1/live", live, about)
}

/// A connection that becomes a WebSocket.
struct Upgraded(Response);

/// The caller is judged before the upgrade, so a stranger never holds a socket.
async fn live(
    With(state): With<State>,
    _: OwnSite,
    Arriving(claim): Arriving,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Upgraded, ApiError> {
    let live = state.engine().live();
    // Before the database is asked: a flood of sockets by one user costs no query.
    let seat = live.seat(claim.user()).ok_or(ApiError::Unavailable)?;
    // Before the caller is judged, so that nothing that happens afterwards is missed.
    let (mut watch, ended) = (live.watch(claim.org(), claim.user()), live.ended());
    let mut snapshot = claim.snapshot(state.db()).await?;
    let caller = snapshot.caller;
    let head = organisation::head(&mut snapshot, caller.org).await?.ok_or(ApiError::NotFound)?;
    drop(snapshot);
    let head = head.seq.unsigned_abs();
    watch.begin(&caller, head);
    let upgrade = upgrade.map_err(|_| ApiError::invalid("", "ask for a WebSocket here"))?;
    // Small buffers: an idle socket costs 3 KB instead of 134 KB.
    let upgrade = upgrade
        // The only one that is ever answered: the other one that a browser offers holds its token.
        .protocols([LIVE_PROTOCOL])
        .read_buffer_size(1024)
        .write_buffer_size(0)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE);
    let listening = Listening { claim, watch, told: head, _seat: seat };
    Ok(Upgraded(upgrade.on_upgrade(move |socket| serve(state, listening, ended, socket))))
}

/// Who asks for the live channel. A browser can set no headers of a WebSocket, so its token may come as
/// a subprotocol beside [`LIVE_PROTOCOL`]; a query would stand in the logs of proxies.
struct Arriving(Claim);

impl FromRequestParts<State> for Arriving {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        let token = if parts.headers.contains_key(AUTHORIZATION) { bearer(parts) } else { offered(parts) };
        arriving(state, token.ok_or(ApiError::Unauthenticated)?).map(Self)
    }
}

impl Asks for Arriving {
    fn tell(operation: &mut Operation) {
        <Claim as Asks>::tell(operation);
    }
}

impl Asks for Result<WebSocketUpgrade, WebSocketUpgradeRejection> {
    fn tell(operation: &mut Operation) {
        operation.errors.push(ApiError::invalid("", ""));
    }
}

impl Answers for Upgraded {
    fn tell(operation: &mut Operation) {
        operation.status = StatusCode::SWITCHING_PROTOCOLS;
    }
}

impl IntoResponse for Upgraded {
    fn into_response(self) -> Response {
        self.0
    }
}

/// The token among the subprotocols that the client offers, if it is one and the protocol is there.
fn offered(parts: &Parts) -> Option<&str> {
    let headers = parts.headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter();
    let offered = headers.filter_map(|header| header.to_str().ok()).flat_map(|header| header.split(','));
    let offered: Vec<_> = offered.map(str::trim).collect();
    let mut tokens = offered.iter().filter_map(|one| one.strip_prefix(LIVE_BEARER));
    match (tokens.next(), tokens.next()) {
        (Some(token), None) if offered.contains(&LIVE_PROTOCOL) => Some(token),
        _ => None,
    }
}

/// What one socket waits for.
struct Listening {
    claim: Claim,
    watch: Watch,
    /// The entry up to which nothing is news to the client.
    told: u64,
    _seat: Seat<UserId>,
}

impl Listening {
    /// The entry that the client is to be poked for; `None`: it may not listen any more. Dropped before it is
    /// done, it loses nothing.
    async fn heard(&mut self, state: &State) -> Option<u64> {
        loop {
            let news = self.watch.news(self.told, self.claim.device());
            if news.is_account {
                // A lowered role recalls the token: the client comes back with what concerns it then.
                self.claim.snapshot(state.db()).await.ok()?;
            }
            self.told = self.told.max(news.head);
            if news.is_foreign {
                return Some(news.head);
            }
            if !self.watch.grew().await {
                return None;
            }
        }
    }
}

/// Pokes until the client goes, the session ends or the server stops.
async fn serve(
    state: State,
    mut listening: Listening,
    mut ended: watch::Receiver<BTreeSet<Uuid>>,
    mut socket: WebSocket,
) {
    let session = listening.claim.session();
    let mut stopping = state.stopping();
    let mut ping = tokio::time::interval(PING);
    let mut is_there = true;
    let mut message = poke(listening.told);
    loop {
        match tokio::time::timeout(SEND, socket.send(message)).await {
            Ok(Ok(())) => {}
            _ => return,
        }
        message = loop {
            tokio::select! {
                head = listening.heard(&state) => match head {
                    Some(head) => break poke(head),
                    None => return,
                },
                word = ended.wait_for(|ended| ended.contains(&session)) => {
                    drop(word);
                    return;
                }
                _ = stopping.wait_for(|stopping| *stopping) => return,
                _ = ping.tick() => {
                    if !std::mem::take(&mut is_there) {
                        return;
                    }
                    break Message::Ping(Vec::new().into());
                }
                received = socket.recv() => match received {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => is_there = true,
                },
            }
        };
    }
}

fn poke(head: u64) -> Message {
    Message::Binary(LiveFrame::Poke(Poke { head }).to_bytes().into())
}
