use roadbook_domain::value::todo::Outcome;

use super::*;
use crate::app::{CardEdit, CardView, HistoryItem, NewCard, create_card, edit_card};
use crate::testing::Phone;

fn bakery(phone: &Phone) -> DocumentId {
    let todo = CardEdit::AddTodo { text: "Call".to_owned(), due: None, assignee: None, contact: None };
    let (product, name) = (phone.product("Projects"), "Bakery".to_owned());
    let new = NewCard { product, name, status: None, owner: None, edits: vec![todo] };
    create_card(&phone.client, &new).unwrap().id
}

#[test]
fn what_an_edit_tells_takes_it_back_and_the_history_shows_both() {
    let phone = Phone::local(1);
    let card = bakery(&phone);
    let todo = CardView::open(&phone.client, card).unwrap().todos[0].id;
    let next = CardEdit::AddTodo { text: "Write".to_owned(), due: None, assignee: None, contact: None };
    let edits = [CardEdit::Close { todo, outcome: Outcome::Success }, next];
    let edited = edit_card(&phone.client, card, &edits).unwrap();
    let change = edited.change.unwrap();
    assert_eq!(HistoryItem::list(&phone.client, card, 0, 1).unwrap()[0].id, change);
    let told = undo(&phone.client, card, &change).unwrap();
    assert_eq!(told.documents, [card]);
    let opened = CardView::open(&phone.client, card).unwrap();
    let open: Vec<_> =
        opened.todos.iter().filter(|todo| todo.class.is_some()).map(|todo| &*todo.text).collect();
    assert_eq!((open, opened.next), (vec!["Call"], Some(todo)));
    assert_eq!(HistoryItem::list(&phone.client, card, 0, 9).unwrap().len(), 3);
    let again = undo(&phone.client, card, &change);
    assert_eq!(again, Err(ApiError::Invalid { reason: Reason::ChangedSince }));
}

#[test]
fn an_edit_that_changes_nothing_tells_of_no_change_and_what_is_no_change_is_malformed() {
    let phone = Phone::local(1);
    let card = bakery(&phone);
    let same = [CardEdit::Rename { name: "Bakery".to_owned() }];
    assert_eq!(edit_card(&phone.client, card, &same).unwrap().change, None);
    for text in ["", "00", "zz", &"0".repeat(65)] {
        let refused = undo(&phone.client, card, text);
        assert_eq!(refused, Err(ApiError::Invalid { reason: Reason::Malformed }), "{text:?}");
    }
}

#[test]
fn who_undoes_a_postponing_has_the_due_and_the_snooze_that_it_ended() {
    let phone = Phone::local(1);
    let card = bakery(&phone);
    let todo = CardView::open(&phone.client, card).unwrap().todos[0].id;
    let due = |text: &str| Some(text.parse().unwrap());
    let told = || {
        let todo = CardView::open(&phone.client, card).unwrap().todos.remove(0);
        (todo.due, todo.details.and_then(|details| details.snoozed_until))
    };
    let edits = [
        CardEdit::Postpone { todo, due: due("2026-12-01") },
        CardEdit::Snooze { todo, until: due("2026-12-02") },
    ];
    edit_card(&phone.client, card, &edits).unwrap();
    // A day is nine in the morning where the user is.
    let before = (due("2026-12-01"), due("2026-12-02T09:00[Europe/Budapest]"));
    assert_eq!(told(), before);
    let postponed = CardEdit::Postpone { todo, due: due("2026-12-08") };
    let edited = edit_card(&phone.client, card, &[postponed]).unwrap();
    assert_eq!(told(), (due("2026-12-08"), None));
    undo(&phone.client, card, &edited.change.unwrap()).unwrap();
    assert_eq!(told(), before);
}
