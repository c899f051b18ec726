//! What rings in one minute, and what of it rings as one.

use super::key::{Reminder, ReminderKey};
use crate::value::id::UserId;
use crate::value::time::Timestamp;

/// A reminder and when it rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ringing {
    /// When.
    pub at: Timestamp,
    /// Whether quiet hours held it back until then.
    pub is_held: bool,
    /// The reminder.
    pub reminder: Reminder,
}

/// What a user hears at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// By what it is known. Whoever showed it has shown all its reminders, each by a key of its own.
    pub key: ReminderKey,
    /// When it rings.
    pub at: Timestamp,
    /// How it is told.
    pub kind: NoticeKind,
    /// Whether it may ring in quiet hours.
    pub urgent: bool,
    /// What it tells of, in the order in which it was meant to ring; of [`NoticeKind::OpenApp`] nothing.
    pub reminders: Vec<Reminder>,
}

/// How a notice is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify), serde(rename_all = "camelCase"))]
pub enum NoticeKind {
    /// One reminder, by the words of its todo.
    One,
    /// Too many at once to name each.
    Several,
    /// What quiet hours held back.
    Digest,
    /// There is more to come than a phone holds: the app is to be opened, and plans again.
    OpenApp,
}

/// The most notices of one minute that ring one by one.
pub const MOST_IN_A_MINUTE: usize = 5;

/// Makes notices of what rings for a user in one minute, by key.
pub fn gather(user: UserId, minute: impl IntoIterator<Item = Ringing>) -> Vec<Notice> {
    let (urgent, others): (Vec<_>, Vec<_>) = minute.into_iter().partition(|one| one.reminder.urgent);
    let held = others.iter().filter(|one| one.is_held).count();
    let kind = if held > 1 { NoticeKind::Digest } else { kind_of(&others) };
    let mut notices = told(user, kind, others);
    // What is urgent stays readable by itself, and is in no digest.
    notices.extend(told(user, kind_of(&urgent), urgent));
    notices.sort_by_key(|notice| (notice.at, notice.key));
    notices
}

fn kind_of(ringing: &[Ringing]) -> NoticeKind {
    if ringing.len() > MOST_IN_A_MINUTE { NoticeKind::Several } else { NoticeKind::One }
}

fn told(user: UserId, kind: NoticeKind, ringing: Vec<Ringing>) -> Vec<Notice> {
    let Some(first) = ringing.first() else { return Vec::new() };
    let urgent = first.reminder.urgent;
    let what = match kind {
        NoticeKind::One => return ringing.iter().map(Notice::of).collect(),
        NoticeKind::Digest => "digest",
        NoticeKind::Several if urgent => "urgent",
        NoticeKind::Several | NoticeKind::OpenApp => "several",
    };
    // None of them rings before its time.
    let at = ringing.iter().map(|one| one.at).fold(first.at, Timestamp::max);
    let key = ReminderKey::gathered(what, user, at);
    let reminders = ringing.into_iter().map(|one| one.reminder).collect();
    vec![Notice { key, at, kind, urgent, reminders }]
}

impl Notice {
    fn of(one: &Ringing) -> Self {
        let Ringing { at, reminder, .. } = *one;
        let key = ReminderKey::of(&reminder);
        Self { key, at, kind: NoticeKind::One, urgent: reminder.urgent, reminders: vec![reminder] }
    }

    /// The one in the last place of a phone.
    pub(super) fn open_app(user: UserId, at: Timestamp, urgent: bool) -> Self {
        let key = ReminderKey::gathered("open", user, at);
        Self { key, at, kind: NoticeKind::OpenApp, urgent, reminders: Vec::new() }
    }
}
