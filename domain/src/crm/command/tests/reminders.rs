//! Snoozing a todo, and reminders of its own (F105).

use super::*;
use crate::crm::undo::{Undo, undo};

const TEN: &str = "2026-11-22T10:00[Europe/Budapest]";

fn part(hand: &Hand, part: &str) -> String {
    View::of(&hand.document).text(card::TODOS, &format!("{CALL}/{part}"))
}

fn snooze(until: &str) -> CardCommand {
    CardCommand::Snooze(CALL, minute(until))
}

#[test]
fn a_todo_is_snoozed_and_reminds_in_its_own_way_until_that_is_taken_away() {
    let mut alice = new_card();
    alice.does(&[
        snooze(TEN),
        CardCommand::RemindTodo(CALL, Some("none".parse().unwrap())),
        CardCommand::ChannelTodo(CALL, Some("browser".parse().unwrap())),
    ]);
    let parts = |hand: &Hand| ["snoozed_until", "reminders", "channels", "due"].map(|name| part(hand, name));
    assert_eq!(parts(&alice), [TEN, "none", "browser", "2026-11-22"]);
    alice.does(&[
        CardCommand::Snooze(CALL, None),
        CardCommand::RemindTodo(CALL, None),
        CardCommand::ChannelTodo(CALL, None),
    ]);
    assert_eq!(parts(&alice), ["", "", "", "2026-11-22"]);
}

#[test]
fn what_nobody_wrote_is_not_written_to_be_empty() {
    let mut alice = new_card();
    let nothing = [
        CardCommand::Snooze(CALL, None),
        CardCommand::RemindTodo(CALL, None),
        CardCommand::ChannelTodo(CALL, None),
    ];
    assert_eq!(alice.does(&nothing), None);
    let postponed = alice.does(&[CardCommand::Postpone(CALL, due("2026-12-01"))]).unwrap();
    assert_eq!(postponed.ops.len(), 1);
}

#[test]
fn a_postponed_todo_is_not_snoozed_any_more_and_taking_that_back_brings_both() {
    let mut alice = new_card();
    alice.does(&[snooze(TEN)]);
    alice.does(&[CardCommand::Postpone(CALL, due("2026-12-01"))]);
    assert_eq!((part(&alice, "due").as_str(), part(&alice, "snoozed_until").as_str()), ("2026-12-01", ""));
    let (hash, _) = alice.document.changes_since(&[]).last().cloned().unwrap();
    let Ok(Undo::Card(commands)) = undo(&alice.document, hash, ALICE) else { panic!("it can be taken back") };
    alice.does(&commands);
    assert_eq!((part(&alice, "due").as_str(), part(&alice, "snoozed_until").as_str()), ("2026-11-22", TEN));
}

#[test]
fn a_closed_todo_keeps_its_snooze_for_who_reopens_it() {
    let mut alice = new_card();
    alice.does(&[snooze(TEN)]);
    alice.does(&[CardCommand::Close(CALL, Outcome::Success)]);
    alice.does(&[CardCommand::Reopen(CALL)]);
    assert_eq!(part(&alice, "snoozed_until"), TEN);
}

#[test]
fn of_two_who_snooze_at_once_one_is_shown_and_the_other_is_named() {
    let mut alice = new_card();
    let mut bob = alice.twin(2, BOB);
    let one = alice.does(&[snooze(TEN)]).unwrap();
    let other = bob.does(&[snooze("2026-11-22T11:00[UTC]")]).unwrap();
    alice.takes(&other);
    bob.takes(&one);
    assert_eq!(part(&alice, "snoozed_until"), part(&bob, "snoozed_until"));
    let conflicts = View::of(&alice.document).conflicts();
    let [conflict] = conflicts.as_slice() else { panic!("one conflict, not {conflicts:?}") };
    assert_eq!(conflict.place, Place::Todo { todo: CALL, part: TodoPart::SnoozedUntil });
}
