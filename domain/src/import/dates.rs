//! Dates and times as spreadsheets write them in English, Hungarian and Romanian (T22).

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};

use super::problem::Reason;
use crate::value::due::{Due, LocalMinute};
use crate::value::time::{Day, Timestamp, Zone};

/// Which number comes first in dates like 03/04/2026, which end with the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// 3 April: Europe.
    DayFirst,
    /// 4 March: the United States.
    MonthFirst,
}

/// What a cell says about when something was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// The instant; of a cell without a time, the first of its day.
    pub at: Timestamp,
    /// The day, where the import is made.
    pub day: Day,
}

/// Reads a date with or without a time and an offset from UTC; one without an offset is by the clocks of
/// `zone`.
///
/// A date with the year first (`2026-11-22`, `2026. 11. 22.`, `2026/11/22`), or with points and the day
/// first (`22.11.2026`), has one meaning. With slashes or hyphens and the year last (`03/04/2026`) a
/// number over 12 decides, else `order`. A year of two digits makes no date.
pub(super) fn moment(text: &str, order: Option<DateOrder>, zone: Zone) -> Result<Moment, Reason> {
    let (day, time) = written(text, order)?;
    let Some((time, offset)) = time else { return Ok(Moment { at: zone.start_of(day), day }) };
    let local = day.date().and_time(time);
    let at = match offset {
        None => zone.instant(local),
        Some(offset) => instant(local, offset)?,
    };
    Ok(Moment { at, day: zone.day_of(at) })
}

/// Reads a date with a time as what the clocks of `zone` show then; without an offset as it is written.
pub(super) fn minute(text: &str, order: Option<DateOrder>, zone: Zone) -> Result<Due, Reason> {
    let (day, time) = written(text, order)?;
    // Midnight was not said.
    let (time, offset) = time.ok_or(Reason::NoTime)?;
    let written = day.date().and_time(time);
    let local = match offset {
        None => written,
        Some(offset) => zone.local(instant(written, offset)?),
    };
    let local = LocalMinute::of(local).ok_or(Reason::Date)?;
    Ok(Due::At { local, zone })
}

/// The day of a cell, and its time of day, if it says one, with its offset from UTC, if it says one.
fn written(text: &str, order: Option<DateOrder>) -> Result<(Day, Option<WrittenTime>), Reason> {
    let (date, rest) = written_date(text).ok_or(Reason::Date)?;
    let day = date.day(order)?;
    match rest.trim() {
        "" => Ok((day, None)),
        rest => Ok((day, Some(time(rest).ok_or(Reason::Date)?))),
    }
}

/// A time of day, and its offset from UTC if it says one.
type WrittenTime = (NaiveTime, Option<TimeDelta>);

fn instant(local: NaiveDateTime, offset: TimeDelta) -> Result<Timestamp, Reason> {
    let utc = local.checked_sub_signed(offset).ok_or(Reason::Date)?;
    Day::try_from(utc.date()).map_err(|_| Reason::Date)?;
    Ok(Zone::UTC.instant(utc))
}

/// What the dates of one column tell about their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Votes {
    day_first: bool,
    month_first: bool,
    either: bool,
}

impl Votes {
    /// Counts what a cell tells.
    pub(super) fn count(&mut self, text: &str) {
        let Some((WrittenDate { form: Form::YearLast, numbers: [one, two, year] }, _)) = written_date(text)
        else {
            return;
        };
        // A cell such as 13/04/2026 has one reading only, so it tells how the whole column is meant.
        match (day(year, two, one), day(year, one, two)) {
            (Some(_), None) => self.day_first = true,
            (None, Some(_)) => self.month_first = true,
            // 04/04/2026 is the same day either way: nothing is left to decide.
            (one, other) => self.either |= one != other,
        }
    }

    /// The order of the whole column; `None` if nothing tells, or it contradicts itself.
    pub(super) fn order(&self) -> Option<DateOrder> {
        match (self.day_first, self.month_first) {
            (true, false) => Some(DateOrder::DayFirst),
            (false, true) => Some(DateOrder::MonthFirst),
            // No majority is taken: a date that is read wrongly is worse than one that the user is asked
            // about.
            _ => None,
        }
    }

    /// Whether the column has dates that can be read both ways, and does not tell which is meant.
    pub(super) fn is_undecided(&self) -> bool {
        self.either && self.order().is_none()
    }
}

/// Three numbers, in the order written.
struct WrittenDate {
    form: Form,
    numbers: [u32; 3],
}

/// Which of the numbers is what.
enum Form {
    YearFirst,
    DayFirst,
    YearLast,
}

impl WrittenDate {
    fn day(&self, order: Option<DateOrder>) -> Result<Day, Reason> {
        let [first, second, third] = self.numbers;
        let day_first = day(third, second, first);
        match self.form {
            Form::YearFirst => day(first, second, third),
            Form::DayFirst => day_first,
            Form::YearLast => match (day_first, day(third, first, second)) {
                (Some(one), Some(other)) if one != other => match order.ok_or(Reason::AmbiguousDate)? {
                    DateOrder::DayFirst => Some(one),
                    DateOrder::MonthFirst => Some(other),
                },
                (one, other) => one.or(other),
            },
        }
        .ok_or(Reason::Date)
    }
}

