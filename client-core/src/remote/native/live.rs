//! The live channel: the server's hints that an exchange would bring something. Missing one never
//! matters, so nothing here is repeated or kept.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::header::AUTHORIZATION;
use roadbook_domain::wire::{LiveFrame, Poke};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::http::{HttpTransport, bearer};
use crate::remote::address::live_address;
use crate::remote::bounds::{LIVE, MAX_FRAME};
use crate::remote::transport::TransportError;

/// How long the server may be silent; it pings at least every minute.
// Long enough that one late or lost ping does not end the channel.
const SILENCE: Duration = Duration::from_secs(150);

/// An open live channel.
#[derive(Debug)]
pub struct Live {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Live {
    /// Opens the channel of a server.
    pub async fn open(server: &HttpTransport, access_token: &str) -> Result<Self, TransportError> {
        let url = live_address(server.base());
        let mut request = url.into_client_request().map_err(|_| TransportError::Malformed)?;
        request.headers_mut().insert(AUTHORIZATION, bearer(access_token)?);
        // Hints are a few bytes: the library's default buffers would cost memory for nothing.
        let config = WebSocketConfig::default()
            .read_buffer_size(4 << 10)
            .write_buffer_size(0)
            .max_message_size(Some(MAX_FRAME))
            .max_frame_size(Some(MAX_FRAME));
        let tls = Some(Connector::Rustls(server.tls()));
        let connecting = connect_async_tls_with_config(request, Some(config), true, tls);
        match timeout(LIVE, connecting).await {
            Ok(Ok((socket, _))) => Ok(Self { socket }),
            Ok(Err(Error::Http(response))) if response.status() == 401 => Err(TransportError::Unauthorized),
            Ok(Err(Error::Http(response))) if response.status().is_client_error() => {
                Err(TransportError::WrongServer { status: response.status().as_u16() })
            }
            Ok(Err(_)) | Err(_) => Err(TransportError::Unreachable),
        }
    }

    /// The next hint; `None` once the channel is closed, from whichever side, or silent for too long.
    ///
    /// What is not a hint is passed over: later servers may say more.
    pub async fn next(&mut self) -> Option<Poke> {
        loop {
            match timeout(SILENCE, self.socket.next()).await.ok()?? {
                Ok(Message::Binary(frame)) => {
                    if let Ok(Some(LiveFrame::Poke(poke))) = LiveFrame::from_bytes(&frame) {
                        return Some(poke);
                    }
                }
                // The socket answers pings by itself, with the next flush.
                Ok(Message::Ping(_)) => self.socket.flush().await.ok()?,
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Closes the channel.
    pub async fn close(mut self) {
        // Whether the server hears of it makes no difference.
        drop(self.socket.close(None).await);
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_tungstenite::accept_async;

    use super::*;

    async fn serving(messages: Vec<Message>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let mut socket = accept_async(listener.accept().await.unwrap().0).await.unwrap();
            for message in messages {
                socket.send(message).await.unwrap();
            }
            socket.close(None).await.unwrap();
        });
        address
    }

    async fn open(address: &str) -> Result<Live, TransportError> {
        Live::open(&HttpTransport::new(address).unwrap(), "secret").await
    }

    #[tokio::test]
    async fn a_poke_is_read_between_pings_and_the_end_is_noticed() {
        let poke = Message::Binary(LiveFrame::Poke(Poke { head: 7 }).to_bytes().into());
        let address = serving(vec![Message::Ping(vec![1].into()), poke]).await;
        let mut live = open(&address).await.unwrap();
        assert_eq!(live.next().await, Some(Poke { head: 7 }));
        assert_eq!(live.next().await, None);
        live.close().await;
    }

    #[tokio::test]
    async fn frames_of_kinds_that_this_version_does_not_know_and_what_is_no_frame_are_passed_over() {
        let poke = Message::Binary(LiveFrame::Poke(Poke { head: 8 }).to_bytes().into());
        let address = serving(vec![
            Message::Binary(vec![1, 9, 9].into()),
            Message::Binary(vec![0, 0xff].into()),
            "later".into(),
            poke,
        ])
        .await;
        let mut live = open(&address).await.unwrap();
        assert_eq!(live.next().await, Some(Poke { head: 8 }));
    }

    #[tokio::test]
    async fn a_server_that_hangs_up_is_unreachable_over_tls_too() {
        for scheme in ["http", "https"] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = format!("{scheme}://{}", listener.local_addr().unwrap());
            tokio::spawn(async move { drop(listener.accept().await) });
            let opened = open(&address).await;
            assert_eq!(opened.map(drop), Err(TransportError::Unreachable));
        }
    }
}
