use roadbook_domain::document::Signature;
use roadbook_domain::document::change::{Actor, Change};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::read::history::Edit;

use super::*;
use crate::store::documents::Acknowledged;
use crate::testing::{NOW, Phone};

const ANNA: Signature = Signature { user: Some(UserId::from_bytes([9; 16])), device: None };

/// What Anna's phone makes of the card as the server has it.
fn by_anna(phone: &Phone, id: DocumentId, name: &str) -> Change {
    let mut replica = phone.client.store().read(|c| Replica::open(c, id)).unwrap().unwrap();
    let heads = replica.base.heads.clone();
    let mut draft = Draft::at(&mut replica.document, heads, Actor([9; 16]), NOW);
    draft.put(card::CARD, "name", name);
    draft.finish().unwrap()
}

/// Stores changes as acknowledged: the phone's own unsent ones, then another's.
fn receive(phone: &Phone, id: DocumentId, foreign: Option<&Change>) {
    let workspace = phone.client.workspace().unwrap();
    phone
        .client
        .store()
        .write(|tx| {
            let mut all = Vec::new();
            if let Some(foreign) = foreign {
                let mut replica = Replica::open(tx, id)?.unwrap();
                all.push((replica.document.add(foreign)?, foreign.clone(), ANNA));
            } else {
                for unsent in outbox::of_document(tx, id)? {
                    let me = Signature { user: workspace.user(), device: None };
                    all.push((unsent.hash, unsent.change, me));
                    outbox::remove(tx, unsent.n)?;
                }
            }
            for (hash, change, by) in &all {
                let new = Acknowledged {
                    document: id,
                    hash: *hash,
                    change,
                    by,
                    origin: None,
                    seq: 1,
                    received_at: NOW,
                };
                let mut document = documents::load(tx, id, &documents::get(tx, id)?.unwrap())?;
                document.add(new.change)?;
                documents::append(tx, &new, &document)?;
            }
            Replica::open(tx, id)?.unwrap().project(tx, &workspace).map(drop)
        })
        .unwrap();
}

#[test]
fn of_two_names_given_at_once_one_is_shown_and_the_other_is_one_edit_away() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    receive(&phone, card, None);
    let theirs = by_anna(&phone, card, "Theirs");
    phone.client.edit_card(card, &[CardCommand::Rename("Mine".into())]).unwrap();
    receive(&phone, card, Some(&theirs));

    let [conflict] = phone.client.conflicts(card).unwrap().try_into().unwrap();
    let lost = conflict.others[0].clone();
    let both: BTreeSet<_> = [conflict.shown.as_str(), lost.as_str()].into();
    assert_eq!(both, ["Mine", "Theirs"].into());
    let row = phone.client.card_row(card).unwrap();
    assert_eq!((row.name.as_str(), row.conflicts), (conflict.shown.as_str(), 1));
    assert_eq!(phone.client.card(card).unwrap().conflicts, std::slice::from_ref(&conflict));

    phone.client.resolve(card, &conflict, &lost).unwrap();
    assert!(phone.client.conflicts(card).unwrap().is_empty());
    assert_eq!(phone.client.card_row(card).unwrap().name, lost);
    assert_eq!(phone.client.wrong_projections().unwrap(), []);
}

#[test]
fn what_is_unsent_stays_on_top_of_what_others_wrote_and_out_of_the_base() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    receive(&phone, card, None);
    assert_eq!(phone.client.sync_state(card).unwrap(), SyncState::Stored);
    let theirs = by_anna(&phone, card, "Theirs");
    phone.client.edit_card(card, &[CardCommand::SetOwner(None)]).unwrap();
    receive(&phone, card, Some(&theirs));
    let view = phone.client.card(card).unwrap();
    assert_eq!((view.row.name.as_str(), view.row.owner), ("Theirs", None));
    assert_eq!(view.sync, SyncState::Here);
    let base = phone
        .client
        .store()
        .read(|connection| {
            let base = documents::get(connection, card)?.unwrap();
            documents::load(connection, card, &base)
        })
        .unwrap();
    let owner = View::of(&base).text(card::CARD, "owner");
    assert_eq!(Some(owner), phone.client.me().unwrap().map(|me| me.user.to_string()));
}

#[test]
fn history_tells_who_changed_what_from_what_and_when_newest_first() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    receive(&phone, card, None);
    let theirs = by_anna(&phone, card, "Theirs");
    receive(&phone, card, Some(&theirs));
    phone.client.edit_card(card, &[CardCommand::Rename("Mine".into())]).unwrap();
    let me = Signature { user: phone.client.me().unwrap().map(|me| me.user), device: None };
    let history = phone.client.history(card, 0, 2).unwrap();
    let told: Vec<_> = history
        .iter()
        .map(|item| {
            let [Edit::Put { old, new, .. }] = item.edits.as_slice() else { panic!("{item:?}") };
            (old.join(", "), new.as_str(), item.by.clone(), item.received_at)
        })
        .collect();
    assert_eq!(
        told,
        [("Theirs".into(), "Mine", Some(me), None), ("Bakery".into(), "Theirs", Some(ANNA), Some(NOW)),]
    );
    assert_eq!(phone.client.history(card, 2, 9).unwrap().len(), 1);
}