fn day(year: u32, month: u32, day: u32) -> Option<Day> {
    Day::new(i32::try_from(year).ok()?, month, day)
}

/// The date with which a text begins, and what follows it.
fn written_date(text: &str) -> Option<(WrittenDate, &str)> {
    let (first, rest) = digits(text.trim_start())?;
    let rest = rest.trim_start();
    let mark = rest.chars().next().filter(|mark| matches!(mark, '.' | '/' | '-'))?;
    let (second, rest) = digits(rest.strip_prefix(mark)?.trim_start())?;
    // Both marks must be the same: `1-2/2026` is rather a house or part number.
    let (third, rest) = digits(rest.trim_start().strip_prefix(mark)?.trim_start())?;
    let form = match (first.len(), second.len(), third.len()) {
        (4, 1..=2, 1..=2) => Form::YearFirst,
        // Hardly anybody writes points with the month first, so points need no question.
        (1..=2, 1..=2, 4) if mark == '.' => Form::DayFirst,
        (1..=2, 1..=2, 4) => Form::YearLast,
        _ => return None,
    };
    // Hungarian dates end with a point: `2026. 11. 22.`
    let rest = if mark == '.' { rest.strip_prefix('.').unwrap_or(rest) } else { rest };
    let numbers = [value(first)?, value(second)?, value(third)?];
    Some((WrittenDate { form, numbers }, rest))
}

fn time(text: &str) -> Option<WrittenTime> {
    // ISO 8601 puts a `T` between date and time, English exports put a comma.
    let text = text.strip_prefix(['T', 't', ',']).unwrap_or(text);
    let (hour, rest) = digits(text.trim_start()).filter(|(hour, _)| hour.len() <= 2)?;
    let (minute, mut rest) = two_digits(rest.strip_prefix(':')?)?;
    let (mut second, mut milli) = (0, 0);
    if let Some(seconds) = rest.strip_prefix(':') {
        (second, rest) = two_digits(seconds)?;
        if let Some(fraction) = rest.strip_prefix(['.', ',']) {
            let (fraction, after) = digits(fraction)?;
            // `.5` is half a second: a fraction has as many digits as its program likes.
            milli = value(format!("{fraction}00").get(..3)?)?;
            rest = after;
        }
    }
    let (hour, rest) = half_day(value(hour)?, rest.trim_start())?;
    let offset = if rest.is_empty() { None } else { Some(offset(rest)?) };
    Some((NaiveTime::from_hms_milli_opt(hour, minute, second, milli)?, offset))
}

/// The hour (0-23) of an hour followed by AM or PM, or by neither, and what follows.
fn half_day(hour: u32, rest: &str) -> Option<(u32, &str)> {
    let Some((half, after)) = rest.split_at_checked(2) else { return Some((hour, rest)) };
    let noon = match half {
        "AM" | "am" => 0,
        "PM" | "pm" => 12,
        _ => return Some((hour, rest)),
    };
    // 12 AM is midnight and 12 PM is noon, so 12 counts as 0.
    (1..=12).contains(&hour).then_some((hour % 12 + noon, after.trim_start()))
}

/// `Z`, `UTC`, `+02:00`, `+0200` or `+02`.
fn offset(text: &str) -> Option<TimeDelta> {
    if matches!(text, "Z" | "z" | "UTC") {
        return Some(TimeDelta::zero());
    }
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        // Some programs write the minus sign of print in place of a hyphen.
        None => (-1, text.strip_prefix(['-', '\u{2212}'])?),
    };
    let (hours, rest) = two_digits(rest)?;
    let (minutes, rest) =
        if rest.is_empty() { (0, "") } else { two_digits(rest.strip_prefix(':').unwrap_or(rest))? };
    // Real zones end at 14 hours; 18 is the widest offset that common libraries write.
    let is_offset = rest.is_empty() && hours <= 18 && minutes < 60;
    is_offset.then(|| TimeDelta::minutes(sign * i64::from(hours * 60 + minutes)))
}

fn two_digits(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| value(digits)).flatten().map(|number| (number, rest))
}

/// The digits with which a text begins, at least one, and what follows.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())
}

