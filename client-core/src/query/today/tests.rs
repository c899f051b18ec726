use proptest::prelude::*;
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::settings::LOCAL_USER;
use roadbook_domain::value::time::Day;
use roadbook_domain::value::todo::Outcome;

use super::*;
use crate::store::{documents, retained, rows};
use crate::testing::{NOW, Phone, due, part, todo, todo_of};

/// Today of everything that is here, without any index.
fn of_all(connection: &Connection, workspace: &Workspace, now: Timestamp, period: Period) -> Today {
    let me = workspace.user().unwrap();
    let query = TodayQuery { me, zone: workspace.zones().of(Some(me)), now, period, limit: 5 };
    let (mut all, mut moves) = (Vec::new(), Vec::new());
    for (id, kind) in documents::all(connection).unwrap() {
        let rows = rows::rows(connection, id, kind).unwrap();
        if let Some(card) = rows::card(connection, id).unwrap() {
            all.extend(card.todos.iter().map(|todo| TodayRow::new(id, &card, todo)));
            moves.extend(rows.facts().iter().filter_map(|fact| DueMove::of(id, fact)));
        }
    }
    today(&query, all, moves)
}

#[test]
fn today_shows_own_todos_of_all_products_in_order_with_their_cards() {
    let phone = Phone::local(1);
    let other = UserId::from_bytes([9; 16]);
    phone.card(
        "Bakery",
        &[
            todo(1, "Call", "2026-11-23"),
            todo(2, "Reupload", "2026-11-20"),
            todo_of(3, "Not mine", "2026-11-20", Some(other)),
            todo_of(4, "Nobody's", "2026-11-20", None),
        ],
    );
    phone.card(
        "Garage",
        &[todo(5, "Visit", "2026-11-23T11:00[Europe/Budapest]"), todo(6, "Later", "2026-11-24")],
    );
    let view = phone.client.today(Period::Today, 10).unwrap();
    let shown: Vec<_> = view.todos.iter().map(|todo| (todo.text.as_str(), todo.card_name.as_str())).collect();
    assert_eq!(shown, [("Reupload", "Bakery"), ("Visit", "Garage"), ("Call", "Bakery")]);
    assert_eq!((view.totals.today, view.totals.overdue), (2, 1));
    assert_eq!(view.next_change, Some(Timestamp::from_millis(NOW.millis() + 3_600_000)));
}

#[test]
fn today_shows_a_card_by_the_name_that_it_has_now() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[todo(1, "Call", "2026-11-23")]);
    phone.client.edit_card(card, &[CardCommand::Rename("Bakery Kovács".into())]).unwrap();
    assert_eq!(phone.client.today(Period::Today, 10).unwrap().todos[0].card_name, "Bakery Kovács");
}

#[test]
fn closings_and_postponements_of_today_are_counted_and_closings_are_retained_when_their_cards_go() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[todo(1, "Call", "2026-11-20"), todo(2, "Reupload", "2026-11-23")]);
    let close = CardCommand::Close(part(1), Outcome::Success);
    let postpone = CardCommand::Postpone(part(2), due("2026-11-25"));
    phone.client.edit_card(card, &[close, postpone]).unwrap();
    let totals = phone.client.today(Period::Today, 10).unwrap().totals;
    assert_eq!((totals.closed, totals.postponed, totals.overdue, totals.today), (1, 1, 0, 0));

    phone
        .client
        .store()
        .write(|tx| {
            let row = rows::card(tx, card)?.unwrap();
            crate::store::forget(tx, card)?;
            retained::retain(tx, card, part(1), &row.todos[0].state)
        })
        .unwrap();
    let totals = phone.client.today(Period::Today, 10).unwrap().totals;
    assert_eq!((totals.closed, totals.postponed), (1, 0));
    let next_week = Period::Days { from: "2026-11-30".parse().unwrap(), to: "2026-12-06".parse().unwrap() };
    assert_eq!(phone.client.today(next_week, 10).unwrap().totals.closed, 0);
}

fn any_day() -> impl Strategy<Value = Day> {
    (-4..5_i32).prop_map(|days| "2026-11-23".parse::<Day>().unwrap().plus(days))
}

