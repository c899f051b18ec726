//! Re-uploads and pushes that do not fit into one request, or through a slow line.

use roadbook_client::{MAX_ANSWER, SyncSession, SyncState};
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::value::id::{DocumentId, FieldId};
use roadbook_domain::wire::{GroupVerdict, RefusalCode, SyncRequest, Verdict, from_frame, to_frame};
use roadbook_tests::model::ModelServer;

use super::stage::{ALICE, BOB, Phone, carried, stage};

/// A server that lost a card of sixty changes and a small one, and the phone that still has them.
fn lost_large_card() -> (ModelServer, Phone, DocumentId, DocumentId) {
    let (mut server, alice, bob, small) = stage();
    let backup = server.clone();
    let large = alice.card("0");
    (1..60).for_each(|n| alice.rename(large, &n.to_string()));
    alice.rename(small, "Bathroom");
    alice.sync(&mut server);
    bob.sync(&mut server);
    server.restore(&backup);
    (server, bob, large, small)
}

fn parts(requests: &[SyncRequest]) -> Vec<u32> {
    requests
        .iter()
        .flat_map(|request| &request.reuploads)
        .filter_map(|offer| offer.part)
        .map(|p| p.first)
        .collect()
}

#[test]
fn a_document_too_large_for_one_request_is_re_uploaded_in_parts_under_its_authors_name() {
    let (mut server, bob, large, small) = lost_large_card();
    let mut session = SyncSession::new(&bob.client);
    session.set_budget(Some(4096));
    let requests = bob.exchange(&mut server, &mut session, usize::MAX, |_| false);
    let firsts = parts(&requests);
    assert!(firsts.len() > 2 && firsts.is_sorted_by(|one, next| one < next), "{firsts:?}");
    assert!(requests.iter().all(|request| carried(request) <= 2048));
    let fresh = Phone::new(BOB, 3);
    fresh.sync(&mut server);
    assert_eq!(fresh.name(large).as_deref(), Some("59"));
    assert_eq!(fresh.name(small).as_deref(), Some("Bathroom"));
    let authors = fresh.client.history(large, 0, 99).unwrap();
    assert_eq!(authors.len(), 60);
    assert!(authors.iter().all(|item| item.by.as_ref().and_then(|by| by.user) == Some(ALICE)));
    drop(session);
    let mut again = Vec::new();
    bob.sync_with(&mut server, |request, _| again.extend(request.reuploads.clone()));
    assert_eq!(again, [], "nothing is pending any more");
}

#[test]
fn a_part_whose_answer_was_lost_is_sent_again_and_no_part_before_it() {
    let (mut server, bob, large, _) = lost_large_card();
    let mut session = SyncSession::new(&bob.client);
    session.set_budget(Some(4096));
    let mut seen = 0;
    let requests = bob.exchange(&mut server, &mut session, usize::MAX, |request| {
        let is_part = request.reuploads.iter().any(|offer| offer.part.is_some());
        seen += usize::from(is_part);
        seen == 2 && is_part
    });
    let firsts = parts(&requests);
    assert!(firsts.is_sorted() && firsts[0] == 0 && firsts[1] > 0 && firsts[1] == firsts[2], "{firsts:?}");
    let fresh = Phone::new(BOB, 3);
    fresh.sync(&mut server);
    assert_eq!(fresh.name(large).as_deref(), Some("59"));
}

#[test]
fn a_request_that_was_given_up_without_a_word_counts_as_failed_and_authors_are_kept() {
    for given_up in 0..12 {
        let (mut server, alice, bob, _) = stage();
        let backup = server.clone();
        let cards: Vec<_> = (0..3).map(|n| alice.card(&n.to_string())).collect();
        alice.sync(&mut server);
        bob.sync(&mut server);
        server.restore(&backup);
        bob.rename(cards[1], "Unsent");
        let mut session = SyncSession::new(&bob.client);
        let mut requests = 0;
        while let Some(frame) = session.next_request().unwrap() {
            requests += 1;
            if requests == given_up {
                // Its future was dropped before the server was asked.
                continue;
            }
            let answer = server.exchange(bob.who, &from_frame(&frame, MAX_ANSWER).unwrap());
            session.on_response(&to_frame(&answer)).unwrap();
        }
        let fresh = Phone::new(ALICE, 3);
        fresh.sync(&mut server);
        for card in cards {
            let first = fresh.client.history(card, 0, 9).unwrap().pop().unwrap();
            assert_eq!(first.by.and_then(|by| by.user), Some(ALICE), "request {given_up}");
        }
    }
}

#[test]
fn a_document_that_no_request_can_hold_stops_nothing_and_is_re_uploaded_by_a_later_session() {
    let (mut server, alice, bob, card) = stage();
    let backup = server.clone();
    // One change, so there are no smaller parts.
    let fields = (0..4_u8).map(|n| CardCommand::SetField(FieldId::derived(&[&[n]]), "x".repeat(2_000)));
    let large = alice.card_with("Large", fields.collect());
    let small = alice.card("Small");
    alice.sync(&mut server);
    bob.sync(&mut server);
    server.restore(&backup);
    bob.rename(card, "Unsent");
    let mut session = SyncSession::new(&bob.client);
    bob.exchange(&mut server, &mut session, 3_000, |_| false);
    assert_eq!(bob.client.unsent_count(), Ok(0));
    assert!(server.documents().contains(&small) && !server.documents().contains(&large));
    let fresh = Phone::new(ALICE, 3);
    fresh.sync(&mut server);
    fresh.rename(card, "News");
    fresh.sync(&mut server);
    session.poke();
    bob.exchange(&mut server, &mut session, 3_000, |_| false);
    assert_eq!(bob.name(card).as_deref(), Some("News"), "pulling goes on");
    assert_eq!(bob.name(large).as_deref(), Some("Large"));
    drop(session);
    bob.sync(&mut server);
    assert!(server.documents().contains(&large));
}

