//! The live channel over the browser's `WebSocket`: the server's hints that an exchange would bring something. Missing
//! one never matters, so nothing here is repeated or kept.

use std::pin::pin;

use futures_util::future::{Either, select};
use js_sys::{Array, ArrayBuffer, Uint8Array};
use roadbook_domain::wire::{LIVE_BEARER, LIVE_PROTOCOL, LiveFrame, Poke};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, MessageEvent, WebSocket};

use super::http::HttpTransport;
use crate::remote::address::live_address;
use crate::remote::bounds::{LIVE, MAX_FRAME};
use crate::remote::timer::sleep;
use crate::remote::transport::TransportError;

/// An open live channel.
///
/// The browser answers the server's pings by itself and tells nobody, so a channel that went silent is only noticed
/// when the browser gives it up; until then every edit and every look at the app exchange all the same.
#[derive(Debug)]
pub struct Live {
    socket: WebSocket,
    events: UnboundedReceiver<Event>,
    _told: Told,
}

#[derive(Debug)]
enum Event {
    Opened,
    Poked(Poke),
    Closed,
}

/// Who the browser tells. They live as long as the socket, which calls them.
type Told = (Closure<dyn FnMut()>, Closure<dyn FnMut(MessageEvent)>, Closure<dyn FnMut()>);

impl Live {
    /// Opens the channel of a server.
    pub async fn open(server: &HttpTransport, access_token: &str) -> Result<Self, TransportError> {
        // A browser sends no `Authorization` there: the token is the second protocol that it offers.
        let bearer = format!("{LIVE_BEARER}{access_token}");
        let protocols = Array::of2(&JsValue::from_str(LIVE_PROTOCOL), &JsValue::from_str(&bearer));
        let socket = WebSocket::new_with_str_sequence(&live_address(server.base()), &protocols)
            .map_err(|_| TransportError::Malformed)?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let (tell, events) = unbounded_channel();
        let told = listen(&socket, &tell);
        let mut live = Self { socket, events, _told: told };
        let opened = match select(pin!(live.events.recv()), pin!(sleep(LIVE))).await {
            Either::Left((event, _)) => matches!(event, Some(Event::Opened)),
            Either::Right(_) => false,
        };
        // The browser does not say why not. An exchange finds out, and renews the token if it is that.
        if opened { Ok(live) } else { Err(TransportError::Unreachable) }
    }

    /// The next hint; `None` once the channel is closed, from whichever side.
    ///
    /// What is not a hint is passed over: later servers may say more.
    pub async fn next(&mut self) -> Option<Poke> {
        loop {
            match self.events.recv().await? {
                Event::Poked(poke) => return Some(poke),
                Event::Closed => return None,
                Event::Opened => {}
            }
        }
    }

    /// Closes the channel.
    pub async fn close(self) {
        // Dropping it does.
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Whether the server hears of it makes no difference.
        drop(self.socket.close());
    }
}

fn listen(socket: &WebSocket, tell: &UnboundedSender<Event>) -> Told {
    let on_open = tell.clone();
    let opened = Closure::new(move || drop(on_open.send(Event::Opened)));
    let on_message = tell.clone();
    let came = Closure::new(move |message: MessageEvent| {
        if let Some(poke) = poke(&message) {
            drop(on_message.send(Event::Poked(poke)));
        }
    });
    let on_close = tell.clone();
    let closed = Closure::new(move || drop(on_close.send(Event::Closed)));
    socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(came.as_ref().unchecked_ref()));
    // An error is followed by the end.
    socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
    (opened, came, closed)
}

fn poke(message: &MessageEvent) -> Option<Poke> {
    let frame = message
        .data()
        .dyn_into::<ArrayBuffer>()
        .ok()
        .filter(|frame| frame.byte_length() as usize <= MAX_FRAME)?;
    match LiveFrame::from_bytes(&Uint8Array::new(&frame).to_vec()) {
        Ok(Some(LiveFrame::Poke(poke))) => Some(poke),
        _ => None,
    }
}
