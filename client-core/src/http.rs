//! The transport over HTTP: rustls with the platform's roots, one connection kept alive.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;

use crate::transport::{MAX_ANSWER, Transport, TransportError};

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the server may stay silent.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// One server, reached over HTTP.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    base: String,
    http: reqwest::Client,
}

impl HttpTransport {
    /// The server at `base`, such as `https://crm.example.com`; a path before `/v1` may be part of it.
    ///
    /// # Errors
    /// [`TransportError::Unreachable`] if the platform gives no TLS.
    pub fn new(base: &str) -> Result<Self, TransportError> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| TransportError::Unreachable)?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), http })
    }

    /// The server's address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A call of the JSON API that reads: `GET path`.
    ///
    /// # Errors
    /// As [`Transport::post`].
    pub async fn get(&self, path: &str, access_token: &str) -> Result<String, TransportError> {
        let request = self.http.get(self.url(path)).header(AUTHORIZATION, bearer(access_token));
        text(accepted(request).await?).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

impl Transport for HttpTransport {
    async fn exchange(&self, access_token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        let request = self
            .http
            .post(self.url("/v1/sync"))
            .header(AUTHORIZATION, bearer(access_token))
            .header(CONTENT_TYPE, "application/octet-stream")
            .body(frame);
        body(accepted(request).await?).await
    }

    async fn post(
        &self,
        path: &str,
        access_token: Option<&str>,
        json: String,
    ) -> Result<String, TransportError> {
        let mut request = self.http.post(self.url(path)).header(CONTENT_TYPE, "application/json").body(json);
        if let Some(token) = access_token {
            request = request.header(AUTHORIZATION, bearer(token));
        }
        text(accepted(request).await?).await
    }
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// Sends a request; an answer that does not do what was asked is an error.
async fn accepted(request: reqwest::RequestBuilder) -> Result<Response, TransportError> {
    let response = request.send().await.map_err(|_| TransportError::Unreachable)?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    Err(match status {
        StatusCode::UNAUTHORIZED => TransportError::Unauthorized,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::REQUEST_TIMEOUT
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::INSUFFICIENT_STORAGE => TransportError::Busy { retry_after: retry_after(&response) },
        _ if status.is_client_error() => {
            let code = text(response).await.ok().and_then(|answer| refusal(&answer)).unwrap_or_default();
            TransportError::Refused { status: status.as_u16(), code }
        }
        _ => TransportError::Busy { retry_after: retry_after(&response) },
    })
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The code in `{"error":{"code":"...","message":"..."}}`.
fn refusal(answer: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Body {
        error: Refusal,
    }
    #[derive(Deserialize)]
    struct Refusal {
        code: String,
    }
    serde_json::from_str::<Body>(answer).ok().map(|body| body.error.code)
}

/// The body, read piece by piece so that none is larger than [`MAX_ANSWER`].
async fn body(mut response: Response) -> Result<Vec<u8>, TransportError> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|_| TransportError::Unreachable)? {
        if bytes.len() + piece.len() > MAX_ANSWER {
            return Err(TransportError::Malformed);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

async fn text(response: Response) -> Result<String, TransportError> {
    String::from_utf8(body(response).await?).map_err(|_| TransportError::Malformed)
}
