//! Networks of addresses, as a configuration names them.

use std::net::IpAddr;
use std::str::FromStr;

/// All addresses that begin with the same bits: `10.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether this address is one of them. An IPv4 address written as an IPv6 one is an IPv4 address.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                first(u128::from(network.to_bits()), self.bits, 32)
                    == first(u128::from(address.to_bits()), self.bits, 32)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                first(network.to_bits(), self.bits, 128) == first(address.to_bits(), self.bits, 128)
            }
            _ => false,
        }
    }
}

/// The first `bits` of a number of `width` bits.
fn first(number: u128, bits: u8, width: u8) -> u128 {
    number.checked_shr(u32::from(width.saturating_sub(bits))).unwrap_or_default()
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| ()))?;
        if bits > most { Err(()) } else { Ok(Self { address, bits }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_that_begin_alike() {
        for (network, address, holds) in [
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("192.0.2.7", "::ffff:192.0.2.7", true),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("fd00::/8", "fdff::1", true),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/64", "2001:db8:0:1::", false),
        ] {
            let parsed: Network = network.parse().unwrap();
            assert_eq!(parsed.holds(address.parse().unwrap()), holds, "{network} {address}");
        }
        for wrong in ["", "10.0.0.0/33", "fd00::/129", "10.0.0.0/", "localhost", "10.0.0.0/-1"] {
            assert_eq!(wrong.parse::<Network>(), Err(()), "{wrong}");
        }
    }
}
