//! What the words around a day make of it in Romanian.

use super::part;
use crate::read::quick::context::Context;
use crate::read::quick::line::Gap;
use crate::read::quick::mention::Kind;
use crate::read::quick::{words, words_ro as ro};

/// The kind, unless the words around make it another day.
pub(in crate::read::quick) fn settled(c: &Context<'_>, from: usize, to: usize, kind: Kind) -> Kind {
    let line = &c.line;
    let before = line.before(from);
    let second = from.checked_sub(2).map_or("", |n| line.key(n));
    let next =
        if part(c, to).is_some() { line.after(part(c, to).map_or(to, |(to, _)| to)) } else { line.after(to) };
    let is_until = matches!(line.key(from), "pana" | "pina");
    // Tomorrow has not passed.
    let is_ahead = matches!(kind, Kind::Date(day) if day > c.today())
        && (from..to).any(|n| ro::is_tomorrow(line.key(n)));
    let is_past = (ro::is_past(before) && !matches!(second, "de" | "trebuie" | "fi"))
        || tells_of_past(c, from)
        || (line.gap(to) <= Gap::Dot && is_told(c, to));
    if kind == Kind::Aside {
        return kind;
    }
    if ro::unsettles(before)
        || ro::is_of_week(before)
        || matches!(next, "sau" | "ori" | "incolo" | "exclus")
        || (next == "inclusiv" && !is_until)
        || is_negated(c, from)
        || line.key(line.sentence(from)) == "poate"
        || (before == "de" && matches!(second, "inainte" | "incepand" | "afara" | "jurul"))
    {
        Kind::Doubt
    } else if c.is_asked(to) {
        Kind::Loose
    } else if next == "nu" || (before == "din" && is_moved(c, from)) {
        Kind::Gone
    } else if before == "din" && matches!(kind, Kind::Date(_)) {
        Kind::Aside
    } else if ro::belongs(before)
        || (matches!(next, "e" | "este") && matches!(kind, Kind::Weekday(_)))
        || is_subordinate(c, from)
    {
        Kind::Loose
    } else if before == "de" || (is_past && !is_ahead) || is_said_of_other(c, from) {
        Kind::Aside
    } else {
        kind
    }
}

/// Whether it says what is not to be done. What follows a comma and says more than the day is not part of it: `ieri
/// nu a răspuns, mâine sun iar`.
fn is_negated(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let clause = line.clause(i);
    let is_own = clause < i || line.clause_end(i) > i + 1;
    let begin = if is_own { clause } else { line.sentence(i) };
    let begin = if line.before(i) == "ci" { i } else { begin };
    (begin..i).any(|n| ro::negates(line.key(n), line.key(n + 1)))
}

/// Whether something is brought or was moved to the day at word `i`: `20 de cutii pe vineri`, `reprogramat pe joi`.
pub(super) fn is_brought_to(c: &Context<'_>, i: usize) -> bool {
    is_moved(c, i) || is_delivered(c, i)
}

/// Whether the part of the sentence says nothing but what is delivered to the day at word `i`. What is ordered or
/// promised for a day is due before it.
fn is_delivered(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let clause = line.clause(i)..line.clause_end(i);
    let first = if clause.start + 1 == i { i + 1 } else { clause.start };
    let at = if line.after(first + 1) == "de" { first + 2 } else { first + 1 };
    let is_counted =
        c.figure(first).is_some_and(|figure| figure.tail.is_empty()) && ro::is_goods(line.after(at));
    // `5 cutii pe luni, 3 pe marți`
    let is_counted = is_counted
        || (clause.start > line.sentence(i)
            && c.figure(first).is_some()
            && first + 2 == i
            && line.before(i) == "pe");
    let noun = if line.key(first) == "de" { first + 1 } else { first };
    let is_delivery = ro::is_delivery(line.key(noun));
    let is_other = |n: usize| {
        let key = line.key(n);
        let next = line.after(n + 1);
        let is_to_do = key == "de" && !ro::is_delivery(next) && is_participle(next);
        let is_act = (ro::is_act(key) && key != "de") || ro::is_past(key);
        is_to_do || (is_act && !ro::is_delivery(key)) || ro::is_booked(key)
    };
    (is_counted || is_delivery) && !(line.sentence(i)..line.words.len().min(i + 40)).any(is_other)
}

fn is_participle(key: &str) -> bool {
    key.len() > 4 && ["at", "it", "ut", "is", "us"].iter().any(|end| key.ends_with(end))
}

/// Whether something was moved to the day at word `i`: `reprogramat pe joi`.
pub(super) fn is_moved(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let is_of_somebody = |n: usize| n > 0 && matches!(line.key(n - 1), "am" | "a" | "au" | "ai" | "ati");
    (line.clause(i)..i).any(|n| ro::moved(line.key(n)) && !is_of_somebody(n))
}

