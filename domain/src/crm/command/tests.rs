use super::*;
use crate::crm::place::{Place, TodoPart};
use crate::crm::row::Event;
use crate::crm::row::Rows;
use crate::crm::row::{CardRow, ContactRow, EntryRow};
use crate::document::AuthorTable;
use crate::document::Document;
use crate::document::DocumentType;
use crate::document::OpIndex;
use crate::document::Writer;
use crate::document::change::{Actor, Change};
use crate::read::history::{Edit, history};
use crate::read::projection::{all_of_saved, entries, facts, rows, rows_of_index, rows_of_saved};
use crate::read::view::View;
use crate::value::recurrence::RepeatUnit;
use crate::value::trash::Trash;
use proptest::prelude::*;

mod reminders;
mod series;
mod states;

const ALICE: UserId = UserId::from_bytes([1; 16]);
const BOB: UserId = UserId::from_bytes([2; 16]);
const CALL: PartId = PartId::from_bytes([7; 6]);

/// One person's replica of one document.
struct Hand {
    document: Document,
    actor: Actor,
    by: UserId,
}

impl Hand {
    fn new(kind: &'static DocumentType, actor: u8, by: UserId) -> Self {
        Self { document: Document::new(kind), actor: Actor([actor; 16]), by }
    }

    fn does(&mut self, commands: &[CardCommand]) -> Option<Change> {
        self.does_at(commands, acting(self.by))
    }

    fn does_at(&mut self, commands: &[CardCommand], acting: Acting) -> Option<Change> {
        let mut draft = Draft::new(&mut self.document, self.actor, acting.now);
        for command in commands {
            command.draft(&mut draft, &acting).unwrap();
        }
        let change = draft.finish()?;
        // What a user sees as an error writes nothing.
        self.document.judge(&change, Writer::Editor).ok()?;
        self.takes(&change);
        Some(change)
    }

    fn takes(&mut self, change: &Change) {
        let change = change.to_automerge(self.document.kind());
        self.document.apply(vec![change]).unwrap();
    }

    fn twin(&self, actor: u8, by: UserId) -> Self {
        Self { document: self.document.clone(), actor: Actor([actor; 16]), by }
    }
}

#[test]
fn users_who_close_a_todo_at_once_are_both_named_and_one_closing_counts() {
    let mut alice = Hand::new(&card::TYPE, 1, ALICE);
    alice.does(&[CardCommand::AddTodo(NewTodo {
        id: CALL,
        text: "Call".into(),
        due: None,
        assignee: None,
        contact: None,
    })]);
    let mut bob = alice.twin(2, BOB);
    let failed = alice.does(&[CardCommand::Close(CALL, Outcome::Failed)]).unwrap();
    let closers = |hand: &Hand| {
        let closings = View::of(&hand.document).closings(card::TODOS, CALL);
        closings.iter().map(|closing| closing.by()).collect::<Vec<_>>()
    };
    assert_eq!(closers(&alice), [ALICE]);
    let success = bob.does(&[CardCommand::Close(CALL, Outcome::Success)]).unwrap();
    alice.takes(&success);
    bob.takes(&failed);
    assert_eq!((closers(&alice), closers(&bob)), (vec![BOB, ALICE], vec![BOB, ALICE]));
    assert_eq!(card_row(&alice.document).todos[0].closed_by(), Some(BOB));
    alice.does(&[CardCommand::Reopen(CALL)]);
    assert_eq!(closers(&alice), []);
}

fn acting(by: UserId) -> Acting {
    Acting { by, now: Timestamp::from_millis(1_700_000_000_000), zone: "Europe/Budapest".parse().unwrap() }
}

fn card_row(document: &Document) -> CardRow {
    match rows(document, None) {
        Rows::Card(row, _) => *row,
        other => panic!("not a card: {other:?}"),
    }
}

fn contact_row(document: &Document, creator: Option<UserId>) -> ContactRow {
    match rows(document, creator) {
        Rows::Contact(row, _) => *row,
        other => panic!("not a contact: {other:?}"),
    }
}

fn due(text: &str) -> Option<Due> {
    Some(text.parse().unwrap())
}

