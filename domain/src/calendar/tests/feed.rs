use super::reader::{Component, text_of};
use super::*;
use crate::calendar::content::MAX_LINE_BYTES;
use crate::calendar::event::Span;
use crate::calendar::ics::{Entry, Feed, write};

const FEED: Feed<'_> = Feed { name: "Roadbook", from: Day::MIN, app: None };

/// The feed of `events`, as it was changed by the 1st, 2nd, ... entry of the log.
pub(super) fn feed(feed: &Feed<'_>, events: &[CalendarEvent]) -> String {
    let entries: Vec<_> =
        (1..).zip(events).map(|(position, event)| Entry { event, changed: CHANGED, position }).collect();
    let mut out = String::new();
    write(feed, &entries, &mut out);
    out
}

fn read(todos: &[TodoRow]) -> Component {
    Component::read(&feed(&Feed { from: day("2026-09-02"), ..FEED }, &all_events(todos)))
}

#[test]
fn the_feed_is_pinned() {
    let todos = [
        todo("Send the offer; ask about \\ prices, and\nsay: hello", "2026-12-01"),
        todo(
            "Árvíztűrő tükörfúrógép, and a title that is so long that it is folded 👩‍👩‍👧",
            "2026-12-01T09:00[Europe/Budapest]",
        ),
        todo("In Lisbon", "2027-03-28T01:30[Europe/Lisbon]"),
        todo("Twice on the wall", "2027-10-31T02:30[Europe/Budapest]"),
        todo("Ends when clocks are turned", "2027-03-28T01:30[Europe/Budapest]"),
        todo("At UTC", "2026-12-01T09:00[UTC]"),
        todo("In a zone of tomorrow", "2026-12-02T09:00[Europe/Newtown]"),
        todo("Without a yearly rule", "2026-12-02T09:00[Africa/Casablanca]"),
        todo("", "2026-12-03"),
    ];
    let about =
        Feed { name: "Roadbook, Anna", from: day("2026-09-02"), app: Some("https://crm.example.com/") };
    let text = feed(&about, &all_events(&todos));
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
}

#[test]
fn every_line_ends_as_it_must_and_is_short() {
    let todos = [todo(&"árvíztűrő 👩".repeat(100), "2026-12-01T09:00[America/Argentina/Buenos_Aires]")];
    let app = format!("https://{}.example/", "x".repeat(60));
    let text = feed(&Feed { app: Some(&app), ..FEED }, &all_events(&todos));
    for line in text.strip_suffix("\r\n").unwrap().split("\r\n") {
        assert!(line.len() <= MAX_LINE_BYTES && !line.contains(['\r', '\n']), "{line}");
    }
}

#[test]
fn a_hostile_text_is_a_text() {
    for text in [
        "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil",
        "x\nATTACH:https://evil.example\rb",
        "x\u{2028}ATTACH:https://evil.example\u{85}\u{b}\u{c}y",
        "\\\\n\\;\\,\\N",
        "\u{202e}evil \u{2066}שלום",
        "👩‍👩‍👧\u{301}\u{0}\u{1b}[31m",
        ":;,=\"'",
    ] {
        let due = "2026-12-01";
        let read = read(&[TodoRow { text: text.to_owned(), ..todo("x", due) }]);
        let events: Vec<_> = read.all("VEVENT").collect();
        assert_eq!(events.len(), 1, "{text:?}");
        let names: Vec<_> = events[0].properties.iter().map(|(name, _)| name.as_str()).collect();
        let plain = self::read(&[todo("x", due)]);
        let expected: Vec<_> = plain.inner[0].properties.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, expected, "{text:?}");
        let title = &all_events(&[TodoRow { text: text.to_owned(), ..todo("x", due) }])[0].title;
        assert_eq!(&text_of(events[0].get("SUMMARY").unwrap()), title, "{text:?}");
    }
}

