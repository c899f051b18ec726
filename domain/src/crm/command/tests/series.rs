//! Todos that come again (T7, T8).

use super::*;
use crate::crm::undo::{Undo, undo};

const WEEKLY: &str = "1w";

/// A card whose todo is due on Monday, 2026-11-23 at 9:00, and comes again.
fn series(rule: &str) -> Hand {
    let mut alice = new_card();
    alice.does(&[
        CardCommand::Postpone(CALL, due("2026-11-23T09:00[Europe/Budapest]")),
        CardCommand::DescribeTodo(CALL, "Ask for the list".into()),
        CardCommand::MarkUrgent(CALL, true),
        CardCommand::PlanTodo(CALL, Some("2026-11-20".parse().unwrap())),
        CardCommand::RepeatTodo(CALL, Some(rule.parse().unwrap())),
        CardCommand::RemindTodo(CALL, Some("0,60".parse().unwrap())),
        CardCommand::ChannelTodo(CALL, Some("device".parse().unwrap())),
        CardCommand::Snooze(CALL, minute("2026-11-23T10:00[Europe/Budapest]")),
    ]);
    alice
}

/// At noon of a day in November 2026.
fn at_noon(by: UserId, day: u32) -> Acting {
    let zone: Zone = "Europe/Budapest".parse().unwrap();
    let noon = Day::new(2026, 11, day).unwrap().date().and_hms_opt(12, 0, 0).unwrap();
    Acting { by, now: zone.instant(noon), zone }
}

/// The dues of the open todos.
fn open(hand: &Hand) -> Vec<String> {
    let todos = card_row(&hand.document).todos;
    let open = todos.iter().filter(|todo| todo.state.is_open());
    open.map(|todo| todo.due.map_or("none".to_owned(), |due| due.to_string())).collect()
}

fn closes(hand: &mut Hand, todo: PartId, outcome: Outcome, day: u32) -> Option<Change> {
    let acting = at_noon(hand.by, day);
    hand.does_at(&[CardCommand::Close(todo, outcome)], acting)
}

/// The open todo.
fn next(hand: &Hand) -> PartId {
    let todos = card_row(&hand.document).todos;
    todos.iter().find(|todo| todo.state.is_open()).unwrap().id
}

#[test]
fn who_closes_a_todo_that_comes_again_makes_the_next_one_with_the_same_words_and_time() {
    for outcome in [Outcome::Success, Outcome::Failed] {
        let mut alice = series(WEEKLY);
        closes(&mut alice, CALL, outcome, 23);
        assert_eq!(open(&alice), ["2026-11-30T09:00[Europe/Budapest]"]);
        let (of_card, made) = (card_row(&alice.document), next(&alice));
        let todo = of_card.todos.iter().find(|todo| todo.id == made).unwrap();
        assert_eq!((todo.text.as_str(), todo.assignee), ("Call back", Some(ALICE)));
        let view = View::of(&alice.document);
        let part = |part: &str| view.text(card::TODOS, &format!("{made}/{part}"));
        assert_eq!(part("description"), "Ask for the list");
        assert_eq!((part("urgent"), part("recurrence")), ("1".to_owned(), WEEKLY.to_owned()));
        assert_eq!((part("occurrence"), part("planned_for")), ("2026-11-30".to_owned(), String::new()));
        assert_eq!((part("reminders"), part("channels")), ("0,60".to_owned(), "device".to_owned()));
        assert_eq!(part("snoozed_until"), "", "no todo is born snoozed");
    }
}

#[test]
fn a_closing_without_an_outcome_ends_the_series_and_so_does_taking_the_rule_away() {
    let mut alice = series(WEEKLY);
    closes(&mut alice, CALL, Outcome::None, 23);
    assert_eq!(open(&alice), [""; 0]);

    let mut alice = series(WEEKLY);
    alice.does(&[CardCommand::RepeatTodo(CALL, None)]);
    closes(&mut alice, CALL, Outcome::Success, 23);
    assert_eq!(open(&alice), [""; 0]);
}

