//! When one todo rings: a line for each case. Instants are by the clocks of UTC.

use super::*;

const LISBON: &str = "Europe/Lisbon";
const BUDAPEST: &str = "Europe/Budapest";
const BUCHAREST: &str = "Europe/Bucharest";
const APIA: &str = "Pacific/Apia";

/// When a todo rings for me, all told at the beginning of 2000.
fn rings(zone: &str, registers: &[(&str, &str)], todo: Subject) -> Vec<String> {
    let planner = planner(self::zone(zone), preferences(registers), [todo]);
    let plan = planner.plan(&ask(utc("2000-01-01T00:00"), 100));
    assert_eq!(plan.through, None);
    plan.notices.iter().map(|notice| told(notice.at)).collect()
}

#[test]
fn a_todo_due_on_a_day_rings_at_the_users_time_of_day() {
    let at = |time: &'static str| [("reminder/day_at", time)];
    for (name, zone, day_at, due, expected) in [
        ("nine, spring", LISBON, "09:00", "2026-03-29", "2026-03-29T08:00"),
        ("nine, spring", BUDAPEST, "09:00", "2026-03-29", "2026-03-29T07:00"),
        ("nine, spring", BUCHAREST, "09:00", "2026-03-29", "2026-03-29T06:00"),
        ("nine, autumn", LISBON, "09:00", "2026-10-25", "2026-10-25T09:00"),
        ("nine, autumn", BUDAPEST, "09:00", "2026-10-25", "2026-10-25T08:00"),
        ("nine, autumn", BUCHAREST, "09:00", "2026-10-25", "2026-10-25T07:00"),
        ("a time that is skipped", LISBON, "01:30", "2026-03-29", "2026-03-29T01:30"),
        ("a time that is skipped", BUDAPEST, "02:30", "2026-03-29", "2026-03-29T01:30"),
        ("a time that is skipped", BUCHAREST, "03:30", "2026-03-29", "2026-03-29T01:30"),
        ("the first of two times", LISBON, "01:30", "2026-10-25", "2026-10-25T00:30"),
        ("the first of two times", BUDAPEST, "02:30", "2026-10-25", "2026-10-25T00:30"),
        ("the first of two times", BUCHAREST, "03:30", "2026-10-25", "2026-10-25T00:30"),
        ("a day that was left out", APIA, "09:00", "2011-12-30", "2011-12-30T19:00"),
        ("the last day", BUDAPEST, "09:00", "9999-12-31", "9999-12-31T08:00"),
    ] {
        assert_eq!(rings(zone, &at(day_at), todo(1, due)), [expected], "{name} in {zone}");
    }
    assert_eq!(rings(BUDAPEST, &[], todo(1, "1900-01-01")), [""; 0], "the first day is long ago");
}

#[test]
fn leads_are_whole_days_on_the_calendar_and_anything_else_by_the_clock() {
    for (name, due, leads, expected) in [
        ("at once", "2026-11-22T09:00[Europe/Budapest]", "0", &["2026-11-22T08:00"][..]),
        ("set in another zone", "2026-11-22T09:00[Europe/Lisbon]", "0", &["2026-11-22T09:00"]),
        ("a zone of a later version", "2026-11-22T09:00[Europe/Newtown]", "0", &["2026-11-22T08:00"]),
        (
            "a day before, over the spring night",
            "2026-03-29T09:00[Europe/Budapest]",
            "1440",
            &["2026-03-28T08:00"],
        ),
        ("a day before, into the gap", "2026-03-30T02:30[Europe/Budapest]", "1440", &["2026-03-29T01:30"]),
        ("90 minutes, over the gap", "2026-03-29T03:30[Europe/Budapest]", "90", &["2026-03-29T00:00"]),
        ("an hour, out of the fold", "2026-10-25T03:00[Europe/Budapest]", "60", &["2026-10-25T01:00"]),
        (
            "a day before, by the clock of the due",
            "2026-10-25T09:00[Europe/Lisbon]",
            "1440",
            &["2026-10-24T08:00"],
        ),
        (
            "three",
            "2026-11-22T09:00[UTC]",
            "0,60,1440",
            &["2026-11-21T09:00", "2026-11-22T08:00", "2026-11-22T09:00"],
        ),
        ("of a day, less than a day is that day", "2026-11-22", "0,30,60", &["2026-11-22T08:00"]),
        ("of a day, more than a day", "2026-11-22", "30,1470", &["2026-11-21T08:00", "2026-11-22T08:00"]),
        ("of a day, over the spring night", "2026-03-29", "1440", &["2026-03-28T08:00"]),
        ("none", "2026-11-22", "none", &[]),
        ("no due", "", "0", &[]),
    ] {
        let registers = [("reminder/due/leads", leads)];
        assert_eq!(rings(BUDAPEST, &registers, todo(1, due)), expected, "{name}, as the user set");
        let own = Subject { leads: leads.parse().ok(), ..todo(1, due) };
        assert_eq!(
            rings(BUDAPEST, &[("reminder/due/leads", "5")], own),
            expected,
            "{name}, as the todo says"
        );
    }
}

