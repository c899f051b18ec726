//! The feed: events as iCalendar, for calendar programs that subscribe to an address.
//!
//! The same events give the same bytes, on whatever day they are written: a reader sees no change where there is none.
//! There is no METHOD, because in an object with one DTSTAMP is the time of writing; and there are no alarms, because
//! the app has its own and two would ring.
//!
//! A time is written on the wall of its zone where every reader takes that for the right instant, and at UTC
//! otherwise: where the zone has no component (`vtimezone`), and where its clocks are turned during the event or
//! show its beginning or end twice. Readers differ in which of two times they take, and some count to the end on the
//! wall. A time that the clocks skip is written as what they show instead.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{NaiveDateTime, TimeDelta};

use super::content::{Date, Lines, Utc, Wall};
use super::event::{CalendarEvent, MINUTES, Span};
use super::vtimezone::Component;
use crate::value::time::{Day, Timestamp, Zone};
use crate::value::url::is_url;

/// What a feed is, beside its events.
#[derive(Debug, Clone, Copy)]
pub struct Feed<'a> {
    /// The calendar's name, as its reader shows it.
    pub name: &'a str,
    /// The first day that is shown.
    pub from: Day,
    /// The address of the app, if it is known where that is: each event then has a link to its todo.
    pub app: Option<&'a str>,
}

/// An event of a feed, with its history.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The event.
    pub event: &'a CalendarEvent,
    /// When what it shows was last changed; never the time of writing, or every feed would look changed.
    pub changed: Timestamp,
    /// The position in the log of that change; a later change has a higher one.
    pub position: u64,
}

/// Adds the feed to `out`. Of times that no calendar has (before 1900, after 9999) the nearest one is written.
pub fn write(feed: &Feed<'_>, entries: &[Entry<'_>], out: &mut String) {
    let zones = Zones::of(feed, entries);
    let app = feed.app.filter(|app| is_url(app)).map(|app| app.trim_end_matches('/'));
    let mut lines = Lines::new(out);
    head(feed, &mut lines);
    zones.write(&mut lines);
    for entry in entries {
        event(entry, &zones, app, &mut lines);
    }
    lines.put(format_args!("END:VCALENDAR"));
}

fn head(feed: &Feed<'_>, lines: &mut Lines<'_>) {
    lines.put(format_args!("BEGIN:VCALENDAR"));
    lines.put(format_args!("VERSION:2.0"));
    lines.put(format_args!("PRODID:-//Roadbook//Calendar//EN"));
    lines.put(format_args!("CALSCALE:GREGORIAN"));
    lines.text("NAME", feed.name);
    // What programs read that are older than RFC 7986, of name and interval.
    lines.text("X-WR-CALNAME", feed.name);
    lines.put(format_args!("REFRESH-INTERVAL;VALUE=DURATION:PT15M"));
    lines.put(format_args!("X-PUBLISHED-TTL:PT15M"));
}

fn event(entry: &Entry<'_>, zones: &Zones, app: Option<&str>, lines: &mut Lines<'_>) {
    let event = entry.event;
    lines.put(format_args!("BEGIN:VEVENT"));
    lines.put(format_args!("UID:{}", event.id));
    lines.put(format_args!("DTSTAMP:{}", Utc(entry.changed)));
    lines.put(format_args!("LAST-MODIFIED:{}", Utc(entry.changed)));
    // A sequence that began anew would be older than what readers have; the highest one stays.
    lines.put(format_args!("SEQUENCE:{}", i32::try_from(entry.position).unwrap_or(i32::MAX)));
    match event.span {
        Span::Day(day) => all_day(day, lines),
        Span::Time { start, end, zone } => {
            lines.put(format_args!("DTSTART{}", zones.start(start, end, zone)));
            lines.put(format_args!("DURATION:PT{MINUTES}M"));
        }
    }
    lines.text("SUMMARY", &event.title);
    match app.map(|app| format!("{app}/#/card/{}?todo={}", event.card, event.todo)) {
        None => lines.text("DESCRIPTION", &event.note),
        Some(link) => {
            lines.text("DESCRIPTION", &format!("{}\n{link}", event.note));
            lines.put(format_args!("URL:{link}"));
        }
    }
    lines.put(format_args!("CLASS:PRIVATE"));
    // Nobody is busy because something is due.
    lines.put(format_args!("TRANSP:TRANSPARENT"));
    lines.put(format_args!("END:VEVENT"));
}

/// The end is the first day that the event does not have (T3). The last day of the calendar has none after it, and an
/// event without an end lasts its day.
fn all_day(day: Day, lines: &mut Lines<'_>) {
    lines.put(format_args!("DTSTART;VALUE=DATE:{}", Date(day)));
    if day < Day::MAX {
        lines.put(format_args!("DTEND;VALUE=DATE:{}", Date(day.plus(1))));
    }
}

/// The components of those zones in which a time is written.
struct Zones(BTreeMap<Zone, Component>);

impl Zones {
    #[expect(clippy::mutable_key_type, reason = "zones are ordered by their names, and these stay")]
    fn of(feed: &Feed<'_>, entries: &[Entry<'_>]) -> Self {
        let mut zones = BTreeMap::new();
        for entry in entries {
            if let Span::Time { start, zone, .. } = entry.event.span
                && zone != Zone::UTC
            {
                let (component, is_used) =
                    zones.entry(zone).or_insert_with(|| (Component::new(zone, feed.from), false));
                *is_used |= component.as_ref().is_some_and(|component| component.covers(start));
            }
        }
        let used = zones.into_iter().filter(|(_, (_, is_used))| *is_used);
        Self(used.filter_map(|(zone, (component, _))| Some((zone, component?))).collect())
    }

    fn write(&self, lines: &mut Lines<'_>) {
        self.0.values().for_each(|component| component.write(lines));
    }

    /// The instant at which a time begins, in the form that every reader understands.
    fn start(&self, start: Timestamp, end: Timestamp, zone: Zone) -> Start {
        let is_covered = self.0.get(&zone).is_some_and(|component| component.covers(start));
        let (from, to) = (zone.local(start), zone.local(end));
        let is_turned = to.signed_duration_since(from) != TimeDelta::minutes(MINUTES);
        if is_covered && !is_turned && !zone.repeats(from) && !zone.repeats(to) {
            Start::Wall(from, zone)
        } else {
            Start::Utc(start)
        }
    }
}

/// The parameters and value of a DTSTART.
enum Start {
    Wall(NaiveDateTime, Zone),
    Utc(Timestamp),
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Start::Wall(local, zone) => write!(f, ";TZID={zone}:{}", Wall(local)),
            Start::Utc(at) => write!(f, ":{}", Utc(at)),
        }
    }
}
