use proptest::prelude::*;
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::settings::catalogue::{field_id, status_id};
use roadbook_domain::settings::{LOCAL_USER, SettingsRow};
use roadbook_domain::value::due::Class;

use super::*;
use crate::testing::{NOW, Phone, new_card, part, todo, todo_of};

fn names(board: &Board) -> Vec<&str> {
    board.cards.iter().map(|card| card.row.name.as_str()).collect()
}

fn count(phone: &Phone, product: ProductId, key: &str) -> u32 {
    let counts = phone.client.status_counts(product).unwrap();
    let of = counts.iter().find(|count| count.status == Some(status_id(product, key)));
    of.unwrap().cards
}

#[test]
fn the_most_urgent_card_comes_first_and_cards_without_a_next_step_last() {
    let phone = Phone::local(1);
    let product = phone.product("Projects");
    phone.card("No step", &[]);
    phone.card("No due", &[todo(1, "x", "")]);
    phone.card("Tomorrow", &[todo(1, "x", "2026-11-24"), todo(2, "x", "2026-12-24")]);
    phone.card("Overdue", &[todo(1, "x", "2026-11-22")]);
    let today = phone.card("Today", &[todo(7, "Call", "2026-11-23")]);
    let board = phone.client.board(&BoardQuery::new(product, 9)).unwrap();
    assert_eq!(names(&board), ["Overdue", "Today", "Tomorrow", "No due", "No step"]);
    let next = board.cards[1].next.unwrap();
    assert_eq!((board.cards[1].id, next.todo, next.class), (today, part(7), Class::DueToday));
    assert_eq!(board.matching, Some(5));
    assert_eq!(board.cards[1].section, Section::Today);
    assert!(board.next_change > Some(NOW));

    let second = BoardQuery { offset: 2, ..BoardQuery::new(product, 2) };
    let second = phone.client.board(&second).unwrap();
    assert_eq!((names(&second), second.matching), (vec!["Tomorrow", "No due"], None));
}

#[test]
fn cards_of_a_user_are_those_where_they_have_something_to_do_even_if_another_user_owns_them() {
    let phone = Phone::local(1);
    let product = phone.product("Projects");
    let anna = UserId::from_bytes([9; 16]);
    phone.card("Mine", &[todo(1, "x", "2026-11-23")]);
    phone.card(
        "Of Anna, twice",
        &[todo_of(1, "x", "2026-11-25", Some(anna)), todo_of(2, "x", "2026-11-26", Some(anna))],
    );
    let done = phone.card("Of Anna, done", &[todo_of(1, "x", "2026-11-24", Some(anna))]);
    let close = CardCommand::Close(part(1), roadbook_domain::value::todo::Outcome::Success);
    phone.client.edit_card(done, &[close]).unwrap();
    let of = |assignee| {
        let query = BoardQuery { assignee: Some(assignee), ..BoardQuery::new(product, 9) };
        names(&phone.client.board(&query).unwrap()).join(", ")
    };
    assert_eq!(of(anna), "Of Anna, twice");
    assert_eq!(of(LOCAL_USER), "Mine");
    let none =
        BoardQuery { text: Some("NOTHING".into()), assignee: Some(anna), ..BoardQuery::new(product, 9) };
    assert!(phone.client.board(&none).unwrap().cards.is_empty());
}

