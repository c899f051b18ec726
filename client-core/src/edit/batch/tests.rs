use std::sync::{Arc, Mutex};

use roadbook_domain::access::audience::{MAX_ASSIGNEES, MAX_CARD_LINKS, inbox_card};
use roadbook_domain::crm::command::{NewEntry, NewTodo};
use roadbook_domain::document::OriginKind;
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::settings::{INBOX_PRODUCT, local_user};
use roadbook_domain::value::id::FieldId;
use roadbook_domain::value::todo::Outcome;
use roadbook_domain::value::trash::Trash;

use super::*;
use crate::store::outbox::Unsent;
use crate::testing::{NOW, Phone, due, is_alone, new_card, part, product, todo, zone};
use crate::{BoardQuery, Client, Missing, Reason, SyncState};

fn unsent(client: &Client) -> Vec<Unsent> {
    client.store().read(|connection| outbox::page(connection, 0, 1_000)).unwrap()
}

#[test]
fn an_edit_is_there_after_the_file_was_closed_and_opened_again() {
    let mut phone = Phone::local(1);
    let card = phone.card("Bakery Kovacs", &[todo(1, "Call back", "2026-11-24")]);
    phone.client.edit_card(card, &[CardCommand::Rename("Bakery Kovács".into())]).unwrap();
    let before =
        (phone.client.card(card).unwrap(), phone.client.state_hash(NOW).unwrap(), unsent(&phone.client));

    phone.reopen();
    let after =
        (phone.client.card(card).unwrap(), phone.client.state_hash(NOW).unwrap(), unsent(&phone.client));
    assert_eq!(before, after);
    assert_eq!(after.0.row.name, "Bakery Kovács");
    assert_eq!(after.2.len(), 2, "one change for each user action");
}

#[test]
fn a_new_card_belongs_to_its_creator_and_is_in_their_outbox_as_one_change() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[todo(1, "Call", "2026-11-24"), todo(2, "Visit", "")]);
    let view = phone.client.card(card).unwrap();
    assert_eq!(view.row.owner, phone.client.me().unwrap().map(|me| me.user));
    assert_eq!(view.row.todos.len(), 2);
    assert_eq!(view.row.created, Some(NOW));
    assert_eq!(view.sync, SyncState::Here);
    assert_eq!(phone.client.unsent_count().unwrap(), 1);
    let [only] = unsent(&phone.client).try_into().unwrap();
    assert_eq!(
        (only.document, only.kind, only.made_at, only.origin),
        (card, DocumentTypeId::CARD, NOW, None)
    );
}

#[test]
fn an_edit_that_changes_nothing_stores_nothing_and_tells_nobody() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    let changes = phone.client.edit_card(card, &[CardCommand::Rename("Bakery".into())]).unwrap();
    assert!(changes.is_empty());
    assert!(phone.client.edit_card(card, &[]).unwrap().is_empty());
    assert_eq!(phone.client.unsent_count().unwrap(), 1);
}

#[test]
fn a_command_that_cannot_be_carried_out_leaves_nothing_behind() {
    let phone = Phone::local(1);
    let text = FieldId::from_bytes([3; 16]);
    let card = phone.card("Bakery", &[CardCommand::EditText(text, "Long".into())]);
    let hash = phone.client.state_hash(NOW).unwrap();
    let product = phone.product("Sales");
    let another_creation =
        CardCommand::Create { product, name: String::from("Bakery"), status: None, owner: None };
    let too_long = CardCommand::Rename("x".repeat(3_000));
    for (commands, error) in [
        (
            vec![CardCommand::Rename("Other".into()), CardCommand::Close(part(9), Outcome::Success)],
            "not_found.todo",
        ),
        (vec![CardCommand::Rename("Other".into()), too_long], "invalid.text_too_long"),
        (
            vec![CardCommand::SetOption(FieldId::from_bytes([1; 16]), "a b".into(), true)],
            "invalid.unknown_field",
        ),
        (vec![CardCommand::Resolve(card::CARD, "status".into(), "no id".into())], "invalid.wrong_form"),
        (vec![CardCommand::Resolve(77, "status".into(), String::from("x"))], "invalid.unknown_field"),
        (vec![CardCommand::SetField(text, "over a long text".into())], "invalid.text_replaced"),
        (vec![CardCommand::EditText(text, "x".repeat(70_000))], "invalid.too_large"),
        (vec![another_creation], "invalid.not_allowed"),
    ] {
        let answer = phone.client.edit_card(card, &commands).unwrap_err();
        assert_eq!(answer.code(), error);
    }
    assert!(matches!(
        phone.client.create_card(&new_card(phone.product("Projects"), &"x".repeat(3_000), &[])),
        Err(ApiError::Invalid { .. })
    ));
    assert_eq!(phone.client.state_hash(NOW).unwrap(), hash);
    assert_eq!(phone.client.unsent_count().unwrap(), 1);
}

