//! The named cases that Rust, Kotlin and Swift answer alike: `mobile-bindings/cases.txt`.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test's helpers meet unexpectedly is a failure of the test"
)]

use std::fmt::Debug;
use std::str::FromStr;
use std::sync::Arc;

use roadbook_client::account::{self, Credentials, Installation};
use roadbook_client::app::{
    self, CardEdit, CardItem, CardView, Conflict, ContactEdit, ContactItem, ContactView, EditView, FieldType,
    FieldValue, HistoryItem, NewCard, NewContact, PlaceValue, ProductView, SettingsView, TodoView,
};
use roadbook_client::{ApiError, Client, HttpTransport, Repeat, sync};
use roadbook_domain::crm::place::Place;
use roadbook_domain::crm::row::{ContactSort, DetailSort};
use roadbook_domain::read::today::Period;
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::id::{DocumentId, FieldId, PartId, UserId};
use roadbook_domain::value::recurrence::RepeatUnit;
use roadbook_domain::value::todo::Outcome;
use roadbook_server::{http, testing};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Ids that nobody has.
const NO_TODO: &str = "AAAAAAAA";
const UNITS: [(&str, RepeatUnit); 4] = [
    ("day", RepeatUnit::Day),
    ("week", RepeatUnit::Week),
    ("month", RepeatUnit::Month),
    ("year", RepeatUnit::Year),
];
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

