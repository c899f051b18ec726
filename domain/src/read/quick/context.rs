//! What the readers of days and times share: the line, the clock, and the language of the text.

use std::ops::Range;

use chrono::Datelike;

use super::calendar::Unit;
use super::figure::Figure;
use super::line::{Gap, Line};
use super::mention::{Kind, Mention};
use super::{lexicon, words};
use crate::settings::catalogue::Language;
use crate::value::time::{Day, LocalNow};

/// A line that is read.
#[derive(Debug)]
pub(super) struct Context<'a> {
    pub line: Line<'a>,
    pub clock: &'a LocalNow,
    /// The language of the text. What is of another one must be plain.
    pub home: Language,
}

impl Context<'_> {
    pub fn today(&self) -> Day {
        self.clock.today
    }

    pub fn is_home(&self, language: Language) -> bool {
        self.home == language
    }

    /// Whether the word at `i` makes the one before it a name: `Friday Ltd`, `Sunday Street`.
    pub fn ends_name(&self, i: usize) -> bool {
        let key = self.line.after(i);
        words::is_legal_form(key) || (self.line.is_capital(i) && words::ends_name(key))
    }

    /// The figure that word `i` is.
    pub fn figure(&self, i: usize) -> Option<Figure<'_>> {
        self.line.word(i).filter(|word| !word.key.is_empty()).and_then(|word| Figure::read(word.raw))
    }

    /// The day of the month that word `i` is, and what is written onto it.
    pub fn day(&self, i: usize) -> Option<(u32, &str)> {
        self.figure(i).and_then(|figure| Some((figure.day()?, figure.tail)))
    }

    /// The year that word `i` is, if it goes with the one before.
    pub fn year(&self, i: usize) -> Option<u32> {
        let figure = self.figure(i).filter(|_| self.line.gap(i) <= Gap::Comma)?;
        figure.year().filter(|_| figure.tail.is_empty())
    }

    /// The year that word `i` is in two digits, behind a month and before nothing else: `5 Dec 27`.
    pub fn short_year(&self, i: usize) -> Option<u32> {
        let figure = self.figure(i).filter(|it| self.line.gap(i) == Gap::Space && it.tail.is_empty())?;
        let year = 2000 + figure.day().filter(|_| self.line.gap(i + 1) > Gap::Space)?;
        let this = u32::try_from(self.today().date().year()).ok()?;
        (this..=this + 5).contains(&year).then_some(year)
    }

    /// Whether nothing but days of the week stands from word `clause` to word `i`.
    pub fn is_first_of(&self, clause: usize, i: usize) -> bool {
        (clause..i).all(|n| lexicon::weekday(self.line.key(n), self.home).is_some())
    }

    /// Whether the sentence of the words that end before `i` is a question.
    pub fn is_asked(&self, i: usize) -> bool {
        let last = self.line.words.len().min(i + 40);
        let i = (i..last).find(|n| self.line.gap(*n) >= Gap::Stop).unwrap_or(last);
        let end = i.checked_sub(1).and_then(|last| self.line.word(last)).map_or(0, |word| word.at.end);
        self.line.text.get(end..).is_some_and(|rest| rest.trim_start().starts_with('?'))
    }

    /// Whether word `i` looks like the first of a time.
    pub fn starts_time(&self, i: usize) -> bool {
        let is_time = |i: usize| {
            self.figure(i).is_some_and(|figure| {
                figure.clock(':').is_some()
                    || (figure.clock('.').is_some() && !self.is_home(Language::English))
                    || (figure.count == 1 && matches!(self.line.after(i + 1), "ora" | "orakor"))
                    || matches!(figure.tail, "am" | "pm" | "AM" | "PM" | "a.m" | "p.m" | "kor" | "h")
                    || (figure.count == 1 && self.is_meridiem(i + 1))
            })
        };
        is_time(i)
            || (matches!(self.line.key(i), "at" | "by" | "la" | "ora" | "orele")
                && self.figure(i + 1).is_some())
            || self.line.has(i, &["la", "ora"])
            || self.line.has(i, &["at", "noon"])
    }

    /// Whether word `i` is `am` or `pm`. In Romanian `am` is "I have".
    pub fn is_meridiem(&self, i: usize) -> bool {
        let is_am = matches!(self.line.after(i), "am" | "a m") && !self.is_home(Language::Romanian);
        is_am || matches!(self.line.after(i), "pm" | "p m")
    }

    /// Where a phrase begins whose words before `i` may be these.
    pub fn absorb(&self, mut i: usize, leads: &[&str]) -> usize {
        while leads.contains(&self.line.before(i)) {
            i -= 1;
        }
        i
    }

    /// Whether a day at these words is one of several: `4 and 5 December`, `December 4-5`.
    pub fn is_one_of_several(&self, words: &Range<usize>) -> bool {
        let joins = |i: usize| {
            matches!(
                self.line.key(i),
                "and" | "&" | "or" | "to" | "es" | "vagy" | "meg" | "si" | "sau" | "ori" | "until" | "till"
            )
        };
        let is_day =
            |i: usize| self.day(i).is_some_and(|(_, tail)| !matches!(tail, "am" | "pm" | "kor" | "h"));
        let (from, to) = (words.start, words.end);
        let before = from.checked_sub(1).is_some_and(|before| {
            let is_whole = before > 0 && lexicon::month(self.line.key(before - 1)).is_some();
            let is_far = matches!(self.line.gap(from), Gap::Comma | Gap::Dash) && is_day(before) && !is_whole;
            is_far || (joins(before) && before.checked_sub(1).is_some_and(is_day))
        });
        let is_count = is_day(to)
            && !self.is_meridiem(to + 1)
            && self.line.after(to + 1) != "noon"
            && !matches!(self.line.key(to + 1), "ora" | "orakor");
        let after = (matches!(self.line.gap(to), Gap::Comma | Gap::Dash) && is_count)
            || (joins(to) && is_day(to + 1) && !self.is_meridiem(to + 2));
        before || after
    }

    /// Whether a span of time goes on at word `i`: `1 hour` and `20 minutes`.
    pub fn counts_on(
        &self,
        i: usize,
        number: impl Fn(&str) -> Option<u32>,
        unit: impl Fn(&str) -> Option<Unit>,
    ) -> bool {
        let at = if matches!(self.line.after(i), "and" | "si") { i + 1 } else { i };
        let is_number = self.line.gap(at) <= Gap::Comma
            && (self.figure(at).is_some() || number(self.line.key(at)).is_some());
        let is_unit = |i: usize| unit(self.line.after(i)).is_some();
        is_number && (is_unit(at + 1) || (self.line.after(at + 1) == "de" && is_unit(at + 2)))
    }

    /// Which of the words after `i` is a unit.
    pub fn has_unit_after(&self, i: usize, unit: impl Fn(&str) -> Option<Unit>) -> Option<usize> {
        (i + 1..=i + 4)
            .take_while(|n| self.line.gap(*n) <= Gap::Dot)
            .find(|n| unit(self.line.key(*n)).is_some())
    }
}

/// A day that begins the name of a shop or a publisher, both with capitals: `Friday Bar`, `Holnap Kiadó`.
pub(super) fn day_of_name(c: &Context<'_>, i: usize) -> Option<Mention> {
    // Where all letters are capitals, it may be a name as well.
    let has_capital = |i: usize| c.line.word(i).is_some_and(|word| word.raw.starts_with(char::is_uppercase));
    let key = c.line.key(i);
    let is_day = lexicon::is_day(key) || words::is_near_day(key);
    let is_shop =
        c.line.gap(i + 1) == Gap::Space && has_capital(i + 1) && lexicon::is_shop(c.line.key(i + 1));
    if is_day && is_shop && has_capital(i) { mention(i..i + 1, Kind::Aside) } else { None }
}

/// That these words say that.
pub(super) fn mention(words: Range<usize>, kind: Kind) -> Option<Mention> {
    Some(Mention { words, kind })
}
