//! Days as English says them.

use std::ops::Range;

use super::calendar::{self, Unit};
use super::context::{Context, mention};
use super::line::Gap;
use super::mention::{Kind, Mention, Part};
use super::{lexicon, words, words_en as en};
use crate::settings::catalogue::Language;
use crate::value::time::Day;

/// The words before a day that belong to it.
pub(super) const LEADS: &[&str] = &["on", "by", "due"];

/// The day that is mentioned from word `i` on.
pub(super) fn read(c: &Context<'_>, i: usize) -> Option<Mention> {
    near_day(c, i)
        .or_else(|| ahead(c, i))
        .or_else(|| weekday(c, i))
        .or_else(|| date(c, i))
        .or_else(|| span(c, i))
}

/// Today, tomorrow, the day after.
fn near_day(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let day = |days: i32| Kind::Date(c.today().plus(days));
    let is_tomorrow = |i: usize| en::is_tomorrow(line.key(i));
    let (to, kind) = if line.has(i, &["the", "day", "after"]) && is_tomorrow(i + 3) {
        (i + 4, day(2))
    } else if line.has(i, &["day", "after"]) && is_tomorrow(i + 2) {
        (i + 3, day(2))
    } else if line.has(i, &["later", "today"]) {
        (i + 2, day(0))
    } else if let ("this", Some(part)) = (line.key(i), part(line.after(i + 1))) {
        (i + 2, Kind::Today(part))
    } else {
        let kind = match line.key(i) {
            "today" => day(0),
            "tonight" | "tonite" => Kind::Today(Part::Evening),
            _ if is_tomorrow(i) => day(1),
            _ => return None,
        };
        (i + 1, kind)
    };
    if c.ends_name(to) {
        return None;
    }
    let from = c.absorb(i, LEADS);
    let is_capital_before = i.checked_sub(1).is_some_and(|before| line.is_name(before));
    let is_film = to > i + 2 && line.is_capital(to - 2) && line.is_capital(to - 1);
    let is_named = is_film
        || line.is_name(i) && (is_capital_before || (line.is_capital(to) && line.gap(to) == Gap::Space));
    let is_after_time = i.checked_sub(1).is_some_and(|n| c.figure(n).is_some())
        || matches!(line.before(i), "am" | "pm" | "noon");
    let is_event =
        from == i && !is_after_time && !line.begins(i) && en::is_event(line.after(after_part(c, to)));
    let kind = if is_named || is_event { Kind::Aside } else { settled(c, from, to, kind) };
    mention(from..to, kind)
}

/// `in two weeks`, `3 days from now`; and what is less plain.
fn ahead(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let is_in = matches!(line.key(i), "in" | "within");
    let first = if is_in { i + 1 } else { i };
    if let Some((count, unit, to)) = span_of_time(c, first)
        && (first == i || line.gap(first) == Gap::Space)
    {
        let is_from_now = line.has(to, &["from", "now"]) || line.has(to, &["from", "today"]);
        let to = if is_from_now { to + 2 } else { to };
        if (is_in && line.key(i) == "in") || is_from_now {
            let is_loose = unit == Unit::Minute && matches!(line.key(first), "a" | "an");
            let goes_on = line.has(to, &["and", "a", "half"]) || c.counts_on(to, en::number, en::unit);
            let kind = if is_loose || goes_on { Kind::Doubt } else { calendar::ahead(c.clock, count, unit) };
            return mention(i..to, settled(c, i, to, kind));
        }
        match line.after(to) {
            "ago" => return mention(i..to + 1, Kind::Aside),
            "later" | "before" | "after" | "from" => return mention(i..to + 1, Kind::Doubt),
            _ => {}
        }
    }
    let end = c.has_unit_after(i, en::unit).filter(|_| is_in && c.is_home(Language::English))?;
    mention(i..end + 1, Kind::Doubt)
}

