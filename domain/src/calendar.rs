//! The calendar: a user's open todos as events (F106, T15), and the feed that calendar programs subscribe to.
//!
//! [`event`] makes the events. The phone hands them to the system's calendar, with no network; the server writes
//! them by [`ics`] as iCalendar (RFC 5545 and 7986). Both have the same ids, so a program that meets an event twice
//! can tell that it is one.
//!
//! An event follows a todo's due and nothing else: a snoozed reminder moves no event, and there are no alarms in the
//! feed, because the app rings itself.

mod content;
pub mod event;
pub mod ics;
mod vtimezone;

#[cfg(test)]
mod tests;
