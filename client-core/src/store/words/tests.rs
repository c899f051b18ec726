use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewEntry};
use roadbook_domain::crm::row::DetailSort;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::todo::Outcome;

use super::*;
use crate::store::swap;
use crate::testing::{Phone, part, todo};

/// The names of the cards that a search finds, by what they are called, what is to be done and what was said.
fn found(phone: &Phone, text: &str) -> Vec<String> {
    let found = phone.client.search(text, 99).unwrap();
    let cards = found.cards.into_iter().map(|(_, card)| card.name);
    let todos = found.todos.into_iter().map(|(_, card, _)| card);
    let names = cards.chain(todos).chain(found.entries.into_iter().map(|entry| entry.name));
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

fn write(phone: &Phone, sql: &str) {
    phone.client.store().write(|tx| Ok(tx.execute_batch(sql)?)).unwrap();
}

fn is_sound(phone: &Phone) -> bool {
    phone.client.store().write(super::is_sound).unwrap()
}

fn left_of(phone: &Phone) -> usize {
    phone.client.store().read(|connection| unindexed(connection, 99)).unwrap().len()
}

/// Whether these bytes stand anywhere in the file.
fn is_in_file(phone: &Phone, word: &str) -> bool {
    phone.client.store().clear_log().unwrap();
    let log = std::fs::read(swap::beside(&phone.path, "-wal")).unwrap();
    let bytes = [std::fs::read(&phone.path).unwrap(), log].concat();
    bytes.windows(word.len()).any(|bytes| bytes == word.as_bytes())
}

fn note(n: u8, text: &str) -> CardCommand {
    CardCommand::AddEntry(NewEntry {
        id: part(n),
        kind: "note".to_owned(),
        at: Timestamp::from_millis(i64::from(n)),
        text: text.to_owned(),
        by: None,
        person: None,
        place: String::new(),
    })
}

#[test]
fn a_word_is_found_by_its_beginning_and_by_no_other_part_of_it() {
    let phone = Phone::local(1);
    phone.card("Kispékség", &[todo(1, "Árajánlat küldése", "2026-11-23"), note(2, "C++ és C# kell & R+D")]);
    for text in ["k", "kispek", "KISPÉKSÉG", "kuldese araj", "c++", "c#", "r+", "&", "es kell"] {
        assert_eq!(found(&phone, text), ["Kispékség"], "{text}");
    }
    for text in
        ["pekseg", "ispek", "jánlat", "kispek araj", "c++ c# kuld", "\"", "*", "- OR k*", "a:b", "NEAR(k)"]
    {
        assert_eq!(found(&phone, text), Vec::<String>::new(), "{text}");
    }
    let person = ContactCommand::Rename { given: "Éva".to_owned(), family: "Kovács".to_owned() };
    let (label, value) = (String::new(), "eva@nova.example".to_owned());
    let mail = ContactCommand::SetDetail { id: part(1), sort: DetailSort::Email, label, value };
    let firm = phone.company("Nova", &[person, mail]);
    for text in ["eva kov", "eva@nova", "nova.example"] {
        let contacts = phone.client.search(text, 9).unwrap().contacts;
        assert_eq!(contacts.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), [firm], "{text}");
    }
}

#[test]
fn what_was_reworded_is_found_by_its_words_of_now() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[todo(1, "Call", "2026-11-23"), note(2, "Wants rye")]);
    let edit = |command| phone.client.edit_card(card, &[command]).map(drop).unwrap();
    edit(CardCommand::Rename("Mill".to_owned()));
    edit(CardCommand::RewordTodo(part(1), "Visit".to_owned()));
    assert_eq!((found(&phone, "bakery"), found(&phone, "call")), (vec![], vec![]));
    assert_eq!(
        (found(&phone, "mill"), found(&phone, "visit")),
        (vec!["Mill".to_owned()], vec!["Mill".to_owned()])
    );
    edit(CardCommand::Close(part(1), Outcome::Success));
    assert_eq!(found(&phone, "visit"), Vec::<String>::new());
    edit(CardCommand::Reopen(part(1)));
    assert_eq!(found(&phone, "visit"), ["Mill"]);
    assert_eq!((left_of(&phone), is_sound(&phone)), (0, true));
    assert_eq!(phone.client.wrong_projections().unwrap(), []);
}

