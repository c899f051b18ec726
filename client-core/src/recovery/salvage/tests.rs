use std::collections::BTreeSet;
use std::io::{Seek, SeekFrom, Write};

use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::value::id::DocumentId;

use super::*;
use crate::store::outbox;
use crate::store::quarantine::{self, NewQuarantined, QuarantineReason};
use crate::testing::{Phone, todo};
use crate::value_edit::ValueEdit;

#[test]
fn what_was_unsent_in_a_damaged_file_is_in_the_new_one_and_the_damaged_one_is_kept() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[todo(1, "Call", "2026-11-24")]);
    phone.client.edit_card(card, &[CardCommand::Rename("Bakery Kovács".into())]).unwrap();
    let (path, env) = (phone.path.clone(), phone.env.clone());
    let view = phone.client.card(card).unwrap();
    let folder = phone.close();
    // The projections are damaged; the outbox is not.
    let broken = Connection::open(&path).unwrap();
    broken
        .execute_batch(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 1 WHERE name = 'card_board'",
        )
        .unwrap();
    drop(broken);
    let damaged = Client::open(&path, env.clone()).and_then(|client| client.check());
    assert_eq!(damaged.unwrap_err(), ApiError::Damaged);

    let salvage = Client::salvage(&path, env).unwrap();
    assert_eq!((salvage.saved, salvage.complete), (2, true));
    assert_eq!(salvage.client.card(card).unwrap(), view);
    assert_eq!(salvage.client.wrong_projections().unwrap(), []);
    assert!(salvage.damaged.exists());
    drop(folder);
}

#[test]
fn where_files_cannot_be_renamed_the_new_one_stands_beside_the_damaged_one_and_says_that_it_is_whole() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[todo(1, "Call", "2026-11-24")]);
    phone.client.edit_card(card, &[CardCommand::Rename("Bakery Kovács".into())]).unwrap();
    let (path, env) = (phone.path.clone(), phone.env.clone());
    let view = phone.client.card(card).unwrap();
    let folder = phone.close();
    let broken = Connection::open(&path).unwrap();
    broken
        .execute_batch(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 1 WHERE name = 'card_board'",
        )
        .unwrap();
    drop(broken);
    let before = std::fs::read(&path).unwrap();
    let beside = swap::beside(&path, "-1");

    // One that was cut off before its end is none.
    drop(Client::open_alone(&beside, env.clone()).unwrap());
    assert!(!Client::is_salvage(&beside) && !Client::is_salvage(&path));
    std::fs::remove_file(&beside).unwrap();

    assert_eq!(Client::salvage_beside(&path, &beside, env.clone()), Ok((2, true)));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert!(Client::is_salvage(&beside) && !Client::is_salvage(&path));
    let client = Client::open_alone(&beside, env.clone()).unwrap();
    assert_eq!(client.card(card).unwrap(), view);
    drop(client);
    assert!(Client::is_salvage(&beside));

    // A file of a later version is not damaged.
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 1_000).unwrap();
    let third = swap::beside(&path, "-2");
    assert_eq!(Client::salvage_beside(&path, &third, env), Err(ApiError::AppTooOld));
    assert!(!third.exists());
    drop(folder);
}

#[test]
fn a_document_of_which_a_change_is_lost_does_not_cost_the_others_theirs_and_its_edits_can_be_read() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    let other = phone.card("Garage", &[]);
    for name in ["Lost", "Kept"] {
        phone.client.edit_card(card, &[CardCommand::Rename(name.into())]).unwrap();
    }
    let (path, env) = (phone.path.clone(), phone.env.clone());
    let folder = phone.close();
    let broken = Connection::open(&path).unwrap();
    broken.execute("UPDATE outbox SET change = x'ff' WHERE n = 3", []).unwrap();
    drop(broken);

    let salvage = Client::salvage(&path, env).unwrap();
    assert_eq!((salvage.saved, salvage.complete), (3, false));
    assert_eq!(salvage.client.card(other).unwrap().row.name, "Garage");
    // What was made before the lost edit stands; what was built on it is told.
    assert_eq!(
        (salvage.client.card(card).unwrap().row.name.as_str(), salvage.client.unsent_count()),
        ("Bakery", Ok(2))
    );
    let kept = salvage.client.quarantine().unwrap();
    let names = kept.iter().flat_map(|item| &item.edits).filter_map(|edit| match edit {
        ValueEdit::Put { name, value, .. } if name == "name" => Some(value.as_str()),
        _ => None,
    });
    assert_eq!((names.collect::<Vec<_>>(), kept.len()), (vec!["Kept"], 2));
    assert!(kept.iter().all(|item| item.reason == QuarantineReason::Damaged));
    let told = kept.iter().find(|item| !item.edits.is_empty()).unwrap();
    salvage.client.reapply(told.n).unwrap();
    assert_eq!(salvage.client.card(card).unwrap().row.name, "Kept");
    drop(folder);
}

