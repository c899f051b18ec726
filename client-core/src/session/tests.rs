use std::sync::Arc;

use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::settings::user::User;
use roadbook_domain::settings::{Settings, SettingsKind, SettingsRow, builtin_rows, local_user};
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::id::{DeviceId, DocumentId, OrgId, PartId, UserId};
use roadbook_domain::value::time::Zone;
use roadbook_domain::wire::{Entry, Envelope, GroupVerdict, RefusalCode, SyncRequest, Verdict};

use super::*;
use crate::edit::{NewCard, Owner};
use crate::model::{ModelServer, Principal, REFUSED};
use crate::store::documents;
use crate::store::meta::Identity;
use crate::store::quarantine::QuarantineReason;
use crate::{Quarantined, ValueEdit};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const ALICE: UserId = UserId::from_bytes([1; 16]);
const BOB: UserId = UserId::from_bytes([2; 16]);

/// A phone and who uses it.
struct Phone {
    client: Client,
    env: Arc<SeededEnv>,
    who: Principal,
    folder: tempfile::TempDir,
}

impl Phone {
    fn new(user: UserId, number: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let env = Arc::new(SeededEnv::new(u64::from(number), NOW));
        let client = Client::open(folder.path().join("phone.sqlite"), env.clone()).unwrap();
        let who = Principal { user, device: DeviceId::from_bytes([number; 16]) };
        let org = Some(OrgId::derived(&[]));
        client.set_identity(Identity { user, org, device: Some(who.device) }).unwrap();
        Self { client, env, who, folder }
    }

    /// Syncs to rest; `tamper` may change each answer, knowing its request.
    fn sync_with(
        &self,
        server: &mut ModelServer,
        mut tamper: impl FnMut(&SyncRequest, &mut SyncResponse),
    ) -> Counts {
        let mut session = SyncSession::new(&self.client);
        let mut counts = Counts::default();
        while let Some(frame) = session.next_request().unwrap() {
            let request: SyncRequest = from_frame(&frame, MAX_ANSWER).unwrap();
            let mut response = server.exchange(self.who, &request);
            tamper(&request, &mut response);
            counts.add(session.on_response(&to_frame(&response)).unwrap().counts);
            assert_eq!(self.client.wrong_projections(), Ok(Vec::new()));
        }
        counts
    }

    /// Exchanges to rest with a server that takes no request of more bytes of changes than `most`, and
    /// whose answers are lost where `is_lost` says so.
    fn exchange(
        &self,
        server: &mut ModelServer,
        session: &mut SyncSession,
        most: usize,
        mut is_lost: impl FnMut(&SyncRequest) -> bool,
    ) -> Vec<SyncRequest> {
        let mut requests = Vec::new();
        loop {
            let Some(frame) = session.next_request().unwrap() else { return requests };
            let request: SyncRequest = from_frame(&frame, MAX_ANSWER).unwrap();
            requests.push(request.clone());
            if carried(&request) > most {
                assert!(session.on_too_large());
                continue;
            }
            let response = server.exchange(self.who, &request);
            if is_lost(&request) {
                session.on_failure(None);
                self.env.advance(600_000);
                continue;
            }
            session.on_response(&to_frame(&response)).unwrap();
        }
    }

    fn sync(&self, server: &mut ModelServer) -> Counts {
        self.sync_with(server, |_, _| {})
    }

    /// The same file in a process beside the app.
    fn widget(&self) -> Client {
        Client::open_beside(self.folder.path().join("phone.sqlite"), self.env.clone()).unwrap()
    }

    fn card(&self, name: &str) -> DocumentId {
        let product = self.client.settings().unwrap().products().next().unwrap().id;
        let (name, owner) = (name.to_owned(), Owner::Nobody);
        self.client.create_card(&NewCard { product, name, status: None, owner, commands: vec![] }).unwrap().0
    }

    fn rename(&self, card: DocumentId, name: &str) {
        self.client.edit_card(card, &[CardCommand::Rename(name.to_owned())]).unwrap();
    }

    fn name(&self, card: DocumentId) -> Option<String> {
        self.client.card(card).ok().map(|card| card.row.name)
    }

    fn quarantine(&self) -> Vec<Quarantined> {
        self.client.quarantine().unwrap()
    }
}

/// How many bytes of changes a request carries.
fn carried(request: &SyncRequest) -> usize {
    let offered = request.offers.iter().flat_map(|offer| &offer.changes).map(|change| change.len());
    let pushed = request.push.iter().flat_map(|group| &group.changes).map(|change| change.change.len());
    offered.chain(pushed).sum()
}

fn server() -> ModelServer {
    let user = |id| SettingsRow::new(&User { id, ..local_user(Zone::UTC, "en-GB") }, 1);
    ModelServer::new(NOW, builtin_rows().into_iter().chain([user(ALICE), user(BOB)]).collect())
}

