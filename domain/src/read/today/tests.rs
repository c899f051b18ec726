use super::*;
use proptest::prelude::*;

const ME: UserId = UserId::from_bytes([1; 16]);
const OTHER: UserId = UserId::from_bytes([2; 16]);

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn budapest(local: &str) -> Timestamp {
    zone("Europe/Budapest").instant(local.parse().unwrap())
}

fn query(now: Timestamp) -> TodayQuery {
    TodayQuery { me: ME, zone: zone("Europe/Budapest"), now, period: Period::Today, limit: usize::MAX }
}

fn card(n: u8) -> DocumentId {
    DocumentId::from_bytes([n; 16])
}

fn open(n: u8, due: &str) -> TodayRow {
    TodayRow {
        card: card(n),
        product: None,
        trash: Trash::No,
        todo: PartId::from_bytes([n; 6]),
        assignee: Some(ME),
        due: Some(due.parse().unwrap()),
        state: TodoState::OPEN,
    }
}

fn closed(n: u8, outcome: Outcome, at: Timestamp, zone: Zone) -> TodayRow {
    TodayRow { state: TodoState::OPEN.close(outcome, at, zone, ME), ..open(n, "2026-11-22") }
}

fn moved(n: u8, at: Timestamp, from: &str, to: &str) -> DueMove {
    let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
    DueMove { card: card(n), todo: PartId::from_bytes([n; 6]), at, from, to }
}

fn shown(today: &Today) -> Vec<(DocumentId, Class)> {
    today.items.iter().map(|item| (item.key.card, item.class)).collect()
}

/// today, overdue, closed, postponed.
fn counts(today: &Today) -> [u32; 4] {
    let TodayTotals { today, overdue, closed, postponed } = today.totals;
    [today, overdue, closed, postponed]
}

#[test]
fn by_default_what_is_overdue_comes_first_then_what_is_still_due_today() {
    let rows = [
        open(1, "2026-11-22"),
        open(2, "2026-11-22T18:00[Europe/Budapest]"),
        open(3, "2026-11-22T08:00[Europe/Budapest]"),
        open(4, "2026-11-20"),
        open(5, "2026-11-23T00:00[Europe/Budapest]"),
        open(6, "2026-11-22T08:00[Europe/Lisbon]"),
    ];
    let today = today(&query(budapest("2026-11-22T09:00:00")), rows, []);
    use Class::{DueToday, Overdue};
    assert_eq!(
        shown(&today),
        [
            (card(4), Overdue),
            (card(3), Overdue),
            (card(6), Overdue),
            (card(2), DueToday),
            (card(1), DueToday)
        ]
    );
    assert_eq!(counts(&today), [2, 3, 0, 0]);
    assert_eq!(today.next_change, Some(budapest("2026-11-22T18:00:00")));
}

#[test]
fn ties_are_ordered_by_card_then_by_todo() {
    let mut rows = [open(2, "2026-11-22"), open(1, "2026-11-22"), open(1, "2026-11-22")];
    rows[2].todo = PartId::from_bytes([0; 6]);
    let today = today(&query(budapest("2026-11-22T09:00:00")), rows, []);
    let order: Vec<_> = today.items.iter().map(|item| (item.key.card, item.key.todo)).collect();
    assert_eq!(order, [(card(1), rows[2].todo), (card(1), rows[1].todo), (card(2), rows[0].todo)]);
}

#[test]
fn todos_of_others_of_nobody_of_trashed_cards_and_without_due_neither_appear_nor_count() {
    let due = "2026-11-22";
    let now = budapest("2026-11-22T09:00:00");
    let done = closed(7, Outcome::Success, now, Zone::UTC);
    let closed_by_other = TodoState::OPEN.close(Outcome::Success, now, Zone::UTC, OTHER);
    let rows = [
        TodayRow { assignee: Some(OTHER), ..open(1, due) },
        TodayRow { assignee: None, ..open(2, due) },
        TodayRow { trash: Trash::Trashed, ..open(3, due) },
        TodayRow { trash: Trash::Review, ..open(4, due) },
        TodayRow { due: None, ..open(5, due) },
        TodayRow { trash: Trash::Trashed, ..done },
        TodayRow { state: closed_by_other, ..done },
    ];
    let today = today(&query(now), rows, []);
    assert_eq!((shown(&today).len(), counts(&today), today.next_change), (0, [0; 4], None));
}