#[test]
fn a_snooze_takes_the_place_of_what_would_have_rung_before_it() {
    let noon = "2026-11-22T12:00[Europe/Budapest]";
    for (name, due, until, expected) in [
        ("between two", noon, "2026-11-22T10:30[UTC]", &["2026-11-22T10:30", "2026-11-22T11:00"][..]),
        ("at one of them", noon, "2026-11-22T10:00[UTC]", &["2026-11-22T10:00", "2026-11-22T11:00"]),
        ("after all", noon, "2026-11-23T09:00[Europe/Budapest]", &["2026-11-23T08:00"]),
        (
            "before all",
            noon,
            "2026-11-20T09:00[UTC]",
            &["2026-11-20T09:00", "2026-11-22T09:00", "2026-11-22T10:00", "2026-11-22T11:00"],
        ),
        ("until a day, as no version writes", noon, "2026-11-23", &["2026-11-23T08:00"]),
        ("without a due", "", "2026-11-22T10:30[UTC]", &["2026-11-22T10:30"]),
    ] {
        let snoozed = Subject { snoozed_until: due_of(until), ..todo(1, due) };
        assert_eq!(rings(BUDAPEST, &[("reminder/due/leads", "0,60,120")], snoozed), expected, "{name}");
    }
    let silent = Subject {
        snoozed_until: due_of("2026-11-22T10:30[UTC]"),
        leads: "none".parse().ok(),
        ..todo(1, noon)
    };
    assert_eq!(rings(BUDAPEST, &[], silent), ["2026-11-22T10:30"], "who snoozes wants to hear of it");
}

#[test]
fn in_quiet_hours_nothing_rings_but_what_is_urgent() {
    for (name, quiet, due, leads, expected) in [
        ("over midnight", "22:00-07:00", "2026-11-22T23:30[Europe/Budapest]", "0", "2026-11-23T06:00"),
        ("at their beginning", "22:00-07:00", "2026-11-22T22:00[Europe/Budapest]", "0", "2026-11-23T06:00"),
        ("before them", "22:00-07:00", "2026-11-22T21:59[Europe/Budapest]", "0", "2026-11-22T20:59"),
        ("at their end", "22:00-07:00", "2026-11-22T07:00[Europe/Budapest]", "0", "2026-11-22T06:00"),
        ("at noon", "12:00-13:30", "2026-11-22T12:30[Europe/Budapest]", "0", "2026-11-22T12:30"),
        ("a night of ten hours", "22:00-07:00", "2026-10-25T00:30[Europe/Budapest]", "0", "2026-10-25T06:00"),
        (
            "a night of eight hours",
            "22:00-07:00",
            "2026-03-29T00:30[Europe/Budapest]",
            "0",
            "2026-03-29T05:00",
        ),
        (
            "an end that is skipped",
            "22:00-02:30",
            "2026-03-29T01:00[Europe/Budapest]",
            "0",
            "2026-03-29T01:30",
        ),
        (
            "an end that comes twice",
            "01:00-02:30",
            "2026-10-25T01:30[Europe/Budapest]",
            "0",
            "2026-10-25T00:30",
        ),
        (
            "after the first of two ends",
            "01:00-02:30",
            "2026-10-25T03:15[Europe/Budapest]",
            "60",
            "2026-10-25T01:15",
        ),
        (
            "hours that are skipped",
            "02:00-03:00",
            "2026-03-29T02:30[Europe/Budapest]",
            "0",
            "2026-03-29T01:30",
        ),
        ("nearly always", "09:01-09:00", "2026-11-22T09:30[Europe/Budapest]", "0", "2026-11-23T08:00"),
        ("a day todo at its time", "08:00-10:00", "2026-11-22", "0", "2026-11-22T09:00"),
    ] {
        let registers = [("reminder/quiet", quiet), ("reminder/due/leads", leads)];
        assert_eq!(rings(BUDAPEST, &registers, todo(1, due)), [expected], "{name}");
        let urgent = || Subject { urgent: true, ..todo(1, due) };
        assert_eq!(
            rings(BUDAPEST, &registers, urgent()),
            rings(BUDAPEST, &registers[1..], urgent()),
            "{name}"
        );
    }
}

