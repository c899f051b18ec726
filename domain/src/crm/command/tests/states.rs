//! Every command on every state of what it writes: it does what it says, or it is refused.

use super::*;
use crate::document::change::Register;
use crate::value::trash::TRASHED;

const FIELD: FieldId = FieldId::from_bytes([5; 16]);
/// The states of a field, by name.
const STATES: [&str; 8] = [
    "nothing",
    "an empty value",
    "a value",
    "a text",
    "two values",
    "two texts",
    "a text and a later value",
    "a value and a later text",
];

/// A card whose field is in this state.
fn card_with(state: &str) -> Hand {
    let mut alice = new_card();
    let mut bob = alice.twin(2, BOB);
    let value = |text: &str| CardCommand::SetField(FIELD, text.into());
    let text = |text: &str| CardCommand::EditText(FIELD, text.into());
    let clears = [value("old"), value("")];
    let (first, second): (&[_], _) = match state {
        "nothing" => (&[], None),
        "an empty value" => (&clears, None),
        "a value" => (&[value("one")], None),
        "a text" => (&[text("one long text")], None),
        "two values" => (&[value("one")], Some(value("other"))),
        "two texts" => (&[text("one long text")], Some(text("other long text"))),
        "a text and a later value" => (&[text("one long text")], Some(value("other"))),
        "a value and a later text" => (&[value("one")], Some(text("other long text"))),
        other => panic!("{other}"),
    };
    for command in first {
        alice.does(std::slice::from_ref(command));
    }
    if let Some(second) = second {
        let made = bob.does(&[second]).unwrap();
        alice.takes(&made);
    }
    alice
}

fn read(hand: &Hand, container: u8, name: &str) -> String {
    View::of(&hand.document).text(container, name)
}

/// Does what a phone does with a command; false if it is refused.
fn is_done(hand: &mut Hand, command: &CardCommand) -> bool {
    let acting = acting(hand.by);
    let mut draft = Draft::new(&mut hand.document, hand.actor, acting.now);
    if command.draft(&mut draft, &acting).is_err() {
        return false;
    }
    let Some(change) = draft.finish() else { return true };
    if hand.document.judge(&change, Writer::Editor).is_err() {
        return false;
    }
    assert_eq!(Change::from_bytes(&change.to_bytes()).as_ref(), Ok(&change));
    hand.takes(&change);
    hand.document.check_against_automerge();
    assert_eq!(rows(&hand.document, None), rows_of_index(&OpIndex::of(&hand.document), None));
    true
}

#[test]
fn a_command_on_a_field_does_what_it_says_or_is_refused_whatever_the_field_holds() {
    let name = FIELD.to_string();
    for state in STATES {
        let holds_text = state.contains("text");
        for new in ["new", "one", "other", "", "one long text"] {
            for (command, is_refused) in [
                (CardCommand::SetField(FIELD, new.into()), holds_text),
                (CardCommand::EditText(FIELD, new.into()), false),
                (CardCommand::Resolve(card::FIELDS, name.clone(), new.into()), false),
            ] {
                let mut hand = card_with(state);
                let before = read(&hand, card::FIELDS, &name);
                // What is there already need not be written.
                let is_refused = is_refused && (state != "a text" || before != new);
                let case = format!("{command:?} on {state}");
                assert_eq!(is_done(&mut hand, &command), !is_refused, "{case}");
                let expected = if is_refused { before.as_str() } else { new };
                assert_eq!(read(&hand, card::FIELDS, &name), expected, "{case}");
                let conflicts = View::of(&hand.document).conflicts();
                assert!(is_refused || conflicts.is_empty(), "{case}: {conflicts:?}");
            }
        }
        let mut hand = card_with(state);
        let before = read(&hand, card::FIELDS, &name);
        for chosen in [true, true, false] {
            assert!(is_done(&mut hand, &CardCommand::SetOption(FIELD, "vip".into(), chosen)));
            let option = read(&hand, card::FIELDS, &format!("{FIELD}/vip"));
            assert_eq!((option == "1", read(&hand, card::FIELDS, &name)), (chosen, before.clone()));
        }
    }
}

#[test]
fn whatever_was_made_apart_is_shown_or_named_as_another_value() {
    for state in STATES {
        let hand = card_with(state);
        let name = FIELD.to_string();
        let register = Register { container: card::FIELDS, name: name.clone() };
        let Some(values) = hand.document.get(&register) else { continue };
        let mut seen = read(&hand, card::FIELDS, &name);
        let conflicts = View::of(&hand.document).conflicts();
        seen.extend(conflicts.iter().flat_map(|conflict| conflict.others.clone()));
        assert!(values.all().all(|written| seen.contains(&written.value)), "{state}: {seen}");
        assert_eq!(
            conflicts.len(),
            usize::from(!values.losers.is_empty() && state != "two texts"),
            "{state}"
        );
        assert_eq!(card_row(&hand.document).conflicts as usize, conflicts.len(), "{state}");
    }
}

#[test]
fn two_commands_on_one_field_in_one_edit_are_one_write_and_the_last_counts() {
    for state in STATES {
        for (one, other, expected) in [
            (CardCommand::SetField(FIELD, "a".into()), CardCommand::EditText(FIELD, "b".into()), "b"),
            (CardCommand::EditText(FIELD, "a".into()), CardCommand::EditText(FIELD, "b".into()), "b"),
            (CardCommand::EditText(FIELD, "b".into()), CardCommand::SetField(FIELD, "a".into()), "a"),
        ] {
            let mut hand = card_with(state);
            let change = hand.does(&[CardCommand::Rename("Both".into()), one, other]);
            if change.is_some() {
                assert_eq!(read(&hand, card::FIELDS, &FIELD.to_string()), expected, "{state}");
            } else {
                assert!(expected == "a" && state.contains("text"), "{state}");
            }
        }
    }
}

