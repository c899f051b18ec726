use super::*;
use crate::value::time::Zone;
use proptest::prelude::*;

mod english;
mod hungarian;
mod notes_english;
mod notes_hungarian;
mod notes_romanian;
mod romanian;
mod unseen;

use Language::{English, Hungarian, Romanian};

/// Checks phrases on Wednesday 2026-11-25 at 10:00: each with what is left of it, and its due. Without a due, all of
/// it is left.
fn check(language: Language, phrases: &[(&str, &str, &str)]) {
    let wrong: Vec<_> = phrases
        .iter()
        .filter_map(|(phrase, left, due)| {
            let left = if due.is_empty() { phrase.trim() } else { left };
            let found = read(language, "2026-11-25T10:00:00", phrase);
            let expected = (left.to_owned(), (*due).to_owned());
            (found != expected).then(|| format!("{phrase:?}: {found:?}, not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), phrases.len(), wrong.join("\n"));
}

/// What is left of a phrase, and its due without the zone.
fn read(language: Language, now: &str, phrase: &str) -> (String, String) {
    let QuickTodo { text, due } = quick(phrase, language, &clock(now));
    let due = due.map_or(String::new(), |due| due.to_string());
    (text, due.trim_end_matches("[Europe/Budapest]").to_owned())
}

fn clock(now: &str) -> LocalNow {
    let zone: Zone = "Europe/Budapest".parse().unwrap();
    LocalNow::new(zone.instant(now.parse().unwrap()), zone)
}

#[test]
fn what_a_phrase_means_follows_from_the_clock() {
    for (now, cases) in [
        // A Monday.
        (
            "2026-11-30T16:30:00",
            &[
                (English, "Monday", "2026-12-07"),
                (English, "next Monday", "2026-12-07"),
                (English, "next Tuesday", ""),
                (English, "next Friday", ""),
                (English, "this Friday", "2026-12-04"),
                (English, "Friday next week", "2026-12-11"),
                (English, "November 30", "2026-11-30"),
                (English, "29 November", ""),
                (English, "today 9:00", "2026-11-30"),
                (English, "9:00", "2026-12-01T09:00"),
                (English, "16:30", "2026-12-01T16:30"),
                (English, "16:31", "2026-11-30T16:31"),
                (English, "this morning", ""),
                (English, "this afternoon", "2026-11-30"),
                (Hungarian, "ma reggel", ""),
                (Hungarian, "hétfőn", "2026-12-07"),
                (Hungarian, "jövő hétfőn", "2026-12-07"),
                (Hungarian, "jövő pénteken", "2026-12-11"),
                (Romanian, "lunea viitoare", "2026-12-07"),
                (Romanian, "vinerea viitoare", ""),
                (Romanian, "vineri săptămâna viitoare", "2026-12-11"),
            ][..],
        ),
        // A Saturday.
        (
            "2026-11-28T10:00:00",
            &[
                (English, "next Monday", "2026-11-30"),
                (English, "next Saturday", "2026-12-05"),
                (English, "next Sunday", ""),
                (Hungarian, "jövő vasárnap", "2026-12-06"),
                (Romanian, "lunea viitoare", "2026-11-30"),
            ],
        ),
        // A Sunday: some begin their week on it, and "next" of tomorrow is rather another day.
        (
            "2026-11-29T10:00:00",
            &[
                (English, "Monday", "2026-11-30"),
                (English, "next Monday", ""),
                (English, "next Tuesday", ""),
                (English, "next Sunday", "2026-12-06"),
                (English, "Tuesday next week", ""),
                (Hungarian, "jövő hétfőn", ""),
                (Hungarian, "jövő kedden", "2026-12-01"),
                (Romanian, "lunea viitoare", ""),
            ],
        ),
        // The last minutes of a long month.
        (
            "2027-01-31T23:50:00",
            &[
                (English, "in a month", "2027-02-28"),
                (English, "in 15 minutes", "2027-02-01T00:05"),
                (English, "23:55", "2027-01-31T23:55"),
                (English, "23:40", "2027-02-01T23:40"),
                (English, "on the 30th", ""),
                (English, "on the 31st", ""),
                (English, "on the 5th", "2027-02-05"),
                (English, "29 February", ""),
                (Hungarian, "egy hónap múlva", "2027-02-28"),
            ],
        ),
        (
            "2028-02-01T08:00:00",
            &[
                (English, "29 February", "2028-02-29"),
                (English, "31 January", ""),
                (English, "1 February 2033", "2033-02-01"),
                (English, "2 February 2033", ""),
            ],
        ),
        // Clocks go from 2:00 to 3:00 in the night: the time on the wall is kept as it is written.
        (
            "2027-03-27T20:00:00",
            &[(Hungarian, "holnap 02:30", "2027-03-28T02:30"), (English, "in 10 hours", "2027-03-28T07:00")],
        ),
    ] {
        for (language, phrase, due) in cases {
            assert_eq!(read(*language, now, phrase).1, *due, "{phrase} at {now}");
        }
    }
}

#[test]
fn a_due_at_a_minute_is_in_the_zone_of_the_clock() {
    let zone: Zone = "Europe/Bucharest".parse().unwrap();
    let clock = LocalNow::new(zone.instant("2026-11-25T10:00:00".parse().unwrap()), zone);
    let found = quick("sună la Nova mâine la 9:00", Romanian, &clock);
    assert_eq!(found.to_string(), "sună la Nova @ 2026-11-26T09:00[Europe/Bucharest]");
    assert_eq!(quick(" sună la Nova ", Romanian, &clock).to_string(), "sună la Nova");
}

#[test]
fn lines_of_a_paste_are_kept_and_a_novel_is_not_read() {
    let left = read(English, "2026-11-25T10:00:00", "call Nova\nask for the price\ntomorrow 9:00");
    assert_eq!(left, ("call Nova\nask for the price".to_owned(), "2026-11-26T09:00".to_owned()));
    let novel = format!("{} tomorrow", "word ".repeat(LONGEST / 5));
    assert_eq!(read(English, "2026-11-25T10:00:00", &novel), (novel, String::new()));
}

#[test]
fn text_that_macos_wrote_is_read_as_any_other() {
    check(Hungarian, &[("hi\u{301}vni pe\u{301}nteken", "hi\u{301}vni", "2026-11-27")]);
    check(Romanian, &[("sa\u{306}pta\u{306}ma\u{302}na viitoare, marti\u{326} Nova", "Nova", "2026-12-01")]);
}

/// Words that make phrases, and what stands between them.
const PIECES: [&str; 64] = [
    "call",
    "Nova",
    "Ltd",
    "tomorrow",
    "today",
    "Friday",
    "next",
    "week",
    "in",
    "3",
    "days",
    "5",
    "December",
    "on",
    "the",
    "5th",
    "at",
    "9:00",
    "9am",
    "pm",
    "2026-12-05",
    "03/04/2026",
    "and",
    "or",
    "not",
    "until",
    "holnap",
    "pénteken",
    "jövő",
    "héten",
    "9-kor",
    "fél",
    "délután",
    "múlva",
    "két",
    "nap",
    "dec.",
    "2026.",
    "12.",
    "05-én",
    "a",
    "mâine",
    "luni",
    "vineri",
    "viitoare",
    "săptămâna",
    "la",
    "ora",
    "peste",
    "două",
    "zile",
    "pe",
    "mai",
    "seara",
    ",",
    ".",
    ":",
    "-",
    "(",
    ")",
    "\"",
    "\n",
    "–",
    "🙂",
];

proptest! {
    #[test]
    fn what_is_left_is_of_the_text_in_its_order(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..14),
        language in prop::sample::select(vec![English, Hungarian, Romanian]),
        apart in any::<bool>(),
    ) {
        let text = pieces.join(if apart { " " } else { "" });
        let found = quick(&text, language, &clock("2026-11-25T10:00:00"));
        let is_visible = |char: &char| !char.is_whitespace();
        let mut rest = text.chars().filter(is_visible);
        prop_assert!(found.text.chars().filter(is_visible).all(|char| rest.any(|other| other == char)), "{found}");
        match found.due {
            None => prop_assert_eq!(&found.text, text.trim()),
            Some(due) => {
                let now = clock("2026-11-25T10:00:00");
                prop_assert!(due.overdue_from(now.zone) > now.now, "{}", due);
            }
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}", language in prop::sample::select(vec![English, Hungarian, Romanian])) {
        let _ = quick(&text, language, &clock("2026-11-25T10:00:00"));
    }

    #[test]
    fn no_numbers_panic(text in "([0-9]{1,5}[-.:/,T ]){0,12}(én|-kor|pm|th)?") {
        for language in [English, Hungarian, Romanian] {
            let _ = quick(&text, language, &clock("2026-11-25T10:00:00"));
        }
    }
}
