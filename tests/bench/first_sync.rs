//! A new phone takes 10,000 cards; a phone that has them asks for news.

use roadbook_client::SyncSession;
use roadbook_domain::read::today::Period;

use crate::floor::first_sync::FirstSync;
use crate::measure::{Figure, Table, cpu};
use crate::office::Office;
use crate::phone::Phone;

pub fn run(table: &mut Table) {
    for count in [1_000, 10_000] {
        let office = Office::shared(count);
        let by_hand = FirstSync::of(&office.cards);
        let (mut client, mut server, mut floor) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
        let (mut report, mut first_answer) = (None, 0);
        for _ in 0..3 {
            let mut phone = office.new_phone();
            office.line.take_spent();
            let (all, synced) = cpu(|| office.sync(&phone));
            let spent = office.line.take_spent();
            server = server.min(spent.server);
            client = client.min(all - spent.server);
            first_answer = spent.first_answer;
            phone.read_ids();
            assert_eq!(phone.cards.len(), count + 1, "all cards, and the inbox of the user");
            let mut empty = by_hand.new_phone();
            floor = floor.min(cpu(|| by_hand.run(&mut empty)).0);
            report = Some(synced);
        }
        let report = report.unwrap();
        let ms = |us: f64| Figure::new(us / 1e3, "ms CPU");
        let judge = |figure: Figure, bar: f64| if count == 10_000 { figure.at_most(bar) } else { figure };
        let whole = ms(client + server).beside(floor / 1e3);
        let whole = if count == 10_000 { whole.times_floor(3.0) } else { whole };
        table.row(format!("first sync of {count} cards, client + server"), whole);
        table.row("  of which the phone", ms(client));
        table.row("  of which the server", ms(server));
        table.note("  round trips", report.round_trips as f64, "");
        let each = report.bytes_down as f64 / count as f64;
        table.row("  on the wire, rows included", judge(Figure::new(each, "B/card"), 700.0));
        table.row("  the first answer", judge(Figure::new(first_answer as f64 / 1024.0, "KiB"), 200.0));
        let (shown, of) = today_after_first_answer(&office);
        table.note(format!("  of {of} first todos of Today in the first answer"), shown as f64, "todos");
    }
}

/// How many of the first 50 todos of Today a phone shows after its first answer, and how many there are.
fn today_after_first_answer(office: &Office) -> (usize, usize) {
    use roadbook_client::{Transport, account};
    let phone = office.new_phone();
    let token = office.block_on(account::access_token(&phone.client, &office.line)).unwrap();
    let mut session = SyncSession::new(&phone.client);
    let frame = session.next_request().unwrap().unwrap();
    let answer = office.block_on(office.line.exchange(&token, frame)).unwrap();
    session.on_response(&answer).unwrap();
    drop(session);
    let items = |phone: &Phone| -> Vec<_> {
        phone.client.today(Period::Today, 50).unwrap().todos.into_iter().map(|todo| todo.item).collect()
    };
    let early = items(&phone);
    let all = items(&office.synced_phone());
    (all.iter().filter(|item| early.contains(item)).count(), all.len())
}
