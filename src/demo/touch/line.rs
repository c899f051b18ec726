//! The network of one phone: each of its bytes goes through here, to and from the server, until the line is cut.
//!
//! To the browser a cut line is a server that closes every connection at once. The app knows no switch for it.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::door::Door;
use super::office::Server;

/// After the system refused a connection (no descriptors left, say).
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// Has a browser remove all that it keeps of a phone, which it does for nobody but the phone's own address.
const FORGET: &[u8] = b"HTTP/1.1 200 OK\r\nClear-Site-Data: \"storage\"\r\nCache-Control: no-store\r\n\
    Content-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// What comes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Everything.
    Whole,
    /// Nothing.
    Cut,
    /// Nothing ever again: whatever is asked for, the browser is told to forget the phone.
    Over,
}

/// A port of this machine that leads to the server, wherever that listens.
#[derive(Debug)]
pub struct Line {
    port: u16,
    network: watch::Sender<Network>,
}

impl Line {
    /// A line that is whole.
    ///
    /// # Errors
    /// This machine has no port left.
    pub async fn open(server: watch::Receiver<Server>) -> io::Result<Self> {
        let Door { port, listeners } = Door::open(0).await?;
        let network = watch::Sender::new(Network::Whole);
        for listener in listeners {
            tokio::spawn(carry_all(listener, server.clone(), network.subscribe()));
        }
        Ok(Self { port, network })
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether nothing comes through.
    pub fn is_cut(&self) -> bool {
        *self.network.borrow() == Network::Cut
    }

    /// Mends the line, or ends all its connections.
    pub fn turn(&self, network: Network) {
        self.network.send_replace(network);
    }
}

async fn carry_all(
    listener: TcpListener,
    server: watch::Receiver<Server>,
    network: watch::Receiver<Network>,
) {
    loop {
        match listener.accept().await {
            Ok((phone, _)) => drop(tokio::spawn(carry(phone, server.clone(), network.clone()))),
            Err(_) => tokio::time::sleep(AFTER_REFUSAL).await,
        }
    }
}

/// One connection, until either end closes it or the line is cut.
async fn carry(mut phone: TcpStream, server: watch::Receiver<Server>, mut network: watch::Receiver<Network>) {
    let (address, state) = (server.borrow().address, *network.borrow());
    match state {
        Network::Whole => {}
        Network::Cut => return refuse(&phone),
        // A browser that has left has nothing to be told.
        Network::Over => return drop(forget(phone).await),
    }
    let Some(address) = address else { return refuse(&phone) };
    let Ok(mut server) = TcpStream::connect(address).await else { return refuse(&phone) };
    for stream in [&phone, &server] {
        // Without it small messages wait for each other; with an error they still arrive.
        drop(stream.set_nodelay(true));
    }
    let cut = async { drop(network.wait_for(|network| *network != Network::Whole).await) };
    let is_over = tokio::select! {
        _ = copy_bidirectional(&mut phone, &mut server) => true,
        () = cut => false,
    };
    if !is_over {
        refuse(&phone);
        refuse(&server);
    }
}

/// Makes the end of a stream abrupt, so that nobody waits for more.
fn refuse(stream: &TcpStream) {
    drop(stream.set_zero_linger());
}

async fn forget(mut phone: TcpStream) -> io::Result<()> {
    // What nobody has read would make the end of the stream abrupt.
    let (asked, mut answer) = phone.split();
    let mut asked = BufReader::new(asked).lines();
    while asked.next_line().await?.is_some_and(|line| !line.is_empty()) {}
    answer.write_all(FORGET).await?;
    answer.shutdown().await
}
