//! Days as Romanian says them.

mod dates;
mod place;

use super::calendar::{self, Unit};
use super::context::{Context, day_of_name, mention};
use super::line::Gap;
use super::mention::{Kind, Mention, Part};
use super::words::Short;
use super::words_ro as ro;
use crate::settings::catalogue::Language;
use crate::value::time::Day;
pub(super) use dates::lead;
pub(super) use place::{is_subordinate, settled, tells_of_past};

/// The words before a day that belong to it.
const LEADS: &[&str] = &["pana", "pina"];

/// The day that is mentioned from word `i` on.
pub(super) fn read(c: &Context<'_>, i: usize) -> Option<Mention> {
    let is_plain = || c.line.word(i).is_some_and(|word| ro::is_plain(word.raw));
    let is_date = || c.day(i).is_some() && c.line.word(i + 1).is_some_and(|word| ro::is_plain(word.raw));
    if !is_home(c) && !is_plain() && !is_date() {
        return None;
    }
    day_of_name(c, i)
        .or_else(|| near_day(c, i))
        .or_else(|| from_day(c, i))
        .or_else(|| ahead(c, i))
        .or_else(|| of_a_week(c, i))
        .or_else(|| dates::nth_weekday(c, i))
        .or_else(|| weekday(c, i))
        .or_else(|| dates::of_next_month(c, i))
        .or_else(|| dates::last_day(c, i))
        .or_else(|| dates::end_of(c, i).filter(|_| is_home(c)))
        .or_else(|| dates::date(c, i))
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
    let from = course_of_day(c, c.absorb(i, LEADS));
    // "leave it for tomorrow"
    let is_for = line.before(from) == "pe" && from == i && !place::is_brought_to(c, i);
    let kind = match line.is_name(i) {
        true => Kind::Aside,
        false if is_for => Kind::Loose,
        false => settled(c, from, to, kind),
    };
    // `10 saci pe mâine` leaves "10 saci".
    let from = if line.before(from) == "pe" && kind.is_day() { from - 1 } else { from };
    mention(from..to, kind)
}

/// Where `în cursul zilei de` begins before the day at word `i`, if it is there.
fn course_of_day(c: &Context<'_>, i: usize) -> usize {
    let from = i.checked_sub(4).filter(|_| c.line.gap(i) <= Gap::Space);
    let is_course = |from: &usize| {
        ["in", "pe"].iter().any(|first| {
            ["cursul", "parcursul", "decursul"]
                .iter()
                .any(|word| c.line.has(*from, &[first, word, "zilei", "de"]))
        })
    };
    from.filter(is_course).unwrap_or(i)
}

