//! Instants, days and zones (T1-T14).
//!
//! There is no clock here: `now` and the zone are arguments (T1). Days and wall times are resolved to
//! instants only when they are judged and never stored as such, because the rules of zones change (T2, T9).

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::value::generation;
use crate::value::text_form::text_form;
use crate::value::word::Word;
use crate::value::zone_rules::{self, Rules};

/// An instant: milliseconds since 1970-01-01T00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Encode, Decode,
)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Timestamp(
    #[n(0)]
    #[cfg_attr(feature = "web", serde(serialize_with = "crate::value::typescript::millis"))]
    i64,
);

impl Timestamp {
    /// The last instant a change may carry: 2^43 ms, in the year 2248 (T10).
    pub const MAX_STAMP: Timestamp = Timestamp((1 << 43) - 1);

    /// Later than every instant: where a todo without a due sorts.
    pub const NEVER: Timestamp = Timestamp(i64::MAX);

    /// The instant `millis` milliseconds after 1970-01-01T00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00Z.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The same instant, or the nearest one that a change may carry: 0 to 2^43 ms (T10).
    pub fn clamped(self) -> Self {
        self.clamp(Timestamp(0), Self::MAX_STAMP)
    }

    /// The instant at which clocks at UTC show `utc`.
    fn from_utc(utc: NaiveDateTime) -> Self {
        Self(utc.and_utc().timestamp_millis())
    }

    /// What clocks at UTC show; instants outside the calendar ([`Day`]) give its nearest edge.
    fn utc(self) -> NaiveDateTime {
        let edge = if self.0 < 0 { Day::MIN } else { Day::MAX };
        DateTime::from_timestamp_millis(self.0)
            .map(|utc| utc.naive_utc())
            .filter(|utc| Day::holds(utc.date()))
            .unwrap_or(NaiveDateTime::new(edge.0, NaiveTime::MIN))
    }
}

/// Text that is not a day in the form `2026-11-22`, from 1900 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day of the years 1900 to 9999 written like 2026-11-22")]
pub struct DayError;

/// A day of the calendar, from 1900-01-01 to 9999-12-31; its text form is `2026-11-22`.
///
/// It is a date, not a span of time: which span depends on the zone ([`Zone::start_of`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

impl Day {
    /// The first day of the calendar: 1900-01-01.
    pub const MIN: Day = Day::edge(1900, 1, 1);

    /// The last day of the calendar: 9999-12-31.
    pub const MAX: Day = Day::edge(9999, 12, 31);

    const fn edge(year: i32, month: u32, day: u32) -> Self {
        match NaiveDate::from_ymd_opt(year, month, day) {
            Some(date) => Self(date),
            None => Self(NaiveDate::MIN),
        }
    }

    /// The day with this year, month (1-12) and day of the month, if the calendar has it.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(|date| Self::try_from(date).ok())
    }

    /// The day as a chrono date.
    pub const fn date(self) -> NaiveDate {
        self.0
    }

    /// The day `days` later (earlier, if negative), or the end of the calendar on that side.
    pub fn plus(self, days: i32) -> Self {
        let count = Days::new(u64::from(days.unsigned_abs()));
        let date = if days < 0 { self.0.checked_sub_days(count) } else { self.0.checked_add_days(count) };
        Self::nearest(date.unwrap_or(if days < 0 { NaiveDate::MIN } else { NaiveDate::MAX }))
    }

    /// The Monday of its week: weeks run from Monday to Sunday (T16).
    pub fn monday(self) -> Self {
        Self::nearest(self.0.week(chrono::Weekday::Mon).checked_first_day().unwrap_or(self.0))
    }

    /// The first day of its month.
    pub fn month_start(self) -> Self {
        Self(self.0.with_day(1).unwrap_or(self.0))
    }

    fn nearest(date: NaiveDate) -> Self {
        Self(date.clamp(Self::MIN.0, Self::MAX.0))
    }

    fn holds(date: NaiveDate) -> bool {
        (Self::MIN.0..=Self::MAX.0).contains(&date)
    }
}

