//! Days as Romanian says them.

use super::calendar::{self, Unit};
use super::context::{Context, mention};
use super::line::Gap;
use super::mention::{Kind, Mention, Part};
use super::words;
use super::words_ro as ro;
use crate::settings::catalogue::Language;
use crate::value::time::Day;

/// The words before a day that belong to it.
const LEADS: &[&str] = &["pana", "pina"];

/// The day that is mentioned from word `i` on.
pub(super) fn read(c: &Context<'_>, i: usize) -> Option<Mention> {
    let is_plain = || c.line.word(i).is_some_and(|word| ro::is_plain(word.raw));
    let is_date = || c.day(i).is_some() && c.line.word(i + 1).is_some_and(|word| ro::is_plain(word.raw));
    if !is_home(c) && !is_plain() && !is_date() {
        return None;
    }
    near_day(c, i)
        .or_else(|| ahead(c, i))
        .or_else(|| of_a_week(c, i))
        .or_else(|| weekday(c, i))
        .or_else(|| date(c, i))
        .or_else(|| vague(c, i))
}

fn is_home(c: &Context<'_>) -> bool {
    c.is_home(Language::Romanian)
}

/// `azi`, `mâine`, `poimâine`, `diseară`.
fn near_day(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let day = |days: i32| Kind::Date(c.today().plus(days));
    let (to, kind) = match line.key(i) {
        "azi" if line.has(i, &["azi", "noapte"]) => return mention(i..i + 2, Kind::Aside),
        "azi noapte" => return mention(i..i + 1, Kind::Aside),
        "azi" | "astazi" => (i + 1, day(0)),
        "maine" | "miine" => (i + 1, day(1)),
        "poimaine" | "poimane" | "poimiine" | "poimine" => (i + 1, day(2)),
        "raspoimaine" => (i + 1, day(3)),
        "diseara" | "deseara" | "asta seara" => (i + 1, Kind::Today(Part::Evening)),
        "asta" if line.has(i, &["asta", "seara"]) => (i + 2, Kind::Today(Part::Evening)),
        "in" if line.has(i, &["in", "seara", "asta"]) || line.has(i, &["in", "aceasta", "seara"]) => {
            (i + 3, Kind::Today(Part::Evening))
        }
        "seara" if line.has(i, &["seara", "asta"]) => (i + 2, Kind::Today(Part::Evening)),
        _ => return None,
    };
    if c.ends_name(to) || ro::is_place(line.before(i)) {
        return None;
    }
    let from = c.absorb(i, LEADS);
    // "leave it for tomorrow"
    let is_for = line.before(from) == "pe" && from == i;
    let kind = match line.is_name(i) {
        true => Kind::Aside,
        false if is_for => Kind::Doubt,
        false => settled(c, from, to, kind),
    };
    mention(from..to, kind)
}

/// `peste două zile`; and what is less plain.
fn ahead(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let key = line.key(i);
    if !matches!(key, "peste" | "in" | "dupa" | "acum" | "intr o" | "intr un") {
        return None;
    }
    if matches!(key, "intr o" | "intr un") {
        return ro::unit(line.after(i + 1)).map(|_| Mention { words: i..i + 2, kind: Kind::Doubt });
    }
    if key == "peste"
        && let Some((count, unit, to)) = span_of_time(c, i + 1)
    {
        // "more than 30 days"
        let is_over = matches!(
            line.before(i),
            "are"
                | "au"
                | "avea"
                | "este"
                | "e"
                | "sunt"
                | "cu"
                | "de"
                | "trecut"
                | "trec"
                | "costa"
                | "dureaza"
                | "intarziere"
        ) || matches!(line.after(to), "de" | "vechi" | "vechime" | "intarziere" | "restanta");
        let goes_on = matches!(line.after(to), "lucratoare" | "si") || c.counts_on(to, ro::number, ro::unit);
        let kind = if goes_on {
            Kind::Doubt
        } else if is_over {
            Kind::Aside
        } else {
            settled(c, i, to, calendar::ahead(c.clock, count, unit))
        };
        return mention(i..to, kind);
    }
    // "after 14 o'clock" is a time.
    let end = c.has_unit_after(i, ro::unit).filter(|end| key == "peste" || line.key(*end) != "ora")?;
    // "within" or "in"; after; ago
    mention(i..end + 1, if key == "acum" { Kind::Aside } else { Kind::Doubt })
}