#[test]
fn a_card_is_not_assigned_to_more_users_nor_linked_to_more_contacts_than_the_server_takes() {
    let phone = Phone::local(1);
    let id = |n: usize| DocumentId::derived(&[&n.to_be_bytes()]);
    let link = |n| CardCommand::Link { role: "customer".into(), target: id(n) };
    let assigned = |n: usize| {
        let part = roadbook_domain::value::id::PartId::derived(&[&n.to_be_bytes()]);
        let assignee = Some(UserId::from_bytes(*id(n).as_bytes()));
        CardCommand::AddTodo(NewTodo { id: part, text: "Call".into(), due: None, assignee, contact: None })
    };
    let linked = phone.card("Linked", &(0..MAX_CARD_LINKS).map(link).collect::<Vec<_>>());
    let shared = phone.card("Shared", &(0..MAX_ASSIGNEES).map(assigned).collect::<Vec<_>>());
    for (card, more) in [(linked, link(MAX_CARD_LINKS)), (shared, assigned(MAX_ASSIGNEES))] {
        let refused = phone.client.edit_card(card, &[more]).unwrap_err();
        assert_eq!(refused, ApiError::Invalid { reason: Reason::TooLarge });
        assert!(!phone.client.edit_card(card, &[CardCommand::Rename("Renamed".into())]).unwrap().is_empty());
    }
    assert_eq!(phone.client.unsent_count().unwrap(), 4);
}

#[test]
fn a_document_that_is_not_here_is_not_found_and_one_of_another_type_is_invalid() {
    let phone = Phone::local(1);
    let nowhere = DocumentId::from_bytes([7; 16]);
    let rename = CardCommand::Rename("x".into());
    let not_found = ApiError::NotFound { what: Missing::Document };
    assert_eq!(phone.client.edit_card(nowhere, std::slice::from_ref(&rename)).unwrap_err(), not_found);
    assert_eq!(phone.client.card(nowhere).unwrap_err(), not_found);
    let company = phone.company("Kovács Kft.", &[]);
    assert!(matches!(phone.client.edit_card(company, &[rename]), Err(ApiError::Invalid { .. })));
}

#[test]
fn nothing_can_be_edited_before_a_user_signs_in() {
    let phone = Phone::blank(1);
    let new = new_card(ProductId::from_bytes([1; 16]), "Bakery", &[]);
    assert_eq!(phone.client.create_card(&new).unwrap_err(), ApiError::NoUser);
    assert_eq!(phone.client.me().unwrap(), None);
}

#[test]
fn every_change_is_told_to_subscribers_once_it_is_durable() {
    let phone = Phone::local(1);
    let told = Arc::new(Mutex::new(Vec::new()));
    let (log, reader) = (Arc::clone(&told), phone.client.clone());
    let subscription = phone.client.subscribe(move |changes| {
        log.lock().unwrap().push((changes.clone(), reader.unsent_count().unwrap()));
    });
    let card = phone.card("Bakery", &[]);
    let company = phone.company("Kovács Kft.", &[]);
    drop(subscription);
    phone.card("Untold", &[]);

    let told = told.lock().unwrap();
    let [(first, 1), (second, 2)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(first.documents, [card]);
    assert_eq!(first.lists, [List::Today, List::Board(phone.product("Projects")), List::Outbox]);
    assert_eq!(second.documents, [company]);
    assert_eq!(second.lists, [List::Today, List::Contacts, List::Outbox]);
}

#[test]
fn a_batch_is_one_transaction_and_one_act_with_one_change_for_each_call() {
    let phone = Phone::local(1);
    let product = phone.product("Projects");
    let row = |batch: &mut Batch<'_>, name: &str| {
        let company = batch.create_contact(&NewContact { sort: ContactSort::Company, commands: vec![] })?;
        let link = CardCommand::Link { role: "customer".into(), target: company };
        batch.create_card(&new_card(product, name, &[link]))
    };
    let (cards, changes) =
        phone.client.batch(OriginKind::IMPORT, |batch| Ok([row(batch, "One")?, row(batch, "Two")?])).unwrap();
    assert_eq!(changes.documents.len(), 4);
    let made = unsent(&phone.client);
    assert_eq!(made.len(), 4);
    assert!(made.iter().all(|unsent| unsent.origin == made[0].origin));
    assert_eq!(made[0].origin.unwrap().kind, OriginKind::IMPORT);
    assert_eq!(phone.client.card(cards[0]).unwrap().row.links.len(), 1);

    let failed = phone.client.batch(OriginKind::IMPORT, |batch| {
        row(batch, "Three")?;
        batch.edit_card(DocumentId::from_bytes([9; 16]), &[CardCommand::Trash])
    });
    assert!(failed.is_err());
    assert_eq!(unsent(&phone.client).len(), 4, "nothing of a failed batch is stored");
    assert_eq!(phone.client.wrong_projections().unwrap(), []);
}

