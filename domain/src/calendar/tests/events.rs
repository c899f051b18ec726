use proptest::prelude::*;

use super::*;
use crate::calendar::event::{MAX_EVENTS, MAX_LINE, Span};
use crate::value::due::Due;
use crate::value::todo::Outcome;

/// The titles of what is shown from `from` to `to`.
fn titles(todos: &[TodoRow], from: &str, to: &str) -> Vec<String> {
    let events = events(&window(from, to), todos.iter().map(of_acme));
    events.into_iter().map(|event| event.title).collect()
}

fn only(todo: &TodoRow) -> CalendarEvent {
    let mut events = all_events(std::slice::from_ref(todo));
    assert_eq!(events.len(), 1, "{todo:?}");
    events.remove(0)
}

#[test]
fn the_users_own_open_todos_with_a_due_are_events_and_nothing_else_is() {
    let own = todo("own", "2026-12-01");
    let closed = own.state.close(Outcome::Success, CHANGED, Zone::UTC, ME);
    for (name, todo, trash, is_shown) in [
        ("own", own.clone(), Trash::No, true),
        ("reopened", TodoRow { state: closed.reopen(), ..own.clone() }, Trash::No, true),
        ("without a due", todo("own", ""), Trash::No, false),
        ("closed", TodoRow { state: closed, ..own.clone() }, Trash::No, false),
        (
            "of another user",
            TodoRow { assignee: Some(UserId::from_bytes([2; 16])), ..own.clone() },
            Trash::No,
            false,
        ),
        ("of nobody", TodoRow { assignee: None, ..own.clone() }, Trash::No, false),
        ("of a trashed card", own.clone(), Trash::Trashed, false),
        ("of a card to review", own.clone(), Trash::Review, false),
    ] {
        let card = CardTodo { trash, ..of_acme(&todo) };
        assert_eq!(
            events(&window("2026-12-01", "2026-12-01"), [card]).len(),
            usize::from(is_shown),
            "{name}"
        );
    }
}

#[test]
fn an_event_is_shown_on_the_days_that_it_meets_in_the_zone_of_its_user() {
    for (due, from, to, is_shown) in [
        ("2026-12-01", "2026-12-01", "2026-12-01", true),
        ("2026-12-01", "2026-12-02", "2026-12-31", false),
        ("2026-12-01", "2026-11-01", "2026-11-30", false),
        ("2026-12-01", "2026-12-02", "2026-11-30", false),
        // Half past eleven in Lisbon is half past twelve of the next day in Budapest.
        ("2026-12-01T23:30[Europe/Lisbon]", "2026-12-02", "2026-12-02", true),
        ("2026-12-01T23:30[Europe/Lisbon]", "2026-12-01", "2026-12-01", false),
        // The half hour reaches into the next day, or just not.
        ("2026-12-01T23:31[Europe/Budapest]", "2026-12-02", "2026-12-02", true),
        ("2026-12-01T23:30[Europe/Budapest]", "2026-12-02", "2026-12-02", false),
        ("2026-12-01T00:00[Europe/Budapest]", "2026-11-01", "2026-11-30", false),
        // By the clock of the user, where this build does not know the zone.
        ("2026-12-01T23:31[Europe/Newtown]", "2026-12-02", "2026-12-02", true),
        ("1900-01-01", "1900-01-01", "1900-01-01", true),
        ("9999-12-31", "9999-12-31", "9999-12-31", true),
        // What the calendar's ends have in zones that are not yet, or no more, in its years.
        ("9999-12-31T23:59[America/Los_Angeles]", "9999-12-31", "9999-12-31", true),
        ("1900-01-01T00:00[Pacific/Auckland]", "1900-01-01", "1900-01-01", true),
    ] {
        assert_eq!(titles(&[todo("x", due)], from, to).len(), usize::from(is_shown), "{due} in {from}..{to}");
    }
    // Samoa left the day out; whoever has a todo on it still sees that.
    let apia = Window { zone: zone("Pacific/Apia"), ..window("2011-12-30", "2011-12-30") };
    assert_eq!(events(&apia, [of_acme(&todo("x", "2011-12-30"))]).len(), 1);
}