#[test]
fn at_the_due_minute_a_todo_turns_overdue_and_at_midnight_what_was_due_that_day_does() {
    let rows = [open(1, "2026-11-22"), open(2, "2026-11-22T18:00[Europe/Budapest]")];
    let at = |local| today(&query(budapest(local)), rows, []);
    assert_eq!(counts(&at("2026-11-22T17:59:59.999")), [2, 0, 0, 0]);
    assert_eq!(counts(&at("2026-11-22T18:00:00")), [1, 1, 0, 0]);
    assert_eq!(at("2026-11-22T18:00:00").next_change, Some(budapest("2026-11-23T00:00:00")));
    assert_eq!(counts(&at("2026-11-22T23:59:59.999")), [1, 1, 0, 0]);
    assert_eq!(counts(&at("2026-11-23T00:00:00")), [0, 2, 0, 0]);
    assert_eq!(at("2026-11-23T00:00:00").next_change, None);
}

#[test]
fn closed_counts_success_on_the_calendar_day_of_the_user_who_closed() {
    // 22:30Z: the 22nd in Budapest (23:30), the 23rd in Bucharest (00:30).
    let late = budapest("2026-11-22T23:30:00");
    let rows = [
        closed(1, Outcome::Success, late, zone("Europe/Budapest")),
        closed(2, Outcome::Success, late, zone("Europe/Bucharest")),
        closed(3, Outcome::Failed, late, zone("Europe/Budapest")),
        closed(4, Outcome::None, late, zone("Europe/Budapest")),
        TodayRow::closing(
            card(5),
            PartId::from_bytes([5; 6]),
            TodoState::OPEN.close(Outcome::Success, late, zone("Europe/Budapest"), ME),
        ),
    ];
    let before = today(&query(late), rows, []);
    assert_eq!((counts(&before), before.next_change), ([0, 0, 2, 0], Some(budapest("2026-11-23T00:00:00"))));
    let after = today(&query(budapest("2026-11-23T00:00:00")), rows, []);
    assert_eq!((counts(&after), after.next_change), ([0, 0, 1, 0], Some(budapest("2026-11-24T00:00:00"))));
}

#[test]
fn a_closing_counts_for_the_user_who_closed_whoever_is_the_assignee_now() {
    let now = budapest("2026-11-22T09:00:00");
    let done = closed(1, Outcome::Success, now, Zone::UTC);
    for assignee in [Some(ME), Some(OTHER), None] {
        let row = TodayRow { assignee, ..done };
        assert_eq!(counts(&today(&query(now), [row], [])), [0, 0, 1, 0], "{assignee:?}");
        let theirs = TodayQuery { me: OTHER, ..query(now) };
        assert_eq!(counts(&today(&theirs, [row], [])), [0; 4], "{assignee:?}");
    }
}

#[test]
fn a_reopened_todo_is_open_again_and_counts_no_closing() {
    let now = budapest("2026-11-22T09:00:00");
    let done = closed(1, Outcome::Success, now, Zone::UTC);
    let reopened = TodayRow { state: done.state.reopen(), ..done };
    assert_eq!(counts(&today(&query(now), [reopened], [])), [1, 0, 0, 0]);
}

