//! The due that a line has, if nothing is in doubt.

use chrono::{Datelike, Timelike};

use super::context::Context;
use super::line::Gap;
use super::mention::{Kind, Mention, Part};
use super::{calendar, clocks, lexicon, words};
use crate::value::due::Due;
use crate::value::time::Day;

/// The due that the mentions make, and those that say it.
pub(super) fn due<'m>(c: &Context<'_>, mentions: &'m [Mention]) -> Option<(Due, Vec<&'m Mention>)> {
    let is_doubt = |mention: &Mention| {
        mention.kind == Kind::Doubt
            || (mention.kind == Kind::Loose && !follows_due(c, mentions, mention))
            || is_numbered(c, mentions, mention)
    };
    let pairs = || mentions.iter().zip(mentions.iter().skip(1));
    if mentions.iter().any(is_doubt) || pairs().any(|(one, two)| is_of_other(c, one, two)) {
        return None;
    }
    let days: Vec<&Mention> = mentions.iter().filter(|mention| mention.kind.is_day()).collect();
    let day = if days.is_empty() { None } else { Some(one_day(c, mentions, &days)?) };
    if mentions.iter().any(|mention| matches!(mention.kind, Kind::Minute(_))) {
        return at_minute(c, mentions, day);
    }
    let time = one_time(mentions);
    let is_close = |mention: &Mention| mention.kind == Kind::Close;
    if day.is_none() && time.is_none() && mentions.iter().any(is_close) {
        // Beside a day of something else it may be that day's.
        let is_other = mentions.iter().any(|mention| mention.kind == Kind::Aside);
        return (!is_other).then(|| (Due::Day(c.today()), Vec::new()));
    }
    let Some(day) = day else { return today_or_tomorrow(c, mentions, time?) };
    if let Some(due) = time.and_then(|time| calendar::at(c.clock, day, time)) {
        let is_other = |kind: Kind| matches!(kind, Kind::Aside | Kind::Loose | Kind::Gone | Kind::Close);
        let said = mentions.iter().filter(|mention| !is_other(mention.kind));
        return Some((due, said.collect()));
    }
    if is_over(c, mentions, day) {
        return None;
    }
    // A part of the day says more than the day: it stays.
    let said = days.into_iter().filter(|mention| !matches!(mention.kind, Kind::Today(_)));
    Some((Due::Day(day), said.collect()))
}

/// Whether a day that is of another clause comes after the due: `call Ann tomorrow if Friday suits her`. Beside it,
/// it may be the end of a span: `tomorrow to Friday`.
fn follows_due(c: &Context<'_>, mentions: &[Mention], loose: &Mention) -> bool {
    let start = loose.words.start;
    let days = || mentions.iter().filter(|mention| mention.kind.is_day() && mention.words.end <= start);
    let is_apart = |day: &Mention| {
        let end = day.words.end;
        let is_told =
            end == start && c.line.gap(start) == Gap::Comma && c.line.gap(loose.words.end) == Gap::Space;
        is_told || end + 1 < start || (end + 1 == start && words::begins_other(c.line.key(end)))
    };
    // Nobody means another day by `tomorrow`: `offer for Friday, send tomorrow`.
    let is_near = |day: &Mention| {
        let mut words = day.words.clone();
        let is_apart = day.words.start > loose.words.end && !joins(c.line.key(loose.words.end));
        is_apart && day.kind.is_day() && words.any(|n| words::is_near_day(c.line.key(n)))
    };
    (days().next().is_some() && days().all(is_apart))
        || (days().next().is_none() && mentions.iter().any(is_near))
}

/// Whether a number behind a day of the week may be its date: `Friday 13`, `Friday 4 samples` before Friday, the 4th.
fn is_numbered(c: &Context<'_>, mentions: &[Mention], mention: &Mention) -> bool {
    let at = mention.words.end;
    if !matches!(mention.kind, Kind::Weekday(_)) || mentions.iter().any(|other| other.words.contains(&at)) {
        return false;
    }
    let number = c.day(at).filter(|(_, tail)| c.line.gap(at) == Gap::Space && tail.is_empty());
    let Some((number, _)) = number else { return false };
    let is_it = |day: Day| mention.kind == Kind::Weekday(calendar::weekday(day));
    let is_today = number == c.today().date().day() && is_it(c.today());
    let agrees = is_today || matches!(calendar::month_day(c.today(), number), Kind::Date(day) if is_it(day));
    agrees || c.line.gap(at + 1) > Gap::Space || c.line.is_capital(at + 1)
}

/// Whether a word joins two days.
fn joins(key: &str) -> bool {
    matches!(
        key,
        "and" | "&" | "or" | "to" | "until" | "till" | "es" | "vagy" | "meg" | "si" | "sau" | "ori" | "pana"
    )
}