#[test]
fn cards_without_a_next_step_are_those_of_their_owner_and_each_filter_tells_how_many_there_are() {
    let phone = Phone::local(1);
    let product = phone.product("Projects");
    let anna = UserId::from_bytes([9; 16]);
    phone.card("Mine, open", &[todo(1, "x", "2026-11-23")]);
    phone.card("Mine, idle", &[]);
    phone.card("Of Anna, idle", &[CardCommand::SetOwner(Some(anna))]);
    let trashed = phone.card("Trashed", &[]);
    phone.client.edit_card(trashed, &[CardCommand::Trash]).unwrap();
    let all = BoardQuery::new(product, 1);
    let status = status_id(product, "to_plan");
    let first = phone.client.status_counts(product).unwrap()[0].status;
    let cases: [(&str, BoardQuery, u32); 7] = [
        ("all", all.clone(), 3),
        ("idle", BoardQuery { without_next: true, ..all.clone() }, 2),
        ("Anna's idle", BoardQuery { without_next: true, assignee: Some(anna), ..all.clone() }, 1),
        ("Anna's to do", BoardQuery { assignee: Some(anna), ..all.clone() }, 0),
        ("idle in the first status", BoardQuery { without_next: true, status: first, ..all.clone() }, 2),
        ("in another status", BoardQuery { status: Some(status), ..all.clone() }, 0),
        ("idle with a word", BoardQuery { without_next: true, text: Some("anna".into()), ..all }, 1),
    ];
    for (what, query, expected) in cases {
        let whole = phone.client.board(&BoardQuery { limit: 9, ..query.clone() }).unwrap();
        assert_eq!(whole.cards.len(), expected as usize, "{what}");
        assert_eq!(phone.client.board(&query).unwrap().matching, Some(expected), "{what}");
    }
}

#[test]
fn a_text_finds_cards_by_name_whatever_the_case() {
    let phone = Phone::local(1);
    let product = phone.product("Projects");
    phone.card("Őrségi pékség", &[]);
    phone.card("Garage", &[]);
    let query = BoardQuery { text: Some("ŐRSÉG".into()), ..BoardQuery::new(product, 9) };
    assert_eq!(names(&phone.client.board(&query).unwrap()), ["Őrségi pékség"]);
}

#[test]
fn the_trash_is_one_alphabet() {
    let phone = Phone::local(1);
    for name in ["bakery", "Zoo", "Ács", "Apple"] {
        let card = phone.card(name, &[]);
        phone.client.edit_card(card, &[CardCommand::Trash]).unwrap();
    }
    let listed = |offset, limit| -> Vec<String> {
        let trashed = phone.client.trashed_cards(phone.product("Projects"), offset, limit).unwrap();
        trashed.into_iter().map(|(_, row)| row.name).collect()
    };
    assert_eq!(listed(0, 9), ["Ács", "Apple", "bakery", "Zoo"]);
    assert_eq!(listed(1, 2), ["Apple", "bakery"]);
}

#[test]
fn a_derived_status_is_counted_and_listed_and_changes_with_time_alone() {
    let phone = Phone::local(1);
    let product = phone.product("Sales");
    let set = |key: &str, value: &str| CardCommand::SetField(field_id(product, key), value.into());
    phone.client.create_card(&new_card(product, "Lead", &[])).unwrap();
    phone
        .client
        .create_card(&new_card(product, "Hot", &[set("qualification", "vip"), set("step", "negotiating")]))
        .unwrap();
    assert_eq!((count(&phone, product, "to_qualify"), count(&phone, product, "vip_hot")), (1, 1));
    let of = |key| BoardQuery { status: Some(status_id(product, key)), ..BoardQuery::new(product, 9) };
    assert_eq!(names(&phone.client.board(&of("vip_hot")).unwrap()), ["Hot"]);
    assert!(phone.client.board(&of("forgotten")).unwrap().cards.is_empty());

    // A year without any contact.
    phone.env.advance(366 * 86_400_000);
    assert_eq!((count(&phone, product, "forgotten"), count(&phone, product, "vip_hot")), (1, 0));
    let forgotten = phone.client.board(&of("forgotten")).unwrap();
    assert_eq!(names(&forgotten), ["Hot"]);
    assert_eq!(forgotten.cards[0].status, Some(status_id(product, "forgotten")));
    assert!(phone.client.board(&of("vip_hot")).unwrap().cards.is_empty());
}