#[test]
fn postponed_is_what_was_moved_today_from_today_or_earlier_to_a_later_day() {
    let now = budapest("2026-11-22T12:00:00");
    let yesterday = budapest("2026-11-21T12:00:00");
    for (name, due, moves, postponed) in [
        ("from today", "2026-11-23", vec![moved(1, now, "2026-11-22", "2026-11-23")], 1),
        ("an overdue one (F33)", "2026-11-25", vec![moved(1, now, "2026-11-20", "2026-11-25")], 1),
        ("yesterday", "2026-11-23", vec![moved(1, yesterday, "2026-11-21", "2026-11-23")], 0),
        ("from a later day", "2026-11-25", vec![moved(1, now, "2026-11-23", "2026-11-25")], 0),
        (
            "within today",
            "2026-11-22T18:00[Europe/Budapest]",
            vec![moved(1, now, "2026-11-22", "2026-11-22T18:00[Europe/Budapest]")],
            0,
        ),
        (
            "in two steps",
            "2026-11-25",
            vec![moved(1, now, "2026-11-22", "2026-11-23"), moved(1, now, "2026-11-23", "2026-11-25")],
            1,
        ),
        (
            "and moved back",
            "2026-11-22",
            vec![moved(1, now, "2026-11-22", "2026-11-23"), moved(1, now, "2026-11-23", "2026-11-22")],
            0,
        ),
        ("another todo", "2026-11-23", vec![moved(2, now, "2026-11-22", "2026-11-23")], 0),
    ] {
        let today = today(&query(now), [open(1, due)], moves);
        assert_eq!(today.totals.postponed, postponed, "{name}");
    }
    let moves = [moved(1, now, "2026-11-22", "2026-11-29")];
    let done = closed(1, Outcome::Success, now, Zone::UTC);
    assert_eq!(counts(&today(&query(now), [done], moves)), [0, 0, 1, 0]);
    let next = today(&query(now), [open(1, "2026-11-29")], moves).next_change;
    assert_eq!(next, Some(budapest("2026-11-23T00:00:00")));
}

#[test]
fn another_period_lists_what_is_due_inside_it_and_still_counts_everything_overdue() {
    let rows = [
        open(1, "2026-11-20"),
        open(2, "2026-11-23"),
        open(3, "2026-11-29T23:59[Europe/Budapest]"),
        open(4, "2026-11-30"),
        open(5, "2026-12-02"),
    ];
    let now = budapest("2026-11-22T12:00:00");
    let next_week = Period::Days { from: day("2026-11-23"), to: day("2026-11-29") };
    let at = |period, now, moves: &[DueMove]| {
        today(&TodayQuery { period, ..query(now) }, rows, moves.iter().copied())
    };
    let seen = at(next_week, now, &[]);
    assert_eq!(shown(&seen), [(card(2), Class::Later), (card(3), Class::Later)]);
    assert_eq!((counts(&seen), seen.next_change), ([2, 1, 0, 0], Some(budapest("2026-11-23T00:00:00"))));
    let moves = [
        moved(5, budapest("2026-11-24T12:00:00"), "2026-11-25", "2026-12-02"),
        moved(4, budapest("2026-11-22T12:00:00"), "2026-11-25", "2026-11-30"),
    ];
    let past = at(next_week, budapest("2026-12-03T00:00:00"), &moves);
    assert_eq!(shown(&past), [(card(2), Class::Overdue), (card(3), Class::Overdue)]);
    assert_eq!((counts(&past), past.next_change), ([2, 5, 0, 1], None));
    let upside_down = Period::Days { from: day("2026-11-29"), to: day("2026-11-23") };
    assert_eq!(counts(&at(upside_down, now, &moves)), [0, 1, 0, 0]);
}

#[test]
fn a_limit_keeps_the_first_and_counts_all() {
    let rows: Vec<_> = (1..=9).rev().map(|n| open(n, "2026-11-22")).collect();
    let all = query(budapest("2026-11-22T09:00:00"));
    for limit in [0, 1, 4, 9, 100] {
        let some = today(&TodayQuery { limit, ..all }, rows.clone(), []);
        let whole = today(&all, rows.clone(), []);
        assert_eq!(some.items, whole.items[..limit.min(9)]);
        assert_eq!((some.matching, some.totals, some.next_change), (9, whole.totals, whole.next_change));
    }
}

#[test]
fn rows_and_moves_come_from_card_rows_and_facts() {
    let due: Due = "2026-11-22".parse().unwrap();
    let later: Due = "2026-11-23".parse().unwrap();
    let todo = PartId::from_bytes([3; 6]);
    let fact = |event| Fact { at: Timestamp::from_millis(5), by: None, event };
    assert_eq!(
        DueMove::of(card(1), &fact(Event::TodoMoved(todo, Some(due), Some(later)))),
        Some(DueMove { card: card(1), todo, at: Timestamp::from_millis(5), from: due, to: later })
    );
    for event in
        [Event::TodoMoved(todo, None, Some(due)), Event::TodoMoved(todo, Some(due), None), Event::Created]
    {
        assert_eq!(DueMove::of(card(1), &fact(event)), None);
    }
}

