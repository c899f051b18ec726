//! Dates in numbers, in whatever language.

use super::calendar;
use super::context::{Context, mention};
use super::figure::Written;
use super::line::Gap;
use super::mention::{Kind, Mention};
use super::words_hu::{self as hu, Form};
use super::{english, hungarian, romanian, words};
use crate::settings::catalogue::Language;
use crate::value::due::LocalMinute;
use crate::value::fold::fold;

/// The date that is written from word `i` on.
pub(super) fn read(c: &Context<'_>, i: usize) -> Option<Mention> {
    let (to, kind) = whole(c, i).or_else(|| spaced(c, i)).or_else(|| month_and_day(c, i))?;
    let from = match c.home {
        Language::English => c.absorb(i, english::LEADS),
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
            let has_order = c.is_home(Language::Romanian);
            in_order(c, has_order, (one, two), year)?
        }
        Written::ShortYear => Kind::Doubt,
    };
    if let Some((hour, minute)) = figure.instant() {
        let Kind::Date(day) = kind else { return Some((i + 1, Kind::Aside)) };
        let local = LocalMinute::new(day, hour, minute)?;
        let is_ahead = c.clock.zone.instant(local.naive()) > c.clock.now;
        return Some((i + 1, if is_ahead { Kind::Minute(local) } else { Kind::Aside }));
    }
    Some((i + 1, ended(figure.tail, kind)?))
}

/// A date whose year is last. In Romanian the day is first; elsewhere it may be the month unless a number is
/// over 12.
fn in_order(c: &Context<'_>, has_order: bool, (one, two): (u32, u32), year: u32) -> Option<Kind> {
    let day_first = (1..=31).contains(&one) && (1..=12).contains(&two);
    let month_first = (1..=12).contains(&one) && (1..=31).contains(&two);
    let date = |month, day| calendar::date(c.today(), Some(year), month, day);
    match (day_first, month_first) {
        (true, true) if one != two && !has_order => Some(Kind::Doubt),
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
    Some((i + 3, in_order(c, has_order, (one, two), year)?))
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
        let is_led = line.before(i) == "pe" || (line.before(i) == "de" && i > 1 && line.key(i - 2) == "data");
        let is_dated =
            c.is_home(Language::Romanian) && is_led && !matches!(line.after(i + 1), "din" | "de" | "la");
        let is_counted = words::is_measure(line.after(i + 1));
        return Some((i + 1, date(two, one).filter(|_| is_dated && !is_counted)?));
    }
    let has_ending = c.is_home(Language::Hungarian) || !figure.tail.is_ascii();
    Some((i + 1, ended(figure.tail, date(one, two).filter(|_| figure.mark == '.' && has_ending)?)?))
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
