//! When a todo is due, and from which instant it is overdue (F30-F32, F46, T2-T6).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDateTime, NaiveTime, Timelike};
use minicbor::{Decode, Encode};

use crate::value::text_form::text_form;
use crate::value::time::{Day, LocalNow, Timestamp, UnknownZone, Zone, number};

/// When a todo is due: a whole day, or a minute on the wall of a zone (F46, T2).
///
/// Its text form, in registers, rows, JSON and on the wire, is `2026-11-22`, or as in RFC 9557
/// `2026-11-22T09:00[Europe/Budapest]`; every due has exactly one. A day is never stored as an instant,
/// and a wall time never without its zone, so both stay right if the zone's rules change (T9).
///
/// The derived order is only some total order; [`Self::overdue_from`] orders by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Due {
    /// Some time that day; the day itself is included (T3).
    Day(Day),
    /// At that minute.
    At {
        /// What the clocks of the zone show.
        local: LocalMinute,
        /// The zone in which it was set.
        zone: Zone,
    },
}

impl Due {
    /// The first instant at which the todo is overdue.
    ///
    /// A day: the next midnight in `assignee`, the profile zone of the todo's assignee, for every viewer
    /// (T3, T4). A minute: that instant itself (T5); [`Zone::instant`] tells how skipped and repeated wall
    /// times are resolved (T6). If this build does not know the zone of the minute, the assignee's zone
    /// takes its place.
    pub fn overdue_from(&self, assignee: Zone) -> Timestamp {
        match *self {
            Due::Day(day) => assignee.end_of(day),
            Due::At { local, zone } => zone.or(assignee).instant(local.0),
        }
    }

    /// The day on which it is due for a user in `zone`. A whole day is the same day everywhere.
    pub fn day_in(&self, zone: Zone) -> Day {
        match *self {
            Due::Day(day) => day,
            Due::At { local, zone: set_in } => zone.day_of(set_in.or(zone).instant(local.0)),
        }
    }

    /// Whether this build knows all of it. Another build may have written a zone that this one does not know.
    pub fn is_known(&self) -> bool {
        match self {
            Due::Day(_) => true,
            Due::At { zone, .. } => zone.is_known(),
        }
    }

    /// How urgent a todo with this due is by the clock `judge`.
    ///
    /// The caller passes the clock of the todo's assignee for a day, and the viewer's for a minute (T4).
    pub fn class(&self, judge: &LocalNow) -> Class {
        match self {
            Due::Day(day) => match day.cmp(&judge.today) {
                Ordering::Less => Class::Overdue,
                Ordering::Equal => Class::DueToday,
                Ordering::Greater => Class::Later,
            },
            Due::At { .. } => match self.overdue_from(judge.zone) {
                at if at <= judge.now => Class::Overdue,
                at if at < judge.midnight => Class::DueToday,
                _ => Class::Later,
            },
        }
    }
}

/// How urgent an open todo is at an instant (F32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify), serde(rename_all = "camelCase"))]
pub enum Class {
    /// Its due has passed, perhaps earlier today: red.
    #[n(0)]
    Overdue,
    /// It still expires today: bold.
    #[n(1)]
    DueToday,
    /// It expires on a later day, or never: plain.
    #[n(2)]
    Later,
}

/// A date and time of a clock on the wall, to the minute, in the years of [`Day`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalMinute(NaiveDateTime);

impl LocalMinute {
    /// That hour (0-23) and minute (0-59) of `day`, if there is such a time.
    pub fn new(day: Day, hour: u32, minute: u32) -> Option<Self> {
        NaiveTime::from_hms_opt(hour, minute, 0).map(|time| Self(day.date().and_time(time)))
    }

    /// That hour and minute of `day`; midnight, if there is no such time.
    pub(crate) fn at(day: Day, hour: u8, minute: u8) -> Self {
        let time = NaiveTime::from_hms_opt(hour.into(), minute.into(), 0).unwrap_or(NaiveTime::MIN);
        Self(day.date().and_time(time))
    }

    /// The minute in which `local` lies, if the calendar has its day.
    pub fn of(local: NaiveDateTime) -> Option<Self> {
        Self::new(Day::try_from(local.date()).ok()?, local.hour(), local.minute())
    }

