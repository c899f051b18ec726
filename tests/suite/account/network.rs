//! What stands between a phone and its server, and what it never does to the session.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use roadbook_client::account::is_signed_in;
use roadbook_client::{Syncer, Transport, TransportError};
use roadbook_tests::model::{Fault, ModelTransport};

use super::stage::Stage;

#[tokio::test]
async fn what_a_proxy_answers_in_the_servers_place_signs_nobody_out() {
    for status in [302, 400, 401, 403, 404, 407, 421] {
        let stage = Stage::signed_in().await;
        stage.sync().await.unwrap();
        stage.edit();
        stage.pass(3_600_000);
        let refused = TransportError::Refused { status, code: String::new() };
        stage.server.next_faults([Fault::Error(refused)]);
        let answer = stage.sync().await;
        assert!(answer.is_err());
        assert_eq!(is_signed_in(&stage.client), Ok(true), "{status}: {answer:?}");
        stage.sync().await.unwrap();
        assert_eq!((stage.client.unsent_count(), stage.on_server()), (Ok(0), 1), "{status}");
    }
}

/// A transport on which every call takes a while before the server is asked and another one before its answer
/// is there.
struct Slow<'a>(&'a ModelTransport);

impl Transport for Slow<'_> {
    async fn exchange(&self, access_token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        tokio::task::yield_now().await;
        let answer = self.0.exchange(access_token, frame).await;
        tokio::task::yield_now().await;
        answer
    }

    async fn post(&self, path: &str, token: Option<&str>, json: String) -> Result<String, TransportError> {
        tokio::task::yield_now().await;
        let answer = self.0.post(path, token, json).await;
        tokio::task::yield_now().await;
        answer
    }
}

/// Polls a future so often, then drops it; whether it came to its end by then.
fn dropped_after<T>(polls: usize, future: impl Future<Output = T>) -> bool {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..polls).any(|_| matches!(future.as_mut().poll(&mut context), Poll::Ready(_)))
}

#[tokio::test]
async fn a_sync_that_is_dropped_at_any_await_loses_nothing_and_the_next_one_goes_on() {
    for polls in 1.. {
        let stage = Stage::signed_in().await;
        stage.sync().await.unwrap();
        let backup = stage.server.with_server(|server| server.clone());
        let card = stage.card("Kitchen");
        stage.sync().await.unwrap();
        // The server lost the card: the phone is to give it back.
        stage.server.with_server(|server| server.restore(&backup));
        stage.edit();
        stage.pass(3_600_000);
        let mut syncer = Syncer::new(&stage.client);
        let slow = Slow(&stage.server);
        let is_done = dropped_after(polls, syncer.sync(&slow, &mut |_| {}));
        stage.env.advance(1);
        syncer.sync(&stage.server, &mut |_| {}).await.unwrap();
        let state = (stage.client.unsent_count(), stage.on_server());
        assert_eq!(state, (Ok(0), 2), "dropped at await {polls}");
        assert!(stage.server.with_server(|server| server.documents().contains(&card)));
        if is_done {
            assert!(polls > 6, "{polls} awaits");
            return;
        }
    }
}
