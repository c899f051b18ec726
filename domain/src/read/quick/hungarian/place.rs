//! What the words around a day make of it in Hungarian.

use super::part;
use crate::read::quick::context::Context;
use crate::read::quick::line::Gap;
use crate::read::quick::mention::Kind;
use crate::read::quick::{words, words_hu as hu};

/// The kind, unless the words around make it another day.
pub(in crate::read::quick) fn settled(c: &Context<'_>, from: usize, to: usize, kind: Kind) -> Kind {
    let line = &c.line;
    let before = line.before(from);
    let at = if part(line.after(to)).is_some() { to + 1 } else { to };
    let next = line.after(at);
    if kind == Kind::Aside {
        return kind;
    }
    if hu::unsettles(before) || line.after(to) == "vagy" || next == "vagy" || is_negated(c, from) {
        Kind::Doubt
    } else if line.after(to) == "helyett" || matches!(next, "nem" | "nincs" | "ne" | "sem") {
        Kind::Gone
    } else if hu::moves(line.after(to)) || hu::moves(next) || c.is_asked(to) || is_subordinate(c, from) {
        Kind::Loose
    } else if matches!(before, "a" | "az" | "mult" | "elmult" | "elozo" | "attol")
        || (hu::is_participle(next) && !line.is_capital(at))
        || (hu::is_participle(before) && !line.is_capital(from - 1))
        || tells_of_past(c, from)
        || hu::is_past(next)
        || is_told(c, from)
        || is_said_of_other(c, from)
    {
        Kind::Aside
    } else {
        kind
    }
}

/// Whether it says what is not to be done. What follows a comma and says more than the day is not part of it: `tegnap
/// nem vette fel, holnap újra`.
fn is_negated(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let clause = line.clause(i);
    let is_own = clause < i || line.clause_end(i) > i + 1;
    let begin = if is_own { clause } else { line.sentence(i) };
    let begin = if line.before(i) == "hanem" { i } else { begin };
    (begin..i).any(|n| hu::negates(line.key(n), line.key(n + 1)))
}

/// Whether the part of the sentence tells what was, and not what is to be done: `pénteken lejárt a garancia`.
fn is_told(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    !is_to_do(c, i) && (line.clause(i)..line.clause_end(i)).any(|n| hu::is_told(line.key(n)))
}

/// Whether something is brought or was moved to the day at word `i`: `hétfőre 12 raklap`, `áttéve péntekre`.
pub(super) fn is_brought_to(c: &Context<'_>, i: usize) -> bool {
    is_moved(c, i) || is_delivered(c, i)
}

/// Whether the part of the sentence says nothing but what is delivered to the day at word `i`: so many boxes, or that
/// something is to be delivered. What is ordered or promised for a day is due before it.
fn is_delivered(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let key = line.key(i);
    let clause = line.clause(i)..line.clause_end(i);
    let first = if clause.start == i { i + 1 } else { clause.start };
    // `12 raklapot` needs a verb.
    let is_object = |n: usize| {
        let key = line.key(n);
        key.len() > 3 && ["ot", "et", "at", "ut", "it"].iter().any(|end| key.ends_with(end))
    };
    let is_counted = c.figure(first).is_some_and(|figure| figure.tail.is_empty())
        && hu::is_goods(line.after(first + 1))
        && !is_object(first + 2);
    let is_delivery = clause.clone().any(|n| hu::is_delivery(line.key(n)));
    let is_other = |n: usize| {
        let key = line.key(n);
        hu::is_wish(key) || hu::is_told(key) || (hu::is_act(key) && !hu::is_delivery(key))
    };
    (key.ends_with("ra") || key.ends_with("re"))
        && (is_counted || is_delivery)
        && !(line.sentence(i)..line.words.len().min(i + 40)).any(is_other)
}

