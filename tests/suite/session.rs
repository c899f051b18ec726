//! A phone's session with a server in memory, answer by answer.

mod damage;
mod disk;
mod lease;
mod loss;
mod parts;
mod stage;

use roadbook_client::{Client, MAX_ANSWER, QuarantineReason, SessionError, SyncSession};
use roadbook_domain::crm::command::{CardCommand, NewEntry};
use roadbook_domain::settings::SettingsKind;
use roadbook_domain::value::id::PartId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{
    Entry, Envelope, GroupVerdict, RefusalCode, SyncRequest, SyncResponse, Verdict, from_frame, to_frame,
};
use roadbook_tests::model::REFUSED;

use stage::{ALICE, BOB, NOW, Phone, bob_in, server, stage, values, zone_of_bob};

#[test]
fn an_edit_whose_answer_was_lost_is_sent_again_and_counted_once() {
    let (mut server, alice, _, card) = stage();
    alice.rename(card, "Bathroom");
    let mut session = SyncSession::new(&alice.client);
    let frame = session.next_request().unwrap().unwrap();
    server.exchange(alice.who, &from_frame(&frame, MAX_ANSWER).unwrap());
    let wake_at = session.on_failure(None);
    assert_eq!(alice.client.unsent_count(), Ok(1), "nobody said that it arrived (L2)");
    assert_eq!(session.next_request(), Ok(None), "it waits until {wake_at:?}");
    drop(session);
    let mut verdicts = Vec::new();
    alice.sync_with(&mut server, |_, response| verdicts.append(&mut response.verdicts.clone()));
    assert!(matches!(verdicts[0].verdicts[..], [Verdict::Dup(_)]));
    assert_eq!(alice.client.unsent_count(), Ok(0));
}

#[test]
fn a_search_finds_entries_of_documents_of_few_changes_at_once_and_of_all_after_the_background() {
    let (mut server, alice, bob, _) = stage();
    let note = |at: i64, text: &str| {
        CardCommand::AddEntry(NewEntry {
            id: PartId::from_bytes([1; 6]),
            kind: "note".to_owned(),
            at: Timestamp::from_millis(at),
            text: text.to_owned(),
            by: None,
            person: None,
            place: String::new(),
        })
    };
    let few = alice.card_with("Few", vec![note(1, "The oven is cold")]);
    let many = alice.card_with("Many", vec![note(2, "The oven is hot")]);
    (0..20).for_each(|n| alice.rename(many, &format!("Many {n}")));
    alice.sync(&mut server);
    bob.sync(&mut server);
    let found = |text: &str| -> Vec<_> {
        let found = bob.client.search(text, 9).unwrap().entries;
        found.into_iter().map(|found| (found.document, found.name)).collect()
    };
    assert_eq!(found("cold"), [(few, "Few".to_owned())]);
    while bob.client.rebuild_some(9).unwrap().0 {}
    assert_eq!(found("oven"), [(many, "Many 19".to_owned()), (few, "Few".to_owned())]);
}

#[test]
fn a_refused_edit_is_in_the_quarantine_and_the_edits_around_it_are_on_the_server() {
    let (mut server, alice, bob, card) = stage();
    alice.client.edit_card(card, &[CardCommand::Trash]).unwrap();
    alice.rename(card, REFUSED);
    alice.client.edit_card(card, &[CardCommand::Restore]).unwrap();
    alice.sync(&mut server);
    let refused = QuarantineReason::Refused(RefusalCode::NotAllowed);
    assert_eq!(values(&alice.quarantine()), [(refused, REFUSED.to_owned())]);
    bob.sync(&mut server);
    for phone in [&alice, &bob] {
        assert_eq!(phone.name(card).as_deref(), Some("Kitchen"));
        assert_eq!(phone.client.history(card, 0, 9).unwrap().len(), 3);
    }
}

#[test]
fn a_document_whose_first_change_is_refused_goes_to_the_quarantine_with_all_its_edits() {
    let (mut server, alice, _, _) = stage();
    let card = alice.card(REFUSED);
    alice.client.edit_card(card, &[CardCommand::Trash]).unwrap();
    alice.sync(&mut server);
    assert_eq!(alice.name(card), None);
    assert_eq!(alice.quarantine().len(), 2);
    assert_eq!(alice.client.unsent_count(), Ok(0));
}

