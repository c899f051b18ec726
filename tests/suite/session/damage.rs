//! A row of the phone's file that holds nonsense is set aside and blocks nothing (L6).

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::path::Path;

use roadbook_client::account::is_signed_in;
use roadbook_client::{Client, MAX_ANSWER, NewContact, QuarantineReason, SyncSession};
use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewTodo};
use roadbook_domain::crm::row::{ContactSort, DetailSort};
use roadbook_domain::read::today::Period;
use roadbook_domain::value::id::{FieldId, PartId};
use roadbook_domain::value::todo::Outcome;
use roadbook_domain::wire::{Envelope, SyncRequest, from_frame, to_frame};
use roadbook_tests::dice::Dice;
use roadbook_tests::model::{ModelServer, REFUSED};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::stage::{ALICE, Phone, stage};

#[test]
fn an_unsent_edit_that_cannot_be_read_is_in_the_quarantine_and_the_edits_around_it_are_sent() {
    let (mut server, alice, bob, card) = stage();
    let other = alice.card("Garage");
    for name in ["Lost", "After it"] {
        alice.rename(card, name);
    }
    let damage =
        "UPDATE outbox SET change = x'ff00ff' WHERE n = (SELECT min(n) FROM outbox WHERE document = ?1)";
    assert_eq!(alice.file().execute(damage, [card.as_bytes()]), Ok(1));
    assert!(alice.name(card).is_some(), "the card opens from what can be read");
    alice.client.rebuild_some(64).unwrap();
    alice.sync(&mut server);
    assert_eq!(alice.client.unsent_count(), Ok(0));
    bob.sync(&mut server);
    assert_eq!(bob.name(other).as_deref(), Some("Garage"));
    let held = alice.quarantine();
    assert!(held.iter().any(|item| item.document == card && item.reason == QuarantineReason::Damaged));
    // What cannot be read cannot be applied again; it stays until the user dismisses it.
    let unreadable = held.iter().find(|item| item.edits.is_empty()).unwrap();
    assert!(alice.client.reapply(unreadable.n).is_err());
    alice.client.dismiss(unreadable.n).unwrap();
}

/// A phone with rows in every table that a test can fill.
fn full_phone() -> (ModelServer, Phone) {
    let (mut server, alice, bob, card) = stage();
    let purged = bob.card("Purged");
    let call = |n: u8, due: &str| {
        let (text, due) = ("Call".to_owned(), Some(due.parse().unwrap()));
        CardCommand::AddTodo(NewTodo {
            id: PartId::from_bytes([n; 6]),
            text,
            due,
            assignee: Some(ALICE),
            contact: None,
        })
    };
    let todos = vec![
        call(1, "2027-01-10"),
        call(2, "2027-01-20"),
        CardCommand::Link { role: "buyer".to_owned(), target: card },
    ];
    let busy = alice.card_with("Busy", todos);
    alice.sync(&mut server);
    bob.sync(&mut server);
    server.purge(purged);
    alice
        .client
        .edit_card(
            busy,
            &[CardCommand::Postpone(PartId::from_bytes([1; 6]), Some("2027-01-12".parse().unwrap()))],
        )
        .unwrap();
    alice
        .client
        .edit_card(busy, &[CardCommand::Close(PartId::from_bytes([2; 6]), Outcome::Success)])
        .unwrap();
    let rename = ContactCommand::Rename { given: "Ann".to_owned(), family: "Kovács".to_owned() };
    let phone = ContactCommand::SetDetail {
        id: PartId::from_bytes([5; 6]),
        sort: DetailSort::Phone,
        label: "work".to_owned(),
        value: "+36 1 234 5678".to_owned(),
    };
    alice
        .client
        .create_contact(&NewContact { sort: ContactSort::Person, commands: vec![rename, phone] })
        .unwrap();
    alice.rename(card, REFUSED);
    alice
        .sync_with(&mut server, |_, response| response.entries.push(Envelope { kind: 9_000, body: vec![1] }));
    let state = format!("closed#1;success;2027-01-14T10:00:00;UTC;{ALICE}");
    let sql = "INSERT INTO retained_closing (document, todo, state, closed_on) VALUES (?1, ?2, ?3, ?4)";
    alice.file().execute(sql, ([7; 16], [1; 6], state, "2027-01-14")).unwrap();
    alice.rename(busy, "Busier");
    alice
        .client
        .edit_card(busy, &[CardCommand::EditText(FieldId::from_bytes([3; 16]), "Unsent".into())])
        .unwrap();
    alice.card("New and unsent");
    (server, alice)
}

