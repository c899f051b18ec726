use std::sync::{Arc, Mutex};

use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::crm::place::Place;
use roadbook_domain::document::change::Change;
use roadbook_domain::value::id::FieldId;
use roadbook_domain::wire::RefusalCode;

use super::*;
use crate::QuarantineReason;
use crate::edit::replica::Replica;
use crate::store::outbox;
use crate::store::quarantine::NewQuarantined;
use crate::testing::{NOW, Phone, todo};

/// Moves the latest unsent change of a document into the quarantine, as after a refusal.
fn refuse_last(phone: &Phone, id: DocumentId) {
    let workspace = phone.client.workspace().unwrap();
    phone
        .client
        .store()
        .write(|tx| {
            let replica = Replica::open(tx, id)?.unwrap();
            let unsent = outbox::of_document(tx, id)?;
            let last = unsent.last().unwrap();
            let change: &Change = &last.change;
            quarantine::push(
                tx,
                &NewQuarantined {
                    document: id,
                    kind: last.kind,
                    title: "Bakery",
                    edits: ValueEdit::of(&replica.document, last.hash, change),
                    change,
                    original: None,
                    reason: QuarantineReason::Refused(RefusalCode::NotAllowed),
                    at: NOW,
                },
            )?;
            outbox::remove(tx, last.n)?;
            if unsent.len() == 1 {
                crate::store::forget(tx, id)
            } else {
                Replica::open(tx, id)?.unwrap().project(tx, &workspace).map(drop)
            }
        })
        .unwrap();
}

#[test]
fn what_was_refused_is_readable_and_one_call_from_being_applied_again() {
    let phone = Phone::local(1);
    let field = FieldId::from_bytes([3; 16]);
    let card = phone.card("Bakery", &[CardCommand::EditText(field, "One.".into())]);
    let edits =
        [CardCommand::Rename("Bakery Kovács".into()), CardCommand::EditText(field, "One. Two.".into())];
    phone.client.edit_card(card, &edits).unwrap();
    refuse_last(&phone, card);
    assert_eq!(phone.client.card(card).unwrap().row.name, "Bakery");
    assert_eq!(phone.client.wrong_projections().unwrap(), []);

    let [item] = phone.client.quarantine().unwrap().try_into().unwrap();
    assert_eq!((item.title.as_str(), item.made_at), ("Bakery", NOW));
    assert_eq!(item.edits.len(), 2);
    let writes = [(Place::Name, "Bakery Kovács"), (Place::Field { field }, "One. Two.")];
    assert_eq!(item.writes(), writes);
    phone.client.edit_card(card, &[CardCommand::EditText(field, "Zero. One.".into())]).unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&heard);
    let subscription = phone.client.subscribe(move |changes| listener.lock().unwrap().push(changes.clone()));
    let (document, changes) = phone.client.reapply(item.n).unwrap();
    drop(subscription);
    assert_eq!(document, card);
    assert!(changes.lists.contains(&List::Quarantine));
    assert_eq!(*heard.lock().unwrap(), [changes], "screens are told what the caller is");
    let view = phone.client.card(card).unwrap();
    assert_eq!(view.row.name, "Bakery Kovács");
    assert_eq!(view.texts[0].1, "Zero. One. Two.", "what was written meanwhile stays");
    assert!(phone.client.quarantine().unwrap().is_empty());
    assert!(phone.client.reapply(item.n).is_err());
}

#[test]
fn a_refused_creation_applied_again_makes_another_card_and_takes_what_followed_with_it() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    phone.client.edit_card(card, &[todo(1, "Call", "2026-11-24")]).unwrap();
    refuse_last(&phone, card);
    refuse_last(&phone, card);
    assert!(phone.client.card(card).is_err());
    let [creation, edit] = phone.client.quarantine().unwrap().try_into().unwrap();
    assert!(matches!(phone.client.reapply(edit.n), Err(ApiError::NotFound { .. })));
    assert_eq!(phone.client.quarantine().unwrap().len(), 2, "what cannot be applied stays");

    let (made, _) = phone.client.reapply(creation.n).unwrap();
    assert_ne!(made, card);
    assert_eq!(phone.client.reapply(edit.n).unwrap().0, made);
    assert_eq!(phone.client.card(made).unwrap().row.todos[0].text, "Call");
}

#[test]
fn what_is_dismissed_is_gone_for_good() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    refuse_last(&phone, card);
    let item = phone.client.quarantine().unwrap().remove(0);
    phone.client.dismiss(item.n).unwrap();
    assert!(phone.client.quarantine().unwrap().is_empty());
    assert!(matches!(phone.client.dismiss(item.n), Err(ApiError::NotFound { .. })));
}

#[test]
fn an_edit_that_is_applied_again_changes_its_own_word_and_no_other() {
    let phone = Phone::local(1);
    let field = FieldId::from_bytes([3; 16]);
    let text = |text: &str| CardCommand::EditText(field, text.into());
    for (now, expected) in [
        ("A bakery near here. The cat sat. Call again.", "A bakery near here. The cot sat. Call again."),
        ("A bakery near here. The dog sat.", "A bakery near here. The dog sat. cot"),
    ] {
        let card = phone.card("Bakery", &[text("The cat sat.")]);
        phone.client.edit_card(card, &[text("The cot sat.")]).unwrap();
        refuse_last(&phone, card);
        phone.client.edit_card(card, &[text(now)]).unwrap();
        let item = phone.client.quarantine().unwrap().remove(0);
        phone.client.reapply(item.n).unwrap();
        assert_eq!(phone.client.card(card).unwrap().texts[0].1, expected);
    }
}

#[test]
fn a_value_that_is_applied_again_where_a_long_text_is_by_now_is_added_to_the_text() {
    let phone = Phone::local(1);
    let field = FieldId::from_bytes([3; 16]);
    let card = phone.card("Bakery", &[]);
    phone.client.edit_card(card, &[CardCommand::SetField(field, "Flat roof".into())]).unwrap();
    refuse_last(&phone, card);
    phone.client.edit_card(card, &[CardCommand::EditText(field, "They want a garden.".into())]).unwrap();
    let item = phone.client.quarantine().unwrap().remove(0);
    phone.client.reapply(item.n).unwrap();
    assert_eq!(phone.client.card(card).unwrap().texts[0].1, "They want a garden. Flat roof");
}
