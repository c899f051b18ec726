//! Days as Hungarian says them.

mod dates;
mod place;
mod short;

use super::calendar::{self, Unit};
use super::context::{Context, day_of_name, mention};
use super::line::Gap;
use super::mention::{Kind, Mention, Part};
use super::words_hu::{self as hu, Form};
use super::{lexicon, words};
use crate::settings::catalogue::Language;
use crate::value::fold::fold;
use crate::value::time::Day;
pub(super) use place::{is_subordinate, settled, tells_of_past};

/// The day that is mentioned from word `i` on.
pub(super) fn read(c: &Context<'_>, i: usize) -> Option<Mention> {
    day_of_name(c, i)
        .or_else(|| near_day(c, i))
        .or_else(|| ahead(c, i))
        .or_else(|| of_a_week(c, i))
        .or_else(|| weekday(c, i))
        .or_else(|| short::weekday(c, i))
        .or_else(|| dates::named(c, i))
        .or_else(|| dates::end_of(c, i))
        .or_else(|| date(c, i))
        .or_else(|| day_alone(c, i))
        .or_else(|| vague(c, i))
}

fn is_home(c: &Context<'_>) -> bool {
    c.is_home(Language::Hungarian)
}

/// `ma`, `holnap`, `holnapután`, with their endings.
fn near_day(c: &Context<'_>, i: usize) -> Option<Mention> {
    let key = c.line.key(i);
    // `a mai nap folyamán`
    if key == "mai" && matches!(c.line.after(i + 1), "nap" | "napon") && is_home(c) {
        let from = c.absorb(i, &["a"]);
        let to = if matches!(c.line.after(i + 2), "folyaman" | "soran") { i + 3 } else { i + 2 };
        return mention(from..to, settled(c, from, to, Kind::Date(c.today())));
    }
    let (days, ending) = if let Some(ending) = key.strip_prefix("holnaputan") {
        (2, ending)
    } else if let Some(ending) = key.strip_prefix("holnap") {
        (1, ending)
    } else {
        // `mára` is "for today", and Mara a name.
        let is_marked = c.line.word(i).is_some_and(|word| word.is_marked());
        match key {
            "ma" => (0, ""),
            "maig" => (0, "ig"),
            "mara" if is_marked => (0, "ra"),
            _ => return None,
        }
    };
    if (days == 0 && !is_home(c)) || c.ends_name(i + 1) {
        return None;
    }
    let is_named = c.line.is_name(i) || (c.line.is_capital(i) && days == 0 && c.line.is_capital(i + 1));
    let today = || c.today().plus(days);
    let kind = match ending {
        "" | "ig" if is_named || is_nowadays(c, i) => Kind::Aside,
        "" | "ig" => settled(c, i, i + 1, Kind::Date(today())),
        "i" | "iak" | "it" => Kind::Aside,
        "ra" | "utanra" if place::is_brought_to(c, i) => settled(c, i, i + 1, Kind::Date(today())),
        "hoz" if line_says_week(c, i + 1) => return week_after(c, i, today()),
        "ra" | "tol" | "hoz" | "utan" | "utanra" => Kind::Loose,
        _ => return None,
    };
    mention(i..i + 1, kind)
}

/// Whether a near day is only how things are now: `ma már nem gyártják`, `máig nem fizettek`, `holnap már késő`.
fn is_nowadays(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let is_already = line.after(i + 1) == "mar";
    let is_now = line.key(i) == "maig" || (is_already && line.key(i) == "ma");
    (is_now && !place::is_to_do(c, i)) || (is_already && line.after(i + 2) == "keso")
}

/// Whether `egy hétre` is at word `i`.
fn line_says_week(c: &Context<'_>, i: usize) -> bool {
    c.line.gap(i) <= Gap::Space && c.line.after(i + 1) == "hetre"
}

/// `péntekhez egy hétre`: so many weeks after a day.
fn week_after(c: &Context<'_>, i: usize, start: Day) -> Option<Mention> {
    let count = count(c, i + 1)?;
    mention(i..i + 3, settled(c, i, i + 3, calendar::after(c.clock, start, count, Unit::Week)))
}

fn count(c: &Context<'_>, i: usize) -> Option<u32> {
    match c.figure(i) {
        Some(figure) => figure.single().filter(|_| figure.tail.is_empty()),
        None => hu::number(c.line.key(i)),
    }
}

