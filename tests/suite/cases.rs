//! The named cases that Rust, Kotlin and Swift answer alike: `mobile-bindings/cases.txt`.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test's helpers meet unexpectedly is a failure of the test"
)]

use std::sync::Arc;

use roadbook_client::account::{self, Credentials, Installation};
use roadbook_client::app::{
    self, CardEdit, CardItem, CardView, FieldType, FieldValue, HistoryItem, NewCard, ProductView,
    SettingsView,
};
use roadbook_client::{ApiError, Client, HttpTransport, Owner, sync};
use roadbook_domain::crm::place::Place;
use roadbook_domain::read::today::Period;
use roadbook_domain::read::view::Conflict;
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::id::{DocumentId, FieldId, PartId};
use roadbook_domain::value::todo::Outcome;
use roadbook_server::{http, testing};
use tempfile::TempDir;
use tokio::net::TcpListener;

#[tokio::test]
async fn every_case_answers_as_it_says() {
    let cases = include_str!("../../mobile-bindings/cases.txt").split("\ncase ").skip(1);
    let mut count = 0;
    for case in cases {
        let (name, lines) = case.split_once('\n').unwrap();
        run(name, lines).await;
        count += 1;
    }
    assert!(count >= 21, "{count} cases");
}

async fn run(name: &str, lines: &str) {
    let mut case = if lines.starts_with("firm\n") { Case::firm().await } else { Case::local() };
    for line in lines.lines().filter(|line| !line.is_empty() && *line != "firm") {
        if let Some(expected) = line.strip_prefix("= ") {
            for client in &case.phones {
                let told = case.tell(client);
                assert!(told.iter().any(|line| line == expected), "{name}: {expected} is not in {told:#?}");
            }
        } else if line == "meet" {
            case.meet().await;
        } else if let Err(error) = case.act(line) {
            case.refused = Some(error.code());
        }
    }
}

/// The phones of a case, and what was done on them.
struct Case {
    /// The phone, and in a firm the tablet.
    phones: Vec<Client>,
    /// The server of a firm, which ends with this value.
    server: Option<(HttpTransport, testing::Server)>,
    card: DocumentId,
    todos: Vec<PartId>,
    refused: Option<&'static str>,
    _folder: TempDir,
}

impl Case {
    /// A phone on which somebody works without an account.
    fn local() -> Self {
        let case = Self::of(&["phone"], None);
        for client in &case.phones {
            client.begin_local_workspace("Europe/Budapest".parse().unwrap(), "en-GB").unwrap();
        }
        case
    }

    /// A phone and a tablet of one user, which have what the server has.
    async fn firm() -> Self {
        let server = testing::Server::new(testing::Engine::Sqlite).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let transport = HttpTransport::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let (config, router) = (server.state.config().clone(), roadbook_server::app(server.state.clone()));
        tokio::spawn(async move {
            http::serve(router, listener, &config, || (), std::future::pending()).await;
        });
        let case = Self::of(&["phone", "tablet"], Some((transport.clone(), server)));
        for (client, secret) in case.phones.iter().zip([[1; 32], [2; 32]]) {
            let credentials = Credentials { email: testing::ADMIN, password: testing::PASSWORD };
            let installation = Installation { platform: "test", name: "phone", secret: &secret };
            account::sign_in(client, &transport, credentials, installation).await.unwrap();
        }
        case.meet().await;
        case
    }

    fn of(names: &[&str], server: Option<(HttpTransport, testing::Server)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let phones = names.iter().zip(2..).map(|(name, seed)| {
            // Seed 1 is the server's.
            let env = Arc::new(SeededEnv::new(seed, testing::START));
            Client::open(folder.path().join(name), env).unwrap()
        });
        let (phones, card) = (phones.collect(), DocumentId::from_bytes([0; 16]));
        Self { phones, server, card, todos: Vec::new(), refused: None, _folder: folder }
    }

    /// Syncs one after the other, and the first once more: then each has what both wrote.
    async fn meet(&self) {
        let (transport, _) = self.server.as_ref().unwrap();
        for client in self.phones.iter().chain(self.phones.first()) {
            sync(client, transport, &mut |_| {}).await.unwrap();
        }
    }

