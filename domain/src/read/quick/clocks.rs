//! Times of day, and parts of the day.

mod other;

use super::context::{Context, mention};
use super::figure::Figure;
use super::line::Gap;
use super::mention::{Clock, Kind, Mention, NEVER, Part};
use super::{english, hungarian, romanian, words, words_en as en, words_hu as hu, words_ro as ro};
use crate::settings::catalogue::Language;

/// A line with the days that were found in it.
pub(super) struct Scan<'a> {
    pub c: &'a Context<'a>,
    /// What each word was found to say.
    pub said: Vec<Option<Kind>>,
}

/// The hours from which one without minutes stands for itself: nobody means 3 at night.
const HOUR: u32 = 8;

impl Scan<'_> {
    fn said(&self, i: usize) -> Option<Kind> {
        self.said.get(i).copied().flatten()
    }

    /// What the words before `i` say, if only a comma parts them.
    fn said_before(&self, i: usize) -> Option<Kind> {
        let before = i.checked_sub(1).filter(|_| self.c.line.gap(i) <= Gap::Comma)?;
        self.said(before)
    }

    /// What the words from `i` on say, if only a comma parts them from the ones before.
    fn said_after(&self, i: usize) -> Option<Kind> {
        if self.c.line.gap(i) <= Gap::Comma { self.said(i) } else { None }
    }

    /// Whether a day or a part of it is next to these words.
    fn is_near(&self, from: usize, to: usize) -> bool {
        let is_near =
            |kind: Option<Kind>| kind.is_some_and(|kind| kind.is_day() || matches!(kind, Kind::Part(_)));
        is_near(self.said_before(from)) || is_near(self.said_after(to))
    }

    /// Whether nothing, or a day or its part, follows the words that end before `i`.
    fn is_end(&self, i: usize) -> bool {
        self.c.line.gap(i) > Gap::Space
            || self.said(i).is_some_and(|kind| kind.is_day() || matches!(kind, Kind::Part(_)))
    }
}

/// The part of the day that is mentioned from word `i` on.
pub(super) fn part(s: &Scan<'_>, i: usize) -> Option<Mention> {
    let c = s.c;
    let line = &c.line;
    let is_after_day = line.gap(i) == Gap::Space && s.said_before(i).is_some_and(Kind::is_day);
    if line.has(i, &["in", "the"])
        && let Some(part) = english::part(line.after(i + 2))
    {
        return mention(i..i + 3, Kind::Part(part));
    }
    let part = if c.is_home(Language::English) {
        english::part_of_day(line.key(i))
    } else {
        english::part(line.key(i))
    };
    if let Some(part) = part
        && is_after_day
    {
        return mention(i..i + 1, Kind::Part(part));
    }
    if line.has(i, &["first", "thing"]) && (is_after_day || s.is_near(i, i + 2)) {
        return mention(i..i + 2, Kind::Part(Part::Morning));
    }
    let is_home = |language: Language| {
        c.is_home(language) || (is_after_day && line.word(i).is_some_and(|it| it.is_marked()))
    };
    if is_home(Language::Hungarian)
        && let Some(part) = hungarian::part(line.key(i))
    {
        return mention(i..i + 1, Kind::Part(part));
    }
    // `de.` is the morning, `de` "but".
    if c.is_home(Language::Hungarian) && line.key(i) == "de" && line.word(i).is_some_and(|word| word.has_dot)
    {
        return mention(i..i + 1, Kind::Part(Part::Morning));
    }
    if is_home(Language::Romanian)
        && let Some((to, part)) = romanian::part(c, i)
    {
        let from = if line.before(i) == "de" && s.said_before(i).is_none() { i - 1 } else { i };
        return mention(from..to, Kind::Part(part));
    }
    None
}

