//! The transport over HTTPS.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use rustls::ClientConfig;

use super::trust::Trust;
use crate::remote::address::address_of;
use crate::remote::answer;
use crate::remote::bounds::{MAX_JSON, SILENCE, TOTAL};
use crate::remote::error::AddressError;
use crate::remote::request::{HttpMethod, Reply};
use crate::remote::timer::sleep;
use crate::remote::transport::{MAX_ANSWER, Transport, TransportError};
use crate::store::lease::RENEWAL;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the look for a captive portal may take.
const PROBE: Duration = Duration::from_secs(5);

/// A server reached over HTTP 1.1, by TLS.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
    tls: Arc<ClientConfig>,
    address: String,
    /// Where a captive portal shows itself: the server's host without TLS. `None`: it cannot stand between.
    probe: Option<Url>,
}

impl HttpTransport {
    /// A transport to the server at `address`, such as `https://roadbook.example`; a path before
    /// `/v1` may be part of it. Its certificate is one that the platform trusts.
    pub fn new(address: &str) -> Result<Self, AddressError> {
        Self::trusting(address, &Trust::Platform)
    }

    /// The same with other certificates.
    pub fn trusting(address: &str, trust: &Trust) -> Result<Self, AddressError> {
        let (address, tls) = (address_of(address)?, trust.config()?);
        let probe = probe_of(&address);
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(TOTAL)
            // A token must not follow a redirect to another host.
            .redirect(reqwest::redirect::Policy::none())
            .tls_backend_preconfigured(ClientConfig::clone(&tls))
            .build()
            .map_err(|_| AddressError::NoTls)?;
        Ok(Self { client, tls, address, probe })
    }

    pub(super) fn tls(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.tls)
    }

    /// The server's address.
    pub fn base(&self) -> &str {
        &self.address
    }

    /// A call of the JSON API by whatever method; what the server itself refuses is an answer, too.
    ///
    /// # Errors
    /// As [`Transport::post`], but for refusals that have a code.
    pub async fn ask(
        &self,
        method: HttpMethod,
        path: &str,
        access_token: &str,
        body: Option<&str>,
    ) -> Result<Reply, TransportError> {
        let mut request = self.client.request(method_of(method), self.url(path));
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_owned());
        }
        let response = self.answered(request, Some(access_token)).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(Reply { status: status.as_u16(), body: text(response).await? });
        }
        let (retry_after, body) = rest(response).await;
        answer::reply(status.as_u16(), retry_after.as_deref(), body)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Sends a request, whose answer is to be a success.
    async fn send(
        &self,
        request: RequestBuilder,
        access_token: Option<&str>,
    ) -> Result<Response, TransportError> {
        let response = self.answered(request, access_token).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let (retry_after, body) = rest(response).await;
        Err(answer::refusal(status.as_u16(), retry_after.as_deref(), &body))
    }

    /// The same with whatever status.
    async fn answered(
        &self,
        mut request: RequestBuilder,
        access_token: Option<&str>,
    ) -> Result<Response, TransportError> {
        if let Some(token) = access_token {
            request = request.header(AUTHORIZATION, bearer(token)?);
        }
        match request.send().await {
            Ok(response) => self.judge(response),
            Err(error) => {
                let kind = broken(&error);
                let before_the_server = error.is_connect();
                // The address may tell whose server this is, so it stays out of the log.
                tracing::debug!(error = %error.without_url(), "no answer");
                let is_portal = before_the_server && self.meets_a_portal().await;
                Err(if is_portal { TransportError::CaptivePortal } else { kind })
            }
        }
    }

    /// An answer that may be the server's own, or what the one that came means.
    fn judge(&self, response: Response) -> Result<Response, TransportError> {
        let status = response.status();
        if status.is_redirection() || status == StatusCode::NETWORK_AUTHENTICATION_REQUIRED {
            return Err(self.elsewhere(&response));
        }
        // The server answers no calls by pages. What is no success tells by its body whose word it is.
        let is_page = header(&response, CONTENT_TYPE).is_some_and(|value| value.starts_with("text/html"));
        if is_page && status.is_success() {
            return Err(TransportError::WrongServer { status: status.as_u16() });
        }
        Ok(response)
    }

    /// What it means to be sent elsewhere: a portal sends to its own pages, a proxy to another form of the
    /// same address.
    fn elsewhere(&self, response: &Response) -> TransportError {
        let base: Option<Url> = self.address.parse().ok();
        let own = base.as_ref().and_then(Url::host_str);
        let target = header(response, LOCATION).and_then(|to| base.as_ref()?.join(to).ok());
        let is_foreign = target.is_some_and(|target| target.host_str() != own);
        if is_foreign || response.status() == StatusCode::NETWORK_AUTHENTICATION_REQUIRED {
            TransportError::CaptivePortal
        } else {
            TransportError::WrongServer { status: response.status().as_u16() }
        }
    }

    /// Whether the network answers in the server's place where it can, which is without TLS. No token and no
    /// path goes there, and the host's name is no secret: TLS shows it, too.
    async fn meets_a_portal(&self) -> bool {
        let Some(probe) = &self.probe else { return false };
        match self.client.get(probe.clone()).timeout(PROBE).send().await {
            Ok(response) => self.elsewhere(&response) == TransportError::CaptivePortal,
            Err(_) => false,
        }
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

    fn address(&self) -> &str {
        &self.address
    }

    async fn pause(&self) {
        sleep(RENEWAL).await;
    }
}

/// The value of an `Authorization` header, kept out of logs.
pub(super) fn bearer(token: &str) -> Result<HeaderValue, TransportError> {
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

/// What a broken exchange means. A connection that broke once it was there may have been too slow for somebody
/// on the way.
fn broken(error: &reqwest::Error) -> TransportError {
    if is_distrust(error) {
        TransportError::NotTrusted
    } else if error.is_connect() || error.is_builder() {
        TransportError::Unreachable
    } else {
        TransportError::TimedOut
    }
}

/// Whether the other end's certificate is what was wrong.
fn is_distrust(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        // An I/O error tells the source of what it wraps, and not what it wraps: that may be another one.
        cause = match error.downcast_ref::<std::io::Error>() {
            Some(io) => io.get_ref().map(|wrapped| wrapped as _),
            None => error.source(),
        };
    }
    false
}

fn header(response: &Response, name: HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

/// Where a captive portal would answer for the server at this address.
fn probe_of(address: &str) -> Option<Url> {
    let url: Url = address.parse().ok()?;
    let host = url.host_str().filter(|_| url.scheme() == "https")?;
    format!("http://{host}/").parse().ok()
}

async fn text(response: Response) -> Result<String, TransportError> {
    String::from_utf8(read(response, MAX_JSON).await?).map_err(|_| TransportError::Malformed)
}

/// What counts of an answer that is no success: `Retry-After`, and the body.
async fn rest(response: Response) -> (Option<String>, Vec<u8>) {
    let retry_after = header(&response, RETRY_AFTER).map(str::to_owned);
    // The status says enough, even if the body is cut.
    (retry_after, read(response, MAX_JSON).await.unwrap_or_default())
}

fn method_of(method: HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
    }
}

#[cfg(test)]
mod tests;
