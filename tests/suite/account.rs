//! Signing in and out, tokens, and the syncer, with a server in memory.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

mod ask;
mod attach;
mod devices;
mod network;
mod processes;
mod served;
mod sign_out;
mod stage;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use roadbook_client::account::{Installation, access_token, install_secret, is_signed_in, sign_out};
use roadbook_client::{
    ApiError, Client, SessionError, SyncError, SyncSession, Syncer, Transport, TransportError, sync,
};
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::time::Timestamp;
use roadbook_tests::model::{Fault, ModelTransport};

use stage::{NOW, Stage};

#[tokio::test]
async fn after_a_sign_in_a_sync_brings_everything_and_sends_an_edit() {
    let stage = Stage::signed_in().await;
    stage.edit();
    assert_eq!(stage.sync().await, Ok(2));
    assert_eq!(stage.client.unsent_count(), Ok(0));
    assert_eq!(stage.server.with_server(|server| server.documents().len()), 1);
    assert!(stage.client.settings().unwrap().products().next().is_some());
    assert_eq!(stage.sync().await, Ok(1), "nothing new costs one round trip (L8)");
}

#[tokio::test]
async fn a_wrong_password_is_refused_as_bad_credentials() {
    assert_eq!(Stage::new().sign_in("alice@example.org", "wrong").await, Err(SyncError::BadCredentials));
}

#[tokio::test]
async fn without_a_session_nothing_is_lost_and_the_user_is_asked_to_sign_in() {
    let stage = Stage::signed_in().await;
    stage.sync().await.unwrap();
    stage.edit();
    stage.server.end_sessions();
    assert_eq!(stage.sync().await, Err(SyncError::SignInNeeded));
    assert_eq!(is_signed_in(&stage.client), Ok(false));
    assert_eq!(stage.client.unsent_count(), Ok(1));
    stage.sign_in("alice@example.org", "right").await.unwrap();
    stage.sync().await.unwrap();
    assert_eq!(stage.client.unsent_count(), Ok(0));
}

#[tokio::test]
async fn a_token_about_to_expire_is_refreshed_first_even_if_the_device_s_clock_is_wrong() {
    let stage = Stage::signed_in().await;
    stage.env.advance(-86_400_000);
    stage.sync().await.unwrap();
    stage.server.set_now(Timestamp::from_millis(NOW.millis() + ACCESS_LIFE));
    stage.env.advance(ACCESS_LIFE);
    assert_eq!(stage.sync().await, Ok(1), "no round trip is spent on a refusal");
}

#[tokio::test]
async fn a_token_that_is_refused_is_refreshed_once() {
    let stage = Stage::signed_in().await;
    stage.sync().await.unwrap();
    stage.server.set_now(Timestamp::from_millis(NOW.millis() + ACCESS_LIFE));
    assert_eq!(stage.sync().await, Ok(3));
}

#[tokio::test]
async fn whether_a_session_is_over_a_refresh_finds_out() {
    let stage = Stage::signed_in().await;
    stage.edit();
    stage.server.next_faults([Fault::Error(TransportError::SessionOver)]);
    stage.sync().await.unwrap();
    assert_eq!((is_signed_in(&stage.client), stage.client.unsent_count()), (Ok(true), Ok(0)));
}

#[tokio::test]
async fn when_a_session_is_over_another_process_may_exchange_at_once() {
    let stage = Stage::signed_in().await;
    let widget = Client::open_beside(stage.folder.path().join("phone.sqlite"), stage.env.clone()).unwrap();
    stage.server.end_sessions();
    let mut syncer = Syncer::new(&stage.client);
    let refused = syncer.sync(&stage.server, &mut |_| {}).await;
    assert_eq!(refused.unwrap_err(), SyncError::SignInNeeded);
    assert!(SyncSession::new(&widget).next_request().unwrap().is_some());
}

#[tokio::test]
async fn lost_answers_to_a_refresh_do_not_end_the_session() {
    let stage = Stage::signed_in().await;
    stage.sync().await.unwrap();
    stage.pass(ACCESS_LIFE);
    for _ in 0..3 {
        stage.server.next_faults([Fault::AnswerLost]);
        assert!(matches!(stage.sync().await, Err(SyncError::Unreachable { .. })));
    }
    assert_eq!(stage.sync().await, Ok(1));
    stage.pass(ACCESS_LIFE);
    assert_eq!(stage.sync().await, Ok(1));
}

