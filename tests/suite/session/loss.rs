//! Phones re-upload what a server lost.

use roadbook_client::{MAX_ANSWER, SyncSession};
use roadbook_domain::settings::SettingsKind;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::{
    Entry, Forgotten, GroupVerdict, SyncRequest, SyncStatus, Verdict, from_frame, to_frame,
};
use roadbook_tests::model::ModelServer;

use super::stage::{ALICE, BOB, NOW, Phone, bob_in, server, stage, zone_of_bob};

#[test]
fn any_phone_re_uploads_what_a_restored_server_lost_under_the_authors_name() {
    let mut server = server();
    let (alice, bob) = (Phone::new(ALICE, 1), Phone::new(BOB, 2));
    alice.sync(&mut server);
    bob.sync(&mut server);
    let old = alice.card("Before");
    alice.sync(&mut server);
    bob.sync(&mut server);
    let backup = server.clone();
    let new = alice.card("After");
    alice.rename(old, "Edited");
    alice.sync(&mut server);
    bob.sync(&mut server);

    let shown = alice.client.state_hash(NOW);
    server.restore(&backup);
    let counts = bob.sync(&mut server);
    assert_eq!(counts.reauthored, 0, "receipts bring changes back as they were");
    let fresh = Phone::new(BOB, 3);
    fresh.sync(&mut server);
    for card in [old, new] {
        assert_eq!(fresh.name(card), bob.name(card));
        let authors = fresh.client.history(card, 0, 9).unwrap();
        assert!(authors.iter().all(|item| item.by.as_ref().and_then(|by| by.user) == Some(ALICE)));
    }
    alice.sync(&mut server);
    assert_eq!(alice.client.state_hash(NOW), shown);
    assert_eq!(fresh.client.state_hash(NOW), bob.client.state_hash(NOW));
}

#[test]
fn a_server_that_needs_a_change_that_it_once_had_gets_it_again() {
    let (mut server, alice, _, card) = stage();
    alice.rename(card, "Bathroom");
    let mut asked = 0;
    let mut reuploaded = 0;
    let untouched = server.clone();
    let counts = alice.sync_with(&mut server, |request, response| {
        reuploaded += request.reuploads.len();
        if let ([group], 0) = (&request.push[..], asked) {
            asked += 1;
            let known = alice.client.history(card, 1, 1).unwrap()[0].hash;
            let verdicts = vec![Verdict::Needs(vec![known])];
            response.verdicts = vec![GroupVerdict { document: group.document, verdicts }];
            response.entries.clear();
            response.cursor = request.cursor.clone();
            response.digest = None;
        }
    });
    assert_eq!((asked, reuploaded, counts.reauthored), (1, 1, 0));
    assert_eq!(alice.client.unsent_count(), Ok(0));
    drop(untouched);
}

/// The sorts of things that requests carried, in order; the same sort several times in a row counts once.
fn order_of(requests: &[SyncRequest]) -> Vec<&'static str> {
    let mut order = Vec::new();
    for request in requests {
        let carried = [
            ("tombstones", !request.tombstones.is_empty()),
            ("settings", !request.settings.is_empty()),
            ("documents", !request.reuploads.is_empty()),
            ("push", !request.push.is_empty()),
        ];
        let sorts: Vec<_> = carried.into_iter().filter(|(_, is)| *is).map(|(sort, _)| sort).collect();
        assert!(sorts.len() <= 1, "each goes alone: {sorts:?}");
        order.extend(sorts);
    }
    order.dedup();
    order
}

