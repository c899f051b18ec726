//! VTIMEZONE components: the rules of a zone, for readers that do not have them.
//!
//! A component has one STANDARD and at most one DAYLIGHT, each with a rule that says its onset once a year. Of more
//! than one STANDARD, Outlook reads the last, the first or none, and a date without a rule it takes for every year.
//! So a zone whose clocks follow no such rule has no component, and times in it are written at UTC: every reader then
//! has the right instant.

use std::fmt;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

use super::content::{Lines, Wall};
use crate::value::time::{Day, Timestamp, Zone};

/// For how many years a component is right. A feed reaches two years ahead. In the 28 years after those each date falls
/// on each weekday, so that a rule that fits is the rule itself and no accident.
const YEARS: i32 = 32;

/// The year from which a rule tells its onsets. Long past, as Google writes it, so that the bytes of a component do not
/// change with the days of the feed.
const ANCHOR: i32 = 1970;

/// The rules of one zone, for the years that a feed shows.
#[derive(Debug)]
pub(super) struct Component {
    zone: Zone,
    standard: Observance,
    daylight: Option<Observance>,
    from: Timestamp,
    until: Timestamp,
}

/// Some months of each year, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Observance {
    before: TimeDelta,
    offset: TimeDelta,
    onset: Onset,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Onset {
    /// It never began.
    Ever,
    /// Once a year on that day, when the clocks show `time`.
    Yearly { time: NaiveTime, rule: Rule },
}

/// Which day of a year: the first to fourth of a weekday in a month, or its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    month: u32,
    weekday: Weekday,
    /// 1 to 4; `None` is the last one.
    nth: Option<u8>,
}

impl Component {
    /// The component of `zone` for a feed that begins on the day `from`; `None` if no component is right for the years
    /// from then on, or all read it wrongly.
    pub(super) fn new(zone: Zone, from: Day) -> Option<Self> {
        let from = from.max(Day::new(ANCHOR + 1, 1, 1)?);
        let (from, until) = (zone.start_of(from), zone.start_of(from.plus(YEARS * 365)));
        let turns: Vec<_> =
            zone.turns(from).take_while(|at| *at < until).map(|at| Turn::of(zone, at)).collect();
        let (forward, back): (Vec<_>, Vec<_>) = turns.into_iter().partition(|turn| turn.after > turn.before);
        let (standard, daylight) = if forward.is_empty() && back.is_empty() {
            let offset = offset(zone, from);
            (Observance { before: offset, offset, onset: Onset::Ever }, None)
        } else {
            let shown = (zone.local(from), zone.local(until));
            let (standard, daylight) = (Observance::of(&back, shown)?, Observance::of(&forward, shown)?);
            if (standard.before, standard.offset) != (daylight.offset, daylight.before) {
                return None;
            }
            (standard, Some(daylight))
        };
        Some(Self { zone, standard, daylight, from, until })
    }

    /// Whether it tells what the clocks show at `at`.
    pub(super) fn covers(&self, at: Timestamp) -> bool {
        (self.from..self.until).contains(&at)
    }

    /// Writes it.
    pub(super) fn write(&self, lines: &mut Lines<'_>) {
        lines.put(format_args!("BEGIN:VTIMEZONE"));
        lines.put(format_args!("TZID:{}", self.zone));
        self.standard.write("STANDARD", lines);
        if let Some(daylight) = &self.daylight {
            daylight.write("DAYLIGHT", lines);
        }
        lines.put(format_args!("END:VTIMEZONE"));
    }
}

