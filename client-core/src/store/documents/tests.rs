use proptest::prelude::*;
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::document::digest::Digest;
use roadbook_domain::value::id::UserId;

use super::*;
use crate::edit::replica::Replica;
use crate::query::card::SyncState;
use crate::store::outbox;
use crate::testing::{NOW, Phone};

const SERVER: Signature = Signature { user: Some(UserId::from_bytes([4; 16])), device: None };

/// Acknowledges the first unsent change of a document.
fn acknowledge(phone: &Phone, id: DocumentId, seq: u64) {
    phone
        .client
        .store()
        .write(|tx| {
            let first = outbox::of_document(tx, id)?.remove(0);
            let received_at = NOW;
            let (hash, change, origin) = (first.hash, &first.change, first.origin);
            let mut document = load(tx, id, &get(tx, id)?.unwrap())?;
            document.add(change)?;
            let new = Acknowledged { document: id, hash, change, by: &SERVER, origin, seq, received_at };
            append(tx, &new, &document)?;
            outbox::remove(tx, first.n).map(drop)
        })
        .unwrap();
}

fn base(phone: &Phone, id: DocumentId) -> Base {
    phone.client.store().read(|connection| get(connection, id)).unwrap().unwrap()
}

fn digest_of_all(phone: &Phone) -> (Digest, Digest) {
    phone
        .client
        .store()
        .read(|connection| {
            let mut sum = Digest::default();
            terms(connection)?.into_iter().for_each(|(_, term)| sum.add(term));
            Ok((digest(connection)?, sum))
        })
        .unwrap()
}

#[test]
fn an_acknowledged_change_moves_into_the_base_and_the_user_sees_the_same() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    phone.client.edit_card(card, &[CardCommand::Rename("Bakery Kovács".into())]).unwrap();
    let hash = phone.client.state_hash(NOW).unwrap();
    assert_eq!(digest_of_all(&phone).0, Digest::default(), "what is unsent does not count");

    acknowledge(&phone, card, 7);
    assert_eq!((base(&phone, card).heads.len(), base(&phone, card).as_of), (1, 7));
    assert_eq!(phone.client.sync_state(card).unwrap(), SyncState::Here);
    acknowledge(&phone, card, 8);
    assert_eq!(phone.client.sync_state(card).unwrap(), SyncState::Stored);
    assert_eq!(phone.client.state_hash(NOW).unwrap(), hash);
    let history = phone.client.history(card, 0, 9).unwrap();
    assert!(history.iter().all(|item| item.received_at == Some(NOW) && item.by == Some(SERVER)));
}

#[test]
fn a_tail_that_has_grown_long_is_folded_into_the_saved_document() {
    let phone = Phone::local(1);
    let card = phone.card("0", &[]);
    for n in 1..40 {
        phone.client.edit_card(card, &[CardCommand::Rename(n.to_string())]).unwrap();
    }
    for seq in 1..=40 {
        acknowledge(&phone, card, seq);
        let length = phone.client.store().read(|connection| tail(connection, card)).unwrap().len();
        assert!(length <= MOST_TAIL as usize, "{length}");
        let replica = phone.client.store().read(|c| Replica::open(c, card)).unwrap().unwrap();
        assert_eq!(replica.document.changes_since(&[]).len(), 40);
    }
    assert_eq!(phone.client.card(card).unwrap().row.name, "39");
    assert!(!base(&phone, card).saved.is_empty());
    assert_eq!(phone.client.wrong_projections().unwrap().len(), 1, "the facts are by whom the server says");
}

#[test]
fn a_list_of_few_changes_that_its_tail_outgrows_is_folded_there_and_then() {
    let phone = Phone::local(1);
    let card = phone.card("0", &[]);
    for n in 1..12 {
        phone.client.edit_card(card, &[CardCommand::Rename(n.to_string())]).unwrap();
    }
    let mut folded = Vec::new();
    for seq in 1..=12 {
        acknowledge(&phone, card, seq);
        let tail = phone.client.store().read(|connection| tail(connection, card)).unwrap().len();
        let saved = base(&phone, card).saved;
        folded.push((tail, saved.is_empty() || projection::are_told_by(&saved)));
    }
    assert_eq!(folded[7..], [(8, true), (0, false), (1, false), (2, false), (3, false)]);
    assert_eq!(phone.client.card(card).unwrap().row.name, "11");
}

