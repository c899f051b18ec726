//! Two phones edit offline, 200 times the same cards, and meet.

use roadbook_client::SyncReport;
use roadbook_domain::crm::command::CardCommand;

use crate::dataset::{self, NOW};
use crate::floor::merge::raw_bytes;
use crate::measure::{Figure, Table};
use crate::office::Office;
use crate::phone::Phone;

const EDITS: usize = 500;
const SHARED: usize = 200;

pub fn run(table: &mut Table) {
    let office = Office::with(1_000);
    let (anna, bela) = (office.synced_phone(), office.synced_phone());
    // What was sent before does not count.
    edit(&anna, "anna", 0);
    edit(&bela, "bela", EDITS - SHARED);
    let cards = &office.cards[..EDITS];
    let raw = raw_bytes(cards, "anna", "anna") + raw_bytes(cards, "bela", "bela");

    let first = office.sync(&anna);
    let both = office.sync(&bela);
    let second = office.sync(&anna);
    let trips = |reports: &[SyncReport]| reports.iter().map(|report| report.round_trips).sum::<u64>() as f64;
    let bytes = |reports: &[SyncReport]| {
        reports.iter().map(|report| report.bytes_up + report.bytes_down).sum::<u64>() as f64
    };
    let trips_bar = |trips| Figure::new(trips, "").at_most(2.0);
    table.row("two phones, 500 offline edits each: round trips of one", trips_bar(trips(&[first, second])));
    table.row("  round trips of the other", trips_bar(trips(&[both])));
    // Each change travels up once and down once, to the other phone.
    let moved = bytes(&[first, both, second]) / 1024.0;
    let floor = 2.0 * raw as f64 / 1024.0;
    table.row(
        "  bytes up and down, beside the raw changes",
        Figure::new(moved, "KiB").beside(floor).times_floor(1.0),
    );
    let lost = lost(&anna, &bela);
    table.row(
        "  edits that are neither shown nor a listed conflict",
        Figure::new(lost as f64, "").none_of(2 * EDITS),
    );
    assert_eq!(anna.client.state_hash(NOW).unwrap(), bela.client.state_hash(NOW).unwrap());
}

/// Edits 500 cards from one on: a field each, of which both phones write the same one.
fn edit(phone: &Phone, value: &str, from: usize) {
    for card in &phone.cards[from..from + EDITS] {
        let command = CardCommand::SetField(dataset::field("f10"), value.to_owned());
        phone.client.edit_card(*card, &[command]).unwrap();
    }
}

/// How many edits neither phone shows, not even as the losing side of a conflict.
fn lost(anna: &Phone, bela: &Phone) -> usize {
    let field = dataset::field("f10").to_string();
    let edited = &anna.cards[..2 * EDITS - SHARED];
    let all = edited.iter().enumerate().map(|(n, card)| {
        let [seen, same] = [anna, bela].map(|phone| {
            let card = phone.client.card(*card).unwrap();
            let shown =
                card.row.fields.iter().filter(|(name, _)| *name == field).map(|(_, value)| value.clone());
            let others = card.conflicts.iter().flat_map(|conflict| &conflict.others);
            shown.chain(others.cloned()).collect::<Vec<_>>()
        });
        let mut wanted = Vec::new();
        if n < EDITS {
            wanted.push("anna");
        }
        if n >= EDITS - SHARED {
            wanted.push("bela");
        }
        wanted
            .iter()
            .filter(|value| !(seen.iter().any(|s| s == *value) && same.iter().any(|s| s == *value)))
            .count()
    });
    all.sum()
}