fn any_due() -> impl Strategy<Value = String> {
    let zone = prop::sample::select(vec!["Europe/Lisbon", "Europe/Budapest", "Pacific/Auckland"]);
    let time = prop::sample::select(vec!["00:00", "09:00", "23:30"]);
    prop_oneof![
        1 => Just(String::new()),
        4 => any_day().prop_map(|day| day.to_string()),
        4 => (any_day(), time, zone).prop_map(|(day, time, zone)| format!("{day}T{time}[{zone}]")),
    ]
}

#[derive(Debug, Clone)]
enum Act {
    Postpone(usize, u8, String),
    Close(usize, u8, Outcome),
    Reopen(usize, u8),
    Trash(usize),
    Wait(i64),
}

fn any_act() -> impl Strategy<Value = Act> {
    let outcome = prop::sample::select(vec![Outcome::Success, Outcome::Failed]);
    prop_oneof![
        3 => (0..3_usize, 1..4_u8, any_due()).prop_map(|(card, todo, due)| Act::Postpone(card, todo, due)),
        2 => (0..3_usize, 1..4_u8, outcome).prop_map(|(card, todo, outcome)| Act::Close(card, todo, outcome)),
        1 => (0..3_usize, 1..4_u8).prop_map(|(card, todo)| Act::Reopen(card, todo)),
        1 => (0..3_usize).prop_map(Act::Trash),
        2 => (0..40_i64).prop_map(Act::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_todos_that_the_indexes_find_make_the_same_today_as_all_todos(
        dues in prop::collection::vec((any_due(), 0..4_u8), 9),
        acts in prop::collection::vec(any_act(), 0..12),
        hours in -60..120_i64,
        days in (any_day(), any_day()),
    ) {
        let phone = Phone::local(1);
        let cards: Vec<_> = (0..3).map(|n| {
            let todos: Vec<_> = dues.iter().skip(n * 3).take(3).zip(1..4).map(|((due, whose), n)| {
                todo_of(n, "x", due, (*whose > 0).then_some(LOCAL_USER))
            }).collect();
            phone.card("Card", &todos)
        }).collect();
        for act in acts {
            let (card, command) = match act {
                Act::Postpone(card, todo, due) => (card, CardCommand::Postpone(part(todo), due.parse().ok())),
                Act::Close(card, todo, outcome) => (card, CardCommand::Close(part(todo), outcome)),
                Act::Reopen(card, todo) => (card, CardCommand::Reopen(part(todo))),
                Act::Trash(card) => (card, CardCommand::Trash),
                Act::Wait(hours) => { phone.env.advance(hours * 3_600_000); continue }
            };
            phone.client.edit_card(cards[card], &[command]).unwrap();
        }
        let now = Timestamp::from_millis(NOW.millis() + hours * 3_600_000);
        let (from, to) = (days.0.min(days.1), days.0.max(days.1));
        for period in [Period::Today, Period::Days { from, to }] {
            let (indexed, all) = phone.client.store().read(|connection| {
                let workspace = phone.client.store().workspace(connection)?;
                let indexed = read(connection, &workspace, now, period, 5)?;
                Ok((indexed, of_all(connection, &workspace, now, period)))
            }).unwrap();
            prop_assert_eq!(indexed, all, "{:?}", period);
        }
    }
}

#[test]
fn a_new_zone_in_a_users_profile_moves_their_days_in_every_list() {
    use roadbook_domain::settings::{SettingsRow, local_user};

    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[todo(1, "Call", "2026-11-23")]);
    let before = phone.client.today(Period::Today, 1).unwrap().todos[0].item.key.overdue_from;
    let moved = SettingsRow::new(&local_user("Europe/Lisbon".parse().unwrap(), "en"), 2);
    phone.client.changing(|tx| Ok((crate::store::settings::put(tx, &[moved])?, Default::default()))).unwrap();
    let after = phone.client.today(Period::Today, 1).unwrap().todos[0].item.key.overdue_from;
    assert_eq!(after.millis() - before.millis(), 3_600_000);
    let stored: i64 = phone
        .client
        .store()
        .read(|connection| {
            Ok(connection.query_row(
                "SELECT next_due FROM card WHERE document = ?1",
                [card.as_bytes()],
                |row| row.get(0),
            )?)
        })
        .unwrap();
    assert_eq!(stored, after.millis());
}
