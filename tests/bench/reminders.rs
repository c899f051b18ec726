//! Which reminders a phone sets, once it begins and after each edit, and what a server writes for a calendar.

use roadbook_domain::calendar::event::{CardTodo, Window, events};
use roadbook_domain::calendar::ics::{Entry, Feed, write};
use roadbook_domain::crm::row::TodoRow;
use roadbook_domain::read::reminder::{Ask, Planner, Preferences, Subject};
use roadbook_domain::value::channels::Channel;
use roadbook_domain::value::due::{Due, LocalMinute};
use roadbook_domain::value::id::{DocumentId, PartId};
use roadbook_domain::value::todo::TodoState;
use roadbook_domain::value::trash::Trash;

use crate::dataset::{self, NOW};
use crate::floor::reminders::Alarms;
use crate::measure::{Figure, Table, best, latency};

/// What a phone's system holds: iOS takes 64 notices of one app.
const LIMIT: usize = 60;
/// Over how many days the dues are spread; a fifth of them is past.
const DAYS: i32 = 500;
/// Events of a feed.
const EVENTS: usize = 5_000;

pub fn run(table: &mut Table) {
    for count in [10_000, 100_000] {
        let todos = todos(count);
        let floor = best(|| Alarms::of(todos.iter().map(instant)).soonest(NOW.millis(), LIMIT)).0;
        for (name, preferences) in ways() {
            let new = || Planner::new(dataset::user("user-01"), dataset::zone(), preferences.clone());
            let (made, mut planner) = best(|| {
                let mut planner = new();
                planner.rebuild(todos.iter().cloned());
                plan(&planner);
                planner
            });
            let figure = Figure::new(made / 1e3, "ms CPU").beside(floor / 1e3);
            let judge = |figure: Figure, bar| if count == 10_000 { figure.at_most(bar) } else { figure };
            table.row(format!("planned anew, {count} open todos, {name}"), judge(figure, 2.0));

            let edited = latency(0.95, 500, |n| {
                let todo = postponed(&todos, n);
                planner.replace(todo.card, [todo]);
                plan(&planner);
            });
            let figure = Figure::new(edited, "us CPU");
            table.row(format!("  planned after an edit, p95, {name}"), judge(figure, 100.0));
        }
    }
    feed(table);
}

/// How users want to be reminded: as by default, and in the costliest way that is common.
fn ways() -> [(&'static str, Preferences); 2] {
    let chosen = [("reminder/due/leads", "0,60,1440"), ("reminder/quiet", "22:00-07:00")];
    [("as by default", Preferences::default()), ("3 leads, quiet nights", Preferences::read(chosen))]
}

/// A full plan: one that is not has measured nothing. What rings in one minute is not torn, so it may be a few short.
fn plan(planner: &Planner) {
    let ask = Ask { now: NOW, limit: LIMIT, channel: Channel::Device, is_done: &|_| false };
    let plan = planner.plan(&ask);
    assert!(plan.through.is_some() && plan.notices.len() > LIMIT / 2);
}

/// Own open todos, each of a card of its own, in the order of the cards; a third is due at a minute.
fn todos(count: usize) -> Vec<Subject> {
    let me = dataset::user("user-01");
    let subject = |n: usize| Subject {
        card: card(n),
        owner: Some(me),
        trash: Trash::No,
        todo: PartId::from_bytes([1; 6]),
        assignee: Some(me),
        assignee_zone: dataset::zone(),
        is_open: true,
        due: Some(due(n)),
        snoozed_until: None,
        urgent: n.is_multiple_of(17),
        leads: None,
        channels: None,
        arrival: None,
    };
    (0..count).map(subject).collect()
}

/// Ids in ascending order.
fn card(n: usize) -> DocumentId {
    DocumentId::from_bytes((n as u128).to_be_bytes())
}

/// As if drawn: each day has some, and no two neighbours have the same.
fn due(n: usize) -> Due {
    let drawn = n.wrapping_mul(2_654_435_761) >> 7;
    let today = dataset::zone().day_of(NOW);
    let day = today.plus((drawn % DAYS as usize) as i32 - DAYS / 5);
    if n.is_multiple_of(3) {
        let local = LocalMinute::new(day, 7 + (drawn / 500 % 12) as u32, 30).unwrap();
        Due::At { local, zone: dataset::zone() }
    } else {
        Due::Day(day)
    }
}

/// The `n`th edit: one of the todos is put to another of the soonest days.
fn postponed(todos: &[Subject], n: usize) -> Subject {
    let todo = todos[n * 7_919 % todos.len()].clone();
    let day = dataset::zone().day_of(NOW).plus(1 + (n % 30) as i32);
    Subject { due: Some(Due::Day(day)), ..todo }
}

/// The instant by hand: in summer time the whole year through.
fn instant(todo: &Subject) -> i64 {
    const SUMMER: i64 = 2 * 3_600_000;
    let local = match todo.due.unwrap() {
        Due::Day(day) => day.date().and_hms_opt(9, 0, 0).unwrap(),
        Due::At { local, .. } => local.naive(),
    };
    local.and_utc().timestamp_millis() - SUMMER
}

fn feed(table: &mut Table) {
    let me = dataset::user("user-01");
    let row = |n: usize| TodoRow {
        id: PartId::from_bytes([1; 6]),
        text: format!("Call back about offer {n}, and ask for the address of the site"),
        due: Some(due(n)),
        assignee: Some(me),
        contact: None,
        state: TodoState::OPEN,
    };
    let rows: Vec<_> = (0..EVENTS).map(row).collect();
    let names: Vec<_> = (0..EVENTS).map(|n| format!("Customer {n} Kereskedelmi Kft.")).collect();
    let today = dataset::zone().day_of(NOW);
    let window = Window { me, zone: dataset::zone(), from: today.plus(-DAYS), to: today.plus(DAYS), today };
    let feed = Feed { name: "Roadbook", from: window.from, app: Some("https://crm.example") };
    let (spent, bytes) = best(|| {
        let todos = rows.iter().zip(&names).enumerate().map(|(n, (todo, name))| CardTodo {
            card: card(n),
            card_name: name,
            trash: Trash::No,
            todo,
        });
        let events = events(&window, todos);
        assert_eq!(events.len(), EVENTS);
        let entry = |event| Entry { event, changed: NOW, position: 1 };
        let entries: Vec<_> = events.iter().map(entry).collect();
        let mut text = String::new();
        write(&feed, &entries, &mut text);
        text.len()
    });
    // As many bytes, line by line.
    let line = "X".repeat(68);
    let (floor, _) = best(|| {
        let mut text = String::new();
        for _ in 0..bytes / 70 {
            text.push_str(&line);
            text.push_str("\r\n");
        }
        text
    });
    let figure = Figure::new(spent / 1e3, "ms CPU").beside(floor / 1e3).at_most(80.0);
    table.row(format!("a feed of {EVENTS} events, {} KiB", bytes / 1_024), figure);
}
