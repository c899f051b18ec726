//! One field of one card is edited, and is on disk when the call returns.

use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::value::id::DocumentId;
use rusqlite::{Connection, TransactionBehavior};

use crate::dataset;
use crate::measure::{Figure, Table, cpu};
use crate::office::Office;
use crate::phone::Phone;

/// Edits of one run, each of another card.
const EDITS: usize = 300;

pub fn run(table: &mut Table) {
    for count in [1_000, 10_000] {
        let phone = Office::shared(count).synced_phone();
        let mut floor = phone.by_hand();
        let (mut edited, mut written) = (f64::INFINITY, f64::INFINITY);
        for cards in phone.cards.chunks_exact(EDITS).take(3) {
            edited = edited.min(cpu(|| edit(&phone, cards)).0 / EDITS as f64);
            written = written.min(cpu(|| write(&mut floor, cards)).0 / EDITS as f64);
        }
        let figure = Figure::new(edited, "us CPU").beside(written);
        let figure = if count == 10_000 { figure.times_floor(3.0) } else { figure };
        table.row(format!("durable edit of one field, {count} cards"), figure);
    }
}

fn edit(phone: &Phone, cards: &[DocumentId]) {
    let field = dataset::field("f06");
    for (n, card) in cards.iter().enumerate() {
        let command = CardCommand::SetField(field, format!("{n:06}"));
        let changes = phone.client.edit_card(*card, &[command]).unwrap();
        assert!(changes.documents.contains(card));
    }
}

/// The floor: in one transaction read what is stored of the card, add a row of the same size to the
/// outbox and rewrite the card's row.
fn write(file: &mut Connection, cards: &[DocumentId]) {
    let (hash, change) = ([7_u8; 32], vec![7_u8; 120]);
    for (n, card) in cards.iter().enumerate() {
        let id = card.as_bytes();
        let tx = file.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        let stored: (Vec<u8>, Vec<u8>, Vec<u8>) = tx
            .prepare_cached("SELECT saved, heads, authors FROM document WHERE id = ?1")
            .unwrap()
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap();
        let unsent: Vec<Vec<u8>> = tx
            .prepare_cached("SELECT change FROM outbox WHERE document = ?1 ORDER BY n")
            .unwrap()
            .query_map([id], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let mut fields: Vec<u8> = tx
            .prepare_cached("SELECT fields FROM card WHERE document = ?1")
            .unwrap()
            .query_row([id], |row| row.get(0))
            .unwrap();
        std::hint::black_box((stored, unsent));
        fields[n % 50 + 50] ^= 1;
        tx.prepare_cached(
            "INSERT INTO outbox (document, kind, hash, change, made_at) VALUES (?1, 1, ?2, ?3, ?4)",
        )
        .unwrap()
        .execute((id, hash, &change, dataset::NOW.millis()))
        .unwrap();
        tx.prepare_cached("UPDATE card SET fields = ?2 WHERE document = ?1")
            .unwrap()
            .execute((id, fields))
            .unwrap();
        tx.commit().unwrap();
    }
}
