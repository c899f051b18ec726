//! The benchmark cards as commands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use roadbook_domain::crm::command::{Acting, CardCommand, NewEntry, NewTodo};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::settings::{Settings, builtin_rows};
use roadbook_domain::value::due::Due;
use roadbook_domain::value::id::{FieldId, PartId, ProductId, StatusId, UserId};
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::value::todo::Outcome;

use crate::generate;
pub use crate::generate::Card;

/// `now` of all benchmarks: 2026-07-01T12:00Z.
pub const NOW: Timestamp = Timestamp::from_millis(1_782_907_200_000);

/// The first `count` cards of seed 1.
pub fn cards(count: usize) -> Vec<Card> {
    assert!(count > 0, "without cards nothing is measured");
    generate::cards(count, 1)
}

/// The user of this name, or with this id.
pub fn user(name: &str) -> UserId {
    name.parse().unwrap_or_else(|_| UserId::derived(&[name.as_bytes()]))
}

pub fn acting() -> Acting {
    Acting { by: user("user-01"), now: NOW, zone: zone() }
}

pub fn zone() -> Zone {
    "Europe/Budapest".parse().unwrap()
}

/// The product of all cards: the built-in Projects.
pub fn product() -> ProductId {
    PRODUCT.0
}

/// The seven statuses of the data, as statuses of [`product`].
pub fn status(name: &str) -> StatusId {
    let names = ["lead", "contacted", "qualified", "offer", "negotiation", "won", "lost"];
    let place = names.iter().position(|known| *known == name).unwrap();
    PRODUCT.1[place % PRODUCT.1.len()]
}

static PRODUCT: LazyLock<(ProductId, Vec<StatusId>)> = LazyLock::new(|| {
    let settings = Settings::from_rows(builtin_rows());
    let product = settings.products().find(|product| product.kind == ProductKind::Projects).unwrap().id;
    (product, settings.statuses(product).map(|status| status.id).collect())
});

pub fn field(name: &str) -> FieldId {
    FieldId::derived(&[name.as_bytes()])
}

/// The name of the user with the most open todos.
pub fn busiest(cards: &[Card]) -> String {
    let mut open: BTreeMap<&str, u32> = BTreeMap::new();
    for todo in cards.iter().flat_map(|card| &card.todos).filter(|todo| !todo.done) {
        *open.entry(&todo.responsible).or_default() += 1;
    }
    open.into_iter().max_by_key(|(_, count)| *count).unwrap().0.to_owned()
}

/// The names of all users.
pub fn users(cards: &[Card]) -> BTreeSet<String> {
    cards.iter().flat_map(Card::users).map(ToOwned::to_owned).collect()
}

impl Card {
    fn users(&self) -> impl Iterator<Item = &str> {
        let todos = self.todos.iter().map(|todo| &todo.responsible);
        let events = self.history.iter().map(|event| &event.by);
        todos.chain(events).chain([&self.owner]).map(String::as_str)
    }

    /// Gives a user another name.
    pub fn rename_user(&mut self, old: &str, new: &str) {
        let todos = self.todos.iter_mut().map(|todo| &mut todo.responsible);
        let events = self.history.iter_mut().map(|event| &mut event.by);
        for name in todos.chain(events).chain([&mut self.owner]) {
            if name == old {
                new.clone_into(name);
            }
        }
    }

    /// What makes the card, in one change.
    pub fn commands(&self) -> Vec<CardCommand> {
        let create = CardCommand::Create {
            product: product(),
            name: self.name.clone(),
            status: Some(status(self.status)),
            owner: Some(user(&self.owner)),
        };
        std::iter::once(create).chain(self.content()).collect()
    }

    /// What the card holds beyond product, name, status and owner.
    pub fn content(&self) -> Vec<CardCommand> {
        let mut commands = Vec::new();
        for (name, value) in &self.fields {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            commands.push(CardCommand::SetField(field(name), value));
        }
        for todo in &self.todos {
            let id = PartId::derived(&[self.id.as_bytes(), todo.id.as_bytes()]);
            commands.push(CardCommand::AddTodo(NewTodo {
                id,
                text: todo.text.clone(),
                due: Some(minute(&todo.due)),
                assignee: Some(user(&todo.responsible)),
                contact: None,
            }));
            if todo.done {
                commands.push(CardCommand::Close(id, Outcome::Success));
            }
        }
        for event in &self.history {
            let zone: Zone = "UTC".parse().unwrap();
            commands.push(CardCommand::AddEntry(NewEntry {
                id: PartId::derived(&[self.id.as_bytes(), event.id.as_bytes()]),
                kind: "note".into(),
                at: minute(&event.at).overdue_from(zone),
                text: event.text.clone(),
                by: Some(user(&event.by)),
                person: None,
                place: String::new(),
            }));
        }
        commands
    }
}

/// Drafts commands; returns the change.
pub fn draft(mut draft: Draft<'_>, commands: &[CardCommand]) -> roadbook_domain::document::change::Change {
    for command in commands {
        command.draft(&mut draft, &acting()).unwrap();
    }
    draft.finish().unwrap()
}

fn minute(text: &str) -> Due {
    format!("{}[UTC]", &text[..16]).parse().unwrap()
}
