use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::User;
use roadbook_domain::settings::{LOCAL_USER, SettingsRow};
use roadbook_domain::value::id::UserId;
use roadbook_domain::value::todo::Outcome;

use super::*;
use crate::app::CardView;
use crate::testing::{Phone, part, todo};

const ANNA: UserId = UserId::from_bytes([9; 16]);

/// The user of the phone has another id or role from now on; who has another id is a colleague.
fn user_is(phone: &Phone, change: impl Fn(&mut User)) {
    let mut user = phone.client.settings().unwrap().user(LOCAL_USER).unwrap().clone();
    change(&mut user);
    let row = SettingsRow::new(&user, 2);
    phone.client.changing(|tx| Ok((crate::store::settings::put(tx, &[row])?, Default::default()))).unwrap();
}

#[test]
fn a_restricted_user_is_told_before_that_a_card_will_be_out_of_sight() {
    let phone = Phone::local(1);
    let card = phone.card("Of Anna", &[todo(1, "Call", ""), todo(2, "Write", "")]);
    user_is(&phone, |user| user.id = ANNA);
    let give = CardEdit::SetOwner { owner: Some(ANNA) };
    assert!(
        !loses_sight(&phone.client, card, std::slice::from_ref(&give)).unwrap(),
        "others than Restricted see all"
    );
    user_is(&phone, |user| user.role = Role::Restricted);
    assert!(
        !loses_sight(&phone.client, card, std::slice::from_ref(&give)).unwrap(),
        "there is something to do"
    );
    let close = |n| CardEdit::Close { todo: part(n), outcome: Outcome::Success };
    assert!(!loses_sight(&phone.client, card, &[close(1), close(2)]).unwrap(), "it is the user's own");
    let all = [give, close(1), close(2)];
    assert!(loses_sight(&phone.client, card, &all).unwrap());
    let next = CardEdit::AddTodo { text: "Visit".to_owned(), due: None, assignee: None, contact: None };
    assert!(!loses_sight(&phone.client, card, &[&all[..], &[next]].concat()).unwrap());
    let opened = CardView::open(&phone.client, card).unwrap();
    assert_eq!(opened.todos.iter().filter(|todo| todo.class.is_some()).count(), 2, "nothing is stored");
    assert_eq!(phone.client.unsent_count().unwrap(), 1);
}

#[test]
fn a_todo_is_postponed_by_the_clock_of_the_user() {
    let phone = Phone::local(1);
    let dues: Vec<_> =
        postpone_choices(&phone.client).unwrap().iter().map(|choice| choice.due.to_string()).collect();
    assert_eq!(dues, ["2026-11-23T15:00[Europe/Budapest]", "2026-11-24", "2026-11-30"]);
}