/// So many units, and where they end.
fn span_of_time(c: &Context<'_>, i: usize) -> Option<(u32, Unit, usize)> {
    let line = &c.line;
    if line.has(i, &["o", "jumatate", "de", "ora"]) {
        return Some((30, Unit::Minute, i + 4));
    }
    if line.has(i, &["jumatate", "de", "ora"]) {
        return Some((30, Unit::Minute, i + 3));
    }
    if line.has(i, &["un", "sfert", "de", "ora"]) {
        return Some((15, Unit::Minute, i + 4));
    }
    let count = match c.figure(i) {
        Some(figure) => figure.single().filter(|_| figure.tail.is_empty()),
        None => ro::number(line.key(i)),
    }?;
    let at = if line.after(i + 1) == "de" { i + 2 } else { i + 1 };
    let unit = ro::unit(line.after(at))?;
    // "peste două luni de zile"
    let is_long = line.has(at + 1, &["de", "zile"]) && line.gap(at + 1) == Gap::Space;
    Some((count, unit, if is_long { at + 3 } else { at + 1 }))
}

/// A week, and its day if one is said: `săptămâna viitoare, luni`.
fn of_a_week(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let which = week(c, i)?;
    let to = i + 2;
    if which == Week::Past {
        return mention(i..to, Kind::Aside);
    }
    let weekday = ro::weekday(line.key(to)).filter(|_| line.gap(to) <= Gap::Comma);
    match weekday {
        Some(weekday) => mention(i..to + 1, settled(c, i, to + 1, which.day(c, weekday))),
        None => mention(i..to, Kind::Doubt),
    }
}

/// Which week is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Week {
    Past,
    This,
    Next,
    Other,
}

impl Week {
    fn day(self, c: &Context<'_>, weekday: u32) -> Kind {
        let day: Option<Day> = match self {
            Week::This => calendar::this_week(c.today(), weekday),
            Week::Next => calendar::next_week(c.today(), weekday),
            Week::Past | Week::Other => None,
        };
        day.map_or(Kind::Doubt, Kind::Date)
    }
}

/// `săptămâna viitoare` at word `i`.
fn week(c: &Context<'_>, i: usize) -> Option<Week> {
    if !matches!(c.line.key(i), "saptamana" | "saptamina") {
        return None;
    }
    Some(match c.line.after(i + 1) {
        "viitoare" | "urmatoare" => Week::Next,
        "asta" | "aceasta" => Week::This,
        "trecuta" => Week::Past,
        "cealalta" => Week::Other,
        _ => return None,
    })
}

