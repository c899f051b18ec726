//! The transport over HTTPS.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;

use crate::remote::transport::{MAX_ANSWER, Transport, TransportError};
use crate::store::lease::RENEWAL;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the server may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// How long one request may take in all.
const TOTAL: Duration = Duration::from_secs(180);
/// The most bytes of a JSON answer.
const MAX_JSON: usize = 1 << 20;

/// A server reached over HTTP 1.1, by TLS with the platform's roots.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
    address: String,
}

/// Why an address is not one of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
#[non_exhaustive]
pub enum AddressError {
    /// It is not a URL with a host.
    #[error("not the address of a server")]
    Malformed,
    /// It is neither `https` nor a server on this very machine.
    #[error("a server on another machine is reached by https only")]
    NotSecure,
    /// TLS cannot be set up on this machine.
    #[error("TLS cannot be set up")]
    NoTls,
}

impl AddressError {
    /// The stable code of this error: an app keeps its texts by it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "address.malformed",
            Self::NotSecure => "address.not_secure",
            Self::NoTls => "address.no_tls",
        }
    }
}

impl HttpTransport {
    /// A transport to the server at `address`, such as `https://roadbook.example`; a path before
    /// `/v1` may be part of it.
    pub fn new(address: &str) -> Result<Self, AddressError> {
        let address = address_of(address)?;
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(TOTAL)
            // A token must not follow a redirect to another host.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| AddressError::NoTls)?;
        Ok(Self { client, address })
    }

    /// The server's address.
    pub fn base(&self) -> &str {
        &self.address
    }

    /// A call of the JSON API that reads: `GET path`.
    ///
    /// # Errors
    /// As [`Transport::post`].
    pub async fn get(&self, path: &str, access_token: &str) -> Result<String, TransportError> {
        let request = self.client.get(self.url(path));
        text(self.send(request, Some(access_token)).await?).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    async fn send(
        &self,
        mut request: RequestBuilder,
        access_token: Option<&str>,
    ) -> Result<Response, TransportError> {
        if let Some(token) = access_token {
            request = request.header(AUTHORIZATION, bearer(token)?);
        }
        let response = request.send().await.map_err(|error| {
            let kind = broken(&error);
            // The address may tell whose server this is, so it stays out of the log.
            tracing::debug!(error = %error.without_url(), "no answer");
            kind
        })?;
        if response.status().is_success() { Ok(response) } else { Err(refusal(response).await) }
    }
}

impl Transport for HttpTransport {
    async fn exchange(&self, access_token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        let request = self.client.post(self.url("/v1/sync"));
        let request = request.header(CONTENT_TYPE, "application/octet-stream").body(frame);
        read(self.send(request, Some(access_token)).await?, MAX_ANSWER).await
    }

    async fn post(
        &self,
        path: &str,
        access_token: Option<&str>,
        json: String,
    ) -> Result<String, TransportError> {
        let request = self.client.post(self.url(path));
        let request = request.header(CONTENT_TYPE, "application/json").body(json);
        text(self.send(request, access_token).await?).await
    }

    async fn pause(&self) {
        tokio::time::sleep(RENEWAL).await;
    }
}

/// The address of a server, without a slash at its end, if a token may be sent there.
pub(crate) fn address_of(address: &str) -> Result<String, AddressError> {
    let url: Url = address.parse().map_err(|_| AddressError::Malformed)?;
    let host = url.host_str().ok_or(AddressError::Malformed)?;
    // Nobody listens between two programs of one machine, and a first trial needs no certificate.
    let is_local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match url.scheme() {
        "https" => Ok(address.trim_end_matches('/').to_owned()),
        "http" if is_local => Ok(address.trim_end_matches('/').to_owned()),
        "http" => Err(AddressError::NotSecure),
        _ => Err(AddressError::Malformed),
    }
}

/// The value of an `Authorization` header, kept out of logs.
pub(crate) fn bearer(token: &str) -> Result<HeaderValue, TransportError> {
    let mut value =
        HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| TransportError::Unauthorized)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Reads a body of at most `most` bytes; one that is longer is given up at once.
async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        // Counted while it comes: a header that tells the length may be wrong or missing.
        if body.len() + chunk.len() > most {
            return Err(TransportError::Malformed);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What a broken exchange means: a server that was not even reached in time is not a slow line.
fn broken(error: &reqwest::Error) -> TransportError {
    if error.is_timeout() && !error.is_connect() {
        TransportError::TimedOut
    } else {
        TransportError::Unreachable
    }
}

async fn text(response: Response) -> Result<String, TransportError> {
    String::from_utf8(read(response, MAX_JSON).await?).map_err(|_| TransportError::Malformed)
}

#[derive(Deserialize)]
struct ErrorBody {
    code: String,
}

/// What an answer that is no success means.
async fn refusal(response: Response) -> TransportError {
    let status = response.status();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    // The status says enough, even if the body is cut.
    let body = read(response, MAX_JSON).await.unwrap_or_default();
    let code = serde_json::from_slice(&body).map(|body: ErrorBody| body.code).unwrap_or_default();
    if status == StatusCode::REQUEST_TIMEOUT {
        return TransportError::TimedOut;
    }
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return TransportError::Busy { retry_after };
    }
    // A wrong password is a refusal; a token that is not good any more asks for another one.
    if status == StatusCode::UNAUTHORIZED && code != "bad_credentials" {
        return TransportError::Unauthorized;
    }
    TransportError::Refused { status: status.as_u16(), code }
}

#[cfg(test)]
mod tests;