/// Whether a word before `i` in its sentence begins what is not the todo: `dacă`, `care`. A day that stands alone
/// after a comma is not part of it where that tells of the past or of what comes before: `verifică dacă a plătit,
/// luni`.
pub(in crate::read::quick) fn is_subordinate(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let mut words = line.sentence(i)..i;
    let Some(at) = words.find(|n| ro::subordinates(line.key(*n)) && !is_reminder(c, *n)) else {
        return false;
    };
    let clause = line.clause(i);
    let is_alone = c.is_first_of(clause, i) && clause > at && line.gap(line.clause_end(i)) > Gap::Comma;
    let is_before = (at..clause).any(|n| is_told(c, n)) || (at > 0 && line.key(at - 1) == "dupa");
    !(is_alone && is_before)
}

/// Whether `că` at word `i` begins the todo: `notează că mâine`, `am promis că`.
fn is_reminder(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    // `i-am promis`
    let is_mine = |n: usize| line.key(n) == "am" || line.key(n).ends_with(" am");
    let is_own = |at: usize| line.key(at) != "promis" || (at > 0 && is_mine(at - 1));
    line.key(i) == "ca" && (line.clause(i)..i).any(|at| ro::reminds(line.key(at)) && is_own(at))
}

/// Whether `să` at word `i` begins what somebody asked of the user: `a zis să revin luni`, `mi-a spus să o sun`.
fn is_asked(c: &Context<'_>, i: usize) -> bool {
    let key = c.line.key(i);
    let at = (i + 1..i + 4).find(|n| !ro::is_clitic(c.line.after(*n))).unwrap_or(i);
    let is_asked = (c.line.sentence(i)..i).any(|n| ro::asks(c.line.key(n)));
    is_asked && (key == "sa" || key.starts_with("sa ")) && ro::is_act(c.line.after(at))
}

/// Whether the sentence before word `i` tells what somebody did: `am sunat`, `Ana a trimis`. What is to be done after
/// a comma is not part of it: `am sunat la Nova, revin luni`.
pub(in crate::read::quick) fn tells_of_past(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let clause = line.clause(i);
    let is_to_do = (clause..line.clause_end(i)).any(|n| ro::is_act(line.key(n)));
    let begin = if is_to_do { clause } else { line.sentence(i) };
    let begin = (begin..i).rev().find(|n| is_reminder(c, *n) || is_asked(c, *n)).unwrap_or(begin);
    // "vorbit cu Ana vineri"
    let is_note = begin + 1 < i && ro::is_past(line.key(begin)) && !ro::moved(line.key(begin));
    // "depus până vineri" is still to be done.
    let is_note = is_note && !matches!(line.key(i), "pana" | "pina");
    is_note || (begin..i).any(|n| n + 1 < i && is_told(c, n))
}

/// Whether a verb in the past begins at word `i`.
fn is_told(c: &Context<'_>, i: usize) -> bool {
    let key = c.line.after(i + 1);
    let is_verb =
        ro::is_past(key) || (key.len() > 4 && ["at", "it", "ut"].iter().any(|end| key.ends_with(end)));
    // `mi-a spus`
    let have = c.line.key(i).rsplit(' ').next().unwrap_or_default();
    matches!(have, "am" | "ai" | "a" | "au" | "ati") && is_verb
}

/// Whether the part of the sentence tells what others do, or until when something is as it is: `oferta valabilă până
/// vineri`, `clientul primește marfa marți`.
fn is_said_of_other(c: &Context<'_>, from: usize) -> bool {
    let line = &c.line;
    let clause = line.clause(from);
    let has = |to: usize, is: fn(&str) -> bool| (clause..to).any(|n| is(line.key(n)));
    let end = line.clause_end(from);
    // What others do is reported beside what is to be done.
    let is_beside = clause > line.sentence(from) || (line.gap(end) < Gap::Stop && ro::is_act(line.key(end)));
    let is_report = is_beside && has(end, ro::is_of_others) && !has(end, ro::is_act);
    // Who wants something by a day, gets it by then.
    let is_until = matches!(line.key(from), "pana" | "pina");
    let is_offer = is_until && has(from, ro::is_offer);
    let is_report = is_report && !is_until && !(end..end + 3).any(|n| words::refers_back(line.key(n)));
    // What is not so until then: `până la sfârșitul lunii Ana nu lucrează`.
    let is_not =
        is_until && !has(end, ro::is_act) && (from..end).any(|n| ro::negates(line.key(n), line.key(n + 1)));
    has(from, ro::is_state) || is_offer || is_report || is_not
}