#[tokio::test]
async fn every_case_answers_as_it_says() {
    let cases = include_str!("../../mobile-bindings/cases.txt").split("\ncase ").skip(1);
    let mut count = 0;
    for case in cases {
        let (name, lines) = case.split_once('\n').unwrap();
        run(name, lines).await;
        count += 1;
    }
    assert!(count >= 35, "{count} cases");
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
    person: Option<DocumentId>,
    todos: Vec<PartId>,
    details: Vec<PartId>,
    period: Period,
    more: Option<bool>,
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
        Self {
            phones: phones.collect(),
            server,
            card: DocumentId::from_bytes([0; 16]),
            person: None,
            todos: Vec::new(),
            details: Vec::new(),
            period: Period::Today,
            more: None,
            refused: None,
            _folder: folder,
        }
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
        let client = client.unwrap().clone();
        let (verb, rest) = split(line);
        match verb {
            "card" | "sales" => {
                let kind = if verb == "card" { ProductKind::Projects } else { ProductKind::Sales };
                let (product, name) = (product(&client, kind).id, rest.to_owned());
                let new = NewCard { product, name, status: None, owner: None, edits: Vec::new() };
                self.card = app::create_card(&client, &new)?.id;
            }
            "person" => {
                let (given_name, family_name) = split(rest);
                let (given_name, family_name) = (given_name.to_owned(), family_name.to_owned());
                let new =
                    NewContact { sort: ContactSort::Person, given_name, family_name, edits: Vec::new() };
                self.person = Some(app::create_contact(&client, &new)?.id);
            }
            "open" => drop(client.note_opened(self.document(rest))?),
            "mark" | "unmark" => drop(client.set_favourite(self.document(rest), verb == "mark")?),
            "days" => {
                let (from, to) = split(rest);
                self.period = Period::Days { from: from.parse().unwrap(), to: to.parse().unwrap() };
            }
            "rebuild" => self.more = Some(client.rebuild_some(64)?.0),
            "resolve" | "take" => {
                let conflict = Conflict::list(&client, self.card)?.into_iter().next().unwrap();
                let value = match (verb, rest) {
                    ("resolve", text) => like(&conflict.shown, text),
                    (_, "shown") => conflict.shown.clone(),
                    _ => conflict.others.first().unwrap().clone(),
                };
                app::resolve(&client, self.card, &conflict, &value)?;
            }
            "called" | "detail" | "redetail" | "bin" | "unbin" => {
                let edit = self.contact_edit(verb, rest);
                let made = app::edit_contact(&client, self.person.unwrap(), &[edit])?.made;
                self.details.extend(made);
            }
            _ => {
                let edit = self.card_edit(&client, verb, rest)?;
                let made = app::edit_card(&client, self.card, &[edit])?.made;
                if verb == "todo" {
                    self.todos.extend(made);
                }
            }
        }
        Ok(())
    }

    fn document(&self, word: &str) -> DocumentId {
        if word == "card" { self.card } else { self.person.unwrap() }
    }

    fn contact_edit(&self, verb: &str, rest: &str) -> ContactEdit {
        let detail = |text: &str| {
            let (sort, text) = split(text);
            let (label, value) = split(text);
            (sort.parse::<DetailSort>().unwrap(), label.to_owned(), value.to_owned())
        };
        match verb {
            "called" => {
                let (given, family) = split(rest);
                ContactEdit::Rename { given: given.to_owned(), family: family.to_owned() }
            }
            "detail" => {
                let (sort, label, value) = detail(rest);
                ContactEdit::AddDetail { sort, label, value }
            }
            "redetail" => {
                let (number, rest) = split(rest);
                let (sort, label, value) = detail(rest);
                ContactEdit::SetDetail { detail: nth(&self.details, number), sort, label, value }
            }
            "bin" => ContactEdit::Trash,
            _ => ContactEdit::Restore,
        }
    }

    fn card_edit(&self, client: &Client, verb: &str, rest: &str) -> Result<CardEdit, ApiError> {
        let todo = |number: &str| nth(&self.todos, number);
        let due = |text: &str| (text != "-").then(|| text.parse().unwrap());
        let (first, second) = split(rest);
        Ok(match verb {
            "rename" => CardEdit::Rename { name: rest.to_owned() },
            "todo" => {
                CardEdit::AddTodo { text: second.to_owned(), due: due(first), assignee: None, contact: None }
            }
            "reword" => CardEdit::RewordTodo { todo: todo(first), text: second.to_owned() },
            "assign" => {
                let assignee: Option<UserId> = match second {
                    "me" => client.me()?.map(|me| me.user),
                    "nobody" => None,
                    _ => Some(NOBODY.parse().unwrap()),
                };
                CardEdit::Assign { todo: todo(first), assignee }
            }
            "close" => {
                let outcome = match second {
                    "success" => Outcome::Success,
                    "failed" => Outcome::Failed,
                    _ => Outcome::None,
                };
                CardEdit::Close { todo: todo(first), outcome }
            }
            "reopen" => CardEdit::Reopen { todo: todo(first) },
            "describe" => CardEdit::DescribeTodo { todo: todo(first), description: second.to_owned() },
            "urgent" => CardEdit::MarkUrgent { todo: todo(first), urgent: second == "yes" },
            "plan" => CardEdit::PlanTodo { todo: todo(first), day: second.parse().ok() },
            "repeat" => {
                let repeat = second.split_once(' ').map(|(every, unit)| {
                    let unit = UNITS.into_iter().find(|(name, _)| *name == unit).unwrap().1;
                    Repeat { every: every.parse().unwrap(), unit, late_day: None }
                });
                CardEdit::RepeatTodo { todo: todo(first), repeat }
            }
            "snooze" => CardEdit::Snooze { todo: todo(first), until: due(second) },
            "remind" => {
                let (reminders, channels) = split(second);
                CardEdit::SetReminders {
                    todo: todo(first),
                    reminders: listed(reminders),
                    channels: listed(channels),
                }
            }
            "postpone" => CardEdit::Postpone { todo: todo(first), due: due(second) },
            "entry" => {
                let (kind, text) = (first.to_owned(), second.to_owned());
                CardEdit::AddEntry { kind, at: None, text, person: None, place: String::new() }
            }
            "amount" => {
                let field = field(client, |kind| *kind == FieldType::Amount);
                CardEdit::SetField { field, value: Some(amount(rest)) }
            }
            "day" => {
                let value = FieldValue::Day { day: rest.parse().unwrap() };
                CardEdit::SetField {
                    field: field(client, |kind| *kind == FieldType::Day),
                    value: Some(value),
                }
            }
            "wrong" => {
                let field = field(client, |kind| *kind == FieldType::Day);
                CardEdit::SetField { field, value: Some(FieldValue::Flag) }
            }
            "option" => {
                let field = field(client, |kind| matches!(kind, FieldType::Choice { .. }));
                CardEdit::SetOption { field, option: rest.to_owned(), chosen: true }
            }
            "link" => CardEdit::Link { role: rest.to_owned(), target: self.person.unwrap() },
            "unlink" => {
                let links = CardView::open(client, self.card)?.links;
                CardEdit::Unlink { link: links.first().unwrap().id }
            }
            "trash" => CardEdit::Trash,
            "restore" => CardEdit::Restore,
            other => panic!("no such verb: {other}"),
        })
    }

    fn tell(&self, client: &Client) -> Vec<String> {
        let view = CardView::open(client, self.card).unwrap();
        let today = client.today(Period::Today, 10).unwrap();
        let (matching, totals) = (today.matching, today.totals);
        let trashed = CardItem::trashed(client, view.product.unwrap(), 0, 10).unwrap().len();
        let history = HistoryItem::list(client, self.card, 0, 100).unwrap();
        let mut told = vec![
            format!("name {}", view.name),
            format!("history {}", history.len()),
            format!("unsent {}", client.unsent_count().unwrap()),
            format!("today {matching} overdue {} closed {}", totals.overdue, totals.closed),
            format!("postponed {}", totals.postponed),
            format!("days {}", client.today(self.period, 10).unwrap().matching),
            format!("trashed {trashed}"),
            format!("trashed contacts {}", ContactItem::trashed(client, 0, 10).unwrap().len()),
            format!("conflicts {}", view.conflicts.len()),
            format!("open {}", view.todos.iter().filter(|todo| todo.closings.is_empty()).count()),
            format!("links {}", view.links.len()),
        ];
        let recents = client.recents().unwrap().into_iter().map(|id| self.word_of(id));
        told.push(["recents"].into_iter().chain(recents).collect::<Vec<_>>().join(" "));
        let favourites = client.favourites().unwrap().into_iter().map(|id| self.word_of(id));
        // They come by id, and two ids of one millisecond in any order.
        let mut favourites: Vec<_> = favourites.collect();
        favourites.sort_unstable();
        told.push(["favourites"].into_iter().chain(favourites).collect::<Vec<_>>().join(" "));
        told.extend(view.conflicts.iter().map(|conflict| {
            let all = conflict.others.iter().chain([&conflict.shown]);
            let mut values: Vec<_> = all.map(value_word).collect();
            values.sort_unstable();
            format!("conflict {} {}", place_word(&conflict.place), values.join(" | "))
        }));
        told.extend(history.iter().flat_map(|item| &item.edits).filter_map(change));
        let me = client.me().unwrap().map(|me| me.user);
        for todo in &view.todos {
            let due = todo.due.map_or("-".to_owned(), |due| due.to_string());
            let state = todo.closings.first().map_or("open", |closing| outcome_word(closing.outcome));
            told.push(format!("todo {} {due} {state}", todo.text));
            let assignee = match todo.assignee {
                None => "nobody",
                assignee if assignee == me => "me",
                Some(_) => "another",
            };
            told.push(format!("assignee {} {assignee}", todo.text));
            told.push(more_word(todo));
            told.push(reminds_word(todo));
        }
        told.extend(view.entries.iter().map(|entry| format!("entry {} {}", entry.kind, entry.text)));
        told.extend(view.fields.iter().filter_map(|field| match &field.value {
            value @ FieldValue::Amount { .. } => Some(format!("amount {}", field_word(value))),
            value @ FieldValue::Day { .. } => Some(format!("day {}", field_word(value))),
            _ => None,
        }));
        told.extend(view.links.iter().map(|link| format!("link {}", link.role)));
        if let Some(person) = self.person {
            let view = ContactView::open(client, person).unwrap();
            told.push(format!("person {} {}", view.given_name, view.family_name));
            told.push(format!("details {}", view.details.len()));
            told.extend(
                view.details
                    .iter()
                    .map(|detail| format!("detail {} {} {}", detail.sort, detail.label, detail.value)),
            );
        }
        told.extend(self.more.map(|more| format!("more {more}")));
        told.extend(self.refused.map(|code| format!("refused {code}")));
        told
    }

    fn word_of(&self, id: DocumentId) -> &'static str {
        match id {
            id if id == self.card => "card",
            id if Some(id) == self.person => "person",
            _ => "another",
        }
    }
}

