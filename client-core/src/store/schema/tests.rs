use std::time::Duration;

use roadbook_domain::crm::command::ContactCommand;
use roadbook_domain::crm::row::{ContactSort, DetailSort};
use roadbook_domain::read::duplicate::Sought;
use roadbook_domain::read::today::Period;
use rusqlite::{Connection, Transaction};

use super::*;
use crate::Client;
use crate::store::Store;
use crate::testing::{Phone, part, todo};

fn schema_of(connection: &Connection) -> String {
    let mut statement = connection
        .prepare(
            "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name",
        )
        .unwrap();
    let lines = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let all = lines.collect::<Result<Vec<_>, _>>().unwrap().join("\n");
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_file_upgraded_from_any_version_has_the_schema_of_a_fresh_one() {
    let mut fresh = Connection::open_in_memory().unwrap();
    migrate(&mut fresh).unwrap();
    for from in 0..MIGRATIONS.len() {
        let mut old = Connection::open_in_memory().unwrap();
        for (number, migration) in (FIRST..).zip(MIGRATIONS).take(from) {
            old.execute_batch(migration).unwrap();
            old.pragma_update(None, "user_version", number).unwrap();
        }
        migrate(&mut old).unwrap();
        assert_eq!(schema_of(&old), schema_of(&fresh), "from version {from}");
        assert_eq!(version(&old).unwrap(), latest());
    }
}

#[test]
fn keys_of_another_rule_are_made_anew_when_the_file_is_opened() {
    let mut phone = Phone::local(1);
    let (label, value) = (String::new(), "+36 30 123 4567".to_owned());
    let number = ContactCommand::SetDetail { id: part(1), sort: DetailSort::Phone, label, value };
    let firm = phone.company("Zöld Alma Kft.", &[number]);
    let older = |tx: &Transaction<'_>| {
        Ok(tx.execute_batch(
            "UPDATE detail SET key = NULL; UPDATE contact SET search = 'zold alma kft';
             UPDATE meta SET value = x'01' WHERE key = 'name_keys'; DELETE FROM meta WHERE key = 'detail_keys'",
        )?)
    };
    phone.client.store().write(older).unwrap();
    phone.reopen();

    assert_eq!(phone.client.find_caller("06301234567", 9).unwrap()[0].0, firm);
    let sought = Sought::new(ContactSort::Company, "", "Kft. Zöld Alma", Vec::new());
    assert_eq!(phone.client.likely_doubles(&sought, 9).unwrap()[0].0, firm);
    assert_eq!(phone.client.wrong_projections().unwrap(), []);
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("newer.sqlite");
    drop(Store::open(&path).unwrap());
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", latest() + 1).unwrap();
    drop(newer);
    let before = std::fs::read(&path).unwrap();

    assert!(matches!(Store::open(&path), Err(Error::NewerFile(..))));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_of_before_the_first_release_is_refused_and_left_as_it_was() {
    for version in 1..FIRST {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("older.sqlite");
        drop(Store::open(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", version).unwrap();
        let before = std::fs::read(&path).unwrap();

        assert!(matches!(Store::open(&path), Err(Error::OlderFile(of)) if of == version));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[test]
fn the_database_of_another_program_is_damaged_and_left_as_it_was() {
    for version in [0, -1] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.sqlite");
        let other = Connection::open(&path).unwrap();
        other.execute_batch(&format!("CREATE TABLE notes (text); PRAGMA user_version = {version}")).unwrap();
        drop(other);
        let before = std::fs::read(&path).unwrap();

        let error = Store::open(&path).unwrap_err();
        assert_eq!(crate::ApiError::from(error), crate::ApiError::Damaged);
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_file_that_became_newer_during_a_pause_is_neither_read_nor_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roadbook.sqlite");
    let store = Store::open(&path).unwrap();
    store.pause();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", latest() + 1).unwrap();
    store.resume();

    assert!(matches!(store.read(|_| Ok(())), Err(Error::NewerFile(..))));
    assert!(matches!(store.query(|_| Ok(())), Err(Error::NewerFile(..))));
    assert!(matches!(store.write(|_| Ok(())), Err(Error::NewerFile(..))));
}

#[test]
fn a_file_that_is_no_database_is_damaged_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let text = "These are notes, not a database. ".repeat(100);
    std::fs::write(&path, &text).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert_eq!(crate::ApiError::from(error), crate::ApiError::Damaged);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

/// Who takes the lock waits for it in vain, because this thread has it, and fails.
#[test]
fn a_file_is_opened_and_read_while_another_process_writes_and_nothing_of_that_is_seen() {
    let phone = Phone::local(1);
    phone.card("Bakery", &[todo(1, "Call", "2026-11-23")]);
    let app = Connection::open(&phone.path).unwrap();
    app.execute_batch("BEGIN IMMEDIATE; DELETE FROM todo").unwrap();
    let other = Connection::open(&phone.path).unwrap();
    other.busy_timeout(Duration::ZERO).unwrap();
    assert!(other.execute_batch("BEGIN IMMEDIATE").is_err(), "the app has the lock");

    let widget = Client::open_beside(&phone.path, phone.env.clone()).unwrap();
    assert_eq!(widget.today(Period::Today, 10).unwrap().matching, 1);
    app.execute_batch("COMMIT").unwrap();
    assert_eq!(widget.today(Period::Today, 10).unwrap().matching, 0);
}

#[test]
fn edits_are_synced_to_disk_and_what_is_deleted_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("roadbook.sqlite")).unwrap();
    let pragma = |connection: &Connection, name: &str| {
        connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0)).unwrap()
    };
    store
        .write(|tx| {
            assert_eq!(pragma(tx, "synchronous"), 2.into());
            assert_eq!(pragma(tx, "secure_delete"), 1.into());
            assert_eq!(pragma(tx, "journal_mode"), "wal".to_owned().into());
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_schema_is_this() {
    let mut fresh = Connection::open_in_memory().unwrap();
    migrate(&mut fresh).unwrap();
    let mut statement = fresh
        .prepare(
            "SELECT t.name || ': ' || group_concat(c.name || ' ' || c.type, ', ')
             FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' GROUP BY t.name ORDER BY t.name",
        )
        .unwrap();
    let tables = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let tables = tables.collect::<Result<Vec<_>, _>>().unwrap().join("\n");
    insta::assert_snapshot!(tables, @r"
    base_change: document BLOB, n INTEGER, hash BLOB, change BLOB
    card: document BLOB, product BLOB, name TEXT, search TEXT, status BLOB, shown BLOB, shown_until INTEGER, then_shown BLOB, owner BLOB, trash INTEGER, fields BLOB, last_contact INTEGER, conflicts INTEGER, next_due INTEGER, has_open INTEGER, created INTEGER
    contact: document BLOB, sort TEXT, given_name TEXT, family_name TEXT, search TEXT, place BLOB, trash INTEGER, fields BLOB, creator BLOB, conflicts INTEGER
    detail: document BLOB, detail BLOB, sort TEXT, label TEXT, value TEXT, key TEXT
    document: id BLOB, kind INTEGER, saved BLOB, heads BLOB, authors BLOB, receipt BLOB, as_of INTEGER, term BLOB, damage TEXT, stale INTEGER
    due_move: document BLOB, todo BLOB, at INTEGER, from_due TEXT, to_due TEXT
    entry: document BLOB, entry BLOB, kind TEXT, at INTEGER, text TEXT
    fact: document BLOB, facts BLOB
    indexed: n INTEGER, document BLOB
    link: document BLOB, link BLOB, target BLOB, role TEXT
    meta: key TEXT, value BLOB
    outbox: n INTEGER, document BLOB, kind INTEGER, hash BLOB, change BLOB, origin BLOB, made_at INTEGER, original BLOB, state INTEGER
    pending_settings: kind INTEGER, id BLOB, version INTEGER, row BLOB, receipt BLOB
    pending_tombstone: document BLOB
    quarantine: n INTEGER, document BLOB, kind INTEGER, title TEXT, edits BLOB, change BLOB, reason BLOB, made_at INTEGER, at INTEGER, original BLOB
    retained_closing: document BLOB, todo BLOB, state TEXT, closed_on TEXT
    sealed: n INTEGER, nonce BLOB, bytes BLOB
    settings: kind INTEGER, id BLOB, version INTEGER, row BLOB, receipt BLOB
    todo: document BLOB, todo BLOB, product BLOB, trash INTEGER, text TEXT, due TEXT, assignee BLOB, state TEXT, contact BLOB, open INTEGER, overdue_from INTEGER, closed_on TEXT, closed_by BLOB, card_due INTEGER, card_name TEXT
    tombstone: document BLOB, receipt BLOB
    unindexed: document BLOB
    unknown_entry: n INTEGER, kind INTEGER, body BLOB
    word: text , part 
    word_config: k , v 
    word_content: id INTEGER, c0 , c1 
    word_data: id INTEGER, block BLOB
    word_idx: segid , term , pgno
    ");
}