#[test]
fn names_of_card_and_calendar_and_a_false_address_bring_in_no_line() {
    let hostile = "x\r\nATTACH:y\u{2028}z";
    let todo = todo("x", "2026-12-01");
    let card = CardTodo { card_name: hostile, ..of_acme(&todo) };
    let events = events(&window("2026-12-01", "2026-12-01"), [card]);
    for app in ["https://x.example/\r\nATTACH:y", "javascript:alert(1)", ""] {
        let text = feed(&Feed { name: hostile, app: Some(app), ..FEED }, &events);
        assert!(!text.contains("\nATTACH") && !text.contains("URL:"), "{text}");
    }
}

#[test]
fn a_megabyte_of_text_is_bounded() {
    let text = feed(&FEED, &all_events(&[todo(&"\r\n👩;".repeat(150_000), "2026-12-01")]));
    assert!(text.len() < 4_000, "{}", text.len());
}

#[test]
fn the_years_1900_and_9999_and_a_zone_that_is_no_more_are_written() {
    for (due, start) in [
        ("1900-01-01", "DTSTART;VALUE=DATE:19000101"),
        ("9999-12-31", "DTSTART;VALUE=DATE:99991231"),
        ("1900-01-02T09:00[Europe/Budapest]", "DTSTART:19000102T080000Z"),
        ("9999-12-30T09:00[Europe/Budapest]", "DTSTART:99991230T080000Z"),
        // Nearest to what a calendar can say.
        ("1900-01-01T00:00[Pacific/Auckland]", "DTSTART:19000101T000000Z"),
        ("9999-12-31T23:59[America/Los_Angeles]", "DTSTART:99991231T000000Z"),
        ("2026-12-01T09:00[Europe/Gone]", "DTSTART:20261201T080000Z"),
        ("2026-12-01T09:00[US/Pacific-New]", "DTSTART:20261201T080000Z"),
    ] {
        let text = feed(&Feed { from: day("2026-09-02"), ..FEED }, &all_events(&[todo("x", due)]));
        assert!(text.contains(&format!("\r\n{start}\r\n")), "{due}: {text}");
        assert!(!text.contains("VTIMEZONE") || text.contains("TZID="), "{due}: {text}");
    }
    let last = read(&[todo("x", "9999-12-31")]);
    assert_eq!(last.inner[0].get("DTEND"), None);
    let day = read(&[todo("x", "2026-12-31")]);
    assert_eq!(day.inner[0].get("DTEND"), Some("20270101"));
}

#[test]
fn a_position_beyond_what_a_sequence_can_say_stays_the_highest() {
    let events = all_events(&[todo("x", "2026-12-01")]);
    for (position, sequence) in [(0, "0"), (1 << 31, "2147483647"), (u64::MAX, "2147483647")] {
        let mut out = String::new();
        write(&FEED, &[Entry { event: &events[0], changed: CHANGED, position }], &mut out);
        assert_eq!(Component::read(&out).inner[0].get("SEQUENCE"), Some(sequence));
    }
}

#[test]
fn in_every_zone_a_reader_finds_the_instants_of_the_dues() {
    for zone in all_zones() {
        let first = day("2026-09-02");
        let turns = zone.turns(zone.start_of(first)).take(4).map(|at| zone.local(at));
        let walls =
            turns.flat_map(|turn| (-3..=3).map(move |half| turn + chrono::TimeDelta::minutes(half * 30)));
        let noon = day("2027-06-15").date().and_hms_opt(12, 0, 0).unwrap();
        let todos: Vec<_> = walls
            .chain([noon])
            .map(|local| todo("x", &format!("{}[{zone}]", local.format("%Y-%m-%dT%H:%M"))))
            .collect();
        let events = all_events(&todos);
        let calendar = Component::read(&feed(&Feed { from: first, ..FEED }, &events));
        for (event, read) in events.iter().zip(calendar.all("VEVENT")) {
            let Span::Time { start, .. } = event.span else { unreachable!() };
            assert_eq!(calendar.start_of(read), Some(Zone::UTC.local(start)), "{zone} {read:?}");
        }
    }
}