#[test]
fn an_edit_that_no_request_can_hold_waits_alone_and_stops_nothing() {
    let (mut server, alice, bob, card) = stage();
    // One change, so there are no smaller parts.
    let fields = (0..4_u8).map(|n| CardCommand::SetField(FieldId::derived(&[&[n]]), "x".repeat(2_000)));
    let large = alice.card_with("Large", fields.collect());
    let small = alice.card("Small");
    bob.rename(card, "News");
    bob.sync(&mut server);
    let mut session = SyncSession::new(&alice.client);
    alice.exchange(&mut server, &mut session, 3_000, |_| false);
    assert_eq!((alice.client.unsent_count(), alice.name(card).as_deref()), (Ok(1), Some("News")));
    assert!(server.documents().contains(&small) && !server.documents().contains(&large));
    assert_eq!(alice.client.sync_state(large), Ok(SyncState::Here), "nobody waits for an answer");
    drop(session);
    alice.sync(&mut server);
    assert!(server.documents().contains(&large), "a later session may find a larger way");
}

#[test]
fn a_reconciliation_asks_in_steps_that_fit_into_what_a_proxy_lets_through() {
    let (mut server, _, bob, _) = stage();
    let cards: Vec<_> = (0..300).map(|n| bob.card(&n.to_string())).collect();
    bob.sync(&mut server);
    let mut session = SyncSession::new(&bob.client);
    bob.file().execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('reconcile', x'f5')", []).unwrap();
    bob.file().execute("DELETE FROM document WHERE id = ?1", [cards[7].as_bytes()]).unwrap();
    let mut too_large = 0;
    while let Some(frame) = session.next_request().unwrap() {
        if frame.len() > 20_000 {
            too_large += 1;
            assert!(session.on_too_large() && too_large < 20);
            continue;
        }
        let answer = server.exchange(bob.who, &from_frame(&frame, MAX_ANSWER).unwrap());
        session.on_response(&to_frame(&answer)).unwrap();
    }
    assert_eq!(bob.name(cards[7]).as_deref(), Some("7"));
}

#[test]
fn a_document_that_the_server_cannot_take_back_stays_here_and_stops_nothing() {
    for verdict in [
        Verdict::Refused(RefusalCode::TooLarge),
        Verdict::Refused(RefusalCode::Malformed),
        Verdict::Refused(RefusalCode::Policy),
        Verdict::Refused(RefusalCode::Other(99)),
        Verdict::UpgradeRequired,
        Verdict::Other(99),
    ] {
        let (mut server, alice, bob, card) = stage();
        let backup = server.clone();
        let (held, small) = (alice.card("Held"), alice.card("Small"));
        alice.sync(&mut server);
        bob.sync(&mut server);
        server.restore(&backup);
        bob.rename(card, "Unsent");
        let mut session = SyncSession::new(&bob.client);
        let mut refused = 0;
        while let Some(frame) = session.next_request().unwrap() {
            let mut request: SyncRequest = from_frame(&frame, MAX_ANSWER).unwrap();
            let place = request.reuploads.iter().position(|reupload| reupload.document == held);
            place.map(|place| request.reuploads.remove(place));
            let mut response = server.exchange(bob.who, &request);
            if let Some(place) = place {
                refused += 1;
                let verdicts = vec![verdict.clone()];
                response.verdicts.insert(place, GroupVerdict { document: held, verdicts });
            }
            session.on_response(&to_frame(&response)).unwrap();
        }
        assert_eq!((refused, bob.client.unsent_count()), (1, Ok(0)), "{verdict:?}");
        assert!(server.documents().contains(&small));
        assert_eq!(bob.name(held).as_deref(), Some("Held"), "{verdict:?}");
        drop(session);
        bob.sync(&mut server);
        assert!(server.documents().contains(&held), "{verdict:?}");
    }
}

#[test]
fn after_a_pause_others_may_exchange_and_half_as_much_is_asked_for_if_an_answer_was_to_come() {
    let (_, alice, _, _) = stage();
    let widget = alice.widget();
    let mut session = SyncSession::new(&alice.client);
    session.on_pause();
    let budget = |session: &mut SyncSession| {
        let frame = session.next_request().unwrap().unwrap();
        from_frame::<SyncRequest>(&frame, MAX_ANSWER).unwrap().budget
    };
    assert_eq!(budget(&mut session), None, "nothing was on its way");
    assert!(SyncSession::new(&widget).next_request().is_err());
    session.on_pause();
    assert!(SyncSession::new(&widget).next_request().is_ok());
    assert_eq!(budget(&mut session), Some(512 << 10));
}

#[test]
fn after_a_time_out_half_as_much_is_asked_for_and_never_more_than_was_set() {
    let (_, alice, _, _) = stage();
    let mut session = SyncSession::new(&alice.client);
    let budget = |session: &mut SyncSession| {
        alice.env.advance(600_000);
        let frame = session.next_request().unwrap().unwrap();
        from_frame::<SyncRequest>(&frame, MAX_ANSWER).unwrap().budget
    };
    assert_eq!(budget(&mut session), None);
    let wake_at = session.on_time_out();
    assert_eq!(session.wake_at(), Some(wake_at));
    assert_eq!(budget(&mut session), Some(512 << 10));
    session.set_budget(Some(64 << 10));
    assert_eq!(budget(&mut session), Some(64 << 10));
    session.on_failure(None);
    assert_eq!(budget(&mut session), Some(64 << 10), "what is not slow may stay as it is");
    session.set_budget(None);
    assert_eq!(budget(&mut session), None);
}
