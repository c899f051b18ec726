//! What the screens of the phone read: Today, the board of a product, its status counts, a card.

use roadbook_client::BoardQuery;
use roadbook_domain::read::today::Period;
use roadbook_domain::value::id::{DocumentId, PartId, UserId};
use roadbook_domain::value::time::LocalNow;
use rusqlite::Connection;

use crate::dataset::{self, NOW};
use crate::measure::{Figure, Table, latency};
use crate::office::Office;
use crate::phone::Phone;

/// How often each screen is read.
const READS: usize = 1_000;

pub fn run(table: &mut Table) {
    for count in [1_000, 10_000] {
        let office = Office::shared(count);
        let phone = office.synced_phone();
        let floor = phone.by_hand();
        let judge = |figure: Figure, bar| if count == 10_000 { figure.at_most(bar) } else { figure };
        today(table, &phone, &floor, office.busiest, count);
        screens(table, &phone, count, judge);
    }
}

fn today(table: &mut Table, phone: &Phone, floor: &Connection, me: UserId, count: usize) {
    let today = |limit| phone.client.today(Period::Today, limit).unwrap();
    let matching = today(50).matching as usize;
    let first = latency(0.99, READS, |_| assert_eq!(today(50).matching as usize, matching));
    let by_hand = latency(0.99, READS, |_| {
        assert_eq!(read_today(floor, me, 50), (matching, matching.min(50)));
    });
    let whole = latency(0.5, READS, |_| assert_eq!(today(usize::MAX).todos.len(), matching));
    let whole_by_hand = latency(0.5, READS, |_| {
        assert_eq!(read_today(floor, me, usize::MAX), (matching, matching));
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

/// The floor of Today: count all through the index, and read the first with text and card.
fn read_today(file: &Connection, me: UserId, limit: usize) -> (usize, usize) {
    let midnight = LocalNow::new(NOW, dataset::zone()).midnight.millis();
    let (mut matching, mut overdue, mut first) = (0, 0, Vec::new());
    let mut open = file
        .prepare_cached(
            "SELECT document, todo, overdue_from, due FROM todo WHERE open = 1 AND trash = 0
             AND overdue_from IS NOT NULL AND assignee = ?1 AND overdue_from <= ?2 ORDER BY overdue_from",
        )
        .unwrap();
    let mut rows = open.query((me.as_bytes(), midnight)).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let from: i64 = row.get(2).unwrap();
        matching += 1;
        overdue += usize::from(from <= NOW.millis());
        if first.len() < limit {
            let (card, todo): ([u8; 16], [u8; 6]) = (row.get(0).unwrap(), row.get(1).unwrap());
            let due: String = row.get(3).unwrap();
            first.push((DocumentId::from_bytes(card), PartId::from_bytes(todo), due));
        }
    }
    let mut closed = file
        .prepare_cached(
            "SELECT count(*) FROM todo WHERE closed_on IS NOT NULL AND trash = 0 AND assignee = ?1
             AND closed_on >= '2026-07-01'",
        )
        .unwrap();
    let closed: u32 = closed.query_row([me.as_bytes()], |row| row.get(0)).unwrap();
    let mut text = file
        .prepare_cached(
            "SELECT t.text, t.contact, c.name FROM todo t JOIN card c ON c.document = t.document
             WHERE t.document = ?1 AND t.todo = ?2",
        )
        .unwrap();
    let shown: Vec<(String, Option<[u8; 16]>, String)> = first
        .iter()
        .map(|(card, todo, _)| {
            text.query_row((card.as_bytes(), todo.as_bytes()), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap()
        })
        .collect();
    std::hint::black_box((overdue, closed, &shown));
    (matching, shown.len())
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