fn minute(text: &str) -> Option<(LocalMinute, Zone)> {
    match text.parse().unwrap() {
        Due::At { local, zone } => Some((local, zone)),
        Due::Day(_) => None,
    }
}

fn new_card() -> Hand {
    let mut alice = Hand::new(&card::TYPE, 1, ALICE);
    let product = ProductId::from_bytes([9; 16]);
    alice.does(&[
        CardCommand::Create { product, name: "Acme".into(), status: None, owner: Some(ALICE) },
        CardCommand::AddTodo(NewTodo {
            id: CALL,
            text: "Call back".into(),
            due: due("2026-11-22"),
            assignee: Some(ALICE),
            contact: None,
        }),
    ]);
    alice
}

#[test]
fn a_close_beats_a_concurrent_postponement_and_both_stay_visible() {
    let mut alice = new_card();
    let mut bob = alice.twin(2, BOB);
    let closed = alice.does(&[CardCommand::Close(CALL, Outcome::Success)]).unwrap();
    let postponed = bob.does(&[CardCommand::Postpone(CALL, due("2026-12-01"))]).unwrap();
    alice.takes(&postponed);
    bob.takes(&closed);
    assert_eq!(card_row(&alice.document), card_row(&bob.document));
    let todo = card_row(&alice.document).todos.remove(0);
    assert_eq!(todo.due, due("2026-12-01"));
    assert!(todo.state.to_string().starts_with("closed#1;success;"));
    let told = history(&alice.document, &AuthorTable::default(), 0, 10);
    assert_eq!(told.len(), 3);
}

#[test]
fn two_concurrent_closings_are_one_and_success_is_kept() {
    let mut alice = new_card();
    let mut bob = alice.twin(2, BOB);
    let success = alice.does(&[CardCommand::Close(CALL, Outcome::Success)]).unwrap();
    let failed = bob.does(&[CardCommand::Close(CALL, Outcome::Failed)]).unwrap();
    alice.takes(&failed);
    bob.takes(&success);
    for hand in [&alice, &bob] {
        let todo = card_row(&hand.document).todos.remove(0);
        assert_eq!(
            todo.state.to_string(),
            format!("closed#1;success;2023-11-14T23:13:20;Europe/Budapest;{ALICE}")
        );
        assert_eq!(View::of(&hand.document).conflicts().len(), 1, "the other closing is kept");
    }
}

#[test]
fn a_conflict_keeps_the_losing_value_and_using_it_is_one_edit() {
    let mut alice = new_card();
    let mut bob = alice.twin(2, BOB);
    let a = alice.does(&[CardCommand::Rename("Acme Ltd".into())]).unwrap();
    let b = bob.does(&[CardCommand::Rename("Acme Kft".into())]).unwrap();
    alice.takes(&b);
    bob.takes(&a);
    let conflicts = View::of(&alice.document).conflicts();
    assert_eq!(conflicts, View::of(&bob.document).conflicts());
    let [conflict] = conflicts.as_slice() else { panic!("one conflict, not {conflicts:?}") };
    let other = &conflict.others[0];
    assert_ne!(other, &conflict.shown);
    let resolve = CardCommand::Resolve(card::CARD, "name".into(), other.clone());
    let resolved = alice.does(&[resolve]).unwrap();
    bob.takes(&resolved);
    assert_eq!(&card_row(&bob.document).name, other);
    assert_eq!(View::of(&bob.document).conflicts(), []);
}

#[test]
fn different_fields_edited_apart_both_survive_without_a_conflict() {
    let mut alice = new_card();
    let mut bob = alice.twin(2, BOB);
    let [one, two] = [FieldId::from_bytes([3; 16]), FieldId::from_bytes([4; 16])];
    let a = alice.does(&[CardCommand::SetField(one, "1".into())]).unwrap();
    let b = bob.does(&[CardCommand::SetField(two, "2".into())]).unwrap();
    alice.takes(&b);
    bob.takes(&a);
    let row = card_row(&alice.document);
    assert_eq!(row, card_row(&bob.document));
    assert_eq!(row.fields, [(one.to_string(), "1".to_owned()), (two.to_string(), "2".to_owned())]);
    assert_eq!(row.conflicts, 0);
}