#[test]
fn a_board_changes_when_a_status_that_it_shows_does() {
    let phone = Phone::local(1);
    let product = phone.product("Sales");
    let qualify = CardCommand::SetField(field_id(product, "qualification"), "vip".into());
    phone.client.create_card(&new_card(product, "Lead", &[qualify])).unwrap();
    let board = || phone.client.board(&BoardQuery::new(product, 9)).unwrap();
    let first = board().cards[0].status;
    assert_ne!(first, Some(status_id(product, "forgotten")));
    // Days and weeks pass, and what is due with them; then the lead is forgotten.
    for _ in 0..20 {
        let Some(change) = board().next_change else { break };
        phone.env.set_now(Timestamp::from_millis(change.millis() - 1));
        assert_eq!(board().cards[0].status, first);
        phone.env.set_now(change);
    }
    assert_eq!(board().cards[0].status, Some(status_id(product, "forgotten")));
    assert_eq!(board().next_change, None);
}

#[test]
fn a_card_stays_in_the_status_that_it_was_made_in_when_that_one_is_retired() {
    let phone = Phone::local(1);
    let product = phone.product("Projects");
    let card = phone.card("Roof", &[]);
    let settings = phone.client.settings().unwrap();
    let first = settings.first_status(product).unwrap();
    let retired = roadbook_domain::settings::status::Status { retired: true, ..first.clone() };
    let row = SettingsRow::new(&retired, 2);
    phone.client.changing(|tx| Ok((crate::store::settings::put(tx, &[row])?, Default::default()))).unwrap();
    assert_eq!(phone.client.card(card).unwrap().status, Some(first.id));
    assert_ne!(phone.client.card(phone.card("Wall", &[])).unwrap().status, Some(first.id));
    let lead = phone.client.create_card(&new_card(phone.product("Sales"), "Lead", &[])).unwrap().0;
    assert_eq!(phone.client.card_row(lead).unwrap().status, None, "a derived status is never stored (N9)");
}

#[test]
fn another_lapse_in_the_settings_changes_which_cards_are_forgotten() {
    let phone = Phone::local(1);
    let product = phone.product("Sales");
    let qualify = CardCommand::SetField(field_id(product, "qualification"), "vip".into());
    phone.client.create_card(&new_card(product, "Lead", &[qualify])).unwrap();
    phone.env.advance(366 * 86_400_000);
    assert_eq!(count(&phone, product, "forgotten"), 1);
    let never = roadbook_domain::settings::product::Product {
        lapse_days: None,
        ..phone.client.settings().unwrap().product(product).unwrap().clone()
    };
    let row = SettingsRow::new(&never, 2);
    phone.client.changing(|tx| Ok((crate::store::settings::put(tx, &[row])?, Default::default()))).unwrap();
    assert_eq!((count(&phone, product, "forgotten"), count(&phone, product, "vip")), (0, 1));
}

#[test]
fn a_status_that_is_not_known_here_is_counted_after_the_tree() {
    let phone = Phone::local(1);
    let product = phone.product("Projects");
    let card = phone.card("Bakery", &[]);
    let unknown = StatusId::from_bytes([9; 16]);
    phone.client.edit_card(card, &[CardCommand::Move(unknown)]).unwrap();
    let counts = phone.client.status_counts(product).unwrap();
    assert_eq!(counts.last(), Some(&StatusCount { status: Some(unknown), cards: 1 }));
    assert_eq!(phone.client.board(&BoardQuery::new(product, 9)).unwrap().cards[0].status, Some(unknown));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn pages_put_together_are_the_list_of_all_cards(
        dues in prop::collection::vec((-3..60_i32, any::<bool>()), 1..20),
        limit in 1..7_u32,
    ) {
        let phone = Phone::local(1);
        let product = phone.product("Projects");
        for (days, has_due) in dues {
            let day: roadbook_domain::value::time::Day = "2026-11-23".parse().unwrap();
            let due = if has_due { day.plus(days).to_string() } else { String::new() };
            phone.card("Card", &if days % 5 == 0 { vec![] } else { vec![todo(1, "x", &due)] });
        }
        let all = phone.client.board(&BoardQuery::new(product, 1_000)).unwrap();
        let mut paged = Vec::new();
        for offset in (0..).step_by(limit as usize) {
            let query = BoardQuery { offset, ..BoardQuery::new(product, limit) };
            let page = phone.client.board(&query).unwrap().cards;
            if page.is_empty() { break }
            paged.extend(page);
        }
        prop_assert_eq!(paged, all.cards);
    }
}