#[test]
fn a_change_for_a_newer_server_is_kept_and_tried_again_at_the_next_start() {
    let (mut server, mut alice, _, card) = stage();
    alice.rename(card, "Bathroom");
    let too_old = |_: &SyncRequest, response: &mut SyncResponse| {
        response.verdicts = vec![GroupVerdict { document: card, verdicts: vec![Verdict::UpgradeRequired] }];
        response.entries.clear();
    };
    let backup = server.clone();
    let mut session = SyncSession::new(&alice.client);
    let request = session.next_request().unwrap().unwrap();
    let request: SyncRequest = from_frame(&request, MAX_ANSWER).unwrap();
    let mut response = server.exchange(alice.who, &SyncRequest { push: Vec::new(), ..request.clone() });
    too_old(&request, &mut response);
    assert!(session.on_response(&to_frame(&response)).unwrap().resting);
    drop(session);
    server = backup;
    alice.sync_with(&mut server, |request, _| assert!(request.push.is_empty()));
    assert_eq!(alice.client.unsent_count(), Ok(1));

    let path = alice.folder.path().join("phone.sqlite");
    alice.client = Client::open(path, alice.env.clone()).unwrap();
    alice.sync(&mut server);
    assert_eq!(alice.client.unsent_count(), Ok(0));
}

#[test]
fn after_a_bad_entry_its_document_is_fetched_and_no_other() {
    let (mut server, alice, bob, card) = stage();
    let other = alice.card("Garage");
    alice.sync(&mut server);
    bob.sync(&mut server);
    for (card, name) in [(card, "Bathroom"), (other, "Carport")] {
        alice.rename(card, name);
    }
    alice.sync(&mut server);
    let mut fetched = Vec::new();
    let mut first = true;
    bob.sync_with(&mut server, |request, response| {
        fetched.extend(request.fetch.clone());
        if std::mem::take(&mut first) {
            for envelope in &mut response.entries {
                if let Ok(Some(Entry::Change(mut entry))) = Entry::from_envelope(envelope)
                    && entry.document == card
                {
                    entry.check = [0; 8].into();
                    *envelope = Entry::Change(entry).to_envelope();
                }
            }
            response.entries.insert(0, Envelope { kind: 1, body: vec![0xff] });
        }
    });
    assert_eq!(fetched, [card]);
    assert_eq!(bob.name(card).as_deref(), Some("Bathroom"));
    assert_eq!(bob.name(other).as_deref(), Some("Carport"));
}

#[test]
fn entries_of_kinds_that_this_version_does_not_know_are_kept() {
    let (mut server, alice, _, _) = stage();
    alice.sync_with(&mut server, |_, response| {
        response.entries.push(Envelope { kind: 9_000, body: vec![1, 2, 3] });
    });
    let sql = "SELECT kind, body FROM unknown_entry";
    let kept: (u16, Vec<u8>) = alice.file().query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(kept, (9_000, vec![1, 2, 3]));
}

#[test]
fn a_document_that_is_no_longer_visible_leaves_and_its_unsent_edits_go_to_the_quarantine() {
    let (mut server, _, bob, card) = stage();
    server.set_visible(card, BOB, false);
    bob.rename(card, "Mine");
    bob.sync(&mut server);
    assert_eq!(bob.name(card), None);
    assert_eq!(values(&bob.quarantine()), [(QuarantineReason::Forgotten, "Mine".to_owned())]);
    assert_eq!(bob.client.unsent_count(), Ok(0));
    let sql = "SELECT count(*) FROM document WHERE id = ?1";
    let traces: u32 = bob.file().query_row(sql, [card.as_bytes()], |row| row.get(0)).unwrap();
    assert_eq!(traces, 0, "nothing of it stays (L5)");
}

#[test]
fn no_byte_of_a_document_that_is_no_longer_visible_stays_in_the_file_once_no_reader_needs_it() {
    for reads in [false, true] {
        let (mut server, alice, mut bob, card) = stage();
        alice.rename(card, "Secretname");
        alice.sync(&mut server);
        bob.sync(&mut server);
        let path = bob.folder.path().join("phone.sqlite");
        let holds = || {
            let files = std::fs::read_dir(bob.folder.path()).unwrap();
            let mut bytes = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
            bytes.any(|bytes| bytes.windows(10).any(|window| window == b"Secretname"))
        };
        assert!(holds());
        // A screen of another process that is in the middle of reading.
        let reader = rusqlite::Connection::open(&path).unwrap();
        if reads {
            reader.execute_batch("BEGIN; SELECT * FROM card").unwrap();
        }
        server.set_visible(card, BOB, false);
        bob.sync(&mut server);
        assert_eq!(holds(), reads);
        drop(reader);
        bob.client = Client::open(&path, bob.env.clone()).unwrap();
        let files = std::fs::read_dir(bob.folder.path()).unwrap();
        let mut bytes = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        assert!(!bytes.any(|bytes| bytes.windows(10).any(|window| window == b"Secretname")));
    }
}