#[test]
fn a_phone_sends_a_restored_server_purges_then_settings_then_documents_then_unsent_changes() {
    let (mut server, alice, bob, purged) = stage();
    let card = alice.card("Hall");
    alice.sync(&mut server);
    let backup = server.clone();
    server.purge(purged);
    server.put_settings(bob_in("Europe/Budapest"));
    alice.rename(card, "Attic");
    alice.sync(&mut server);
    server.restore(&backup);
    alice.rename(card, "Attic, unsent");
    let mut requests = Vec::new();
    alice.sync_with(&mut server, |request, _| requests.push(request.clone()));
    // What is unsent goes out once before the phone knows.
    assert_eq!(order_of(&requests), ["push", "tombstones", "settings", "documents", "push"]);
    let rows: usize = requests.iter().map(|request| request.settings.len()).sum();
    assert_eq!(rows, 1, "only what the server lacks");
    bob.sync(&mut server);
    for phone in [&alice, &bob] {
        assert_eq!(zone_of_bob(&phone.client.settings().unwrap()), ("Europe/Budapest".to_owned(), 2));
        assert_eq!((phone.name(purged), phone.name(card)), (None, Some("Attic, unsent".to_owned())));
    }
    requests.clear();
    alice.sync_with(&mut server, |request, _| requests.push(request.clone()));
    assert!(requests.iter().all(|request| !request.reuploads_rows()), "no re-upload is pending any more");
}

#[test]
fn of_two_rows_of_one_version_the_servers_row_wins_and_a_later_one_is_re_uploaded() {
    for (edits, expected) in [(1, ("Europe/Lisbon", 2)), (2, ("Europe/Budapest", 3))] {
        let (mut server, alice, bob, _) = stage();
        let backup = server.clone();
        (0..edits).for_each(|_| server.put_settings(bob_in("Europe/Budapest")));
        alice.sync(&mut server);
        server.restore(&backup);
        server.put_settings(bob_in("Europe/Lisbon"));
        alice.sync(&mut server);
        bob.sync(&mut server);
        for phone in [&alice, &bob] {
            let (zone, version) = zone_of_bob(&phone.client.settings().unwrap());
            assert_eq!((zone.as_str(), version), expected, "{edits} edits were lost");
        }
    }
}

#[test]
fn after_a_kill_the_next_session_makes_the_pending_re_uploads() {
    let (mut server, alice, _, purged) = stage();
    let backup = server.clone();
    server.purge(purged);
    server.put_settings(bob_in("Europe/Budapest"));
    alice.sync(&mut server);
    server.restore(&backup);
    let mut session = SyncSession::new(&alice.client);
    for _ in 0..2 {
        let frame = session.next_request().unwrap().unwrap();
        let answer = server.exchange(alice.who, &from_frame(&frame, MAX_ANSWER).unwrap());
        session.on_response(&to_frame(&answer)).unwrap();
    }
    drop(session);
    // Restored once more, before the settings were re-uploaded.
    server.restore(&backup);
    alice.sync(&mut server);
    assert_eq!(zone_of_bob(&alice.client.settings().unwrap()).1, 2);
    assert_eq!(server.settings_row(SettingsKind::User, BOB.into()).unwrap().version, 2);
    assert_eq!((alice.name(purged), server.documents().contains(&purged)), (None, false));
}

#[test]
fn a_server_that_never_judges_re_uploads_does_not_keep_edits_from_being_sent() {
    let (mut server, alice, _, purged) = stage();
    let card = alice.card("Hall");
    alice.sync(&mut server);
    let backup = server.clone();
    server.purge(purged);
    alice.sync(&mut server);
    server.restore(&backup);
    alice.rename(card, "Attic");
    alice.sync_with(&mut server, |_, response| response.row_verdicts.clear());
    assert_eq!(alice.client.unsent_count(), Ok(0));
}

/// A server that lost a card, and the one phone that still has it.
fn lost_card() -> (ModelServer, ModelServer, Phone, DocumentId) {
    let (mut server, _, bob, _) = stage();
    let backup = server.clone();
    let card = bob.card("Attic");
    bob.sync(&mut server);
    server.restore(&backup);
    (server, backup, bob, card)
}

