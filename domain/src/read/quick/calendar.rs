//! The days that phrases mean, counted from today.

use chrono::{Datelike, Months, TimeDelta};

use super::mention::Kind;
use crate::value::due::{Due, LocalMinute};
use crate::value::time::{Day, LocalNow, Timestamp};

/// A day without a year that lies further ahead has passed not long ago: it is rather the past one.
const AHEAD: i64 = 300;

/// A due further ahead is rather a slip.
const YEARS: u32 = 5;

/// The day of the week: 0 is Monday.
pub(super) fn weekday(day: Day) -> u32 {
    day.date().weekday().num_days_from_monday()
}

fn plus(day: Day, days: u32) -> Day {
    day.plus(i32::try_from(days).unwrap_or(i32::MAX))
}

/// The next such day after today.
pub(super) fn coming(today: Day, weekday: u32) -> Day {
    let ahead = (7 + weekday - self::weekday(today)) % 7;
    plus(today, if ahead == 0 { 7 } else { ahead })
}

/// That day of the next week, which begins on Monday. Who says "next" of tomorrow rather means another.
pub(super) fn next_week(today: Day, weekday: u32) -> Option<Day> {
    Some(plus(today.monday(), 7 + weekday)).filter(|day| *day > today.plus(1))
}

/// That day of next week where nobody can mean another: this week's is not ahead. On a Sunday, nobody agrees which
/// week is the next one.
pub(super) fn undisputed_next(today: Day, weekday: u32) -> Option<Day> {
    let now = self::weekday(today);
    let is_agreed = weekday <= now && (now < 6 || weekday == 6);
    next_week(today, weekday).filter(|_| is_agreed)
}

/// That day of this week, if it is ahead.
pub(super) fn this_week(today: Day, weekday: u32) -> Option<Day> {
    Some(plus(today.monday(), weekday)).filter(|day| *day > today)
}

/// A day of a month, of a year or the next such day.
pub(super) fn date(today: Day, year: Option<u32>, month: u32, day: u32) -> Kind {
    let this = today.date().year();
    let of = |year: i32| Day::new(year, month, day);
    let found = match year {
        Some(year) => i32::try_from(year).ok().and_then(of),
        None => of(this).filter(|day| *day >= today).or_else(|| of(this + 1)),
    };
    match found {
        Some(day) if day < today => Kind::Aside,
        Some(day) if year.is_none() && (day.date() - today.date()).num_days() > AHEAD => Kind::Aside,
        Some(day) => near(today, day),
        None => Kind::Doubt,
    }
}

/// The next day with that number, after today.
pub(super) fn month_day(today: Day, day: u32) -> Kind {
    let date = today.date();
    let found = if day > date.day() {
        date.with_day(day)
    } else {
        date.with_day(1)
            .and_then(|first| first.checked_add_months(Months::new(1)))
            .and_then(|next| next.with_day(day))
    };
    let found = found.filter(|found| *found != date && day != date.day());
    found.and_then(|date| Day::try_from(date).ok()).map_or(Kind::Doubt, |day| near(today, day))
}

/// That day of the next month.
pub(super) fn next_month_day(today: Day, day: u32) -> Kind {
    let next = today.month_start().date().checked_add_months(Months::new(1));
    let found = next.and_then(|next| next.with_day(day)).and_then(|date| Day::try_from(date).ok());
    found.map_or(Kind::Doubt, |day| near(today, day))
}

/// The last day of this month.
pub(super) fn month_end(today: Day) -> Kind {
    last_day(today, None, today.date().month())
}

/// The last day of the year.
pub(super) fn year_end(today: Day, year: Option<u32>) -> Kind {
    last_day(today, year, 12)
}

/// The last day of a month: of that year, or of the next month with that number.
pub(super) fn last_day(today: Day, year: Option<u32>, month: u32) -> Kind {
    let this = today.date();
    let next = if month < this.month() { this.year() + 1 } else { this.year() };
    let found = match year.map(i32::try_from) {
        None => last_day_of(today, next, month),
        Some(Ok(year)) => last_day_of(today, year, month),
        Some(Err(_)) => Kind::Doubt,
    };
    match found {
        Kind::Date(day) if day < today => Kind::Aside,
        Kind::Date(day) if year.is_none() && (day.date() - this).num_days() > AHEAD => Kind::Aside,
        found => found,
    }
}