#[test]
fn a_later_edit_of_a_batch_sees_the_edits_before_it() {
    let phone = Phone::local(1);
    let new = new_card(phone.product("Projects"), "Bakery", &[todo(1, "Call", "")]);
    let (card, _) = phone
        .client
        .batch(OriginKind::BULK, |batch| {
            let card = batch.create_card(&new)?;
            batch.edit_card(card, &[CardCommand::Close(part(1), Outcome::Success)])?;
            batch.edit_card(card, &[CardCommand::Rename("Bakery Kovács".into())])?;
            Ok(card)
        })
        .unwrap();
    let view = phone.client.card(card).unwrap();
    assert!(!view.row.todos[0].state.is_open());
    assert_eq!(view.row.name, "Bakery Kovács");
    assert_eq!(phone.client.unsent_count().unwrap(), 3);
}

#[test]
fn a_card_in_the_trash_can_be_edited_and_comes_back_with_the_edit() {
    let phone = Phone::local(1);
    let product = phone.product("Projects");
    let card = phone.card("Bakery", &[todo(1, "Call", "2026-11-23")]);
    phone.client.edit_card(card, &[CardCommand::Trash]).unwrap();
    assert!(phone.client.board(&BoardQuery::new(product, 9)).unwrap().cards.is_empty());
    assert_eq!(phone.client.trashed_cards(product, 0, 9).unwrap().len(), 1);

    phone.client.edit_card(card, &[CardCommand::Rename("Bakery Kovács".into())]).unwrap();
    assert_eq!(phone.client.card_row(card).unwrap().trash, Trash::Review);
    phone.client.edit_card(card, &[CardCommand::Restore]).unwrap();
    let board = phone.client.board(&BoardQuery::new(product, 9)).unwrap();
    assert_eq!(board.cards[0].row.name, "Bakery Kovács");
    assert_eq!(phone.client.wrong_projections().unwrap(), []);
}

#[test]
fn a_long_text_and_an_entry_are_read_when_the_card_is_opened() {
    let phone = Phone::local(1);
    let field = FieldId::from_bytes([3; 16]);
    let entry = NewEntry {
        id: part(5),
        kind: "visit".into(),
        at: NOW,
        text: "Wants a new oven".into(),
        by: None,
        person: None,
        place: "Győr".into(),
    };
    let card = phone.card("Bakery", &[CardCommand::EditText(field, "Two\nlines".into())]);
    phone.client.edit_card(card, &[CardCommand::AddEntry(entry)]).unwrap();
    let view = phone.client.card(card).unwrap();
    assert_eq!(view.texts, [(field.to_string(), "Two\nlines".into())]);
    assert_eq!(view.entries[0].text, "Wants a new oven");
    assert_eq!(view.entries[0].by, phone.client.me().unwrap().map(|me| me.user));
    assert_eq!(view.row.last_contact, Some(NOW));
    let history = phone.client.history(card, 0, 10).unwrap();
    assert_eq!((history.len(), history[0].received_at), (2, None));
}

