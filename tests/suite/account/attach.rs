//! Making a local workspace an account's (C14).

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use roadbook_client::account::{Credentials, Installation, is_signed_in, sign_in};
use roadbook_client::app::{
    ActKind, AttachQuestion, Attached, CardView, HistoryItem, ProductAnswer, StatusAnswer, attach,
};
use roadbook_client::{
    ApiError, Client, NewCard, NewContact, Owner, SyncError, Transport, TransportError, sync,
};
use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewEntry, NewTodo};
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::document::OriginKind;
use roadbook_domain::settings::catalogue::{new_product, spec};
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::settings::{LOCAL_USER, Settings, SettingsRow, builtin_rows};
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::{DocumentId, PartId, ProductId};
use roadbook_domain::value::time::Zone;
use roadbook_domain::value::todo::Outcome;
use roadbook_tests::model::{Fault, ModelTransport};

use super::stage::{ALICE, Stage};

const ALICES: Credentials<'static> = Credentials { email: "alice@example.org", password: "right" };
const PHONE: Installation<'static> = Installation { platform: "test", name: "Phone", secret: &[7; 32] };
const CALL: PartId = PartId::from_bytes([1; 6]);
const VISIT: PartId = PartId::from_bytes([2; 6]);

/// A day of work without an account: a customer, a card with a closed todo, a visit and two renames, and what the
/// user opened and marked.
fn work(stage: &Stage) -> (DocumentId, DocumentId) {
    let client = &stage.client;
    client.begin_local_workspace(Zone::UTC, "en-GB").unwrap();
    let rename = ContactCommand::Rename { given: "Éva".to_owned(), family: "Kis".to_owned() };
    let contact = NewContact { sort: ContactSort::Person, commands: vec![rename] };
    let (contact, _) = client.create_contact(&contact).unwrap();
    let settings = client.settings().unwrap();
    let product = settings.products().find(|product| product.kind == ProductKind::Projects).unwrap().id;
    let todo = NewTodo {
        id: CALL,
        text: "Call".to_owned(),
        due: Some("2026-11-23".parse().unwrap()),
        assignee: Some(LOCAL_USER),
        contact: Some(contact),
    };
    let link = CardCommand::Link { role: "customer".to_owned(), target: contact };
    let commands = vec![CardCommand::AddTodo(todo), link];
    let new = NewCard { product, name: "Roof".to_owned(), status: None, owner: Owner::Me, commands };
    let (card, _) = client.create_card(&new).unwrap();
    stage.env.advance(3_600_000);
    let status = settings.statuses(product).last().unwrap().id;
    client.edit_card(card, &[CardCommand::Close(CALL, Outcome::Success), CardCommand::Move(status)]).unwrap();
    stage.env.advance(3_600_000);
    let visit = NewEntry {
        id: VISIT,
        kind: "visit".to_owned(),
        at: stage.env.now(),
        text: "They want it red.".to_owned(),
        by: None,
        person: Some(contact),
        place: "There".to_owned(),
    };
    client.edit_card(card, &[CardCommand::AddEntry(visit)]).unwrap();
    stage.env.advance(3_600_000);
    let bulk = |name: &str| {
        client.batch(OriginKind::BULK, |batch| batch.edit_card(card, &[CardCommand::Rename(name.to_owned())]))
    };
    bulk("Red roof").unwrap();
    client.set_favourite(card, true).unwrap();
    client.note_opened(contact).unwrap();
    (card, contact)
}

async fn try_attach(
    stage: &Stage,
    products: &[ProductAnswer],
    statuses: &[StatusAnswer],
) -> Result<Attached, SyncError> {
    attach(&stage.client, &stage.server, ALICES, PHONE, products, statuses).await
}

/// What is beside the phone's file, but for SQLite's own: there is never anything.
fn other_files(stage: &Stage) -> Vec<String> {
    let files = std::fs::read_dir(stage.folder.path()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let own = ["phone.sqlite", "phone.sqlite-wal", "phone.sqlite-shm"];
    names.filter(|name| !own.contains(&name.as_str())).collect()
}

/// A line that carries so many calls, and then swallows everything.
struct Swallowing<'a> {
    server: &'a ModelTransport,
    left: AtomicUsize,
}

