//! The network of one phone: each of its bytes goes through here, to and from the server, until the line is cut.
//!
//! To the browser a cut line is a server that closes every connection at once. The app knows no switch for it.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::office::Server;

/// After the system refused a connection (no descriptors left, say).
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// A port of this machine that leads to the server, wherever that listens.
#[derive(Debug)]
pub struct Line {
    port: u16,
    is_cut: watch::Sender<bool>,
}

impl Line {
    /// A line that is not cut.
    ///
    /// # Errors
    /// This machine has no port left.
    pub async fn open(server: watch::Receiver<Server>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let is_cut = watch::Sender::new(false);
        tokio::spawn(carry_all(listener, server, is_cut.subscribe()));
        Ok(Self { port, is_cut })
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether nothing comes through.
    pub fn is_cut(&self) -> bool {
        *self.is_cut.borrow()
    }

    /// Cuts the line with all its connections, or mends it.
    pub fn cut(&self, is_cut: bool) {
        self.is_cut.send_replace(is_cut);
    }
}

async fn carry_all(listener: TcpListener, server: watch::Receiver<Server>, is_cut: watch::Receiver<bool>) {
    loop {
        match listener.accept().await {
            Ok((phone, _)) => drop(tokio::spawn(carry(phone, server.clone(), is_cut.clone()))),
            Err(_) => tokio::time::sleep(AFTER_REFUSAL).await,
        }
    }
}

/// One connection, until either end closes it or the line is cut.
async fn carry(mut phone: TcpStream, server: watch::Receiver<Server>, mut is_cut: watch::Receiver<bool>) {
    let address = server.borrow().address;
    if *is_cut.borrow() {
        return refuse(&phone);
    }
    let Some(address) = address else { return refuse(&phone) };
    let Ok(mut server) = TcpStream::connect(address).await else { return refuse(&phone) };
    for stream in [&phone, &server] {
        // Without it small messages wait for each other; with an error they still arrive.
        drop(stream.set_nodelay(true));
    }
    let cut = async { drop(is_cut.wait_for(|is_cut| *is_cut).await) };
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
