//! The due that a line has, if nothing is in doubt.

use chrono::Timelike;

use super::context::Context;
use super::line::Gap;
use super::mention::{Kind, Mention, Part};
use super::{calendar, clocks};
use crate::value::due::Due;
use crate::value::time::Day;

/// The due that the mentions make, and those that say it.
pub(super) fn due<'m>(c: &Context<'_>, mentions: &'m [Mention]) -> Option<(Due, Vec<&'m Mention>)> {
    let is_doubt = |mention: &Mention| mention.kind == Kind::Doubt || is_numbered(c, mentions, mention);
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
    let Some(day) = day else { return today_or_tomorrow(c, mentions, time?) };
    if let Some(due) = time.and_then(|time| calendar::at(c.clock, day, time)) {
        let said = mentions.iter().filter(|mention| !matches!(mention.kind, Kind::Aside));
        return Some((due, said.collect()));
    }
    if is_over(c, mentions, day) {
        return None;
    }
    // A part of the day says more than the day: it stays.
    let said = days.into_iter().filter(|mention| !matches!(mention.kind, Kind::Today(_)));
    Some((Due::Day(day), said.collect()))
}

/// Whether a number behind a day of the week may be its date: `Friday 13`.
fn is_numbered(c: &Context<'_>, mentions: &[Mention], mention: &Mention) -> bool {
    let at = mention.words.end;
    if !matches!(mention.kind, Kind::Weekday(_)) || mentions.iter().any(|other| other.words.contains(&at)) {
        return false;
    }
    let is_number = c.line.gap(at) == Gap::Space && c.day(at).is_some_and(|(_, tail)| tail.is_empty());
    is_number && (c.line.gap(at + 1) > Gap::Space || c.line.is_capital(at + 1))
}

/// Whether a day may go with one of something else beside it: `on Friday last week`, `Monday and Tuesday report`.
fn is_of_other(c: &Context<'_>, one: &Mention, two: &Mention) -> bool {
    let joins =
        |key: &str| matches!(key, "and" | "&" | "or" | "to" | "es" | "vagy" | "meg" | "si" | "sau" | "ori");
    let at = one.words.end;
    let touch = (at == two.words.start && c.line.gap(at) <= Gap::Dash)
        || (at + 1 == two.words.start && joins(c.line.key(at)));
    let is_aside = |mention: &Mention| mention.kind == Kind::Aside;
    touch && (is_aside(one) && two.kind.is_day() || is_aside(two) && one.kind.is_day())
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
    if mentions.iter().any(|mention| mention.kind == Kind::Aside) {
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