#[test]
fn two_handles_on_one_file_write_under_actors_of_their_own_and_see_one_another() {
    let phone = Phone::local(1);
    let other = phone.another();
    let card = phone.card("Bakery", &[]);
    assert!(other.poll().unwrap(), "another process wrote");
    assert!(!other.poll().unwrap());
    other.edit_card(card, &[CardCommand::Rename("From the widget".into())]).unwrap();
    phone.client.edit_card(card, &[todo(1, "Call", "")]).unwrap();
    assert_eq!(phone.client.card(card).unwrap().row.name, "From the widget");

    let made = unsent(&phone.client);
    assert_eq!(made[0].change.actor, made[2].change.actor);
    assert_ne!(made[0].change.actor, made[1].change.actor);
    assert_eq!(made.iter().map(|unsent| unsent.change.seq).collect::<Vec<_>>(), [1, 1, 2]);
    let settings = other.settings().unwrap();
    assert_eq!(product(&settings, "Projects"), phone.product("Projects"));
}

#[test]
fn what_one_handle_makes_of_the_settings_the_other_sees_at_once() {
    let phone = Phone::blank(1);
    let other = phone.another();
    assert_eq!(other.settings().unwrap().products().count(), 0);
    phone.client.begin_local_workspace(zone("Europe/Lisbon"), "en").unwrap();
    assert_eq!(other.settings().unwrap().products().count(), 4);
    assert!(other.me().unwrap().is_some());
}

#[test]
fn a_reader_does_not_wait_for_a_writer_and_sees_nothing_of_what_is_not_durable() {
    let phone = Phone::local(1);
    let product = phone.product("Projects");
    phone.card("Bakery", &[]);
    let reader = phone.client.clone();
    phone
        .client
        .batch(OriginKind::BULK, |batch| {
            batch.create_card(&new_card(product, "Unfinished", &[]))?;
            let seen = std::thread::scope(|scope| {
                scope
                    .spawn(|| reader.board(&BoardQuery::new(product, 9)).unwrap().cards.len())
                    .join()
                    .unwrap()
            });
            assert_eq!(seen, 1);
            Ok(())
        })
        .unwrap();
    assert_eq!(phone.client.board(&BoardQuery::new(product, 9)).unwrap().cards.len(), 2);
}

#[test]
fn what_follows_the_user_between_devices_is_in_a_document_of_their_own() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    let changes = phone.client.edit_user(&[UserCommand::Opened(card, NOW)]).unwrap();
    assert!(changes.lists.contains(&List::User));
    phone.client.edit_user(&[UserCommand::Prefer("remind_days_at".into(), "09:00".into())]).unwrap();
    let of_user: Vec<_> =
        unsent(&phone.client).into_iter().filter(|unsent| unsent.kind == DocumentTypeId::USER).collect();
    assert_eq!(of_user.len(), 2);
    assert_eq!(of_user[0].document, of_user[1].document);
}

#[test]
fn the_inbox_card_is_edited_like_any_other_and_never_moved_to_the_trash() {
    let phone = Phone::local(1);
    let user = local_user(zone("Europe/Budapest"), "hu-HU");
    let inbox = inbox_id(user.id);
    phone
        .client
        .batch(OriginKind::BULK, |batch| {
            let command = inbox_card(&user);
            Ok(batch.create_as(inbox, &card::TYPE, |draft, acting| command.draft(draft, acting)).map(drop)?)
        })
        .unwrap();
    phone.client.edit_card(inbox, &[CardCommand::Rename("Mine".into())]).unwrap();
    let refused = phone.client.edit_card(inbox, &[CardCommand::Rename("Gone".into()), CardCommand::Trash]);
    assert!(matches!(refused, Err(ApiError::Invalid { .. })), "{refused:?}");
    assert_eq!(phone.client.card(inbox).unwrap().row.name, "Mine");
    let board = phone.client.board(&BoardQuery::new(INBOX_PRODUCT, 9)).unwrap();
    assert_eq!(board.cards.len(), 1);
}

#[test]
fn on_a_full_storage_an_edit_is_refused_and_reading_and_emptying_the_outbox_go_on() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    let store = phone.client.store();
    store
        .write(|tx| {
            let pages: i64 = tx.pragma_query_value(None, "page_count", |row| row.get(0))?;
            Ok(tx.pragma_update(None, "max_page_count", pages)?)
        })
        .unwrap();
    let letter = |n: u8| char::from(b'a' + n % 26).to_string();
    let refused = (0..100).find_map(|n| {
        let commands = [CardCommand::EditText(FieldId::from_bytes([3; 16]), letter(n).repeat(3_000))];
        phone.client.edit_card(card, &commands).err()
    });
    assert_eq!(refused, Some(ApiError::StorageFull));
    let unsent = unsent(&phone.client);
    assert_eq!(phone.client.card(card).unwrap().row.name, "Bakery");
    assert_eq!(phone.client.wrong_projections().unwrap(), [], "nothing is there by half");
    store.write(|tx| unsent.iter().try_for_each(|unsent| outbox::remove(tx, unsent.n).map(drop))).unwrap();
    assert_eq!(phone.client.unsent_count().unwrap(), 0);
}