#[test]
fn an_owner_hears_of_what_others_did_not_do_in_time() {
    let owned = |assignee, due| Subject {
        owner: Some(ME),
        assignee,
        assignee_zone: zone(LISBON),
        urgent: true,
        ..todo(1, due)
    };
    let day = "2026-11-22";
    for (name, todo, leads, expected) in [
        (
            "an hour after a minute",
            owned(Some(OTHER), "2026-11-22T09:00[Europe/Lisbon]"),
            "60",
            &["2026-11-22T10:00"][..],
        ),
        (
            "at once and later",
            owned(Some(OTHER), "2026-11-22T09:00[UTC]"),
            "0,1440",
            &["2026-11-22T09:00", "2026-11-23T09:00"],
        ),
        ("in the morning after a day", owned(Some(OTHER), day), "60", &["2026-11-23T08:00"]),
        ("in the next morning", owned(Some(OTHER), day), "600", &["2026-11-24T08:00"]),
        ("of nobody", owned(None, day), "60", &["2026-11-23T08:00"]),
        ("never", owned(Some(OTHER), day), "none", &[]),
        ("of the last day", owned(Some(OTHER), "9999-12-31"), "60", &[]),
        ("their own", owned(Some(ME), day), "60", &["2026-11-22T08:00"]),
        ("of no owner", Subject { owner: None, ..owned(Some(OTHER), day) }, "60", &[]),
        (
            "with leads of the todo",
            Subject { leads: "none".parse().ok(), ..owned(Some(OTHER), day) },
            "60",
            &["2026-11-23T08:00"],
        ),
        (
            "with channels of the todo",
            Subject { channels: "none".parse().ok(), ..owned(Some(OTHER), day) },
            "60",
            &["2026-11-23T08:00"],
        ),
        (
            "snoozed",
            Subject { snoozed_until: due_of("2026-12-24T09:00[UTC]"), ..owned(Some(OTHER), day) },
            "60",
            &["2026-11-23T08:00"],
        ),
    ] {
        assert_eq!(rings(BUDAPEST, &[("reminder/overdue/leads", leads)], todo), expected, "{name}");
    }
    let quiet = [("reminder/quiet", "22:00-11:30")];
    let late = owned(Some(OTHER), "2026-11-22T09:00[UTC]");
    assert_eq!(rings(BUDAPEST, &quiet, late), ["2026-11-22T10:30"], "it is never urgent");
}

#[test]
fn a_new_todo_rings_when_it_arrives_and_is_known_by_when_it_was_given() {
    let arrival = Arrival { made: utc("2031-01-01T00:00"), received: utc("2026-11-20T10:00") };
    let new = Subject { arrival: Some(arrival), ..todo(1, "2026-11-22") };
    assert_eq!(rings(BUDAPEST, &[], new.clone()), ["2026-11-20T10:00", "2026-11-22T08:00"]);
    let planner = planner(zone(BUDAPEST), Preferences::default(), [new.clone()]);
    let plan = planner.plan(&ask(utc("2026-11-20T10:00"), 9));
    let first = plan.notices[0].reminders[0];
    assert_eq!((first.kind, first.nominal), (ReminderKind::New, arrival.made));
    let without_due = Subject { due: None, ..new.clone() };
    assert_eq!(rings(BUDAPEST, &[], without_due), ["2026-11-20T10:00"]);
    let of_another = Subject { assignee: Some(OTHER), ..new };
    assert_eq!(rings(BUDAPEST, &[], of_another), [""; 0]);
}

#[test]
fn nothing_rings_of_what_is_closed_in_the_trash_or_anothers() {
    let due = || todo(1, "2026-11-22");
    for (name, todo) in [
        ("closed", Subject { is_open: false, ..due() }),
        ("in the trash", Subject { trash: Trash::Trashed, ..due() }),
        ("to be reviewed", Subject { trash: Trash::Review, ..due() }),
        ("another's", Subject { assignee: Some(OTHER), ..due() }),
        ("nobody's", Subject { assignee: None, ..due() }),
        ("nowhere", Subject { channels: "none".parse().ok(), ..due() }),
        ("elsewhere", Subject { channels: "browser,fax".parse().ok(), ..due() }),
    ] {
        assert_eq!(rings(BUDAPEST, &[], todo), [""; 0], "{name}");
    }
    let here = Subject { channels: "device,fax".parse().ok(), ..due() };
    let only_browser = [("reminder/due/channels", "browser")];
    assert_eq!(rings(BUDAPEST, &only_browser, here).len(), 1, "the todo says where");
    assert_eq!(rings(BUDAPEST, &only_browser, due()), [""; 0]);
}