/// `peste două zile`; and what is less plain.
fn ahead(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let key = line.key(i);
    if !matches!(key, "peste" | "in" | "dupa" | "acum" | "intr o" | "intr un") {
        return None;
    }
    if matches!(key, "intr o" | "intr un") {
        if line.has(i + 1, &["jumatate", "de", "ora"]) && is_todo(c, i, i + 4) {
            return mention(i..i + 4, settled(c, i, i + 4, calendar::ahead(c.clock, 30, Unit::Minute)));
        }
        let unit = ro::unit(line.after(i + 1))?;
        let goes_on = matches!(line.after(i + 2), "si" | "jumatate" | "buna" | "anume");
        let kind = if goes_on || !is_todo(c, i, i + 2) {
            Kind::Doubt
        } else {
            settled(c, i, i + 2, calendar::ahead(c.clock, 1, unit))
        };
        return mention(i..i + 2, kind);
    }
    // "in 3 days" may be within that time, or how long something takes; what is to be done then is due.
    if key == "in"
        && let Some((count, unit, to)) = span_of_time(c, i + 1)
        && is_todo(c, i, to)
        && !matches!(line.after(to), "lucratoare" | "si")
        && !c.counts_on(to, ro::number, ro::unit)
    {
        return mention(i..to, settled(c, i, to, calendar::ahead(c.clock, count, unit)));
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
    // "after 14 o'clock" is a time. Nor is Monday a number of months, nor the last day of a month a span of time.
    let is_span = |end: usize| line.key(end) != "luni" || is_months(c, end) || key == "peste";
    let end = c.has_unit_after(i, ro::unit).filter(|end| key == "peste" || line.key(*end) != "ora");
    let end = end.filter(|end| is_span(*end) && !matches!(line.after(i + 1), "ultima" | "prima"))?;
    // "within" or "in"; after; ago
    mention(i..end + 1, if key == "acum" { Kind::Aside } else { Kind::Doubt })
}

/// Whether a span of time at these words is when the todo is to be done: it begins the line and is not all of it, or
/// ends one that says what to do and no terms of a contract.
fn is_todo(c: &Context<'_>, from: usize, to: usize) -> bool {
    let line = &c.line;
    let begin = line.sentence(from);
    if line.words.iter().any(|word| ro::is_terms(&word.key)) {
        return false;
    }
    let ends = line.gap(to) > Gap::Comma && (begin..from).any(|n| ro::is_act(line.key(n)));
    let begins = from == begin && line.gap(to) <= Gap::Comma && line.gap(to) != Gap::Edge;
    begins || ends
}

/// `de azi într-o săptămână`, `de luni în două săptămâni`.
fn from_day(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let (start, is_today) = match line.after(i + 1) {
        "azi" | "astazi" => (c.today(), false),
        "maine" | "miine" => (c.today().plus(1), false),
        key => {
            let weekday = ro::weekday(key)?;
            (calendar::coming(c.today(), weekday), weekday == calendar::weekday(c.today()))
        }
    };
    let (count, unit, to) = match line.after(i + 2) {
        "intr o" => (1, ro::unit(line.after(i + 3))?, i + 4),
        "in" | "peste" => span_of_time(c, i + 3)?,
        _ => return None,
    };
    if line.key(i) != "de" || !matches!(unit, Unit::Day | Unit::Week) {
        return None;
    }
    let kind = if is_today { Kind::Doubt } else { calendar::after(c.clock, start, count, unit) };
    mention(i..to, settled(c, i, to, kind))
}

/// So many units, and where they end.
fn span_of_time(c: &Context<'_>, i: usize) -> Option<(u32, Unit, usize)> {
    let line = &c.line;
    if let Some(figure) = c.figure(i)
        && let Some(count) = figure.single()
        && matches!(figure.tail, "h" | "min")
    {
        return Some((count, if figure.tail == "h" { Unit::Hour } else { Unit::Minute }, i + 1));
    }
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
    if !matches!(c.line.key(i), "saptamana" | "saptamina" | "sapt") {
        return None;
    }
    Some(match c.line.after(i + 1) {
        "viitoare" | "urmatoare" | "viit" | "urm" | "vii" => Week::Next,
        "asta" | "aceasta" | "curenta" => Week::This,
        "trecuta" => Week::Past,
        "cealalta" => Week::Other,
        _ => return None,
    })
}

/// `luni`, `lunea viitoare`, `vineri, săptămâna viitoare`.
fn weekday(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let key = line.key(i);
    let short = || short_weekday(c, i);
    let weekday = ro::weekday(key).or_else(|| ro::that_weekday(key)).or_else(short)?;
    let is_that = ro::short_weekday(key).is_none() && is_definite(c, i);
    // `Miercurea Ciuc` and `Sâmbăta de Sus` are towns.
    if is_that
        && line.is_capital(i)
        && (line.is_capital(i + 1) || (line.after(i + 1) == "de" && line.is_capital(i + 2)))
    {
        return None;
    }
    if is_months(c, i) {
        return mention(i..i + 1, Kind::Aside);
    }
    let from = course_of_day(c, c.absorb(i, LEADS));
    let to = i + 1;
    if c.ends_name(to) || ro::is_place(line.before(i)) {
        return None;
    }
    let at = if matches!(line.after(to), "din" | "de") { to + 1 } else { to };
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
        "dupa" if ro::is_days_off(line.after(to + 1)) => return mention(from..to + 1, Kind::Doubt),
        "mare" | "neagra" | "patimilor" | "luminata" => return mention(from..to + 1, Kind::Aside),
        _ if is_that => return mention(from..to, Kind::Doubt),
        _ => (to, Kind::Weekday(weekday)),
    };
    let is_before_name = line.is_capital(i) && line.is_capital(to) && line.gap(to) == Gap::Space;
    if line.is_name(i) || (is_before_name && kind == Kind::Weekday(weekday)) {
        return mention(from..to, Kind::Aside);
    }
    // "for Monday" A day that another one has taken the place of: `mutat de pe joi pe luni`, `nu joi, luni`.
    let has_other =
        line.after(to) == "ci" || line.gap(to) == Gap::Comma && ro::weekday(line.key(to)).is_some();
    let is_corrected = line.before(from) == "nu" && has_other;
    let is_replaced =
        line.before(from) == "pe" && from > 1 && line.key(from - 2) == "de" && place::is_moved(c, i);
    if is_corrected || is_replaced {
        return mention(from..to, Kind::Gone);
    }
    let is_for = line.before(from) == "pe" && from == i && !place::is_brought_to(c, i);
    let kind = if is_for { Kind::Loose } else { settled(c, from, to, kind) };
    // `mutat pe joi` leaves "mutat".
    let from = if line.before(from) == "pe" && kind.is_day() { from - 1 } else { from };
    mention(from..to, kind)
}

