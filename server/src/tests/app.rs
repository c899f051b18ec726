//! The web app: what browsers get of it, and what they may do with the live channel.

use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tower::ServiceExt;

use crate::auth::peer::Origin;
use crate::testing::{Engine, Server};
use crate::{REQUEST_ID, State, app, metrics, serve_on};

const PAGE: &str = "<!doctype html><title>Roadbook</title>";

/// The files of the app that the tests serve. What is packed is not really packed: the server does not look into it.
const FILES: [(&str, &str); 14] = [
    ("index.html", PAGE),
    ("index.html.br", "the page by Brotli"),
    ("index.html.gz", "the page, packed by gzip"),
    ("sw.js", "the service worker"),
    ("manifest.webmanifest", "{}"),
    ("icon.svg", "<svg/>"),
    ("icon.svg.br", "<svg/>, larger"),
    ("icon.svg.gz", "<svg/>"),
    ("robots.txt", "none"),
    ("assets/app-1a2B.js", "the code"),
    ("assets/app-1a2B.js.br", "the code by Brotli"),
    ("assets/core-3c.wasm", "the core"),
    ("assets/core-3c.wasm.gz", "the core by gzip"),
    ("assets/words/hu.ftl", "words"),
];

#[tokio::test]
async fn without_an_app_nothing_is_at_the_paths_of_one() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    for path in ["/", "/index.html", "/cards/7", "/assets/app-1a2B.js"] {
        for method in [Method::GET, Method::POST] {
            let answer = server.send(method, path, "", None).await.unwrap();
            assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"), "{path}");
        }
    }
}

#[tokio::test]
async fn each_file_has_its_bytes_and_its_type() {
    let server = with_app().await;
    for (path, body, content_type) in [
        ("/", PAGE, "text/html; charset=utf-8"),
        ("/index.html", PAGE, "text/html; charset=utf-8"),
        ("/sw.js", "the service worker", "text/javascript; charset=utf-8"),
        ("/sw.js?version=2", "the service worker", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "{}", "application/manifest+json"),
        ("/icon.svg", "<svg/>", "image/svg+xml"),
        ("/robots.txt", "none", "text/plain; charset=utf-8"),
        ("/assets/app-1a2B.js", "the code", "text/javascript; charset=utf-8"),
        ("/assets/core-3c.wasm", "the core", "application/wasm"),
        ("/assets/words/hu.ftl", "words", "text/plain; charset=utf-8"),
    ] {
        let got = get(&server, path, &[]).await;
        assert_eq!((got.status, &*got.body), (StatusCode::OK, body), "{path}");
        assert_eq!(got.headers["content-type"], content_type, "{path}");
        assert!(!got.headers.contains_key("content-encoding"), "{path}");
    }
}