/// Whether a day may go with one of something else beside it: `on Friday last week`, `Monday and Tuesday report`.
fn is_of_other(c: &Context<'_>, one: &Mention, two: &Mention) -> bool {
    let at = one.words.end;
    // After a comma a day may begin what is said of another: `call Ann tomorrow, Friday she is away`.
    let is_alone = c.line.gap(two.words.end) > Gap::Space;
    let touch = (at == two.words.start && c.line.gap(at) <= if is_alone { Gap::Dash } else { Gap::Dot })
        || (at + 1 == two.words.start && joins(c.line.key(at)));
    let is_aside = |mention: &Mention| mention.kind == Kind::Aside;
    // `Monday xmas gifts to Bosch`
    let is_feast = words::is_christmas(c.line.key(two.words.start));
    // What is to be done by a day is not of the month before it: `plan for January by 15 December`.
    let is_month = lexicon::month(c.line.key(one.words.start)).is_some();
    let is_by = is_month && matches!(c.line.key(two.words.start), "by" | "due" | "on" | "pana" | "pina");
    touch && !is_by && (is_aside(one) && two.kind.is_day() || is_aside(two) && one.kind.is_day() && !is_feast)
}

/// The day that all of them name.
fn one_day(c: &Context<'_>, mentions: &[Mention], days: &[&Mention]) -> Option<Day> {
    let today = c.today();
    let date = |kind: Kind| match kind {
        Kind::Date(day) => Some(day),
        Kind::Today(_) => Some(today),
        _ => None,
    };
    let weekday = |kind: Kind| if let Kind::Weekday(day) = kind { Some(day) } else { None };
    let dated = days.iter().find_map(|mention| date(mention.kind));
    let first = || days.iter().find_map(|mention| weekday(mention.kind));
    let day = dated.or_else(|| first().map(|weekday| calendar::coming(today, weekday)))?;
    let agrees = |mention: &&Mention| match (date(mention.kind), weekday(mention.kind)) {
        (Some(date), _) => date == day,
        // The day of the week of a date is beside it; elsewhere it is the next.
        (_, Some(weekday)) => {
            let is_beside = mentions.iter().any(|other| {
                let touch = other.words.end == mention.words.start || mention.words.end == other.words.start;
                touch && date(other.kind).is_some()
            });
            weekday == calendar::weekday(day) && (is_beside || calendar::coming(today, weekday) == day)
        }
        (None, None) => true,
    };
    days.iter().all(agrees).then_some(day)
}

/// The due at a minute that is counted from now, if it is the only time and no other day is said.
fn at_minute<'m>(
    c: &Context<'_>,
    mentions: &'m [Mention],
    day: Option<Day>,
) -> Option<(Due, Vec<&'m Mention>)> {
    let is_time = |mention: &&Mention| matches!(mention.kind, Kind::Minute(_) | Kind::Clock(_));
    let mut times = mentions.iter().filter(is_time);
    let (Some(Mention { kind: Kind::Minute(local), .. }), None) = (times.next(), times.next()) else {
        return None;
    };
    let is_that_day = day.is_none_or(|day| day.date() == local.naive().date());
    let said =
        mentions.iter().filter(|mention| mention.kind.is_day() || matches!(mention.kind, Kind::Minute(_)));
    is_that_day.then(|| (Due::At { local: *local, zone: c.clock.zone }, said.collect()))
}

/// The due at a time alone. Beside a day that is not the due's, it may be that day's.
fn today_or_tomorrow<'m>(
    c: &Context<'_>,
    mentions: &'m [Mention],
    time: (u32, u32),
) -> Option<(Due, Vec<&'m Mention>)> {
    if mentions.iter().any(|mention| matches!(mention.kind, Kind::Aside | Kind::Gone)) {
        return None;
    }
    let today = c.today();
    let due = calendar::at(c.clock, today, time).or_else(|| calendar::at(c.clock, today.plus(1), time))?;
    Some((due, mentions.iter().collect()))
}

/// The time of day, if it is one and nothing about it is in doubt.
fn one_time(mentions: &[Mention]) -> Option<(u32, u32)> {
    let mut clocks = mentions.iter().filter_map(|mention| match mention.kind {
        Kind::Clock(clock) => Some(Some(clock)),
        Kind::DoubtfulClock => Some(None),
        _ => None,
    });
    let clock = clocks.next()??;
    let mut parts = mentions.iter().filter_map(|mention| clocks::part_of(mention.kind));
    let part = parts.next();
    let is_one = clocks.next().is_none() && parts.all(|other| Some(other) == part);
    clock.time(part).filter(|_| is_one)
}

/// Whether a part of that day has passed, or is a night that goes on to the next day.
fn is_over(c: &Context<'_>, mentions: &[Mention], day: Day) -> bool {
    let hour = c.clock.zone.local(c.clock.now).hour();
    let has_clock = mentions.iter().any(|mention| matches!(mention.kind, Kind::Clock(_)));
    let is_over = |part: Part| {
        // Whose morning is "Friday night at 2"?
        (part == Part::Night && has_clock) || (day == c.today() && part.end() <= hour)
    };
    mentions.iter().filter_map(|mention| clocks::part_of(mention.kind)).any(is_over)
}
