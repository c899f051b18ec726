//! The canonical text forms of registers' values.

use crate::value::channels::Channels;
use crate::value::clock::{ClockTime, Quiet};
use crate::value::due::Due;
use crate::value::generation;
use crate::value::id::DocumentId;
use crate::value::key::Key;
use crate::value::leads::Leads;
use crate::value::recurrence::Recurrence;
use crate::value::time::{Day, Timestamp};
use crate::value::todo::TodoState;
use crate::value::trash::TRASHED;

/// The canonical text form of a register's value. In all but [`Form::TodoState`] the empty text stands
/// for no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Any text.
    Text,
    /// An entity id.
    Id,
    /// A due (`crate::value::due`).
    Due,
    /// A calendar day (`crate::value::time`).
    Day,
    /// `1`.
    Flag,
    /// A key (`crate::value::key`).
    Key,
    /// How often something comes again (`crate::value::recurrence`).
    Recurrence,
    /// How long before the due each reminder comes (`crate::value::leads`).
    Leads,
    /// Where a user is reminded (`crate::value::channels`), also by what a later version knows.
    Channels,
    /// A time of day (`crate::value::clock`).
    ClockTime,
    /// `none`, or the hours in which nothing rings (`crate::value::clock`).
    Quiet,
    /// A todo's state (`crate::value::todo`).
    TodoState,
    /// A mark of the trashing.
    Trash,
}

impl Form {
    /// Whether a value is in this form. The author asks it, and the server at a push. A reader never does:
    /// it keeps, shows and carries on what this version does not know.
    pub fn accepts(self, value: &str) -> bool {
        if value.is_empty() {
            // No state is ever cleared: reopening writes a state of its own.
            return self != Self::TodoState;
        }
        match self {
            Self::Text => true,
            Self::Id => value.parse::<DocumentId>().is_ok(),
            Self::Due => generation::knows(value, value.parse::<Due>().is_ok_and(|due| due.is_known())),
            Self::Day => value.parse::<Day>().is_ok(),
            Self::Flag => value == "1",
            Self::Key => value.parse::<Key>().is_ok(),
            Self::Recurrence => value.parse::<Recurrence>().is_ok(),
            Self::Leads => value.parse::<Leads>().is_ok(),
            Self::Channels => value.parse::<Channels>().is_ok(),
            Self::ClockTime => value.parse::<ClockTime>().is_ok(),
            Self::Quiet => Quiet::read(value).is_ok(),
            Self::TodoState => {
                generation::knows(value, value.parse::<TodoState>().is_ok_and(|state| is_sound(&state)))
            }
            Self::Trash => value == TRASHED,
        }
    }
}

/// Whether this build knows all of a state, and a closing is within what clocks may say (T10).
fn is_sound(state: &TodoState) -> bool {
    let in_range = |at: Timestamp| at == at.clamped();
    state.is_known() && state.closing().is_none_or(|closing| in_range(closing.at()))
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn a_form_accepts_its_values_and_nothing_else() {
        let id = "01936b00-0000-7000-8000-00000000000a";
        let closed = "closed#1;success;2026-11-22T09:00:05;Europe/Budapest;";
        for (form, good, bad) in [
            (Form::Text, vec!["anything", "two\nlines"], vec![]),
            (Form::Id, vec![id], vec!["Anna", "01936b00"]),
            (
                Form::Due,
                vec!["2026-11-22", "2026-11-22T09:00[UTC]"],
                vec!["tomorrow", "2026-11-22T09:00[New/Town]"],
            ),
            (Form::Day, vec!["2026-11-22"], vec!["2026-11-22T09:00[UTC]", "22.11.2026"]),
            (Form::Flag, vec!["1"], vec!["0", "true"]),
            (Form::Key, vec!["call"], vec!["Call us", "é"]),
            (Form::Recurrence, vec!["2w"], vec!["weekly"]),
            (
                Form::Leads,
                vec!["none", "0", "10,1440"],
                vec!["10,", "10,10", "20,10", "01", "527041", "1,2,3,4,5,6"],
            ),
            (
                Form::Channels,
                vec!["none", "browser", "browser,device", "device,fax"],
                vec!["device,browser", "Device", "browser,"],
            ),
            (Form::ClockTime, vec!["09:00"], vec!["none", "9:00", "24:00"]),
            (Form::Quiet, vec!["none", "22:00-07:00"], vec!["22:00", "07:00-07:00"]),
            (
                Form::TodoState,
                vec!["open#1", &format!("{closed}{id}")],
                vec!["", "open", "done", &format!("{}{id}", closed.replace("2026", "2326"))],
            ),
            (Form::Trash, vec!["trashed"], vec!["archived"]),
        ] {
            for value in good {
                assert!(form.accepts(value), "{form:?} {value}");
            }
            for value in bad {
                assert!(!form.accepts(value), "{form:?} {value}");
            }
            assert_eq!(form.accepts(""), form != Form::TodoState, "{form:?}");
        }
    }
}