/// Whether something was moved to the day at word `i`: `áttéve péntekre`.
pub(super) fn is_moved(c: &Context<'_>, i: usize) -> bool {
    let is_moved = |n: usize| hu::moved(c.line.key(n));
    let key = c.line.key(i);
    let is_to = key.ends_with("ra") || key.ends_with("re");
    is_to && (c.line.clause(i)..c.line.clause_end(i)).any(is_moved)
}

/// Whether a word before `i` in its sentence begins what is not the todo: `hogy`, `aki`. A day that stands alone
/// after a comma is not part of it where that tells of the past: `megnézni, hogy fizettek-e, péntek`.
pub(in crate::read::quick) fn is_subordinate(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let is_mine = |n: usize| (n..line.clause_end(n)).any(|at| hu::is_mine(line.key(at)));
    let is_reminder = |n: usize| {
        let reminds = (n.saturating_sub(3)..n).any(|at| hu::reminds(line.key(at)));
        line.key(n) == "hogy" && (reminds || is_mine(n))
    };
    let mut words = line.sentence(i)..i;
    let Some(at) = words.find(|n| hu::subordinates(line.key(*n)) && !is_reminder(*n)) else { return false };
    let clause = line.clause(i);
    let is_alone = c.is_first_of(clause, i) && clause > at && line.gap(line.clause_end(i)) > Gap::Comma;
    let is_past = (at..clause).any(|n| hu::is_past(line.key(n)) || hu::is_participle(line.key(n)));
    !(is_alone && is_past)
}

/// Whether a verb in the past stands before word `i`. What is to be done after a comma is not part of it: `beszéltem
/// Annával, pénteken küldeni`.
pub(in crate::read::quick) fn tells_of_past(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let clause = line.clause(i);
    let begin = if is_to_do(c, i) { clause } else { line.sentence(i) };
    (begin..i).any(|n| hu::is_past(line.key(n)))
}

/// Whether the part of the sentence says what is to be done.
pub(super) fn is_to_do(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    (line.clause(i)..line.clause_end(i)).any(|n| hu::is_act(line.key(n)))
}

/// Whether the part of the sentence tells what others do, or how long something is as it is: `Éva hétfőig
/// szabadságon`.
fn is_said_of_other(c: &Context<'_>, i: usize) -> bool {
    let line = &c.line;
    let clause = line.clause(i);
    let has = |is: fn(&str) -> bool| (clause..line.clause_end(i)).any(|n| is(line.key(n)));
    let is_until = (i..i + 4).any(|n| line.key(n).ends_with("ig"));
    let is_to_do = is_to_do(c, i);
    let is_valid = (clause..i).any(|n| hu::is_valid(line.key(n)) || (is_until && hu::is_offer(line.key(n))));
    // Also right before a colon: `Garancia: március 4-ig`.
    let is_valid = is_valid || (is_until && i.checked_sub(1).is_some_and(|n| hu::is_valid(line.key(n))));
    // What others do is reported beside what is to be done.
    let next = line.clause_end(i);
    let is_beside = clause > line.sentence(i) || (line.gap(next) < Gap::Stop && self::is_to_do(c, next));
    // Who wants something by a day, gets it by then.
    let is_beside = is_beside && !is_until && !(next..next + 3).any(|n| words::refers_back(line.key(n)));
    // A term there is until a day is no state: `péntekig van határidő`.
    let is_term = has(|key| key.starts_with("hatarid"));
    let is_valid =
        is_valid || (is_until && (i + 1..next.min(i + 4)).any(|n| hu::lasts(line.key(n))) && !is_term);
    // What is not so until then: `december végéig Éva nem elérhető`.
    let is_so = is_until
        && !is_term
        && (has(hu::lasts)
            || has(|key| matches!(key, "van" | "vannak"))
            || has(|key| matches!(key, "nem" | "nincs" | "sem" | "se")));
    is_valid || !is_to_do && (is_so || has(hu::is_state) || (is_beside && has(hu::is_of_others)))
}
