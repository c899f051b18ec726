//! How often a todo comes again (T7). The device that closes a todo makes the next one (`crate::crm::series`).

use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

use chrono::{Datelike, Months};

use crate::value::text_form::text_form;
use crate::value::time::{Day, number};

/// The most units that may lie between two todos of a series.
pub const MAX_EVERY: u16 = 999;

/// The days that not every month has.
const LATE_DAYS: std::ops::RangeInclusive<u8> = 29..=31;

/// Every so many days, weeks, months or years; its text form is `1d`, `2w`, `3m`, `1y`, or `1m/31` in a month without
/// that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recurrence {
    every: NonZeroU16,
    unit: RepeatUnit,
    /// The day of the month that the series is on, 29 to 31, while it stands on an earlier one because the month has
    /// no such day. After 28 February comes 31 March again.
    late_day: Option<u8>,
}

/// The unit of a [`Recurrence`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(
    feature = "web",
    derive(serde::Serialize, serde::Deserialize, tsify::Tsify),
    serde(rename_all = "camelCase")
)]
pub enum RepeatUnit {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months; a day that a month does not have is its last day.
    Month,
    /// Years.
    Year,
}

/// Text that is not a [`Recurrence`] in its canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a recurrence written like 1d, 2w, 3m or 1y")]
pub struct RecurrenceError;

text_form!(Recurrence);

impl Recurrence {
    /// Every so many units, 1 to [`MAX_EVERY`].
    pub fn new(every: u16, unit: RepeatUnit) -> Option<Self> {
        let every = NonZeroU16::new(every).filter(|every| every.get() <= MAX_EVERY)?;
        Some(Self { every, unit, late_day: None })
    }

    /// The same in a month that does not have the day of the series, 29 to 31; of months and years alone.
    pub fn on_late_day(self, day: u8) -> Option<Self> {
        let may_have = matches!(self.unit, RepeatUnit::Month | RepeatUnit::Year) && LATE_DAYS.contains(&day);
        may_have.then_some(Self { late_day: Some(day), ..self })
    }

    /// How many units lie between two todos, 1 to [`MAX_EVERY`].
    pub const fn every(&self) -> u16 {
        self.every.get()
    }

    /// The unit.
    pub const fn unit(&self) -> RepeatUnit {
        self.unit
    }

    /// The day of the month that the series is on, if it stands on an earlier one.
    pub const fn late_day(&self) -> Option<u8> {
        self.late_day
    }

    /// The first day of the series after `last` that is not before `today`, and how it goes on from there; `None` at the
    /// end of the calendar.
    ///
    /// So who is three weeks late with what is to be done every week gets it once, not three times.
    pub fn next(&self, last: Day, today: Day) -> Option<(Day, Self)> {
        let every = u32::from(self.every.get());
        match self.unit {
            RepeatUnit::Day => self.next_by_days(last, today, every),
            RepeatUnit::Week => self.next_by_days(last, today, every.saturating_mul(7)),
            RepeatUnit::Month => self.next_by_months(last, today, every),
            RepeatUnit::Year => self.next_by_months(last, today, every.saturating_mul(12)),
        }
    }

    fn next_by_days(&self, last: Day, today: Day, step: u32) -> Option<(Day, Self)> {
        let behind = u32::try_from((today.date() - last.date()).num_days()).unwrap_or(0);
        let steps = behind.div_ceil(step).max(1);
        let date = last.date().checked_add_days(chrono::Days::new(u64::from(steps) * u64::from(step)))?;
        Some((Day::try_from(date).ok()?, *self))
    }

    fn next_by_months(&self, last: Day, today: Day, step: u32) -> Option<(Day, Self)> {
        let months = |day: Day| day.date().year() * 12 + day.date().month0().cast_signed();
        let behind = u32::try_from(months(today) - months(last)).unwrap_or(0);
        let steps = behind.div_ceil(step).max(1);
        let day = self.after_months(last, steps.checked_mul(step)?)?;
        // In the month of today the day itself may be past.
        if day.0 < today {
            self.after_months(last, steps.checked_add(1)?.checked_mul(step)?)
        } else {
            Some(day)
        }
    }

    fn after_months(&self, last: Day, months: u32) -> Option<(Day, Self)> {
        let wanted = self.late_day.map_or_else(|| last.date().day(), u32::from);
        // The first of a month, so that nothing is clamped on the way.
        let month = last.month_start().date().checked_add_months(Months::new(months))?;
        let date = (wanted.min(28)..=wanted).rev().find_map(|day| month.with_day(day))?;
        let late_day = (date.day() != wanted).then(|| u8::try_from(wanted).ok()).flatten();
        Some((Day::try_from(date).ok()?, Self { late_day, ..*self }))
    }
}

impl RepeatUnit {
    const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Year];

    const fn letter(self) -> char {
        match self {
            Self::Day => 'd',
            Self::Week => 'w',
            Self::Month => 'm',
            Self::Year => 'y',
        }
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.every, self.unit.letter())?;
        self.late_day.map_or(Ok(()), |day| write!(f, "/{day}"))
    }
}

impl FromStr for Recurrence {
    type Err = RecurrenceError;

