use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A server that answers one request with these bytes and tells what it was asked.
async fn answering(answer: Vec<u8>) -> (HttpTransport, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let transport = HttpTransport::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut asked = Vec::new();
        let mut buffer = [0; 4096];
        while !asked.ends_with(b"BODY") {
            let read = socket.read(&mut buffer).await.unwrap();
            asked.extend_from_slice(&buffer[..read]);
        }
        socket.write_all(&answer).await.unwrap();
        socket.shutdown().await.unwrap();
        String::from_utf8_lossy(&asked).into_owned()
    });
    (transport, server)
}

fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len()).into_bytes()
}

#[tokio::test]
async fn an_exchange_posts_the_frame_with_the_token_and_returns_the_answer() {
    let (transport, server) = answering(answer("200 OK", "", "FRAME")).await;
    assert_eq!(transport.exchange("secret", b"BODY".to_vec()).await, Ok(b"FRAME".to_vec()));
    let asked = server.await.unwrap().to_lowercase();
    assert!(asked.starts_with("post /v1/sync http/1.1\r\n"), "{asked}");
    assert!(asked.contains("authorization: bearer secret\r\n"), "{asked}");
    assert!(asked.contains("content-type: application/octet-stream\r\n"), "{asked}");
}

#[tokio::test]
async fn what_is_no_success_is_told_apart_by_what_the_device_can_do() {
    let error = |code: &str| format!(r#"{{"code":"{code}","message":"..."}}"#);
    let busy = |status, retry_after| TransportError::Busy { status, retry_after };
    let refused = |status, code: &str| TransportError::Refused { status, code: code.to_owned() };
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    for (status, headers, code, expected) in [
        ("401 Unauthorized", "", "unauthenticated", TransportError::Unauthorized),
        ("401 Unauthorized", "", "session_over", TransportError::SessionOver),
        ("401 Unauthorized", "", "bad_credentials", refused(401, "bad_credentials")),
        ("503 Service Unavailable", "retry-after: 7\r\n", "unavailable", busy(503, seconds(7))),
        ("429 Too Many Requests", "retry-after: 3\r\n", "", busy(429, seconds(3))),
        (
            "429 Too Many Requests",
            "retry-after: 9\r\n",
            "slow_down",
            TransportError::TooManyTries { retry_after: seconds(9) },
        ),
        ("507 Insufficient Storage", "", "storage_full", TransportError::ServerFull { retry_after: None }),
        ("408 Request Timeout", "", "too_slow", TransportError::TimedOut),
        ("413 Content Too Large", "", "too_large", refused(413, "too_large")),
        ("500 Internal Server Error", "", "internal", busy(500, None)),
        ("426 Upgrade Required", "", "upgrade_required", refused(426, "upgrade_required")),
    ] {
        let (transport, _) = answering(answer(status, headers, &error(code))).await;
        assert_eq!(transport.post("/v1/x", None, "BODY".to_owned()).await, Err(expected), "{status} {code}");
    }
}

#[tokio::test]
async fn what_the_server_itself_refuses_is_an_answer_to_who_asks() {
    let stale = r#"{"code":"stale_version","message":"...","version":3}"#;
    let wrong = r#"{"code":"bad_credentials","message":"..."}"#;
    let expired = r#"{"code":"unauthenticated","message":"..."}"#;
    let reply = |status, body: &str| Ok(Reply { status, body: body.to_owned() });
    for (status, body, expected) in [
        ("200 OK", "{}", reply(200, "{}")),
        ("201 Created", "[]", reply(201, "[]")),
        ("409 Conflict", stale, reply(409, stale)),
        ("401 Unauthorized", wrong, reply(401, wrong)),
        ("401 Unauthorized", expired, Err(TransportError::Unauthorized)),
        ("404 Not Found", "404 page not found", Err(TransportError::WrongServer { status: 404 })),
        (
            "413 Content Too Large",
            "<html>",
            Err(TransportError::Refused { status: 413, code: String::new() }),
        ),
        ("500 Internal Server Error", wrong, Err(TransportError::Busy { status: 500, retry_after: None })),
    ] {
        let (transport, server) = answering(answer(status, "", body)).await;
        let asked = transport.ask(HttpMethod::Put, "/v1/organisation", "secret", Some("BODY")).await;
        assert_eq!(asked, expected, "{status} {body}");
        let asked = server.await.unwrap().to_lowercase();
        assert!(asked.starts_with("put /v1/organisation http/1.1\r\n"), "{asked}");
        assert!(asked.contains("authorization: bearer secret\r\n"), "{asked}");
        assert!(asked.contains("content-type: application/json\r\n"), "{asked}");
    }
}

#[tokio::test]
async fn what_a_proxy_says_in_the_servers_place_is_not_taken_for_its_word() {
    let wrong = |status| TransportError::WrongServer { status };
    for (status, headers, body, expected) in [
        ("302 Found", "location: http://login.hotel.example/\r\n", "", TransportError::CaptivePortal),
        ("302 Found", "location: /elsewhere\r\n", "", wrong(302)),
        ("511 Network Authentication Required", "", "", TransportError::CaptivePortal),
        ("400 Bad Request", "", "no", wrong(400)),
        ("401 Unauthorized", "", "<h1>401</h1>", wrong(401)),
        ("403 Forbidden", "", r#"{"error":"no"}"#, wrong(403)),
        ("404 Not Found", "", "404 page not found", wrong(404)),
        ("407 Proxy Authentication Required", "", "", wrong(407)),
        ("200 OK", "content-type: text/html; charset=utf-8\r\n", "<html>", wrong(200)),
        ("504 Gateway Timeout", "", "", TransportError::TimedOut),
        ("413 Content Too Large", "", "<html>", TransportError::Refused { status: 413, code: String::new() }),
    ] {
        let (transport, _) = answering(answer(status, headers, body)).await;
        let asked = transport.post("/v1/refresh", None, "BODY".to_owned()).await;
        assert_eq!(asked, Err(expected), "{status} {headers}");
    }
}

#[tokio::test]
async fn a_captive_portal_is_told_apart_from_a_server_that_is_away() {
    for (location, expected) in [
        ("http://login.hotel.example/", TransportError::CaptivePortal),
        ("https://127.0.0.1/", TransportError::Unreachable),
    ] {
        let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let mut transport = HttpTransport::new(&format!("https://{nobody}")).unwrap();
        assert_eq!(transport.probe.as_ref().map(Url::as_str), Some("http://127.0.0.1/"));
        let portal = TcpListener::bind("127.0.0.1:0").await.unwrap();
        transport.probe = format!("http://{}/", portal.local_addr().unwrap()).parse().ok();
        let answer = answer("302 Found", &format!("location: {location}\r\n"), "");
        tokio::spawn(async move {
            let (mut socket, _) = portal.accept().await.unwrap();
            let mut asked = [0; 1024];
            let read = socket.read(&mut asked).await.unwrap();
            assert!(!String::from_utf8_lossy(&asked[..read]).contains("secret"), "no token goes there");
            socket.write_all(&answer).await.unwrap();
        });
        assert_eq!(transport.exchange("secret", Vec::new()).await, Err(expected));
    }
}

#[test]
fn a_certificate_that_is_not_trusted_is_told_apart_from_a_broken_connection() {
    let wrong = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
    assert!(is_distrust(&std::io::Error::other(wrong.clone())));
    // As the library for HTTPS hands it on.
    assert!(is_distrust(&std::io::Error::other(std::io::Error::other(wrong))));
    assert!(!is_distrust(&std::io::Error::other(rustls::Error::HandshakeNotComplete)));
    assert!(!is_distrust(&std::io::Error::from(std::io::ErrorKind::ConnectionReset)));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable_and_a_cut_answer_asks_for_less() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec();
    let (transport, _) = answering(cut).await;
    assert_eq!(transport.exchange("t", b"BODY".to_vec()).await, Err(TransportError::TimedOut));
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let transport = HttpTransport::new(&format!("http://{nobody}")).unwrap();
    assert_eq!(transport.exchange("t", Vec::new()).await, Err(TransportError::Unreachable));
}

#[tokio::test]
async fn an_endless_answer_is_given_up() {
    let (transport, _) = answering(answer("200 OK", "", &"x".repeat(MAX_JSON + 1))).await;
    assert_eq!(transport.post("/v1/x", None, "BODY".to_owned()).await, Err(TransportError::Malformed));
}

#[test]
fn a_token_is_sent_over_tls_or_within_this_machine_only() {
    for (address, expected) in [
        ("https://roadbook.example", Ok(())),
        ("http://127.0.0.1:8080", Ok(())),
        ("http://localhost", Ok(())),
        ("http://roadbook.example", Err(AddressError::NotSecure)),
        ("http://localhost.example", Err(AddressError::NotSecure)),
        ("ftp://roadbook.example", Err(AddressError::Malformed)),
        ("roadbook", Err(AddressError::Malformed)),
    ] {
        assert_eq!(HttpTransport::new(address).map(drop), expected, "{address}");
    }
}
