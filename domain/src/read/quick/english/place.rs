//! What the words around a day make of it in English.

use std::ops::Range;

use super::{LEADS, after_part, starts_date, weekday_of};
use crate::read::quick::calendar::Unit;
use crate::read::quick::context::{Context, mention};
use crate::read::quick::line::Gap;
use crate::read::quick::mention::{Kind, Mention};
use crate::read::quick::{words, words_en as en};

/// A day in its sentence, where it may belong to a noun: `Friday report`, `on Monday meeting`.
pub(super) fn placed(c: &Context<'_>, from: usize, core: usize, to: usize, kind: Kind) -> Option<Mention> {
    let line = &c.line;
    let next = after_part(c, to);
    if c.ends_name(to) || c.ends_name(next) {
        return None;
    }
    // A date that goes with a day of the week before it stands where that does.
    let goes_with_weekday = line.gap(from) <= Gap::Comma
        && from.checked_sub(1).is_some_and(|n| weekday_of(line.key(n)).is_some());
    let is_close = en::is_close(line.before(from)) || is_latest(c, from);
    let has_lead = from < core || goes_with_weekday || is_close;
    let is_qualified = matches!(line.before(from), "early" | "late") && line.begins(from - 1);
    let begins = line.begins(if goes_with_weekday { c.absorb(from - 1, LEADS) } else { from })
        || is_close
        || is_qualified
        || line.before(from) == "but"
        || is_after_time(c, from);
    if !has_lead && (en::names(line.before(from)) || words::precedes_number(line.before(from))) {
        return mention(from..to, Kind::Aside);
    }
    let follower = line.after(next);
    let is_free = line.gap(next) > Gap::Space || c.starts_time(next) || starts_date(c, next);
    let stands = is_free
        || match (has_lead, begins) {
            (true, true) => true,
            // Whatever is to be ready by Friday, is due.
            (true, false) => {
                en::goes_on(follower)
                    || (matches!(line.key(from), "by" | "due") && !line.is_capital(next))
                    || (goes_with_weekday && en::is_act(follower))
            }
            (false, true) => fronts(c, from, to),
            (false, false) => en::follows_day(follower) || follows_occasion(c, from, next),
        };
    let kind = match settled(c, from, to, kind) {
        kind @ (Kind::Doubt | Kind::Loose) => kind,
        _ if !stands && is_listed(c, from..to) => Kind::Doubt,
        _ if !stands => Kind::Aside,
        kind => kind,
    };
    // `moved to Friday` leaves "moved".
    let from = if kind.is_day() && from == core && line.before(from) == "to" { from - 1 } else { from };
    mention(from..to, kind)
}

/// Whether a day is that of the occasion before it, or parts what is to be done from it: `expo 8 Dec stand 12`, `bday
/// Dec 3 order flowers`.
fn follows_occasion(c: &Context<'_>, from: usize, next: usize) -> bool {
    let line = &c.line;
    let before = line.before(from);
    let is_noun =
        !en::is_act(before) && en::is_small_word(before) == Some(false) && en::unit(before).is_none();
    en::is_occasion(before) || (is_noun && en::is_verb(line.after(next)) && !line.is_capital(next))
}

/// Whether `at the latest` or `end of day` stands before word `i`.
fn is_latest(c: &Context<'_>, i: usize) -> bool {
    let before = |words: &[&str]| {
        i.checked_sub(words.len()).is_some_and(|n| c.line.has(n, words) && c.line.gap(i) <= Gap::Dot)
    };
    before(&["at", "the", "latest"]) || before(&["end", "of", "day"]) || before(&["close", "of", "business"])
}

/// Whether nothing but a time stands before word `i` in its sentence: `10am Dec 7`; or that it is urgent.
fn is_after_time(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let begin = line.sentence(i);
    // `quarter past 11`
    let first = if line.key(begin) == "at" { begin + 1 } else { begin };
    let is_spoken =
        matches!(line.key(first), "half" | "quarter") && matches!(line.after(first + 1), "past" | "to");
    let is_time = |n: usize| {
        c.figure(n).is_some()
            || matches!(line.key(n), "at" | "am" | "pm" | "a m" | "p m" | "noon")
            || (is_spoken && n < first + 2)
            || (is_spoken && n == first + 2 && en::number(line.key(n)).is_some())
    };
    let is_urgent = (begin..i).all(|n| en::is_urgent(line.key(n)));
    let starts = is_spoken || c.starts_time(begin);
    begin < i && i - begin < 5 && (is_urgent || (starts && (begin..i).all(is_time)))
}

