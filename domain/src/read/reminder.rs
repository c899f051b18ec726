//! Reminders: which todos ring for a user, when, and which of them ring as one (F105, T12, T14).
//!
//! Phone and server ask the same functions, so what the one has set the other need not send. In short:
//!
//! - Why a todo rings, and for whom, is [data](KINDS): one due for its assignee, a new one for them, and one overdue
//!   for its card's owner, if they are another user.
//! - When: so long before its due, or after it, as the user or the todo says ([`Preferences`], [`Subject`]). Whole
//!   days are counted on the calendar, other leads by the clock. A todo due on a day rings at the user's time of day.
//! - A snooze takes the place of what would have rung before it.
//! - In quiet hours nothing rings but what is urgent. The rest waits for their end and comes as one digest.
//! - A todo rings once at a time: of what waits or was missed, its latest reminder speaks for those before it.
//! - More than five in one minute ring as one, and each urgent one by itself as long as there are no more than five.
//! - What passed is rung for a day, and then no more.
//! - A phone holds few alarms: the soonest are set, and the last of them asks to open the app.
//! - A reminder is known by the instant for which it was meant, not by the one at which it rang ([`ReminderKey`]).
//!
//! [`Recipient`] finds the alarms of one todo, and [`Planner`] makes a plan of those of all.

mod alarm;
mod gather;
mod key;
mod kind;
mod pass;
mod planner;
mod preferences;
mod quiet;
mod recipient;
mod subject;

pub use alarm::Alarm;
pub use gather::{MOST_IN_A_MINUTE, Notice, NoticeKind, Ringing, gather};
pub use key::{Reminder, ReminderKey, ReminderKeyError};
pub use kind::{Buttons, KINDS, Kind, Recipients, ReminderKind, Urgency, When};
pub use pass::{Ask, ReminderPlan};
pub use planner::Planner;
pub use preferences::{Preference, Preferences};
pub use quiet::deferred;
pub use recipient::Recipient;
pub use subject::{Arrival, Subject};

#[cfg(test)]
mod tests;