#[test]
fn a_search_finds_the_same_before_and_after_what_came_is_indexed() {
    let phone = Phone::local(1);
    for n in 0..40_u8 {
        phone.card(&format!("Bakery {n}"), &[todo(1, "Call them", "2026-11-23"), note(2, "Wants rye")]);
    }
    let texts = ["b", "bakery 1", "call", "rye", "them call", "wants x"];
    let indexed = texts.map(|text| phone.client.search(text, 99).unwrap());
    assert!(indexed[..5].iter().all(|found| *found != Default::default()));
    for left in [40, 33, 1, 0] {
        write(&phone, &format!("INSERT OR IGNORE INTO unindexed SELECT document FROM card LIMIT {left}"));
        assert_eq!(texts.map(|text| phone.client.search(text, 99).unwrap()), indexed, "{left} unindexed");
        while phone.client.rebuild_some(9).unwrap().0 {}
        assert_eq!(left_of(&phone), 0);
        assert_eq!(texts.map(|text| phone.client.search(text, 99).unwrap()), indexed);
    }
    assert!(is_sound(&phone));
}

#[test]
fn words_that_are_not_those_of_a_document_are_told() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[note(1, "Wants rye")]);
    let spoils = [
        "UPDATE word SET text = 'dspoilt' WHERE text LIKE 'd%'",
        "DELETE FROM word WHERE text LIKE 'a%'",
        "INSERT INTO word (rowid, part, text) SELECT max(rowid) + 1, x'', 'done' FROM word",
        "DELETE FROM indexed",
    ];
    for spoil in spoils {
        write(&phone, &format!("SAVEPOINT before; {spoil}"));
        assert_eq!(phone.client.wrong_projections().unwrap(), [card], "{spoil}");
        phone.client.store().write(begin_anew).unwrap();
        assert_eq!(phone.client.wrong_projections().unwrap(), []);
        while phone.client.rebuild_some(9).unwrap().0 {}
        assert_eq!((phone.client.wrong_projections().unwrap(), is_sound(&phone)), (vec![], true));
    }
}

#[test]
fn a_damaged_index_costs_no_edit_and_is_made_anew() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[note(1, "Wants rye")]);
    let damage = "UPDATE word_data SET block = x'00000000ffffffffffffffff' WHERE id > 1";
    write(&phone, damage);
    assert_eq!(found(&phone, "rye"), ["Bakery"], "whoever meets it repairs it");
    while phone.client.rebuild_some(9).unwrap().0 {}
    assert!(is_sound(&phone));

    write(&phone, damage);
    phone.client.edit_card(card, &[note(2, "And wheat"), CardCommand::Rename("Mill".to_owned())]).unwrap();
    assert_eq!(
        (found(&phone, "wheat"), found(&phone, "mill")),
        (vec!["Mill".to_owned()], vec!["Mill".to_owned()])
    );
    while phone.client.rebuild_some(9).unwrap().0 {}
    assert_eq!((found(&phone, "rye"), is_sound(&phone)), (vec!["Mill".to_owned()], true));
}

#[test]
fn no_word_of_a_document_that_left_stays_in_the_file() {
    let phone = Phone::local(1);
    phone.card("Bakery", &[]);
    let card = phone.card("Mill", &[note(1, "Xylographer"), todo(2, "Quagmire", "2026-11-23")]);
    phone.client.edit_card(card, &[CardCommand::RewordTodo(part(2), "Zwieback".to_owned())]).unwrap();
    // Long words stand in one piece: the index leaves out what a word has in common with the one before.
    assert!(is_in_file(&phone, "xylographer") && is_in_file(&phone, "zwieback"));
    let forget = |tx: &Transaction<'_>| {
        tx.execute("DELETE FROM outbox WHERE document = ?1", [card.as_bytes()])?;
        crate::store::forget(tx, card)
    };
    phone.client.store().write(forget).unwrap();
    assert_eq!(found(&phone, "mill"), Vec::<String>::new());
    while phone.client.rebuild_some(9).unwrap().0 {}
    for word in ["ylographer", "wieback", "uagmire"] {
        assert!(!is_in_file(&phone, word), "{word}");
    }
    assert_eq!((found(&phone, "mill"), is_sound(&phone)), (vec![], true));
}

