//! A phone that edits and syncs until it is killed.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use roadbook_client::account::{Credentials, Installation, sign_in};
use roadbook_client::{Client, HttpTransport, NewCard, Owner, SyncError, Syncer};
use roadbook_domain::crm::command::{CardCommand, NewTodo};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::settings::field::FieldScope;
use roadbook_domain::value::env::{Env, SystemEnv};
use roadbook_domain::value::id::{DocumentId, FieldId, PartId};
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::value::todo::Outcome;
use roadbook_tests::sim::{PASSWORD, Peek};

/// Longer than the lease of a killed process.
const LEASE: i64 = 100_000;

/// The system's randomness, and its clock moved ahead, so that this program need not wait.
#[derive(Debug)]
struct Later(i64);

impl Env for Later {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(SystemEnv.now().millis() + self.0)
    }

    fn fill(&self, bytes: &mut [u8]) {
        SystemEnv.fill(bytes);
    }
}

/// Edits and syncs without end.
pub async fn run(file: &Path, starts: i64, server: Option<&Path>, beside: bool) {
    let env = Arc::new(Later(starts * LEASE));
    let client = if beside { Client::open_beside(file, env) } else { Client::open(file, env) }.unwrap();
    if client.me().unwrap().is_none() {
        match server.and_then(reached) {
            Some(transport) => enrol(&client, &transport).await,
            None => drop(client.begin_local_workspace(Zone::UTC, "en-GB").unwrap()),
        }
    }
    let peek = Peek::open(file).unwrap();
    let mut known = peek.last_unsent().unwrap();
    for round in 0_u32.. {
        edit(&client, &peek, round);
        let last = peek.last_unsent().unwrap();
        if let Some((n, hash)) = last.filter(|last| known.is_none_or(|known| known.0 < last.0)) {
            known = Some((n, hash));
            say(&format!("made {hash}"));
        }
        if round % 4 == 3
            && let Some(transport) = server.and_then(reached)
            && let Err(error) = Syncer::new(&client).sync(&transport, &mut |_| ()).await
        {
            let is_away = matches!(error, SyncError::Unreachable { .. } | SyncError::ServerBusy { .. });
            // One process of a phone exchanges at a time.
            assert!(is_away || error == SyncError::Elsewhere, "{error}");
        }
    }
}

/// Salvages a file without end, as if it were damaged each time.
pub fn salvage(file: &Path) {
    loop {
        let salvage = Client::salvage(file, Arc::new(SystemEnv)).unwrap();
        assert!(salvage.complete);
        say("salvaged");
    }
}

async fn enrol(client: &Client, transport: &HttpTransport) {
    let credentials = Credentials { email: "user0@example.com", password: PASSWORD };
    let installation = Installation { platform: "test", name: "phone", secret: &[7; 32] };
    sign_in(client, transport, credentials, installation).await.unwrap();
    Syncer::new(client).sync(transport, &mut |_| ()).await.unwrap();
}

/// The server whose address is in this file, if there is one.
pub fn reached(address: &Path) -> Option<HttpTransport> {
    HttpTransport::new(std::fs::read_to_string(address).ok()?.trim()).ok()
}

/// One user action: most go to few cards, as people work.
fn edit(client: &Client, peek: &Peek, round: u32) {
    let cards = peek.ids(DocumentTypeId::CARD).unwrap();
    match cards.get(round as usize % 5) {
        None => create(client, round),
        Some(card) => drop(client.edit_card(*card, &[command(client, *card, round)]).unwrap()),
    }
}

fn create(client: &Client, round: u32) {
    let settings = client.settings().unwrap();
    let product =
        settings.products().find(|product| settings.fields(FieldScope::Product(product.id)).count() > 0);
    let product = product.or_else(|| settings.products().next()).unwrap().id;
    let todo = CardCommand::AddTodo(NewTodo {
        id: PartId::new(&SystemEnv),
        text: "call".into(),
        due: None,
        assignee: None,
        contact: None,
    });
    let name = format!("Card {round}");
    let new = NewCard { product, name, status: None, owner: Owner::Me, commands: vec![todo] };
    client.create_card(&new).unwrap();
}

fn command(client: &Client, card: DocumentId, round: u32) -> CardCommand {
    let todo = client.card(card).unwrap().row.todos.first().map(|todo| (todo.id, todo.state.is_open()));
    match (round % 3, todo) {
        (0, Some((todo, true))) => CardCommand::Close(todo, Outcome::Success),
        (0, Some((todo, false))) => CardCommand::Reopen(todo),
        (1, _) => CardCommand::EditText(FieldId::from_bytes([4; 16]), format!("text {round}")),
        _ => CardCommand::Rename(format!("Card {round}")),
    }
}

/// Says a line to the test.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
}