fn value(digits: &str) -> Option<u32> {
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn budapest() -> Zone {
        "Europe/Budapest".parse().unwrap()
    }

    fn read(text: &str) -> Result<String, Reason> {
        read_as(text, None)
    }

    fn read_as(text: &str, order: Option<DateOrder>) -> Result<String, Reason> {
        moment(text, order, budapest()).map(|moment| format!("{} {}", moment.day, Zone::UTC.local(moment.at)))
    }

    #[test]
    fn an_instant_with_an_offset_is_that_instant_and_its_day_is_the_importers() {
        for text in
            ["2024-08-13T22:04:34.66+00:00", "2024-08-13T22:04:34.660Z", "2024-08-14 00:04:34.66 +0200"]
        {
            assert_eq!(read(text).as_deref(), Ok("2024-08-14 2024-08-13 22:04:34.660"), "{text}");
        }
        assert_eq!(read("2024-08-13T18:04-05").as_deref(), Ok("2024-08-14 2024-08-13 23:04:00"));
    }

    #[test]
    fn a_time_without_an_offset_is_by_the_clocks_of_the_importer() {
        for text in ["2026-11-22 09:05", "2026. 11. 22. 9:05", "22.11.2026, 9:05:00", "11/22/2026 9:05 AM"] {
            assert_eq!(read(text).as_deref(), Ok("2026-11-22 2026-11-22 08:05:00"), "{text}");
        }
        assert_eq!(read("2026-11-22T12:30 PM").as_deref(), Ok("2026-11-22 2026-11-22 11:30:00"));
        assert_eq!(read("2026-11-22T12:30 AM").as_deref(), Ok("2026-11-22 2026-11-21 23:30:00"));
    }

    #[test]
    fn a_minute_is_what_the_clocks_of_the_importer_show_and_a_date_alone_is_none() {
        let minute = |text| minute(text, None, budapest()).map(|due| due.to_string());
        for text in
            ["2026-11-22 09:05", "22.11.2026, 9:05:59", "2026-11-22T08:05Z", "2026-11-22T03:05:30-05:00"]
        {
            assert_eq!(minute(text).as_deref(), Ok("2026-11-22T09:05[Europe/Budapest]"), "{text}");
        }
        // The clocks skip it; what was written stays, as in a due.
        assert_eq!(minute("2026-03-29 02:30").as_deref(), Ok("2026-03-29T02:30[Europe/Budapest]"));
        assert_eq!(minute("2026-11-22"), Err(Reason::NoTime));
        assert_eq!(minute("2026-11-22T25:00"), Err(Reason::Date));
        assert_eq!(minute("03/04/2026 9:05"), Err(Reason::AmbiguousDate));
        assert_eq!(minute("9999-12-31T23:30-05:00"), Err(Reason::Date));
    }

    #[test]
    fn a_date_alone_is_its_day_from_the_first_instant_on() {
        for text in [
            "2026-11-22",
            "2026. 11. 22.",
            "2026.11.22",
            " 2026/11/22 ",
            "22.11.2026",
            "22. 11. 2026.",
            "22/11/2026",
            "11-22-2026",
        ] {
            assert_eq!(read(text).as_deref(), Ok("2026-11-22 2026-11-21 23:00:00"), "{text}");
        }
        assert_eq!(read("03/03/2026").as_deref(), Ok("2026-03-03 2026-03-02 23:00:00"));
        assert_eq!(read("3.4.2026").as_deref(), Ok("2026-04-03 2026-04-02 22:00:00"));
    }

    #[test]
    fn day_and_month_that_could_be_either_are_not_guessed() {
        assert_eq!(read("03/04/2026"), Err(Reason::AmbiguousDate));
        assert_eq!(read("3-4-2026"), Err(Reason::AmbiguousDate));
        assert_eq!(read_as("03/04/2026", Some(DateOrder::DayFirst)).unwrap()[..10], *"2026-04-03");
        assert_eq!(read_as("03/04/2026", Some(DateOrder::MonthFirst)).unwrap()[..10], *"2026-03-04");
    }

    #[test]
    fn a_column_tells_its_order_by_the_dates_that_have_only_one() {
        let votes = |cells: &[&str]| {
            let mut votes = Votes::default();
            cells.iter().for_each(|cell| votes.count(cell));
            (votes.order(), votes.is_undecided())
        };
        assert_eq!(votes(&["03/04/2026", "25/04/2026"]), (Some(DateOrder::DayFirst), false));
        assert_eq!(votes(&["04/25/2026 10:00", "03/04/2026"]), (Some(DateOrder::MonthFirst), false));
        assert_eq!(votes(&["03/04/2026", "04/25/2026", "25/04/2026"]), (None, true));
        assert_eq!(votes(&["03/04/2026", "03/03/2026", "13.4.2026"]), (None, true));
        assert_eq!(votes(&["2026-03-04", "rubbish", ""]), (None, false));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "soon",
            "2026",
            "2026-11",
            "2026-02-29",
            "29/02/2026",
            "31.11.2026",
            "22.11.26",
            "1899-12-31",
            "20261122",
            "2026-11.22",
            "2026-11-22T",
            "2026-11-22T25:00",
            "2026-11-22T09",
            "2026-11-22T09:5",
            "2026-11-22T09:05+99:00",
            "2026-11-22T09:05 CET",
            "2026-11-22 13:05 PM",
            "2026-11-22x",
            "0000-00-00",
            "2026-11-22T09:05:06.",
            "45618",
            "٢٠٢٦-١١-٢٢",
            "99999999999999-1-1",
        ] {
            assert_eq!(read(text), Err(Reason::Date), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9./: TZ+é-]{0,24}") {
            let _ = moment(&text, None, budapest());
            let _ = minute(&text, None, budapest());
            Votes::default().count(&text);
        }
    }
}
