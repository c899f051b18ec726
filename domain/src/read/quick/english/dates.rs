//! Dates as English says them.

use super::place::placed;
use super::{lead, weekday_of};
use crate::read::quick::calendar;
use crate::read::quick::context::{Context, mention};
use crate::read::quick::line::Gap;
use crate::read::quick::mention::{Kind, Mention};
use crate::read::quick::words_en as en;
use crate::settings::catalogue::Language;

/// `5 December`, `on the 5th of Dec`, `December 5th, 2026`, `on the 5th`.
pub(super) fn date(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let month = |i: usize| {
        en::month(line.key(i))
            .filter(|_| c.is_home(Language::English) || (line.key(i).len() > 4 && line.key(i) != "march"))
    };
    let is_day = |tail: &str| tail.is_empty() || is_ordinal(tail);
    let range =
        |i: usize| c.figure(i).is_some_and(|figure| figure.count == 2 && matches!(figure.mark, '-' | '/'));
    if (month(i).is_some() && range(i + 1) && line.gap(i + 1) <= Gap::Dot)
        || (range(i) && line.gap(i + 1) <= Gap::Dot && month(i + 1).is_some())
    {
        return mention(i..i + 2, Kind::Doubt);
    }
    let the = if line.after(i + 1) == "the" { i + 2 } else { i + 1 };
    if let (Some(found), Some((day, tail))) = (month(i), c.day(the))
        && line.gap(the) <= Gap::Dot
        && is_day(tail)
    {
        if c.is_meridiem(the + 1) {
            return mention(i..the + 2, Kind::Doubt);
        }
        return whole_date(c, i, the + 1, found, day, line.key(i) == "may" && !line.is_capital(i));
    }
    if let Some(day) = en::ordinal(line.key(i))
        && line.after(i + 1) == "of"
        && let Some(found) = month(i + 2)
    {
        return whole_date(c, i, i + 3, found, day, false);
    }
    let (day, tail) = c.day(i).filter(|(_, tail)| is_day(tail))?;
    let at = if line.after(i + 1) == "of" { i + 2 } else { i + 1 };
    if let Some(found) = month(at).filter(|_| line.gap(at) <= Gap::Dot) {
        return whole_date(c, i, at + 1, found, day, line.key(at) == "may" && !line.is_capital(at));
    }
    let the = i.checked_sub(1).filter(|_| line.before(i) == "the");
    let start = the.unwrap_or(i);
    let from = lead(c, start);
    let follows_weekday = line.gap(start) <= Gap::Comma
        && start.checked_sub(1).is_some_and(|before| weekday_of(line.key(before)).is_some());
    // "the 15th: renew", "the 15th call Ann" begin a line; "the 15th floor" does, too.
    let next = line.after(i + 1);
    let is_free = next.is_empty() || c.starts_time(i + 1);
    let fronts = the.is_some() && line.begins(start) && (is_free || en::is_act(next));
    let is_head = line.begins(i) && line.gap(i + 1) == Gap::Stop;
    let fronts = fronts || is_head || (from < start && is_free);
    if !is_ordinal(tail) || !(follows_weekday || (the.is_some() && from < start) || fronts) {
        return None;
    }
    if line.after(i + 1) == "of" {
        return of_month(c, from, i, day);
    }
    let kind =
        if follows_weekday { weekday_date(c, start, day) } else { calendar::month_day(c.today(), day) };
    placed(c, from, i, i + 1, kind)
}

pub(super) fn is_ordinal(tail: &str) -> bool {
    matches!(tail, "st" | "nd" | "rd" | "th")
}

/// `on the 5th of next month`.
fn of_month(c: &Context<'_>, from: usize, i: usize, day: u32) -> Option<Mention> {
    let line = &c.line;
    if line.has(i + 2, &["next", "month"]) {
        return placed(c, from, i, i + 4, calendar::next_month_day(c.today(), day));
    }
    mention(from..i + 1, Kind::Doubt)
}

/// `the first Monday of December`, `last Friday in January`.
pub(super) fn nth_weekday(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let nth = match line.key(i) {
        "last" => 5,
        "1st" | "2nd" | "3rd" | "4th" => c.day(i)?.0,
        key => en::ordinal(key).filter(|nth| *nth < 5)?,
    };
    let weekday = weekday_of(line.after(i + 1))?;
    let month = en::month(line.after(i + 3)).filter(|_| matches!(line.after(i + 2), "of" | "in"))?;
    let start = if line.before(i) == "the" { i - 1 } else { i };
    let has_year = c.year(i + 4).is_some();
    let kind = if has_year { Kind::Doubt } else { calendar::nth_weekday(c.today(), month, nth, weekday) };
    placed(c, lead(c, start), start, i + 4, kind)
}

/// `by the end of the month`, `by end of December 2026`, `by year end`, `EOM`: the last day. At the end may be a day
/// before it.
pub(super) fn end_of(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let (to, kind) = end_in_words(c, i)?;
    let the = if line.before(i) == "the" { i - 1 } else { i };
    let from = lead(c, the);
    let is_by = (from..the).any(|n| matches!(line.key(n), "by" | "due" | "than"));
    let is_short = matches!(line.key(i), "eom" | "eoy");
    // "the month of March"
    let kind = if line.after(to) == "of" { Kind::Doubt } else { kind };
    if is_by || is_short { placed(c, from, the, to, kind) } else { None }
}

