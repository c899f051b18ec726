//! What a push costs the server beside what the guard and the merge cost alone.

use roadbook_domain::crm::card;
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::document::Document;
use roadbook_domain::document::Writer;
use roadbook_domain::document::change::Change;
use rusqlite::Connection;

use crate::dataset;
use crate::measure::{Figure, Table, cpu};
use crate::office::Office;
use crate::phone::Phone;

/// Changes of one push: as many as a request may hold.
const CHANGES: usize = 500;

pub fn run(table: &mut Table) {
    let office = Office::with(3_000);
    let phone = office.synced_phone();
    let mut cards = phone.cards.iter();
    for each in [1, 20] {
        let (mut pushed, mut alone) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..3 {
            let cards: Vec<_> = cards.by_ref().take(CHANGES / each).collect();
            for n in 0..each {
                for card in &cards {
                    let command = CardCommand::SetField(dataset::field("f06"), format!("{n:06}"));
                    phone.client.edit_card(**card, &[command]).unwrap();
                }
            }
            alone = alone.min(guard_and_merge(&office, &phone));
            office.line.take_spent();
            let report = office.sync(&phone);
            assert_eq!(report.counts.acknowledged as usize, CHANGES);
            pushed = pushed.min(office.line.take_spent().server);
        }
        let each_change = |us: f64| us / CHANGES as f64;
        let figure = Figure::new(each_change(pushed), "us CPU").beside(each_change(alone)).times_floor(1.6);
        table.row(format!("push of {CHANGES} changes, {each} a card: one change"), figure);
    }
}

/// The floor: what a server must do with the phone's unsent changes before it may log them, and no
/// more; microseconds of CPU time.
fn guard_and_merge(office: &Office, phone: &Phone) -> f64 {
    let file = phone.file();
    let mut statement = file.prepare("SELECT document, change FROM outbox ORDER BY document, n").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let unsent: Vec<([u8; 16], Vec<u8>)> = rows.map(Result::unwrap).collect();
    let server = Connection::open(office.database()).unwrap();
    let mut saved = server.prepare("SELECT saved FROM document WHERE id = ?1").unwrap();
    let groups = unsent.chunk_by(|(a, _), (b, _)| a == b).map(|group| {
        let saved: Vec<u8> = saved.query_row([group[0].0], |row| row.get(0)).unwrap();
        (saved, group)
    });
    let groups: Vec<_> = groups.collect();
    let work = || {
        for (saved, changes) in &groups {
            let mut document = Document::load(&card::TYPE, saved).unwrap();
            for (_, bytes) in *changes {
                let change = Change::from_bytes(bytes).unwrap();
                document.judge(&change, Writer::Editor).unwrap();
                document.add(&change).unwrap();
            }
            document.prove().unwrap();
            let again = Document::load(&card::TYPE, &document.save()).unwrap();
            assert_eq!(again.heads(), document.heads());
        }
    };
    cpu(work).0
}
