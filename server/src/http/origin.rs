//! Where a request comes from: the other end of its connection, or what a trusted proxy says of it.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::FORWARDED;
use axum::http::{HeaderMap, HeaderName};

use crate::auth::peer::Origin;
use crate::start::network::Network;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address that a request comes from.
///
/// Only a trusted proxy is believed, and of what it passes on only what it, or another trusted one before
/// it, wrote itself: each appends whom it was asked by. So the last address that is not a trusted proxy is
/// the client's, and what a client put there itself is never read.
pub(super) fn origin(connected: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Origin {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    let is_passed_on = headers.contains_key(FORWARDED_FOR) || headers.contains_key(FORWARDED);
    let address = connected.to_canonical();
    let mut origin = Origin { address, is_client: !is_passed_on, is_proxied: is_trusted(address) };
    if !origin.is_proxied {
        return origin;
    }
    let values: Vec<_> =
        headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    for part in values.iter().rev().flat_map(|value| value.rsplit(',')) {
        let read = read(part.trim());
        origin.is_client = read.is_some();
        let Some(address) = read else { break };
        origin.address = address;
        if !is_trusted(address) {
            break;
        }
    }
    origin
}

/// An address with or without a port.
fn read(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    let address = address.or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_address_that_no_trusted_proxy_has_is_the_clients() {
        let trusted: Vec<Network> =
            ["127.0.0.1", "10.0.0.0/8", "::1"].iter().map(|text| text.parse().unwrap()).collect();
        for (connected, forwarded, client, is_client) in [
            ("192.0.2.1", &[][..], "192.0.2.1", true),
            ("192.0.2.1", &["203.0.113.9"], "192.0.2.1", false),
            ("127.0.0.1", &[], "127.0.0.1", true),
            ("::ffff:127.0.0.1", &["203.0.113.9"], "203.0.113.9", true),
            ("127.0.0.1", &["1.2.3.4, 203.0.113.9"], "203.0.113.9", true),
            ("127.0.0.1", &["1.2.3.4", "203.0.113.9, 10.1.1.1"], "203.0.113.9", true),
            ("127.0.0.1", &["203.0.113.9:4711"], "203.0.113.9", true),
            ("::1", &["[2001:db8::7]:4711"], "2001:db8::7", true),
            ("127.0.0.1", &["1.2.3.4, unknown"], "127.0.0.1", false),
            ("127.0.0.1", &["unknown, 10.1.1.1"], "10.1.1.1", false),
            ("127.0.0.1", &["10.2.2.2, 10.1.1.1"], "10.2.2.2", true),
        ] {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append(FORWARDED_FOR, value.parse().unwrap());
            }
            let found = origin(connected.parse().unwrap(), &headers, &trusted);
            let is_proxied = connected != "192.0.2.1";
            let expected = Origin { address: client.parse().unwrap(), is_client, is_proxied };
            assert_eq!(found, expected, "{connected} {forwarded:?}");
        }
    }
}
