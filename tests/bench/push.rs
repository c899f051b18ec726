//! What a push costs the server beside what merging and storing it by hand costs.

use roadbook_domain::crm::command::CardCommand;

use crate::dataset;
use crate::floor::merge::Push;
use crate::measure::{Figure, Table, cpu};
use crate::office::Office;

/// Changes of one push: as many as a request may hold.
const CHANGES: usize = 500;

pub fn run(table: &mut Table) {
    let office = Office::with(3_000);
    let phone = office.synced_phone();
    let mut cards = phone.cards.iter();
    for each in [1, 20] {
        let (mut pushed, mut by_hand) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..3 {
            let cards: Vec<_> = cards.by_ref().take(CHANGES / each).collect();
            for n in 0..each {
                for card in &cards {
                    let command = CardCommand::SetField(dataset::field("f06"), format!("{n:06}"));
                    phone.client.edit_card(**card, &[command]).unwrap();
                }
            }
            let mut floor = Push::of(&office.cards[..CHANGES / each], each);
            by_hand = by_hand.min(cpu(|| floor.take()).0);
            office.line.take_spent();
            let report = office.sync(&phone);
            assert_eq!(report.counts.acknowledged as usize, CHANGES);
            pushed = pushed.min(office.line.take_spent().server);
        }
        let each_change = |us: f64| us / CHANGES as f64;
        let figure = Figure::new(each_change(pushed), "us CPU").beside(each_change(by_hand));
        table.row(format!("push of {CHANGES} changes, {each} a card: one change"), figure);
    }
}
