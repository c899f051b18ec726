//! Dates as Romanian says them.

use super::LEADS;
use super::place::settled;
use crate::read::quick::calendar;
use crate::read::quick::context::{Context, mention};
use crate::read::quick::line::Gap;
use crate::read::quick::mention::{Kind, Mention};
use crate::read::quick::{words, words_ro as ro};
use crate::settings::catalogue::Language;

/// `pe 5 decembrie`, `până la 5 dec. 2026`, `pe data de 5`.
pub(super) fn date(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let range = c.figure(i).is_some_and(|figure| figure.count == 2 && matches!(figure.mark, '-' | '/'));
    if range && ro::month(line.after(i + 1)).is_some() {
        return mention(i..i + 2, Kind::Doubt);
    }
    let is_first = matches!(line.key(i), "intai" | "intii");
    let day = if is_first { 1 } else { c.day(i).filter(|(_, tail)| tail.is_empty())?.0 };
    let (from, has_lead) = lead(c, i);
    let month = ro::month(line.after(i + 1)).filter(|_| !is_first || line.key(i + 1).len() > 2);
    let Some(month) = month else {
        let is_date = line.before(i) == "de" && i.checked_sub(2).is_some_and(|n| line.key(n) == "data");
        // `joi pe 3` is that Thursday.
        let weekday = from
            .checked_sub(1)
            .filter(|_| line.gap(from) <= Gap::Comma)
            .and_then(|n| ro::weekday(line.key(n)));
        let found = match (calendar::month_day(c.today(), day), weekday) {
            (Kind::Date(day), Some(weekday)) if calendar::weekday(day) != weekday => Kind::Doubt,
            (found, _) => found,
        };
        let is_date =
            is_date || (weekday.is_some() && line.before(i) == "pe" && !words::is_measure(line.after(i + 1)));
        let kind = settled(c, from, i + 1, found);
        let is_of = matches!(line.after(i + 1), "ale" | "a" | "luna") || c.is_one_of_several(&(i..i + 1));
        let is_free = line.gap(i + 1) > Gap::Dot || c.starts_time(i + 1);
        // `pe întâi` is no number; `pe 15` at the begin counts nothing.
        let begins = line.begins(from) && !words::is_measure(line.after(i + 1)) && c.figure(i + 1).is_none();
        let is_free = is_free || is_first || begins;
        let is_led = is_date || (line.before(i) == "pe" && is_free && c.is_home(Language::Romanian));
        return if is_led { mention(from..i + 1, if is_of { Kind::Doubt } else { kind }) } else { None };
    };
    let year = c.year(i + 2);
    let to = if year.is_some() { i + 3 } else { i + 2 };
    if ro::is_place(line.before(from)) || (!has_lead && ro::is_place(line.before(i))) {
        return None;
    }
    if c.is_one_of_several(&(i..to)) || c.is_one_of_several(&(from..to)) {
        return mention(from..to, Kind::Doubt);
    }
    let is_free = has_lead || year.is_some() || line.gap(to) > Gap::Dot || c.starts_time(to);
    // `mai` is "more", `mar` an apple, and holidays with capitals give names to places.
    let is_word = matches!(line.key(i + 1), "mai" | "sep") || line.is_capital(i + 1);
    // `2 Mai` is a village, `1 Decembrie` another.
    let is_village =
        line.is_capital(i + 1) && !line.begins(from) && matches!(line.before(i), "in" | "la" | "din");
    let is_apple = line.key(i + 1) == "mar" && !has_lead && year.is_none();
    let is_number = words::precedes_number(line.before(from));
    if is_apple || is_village || is_number || (is_word && !is_free) {
        return mention(from..to, Kind::Aside);
    }
    mention(from..to, settled(c, from, to, calendar::date(c.today(), year, month, day)))
}

/// Where the prepositions before a date begin, and whether there are any.
pub(in crate::read::quick) fn lead(c: &Context<'_>, i: usize) -> (usize, bool) {
    let line = &c.line;
    let mut from = i;
    if line.before(from) == "de" && from.checked_sub(2).is_some_and(|n| line.key(n) == "data") {
        from -= 2;
    }
    if matches!(line.before(from), "pe" | "la" | "in" | "data") {
        from -= 1;
    }
    from = c.absorb(from, LEADS);
    (from, from < i)
}

/// `prima luni din decembrie`, `ultima vineri din lună`.
pub(super) fn nth_weekday(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let nth = match line.key(i) {
        "prima" => 1,
        "ultima" => 5,
        "a" if line.after(i + 1) == "doua" => 2,
        "a" if line.after(i + 1) == "treia" => 3,
        _ => return None,
    };
    let at = if line.key(i) == "a" { i + 2 } else { i + 1 };
    let weekday = ro::weekday(line.after(at))?;
    let month =
        ro::month(line.after(at + 2)).filter(|_| matches!(line.after(at + 1), "din" | "a" | "lui"))?;
    let start = if matches!(line.before(i), "in" | "pe") { i - 1 } else { i };
    let has_year = c.year(at + 3).is_some();
    let kind = if has_year { Kind::Doubt } else { calendar::nth_weekday(c.today(), month, nth, weekday) };
    mention(start..at + 3, settled(c, start, at + 3, kind))
}

