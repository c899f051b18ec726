//! The alarms of one todo for one user.

use super::alarm::{Alarm, Instants, Reach};
use super::kind::{KINDS, Kind, Recipients, Urgency, When};
use super::preferences::Preferences;
use super::subject::Subject;
use crate::value::due::Due;
use crate::value::id::UserId;
use crate::value::leads::Leads;
use crate::value::time::{Day, Timestamp, Zone};
use crate::value::trash::Trash;
use crate::value::wall_clock::WallClocks;

/// A user who is reminded.
#[derive(Debug, Clone)]
pub struct Recipient {
    pub(super) me: UserId,
    pub(super) zone: Zone,
    pub(super) preferences: Preferences,
    /// Where each of the [`KINDS`] reaches them.
    reach: [Reach; KINDS.len()],
    clocks: WallClocks,
}

const MINUTES_A_DAY: u32 = 24 * 60;

impl Recipient {
    /// A user, their profile zone (T4), and how they want to be reminded.
    pub fn new(me: UserId, zone: Zone, preferences: Preferences) -> Self {
        let reach = KINDS.each_ref().map(|kind| Reach::of(&preferences.channels(kind.kind)));
        Self { me, zone, preferences, reach, clocks: WallClocks::default() }
    }

    /// Hands each alarm of a todo that is for this user to `found`. What was long ago is among their instants; whoever
    /// knows the time leaves it out.
    pub fn alarms(&mut self, todo: &Subject, mut found: impl FnMut(Alarm)) {
        if !todo.is_open || todo.trash != Trash::No {
            return;
        }
        for (kind, reach) in KINDS.iter().zip(self.reach) {
            if !self.is_for_me(kind, todo) {
                continue;
            }
            let instants = self.instants(kind, todo);
            if instants.as_slice().is_empty() {
                continue;
            }
            let own = todo.channels.as_ref().filter(|_| kind.to == Recipients::Assignee);
            found(Alarm {
                card: todo.card,
                todo: todo.todo,
                kind,
                urgent: todo.urgent && kind.urgency == Urgency::OfTodo,
                reach: own.map_or(reach, Reach::of),
                instants,
                made: todo.arrival.filter(|_| kind.when == When::OnArrival).map(|arrival| arrival.made),
            });
        }
    }

    fn is_for_me(&self, kind: &Kind, todo: &Subject) -> bool {
        let is_mine = todo.assignee == Some(self.me);
        match kind.to {
            Recipients::Assignee => is_mine,
            Recipients::OwnerOnly => todo.owner == Some(self.me) && !is_mine,
        }
    }

    fn instants(&mut self, kind: &Kind, todo: &Subject) -> Instants {
        let mut instants = Instants::NONE;
        let set = self.preferences.leads(kind.kind);
        match kind.when {
            When::BeforeDue => {
                self.before(todo, todo.leads.unwrap_or(set), &mut instants);
                if let Some(until) = todo.snoozed_until {
                    // Also of a todo without a due: who snoozes it wants to hear of it.
                    let until = self.ahead(until, 0);
                    instants.start_at(until);
                    instants.add(until);
                }
            }
            When::OnArrival => todo.arrival.into_iter().for_each(|arrival| instants.add(arrival.received)),
            // Not the todo's own leads: by those its assignee is reminded, and not who looks after them.
            When::AfterDue => self.after(todo, set, &mut instants),
        }
        instants
    }

    fn before(&mut self, todo: &Subject, leads: Leads, instants: &mut Instants) {
        let Some(due) = todo.due else { return };
        // The longest lead is the earliest instant.
        for minutes in leads.minutes().iter().rev() {
            instants.add(self.ahead(due, *minutes));
        }
    }

    /// So many minutes before a due of this user's own todo.
    fn ahead(&mut self, due: Due, minutes: u32) -> Timestamp {
        let days = i32::try_from(minutes / MINUTES_A_DAY).map_or(i32::MIN, |days| -days);
        match due {
            Due::Day(day) => self.clocks.instant(self.zone, self.preferences.day_at.on(day.plus(days))),
            Due::At { local, zone } if minutes == 0 => self.clocks.instant(zone.or(self.zone), local),
            // A day before is the same time on the wall, also if the clocks are turned that night.
            Due::At { local, zone } if minutes.is_multiple_of(MINUTES_A_DAY) => {
                self.clocks.instant(zone.or(self.zone), local.on(local.day().plus(days)))
            }
            // An hour before is an hour.
            Due::At { local, zone } => {
                later(self.clocks.instant(zone.or(self.zone), local), -i64::from(minutes))
            }
        }
    }

    fn after(&mut self, todo: &Subject, leads: Leads, instants: &mut Instants) {
        let Some(due) = todo.due else { return };
        for minutes in leads.minutes() {
            let at = match due {
                Due::Day(day) => {
                    let overdue = self.end_of(todo.assignee_zone, day);
                    self.next_day_at(later(overdue, i64::from(*minutes)))
                }
                Due::At { local, zone } => {
                    let overdue = self.clocks.instant(zone.or(todo.assignee_zone), local);
                    later(overdue, i64::from(*minutes))
                }
            };
            instants.add(at);
        }
    }

    fn end_of(&mut self, zone: Zone, day: Day) -> Timestamp {
        let next = day.plus(1);
        if next == day { Timestamp::NEVER } else { self.clocks.start_of(zone, next) }
    }

    /// The first time from `from` on that the user hears of days: nobody wants to at one in the morning.
    fn next_day_at(&mut self, from: Timestamp) -> Timestamp {
        let Ok(day) = Day::try_from(self.clocks.local(self.zone, from).date()) else { return from };
        for days in -1..=2 {
            let at = self.clocks.instant(self.zone, self.preferences.day_at.on(day.plus(days)));
            if at >= from {
                return at;
            }
        }
        from
    }
}

fn later(at: Timestamp, minutes: i64) -> Timestamp {
    Timestamp::from_millis(at.millis().saturating_add(minutes.saturating_mul(60_000)))
}