fn last_day_of(today: Day, year: i32, month: u32) -> Kind {
    let next = Day::new(year, month, 1).and_then(|first| first.date().checked_add_months(Months::new(1)));
    let last = next.and_then(|next| next.pred_opt()).and_then(|date| Day::try_from(date).ok());
    last.map_or(Kind::Doubt, |last| near(today, last))
}

/// A day of the week of a month: the first to the fourth, or the last (5).
pub(super) fn nth_weekday(today: Day, month: u32, nth: u32, weekday: u32) -> Kind {
    let found = |year: i32| {
        let Kind::Date(last) = last_day_of(today, year, month) else { return None };
        let first = last.month_start();
        let ahead = (7 + weekday - self::weekday(first)) % 7;
        let back = (7 + self::weekday(last) - weekday) % 7;
        Some(if nth > 4 { last.plus(-i32::try_from(back).ok()?) } else { plus(first, ahead + 7 * (nth - 1)) })
    };
    let this = today.date().year();
    let found = found(this).filter(|day| *day >= today).or_else(|| found(this + 1));
    found.map_or(Kind::Doubt, |day| near(today, day))
}

fn working_days(today: Day, count: u32) -> Kind {
    let days = (1..).map(|days| plus(today, days)).filter(|day| weekday(*day) < 5);
    let nth = usize::try_from(count.saturating_sub(1)).unwrap_or(usize::MAX);
    days.take(30).nth(nth).map_or(Kind::Doubt, |day| near(today, day))
}

fn near(today: Day, day: Day) -> Kind {
    let last = today.date().checked_add_months(Months::new(12 * YEARS));
    if last.is_some_and(|last| day.date() <= last) { Kind::Date(day) } else { Kind::Doubt }
}

/// A unit in which is counted how far ahead a due is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    /// A day from Monday to Friday. Feasts are not known here, so only few are counted.
    WorkingDay,
    Week,
    Month,
    /// Nobody says to the day what is in a year.
    Year,
}

/// So many units from now: a day, or a minute.
pub(super) fn ahead(clock: &LocalNow, count: u32, unit: Unit) -> Kind {
    let today = clock.today;
    let days =
        |days: u32| if (1..=2000).contains(&days) { near(today, plus(today, days)) } else { Kind::Doubt };
    match unit {
        Unit::Minute => minutes(clock, count),
        Unit::Hour => minutes(clock, count.saturating_mul(60)),
        Unit::Day => days(count),
        Unit::WorkingDay if (1..=10).contains(&count) => working_days(today, count),
        Unit::Week => days(count.saturating_mul(7)),
        // The last days of a month are clamped (T7).
        Unit::Month if (1..=60).contains(&count) => today
            .date()
            .checked_add_months(Months::new(count))
            .and_then(|date| Day::try_from(date).ok())
            .map_or(Kind::Doubt, |day| near(today, day)),
        Unit::WorkingDay | Unit::Month | Unit::Year => Kind::Doubt,
    }
}

/// So many days or weeks after a day.
pub(super) fn after(clock: &LocalNow, start: Day, count: u32, unit: Unit) -> Kind {
    let days = match unit {
        Unit::Day => count,
        Unit::Week => count.saturating_mul(7),
        _ => 0,
    };
    if (1..=2000).contains(&days) { near(clock.today, plus(start, days)) } else { Kind::Doubt }
}

/// At most two days ahead: more minutes or hours are rather something else.
fn minutes(clock: &LocalNow, count: u32) -> Kind {
    let millis = TimeDelta::minutes(i64::from(count)).num_milliseconds();
    let then = Timestamp::from_millis(clock.now.millis().saturating_add(millis));
    let local = LocalMinute::of(clock.zone.local(then)).filter(|_| (1..=48 * 60).contains(&count));
    local.map_or(Kind::Doubt, Kind::Minute)
}

/// The due at this hour and minute of `day`, if that is ahead.
pub(super) fn at(clock: &LocalNow, day: Day, (hour, minute): (u32, u32)) -> Option<Due> {
    let local = LocalMinute::new(day, hour, minute)?;
    (clock.zone.instant(local.naive()) > clock.now).then_some(Due::At { local, zone: clock.zone })
}
