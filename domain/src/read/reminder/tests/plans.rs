//! What rings as one, what of the past still rings, and what a phone has place for.

use std::collections::BTreeSet;

use super::*;

const NIGHT: [(&str, &str); 1] = [("reminder/quiet", "22:00-07:00")];

fn plan(registers: &[(&str, &str)], todos: Vec<Subject>, ask: &Ask<'_>) -> ReminderPlan {
    planner(Zone::UTC, preferences(registers), todos).plan(ask)
}

/// So many todos of that minute.
fn of_minute(many: u16, first: u16, due: &str, urgent: bool) -> Vec<Subject> {
    (first..first + many).map(|n| Subject { urgent, ..todo(n, due) }).collect()
}

/// Each notice: how it is told, how many reminders it has, and when.
fn notices(plan: &ReminderPlan) -> Vec<(NoticeKind, usize, String)> {
    plan.notices.iter().map(|notice| (notice.kind, notice.reminders.len(), told(notice.at))).collect()
}

#[test]
fn more_than_five_in_a_minute_ring_as_one_and_what_waited_is_a_digest() {
    use NoticeKind::{Digest, One, Several};
    let (nine, end) = ("2026-11-22T09:00[UTC]", "2026-11-23T07:00[UTC]");
    let (late, early) = ("2026-11-22T23:00[UTC]", "2026-11-23T05:30[UTC]");
    let held = |many, first| of_minute(many, first, late, false);
    for (name, todos, expected) in [
        ("five", of_minute(5, 0, nine, false), vec![(One, 1); 5]),
        ("six", of_minute(6, 0, nine, false), vec![(Several, 6)]),
        (
            "five urgent and three",
            [of_minute(5, 0, nine, true), of_minute(3, 9, nine, false)].concat(),
            vec![(One, 1); 8],
        ),
        (
            "six urgent and two",
            [of_minute(6, 0, nine, true), of_minute(2, 9, nine, false)].concat(),
            vec![(One, 1), (One, 1), (Several, 6)],
        ),
        ("one that waited", held(1, 0), vec![(One, 1)]),
        ("two that waited", held(2, 0), vec![(Digest, 2)]),
        ("of two nights' ends", [held(2, 0), of_minute(1, 9, early, false)].concat(), vec![(Digest, 3)]),
        (
            "two that waited and one of that minute",
            [held(2, 0), of_minute(1, 9, end, false)].concat(),
            vec![(Digest, 3)],
        ),
        (
            "one that waited and four of that minute",
            [held(1, 0), of_minute(4, 9, end, false)].concat(),
            vec![(One, 1); 5],
        ),
        (
            "one that waited and five of that minute",
            [held(1, 0), of_minute(5, 9, end, false)].concat(),
            vec![(Several, 6)],
        ),
        (
            "two that waited and an urgent one",
            [held(2, 0), of_minute(1, 9, end, true)].concat(),
            vec![(One, 1), (Digest, 2)],
        ),
    ] {
        let plan = plan(&NIGHT, todos, &ask(utc("2026-11-22T00:00"), 100));
        let mut told: Vec<_> = notices(&plan).into_iter().map(|(kind, many, _)| (kind, many)).collect();
        told.sort_unstable();
        assert_eq!(told, expected, "{name}");
        let minutes: BTreeSet<_> = plan.notices.iter().map(|notice| notice.at).collect();
        assert_eq!(minutes.len(), 1, "{name}");
    }
}

#[test]
fn of_what_waits_or_was_missed_the_latest_reminder_of_a_todo_speaks_for_those_before_it() {
    let registers = [NIGHT[0], ("reminder/due/leads", "0,30,60")];
    let todos = vec![todo(1, "2026-11-22T23:00[UTC]")];
    let ahead = plan(&registers, todos.clone(), &ask(utc("2026-11-22T00:00"), 9));
    assert_eq!(notices(&ahead), [(NoticeKind::One, 1, "2026-11-23T07:00".to_owned())]);
    assert_eq!(told(ahead.notices[0].reminders[0].nominal), "2026-11-22T23:00");
    let missed = plan(&registers, todos, &ask(utc("2026-11-23T09:30"), 9));
    assert_eq!(notices(&missed), [(NoticeKind::One, 1, "2026-11-23T09:30".to_owned())]);
    assert_eq!(missed.notices[0].key, ahead.notices[0].key);
}

#[test]
fn what_was_missed_rings_for_a_day_and_waits_for_the_end_of_quiet_hours() {
    let missed = |registers: &[(&str, &str)], due: &str, now: Timestamp| {
        notices(&plan(registers, vec![todo(1, due)], &ask(now, 9))).pop().map(|(_, _, at)| at)
    };
    let (nine, at) = ("2026-11-22T09:00[UTC]", |text: &str| Some(text.to_owned()));
    assert_eq!(missed(&[], nine, utc("2026-11-22T09:00")), at("2026-11-22T09:00"));
    assert_eq!(missed(&[], nine, utc("2026-11-23T08:59")), at("2026-11-23T08:59"));
    assert_eq!(missed(&[], nine, utc("2026-11-23T09:00")), None);
    assert_eq!(missed(&NIGHT, nine, utc("2026-11-22T23:00")), at("2026-11-23T07:00"));
    let late = "2026-11-21T22:30[UTC]";
    assert_eq!(
        missed(&NIGHT, late, utc("2026-11-22T21:59")),
        at("2026-11-22T21:59"),
        "it was for 07:00 on the 22nd"
    );
    assert_eq!(missed(&NIGHT, late, utc("2026-11-22T22:00")), None, "it would ring a day late");
    assert_eq!(missed(&[], "1900-01-01", utc("2026-11-22T09:00")), None);
}

