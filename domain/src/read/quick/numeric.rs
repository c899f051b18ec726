//! Dates in numbers, in whatever language.

use std::ops::Range;

use chrono::Datelike;

use super::calendar;
use super::context::{Context, mention};
use super::figure::Written;
use super::line::Gap;
use super::mention::{Kind, Mention};
use super::words_hu::{self as hu, Form};
use super::{english, hungarian, lexicon, romanian, words};
use crate::settings::catalogue::Language;
use crate::value::due::LocalMinute;
use crate::value::fold::fold;

/// The date that is written from word `i` on.
pub(super) fn read(c: &Context<'_>, i: usize) -> Option<Mention> {
    let (to, kind) = whole(c, i).or_else(|| spaced(c, i)).or_else(|| month_and_day(c, i))?;
    let from = match c.home {
        Language::English => english::lead(c, i),
        Language::Hungarian => i,
        Language::Romanian => romanian::lead(c, i).0,
    };
    let is_number = words::precedes_number(c.line.before(from)) || c.line.before(from).starts_with("verzi");
    mention(from..to, if is_number { Kind::Aside } else { settled(c, from, to, kind) })
}

/// A number with points that may be a date, or not: `5.12`, `3/4`.
pub(super) fn is_perhaps_date(c: &Context<'_>, i: usize) -> bool {
    let Some(figure) = c.figure(i).filter(|figure| figure.count == 2 && figure.mark != ':') else {
        return false;
    };
    let (Some((one, _)), Some((two, _))) = (figure.number(0), figure.number(1)) else { return false };
    (1..=31).contains(&one) && (1..=31).contains(&two) && (one <= 12 || two <= 12)
}

/// `2026-12-05`, `05.12.2026`, `2026-12-05T09:00`.
fn whole(c: &Context<'_>, i: usize) -> Option<(usize, Kind)> {
    let figure = c.figure(i).filter(|figure| figure.count == 3)?;
    let kind = match figure.date()? {
        Written::YearFirst { year, month, day } => calendar::date(c.today(), Some(year), month, day),
        Written::YearLast { numbers: [one, two], year } => {
            // Who writes English with points writes the day first, as all who write points do.
            let has_order = match c.home {
                Language::English => figure.mark == '.',
                Language::Hungarian => false,
                Language::Romanian => true,
            };
            in_order(c, i..i + 1, has_order, (one, two), year)?
        }
        Written::ShortYear([one, two, year]) => short_year(c, one, two, year),
    };
    if let Some((hour, minute)) = figure.instant() {
        let Kind::Date(day) = kind else { return Some((i + 1, Kind::Aside)) };
        let local = LocalMinute::new(day, hour, minute)?;
        let is_ahead = c.clock.zone.instant(local.naive()) > c.clock.now;
        return Some((i + 1, if is_ahead { Kind::Minute(local) } else { Kind::Aside }));
    }
    Some((i + 1, ended(figure.tail, kind)?))
}

/// A date whose year is last, in two digits, where a number over 12 is the day and nothing else can be the year:
/// `12/18/26`.
fn short_year(c: &Context<'_>, one: u32, two: u32, year: u32) -> Kind {
    let this = u32::try_from(c.today().date().year()).unwrap_or_default();
    let is_near = |year: u32| (this..=this + 5).contains(&(2000 + year));
    let (month, day) = match (one, two) {
        (1..=12, 13..=31) => (one, two),
        (13..=31, 1..=12) if !is_near(one) => (two, one),
        _ => return Kind::Doubt,
    };
    if is_near(year) { calendar::date(c.today(), Some(2000 + year), month, day) } else { Kind::Doubt }
}

/// A date whose year is last. In Romanian the day is first; elsewhere it may be the month unless a number is over 12.
/// Of two readings, the one counts that is the day of the week beside it.
fn in_order(
    c: &Context<'_>,
    words: Range<usize>,
    has_order: bool,
    (one, two): (u32, u32),
    year: u32,
) -> Option<Kind> {
    let day_first = (1..=31).contains(&one) && (1..=12).contains(&two);
    let month_first = (1..=12).contains(&one) && (1..=31).contains(&two);
    let date = |month, day| calendar::date(c.today(), Some(year), month, day);
    match (day_first, month_first) {
        (true, true) if one != two && !has_order => Some(
            one_that_is(weekday_beside(c, words.start, words.end), &[date(two, one), date(one, two)])
                .unwrap_or(Kind::Doubt),
        ),
        (true, _) => Some(date(two, one)),
        (false, true) => Some(date(one, two)),
        (false, false) => None,
    }
}

