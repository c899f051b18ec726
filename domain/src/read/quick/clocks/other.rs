//! Whether a time is the due's.

use super::Scan;
use crate::read::quick::line::Gap;
use crate::read::quick::mention::Kind;
use crate::read::quick::{
    english, hungarian, romanian, words, words_en as en, words_hu as hu, words_ro as ro,
};
use crate::settings::catalogue::Language;

/// Whether the words around make it another time, or the time of something else.
pub(super) fn is_other(s: &Scan<'_>, from: usize, to: usize) -> bool {
    let line = &s.c.line;
    let before = line.before(from);
    let is_unsettled = match s.c.home {
        Language::English => {
            en::unsettles(before)
                || en::belongs(before)
                || en::is_of_others(before)
                || en::expires(before)
                || matches!(
                    before,
                    "the"
                        | "this"
                        | "an"
                        | "half"
                        | "quarter"
                        | "approximately"
                        | "roughly"
                        | "circa"
                        | "my"
                        | "his"
                        | "her"
                )
        }
        Language::Hungarian => hu::unsettles(before) || matches!(before, "a" | "az" | "ca" | "ezt" | "azt"),
        Language::Romanian => {
            ro::unsettles(before)
                || ro::belongs(before)
                || matches!(before, "pe" | "de" | "inainte" | "trenul" | "cursa")
        }
    };
    let is_subordinate = match s.c.home {
        Language::English => english::is_subordinate(s.c, from),
        Language::Hungarian => hungarian::is_subordinate(s.c, from),
        Language::Romanian => romanian::is_subordinate(s.c, from),
    };
    let tells_of_past = match s.c.home {
        Language::English => english::tells_of_past(s.c, from),
        Language::Hungarian => hungarian::tells_of_past(s.c, from) || hu::is_participle(before),
        Language::Romanian => romanian::tells_of_past(s.c, from),
    };
    let next = line.after(to);
    let is_zone = |i: usize| {
        matches!(line.after(i), "time" | "ido") || (line.after(i) == "ora" && s.c.figure(i + 1).is_none())
    };
    let is_fraction = |i: usize| {
        matches!(line.after(i), "si" | "fara")
            && (s.c.figure(i + 1).is_some()
                || matches!(line.after(i + 1), "jumatate" | "un" | "zece" | "cinci" | "douazeci"))
    };
    let is_aside = |kind: Option<Kind>| {
        matches!(kind, Some(Kind::Aside | Kind::Loose | Kind::Doubt | Kind::DoubtfulClock))
    };
    is_unsettled
        || follows_unknown(s, from)
        || is_subordinate
        || tells_of_past
        || matches!(next, "orara" | "oraig" | "oratol")
        || words::moves_clock(next) && s.said(to).is_none()
        || is_zone(to)
        || is_zone(to + 1)
        || is_fraction(to)
        || hu::moves(next)
        || is_aside(s.said_before(from))
        || (line.gap(to) == Gap::Space && is_aside(s.said(to)))
}

/// Whether a short word with a full stop stands before a time without a day: nobody knows here whether it is one
/// (`pntk. 9-kor`). A name is none.
fn follows_unknown(s: &Scan<'_>, from: usize) -> bool {
    let line = &s.c.line;
    // `pntk. reggel 9-kor`
    let part = from.checked_sub(1).filter(|n| matches!(s.said(*n), Some(Kind::Part(_))));
    let from = part.unwrap_or(from);
    let before = from.checked_sub(1).filter(|n| line.gap(from) == Gap::Dot && s.said(*n).is_none());
    let Some(word) = before.and_then(|n| line.word(n)) else { return false };
    let is_short = word.has_dot && word.raw.chars().count() <= 5 && word.raw.chars().all(char::is_alphabetic);
    let has_day = s.said.iter().flatten().any(|kind| kind.is_day());
    is_short && !has_day && !line.is_name(from - 1) && !words::is_abbreviation(&word.key)
}
