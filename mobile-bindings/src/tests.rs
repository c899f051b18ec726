use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use roadbook_client::account::{self, Credentials, Installation};
use roadbook_client::app::{Budget, CardEdit, NewCard, SyncEnd};
use roadbook_client::{List, Missing, SyncError, SyncSession, Transport, TransportError};
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::id::{DocumentId, PartId, StatusId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::todo::Outcome;
use tempfile::TempDir;
use tokio::net::TcpListener;
use uniffi::{Lift, Lower};

use super::*;
use crate::account::Device;
use crate::runtime::spawned;

/// Monday 2026-11-23, 10:00 in Budapest.
const NOW: Timestamp = Timestamp::from_millis(1_795_424_400_000);
const NO_TODO: PartId = PartId::from_bytes([1; 6]);

/// A phone in a folder of its own, on which nobody works yet.
fn phone() -> (Arc<Roadbook>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (another(&folder, 1), folder)
}

/// A handle on the file of `folder`, as another process has it.
fn another(folder: &TempDir, seed: u64) -> Arc<Roadbook> {
    let env = Arc::new(SeededEnv::new(seed, NOW));
    Roadbook::over(Client::open_beside(folder.path().join("roadbook.sqlite"), env).unwrap())
}

/// The same, on which somebody works without an account.
async fn local() -> (Arc<Roadbook>, TempDir) {
    let (roadbook, folder) = phone();
    roadbook.begin_local_workspace("Europe/Budapest", "hu-HU").unwrap();
    (roadbook, folder)
}

/// A card with a todo that was due yesterday.
async fn card_to_call(roadbook: &Roadbook) -> (DocumentId, PartId) {
    let settings = roadbook.settings().unwrap();
    let product = settings.products.iter().find(|product| product.kind == ProductKind::Projects).unwrap().id;
    let due = Some("2026-11-22".parse().unwrap());
    let todo = CardEdit::AddTodo { text: "Call".to_owned(), due, assignee: None, contact: None };
    let name = "Bakery".to_owned();
    let made = NewCard { product, name, status: None, owner: None, edits: vec![todo] };
    let made = roadbook.create_card(made).unwrap();
    (made.id, made.made[0])
}

/// A server that signs everybody in.
struct Welcoming;

impl Transport for Welcoming {
    async fn exchange(&self, _: &str, _: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        Err(TransportError::Unreachable)
    }

    async fn post(&self, _: &str, _: Option<&str>, _: String) -> Result<String, TransportError> {
        let id = |byte| DocumentId::from_bytes([byte; 16]).to_string();
        let session = serde_json::json!({
            "organisation": id(1), "user": id(2), "device": id(3),
            "access_token": "access", "refresh_token": "refresh",
            "access_expires_at": NOW.millis() + 3_600_000,
        });
        Ok(session.to_string())
    }
}

async fn sign_in(roadbook: &Roadbook) {
    let credentials = Credentials { email: "anna@example.com", password: "secret" };
    let installation = Installation { platform: "linux", name: "Anna's", secret: &[7; 32] };
    account::sign_in(&roadbook.client, &Welcoming, credentials, installation).await.unwrap();
}

/// A server that takes connections and says nothing.
async fn silent() -> (TcpListener, Arc<Server>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    (listener, server)
}

#[tokio::test]
async fn a_todo_of_today_that_is_closed_leaves_today() {
    let (roadbook, _folder) = local().await;
    let (card, todo) = card_to_call(&roadbook).await;

    let today = roadbook.today(10, None).unwrap();
    let item = today.todos[0].item;
    assert_eq!((today.matching, today.totals.overdue), (1, 1));
    assert_eq!((today.todos[0].text.as_str(), today.todos[0].card_name.as_str()), ("Call", "Bakery"));
    assert_eq!((item.key.card, item.key.todo), (card, todo));

    let closed = roadbook.close_todo(card, todo, Outcome::Success).unwrap();
    assert!(closed.changes.documents.contains(&card) && closed.changes.lists.contains(&List::Today));
    let today = roadbook.today(10, None).unwrap();
    assert_eq!((today.matching, today.totals.overdue, today.totals.closed), (0, 0, 1));
    let view = roadbook.card(card).unwrap();
    let me = roadbook.me().unwrap().unwrap().user;
    assert!(matches!(view.todos[0].closings[..], [closing] if closing.by == me));
    assert_eq!(roadbook.unsent_count().unwrap(), 2);
}

#[tokio::test]
async fn a_file_opened_again_is_as_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roadbook.sqlite").to_str().unwrap().to_owned();
    let first = Roadbook::open(&path).unwrap();
    first.begin_local_workspace("Europe/Budapest", "hu-HU").unwrap();
    drop(first);
    assert_eq!(Roadbook::open(&path).unwrap().today(10, None).unwrap().matching, 0);
}