#[test]
fn a_card_trashed_while_another_edits_it_stays_trashed_and_is_to_be_reviewed() {
    let mut alice = new_card();
    let mut bob = alice.twin(2, BOB);
    let trashed = alice.does(&[CardCommand::Trash]).unwrap();
    assert_eq!(card_row(&alice.document).trash, Trash::Trashed);
    let edited = bob.does(&[CardCommand::Rename("Acme GmbH".into())]).unwrap();
    alice.takes(&edited);
    bob.takes(&trashed);
    assert_eq!(card_row(&alice.document).trash, Trash::Review);
    assert_eq!(card_row(&alice.document), card_row(&bob.document));
    alice.does(&[CardCommand::Restore]);
    assert_eq!(card_row(&alice.document).trash, Trash::No);
}

#[test]
fn two_phones_that_link_the_same_contact_make_one_link() {
    let mut alice = new_card();
    let mut bob = alice.twin(2, BOB);
    let target = DocumentId::from_bytes([5; 16]);
    let link = || CardCommand::Link { role: "customer".into(), target };
    let a = alice.does(&[link()]).unwrap();
    let b = bob.does(&[link()]).unwrap();
    alice.takes(&b);
    bob.takes(&a);
    let row = card_row(&alice.document);
    assert_eq!(row, card_row(&bob.document));
    assert_eq!((row.links.len(), row.conflicts), (1, 0));
    alice.does(&[CardCommand::Unlink(row.links[0].id)]);
    assert_eq!(card_row(&alice.document).links, []);
}

#[test]
fn long_texts_begun_apart_are_joined_and_edits_at_two_ends_both_survive() {
    let mut alice = new_card();
    let mut bob = alice.twin(2, BOB);
    let field = FieldId::from_bytes([3; 16]);
    let text = |text: &str| CardCommand::EditText(field, text.into());
    let a = alice.does(&[text("from alice. ")]).unwrap();
    let b = bob.does(&[text("from bob. ")]).unwrap();
    alice.takes(&b);
    bob.takes(&a);
    let read = |hand: &Hand| View::of(&hand.document).text(card::FIELDS, &field.to_string());
    assert_eq!(read(&alice), read(&bob));
    assert!(read(&alice).contains("from alice. ") && read(&alice).contains("from bob. "));

    let whole = read(&alice);
    let a = alice.does(&[text(&format!("Start. {whole}"))]).unwrap();
    let b = bob.does(&[text(&format!("{whole}End."))]).unwrap();
    alice.takes(&b);
    bob.takes(&a);
    assert_eq!(read(&alice), format!("Start. {whole}End."));
    assert_eq!(read(&alice), read(&bob));
}

#[test]
fn of_two_wordings_of_a_long_text_in_one_action_the_last_stays() {
    let mut alice = new_card();
    let mut bob = alice.twin(2, BOB);
    let field = FieldId::from_bytes([3; 16]);
    let text = |text: &str| CardCommand::EditText(field, text.into());
    let begun = alice.does(&[text("first"), text("second")]).unwrap();
    bob.takes(&begun);
    let edited = alice.does(&[text("sec"), text("second one")]).unwrap();
    bob.takes(&edited);
    assert_eq!(View::of(&bob.document).text(card::FIELDS, &field.to_string()), "second one");
}

#[test]
fn a_command_that_changes_nothing_makes_no_change() {
    let mut alice = new_card();
    assert_eq!(alice.does(&[CardCommand::Rename("Acme".into())]), None);
    assert_eq!(
        alice.does(&[
            CardCommand::Restore,
            CardCommand::SetField(FieldId::from_bytes([3; 16]), String::new())
        ]),
        None
    );
    alice.does(&[CardCommand::Close(CALL, Outcome::Success)]).unwrap();
    assert_eq!(
        alice.does(&[CardCommand::Close(CALL, Outcome::Failed)]),
        None,
        "a closed todo stays as it was closed"
    );
}

