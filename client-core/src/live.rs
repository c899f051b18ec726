//! The live channel: a WebSocket on which the server says that an exchange would bring something.

use futures_util::StreamExt;
use roadbook_domain::wire::{Poke, from_frame};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::transport::TransportError;

/// The most bytes of a message: a poke is a few.
const MAX_MESSAGE: usize = 64 << 10;

/// An open live channel. Losing it never matters: the next exchange brings what was missed.
#[derive(Debug)]
pub struct Live {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Live {
    /// Opens the channel of the server at `base` (`http://...` or `https://...`).
    ///
    /// # Errors
    /// [`TransportError::Unauthorized`] if the token is not accepted.
    pub async fn open(base: &str, access_token: &str) -> Result<Self, TransportError> {
        // http becomes ws, and https becomes wss.
        let address = base.trim_end_matches('/').replacen("http", "ws", 1) + "/v1/live";
        let mut request = address.into_client_request().map_err(|_| TransportError::Unreachable)?;
        let bearer = HeaderValue::try_from(format!("Bearer {access_token}"));
        request.headers_mut().insert(AUTHORIZATION, bearer.map_err(|_| TransportError::Unauthorized)?);
        let config = WebSocketConfig::default()
            .read_buffer_size(1024)
            .write_buffer_size(0)
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        match connect_async_with_config(request, Some(config), true).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(response)) if response.status().as_u16() == 401 => {
                Err(TransportError::Unauthorized)
            }
            Err(_) => Err(TransportError::Unreachable),
        }
    }

    /// The next poke; `None` once the channel is closed, from whichever side.
    ///
    /// What is not a poke is passed over: later servers may say more.
    pub async fn next(&mut self) -> Option<Poke> {
        loop {
            match self.socket.next().await? {
                Ok(Message::Binary(frame)) => {
                    if let Ok(poke) = from_frame(&frame, MAX_MESSAGE) {
                        return Some(poke);
                    }
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
}