#[test]
fn a_postponed_todo_keeps_its_day_in_the_series_until_the_series_begins_anew() {
    let mut alice = series(WEEKLY);
    closes(&mut alice, CALL, Outcome::Success, 23);
    let second = next(&alice);
    alice.does(&[CardCommand::Postpone(second, due("2026-12-02"))]);
    closes(&mut alice, second, Outcome::Success, 30);
    assert_eq!(open(&alice), ["2026-12-07"]);

    let third = next(&alice);
    let weekly = WEEKLY.parse().ok();
    alice.does(&[CardCommand::Postpone(third, due("2026-12-09")), CardCommand::RepeatTodo(third, weekly)]);
    closes(&mut alice, third, Outcome::Success, 30);
    assert_eq!(open(&alice), ["2026-12-16"]);
}

#[test]
fn what_has_no_due_comes_again_so_long_after_it_was_done() {
    let mut alice = series("10d");
    alice.does(&[CardCommand::Postpone(CALL, None)]);
    closes(&mut alice, CALL, Outcome::Success, 20);
    assert_eq!(open(&alice), ["2026-11-30"]);
}

#[test]
fn users_who_close_a_todo_at_once_make_one_that_follows_it_whatever_rule_they_know() {
    let mut alice = series(WEEKLY);
    let mut bob = alice.twin(2, BOB);
    let mine = [
        alice.does(&[CardCommand::RepeatTodo(CALL, "2w".parse().ok())]),
        closes(&mut alice, CALL, Outcome::Success, 23),
    ];
    let theirs = closes(&mut bob, CALL, Outcome::Failed, 24);
    mine.into_iter().flatten().for_each(|change| bob.takes(&change));
    theirs.into_iter().for_each(|change| alice.takes(&change));
    assert_eq!((open(&alice).len(), open(&bob)), (1, open(&alice)));
}

#[test]
fn a_todo_that_is_reopened_and_closed_once_more_makes_no_second_one() {
    let mut alice = series(WEEKLY);
    closes(&mut alice, CALL, Outcome::Success, 23);
    alice.does(&[CardCommand::Reopen(CALL)]);
    closes(&mut alice, CALL, Outcome::Success, 24);
    assert_eq!(open(&alice), ["2026-11-30T09:00[Europe/Budapest]"]);
    // Nor does one whose next has been done.
    let second = next(&alice);
    closes(&mut alice, second, Outcome::Success, 25);
    alice.does(&[CardCommand::Reopen(CALL)]);
    closes(&mut alice, CALL, Outcome::Success, 26);
    assert_eq!(open(&alice), ["2026-12-07T09:00[Europe/Budapest]"]);
}

#[test]
fn a_closing_that_is_taken_back_takes_the_next_one_back_and_the_series_goes_on_later() {
    let mut alice = series(WEEKLY);
    closes(&mut alice, CALL, Outcome::Success, 23);
    let (hash, _) = alice.document.changes_since(&[]).last().cloned().unwrap();
    let Ok(Undo::Card(commands)) = undo(&alice.document, hash, ALICE) else { panic!("it can be taken back") };
    alice.does(&commands);
    assert_eq!(open(&alice), ["2026-11-23T09:00[Europe/Budapest]"]);
    closes(&mut alice, CALL, Outcome::Success, 30);
    assert_eq!(open(&alice), ["2026-11-30T09:00[Europe/Budapest]"]);
}

#[test]
fn a_todo_is_described_marked_planned_repeated_and_snoozed_only_if_it_is_there() {
    let mut alice = new_card();
    let unknown = PartId::from_bytes([9; 6]);
    for command in [
        CardCommand::DescribeTodo(unknown, "More".into()),
        CardCommand::MarkUrgent(unknown, true),
        CardCommand::PlanTodo(unknown, None),
        CardCommand::RepeatTodo(unknown, None),
        CardCommand::Snooze(unknown, None),
        CardCommand::RemindTodo(unknown, None),
        CardCommand::ChannelTodo(unknown, None),
    ] {
        let acting = acting(ALICE);
        let mut draft = Draft::new(&mut alice.document, alice.actor, acting.now);
        assert_eq!(command.draft(&mut draft, &acting), Err(CommandError::NoTodo), "{command:?}");
    }
}