#[test]
fn a_base_that_cannot_be_read_is_marked_when_it_is_opened_and_fetched_by_the_next_exchange() {
    for damage in [
        "UPDATE document SET saved = x'85ffff' WHERE id = ?1",
        "UPDATE document SET authors = x'ff' WHERE id = ?1",
        "UPDATE document SET heads = zeroblob(32) WHERE id = ?1",
    ] {
        let (mut server, _, bob, card) = stage();
        bob.file().execute(damage, [card.as_bytes()]).unwrap();
        assert_eq!(bob.damaged(), []);
        assert!(bob.client.card(card).is_err());
        assert_eq!(bob.damaged(), [card], "{damage}");
        bob.sync(&mut server);
        assert_eq!(bob.name(card).as_deref(), Some("Kitchen"), "{damage}");
        assert_eq!(bob.damaged(), []);
    }
}

#[test]
fn the_retained_closings_that_come_with_a_forget_replace_the_ones_before() {
    let (mut server, _, bob, card) = stage();
    let retained = |bob: &Phone| -> u32 {
        let sql = "SELECT count(*) FROM retained_closing WHERE document = ?1";
        bob.file().query_row(sql, [card.as_bytes()], |row| row.get(0)).unwrap()
    };
    let state = format!("closed#1;success;2026-11-22T10:00:00;UTC;{BOB}");
    let sql = "INSERT INTO retained_closing (document, todo, state, closed_on) VALUES (?1, ?2, ?3, ?4)";
    bob.file().execute(sql, (card.as_bytes(), [1; 6], state, "2026-11-22")).unwrap();
    assert_eq!(retained(&bob), 1);
    server.set_visible(card, BOB, false);
    bob.sync(&mut server);
    assert_eq!(retained(&bob), 0);
}

#[test]
fn a_salvaged_edit_without_its_document_is_quarantined_as_text_if_the_server_refuses_it() {
    for (verdict, reason) in [
        (Verdict::Needs(vec![]), QuarantineReason::Damaged),
        (Verdict::ActorFork, QuarantineReason::Damaged),
        (Verdict::Refused(RefusalCode::ForeignActor), QuarantineReason::Refused(RefusalCode::ForeignActor)),
        (Verdict::Refused(RefusalCode::NotAllowed), QuarantineReason::Refused(RefusalCode::NotAllowed)),
        (Verdict::Refused(RefusalCode::Purged), QuarantineReason::Purged),
    ] {
        let (mut server, alice, _, card) = stage();
        alice.rename(card, "Salvaged");
        let Phone { client, env, who, folder } = alice;
        drop(client);
        let client = Client::salvage(folder.path().join("phone.sqlite"), env.clone()).unwrap().client;
        let alice = Phone { client, env, who, folder };
        let mut first = true;
        alice.sync_with(&mut server, |request, response| {
            if std::mem::take(&mut first) {
                assert_eq!(request.push.len(), 1);
                response.verdicts = vec![GroupVerdict { document: card, verdicts: vec![verdict.clone()] }];
            }
            // The model has taken the edit, of which this phone must not learn.
            response.entries.clear();
            response.digest = None;
        });
        assert_eq!(values(&alice.quarantine()), [(reason, "Salvaged".to_owned())]);
        assert_eq!(alice.client.unsent_count(), Ok(0));
    }
}

#[test]
fn a_late_edit_that_the_server_takes_leaves_the_quarantine_again() {
    let (mut server, _, bob, card) = stage();
    server.set_visible(card, BOB, false);
    bob.rename(card, "Late");
    let mut accepting = server.clone();
    bob.sync_with(&mut server, |request, response| {
        if !request.push.is_empty() {
            accepting.set_visible(card, BOB, true);
            let accepted = accepting.exchange(bob.who, request);
            response.verdicts = accepted.verdicts;
        }
    });
    assert_eq!(bob.quarantine(), []);
    assert_eq!(bob.client.unsent_count(), Ok(0));
    assert_eq!(bob.name(card), None);
}

#[test]
fn a_refused_edit_that_the_server_took_from_a_copy_of_the_phone_leaves_the_quarantine() {
    let (mut server, alice, _, card) = stage();
    alice.rename(card, "Bathroom");
    let mut is_refused = false;
    alice.sync_with(&mut server, |_, response| {
        // The server has the change, but this phone is told otherwise, and of nothing else.
        if !std::mem::replace(&mut is_refused, true) {
            let refused = Verdict::Refused(RefusalCode::NotAllowed);
            response.verdicts = vec![GroupVerdict { document: card, verdicts: vec![refused] }];
        }
        response.entries.clear();
        response.receipts.clear();
        (response.cursor, response.digest) = (None, None);
    });
    assert_eq!(values(&alice.quarantine()).len(), 1);
    assert_eq!(alice.name(card).as_deref(), Some("Kitchen"));
    alice.sync(&mut server);
    assert_eq!(alice.quarantine(), []);
    assert_eq!(alice.name(card).as_deref(), Some("Bathroom"));
}

