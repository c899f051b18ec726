//! A feed for foreign readers, with what they must find in it; `tests/calendar/run` has them read it.

use std::fs;
use std::path::PathBuf;

use chrono::TimeDelta;
use serde_json::json;

use super::feed::feed;
use super::*;
use crate::calendar::event::Span;
use crate::calendar::ics::Feed;

/// Writes `feed.ics` and `expected.json` into the folder that `ROADBOOK_CALENDAR` names.
#[test]
fn a_feed_of_all_zones_is_written_for_foreign_readers() {
    let Some(folder) = std::env::var_os("ROADBOOK_CALENDAR").map(PathBuf::from) else { return };
    let mut todos = vec![
        todo("All day; with \\ and, and\nmore: ő 👩‍👩‍👧 \u{202e}שלום", "2026-12-01"),
        todo("x\r\nEND:VEVENT\r\nATTACH:y\u{2028}ATTACH:z", "2027-02-28"),
        todo(&"Long ő ".repeat(60), "2028-02-29"),
        todo("In a zone of tomorrow", "2026-12-01T09:00[Europe/Newtown]"),
    ];
    for zone in all_zones() {
        let first = zone.start_of(day("2026-09-02"));
        let turns = zone.turns(first).take(4).map(|at| zone.local(at));
        let around = turns.flat_map(|turn| (-4..=4).map(move |half| turn + TimeDelta::minutes(half * 30)));
        let noons = (0..8).map(|i| day("2026-09-02").plus(i * 100).date().and_hms_opt(12, 0, 0).unwrap());
        let walls = around.chain(noons).map(|local| local.format("%Y-%m-%dT%H:%M"));
        todos.extend(walls.map(|wall| todo(zone.name(), &format!("{wall}[{zone}]"))));
    }
    let shown = events(
        &Window { to: day("2028-12-31"), ..window("2026-09-02", "2028-12-31") },
        todos.iter().map(of_acme),
    );
    let about =
        Feed { name: "Roadbook, Anna", from: day("2026-09-02"), app: Some("https://crm.example.com") };
    let expected: Vec<_> = shown.iter().map(expected).collect();
    fs::write(folder.join("feed.ics"), feed(&about, &shown)).unwrap();
    fs::write(folder.join("expected.json"), serde_json::to_vec(&expected).unwrap()).unwrap();
}

/// Its start and end as days, or as seconds since 1970.
fn expected(event: &CalendarEvent) -> serde_json::Value {
    let (start, end) = match event.span {
        Span::Day(day) => (json!(day.to_string()), json!(day.plus(1).to_string())),
        Span::Time { start, end, .. } => (json!(start.millis() / 1_000), json!(end.millis() / 1_000)),
    };
    json!({ "uid": event.id.to_string(), "title": event.title, "start": start, "end": end })
}