/// What C6 and F32 say of one row, each rule spelled out by itself.
fn naive(query: &TodayQuery, row: &TodayRow, moves: &[DueMove]) -> Option<(Option<Class>, [bool; 4])> {
    let theirs = match row.state.closing() {
        Some(closing) => closing.by() == query.me,
        None => row.assignee == Some(query.me),
    };
    if !theirs || row.trash != Trash::No {
        return None;
    }
    let local_today = query.zone.day_of(query.now);
    let (from, to) = match query.period {
        Period::Today => (local_today, local_today),
        Period::Days { from, to } => (from, to),
    };
    let inside = |day: Day| from <= day && day <= to;
    let default = query.period == Period::Today;
    let mut flags = [false; 4];
    let Some(due) = row.due.filter(|_| row.state.is_open()) else {
        let success = row.state.closing().is_some_and(|closing| closing.outcome() == Outcome::Success);
        flags[2] = success && row.state.closed_on().is_some_and(inside);
        return Some((None, flags));
    };
    let day = due.day_in(query.zone);
    let passed = due.overdue_from(query.zone) <= query.now;
    flags[0] = inside(day) && !(default && passed);
    flags[1] = passed;
    flags[3] = day > to
        && moves.iter().any(|moved| {
            (moved.card, moved.todo) == (row.card, row.todo)
                && inside(query.zone.day_of(moved.at))
                && moved.from.day_in(query.zone) <= to
                && moved.to.day_in(query.zone) > to
        });
    let class = match (passed, day == local_today) {
        (true, _) => Class::Overdue,
        (false, true) => Class::DueToday,
        (false, false) => Class::Later,
    };
    let listed = inside(day) || default && passed;
    Some((listed.then_some(class), flags))
}

const START: i64 = 1_774_569_600_000; // 2026-03-27T00:00Z, before the clocks change on the 29th
const HOUR: i64 = 3_600_000;

fn any_zone() -> impl Strategy<Value = Zone> {
    let names = ["Europe/Lisbon", "Europe/Budapest", "Europe/Bucharest", "Pacific/Apia", "America/Lima"];
    prop::sample::select(names.to_vec()).prop_map(zone)
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    (0..240_i64, prop::sample::select(vec![-1, 0, 1, 1_800_000]))
        .prop_map(|(half_hours, shift)| Timestamp::from_millis(START + half_hours * HOUR / 2 + shift))
}

fn any_due() -> impl Strategy<Value = Due> {
    (any_instant(), any_zone(), any::<bool>()).prop_map(|(at, zone, timed)| match timed {
        false => Due::Day(zone.day_of(at)),
        true => Due::At { local: crate::value::due::LocalMinute::of(zone.local(at)).unwrap(), zone },
    })
}

fn any_row() -> impl Strategy<Value = TodayRow> {
    let states = prop_oneof![
        3 => Just(TodoState::OPEN),
        1 => (any_instant(), any_zone(), prop::sample::select(vec![Outcome::Success, Outcome::Failed]), prop::sample::select(vec![ME, ME, OTHER]))
            .prop_map(|(at, zone, outcome, by)| TodoState::OPEN.close(outcome, at, zone, by)),
    ];
    let dues = prop_oneof![6 => any_due().prop_map(Some), 1 => Just(None)];
    let whose = prop_oneof![6 => Just((Some(ME), Trash::No)), 1 => Just((Some(OTHER), Trash::No)), 1 => Just((Some(ME), Trash::Review))];
    (dues, states, whose).prop_map(|(due, state, (assignee, trash))| TodayRow {
        due,
        state,
        assignee,
        trash,
        ..open(0, "2026-03-27")
    })
}