    /// Its day.
    pub fn day(self) -> Day {
        // The calendar has the day of every such minute.
        Day::try_from(self.0.date()).unwrap_or(Day::MIN)
    }

    /// The same time on another day.
    #[must_use]
    pub fn on(self, day: Day) -> Self {
        Self(day.date().and_time(self.0.time()))
    }

    /// It as a chrono date and time.
    pub const fn naive(self) -> NaiveDateTime {
        self.0
    }
}

impl fmt::Display for LocalMinute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M"))
    }
}

impl fmt::Debug for LocalMinute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LocalMinute({self})")
    }
}

/// Text that is not a due in its canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DueError {
    /// It has another form, or names a day or minute that the calendar of 1900 to 9999 does not have.
    #[error("not a due written like 2026-11-22 or 2026-11-22T09:00[Europe/Budapest]")]
    Form,
    /// Its zone cannot be one.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
}

impl fmt::Display for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Due::Day(day) => day.fmt(f),
            Due::At { local, zone } => write!(f, "{local}[{zone}]"),
        }
    }
}

impl FromStr for Due {
    type Err = DueError;

    /// Accepts the canonical text form only, also with a zone of a later build ([`Zone::read`]).
    fn from_str(text: &str) -> Result<Self, DueError> {
        let Some((local, zone)) = text.split_once('[') else {
            return text.parse().map(Due::Day).map_err(|_| DueError::Form);
        };
        let zone = zone.strip_suffix(']').ok_or(DueError::Form)?;
        let local = minute(local).ok_or(DueError::Form)?;
        Ok(Due::At { local, zone: Zone::read(zone)? })
    }
}

text_form!(Due);