/// So many units, and where they end.
fn span_of_time(c: &Context<'_>, i: usize) -> Option<(u32, Unit, usize)> {
    let line = &c.line;
    if line.has(i, &["half", "an", "hour"]) {
        return Some((30, Unit::Minute, i + 3));
    }
    if line.has(i, &["a", "fortnight"]) {
        return Some((2, Unit::Week, i + 2));
    }
    let figure = c.figure(i);
    if let Some(figure) = figure
        && let Some(unit) =
            matches!(figure.tail, "h" | "hr" | "hrs" | "min" | "mins").then(|| match figure.tail {
                "min" | "mins" => Unit::Minute,
                _ => Unit::Hour,
            })
    {
        return Some((figure.single()?, unit, i + 1));
    }
    let count = match figure {
        Some(figure) => figure.single().filter(|_| figure.tail.is_empty()),
        None => en::number(line.key(i)),
    }?;
    let unit = en::unit(line.after(i + 1))?;
    // "minute" is Romanian, too.
    if c.is_home(Language::Romanian) && line.key(i + 1) == "minute" {
        return None;
    }
    Some((count, unit, if line.after(i + 2) == "time" { i + 3 } else { i + 2 }))
}

/// `Friday`, `on Fri`, `next Monday`, `Tuesday next week`.
fn weekday(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let today = c.today();
    let is_sunday = calendar::weekday(today) == 6;
    let doubt = |day: Option<_>| day.map_or(Kind::Doubt, Kind::Date);
    if matches!(line.key(i), "next" | "this") && line.after(i + 1) == "week" {
        let at = if line.after(i + 2) == "on" { i + 3 } else { i + 2 };
        let day = en::weekday(line.after(at))?;
        let found = if line.key(i) == "this" { calendar::this_week(today, day) } else { next_week(c, day) };
        return mention(i..at + 1, settled(c, i, at + 1, doubt(found)));
    }
    let modifier = if line.has(i, &["this", "coming"]) {
        2
    } else {
        usize::from(matches!(line.key(i), "next" | "this" | "coming" | "following"))
    };
    let at = i + modifier;
    if modifier > 0 && line.gap(at) > Gap::Dot {
        return None;
    }
    let long = en::weekday(line.key(at)).filter(|_| modifier == 0 || line.gap(at) == Gap::Space);
    let day = long.or_else(|| en::short_weekday(line.key(at)).filter(|_| c.is_home(Language::English)))?;
    let mut from = c.absorb(i, LEADS);
    if line.before(from) == "the" && modifier > 0 {
        from -= 1;
    }
    let to = at + 1;
    if line.gap(to) <= Gap::Comma && line.key(to + 1) == "week" && matches!(line.key(to), "next" | "this") {
        let found = if line.key(to) == "this" { calendar::this_week(today, day) } else { next_week(c, day) };
        return mention(from..to + 2, settled(c, from, to + 2, doubt(found)));
    }
    if matches!(line.after(to), "week" | "fortnight" | "after") {
        return mention(from..to + 1, Kind::Doubt);
    }
    let found = match line.key(i) {
        "next" => doubt(calendar::undisputed_next(today, day)),
        "this" if modifier == 1 => doubt(calendar::this_week(today, day).filter(|_| !is_sunday)),
        "following" => Kind::Doubt,
        _ if modifier > 0 => Kind::Date(calendar::coming(today, day)),
        _ => Kind::Weekday(day),
    };
    if modifier > 0 {
        return mention(from..to, settled(c, from, to, found));
    }
    // Most days in short are words as well: `sun`, `sat`, `wed`.
    let is_word =
        long.is_none() && !matches!(line.key(at), "tue" | "tues" | "thu" | "thur" | "thurs" | "fri");
    let is_day = !is_word || from < i || c.starts_time(to) || starts_date(c, to);
    if !is_day {
        return if is_listed(c, i..to) { mention(i..to, Kind::Doubt) } else { None };
    }
    placed(c, from, i, to, found)
}

fn next_week(c: &Context<'_>, weekday: u32) -> Option<Day> {
    // Weeks begin on Sunday for some who write English.
    let is_disputed = weekday == 6 || calendar::weekday(c.today()) == 6;
    calendar::next_week(c.today(), weekday).filter(|_| !is_disputed)
}