    /// Accepts the canonical text form only.
    fn from_str(text: &str) -> Result<Self, RecurrenceError> {
        let read = || {
            let (text, late_day) = match text.split_once('/') {
                None => (text, None),
                Some((text, day)) if day.len() == 2 => {
                    (text, Some(u8::try_from(number(day.as_bytes())?).ok()?))
                }
                Some(_) => return None,
            };
            let unit = RepeatUnit::ALL.into_iter().find(|unit| text.ends_with(unit.letter()))?;
            let digits = text.strip_suffix(unit.letter())?;
            let is_canonical = (1..=3).contains(&digits.len()) && !digits.starts_with('0');
            let every = number(digits.as_bytes()).filter(|_| is_canonical)?;
            let rule = Self::new(u16::try_from(every).ok()?, unit)?;
            late_day.map_or(Some(rule), |day| rule.on_late_day(day))
        };
        read().ok_or(RecurrenceError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn next(rule: &str, last: &str, today: &str) -> String {
        let found = rule.parse::<Recurrence>().unwrap().next(last.parse().unwrap(), today.parse().unwrap());
        found.map_or(String::new(), |(day, rule)| format!("{day} {rule}"))
    }

    #[test]
    fn a_recurrence_has_one_text_form_and_refuses_every_other() {
        for text in ["1d", "2w", "3m", "1y", "999d", "1m/31", "1m/29", "2y/29"] {
            assert_eq!(text.parse::<Recurrence>().unwrap().to_string(), text);
        }
        for text in ["", "d", "0d", "01d", "1000d", "1", "1 d", "1D", "1h", "-1d", "daily", "1dw", "é"] {
            assert_eq!(text.parse::<Recurrence>(), Err(RecurrenceError), "{text:?}");
        }
        for text in ["1m/28", "1m/32", "1m/", "1m/031", "1w/31", "1d/29", "/31", "1m/31/31", "1/31m", "1m/-1"]
        {
            assert_eq!(text.parse::<Recurrence>(), Err(RecurrenceError), "{text:?}");
        }
    }

    #[test]
    fn the_next_day_is_one_step_after_the_last_however_early_that_was_done() {
        for (rule, last, today, expected) in [
            ("1d", "2026-11-30", "2026-11-30", "2026-12-01 1d"),
            ("2w", "2026-11-30", "2026-11-25", "2026-12-14 2w"),
            ("3m", "2026-11-30", "2026-11-25", "2027-02-28 3m/30"),
            ("1y", "2026-11-30", "2026-11-25", "2027-11-30 1y"),
        ] {
            assert_eq!(next(rule, last, today), expected, "{rule} after {last}");
        }
    }

    #[test]
    fn what_was_missed_is_passed_over_and_what_falls_on_today_is_not() {
        for (rule, last, today, expected) in [
            ("1d", "2026-11-01", "2026-11-30", "2026-11-30 1d"),
            ("1w", "2026-11-02", "2026-11-24", "2026-11-30 1w"),
            ("1w", "2026-11-02", "2026-11-23", "2026-11-23 1w"),
            ("2w", "2026-11-02", "2026-11-23", "2026-11-30 2w"),
            ("1m", "2026-01-15", "2026-11-15", "2026-11-15 1m"),
            ("1m", "2026-01-15", "2026-11-16", "2026-12-15 1m"),
            ("3m", "2026-01-15", "2026-11-30", "2027-01-15 3m"),
            ("1y", "1900-03-01", "2026-11-30", "2027-03-01 1y"),
        ] {
            assert_eq!(next(rule, last, today), expected, "{rule} after {last} on {today}");
        }
    }

    #[test]
    fn a_series_on_the_last_days_of_a_month_comes_back_to_its_day() {
        for (rule, last, expected) in [
            ("1m", "2027-01-31", "2027-02-28 1m/31"),
            ("1m/31", "2027-02-28", "2027-03-31 1m"),
            ("1m/31", "2027-03-31", "2027-04-30 1m/31"),
            ("1m/29", "2027-02-28", "2027-03-29 1m"),
            ("1y", "2028-02-29", "2029-02-28 1y/29"),
            ("1y/29", "2031-02-28", "2032-02-29 1y"),
        ] {
            assert_eq!(next(rule, last, last), expected, "{rule} after {last}");
        }
    }

    #[test]
    fn a_series_ends_with_the_calendar() {
        assert_eq!(next("1d", "9999-12-31", "2026-11-30"), "");
        assert_eq!(next("999y", "9500-01-01", "2026-11-30"), "");
        assert_eq!(next("1d", "1900-01-01", "9999-12-31"), "9999-12-31 1d");
        assert_eq!(next("999y", "1900-01-01", "9999-12-31"), "");
    }

    fn day() -> impl Strategy<Value = Day> {
        (0..2_900_000_i32).prop_map(|days| Day::MIN.plus(days))
    }

    fn rule() -> impl Strategy<Value = Recurrence> {
        let unit = prop::sample::select(&RepeatUnit::ALL[..]);
        (1..=MAX_EVERY, unit).prop_map(|(every, unit)| Recurrence::new(every, unit).unwrap())
    }

    proptest! {
        #[test]
        fn the_next_day_is_the_first_of_those_one_after_another(rule in rule(), last in day(), ahead in 0..3_000_i32) {
            let today = last.plus(ahead);
            // One step at a time, as somebody would who is never late.
            let (mut at, mut one) = (last, rule);
            let expected = loop {
                match one.next(at, Day::MIN) {
                    Some((day, next)) if day < today => (at, one) = (day, next),
                    found => break found,
                }
            };
            prop_assert_eq!(rule.next(last, today), expected);
        }
    }
}