/// Whether a day without a preposition at the begin of a sentence is when the rest is to be done. `Friday report` may
/// be about the report of Friday, `Monday Motors` a name.
fn fronts(c: &Context<'_>, from: usize, to: usize) -> bool {
    let line = &c.line;
    let next = after_part(c, to);
    let follower = line.after(next);
    let is_written_out =
        (from..to).all(|n| en::weekday(line.key(n)).is_some() || en::month(line.key(n)).is_some());
    if line.is_capital(next) {
        let is_small = (from..to).all(|n| !line.is_capital(n));
        let is_short = !is_written_out && line.key(from) != "mon" && !en::is_word_as_well(line.key(from));
        // `Friday Night Lights`; `Thu Nguyen wants an offer`.
        let is_part = next > to && !line.is_capital(to);
        let is_person =
            (next + 1..next + 3).any(|n| line.gap(n) == Gap::Space && en::is_of_others(line.key(n)));
        return is_part || is_small || (is_short && !is_person);
    }
    if let Some(figure) = c.figure(next) {
        // `Friday 10 samples`; not `Friday 10 or 11`.
        let is_counted =
            figure.single().is_some() && line.gap(next + 1) == Gap::Space && !line.is_capital(next + 1);
        return is_counted
            && !en::follows_day(line.key(next + 1))
            && !matches!(line.key(next + 1), "or" | "to" | "till");
    }
    // "May 5 people come?"
    if line.key(from) == "may" && !line.key(to - 1).ends_with("th") && !line.key(to - 1).starts_with("20") {
        return en::is_act(follower);
    }
    let goes_on =
        en::goes_on(line.after(next + 1)) || line.gap(next + 1) > Gap::Space || line.is_capital(next + 1);
    !(en::is_of_day(follower) || (en::is_meeting(follower) && !goes_on))
}

/// Whether a day is perhaps one of several: `Mon and Wed`, `Monday - Friday`.
pub(super) fn is_listed(c: &Context<'_>, words: Range<usize>) -> bool {
    let line = &c.line;
    let joins = |key: &str| matches!(key, "and" | "&" | "or" | "to");
    let is_day = |i: Option<usize>| i.is_some_and(|i| weekday_of(line.key(i)).is_some());
    let (from, to) = (words.start, words.end);
    joins(line.before(from))
        || line.gap(from) == Gap::Dash
        || (line.gap(from) == Gap::Comma && is_day(from.checked_sub(1)))
        || (joins(line.after(to)) && is_day(Some(to + 1)))
        || (matches!(line.gap(to), Gap::Comma | Gap::Dash) && is_day(Some(to)))
}

/// The kind, unless the words around make it another day.
pub(in crate::read::quick) fn settled(c: &Context<'_>, from: usize, to: usize, kind: Kind) -> Kind {
    let line = &c.line;
    let before = line.before(from);
    let begin = line.sentence(from);
    // "tomorrow" and what is to be done by a day cannot have passed.
    let is_ahead = line.key(from) == "by"
        || is_date_by(c, from)
        || matches!(kind, Kind::Date(day) if day > c.today() && (from..to).any(|n| en::is_tomorrow(line.key(n))))
        || matches!(kind, Kind::Date(_)) && line.key(from) == "in";
    // What is not to be done before a comma says nothing of what follows: `not Thursday, Friday`, `no answer, call
    // Monday`.
    let clause = line.clause(from);
    let is_own = clause < from || weekday_of(line.before_clause(clause)).is_some();
    let clause = if line.before(from) == "but" { from } else { clause };
    let is_negated = (if is_own { clause } else { begin }..from)
        .any(|n| en::negates(line.key(n), line.key(n + 1)) && line.word(n).is_some_and(|word| !word.has_dot));
    let next = line.after(after_part(c, to));
    let is_moved = is_moved_to(c, from);
    let is_deadline = before == "is" && from > 1 && matches!(line.key(from - 2), "deadline" | "cutoff");
    let is_close =
        line.key(from.saturating_sub(1)) == "day" && from > 1 && matches!(line.key(from - 2), "of" | "the");
    if kind == Kind::Aside || before == "last" || before == "previous" {
        Kind::Aside
    } else if en::unsettles(before)
        || (!is_close && en::unit(before).is_some_and(|unit| !matches!(unit, Unit::Minute | Unit::Hour)))
        || before == "fortnight"
        || matches!(next, "or" | "onwards" | "through" | "until" | "till" | "ago" | "excluded")
        || matches!(line.after(to), "after" | "before") && en::unit(line.before(to)).is_some()
        || is_negated
        || is_cancelled(c, from)
        || matches!(next, "week" | "fortnight" | "tbc" | "tba")
    {
        Kind::Doubt
    } else if c.is_asked(to) {
        Kind::Loose
    } else if en::is_until(before) && is_out(c, from) {
        Kind::Aside
    } else if (en::belongs(before) && !is_moved && !is_deadline)
        || en::is_told_of(next)
        || (to..line.clause_end(to.max(from + 1) - 1)).any(|n| line.has(n, &["no", "longer"]))
        || is_of_event(c, from)
    {
        Kind::Loose
    } else if !is_moved && (tells_of_past(c, from) || is_told_after(c, after_part(c, to))) && !is_ahead {
        Kind::Aside
    } else if is_subordinate(c, from) {
        Kind::Loose
    } else if is_said_of_other(c, from, to) {
        Kind::Aside
    } else {
        kind
    }
}