/// The time that is mentioned from word `i` on.
pub(super) fn clock(s: &Scan<'_>, i: usize) -> Option<Mention> {
    let (to, found) = spoken(s, i)
        .or_else(|| noon(s, i))
        .or_else(|| written(s, i))
        .or_else(|| dotted(s, i))
        .or_else(|| hour(s, i))
        .or_else(|| hour_in_words(s, i))?;
    let from = lead(s, i);
    let kind = match found {
        Kind::Clock(_) if other::is_other(s, from, to) => Kind::DoubtfulClock,
        Kind::Clock(clock) if clock.least > 0 && is_of_evening(s) => {
            Kind::Clock(Clock { least: NEVER, ..clock })
        }
        found => found,
    };
    mention(from..to, kind)
}

/// Whether the line tells of something that is in the evening.
fn is_of_evening(s: &Scan<'_>) -> bool {
    s.c.line.words.iter().any(|word| words::is_of_evening(&word.key))
}

/// Where the prepositions before a time begin.
fn lead(s: &Scan<'_>, i: usize) -> usize {
    let line = &s.c.line;
    let mut from = i;
    while matches!(line.before(from), "at" | "by" | "la" | "ora" | "orele" | "pana" | "pina")
        && s.said_before(from).is_none()
        // LA is a city, `la` a preposition.
        && (s.c.is_home(Language::Romanian) || from.checked_sub(1).is_some_and(|n| !line.is_name(n)))
        && (line.before(from) != "by" || from == i)
    {
        from -= 1;
    }
    from
}

/// `fél öt`, `háromnegyed 9-kor`; `half past five`.
fn spoken(s: &Scan<'_>, i: usize) -> Option<(usize, Kind)> {
    let line = &s.c.line;
    let minute = match line.key(i) {
        "fel" => 30,
        "negyed" => 15,
        "haromnegyed" => 45,
        "half" | "quarter" => {
            let at = if matches!(line.after(i + 1), "past" | "to") { i + 2 } else { i + 1 };
            let is_number = s.c.figure(at).is_some_and(|figure| figure.count == 1)
                || en::number(line.after(at)).is_some();
            let is_hour = is_number && !matches!(line.after(at), "a" | "an");
            return is_hour.then_some((at + 1, Kind::DoubtfulClock));
        }
        _ => return None,
    };
    if !s.c.is_home(Language::Hungarian) || line.gap(i + 1) > Gap::Space {
        return None;
    }
    let word = line.key(i + 1);
    let hour = match s.c.figure(i + 1) {
        Some(figure) => figure.single().filter(|_| matches!(figure.tail, "" | "kor"))?,
        None => hu::number(word.strip_suffix("kor").unwrap_or(word))?,
    };
    let to = if matches!(line.after(i + 2), "ora" | "orakor") { i + 3 } else { i + 2 };
    let hour = hour.checked_sub(1).filter(|hour| *hour < 24)?;
    // Nobody means half past nine in the night.
    let least = if hour > 8 && hour < 12 { HOUR } else { NEVER };
    Some((to, Kind::Clock(Clock { hour, minute, least })))
}

/// `at noon`, `délben`; and midnight, of which nobody knows whose it is.
fn noon(s: &Scan<'_>, i: usize) -> Option<(usize, Kind)> {
    let line = &s.c.line;
    let noon = Kind::Clock(Clock { hour: 12, minute: 0, least: 0 });
    match line.key(i) {
        "noon" | "midday" if matches!(line.before(i), "at" | "by") || s.is_near(i, i + 1) => {
            Some((i + 1, noon))
        }
        "nap" | "munkanap" | "munkaido"
            if matches!(line.after(i + 1), "vegeig" | "vegere") && s.c.is_home(Language::Hungarian) =>
        {
            Some((i + 2, Kind::Close))
        }
        "sfarsitul" | "finalul"
            if matches!(line.after(i + 1), "zilei" | "programului") && s.c.is_home(Language::Romanian) =>
        {
            Some((i + 2, Kind::Close))
        }
        "delben" if s.c.is_home(Language::Hungarian) => Some((i + 1, noon)),
        key if en::is_close(key) && !s.c.is_home(Language::Romanian) => Some((i + 1, Kind::Close)),
        "end" | "close" if matches!(line.after(i + 1), "of") => {
            let at = if line.after(i + 2) == "the" { i + 3 } else { i + 2 };
            matches!(line.after(at), "day" | "business" | "play").then_some((at + 1, Kind::Close))
        }
        "midnight" | "ejfelkor" | "ejfelig" | "ejfel" => Some((i + 1, Kind::Doubt)),
        "miezul" if line.after(i + 1) == "noptii" => Some((i + 2, Kind::Doubt)),
        _ => None,
    }
}