/// `luni`, `lunea viitoare`, `vineri, săptămâna viitoare`.
fn weekday(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let key = line.key(i);
    let weekday = ro::weekday(key).or_else(|| ro::that_weekday(key))?;
    let is_that = is_definite(c, i);
    if is_months(c, i) {
        return mention(i..i + 1, Kind::Aside);
    }
    let from = c.absorb(i, LEADS);
    let to = i + 1;
    if c.ends_name(to) || ro::is_place(line.before(i)) {
        return None;
    }
    let at = if line.after(to) == "din" { to + 1 } else { to };
    if line.gap(at) <= Gap::Comma
        && let Some(week) = week(c, at)
    {
        let kind =
            if week == Week::Past { Kind::Aside } else { settled(c, from, at + 2, week.day(c, weekday)) };
        return mention(from..at + 2, kind);
    }
    let day = |found: Option<Day>| found.map_or(Kind::Doubt, Kind::Date);
    let (to, kind) = match line.after(to) {
        "viitoare" | "urmatoare" => (to + 1, day(calendar::undisputed_next(c.today(), weekday))),
        "asta" | "aceasta" => (to + 1, day(calendar::this_week(c.today(), weekday))),
        "trecuta" | "trecut" => return mention(from..to + 1, Kind::Aside),
        "care" if line.has(to, &["care", "vine"]) => {
            (to + 2, Kind::Date(calendar::coming(c.today(), weekday)))
        }
        "mare" | "neagra" | "patimilor" | "luminata" => return mention(from..to + 1, Kind::Aside),
        _ if is_that => return mention(from..to, Kind::Doubt),
        _ => (to, Kind::Weekday(weekday)),
    };
    let is_before_name = line.is_capital(i) && line.is_capital(to) && line.gap(to) == Gap::Space;
    if line.is_name(i) || (is_before_name && kind == Kind::Weekday(weekday)) {
        return mention(from..to, Kind::Aside);
    }
    // "for Monday"
    let is_for = line.before(from) == "pe" && from == i;
    mention(from..to, if is_for { Kind::Doubt } else { settled(c, from, to, kind) })
}

/// Whether `luni` is months.
fn is_months(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let before = line.before(i);
    let is_counted =
        i.checked_sub(1).and_then(|n| c.figure(n)).is_some_and(|figure| figure.single().is_some());
    let is_hour = i.checked_sub(2).is_some_and(|n| matches!(line.key(n), "ora" | "orele"));
    line.key(i) == "luni"
        && ((is_counted && line.gap(i) == Gap::Space && !is_hour)
            || (ro::number(before).is_some() && !is_hour)
            || matches!(before, "cateva" | "multe" | "putine" | "ultimele" | "urmatoarele" | "primele")
            || line.has(i, &["luni", "de", "zile"]))
}

/// Whether the day has an article: every such day. Without marks, `sâmbăta` and `sâmbătă` are the same.
fn is_definite(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let key = line.key(i);
    if ro::weekday(key).is_none() {
        return true;
    }
    let ends_plain = line.word(i).is_some_and(|word| word.raw.ends_with(['a', 'A']));
    let has_marks = || line.words.iter().any(|word| word.is_marked());
    ro::that_weekday(key).is_some() && ends_plain && has_marks()
}

/// `pe 5 decembrie`, `până la 5 dec. 2026`, `pe data de 5`.
fn date(c: &Context<'_>, i: usize) -> Option<Mention> {
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
        let kind = settled(c, from, i + 1, calendar::month_day(c.today(), day));
        let is_of = matches!(line.after(i + 1), "ale" | "a" | "luna") || c.is_one_of_several(&(i..i + 1));
        let is_free = line.gap(i + 1) > Gap::Dot || c.starts_time(i + 1);
        let is_led = is_date || (line.before(i) == "pe" && is_free && is_home(c));
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
    let is_apple = line.key(i + 1) == "mar" && !has_lead && year.is_none();
    let is_number = words::precedes_number(line.before(from));
    if is_apple || is_number || (is_word && !is_free) {
        return mention(from..to, Kind::Aside);
    }
    mention(from..to, settled(c, from, to, calendar::date(c.today(), year, month, day)))
}

