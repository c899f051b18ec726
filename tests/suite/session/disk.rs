//! A phone whose disk is full (R08). On machines that let no test mount a small disk they try nothing.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use roadbook_client::{ApiError, Client, MAX_ANSWER, NewCard, Owner, SyncSession};
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::read::today::Period;
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::{from_frame, to_frame};

use super::stage::{ALICE, NOW, Phone, server};

/// A disk of 4 MiB, gone at the end.
struct Disk(tempfile::TempDir);

impl Disk {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        let status = mount.args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(folder.path()).status();
        status.is_ok_and(|status| status.success()).then_some(Self(folder))
    }

    fn fill(&self) {
        let mut ballast = std::fs::File::create(self.0.path().join("ballast")).unwrap();
        while ballast.write_all(&[7; 512]).is_ok() {}
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.path().join("ballast")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.0.path()).status());
    }
}

fn open(path: &Path) -> Result<Client, ApiError> {
    Client::open(path, Arc::new(SeededEnv::new(2, NOW)))
}

fn local(path: &Path) -> (Client, DocumentId) {
    let client = open(path).unwrap();
    client.begin_local_workspace("Europe/Budapest".parse().unwrap(), "hu-HU").unwrap();
    let product = client.settings().unwrap().products().next().unwrap().id;
    let new =
        NewCard { product, name: "Bakery".into(), status: None, owner: Owner::Me, commands: Vec::new() };
    let card = client.create_card(&new).unwrap().0;
    (client, card)
}

#[test]
fn an_app_that_is_started_on_a_full_disk_shows_everything_and_says_why_it_takes_no_edit() {
    let Some(disk) = Disk::new() else { return };
    let path = disk.0.path().join("phone.sqlite");
    let (client, card) = local(&path);
    drop(client);
    disk.fill();
    let client = open(&path).unwrap();
    assert_eq!(client.today(Period::Today, 9).map(|today| today.matching), Ok(0));
    assert_eq!(client.card(card).unwrap().row.name, "Bakery");
    let edited = client.edit_card(card, &[CardCommand::Rename("No room".into())]);
    assert_eq!(edited.unwrap_err(), ApiError::StorageFull);
    disk.make_room();
    client.edit_card(card, &[CardCommand::Rename("Room".into())]).unwrap();
    drop(client);
    assert_eq!(open(&path).unwrap().card(card).unwrap().row.name, "Room");
}

#[test]
fn an_app_whose_last_sync_failed_is_started_on_a_full_disk_too() {
    let Some(disk) = Disk::new() else { return };
    let path = disk.0.path().join("phone.sqlite");
    let (client, card) = local(&path);
    let mut session = SyncSession::new(&client);
    session.next_request().unwrap();
    session.on_failure(None);
    drop(session);
    // The index of the log has its room already.
    disk.fill();
    drop(client);
    assert_eq!(open(&path).unwrap().card(card).unwrap().row.name, "Bakery");
}

#[test]
fn what_is_unsent_is_sent_from_a_full_disk_and_acknowledged_once_there_is_room() {
    for is_closed in [false, true] {
        let Some(disk) = Disk::new() else { return };
        let mut server = server();
        let path = disk.0.path().join("phone.sqlite");
        let alice = Phone::new(ALICE, 1);
        let mut client = Client::open(&path, alice.env.clone()).unwrap();
        client.set_identity(alice.client.me().unwrap().unwrap()).unwrap();
        let mut alice = Phone { client: client.clone(), ..alice };
        alice.sync(&mut server);
        let card = alice.card("Unsent");
        if is_closed {
            alice.client = client.clone();
            drop((alice.client, client));
            disk.fill();
            client = Client::open(&path, alice.env.clone()).unwrap();
        } else {
            disk.fill();
        }
        let mut session = SyncSession::new(&client);
        let frame = session.next_request().unwrap().unwrap();
        let answer = server.exchange(alice.who, &from_frame(&frame, MAX_ANSWER).unwrap());
        assert!(server.documents().contains(&card), "it went out");
        let stored = session.on_response(&to_frame(&answer));
        drop((session, stored));
        disk.make_room();
        let mut session = SyncSession::new(&client);
        while let Some(frame) = session.next_request().unwrap() {
            let answer = server.exchange(alice.who, &from_frame(&frame, MAX_ANSWER).unwrap());
            session.on_response(&to_frame(&answer)).unwrap();
        }
        assert_eq!(client.unsent_count(), Ok(0));
    }
}