/// Whether word `i` is the date of a day of the week by which something is to be done: `by Wed 2nd`.
fn is_date_by(c: &Context<'_>, i: usize) -> bool {
    let weekday = i.checked_sub(1).filter(|_| c.line.gap(i) <= Gap::Comma);
    weekday.is_some_and(|n| weekday_of(c.line.key(n)).is_some() && c.line.before(n) == "by")
}

/// Whether the day is that of a meeting, and the todo is for it: `slides for the meeting on Friday`.
fn is_of_event(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let is_event = en::is_meeting(line.before(i)) || en::is_event(line.before(i));
    !matches!(line.key(i), "by" | "due")
        && is_event
        && (i.saturating_sub(5).max(line.clause(i))..i - 1).any(|n| en::is_for(line.key(n)))
}

/// Whether something was moved in the part of the sentence before word `i`.
pub(super) fn has_moved(c: &Context<'_>, i: usize) -> bool {
    (c.line.clause(i)..i).any(|n| en::moved(c.line.key(n)))
}

/// Whether the day at word `from` is where something was moved to: `moved to Friday`, `moved from Thu to Fri`.
fn is_moved_to(c: &Context<'_>, from: usize) -> bool {
    let line = &c.line;
    let key = |back: usize| from.checked_sub(back).map_or("", |n| line.key(n));
    let is_from_day = (3..=5).any(|back| key(back) == "from") && has_moved(c, from);
    matches!(line.before(from), "to" | "till" | "until") && (en::moved(key(2)) || is_from_day)
}

/// Whether a word before `i` in its sentence begins what is not the todo: `if`, `who`. A day that stands alone after
/// a comma is not part of it where that tells of the past: `check if they paid, Friday`.
pub(in crate::read::quick) fn is_subordinate(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let begin = line.sentence(i);
    let clause = line.clause(i);
    // What somebody does ends where the user is to do something: `they called on Friday, call back today`.
    let asked = asked_from(c, begin, i);
    let is_over = |n: usize| {
        let is_done = n < clause && en::is_act(line.key(clause));
        (is_done || n < asked) && en::is_subject(line.key(n))
    };
    // "Can Ed come on Tuesday"
    if begin < i && matches!(line.key(begin), "can" | "could" | "does" | "is" | "are") {
        return true;
    }
    let Some(at) = (begin..i).find(|n| begins_subordinate(c, *n) && !is_over(*n)) else { return false };
    let is_alone = c.is_first_of(clause, i) && clause > at && line.gap(line.clause_end(i)) > Gap::Comma;
    let is_past = (at..clause).any(|n| is_past(c, n));
    !(is_alone && is_past)
}

fn begins_subordinate(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    match line.key(i) {
        // `may` is a month as well.
        "may" => !line.is_capital(i) && c.day(i + 1).is_none() && (i == 0 || c.day(i - 1).is_none()),
        "that" => en::begins_clause(line.after(i + 1)) && !(i > 0 && en::reminds(line.key(i - 1))),
        key => en::subordinates(key),
    }
}