impl TryFrom<NaiveDate> for Day {
    type Error = DayError;

    fn try_from(date: NaiveDate) -> Result<Self, DayError> {
        if Self::holds(date) { Ok(Self(date)) } else { Err(DayError) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Day({self})")
    }
}

impl FromStr for Day {
    type Err = DayError;

    /// Accepts the canonical text form only.
    fn from_str(text: &str) -> Result<Self, DayError> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return Err(DayError) };
        let (year, month, day) = (number(&[*y1, *y2, *y3, *y4]), number(&[*m1, *m2]), number(&[*d1, *d2]));
        let (Some(year), Some(month), Some(day)) = (year, month, day) else { return Err(DayError) };
        i32::try_from(year).ok().and_then(|year| Self::new(year, month, day)).ok_or(DayError)
    }
}

/// The number that decimal digits write; `None` if one of them is none.
pub(crate) fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// Text that names no zone of the IANA database this build knows ([`Zone::DATABASE`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time zone of the IANA database {}", Zone::DATABASE)]
pub struct UnknownZone;

/// A time zone of the IANA database; its text form is its name there: `Europe/Budapest`.
///
/// A zone that a later release of the database added keeps its name and counts as UTC, so that a new
/// name never hides a todo. Only [`Self::read`] makes such a zone.
#[derive(Clone, Copy)]
pub struct Zone(Name);

#[derive(Clone, Copy)]
enum Name {
    Utc,
    Known(&'static Rules),
    /// The longest name in the database has 32 bytes.
    Later(Word<40>),
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Zone = Zone(Name::Utc);

    /// The release of the IANA database in this build (T9).
    pub const DATABASE: &str = zone_rules::RELEASE;

    /// Its name in the IANA database.
    pub fn name(&self) -> &str {
        match &self.0 {
            Name::Utc => zone_rules::UTC.name(),
            Name::Known(rules) => rules.name(),
            Name::Later(name) => name.as_str(),
        }
    }

    /// The zone with this name, for a reader of what another build may have written: a name that this
    /// build does not know is kept if it could be a zone.
    ///
    /// # Errors
    /// [`UnknownZone`] if it could not.
    pub fn read(name: &str) -> Result<Self, UnknownZone> {
        name.parse().or_else(|_| Word::new(name).map(Name::Later).map(Self).ok_or(UnknownZone))
    }

    /// Whether this build knows its rules.
    pub fn is_known(&self) -> bool {
        match &self.0 {
            Name::Utc | Name::Known(_) => true,
            Name::Later(name) => generation::knows(name.as_str(), false),
        }
    }

    /// This zone, or `other` if this build does not know its rules.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.is_known() { self } else { other }
    }

