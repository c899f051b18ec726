//! What lists do not show of a todo.

use std::collections::BTreeMap;

use roadbook_domain::crm::card;
use roadbook_domain::read::view::View;
use roadbook_domain::settings::field::SET;
use roadbook_domain::value::channels::{Channel, Channels};
use roadbook_domain::value::due::Due;
use roadbook_domain::value::id::PartId;
use roadbook_domain::value::leads::Leads;
use roadbook_domain::value::recurrence::{Recurrence, RepeatUnit};
use roadbook_domain::value::time::Day;

/// What lists do not show of a todo.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct TodoDetails {
    /// What there is to say beside its text; empty: nothing.
    pub description: String,
    /// Whether it is marked as urgent.
    pub urgent: bool,
    /// The day on which its assignee wants to do it, beside the due by which it must be done.
    pub planned_for: Option<Day>,
    /// How often it comes again; `None`: it does not.
    pub repeat: Option<Repeat>,
    /// Until when it does not remind, also once that is past; `None`: nobody snoozed it.
    pub snoozed_until: Option<Due>,
    /// How many minutes before its due it reminds, ascending; empty: never. `None`: as its assignee chose for all todos.
    pub reminders: Option<Vec<u32>>,
    /// Where it reminds; empty: nowhere. `None`: as its assignee chose for all todos.
    pub channels: Option<Vec<Channel>>,
}

/// How often a todo comes again (T7): every so many days, weeks, months or years, counted from its due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct Repeat {
    /// How many units lie between two todos, 1 to 999.
    pub every: u16,
    /// The unit.
    pub unit: RepeatUnit,
    /// The day of the month that the series is on, 29 to 31, while it stands on an earlier one because the month has no
    /// such day. Only the core sets it.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    #[cfg_attr(feature = "web", serde(default))]
    pub late_day: Option<u8>,
}

impl TodoDetails {
    /// Of the todos of a card that have any.
    pub(crate) fn of_all(view: &View) -> BTreeMap<PartId, Self> {
        let todos = view.parts(card::TODOS).into_iter();
        let all = todos.map(|(todo, registers)| (todo, Self::of(registers)));
        all.filter(|(_, details)| *details != Self::default()).collect()
    }

    fn of(mut registers: BTreeMap<&str, String>) -> Self {
        let mut text = |name| registers.remove(name).unwrap_or_default();
        Self {
            description: text("description"),
            urgent: text("urgent") == SET,
            planned_for: text("planned_for").parse().ok(),
            repeat: text("recurrence").parse().ok().map(Recurrence::into),
            snoozed_until: text("snoozed_until").parse().ok(),
            reminders: text("reminders").parse().ok().map(|leads: Leads| leads.minutes().to_vec()),
            channels: text("channels").parse().ok().map(|channels: Channels| channels.iter().collect()),
        }
    }
}

impl Repeat {
    /// The rule; `None` if there is no such one.
    pub(crate) fn recurrence(self) -> Option<Recurrence> {
        let rule = Recurrence::new(self.every, self.unit)?;
        self.late_day.map_or(Some(rule), |day| rule.on_late_day(day))
    }
}

impl From<Recurrence> for Repeat {
    fn from(rule: Recurrence) -> Self {
        Self { every: rule.every(), unit: rule.unit(), late_day: rule.late_day() }
    }
}
