//! Bytes of strangers: nothing panics, nothing forged is taken, and the server answers whatever it is sent.
//!
//! More of it by command: `fuzz --runs 100000`, see docs/testing.md.

#![expect(clippy::panic, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use roadbook_domain::wire::{SyncRequest, SyncResponse, from_frame};
use roadbook_server::{app, http, testing};
use roadbook_tests::fuzz::{self, Target};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

fn holds(target: Target, runs: u64) {
    for (path, input) in fuzz::regressions(target).unwrap_or_else(|failure| panic!("{failure}")) {
        fuzz::try_one(target, &input).unwrap_or_else(|failure| panic!("{}: {failure}", path.display()));
    }
    let tally = match fuzz::run(target, 1, runs) {
        Ok(Ok(tally)) => tally,
        Ok(Err(found)) => panic!("{}: {:02x?}", found.what, found.input),
        Err(failure) => panic!("{failure}"),
    };
    assert!(tally.taken > 0, "of what is always refused nothing is proved");
    assert_eq!(tally.taken + tally.refused, runs);
}

#[test]
fn a_frame_of_any_bytes_is_refused_or_read_as_what_it_says() {
    holds(Target::Frame, 2_000);
}

#[test]
fn an_exchange_of_any_bytes_gets_an_answer_that_is_no_fault_of_the_server() {
    holds(Target::Exchange, 150);
}

#[test]
fn a_change_of_any_bytes_that_the_guard_lets_through_can_be_stored_and_read() {
    holds(Target::Guard, 1_000);
}

#[test]
fn no_token_is_taken_but_those_that_were_issued() {
    holds(Target::Token, 300);
}

#[test]
fn an_import_of_any_bytes_plans_each_row_within_all_limits_or_reports_it() {
    holds(Target::Import, 1_000);
}

/// The frame of a request that holds, under a member that no version knows, so many of these heads.
fn nested(head: u8, depth: usize) -> Vec<u8> {
    let mut body = vec![0xa1, 0x18, 0x63];
    body.resize(body.len() + depth, head);
    // Compressed, as it would come: 4 MB of one byte are some hundred bytes.
    let mut frame = vec![1];
    frame.extend(zstd::bulk::compress(&body, 3).unwrap_or_default());
    frame
}

#[test]
fn what_is_nested_a_million_times_is_refused_and_takes_no_stack() {
    // Arrays and maps of one, arrays and maps without an end, and tags.
    for head in [0x81, 0xa1, 0x9f, 0xbf, 0xc1] {
        for depth in [1_000, 1_000_000, 4_000_000] {
            let frame = nested(head, depth);
            assert!(frame.len() < 2_000, "{} bytes", frame.len());
            assert!(from_frame::<SyncRequest>(&frame, 4 << 20).is_err(), "{head:x} {depth}");
            assert!(from_frame::<SyncResponse>(&frame, 4 << 20).is_err(), "{head:x} {depth}");
        }
    }
}

#[test]
fn a_list_that_promises_more_than_its_bytes_hold_is_refused_before_it_is_built() {
    // Each member of a request, as a list or bytes of 2^40 elements.
    for member in 0..=8 {
        for head in [0x9b, 0x5b, 0xbb] {
            let frame = [0, 0xa1, member, head, 0, 0, 1, 0, 0, 0, 0, 0];
            assert!(from_frame::<SyncRequest>(&frame, 4 << 20).is_err(), "{member} {head:x}");
        }
    }
}

#[test]
fn a_request_with_two_lengths_is_refused_and_nothing_behind_it_is_answered() {
    let smuggled = "GET /health HTTP/1.1\r\nhost: x\r\n\r\n";
    for lengths in [
        "content-length: 5\r\ntransfer-encoding: chunked",
        "content-length: 5\r\ncontent-length: 6",
        "transfer-encoding: chunked, identity",
        "content-length: +5",
        "content-length: 5,6",
    ] {
        let request = format!("POST /v1/sign-in HTTP/1.1\r\nhost: x\r\n{lengths}\r\n\r\n0\r\n\r\n{smuggled}");
        let answer = answered(request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 4"), "{lengths}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{lengths}: {answer}");
    }
}

/// What a server on a real socket answers to these bytes until it closes the connection.
fn answered(bytes: &[u8]) -> String {
    let runtime = Runtime::new().unwrap_or_else(|error| panic!("{error}"));
    let answered = runtime.block_on(async {
        let server = testing::Server::new(testing::Engine::Sqlite).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut client = TcpStream::connect(listener.local_addr()?).await?;
        let (config, app) = (server.state.config().clone(), app(server.state.clone()));
        tokio::spawn(async move { http::serve(app, listener, &config, || (), std::future::pending()).await });
        client.write_all(bytes).await?;
        client.shutdown().await?;
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await?;
        Ok::<_, testing::Failure>(String::from_utf8_lossy(&answer).into_owned())
    });
    answered.unwrap_or_else(|failure| panic!("{failure}"))
}