#[test]
fn a_local_workspace_is_begun_once() {
    let phone = Phone::local(1);
    let again = phone.client.begin_local_workspace(zone("UTC"), "en");
    assert!(matches!(again, Err(ApiError::Invalid { .. })));
}

#[test]
fn a_phone_with_a_wild_clock_makes_changes_that_every_server_can_store() {
    let phone = Phone::local(1);
    for millis in [i64::MIN, -1, i64::MAX] {
        phone.env.set_now(Timestamp::from_millis(millis));
        let card = phone.card("Bakery", &[todo(1, "Call", "2026-11-24")]);
        phone.client.edit_card(card, &[CardCommand::Close(part(1), Outcome::Success)]).unwrap();
    }
    phone.env.set_now(NOW);
    assert_eq!(phone.client.wrong_projections().unwrap(), []);
}

#[test]
fn projections_equal_what_the_documents_say_after_any_edits() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};

    let any_command = prop_oneof![
        ".{0,12}".prop_map(CardCommand::Rename),
        (1..4_u8, prop::option::of(0..3_usize)).prop_map(|(n, day)| {
            let days = ["2026-11-20", "2026-11-23T09:30[Europe/Budapest]", "2026-12-01"];
            CardCommand::Postpone(part(n), day.and_then(|day| due(days[day])))
        }),
        (1..4_u8).prop_map(|n| CardCommand::Close(part(n), Outcome::Success)),
        (1..4_u8).prop_map(|n| CardCommand::Reopen(part(n))),
        (1..4_u8, prop::option::of(0..3_u8)).prop_map(|(n, user)| {
            CardCommand::Assign(part(n), user.map(|user| UserId::from_bytes([user; 16])))
        }),
        (0..3_u8, "[a-z]{0,4}")
            .prop_map(|(field, text)| { CardCommand::SetField(FieldId::from_bytes([field; 16]), text) }),
        (0..3_u8).prop_map(|target| CardCommand::Link {
            role: "customer".into(),
            target: DocumentId::from_bytes([target; 16])
        }),
        Just(CardCommand::Trash),
        Just(CardCommand::Restore),
    ];
    let edits = prop::collection::vec(prop::collection::vec(any_command, 1..4), 1..12);
    let mut runner = TestRunner::new(Config { cases: 24, ..Config::default() });
    runner
        .run(&edits, |edits| {
            let phone = Phone::local(1);
            let card = phone.card(
                "Bakery",
                &[
                    todo(1, "Call", "2026-11-23"),
                    todo(2, "Visit", "2026-11-24T09:00[Europe/Lisbon]"),
                    todo(3, "Some day", ""),
                ],
            );
            for commands in &edits {
                phone.env.advance(60_000);
                phone.client.edit_card(card, commands).unwrap();
            }
            prop_assert_eq!(phone.client.wrong_projections().unwrap(), vec![]);
            // What the user sees is base and outbox together, and nothing is acknowledged.
            let view = phone.client.card(card).unwrap();
            prop_assert_eq!(view.row, phone.client.card_row(card).unwrap());
            let base = phone.client.store().read(|connection| documents::get(connection, card)).unwrap();
            prop_assert_eq!(base.unwrap().heads, Vec::<ChangeHash>::new());
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_follows_a_change_that_waits_for_a_newer_server_waits_with_it() {
    let phone = Phone::local(1);
    let (waiting, other) = (phone.card("Waiting", &[]), phone.card("Other", &[]));
    let first = unsent(&phone.client).remove(0);
    let wait = |tx: &Transaction<'_>| outbox::set_state(tx, first.n, outbox::UnsentState::WaitsForServer);
    phone.client.store().write(wait).unwrap();
    phone.client.edit_card(waiting, &[CardCommand::Rename("Still waiting".into())]).unwrap();
    let page = phone.client.store().read(|connection| outbox::page(connection, 0, 9)).unwrap();
    assert_eq!(page.iter().map(|unsent| unsent.document).collect::<Vec<_>>(), [other]);
}

#[test]
fn a_text_as_long_as_a_text_may_be_can_be_pasted_and_two_pages_take_the_place_of_two_others() {
    let mut phone = Phone::local(1);
    let note = FieldId::from_bytes([3; 16]);
    let card = phone.card("Bakery", &[]);
    let read = |phone: &Phone| phone.client.card(card).unwrap().texts;
    let before = phone.client.unsent_count().unwrap();
    let pages = |letter: &str| letter.repeat(5_100);
    for text in [pages("x"), pages("y")] {
        phone.client.edit_card(card, &[CardCommand::EditText(note, text.clone())]).unwrap();
        assert_eq!(read(&phone), [(note.to_string(), text)]);
    }
    let card = phone.card("Roof", &[]);
    let read = |phone: &Phone| phone.client.card(card).unwrap().texts;
    let long = "Ten chars.".repeat(6_553) + "őő end";
    phone.client.edit_card(card, &[CardCommand::EditText(note, long.clone())]).unwrap();
    assert_eq!(read(&phone), [(note.to_string(), long.clone())]);
    assert_eq!(phone.client.unsent_count().unwrap(), before + 3 + 1 + 7, "as few changes as hold it");
    phone.reopen();
    assert_eq!(read(&phone), [(note.to_string(), long.clone())]);
    let refused = phone.client.edit_card(card, &[CardCommand::EditText(note, long + "!")]);
    assert_eq!(refused.unwrap_err().code(), "invalid.too_large");
}

#[test]
fn an_edit_of_a_batch_that_fails_leaves_nothing_behind_and_the_others_stand() {
    let phone = Phone::local(1);
    let product = phone.product("Projects");
    let card = phone.card("Bakery", &[]);
    let before = phone.client.unsent_count().unwrap();
    let too_long = || CardCommand::Rename("x".repeat(3_000));
    let link = |n: usize| CardCommand::Link {
        role: "customer".into(),
        target: DocumentId::derived(&[&n.to_be_bytes()]),
    };
    let too_many: Vec<_> = (0..=MAX_CARD_LINKS).map(link).collect();
    let (made, changes) = phone
        .client
        .batch(OriginKind::BULK, |batch| {
            batch.edit_card(card, &[CardCommand::Rename("First".into())])?;
            assert!(batch.create_card(&new_card(product, "Ghost", &[too_long()])).is_err());
            assert!(batch.edit_card(card, &too_many).is_err(), "refused after it was stored");
            let nameless = NewContact {
                sort: ContactSort::Person,
                commands: vec![ContactCommand::Rename { given: String::new(), family: "x".repeat(3_000) }],
            };
            assert!(batch.create_contact(&nameless).is_err());
            batch.create_card(&new_card(product, "Second", &[]))
        })
        .unwrap();
    assert_eq!(phone.client.unsent_count().unwrap(), before + 2);
    let board = phone.client.board(&BoardQuery::new(product, 9)).unwrap();
    let names: Vec<_> = board.cards.iter().map(|card| card.row.name.as_str()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.contains(&"First") && names.contains(&"Second"), "{names:?}");
    let mut documents = vec![card, made];
    documents.sort_unstable();
    assert_eq!(changes.documents, documents);
    assert_eq!(phone.client.contacts(None, 0, 9).unwrap(), []);
    assert_eq!(phone.client.wrong_projections().unwrap(), []);
}

#[test]
fn an_edit_within_a_batch_that_does_not_go_through_the_batch_is_an_error_and_stores_nothing() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    let again = phone.client.clone();
    let rename = [CardCommand::Rename("Renamed".into())];
    phone
        .client
        .batch(OriginKind::BULK, |batch| {
            let inside = ApiError::Invalid { reason: Reason::InsideBatch };
            assert_eq!(again.edit_card(card, &rename), Err(inside.clone()));
            assert_eq!(again.note_opened(card), Err(inside));
            match again.card(card) {
                // There is one connection, and the batch has it.
                Err(error) if is_alone() => {
                    assert_eq!(error, ApiError::Invalid { reason: Reason::InsideBatch })
                }
                read => assert_eq!(read.unwrap().row.name, "Bakery", "reading goes on"),
            }
            batch.edit_card(card, &[CardCommand::Rename("Batch".into())])
        })
        .unwrap();
    assert_eq!(phone.client.card(card).unwrap().row.name, "Batch");
    phone.client.edit_card(card, &rename).unwrap();
    assert_eq!(phone.client.card(card).unwrap().row.name, "Renamed");
}