/// `9:00`, `9:30 am`, `14:30-kor`.
fn written(s: &Scan<'_>, i: usize) -> Option<(usize, Kind)> {
    let c = s.c;
    let line = &c.line;
    let figure = c.figure(i)?;
    if figure.count == 3 && figure.mark == ':' {
        return Some((i + 1, Kind::DoubtfulClock));
    }
    let (hour, minute, is_zero_led) = figure.clock(':')?;
    if let Some((to, half)) = meridiem(s, i, &figure) {
        return Some((to, half_day(hour, minute, half)));
    }
    let is_named = match c.home {
        Language::English => matches!(line.after(i + 1), "hours" | "hrs"),
        Language::Hungarian => matches!(line.after(i + 1), "ora" | "orakor"),
        Language::Romanian => false,
    };
    let to = if is_named { i + 2 } else { i + 1 };
    let least = if c.is_home(Language::English) { 8 } else { 6 };
    let least = if is_zero_led || hour > 12 || hour == 0 { 0 } else { least };
    let is_led = lead(s, i) < i || figure.tail == "kor" || to > i + 1;
    let stands = is_led
        || s.is_near(i, to)
        || line.begins(i)
        || line.gap(to) > Gap::Space
        || en::follows_day(line.after(to));
    // `v. 18:00` is Sunday, `v 18.00` a version.
    let is_number = !is_led && s.said_before(i).is_none() && words::precedes_number(line.before(i));
    match figure.tail {
        _ if is_number || words::is_measure(line.after(to)) => None,
        "" | "kor" | "ig" | "h" if stands && (hour, minute) != (0, 0) => {
            Some((to, Kind::Clock(Clock { hour, minute, least })))
        }
        _ => Some((to, Kind::DoubtfulClock)),
    }
}

/// `9.00`, which is a price or a date as well, unless something tells.
fn dotted(s: &Scan<'_>, i: usize) -> Option<(usize, Kind)> {
    let c = s.c;
    let line = &c.line;
    let figure = c.figure(i)?;
    let (hour, minute, is_zero_led) = figure.clock('.')?;
    if let Some((to, half)) = meridiem(s, i, &figure) {
        return Some((to, half_day(hour, minute, half)));
    }
    let is_hour = matches!(line.after(i + 1), "ora" | "orakor") && c.is_home(Language::Hungarian);
    let to = if is_hour { i + 2 } else { i + 1 };
    let is_marked = figure.tail == "kor" || is_hour || matches!(line.before(i), "ora" | "orele");
    let from = lead(s, i);
    let is_led = line.before(i) == "la" && s.is_near(from, to);
    let is_near = !c.is_home(Language::English) && s.is_near(i, to);
    let is_number = s.said_before(from).is_none() && words::precedes_number(line.before(from));
    let is_counted = words::is_measure(line.after(to)) || is_number;
    let clock = Kind::Clock(Clock { hour, minute, least: if is_zero_led || hour > 12 { 0 } else { 6 } });
    match figure.tail {
        "" if c.is_home(Language::English) && (from < i || s.is_near(i, to)) => {
            Some((to, Kind::DoubtfulClock))
        }
        "" | "kor" if is_marked => Some((to, clock)),
        "" if is_counted || !(is_led || is_near) => None,
        "" if is_led => Some((to, clock)),
        "" => {
            let is_date = match c.home {
                Language::Romanian => (1..=12).contains(&minute) && hour > 0,
                _ => (1..=31).contains(&minute) && (1..=12).contains(&hour),
            };
            let near = s.said_before(i).or_else(|| s.said_after(to));
            let is_weekday = matches!(near, Some(Kind::Weekday(_)));
            Some((to, if is_date && is_weekday { Kind::Doubt } else { clock }))
        }
        _ => None,
    }
}