/// `két nap múlva`, `fél óra múlva`, `mához egy hétre`.
fn ahead(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let found = |to: usize, count: u32, unit: Unit| {
        // `1 óra 20 perc múlva` began before.
        let began = line.before(i) == "es" || hu::unit(line.before(i)).is_some();
        let kind = if began { Kind::Doubt } else { calendar::ahead(c.clock, count, unit) };
        mention(i..to, settled(c, i, to, kind))
    };
    if line.key(i) == "mahoz" && line_says_week(c, i + 1) {
        return found(i + 3, count(c, i + 1)?, Unit::Week);
    }
    let part_of_hour = match line.key(i) {
        "fel" => Some(30),
        "negyed" => Some(15),
        "haromnegyed" => Some(45),
        "masfel" => Some(90),
        _ => None,
    };
    if let Some(minutes) = part_of_hour
        && line.has(i + 1, &["ora", "mulva"])
    {
        return found(i + 3, minutes, Unit::Minute);
    }
    let unit = hu::unit(line.after(i + 1)).filter(|_| line.after(i + 2) == "mulva")?;
    found(i + 3, count(c, i)?, unit)
}

/// A day of the week of this week or the next: `jövő hétfőn`, `a jövő hét keddjén`, `ezen a héten pénteken`.
fn of_a_week(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let today = c.today();
    let form = |i: usize| {
        hu::weekday_form(line.key(i))
            .filter(|_| line.gap(i) <= Gap::Comma)
            .filter(|(_, form)| !matches!(form, Form::Other))
    };
    let day = |found: Option<Day>| found.map_or(Kind::Doubt, Kind::Date);
    let from = c.absorb(i, &["a", "az"]);
    let read = |at: usize, found: &dyn Fn(u32) -> Kind| {
        let (weekday, form) = form(at)?;
        let kind =
            if form == Form::Adjective { Kind::Aside } else { settled(c, from, at + 1, found(weekday)) };
        mention(from..at + 1, kind)
    };
    match line.key(i) {
        "jovo" | "kovetkezo" | "kov" | "kovi" | "jovoheten" | "jovohet" => {
            let at = if line.key(i).starts_with("jovohet") { i } else { i + 1 };
            if matches!(line.key(at), "het" | "heten") && line.gap(at) <= Gap::Dot || at == i {
                let next = if line.key(at + 1) == "a" { at + 2 } else { at + 1 };
                return read(next, &|weekday| day(calendar::next_week(today, weekday)))
                    .or_else(|| mention(from..at + 1, Kind::Doubt));
            }
            if matches!(line.after(at), "honap" | "ho") {
                let (number, form, to) = day_number(c, at + 1)?;
                let kind = match form {
                    Form::On | Form::Until => settled(c, from, to, calendar::next_month_day(today, number)),
                    _ => Kind::Doubt,
                };
                return mention(from..to, kind);
            }
            if matches!(line.after(at), "heti" | "havi" | "evi") {
                return mention(from..at + 1, Kind::Aside);
            }
            if matches!(line.key(i), "kov" | "kovi") && form(at).is_none() {
                None
            } else if line.key(i) == "jovo" {
                read(at, &|weekday| day(calendar::next_week(today, weekday)))
            } else {
                read(at, &|weekday| day(calendar::undisputed_next(today, weekday)))
            }
            .or_else(|| {
                let is_span =
                    matches!(line.after(at), "honapban" | "evben" | "ev" | "honap" | "ho" | "hetvegen");
                is_span.then(|| mention(from..at + 1, Kind::Doubt)).flatten()
            })
        }
        "mult" | "elozo" | "elmult" => {
            let is_past = hu::weekday_form(line.after(i + 1)).is_some()
                || matches!(
                    line.after(i + 1),
                    "het" | "heten" | "heti" | "honap" | "honapban" | "havi" | "evben"
                );
            let is_day = line.has(i + 1, &["het"]) || line.has(i + 1, &["heten"]);
            let to = if is_day && form(i + 2).is_some() { i + 3 } else { i + 2 };
            is_past.then(|| mention(from..to, Kind::Aside)).flatten()
        }
        "most" => read(i + 1, &|weekday| day(calendar::this_week(today, weekday))),
        "ezen" if line.has(i + 1, &["a", "heten"]) => {
            read(i + 3, &|weekday| day(calendar::this_week(today, weekday)))
                .or_else(|| mention(i..i + 3, Kind::Doubt))
        }
        "ezen" if line.after(i + 1) == "a" => {
            read(i + 2, &|weekday| day(calendar::this_week(today, weekday)))
        }
        "eheten" if is_home(c) => read(i + 1, &|weekday| day(calendar::this_week(today, weekday)))
            .or_else(|| mention(i..i + 1, Kind::Doubt)),
        "e" | "a"
            if is_home(c)
                && matches!(line.after(i + 1), "heten" | "het")
                && (line.key(i) == "e" || line.key(i + 1) == "heten") =>
        {
            read(i + 2, &|weekday| day(calendar::this_week(today, weekday)))
                .or_else(|| mention(i..i + 2, Kind::Doubt))
        }
        _ => None,
    }
}