/// `5 December`, `on the 5th of Dec`, `December 5th, 2026`, `on the 5th`.
fn date(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let month = |i: usize| {
        en::month(line.key(i))
            .filter(|_| c.is_home(Language::English) || (line.key(i).len() > 4 && line.key(i) != "march"))
    };
    let is_ordinal = |tail: &str| matches!(tail, "st" | "nd" | "rd" | "th");
    let is_day = |tail: &str| tail.is_empty() || is_ordinal(tail);
    let range =
        |i: usize| c.figure(i).is_some_and(|figure| figure.count == 2 && matches!(figure.mark, '-' | '/'));
    if (month(i).is_some() && range(i + 1) && line.gap(i + 1) <= Gap::Dot)
        || (range(i) && line.gap(i + 1) <= Gap::Dot && month(i + 1).is_some())
    {
        return mention(i..i + 2, Kind::Doubt);
    }
    if let (Some(found), Some((day, tail))) = (month(i), c.day(i + 1))
        && line.gap(i + 1) <= Gap::Dot
        && is_day(tail)
    {
        if c.is_meridiem(i + 2) {
            return mention(i..i + 3, Kind::Doubt);
        }
        return whole_date(c, i, i + 2, found, day, line.key(i) == "may" && !line.is_capital(i));
    }
    let (day, tail) = c.day(i).filter(|(_, tail)| is_day(tail))?;
    let at = if line.after(i + 1) == "of" { i + 2 } else { i + 1 };
    if let Some(found) = month(at).filter(|_| line.gap(at) <= Gap::Dot) {
        return whole_date(c, i, at + 1, found, day, line.key(at) == "may" && !line.is_capital(at));
    }
    let the = i.checked_sub(1).filter(|_| line.before(i) == "the");
    let start = the.unwrap_or(i);
    let from = c.absorb(start, LEADS);
    let follows_weekday = line.gap(start) <= Gap::Comma
        && start.checked_sub(1).is_some_and(|before| weekday_of(line.key(before)).is_some());
    if !is_ordinal(tail) || !(follows_weekday || (the.is_some() && from < start)) {
        return None;
    }
    if line.after(i + 1) == "of" {
        return mention(from..i + 1, Kind::Doubt);
    }
    let kind =
        if follows_weekday { weekday_date(c, start, day) } else { calendar::month_day(c.today(), day) };
    placed(c, from, i, i + 1, kind)
}

/// The day with this number, if it is the day of the week that stands before it.
fn weekday_date(c: &Context<'_>, start: usize, day: u32) -> Kind {
    let weekday = start.checked_sub(1).and_then(|before| weekday_of(c.line.key(before)));
    match calendar::month_day(c.today(), day) {
        Kind::Date(day) if weekday == Some(calendar::weekday(day)) => Kind::Date(day),
        _ => Kind::Doubt,
    }
}

fn weekday_of(key: &str) -> Option<u32> {
    en::weekday(key).or_else(|| en::short_weekday(key))
}

/// A day with its month, and perhaps its year.
fn whole_date(c: &Context<'_>, i: usize, to: usize, month: u32, day: u32, is_verb: bool) -> Option<Mention> {
    let start = if c.line.before(i) == "the" { i - 1 } else { i };
    let from = c.absorb(start, LEADS);
    let year = c.year(to);
    let to = if year.is_some() { to + 1 } else { to };
    if c.is_one_of_several(&(from..to)) {
        return mention(from..to, Kind::Doubt);
    }
    if is_verb && from == start {
        return mention(from..to, Kind::Aside);
    }
    // "the 5 December report" is about a report; "on the 5th of December" is a day.
    if start < i && from == start && c.line.gap(to) == Gap::Space {
        return mention(from..to, Kind::Aside);
    }
    placed(c, from, start, to, calendar::date(c.today(), year, month, day))
}

