//! The HTTP surface: timeouts on real sockets, headers, limits, and what is logged.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Router};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tracing::Dispatch;
use tracing::subscriber::DefaultGuard;

use crate::auth::peer::Origin;
use crate::start::config::{Checked, Config};
use crate::start::tls::{Look, Tls};
use crate::state::MAX_ARRIVING;
use crate::store::Db;
use crate::testing::{ADMIN, Engine, PASSWORD, Server, config};
use crate::{REQUEST_ID, http};

/// Far longer than anything here takes; only a failing test waits for it.
const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_client_that_never_ends_its_head_is_cut_off() {
    let served = Served::new(Router::new(), |config| config.header_timeout = "100ms".into()).await;
    for head in ["", "GET / HTTP/1.1\r\nHost: x\r\n", "GET"] {
        let mut client = served.connect().await;
        client.write_all(head.as_bytes()).await.unwrap();
        let answer = read_to_end(&mut client).await;
        assert!(!answer.contains("200"), "{answer}");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_head_of_more_than_32_kib_is_refused_also_if_it_comes_at_once() {
    let router = Router::new().route("/", get(async || "hello"));
    let served = Served::new(router, |_| {}).await;
    for (filler, pieces, is_taken) in
        [(30_000, 1, true), (33_000, 1, false), (40_000, 1, false), (33_000, 40, false)]
    {
        let mut client = served.connect().await;
        let filler = "x".repeat(filler);
        let head = format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nFiller: {filler}\r\n\r\n");
        for piece in head.as_bytes().chunks(head.len().div_ceil(pieces)) {
            // What is refused is not read to its end.
            if client.write_all(piece).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        let mut answer = Vec::new();
        // A reset may come before the answer was read.
        let _ = client.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert_eq!(answer.starts_with("HTTP/1.1 200"), is_taken, "{pieces}: {answer}");
        assert!(is_taken || answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_connection_that_stays_idle_after_an_answer_is_closed() {
    let router = Router::new().route("/", get(async || "hello"));
    let served = Served::new(router, |config| config.header_timeout = "100ms".into()).await;
    let mut client = served.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(read_to_end(&mut client).await.ends_with("hello"));
    served.stop().await;
}

#[tokio::test]
async fn a_body_that_trickles_is_answered_408() {
    let served = Served::new(counting(), |config| {
        config.body_grace = "100ms".into();
        config.body_rate = "1000".into();
    })
    .await;
    let mut client = served.connect().await;
    client.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc").await.unwrap();
    let answer = read_to_end(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("too_slow"), "{answer}");
    served.stop().await;
}

#[tokio::test]
async fn a_body_that_keeps_the_least_rate_may_take_longer_than_grace_and_request_timeout() {
    let served = Served::new(counting(), |config| {
        config.body_grace = "100ms".into();
        config.request_timeout = "100ms".into();
        config.body_rate = "1".into();
    })
    .await;
    let mut client = served.connect().await;
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 30\r\n\r\n";
    // Twenty bytes are worth twenty seconds.
    client.write_all(&[&head[..], &[b'x'; 20]].concat()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    client.write_all(&[b'x'; 10]).await.unwrap();
    let answer = read_to_end(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("30"), "{answer}");
    served.stop().await;
}

#[tokio::test]
async fn a_request_that_takes_too_long_once_its_body_is_here_is_answered_408() {
    let never = async |_: Bytes| std::future::pending::<()>().await;
    let router = Router::new().route("/", post(never).get(async || std::future::pending::<()>().await));
    let served = Served::new(router, |config| {
        config.body_grace = "100ms".into();
        config.request_timeout = "100ms".into();
    })
    .await;
    for request in
        ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"]
    {
        let mut client = served.connect().await;
        client.write_all(request.as_bytes()).await.unwrap();
        read_until(&mut client, "\"the request took too long\"}").await;
    }
    served.stop().await;
}

#[tokio::test]
async fn a_request_that_is_answered_408_has_an_id_and_the_headers_of_every_answer() {
    let mut server = Server::new(Engine::Sqlite).await.unwrap();
    server.config.body_grace = "100ms".into();
    server.reopen().await.unwrap();
    let served = Served::new(crate::app(server.state.clone()), |_| {}).await;
    let mut client = served.connect().await;
    client.write_all(b"POST /v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n").await.unwrap();
    let answer = read_to_end(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    for header in ["x-request-id: ", "x-content-type-options: nosniff"] {
        assert!(answer.contains(header), "{answer}");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let (alive, mut gone) = mpsc::channel::<()>(1);
    let endless = async move || {
        let alive = alive.clone();
        Body::from_stream(stream::repeat_with(move || {
            let _held = &alive;
            Ok::<_, std::convert::Infallible>(Bytes::from_static(&[b'x'; 65_536]))
        }))
    };
    let served =
        Served::new(Router::new().route("/", get(endless)), |config| config.write_timeout = "100ms".into())
            .await;
    let mut client = served.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    served.stop().await;
    // The server ended before its drain timeout, and with the answer its end of the channel.
    assert_eq!(timeout(LONG, gone.recv()).await.unwrap(), None);
    drop(client);
}

#[tokio::test]
async fn connections_beyond_the_cap_wait_for_a_place() {
    let router = Router::new().route("/", get(async || "hello"));
    let served = Served::new(router, |config| config.max_connections = "1".into()).await;
    let mut first = served.connect().await;
    first.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    read_until(&mut first, "hello").await;
    let mut second = served.connect().await;
    second.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let early = timeout(Duration::from_millis(50), second.read_u8()).await;
    assert!(early.is_err(), "served although there was no place");
    drop(first);
    assert!(read_to_end(&mut second).await.ends_with("hello"));
    served.stop().await;
}

#[tokio::test]
async fn one_peer_cannot_have_all_connections() {
    let router = Router::new().route("/", get(async || "hello"));
    let served = Served::new(router, |config| config.max_connections = "200".into()).await;
    let mut flood = Vec::new();
    for _ in 0..64 {
        flood.push(served.connect().await);
    }
    let mut one_more = served.connect().await;
    assert_eq!(timeout(LONG, one_more.read(&mut [0])).await.unwrap().unwrap_or(0), 0, "it is closed");
    let elsewhere = TcpSocket::new_v4().unwrap();
    elsewhere.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut elsewhere = elsewhere.connect(served.address).await.unwrap();
    elsewhere.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    assert!(read_to_end(&mut elsewhere).await.ends_with("hello"));
    flood.pop();
    served.stop().await;
}

#[tokio::test]
async fn bodies_of_one_user_that_do_not_arrive_hold_no_more_than_their_share() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let token = server.admin().await.unwrap();
    let ask = || {
        let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let request = Request::post("/v1/sync").header("authorization", format!("Bearer {token}"));
        Box::pin(server.answer(request.body(never).unwrap()))
    };
    let mut arriving: Vec<_> = (0..MAX_ARRIVING).map(|_| ask()).collect();
    for request in &mut arriving {
        assert!(timeout(Duration::from_millis(20), request.as_mut()).await.is_err());
    }
    let refused = ask().await.unwrap();
    assert_eq!((refused.status, refused.code()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    arriving.pop();
    assert!(timeout(Duration::from_millis(20), ask()).await.is_err(), "there is a place again");
}

#[tokio::test]
async fn a_request_under_way_is_answered_when_the_server_stops() {
    let (began, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (began_there, release_there) = (began.clone(), release.clone());
    let slow = async move || {
        began_there.notify_one();
        release_there.notified().await;
        "done"
    };
    let mut served = Served::new(Router::new().route("/", get(slow)), |_| {}).await;
    let mut client = served.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    began.notified().await;
    served.shutdown.take().unwrap().send(()).unwrap();
    timeout(LONG, served.stopping.recv()).await.unwrap().unwrap();
    assert!(TcpStream::connect(served.address).await.is_err(), "nobody new is let in");
    release.notify_one();
    let answer = read_to_end(&mut client).await;
    assert!(answer.ends_with("done") && answer.contains("connection: close"), "{answer}");
    timeout(LONG, served.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_does_not_end_is_cut_off_after_the_drain_timeout() {
    let began = Arc::new(Notify::new());
    let began_there = began.clone();
    let never = async move || {
        began_there.notify_one();
        std::future::pending::<()>().await;
    };
    let served =
        Served::new(Router::new().route("/", get(never)), |config| config.drain_timeout = "100ms".into())
            .await;
    let mut client = served.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    began.notified().await;
    served.stop().await;
    assert_eq!(read_to_end(&mut client).await, "");
}

#[tokio::test]
async fn every_answer_has_the_security_headers_and_an_id() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let mut ids = std::collections::BTreeSet::new();
    for (method, path) in [(Method::GET, "/health"), (Method::GET, "/nothing"), (Method::DELETE, "/health")] {
        let request = Request::builder().method(method).uri(path).header("x-request-id", "mine");
        let answer = server.answer(request.body(Body::empty()).unwrap()).await.unwrap();
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=63072000"),
        ] {
            assert_eq!(answer.headers[name], value, "{path}");
        }
        assert!(
            answer.headers.get("server").is_none()
                && answer.headers.get("access-control-allow-origin").is_none()
        );
        ids.insert(answer.headers[REQUEST_ID].to_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 3);
    assert!(!ids.contains("mine"));
}

#[tokio::test]
async fn refusals_are_json_with_a_stable_code() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let json_type = "application/json";
    let large = "x".repeat(crate::api::BODY_LIMIT + 1);
    for (method, path, content_type, body, status, code) in [
        (Method::GET, "/nothing", json_type, "", 404, "not_found"),
        (Method::DELETE, "/v1/users", json_type, "", 405, "method_not_allowed"),
        (Method::GET, "/v1/users", json_type, "", 401, "unauthenticated"),
        (Method::POST, "/v1/refresh", json_type, "{", 422, "invalid"),
        (Method::POST, "/v1/refresh", json_type, "[1]", 422, "invalid"),
        (Method::POST, "/v1/refresh", "text/plain", "{\"refresh_token\":\"x\"}", 422, "invalid"),
        (Method::POST, "/v1/refresh", json_type, &large, 413, "too_large"),
    ] {
        let request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, content_type);
        let answer = server.answer(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{path}");
        assert!(!answer.body["message"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_bearer_is_one_header_of_that_scheme() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let token = server.admin().await.unwrap();
    for (headers, status) in [
        (vec![format!("Bearer {token}")], 200),
        (vec![format!("bearer {token}")], 200),
        (vec![token.clone()], 401),
        (vec![format!("Basic {token}")], 401),
        (vec![format!("Bearer  {token}")], 401),
        (vec![format!("Bearer {token}"), format!("Bearer {token}")], 401),
        (vec!["Bearer".into()], 401),
        (vec!["Bearer ".into()], 401),
    ] {
        let mut request = Request::builder().uri("/v1/devices");
        for header in &headers {
            request = request.header("authorization", header);
        }
        let answer = server.answer(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status.as_u16(), status, "{headers:?}");
        assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401);
    }
}

#[tokio::test]
async fn a_panic_is_one_requests_500_and_its_cause_is_not_sent() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let router = Router::new()
        .route("/bad", get(panicking))
        .layer(axum::middleware::from_fn_with_state(server.state.clone(), http::layers::observe));
    for _ in 0..2 {
        let request = Request::get("/bad").body(Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(router.clone(), request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains("\"internal\"") && !body.contains("secret cause"), "{body}");
    }
}

#[tokio::test]
async fn readiness_fails_when_the_server_stops_or_the_database_is_gone_and_liveness_does_not() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let ask = async |path| server.send(Method::GET, path, "", None).await.unwrap().status.as_u16();
    assert_eq!((ask("/health").await, ask("/health/ready").await), (200, 200));
    server.state.stop();
    assert_eq!((ask("/health").await, ask("/health/ready").await), (200, 503));
    let server = Server::new(Engine::Sqlite).await.unwrap();
    server.state.db().close().await;
    let answer = server.send(Method::GET, "/health/ready", "", None).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.code()), (503, "unavailable"));
    assert_eq!(answer.headers["retry-after"], "1");
}

#[tokio::test]
async fn the_log_names_ids_and_no_person_password_or_token() {
    let (log, guard, _second) = Log::begin();
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let held = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
    let token = held.text("access_token");
    let id = server.add_user(&token, "bela@example.com", "user").await.unwrap();
    server.sign_in("bela@example.com", "not the password", 1).await.unwrap();
    server.send(Method::GET, "/v1/users?name=Kovács", &token, None).await.unwrap();
    let body = json!({ "refresh_token": held.text("refresh_token") });
    for _ in 0..3 {
        server.send(Method::POST, "/v1/refresh", "", Some(body.clone())).await.unwrap();
    }
    let path = format!("/v1/users/{id}/password");
    server.send(Method::POST, &path, &token, Some(json!({ "password": "another password" }))).await.unwrap();
    let request =
        Request::get("/v1/live").header("sec-websocket-protocol", format!("roadbook.v1, bearer.{token}"));
    assert_eq!(
        server.answer(request.body(Body::empty()).unwrap()).await.unwrap().status,
        422,
        "no WebSocket"
    );
    drop(guard);

    let log = log.text();
    for there in ["request served", "/v1/users/{user}/password", "\"http.status\":200", &held.text("user")] {
        assert!(log.contains(there), "{there} is not in {log}");
    }
    for personal in [
        "example.com",
        "Kovács",
        "Nagy",
        "Béla",
        PASSWORD,
        "not the password",
        "another password",
        "phone 1",
        &token,
        &held.text("refresh_token"),
    ] {
        assert!(!log.contains(personal), "{personal} is in {log}");
    }
}

#[tokio::test]
async fn a_request_fails_by_the_servers_fault_in_one_line_of_warning_or_error_and_a_refused_one_in_none() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let held = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
    let token = held.text("access_token");
    let (log, _guard, _second) = Log::begin();
    let id = |headers: &HeaderMap| headers[REQUEST_ID].to_str().unwrap().to_owned();
    let mut failed = Vec::new();
    for (path, token, status) in [("/nothing", &*token, 404), ("/v1/devices", "", 401)] {
        let answer = server.send(Method::GET, path, token, None).await.unwrap();
        assert_eq!(answer.status.as_u16(), status, "{path}");
    }
    let router = Router::new()
        .route("/bad", get(panicking))
        .layer(axum::middleware::from_fn_with_state(server.state.clone(), http::layers::observe));
    let request = Request::get("/bad").body(Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    failed.push(("ERROR", id(answer.headers())));

    let product = json!({ "kind": "human_resources" });
    let add = || server.send(Method::POST, "/v1/products", &token, Some(product.clone()));
    let db = server.state.db();
    db.fill_disk(true).await.unwrap();
    // What is left in the last pages may take a few.
    let mut full = add().await.unwrap();
    while full.status == StatusCode::CREATED {
        full = add().await.unwrap();
    }
    assert_eq!(full.code(), "storage_full");
    failed.push(("WARN", id(&full.headers)));

    let Db::Sqlite { writer, .. } = db else { unreachable!() };
    sqlx::raw_sql("/* test */ alter table session rename to lost").execute(writer).await.unwrap();
    let broken = server.send(Method::GET, "/v1/devices", &token, None).await.unwrap();
    assert_eq!(broken.code(), "internal");
    failed.push(("ERROR", id(&broken.headers)));

    db.close().await;
    let refresh = json!({ "refresh_token": held.text("refresh_token") });
    for (method, path, body) in [
        (Method::GET, "/v1/devices", None),
        (Method::GET, "/v1/live", None),
        (Method::GET, "/health/ready", None),
        (Method::POST, "/v1/sync", None),
        (Method::POST, "/v1/products", Some(product.clone())),
        (Method::POST, "/v1/sign-in", Some(Server::credentials(ADMIN, PASSWORD, 1))),
        (Method::POST, "/v1/refresh", Some(refresh)),
    ] {
        let gone = server.send(method, path, &token, body).await.unwrap();
        assert_eq!(gone.code(), "unavailable", "{path}");
        failed.push(("WARN", id(&gone.headers)));
    }

    let text = log.text();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let troubles: Vec<_> = lines
        .iter()
        .map(|line| {
            (line["level"].as_str().unwrap(), line["span"]["request.id"].as_str().unwrap_or_default())
        })
        .filter(|(level, _)| ["WARN", "ERROR"].contains(level))
        .collect();
    let failed: Vec<_> = failed.iter().map(|(level, id)| (*level, &**id)).collect();
    assert_eq!(troubles, failed, "{text}");
}

async fn panicking() -> StatusCode {
    panic!("secret cause")
}

#[tokio::test]
async fn with_a_certificate_the_server_speaks_tls_and_nothing_else() {
    let served = Served::new(counting(), |config| {
        // For tests only: the keys are in the repository.
        config.tls_certificate = tls_file("certificate");
        config.tls_key = tls_file("key");
        config.header_timeout = "500ms".into();
    })
    .await;
    let mut client = shake_hands(&served, "certificate").await.unwrap();
    let request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc";
    client.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(LONG, client.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n3"), "{answer}");
    // Whoever speaks plainly, or says nothing, is let go.
    for words in ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", ""] {
        let mut plain = served.connect().await;
        plain.write_all(words.as_bytes()).await.unwrap();
        assert!(!read_to_end(&mut plain).await.contains("HTTP/1.1"));
    }
    served.stop().await;
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_new_start_once_it_and_its_key_fit() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let put = |from: &str, to: &str| std::fs::copy(tls_file(from), place(to)).unwrap();
    put("certificate", "certificate");
    put("key", "key");
    let served = Served::new(counting(), |config| {
        config.tls_certificate = place("certificate").display().to_string();
        config.tls_key = place("key").display().to_string();
    })
    .await;
    let tls = Arc::clone(served.tls.as_ref().unwrap());
    assert_eq!(tls.look(), Look::Same);
    let mut before = shake_hands(&served, "certificate").await.unwrap();

    // The renewal is half done: its key is not there yet, which is told once.
    put("renewed_certificate", "certificate");
    assert!(matches!(tls.look(), Look::Unfit(problem) if problem.contains("do not fit together")));
    assert_eq!(tls.look(), Look::Same);
    shake_hands(&served, "certificate").await.unwrap();

    put("renewed_key", "key");
    assert_eq!(tls.look(), Look::Renewed);
    assert_eq!(tls.look(), Look::Same);
    shake_hands(&served, "renewed_certificate").await.unwrap();
    assert!(shake_hands(&served, "certificate").await.is_err(), "the old one is shown no more");
    // Who was connected stays so.
    let request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    before.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(LONG, before.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    // A file that is gone is told once, too; and back again, it is what was shown all the time.
    std::fs::remove_file(place("key")).unwrap();
    assert!(matches!(tls.look(), Look::Unfit(problem) if problem.contains("cannot be read")));
    assert_eq!(tls.look(), Look::Same);
    shake_hands(&served, "renewed_certificate").await.unwrap();
    put("renewed_key", "key");
    assert_eq!(tls.look(), Look::Renewed);
    served.stop().await;
}

#[tokio::test]
async fn only_a_trusted_proxy_says_where_a_request_comes_from() {
    let origin = || {
        Router::new().route("/", get(async |Extension(origin): Extension<Origin>| origin.address.to_string()))
    };
    for (trusted, seen) in [("", "127.0.0.1"), ("127.0.0.0/8", "203.0.113.9")] {
        let served = Served::new(origin(), |config| config.trusted_proxies = trusted.into()).await;
        let mut client = served.connect().await;
        let request =
            "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4, 203.0.113.9\r\nConnection: close\r\n\r\n";
        client.write_all(request.as_bytes()).await.unwrap();
        let answer = read_to_end(&mut client).await;
        assert!(answer.ends_with(&format!("\r\n\r\n{seen}")), "{answer}");
        served.stop().await;
    }
}

#[tokio::test]
async fn who_comes_through_a_proxy_reads_no_counters_unless_a_trusted_one_says_that_they_may() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    for (trusted, header, status) in [
        ("", "", "200"),
        ("", "X-Forwarded-For: 203.0.113.9\r\n", "404"),
        ("", "X-Forwarded-For: 127.0.0.1\r\n", "404"),
        ("", "Forwarded: for=203.0.113.9\r\n", "404"),
        ("127.0.0.1", "", "200"),
        ("127.0.0.1", "X-Forwarded-For: 127.0.0.1\r\n", "200"),
        ("127.0.0.1", "X-Forwarded-For: 203.0.113.9\r\n", "404"),
        ("127.0.0.1", "X-Forwarded-For: unknown\r\n", "404"),
        ("127.0.0.1", "Forwarded: for=203.0.113.9\r\n", "404"),
    ] {
        let router = crate::app(server.state.clone());
        let served = Served::new(router, |config| config.trusted_proxies = trusted.into()).await;
        let mut client = served.connect().await;
        let request = format!("GET /metrics HTTP/1.1\r\nHost: x\r\n{header}Connection: close\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        let answer = read_to_end(&mut client).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "\"{trusted}\" {header}{answer}");
        served.stop().await;
    }
}

fn tls_file(name: &str) -> String {
    format!("{}/src/tests/tls/{name}.pem", env!("CARGO_MANIFEST_DIR"))
}

/// A connection of a client that trusts this certificate only.
async fn shake_hands(served: &Served, trusted: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(tls_file(trusted)).unwrap()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    connector.connect("localhost".try_into().unwrap(), served.connect().await).await
}

/// Answers how many bytes it was sent.
fn counting() -> Router {
    Router::new().route("/", post(async |body: Bytes| format!("{}", body.len())))
}

/// A router on a real socket.
struct Served {
    address: std::net::SocketAddr,
    tls: Option<Arc<Tls>>,
    shutdown: Option<oneshot::Sender<()>>,
    stopping: mpsc::UnboundedReceiver<()>,
    task: JoinHandle<()>,
}

impl Served {
    async fn new(router: Router, change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = config("sqlite:unused.db".into(), "unused".into());
        change(&mut config);
        let checked: Checked = config.check().unwrap();
        let tls = checked.tls.clone();
        let (shutdown, stop) = oneshot::channel();
        let (told, stopping) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            let tell = move || told.send(()).unwrap();
            let router = http::bounded(router, &checked);
            http::serve(router, listener, &checked, tell, async { drop(stop.await) }).await;
        });
        Self { address, tls, shutdown: Some(shutdown), stopping, task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn stop(mut self) {
        self.shutdown.take().unwrap().send(()).unwrap();
        timeout(LONG, self.task).await.unwrap().unwrap();
    }
}

/// What comes until the server closes the connection.
async fn read_to_end(client: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end, too.
    let _ = timeout(LONG, client.read_to_end(&mut bytes)).await.expect("the server closes the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn read_until(client: &mut TcpStream, end: &str) {
    let mut bytes = Vec::new();
    while !String::from_utf8_lossy(&bytes).ends_with(end) {
        bytes.push(timeout(LONG, client.read_u8()).await.unwrap().unwrap());
    }
}

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// What this thread logs as long as the two other values are held, in the form and at the levels of `serve`
    /// (`src/logs.rs`).
    fn begin() -> (Self, DefaultGuard, Dispatch) {
        let log = Self::default();
        let writer = log.clone();
        let format = tracing_subscriber::fmt().json().with_span_list(false);
        let subscriber =
            format.with_writer(move || writer.clone()).with_env_filter("info,sqlx=warn").finish();
        // As long as there is one subscriber only, a place in the code that another test's thread reaches
        // first is taken for switched off: tracing asks that thread's subscriber, which is none.
        let second = Dispatch::new(tracing_subscriber::fmt().with_writer(std::io::sink).finish());
        let guard = tracing::subscriber::set_default(subscriber);
        tracing::callsite::rebuild_interest_cache();
        (log, guard, second)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
