//! Where a request comes from, as far as shares are concerned.

use std::net::{IpAddr, Ipv6Addr};

/// A peer: one IPv4 address, or one IPv6 network of 64 bits, which is what a single subscriber has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Peer(Option<IpAddr>);

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The other end of its connection, or what a trusted proxy says.
    pub address: IpAddr,
    /// Whether that is the client's: not if the request was passed on and no trusted proxy says for whom.
    pub is_client: bool,
    /// Whether a trusted proxy passed it on: what that says of the request is believed.
    pub is_proxied: bool,
}

impl Peer {
    /// Nobody in particular: a request that came over no socket.
    pub const UNKNOWN: Self = Self(None);

    /// The peer that this address belongs to.
    pub fn of(address: IpAddr) -> Self {
        Self(Some(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                Ipv6Addr::from(network).into()
            }
        }))
    }

    /// Its bytes, different for each peer.
    pub(super) fn to_bytes(self) -> Vec<u8> {
        match self.0 {
            None => Vec::new(),
            Some(IpAddr::V4(address)) => address.octets().to_vec(),
            Some(IpAddr::V6(address)) => address.octets().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_64_bits_is_one_peer_and_so_is_each_ipv4_address() {
        let peer = |text: &str| Peer::of(text.parse().unwrap());
        assert_eq!(peer("2001:db8:1:2::1"), peer("2001:db8:1:2:ffff::9"));
        assert_ne!(peer("2001:db8:1:2::1"), peer("2001:db8:1:3::1"));
        assert_eq!(peer("192.0.2.7"), peer("::ffff:192.0.2.7"));
        assert_ne!(peer("192.0.2.7"), peer("192.0.2.8"));
        assert_ne!(peer("192.0.2.7"), Peer::UNKNOWN);
    }
}