/// What holds more than one day, or another day than the due's.
fn span(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    if !c.is_home(Language::English) && !line.has(i, &["next", "week"]) {
        return None;
    }
    let key = line.key(i);
    let is_time_word = |key: &str| {
        en::unit(key).is_some() || part(key).is_some() || en::is_span(key) || lexicon::is_day(key)
    };
    match key {
        "next" | "this" | "coming" | "following" | "end" | "beginning" | "start" | "middle" | "mid"
        | "early" | "late" => {
            let at = (i + 1..=i + 3)
                .take_while(|n| line.gap(*n) <= Gap::Space)
                .find(|n| en::is_span(line.key(*n)) || en::month(line.key(*n)).is_some())?;
            let is_near = at == i + 1 || matches!(line.key(i + 1), "of" | "the" | "coming" | "this" | "next");
            is_near.then(|| mention(i..at + 1, Kind::Doubt)).flatten()
        }
        "last" | "previous" if is_time_word(line.after(i + 1)) || en::month(line.after(i + 1)).is_some() => {
            mention(i..i + 2, Kind::Aside)
        }
        "every" | "each" | "daily" | "weekly" | "monthly" => {
            let at = (i + 1..=i + 2)
                .take_while(|n| line.gap(*n) <= Gap::Space)
                .find(|n| is_time_word(line.key(*n)));
            match at {
                Some(at) => mention(i..at + 1, Kind::Doubt),
                None if key == "daily" => mention(i..i + 1, Kind::Aside),
                None => None,
            }
        }
        "in" | "during" if en::month(line.after(i + 1)).is_some() => mention(i..i + 2, Kind::Doubt),
        "may" | "march" | "mar" | "sep" | "dec" | "jan" | "jun" if !line.is_capital(i) => None,
        // People have these names.
        "april" | "may" | "june" | "jan" => None,
        "day" if line.is_name(i) => mention(i..i + 1, Kind::Aside),
        _ if en::month(key).is_some() || en::is_feast(key) => mention(i..i + 1, Kind::Aside),
        _ => None,
    }
}

/// A day in its sentence, where it may belong to a noun: `Friday report`, `on Monday meeting`.
fn placed(c: &Context<'_>, from: usize, core: usize, to: usize, kind: Kind) -> Option<Mention> {
    let line = &c.line;
    let next = after_part(c, to);
    if c.ends_name(to) || c.ends_name(next) {
        return None;
    }
    // A date that goes with a day of the week before it stands where that does.
    let goes_with_weekday = line.gap(from) <= Gap::Comma
        && from.checked_sub(1).is_some_and(|n| weekday_of(line.key(n)).is_some());
    let has_lead = from < core || goes_with_weekday;
    let begins = line.begins(if goes_with_weekday { c.absorb(from - 1, LEADS) } else { from });
    if !has_lead && (en::names(line.before(from)) || words::precedes_number(line.before(from))) {
        return mention(from..to, Kind::Aside);
    }
    let follower = line.after(next);
    let is_free = line.gap(next) > Gap::Space || c.starts_time(next) || starts_date(c, next);
    let is_capital = line.is_capital(next);
    let is_name_before = from.checked_sub(1).is_some_and(|before| line.is_name(before));
    let stands = is_free
        || match (has_lead, begins) {
            (true, true) => !is_capital,
            (true, false) => en::goes_on(follower) || (goes_with_weekday && en::is_act(follower)),
            (false, true) => en::is_act(follower) && !is_capital,
            (false, false) => en::follows_day(follower) && !is_name_before,
        };
    let kind = match settled(c, from, to, kind) {
        Kind::Doubt => Kind::Doubt,
        _ if !stands && is_listed(c, from..to) => Kind::Doubt,
        _ if !stands => Kind::Aside,
        kind => kind,
    };
    mention(from..to, kind)
}

/// Whether a day is perhaps one of several: `Mon and Wed`, `Monday - Friday`.
fn is_listed(c: &Context<'_>, words: Range<usize>) -> bool {
    let line = &c.line;
    let joins = |key: &str| matches!(key, "and" | "&" | "or" | "to");
    let is_day = |i: Option<usize>| i.is_some_and(|i| weekday_of(line.key(i)).is_some());
    let (from, to) = (words.start, words.end);
    joins(line.before(from))
        || line.gap(from) == Gap::Dash
        || (line.gap(from) == Gap::Comma && is_day(from.checked_sub(1)))
        || (joins(line.after(to)) && is_day(Some(to + 1)))
        || (matches!(line.gap(to), Gap::Comma | Gap::Dash) && is_day(Some(to)))
}

