//! A port of the demonstration, which only this machine reaches.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::net::TcpListener;

/// How often another free port is looked for.
const TRIES: u32 = 10;

/// A port, by both addresses that a browser may take a name below `localhost` for. Another user of this machine could
/// take the one that was left free, and pass for this program.
#[derive(Debug)]
pub struct Door {
    /// The port.
    pub port: u16,
    /// One for each address that the machine has.
    pub listeners: Vec<TcpListener>,
}

impl Door {
    /// Opens this port; for 0 one that is free.
    ///
    /// # Errors
    /// Somebody has it, or it is not for this user.
    pub async fn open(port: u16) -> io::Result<Self> {
        for _ in 1..TRIES {
            match Self::at(port).await {
                // What is free by one address may be taken by the other.
                Err(error) if port == 0 && error.kind() == ErrorKind::AddrInUse => {}
                opened => return opened,
            }
        }
        Self::at(port).await
    }

    async fn at(port: u16) -> io::Result<Self> {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = first.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(second) => Ok(Self { port, listeners: vec![first, second] }),
            Err(error) if error.kind() == ErrorKind::AddrInUse => Err(error),
            // Not every machine has this address.
            Err(_) => Ok(Self { port, listeners: vec![first] }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_else_can_take_a_port_by_the_other_address() {
        let door = Door::open(0).await.unwrap();
        assert_eq!(Door::open(door.port).await.unwrap_err().kind(), ErrorKind::AddrInUse);
        for listener in &door.listeners {
            let address = listener.local_addr().unwrap();
            assert!(address.ip().is_loopback() && address.port() == door.port, "{address}");
            assert_eq!(TcpListener::bind(address).await.unwrap_err().kind(), ErrorKind::AddrInUse);
        }
    }
}
