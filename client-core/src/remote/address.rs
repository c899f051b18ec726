//! The address of a server.

use super::error::AddressError;

/// The address of a server, without a slash at its end, if a token may be sent there.
pub(super) fn address_of(address: &str) -> Result<String, AddressError> {
    let (scheme, host) = scheme_and_host(address).ok_or(AddressError::Malformed)?;
    match scheme.as_str() {
        "https" => Ok(address.trim_end_matches('/').to_owned()),
        // Nobody listens between two programs of one machine, and a first trial needs no certificate.
        "http" if is_local(&host) => Ok(address.trim_end_matches('/').to_owned()),
        "http" => Err(AddressError::NotSecure),
        _ => Err(AddressError::Malformed),
    }
}

/// Where the live channel is of a server at this address.
pub(super) fn live_address(address: &str) -> String {
    // http becomes ws, and https becomes wss.
    address.replacen("http", "ws", 1) + "/v1/live"
}

fn is_local(host: &str) -> bool {
    // A browser asks nobody where the names below `localhost` are; elsewhere they go where the network says.
    let is_below = cfg!(target_family = "wasm") && host.ends_with(".localhost");
    is_below || matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(not(target_family = "wasm"))]
fn scheme_and_host(address: &str) -> Option<(String, String)> {
    let url: reqwest::Url = address.parse().ok()?;
    Some((url.scheme().to_owned(), url.host_str()?.to_owned()))
}

#[cfg(target_family = "wasm")]
fn scheme_and_host(address: &str) -> Option<(String, String)> {
    let url = web_sys::Url::new(address).ok()?;
    let scheme = url.protocol().trim_end_matches(':').to_owned();
    Some(url.hostname()).filter(|host| !host.is_empty()).map(|host| (scheme, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channel_is_beside_the_exchange() {
        assert_eq!(live_address("https://roadbook.example/crm"), "wss://roadbook.example/crm/v1/live");
        assert_eq!(live_address("http://localhost:8080"), "ws://localhost:8080/v1/live");
    }
}