/// Where the prepositions before a date begin, and whether there are any.
pub(super) fn lead(c: &Context<'_>, i: usize) -> (usize, bool) {
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

/// What holds more than one day, or another day than the due's.
fn vague(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let key = line.key(i);
    let is_span = |key: &str| {
        matches!(
            key,
            "saptamanii"
                | "lunii"
                | "anului"
                | "saptamana"
                | "luna"
                | "an"
                | "anul"
                | "trimestrului"
                | "zilei"
        )
    };
    match key {
        "luna" | "anul"
            if matches!(
                line.after(i + 1),
                "viitoare" | "viitor" | "urmatoare" | "asta" | "aceasta" | "acesta"
            ) =>
        {
            mention(i..i + 2, Kind::Doubt)
        }
        "luna" | "anul" if matches!(line.after(i + 1), "trecuta" | "trecut") => {
            mention(i..i + 2, Kind::Aside)
        }
        "sfarsitul" | "sfarsit" | "inceputul" | "inceput" | "mijlocul"
            if is_span(line.after(i + 1)) || line.after(i + 1) == "de" =>
        {
            mention(i..i + 2, Kind::Doubt)
        }
        "in" if ro::month(line.after(i + 1)).is_some() => mention(i..i + 2, Kind::Doubt),
        "la" if line.has(i, &["la", "noapte"]) => mention(i..i + 2, Kind::Doubt),
        "a" if line.has(i, &["a", "doua", "zi"]) => mention(i..i + 3, Kind::Doubt),
        "mai" | "mar" | "sep" | "dec" => None,
        _ => match ro::is_vague(key) {
            Some(true) => mention(i..i + 1, Kind::Doubt),
            Some(false) => mention(i..i + 1, Kind::Aside),
            None => ro::month(key).and_then(|_| mention(i..i + 1, Kind::Aside)),
        },
    }
}

/// The kind, unless the words around make it another day.
pub(super) fn settled(c: &Context<'_>, from: usize, to: usize, kind: Kind) -> Kind {
    let line = &c.line;
    let before = line.before(from);
    let second = from.checked_sub(2).map_or("", |n| line.key(n));
    let next =
        if part(c, to).is_some() { line.after(part(c, to).map_or(to, |(to, _)| to)) } else { line.after(to) };
    if ro::unsettles(before)
        || matches!(next, "sau" | "ori" | "incolo" | "inclusiv" | "exclus")
        || line.since_begin(from, ro::subordinates)
        || (line.sentence(from)..from).any(|n| ro::negates(line.key(n), line.key(n + 1)))
        || next == "nu"
        || (before == "de" && matches!(second, "inainte" | "incepand" | "afara" | "jurul"))
    {
        Kind::Doubt
    } else if before == "de"
        || (ro::is_past(before) && !matches!(second, "de" | "trebuie" | "fi"))
        || tells_of_past(c, from)
        || (line.gap(to) <= Gap::Dot && is_told(c, to))
    {
        Kind::Aside
    } else {
        kind
    }
}

/// Whether the sentence before word `i` tells what somebody did: `am sunat`, `Ana a trimis`.
pub(super) fn tells_of_past(c: &Context<'_>, i: usize) -> bool {
    (c.line.sentence(i)..i).any(|n| n + 1 < i && is_told(c, n))
}

/// Whether a verb in the past begins at word `i`.
fn is_told(c: &Context<'_>, i: usize) -> bool {
    let key = c.line.after(i + 1);
    let is_verb =
        ro::is_past(key) || (key.len() > 4 && ["at", "it", "ut"].iter().any(|end| key.ends_with(end)));
    matches!(c.line.key(i), "am" | "ai" | "a" | "au" | "ati") && is_verb
}

/// The part of the day at word `i`, and where it ends.
pub(super) fn part(c: &Context<'_>, i: usize) -> Option<(usize, Part)> {
    let line = &c.line;
    Some(match line.key(i) {
        "dimineata" => (i + 1, Part::Morning),
        "seara" => (i + 1, Part::Evening),
        "noaptea" => (i + 1, Part::Night),
        "dupa amiaza" | "dupa masa" | "dupamasa" | "dupaamiaza" => (i + 1, Part::Afternoon),
        "dupa" if matches!(line.after(i + 1), "amiaza" | "masa") => (i + 2, Part::Afternoon),
        _ => return None,
    })
}
