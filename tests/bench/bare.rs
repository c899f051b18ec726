//! A client that is no phone: two sockets, by hand. It keeps nothing but its cursor, so that nearly all
//! work is the server's.

use roadbook_domain::wire::{Cursor, SyncRequest, SyncResponse, from_frame, to_frame};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MAX_ANSWER: usize = 64 << 20;

/// A connection for exchanges.
pub struct Exchange {
    token: String,
    cursor: Option<Cursor>,
    socket: TcpStream,
}

impl Exchange {
    /// A connection to the server at `address`, for the owner of a token.
    pub async fn open(address: &str, token: String) -> Self {
        Self { token, cursor: None, socket: connect(address).await }
    }

    /// Asks for news until there are no more; answers how many entries there were.
    pub async fn pull(&mut self) -> usize {
        let mut entries = 0;
        loop {
            let request = SyncRequest { cursor: self.cursor.clone(), ..SyncRequest::default() };
            let answer = self.send(&to_frame(&request)).await;
            let answer: SyncResponse = from_frame(&answer, MAX_ANSWER).unwrap();
            entries += answer.entries.len();
            self.cursor = answer.cursor.or(self.cursor.take());
            if !answer.more {
                return entries;
            }
        }
    }

    /// Sends the frame of a request; returns the frame of its answer.
    pub async fn send(&mut self, frame: &[u8]) -> Vec<u8> {
        let head = format!(
            "POST /v1/sync HTTP/1.1\r\nHost: server\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
            self.token,
            frame.len()
        );
        self.socket.write_all(&[head.as_bytes(), frame].concat()).await.unwrap();
        let (head, mut body) = read_head(&mut self.socket).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let read = body.len();
        body.resize(length.unwrap(), 0);
        self.socket.read_exact(&mut body[read..]).await.unwrap();
        body
    }
}

/// A live channel.
pub struct Channel {
    socket: TcpStream,
    /// What was read and not yet understood.
    read: Vec<u8>,
}

impl Channel {
    /// Opens the channel of the server at `address`.
    pub async fn open(address: &str, token: &str) -> Self {
        let mut socket = connect(address).await;
        let head = format!(
            "GET /v1/live HTTP/1.1\r\nHost: server\r\nAuthorization: Bearer {token}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let (head, read) = read_head(&mut socket).await;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        Self { socket, read }
    }

    /// Waits for a hint; false once the server has gone.
    pub async fn next(&mut self) -> bool {
        const HINT: u8 = 0x82;
        const PING: u8 = 0x89;
        // With a mask of zeros, and nothing in it.
        const PONG: [u8; 6] = [0x8a, 0x80, 0, 0, 0, 0];
        loop {
            while let [kind, length, ..] = self.read[..] {
                assert!(length < 126, "a hint is short");
                let end = 2 + usize::from(length);
                if self.read.len() < end {
                    break;
                }
                self.read.drain(..end);
                match kind {
                    HINT => return true,
                    PING => self.socket.write_all(&PONG).await.unwrap(),
                    _ => return false,
                }
            }
            if self.socket.read_buf(&mut self.read).await.unwrap_or(0) == 0 {
                return false;
            }
        }
    }
}

async fn connect(address: &str) -> TcpStream {
    let socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    socket
}

/// The head of an answer, and what was read beyond it.
async fn read_head(socket: &mut TcpStream) -> (String, Vec<u8>) {
    const END: &[u8] = b"\r\n\r\n";
    let mut read = Vec::with_capacity(4 << 10);
    loop {
        let end = read.windows(END.len()).position(|bytes| bytes == END);
        if let Some(end) = end {
            let body = read.split_off(end + END.len());
            return (String::from_utf8(read).unwrap(), body);
        }
        assert_ne!(socket.read_buf(&mut read).await.unwrap(), 0, "the server hung up");
    }
}