/// `pénteken`, `péntekig`, `péntek délután`.
fn weekday(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let (weekday, form) = hu::weekday_form(line.key(i))?;
    let form = if (weekday, form) == (6, Form::Bare) { Form::On } else { form };
    if !is_home(c) && !matches!(form, Form::On | Form::Until) {
        return None;
    }
    let to = i + 1;
    let next = line.after(to);
    if line.is_capital(i) && (c.ends_name(to) || c.ends_name(to + 1)) {
        return None;
    }
    let article = usize::from(line.gap(to) <= Gap::Comma && line.key(to) == "a");
    if line.gap(to) <= Gap::Comma
        && line.has(to + article, &["jovo"])
        && matches!(line.after(to + article + 1), "het" | "heten")
    {
        let to = to + article + 2;
        let day = calendar::next_week(c.today(), weekday).map_or(Kind::Doubt, Kind::Date);
        return mention(i..to, settled(c, i, to, day));
    }
    if form == Form::Other
        && line.key(i).ends_with('z')
        && line_says_week(c, to)
        && weekday != calendar::weekday(c.today())
    {
        return week_after(c, i, calendar::coming(c.today(), weekday));
    }
    // `nem pénteken, hétfőn`
    let is_next =
        line.after(to) == "hanem" || line.gap(to) == Gap::Comma && hu::weekday_form(line.key(to)).is_some();
    if is_next && line.before(i) == "nem" {
        return mention(i..to, Kind::Gone);
    }
    let kind = match form {
        Form::Other if place::is_brought_to(c, i) => settled(c, i, to, Kind::Weekday(weekday)),
        Form::Other | Form::Of => Kind::Loose,
        Form::Adjective => Kind::Aside,
        _ if line.is_name(i) => Kind::Aside,
        Form::On | Form::Until => settled(c, i, to, Kind::Weekday(weekday)),
        Form::Bare if matches!(line.before(i), "fekete" | "husvet" | "punkosd") => Kind::Aside,
        Form::Bare => {
            let stands = line.gap(to) > Gap::Space && !(line.is_capital(i) && line.gap(to) == Gap::Dot)
                || part(next).is_some()
                || c.starts_time(to)
                || (next == "de" && line.word(to).is_some_and(|word| word.has_dot))
                || matches!(next, "delig" | "estig" | "reggelig" | "delutanig")
                || c.day(to).is_some_and(|(_, tail)| !tail.is_ascii())
                || lexicon::month(next).is_some()
                || (line.begins(i) && (next.ends_with("ni") || hu::is_short(line.key(i))))
                // A name would have a capital.
                || (line.begins(i)
                    && !line.is_capital(i)
                    && (c.figure(to).is_none() || words::is_measure(line.after(to + 1))));
            match settled(c, i, to, Kind::Weekday(weekday)) {
                kind @ (Kind::Doubt | Kind::Loose | Kind::Gone) => kind,
                _ if !stands && matches!(line.gap(i), Gap::Comma | Gap::Dash) => Kind::Doubt,
                _ if !stands => Kind::Aside,
                kind => kind,
            }
        }
    };
    mention(i..to, kind)
}

/// `december 5-én`, `dec. 5.`, `2026. december 5.`, `szeptember elsején`.
fn date(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let year = c
        .figure(i)
        .filter(|figure| figure.tail.is_empty() && line.gap(i + 1) <= Gap::Dot)
        .and_then(|it| it.year());
    let at = if year.is_some() { i + 1 } else { i };
    let month = hu::month(line.key(at))?;
    if c.figure(at + 1).is_some_and(|figure| figure.count == 2 && figure.mark == '-')
        && line.gap(at + 1) <= Gap::Dot
    {
        return mention(i..at + 2, Kind::Doubt);
    }
    let (day, form, to) = day_number(c, at + 1)?;
    if !is_home(c) && (line.key(at).len() < 5 || form != Form::On) {
        return None;
    }
    if words::is_street(line.after(to)) || c.ends_name(to) {
        return None;
    }
    if c.is_one_of_several(&(i..to)) || matches!(line.after(to), "am" | "pm") {
        return mention(i..to, Kind::Doubt);
    }
    let next = line.after(to);
    let has_dot = line.word(to - 1).is_some_and(|word| word.has_dot || !word.is_number());
    let kind = match form {
        Form::Adjective => Kind::Aside,
        Form::Other if place::is_moved(c, to - 1) => calendar::date(c.today(), year, month, day),
        Form::Other | Form::Of => Kind::Loose,
        // `december 5 doboz` counts boxes.
        Form::Bare if !has_dot && line.gap(to) == Gap::Space && words::is_measure(next) => Kind::Aside,
        Form::Bare | Form::On | Form::Until => calendar::date(c.today(), year, month, day),
    };
    let kind =
        if kind == Kind::Aside || words::precedes_number(next) { kind } else { settled(c, i, to, kind) };
    mention(i..to, kind)
}