#[test]
fn a_command_on_a_todo_does_what_it_says_or_is_refused_whatever_became_of_the_todo() {
    let user = Some(BOB);
    for state in ["missing", "open", "closed", "closed twice", "trashed", "moved twice"] {
        let make = || {
            let mut alice = new_card();
            let mut bob = alice.twin(2, BOB);
            let close = |outcome| CardCommand::Close(CALL, outcome);
            let (one, other) = match state {
                "closed" => (Some(close(Outcome::Success)), None),
                "closed twice" => (Some(close(Outcome::Success)), Some(close(Outcome::Failed))),
                "trashed" => (Some(CardCommand::Trash), None),
                "moved twice" => (
                    Some(CardCommand::Postpone(CALL, due("2026-12-01"))),
                    Some(CardCommand::Postpone(CALL, due("2026-12-02"))),
                ),
                _ => (None, None),
            };
            alice.does(&one.into_iter().collect::<Vec<_>>());
            if let Some(change) = other.and_then(|other| bob.does(&[other])) {
                alice.takes(&change);
            }
            alice
        };
        let todo = if state == "missing" { PartId::from_bytes([9; 6]) } else { CALL };
        let is_closed = state.starts_with("closed");
        let shown = |hand: &Hand, part: &str| read(hand, card::TODOS, &format!("{todo}/{part}"));
        for (command, part, expected) in [
            (CardCommand::RewordTodo(todo, "Visit".into()), "text", "Visit".to_owned()),
            (CardCommand::Postpone(todo, due("2026-12-02")), "due", "2026-12-02".to_owned()),
            (CardCommand::Postpone(todo, None), "due", String::new()),
            (CardCommand::Assign(todo, user), "assignee", BOB.to_string()),
            (CardCommand::Close(todo, Outcome::Failed), "state", "closed#1".to_owned()),
            (CardCommand::Reopen(todo), "state", if is_closed { "open#2" } else { "" }.to_owned()),
        ] {
            let mut hand = make();
            let case = format!("{command:?} on {state}");
            assert_eq!(is_done(&mut hand, &command), state != "missing", "{case}");
            if state != "missing" {
                assert!(shown(&hand, part).starts_with(&expected), "{case}: {}", shown(&hand, part));
                assert_eq!(card_row(&hand.document).todos.len(), 1, "{case}");
            }
        }
        let mut hand = make();
        let refused = [
            CardCommand::RewordTodo(CALL, " ".into()),
            CardCommand::AddTodo(NewTodo {
                id: PartId::from_bytes([3; 6]),
                text: String::new(),
                due: due("2026-12-01"),
                assignee: user,
                contact: None,
            }),
            CardCommand::AddEntry(NewEntry {
                id: PartId::from_bytes([4; 6]),
                kind: String::new(),
                at: Timestamp::from_millis(1),
                text: "They like it".into(),
                by: None,
                person: None,
                place: String::new(),
            }),
            CardCommand::EditText(FIELD, "x".repeat(MAX_TEXT as usize + 1)),
            CardCommand::Rename("x".repeat(MAX_VALUE_LEN + 1)),
        ];
        for command in &refused {
            let heads = hand.document.heads();
            assert!(!is_done(&mut hand, command), "{command:?}");
            assert_eq!(hand.document.heads(), heads);
        }
    }
}

#[test]
fn a_card_is_trashed_and_restored_from_any_state_of_the_trash() {
    for (one, other) in [
        (None, None),
        (Some(CardCommand::Trash), None),
        (Some(CardCommand::Trash), Some(CardCommand::Trash)),
        (Some(CardCommand::Trash), Some(CardCommand::Rename("Later".into()))),
    ] {
        for (command, expected) in [(CardCommand::Trash, TRASHED), (CardCommand::Restore, "")] {
            let mut alice = new_card();
            let mut bob = alice.twin(2, BOB);
            alice.does(one.as_slice());
            let theirs = bob.does(other.as_slice());
            theirs.iter().for_each(|change| alice.takes(change));
            assert!(is_done(&mut alice, &command));
            assert_eq!(read(&alice, card::CARD, "trash"), expected);
        }
    }
}

#[test]
fn a_detail_that_becomes_one_of_another_sort_shows_what_was_written_last_or_nothing() {
    let id = PartId::from_bytes([1; 6]);
    let detail = |sort, value: &str| ContactCommand::SetDetail {
        id,
        sort,
        label: "work".into(),
        value: value.to_owned(),
    };
    for before in DetailSort::ALL {
        for after in DetailSort::ALL {
            for value in ["new", ""] {
                let mut document = Document::new(&contact::TYPE);
                for command in [
                    ContactCommand::Create(ContactSort::Person),
                    detail(*before, "old"),
                    detail(*after, value),
                ] {
                    let mut draft = Draft::new(&mut document, Actor([1; 16]), Timestamp::from_millis(1));
                    command.draft(&mut draft, &acting(ALICE)).unwrap();
                    if let Some(change) = draft.finish() {
                        document.add(&change).unwrap();
                    }
                }
                let shown: Vec<_> = contact_row(&document, None)
                    .details
                    .into_iter()
                    .map(|row| (row.sort, row.value))
                    .collect();
                let expected = if value.is_empty() { vec![] } else { vec![(*after, value.to_owned())] };
                assert_eq!(shown, expected, "{before} to {after}");
            }
        }
    }
}
