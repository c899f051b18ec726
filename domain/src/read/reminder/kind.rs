//! The kinds of reminders, as data.

use crate::value::leads::Leads;
use crate::value::open_word::open_word;

open_word! {
    /// Why a user is reminded of a todo.
    view ReminderKind {
        /// It is due, or soon will be.
        Due = "due";
        /// Another user gave it to them.
        New = "new";
        /// Nobody did it in time, and they own its card.
        Overdue = "overdue";
    }
}

/// What there is to know of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Which one.
    pub kind: ReminderKind,
    /// Whom it is for.
    pub to: Recipients,
    /// From what its leads count.
    pub when: When,
    /// The leads of a user who set none.
    pub leads: Leads,
    /// What can be done with a notice of it.
    pub buttons: Buttons,
    /// Whether it rings in quiet hours.
    pub urgency: Urgency,
}

impl ReminderKind {
    /// Its place among [`KINDS`]; beyond them, if this version does not know it.
    pub(super) fn place(self) -> usize {
        match self {
            Self::Due => 0,
            Self::New => 1,
            Self::Overdue => 2,
            Self::Other(_) => KINDS.len(),
        }
    }
}

/// All kinds that this version knows, in the order of [`ReminderKind`].
pub static KINDS: [Kind; 3] = [
    Kind {
        kind: ReminderKind::Due,
        to: Recipients::Assignee,
        when: When::BeforeDue,
        leads: Leads::one(0),
        buttons: Buttons::DoneAndSnooze,
        urgency: Urgency::OfTodo,
    },
    Kind {
        kind: ReminderKind::New,
        to: Recipients::Assignee,
        when: When::OnArrival,
        leads: Leads::NONE,
        buttons: Buttons::DoneAndSnooze,
        urgency: Urgency::OfTodo,
    },
    Kind {
        kind: ReminderKind::Overdue,
        to: Recipients::OwnerOnly,
        when: When::AfterDue,
        leads: Leads::one(60),
        // A snooze would silence the assignee, and what somebody else was to do is not done by a thumb.
        buttons: Buttons::Open,
        urgency: Urgency::Never,
    },
];

/// Whom a kind is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipients {
    /// The todo's assignee.
    Assignee,
    /// The card's owner, unless they are the assignee: who has two reasons is told once.
    OwnerOnly,
}

/// From what the leads of a kind count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// So long before the todo is due.
    BeforeDue,
    /// When the todo arrives; it has no leads.
    OnArrival,
    /// So long after the todo became overdue.
    AfterDue,
}

/// What can be done with a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buttons {
    /// Close the todo with success, snooze it, or open the card.
    DoneAndSnooze,
    /// Open the card only.
    Open,
}

/// Whether a kind rings in quiet hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// If the todo is urgent.
    OfTodo,
    /// Never.
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_in_the_table_once_and_in_order() {
        let kinds: Vec<_> = KINDS.iter().map(|kind| kind.kind).collect();
        assert_eq!(kinds, ReminderKind::ALL);
        assert!(KINDS.iter().enumerate().all(|(place, kind)| kind.kind.place() == place));
    }
}