/// `9am`, `3 pm`, `9-kor`, `9 óra`, `la ora 9`.
fn hour(s: &Scan<'_>, i: usize) -> Option<(usize, Kind)> {
    let c = s.c;
    let line = &c.line;
    let figure = c.figure(i)?;
    let hour = figure.single().filter(|hour| *hour <= 24)?;
    if let Some((to, half)) = meridiem(s, i, &figure) {
        return Some((to, half_day(hour, 0, half)));
    }
    let from = lead(s, i);
    let whole = |to: usize, least: u32| Some((to, of_hour(hour, least)));
    match figure.tail {
        "kor" => return whole(i + 1, HOUR),
        "" => {}
        "tól" | "től" | "tol" | "ig" | "ra" | "re" | "h" if s.is_near(i, i + 1) => {
            return Some((i + 1, Kind::DoubtfulClock));
        }
        _ => return None,
    }
    if let Some(found) = hour_word_after(s, i, hour) {
        return Some(found);
    }
    if matches!(line.after(i + 1), "o clock" | "oclock") {
        return Some((i + 2, of_hour(hour, NEVER)));
    }
    let follows = |to: usize| line.after(to);
    let is_romanian = s.c.is_home(Language::Romanian) || line.before(i.saturating_sub(1)) == "la";
    match line.before(i) {
        "ora" | "orele" if is_romanian => whole(i + 1, HOUR),
        "la" if s.is_near(from, i + 1) => {
            let is_free = matches!(s.said_before(from), Some(Kind::Part(_)))
                || s.is_end(i + 1)
                || line.is_capital(i + 1)
                || ro::goes_on(follows(i + 1));
            Some((i + 1, if is_free { of_hour(hour, HOUR) } else { Kind::DoubtfulClock }))
        }
        "la" if line.gap(i + 1) == Gap::Edge && s.said.iter().flatten().any(|kind| kind.is_day()) => {
            whole(i + 1, HOUR)
        }
        "at" | "by"
            if s.is_end(i + 1)
                || (s.is_near(from, i + 1)
                    && (en::goes_on(follows(i + 1)) || en::is_act(follows(i + 1)))) =>
        {
            whole(i + 1, if hour > 12 && s.is_near(from, i + 1) { 0 } else { NEVER })
        }
        _ => {
            let is_before_part =
                line.gap(i + 1) == Gap::Space && matches!(s.said(i + 1), Some(Kind::Part(_)));
            let is_after_part = line.gap(i) <= Gap::Dot && matches!(s.said_before(i), Some(Kind::Part(_)));
            let is_part = (is_before_part && !c.is_home(Language::Hungarian))
                || (is_after_part && (s.is_end(i + 1) || line.is_capital(i + 1)));
            if is_part { whole(i + 1, NEVER) } else { None }
        }
    }
}

