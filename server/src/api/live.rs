//! `GET /v1/live`: the live channel, a WebSocket that carries pokes down and nothing up.

use std::time::Duration;

use axum::extract::State as With;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use roadbook_domain::wire::{Poke, to_frame};

use super::{ApiError, Routes};
use crate::auth::Caller;
use crate::live::{Moved, Seat};
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
    Routes::new().get("/v1/live", live)
}

/// The caller is judged before the upgrade, so a stranger never holds a socket.
async fn live(
    With(state): With<State>,
    caller: Caller,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| ApiError::invalid("", "ask for a WebSocket here"))?;
    let seat = Seat::take(state.engine().live(), caller.user).ok_or(ApiError::Unavailable)?;
    let mut conn = state.db().read().await?;
    let head = organisation::head(&mut conn, caller.org).await?.ok_or(ApiError::NotFound)?;
    // Small buffers: an idle socket costs 3 KB instead of 134 KB.
    let upgrade = upgrade
        .read_buffer_size(1024)
        .write_buffer_size(0)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE);
    Ok(upgrade.on_upgrade(move |socket| serve(state, caller, socket, head.seq.unsigned_abs(), seat)))
}

/// Pokes until the client goes, the session ends or the server stops.
async fn serve(state: State, caller: Caller, mut socket: WebSocket, head: u64, _seat: Seat) {
    let mut moved = state.engine().live().watch(caller.org);
    let mut ended = state.engine().live().ended();
    let mut stopping = state.stopping();
    let mut ping = tokio::time::interval(PING);
    let mut is_there = true;
    // What came between the reading of the head and the watching is told at once, too.
    let mut told = head.max(moved.borrow_and_update().head);
    let mut message = poke(told);
    loop {
        match tokio::time::timeout(SEND, socket.send(message)).await {
            Ok(Ok(())) => {}
            _ => return,
        }
        message = loop {
            tokio::select! {
                word = moved.changed() => {
                    let Moved { head, by } = *moved.borrow_and_update();
                    match word {
                        Ok(()) if by == Some(caller.device) || head <= told => {}
                        Ok(()) => {
                            told = head;
                            break poke(head);
                        }
                        Err(_) => return,
                    }
                }
                word = ended.wait_for(|ended| ended.contains(&caller.session)) => {
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
    Message::Binary(to_frame(&Poke { head }).into())
}
