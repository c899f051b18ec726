//! What the screens of the phone read: Today, the board of a product, its status counts, a card.

use roadbook_client::BoardQuery;
use roadbook_domain::read::today::Period;

use crate::dataset;
use crate::floor::phone::File;
use crate::measure::{Figure, Table, latency};
use crate::office::Office;
use crate::phone::Phone;

/// How often each screen is read.
const READS: usize = 1_000;

pub fn run(table: &mut Table) {
    for count in [1_000, 10_000] {
        let office = Office::shared(count);
        let phone = office.synced_phone();
        let floor = File::of(&office.cards);
        let judge = |figure: Figure, bar| if count == 10_000 { figure.at_most(bar) } else { figure };
        today(table, &phone, &floor, &office.busiest.to_string(), count);
        screens(table, &phone, count, judge);
    }
}

fn today(table: &mut Table, phone: &Phone, floor: &File, me: &str, count: usize) {
    let today = |limit| phone.client.today(Period::Today, limit).unwrap();
    let matching = today(50).matching as usize;
    assert!(matching > 0, "an empty list measures nothing");
    let first = latency(0.99, READS, |_| assert_eq!(today(50).matching as usize, matching));
    let by_hand = latency(0.99, READS, |_| {
        assert_eq!(floor.today(me, 50), (matching, matching.min(50)));
    });
    let whole = latency(0.5, READS, |_| assert_eq!(today(usize::MAX).todos.len(), matching));
    let whole_by_hand = latency(0.5, READS, |_| {
        assert_eq!(floor.today(me, usize::MAX), (matching, matching));
    });

    let first = Figure::new(first, "us p99").beside(by_hand);
    let each = matching as f64;
    let whole = Figure::new(whole / each, "us/row").beside(whole_by_hand / each);
    let (first, whole) = match count {
        10_000 => (first.at_most(1_000.0), whole.at_most(1.0)),
        _ => (first, whole),
    };
    table.row(format!("Today: totals, first 50 of {matching}, {count} cards"), first);
    table.row(format!("Today: totals, all {matching}, {count} cards"), whole);
}

fn screens(table: &mut Table, phone: &Phone, count: usize, judge: impl Fn(Figure, f64) -> Figure) {
    let product = dataset::product();
    let mut screen = |what: &str, read: &mut dyn FnMut(usize)| {
        let figure = Figure::new(latency(0.99, READS, read), "us p99");
        table.row(format!("{what}, {count} cards"), judge(figure, 2_000.0));
    };
    let board = |query: BoardQuery| move |_| assert!(phone.client.board(&query).unwrap().cards.len() > 40);
    screen("board, page of 50", &mut board(BoardQuery::new(product, 50)));
    let assignee = phone.client.me().unwrap().map(|me| me.user);
    let mine = BoardQuery { assignee, ..BoardQuery::new(product, 50) };
    screen("board, page of 50 with my todos", &mut board(mine));
    let status = Some(dataset::status("offer"));
    let offers = BoardQuery { status, ..BoardQuery::new(product, 50) };
    screen("board, page of 50 in one status", &mut board(offers));
    screen("status counts", &mut |_| {
        let counts = phone.client.status_counts(product).unwrap();
        assert_eq!(counts.iter().map(|count| count.cards as usize).sum::<usize>(), count);
    });
    screen("a card opened", &mut |n| {
        let card = phone.cards[n * 7 % phone.cards.len()];
        assert_eq!(phone.client.card(card).unwrap().row.todos.len(), 3);
    });
}
