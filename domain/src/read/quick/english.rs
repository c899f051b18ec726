//! Days as English says them.

mod dates;
mod place;

use super::calendar::{self, Unit};
use super::context::{Context, day_of_name, mention};
use super::line::Gap;
use super::mention::{Kind, Mention, Part};
use super::{lexicon, words_en as en};
use crate::settings::catalogue::Language;
use crate::value::time::Day;
use dates::is_ordinal;
use place::{is_listed, placed};
pub(super) use place::{is_subordinate, settled, tells_of_past};

/// The words before a day that belong to it.
const LEADS: &[&str] = &["on", "by", "due"];

/// Where the words before a day begin that belong to it: `by Friday`, `no later than Friday`.
pub(super) fn lead(c: &Context<'_>, i: usize) -> usize {
    let from = c.absorb(i, LEADS);
    let is_limit = from.checked_sub(3).is_some_and(|n| {
        matches!(c.line.key(n), "no" | "not")
            && c.line.has(n + 1, &["later", "than"])
            && c.line.gap(from) <= Gap::Dot
    });
    if is_limit { from - 3 } else { from }
}

/// The day that is mentioned from word `i` on.
pub(super) fn read(c: &Context<'_>, i: usize) -> Option<Mention> {
    day_of_name(c, i)
        .or_else(|| near_day(c, i))
        .or_else(|| from_day(c, i))
        .or_else(|| ahead(c, i))
        .or_else(|| dates::nth_weekday(c, i))
        .or_else(|| weekday(c, i))
        .or_else(|| dates::last_day(c, i))
        .or_else(|| dates::end_of(c, i).filter(|_| c.is_home(Language::English)))
        .or_else(|| dates::named(c, i).filter(|_| c.is_home(Language::English)))
        .or_else(|| dates::date(c, i))
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
            "today" | "2day" => day(0),
            "tonight" | "tonite" | "2nite" => Kind::Today(Part::Evening),
            _ if is_tomorrow(i) => day(1),
            _ => return None,
        };
        (i + 1, kind)
    };
    if c.ends_name(to) {
        return None;
    }
    let from = lead(c, i);
    let is_capital_before = i.checked_sub(1).is_some_and(|before| line.is_name(before));
    let is_film = to > i + 2 && line.is_capital(to - 2) && line.is_capital(to - 1);
    let is_named = is_film
        || line.is_name(i) && (is_capital_before || (line.is_capital(to) && line.gap(to) == Gap::Space));
    let is_after_time = i.checked_sub(1).is_some_and(|n| c.figure(n).is_some())
        || matches!(line.before(i), "am" | "pm" | "noon" | "thing");
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
    let first = if is_in && line.key(first) == "exactly" { first + 1 } else { first };
    if let Some((count, unit, to)) = span_of_time(c, first)
        && (first == i || line.gap(first) == Gap::Space)
    {
        let is_from_now = line.has(to, &["from", "now"]) || line.has(to, &["from", "today"]);
        let to = if is_from_now { to + 2 } else { to };
        let to = if line.after(to) == "time" { to + 1 } else { to };
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

/// `a week from Friday`, `two weeks on Monday`, `a week today`.
fn from_day(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let is_bare = line.begins(i) && line.has(i, &["week", "from"]);
    let span = if is_bare { Some((1, Unit::Week, i + 1)) } else { span_of_time(c, i) };
    let (count, unit, at) = span.filter(|(_, unit, _)| matches!(unit, Unit::Day | Unit::Week))?;
    let from = matches!(line.after(at), "from" | "on");
    let at = if from { at + 1 } else { at };
    let today = c.today();
    let start = match line.after(at) {
        "today" if !from => today,
        key if en::is_tomorrow(key) => today.plus(1),
        key => {
            let weekday = weekday_of(key)?;
            let is_today = weekday == calendar::weekday(today);
            if is_today || c.ends_name(at + 1) {
                return mention(i..at + 1, Kind::Doubt);
            }
            calendar::coming(today, weekday)
        }
    };
    let from = lead(c, i);
    placed(c, from, i, at + 1, calendar::after(c.clock, start, count, unit))
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
    if matches!(line.after(i + 1), "business" | "working" | "work")
        && en::unit(line.after(i + 2)) == Some(Unit::Day)
    {
        return Some((count, Unit::WorkingDay, i + 3));
    }
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
    if matches!(line.key(i), "next" | "nxt" | "this") && matches!(line.after(i + 1), "week" | "wk") {
        let at = if line.after(i + 2) == "on" { i + 3 } else { i + 2 };
        let day = en::weekday(line.after(at))
            .or_else(|| en::short_weekday(line.after(at)).filter(|_| c.is_home(Language::English)))?;
        let found = if line.key(i) == "this" { calendar::this_week(today, day) } else { next_week(c, day) };
        return mention(i..at + 1, settled(c, i, at + 1, doubt(found)));
    }
    let modifier = if line.has(i, &["this", "coming"]) {
        2
    } else {
        usize::from(matches!(line.key(i), "next" | "nxt" | "this" | "coming" | "upcoming" | "following"))
    };
    let at = i + modifier;
    if modifier > 0 && line.gap(at) > Gap::Dot {
        return None;
    }
    let long = en::weekday(line.key(at)).filter(|_| modifier == 0 || line.gap(at) == Gap::Space);
    let day = long.or_else(|| en::short_weekday(line.key(at)).filter(|_| c.is_home(Language::English)))?;
    let mut from = lead(c, i);
    if line.before(from) == "the" && modifier > 0 {
        from = lead(c, from - 1);
    }
    let to = at + 1;
    let of = if line.after(to) == "of" { to + 1 } else { to };
    if line.gap(of) <= Gap::Comma
        && matches!(line.key(of + 1), "week" | "wk")
        && matches!(line.key(of), "next" | "nxt" | "this")
    {
        let found = if line.key(of) == "this" { calendar::this_week(today, day) } else { next_week(c, day) };
        return mention(from..of + 2, settled(c, from, of + 2, doubt(found)));
    }
    // "Friday week" is a week after Friday. On a Friday, nobody knows after which.
    if matches!(line.after(to), "week" | "wk") && modifier == 0 && day != calendar::weekday(today) {
        return placed(
            c,
            from,
            i,
            to + 1,
            calendar::after(c.clock, calendar::coming(today, day), 1, Unit::Week),
        );
    }
    // "Monday after lunch" is that Monday, "Monday after Easter" another.
    let is_other_after =
        line.after(to) == "after" && !en::is_in_day(line.after(to + 1)) && !c.starts_time(to + 1);
    if matches!(line.after(to), "week" | "wk" | "fortnight") || is_other_after {
        return mention(from..to + 1, Kind::Doubt);
    }
    let found = match line.key(i) {
        "next" | "nxt" => doubt(calendar::undisputed_next(today, day)),
        "this" if modifier == 1 => doubt(calendar::this_week(today, day).filter(|_| !is_sunday)),
        "following" => Kind::Doubt,
        _ if modifier > 0 => Kind::Date(calendar::coming(today, day)),
        _ => Kind::Weekday(day),
    };
    if modifier > 0 {
        return mention(from..to, settled(c, from, to, found));
    }
    // A day from which something was moved is over: the other one counts.
    let is_replaced = line.before(from) == "from" && line.after(to) == "to" && place::has_moved(c, from);
    let has_other =
        line.after(to) == "but" || line.gap(to) == Gap::Comma && weekday_of(line.key(to)).is_some();
    let is_corrected = line.before(from) == "not" && has_other;
    if is_replaced || is_corrected {
        return mention(from..to, Kind::Gone);
    }
    // Some days in short are words as well: `sun`, `sat`, `wed`.
    let is_word = long.is_none() && en::is_word_as_well(line.key(at));
    let is_apart = matches!(line.gap(i), Gap::Comma | Gap::Dash)
        || (line.is_name(i) && !en::is_of_place(line.before(i)));
    let is_last = is_apart && line.gap(to) > Gap::Space;
    let is_first =
        line.begins(i) && (line.gap(to) == Gap::Stop || (en::is_act(line.key(to)) && line.is_capital(i)));
    // "Sat open house", but "Sat with Peter"; the sun is in many words.
    let is_noun = line.begins(i)
        && line.key(at) != "sun"
        && en::is_small_word(line.key(to)) == Some(false)
        && !line.is_capital(to);
    let is_day = !is_word
        || from < i
        || is_noun
        || is_last
        || is_first
        || after_part(c, to) > to
        || c.starts_time(to)
        || starts_date(c, to);
    // `we sat at 9:00`
    let is_verb = is_word && from == i && en::is_subject(line.before(i));
    if !is_day || is_verb {
        return if is_listed(c, i..to) { mention(i..to, Kind::Doubt) } else { None };
    }
    placed(c, from, i, to, found)
}

fn weekday_of(key: &str) -> Option<u32> {
    en::weekday(key).or_else(|| en::short_weekday(key))
}

fn next_week(c: &Context<'_>, weekday: u32) -> Option<Day> {
    // Weeks begin on Sunday for some who write English.
    let is_disputed = weekday == 6 || calendar::weekday(c.today()) == 6;
    calendar::next_week(c.today(), weekday).filter(|_| !is_disputed)
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
        // `Sunday eve` is the evening of Sunday.
        "eve" if weekday_of(line.before(i)).is_some() || en::is_tomorrow(line.before(i)) => None,
        "day" if line.is_name(i) => mention(i..i + 1, Kind::Aside),
        _ if en::month(key).is_some() || en::is_feast(key) => mention(i..i + 1, Kind::Aside),
        _ => None,
    }
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

/// The part of the day that a word names behind a day: `Friday pm`, `Sunday eve`.
pub(super) fn part_of_day(key: &str) -> Option<Part> {
    Some(match key {
        "am" | "a m" | "morn" => Part::Morning,
        "pm" | "p m" | "arvo" | "aft" => Part::Afternoon,
        "eve" => Part::Evening,
        key => return part(key),
    })
}

/// The first word after a part of the day at `i`, if one is there.
fn after_part(c: &Context<'_>, i: usize) -> usize {
    let line = &c.line;
    if line.gap(i) > Gap::Space {
        i
    } else if line.has(i, &["in", "the"]) && part(line.key(i + 2)).is_some() {
        i + 3
    } else if line.has(i, &["first", "thing"]) {
        i + 2
    } else if part_of_day(line.key(i)).is_some()
        && (c.is_home(Language::English) || part(line.key(i)).is_some())
    {
        i + 1
    } else {
        i
    }
}

/// Whether a date begins at word `i`, after a day of the week.
fn starts_date(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let is_number = |i: usize| c.day(i).is_some();
    (en::month(line.key(i)).is_some() && is_number(i + 1))
        || (is_number(i) && (en::month(line.key(i + 1)).is_some() || line.key(i + 1) == "of"))
        || (line.key(i) == "the" && is_number(i + 1))
        || c.day(i).is_some_and(|(_, tail)| is_ordinal(tail))
        || c.figure(i).is_some_and(|it| it.count == 3 || (it.count == 2 && matches!(it.mark, '/' | '.')))
}