#[test]
fn a_time_is_the_instant_of_the_due_and_lasts_half_an_hour() {
    for (due, start, zone) in [
        ("2026-12-01T09:00[Europe/Lisbon]", "2026-12-01T09:00", "Europe/Lisbon"),
        // In the gap, an hour later on the wall; of two times the first (T6).
        ("2027-03-28T02:30[Europe/Budapest]", "2027-03-28T01:30", "Europe/Budapest"),
        ("2026-10-25T02:30[Europe/Budapest]", "2026-10-25T00:30", "Europe/Budapest"),
        ("2026-12-01T09:00[Europe/Newtown]", "2026-12-01T08:00", "UTC"),
    ] {
        let start = format!("{start}[UTC]").parse::<Due>().unwrap().overdue_from(Zone::UTC);
        let end = Timestamp::from_millis(start.millis() + 30 * 60_000);
        assert_eq!(only(&todo("x", due)).span, Span::Time { start, end, zone: super::zone(zone) }, "{due}");
    }
    assert_eq!(only(&todo("x", "2026-12-01")).span, Span::Day(day("2026-12-01")));
}

#[test]
fn events_are_in_order_of_their_beginning_all_day_first() {
    let todos = [
        todo("d", "2026-12-02T00:00[Europe/Budapest]"),
        todo("c", "2026-12-02"),
        todo("b", "2026-12-01T23:30[Europe/Budapest]"),
        todo("a", "2026-12-01T22:29[Europe/Lisbon]"),
        todo("z", "2026-11-30"),
    ];
    assert_eq!(titles(&todos, "2026-11-30", "2026-12-02"), ["z", "a", "b", "c", "d"]);
}

#[test]
fn of_too_many_events_the_nearest_to_today_are_shown() {
    // 30,000 days, from 14,999 before today on.
    let days = (0..30_000).map(|i| day("2026-12-01").plus(i - 14_999));
    let todos: Vec<_> = days.map(|day| todo("x", &day.to_string())).collect();
    let shown = all_events(&todos);
    assert_eq!(shown.len(), MAX_EVENTS);
    let at = |event: &CalendarEvent| match event.span {
        Span::Day(day) => day,
        Span::Time { .. } => unreachable!(),
    };
    // Of the two that are 10,000 days away the later one: in summer the day begins an hour earlier.
    assert_eq!(at(&shown[0]), day("2026-12-01").plus(-9_999));
    assert_eq!(at(&shown[MAX_EVENTS - 1]), day("2026-12-01").plus(10_000));
    assert!(shown.is_sorted_by_key(at));
}

#[test]
fn a_title_is_one_line_of_bounded_length() {
    for (text, title) in [
        ("Call back", "Call back"),
        ("  Call\r\nback \t now\n", "Call back now"),
        ("", "Acme"),
        ("\u{7}\n\u{0}", "Acme"),
        ("a\u{0}b\u{1b}[31mc\u{9f}", "ab[31mc"),
        ("one\u{2028}two\u{85}three\u{b}four", "one two three four"),
        ("שלום \u{202e}abc", "שלום \u{202e}abc"),
        ("👩‍👩‍👧 ő", "👩‍👩‍👧 ő"),
    ] {
        assert_eq!(only(&todo(text, "2026-12-01")).title, title, "{text:?}");
    }
    for text in ["x".repeat(1 << 20), "👩".repeat(1 << 18), "\n \t".repeat(1 << 18) + "x"] {
        let title = only(&todo(&text, "2026-12-01")).title;
        assert!(!title.is_empty() && title.len() <= MAX_LINE, "{} bytes", title.len());
    }
    assert!(only(&todo(&"x".repeat(MAX_LINE), "2026-12-01")).title.ends_with('x'));
    assert!(only(&todo(&"x".repeat(MAX_LINE + 1), "2026-12-01")).title.ends_with('…'));
}