#[tokio::test]
async fn a_sign_out_with_unsent_edits_is_refused_and_says_how_many_there_are() {
    let stage = Stage::signed_in().await;
    stage.edit();
    let refused = sign_out(&stage.client, &stage.server, false).await;
    assert_eq!(refused, Err(SyncError::Unsent { count: 1, quarantined: 0 }));
    assert_eq!(is_signed_in(&stage.client), Ok(true));
}

#[tokio::test]
async fn during_a_sign_out_no_edit_is_confirmed_and_then_deleted() {
    let stage = Stage::signed_in().await;
    stage.sync().await.unwrap();
    let edited = Mutex::new(None);
    let told = During { inner: &stage.server, act: || *edited.lock().unwrap() = Some(stage.try_edit()) };
    sign_out(&stage.client, &told, false).await.unwrap();
    assert_eq!(edited.into_inner().unwrap(), Some(Err(ApiError::NoUser)), "it was not said to be safe");
    assert_eq!(stage.client.me(), Ok(None));
}

#[tokio::test]
async fn an_answer_that_comes_after_the_sign_out_puts_nothing_into_the_file() {
    let stage = Stage::signed_in().await;
    let mut session = SyncSession::new(&stage.client);
    let frame = session.next_request().unwrap().unwrap();
    let token = access_token(&stage.client, &stage.server).await.unwrap();
    let answer = stage.server.exchange(&token, frame).await.unwrap();
    sign_out(&stage.client, &stage.server, false).await.unwrap();
    assert_eq!(session.on_response(&answer), Err(SessionError::Elsewhere));
    assert_eq!(stage.client.settings().unwrap().rows().count(), 0);
}

#[tokio::test]
async fn the_next_user_to_sign_in_does_not_get_what_another_left_in_the_file() {
    let stage = Stage::signed_in().await;
    stage.edit();
    stage.file().execute("DELETE FROM meta WHERE key = 'identity'", []).unwrap();
    assert_eq!(stage.sign_in("bob@example.org", "right").await, Err(SyncError::OtherUser));
}

#[tokio::test]
async fn a_sync_keeps_its_lease_while_it_waits_for_an_answer() {
    let stage = Stage::signed_in().await;
    let widget = Client::open_beside(stage.folder.path().join("phone.sqlite"), stage.env.clone()).unwrap();
    let slow = Slow { inner: &stage.server, env: &stage.env, widget, pauses: AtomicU32::new(0) };
    sync(&stage.client, &slow, &mut |_| {}).await.unwrap();
    assert!(slow.pauses.into_inner() > 10);
}

#[tokio::test]
async fn after_a_forced_sign_out_the_same_user_gets_their_edits_again() {
    let stage = Stage::signed_in().await;
    stage.edit();
    sign_out(&stage.client, &stage.server, true).await.unwrap();
    assert_eq!(stage.sync().await, Err(SyncError::SignInNeeded));
    stage.sign_in("alice@example.org", "right").await.unwrap();
    stage.sync().await.unwrap();
    assert_eq!(stage.server.with_server(|server| server.documents().len()), 1);
}

#[tokio::test]
async fn a_sign_out_leaves_nothing_of_the_user_in_the_file() {
    let Stage { client, server, folder, env } = {
        let stage = Stage::signed_in().await;
        stage.edit();
        stage.sync().await.unwrap();
        stage
    };
    server.next_faults([Fault::RequestLost]);
    sign_out(&client, &server, false).await.unwrap();
    assert_eq!(client.me(), Ok(None));
    let is_clean = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let bytes: Vec<_> = files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
        [&b"Secretname"[..], b"refresh-1", b"access-1"].iter().all(|canary| {
            bytes.iter().all(|bytes| !bytes.windows(canary.len()).any(|window| window == *canary))
        })
    };
    assert!(is_clean(), "at once, while the app still runs");
    drop(client);
    assert!(is_clean());
    let client = Client::open(folder.path().join("phone.sqlite"), env.clone()).unwrap();
    let stage = Stage { client, env, server, folder };
    stage.sign_in("bob@example.org", "right").await.unwrap();
    stage.sync().await.unwrap();
}

#[tokio::test]
async fn after_a_salvage_the_user_is_still_signed_in_and_their_unsent_edits_are_sent() {
    let Stage { client, server, folder, env } = {
        let stage = Stage::signed_in().await;
        stage.sync().await.unwrap();
        stage.edit();
        stage
    };
    drop(client);
    let salvage = Client::salvage(folder.path().join("phone.sqlite"), env.clone()).unwrap();
    let stage = Stage { client: salvage.client, env, server, folder };
    assert_eq!(is_signed_in(&stage.client), Ok(true));
    stage.sync().await.unwrap();
    assert_eq!(stage.client.unsent_count(), Ok(0));
    assert_eq!(stage.server.with_server(|server| server.documents().len()), 1);
}