impl Swallowing<'_> {
    async fn call(&self) {
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if left.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Transport for Swallowing<'_> {
    async fn exchange(&self, token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        self.call().await;
        self.server.exchange(token, frame).await
    }

    async fn post(&self, path: &str, token: Option<&str>, json: String) -> Result<String, TransportError> {
        self.call().await;
        self.server.post(path, token, json).await
    }
}

#[tokio::test]
async fn a_local_workspace_becomes_the_accounts_with_its_times_and_everything_in_it() {
    let stage = Stage::new();
    let (card, contact) = work(&stage);
    let told = |items: Vec<HistoryItem>| {
        items.into_iter().map(|item| (item.at, item.edits.len())).collect::<Vec<_>>()
    };
    let before = CardView::open(&stage.client, card).unwrap();
    let history = told(HistoryItem::list(&stage.client, card, 0, 100).unwrap());
    let unsent = stage.client.unsent_count().unwrap();

    stage.env.advance(86_400_000);
    let attached = try_attach(&stage, &[], &[]).await.unwrap();
    assert!(matches!(attached, Attached::Done { identity } if identity.user == ALICE), "{attached:?}");
    assert_eq!(stage.client.unsent_count(), Ok(unsent), "all of it is to be sent");
    stage.sync().await.unwrap();
    assert_eq!((stage.client.unsent_count(), stage.client.quarantine().unwrap()), (Ok(0), vec![]));

    let after = CardView::open(&stage.client, card).unwrap();
    assert_eq!((after.owner, after.todos[0].closings[0].by), (Some(ALICE), ALICE));
    assert_eq!(after.entries[0].by, Some(ALICE));
    let local = CardView {
        owner: before.owner,
        todos: before.todos.clone(),
        entries: vec![],
        sync: before.sync,
        ..after.clone()
    };
    assert_eq!(local, CardView { entries: vec![], ..before.clone() }, "nothing else is another");
    assert_eq!(after.entries[0].at, before.entries[0].at);
    assert_eq!(after.todos[0].closings[0].on, before.todos[0].closings[0].on);
    let items = HistoryItem::list(&stage.client, card, 0, 100).unwrap();
    assert!(items[0].act.as_ref().is_some_and(|act| act.kind == ActKind::Bulk), "an act is still one");
    assert_eq!(told(items), history);
    assert_eq!(stage.client.favourites().unwrap(), [card]);
    assert_eq!(stage.client.recents().unwrap(), [contact]);
    assert_eq!(other_files(&stage), [""; 0]);

    // A colleague's phone has it, too.
    let other = Client::open(stage.folder.path().join("other.sqlite"), stage.env.clone()).unwrap();
    let installation = Installation { platform: "test", name: "Other", secret: &[8; 32] };
    let credentials = Credentials { email: "bob@example.org", password: "right" };
    sign_in(&other, &stage.server, credentials, installation).await.unwrap();
    sync(&other, &stage.server, &mut |_| {}).await.unwrap();
    assert_eq!(CardView::open(&other, card).unwrap().name, "Red roof");
    assert_eq!(other.cards_of_contact(contact).unwrap().len(), 1);
}

#[tokio::test]
async fn what_the_account_has_not_is_asked_and_nothing_is_sent_before_it_is_answered() {
    let settings = Settings::from_rows(builtin_rows());
    let gone_product = settings.products().find(|product| product.kind == ProductKind::Projects).unwrap().id;
    let instead = ProductId::from_bytes([9; 16]);
    let rows: Vec<SettingsRow> = builtin_rows()
        .into_iter()
        .filter(|row| row.product != Some(gone_product) && row.id.as_bytes() != gone_product.as_bytes())
        .chain(new_product(instead, spec(ProductKind::Projects).unwrap(), 10).rows())
        .collect();
    let stage = Stage::with(rows);
    let (card, _) = work(&stage);
    let unsent = stage.client.unsent_count();

    let asked = try_attach(&stage, &[], &[]).await.unwrap();
    let Attached::Open { questions } = asked else { panic!("{asked:?}") };
    let [AttachQuestion::Product { product, choices, .. }] = &questions[..] else { panic!("{questions:?}") };
    assert_eq!(*product, gone_product);
    assert!(choices.iter().any(|choice| choice.id == instead));
    assert_eq!(stage.client.me().unwrap().unwrap().org, None, "it is local");
    assert_eq!((stage.client.unsent_count(), stage.on_server()), (unsent, 0));

    let answer = ProductAnswer { product: gone_product, becomes: instead };
    let attached = try_attach(&stage, &[answer], &[]).await.unwrap();
    assert!(matches!(attached, Attached::Done { .. }), "a status is known by its key: {attached:?}");
    stage.sync().await.unwrap();
    let view = CardView::open(&stage.client, card).unwrap();
    assert_eq!(view.product, Some(instead));
    let settings = stage.client.settings().unwrap();
    assert_eq!(
        view.status.and_then(|status| settings.status(status)).map(|status| status.product),
        Some(instead)
    );
}