#[tokio::test]
async fn every_kind_of_file_that_a_build_makes_has_a_type() {
    let mut server = Server::new(Engine::Sqlite).await.unwrap();
    let types = [
        ("a.html", "text/html; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.wasm", "application/wasm"),
        ("a.json", "application/json"),
        ("a.webmanifest", "application/manifest+json"),
        ("a.svg", "image/svg+xml"),
        ("a.png", "image/png"),
        ("a.ico", "image/x-icon"),
        ("a.woff2", "font/woff2"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.ftl", "text/plain; charset=utf-8"),
        ("a.bin", "application/octet-stream"),
        ("LICENSE", "application/octet-stream"),
    ];
    serve(&mut server, types.iter().map(|(name, _)| (*name, "x")).chain([("index.html", PAGE)])).await;
    for (name, content_type) in types {
        let got = get(&server, &format!("/{name}"), &[]).await;
        assert_eq!(got.status, StatusCode::OK, "{name}");
        assert_eq!(got.headers["content-type"], content_type, "{name}");
    }
}

#[tokio::test]
async fn a_path_that_names_no_file_is_a_screen_of_the_app() {
    let server = with_app().await;
    for path in [
        "/",
        "/cards",
        "/cards/7",
        "/cards/",
        "/enrol",
        "/assets",
        "/v1x",
        "/v2/cards",
        "/healthy",
        "/cards/health",
        "/a.b/c",
        "/a/.b/c",
        "/%41",
    ] {
        let got = get(&server, path, &[]).await;
        assert_eq!((got.status, &*got.body), (StatusCode::OK, PAGE), "{path}");
        assert_eq!(got.headers["cache-control"], "no-cache", "{path}");
    }
    for path in ["/missing.js", "/cards/7.png", "/assets/app-1A2b.js", "/favicon.ico", "/."] {
        let got = get(&server, path, &[]).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
        assert!(got.body.contains("\"not_found\""), "{path}: {}", got.body);
    }
}

#[tokio::test]
async fn the_servers_own_routes_and_all_below_them_are_never_the_apps() {
    let server = with_app().await;
    for (path, status) in [
        ("/v1", 404),
        ("/v1/", 404),
        ("/v1/nothing", 404),
        ("/v1/index.html", 404),
        ("/v1/me", 401),
        ("/v1/live", 401),
        ("/health", 200),
        ("/health/", 404),
        ("/health/ready", 200),
        ("/health/ready/", 404),
        ("/health/nothing", 404),
        ("/metrics", 200),
        ("/metrics/", 404),
        ("/metrics/nothing", 404),
        ("/docs/", 404),
        ("/docs/nothing", 404),
        // What others than users ask for.
        ("/.well-known", 404),
        ("/.well-known/", 404),
        ("/.well-known/change-password", 404),
        ("/.well-known/assetlinks.json", 404),
        ("/.git/config", 404),
    ] {
        let got = get(&server, path, &[]).await;
        assert_eq!(got.status.as_u16(), status, "{path}");
        assert_ne!(got.body, PAGE, "{path}");
        assert_eq!(got.headers["cache-control"], "no-store", "{path}");
        assert_eq!(
            got.headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'",
            "{path}"
        );
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_folder() {
    let server = with_app().await;
    fs::write(server.folder().join("secret.txt"), "a secret").unwrap();
    for path in [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2F..%2Fsecret.txt",
        "/..\\secret.txt",
        "//secret.txt",
        "/./secret.txt",
        "/secret.txt",
    ] {
        // Some are no address for the client's library: then nobody can ask for them either.
        let Ok(request) = Request::get(path).body(Body::empty()) else { continue };
        let got = ask(&server, request).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!got.body.contains("a secret"), "{path}");
    }
}

#[tokio::test]
async fn the_app_is_read_by_get_and_head_and_by_nothing_else() {
    let server = with_app().await;
    let asked = |method: &Method, path: &str| {
        ask(&server, Request::builder().method(method).uri(path).body(Body::empty()).unwrap())
    };
    for path in ["/", "/cards/7", "/assets/app-1a2B.js"] {
        let (got, head) = (asked(&Method::GET, path).await, asked(&Method::HEAD, path).await);
        assert_eq!((head.status, &*head.body), (StatusCode::OK, ""), "{path}");
        for name in ["content-length", "content-type", "etag", "cache-control", "vary"] {
            assert_eq!(head.headers[name], got.headers[name], "{path}");
        }
        assert_eq!(head.headers["content-length"], got.body.len().to_string(), "{path}");
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let refused = asked(&method, path).await;
            assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_eq!(refused.headers["allow"], "GET, HEAD", "{method} {path}");
            assert!(refused.body.contains("\"method_not_allowed\""), "{}", refused.body);
        }
    }
    assert_eq!(asked(&Method::POST, "/missing.js").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn of_the_forms_of_a_file_the_client_gets_the_one_that_it_likes_best_and_of_several_the_smallest() {
    let server = with_app().await;
    for (path, accepted, body, coding) in [
        ("/", "gzip, deflate, br, zstd", "the page by Brotli", "br"),
        ("/", "gzip, deflate", "the page, packed by gzip", "gzip"),
        ("/", "br;q=0.5, gzip", "the page, packed by gzip", "gzip"),
        ("/", "br;q=0, *", "the page, packed by gzip", "gzip"),
        ("/", "identity, gzip, br", "the page by Brotli", "br"),
        ("/icon.svg", "gzip, br", "<svg/>", "gzip"),
        ("/icon.svg", "identity, gzip, br", "<svg/>", ""),
        ("/icon.svg", "br, gzip;q=0.9", "<svg/>, larger", "br"),
        ("/", "BR", "the page by Brotli", "br"),
        ("/", "identity, gzip;q=0.5", PAGE, ""),
        ("/", "gzip;q=0, br;q=0", PAGE, ""),
        ("/", "*;q=0", PAGE, ""),
        ("/", "zstd", PAGE, ""),
        ("/", "", PAGE, ""),
        ("/cards/7", "br", "the page by Brotli", "br"),
        ("/assets/app-1a2B.js", "gzip", "the code", ""),
        ("/assets/app-1a2B.js", "gzip, br", "the code by Brotli", "br"),
        ("/assets/core-3c.wasm", "gzip, br", "the core by gzip", "gzip"),
    ] {
        let got = get(&server, path, &[("accept-encoding", accepted)]).await;
        let told = got.headers.get("content-encoding").map_or("", |coding| coding.to_str().unwrap());
        assert_eq!((&*got.body, told), (body, coding), "{path} {accepted}");
        assert_eq!(got.headers["vary"], "accept-encoding", "{path} {accepted}");
    }
    let packed = get(&server, "/assets/core-3c.wasm", &[("accept-encoding", "gzip")]).await;
    assert_eq!(packed.headers["content-type"], "application/wasm", "of what is packed");
    for path in ["/index.html.br", "/index.html.gz", "/assets/app-1a2B.js.br"] {
        assert_eq!(get(&server, path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn what_a_browser_has_already_is_not_sent_again() {
    let server = with_app().await;
    let tag = async |accepted: &str| {
        let got = get(&server, "/", &[("accept-encoding", accepted)]).await;
        got.headers["etag"].to_str().unwrap().to_owned()
    };
    let (plain, gzip, brotli) = (tag("identity").await, tag("gzip").await, tag("br").await);
    assert!(plain.starts_with('"') && plain.ends_with('"') && plain.len() == 45, "{plain}");
    assert!(plain != gzip && gzip != brotli && plain != brotli, "each form has a tag of its own");
    let weak = format!("W/{brotli}");
    let among = format!("\"other\", {weak} , {gzip}");
    for (known, status) in [
        (&*brotli, 304),
        (&*weak, 304),
        (&*among, 304),
        ("*", 304),
        (&*plain, 200),
        (&*gzip, 200),
        ("\"other\"", 200),
        (brotli.trim_matches('"'), 200),
    ] {
        let got = get(&server, "/cards", &[("accept-encoding", "br"), ("if-none-match", known)]).await;
        assert_eq!(got.status.as_u16(), status, "{known}");
        assert_eq!(got.body.is_empty(), status == 304, "{known}");
        assert_eq!(got.headers["etag"], brotli, "{known}");
        assert_eq!(got.headers["vary"], "accept-encoding", "{known}");
        assert_eq!(got.headers["cache-control"], "no-cache", "{known}");
        assert_eq!(got.headers.contains_key("content-type"), status == 200, "{known}");
    }
}

#[tokio::test]
async fn only_files_whose_names_hold_their_hash_are_kept_without_asking() {
    let server = with_app().await;
    for (path, kept) in [
        ("/", "no-cache"),
        ("/index.html", "no-cache"),
        ("/sw.js", "no-cache"),
        ("/manifest.webmanifest", "no-cache"),
        ("/icon.svg", "no-cache"),
        ("/assets", "no-cache"),
        ("/assets/app-1a2B.js", "public, max-age=31536000, immutable"),
        ("/assets/words/hu.ftl", "public, max-age=31536000, immutable"),
    ] {
        assert_eq!(get(&server, path, &[]).await.headers["cache-control"], kept, "{path}");
    }
}

#[tokio::test]
async fn every_answer_of_the_app_says_what_its_pages_may_do() {
    let server = with_app().await;
    for (path, known, status) in [("/", "", 200), ("/cards", "*", 304), ("/assets/app-1a2B.js", "", 200)] {
        let got = get(&server, path, &[("if-none-match", known)]).await;
        assert_eq!(got.status.as_u16(), status, "{path}");
        for (name, value) in [
            (
                "content-security-policy",
                "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; \
                 style-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; \
                 base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("permissions-policy", "camera=(self), microphone=(), geolocation=()"),
            ("strict-transport-security", "max-age=63072000"),
        ] {
            let told: Vec<_> = got.headers.get_all(name).iter().collect();
            assert_eq!(told, [value], "{name} of {path}");
        }
        assert!(got.headers.contains_key(REQUEST_ID), "{path}");
        assert!(!got.headers.contains_key("access-control-allow-origin"), "{path}");
    }
}

#[tokio::test]
async fn the_page_of_a_demonstration_alone_may_frame_the_app() {
    let mut server = with_app().await;
    let usual = get(&server, "/", &[]).await.headers["content-security-policy"].clone();
    server.config.demo_page = "http://roadbook.localhost:8000".to_owned();
    server.reopen().await.unwrap();
    let got = get(&server, "/", &[]).await;
    let policies: Vec<_> = got.headers.get_all("content-security-policy").iter().collect();
    let (all_else, _) = usual.to_str().unwrap().rsplit_once("'none'").unwrap();
    assert_eq!(policies, [format!("{all_else}http://roadbook.localhost:8000").as_str()]);
    // The API is no page.
    let got = get(&server, "/v1/me", &[]).await;
    assert_eq!(got.headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
}

#[tokio::test]
async fn the_paths_of_the_app_are_counted_together() {
    let server = with_app().await;
    for path in ["/", "/cards/1", "/cards/2", "/assets/app-1a2B.js", "/missing.js", "/v1/nothing"] {
        get(&server, path, &[]).await;
    }
    let text = server.state.metrics().text(0);
    let answers: Vec<_> = text.lines().filter(|line| line.starts_with("roadbook_requests_total")).collect();
    assert_eq!(
        answers,
        [
            "roadbook_requests_total{route=\"none\",status=\"200\"} 4",
            "roadbook_requests_total{route=\"none\",status=\"404\"} 2",
        ]
    );
    let got = get(&server, "/metrics", &[]).await;
    assert_eq!(got.headers["content-type"], metrics::TEXT);
}

#[tokio::test]
async fn what_becomes_of_the_folder_after_the_start_is_not_served() {
    let mut server = with_app().await;
    fs::write(server.folder().join("app/index.html"), "another page").unwrap();
    fs::write(server.folder().join("app/new.txt"), "new").unwrap();
    assert_eq!(get(&server, "/", &[]).await.body, PAGE);
    assert_eq!(get(&server, "/new.txt", &[]).await.status, StatusCode::NOT_FOUND);
    server.reopen().await.unwrap();
    assert_eq!(get(&server, "/", &[]).await.body, "another page");
    assert_eq!(get(&server, "/new.txt", &[]).await.body, "new");
}

#[tokio::test]
async fn a_folder_that_cannot_be_served_keeps_the_server_from_starting_and_is_told_in_one_line() {
    let mut server = Server::new(Engine::Sqlite).await.unwrap();
    let place = |folder: &str, files: &[&str]| {
        let folder = server.folder().join(folder);
        write(&folder, files.iter().map(|name| (*name, "x")));
        folder
    };
    place("missing", &["main.js"]);
    place("page", &["page/index.html"]);
    place("lone", &["index.html", "assets/a.js.br"]);
    place("twice", &["index.html", "index.html.br.gz"]);
    place("api", &["index.html", "v1/me"]);
    place("health", &["index.html", "health"]);
    place("names", &["index.html", "assets/two words.js"]);
    place("source", &["index.html", ".npmrc", "src/two words.ts"]);
    place("dots", &["index.html", "assets/.DS_Store"]);
    let linked = place("linked", &["index.html"]);
    std::os::unix::fs::symlink(server.folder().join("secrets"), linked.join("assets")).unwrap();
    let large = place("large", &["index.html"]);
    fs::File::create(large.join("core.wasm")).unwrap().set_len(32 << 20).unwrap();
    let full = place("full", &["index.html"]);
    write(&full, (1..200).map(|number| (format!("{number}.txt"), "")));
    let over = place("over", &["index.html"]);
    write(&over, (1..=200).map(|number| (format!("{number}.txt"), "")));

    let folder = server.folder().to_owned();
    for (name, problem) in [
        ("nowhere", "cannot be read"),
        ("password", "cannot be read"),
        ("missing", "no index.html"),
        ("page", "no index.html"),
        ("lone", "/assets/a.js.br without /assets/a.js"),
        ("twice", "/index.html.br.gz without /index.html.br"),
        ("api", "it holds v1"),
        ("health", "it holds health"),
        ("names", "two words.js cannot be served"),
        (
            "source",
            "source/.npmrc begins with a dot, as nothing in an app does; give the folder of a built app",
        ),
        ("dots", "assets/.DS_Store begins with a dot"),
        ("linked", "neither a file nor a folder"),
        ("large", "larger than 32 MiB"),
        ("over", "more than 200 files"),
    ] {
        let app = folder.join(name).display().to_string();
        server.config.app = app.clone();
        let error = State::open(&server.config, server.env.clone()).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("ROADBOOK_APP (--app) is \"{app}\": ")), "{error}");
        assert!(error.contains(problem), "{name}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    server.config.app = full.display().to_string();
    server.reopen().await.unwrap();
    assert_eq!(get(&server, "/199.txt", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn over_a_socket_the_app_is_answered_as_http_asks() {
    let server = with_app().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let state = server.state.clone();
    let serving = tokio::spawn(serve_on(listener, state, async move { drop(stopped.await) }));
    let said = async |line: &str, header: &str| {
        let mut client = TcpStream::connect(address).await.unwrap();
        let request = format!("{line} HTTP/1.1\r\nHost: x\r\n{header}Connection: close\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let whole = said("GET /", "").await;
    assert!(whole.starts_with("HTTP/1.1 200") && whole.ends_with(&format!("\r\n\r\n{PAGE}")), "{whole}");
    let head = said("HEAD /", "").await;
    assert!(head.contains(&format!("content-length: {}\r\n", PAGE.len())), "{head}");
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    let known = said("GET /", "If-None-Match: *\r\n").await;
    assert!(known.starts_with("HTTP/1.1 304") && known.ends_with("\r\n\r\n"), "{known}");
    assert!(!known.contains("content-length"), "{known}");
    let known = said("HEAD /", "If-None-Match: *\r\n").await;
    assert!(known.starts_with("HTTP/1.1 304") && known.ends_with("\r\n\r\n"), "{known}");
    assert!(known.contains(&format!("content-length: {}\r\n", PAGE.len())), "that of the whole: {known}");
    let outside = said("GET /../secrets/organisation", "").await;
    assert!(outside.starts_with("HTTP/1.1 404"), "{outside}");
    stop.send(()).unwrap();
    serving.await.unwrap();
}

#[tokio::test]
async fn the_live_channel_is_not_for_pages_of_other_sites() {
    let mut server = Server::new(Engine::Sqlite).await.unwrap();
    server.config.public_address = "https://crm.example.com:8443/roadbook".into();
    server.reopen().await.unwrap();
    let token = server.admin().await.unwrap();
    // Who may ask, and asks for no WebSocket, is told that.
    let (own, foreign) = ((422, "invalid"), (403, "foreign_site"));
    for (pages, is_proxied, hosts, expected) in [
        (&[][..], false, &[("host", "anywhere.example")][..], own),
        (&["https://app.example"], false, &[("host", "app.example")], own),
        (&["https://App.example:444"], false, &[("host", "app.EXAMPLE:8080")], own),
        (&["http://[::1]:8080"], false, &[("host", "[::1]:8080")], own),
        (&["https://app.example"], false, &[("host", "other.example")], foreign),
        (&["https://app.example.evil.example"], false, &[("host", "app.example")], foreign),
        (&["https://app.example"], false, &[], foreign),
        (&["null"], false, &[("host", "null")], foreign),
        (&["app.example"], false, &[("host", "app.example")], foreign),
        (&["https://"], false, &[("host", "app.example")], foreign),
        (&["https://app.example", "https://app.example"], false, &[("host", "app.example")], foreign),
        // The public address is known to be the server's.
        (&["https://crm.example.com"], false, &[("host", "127.0.0.1:8080")], own),
        // What a proxy says of the host counts if the proxy is trusted.
        (&["https://app.example"], true, &[("host", "inner"), ("x-forwarded-host", "app.example")], own),
        (&["https://app.example"], true, &[("x-forwarded-host", "app.example:443, inner")], own),
        (
            &["https://app.example"],
            true,
            &[("host", "inner"), ("x-forwarded-host", "other.example")],
            foreign,
        ),
        (&["https://app.example"], false, &[("host", "inner"), ("x-forwarded-host", "app.example")], foreign),
    ] {
        let mut request = Request::get("/v1/live").header("authorization", format!("Bearer {token}"));
        for (name, value) in pages.iter().map(|page| ("origin", *page)).chain(hosts.iter().copied()) {
            request = request.header(name, value);
        }
        let origin = Origin { address: "192.0.2.1".parse().unwrap(), is_client: true, is_proxied };
        let request = request.extension(origin).body(Body::empty()).unwrap();
        let answer = server.answer(request).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.code()), expected, "{pages:?} {is_proxied} {hosts:?}");
    }
    // Elsewhere a page of another site is kept out by what browsers ask first: no answer lets it in.
    let request = Request::get("/v1/me").header("authorization", format!("Bearer {token}"));
    let request = request.header("origin", "https://other.example").body(Body::empty()).unwrap();
    let answer = server.answer(request).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}

/// What came of a request.
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

/// A server that has the app of [`FILES`].
async fn with_app() -> Server {
    let mut server = Server::new(Engine::Sqlite).await.unwrap();
    serve(&mut server, FILES).await;
    server
}

/// Begins anew with an app of these files.
async fn serve(server: &mut Server, files: impl IntoIterator<Item = (&'static str, &'static str)>) {
    let folder = server.folder().join("app");
    write(&folder, files);
    server.config.app = folder.display().to_string();
    server.reopen().await.unwrap();
}

fn write<N: AsRef<Path>>(folder: &Path, files: impl IntoIterator<Item = (N, &'static str)>) {
    for (name, text) in files {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}

async fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    ask(server, request.body(Body::empty()).unwrap()).await
}

async fn ask(server: &Server, request: Request<Body>) -> Got {
    let (parts, body) = app(server.state.clone()).oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Got { status: parts.status, headers: parts.headers, body: String::from_utf8(bytes.to_vec()).unwrap() }
}
