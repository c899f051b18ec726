//! The lease: of all processes that have the file open, one exchanges.

use roadbook_client::{Client, MAX_ANSWER, SessionError, SyncSession, SyncState};
use roadbook_domain::wire::{from_frame, to_frame};
use rusqlite::Connection;

use super::stage::stage;

#[test]
fn of_two_processes_one_exchanges_until_it_falls_silent_and_the_other_takes_over() {
    let (_, alice, _, _) = stage();
    let widget = alice.widget();
    let mut app = SyncSession::new(&alice.client);
    let mut other = SyncSession::new(&widget);
    assert!(app.next_request().unwrap().is_some());
    assert_eq!(other.next_request(), Err(SessionError::Elsewhere));
    alice.env.advance(30_000);
    assert!(other.next_request().unwrap().is_some());
    assert_eq!(app.next_request(), Err(SessionError::Elsewhere));
    drop(other);
    assert!(app.next_request().unwrap().is_some());
}

#[test]
fn a_process_that_still_waits_for_its_answer_is_left_alone_however_long_it_takes() {
    let (_, alice, _, _) = stage();
    let mut app = SyncSession::new(&alice.client);
    let mut widget = SyncSession::new(&alice.widget());
    app.next_request().unwrap().unwrap();
    for _ in 0..20 {
        alice.env.advance(10_000);
        app.renew();
        assert_eq!(widget.next_request(), Err(SessionError::Elsewhere));
    }
    alice.env.advance(30_000);
    assert!(widget.next_request().unwrap().is_some());
    app.renew();
    assert_eq!(app.next_request(), Err(SessionError::Elsewhere), "a lost lease is not renewed");
}

#[test]
fn a_lease_is_written_again_only_when_it_does_not_last() {
    let (_, alice, _, _) = stage();
    let mut app = SyncSession::new(&alice.client);
    let mut widget = SyncSession::new(&alice.widget());
    let file = Connection::open(alice.folder.path().join("phone.sqlite")).unwrap();
    let version = || file.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0)).unwrap();
    app.next_request().unwrap().unwrap();
    let first = version();
    alice.env.advance(9_999);
    app.renew();
    assert_eq!(version(), first);
    alice.env.advance(2);
    app.renew();
    assert_ne!(version(), first);
    alice.env.advance(29_999);
    assert_eq!(widget.next_request(), Err(SessionError::Elsewhere));
    alice.env.advance(1);
    assert!(widget.next_request().unwrap().is_some());
}

#[test]
fn an_app_that_was_killed_in_an_exchange_exchanges_again_at_its_next_start_without_waiting() {
    let (_, alice, _, _) = stage();
    let mut killed = SyncSession::new(&alice.client);
    killed.next_request().unwrap().unwrap();
    let next = Client::open(alice.folder.path().join("phone.sqlite"), alice.env.clone()).unwrap();
    assert!(SyncSession::new(&next).next_request().unwrap().is_some());
}

#[test]
fn whoever_lost_the_lease_leaves_the_marks_of_the_other_process_alone() {
    let (_, alice, _, card) = stage();
    alice.rename(card, "Bathroom");
    let widget = alice.widget();
    let (mut app, mut other) = (SyncSession::new(&alice.client), SyncSession::new(&widget));
    app.next_request().unwrap().unwrap();
    alice.env.advance(30_000);
    other.next_request().unwrap().unwrap();
    assert_eq!(widget.sync_state(card), Ok(SyncState::Sent));
    app.on_failure(None);
    assert_eq!(widget.sync_state(card), Ok(SyncState::Sent), "the other still waits for its answer");
    other.on_failure(None);
    assert_eq!(widget.sync_state(card), Ok(SyncState::Here));
}

#[test]
fn an_answer_is_dropped_if_another_process_took_over_before_it_came() {
    let (mut server, alice, bob, card) = stage();
    bob.rename(card, "Bathroom");
    bob.sync(&mut server);
    let mut slow = SyncSession::new(&alice.client);
    let frame = slow.next_request().unwrap().unwrap();
    let answer = to_frame(&server.exchange(alice.who, &from_frame(&frame, MAX_ANSWER).unwrap()));
    alice.env.advance(30_000);
    let widget = alice.widget();
    let mut other = SyncSession::new(&widget);
    let frame = other.next_request().unwrap().unwrap();
    assert_eq!(slow.on_response(&answer), Err(SessionError::Elsewhere));
    assert_eq!(alice.name(card).as_deref(), Some("Kitchen"));
    let answer = to_frame(&server.exchange(alice.who, &from_frame(&frame, MAX_ANSWER).unwrap()));
    other.on_response(&answer).unwrap();
    assert_eq!(alice.name(card).as_deref(), Some("Bathroom"));
}