#[test]
fn unsent_edits_of_a_purged_document_are_quarantined_as_text() {
    let (mut server, alice, _, card) = stage();
    alice.rename(card, "Last words");
    server.purge(card);
    alice.sync(&mut server);
    assert_eq!(alice.name(card), None);
    assert_eq!(values(&alice.quarantine()), [(QuarantineReason::Purged, "Last words".to_owned())]);
    assert_eq!(alice.client.unsent_count(), Ok(0));
}

#[test]
fn a_first_sync_can_be_used_from_its_first_page_and_goes_on_after_a_break() {
    let mut server = server();
    let alice = Phone::new(ALICE, 1);
    alice.sync(&mut server);
    for n in 0..40 {
        alice.card(&format!("Card {n}"));
    }
    alice.sync(&mut server);

    let fresh = Phone::new(ALICE, 3);
    let mut done = Vec::new();
    for _ in 0..3 {
        // Each page in a process of its own.
        let mut session = SyncSession::new(&fresh.client);
        let frame = session.next_request().unwrap().unwrap();
        let response = server.exchange(fresh.who, &from_frame(&frame, MAX_ANSWER).unwrap());
        let step = session.on_response(&to_frame(&response)).unwrap();
        done.push(step.progress.map(|progress| (progress.done, progress.total)));
        fresh.client.today(roadbook_domain::read::today::Period::Today, 9).unwrap();
        let cards = fresh.client.documents().unwrap().len();
        assert_eq!(Some(cards as u64), done.last().unwrap().map(|(done, _)| done));
    }
    assert!(done.windows(2).all(|pair| pair[0] < pair[1]), "{done:?}");
    fresh.sync(&mut server);
    assert_eq!(fresh.client.state_hash(NOW), alice.client.state_hash(NOW));
}

#[test]
fn bytes_that_are_no_answer_change_nothing() {
    let (_, alice, _, card) = stage();
    alice.rename(card, "Bathroom");
    let mut session = SyncSession::new(&alice.client);
    session.next_request().unwrap().unwrap();
    assert!(matches!(session.on_response(&[1, 2, 3]), Err(SessionError::Malformed(_))));
    assert_eq!(alice.client.unsent_count(), Ok(1));
}

#[test]
fn with_nothing_new_an_exchange_is_one_round_trip_under_300_bytes() {
    let (mut server, alice, _, _) = stage();
    let mut session = SyncSession::new(&alice.client);
    let frame = session.next_request().unwrap().unwrap();
    let response = server.exchange(alice.who, &from_frame(&frame, MAX_ANSWER).unwrap());
    let answer = to_frame(&response);
    assert!(session.on_response(&answer).unwrap().resting);
    assert_eq!(session.next_request(), Ok(None));
    assert!(frame.len() < 300 && answer.len() < 300, "{} up, {} down", frame.len(), answer.len());
}

#[test]
fn an_entry_that_an_older_version_kept_is_read_once_the_app_knows_its_kind() {
    let (mut server, alice, _, _) = stage();
    server.put_settings(bob_in("Europe/Budapest"));
    let mut kind = None;
    alice.sync_with(&mut server, |_, response| {
        // To an older version of the app, an entry of settings is of a kind that it does not know.
        for entry in &mut response.entries {
            kind = Some(std::mem::replace(&mut entry.kind, 9_000));
        }
    });
    assert_eq!(zone_of_bob(&alice.client.settings().unwrap()).0, "UTC");
    let kept = || -> u32 {
        alice.file().query_row("SELECT count(*) FROM unknown_entry", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(kept(), 1);
    alice.sync(&mut server);
    assert_eq!(kept(), 1, "it is kept for as long as the app does not know its kind");

    alice.file().execute("UPDATE unknown_entry SET kind = ?1", [kind.unwrap()]).unwrap();
    alice.sync(&mut server);
    assert_eq!(zone_of_bob(&alice.client.settings().unwrap()), ("Europe/Budapest".to_owned(), 2));
    assert_eq!(kept(), 0);
    assert_eq!(server.settings_row(SettingsKind::User, BOB.into()).unwrap().version, 2);
}