    pub(super) fn rules(self) -> &'static Rules {
        match self.0 {
            Name::Known(rules) => rules,
            // One that a test made up.
            Name::Later(name) if generation::knows(name.as_str(), false) => {
                zone_rules::find("Europe/Budapest").unwrap_or(&zone_rules::UTC)
            }
            Name::Utc | Name::Later(_) => &zone_rules::UTC,
        }
    }

    /// What a clock on the wall shows at `at`.
    pub fn local(self, at: Timestamp) -> NaiveDateTime {
        let utc = at.utc();
        utc.checked_add_offset(self.rules().offset_at(utc)).unwrap_or(utc)
    }

    /// The instant at which a clock on the wall shows `local` (T6).
    ///
    /// A wall time that the clocks skip is moved forward by the length of the gap. If the clocks show a
    /// wall time twice, the first time counts:
    ///
    /// ```text
    /// gap      01:59 -> 03:00     02:30 counts as 03:30 of the new time
    /// twice    02:59 -> 02:00     02:30 counts as the one before the clocks were turned back
    /// ```
    pub fn instant(self, local: NaiveDateTime) -> Timestamp {
        // The offset of before a gap moves the time forward by just the gap.
        let utc = local.checked_sub_offset(self.rules().offset_when_shown(local));
        Timestamp::from_utc(utc.unwrap_or(local))
    }

    /// Whether clocks on the wall show `local` twice, so that it names two instants (T6).
    pub fn repeats(self, local: NaiveDateTime) -> bool {
        self.rules().repeats(local)
    }

    /// The instants after `after` at which its clocks are turned, the earliest first. They go on as long as
    /// the calendar does.
    pub fn turns(self, after: Timestamp) -> impl Iterator<Item = Timestamp> {
        self.rules().turns(after.utc()).map(Timestamp::from_utc)
    }

    /// The first instant of `day`: midnight, or the end of the gap if the clocks skip midnight.
    ///
    /// A day lasts from here to [`Self::end_of`]: 24 hours, sometimes 23 or 25 (T6), and no time at all if
    /// the zone left the day out.
    pub fn start_of(self, day: Day) -> Timestamp {
        self.first_instant(day.0)
    }

    /// The first instant after `day`, at which what was due that day is overdue (T3).
    pub fn end_of(self, day: Day) -> Timestamp {
        day.0.succ_opt().map_or(Timestamp::NEVER, |next| self.first_instant(next))
    }

    /// The day that it is at `at`: the one with `start_of(day) <= at < end_of(day)`.
    ///
    /// So once a day has begun, it stays until the next one begins. Clocks that are turned back over
    /// midnight show the old date again, but it is not that day again.
    pub fn day_of(self, at: Timestamp) -> Day {
        let shown = Day::nearest(self.local(at).date());
        if self.end_of(shown) <= at { shown.plus(1) } else { shown }
    }

    fn first_instant(self, date: NaiveDate) -> Timestamp {
        let midnight = date.and_time(NaiveTime::MIN);
        self.rules().skips(midnight).map_or_else(|| self.instant(midnight), Timestamp::from_utc)
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl PartialOrd for Zone {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Zone {
    fn cmp(&self, other: &Self) -> Ordering {
        // By name and not by this build's table of zones, so that all builds sort alike.
        self.name().cmp(other.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({self})")
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    /// Accepts the names that this build knows.
    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        let known = zone_rules::find(name).map(Name::Known);
        let zone = known.or_else(|| Word::new(name).map(Name::Later));
        let is_today = matches!(zone, Some(Name::Known(_)));
        zone.filter(|_| generation::knows(name, is_today)).map(Self).ok_or(UnknownZone)
    }
}

text_form!(Day, Zone);

/// What clock and calendar of one zone show at one instant. It is made once and asked for every row, so
/// that the zone's rules are not looked up for each todo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalNow {
    /// The instant.
    pub now: Timestamp,
    /// The zone.
    pub zone: Zone,
    /// The day that it is there.
    pub today: Day,
    /// When that day ends.
    pub midnight: Timestamp,
}

impl LocalNow {
    /// What they show in `zone` at `now`.
    pub fn new(now: Timestamp, zone: Zone) -> Self {
        let today = zone.day_of(now);
        Self { now, zone, today, midnight: zone.end_of(today) }
    }
}

/// The earliest instant after now at which something changes, found while rows go by (T5).
#[derive(Debug, Clone, Copy)]
pub(crate) struct NextChange {
    now: Timestamp,
    next: Timestamp,
}

impl NextChange {
    /// Nothing changes after `now` yet.
    pub(crate) fn after(now: Timestamp) -> Self {
        Self { now, next: Timestamp::NEVER }
    }

    /// Notes that something changes at `at`, unless that has passed.
    pub(crate) fn at(&mut self, at: Timestamp) {
        if at > self.now {
            self.next = self.next.min(at);
        }
    }

    /// The earliest instant noted.
    pub(crate) fn get(self) -> Option<Timestamp> {
        (self.next < Timestamp::NEVER).then_some(self.next)
    }
}

#[cfg(test)]
mod tests;
