//! What stands between a phone and its server, and what it never does to the session.

use std::collections::BTreeSet;
use std::future::Future;
use std::iter;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use roadbook_client::account::{Credentials, Installation, is_signed_in, sign_in};
use roadbook_client::{Client, SyncError, SyncState, Syncer, Transport, TransportError, sync};
use roadbook_domain::value::env::Env;
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

#[tokio::test]
async fn what_stands_in_the_way_is_named_and_waited_for_and_the_phone_comes_back_by_itself() {
    type Named = fn(&SyncError) -> bool;
    let cases: [(TransportError, Named); 5] = [
        (TransportError::CaptivePortal, |error| matches!(error, SyncError::CaptivePortal { .. })),
        (TransportError::NotTrusted, |error| matches!(error, SyncError::NotTrusted { .. })),
        (TransportError::WrongServer { status: 404 }, |error| {
            matches!(error, SyncError::WrongServer { status: 404, .. })
        }),
        (TransportError::Busy { status: 500, retry_after: None }, |error| {
            matches!(error, SyncError::ServerBusy { status: 500, .. })
        }),
        (TransportError::ServerFull { retry_after: None }, |error| {
            matches!(error, SyncError::ServerFull { .. })
        }),
    ];
    for (fault, is_named) in cases {
        // Once in the exchange, and once where a new token is asked for.
        for wait in [0, 3_600_000] {
            let stage = Stage::signed_in().await;
            stage.sync().await.unwrap();
            stage.edit();
            stage.pass(wait);
            let mut syncer = Syncer::new(&stage.client);
            stage.server.next_faults([Fault::Error(fault.clone())]);
            let failed = syncer.sync(&stage.server, &mut |_| {}).await.unwrap_err();
            assert!(is_named(&failed), "{fault:?}: {failed:?}");
            // Before its time the server is not asked, and the reason is still told.
            let again = syncer.sync(&stage.server, &mut |_| {}).await;
            assert_eq!(again, Err(failed.clone()));
            let retry_at = failed.retry_at().unwrap();
            stage.pass(retry_at.millis() - stage.env.now().millis());
            syncer.sync(&stage.server, &mut |_| {}).await.unwrap();
            assert_eq!((stage.client.unsent_count(), stage.on_server()), (Ok(0), 1));
        }
    }
}

#[tokio::test]
async fn an_edit_whose_request_has_no_answer_is_here_again_and_its_screen_is_told() {
    for fault in [Fault::RequestLost, Fault::AnswerLost, Fault::Error(TransportError::TimedOut)] {
        let stage = Stage::signed_in().await;
        stage.sync().await.unwrap();
        let card = stage.card("Bakery");
        let states = Arc::new(Mutex::new(Vec::new()));
        let (told, client) = (Arc::clone(&states), stage.client.clone());
        let _watched = stage.client.subscribe(move |changes| {
            if changes.documents.contains(&card) {
                told.lock().unwrap().push(client.sync_state(card));
            }
        });
        stage.server.next_faults([fault.clone()]);
        let mut syncer = Syncer::new(&stage.client);
        let failed = syncer.sync(&stage.server, &mut |_| {}).await.unwrap_err();
        // Before the app is started anew, and before anything is sent again.
        assert_eq!(stage.client.sync_state(card), Ok(SyncState::Here), "{fault:?}");
        stage.pass(failed.retry_at().unwrap().millis() - stage.env.now().millis());
        syncer.sync(&stage.server, &mut |_| {}).await.unwrap();
        let seen: Vec<_> = states.lock().unwrap().drain(..).map(Result::unwrap).collect();
        let (sent, stored) = (SyncState::Sent, SyncState::Stored);
        assert_eq!(seen, [sent, SyncState::Here, sent, stored], "{fault:?}");
    }
}

/// A line on which each answer takes so many milliseconds.
struct Lasting<'a>(&'a Stage, i64);

impl Transport for Lasting<'_> {
    async fn exchange(&self, access_token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        let answer = self.0.server.exchange(access_token, frame).await;
        self.0.pass(self.1);
        answer
    }

    async fn post(&self, path: &str, token: Option<&str>, json: String) -> Result<String, TransportError> {
        self.0.server.post(path, token, json).await
    }
}

#[tokio::test]
async fn answers_that_follow_each_other_are_told_of_once_a_second_and_none_is_forgotten() {
    let stage = Stage::signed_in().await;
    stage.sync().await.unwrap();
    let cards: BTreeSet<_> = (0..300).map(|n| stage.card(&format!("Bakery {n}"))).collect();
    stage.sync().await.unwrap();
    for (phone, millis, is_each_told) in [(1, 100, false), (2, 1_000, true)] {
        let file = stage.folder.path().join(format!("{phone}.sqlite"));
        let client = Client::open(&file, stage.env.clone()).unwrap();
        let installation = Installation { platform: "test", name: "Phone", secret: &[phone; 32] };
        let credentials = Credentials { email: "alice@example.org", password: "right" };
        sign_in(&client, &stage.server, credentials, installation).await.unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let listener = Arc::clone(&told);
        let _watched =
            client.subscribe(move |changes| listener.lock().unwrap().push(changes.documents.clone()));
        // What came before a sync was cut off is told, too.
        stage.server.next_faults(iter::repeat_n(Fault::None, 9).chain([Fault::RequestLost]));
        let mut answers = 0;
        let cut = sync(&client, &Lasting(&stage, millis), &mut |_| answers += 1).await;
        assert!(cut.is_err());
        let times = told.lock().unwrap().iter().filter(|documents| !documents.is_empty()).count();
        assert_eq!((answers, times), (9, if is_each_told { 9 } else { 2 }));
        let seen =
            || told.lock().unwrap().iter().flatten().copied().filter(|id| cards.contains(id)).collect();
        let here: BTreeSet<_> = cards.iter().copied().filter(|card| client.card(*card).is_ok()).collect();
        assert_eq!(here, seen());
        // Nor are those before the end of one that comes to its end.
        sync(&client, &Lasting(&stage, millis), &mut |_| {}).await.unwrap();
        assert_eq!(cards, seen());
    }
}

/// A line on which no request of more bytes than this comes through in time.
struct Thin<'a>(&'a ModelTransport, usize);

impl Transport for Thin<'_> {
    async fn exchange(&self, access_token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        if frame.len() > self.1 {
            Err(TransportError::TimedOut)
        } else {
            self.0.exchange(access_token, frame).await
        }
    }

    async fn post(&self, path: &str, token: Option<&str>, json: String) -> Result<String, TransportError> {
        self.0.post(path, token, json).await
    }
}

#[tokio::test]
async fn a_push_that_is_too_large_for_a_slow_line_comes_through_in_smaller_ones() {
    let stage = Stage::signed_in().await;
    stage.sync().await.unwrap();
    (0..800).for_each(|_| stage.edit());
    let thin = Thin(&stage.server, 5_000);
    let mut syncer = Syncer::new(&stage.client);
    let mut failures = 0;
    while let Err(error) = syncer.sync(&thin, &mut |_| {}).await {
        failures += 1;
        assert!(failures < 20, "{error}");
        stage.pass(error.retry_at().unwrap().millis() - stage.env.now().millis());
    }
    assert_eq!((failures > 1, stage.client.unsent_count(), stage.on_server()), (true, Ok(0), 800));
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