/// A server, and two phones that hold the same card.
fn stage() -> (ModelServer, Phone, Phone, DocumentId) {
    let mut server = server();
    let (alice, bob) = (Phone::new(ALICE, 1), Phone::new(BOB, 2));
    alice.sync(&mut server);
    let card = alice.card("Kitchen");
    alice.sync(&mut server);
    bob.sync(&mut server);
    assert_eq!(bob.name(card).as_deref(), Some("Kitchen"));
    (server, alice, bob, card)
}

fn values(items: &[Quarantined]) -> Vec<(QuarantineReason, String)> {
    let value = |edit: &ValueEdit| match edit {
        ValueEdit::Put { value, .. } => value.clone(),
        ValueEdit::Text { after, .. } => after.clone(),
    };
    items.iter().flat_map(|item| item.edits.iter().map(|edit| (item.reason, value(edit)))).collect()
}

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
fn a_document_whose_making_is_refused_goes_with_all_its_edits_to_the_quarantine() {
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
fn a_server_that_needs_what_it_once_had_is_given_it_back() {
    let (mut server, alice, _, card) = stage();
    alice.rename(card, "Bathroom");
    let mut asked = 0;
    let mut offered = 0;
    let untouched = server.clone();
    let counts = alice.sync_with(&mut server, |request, response| {
        offered += request.offers.len();
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
    assert_eq!((asked, offered, counts.reauthored), (1, 1, 0));
    assert_eq!(alice.client.unsent_count(), Ok(0));
    drop(untouched);
}

#[test]
fn a_bad_entry_costs_its_own_document_a_fetch_and_nobody_else_anything() {
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
    let kept: (u16, Vec<u8>) = alice
        .client
        .store()
        .read(|connection| {
            let sql = "SELECT kind, body FROM unknown_entry";
            Ok(connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
        })
        .unwrap();
    assert_eq!(kept, (9_000, vec![1, 2, 3]));
}

#[test]
fn a_document_that_leaves_the_users_sight_goes_and_its_unsent_edits_are_kept_for_him() {
    let (mut server, _, bob, card) = stage();
    server.set_sight(card, BOB, false);
    bob.rename(card, "Mine");
    bob.sync(&mut server);
    assert_eq!(bob.name(card), None);
    assert_eq!(values(&bob.quarantine()), [(QuarantineReason::Forgotten, "Mine".to_owned())]);
    assert_eq!(bob.client.unsent_count(), Ok(0));
    let trace = bob.client.store().read(|connection| {
        let sql = "SELECT count(*) FROM document WHERE id = ?1";
        Ok(connection.query_row(sql, [card.as_bytes()], |row| row.get::<_, u32>(0))?)
    });
    assert_eq!(trace.unwrap(), 0, "nothing of it stays (L5)");
}

#[test]
fn what_left_the_users_sight_is_in_no_byte_of_the_file_and_its_log_once_no_reader_needs_it() {
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
        server.set_sight(card, BOB, false);
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
fn a_base_that_cannot_be_read_is_found_out_by_opening_it_and_comes_anew_with_the_next_exchange() {
    for damage in [
        "UPDATE document SET saved = x'85ffff' WHERE id = ?1",
        "UPDATE document SET authors = x'ff' WHERE id = ?1",
        "UPDATE document SET heads = zeroblob(32) WHERE id = ?1",
    ] {
        let (mut server, _, bob, card) = stage();
        let damaged = |connection: &rusqlite::Connection| documents::damaged(connection, 9);
        bob.client.store().write(|tx| Ok(tx.execute(damage, [card.as_bytes()])?)).unwrap();
        assert_eq!(bob.client.store().read(damaged).unwrap(), []);
        assert!(bob.client.card(card).is_err());
        assert_eq!(bob.client.store().read(damaged).unwrap(), [card], "{damage}");
        bob.sync(&mut server);
        assert_eq!(bob.name(card).as_deref(), Some("Kitchen"), "{damage}");
        assert_eq!(bob.client.store().read(damaged).unwrap(), []);
    }
}

#[test]
fn the_closings_that_come_when_a_card_is_forgotten_replace_those_that_came_before() {
    let (mut server, _, bob, card) = stage();
    let outlived = |bob: &Phone| {
        bob.client.store().read(|connection| {
            let sql = "SELECT count(*) FROM outlived WHERE document = ?1";
            Ok(connection.query_row(sql, [card.as_bytes()], |row| row.get::<_, u32>(0))?)
        })
    };
    let state: roadbook_domain::value::todo::TodoState =
        format!("closed#1;success;2026-11-22T10:00:00;UTC;{BOB}").parse().unwrap();
    bob.client
        .store()
        .write(|tx| crate::store::projections::outlive(tx, card, PartId::from_bytes([1; 6]), &state))
        .unwrap();
    assert_eq!(outlived(&bob).unwrap(), 1);
    server.set_sight(card, BOB, false);
    bob.sync(&mut server);
    assert_eq!(outlived(&bob).unwrap(), 0);
}

#[test]
fn a_rescued_edit_whose_document_is_not_here_is_kept_as_text_if_the_server_does_not_take_it() {
    for (verdict, reason) in [
        (Verdict::Needs(vec![]), QuarantineReason::Damaged),
        (Verdict::ActorFork, QuarantineReason::Damaged),
        (Verdict::Refused(RefusalCode::ForeignActor), QuarantineReason::Refused(RefusalCode::ForeignActor)),
        (Verdict::Refused(RefusalCode::NotAllowed), QuarantineReason::Refused(RefusalCode::NotAllowed)),
        (Verdict::Refused(RefusalCode::Purged), QuarantineReason::Purged),
    ] {
        let (mut server, alice, _, card) = stage();
        alice.rename(card, "Rescued");
        let Phone { client, env, who, folder } = alice;
        drop(client);
        let client = Client::rescue(folder.path().join("phone.sqlite"), env.clone()).unwrap().client;
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
        assert_eq!(values(&alice.quarantine()), [(reason, "Rescued".to_owned())]);
        assert_eq!(alice.client.unsent_count(), Ok(0));
    }
}

#[test]
fn a_late_edit_that_the_server_takes_leaves_the_quarantine_again() {
    let (mut server, _, bob, card) = stage();
    server.set_sight(card, BOB, false);
    bob.rename(card, "Late");
    let mut accepting = server.clone();
    bob.sync_with(&mut server, |request, response| {
        if !request.push.is_empty() {
            accepting.set_sight(card, BOB, true);
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
fn unsent_edits_of_a_purged_document_are_kept_as_text() {
    let (mut server, alice, _, card) = stage();
    alice.rename(card, "Last words");
    server.purge(card);
    alice.sync(&mut server);
    assert_eq!(alice.name(card), None);
    assert_eq!(values(&alice.quarantine()), [(QuarantineReason::Purged, "Last words".to_owned())]);
    assert_eq!(alice.client.unsent_count(), Ok(0));
}

#[test]
fn what_a_restored_server_lost_comes_back_from_any_phone_under_its_authors_name() {
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
    assert_eq!(alice.client.state_hash(NOW), alice.client.state_hash(NOW));
    assert_eq!(fresh.client.state_hash(NOW), bob.client.state_hash(NOW));
}

#[test]
fn of_two_processes_one_exchanges_and_the_other_takes_over_when_it_falls_silent() {
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
    assert_eq!(app.next_request(), Err(SessionError::Elsewhere), "what is lost is not renewed");
}

#[test]
fn an_app_that_was_killed_while_it_exchanged_goes_on_at_its_next_start_without_waiting() {
    let (_, alice, _, _) = stage();
    let mut killed = SyncSession::new(&alice.client);
    killed.next_request().unwrap().unwrap();
    let next = Client::open(alice.folder.path().join("phone.sqlite"), alice.env.clone()).unwrap();
    assert!(SyncSession::new(&next).next_request().unwrap().is_some());
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

#[test]
fn a_first_sync_can_be_worked_with_from_its_first_page_on_and_goes_on_after_a_break() {
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
        let cards = fresh.client.store().read(documents::all).unwrap().len();
        assert_eq!(Some(cards as u64), done.last().unwrap().map(|(done, _)| done));
    }
    assert!(done.windows(2).all(|pair| pair[0] < pair[1]), "{done:?}");
    fresh.sync(&mut server);
    assert_eq!(fresh.client.state_hash(NOW), alice.client.state_hash(NOW));
}

#[test]
fn an_answer_that_is_none_changes_nothing() {
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

/// Bob's row of the directory in another zone.
fn bob_in(zone: &str) -> SettingsRow {
    SettingsRow::new(&User { id: BOB, ..local_user(zone.parse().unwrap(), "en-GB") }, 0)
}

fn zone_of_bob(settings: &Settings) -> (String, u64) {
    let row = settings.row(SettingsKind::User, BOB.into()).unwrap();
    (row.read::<User>().unwrap().zone, row.version)
}

/// What requests carried, each sort once, in the order of the first of each.
fn order_of(requests: &[SyncRequest]) -> Vec<&'static str> {
    let mut order = Vec::new();
    for request in requests {
        let carried = [
            ("tombstones", !request.tombstones.is_empty()),
            ("settings", !request.settings.is_empty()),
            ("offers", !request.offers.is_empty()),
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
fn a_restored_server_is_told_of_purges_then_of_settings_then_of_documents_and_then_of_what_is_unsent() {
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
    assert_eq!(order_of(&requests), ["push", "tombstones", "settings", "offers", "push"]);
    let rows: usize = requests.iter().map(|request| request.settings.len()).sum();
    assert_eq!(rows, 1, "only what the server lacks");
    bob.sync(&mut server);
    for phone in [&alice, &bob] {
        assert_eq!(zone_of_bob(&phone.client.settings().unwrap()), ("Europe/Budapest".to_owned(), 2));
        assert_eq!((phone.name(purged), phone.name(card)), (None, Some("Attic, unsent".to_owned())));
    }
    requests.clear();
    alice.sync_with(&mut server, |request, _| requests.push(request.clone()));
    assert!(requests.iter().all(|request| !request.gives_back()), "nothing is owed any more");
}

#[test]
fn of_two_rows_of_one_version_the_servers_holds_and_a_later_one_is_given_back() {
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
fn what_is_owed_is_given_back_by_the_next_session_if_this_one_is_killed() {
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
    // Restored once more, before the settings were given back.
    server.restore(&backup);
    alice.sync(&mut server);
    assert_eq!(zone_of_bob(&alice.client.settings().unwrap()).1, 2);
    assert_eq!(server.settings_row(SettingsKind::User, BOB.into()).unwrap().version, 2);
    assert_eq!((alice.name(purged), server.documents().contains(&purged)), (None, false));
}

#[test]
fn a_server_that_never_judges_what_it_is_given_back_holds_up_nothing_else() {
    let (mut server, alice, _, purged) = stage();
    let card = alice.card("Hall");
    alice.sync(&mut server);
    let backup = server.clone();
    server.purge(purged);
    alice.sync(&mut server);
    server.restore(&backup);
    alice.rename(card, "Attic");
    alice.sync_with(&mut server, |_, response| response.given_back.clear());
    assert_eq!(alice.client.unsent_count(), Ok(0));
}

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
        .flat_map(|request| &request.offers)
        .filter_map(|offer| offer.part)
        .map(|p| p.first)
        .collect()
}

#[test]
fn a_document_too_large_for_one_request_is_given_back_in_parts_under_its_authors_name() {
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
    bob.sync_with(&mut server, |request, _| again.extend(request.offers.clone()));
    assert_eq!(again, [], "nothing is pending any more");
}

#[test]
fn a_part_whose_answer_was_lost_is_sent_again_and_no_part_before_it() {
    let (mut server, bob, large, _) = lost_large_card();
    let mut session = SyncSession::new(&bob.client);
    session.set_budget(Some(4096));
    let mut seen = 0;
    let requests = bob.exchange(&mut server, &mut session, usize::MAX, |request| {
        let is_part = request.offers.iter().any(|offer| offer.part.is_some());
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
fn a_document_that_no_request_can_hold_stops_nothing_and_is_given_back_by_a_later_session() {
    let (mut server, alice, bob, card) = stage();
    let backup = server.clone();
    // One change, so there are no smaller parts.
    let large = alice.card(&"x".repeat(6_000));
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
    assert!(bob.name(large).is_some_and(|name| name.len() == 6_000));
    drop(session);
    bob.sync(&mut server);
    assert!(server.documents().contains(&large));
}

#[test]
fn a_document_that_the_server_finds_too_large_stays_here_and_stops_nothing() {
    let (mut server, alice, bob, card) = stage();
    let backup = server.clone();
    let (large, small) = (alice.card("Large"), alice.card("Small"));
    alice.sync(&mut server);
    bob.sync(&mut server);
    server.restore(&backup);
    bob.rename(card, "Unsent");
    let mut session = SyncSession::new(&bob.client);
    let mut refused = 0;
    while let Some(frame) = session.next_request().unwrap() {
        let mut request: SyncRequest = from_frame(&frame, MAX_ANSWER).unwrap();
        let place = request.offers.iter().position(|offer| offer.document == large);
        place.map(|place| request.offers.remove(place));
        let mut response = server.exchange(bob.who, &request);
        if let Some(place) = place {
            refused += 1;
            let verdicts = vec![Verdict::Refused(RefusalCode::TooLarge)];
            response.verdicts.insert(place, GroupVerdict { document: large, verdicts });
        }
        session.on_response(&to_frame(&response)).unwrap();
    }
    assert_eq!((refused, bob.client.unsent_count()), (1, Ok(0)));
    assert!(server.documents().contains(&small));
    assert_eq!(bob.name(large).as_deref(), Some("Large"));
    drop(session);
    bob.sync(&mut server);
    assert!(server.documents().contains(&large));
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