    fn act(&mut self, line: &str) -> Result<(), ApiError> {
        let (client, line) = match line.strip_prefix("tablet ") {
            Some(line) => (self.phones.get(1), line),
            None => (self.phones.first(), line),
        };
        let client = client.unwrap();
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let nth = |text: &str| *self.todos.get(text.parse::<usize>().unwrap() - 1).unwrap();
        let due = |text: &str| (text != "-").then(|| text.parse().unwrap());
        let edit = match verb {
            "card" | "sales" => {
                let kind = if verb == "card" { ProductKind::Projects } else { ProductKind::Sales };
                let (product, name) = (product(client, kind).id, rest.to_owned());
                let new = NewCard { product, name, status: None, owner: Owner::Me, edits: Vec::new() };
                self.card = app::create_card(client, &new)?.id;
                return Ok(());
            }
            "resolve" => {
                let conflicts = client.conflicts(self.card)?;
                client.resolve(self.card, conflicts.first().unwrap(), rest)?;
                return Ok(());
            }
            "rename" => CardEdit::Rename { name: rest.to_owned() },
            "todo" => {
                let (at, text) = rest.split_once(' ').unwrap_or((rest, ""));
                CardEdit::AddTodo { text: text.to_owned(), due: due(at), assignee: Owner::Me, contact: None }
            }
            "close" => {
                let (todo, outcome) = rest.split_once(' ').unwrap();
                let outcome = match outcome {
                    "success" => Outcome::Success,
                    "failed" => Outcome::Failed,
                    _ => Outcome::None,
                };
                CardEdit::Close { todo: nth(todo), outcome }
            }
            "reopen" => CardEdit::Reopen { todo: nth(rest) },
            "postpone" => {
                let (todo, at) = rest.split_once(' ').unwrap();
                CardEdit::Postpone { todo: nth(todo), due: due(at) }
            }
            "entry" => {
                let (kind, text) = rest.split_once(' ').unwrap();
                let (kind, text) = (kind.to_owned(), text.to_owned());
                CardEdit::AddEntry { kind, at: None, text, person: None, place: String::new() }
            }
            "amount" => {
                let (amount, currency) = rest.split_once(' ').unwrap();
                let (amount, currency) = (amount.parse().unwrap(), currency.parse().unwrap());
                let value = FieldValue::Amount { amount, currency };
                CardEdit::SetField { field: field(client, &FieldType::Amount), value: Some(value) }
            }
            "day" => {
                let value = FieldValue::Day { day: rest.parse().unwrap() };
                CardEdit::SetField { field: field(client, &FieldType::Day), value: Some(value) }
            }
            "wrong" => {
                CardEdit::SetField { field: field(client, &FieldType::Day), value: Some(FieldValue::Flag) }
            }
            "trash" => CardEdit::Trash,
            "restore" => CardEdit::Restore,
            other => panic!("no such verb: {other}"),
        };
        let made = app::edit_card(client, self.card, &[edit])?.made;
        if verb == "todo" {
            self.todos.extend(made);
        }
        Ok(())
    }

    fn tell(&self, client: &Client) -> Vec<String> {
        let view = CardView::open(client, self.card).unwrap();
        let today = client.today(Period::Today, 10).unwrap();
        let (matching, totals) = (today.matching, today.totals);
        let trashed = CardItem::trashed(client, view.product.unwrap(), 0, 10).unwrap().len();
        let mut told = vec![
            format!("name {}", view.name),
            format!("history {}", HistoryItem::list(client, self.card, 0, 100).unwrap().len()),
            format!("unsent {}", client.unsent_count().unwrap()),
            format!("today {matching} overdue {} closed {}", totals.overdue, totals.closed),
            format!("postponed {}", totals.postponed),
            format!("trashed {trashed}"),
            format!("conflicts {}", view.conflicts.len()),
        ];
        told.extend(view.conflicts.iter().map(told_of));
        told.extend(view.todos.iter().map(|todo| {
            let due = todo.due.map_or("-".to_owned(), |due| due.to_string());
            let state = todo.closings.first().map_or("open", |closing| match closing.outcome {
                Outcome::Success => "success",
                Outcome::Failed => "failed",
                _ => "none",
            });
            format!("todo {} {due} {state}", todo.text)
        }));
        told.extend(view.entries.iter().map(|entry| format!("entry {} {}", entry.kind, entry.text)));
        told.extend(view.fields.iter().filter_map(|field| match &field.value {
            FieldValue::Amount { amount, currency } => Some(format!("amount {amount} {currency}")),
            FieldValue::Day { day } => Some(format!("day {day}")),
            _ => None,
        }));
        told.extend(self.refused.map(|code| format!("refused {code}")));
        told
    }
}

fn told_of(conflict: &Conflict) -> String {
    let place = match &conflict.place {
        Place::Name => "name".to_owned(),
        Place::Todo { part, .. } => format!("todo {part}"),
        Place::Field { .. } => "field".to_owned(),
        _ => "other".to_owned(),
    };
    let mut values = conflict.others.clone();
    values.push(conflict.shown.clone());
    values.sort();
    format!("conflict {place} {}", values.join(" | "))
}

fn product(client: &Client, kind: ProductKind) -> ProductView {
    let products = SettingsView::read(client).unwrap().products;
    products.into_iter().find(|product| product.kind == kind).unwrap()
}

fn field(client: &Client, kind: &FieldType) -> FieldId {
    let fields = product(client, ProductKind::Sales).fields;
    fields.iter().find(|field| field.kind == *kind).unwrap().id
}