fn any_case() -> impl Strategy<Value = (TodayQuery, Vec<TodayRow>, Vec<DueMove>)> {
    let period = prop_oneof![
        2 => Just(Period::Today),
        1 => (0..6, 0..4).prop_map(|(from, days)| {
            let from = day("2026-03-26").plus(from);
            Period::Days { from, to: from.plus(days) }
        }),
    ];
    let moves = prop::collection::vec((0..12_u8, any_instant(), any_due(), any_due()), 0..8);
    (any_instant(), any_zone(), period, prop::collection::vec(any_row(), 0..12), moves).prop_map(
        |(now, zone, period, mut rows, moves)| {
            for (n, row) in (0..).zip(&mut rows) {
                (row.card, row.todo) = (card(n), PartId::from_bytes([n; 6]));
            }
            let moves = moves
                .into_iter()
                .map(|(n, at, from, to)| DueMove {
                    card: card(n),
                    todo: PartId::from_bytes([n; 6]),
                    at: at.min(now),
                    from,
                    to,
                })
                .collect();
            (TodayQuery { me: ME, zone, now, period, limit: usize::MAX }, rows, moves)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn items_and_totals_equal_a_naive_recount((query, rows, moves) in any_case()) {
        let today = today(&query, rows.iter().copied(), moves.iter().copied());
        let mut expected = TodayTotals::default();
        let mut listed = BTreeSet::new();
        for row in &rows {
            let Some((class, [due, overdue, closed, postponed])) = naive(&query, row, &moves) else { continue };
            expected.today += u32::from(due);
            expected.overdue += u32::from(overdue);
            expected.closed += u32::from(closed);
            expected.postponed += u32::from(postponed);
            listed.extend(class.map(|class| (row.due.unwrap().overdue_from(query.zone), row.card, class)));
        }
        prop_assert_eq!(today.totals, expected);
        let items: Vec<_> =
            today.items.iter().map(|item| (item.key.overdue_from, item.key.card, item.class)).collect();
        prop_assert_eq!(today.matching, items.len() as u64);
        prop_assert_eq!(items, listed.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn nothing_changes_before_the_next_change_and_something_changes_at_it((query, rows, moves) in any_case()) {
        let at = |now| {
            let query = TodayQuery { now, ..query };
            rows.iter().map(|row| naive(&query, row, &moves)).collect::<Vec<_>>()
        };
        let next = today(&query, rows.iter().copied(), moves.iter().copied()).next_change;
        let until = next.unwrap_or(Timestamp::from_millis(START + 400 * HOUR));
        prop_assert!(until > query.now);
        let quarter = HOUR / 4;
        let first = query.now.millis() / quarter + 1;
        let borders = (first..=until.millis() / quarter).map(|n| n * quarter);
        for millis in borders.chain([until.millis() - 1]).filter(|millis| *millis < until.millis()) {
            prop_assert_eq!(at(Timestamp::from_millis(millis)), at(query.now));
        }
        if let Some(next) = next {
            prop_assert_ne!(at(next), at(query.now));
        }
    }

    #[test]
    fn a_clock_ahead_may_wake_early_but_never_late(
        (query, rows, moves) in any_case(),
        ahead in 0..100_i64,
    ) {
        let moves: Vec<_> = moves
            .into_iter()
            .map(|moved| DueMove { at: Timestamp::from_millis(query.now.millis() + ahead * HOUR), ..moved })
            .collect();
        let at = |now| today(&TodayQuery { now, ..query }, rows.iter().copied(), moves.iter().copied());
        let next = at(query.now).next_change.map_or(START + 400 * HOUR, Timestamp::millis);
        for millis in (query.now.millis() / HOUR + 1..=next / HOUR).map(|n| n * HOUR).filter(|at| *at < next) {
            let then = at(Timestamp::from_millis(millis));
            prop_assert_eq!((then.items, then.totals), (at(query.now).items, at(query.now).totals));
        }
    }
}

#[test]
fn the_encoding_of_today_is_pinned() {
    let rows = [open(1, "2026-11-22"), open(2, "2026-11-23T08:00[Europe/Lisbon]"), open(3, "2026-11-21")];
    let some = today(&TodayQuery { limit: 1, ..query(budapest("2026-11-22T09:00:00")) }, rows, []);
    let bytes = minicbor::to_vec(&some).unwrap();
    let pinned = concat!(
        "848183831b000001a200568580500303030303030303030303030303030346030303030303",
        "006a323032362d31312d32310284010100001b000001a2057ce180",
    );
    assert_eq!(data_encoding::HEXLOWER.encode(&bytes), pinned);
    assert_eq!(minicbor::decode::<Today>(&bytes).unwrap(), some);
}
