//! Quick add: a todo and its due from one line (`call Nova Ltd tomorrow 9:00`).
//!
//! A wrong due is worse than none: the user sees at once that there is none, and finds out too late that it is
//! another day. So what may be read in two ways stays text.
//!
//! # What is read
//!
//! The language of the text is its user's. A phrase in another of the three is read, too, where its words belong to
//! no other language (`holnap`, `mâine` with its mark, `next Monday`).
//!
//! - Days near: today, tomorrow, the day after; in so many days, working days, weeks, months, hours or minutes, at
//!   most five years ahead; a week from Friday, "Friday week", `mához egy hétre`, `de luni într-o săptămână`. The end
//!   of a month is clamped (T7).
//! - A day of the week, long or short, is the next such day after today. Where a date is said as well, it is that
//!   date's.
//! - *Next Monday* (`next`, `viitoare`) is Monday of next week (T16), but only while this week's is not ahead, and
//!   not on the eve: "next Friday", said on a Wednesday, is this week's for some and next week's for others. On a
//!   Sunday no day but Sunday can be next. Hungarian `jövő pénteken` is always next week's, as is "Friday next week"
//!   in all languages. *This Friday* is this week's, if it is ahead.
//! - Dates with a month's name. Without a year, the next such day, unless that is more than 300 days ahead: then the
//!   past one is nearer. A date with a year that has passed is not a due. So are the first Monday of December, the
//!   last day of the month and what has to be done by its end, Christmas Eve and others with a name.
//! - Dates in numbers: with the year first in all languages; with the year last day-first in Romanian and, with
//!   points, in English, and elsewhere if a number over 12 decides or the day of the week beside it is that of one
//!   reading only. Without a year `12.05-én`, `12.05.` in Hungarian, `pe 5.12` in Romanian, `30/11` in English; and
//!   where the day of the week beside them is theirs, a time follows, or they stand at the begin or the end.
//! - Times with minutes (`9:00`), with am or pm, with `-kor`, `óra`, `la ora`, and hours with their part of the day
//!   (`délután 3-kor`, `la 8 seara`, `9 in the morning`). `9.00` needs a day beside it, `-kor` or `ora`, as it is a
//!   price, too. A time alone is today's if it is ahead, else tomorrow's. An hour from 8 on with `-kor` or `ora` is
//!   one of the working day, and so is `fél 10`.
//! - "EOD", `nap végéig` is today, unless another day is said.
//!
//! # What belongs to something else
//!
//! These are passed over, and a time alone does not count beside them, for it may be theirs:
//!
//! - days of other things: "Friday report", "last Friday", "sent on Friday", `a pénteki megbeszélés`, `ședința de
//!   mâine`, names of months alone, feasts;
//! - the end of what is valid or of somebody's leave (`valabilă până vineri`, `hétfőig szabadságon`), and in another
//!   part of the sentence what others do: "call Bosch, the goods arrive on Friday";
//! - what has another in its place: "moved from Thursday to Friday", `péntek helyett hétfőn`, `nu luni, marți`;
//! - words that may be a slip of a day, and numbers that may be a date, such as `5/12`.
//!
//! Behind a due of its own, so is a day that would leave the line without one: "call Ann tomorrow if Friday suits
//! her", "today book a table for Friday".
//!
//! What is told or not to be done ends where the next part of the sentence says what to do: "no answer, call on
//! Monday", `beszéltem Annával, pénteken küldeni`.
//!
//! # What is in doubt
//!
//! There is no due, and nothing is taken out of the text:
//!
//! - two days or spans of time: next week, the weekend, in December, "Monday or Tuesday", 4-5 December, daily;
//! - a day that is not plainly the due's: after, before, since, for, about, not Friday; "to Friday"; what comes after
//!   "if", "who", `hogy`, `care`; `péntekre`, `pentru vineri`, until (but by Friday, `péntekig`, `până vineri` are
//!   dues); "Friday?";
//! - a number behind a day of the week that may be its date: "Friday 13", "Friday 4 samples" before Friday, the 4th;
//! - `03/04/2026` in English, most years in two digits, dates further ahead than five years.
//!
//! The day counts, and the time stays text:
//!
//! - an hour of which nobody knows whether it is before noon: "at 5", "half five", `3-kor`, `fél öt`, `la 3`, `5:30`;
//!   in English any hour without minutes, am or pm; beside a dinner or a concert any before noon;
//! - the part of a day without an hour: "tonight" is today, and "tonight" stays in the text;
//! - around, before or after a time, from one time to another, a time of another zone, midnight;
//! - a time that has passed today where today is said.
//!
//! Names (`Friday Ltd`, `Május 1. utca`, `strada 1 Mai`, `Miercurea Ciuc`), what stands in quotation marks, and a
//! number alone say nothing.

mod calendar;
mod clocks;
mod context;
mod cut;
mod english;
mod figure;
mod hungarian;
mod judge;
mod lexicon;
mod line;
mod mention;
mod numeric;
mod romanian;
#[cfg(test)]
mod tests;
mod words;
mod words_en;
mod words_hu;
mod words_ro;

use std::fmt;