fn minute(text: &str) -> Option<LocalMinute> {
    let (day, time) = text.split_once('T')?;
    let [h1, h2, b':', m1, m2] = time.as_bytes() else { return None };
    LocalMinute::new(day.parse().ok()?, number(&[*h1, *h2])?, number(&[*m1, *m2])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn due(text: &str) -> Due {
        text.parse().unwrap()
    }

    fn zone(name: &str) -> Zone {
        name.parse().unwrap()
    }

    /// The instant at which clocks in `zone` show `local`.
    fn at(zone: &str, local: &str) -> Timestamp {
        self::zone(zone).instant(local.parse().unwrap())
    }

    #[test]
    fn a_due_in_a_zone_of_a_later_database_is_kept_and_judged_by_the_assignees_clock() {
        let text = "2026-11-22T09:00[Europe/Newtown]";
        assert_eq!(due(text).to_string(), text);
        assert!(!due(text).is_known() && due("2026-11-22T09:00[Europe/Budapest]").is_known());
        for assignee in ["Europe/Budapest", "Europe/Lisbon", "UTC"] {
            let same = due(&format!("2026-11-22T09:00[{assignee}]"));
            assert_eq!(due(text).overdue_from(zone(assignee)), same.overdue_from(zone(assignee)));
        }
    }

    #[test]
    fn a_due_has_one_text_form_and_refuses_every_other() {
        for text in [
            "2026-11-22",
            "1900-01-01",
            "9999-12-31",
            "2026-11-22T09:00[Europe/Budapest]",
            "2026-11-22T00:00[UTC]",
            "2026-11-22T23:59[America/Argentina/Buenos_Aires]",
        ] {
            assert_eq!(due(text).to_string(), text);
        }
        for text in [
            "",
            "2026-11-22 ",
            "2026-11-22T09:00",
            "2026-11-22T09:00Z",
            "2026-11-22T09:00:00[Europe/Budapest]",
            "2026-11-22T9:00[Europe/Budapest]",
            "2026-11-22T24:00[Europe/Budapest]",
            "2026-11-22T09:60[Europe/Budapest]",
            "2026-11-22T+9:00[Europe/Budapest]",
            "2026-11-22t09:00[Europe/Budapest]",
            "2026-11-22 09:00[Europe/Budapest]",
            "2026-11-22T09:00+01:00[Europe/Budapest]",
            "2026-11-22T09:00[Europe/Budapest",
            "2026-11-22T09:00Europe/Budapest]",
            "2026-11-22[Europe/Budapest]",
            "1899-12-31T09:00[Europe/Budapest]",
            "10000-01-01T09:00[Europe/Budapest]",
        ] {
            assert_eq!(text.parse::<Due>(), Err(DueError::Form), "{text:?}");
        }
        for text in [
            "2026-11-22T09:00[]",
            "2026-11-22T09:00[!Europe/Budapest]",
            "2026-11-22T09:00[Europe/Budapest]]",
            "2026-11-22T09:00[[Europe/Budapest]",
        ] {
            assert_eq!(text.parse::<Due>(), Err(DueError::Zone(UnknownZone)), "{text:?}");
        }
    }

    #[test]
    fn a_due_is_its_text_in_json_and_cbor() {
        let timed = due("2026-11-22T09:00[Europe/Budapest]");
        assert_eq!(serde_json::to_string(&timed).unwrap(), r#""2026-11-22T09:00[Europe/Budapest]""#);
        assert_eq!(minicbor::to_vec(due("2026-11-22")).unwrap(), b"\x6a2026-11-22");
        assert_eq!(minicbor::decode::<Due>(&minicbor::to_vec(timed).unwrap()).unwrap(), timed);
        assert!(minicbor::decode::<Due>(b"\x6a2026-11-32").is_err());
        assert!(serde_json::from_str::<Due>(r#""tomorrow""#).is_err());
    }

    #[test]
    fn a_day_due_is_overdue_from_the_next_local_midnight_of_its_assignee() {
        for name in ["Europe/Lisbon", "Europe/Budapest", "Europe/Bucharest"] {
            for (day, midnight) in [
                ("2026-11-22", "2026-11-23T00:00:00"),
                ("2026-03-28", "2026-03-29T00:00:00"),
                ("2026-03-29", "2026-03-30T00:00:00"),
                ("2026-10-24", "2026-10-25T00:00:00"),
                ("2026-10-25", "2026-10-26T00:00:00"),
                ("2026-12-31", "2027-01-01T00:00:00"),
            ] {
                assert_eq!(due(day).overdue_from(zone(name)), at(name, midnight), "{day} in {name}");
            }
        }
        let lisbon_late = due("2026-11-22").overdue_from(zone("Europe/Lisbon"));
        assert_eq!(lisbon_late, at("Europe/Budapest", "2026-11-23T01:00:00"));
    }

    #[test]
    fn a_minute_is_overdue_from_its_own_instant_whoever_looks() {
        let timed = due("2026-11-22T09:00[Europe/Budapest]");
        for name in ["Europe/Lisbon", "Europe/Budapest", "Europe/Bucharest"] {
            assert_eq!(timed.overdue_from(zone(name)), at("Europe/Budapest", "2026-11-22T09:00:00"));
        }
    }

    #[test]
    fn a_minute_in_the_gap_falls_due_an_hour_later_on_the_wall_and_a_repeated_one_at_first() {
        for (name, gap, shifted, twice) in [
            ("Europe/Lisbon", "01:30", "02:30", "01:30"),
            ("Europe/Budapest", "02:30", "03:30", "02:30"),
            ("Europe/Bucharest", "03:30", "04:30", "03:30"),
        ] {
            let skipped = due(&format!("2026-03-29T{gap}[{name}]")).overdue_from(zone(name));
            assert_eq!(skipped, at(name, &format!("2026-03-29T{shifted}:00")), "{name}");
            let first = due(&format!("2026-10-25T{twice}[{name}]")).overdue_from(zone(name));
            assert_eq!(first, at(name, "2026-10-25T00:00:00").plus_minutes(twice), "{name}");
        }
    }

    impl Timestamp {
        /// `HH:MM` after this instant.
        fn plus_minutes(self, clock: &str) -> Timestamp {
            let (hours, minutes) = clock.split_once(':').unwrap();
            let minutes = hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap();
            Timestamp::from_millis(self.millis() + minutes * 60_000)
        }
    }

    #[test]
    fn the_class_changes_at_the_minute_and_at_midnight_also_on_the_days_of_the_clock_changes() {
        use Class::{DueToday, Later, Overdue};
        for name in ["Europe/Lisbon", "Europe/Budapest", "Europe/Bucharest"] {
            for (eve, day, morrow) in [
                ("2026-11-21", "2026-11-22", "2026-11-23"),
                ("2026-03-28", "2026-03-29", "2026-03-30"),
                ("2026-10-24", "2026-10-25", "2026-10-26"),
            ] {
                let class = |due: &str, local: String| {
                    self::due(due).class(&LocalNow::new(at(name, &local), zone(name)))
                };
                let minute = format!("{day}T00:30[{name}]");
                for (local, of_day, of_minute) in [
                    (format!("{eve}T23:30:00"), Later, Later),
                    (format!("{eve}T23:59:59.999"), Later, Later),
                    (format!("{day}T00:00:00"), DueToday, DueToday),
                    (format!("{day}T00:29:59.999"), DueToday, DueToday),
                    (format!("{day}T00:30:00"), DueToday, Overdue),
                    (format!("{day}T02:30:00"), DueToday, Overdue),
                    (format!("{day}T23:59:59.999"), DueToday, Overdue),
                    (format!("{morrow}T00:00:00"), Overdue, Overdue),
                ] {
                    assert_eq!(class(day, local.clone()), of_day, "day at {local} in {name}");
                    assert_eq!(class(&minute, local.clone()), of_minute, "minute at {local} in {name}");
                }
            }
        }
    }

    #[test]
    fn a_minute_at_midnight_belongs_to_the_day_it_begins() {
        let midnight = due("2026-11-23T00:00[Europe/Budapest]");
        let eve = LocalNow::new(at("Europe/Budapest", "2026-11-22T23:59:00"), zone("Europe/Budapest"));
        assert_eq!(midnight.class(&eve), Class::Later);
        assert_eq!(midnight.day_in(zone("Europe/Budapest")).to_string(), "2026-11-23");
        assert_eq!(midnight.day_in(zone("Europe/Lisbon")).to_string(), "2026-11-22");
        assert_eq!(due("2026-11-22").day_in(zone("Pacific/Auckland")).to_string(), "2026-11-22");
    }

    #[test]
    fn a_local_minute_drops_the_seconds_of_a_wall_time_and_nothing_else() {
        let local = "2026-11-22T09:00:59.9".parse().unwrap();
        assert_eq!(LocalMinute::of(local).unwrap().to_string(), "2026-11-22T09:00");
        assert_eq!(LocalMinute::of("1899-12-31T09:00:00".parse().unwrap()), None);
    }

    fn any_due() -> impl Strategy<Value = Due> {
        let zones = prop::sample::select(vec![
            "Europe/Lisbon",
            "Europe/Budapest",
            "Europe/Bucharest",
            "Pacific/Apia",
        ]);
        (0..60_000, 0..1440_u32, prop::option::of(zones)).prop_map(|(days, minute, zone)| {
            let day = Day::MIN.plus(days);
            match zone {
                None => Due::Day(day),
                Some(name) => Due::At {
                    local: LocalMinute::new(day, minute / 60, minute % 60).unwrap(),
                    zone: self::zone(name),
                },
            }
        })
    }

    proptest! {
        #[test]
        fn a_due_reads_back_from_its_text(due in any_due()) {
            prop_assert_eq!(due.to_string().parse(), Ok(due));
        }

        #[test]
        fn what_reads_as_a_due_is_its_text(text in "[0-9]{4}-[0-2][0-9]-[0-3][0-9](T[0-2][0-9]:[0-6][0-9]\\[(UTC|Europe/Rome)\\])?|.{0,40}") {
            if let Ok(due) = text.parse::<Due>() {
                prop_assert_eq!(due.to_string(), text);
            }
        }

        #[test]
        fn a_due_is_overdue_exactly_from_its_instant_on(due in any_due(), offset in -200_000_000_i64..200_000_000) {
            let budapest = zone("Europe/Budapest");
            let from = due.overdue_from(budapest);
            for shift in [offset, -1, 0, 1] {
                let now = Timestamp::from_millis(from.millis() + shift);
                let class = due.class(&LocalNow::new(now, budapest));
                prop_assert_eq!(class == Class::Overdue, now >= from);
                prop_assert_eq!(
                    class == Class::DueToday,
                    now < from && budapest.day_of(now) == due.day_in(budapest)
                );
            }
        }
    }
}