#[tokio::test]
async fn each_failure_has_its_own_error_code() {
    let (roadbook, folder) = phone();
    assert_eq!(roadbook.today(10, None), Err(ApiError::NoUser));
    let unknown_zone = roadbook.begin_local_workspace("Europe/Atlantis", "hu-HU");
    assert_eq!(unknown_zone, Err(ApiError::Invalid { reason: Reason::UnknownZone }));
    roadbook.begin_local_workspace("Europe/Budapest", "hu-HU").unwrap();
    let no_card = roadbook.close_todo(DocumentId::from_bytes([9; 16]), NO_TODO, Outcome::Failed);
    assert_eq!(no_card, Err(ApiError::NotFound { what: Missing::Document }));
    let (card, _) = card_to_call(&roadbook).await;
    let no_todo = roadbook.close_todo(card, NO_TODO, Outcome::Failed);
    assert_eq!(no_todo, Err(ApiError::NotFound { what: Missing::Todo }));
    for (edit, what) in [
        (CardEdit::SetOwner { owner: Some(UserId::from_bytes([9; 16])) }, Missing::User),
        (CardEdit::Assign { todo: NO_TODO, assignee: Some(UserId::from_bytes([9; 16])) }, Missing::User),
        (CardEdit::Move { status: StatusId::from_bytes([9; 16]) }, Missing::Status),
    ] {
        assert_eq!(roadbook.edit_card(card, vec![edit]), Err(ApiError::NotFound { what }));
    }
    let no_file = Roadbook::open(folder.path().to_str().unwrap());
    assert!(no_file.is_err(), "a folder is no file");
    assert_eq!(Server::new("http://roadbook.example").err(), Some(AddressError::NotSecure));
}

#[test]
fn a_change_set_crosses_the_bindings_whole() {
    let mut set = ChangeSet::all();
    set.document(DocumentId::from_bytes([1; 16]));
    set.document(DocumentId::from_bytes([2; 16]));
    set.list(List::Today);
    set.list(List::Outbox);
    let crossed = <ChangeSet as Lower<UniFfiTag>>::lower(set.clone());
    assert_eq!(<ChangeSet as Lift<UniFfiTag>>::try_lift(crossed).unwrap(), set);
}

#[tokio::test]
async fn without_a_network_sign_in_and_sync_say_that_the_server_is_unreachable() {
    let (roadbook, _folder) = phone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let server = Server::new(&address).unwrap();
    let try_secret = async |install_secret: Vec<u8>| {
        let (email, password) = ("anna@example.com".to_owned(), "secret".to_owned());
        let device = Device { platform: "linux".to_owned(), name: "Anna's".to_owned(), install_secret };
        roadbook.sign_in(server.clone(), email, password, device, None).await
    };
    let nobody = SyncError::Unreachable { address: address.clone(), retry_at: None };
    assert_eq!(try_secret(vec![7; 32]).await, Err(nobody));
    let short = try_secret(vec![7; 31]).await;
    assert_eq!(short.map_err(|error| error.code()), Err("invalid.install_secret"));
    assert_eq!(roadbook.sync(server.clone(), None, None).await, Err(SyncError::SignInNeeded));

    sign_in(&roadbook).await;
    let unreachable = roadbook.sync(server.clone(), None, None).await;
    assert!(matches!(unreachable, Err(SyncError::Unreachable { retry_at: Some(_), .. })), "{unreachable:?}");
    assert_eq!(roadbook.sync(server.clone(), None, None).await, unreachable, "until then it fails at once");
    roadbook.pause().await.unwrap();
    roadbook.resume();
    assert_eq!(roadbook.sync(server, None, None).await, unreachable, "also after a pause");
}