use crate::settings::catalogue::Language;
use crate::value::due::Due;
use crate::value::time::LocalNow;
use clocks::Scan;
use context::Context;
use line::Line;
use mention::{Kind, Mention};

/// A longer text is no line that somebody typed: it is not read.
const LONGEST: usize = 4 << 10;

/// What a line says: a todo, and when it is due.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct QuickTodo {
    /// The words of the todo, without those that say when. Nothing is left of `tomorrow 9:00`.
    pub text: String,
    /// When, if that is beyond doubt.
    pub due: Option<Due>,
}

/// For logs of tests and the command line: `call Nova Ltd @ 2026-11-26T09:00[Europe/Budapest]`.
impl fmt::Display for QuickTodo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.due {
            None => f.write_str(&self.text),
            Some(due) => write!(f, "{} @ {due}", self.text),
        }
    }
}

/// Reads the due out of a line that its user wrote in `language`, by the user's clock.
pub fn quick(text: &str, language: Language, clock: &LocalNow) -> QuickTodo {
    let whole = || QuickTodo { text: text.trim().to_owned(), due: None };
    if text.len() > LONGEST {
        return whole();
    }
    let c = Context { line: Line::new(text), clock, home: language };
    match judge::due(&c, &mentions(&c)) {
        None => whole(),
        Some((due, said)) => QuickTodo { text: cut::without(&c.line, &said), due: Some(due) },
    }
}

/// All that the line says about days and times, in its order.
fn mentions(c: &Context<'_>) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut scan = Scan { c, said: vec![None; c.line.words.len()] };
    let readers: [fn(&Scan<'_>, usize) -> Option<Mention>; 4] =
        [|s, i| day(s.c, i), clocks::part, clocks::clock, |s, i| rest(s.c, i)];
    for read in readers {
        let mut i = 0;
        while i < c.line.words.len() {
            let is_free = |mention: &Mention| {
                let mut said = scan.said.iter().skip(mention.words.start).take(mention.words.len());
                said.all(Option::is_none)
            };
            let mention = if c.line.key(i).is_empty() { None } else { read(&scan, i).filter(is_free) };
            let Some(mention) = mention else {
                i += 1;
                continue;
            };
            i = mention.words.end.max(i + 1);
            for said in scan.said.iter_mut().take(mention.words.end).skip(mention.words.start) {
                *said = Some(mention.kind);
            }
            found.push(mention);
        }
    }
    found.sort_by_key(|mention| mention.words.start);
    found
}

/// The day that is mentioned from word `i` on: in the language of the text, then in the others.
fn day(c: &Context<'_>, i: usize) -> Option<Mention> {
    type Reader = fn(&Context<'_>, usize) -> Option<Mention>;
    let readers: [Reader; 3] = match c.home {
        Language::English => [english::read, hungarian::read, romanian::read],
        Language::Hungarian => [hungarian::read, romanian::read, english::read],
        Language::Romanian => [romanian::read, hungarian::read, english::read],
    };
    numeric::read(c, i).or_else(|| readers.iter().find_map(|read| read(c, i)))
}

/// What nothing was made of, and yet may be about a day or a time.
fn rest(c: &Context<'_>, i: usize) -> Option<Mention> {
    let word = c.line.word(i)?;
    let is_compound = !word.raw.contains(['.', '@', ':']) && word.key.contains(' ');
    let is_joined = is_compound && word.raw.contains(['-', '–', '/', '+']);
    // Romanian `sun-o` is no Sunday.
    let is_day = |key: &str| {
        lexicon::is_day(key) && (c.is_home(Language::English) || words_en::short_weekday(key).is_none())
    };
    let kind = if is_joined && word.key.split(' ').any(is_day) {
        Kind::Doubt
    } else if is_joined && word.key.split(' ').any(|key| lexicon::month(key).is_some()) {
        Kind::Aside
    } else if is_range(c, i) {
        Kind::DoubtfulClock
    } else if numeric::is_perhaps_date(c, i)
        || lexicon::is_like_day(&word.key, c.home)
        || lexicon::is_span(&word.key, c.home)
        || (words::is_letters_of_day(&word.key, c.home)
            && c.starts_time(i + 1)
            && !lexicon::is_day(c.line.before(i)))
        || c.day(i).is_some_and(|(_, tail)| is_ordinal(c.home, tail))
    {
        Kind::Aside
    } else {
        return None;
    };
    context::mention(i..i + 1, kind)
}

/// Whether a number with this ending may be the day of a month.
fn is_ordinal(home: Language, tail: &str) -> bool {
    match home {
        Language::English => matches!(tail, "st" | "nd" | "rd" | "th"),
        Language::Hungarian => !matches!(tail, "" | "a" | "e") && words_hu::ending(tail).is_some(),
        Language::Romanian => false,
    }
}

/// Whether a word may be from one time to another: `9:00-10:00`, `9-11`.
fn is_range(c: &Context<'_>, i: usize) -> bool {
    let Some(word) = c.line.word(i).filter(|word| word.is_number()) else { return false };
    match c.figure(i) {
        Some(figure) => figure.count == 2 && figure.mark == '-',
        None => word.raw.contains(':') || word.raw.contains('–'),
    }
}