/// Whether a date begins at word `i`, after a day of the week.
fn starts_date(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let is_number = |i: usize| c.day(i).is_some();
    (en::month(line.key(i)).is_some() && is_number(i + 1))
        || (is_number(i) && (en::month(line.key(i + 1)).is_some() || line.key(i + 1) == "of"))
        || (line.key(i) == "the" && is_number(i + 1))
        || c.day(i).is_some_and(|(_, tail)| matches!(tail, "st" | "nd" | "rd" | "th"))
        || c.figure(i).is_some_and(|figure| figure.count == 3)
}

/// The kind, unless the words around make it another day.
pub(super) fn settled(c: &Context<'_>, from: usize, to: usize, kind: Kind) -> Kind {
    let line = &c.line;
    let before = line.before(from);
    let begin = line.sentence(from);
    let is_by = line.key(from) == "by"
        || matches!(kind, Kind::Date(day) if day > c.today() && en::is_tomorrow(line.key(to - 1)));
    let is_negated = (begin..from)
        .any(|n| en::negates(line.key(n), line.key(n + 1)) && line.word(n).is_some_and(|word| !word.has_dot));
    let next = line.after(after_part(c, to));
    if before == "last" || before == "previous" {
        Kind::Aside
    } else if en::unsettles(before)
        || en::unit(before).is_some_and(|unit| !matches!(unit, Unit::Minute | Unit::Hour))
        || before == "fortnight"
        || matches!(next, "or" | "onwards" | "through" | "until" | "till" | "ago" | "excluded")
        || matches!(line.after(to), "after" | "before") && en::unit(line.before(to)).is_some()
        || line.since_begin(from, en::subordinates)
        || is_negated
        || matches!(
            next,
            "is" | "isn t"
                | "won t"
                | "can t"
                | "doesn t"
                | "not"
                | "no"
                | "off"
                | "works"
                | "week"
                | "fortnight"
        )
    {
        Kind::Doubt
    } else if (tells_of_past(c, from) || is_told_after(c, after_part(c, to))) && !is_by {
        Kind::Aside
    } else {
        kind
    }
}

/// Whether the sentence before word `i` tells what was done: `Met Anna`, `Anna called`.
pub(super) fn tells_of_past(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let is_past = |n: usize| line.word(n).is_some_and(|word| en::is_past(&word.raw.to_lowercase()));
    let begin = line.sentence(i);
    (i > begin && is_past(i - 1) && line.gap(i) <= Gap::Dot)
        || (i > begin && is_past(begin))
        || (i > begin + 1 && is_past(begin + 1) && !en::is_act(line.key(begin)))
}

/// Whether what follows tells what was done: `on Monday we agreed`.
fn is_told_after(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let at = if matches!(line.key(i), "i" | "we" | "you" | "he" | "she" | "they") { i + 1 } else { i };
    line.gap(i) <= Gap::Comma && at > i && line.word(at).is_some_and(|word| en::is_past(word.raw))
}

/// The part of the day that a word names.
pub(super) fn part(key: &str) -> Option<Part> {
    Some(match key {
        "morning" => Part::Morning,
        "afternoon" => Part::Afternoon,
        "evening" => Part::Evening,
        "night" => Part::Night,
        _ => return None,
    })
}

/// The first word after a part of the day at `i`, if one is there.
fn after_part(c: &Context<'_>, i: usize) -> usize {
    let line = &c.line;
    if line.gap(i) == Gap::Space && part(line.key(i)).is_some() {
        i + 1
    } else if line.gap(i) == Gap::Space && line.has(i, &["in", "the"]) && part(line.key(i + 2)).is_some() {
        i + 3
    } else {
        i
    }
}