#[tokio::test]
async fn a_paused_sync_ends_and_lets_another_process_exchange() {
    let (roadbook, folder) = phone();
    sign_in(&roadbook).await;
    let (silent, server) = silent().await;
    let pause = async {
        let connection = silent.accept().await.unwrap();
        let mut widget = SyncSession::new(&another(&folder, 2).client);
        assert!(widget.next_request().is_err(), "one process exchanges");
        roadbook.pause().await.unwrap();
        connection
    };
    let (ended, _connection) = tokio::join!(roadbook.sync(server.clone(), None, None), pause);
    assert_eq!(ended.map(|synced| synced.end), Ok(SyncEnd::Paused));
    let mut widget = SyncSession::new(&another(&folder, 3).client);
    assert!(widget.next_request().unwrap().is_some());
    // It counts before the call, too.
    let ended = roadbook.sync(server, None, None).await;
    assert_eq!(ended.map(|synced| synced.end), Ok(SyncEnd::Paused));
}

#[tokio::test]
async fn a_sync_ends_by_a_token_given_before_or_meanwhile_and_when_its_seconds_are_over() {
    let (roadbook, _folder) = phone();
    sign_in(&roadbook).await;
    let (silent, server) = silent().await;
    let token = CancelToken::new();
    let cancel = async {
        let connection = silent.accept().await.unwrap();
        token.cancel();
        connection
    };
    let (ended, _connection) = tokio::join!(roadbook.sync(server.clone(), None, Some(token.clone())), cancel);
    assert_eq!(ended.map(|synced| synced.end), Ok(SyncEnd::Cancelled));
    let ended = roadbook.sync(server.clone(), None, Some(token.clone())).await;
    assert_eq!(ended.map(|synced| synced.end), Ok(SyncEnd::Cancelled));
    assert_eq!(roadbook.live(server.clone(), None, Some(token)).await, Ok(SyncEnd::Cancelled));
    let budget = Budget { seconds: 0, bytes: 1 << 20 };
    let ended = roadbook.background_sync(server, budget, None).await;
    assert_eq!(ended.map(|synced| synced.end), Ok(SyncEnd::Budget));
}

#[tokio::test]
async fn while_it_is_paused_no_lock_is_held_and_every_call_says_so() {
    let (roadbook, folder) = local().await;
    let (card, todo) = card_to_call(&roadbook).await;
    let told = Arc::new(Told::default());
    let _subscription = roadbook.subscribe(told.clone());
    roadbook.pause().await.unwrap();
    assert_eq!(roadbook.today(10, None), Err(ApiError::Paused));
    let closed = roadbook.close_todo(card, todo, Outcome::Success);
    assert_eq!(closed, Err(ApiError::Paused));
    assert_eq!(roadbook.poll(), Err(ApiError::Paused));
    assert_eq!(open_files(&folder), 0, "of {:?}", folder.path());
    // What the widget did meanwhile is there afterwards.
    another(&folder, 2).close_todo(card, todo, Outcome::Success).unwrap();
    roadbook.resume();
    assert_eq!(roadbook.today(10, None).unwrap().totals.closed, 1);
    assert_eq!(*told.0.lock().unwrap(), [ChangeSet::all()]);
    roadbook.close_todo(card, todo, Outcome::Success).unwrap();
}