#[test]
fn commands_on_what_is_not_there_are_refused() {
    let mut alice = new_card();
    let mut draft = Draft::new(&mut alice.document, Actor([1; 16]), Timestamp::default());
    let nowhere = PartId::from_bytes([8; 6]);
    let mut refused = |command: CardCommand| command.draft(&mut draft, &acting(ALICE)).unwrap_err();
    assert_eq!(refused(CardCommand::Close(nowhere, Outcome::None)), CommandError::NoTodo);
    assert_eq!(refused(CardCommand::Rename("x".repeat(MAX_VALUE_LEN + 1))), CommandError::TooLong);
    let target = DocumentId::from_bytes([5; 16]);
    assert_eq!(refused(CardCommand::Link { role: "A b".into(), target }), CommandError::Role);
    let taken = NewTodo { id: CALL, text: "x".into(), due: None, assignee: None, contact: None };
    assert_eq!(refused(CardCommand::AddTodo(taken)), CommandError::IdTaken);
}

#[test]
fn facts_tell_what_each_change_did_whatever_came_after_it() {
    let mut alice = new_card();
    let postpone = alice.does(&[CardCommand::Postpone(CALL, due("2026-12-01"))]).unwrap();
    let told = facts(&alice.document, &postpone, Some(ALICE));
    let events: Vec<_> = told.into_iter().map(|fact| fact.event).collect();
    assert_eq!(events, [Event::TodoMoved(CALL, due("2026-11-22"), due("2026-12-01"))]);
    alice.does(&[CardCommand::Postpone(CALL, due("2027-01-01"))]);
    let again: Vec<_> = facts(&alice.document, &postpone, None).into_iter().map(|fact| fact.event).collect();
    assert_eq!(events, again);
}

#[test]
fn history_tells_field_old_and_new_value_newest_first() {
    let mut alice = new_card();
    alice.does(&[CardCommand::Rename("Acme Ltd".into())]);
    let told = history(&alice.document, &AuthorTable::default(), 0, 1);
    let [Edit::Put { place, old, new }] = told[0].edits.as_slice() else { panic!("{told:?}") };
    assert_eq!((place, old.as_slice(), new.as_str()), (&Place::Name, &["Acme".to_owned()][..], "Acme Ltd"));
    assert_eq!(history(&alice.document, &AuthorTable::default(), 1, 10).len(), 1);
}

#[test]
fn a_contact_has_any_number_of_details_and_a_removed_one_is_gone() {
    let mut document = Document::new(&contact::TYPE);
    let detail = PartId::from_bytes([1; 6]);
    let set = |value: &str| ContactCommand::SetDetail {
        id: detail,
        sort: DetailSort::Phone,
        label: "work".into(),
        value: value.into(),
    };
    let name = ContactCommand::Rename { given: "Ilona".into(), family: "Kovács".into() };
    for commands in
        [vec![ContactCommand::Create(ContactSort::Person), name, set("+36 1 234 5678")], vec![set("")]]
    {
        let before = contact_row(&document, None).details.len();
        let mut draft = Draft::new(&mut document, Actor([1; 16]), Timestamp::default());
        for command in &commands {
            command.draft(&mut draft, &acting(ALICE)).unwrap();
        }
        let change = draft.finish().unwrap().to_automerge(&contact::TYPE);
        document.apply(vec![change]).unwrap();
        assert_eq!(contact_row(&document, None).details.len(), 1 - before);
    }
}

#[test]
fn the_entries_of_a_card_are_told_from_it_and_from_a_list_of_its_changes_alike() {
    let mut alice = new_card();
    assert_eq!(entries(&alice.document), []);
    let at = Timestamp::from_millis(1_600_000_000_000);
    let entry = |n: u8, kind: &str, text: &str| NewEntry {
        id: PartId::from_bytes([n; 6]),
        kind: kind.into(),
        at,
        text: text.into(),
        by: None,
        person: None,
        place: "Pécs".into(),
    };
    alice.does(&[CardCommand::AddEntry(entry(2, "call", "Nobody there"))]);
    alice.does(&[CardCommand::AddEntry(entry(1, "note", ""))]);
    let row = |n: u8, kind: &str, text: &str| EntryRow {
        id: PartId::from_bytes([n; 6]),
        kind: kind.into(),
        at: Some(at),
        text: text.into(),
    };
    let expected = [row(1, "note", ""), row(2, "call", "Nobody there")];
    assert_eq!(entries(&alice.document), expected);
    let saved = alice.document.save();
    let (_, told) = all_of_saved(&card::TYPE, &saved, &AuthorTable::default()).unwrap().unwrap();
    assert_eq!(told, expected);
    assert_eq!(entries(&Document::new(&user_document::TYPE)), []);
}

