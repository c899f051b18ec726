//! What a push may name and how much of it, and the server's own actors.

use std::collections::BTreeSet;

use roadbook_domain::access::audience::MAX_CARD_LINKS;
use roadbook_domain::crm::command::Acting;
use roadbook_domain::document::change::{Actor, Change, Op, OpId, Register};
use roadbook_domain::document::{ActorRow, AuthorTable, DocumentType, DocumentTypeId, Signature};
use roadbook_domain::value::env::random;
use roadbook_domain::value::id::FieldId;
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::wire::{
    MAX_PUSH_CHANGES, Pushed, PushedChange, RefusalCode, Reupload, SyncRequest, Verdict, to_frame,
};

use super::phone::Held;
use super::*;
use crate::on_both;
use crate::sync::seals::receipt::{Receipt, Subject};
use crate::sync::up::scratch::MAX_HEADS;

const ME: UserId = UserId::from_bytes([1; 16]);
const NOW: Timestamp = Timestamp::from_millis(1_000);

on_both! {
    async fn owners_and_assignees_are_users_of_the_organisation(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (card, part) = (world.id(), world.part());
        let nobody = UserId::from_bytes([9; 16]);
        world.user.card(server, card, create("Roof", Some(world.manager.user)));
        world.user.card(server, card, todo(part, "Call", world.restricted.user));
        let verdicts = world.user.sync(server).await;
        assert!(matches!(verdicts[..], [Verdict::Applied(_), Verdict::Applied(_)]), "{verdicts:?}");
        for command in [CardCommand::SetOwner(Some(nobody)), CardCommand::Assign(part, Some(nobody))] {
            let before = world.user.held[&card].clone();
            world.user.card(server, card, command);
            assert_eq!(world.user.sync(server).await, [Verdict::Refused(RefusalCode::Policy)]);
            world.user.held.insert(card, before);
        }
    }

    async fn thousands_of_links_in_one_push_and_full_cards_that_change_hands_are_no_error_of_the_database(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let targets: Vec<_> = (0..9_000).map(|_| world.id()).collect();
        for part in targets.chunks(3_000) {
            let card = world.id();
            world.restricted.edit(card, DocumentTypeId::CARD, NOW, |draft| {
                for target in part {
                    let link = CardCommand::Link { role: "x".into(), target: *target };
                    link.draft(draft, &Acting { by: ME, now: NOW, zone: Zone::UTC }).unwrap();
                }
            });
        }
        let request = world.restricted.request();
        let (status, _) = world.restricted.send_raw(server, to_frame(&request)).await;
        assert_eq!(status.as_u16(), 200);
        // Two cards with as many links as one may have, which both change hands.
        let cards = [world.id(), world.id()];
        for card in cards {
            world.user.card(server, card, create("Roof", Some(world.user.user)));
            for _ in 0..MAX_CARD_LINKS {
                let target = DocumentId::new(&*server.env);
                world.user.card(server, card, CardCommand::Link { role: "x".into(), target });
            }
            world.user.sync(server).await;
        }
        for card in cards {
            world.user.card(server, card, CardCommand::SetOwner(Some(world.manager.user)));
        }
        let verdicts = world.user.sync(server).await;
        assert!(matches!(verdicts[..], [Verdict::Applied(_), Verdict::Applied(_)]), "{verdicts:?}");
    }

    async fn the_changes_of_a_push_that_names_20_000_actors_are_judged_one_by_one(engine) {
        const FORGED: usize = MAX_PUSH_CHANGES - 1;
        let mut world = World::new(engine).await;
        let server = &world.server;
        for phone in [&mut world.user, &mut world.restricted] {
            let id = || DocumentId::new(&*server.env);
            phone.card(server, id(), create("Roof", Some(phone.user)));
            let forged = (0..u32::try_from(FORGED).unwrap()).map(|n| replacing_40(id(), 41 * n));
            let push: Vec<Pushed> = forged.chain(phone.outbox.drain(..)).collect();
            assert!(!Pushed::are_too_large(&push), "as many as one request may hold");
            let answer = phone.send(server, &SyncRequest { push, ..SyncRequest::default() }).await;
            let verdicts: Vec<_> = answer.verdicts.into_iter().flat_map(|group| group.verdicts).collect();
            let (forged, honest) = verdicts.split_at(FORGED);
            assert_eq!(forged, vec![Verdict::Refused(RefusalCode::Malformed); FORGED]);
            assert!(matches!(honest, [Verdict::Applied(_)]), "{honest:?}");
        }
    }

    async fn a_re_upload_that_names_100_000_actors_is_judged_like_any_other_and_a_larger_one_is_too_large(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        // A statement of SQLite takes 32,766 values, and 16,384 is the last power of two below that.
        for count in [16_384, 16_385, 32_767, 100_000] {
            let card = world.id();
            let by = Signature { user: Some(world.manager.user), device: None };
            world.manager.card(server, card, create("Lost", None));
            world.manager.outbox.clear();
            let mut held = world.manager.held.remove(&card).unwrap();
            held.authors = authors(count);
            held.authors.push((world.manager.actor, 1), &by, None, NOW);
            held.receipt = Some(receipt(server, card, &held));
            let honest = held.reupload(card).unwrap();
            let mut forged = honest.clone();
            forged.receipt[0] ^= 1;
            let refused = [Verdict::Refused(RefusalCode::ForeignReceipt)];
            assert_eq!(re_upload(server, &world.manager, forged).await, refused, "{count}");
            let verdicts = re_upload(server, &world.manager, honest).await;
            assert!(matches!(verdicts[..], [Verdict::Applied(_)]), "{count}: {verdicts:?}");
        }
        let offer = Reupload {
            document: world.id(),
            kind: DocumentTypeId::CARD,
            changes: vec![vec![0; 24].into()],
            authors: authors(200_000),
            receipt: [0; 16].into(),
            heads: vec![],
            part: None,
        };
        let request = SyncRequest { reuploads: vec![offer], ..SyncRequest::default() };
        let (status, _) = world.manager.send_raw(server, to_frame(&request)).await;
        assert_eq!(status.as_u16(), 413);
    }

    async fn no_document_has_the_nil_id(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let nil = DocumentId::from_bytes([0; 16]);
        world.restricted.card(server, nil, create("Nil", None));
        assert_eq!(world.restricted.sync(server).await, [Verdict::Refused(RefusalCode::Malformed)]);
    }

    async fn the_server_makes_each_change_under_an_actor_of_its_own(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let cards = [world.id(), world.id()];
        let mut merged = BTreeSet::new();
        for card in cards {
            world.user.card(server, card, create("Roof", None));
            world.user.sync(server).await;
            let base = world.user.held[&card].clone();
            // As many heads as make the server join them.
            for n in 0..=MAX_HEADS {
                world.user.held.insert(card, base.clone());
                world.user.actor = Actor(random(&*server.env));
                let field = FieldId::from_bytes([u8::try_from(n).unwrap(); 16]);
                world.user.card(server, card, CardCommand::SetField(field, "x".into()));
            }
            let verdicts = &world.user.send(server, &world.user.request()).await.verdicts[0].verdicts;
            assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Applied(_))), "{verdicts:?}");
            world.user.outbox.clear();
            let mut fresh = Phone::new(server, "user@example.com", 9).await;
            fresh.sync(server).await;
            let authors = &fresh.held[&card].authors;
            let own = authors.actors.iter().filter(|row| row.by.user.is_none()).map(|row| row.actor);
            let before = merged.len();
            merged.extend(own);
            assert_eq!(merged.len(), before + 1, "one more, of its own");
        }
    }
}