/// `2026. 12. 05.`, `5. 12. 2026`.
fn spaced(c: &Context<'_>, i: usize) -> Option<(usize, Kind)> {
    let line = &c.line;
    let single = |i: usize| c.figure(i).filter(|figure| figure.count == 1);
    let (first, second, third) = (single(i)?, single(i + 1)?, single(i + 2)?);
    let has_dots = line.gap(i + 1) == Gap::Dot && line.gap(i + 2) == Gap::Dot;
    if !has_dots || !first.tail.is_empty() || !second.tail.is_empty() {
        return None;
    }
    if let (Some(year), Some(month), Some(day)) = (first.year(), second.day(), third.day()) {
        return Some((i + 3, ended(third.tail, calendar::date(c.today(), Some(year), month, day))?));
    }
    let (one, two, year) = (first.day()?, second.day()?, third.year()?);
    let has_order = c.is_home(Language::Romanian);
    Some((i + 3, in_order(c, i..i + 3, has_order, (one, two), year)?))
}

/// A date without a year: `12.05-én` or `12. 05-én`, in Romanian `pe 5.12`.
fn month_and_day(c: &Context<'_>, i: usize) -> Option<(usize, Kind)> {
    let line = &c.line;
    let figure = c.figure(i)?;
    let date = |month: u32, day: u32| {
        ((1..=12).contains(&month) && (1..=31).contains(&day))
            .then(|| calendar::date(c.today(), None, month, day))
    };
    if figure.count == 1 {
        // `11. 30.` at the begin, where no list has so many numbers.
        let both = figure.day().zip(c.day(i + 1).filter(|(_, tail)| tail.is_empty()));
        if let Some((month, (day, _))) = both
            && c.is_home(Language::Hungarian)
            && figure.tail.is_empty()
            && line.begins(i)
            && line.gap(i + 1) == Gap::Dot
            && line.word(i + 1).is_some_and(|word| word.has_dot)
            && day > 12
        {
            return Some((i + 2, date(month, day).filter(|kind| matches!(kind, Kind::Date(_)))?));
        }
        let (day, tail) = c.day(i + 1).filter(|(_, tail)| !tail.is_empty())?;
        let month = figure.day().filter(|_| figure.tail.is_empty() && line.gap(i + 1) == Gap::Dot)?;
        let is_dated = c.is_home(Language::Hungarian) && hu::ending(&fold(tail)).is_some();
        return Some((i + 2, ended(tail, date(month, day).filter(|_| is_dated)?)?));
    }
    let (one, two) = (figure.number(0)?.0, figure.number(1)?.0);
    if figure.count != 2 || !matches!(figure.mark, '.' | '/') {
        return None;
    }
    if figure.tail.is_empty() {
        return pair(c, i);
    }
    // `11.30-ig` may be until half past eleven.
    if figure.tail.ends_with("ig") && two % 5 == 0 && one < 24 {
        return Some((i + 1, Kind::Doubt));
    }
    let has_ending = c.is_home(Language::Hungarian) || !figure.tail.is_ascii();
    Some((i + 1, ended(figure.tail, date(one, two).filter(|_| figure.mark == '.' && has_ending)?)?))
}