#[test]
fn where_very_many_have_a_word_a_search_looks_at_those_that_came_last() {
    let phone = Phone::local(1);
    let many = MOST_HITS + 20;
    let cards: Vec<_> = (0..many).map(|n| phone.card(&format!("Bakery {n}"), &[])).collect();
    let all = phone.client.search("bak", many).unwrap().cards;
    let all: BTreeSet<_> = all.into_iter().map(|(id, _)| id).collect();
    assert_eq!(all, cards.iter().skip(20).copied().collect());
    let rare = (0..many).filter(|n| n.to_string().starts_with("21")).map(|n| format!("Bakery {n}"));
    assert_eq!(found(&phone, "bak 21"), rare.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>());
}

#[test]
fn what_is_new_in_an_old_card_is_among_what_came_last() {
    let phone = Phone::local(1);
    let old = phone.card("Old", &[note(1, "Rye")]);
    for n in 0..MOST_HITS / 2 {
        phone.card(&format!("Card {n}"), &[note(1, "Rye"), note(2, "Rye")]);
    }
    let in_old = || {
        let entries = phone.client.search("rye", MOST_HITS).unwrap().entries;
        entries.into_iter().filter(|entry| entry.document == old).map(|entry| entry.entry).collect::<Vec<_>>()
    };
    assert_eq!(in_old(), []);
    phone.client.edit_card(old, &[note(2, "Rye")]).unwrap();
    assert_eq!(in_old(), [part(2)]);
    // Its number is one of the last now, and is used again.
    for n in 3..9 {
        phone.client.edit_card(old, &[note(n, "Oats")]).unwrap();
    }
    let sql = "SELECT count(*) FROM indexed WHERE document = ?1";
    let count = |connection: &Connection| Ok(connection.query_row(sql, [old.as_bytes()], |row| row.get(0))?);
    assert_eq!((phone.client.store().read(count).unwrap(), is_sound(&phone)), (2, true));
    assert_eq!(phone.client.wrong_projections().unwrap(), []);
}

#[test]
fn a_card_with_more_texts_than_a_number_has_rows_is_found_by_all_and_leaves_none() {
    let phone = Phone::local(1);
    let notes: Vec<_> = (0..150_u8).map(|n| note(n, &format!("Note number {n}"))).collect();
    let card = phone.card("Bakery", &notes);
    let count = |text: &str| phone.client.search(text, 200).unwrap().entries.len();
    assert_eq!((count("number"), count("number 149"), count("note 7")), (150, 1, 11));
    phone.client.edit_card(card, &[note(150, "Note number 150")]).unwrap();
    assert_eq!((count("number"), is_sound(&phone)), (151, true));
    assert_eq!(phone.client.wrong_projections().unwrap(), []);
    phone.client.store().write(|tx| crate::store::forget(tx, card)).unwrap();
    while phone.client.rebuild_some(9).unwrap().0 {}
    let left = |connection: &Connection| {
        Ok(connection.query_row("SELECT count(*) FROM word", [], |row| row.get(0))?)
    };
    assert_eq!((count("number"), phone.client.store().read(left).unwrap()), (0, 0));
}

#[test]
fn closed_todos_are_not_in_the_way_of_open_ones() {
    let phone = Phone::local(1);
    for n in 0..MOST_HITS {
        let close = CardCommand::Close(part(1), Outcome::Success);
        phone.card(&format!("Closed {n}"), &[todo(1, "Call them", "2026-11-23"), close]);
    }
    let open = phone.card("Open", &[todo(1, "Call them", "2026-11-23")]);
    phone
        .card("Closed", &[todo(1, "Call them", "2026-11-23"), CardCommand::Close(part(1), Outcome::Success)]);
    let found = phone.client.search("call", 9).unwrap().todos;
    assert_eq!(found.into_iter().map(|(card, ..)| card).collect::<Vec<_>>(), [open]);
    let stored = |connection: &Connection| {
        Ok(connection
            .query_row("SELECT count(*) FROM word WHERE word MATCH 'ccall'", [], |row| row.get(0))?)
    };
    let stored: u32 = phone.client.store().read(stored).unwrap();
    assert_eq!(stored, 1);
}

#[test]
fn a_file_is_not_damaged_because_its_index_is() {
    let phone = Phone::local(1);
    phone.card("Bakery", &[note(1, "Wants rye")]);
    write(&phone, "UPDATE word_data SET block = x'00000000ffffffffffffffff' WHERE id > 1");
    phone.client.store().read(crate::store::check).unwrap();
}