/// Every cell of the file: table, column and row.
fn cells(file: &Connection) -> Vec<(String, String, i64)> {
    let names = |sql: &str| -> Vec<String> {
        file.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let tables = names("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    let mut cells = Vec::new();
    for table in tables {
        let rows: i64 =
            file.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        for column in names(&format!("SELECT name FROM pragma_table_info('{table}')")) {
            // Of settings there are hundreds, all alike.
            cells.extend((0..rows.min(12)).map(|row| (table.clone(), column.clone(), row)));
        }
    }
    cells
}

/// Overwrites a cell with random bytes of its type; false if the table refuses them.
fn overwrite(file: &Connection, (table, column, place): &(String, String, i64), dice: &mut Dice) -> bool {
    let keys: Vec<String> = file
        .prepare(&format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk"))
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let keys = if keys.is_empty() { vec!["rowid".to_owned()] } else { keys };
    let key = keys.join(", ");
    let select = format!("SELECT {key}, {column} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {place}");
    let row: Vec<Value> =
        file.query_row(&select, [], |row| (0..=keys.len()).map(|n| row.get(n)).collect()).unwrap();
    let (old, at) = row.split_last().unwrap();
    let length = dice.below(40);
    let bytes: Vec<u8> = (0..length).map(|_| dice.byte()).collect();
    let number = i64::from_be_bytes(std::array::from_fn(|_| dice.byte()));
    let new = match old {
        Value::Integer(_) => Value::Integer(number),
        _ => Value::Blob(bytes),
    };
    let places: Vec<_> = (1..=keys.len()).map(|n| format!("?{n}")).collect();
    let value = if matches!(old, Value::Text(_)) { "CAST(?{} AS TEXT)" } else { "?{}" };
    let value = value.replace("{}", &(keys.len() + 1).to_string());
    let sql = format!("UPDATE {table} SET {column} = {value} WHERE ({key}) = ({})", places.join(", "));
    let parameters = at.iter().chain([&new]).cloned().collect::<Vec<_>>();
    file.execute(&sql, rusqlite::params_from_iter(parameters)).is_ok_and(|changed| changed == 1)
}

fn copy(from: &Path, to: &Path) {
    for end in ["", "-wal"] {
        let name = |path: &Path| format!("{}{end}", path.display());
        drop(std::fs::copy(name(from), name(to)));
    }
}

#[test]
fn a_row_of_random_bytes_anywhere_leaves_opening_today_and_the_sync_working() {
    let (server, alice) = full_phone();
    let path = alice.path();
    let all = cells(&alice.file());
    assert!(all.len() > 250, "{} cells", all.len());
    let mut dice = Dice::new(7);
    let mut overwritten = 0;
    let mut wrong = Vec::new();
    for cell in &all {
        let copied = alice.folder.path().join("copy.sqlite");
        copy(&path, &copied);
        let is_there = overwrite(&Connection::open(&copied).unwrap(), cell, &mut dice);
        overwritten += usize::from(is_there);
        if is_there && let Err(error) = works(&copied, &alice, server.clone()) {
            wrong.push(format!("{cell:?}: {error}"));
        }
        for end in ["", "-wal", "-shm"] {
            drop(std::fs::remove_file(format!("{}{end}", copied.display())));
        }
    }
    assert!(wrong.is_empty(), "{} of {overwritten}:\n{}", wrong.len(), wrong.join("\n"));
}

fn works(path: &Path, alice: &Phone, mut server: ModelServer) -> Result<(), String> {
    let client = Client::open(path, alice.env.clone()).map_err(|error| format!("open: {error}"))?;
    client.today(Period::Today, 9).map_err(|error| format!("today: {error}"))?;
    client.settings().map_err(|error| format!("settings: {error}"))?;
    client.quarantine().map_err(|error| format!("quarantine: {error}"))?;
    is_signed_in(&client).map_err(|error| format!("session: {error}"))?;
    let mut session = SyncSession::new(&client);
    let mut failed = 0;
    for _ in 0..60 {
        let Some(frame) = session.next_request().map_err(|error| format!("request: {error}"))? else {
            let unsent = client.unsent_count().map_err(|error| format!("count: {error}"))?;
            client.today(Period::Today, 9).map_err(|error| format!("today after: {error}"))?;
            return if unsent <= 1 { Ok(()) } else { Err(format!("{unsent} unsent")) };
        };
        let request: SyncRequest = from_frame(&frame, MAX_ANSWER).unwrap();
        let answer = server.exchange(alice.who, &request);
        // The row that an answer meets is set aside, and the server is asked again.
        if let Err(error) = session.on_response(&to_frame(&answer)) {
            failed += 1;
            if failed > 1 {
                return Err(format!("answer: {error}"));
            }
        }
        while client.rebuild_some(64).map_err(|error| format!("rebuild: {error}"))?.0 {}
    }
    Err("it never rests".to_owned())
}