/// What somebody does next, on either of two replicas that meet now and then.
fn any_command() -> impl Strategy<Value = CardCommand> {
    let field = |i: u8| FieldId::from_bytes([i; 16]);
    let dues = ["2026-11-22", "2026-12-01T09:00[Europe/Budapest]"];
    prop_oneof![
        "[a-c]".prop_map(CardCommand::Rename),
        (0..2u8, "[a-c]?").prop_map(move |(i, value)| CardCommand::SetField(field(i), value)),
        (1..4u8, "[a-c]{0,4}").prop_map(move |(i, value)| CardCommand::EditText(field(i), value)),
        (0..2usize).prop_map(move |i| CardCommand::Postpone(CALL, due(dues[i]))),
        Just(CardCommand::Close(CALL, Outcome::Success)),
        Just(CardCommand::Close(CALL, Outcome::Failed)),
        Just(CardCommand::Reopen(CALL)),
        Just(CardCommand::MarkUrgent(CALL, true)),
        Just(CardCommand::PlanTodo(CALL, Some("2026-11-20".parse().unwrap()))),
        (0..2u8).prop_map(|i| CardCommand::DescribeTodo(CALL, format!("more {i}"))),
        (1..3u16).prop_map(|every| CardCommand::RepeatTodo(CALL, Recurrence::new(every, RepeatUnit::Week))),
        Just(CardCommand::Assign(CALL, Some(BOB))),
        Just(CardCommand::SetOwner(None)),
        Just(CardCommand::Trash),
        Just(CardCommand::Restore),
        (0..3u8).prop_map(|i| CardCommand::Link {
            role: "customer".into(),
            target: DocumentId::from_bytes([i; 16])
        }),
    ]
}

proptest! {
    #[test]
    fn replicas_that_hold_the_same_changes_show_the_same_with_and_without_automerge(
        steps in proptest::collection::vec((any::<bool>(), any_command(), any::<bool>()), 1..14)
    ) {
        let mut alice = new_card();
        let mut bob = alice.twin(2, BOB);
        let mut for_alice = Vec::new();
        let mut for_bob = Vec::new();
        for (alice_acts, command, meet) in steps {
            let (hand, inbox) = if alice_acts { (&mut alice, &mut for_bob) } else { (&mut bob, &mut for_alice) };
            inbox.extend(hand.does(&[command]));
            if meet {
                for_alice.drain(..).for_each(|change| alice.takes(&change));
                for_bob.drain(..).for_each(|change| bob.takes(&change));
            }
        }
        for_alice.drain(..).for_each(|change| alice.takes(&change));
        for_bob.drain(..).for_each(|change| bob.takes(&change));

        let shown = rows(&alice.document, None);
        prop_assert_eq!(&shown, &rows(&bob.document, None));
        alice.document.check_against_automerge();
        bob.document.check_against_automerge();
        let index = OpIndex::of(&alice.document);
        prop_assert_eq!(&shown, &rows_of_index(&index, None));
        let told: Vec<_> = alice.document.changes_since(&[]).iter().flat_map(|(_, change)| {
            let told = facts(&alice.document, change, None);
            assert_eq!(told, facts(&index, change, None));
            told
        }).collect();
        let saved = alice.document.save();
        if let Some(read) = rows_of_saved(&card::TYPE, &saved, &AuthorTable::default()) {
            prop_assert_eq!(shown.with_facts(told), read.unwrap());
        }
        let loaded = Document::load(&card::TYPE, &saved).unwrap();
        prop_assert_eq!(loaded.heads(), alice.document.heads());
        prop_assert_eq!(rows(&loaded, None), rows(&bob.document, None));
    }
}
