//! Days of the week in very short as Hungarian writes them.

use super::part;
use super::place::settled;
use crate::read::quick::context::{Context, mention};
use crate::read::quick::lexicon;
use crate::read::quick::line::Gap;
use crate::read::quick::mention::{Kind, Mention};
use crate::read::quick::words::Short;
use crate::read::quick::{words, words_hu as hu};
use crate::settings::catalogue::Language;

/// `pén. 9-kor`, `csü 10:00`, `k. délután`; `pén. Nova` at the begin.
pub(super) fn weekday(c: &Context<'_>, i: usize) -> Option<Mention> {
    let line = &c.line;
    let word = line.word(i).filter(|_| c.is_home(Language::Hungarian))?;
    let short = hu::short_weekday(&word.key)?;
    // `szó.` is a word, `szo.` Saturday.
    let is_written = !word.is_marked() || matches!(word.key.as_str(), "he" | "pe" | "pen" | "csu");
    let is_followed = is_followed(c, i + 1);
    let is_day = match short {
        Short::Alone(_) => is_followed || (word.has_dot && line.begins(i)),
        Short::Dotted(_) => word.has_dot && is_followed && !is_initial(c, i),
        Short::Apart(_) => word.has_dot && is_followed && !is_initial(c, i) && line.gap(i) >= Gap::Comma,
    };
    if !is_written || !is_day {
        return None;
    }
    let is_one = !hu::is_of_week(line.before(i)) && !follows_day(c, i);
    let day = if is_one { Kind::Weekday(short.weekday()) } else { Kind::Doubt };
    mention(i..i + 1, settled(c, i, i + 1, day))
}

/// Whether a time, a part of the day or a date is at word `i`.
fn is_followed(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let is_morning = line.key(i) == "de" && line.word(i).is_some_and(|word| word.has_dot);
    let is_date = c.figure(i).is_some_and(|figure| figure.count > 1)
        || (lexicon::month(line.key(i)).is_some() && c.day(i + 1).is_some());
    let is_time = c.starts_time(i) && !words::is_measure(line.after(i + 1));
    line.gap(i) <= Gap::Comma && (is_time || is_date || is_morning || part(line.key(i)).is_some())
}

/// Whether another day in short is before word `i` that has no time of its own: `h., k. 10:00`, `h. és p. 10:00`.
fn follows_day(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let joins = matches!(line.before(i), "es" | "vagy" | "meg");
    let before = i.checked_sub(if joins { 2 } else { 1 }).filter(|_| line.gap(i) <= Gap::Dash);
    before.is_some_and(|n| {
        hu::short_weekday(line.key(n)).is_some() && line.word(n).is_some_and(|word| word.has_dot)
    })
}

/// Whether a letter may be a part of a name or go with a number: `Nagy P. 9-kor`, `12. p. 9:00`.
fn is_initial(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let is_capital = line.word(i).is_some_and(|word| word.raw.starts_with(char::is_uppercase));
    let is_letter = matches!(line.key(i), "cs") || line.key(i).len() == 1;
    let is_counted = line.gap(i) <= Gap::Dot && i.checked_sub(1).is_some_and(|n| c.figure(n).is_some());
    is_letter && (is_capital || is_counted)
}
