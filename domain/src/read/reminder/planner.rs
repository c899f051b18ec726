//! The alarms of all of a user's todos, in order, so that a plan reads only the soonest of them.

use std::cmp::Ordering;

use super::alarm::{Alarm, Instants};
use super::pass::{Ask, Pass, ReminderPlan};
use super::preferences::Preferences;
use super::recipient::Recipient;
use super::subject::Subject;
use crate::value::id::{DocumentId, UserId};
use crate::value::time::{Timestamp, Zone};

/// The alarms of one user.
///
/// It is made once, told of each card that changes, and made anew if the user's zone or preferences do. Which plan it
/// makes depends on the todos alone and not on the way in which it was told of them.
#[derive(Debug, Clone)]
pub struct Planner {
    recipient: Recipient,
    /// By identity, as far as they are settled; then those that came later. One that rings no more stays without
    /// instants until all are settled again, so the places of the others hold.
    alarms: Vec<Alarm>,
    settled: usize,
    /// By instant, then by the identity of the alarm.
    slots: Vec<Slot>,
    /// How many slots name an instant that their alarm does not have any more.
    stale: usize,
}

/// An instant of an alarm. It is of no account once the alarm does not have the instant any more.
#[derive(Debug, Clone, Copy)]
struct Slot {
    at: Timestamp,
    /// The alarm's place.
    alarm: u32,
}

/// How many alarms or slots may be out of order or stale, beside an eighth of all.
const LOOSE: usize = 256;

/// More alarms of one card than this are not worth a place each.
const MANY: usize = 32;

impl Planner {
    /// Without any todo, for a user, their profile zone (T4), and how they want to be reminded.
    pub fn new(me: UserId, zone: Zone, preferences: Preferences) -> Self {
        let recipient = Recipient::new(me, zone, preferences);
        Self { recipient, alarms: Vec::new(), settled: 0, slots: Vec::new(), stale: 0 }
    }

    /// Takes these todos, at most one of each id, in place of all that it had. They may come in any order; in that of
    /// their cards it takes the least time.
    pub fn rebuild(&mut self, todos: impl IntoIterator<Item = Subject>) {
        self.alarms.clear();
        for todo in todos {
            self.recipient.alarms(&todo, |alarm| self.alarms.push(alarm));
        }
        self.settle();
    }

    /// Takes these todos in place of those that it had of `card`. Todos of other cards among them are passed over.
    pub fn replace(&mut self, card: DocumentId, todos: impl IntoIterator<Item = Subject>) {
        let mut found = Vec::new();
        for todo in todos.into_iter().filter(|todo| todo.card == card) {
            self.recipient.alarms(&todo, |alarm| found.push(alarm));
        }
        found.sort_unstable_by_key(Alarm::identity);
        found.dedup_by_key(|alarm| alarm.identity());
        if found.len() > MANY {
            self.alarms.retain(|alarm| alarm.card != card);
            self.alarms.append(&mut found);
            return self.settle();
        }
        for place in self.places(card) {
            let Some(known) = self.alarms.get(place) else { continue };
            let same = found.iter().position(|alarm| alarm.identity() == known.identity());
            let silent = Alarm { instants: Instants::NONE, ..*known };
            let alarm = same.map_or(silent, |same| found.swap_remove(same));
            self.renew(place, alarm);
        }
        for alarm in found {
            let place = self.alarms.len();
            self.alarms.push(Alarm { instants: Instants::NONE, ..alarm });
            self.renew(place, alarm);
        }
        let is_loose = |loose: usize, all: usize| loose > LOOSE + all / 8;
        if is_loose(self.alarms.len() - self.settled, self.settled) || is_loose(self.stale, self.slots.len())
        {
            self.settle();
        }
    }

    /// What is to ring.
    pub fn plan(&self, ask: &Ask<'_>) -> ReminderPlan {
        let mut pass = Pass::new(&self.recipient, ask);
        let oldest = Pass::oldest(ask.now);
        let first = self.slots.partition_point(|slot| slot.at <= oldest);
        for slot in self.slots.get(first..).unwrap_or_default() {
            let Some(alarm) = self.alarm(slot).filter(|alarm| alarm.instants().contains(&slot.at)) else {
                continue;
            };
            if !pass.take(alarm, slot.at) {
                break;
            }
        }
        pass.finish()
    }

    /// Puts all in order, and drops what is stale.
    fn settle(&mut self) {
        self.alarms.retain(|alarm| !alarm.instants().is_empty());
        self.alarms.sort_unstable_by_key(Alarm::identity);
        self.alarms.dedup_by_key(|alarm| alarm.identity());
        self.settled = self.alarms.len();
        self.stale = 0;
        self.slots.clear();
        for (place, alarm) in (0_u32..).zip(&self.alarms) {
            self.slots.extend(alarm.instants().iter().map(|at| Slot { at: *at, alarm: place }));
        }
        // Now the order of the places is that of the identities.
        self.slots.sort_unstable_by_key(|slot| (slot.at, slot.alarm));
    }

    /// Where the alarms of a card are.
    fn places(&self, card: DocumentId) -> Vec<usize> {
        let settled = self.alarms.get(..self.settled).unwrap_or_default();
        let from = settled.partition_point(|alarm| alarm.card < card);
        let until = settled.partition_point(|alarm| alarm.card <= card);
        let later = (self.settled..self.alarms.len())
            .filter(|place| self.alarms.get(*place).is_some_and(|alarm| alarm.card == card));
        (from..until).chain(later).collect()
    }

    /// Gives the alarm at `place` other instants, and a slot to each that is new.
    fn renew(&mut self, place: usize, alarm: Alarm) {
        let Some(known) = self.alarms.get_mut(place) else { return };
        let before = std::mem::replace(known, alarm);
        self.stale += before.instants().iter().filter(|at| !alarm.instants().contains(at)).count();
        let Ok(alarm_place) = u32::try_from(place) else { return };
        for at in alarm.instants().iter().filter(|at| !before.instants().contains(at)) {
            let slot = Slot { at: *at, alarm: alarm_place };
            match self.slots.binary_search_by(|known| self.order(known, &slot)) {
                // One that was stale counts again.
                Ok(_) => self.stale -= 1,
                Err(free) => self.slots.insert(free, slot),
            }
        }
    }

    fn order(&self, one: &Slot, other: &Slot) -> Ordering {
        let identity = |slot| self.alarm(slot).map(Alarm::identity);
        one.at.cmp(&other.at).then_with(|| identity(one).cmp(&identity(other)))
    }

    fn alarm(&self, slot: &Slot) -> Option<&Alarm> {
        self.alarms.get(usize::try_from(slot.alarm).ok()?)
    }
}
