use super::*;
use crate::value::channels::Channel;
use crate::value::due::Due;
use crate::value::id::{DocumentId, PartId, UserId};
use crate::value::time::{Timestamp, Zone};
use crate::value::trash::Trash;

mod laws;
mod plans;
mod reference;
mod table;
mod zones;

const ME: UserId = UserId::from_bytes([1; 16]);
const OTHER: UserId = UserId::from_bytes([2; 16]);

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

/// An instant by the clocks of UTC.
fn utc(text: &str) -> Timestamp {
    Zone::UTC.instant(format!("{text}:00").parse().unwrap())
}

/// What the clocks of UTC show.
fn told(at: Timestamp) -> String {
    Zone::UTC.local(at).format("%Y-%m-%dT%H:%M").to_string()
}

/// A todo of mine on a card that nobody owns.
fn todo(n: u16, due: &str) -> Subject {
    let [high, low] = n.to_be_bytes();
    let mut card = [0; 16];
    (card[0], card[1]) = (high, low);
    Subject {
        card: DocumentId::from_bytes(card),
        owner: None,
        trash: Trash::No,
        todo: PartId::from_bytes([9, 9, 9, 9, high, low]),
        assignee: Some(ME),
        assignee_zone: zone("Europe/Budapest"),
        is_open: true,
        due: due_of(due),
        snoozed_until: None,
        urgent: false,
        leads: None,
        channels: None,
        arrival: None,
    }
}

/// A due; none of an empty text.
fn due_of(text: &str) -> Option<Due> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

fn preferences(registers: &[(&str, &str)]) -> Preferences {
    for (name, text) in registers {
        assert!(Preference::read(name, text).is_some(), "{name} {text}");
    }
    Preferences::read(registers.iter().copied())
}

fn planner(zone: Zone, preferences: Preferences, todos: impl IntoIterator<Item = Subject>) -> Planner {
    let mut planner = Planner::new(ME, zone, preferences);
    planner.rebuild(todos);
    planner
}

fn ask(now: Timestamp, limit: usize) -> Ask<'static> {
    Ask { now, limit, channel: Channel::Device, is_done: &|_| false }
}