/// An actor for each number.
fn actor(number: u32) -> Actor {
    let mut actor = [9; 16];
    actor[..4].copy_from_slice(&number.to_be_bytes());
    Actor(actor)
}

/// A card of one change by the actor with this number, which claims to replace values of the next 40.
fn replacing_40(document: DocumentId, number: u32) -> Pushed {
    let kind = DocumentType::get(DocumentTypeId::CARD).unwrap();
    let pred = (1..=40).map(|n| OpId { counter: 1, actor: actor(number + n) }).collect();
    let register = Register { container: 0, name: "name".into() };
    let change = Change {
        actor: actor(number),
        seq: 1,
        start_op: kind.genesis_max_op() + 1,
        time: NOW,
        deps: vec![kind.genesis_hash()],
        ops: vec![Op::Put { register, value: "x".into(), pred }],
    };
    let change = PushedChange { change: change.to_bytes(), check: [0; 8].into(), origin: None };
    Pushed { document, kind: kind.id, changes: vec![change] }
}

/// A table of so many actors who wrote nothing.
fn authors(count: u32) -> AuthorTable {
    let by = Signature { user: None, device: None };
    let row = |n| ActorRow { actor: actor(n), by: by.clone(), received: Vec::new(), origins: Vec::new() };
    AuthorTable { actors: (0..count).map(row).collect() }
}

/// What the server would give a phone that holds a document in this state.
fn receipt(server: &Server, document: DocumentId, held: &Held) -> Receipt {
    let heads = held.document.heads();
    let authors = minicbor::to_vec(&held.authors).unwrap();
    let (org, kind) = (server.created.org, DocumentTypeId::CARD);
    let subject = Subject { org, document, kind, heads: &heads, authors: &authors };
    subject.receipt(server.state.node().secrets().receipt_key.as_bytes())
}

/// Re-uploads one document; answers the verdicts on it.
async fn re_upload(server: &Server, phone: &Phone, offer: Reupload) -> Vec<Verdict> {
    let request = SyncRequest { reuploads: vec![offer], ..SyncRequest::default() };
    phone.send(server, &request).await.verdicts.remove(0).verdicts
}
