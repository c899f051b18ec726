use roadbook_client::{List, Missing, NewCard, Owner, SyncSession, Transport, TransportError};
use roadbook_domain::crm::command::NewTodo;
use roadbook_domain::settings::LOCAL_USER;
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::time::Timestamp;
use tempfile::TempDir;
use tokio::net::TcpListener;
use uniffi::{Lift, Lower};

use super::*;

/// Monday 2026-11-23, 10:00 in Budapest.
const NOW: Timestamp = Timestamp::from_millis(1_795_424_400_000);
const CALL: PartId = PartId::from_bytes([1; 6]);

/// A phone in a folder of its own, on which nobody works yet.
fn phone() -> (Roadbook, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (another(&folder, 1), folder)
}

/// A handle on the file of `folder`, as another process has it.
fn another(folder: &TempDir, seed: u64) -> Roadbook {
    let env = Arc::new(SeededEnv::new(seed, NOW));
    Roadbook::over(Client::open_beside(folder.path().join("roadbook.sqlite"), env).unwrap())
}

/// A card with a todo that was due yesterday.
fn card_to_call(roadbook: &Roadbook) -> DocumentId {
    let settings = roadbook.client.settings().unwrap();
    let product = settings.products().find(|product| product.kind == ProductKind::Projects).unwrap().id;
    let (text, due) = ("Call".to_owned(), Some("2026-11-22".parse().unwrap()));
    let todo = NewTodo { id: CALL, text, due, assignee: Some(LOCAL_USER), contact: None };
    let commands = vec![CardCommand::AddTodo(todo)];
    let new = NewCard { product, name: "Bakery".to_owned(), status: None, owner: Owner::Me, commands };
    roadbook.client.create_card(&new).unwrap().0
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

#[test]
fn a_todo_of_today_that_is_closed_leaves_today() {
    let (roadbook, _folder) = phone();
    roadbook.begin_local_workspace("Europe/Budapest", "hu-HU").unwrap();
    let card = card_to_call(&roadbook);

    let today = roadbook.today(10).unwrap();
    let item = today.todos[0].item;
    assert_eq!((today.matching, today.totals.overdue), (1, 1));
    assert_eq!((today.todos[0].text.as_str(), today.todos[0].card_name.as_str()), ("Call", "Bakery"));
    assert_eq!((item.key.card, item.key.todo), (card, CALL));

    let changes = roadbook.close(card, CALL, Outcome::Success).unwrap();
    assert!(changes.documents.contains(&card) && changes.lists.contains(&List::Today));
    let today = roadbook.today(10).unwrap();
    assert_eq!((today.matching, today.totals.overdue, today.totals.closed), (0, 0, 1));
    assert_eq!(roadbook.unsent_count().unwrap(), 2);
}

#[test]
fn a_file_opened_again_is_as_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roadbook.sqlite");
    let path = path.to_str().unwrap();
    Roadbook::open(path).unwrap().begin_local_workspace("Europe/Budapest", "hu-HU").unwrap();
    assert_eq!(Roadbook::open(path).unwrap().today(10).unwrap().matching, 0);
}

#[test]
fn each_failure_has_its_own_error_code() {
    let (roadbook, folder) = phone();
    assert_eq!(roadbook.today(10), Err(ApiError::NoUser));
    let unknown_zone = roadbook.begin_local_workspace("Europe/Atlantis", "hu-HU");
    assert_eq!(unknown_zone, Err(ApiError::Invalid { reason: Reason::UnknownZone }));
    roadbook.begin_local_workspace("Europe/Budapest", "hu-HU").unwrap();
    let no_card = roadbook.close(DocumentId::from_bytes([9; 16]), CALL, Outcome::Failed);
    assert_eq!(no_card, Err(ApiError::NotFound { what: Missing::Document }));
    assert!(Roadbook::open(folder.path().to_str().unwrap()).is_err(), "a folder is no file");
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
    let try_secret = async |secret: Vec<u8>| {
        let (email, password) = ("anna@example.com".to_owned(), "secret".to_owned());
        let (platform, name) = ("linux".to_owned(), "Anna's".to_owned());
        roadbook.sign_in(server.clone(), email, password, platform, name, secret).await
    };
    let nobody = SyncError::Unreachable { address: address.clone(), retry_at: None };
    assert_eq!(try_secret(vec![7; 32]).await, Err(nobody));
    let short = try_secret(vec![7; 31]).await;
    assert_eq!(short.map_err(|error| error.code()), Err("invalid.install_secret"));
    assert_eq!(roadbook.sync(server.clone()).await, Err(SyncError::SignInNeeded));

    sign_in(&roadbook).await;
    let unreachable = roadbook.sync(server.clone()).await;
    assert!(matches!(unreachable, Err(SyncError::Unreachable { retry_at: Some(_), .. })), "{unreachable:?}");
    assert_eq!(roadbook.sync(server).await, unreachable, "until then it fails at once");
}

#[tokio::test]
async fn a_paused_sync_ends_and_lets_another_process_exchange() {
    let (roadbook, folder) = phone();
    sign_in(&roadbook).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::new(&format!("http://{}", silent.local_addr().unwrap())).unwrap();
    let pause = async {
        let connection = silent.accept().await.unwrap();
        let mut widget = SyncSession::new(&another(&folder, 2).client);
        assert!(widget.next_request().is_err(), "one process exchanges");
        roadbook.pause();
        connection
    };
    let (ended, _connection) = tokio::join!(roadbook.sync(server), pause);
    assert_eq!(ended, Ok(None));
    let mut widget = SyncSession::new(&another(&folder, 3).client);
    assert!(widget.next_request().unwrap().is_some());
}