/// Whether the part of the sentence tells what others do, or until when something is as it is: `call Bosch, the goods
/// arrive on Friday`, `valid till Friday`.
fn is_said_of_other(c: &Context<'_>, from: usize, to: usize) -> bool {
    let line = &c.line;
    let clause = line.clause(from);
    let has_act =
        (clause..from).rev().take_while(|n| !en::is_state(line.key(*n))).any(|n| en::is_act(line.key(n)));
    let is_away = (to..line.clause_end(to.max(from + 1) - 1)).any(|n| en::is_away(line.key(n)));
    let is_state = (clause..from).any(|n| en::is_state(line.key(n)) || en::is_away(line.key(n))) || is_away;
    // What others do is reported beside what is to be done.
    let next = line.clause_end(to.max(from + 1) - 1);
    let is_beside =
        clause > line.sentence(from) || (line.gap(next) < Gap::Stop && en::is_act(line.key(next)));
    // Who wants something by a day, gets it by then.
    let is_beside =
        is_beside && line.key(from) != "by" && !(next..next + 3).any(|n| words::refers_back(line.key(n)));
    let is_report = is_beside && (clause..from).any(|n| en::is_of_others(line.key(n)));
    en::expires(line.before(from)) || (!has_act && (is_state || is_report))
}

/// Whether what was to be on the day at word `i` is not: `cancelled: Ed Wed 10am`, `skip Wed`.
fn is_cancelled(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let is_off = |n: usize| matches!(line.key(n), "cancelled" | "canceled" | "skip");
    matches!(line.before(i), "cancel" | "skip") || (i.saturating_sub(20)..i).any(is_off)
}

/// Whether somebody is away until the day at word `i`.
fn is_out(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let has = |is: fn(&str) -> bool| (line.clause(i)..i).any(|n| is(line.key(n)));
    has(|key| en::is_away(key) || en::is_state(key) || key == "out") && !has(en::is_act)
}

/// Where what somebody asked of the user begins before word `i`: `she said call back Monday`. The calls in `she said
/// call volumes are up` are none of the user's.
fn asked_from(c: &Context<'_>, begin: usize, i: usize) -> usize {
    let line = &c.line;
    let is_asked = |n: &usize| {
        let next = line.after(n + 2);
        let is_free = n + 2 >= i
            || matches!(next, "back" | "again")
            || en::goes_on(next)
            || en::is_small_word(next) == Some(true)
            || line.is_capital(n + 2);
        en::says(line.key(*n)) && en::is_verb(line.after(n + 1)) && is_free
    };
    (begin..i).rev().find(is_asked).map_or(begin, |n| n + 1)
}

fn is_past(c: &Context<'_>, i: usize) -> bool {
    c.line.word(i).is_some_and(|word| en::is_past(&word.raw.to_lowercase()))
}

/// Whether the sentence before word `i` tells what was done: `Met Anna`, `Anna called`. What is to be done after a
/// comma is not part of it: `Anna called, send the offer on Friday`.
pub(in crate::read::quick) fn tells_of_past(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let clause = line.clause(i);
    let begin = if clause < i && en::is_act(line.key(clause)) { clause } else { line.sentence(i) };
    // "Bob asked me to call on Monday"
    let begin = (begin..i).rev().find(|n| line.has(*n, &["me", "to"])).map_or(begin, |n| n + 1);
    let begin = asked_from(c, begin, i);
    let is_clause = clause > begin
        && (clause..i).any(|n| is_past(c, n))
        && (clause..clause + 2).any(|n| en::is_subject(line.key(n)));
    (i > begin && is_past(c, i - 1) && line.gap(i) <= Gap::Dot && !en::moved(line.before(i)))
        || (i > begin && is_past(c, begin))
        || (i > begin + 1 && is_past(c, begin + 1) && !en::is_act(line.key(begin)))
        || is_clause
}

/// Whether what follows tells what was done: `on Monday we agreed`.
fn is_told_after(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let at = if matches!(line.key(i), "i" | "we" | "you" | "he" | "she" | "they") { i + 1 } else { i };
    line.gap(i) <= Gap::Comma && at > i && line.word(at).is_some_and(|word| en::is_past(word.raw))
}