/// A day of the month in digits or in words, its ending, and where it ends.
fn day_number(c: &Context<'_>, i: usize) -> Option<(u32, Form, usize)> {
    if c.line.gap(i) > Gap::Dot {
        return None;
    }
    if let Some((day, form)) = hu::ordinal(c.line.key(i)) {
        return Some((day, form, i + 1));
    }
    let (day, tail) = c.day(i)?;
    Some((day, hu::ending(&fold(tail))?, i + 1))
}

/// `5-én`, `huszadikán`: the next such day.
fn day_alone(c: &Context<'_>, i: usize) -> Option<Mention> {
    if !is_home(c) {
        return None;
    }
    let (day, form) = match hu::ordinal(c.line.key(i)) {
        Some((day, form)) => (day, form),
        None => {
            let (day, tail) = c.day(i)?;
            // `5-en` is "five of us", `9-től` from nine. No hour is over 24.
            let is_until = day > 24 && matches!(tail, "ig" | "áig" | "éig");
            // Who writes without marks may mean `30-án`, unless so many people are meant.
            let is_plain = matches!(tail, "an" | "en") && !c.line.words.iter().any(|word| word.is_marked());
            let has_act = || c.line.words.iter().any(|word| hu::is_act(&word.key));
            let is_until = is_until || (is_plain && !hu::is_of_people(c.line.after(i + 1)) && has_act());
            let is_day = tail.starts_with(['á', 'é']) || tail == "jén" || is_until;
            (day, hu::ending(&fold(tail)).filter(|_| is_day)?)
        }
    };
    let is_of_month = matches!(c.line.before(i), "ho" | "honap" | "honapban");
    let kind = match form {
        Form::On | Form::Until if is_of_month => Kind::Doubt,
        Form::On | Form::Until => {
            let several = c.is_one_of_several(&(i..i + 1));
            if several { Kind::Doubt } else { settled(c, i, i + 1, calendar::month_day(c.today(), day)) }
        }
        Form::Adjective => Kind::Aside,
        Form::Other => Kind::Doubt,
        Form::Bare | Form::Of => return None,
    };
    mention(i..i + 1, kind)
}

/// What holds more than one day, or another day than the due's.
fn vague(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    if !is_home(c) {
        return None;
    }
    let key = line.key(i);
    if key == "minden" {
        let is_time = |key: &str| {
            hu::unit(key).is_some()
                || part(key).is_some()
                || matches!(key, "masodik" | "reggel" | "hetkoznap" | "munkanap")
        };
        return is_time(line.after(i + 1)).then(|| mention(i..i + 2, Kind::Doubt)).flatten();
    }
    // `XII. 5.`
    let is_roman = line
        .word(i)
        .is_some_and(|word| word.has_dot && word.raw.chars().all(|char| matches!(char, 'I' | 'V' | 'X')));
    if is_roman && c.day(i + 1).is_some() {
        return mention(i..i + 2, Kind::Doubt);
    }
    // The end of a day is today's.
    let is_close = matches!(line.before(i), "nap" | "munkanap" | "munkaido");
    if let Some(is_doubt) = hu::is_vague(key).filter(|_| !is_close) {
        return mention(i..i + 1, if is_doubt { Kind::Doubt } else { Kind::Aside });
    }
    match hu::month_form(key)? {
        Form::Bare | Form::Adjective => mention(i..i + 1, Kind::Aside),
        _ => mention(i..i + 1, Kind::Doubt),
    }
}

/// The part of the day that a word names.
pub(super) fn part(key: &str) -> Option<Part> {
    Some(match key {
        "hajnalban" | "hajnali" => Part::Dawn,
        "reggel" | "delelott" | "d e" => Part::Morning,
        "delutan" | "du" | "d u" => Part::Afternoon,
        "este" => Part::Evening,
        "ejjel" | "ejszaka" => Part::Night,
        _ => return None,
    })
}
