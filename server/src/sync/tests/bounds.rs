//! What a push may name and how much of it, and the server's own actors.

use std::collections::BTreeSet;

use roadbook_domain::access::audience::MAX_CARD_LINKS;
use roadbook_domain::crm::command::Acting;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::Actor;
use roadbook_domain::value::env::random;
use roadbook_domain::value::id::FieldId;
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::wire::{RefusalCode, Verdict, to_frame};

use super::*;
use crate::on_both;
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

    async fn many_actors_and_links_in_one_push_are_no_error_of_the_database(engine) {
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
        // Two cards of a hundred contacts each, which both change hands.
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
