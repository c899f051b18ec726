//! Days of the year and ends of months as Hungarian says them.

use super::place::settled;
use crate::read::quick::calendar;
use crate::read::quick::context::{Context, mention};
use crate::read::quick::line::Gap;
use crate::read::quick::mention::{Kind, Mention};
use crate::read::quick::words_hu::{self as hu, Form};
use crate::settings::catalogue::Language;

/// `szenteste`, `Mikuláskor`: days with names of their own that are each year on the same date; and the last of a
/// month.
pub(super) fn named(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    if !c.is_home(Language::Hungarian) {
        return None;
    }
    if matches!(line.key(i), "honap" | "ho") && line.has(i + 1, &["utolso", "napjan"])
        || line.has(i, &["honap", "utolso", "napjaig"])
    {
        let from = c.absorb(i, &["a"]);
        let kind = if matches!(line.before(from), "jovo" | "mult" | "minden" | "e") {
            Kind::Doubt
        } else {
            calendar::month_end(c.today())
        };
        return mention(from..i + 3, settled(c, from, i + 3, kind));
    }
    if let (Some(month), Some(nth)) = (hu::month(line.key(i)), hu::nth(line.after(i + 1)))
        && let Some((weekday, Form::Of | Form::On)) = hu::weekday_form(line.after(i + 2))
    {
        let kind = calendar::nth_weekday(c.today(), month, nth, weekday);
        return mention(i..i + 3, settled(c, i, i + 3, kind));
    }
    let (_, month, day) = hu::NAMED.iter().find(|(word, ..)| *word == line.key(i))?;
    mention(i..i + 1, settled(c, i, i + 1, calendar::date(c.today(), None, *month, *day)))
}

/// `a hónap végéig`, `december végéig`, `2027. január végéig`, `év végéig`: the last day. At the end may be a day
/// before it.
pub(super) fn end_of(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    if !c.is_home(Language::Hungarian) {
        return None;
    }
    let year = c.figure(i).filter(|figure| figure.tail.is_empty()).and_then(|figure| figure.year());
    let at = if year.is_some() { i + 1 } else { i };
    if year.is_some() && line.gap(at) > Gap::Dot {
        return None;
    }
    let is_end = |n: usize| line.after(n) == "vegeig";
    let (to, kind) = match line.key(at) {
        "honap" | "ho" if year.is_none() && is_end(at + 1) => (at + 2, calendar::month_end(c.today())),
        "ev" if is_end(at + 1) => (at + 2, calendar::year_end(c.today(), year)),
        "vegeig" if year.is_some() => (at + 1, calendar::year_end(c.today(), year)),
        "honapvegeig" | "hovegeig" => (at + 1, calendar::month_end(c.today())),
        "evvegeig" => (at + 1, calendar::year_end(c.today(), None)),
        key if is_end(at + 1) => (at + 2, calendar::last_day(c.today(), year, hu::month(key)?)),
        _ => return None,
    };
    let from = c.absorb(i, &["a", "az", "iden", "idei", "ezen"]);
    // Behind a number it is that of another year, or of more than one.
    let before = line.before(from);
    let is_other = hu::is_of_other_year(before)
        || hu::number(before).is_some()
        || c.figure(from.wrapping_sub(1)).is_some();
    mention(from..to, if is_other { Kind::Doubt } else { settled(c, from, to, kind) })
}