fn split(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap_or((text, ""))
}

fn nth(made: &[PartId], number: &str) -> PartId {
    match number {
        "-" => NO_TODO.parse().unwrap(),
        number => *made.get(number.parse::<usize>().unwrap() - 1).unwrap(),
    }
}

fn amount(text: &str) -> FieldValue {
    let (amount, currency) = split(text);
    FieldValue::Amount { amount: amount.parse().unwrap(), currency: currency.parse().unwrap() }
}

/// A value of the kind that a conflict shows.
fn like(shown: &PlaceValue, text: &str) -> PlaceValue {
    match shown {
        PlaceValue::Due { .. } => PlaceValue::Due { due: text.parse().unwrap() },
        PlaceValue::Field { .. } => PlaceValue::Field { value: amount(text) },
        _ => PlaceValue::Text { text: text.to_owned() },
    }
}

/// What an edit of the history did to a value.
fn change(edit: &EditView) -> Option<String> {
    let EditView::Put { place, old, new } = edit else { return None };
    let old: Vec<_> = old.iter().map(value_word).collect();
    let old = if old.is_empty() { "-".to_owned() } else { old.join(" | ") };
    Some(format!("changed {} {old} to {}", place_word(place), value_word(new)))
}

fn place_word(place: &Place) -> String {
    match place {
        Place::Product => "product".to_owned(),
        Place::Name => "name".to_owned(),
        Place::Status => "status".to_owned(),
        Place::Owner => "owner".to_owned(),
        Place::Trash => "trash".to_owned(),
        Place::Field { .. } => "field".to_owned(),
        Place::Todo { part, .. } => format!("todo {part}"),
        Place::Entry { part, .. } => format!("entry {part}"),
        Place::Link { .. } => "link".to_owned(),
        _ => "another".to_owned(),
    }
}