/// `luna viitoare pe 15`, `pe 15 luna viitoare`.
pub(super) fn of_next_month(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let is_next = |i: usize| line.key(i) == "luna" && matches!(line.after(i + 1), "viitoare" | "urmatoare");
    let (day, to) = if is_next(i) && line.gap(i + 2) <= Gap::Comma && line.key(i + 2) == "pe" {
        (i + 3, i + 4)
    } else if line.key(i) == "pe" && line.gap(i + 2) <= Gap::Comma && is_next(i + 2) {
        (i + 1, i + 4)
    } else {
        return None;
    };
    let (number, _) =
        c.day(day).filter(|(_, tail)| tail.is_empty() && ro::month(line.after(day + 1)).is_none())?;
    let from = c.absorb(i, LEADS);
    mention(from..to, settled(c, from, to, calendar::next_month_day(c.today(), number)))
}

/// `ultima zi din lună`, `ultima zi a lunii`, `ultima zi din noiembrie`.
pub(super) fn last_day(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    if !line.has(i, &["ultima", "zi"]) || !matches!(line.after(i + 2), "din" | "a" | "de" | "lui") {
        return None;
    }
    let start = if matches!(line.before(i), "pe" | "in" | "la") { i - 1 } else { i };
    let from = c.absorb(start, LEADS);
    let is_other = matches!(line.after(i + 4), "viitoare" | "viitor" | "trecuta" | "trecut" | "urmatoare");
    let kind = match line.after(i + 3) {
        "luna" | "lunii" if !is_other => calendar::month_end(c.today()),
        key => match ro::month(key) {
            Some(month) if c.year(i + 4).is_none() => calendar::last_day(c.today(), None, month),
            _ => Kind::Doubt,
        },
    };
    mention(from..i + 4, settled(c, from, i + 4, kind))
}

/// `până la sfârșitul lunii`, `până la final de an`, `până la sfârșitul lui decembrie`: the last day. At the end may be
/// a day before it, unless that is when something is to be done: `la final de lună trimit raportul`.
pub(super) fn end_of(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let (to, kind) = end_in_words(c, i)?;
    let start = if matches!(line.before(i), "la" | "in") { i - 1 } else { i };
    let from = c.absorb(start, LEADS);
    let end = line.clause_end(i);
    let is_act = |n: usize| ro::is_act(line.key(n)) && line.key(n) != "de";
    let is_to_do = (line.clause(i)..end).any(|n| is_act(n) || is_to_be_done(c, n));
    let is_led = from < start || (line.before(i) == "la" && line.after(i + 1) == "de" && is_to_do);
    let kind = if is_so_until(c, to) && !is_to_do { Kind::Loose } else { settled(c, from, to, kind) };
    if is_led { mention(from..to, kind) } else { None }
}

/// Whether it tells from word `i` on how something is until the end of a month or a year, which is long: `e promoție`.
fn is_so_until(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let end = line.clause_end(i.max(1) - 1);
    matches!(line.after(i), "e" | "este" | "sunt" | "au" | "are" | "avem" | "am")
        || (i..end).any(|n| ro::is_state(line.key(n)) || ro::is_offer(line.key(n)))
}

/// Whether `de trimis`, `de făcut` is at word `i`.
fn is_to_be_done(c: &Context<'_>, i: usize) -> bool {
    let key = c.line.after(i + 1);
    c.line.key(i) == "de"
        && key.len() > 4
        && ["at", "it", "ut", "is", "es", "us"].iter().any(|end| key.ends_with(end))
}

/// Where the end of a month or a year ends that is said from word `i` on, and its last day.
fn end_in_words(c: &Context<'_>, i: usize) -> Option<(usize, Kind)> {
    let line = &c.line;
    let today = c.today();
    let is_end = matches!(line.key(i), "sfarsitul" | "sfirsitul" | "finalul" | "finele");
    let is_short = matches!(line.key(i), "sfarsit" | "sfirsit" | "final") && line.after(i + 1) == "de";
    if !is_end && !is_short {
        return None;
    }
    let has_of =
        is_end && (line.after(i + 1) == "lui" || (line.after(i + 1) == "lunii" && is_month(c, i + 2)));
    let at = if has_of || is_short { i + 2 } else { i + 1 };
    let year = |i: usize| c.year(i).filter(|_| line.gap(i) == Gap::Space);
    let (to, kind) = match line.after(at) {
        "lunii" if is_end => (at + 1, calendar::month_end(today)),
        "luna" if is_short => (at + 1, calendar::month_end(today)),
        "anului" if is_end && year(at + 1).is_some() => (at + 2, calendar::year_end(today, year(at + 1))),
        "anului" if is_end => (at + 1, calendar::year_end(today, None)),
        "an" if is_short => (at + 1, calendar::year_end(today, None)),
        _ if has_of && year(at).is_some() => (at + 1, calendar::year_end(today, year(at))),
        key => {
            // `mai` is "more", too.
            let month = ro::month(key).filter(|_| has_of || key.len() > 3)?;
            let year = year(at + 1);
            if key == "mai" && line.key(at - 1) == "lunii" && year.is_none() && line.gap(at + 1) == Gap::Space
            {
                return Some((at + 1, Kind::Doubt));
            }
            (if year.is_some() { at + 2 } else { at + 1 }, calendar::last_day(today, year, month))
        }
    };
    let to = if matches!(line.after(to), "curent" | "curente" | "asta" | "acesta" | "acesteia") {
        to + 1
    } else {
        to
    };
    Some((to, if ro::is_of_other_year(line.after(to)) { Kind::Doubt } else { kind }))
}

fn is_month(c: &Context<'_>, i: usize) -> bool {
    ro::month(c.line.after(i)).is_some()
}