#[tokio::test]
async fn cut_off_anywhere_it_is_local_and_goes_on_the_next_time() {
    for cut in 0..10 {
        let stage = Stage::new();
        let (card, _) = work(&stage);
        let before = stage.client.changes(card).unwrap();
        let unsent = stage.client.unsent_count();
        let fine = std::iter::repeat_n(Fault::None, cut);
        stage.server.next_faults(fine.chain([Fault::Error(TransportError::Unreachable)]));
        let cut_off = try_attach(&stage, &[], &[]).await;
        if cut_off.is_ok() {
            assert!(cut > 1, "it asks the server");
            return;
        }
        assert_eq!(stage.client.me().unwrap().unwrap().user, LOCAL_USER);
        assert_eq!((stage.client.unsent_count(), stage.client.changes(card).unwrap()), (unsent, before));
        assert_eq!(other_files(&stage), [""; 0]);
        stage.pass(3_600_000);
        stage.server.next_faults([]);
        assert!(matches!(try_attach(&stage, &[], &[]).await, Ok(Attached::Done { .. })), "{cut}");
    }
    panic!("it is never whole");
}

#[tokio::test]
async fn a_call_that_is_dropped_anywhere_leaves_no_session_beside_the_file_and_can_be_made_again() {
    for calls in 0..10 {
        let stage = Stage::new();
        let (card, _) = work(&stage);
        let before = stage.client.changes(card).unwrap();
        let unsent = stage.client.unsent_count();
        let line = Swallowing { server: &stage.server, left: AtomicUsize::new(calls) };
        {
            let attaching = pin!(attach(&stage.client, &line, ALICES, PHONE, &[], &[]));
            // The server is in this process: what does not end at once waits for the line.
            if let Poll::Ready(attached) = attaching.poll(&mut Context::from_waker(Waker::noop())) {
                assert!(matches!(attached, Ok(Attached::Done { .. })), "{attached:?}");
                assert!(calls > 1, "it asks the server");
                assert_eq!(other_files(&stage), [""; 0]);
                return;
            }
            assert_eq!(other_files(&stage), [""; 0], "it waits");
        }
        assert_eq!(other_files(&stage), [""; 0], "after {calls} calls");
        assert_eq!(stage.client.me().unwrap().unwrap().user, LOCAL_USER);
        assert_eq!((stage.client.unsent_count(), stage.client.changes(card).unwrap()), (unsent, before));
        assert!(
            matches!(try_attach(&stage, &[], &[]).await, Ok(Attached::Done { .. })),
            "after {calls} calls"
        );
    }
    panic!("it is never whole");
}

#[tokio::test]
async fn without_room_it_stays_local_and_whole() {
    let stage = Stage::new();
    let (card, _) = work(&stage);
    let before = stage.client.changes(card).unwrap();
    stage.client.fill_storage(true);
    let full = try_attach(&stage, &[], &[]).await;
    assert_eq!(full, Err(SyncError::Local { error: ApiError::StorageFull }));
    stage.client.fill_storage(false);
    assert_eq!(stage.client.me().unwrap().unwrap().user, LOCAL_USER);
    assert_eq!(stage.client.changes(card).unwrap(), before);
    assert!(matches!(try_attach(&stage, &[], &[]).await, Ok(Attached::Done { .. })));
}

#[tokio::test]
async fn a_new_file_is_signed_in_and_an_accounts_is_left_alone() {
    let stage = Stage::new();
    assert!(matches!(try_attach(&stage, &[], &[]).await, Ok(Attached::Done { .. })));
    assert_eq!(is_signed_in(&stage.client), Ok(true));
    assert_eq!(try_attach(&stage, &[], &[]).await, Err(SyncError::OtherUser));
    stage.sync().await.unwrap();
}