/// The time of an hour and `óra`: `9 óra`, `9 óra 30`, `kilenc órakor`.
fn hour_word_after(s: &Scan<'_>, i: usize, hour: u32) -> Option<(usize, Kind)> {
    let line = &s.c.line;
    if !s.c.is_home(Language::Hungarian) {
        return None;
    }
    match line.after(i + 1) {
        "orakor" => Some((i + 2, of_hour(hour, HOUR))),
        "ora" => {
            let minute = s.c.figure(i + 2).filter(|_| line.gap(i + 2) == Gap::Space);
            let minute =
                minute.and_then(|it| it.single().filter(|n| *n < 60 && matches!(it.tail, "" | "kor")));
            let has_minutes = matches!(line.after(i + 3), "perc" | "perckor");
            if let Some(minute) = minute
                && (has_minutes || s.is_end(i + 3))
            {
                let to = if has_minutes { i + 4 } else { i + 3 };
                return Some((to, Kind::Clock(Clock { hour, minute, least: HOUR })));
            }
            // `8 óra munka` is eight hours.
            let stands = s.is_near(i, i + 2)
                && (s.is_end(i + 2) || line.is_capital(i + 2) || line.key(i + 2).ends_with("ni"));
            Some((i + 2, if stands { of_hour(hour, HOUR) } else { Kind::DoubtfulClock }))
        }
        "orara" | "oraig" | "oratol" => Some((i + 2, Kind::DoubtfulClock)),
        _ => None,
    }
}

/// `kilenckor`, `tíz órakor`, `la ora nouă`, `nine o'clock`.
fn hour_in_words(s: &Scan<'_>, i: usize) -> Option<(usize, Kind)> {
    let line = &s.c.line;
    let key = line.key(i);
    if s.c.is_home(Language::Hungarian) {
        if let Some(hour) = key.strip_suffix("kor").and_then(hu::number) {
            return Some((i + 1, of_hour(hour, HOUR)));
        }
        if let Some(hour) = hu::number(key)
            && line.gap(i + 1) == Gap::Space
        {
            return hour_word_after(s, i, hour);
        }
    }
    if s.c.is_home(Language::Romanian) && matches!(line.before(i), "ora" | "orele") {
        return ro::number(key).map(|hour| (i + 1, of_hour(hour, HOUR)));
    }
    if let Some(hour) = en::number(key).filter(|_| !matches!(key, "a" | "an") && s.c.is_meridiem(i + 1)) {
        let is_morning = matches!(line.key(i + 1), "am" | "a m");
        return Some((i + 2, half_day(hour, 0, if is_morning { Half::Morning } else { Half::Afternoon })));
    }
    let hour = en::number(key).filter(|_| matches!(line.after(i + 1), "o clock" | "oclock"))?;
    Some((i + 2, of_hour(hour, NEVER)))
}

/// The time at a full hour; midnight may be that of either end of the day.
fn of_hour(hour: u32, least: u32) -> Kind {
    match hour {
        1..=23 => {
            Kind::Clock(Clock { hour, minute: 0, least: if hour > 12 { least.min(hour) } else { least } })
        }
        _ => Kind::DoubtfulClock,
    }
}

/// Which half of the day a figure has behind it, and where that ends.
fn meridiem(s: &Scan<'_>, i: usize, figure: &Figure<'_>) -> Option<(usize, Half)> {
    match figure.tail {
        "am" | "AM" | "Am" | "a.m" => Some((i + 1, Half::Morning)),
        "pm" | "PM" | "Pm" | "p.m" => Some((i + 1, Half::Afternoon)),
        "" if s.c.is_meridiem(i + 1) => {
            let is_morning = matches!(s.c.line.key(i + 1), "am" | "a m");
            Some((i + 2, if is_morning { Half::Morning } else { Half::Afternoon }))
        }
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

/// 12 pm is noon; 12 am is midnight, which may be that of either end of the day.
fn half_day(hour: u32, minute: u32, half: Half) -> Kind {
    let clock = |hour| Kind::Clock(Clock { hour, minute, least: 0 });
    match (half, hour) {
        (Half::Morning, 1..=11) | (Half::Afternoon, 12) => clock(hour),
        (Half::Afternoon, 1..=11) => clock(hour + 12),
        _ => Kind::DoubtfulClock,
    }
}

/// The part of the day that a kind says.
pub(super) fn part_of(kind: Kind) -> Option<Part> {
    match kind {
        Kind::Part(part) | Kind::Today(part) => Some(part),
        _ => None,
    }
}