impl Observance {
    /// The one that begins with each of `turns`, if these are all that one rule says from `from` to `until`.
    fn of(turns: &[Turn], (from, until): (NaiveDateTime, NaiveDateTime)) -> Option<Self> {
        let (first, last) = (turns.first()?, turns.last()?);
        let time = first.shown.time();
        let are_alike = turns
            .iter()
            .all(|turn| (turn.before, turn.after, turn.shown.time()) == (first.before, first.after, time));
        let rule = Rule::candidates(first.shown.date()).find(|rule| {
            let onset = |year| rule.day_in(year).map(|day| day.and_time(time));
            let years = first.shown.year()..;
            turns.iter().zip(years).all(|(turn, year)| onset(year) == Some(turn.shown))
                && onset(first.shown.year() - 1).is_some_and(|before| before <= from)
                && onset(last.shown.year() + 1).is_some_and(|after| after >= until)
        })?;
        let onset = Onset::Yearly { time, rule };
        are_alike.then_some(Self { before: first.before, offset: first.after, onset })
    }

    fn write(&self, name: &str, lines: &mut Lines<'_>) {
        lines.put(format_args!("BEGIN:{name}"));
        lines.put(format_args!("DTSTART:{}", Wall(self.onset.first())));
        if let Onset::Yearly { rule, .. } = self.onset {
            lines.put(format_args!("RRULE:FREQ=YEARLY;{rule}"));
        }
        lines.put(format_args!("TZOFFSETFROM:{}", Offset(self.before)));
        lines.put(format_args!("TZOFFSETTO:{}", Offset(self.offset)));
        lines.put(format_args!("END:{name}"));
    }
}

impl Onset {
    /// The first one that is written, on the wall.
    fn first(self) -> NaiveDateTime {
        let (time, date) = match self {
            Onset::Ever => (NaiveTime::MIN, None),
            Onset::Yearly { time, rule } => (time, rule.day_in(ANCHOR)),
        };
        date.or(NaiveDate::from_ymd_opt(ANCHOR, 1, 1)).unwrap_or_default().and_time(time)
    }
}

impl Rule {
    /// Those that say this day.
    fn candidates(day: NaiveDate) -> impl Iterator<Item = Rule> {
        let (month, weekday) = (day.month(), day.weekday());
        (1..=4).map(Some).chain([None]).map(move |nth| Rule { month, weekday, nth })
    }

    fn day_in(self, year: i32) -> Option<NaiveDate> {
        let nth = |n| NaiveDate::from_weekday_of_month_opt(year, self.month, self.weekday, n);
        self.nth.map_or_else(|| nth(5).or_else(|| nth(4)), nth)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nth = self.nth.map_or(-1, i32::from);
        let weekday = match self.weekday {
            Weekday::Mon => "MO",
            Weekday::Tue => "TU",
            Weekday::Wed => "WE",
            Weekday::Thu => "TH",
            Weekday::Fri => "FR",
            Weekday::Sat => "SA",
            Weekday::Sun => "SU",
        };
        write!(f, "BYMONTH={};BYDAY={nth}{weekday}", self.month)
    }
}

/// The clocks of a zone are turned.
struct Turn {
    /// What they would show at that instant if they were not: the form in which RFC 5545 writes onsets.
    shown: NaiveDateTime,
    before: TimeDelta,
    after: TimeDelta,
}

impl Turn {
    fn of(zone: Zone, at: Timestamp) -> Self {
        let before = offset(zone, Timestamp::from_millis(at.millis().saturating_sub(1)));
        let utc = Zone::UTC.local(at);
        Self { shown: utc.checked_add_signed(before).unwrap_or(utc), before, after: offset(zone, at) }
    }
}

/// How far the clocks of a zone are from UTC.
fn offset(zone: Zone, at: Timestamp) -> TimeDelta {
    zone.local(at).signed_duration_since(Zone::UTC.local(at))
}

/// A UTC-OFFSET: `+0100`, and with seconds only if there are any.
struct Offset(TimeDelta);

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < TimeDelta::zero() { '-' } else { '+' };
        let seconds = self.0.num_seconds().unsigned_abs();
        write!(f, "{sign}{:02}{:02}", seconds / 3_600, seconds / 60 % 60)?;
        if seconds.is_multiple_of(60) { Ok(()) } else { write!(f, "{:02}", seconds % 60) }
    }
}
