//! The content lines of iCalendar (RFC 5545, 3.1): how they are folded, and how values are written.

use std::fmt::{self, Write};

use chrono::{Datelike, NaiveDateTime, Timelike};

use super::event::breaks_line;
use crate::value::time::{Day, Timestamp, Zone};

/// The most bytes of a line, without its end.
pub(super) const MAX_LINE_BYTES: usize = 75;

/// Writes content lines.
pub(super) struct Lines<'a> {
    out: &'a mut String,
    /// The line at hand, not yet folded.
    line: String,
}

impl<'a> Lines<'a> {
    /// Lines that are added to `out`.
    pub(super) fn new(out: &'a mut String) -> Self {
        Self { out, line: String::new() }
    }

    /// A line whose parts need no escapes.
    pub(super) fn put(&mut self, line: fmt::Arguments<'_>) {
        self.line.clear();
        // A String takes whatever is written.
        let _ = self.line.write_fmt(line);
        fold(&self.line, self.out);
    }

    /// A line whose value is a text, of any characters.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.line.clear();
        self.line.push_str(name);
        self.line.push(':');
        escape(value, &mut self.line);
        fold(&self.line, self.out);
    }
}

/// Adds `line` in pieces of at most [`MAX_LINE_BYTES`], none of which ends within a character. All but the first begin
/// with a space.
pub(super) fn fold(line: &str, out: &mut String) {
    let (mut rest, mut room) = (line, MAX_LINE_BYTES);
    while rest.len() > room {
        let (piece, later) = rest.split_at(rest.floor_char_boundary(room));
        out.push_str(piece);
        out.push_str("\r\n ");
        (rest, room) = (later, MAX_LINE_BYTES - 1);
    }
    out.push_str(rest);
    out.push_str("\r\n");
}

/// Adds `text` as a value of type TEXT. Whatever breaks a line is written as `\n`, so no text can begin a line of its
/// own, also not for readers that know more ends of lines than the standard. Other control characters are left out.
pub(super) fn escape(text: &str, out: &mut String) {
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' | ';' | ',' => out.extend(['\\', char]),
            '\r' if chars.peek() == Some(&'\n') => {}
            _ if breaks_line(char) => out.push_str("\\n"),
            _ if char.is_control() && char != '\t' => {}
            _ => out.push(char),
        }
    }
}

/// A DATE: `20261122`.
pub(super) struct Date(pub(super) Day);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.0.date();
        write!(f, "{:04}{:02}{:02}", date.year(), date.month(), date.day())
    }
}

/// A DATE-TIME on the wall: `20261122T090000`.
pub(super) struct Wall(pub(super) NaiveDateTime);

impl fmt::Display for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.0.date(), self.0.time());
        write!(f, "{:04}{:02}{:02}", date.year(), date.month(), date.day())?;
        write!(f, "T{:02}{:02}{:02}", time.hour(), time.minute(), time.second())
    }
}

/// A DATE-TIME at UTC: `20261122T080000Z`.
pub(super) struct Utc(pub(super) Timestamp);

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", Wall(Zone::UTC.local(self.0)))
    }
}
