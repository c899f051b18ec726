//! How a user wants to be reminded, as their user document holds it.
//!
//! It follows the user between devices, is merged register by register, and can be changed without a network: who
//! wants quiet in a plane has it at once. Which device may ring at all is for its operating system.

use super::kind::{KINDS, Kind, ReminderKind};
use crate::value::channels::Channels;
use crate::value::clock::{ClockTime, Quiet};
use crate::value::leads::Leads;

/// How a user wants to be reminded. What they did not set, or this version cannot read, is as by default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// In the order of [`KINDS`].
    of_kinds: [OfKind; KINDS.len()],
    /// When a todo that is due on a day rings (T12).
    pub day_at: ClockTime,
    /// When nothing rings but what is urgent.
    pub quiet: Option<Quiet>,
}

/// One thing that a user sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Preference {
    /// How long before or after the due reminders of a kind come.
    Leads(ReminderKind, Leads),
    /// Where reminders of a kind come.
    Channels(ReminderKind, Channels),
    /// When a todo that is due on a day rings.
    DayAt(ClockTime),
    /// When nothing rings but what is urgent; `None`: there are no such hours.
    Quiet(Option<Quiet>),
}

/// What the names of all these registers begin with.
const REMINDER: &str = "reminder/";

impl Preferences {
    /// What the registers of a user document say; those of other names and of later kinds are passed over.
    pub fn read<'a>(registers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut preferences = Self::default();
        for (name, text) in registers {
            if let Some(preference) = Preference::read(name, text) {
                preferences.set(preference);
            }
        }
        preferences
    }

    /// Sets one of them. One of a kind that this version does not know changes nothing.
    pub fn set(&mut self, preference: Preference) {
        match preference {
            Preference::Leads(kind, leads) => {
                self.of_kind_mut(kind).into_iter().for_each(|of| of.leads = leads);
            }
            Preference::Channels(kind, channels) => {
                self.of_kind_mut(kind).into_iter().for_each(|of| of.channels.clone_from(&channels));
            }
            Preference::DayAt(time) => self.day_at = time,
            Preference::Quiet(quiet) => self.quiet = quiet,
        }
    }

    /// How long before or after the due reminders of a kind come; none of one that this version does not know.
    pub fn leads(&self, kind: ReminderKind) -> Leads {
        self.of_kind(kind).map_or(Leads::NONE, |of| of.leads)
    }

    /// Where reminders of a kind come; nowhere of one that this version does not know.
    pub fn channels(&self, kind: ReminderKind) -> Channels {
        self.of_kind(kind).map_or(Channels::NONE, |of| of.channels.clone())
    }

    fn of_kind(&self, kind: ReminderKind) -> Option<&OfKind> {
        self.of_kinds.get(kind.place())
    }

    fn of_kind_mut(&mut self, kind: ReminderKind) -> Option<&mut OfKind> {
        self.of_kinds.get_mut(kind.place())
    }
}

impl Default for Preferences {
    fn default() -> Self {
        let of_kind = |kind: &Kind| OfKind { leads: kind.leads, channels: Channels::all() };
        // No quiet hours: they would delay an alarm that somebody set for half past six. An app proposes them.
        Self { of_kinds: KINDS.each_ref().map(of_kind), day_at: ClockTime::NINE, quiet: None }
    }
}

impl Preference {
    /// What a register of a user document sets; `None` if it is no preference of reminders, is empty, or cannot be
    /// read.
    pub fn read(name: &str, text: &str) -> Option<Self> {
        let name = name.strip_prefix(REMINDER)?;
        match name.split_once('/') {
            None if name == "day_at" => text.parse().ok().map(Self::DayAt),
            None if name == "quiet" => Quiet::read(text).ok().map(Self::Quiet),
            Some((kind, "leads")) => Some(Self::Leads(kind.parse().ok()?, text.parse().ok()?)),
            Some((kind, "channels")) => Some(Self::Channels(kind.parse().ok()?, text.parse().ok()?)),
            _ => None,
        }
    }

    /// The name and text of its register: what [`UserCommand::Prefer`](crate::crm::command::UserCommand::Prefer) takes.
    /// The empty text in its place is the default again.
    pub fn register(&self) -> (String, String) {
        match self {
            Self::Leads(kind, leads) => (format!("{REMINDER}{kind}/leads"), leads.to_string()),
            Self::Channels(kind, channels) => (format!("{REMINDER}{kind}/channels"), channels.to_string()),
            Self::DayAt(time) => (format!("{REMINDER}day_at"), time.to_string()),
            Self::Quiet(quiet) => {
                let text = quiet.map_or_else(|| Quiet::NONE.to_owned(), |quiet| quiet.to_string());
                (format!("{REMINDER}quiet"), text)
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct OfKind {
    leads: Leads,
    channels: Channels,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::crm::user_document::{TYPE, USER};

    #[test]
    fn by_default_a_todo_rings_when_it_is_due_and_an_owner_hears_an_hour_later() {
        let preferences = Preferences::read([]);
        assert_eq!(preferences, Preferences::default());
        let leads = ReminderKind::ALL.iter().map(|kind| preferences.leads(*kind).to_string());
        assert_eq!(leads.collect::<Vec<_>>(), ["0", "none", "60"]);
        for kind in ReminderKind::ALL {
            assert_eq!(preferences.channels(*kind).to_string(), "browser,device");
        }
        assert_eq!((preferences.day_at, preferences.quiet), (ClockTime::NINE, None));
    }

    #[test]
    fn what_is_set_is_read_back_and_its_register_takes_it() {
        let quiet: Quiet = "22:00-07:00".parse().unwrap();
        for preference in [
            Preference::Leads(ReminderKind::Due, "10,1440".parse().unwrap()),
            Preference::Leads(ReminderKind::Overdue, Leads::NONE),
            Preference::Channels(ReminderKind::New, "device".parse().unwrap()),
            Preference::Channels("birthday".parse().unwrap(), "device,fax".parse().unwrap()),
            Preference::DayAt("06:30".parse().unwrap()),
            Preference::Quiet(Some(quiet)),
            Preference::Quiet(None),
        ] {
            let (name, text) = preference.register();
            assert_eq!(Preference::read(&name, &text).as_ref(), Some(&preference));
            assert!(TYPE.rule(USER, &name).unwrap().form.accepts(&text), "{name} {text}");
        }
    }

    #[test]
    fn what_cannot_be_read_or_is_of_a_later_version_leaves_the_rest_as_it_is() {
        let read = Preferences::read([
            ("reminder/day_at", "noon"),
            ("reminder/due/leads", "often"),
            ("reminder/due/channels", ""),
            ("reminder/birthday/leads", "5"),
            ("reminder/weather", "rain"),
            ("theme", "dark"),
            ("reminder/quiet", "22:00-07:00"),
        ]);
        let expected = Preferences { quiet: "22:00-07:00".parse().ok(), ..Preferences::default() };
        assert_eq!(read, expected);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(
            registers in prop::collection::vec(
                ("(reminder/)?(due|new|overdue|x)?/?(leads|channels|day_at|quiet|.{0,5})", "[0-9,:a-z-]{0,12}|.{0,12}"),
                0..8,
            ),
        ) {
            Preferences::read(registers.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        }
    }
}
