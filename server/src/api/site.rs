//! From which site a browser asks.
//!
//! No page of another site has a token, so this is a second lock: a token that got into one is of no use there.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use axum::http::HeaderName;
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;

use super::ApiError;
use super::operation::{Asks, Operation};
use crate::auth::peer::Origin;
use crate::state::State;

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Whether this process has told of a page that was refused.
static TOLD: AtomicBool = AtomicBool::new(false);

/// That no page of another site asks: the request names no `Origin`, as apps do not, or one of this server's hosts.
///
/// Its hosts are the one that was asked for, the one that a trusted proxy says was asked for, and that of the public
/// address: a proxy may put its own name for the server into `Host`. Ports are not compared: many proxies leave the
/// port out.
pub struct OwnSite;

impl FromRequestParts<State> for OwnSite {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        let mut pages = parts.headers.get_all(ORIGIN).iter();
        match (pages.next(), pages.next()) {
            (None, _) => Ok(Self),
            (Some(page), None) => {
                let page = page.to_str().ok().and_then(host_of_address).ok_or(ApiError::ForeignSite)?;
                if own_hosts(parts, state).contains(&page) {
                    return Ok(Self);
                }
                tell(&TOLD, &page);
                Err(ApiError::ForeignSite)
            }
            (Some(_), Some(_)) => Err(ApiError::ForeignSite),
        }
    }
}

impl Asks for OwnSite {
    fn tell(operation: &mut Operation) {
        operation.errors.push(ApiError::ForeignSite);
    }
}

fn own_hosts(parts: &Parts, state: &State) -> Vec<String> {
    let of = |name: HeaderName| {
        parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>()
    };
    let mut named = of(HOST);
    if parts.extensions.get::<Origin>().is_some_and(|origin| origin.is_proxied) {
        named.extend(of(FORWARDED_HOST).into_iter().flat_map(|list| list.split(',')).map(str::trim));
    }
    let public = state.config().public_address.as_deref().and_then(host_of_address);
    named.into_iter().filter_map(host).chain(public).collect()
}

/// Tells whoever runs the server what to do if the page is one of its own. Once: everybody can send such requests, and
/// would fill the log.
fn tell(told: &AtomicBool, page: &str) {
    if told.swap(true, Ordering::Relaxed) {
        return;
    }
    tracing::warn!(
        page.host = page,
        "a page of another host was refused the live channel; if it is of this server, let the proxy pass Host on or \
         give --public-address (told once)"
    );
}

/// The host of `https://host:port/path`; of `null`, which a page without an origin sends, there is none.
fn host_of_address(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    host(rest.split('/').next()?)
}

/// The host of `host:port`.
fn host(authority: &str) -> Option<String> {
    let authority: Authority = authority.parse().ok()?;
    Some(authority.host().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tracing::Dispatch;
    use tracing_subscriber::fmt;

    use super::*;

    #[test]
    fn a_page_that_is_refused_is_told_once_with_what_to_do() {
        let (lines, logged) = mpsc::channel();
        let log = fmt().with_writer(move || Lines(lines.clone())).finish();
        // With one subscriber alone another test's thread could have switched this place off.
        let _second = Dispatch::new(fmt().with_writer(std::io::sink).finish());
        let told = AtomicBool::new(false);
        tracing::subscriber::with_default(log, || {
            tracing::callsite::rebuild_interest_cache();
            for page in ["one.example", "two.example"] {
                tell(&told, page);
            }
        });
        let text: String = logged.try_iter().collect();
        assert_eq!(text.matches("WARN").count(), 1, "{text}");
        assert!(text.contains("one.example") && !text.contains("two.example"), "{text}");
        assert!(text.contains("--public-address"), "{text}");
    }

    /// Hands on what is logged.
    struct Lines(mpsc::Sender<String>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.send(String::from_utf8_lossy(bytes).into_owned()).map_err(std::io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
}