/// `lu. 8:30`, `mie 2 dec`; `vin. la 9`, where nothing of a sentence is before it that `vin` may end.
fn short_weekday(c: &Context<'_>, i: usize) -> Option<u32> {
    let word = c.line.word(i)?;
    // `măr` is an apple, `sâ.` Saturday.
    let is_written = !word.raw.contains(['ă', 'Ă']);
    let is_followed = starts_day_or_time(c, i + 1)
        || (word.has_dot && (part(c, i + 1).is_some() || ro::is_which(c.line.after(i + 1))));
    let short = ro::short_weekday(&word.key).filter(|_| is_written && is_followed)?;
    let is_day = match short {
        Short::Alone(_) => true,
        Short::Dotted(_) => word.has_dot,
        // `mie 2 dec`; `mie` is "to me".
        Short::Apart(_) => {
            let is_dated = word.key == "mie" && ro::month(c.line.after(i + 2)).is_some();
            is_dated || (word.has_dot && c.line.gap(i) > Gap::Dot)
        }
    };
    is_day.then(|| short.weekday())
}

/// Whether a date or a time begins at word `i`.
fn starts_day_or_time(c: &Context<'_>, i: usize) -> bool {
    let is_date = c.figure(i).is_some_and(|it| it.count > 1)
        || (c.day(i).is_some() && ro::month(c.line.after(i + 1)).is_some());
    c.line.gap(i) <= Gap::Comma && (c.starts_time(i) || is_date)
}

/// Whether `luni` is months.
fn is_months(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let before = line.before(i);
    // More is rather the end of a telephone number.
    let is_counted = i
        .checked_sub(1)
        .and_then(|n| c.figure(n))
        .is_some_and(|figure| figure.single().is_some_and(|count| count <= 99));
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

/// What holds more than one day, or another day than the due's.
fn vague(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let key = line.key(i);
    let is_span = |key: &str| {
        matches!(
            key,
            "saptamanii" | "lunii" | "anului" | "saptamana" | "luna" | "an" | "anul" | "trimestrului"
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
        "sfarsitul" | "sfarsit" | "finalul" | "final" | "finele" | "inceputul" | "inceput" | "mijlocul"
            if is_span(line.after(i + 1)) || line.after(i + 1) == "de" =>
        {
            mention(i..i + 2, Kind::Doubt)
        }
        "in" if ro::month(line.after(i + 1)).is_some() => mention(i..i + 2, Kind::Doubt),
        "la" if line.has(i, &["la", "noapte"]) => mention(i..i + 2, Kind::Doubt),
        "a" if line.has(i, &["a", "doua", "zi"]) => mention(i..i + 3, Kind::Doubt),
        // A birthday is an occasion.
        "ziua" if matches!(line.after(i + 1), "lui" | "ei") || line.has(i + 1, &["de", "nastere"]) => None,
        // Until the end of the day.
        "zilei"
            if matches!(line.before(i), "sfarsitul" | "finalul" | "cursul" | "parcursul" | "decursul") =>
        {
            None
        }
        "mai" | "mar" | "sep" | "dec" => None,
        _ => match ro::is_vague(key) {
            Some(true) => mention(i..i + 1, Kind::Doubt),
            Some(false) => mention(i..i + 1, Kind::Aside),
            None => ro::month(key).and_then(|_| mention(i..i + 1, Kind::Aside)),
        },
    }
}

/// The part of the day at word `i`, and where it ends.
pub(super) fn part(c: &Context<'_>, i: usize) -> Option<(usize, Part)> {
    let line = &c.line;
    Some(match line.key(i) {
        "dimineata" | "dim" => (i + 1, Part::Morning),
        "seara" => (i + 1, Part::Evening),
        "noaptea" => (i + 1, Part::Night),
        "dupa amiaza" | "dupa masa" | "dupamasa" | "dupaamiaza" | "dupa amiaz" | "dupamiaza" => {
            (i + 1, Part::Afternoon)
        }
        "dupa" if matches!(line.after(i + 1), "amiaza" | "masa") => (i + 2, Part::Afternoon),
        _ => return None,
    })
}