fn more_word(todo: &TodoView) -> String {
    let more = todo.details.clone().unwrap();
    let description = if more.description.is_empty() { "-" } else { &more.description };
    let urgent = if more.urgent { "urgent" } else { "calm" };
    let planned = more.planned_for.map_or("-".to_owned(), |day| day.to_string());
    let repeat = more.repeat.map_or("-".to_owned(), repeat_word);
    format!("more {} {description} {urgent} {planned} {repeat}", todo.text)
}

fn reminds_word(todo: &TodoView) -> String {
    let more = todo.details.clone().unwrap();
    let until = more.snoozed_until.map_or("-".to_owned(), |due| due.to_string());
    let (reminders, channels) = (list_word(more.reminders.as_deref()), list_word(more.channels.as_deref()));
    format!("reminds {} {until} {reminders} {channels}", todo.text)
}

/// "-" is no list, "none" an empty one.
fn list_word<T: ToString>(list: Option<&[T]>) -> String {
    match list {
        None => "-".to_owned(),
        Some([]) => "none".to_owned(),
        Some(list) => list.iter().map(T::to_string).collect::<Vec<_>>().join(","),
    }
}

fn listed<T: FromStr<Err: Debug>>(text: &str) -> Option<Vec<T>> {
    match text {
        "-" => None,
        "none" => Some(Vec::new()),
        text => Some(text.split(',').map(|word| word.parse().unwrap()).collect()),
    }
}

fn repeat_word(repeat: Repeat) -> String {
    let unit = UNITS.into_iter().find(|(_, unit)| *unit == repeat.unit).unwrap().0;
    format!("{} {unit}", repeat.every)
}

fn value_word(value: &PlaceValue) -> String {
    match value {
        PlaceValue::Empty => "-".to_owned(),
        PlaceValue::Text { text } => text.clone(),
        PlaceValue::Field { value } => field_word(value),
        PlaceValue::Chosen => "chosen".to_owned(),
        PlaceValue::Due { due } => due.to_string(),
        PlaceValue::Repeat { repeat } => repeat_word(*repeat),
        PlaceValue::Reminders { minutes } => list_word(Some(minutes)),
        PlaceValue::Channels { channels } => list_word(Some(channels)),
        PlaceValue::Open { .. } => "open".to_owned(),
        PlaceValue::Closed { closing, .. } => format!("closed {}", outcome_word(closing.outcome)),
        PlaceValue::User { .. } => "user".to_owned(),
        PlaceValue::Product { .. } => "product".to_owned(),
        PlaceValue::Status { .. } => "status".to_owned(),
        PlaceValue::Document { .. } => "document".to_owned(),
        PlaceValue::Link { role, .. } => role.clone(),
        PlaceValue::Time { .. } => "time".to_owned(),
        PlaceValue::Sort { .. } => "sort".to_owned(),
        PlaceValue::Trashed => "trashed".to_owned(),
        PlaceValue::Other { text } => format!("raw {text}"),
    }
}

fn field_word(value: &FieldValue) -> String {
    match value {
        FieldValue::Amount { amount, currency } => format!("{amount} {currency}"),
        FieldValue::Day { day } => day.to_string(),
        _ => "another".to_owned(),
    }
}

fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "success",
        Outcome::Failed => "failed",
        _ => "none",
    }
}

fn product(client: &Client, kind: ProductKind) -> ProductView {
    let products = SettingsView::read(client).unwrap().products;
    products.into_iter().find(|product| product.kind == kind).unwrap()
}

/// The first field of Sales whose kind is asked for.
fn field(client: &Client, is_asked_for: impl Fn(&FieldType) -> bool) -> FieldId {
    let fields = product(client, ProductKind::Sales).fields;
    fields.iter().find(|field| is_asked_for(&field.kind)).unwrap().id
}