#[test]
fn the_last_copy_of_a_document_stays_until_the_server_has_judged_it() {
    for is_killed in [false, true] {
        let (mut server, _, bob, card) = lost_card();
        let mut session = SyncSession::new(&bob.client);
        for _ in 0..3 {
            assert_eq!(bob.sync_to_full(&mut session, &mut server), 4);
            assert_eq!(bob.name(card).as_deref(), Some("Attic"));
            if is_killed {
                session = SyncSession::new(&bob.client);
            }
        }
        drop(session);
        let counts = bob.sync(&mut server);
        assert_eq!(counts.reauthored, 0, "its receipt brings it back as it was");
        let fresh = Phone::new(ALICE, 3);
        fresh.sync(&mut server);
        assert_eq!(fresh.client.state_hash(NOW), bob.client.state_hash(NOW));
        assert_eq!(fresh.name(card).as_deref(), Some("Attic"));
    }
}

#[test]
fn edits_of_other_documents_are_sent_while_the_server_does_not_judge_a_re_upload() {
    let (mut server, _, bob, card) = lost_card();
    let mut session = SyncSession::new(&bob.client);
    bob.sync_to_full(&mut session, &mut server);
    bob.rename(card, "Attic, unsent");
    let other = bob.card("Cellar");
    bob.sync_to_full(&mut session, &mut server);
    assert!(server.documents().contains(&other));
    assert_eq!(bob.client.unsent_count(), Ok(1), "what builds on the lost card waits for it");
    drop(session);
    bob.sync(&mut server);
    assert_eq!(bob.client.unsent_count(), Ok(0));
    assert_eq!(bob.name(card).as_deref(), Some("Attic, unsent"));
}

#[test]
fn what_a_server_took_back_and_lost_once_more_is_re_uploaded_once_more() {
    let (mut server, backup, bob, card) = lost_card();
    // Sent behind the re-upload, in the same sync.
    bob.card("Cellar");
    let mut session = SyncSession::new(&bob.client);
    let mut reuploaded = 0;
    while let Some(frame) = session.next_request().unwrap() {
        let request: SyncRequest = from_frame(&frame, MAX_ANSWER).unwrap();
        let answer = server.exchange(bob.who, &request);
        session.on_response(&to_frame(&answer)).unwrap();
        if !request.reuploads.is_empty() {
            reuploaded += 1;
            if reuploaded == 1 {
                server.restore(&backup);
            }
        }
    }
    assert_eq!((reuploaded, bob.name(card).as_deref()), (2, Some("Attic")));
    assert!(server.documents().contains(&card));
}

#[test]
fn a_server_that_is_restored_while_a_document_is_fetched_does_not_take_it_away() {
    let (_, mut server, bob, card) = lost_card();
    bob.file().execute("UPDATE document SET damage = 'odd' WHERE id = ?1", [card.as_bytes()]).unwrap();
    let mut forgotten = 0;
    bob.sync_with(&mut server, |request, response| {
        if request.fetch.contains(&card) && forgotten == 0 {
            assert_eq!(response.status, SyncStatus::RolledBack);
            forgotten += 1;
            let forget = Forgotten { seq: 1, document: card, closings: Vec::new() };
            response.entries.push(Entry::Forget(forget).to_envelope());
        }
    });
    assert_eq!((forgotten, bob.name(card).as_deref()), (1, Some("Attic")));
    assert!(server.documents().contains(&card));
}

#[test]
fn a_document_of_a_type_that_this_version_does_not_know_stays_if_the_server_lost_it() {
    let (mut server, _, bob, card) = lost_card();
    let held = || -> u32 {
        let sql = "SELECT count(*) FROM document WHERE id = ?1";
        bob.file().query_row(sql, [card.as_bytes()], |row| row.get(0)).unwrap()
    };
    bob.file().execute("UPDATE document SET kind = 9000 WHERE id = ?1", [card.as_bytes()]).unwrap();
    bob.sync(&mut server);
    assert_eq!(held(), 1);
    // The update has come.
    bob.file().execute("UPDATE document SET kind = 1 WHERE id = ?1", [card.as_bytes()]).unwrap();
    bob.sync(&mut server);
    assert!(server.documents().contains(&card));
}