#[test]
fn after_days_without_a_phone_what_was_missed_rings_as_one() {
    let todos = (0..10).map(|n| todo(n, &format!("2026-11-22T0{n}:00[UTC]"))).collect();
    let plan = plan(&[], todos, &ask(utc("2026-11-22T12:00"), 9));
    assert_eq!(notices(&plan), [(NoticeKind::Several, 10, "2026-11-22T12:00".to_owned())]);
}

#[test]
fn what_has_been_shown_does_not_ring_again_also_if_the_clock_that_showed_it_was_a_little_ahead() {
    let todos = || vec![todo(1, "2026-11-22T09:00[UTC]"), todo(2, "2026-11-22T10:00[UTC]")];
    let first = plan(&[], todos(), &ask(utc("2026-11-22T08:00"), 9)).notices[0].key;
    for now in ["2026-11-22T08:55", "2026-11-22T09:00", "2026-11-22T09:30"] {
        let is_done = |key: &ReminderKey| *key == first;
        let plan = plan(&[], todos(), &Ask { is_done: &is_done, ..ask(utc(now), 9) });
        assert_eq!(notices(&plan), [(NoticeKind::One, 1, "2026-11-22T10:00".to_owned())], "{now}");
    }
}

#[test]
fn the_last_place_of_a_phone_asks_to_open_the_app_at_the_first_minute_that_does_not_fit() {
    use NoticeKind::{One, OpenApp};
    // At nine one, at ten two, at eleven one.
    let todos = [
        of_minute(1, 0, "2026-11-22T09:00[UTC]", false),
        of_minute(2, 1, "2026-11-22T10:00[UTC]", false),
        of_minute(1, 3, "2026-11-22T11:00[UTC]", false),
    ]
    .concat();
    let now = utc("2026-11-22T08:00");
    let (nine, ten, eleven) = ((One, 1, "09:00"), (One, 1, "10:00"), (One, 1, "11:00"));
    let open = |at| (OpenApp, 0, at);
    for (limit, expected, through) in [
        (0, vec![], Some("08:00")),
        (1, vec![open("09:00")], Some("09:00")),
        (2, vec![nine, open("10:00")], Some("10:00")),
        (3, vec![nine, open("10:00")], Some("10:00")),
        (4, vec![nine, ten, ten, eleven], None),
        (5, vec![nine, ten, ten, eleven], None),
    ] {
        let plan = plan(&[], todos.clone(), &ask(now, limit));
        let on_day = |time: &str| format!("2026-11-22T{time}");
        let expected: Vec<_> =
            expected.into_iter().map(|(kind, many, at)| (kind, many, on_day(at))).collect();
        assert_eq!(notices(&plan), expected, "{limit}");
        assert_eq!(plan.through.map(told), through.map(on_day), "{limit}");
        assert_eq!(plan.next_change, Some(utc("2026-11-22T09:00")), "{limit}");
    }
    let nothing = plan(&[], vec![], &ask(now, 0));
    assert_eq!(nothing, ReminderPlan { notices: vec![], through: None, next_change: None });
}

#[test]
fn a_digest_takes_one_place_however_many_it_tells_of() {
    let mut todos = of_minute(500, 0, "2026-11-22T23:00[UTC]", false);
    todos.extend(of_minute(1, 600, "2026-11-23T09:00[UTC]", false));
    let plan = plan(&NIGHT, todos, &ask(utc("2026-11-22T08:00"), 2));
    let expected = [(NoticeKind::Digest, 500, "2026-11-23T07:00"), (NoticeKind::One, 1, "2026-11-23T09:00")];
    assert_eq!(notices(&plan), expected.map(|(kind, many, at)| (kind, many, at.to_owned())));
    assert_eq!(plan.through, None);
}

#[test]
fn a_card_with_very_many_todos_is_replaced_at_once() {
    let card = todo(0, "").card;
    let on_card = |hour: u16| {
        (0..60).map(move |n| Subject { card, ..todo(n, &format!("2026-11-22T{hour:02}:{n:02}[UTC]")) })
    };
    let mut planner = planner(Zone::UTC, Preferences::default(), on_card(9).chain([todo(99, "2026-11-23")]));
    planner.replace(card, on_card(10));
    let plan = planner.plan(&ask(utc("2026-11-22T08:00"), 100));
    assert_eq!((plan.notices.len(), told(plan.notices[0].at)), (61, "2026-11-22T10:00".to_owned()));
    planner.replace(card, []);
    assert_eq!(planner.plan(&ask(utc("2026-11-22T08:00"), 100)).notices.len(), 1);
}

#[test]
fn a_plan_is_made_whatever_the_clock_says() {
    let todos = ["1900-01-01", "2026-11-22T23:00[UTC]", "9999-12-31"];
    let todos: Vec<_> = (0_u16..).zip(todos).map(|(n, due)| todo(n, due)).collect();
    for (now, many) in [(i64::MIN, 3), (0, 2), (1 << 43, 1), (i64::MAX, 0)] {
        let plan = plan(&NIGHT, todos.clone(), &ask(Timestamp::from_millis(now), 9));
        assert_eq!((plan.notices.len(), plan.through), (many, None), "{now}");
    }
}
