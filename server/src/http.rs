//! Serving over TCP: with real timeouts, a bound on connections, and an orderly end.
//!
//! `axum::serve` sets no timer, so that a client which never finishes its request head holds its
//! connection for ever (R28); so hyper is driven here.

pub mod app;
mod arrival;
pub mod layers;
mod origin;
mod stall;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::api::ApiError;
use crate::auth::peer::Peer;
use crate::node::seats::Seats;
use crate::start::config::Checked;
use arrival::{Allowance, Arrival};
use stall::Stalling;

/// The most bytes of a request head.
const MAX_HEAD: usize = 32 * 1024;

/// The fewest connections that a peer may have.
const FEW: usize = 64;

/// How long to wait after the system refused a connection (no descriptors left, say).
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// Bounds how long a request may take. It belongs inside the layers that log and name a request.
pub fn bounded<S: Clone + Send + Sync + 'static>(router: Router<S>, config: &Checked) -> Router<S> {
    let allowance =
        Allowance { grace: config.body_grace, rate: config.body_rate, work: config.request_timeout };
    router.layer(middleware::from_fn(move |request, next| within(allowance, request, next)))
}

/// Serves `router` on `listener` until `shutdown` is done; then lets requests under way end, for as
/// long as the configuration says, and cuts off the rest. Tells `stopping` when it begins to end.
pub async fn serve(
    router: Router,
    listener: TcpListener,
    config: &Checked,
    stopping: impl FnOnce(),
    shutdown: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(config.max_connections));
    let peers = Arc::new(Seats::new(most_of_a_peer(config.max_connections)));
    let (stop, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        let next = async {
            // A place first: connections that cannot be served wait in the system's queue, not here.
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((place, listener.accept().await))
        };
        tokio::select! {
            () = &mut shutdown => break,
            accepted = next => match accepted {
                Some((place, Ok((stream, from)))) => {
                    let is_proxy = config.trusted_proxies.iter().any(|network| network.holds(from.ip()));
                    let seat = peers.take(Peer::of(from.ip()));
                    if seat.is_none() && !is_proxy {
                        tracing::debug!(peer = %from.ip(), "a peer has all the connections that it may");
                        continue;
                    }
                    let stream = prepared(stream, config);
                    let serving = (from.ip(), router.clone(), config.clone(), stopped.clone());
                    connections.spawn(async move {
                        arrived(stream, serving).await;
                        drop((place, seat));
                    });
                }
                Some((_, Err(error))) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(AFTER_REFUSAL).await;
                }
                None => break,
            },
            // Without this the set would keep every connection that ever ended.
            Some(_) = connections.join_next() => {}
        }
    }
    // First of all: new clients are refused at once, and try another process.
    drop(listener);
    // The live channels end by this. Otherwise they would use up the whole drain timeout.
    stopping();
    stop.send_replace(true);
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(config.drain_timeout, drained).await.is_err() {
        tracing::warn!(connections = connections.len(), "cut off after the drain timeout");
        connections.shutdown().await;
    }
}

/// How many of the connections one peer may have: a quarter, so that no single one keeps the others out. Where there
/// are few, a house behind one address has enough all the same.
fn most_of_a_peer(connections: usize) -> usize {
    connections.div_ceil(4).max(FEW)
}

/// A stream that neither waits to send nor waits for ever to be read.
fn prepared(stream: TcpStream, config: &Checked) -> Stalling<TcpStream> {
    // Without it small answers wait for the client's acknowledgement of the one before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no delay cannot be set");
    }
    Stalling::new(stream, config.write_timeout)
}

/// A connection from its first byte: TLS, if the server speaks it itself, then requests.
async fn arrived(
    stream: Stalling<TcpStream>,
    (from, router, config, stopped): (IpAddr, Router, Checked, watch::Receiver<bool>),
) {
    let Some(tls) = &config.tls else {
        return connection(stream, from, router, &config, stopped).await;
    };
    let handshake = TlsAcceptor::from(tls.shown()).accept(stream);
    match tokio::time::timeout(config.header_timeout, handshake).await {
        Ok(Ok(stream)) => connection(stream, from, router, &config, stopped).await,
        Ok(Err(error)) => tracing::debug!(%error, "a client and the server agree on no TLS"),
        Err(_) => tracing::debug!("a client did not end its TLS handshake"),
    }
}

/// One connection, to its end; it ends after the answer under way once `stopped` turns true.
fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    io: S,
    from: IpAddr,
    router: Router,
    config: &Checked,
    mut stopped: watch::Receiver<bool>,
) -> impl Future<Output = ()> + use<S> {
    let io = TokioIo::new(io);
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(config.header_timeout);
    // The first is for a head that is not complete yet, the second for one that comes in one piece.
    builder.max_buf_size(MAX_HEAD).max_header_size(MAX_HEAD);
    let trusted = config.trusted_proxies.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        let origin = origin::origin(from, request.headers(), &trusted);
        request.extensions_mut().insert(origin);
        router.clone().oneshot(request)
    });
    let connection = builder.serve_connection(io, service).with_upgrades();
    async move {
        let stop = async { drop(stopped.wait_for(|stop| *stop).await) };
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stop => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// Answers 408 to a request whose body arrives too slowly, or that takes too long once it is here.
async fn within(allowance: Allowance, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let (arrival, body) = Arrival::watch(allowance, body);
    let mut answer = std::pin::pin!(next.run(Request::from_parts(head, body)));
    loop {
        let deadline = arrival.deadline();
        match tokio::time::timeout_at(deadline, answer.as_mut()).await {
            Ok(response) => return response,
            // More of the body arrived meanwhile.
            Err(_) if arrival.deadline() > deadline => {}
            Err(_) => return ApiError::TooSlow.into_response(),
        }
    }
}
