//! One field of one card is edited, and is on disk when the call returns.

use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::value::id::DocumentId;

use crate::dataset;
use crate::floor::phone::File;
use crate::measure::{Figure, Table, cpu};
use crate::office::Office;
use crate::phone::Phone;

/// Edits of one run, each of another card.
const EDITS: usize = 300;

pub fn run(table: &mut Table) {
    for count in [1_000, 10_000] {
        let office = Office::shared(count);
        let phone = office.synced_phone();
        let mut floor = File::of(&office.cards);
        let (mut edited, mut written) = (f64::INFINITY, f64::INFINITY);
        for (run, cards) in phone.cards.chunks_exact(EDITS).take(3).enumerate() {
            edited = edited.min(cpu(|| edit(&phone, cards)).0 / EDITS as f64);
            written = written.min(cpu(|| floor.edit(run * EDITS, EDITS)).0 / EDITS as f64);
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
