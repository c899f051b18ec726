//! From todos to the events of a calendar.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;

use crate::crm::row::TodoRow;
use crate::value::due::Due;
use crate::value::id::{DocumentId, EventId, PartId, UserId, derived};
use crate::value::time::{Day, Timestamp, Zone};
use crate::value::trash::Trash;

/// The most events that are shown; those nearest to today are.
pub const MAX_EVENTS: usize = 20_000;

/// The most bytes of a title and of a note; a longer one ends in an ellipsis.
pub const MAX_LINE: usize = 500;

/// How long an event with a time lasts, in minutes. A todo has no length; calendars need one to show it.
pub const MINUTES: i64 = 30;

/// A todo, and what an event needs of its card.
#[derive(Debug, Clone, Copy)]
pub struct CardTodo<'a> {
    /// The card that holds it.
    pub card: DocumentId,
    /// The card's name.
    pub card_name: &'a str,
    /// Whether the card is in use; todos of trashed cards are no events (F72).
    pub trash: Trash,
    /// The todo.
    pub todo: &'a TodoRow,
}

/// Whose calendar, and which days of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The user; their own open todos are shown.
    pub me: UserId,
    /// Their profile zone (T4).
    pub zone: Zone,
    /// The first day.
    pub from: Day,
    /// The last day; it is included.
    pub to: Day,
    /// The day that it is: of more than [`MAX_EVENTS`] the nearest to it are shown.
    pub today: Day,
}

/// What a calendar shows of one todo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEvent {
    /// The same for one todo for ever, on every device.
    pub id: EventId,
    /// Another one exactly when title, span or note became others.
    pub revision: Revision,
    /// What is to be done, on one line; the card's name if the todo says nothing.
    pub title: String,
    /// When.
    pub span: Span,
    /// The card's name, on one line.
    pub note: String,
    /// The card that holds the todo.
    pub card: DocumentId,
    /// The todo.
    pub todo: PartId,
}

/// When an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// All of that day, whatever the zone.
    Day(Day),
    /// From one instant to another.
    Time {
        /// The todo's due.
        start: Timestamp,
        /// [`MINUTES`] later.
        end: Timestamp,
        /// The zone in which the due was set; UTC if this build does not know it.
        zone: Zone,
    },
}

/// A fingerprint of what an event shows. Its text form is 11 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision([u8; 8]);

/// The events of `todos` that meet the window's days: all-day events by their day, others by the zone of the window.
///
/// They are in order of their beginning, all-day events first; at most [`MAX_EVENTS`].
pub fn events<'a>(window: &Window, todos: impl IntoIterator<Item = CardTodo<'a>>) -> Vec<CalendarEvent> {
    let bounds = window.bounds();
    let mut met: Vec<_> = todos.into_iter().filter_map(|todo| window.meeting(todo, bounds)).collect();
    window.keep_nearest(&mut met);
    met.sort_unstable_by_key(Met::order);
    met.into_iter().map(CalendarEvent::of).collect()
}

impl Window {
    /// The first instant, and the first after the last. The ends of the calendar have what other zones have beyond.
    fn bounds(&self) -> (Timestamp, Timestamp) {
        let from = if self.from > Day::MIN {
            self.zone.start_of(self.from)
        } else {
            Timestamp::from_millis(i64::MIN)
        };
        let to = if self.to < Day::MAX { self.zone.end_of(self.to) } else { Timestamp::NEVER };
        (from, to)
    }

    /// The todo with its span, if it is one to show.
    fn meeting<'a>(&self, todo: CardTodo<'a>, (from, to): (Timestamp, Timestamp)) -> Option<Met<'a>> {
        let row = todo.todo;
        if !row.state.is_open() || row.assignee != Some(self.me) || todo.trash != Trash::No {
            return None;
        }
        let span = Span::of(row.due?, self.zone);
        let meets = match span {
            Span::Day(day) => (self.from..=self.to).contains(&day),
            Span::Time { start, end, .. } => start < to && from < end,
        };
        meets.then(|| Met { begins: span.begins(self.zone), span, todo })
    }

    fn keep_nearest(&self, met: &mut Vec<Met<'_>>) {
        if met.len() > MAX_EVENTS {
            let today = self.zone.start_of(self.today);
            let distance = |met: &Met<'_>| met.begins.millis().abs_diff(today.millis());
            met.select_nth_unstable_by_key(MAX_EVENTS, |met| (distance(met), met.order()));
            met.truncate(MAX_EVENTS);
        }
    }
}

/// A todo of the window.
struct Met<'a> {
    begins: Timestamp,
    span: Span,
    todo: CardTodo<'a>,
}

impl Met<'_> {
    fn order(&self) -> (Timestamp, bool, DocumentId, PartId) {
        let has_time = matches!(self.span, Span::Time { .. });
        (self.begins, has_time, self.todo.card, self.todo.todo.id)
    }
}

impl CalendarEvent {
    fn of(met: Met<'_>) -> Self {
        let (card, todo) = (met.todo.card, met.todo.todo.id);
        let note = one_line(met.todo.card_name);
        let text = one_line(&met.todo.todo.text);
        let title = if text.is_empty() { note.clone() } else { text };
        Self {
            id: EventId::derived(&[card.as_bytes(), todo.as_bytes()]),
            revision: Revision::of(&title, &met.span, &note),
            title,
            span: met.span,
            note,
            card,
            todo,
        }
    }
}

impl Span {
    /// When a todo with this due is shown to a user whose profile zone is `mine`: a time whose zone this build does not
    /// know counts by their clock, as in [`Due::overdue_from`].
    fn of(due: Due, mine: Zone) -> Self {
        match due {
            Due::Day(day) => Span::Day(day),
            Due::At { zone, .. } => {
                let start = due.overdue_from(mine);
                let end = Timestamp::from_millis(start.millis().saturating_add(MINUTES * 60_000));
                Span::Time { start, end, zone: zone.or(Zone::UTC) }
            }
        }
    }

    fn begins(&self, mine: Zone) -> Timestamp {
        match *self {
            Span::Day(day) => mine.start_of(day),
            Span::Time { start, .. } => start,
        }
    }
}

impl Revision {
    fn of(title: &str, span: &Span, note: &str) -> Self {
        let span = match span {
            Span::Day(day) => day.to_string(),
            Span::Time { start, zone, .. } => format!("{} {zone}", start.millis()),
        };
        Self(derived("Revision", &[title.as_bytes(), span.as_bytes(), note.as_bytes()]))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Revision({self})")
    }
}

/// `text` on one line of at most [`MAX_LINE`] bytes: what breaks a line becomes a space, other control characters go.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for char in text.chars() {
        let char = if breaks_line(char) || char == '\t' { ' ' } else { char };
        let is_double = char == ' ' && (line.is_empty() || line.ends_with(' '));
        if char.is_control() || is_double {
            continue;
        }
        if line.len() + char.len_utf8() > MAX_LINE {
            line.truncate(line.floor_char_boundary(MAX_LINE - '…'.len_utf8()));
            line.push('…');
            return line;
        }
        line.push(char);
    }
    line.truncate(line.trim_end().len());
    line
}

/// Whether some reader takes it for the end of a line; Unicode has more of these than RFC 5545.
pub(super) fn breaks_line(char: char) -> bool {
    matches!(char, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
