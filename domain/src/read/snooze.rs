//! Until when an app offers to snooze a todo (F105).
//!
//! A snooze is a register of the todo like any other, so it reaches every device of its assignee and silences the todo
//! there, too.

use chrono::{DateTime, Timelike};

use crate::value::clock::ClockTime;
use crate::value::due::{Due, LocalMinute};
use crate::value::time::{LocalNow, Timestamp, Zone};

/// A snooze that is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct SnoozeChoice {
    /// Which one: a button's text.
    pub kind: SnoozeKind,
    /// Until when: always a minute.
    pub until: Due,
}

/// Until when a todo may be snoozed by one tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify), serde(rename_all = "camelCase"))]
pub enum SnoozeKind {
    /// For ten minutes.
    TenMinutes,
    /// For an hour.
    AnHour,
    /// Until seven in the evening; offered until six.
    Tonight,
    /// Until nine tomorrow morning.
    Tomorrow,
}

/// The hour of a snooze until tonight, and until which hour it is offered.
const EVENING: (u8, u32) = (19, 18);

/// What lies ahead of the user whose clock this is, the soonest first; no two are the same. Any other minute is the
/// app's to ask for, and [`snooze_until`] reads it.
pub fn snooze_choices(clock: &LocalNow) -> Vec<SnoozeChoice> {
    let choice = |kind, local, zone| SnoozeChoice { kind, until: Due::At { local, zone } };
    let after = |kind, minutes| in_minutes(clock.now, minutes).map(|local| choice(kind, local, Zone::UTC));
    let (hour, until) = EVENING;
    let evening = (clock.zone.local(clock.now).hour() < until).then(|| LocalMinute::at(clock.today, hour, 0));
    let tonight = evening.map(|local| choice(SnoozeKind::Tonight, local, clock.zone));
    let tomorrow = choice(SnoozeKind::Tomorrow, ClockTime::NINE.on(clock.today.plus(1)), clock.zone);
    let relative = [after(SnoozeKind::TenMinutes, 10), after(SnoozeKind::AnHour, 60), tonight];
    relative.into_iter().flatten().chain([tomorrow]).collect()
}

/// The minute until which a todo is snoozed: of a day, nine in the morning in `zone`, the user's profile zone.
pub fn snooze_until(until: Due, zone: Zone) -> (LocalMinute, Zone) {
    match until {
        Due::Day(day) => (ClockTime::NINE.on(day), zone),
        Due::At { local, zone } => (local, zone),
    }
}

/// The minute of UTC that begins so many minutes after now, or next after that; `None` at the end of the calendar.
///
/// Not a time on the user's wall: where clocks are turned back it may be shown twice, and the first of the two would
/// be an hour ago.
fn in_minutes(now: Timestamp, minutes: i64) -> Option<LocalMinute> {
    let minute = now.millis().checked_add(59_999)?.div_euclid(60_000).checked_add(minutes)?;
    let utc = DateTime::from_timestamp_millis(minute.checked_mul(60_000)?)?.naive_utc();
    LocalMinute::of(utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_proposed_lies_ahead_and_differs() {
        use SnoozeKind::{AnHour, TenMinutes, Tomorrow, Tonight};
        let cases: [(&str, &[(SnoozeKind, &str)]); 4] = [
            (
                "2026-11-25T09:00:30",
                &[
                    (TenMinutes, "2026-11-25T08:11[UTC]"),
                    (AnHour, "2026-11-25T09:01[UTC]"),
                    (Tonight, "2026-11-25T19:00[Europe/Budapest]"),
                    (Tomorrow, "2026-11-26T09:00[Europe/Budapest]"),
                ],
            ),
            (
                "2026-11-25T18:00:00",
                &[
                    (TenMinutes, "2026-11-25T17:10[UTC]"),
                    (AnHour, "2026-11-25T18:00[UTC]"),
                    (Tomorrow, "2026-11-26T09:00[Europe/Budapest]"),
                ],
            ),
            // The hour between two and three comes twice, and it is the first time.
            (
                "2026-10-25T02:55:00",
                &[
                    (TenMinutes, "2026-10-25T01:05[UTC]"),
                    (AnHour, "2026-10-25T01:55[UTC]"),
                    (Tonight, "2026-10-25T19:00[Europe/Budapest]"),
                    (Tomorrow, "2026-10-26T09:00[Europe/Budapest]"),
                ],
            ),
            (
                "2026-11-26T00:10:00",
                &[
                    (TenMinutes, "2026-11-25T23:20[UTC]"),
                    (AnHour, "2026-11-26T00:10[UTC]"),
                    (Tonight, "2026-11-26T19:00[Europe/Budapest]"),
                    (Tomorrow, "2026-11-27T09:00[Europe/Budapest]"),
                ],
            ),
        ];
        let zone: Zone = "Europe/Budapest".parse().unwrap();
        for (now, expected) in cases {
            let now = LocalNow::new(zone.instant(now.parse().unwrap()), zone);
            let choices = snooze_choices(&now);
            let told: Vec<_> = choices.iter().map(|choice| (choice.kind, choice.until.to_string())).collect();
            let expected: Vec<_> =
                expected.iter().map(|(kind, until)| (*kind, (*until).to_owned())).collect();
            assert_eq!(told, expected);
            let instants: Vec<_> = choices.iter().map(|choice| choice.until.overdue_from(zone)).collect();
            assert!(instants.is_sorted_by(|one, other| one < other) && instants[0] > now.now);
        }
    }

    #[test]
    fn a_day_is_snoozed_until_nine_in_the_morning_and_a_minute_until_itself() {
        let zone: Zone = "Europe/Lisbon".parse().unwrap();
        for (until, expected) in [
            ("2026-11-30", "2026-11-30T09:00[Europe/Lisbon]"),
            ("2026-11-30T10:30[Europe/Budapest]", "2026-11-30T10:30[Europe/Budapest]"),
        ] {
            let (local, zone) = snooze_until(until.parse().unwrap(), zone);
            assert_eq!(Due::At { local, zone }.to_string(), expected);
        }
    }

    #[test]
    fn at_the_end_of_time_nothing_is_proposed_that_the_calendar_does_not_have() {
        let choices = snooze_choices(&LocalNow::new(Timestamp::from_millis(i64::MAX), Zone::UTC));
        let kinds: Vec<_> = choices.iter().map(|choice| choice.kind).collect();
        assert_eq!(kinds, [SnoozeKind::Tonight, SnoozeKind::Tomorrow]);
    }
}