/// Where the end of a month or a year ends that is said from word `i` on, and its last day.
fn end_in_words(c: &Context<'_>, i: usize) -> Option<(usize, Kind)> {
    let line = &c.line;
    let today = c.today();
    let month = || calendar::month_end(today);
    let year = || calendar::year_end(today, None);
    match line.key(i) {
        "eom" | "month end" => return Some((i + 1, month())),
        "eoy" | "year end" => return Some((i + 1, year())),
        "month" | "month s" | "months" if line.after(i + 1) == "end" => return Some((i + 2, month())),
        "year" | "year s" | "years" if line.after(i + 1) == "end" => return Some((i + 2, year())),
        "end" => {}
        _ => return None,
    }
    let has_of = line.after(i + 1) == "of";
    let at = if has_of { i + 2 } else { i + 1 };
    let which = if matches!(line.after(at), "the" | "this") { at + 1 } else { at };
    let numbered = |i: usize| c.year(i).filter(|_| line.gap(i) == Gap::Space);
    match line.after(which) {
        "year" if has_of && numbered(which + 1).is_some() => {
            return Some((which + 2, calendar::year_end(today, numbered(which + 1))));
        }
        "month" if has_of => return Some((which + 1, month())),
        "year" if has_of => return Some((which + 1, year())),
        _ => {}
    }
    if let Some(year) = numbered(at).filter(|_| has_of) {
        return Some((at + 1, calendar::year_end(today, Some(year))));
    }
    let month = en::month(line.after(at))?;
    let next = calendar::last_day(today, None, month);
    let Some(year) = numbered(at + 1) else { return Some((at + 1, next)) };
    // "by end of December 2027 budget" may be about a budget of that year.
    let found = calendar::last_day(today, Some(year), month);
    let is_of_noun = line.gap(at + 2) == Gap::Space && !en::is_act(line.key(at + 2)) && found != next;
    Some((at + 2, if is_of_noun { Kind::Doubt } else { found }))
}

/// `the last day of the month`, `the last day of November`.
pub(super) fn last_day(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    if !line.has(i, &["last", "day", "of"]) {
        return None;
    }
    let start = if line.before(i) == "the" { i - 1 } else { i };
    let from = lead(c, start);
    let at = if matches!(line.after(i + 3), "the" | "this") { i + 4 } else { i + 3 };
    let (kind, to) = match line.after(at) {
        "month" => (calendar::month_end(c.today()), at + 1),
        key => match en::month(key) {
            Some(month) if c.year(at + 1).is_none() => (calendar::last_day(c.today(), None, month), at + 1),
            _ => (Kind::Doubt, at),
        },
    };
    placed(c, from, start, to, kind)
}

/// `Christmas Eve`, `on New Year's Day`: days with names of their own that are each year on the same date.
pub(super) fn named(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let (month, day, length) = en::NAMED
        .iter()
        .find_map(|(words, month, day)| line.has(i, words).then_some((*month, *day, words.len())))?;
    let is_eve = matches!(line.after(i + length), "eve" | "day" | "dinner" | "party" | "card" | "cards");
    if is_eve {
        return None;
    }
    placed(c, lead(c, i), i, i + length, calendar::date(c.today(), None, month, day))
}

/// The day with this number, if it is the day of the week that stands before it.
fn weekday_date(c: &Context<'_>, start: usize, day: u32) -> Kind {
    let weekday = start.checked_sub(1).and_then(|before| weekday_of(c.line.key(before)));
    match calendar::month_day(c.today(), day) {
        Kind::Date(day) if weekday == Some(calendar::weekday(day)) => Kind::Date(day),
        _ => Kind::Doubt,
    }
}

/// A day with its month, and perhaps its year.
fn whole_date(c: &Context<'_>, i: usize, to: usize, month: u32, day: u32, is_verb: bool) -> Option<Mention> {
    let line = &c.line;
    let start = if line.before(i) == "the" { i - 1 } else { i };
    let from = lead(c, start);
    let year = c.year(to).or_else(|| c.short_year(to));
    let to = if year.is_some() { to + 1 } else { to };
    if c.is_one_of_several(&(from..to)) {
        return mention(from..to, Kind::Doubt);
    }
    if is_verb && from == start {
        return mention(from..to, Kind::Aside);
    }
    // "the 5 December report" is about a report; "on the 5th of December" is a day, and so is "the 5th" that begins a
    // line or has a time.
    let is_of_noun = line.gap(to) == Gap::Space && !c.starts_time(to) && !en::goes_on(line.after(to));
    let fronts = line.begins(start) && line.key(i + 1) == "of";
    if start < i && from == start && is_of_noun && !fronts {
        return mention(from..to, Kind::Aside);
    }
    // Years in two digits that are none.
    let is_number_alone = year.is_none() && line.gap(to) == Gap::Space && line.gap(to + 1) > Gap::Space;
    if is_number_alone && c.figure(to).is_some_and(|it| it.single().is_some() && it.tail.is_empty()) {
        return mention(from..to, Kind::Doubt);
    }
    placed(c, from, start, to, calendar::date(c.today(), year, month, day))
}