#[test]
fn the_revision_moves_exactly_when_what_is_shown_becomes_other() {
    let before = todo("Call", "2026-12-01T09:00[Europe/Budapest]");
    let event = only(&before);
    let due = |text: &str| Some(text.parse().unwrap());
    let reopened = before.state.close(Outcome::None, CHANGED, Zone::UTC, ME).reopen();
    for (name, after, moves) in [
        ("the same", before.clone(), false),
        (
            "another contact",
            TodoRow { contact: Some(DocumentId::from_bytes([3; 16])), ..before.clone() },
            false,
        ),
        ("reopened", TodoRow { state: reopened, ..before.clone() }, false),
        ("a space", TodoRow { text: "Call ".to_owned(), ..before.clone() }, false),
        ("another text", TodoRow { text: "Calls".to_owned(), ..before.clone() }, true),
        ("a minute later", TodoRow { due: due("2026-12-01T09:01[Europe/Budapest]"), ..before.clone() }, true),
        ("all day", TodoRow { due: due("2026-12-01"), ..before.clone() }, true),
        // The same instant, but on another wall.
        ("in Vienna", TodoRow { due: due("2026-12-01T09:00[Europe/Vienna]"), ..before.clone() }, true),
    ] {
        let other = only(&after);
        assert_eq!(other.id, event.id, "{name}");
        assert_eq!(other.revision != event.revision, moves, "{name}");
    }
    let renamed = CardTodo { card_name: "Acme Ltd", ..of_acme(&before) };
    let renamed = events(&window("2026-12-01", "2026-12-01"), [renamed]).remove(0);
    assert_eq!(renamed.id, event.id);
    assert_ne!(renamed.revision, event.revision);
}

#[test]
fn ids_and_revisions_are_pinned_for_calendars_keep_them() {
    let event = only(&todo("Call", "2026-12-01T09:00[Europe/Budapest]"));
    insta::assert_snapshot!(format!("{} {}", event.id, event.revision), @"f2edd0d2-2090-ad33-a5e0-e07df0c54a2e nurZhZ394i0");
}

#[test]
fn todos_of_two_cards_with_one_id_are_two_events() {
    let todo = todo("x", "2026-12-01");
    let other = CardTodo { card: DocumentId::from_bytes([8; 16]), ..of_acme(&todo) };
    let both = events(&window("2026-12-01", "2026-12-01"), [of_acme(&todo), other]);
    assert_ne!(both[0].id, both[1].id);
}

fn any_shown() -> impl Strategy<Value = (String, String)> {
    let dues =
        ["2026-12-01", "2026-12-02", "2026-12-01T09:00[Europe/Budapest]", "2026-12-01T09:00[Europe/Rome]"];
    ("[ab\u{0} \n]{0,3}", prop::sample::select(dues.to_vec())).prop_map(|(text, due)| (text, due.to_owned()))
}

proptest! {
    #[test]
    fn events_are_equal_exactly_if_their_revisions_are(one in any_shown(), other in any_shown()) {
        let of = |(text, due): &(String, String)| {
            only(&TodoRow { id: PartId::from_bytes([1; 6]), ..todo(text, due) })
        };
        let (one, other) = (of(&one), of(&other));
        prop_assert_eq!(one == other, one.revision == other.revision);
    }

    #[test]
    fn the_order_of_todos_does_not_matter(dues in prop::collection::vec(any_shown(), 0..8)) {
        let mut todos: Vec<_> = dues.iter().map(|(text, due)| todo(text, due)).collect();
        let forth = all_events(&todos);
        todos.reverse();
        let back = all_events(&todos);
        prop_assert_eq!(forth, back);
    }
}