#[test]
fn a_change_that_is_not_what_was_stored_is_told_from_damage() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    phone.client.edit_card(card, &[CardCommand::Rename("Bakery Kovacs".into())]).unwrap();
    acknowledge(&phone, card, 1);
    let damage = |sql: &str| {
        let written = phone.client.store().write(|tx| {
            let hex: String = tx.query_row(sql, [], |row| row.get(0))?;
            tx.execute("UPDATE base_change SET change = unhex(?1)", [hex])?;
            let base = get(tx, card)?.unwrap();
            load(tx, card, &base).map(drop)
        });
        assert!(matches!(written, Err(Error::Unreadable(id, _)) if id == card), "{written:?}");
    };
    // The name, of which one letter is another one.
    damage("SELECT replace(hex(change), hex('Bakery'), hex('Bekery')) FROM base_change");
}

#[test]
fn a_receipt_holds_for_the_heads_it_was_given_for_and_no_others() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    phone.client.edit_card(card, &[CardCommand::Trash]).unwrap();
    acknowledge(&phone, card, 1);
    phone.client.store().write(|tx| set_receipt(tx, card, [5; 16])).unwrap();
    assert_eq!(base(&phone, card).receipt, Some([5; 16]));
    acknowledge(&phone, card, 2);
    assert_eq!(base(&phone, card).receipt, None);
}

#[test]
fn a_document_marked_as_damaged_is_listed_until_it_comes_anew() {
    let phone = Phone::local(1);
    let card = phone.card("Bakery", &[]);
    phone.client.store().write(|tx| mark_damaged(tx, card, "bad bytes")).unwrap();
    let list = || phone.client.store().read(|connection| damaged(connection, 9)).unwrap();
    assert_eq!(list(), [card]);
    let anew = base(&phone, card);
    phone.client.store().write(|tx| put(tx, card, &anew)).unwrap();
    assert!(list().is_empty());
}

#[test]
fn a_document_of_an_unknown_type_is_kept_as_it_came_and_shown_nowhere() {
    let phone = Phone::local(1);
    let id = DocumentId::from_bytes([8; 16]);
    let strange = Base {
        saved: vec![1, 2, 3],
        heads: vec![ChangeHash([9; 32])],
        as_of: u64::from(u32::MAX) + 1,
        ..Base::unsent(DocumentTypeId(77))
    };
    phone.client.store().write(|tx| put(tx, id, &strange)).unwrap();
    assert_eq!(base(&phone, id), strange);
    assert!(phone.client.card(id).is_err());
    assert_eq!(phone.client.wrong_projections().unwrap(), []);
    assert!(phone.client.state_hash(NOW).is_ok());
    let (kept, sum) = digest_of_all(&phone);
    assert_eq!(kept, sum);
    assert_ne!(kept, Digest::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_digest_is_the_sum_over_all_documents_after_any_acknowledgements(
        acts in prop::collection::vec((0..3_usize, 0..4_u8), 1..24),
    ) {
        let phone = Phone::local(1);
        let cards = [phone.card("A", &[]), phone.card("B", &[]), phone.card("C", &[])];
        for (seq, (card, act)) in (1..).zip(acts) {
            let id = cards[card];
            let there = phone.client.card(id).is_ok();
            match act {
                0 if there => drop(phone.client.edit_card(id, &[CardCommand::Rename(seq.to_string())]).unwrap()),
                1 | 2 if there && phone.client.sync_state(id).unwrap() == SyncState::Here => acknowledge(&phone, id, seq),
                3 if seq % 5 == 0 => phone.client.store().write(|tx| crate::store::forget(tx, id)).unwrap(),
                _ => {}
            }
            let (kept, sum) = digest_of_all(&phone);
            prop_assert_eq!(kept, sum);
        }
    }
}
