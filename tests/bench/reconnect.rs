//! A phone that was away asks for news, and there is none.

use roadbook_client::Syncer;

use crate::measure::{Figure, Table, cpu};
use crate::office::Office;

const RECONNECTS: usize = 1_000;

pub fn run(table: &mut Table) {
    for count in [100, 1_000, 10_000] {
        let office = Office::shared(count);
        let phone = office.synced_phone();
        let mut syncer = Syncer::new(&phone.client);
        let mut reconnect = || office.block_on(syncer.sync(&office.line, &mut |_| {})).unwrap();
        let mut report = reconnect();
        let (mut server, mut phone) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..3 {
            office.line.take_spent();
            let all = cpu(|| (0..RECONNECTS).for_each(|_| report = reconnect())).0;
            let spent = office.line.take_spent().server;
            (server, phone) = (server.min(spent), phone.min(all - spent));
        }
        let row = |what: &str| format!("reconnect with nothing new, {count} cards: {what}");
        table.row(row("round trips"), Figure::new(report.round_trips as f64, "").at_most(1.0));
        table.row(row("up"), Figure::new(report.bytes_up as f64, "B").at_most(299.0));
        table.row(row("down"), Figure::new(report.bytes_down as f64, "B").at_most(299.0));
        table.note(row("1,000 of them, server"), server / 1e3, "ms CPU");
        table.note(row("1,000 of them, phone"), phone / 1e3, "ms CPU");
    }
}