#[test]
fn what_was_in_the_quarantine_of_a_damaged_file_is_in_that_of_the_new_one() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    let unsent = phone.client.store().read(|c| outbox::of_document(c, card)).unwrap();
    let put = |tx: &Transaction<'_>, id| {
        let change = &unsent[0].change;
        let (kind, edits) = (DocumentTypeId::CARD, ValueEdit::alone(change));
        let (title, reason, at) = ("Bakery", QuarantineReason::Forgotten, crate::testing::NOW);
        let item = NewQuarantined { document: id, kind, title, edits, change, original: None, reason, at };
        quarantine::push(tx, &item)
    };
    phone
        .client
        .store()
        .write(|tx| (1..=2).try_for_each(|n| put(tx, DocumentId::from_bytes([n; 16]))))
        .unwrap();
    let before = phone.client.quarantine().unwrap();
    let (path, env) = (phone.path.clone(), phone.env.clone());
    let folder = phone.close();
    let salvage = Client::salvage(&path, env.clone()).unwrap();
    assert_eq!((salvage.client.quarantine().unwrap(), salvage.complete), (before.clone(), true));
    drop(salvage.client);
    let broken = Connection::open(&path).unwrap();
    broken.execute("UPDATE quarantine SET reason = x'ff' WHERE n = 1", []).unwrap();
    drop(broken);
    let salvage = Client::salvage(&path, env).unwrap();
    let left: Vec<_> = salvage.client.quarantine().unwrap().iter().map(|item| item.document).collect();
    assert_eq!((left, salvage.complete), (before.iter().map(|item| item.document).collect(), false));
    assert_eq!(salvage.client.quarantine().unwrap()[1].reason, QuarantineReason::Damaged);
    drop(folder);
}

#[test]
fn a_file_of_which_nothing_can_be_read_is_replaced_and_the_report_says_so() {
    let phone = Phone::local(1);
    phone.card("Bakery", &[]);
    let (path, env) = (phone.path.clone(), phone.env.clone());
    let folder = phone.close();
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(&[0x5a; 8192]).unwrap();
    drop(file);
    assert_eq!(Client::open(&path, env.clone()).unwrap_err(), ApiError::Damaged);
    let salvage = Client::salvage(&path, env.clone()).unwrap();
    assert_eq!((salvage.saved, salvage.complete), (0, false));
    salvage.client.begin_local_workspace(crate::testing::zone("UTC"), "en").unwrap();
    // A second damage does not overwrite what is left of the first.
    drop(salvage.client);
    let again = Client::salvage(&path, env).unwrap();
    assert_ne!(again.damaged, salvage.damaged);
    assert!(salvage.damaged.exists() && again.complete);
    drop(folder);
}

#[test]
fn a_salvage_that_found_no_room_leaves_everything_where_it_was() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    let (path, env) = (phone.path.clone(), phone.env.clone());
    let folder = phone.close();
    // A folder stands where the new file is to be made: it cannot be made, as on a full disk.
    let names = || -> BTreeSet<_> {
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        // The lock is empty and stays.
        names.filter(|name| !name.to_string_lossy().ends_with(".lock")).collect()
    };
    let blocked = folder.path().join("roadbook.sqlite.new");
    std::fs::create_dir(&blocked).unwrap();
    std::fs::write(blocked.join("in the way"), []).unwrap();
    let before = names();
    assert!(Client::salvage(&path, env.clone()).is_err());
    assert_eq!(names(), before);
    std::fs::remove_dir_all(&blocked).unwrap();
    let salvage = Client::salvage(&path, env).unwrap();
    assert_eq!((salvage.saved, salvage.complete), (1, true));
    assert!(salvage.client.card(card).is_ok());
}

#[test]
fn new_files_and_folders_are_readable_by_their_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/of/roadbook.sqlite");
    let client = Client::open(&path, Phone::blank(1).env.clone()).unwrap();
    client.begin_local_workspace(crate::testing::zone("UTC"), "en").unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path().join("new")), 0o700);
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_salvage_killed_before_any_operation_changed_nothing_or_is_finished_by_the_next_opening() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    let env = || phone.env.clone();
    for operations in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("roadbook.sqlite");
        // As a killed app leaves it: the file, and the log with everything in it.
        for end in ["", "-wal"] {
            std::fs::copy(swap::beside(&phone.path, end), swap::beside(&path, end)).unwrap();
        }
        // And as an earlier salvage that was killed leaves it.
        std::fs::write(swap::beside(&path, ".new"), b"half a file").unwrap();
        std::fs::write(swap::beside(&path, ".new-wal"), b"half a log").unwrap();
        let log = std::fs::read(swap::beside(&path, "-wal")).unwrap();
        swap::kill::after(Some(operations));
        let salvage = Client::salvage(&path, env());
        swap::kill::after(None);
        let is_log = |end: &str| std::fs::read(swap::beside(&path, end)).is_ok_and(|bytes| bytes == log);
        assert!(is_log("-wal") || is_log(".damaged-1-wal"), "{operations}: the log is thrown away");
        let is_done = salvage.is_ok();
        drop(salvage);

        let client = Client::open(&path, env()).unwrap();
        assert!(client.card(card).is_ok(), "after {operations} operations");
        drop(client);
        let again = Client::salvage(&path, env()).unwrap();
        assert_eq!((again.saved, again.complete), (1, true), "after {operations} operations");
        assert!(again.client.card(card).is_ok() && again.damaged.exists());
        if is_done {
            assert!(operations >= 7, "{operations} operations");
            return;
        }
    }
}

#[test]
fn a_folder_and_a_file_of_a_later_app_are_not_damaged_files_and_stay_as_they_are() {
    let phone = Phone::local(1);
    let (path, env) = (phone.path.clone(), phone.env.clone());
    let folder = phone.close();
    let refused = |place: &Path| Client::salvage(place, env.clone()).err();
    assert!(refused(folder.path()).is_some());
    assert!(path.is_file(), "the folder is where it was");
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 9_999).unwrap();
    drop(newer);
    let before = std::fs::read(&path).unwrap();
    assert_eq!(refused(&path), Some(ApiError::AppTooOld));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
