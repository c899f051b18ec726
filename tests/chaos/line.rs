//! The line of one phone to the server: a proxy that can be cut.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use roadbook_tests::failure::Failure;

/// A line. It lives as long as the process.
#[derive(Clone)]
pub struct Line {
    /// Where the phone finds the server.
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    is_cut: bool,
    open: Vec<TcpStream>,
}

impl Line {
    /// A line to a server at this address, which need not be there yet.
    ///
    /// # Errors
    /// The machine gives no port.
    pub fn to(server: SocketAddr) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let line = Self { address: listener.local_addr()?, state: Arc::default() };
        let accepting = line.clone();
        thread::spawn(move || {
            for phone in listener.incoming().flatten() {
                accepting.carry(phone, server);
            }
        });
        Ok(line)
    }

    /// Breaks every connection, and lets none come about until it is mended.
    pub fn cut(&self) {
        let mut state = self.lock();
        state.is_cut = true;
        for stream in state.open.drain(..) {
            // It may be closed already.
            drop(stream.shutdown(Shutdown::Both));
        }
    }

    /// Lets connections come about again.
    pub fn mend(&self) {
        self.lock().is_cut = false;
    }

    fn carry(&self, phone: TcpStream, server: SocketAddr) {
        let Ok(server) = TcpStream::connect(server) else { return };
        let halves = (phone.try_clone(), server.try_clone(), phone.try_clone(), server.try_clone());
        let (Ok(phone_too), Ok(server_too), Ok(phone_end), Ok(server_end)) = halves else { return };
        let mut state = self.lock();
        if state.is_cut {
            return;
        }
        state.open.extend([phone_end, server_end]);
        drop(state);
        thread::spawn(move || copy(phone, server));
        thread::spawn(move || copy(server_too, phone_too));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Carries bytes until one side ends.
fn copy(mut from: TcpStream, mut to: TcpStream) {
    let mut bytes = [0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    drop(from.shutdown(Shutdown::Both));
    drop(to.shutdown(Shutdown::Both));
}