#[tokio::test]
async fn a_phone_asks_a_busy_server_nothing_until_the_time_it_named() {
    let stage = Stage::signed_in().await;
    let retry_after = Some(std::time::Duration::from_secs(60));
    stage.server.next_faults([Fault::Error(TransportError::Busy { status: 503, retry_after })]);
    let mut syncer = Syncer::new(&stage.client);
    let failed = syncer.sync(&stage.server, &mut |_| {}).await;
    let Err(SyncError::ServerBusy { retry_at: Some(retry_at), .. }) = failed else { panic!("{failed:?}") };
    assert!(retry_at.millis() >= NOW.millis() + 60_000);
    // Not even for another token, which it would need by now.
    stage.server.set_now(Timestamp::from_millis(NOW.millis() + ACCESS_LIFE));
    let unasked = During { inner: &stage.server, act: || panic!("the server must not be asked") };
    let ahead = minicbor::to_vec(ACCESS_LIFE).unwrap();
    stage
        .file()
        .execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('server_ahead', ?1)", [ahead])
        .unwrap();
    let asked_again = syncer.sync(&unasked, &mut |_| {}).await;
    assert_eq!(asked_again.unwrap_err().retry_at(), Some(retry_at));
    stage.pass(retry_at.millis() - NOW.millis());
    assert!(syncer.sync(&stage.server, &mut |_| {}).await.is_ok());
}

#[test]
fn an_install_secret_is_made_once_and_shown_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (path, env) = (folder.path().join("install"), SeededEnv::new(1, NOW));
    let secret = install_secret(&path, &env).unwrap();
    assert_eq!(install_secret(&path, &env).unwrap(), secret);
    let shown = format!("{:?}", Installation { platform: "test", name: "Phone", secret: &secret });
    assert_eq!(shown, r#"Installation { platform: "test", .. }"#);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::write(&path, b"short").unwrap();
    assert!(install_secret(&path, &env).is_err());
}

/// A transport on which something happens while a call is on its way.
struct During<'a, F> {
    inner: &'a ModelTransport,
    act: F,
}

impl<F: Fn() + Send + Sync> Transport for During<'_, F> {
    async fn exchange(&self, access_token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        (self.act)();
        self.inner.exchange(access_token, frame).await
    }

    async fn post(&self, path: &str, token: Option<&str>, json: String) -> Result<String, TransportError> {
        (self.act)();
        self.inner.post(path, token, json).await
    }
}

/// A transport on which an answer takes minutes, while a widget would like to exchange too.
struct Slow<'a> {
    inner: &'a ModelTransport,
    env: &'a SeededEnv,
    widget: Client,
    pauses: AtomicU32,
}

impl Transport for Slow<'_> {
    async fn exchange(&self, access_token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        for _ in 0..18 {
            tokio::task::yield_now().await;
        }
        self.inner.exchange(access_token, frame).await
    }

    async fn post(&self, path: &str, token: Option<&str>, json: String) -> Result<String, TransportError> {
        self.inner.post(path, token, json).await
    }

    async fn pause(&self) {
        self.pauses.fetch_add(1, Ordering::Relaxed);
        let asked = SyncSession::new(&self.widget).next_request();
        assert_eq!(asked, Err(SessionError::Elsewhere));
        self.env.advance(10_000);
    }
}

/// How long the model's access tokens are good, in milliseconds.
const ACCESS_LIFE: i64 = 600_000;

#[test]
fn a_secret_that_found_no_room_is_made_by_the_next_call() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("install");
    std::fs::write(&path, []).unwrap();
    let secret = install_secret(&path, &SeededEnv::new(1, NOW)).unwrap();
    assert_eq!(install_secret(&path, &SeededEnv::new(2, NOW)), Ok(secret));
}

#[test]
fn callers_that_want_the_secret_at_once_get_the_same() {
    for round in 0..50 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("install");
        if round % 2 == 0 {
            std::fs::write(&path, []).unwrap();
        }
        let secrets = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..4)
                .map(|seed| {
                    scope.spawn({
                        let path = &path;
                        move || install_secret(path, &SeededEnv::new(seed, NOW))
                    })
                })
                .collect();
            callers.into_iter().map(|caller| caller.join().unwrap().unwrap()).collect::<Vec<_>>()
        });
        assert!(secrets.iter().all(|secret| *secret == secrets[0]), "{round}");
    }
}