/// A date without a year in one word, if something tells that it is one: `pe 5.12`, `31/12`, `Friday 4/12`.
fn pair(c: &Context<'_>, i: usize) -> Option<(usize, Kind)> {
    let line = &c.line;
    let figure = c.figure(i)?;
    let ((one, one_digits), (two, two_digits)) = (figure.number(0)?, figure.number(1)?);
    let date = |month: u32, day: u32| calendar::date(c.today(), None, month, day);
    let is_in = |month: u32, day: u32| (1..=12).contains(&month) && (1..=31).contains(&day);
    let day_first = is_in(two, one).then(|| date(two, one));
    let month_first = is_in(one, two).then(|| date(one, two));
    let before = line.before(i);
    let is_number = words::is_measure(line.after(i + 1))
        || words::precedes_number(before)
        || words::precedes_pair(before);
    if is_number || one_digits > 2 || two_digits > 2 || matches!((one, two), (24, 7) | (7, 24)) {
        return None;
    }
    let has_dot = figure.mark == '.' && line.word(i).is_some_and(|word| word.has_dot);
    let has_time = c.starts_time(i + 1);
    // `10.30` is rather a time.
    let is_like_time =
        figure.mark == '.' && two_digits == 2 && two % 5 == 0 && one < 24 && !has_dot && !has_time;
    if let Some(weekday) = weekday_beside(c, i, i + 1) {
        let readings = match c.home {
            Language::English => [day_first, month_first],
            Language::Hungarian => [month_first, None],
            Language::Romanian => [day_first, None],
        };
        let readings: Vec<Kind> = readings.into_iter().flatten().collect();
        return one_that_is(Some(weekday), &readings).filter(|_| !is_like_time).map(|kind| (i + 1, kind));
    }
    let kind = match c.home {
        Language::English => match (day_first, month_first) {
            (Some(day_first), None) => day_first,
            // A part of an inch.
            (None, Some(_)) if two == 16 && one % 2 == 1 => return None,
            (None, Some(month_first)) => month_first,
            // Who writes the second point, too, writes the day first.
            (Some(day_first), Some(_)) if one == two || has_dot => day_first,
            _ => return None,
        },
        // Some write the day first: then the nearer one is meant, and of two it is not certain which.
        Language::Hungarian => match (month_first?, day_first) {
            (Kind::Date(day), Some(Kind::Date(other))) if other < day => return None,
            (kind, _) => kind,
        },
        Language::Romanian => day_first?,
    };
    let is_led = match c.home {
        Language::English => matches!(before, "on" | "by" | "due" | "deadline"),
        Language::Hungarian => false,
        Language::Romanian => {
            let is_date = before == "de" && i.checked_sub(2).is_some_and(|n| line.key(n) == "data");
            let is_in = before == "in" && one > 12 && two_digits == 2;
            let is_until = before == "la" && i > 1 && matches!(line.key(i - 2), "pana" | "pina");
            (matches!(before, "pe" | "deadline" | "termen" | "pana") || is_date || is_in || is_until)
                && !matches!(line.after(i + 1), "din" | "de")
                && (line.after(i + 1) != "la" || has_time)
        }
    };
    if is_led {
        return Some((i + 1, kind));
    }
    let has_mark = figure.mark == '/' || has_dot;
    let is_long = one_digits == 2 && two_digits == 2;
    let is_written = match c.home {
        Language::English => has_mark,
        Language::Hungarian => has_dot && is_long,
        Language::Romanian => two_digits == 2 || has_mark,
    };
    let begins = line.gap(i) > Gap::Space && line.after(i + 1).starts_with(char::is_alphabetic);
    let is_last = line.gap(i + 1) > Gap::Comma
        && (one_digits == 2 && !(10..=12).contains(&one) || !c.is_home(Language::Romanian))
        && !matches!(before, "la" | "de" | "cu" | "din" | "x" | "of" | "for" | "at" | "size");
    let stands = has_time || begins || (is_last && (has_dot || !c.is_home(Language::Hungarian)));
    // Without a word for it, one that has passed or is far is rather a number.
    let is_near = matches!(kind, Kind::Date(_)) && (!is_like_time || c.is_home(Language::English));
    (is_written && stands && is_near).then_some((i + 1, kind))
}

/// The day of the week next to these words.
fn weekday_beside(c: &Context<'_>, from: usize, to: usize) -> Option<u32> {
    let before = from.checked_sub(1).filter(|_| c.line.gap(from) <= Gap::Comma);
    let before = before.and_then(|n| lexicon::weekday(c.line.key(n), c.home));
    let is_near = c.line.gap(to) <= Gap::Comma;
    before.or_else(|| lexicon::weekday(c.line.key(to), c.home).filter(|_| is_near))
}

/// The only one of these dates that is this day of the week.
fn one_that_is(weekday: Option<u32>, dates: &[Kind]) -> Option<Kind> {
    let is_it = |kind: &&Kind| matches!(kind, Kind::Date(day) if Some(calendar::weekday(*day)) == weekday);
    let mut found = dates.iter().filter(is_it);
    found.next().filter(|one| found.all(|other| other == *one)).copied()
}

/// The date with a Hungarian ending, if it has one.
fn ended(tail: &str, kind: Kind) -> Option<Kind> {
    match hu::ending(&fold(tail))? {
        Form::Bare | Form::On | Form::Until => Some(kind),
        Form::Adjective => Some(Kind::Aside),
        Form::Other | Form::Of => Some(Kind::Doubt),
    }
}

/// The kind, unless the words around make it another day.
fn settled(c: &Context<'_>, from: usize, to: usize, kind: Kind) -> Kind {
    match (c.home, kind) {
        // A date that has passed stays one.
        (_, Kind::Aside) => Kind::Aside,
        (Language::English, kind) => english::settled(c, from, to, kind),
        (Language::Hungarian, kind) => hungarian::settled(c, from, to, kind),
        (Language::Romanian, kind) => romanian::settled(c, from, to, kind),
    }
}
