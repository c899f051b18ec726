//! What is asked while one types: a search at each letter, and whose number it is that calls.

use std::sync::Arc;

use roadbook_client::{Batch, NewContact};
use roadbook_domain::crm::command::ContactCommand;
use roadbook_domain::crm::row::{ContactSort, DetailSort};
use roadbook_domain::document::OriginKind;
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::id::PartId;

use crate::dataset::{self, Card, NOW};
use crate::measure::{Figure, Table, cpu, latency};
use crate::phone::{Phone, new_card};

/// How many results of each kind a screen shows.
const SHOWN: u32 = 20;
/// The cards whose words are typed.
const TYPED: usize = 20;

pub fn run(table: &mut Table) {
    for count in [10_000, 100_000] {
        let (cards, contacts) = (dataset::cards(count), count / 5);
        let phone = phone_with(&cards, contacts);
        let judge = |figure: Figure, bar| if count == 100_000 { figure.at_most(bar) } else { figure };

        let before = empty_index(&phone);
        let (micros, ()) = cpu(|| while phone.client.rebuild_some(64).unwrap().0 {});
        table.note(format!("index of words made, {count} cards"), micros / 1e3, "ms CPU");
        table.note("  by which the file grew", (file_size(&phone) - before) / 1e6, "MB");

        let letters = typed(&cards);
        for (share, what) in [(0.5, "p50"), (0.95, "p95")] {
            let mut found = 0;
            let each = latency(share, letters.len(), |n| {
                let all = phone.client.search(&letters[n], SHOWN).unwrap();
                found += all.cards.len() + all.contacts.len() + all.todos.len() + all.entries.len();
            });
            assert!(found > letters.len(), "a search that finds nothing measures nothing");
            let figure = Figure::new(each / 1e3, "ms");
            let figure = if share > 0.9 { judge(figure, 15.0) } else { figure };
            table.row(format!("search as it is typed, {what}, {count} cards, {contacts} contacts"), figure);
        }
        let caller = latency(0.95, 1_000, |n| {
            assert_eq!(phone.client.find_caller(&number(n * 7 % contacts), 10).unwrap().len(), 1);
        });
        table.row(
            format!("caller looked up, p95, {contacts} contacts"),
            judge(Figure::new(caller / 1e3, "ms"), 2.0),
        );
    }
}

/// What stands in the field at each letter: a name, a todo and a note of some cards, at most two words of each.
fn typed(cards: &[Card]) -> Vec<String> {
    let some = cards.iter().step_by((cards.len() / TYPED).max(1));
    let texts = some.flat_map(|card| {
        let todo = card.todos.first().map(|todo| todo.text.as_str());
        let entry = card.history.first().map(|event| event.text.as_str());
        [Some(card.name.as_str()), todo, entry].into_iter().flatten()
    });
    let words = texts.map(|text| text.split(' ').take(2).collect::<Vec<_>>().join(" "));
    let letters = words.flat_map(|text| {
        let ends: Vec<usize> = text.char_indices().map(|(at, letter)| at + letter.len_utf8()).collect();
        ends.into_iter().map(|end| text[..end].to_owned()).collect::<Vec<_>>()
    });
    letters.collect()
}

/// A phone that never met a server: for what is measured here that makes no difference.
fn phone_with(cards: &[Card], contacts: usize) -> Phone {
    let phone = Phone::new(Arc::new(SeededEnv::new(1, NOW)));
    phone.client.begin_local_workspace(dataset::zone(), "en-GB").unwrap();
    for some in cards.chunks(500) {
        let add = |batch: &mut Batch<'_>| {
            some.iter().try_for_each(|card| batch.create_card(&new_card(card)).map(drop))
        };
        phone.client.batch(OriginKind::IMPORT, add).unwrap();
    }
    let numbers: Vec<usize> = (0..contacts).collect();
    for some in numbers.chunks(500) {
        let contact = |n: &usize| NewContact {
            sort: ContactSort::Person,
            commands: vec![
                ContactCommand::Rename {
                    given: format!("Given{}", n % 300),
                    family: format!("Family{}", n % 2_000),
                },
                ContactCommand::SetDetail {
                    id: PartId::from_bytes([1; 6]),
                    sort: DetailSort::Phone,
                    label: String::new(),
                    value: number(*n),
                },
            ],
        };
        let add =
            |batch: &mut Batch<'_>| some.iter().try_for_each(|n| batch.create_contact(&contact(n)).map(drop));
        phone.client.batch(OriginKind::IMPORT, add).unwrap();
    }
    phone
}

fn number(n: usize) -> String {
    format!("+3630{n:07}")
}

/// Lets the words be indexed once more, as after a first sync; the bytes of the file without them.
fn empty_index(phone: &Phone) -> f64 {
    let file = rusqlite::Connection::open(phone.path()).unwrap();
    file.execute_batch(
        "DELETE FROM word_content; INSERT INTO word (word) VALUES ('rebuild'); DELETE FROM indexed;
         INSERT INTO unindexed SELECT document FROM card UNION SELECT document FROM contact; VACUUM",
    )
    .unwrap();
    drop(file);
    file_size(phone)
}

/// The bytes of the file, its log written back.
fn file_size(phone: &Phone) -> f64 {
    let file = rusqlite::Connection::open(phone.path()).unwrap();
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    std::fs::metadata(phone.path()).unwrap().len() as f64
}
