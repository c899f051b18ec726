//! The transport over `fetch`.

use std::future::Future;
use std::pin::pin;

use futures_util::future::{Either, select};
use js_sys::{Reflect, Uint8Array};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, Request, RequestCache, RequestCredentials, RequestInit,
    RequestRedirect, Response, ResponseType, WorkerGlobalScope,
};

use crate::remote::address::address_of;
use crate::remote::answer;
use crate::remote::bounds::{MAX_JSON, SILENCE, TOTAL};
use crate::remote::error::AddressError;
use crate::remote::request::{HttpMethod, Reply};
use crate::remote::timer::sleep;
use crate::remote::transport::{MAX_ANSWER, Transport, TransportError};
use crate::store::lease::RENEWAL;

/// A server reached by the browser's `fetch`.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    address: String,
}

impl HttpTransport {
    /// A transport to the server at `address`, such as `https://roadbook.example`; a path before `/v1` may be part of
    /// it.
    pub fn new(address: &str) -> Result<Self, AddressError> {
        Ok(Self { address: address_of(address)? })
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
        let body = body.map(|json| Body::Json(json.to_owned()));
        self.call(word_of(method), path, Some(access_token), body, MAX_JSON).await?.reply()
    }

    /// Sends one request and reads the whole answer. What is dropped before that is aborted.
    // The browser's objects stay in their worker, and so does this future, whatever the compiler knows of it.
    fn call(
        &self,
        method: &'static str,
        path: &str,
        access_token: Option<&str>,
        body: Option<Body>,
        most: usize,
    ) -> impl Future<Output = Result<Answer, TransportError>> + Send + use<> {
        let asked = asked(method, &format!("{}{path}", self.address), access_token, body);
        SendWrapper::new(async move {
            let (request, abort) = asked.map_err(|_| TransportError::Unreachable)?;
            let answer = match select(pin!(answered(&request, most)), pin!(sleep(TOTAL))).await {
                Either::Left((answer, _)) => answer,
                Either::Right(_) => Err(TransportError::TimedOut),
            };
            // Also where it was read to its end: then there is nothing to abort.
            drop(abort);
            answer
        })
    }
}

impl Transport for HttpTransport {
    async fn exchange(&self, access_token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        let frame = Some(Body::Frame(frame));
        self.call("POST", "/v1/sync", Some(access_token), frame, MAX_ANSWER).await?.success()
    }

    async fn post(
        &self,
        path: &str,
        access_token: Option<&str>,
        json: String,
    ) -> Result<String, TransportError> {
        text(self.call("POST", path, access_token, Some(Body::Json(json)), MAX_JSON).await?.success()?)
    }

    fn address(&self) -> &str {
        &self.address
    }

    fn pause(&self) -> impl Future<Output = ()> + Send {
        SendWrapper::new(sleep(RENEWAL))
    }
}

enum Body {
    Frame(Vec<u8>),
    Json(String),
}

/// What may be the server's own answer, of whatever status.
struct Answer {
    status: u16,
    /// Only of what is no success.
    retry_after: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body of what is to be a success.
    fn success(self) -> Result<Vec<u8>, TransportError> {
        if self.is_success() {
            Ok(self.body)
        } else {
            Err(answer::refusal(self.status, self.retry_after.as_deref(), &self.body))
        }
    }

    /// What the server itself refuses is an answer, too.
    fn reply(self) -> Result<Reply, TransportError> {
        if self.is_success() {
            Ok(Reply { status: self.status, body: text(self.body)? })
        } else {
            answer::reply(self.status, self.retry_after.as_deref(), self.body)
        }
    }
}

/// Ends a request once it is dropped.
struct Abort(AbortController);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn asked(
    method: &str,
    url: &str,
    access_token: Option<&str>,
    body: Option<Body>,
) -> Result<(Request, Abort), JsValue> {
    let abort = Abort(AbortController::new()?);
    let init = RequestInit::new();
    init.set_method(method);
    init.set_signal(Some(&abort.0.signal()));
    // A token must not follow a redirect to another host.
    init.set_redirect(RequestRedirect::Manual);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    let kind = match body {
        Some(Body::Frame(frame)) => {
            init.set_body(&Uint8Array::from(frame.as_slice()));
            Some("application/octet-stream")
        }
        Some(Body::Json(json)) => {
            init.set_body(&JsValue::from_str(&json));
            Some("application/json")
        }
        None => None,
    };
    let request = Request::new_with_str_and_init(url, &init)?;
    if let Some(kind) = kind {
        request.headers().set("content-type", kind)?;
    }
    if let Some(token) = access_token {
        request.headers().set("authorization", &format!("Bearer {token}"))?;
    }
    Ok((request, abort))
}

async fn answered(request: &Request, most: usize) -> Result<Answer, TransportError> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let response = within(JsFuture::from(scope.fetch_with_request(request))).await?;
    // The browser does not tell why: the network, the name, the certificate.
    let response: Response = response.map_err(|_| TransportError::Unreachable)?.unchecked_into();
    let status = response.status();
    if response.type_() == ResponseType::Opaqueredirect || (300..400).contains(&status) {
        return Err(TransportError::WrongServer { status });
    }
    if status == 511 {
        return Err(TransportError::CaptivePortal);
    }
    if !response.ok() {
        let retry_after = response.headers().get("retry-after").ok().flatten();
        // The status says enough, even if the body is cut.
        let body = read(&response, MAX_JSON).await.unwrap_or_default();
        return Ok(Answer { status, retry_after, body });
    }
    // The server answers no calls by pages.
    let kind = response.headers().get("content-type").ok().flatten();
    if kind.is_some_and(|kind| kind.starts_with("text/html")) {
        return Err(TransportError::WrongServer { status });
    }
    Ok(Answer { status, retry_after: None, body: read(&response, most).await? })
}

/// Reads a body of at most `most` bytes; one that is longer is given up at once.
async fn read(response: &Response, most: usize) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    let Some(stream) = response.body() else { return Ok(body) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    loop {
        let step = within(JsFuture::from(reader.read())).await?.map_err(|_| TransportError::TimedOut)?;
        let of_step = |name: &str| Reflect::get(&step, &JsValue::from_str(name));
        let chunk = of_step("value").ok().and_then(|value| value.dyn_into::<Uint8Array>().ok());
        let Some(chunk) = chunk else { return Ok(body) };
        // Counted while it comes: a header that tells the length may be wrong or missing.
        if body.len() + chunk.length() as usize > most {
            return Err(TransportError::Malformed);
        }
        body.extend(chunk.to_vec());
    }
}

/// What comes within the time that a server may be silent.
async fn within<T>(wait: impl Future<Output = T>) -> Result<T, TransportError> {
    match select(pin!(wait), pin!(sleep(SILENCE))).await {
        Either::Left((came, _)) => Ok(came),
        Either::Right(_) => Err(TransportError::TimedOut),
    }
}

fn word_of(method: HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Delete => "DELETE",
    }
}

fn text(body: Vec<u8>) -> Result<String, TransportError> {
    String::from_utf8(body).map_err(|_| TransportError::Malformed)
}