#[tokio::test]
async fn a_call_of_the_network_that_panics_is_an_internal_error_and_its_threads_go_on() {
    async fn faulty() -> Result<(), SyncError> {
        panic!("a fault of ours")
    }
    // More often than there are threads.
    for _ in 0..8 {
        let ended = spawned(faulty()).await;
        let Err(SyncError::Local { error: ApiError::Internal { detail } }) = ended else {
            panic!("{ended:?}")
        };
        assert!(detail.contains("a fault of ours"), "{detail}");
    }
    assert_eq!(spawned(async { Ok(7) }).await, Ok(7));
}

/// Only a debug build panics when it is asked to.
#[cfg(debug_assertions)]
#[tokio::test]
async fn a_panic_in_the_middle_of_an_edit_costs_that_edit_and_nothing_else() {
    let (roadbook, folder) = local().await;
    let (card, todo) = card_to_call(&roadbook).await;
    // A sync makes a change of it, before it asks the server for anything.
    roadbook.note_opened(card).unwrap();
    let (_silent, server) = silent().await;
    let asks = folder.path().join("roadbook.sqlite.panic-for-a-test");
    std::fs::write(&asks, "").unwrap();
    let close = std::panic::AssertUnwindSafe(|| roadbook.close_todo(card, todo, Outcome::Success));
    assert!(std::panic::catch_unwind(close).is_err());
    let synced = roadbook.sync(server, None, None).await;
    assert_eq!(synced.map_err(|error| error.code()), Err("internal"));
    assert_eq!(roadbook.today(10, None).unwrap().totals.overdue, 1, "reading goes on");

    std::fs::remove_file(&asks).unwrap();
    assert_eq!(roadbook.unsent_count().unwrap(), 1);
    roadbook.close_todo(card, todo, Outcome::Success).unwrap();
    roadbook.pause().await.unwrap();
    roadbook.resume();
    assert_eq!(roadbook.unsent_count().unwrap(), 2);
    assert_eq!(another(&folder, 2).today(10, None).unwrap().totals.closed, 1);
}

/// How many files of a folder this process has open.
fn open_files(folder: &TempDir) -> usize {
    let open = std::fs::read_dir("/proc/self/fd").unwrap();
    let paths = open.filter_map(|file| std::fs::read_link(file.unwrap().path()).ok());
    paths.filter(|path| path.starts_with(folder.path())).count()
}

#[derive(Default)]
struct Told(Mutex<Vec<ChangeSet>>);

impl ChangeListener for Told {
    fn on_change(&self, changes: ChangeSet) -> Result<(), ListenerError> {
        self.0.lock().unwrap().push(changes);
        Err(ListenerError::Failed { why: "of no account".to_owned() })
    }
}

#[tokio::test]
async fn a_listener_is_told_of_every_edit_until_its_subscription_is_cancelled() {
    let (roadbook, _folder) = local().await;
    let told = Arc::new(Told::default());
    let subscription = roadbook.subscribe(told.clone());
    let (card, todo) = card_to_call(&roadbook).await;
    assert!(matches!(&told.0.lock().unwrap()[..], [set] if set.documents == [card]));
    subscription.cancel();
    roadbook.close_todo(card, todo, Outcome::Success).unwrap();
    assert_eq!(told.0.lock().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_calls_at_once_with_listeners_on_all_come_to_their_end() {
    let (roadbook, _folder) = local().await;
    let (card, _) = card_to_call(&roadbook).await;
    let told = Arc::new(Told::default());
    let _subscription = roadbook.subscribe(told.clone());
    let done = Arc::new(AtomicUsize::new(0));
    let calls = (0..16).map(|n| {
        let (roadbook, done) = (Arc::clone(&roadbook), Arc::clone(&done));
        tokio::spawn(async move {
            for turn in 0..25 {
                let rename = CardEdit::Rename { name: format!("Bakery {n} {turn}") };
                roadbook.edit_card(card, vec![rename]).unwrap();
                roadbook.today(10, None).unwrap();
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    assert_eq!((done.load(Ordering::Relaxed), told.0.lock().unwrap().len()), (400, 400));
}
