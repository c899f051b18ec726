//! Rights that change while an exchange is on its way, and what an exchange costs the database.

use axum::http::StatusCode;
use roadbook_domain::crm::command::ContactCommand;
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::wire::{Entry, RefusalCode, SyncResponse, Verdict, from_frame, to_frame};

use super::rights::set_role;
use super::*;
use crate::auth::Claim;
use crate::on_both;
use crate::store::{documents, meter};

/// More connections than an exchange takes one after another.
const MANY: u64 = 20;

on_both! {
    async fn a_push_that_waited_does_not_commit_after_its_user_lost_access_and_no_answer_shows_what_a_role_lost(engine) {
        for role in ["disabled", "restricted"] {
            for nth in 1..MANY {
                let mut world = World::new(engine).await;
                let server = &world.server;
                let admin = world.admin.token.clone();
                let (others, own) = (world.id(), world.id());
                world.admin.card(server, others, create("Of others", Some(world.admin.user)));
                world.admin.sync(server).await;
                world.user.card(server, own, create("Roof", Some(world.user.user)));
                let body = to_frame(&world.user.request());
                let halted = meter::halt_before(nth);
                let (mut arrived, go_on) = (halted.arrived, halted.go_on);
                let user = &world.user;
                let exchange = user.send_raw(server, body);
                tokio::pin!(exchange);
                let is_halted = tokio::select! {
                    biased;
                    arrived = &mut arrived => arrived.is_ok(),
                    _ = &mut exchange => false,
                };
                if !is_halted {
                    assert!(nth > 3, "it takes connections");
                    break;
                }
                let was_there = is_there(server, own).await;
                match role {
                    "disabled" => disable(server, &admin, user).await,
                    _ => set_role(server, &admin, user, role).await,
                }
                go_on.send(()).unwrap();
                let (status, bytes) = exchange.await;
                assert_eq!(is_there(server, own).await, was_there, "{role} at connection {nth}");
                assert!(
                    status == StatusCode::UNAUTHORIZED || !shows(&bytes, others),
                    "{role} at connection {nth}: {status}"
                );
            }
        }
    }

    async fn a_push_that_waited_links_nothing_and_trashes_nothing_that_its_restricted_user_lost_meanwhile(engine) {
        for act in ["link", "trash"] {
            let mut waits = 0;
            for nth in 1..MANY {
                let mut world = World::new(engine).await;
                let server = &world.server;
                let [given, own, contact] = [(); 3].map(|()| world.id());
                let restricted = Some(world.restricted.user);
                world.manager.contact(server, contact, ContactCommand::Create(ContactSort::Company));
                world.manager.card(server, given, create("Given", restricted));
                world.manager.card(server, given, CardCommand::Link { role: "customer".into(), target: contact });
                world.manager.card(server, own, create("Own", restricted));
                world.manager.sync(server).await;
                world.restricted.sync(server).await;
                match act {
                    "link" => world.restricted.card(
                        server,
                        own,
                        CardCommand::Link { role: "customer".into(), target: contact },
                    ),
                    _ => world.restricted.contact(server, contact, ContactCommand::Trash),
                }
                let document = if act == "link" { own } else { contact };
                world.manager.card(server, given, CardCommand::SetOwner(Some(world.manager.user)));
                let body = to_frame(&world.restricted.request());
                let halted = meter::halt_before(nth);
                let (mut arrived, go_on) = (halted.arrived, halted.go_on);
                let exchange = world.restricted.send_raw(server, body);
                tokio::pin!(exchange);
                let is_halted = tokio::select! {
                    biased;
                    arrived = &mut arrived => arrived.is_ok(),
                    _ = &mut exchange => false,
                };
                if !is_halted {
                    break;
                }
                waits += 1;
                let before = heads(server, document).await;
                world.manager.sync(server).await;
                go_on.send(()).unwrap();
                exchange.await;
                assert_eq!(heads(server, document).await, before, "{act} at connection {nth}");
            }
            assert!(waits > 3, "it takes connections");
        }
    }

    async fn an_exchange_with_nothing_new_wakes_the_database_thrice_and_one_with_one_entry_seven_times(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        world.admin.sync(server).await;
        world.user.sync(server).await;
        world.admin.sync(server).await;
        let nothing = wakes(&mut world.admin, server).await;
        let card = world.id();
        world.user.card(server, card, create("Roof", Some(world.user.user)));
        world.user.sync(server).await;
        world.admin.sync(server).await;
        world.user.card(server, card, CardCommand::Rename("New roof".into()));
        let push = wakes(&mut world.user, server).await;
        let one = wakes(&mut world.admin, server).await;
        assert_eq!(world.admin.received["change"], 1);
        assert!(nothing <= 3 && one <= 7 && push <= 36, "{nothing} with nothing new, {one} with one entry, {push} for a push");
    }

    async fn who_lost_their_role_is_told_of_nothing_that_was_made_after_their_cursor(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let [before, gone, own, later, later_gone] = [(); 5].map(|()| world.id());
        for card in [before, gone] {
            world.manager.card(server, card, create("Before", Some(world.manager.user)));
        }
        world.manager.sync(server).await;
        world.user.sync(server).await;
        // Of this card it has not heard the answer.
        world.user.card(server, own, create("Their own", Some(world.manager.user)));
        world.user.send(server, &world.user.request()).await;
        world.user.outbox.clear();
        let admin = world.admin.token.clone();
        set_role(server, &admin, &world.user, "restricted").await;
        for card in [later, later_gone] {
            world.manager.card(server, card, create("Later", Some(world.manager.user)));
        }
        world.manager.card(server, before, CardCommand::Rename("Changed later".into()));
        world.manager.sync(server).await;
        let claim = Claim::of(server.state.gate(), &admin).unwrap();
        for card in [gone, later_gone] {
            crate::sync::purge(server.state.engine(), &claim, card).await.unwrap();
        }
        let phone = &mut world.user;
        phone.token = Phone::new(server, "user@example.com", 3).await.token;
        phone.sync(server).await;
        let mut forgotten = vec![before, own];
        forgotten.sort_unstable();
        assert_eq!(phone.closings.keys().copied().collect::<Vec<_>>(), forgotten, "what it had");
        assert_eq!(phone.purged, [gone]);
        assert_eq!(phone.digest, Some(phone.own_digest()));
    }

    async fn only_the_loss_of_a_role_opens_the_time_for_late_edits_and_only_for_what_was_there(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (card, other, later) = (world.id(), world.id(), world.id());
        for card in [card, other] {
            world.manager.card(server, card, create("Roof", Some(world.manager.user)));
        }
        world.manager.sync(server).await;
        world.user.sync(server).await;
        set_role(server, &world.admin.token, &world.user, "restricted").await;
        world.manager.card(server, later, create("Later", Some(world.manager.user)));
        world.manager.sync(server).await;
        // Nobody has sent it: it stands for an id and heads that they heard of elsewhere.
        let held = world.manager.held[&later].clone();
        world.user.held.insert(later, held);
        let cursor = world.user.cursor.clone();
        let verdict_of = async |world: &mut World, card| {
            let phone = &mut world.user;
            phone.token = Phone::new(&world.server, "user@example.com", 3).await.token;
            phone.cursor.clone_from(&cursor);
            phone.card(&world.server, card, CardCommand::Rename("Late".into()));
            let request = phone.request();
            phone.outbox.clear();
            phone.send(&world.server, &request).await.verdicts[0].verdicts[0].clone()
        };
        assert_eq!(verdict_of(&mut world, later).await, Verdict::Refused(RefusalCode::NotVisible));
        let verdict = verdict_of(&mut world, card).await;
        assert!(matches!(verdict, Verdict::Applied(_)), "{verdict:?}");
        world.server.env.advance(8 * 24 * 60 * 60 * 1000);
        let admin = world.server.admin().await.unwrap();
        edit_user(&world.server, &admin, &world.user, "given_name", "Béla".into()).await;
        assert_eq!(verdict_of(&mut world, other).await, Verdict::Refused(RefusalCode::RightLost));
    }
}

/// How often one exchange of a phone wakes the database.
async fn wakes(phone: &mut Phone, server: &Server) -> u64 {
    // What went before gives its connections back in tasks of its own, which are no part of this.
    let before = meter::wakes();
    let (more, _) = phone.step(server).await;
    assert!(!more);
    meter::wakes() - before
}

fn shows(bytes: &[u8], document: DocumentId) -> bool {
    let answer: SyncResponse = from_frame(bytes, 64 << 20).unwrap();
    answer.entries.iter().any(|envelope| match Entry::from_envelope(envelope).unwrap() {
        Some(Entry::Bundle(bundle)) => bundle.document == document,
        Some(Entry::Change(entry)) => entry.document == document,
        _ => false,
    })
}

async fn heads(server: &Server, id: DocumentId) -> Vec<roadbook_domain::document::change::ChangeHash> {
    let mut conn = server.state.db().read().await.unwrap();
    let found = documents::get(&mut conn, server.created.org, &[id]).await.unwrap();
    found.into_iter().next().map(|stored| stored.heads).unwrap_or_default()
}

async fn is_there(server: &Server, document: DocumentId) -> bool {
    let mut conn = server.state.db().read().await.unwrap();
    !documents::get(&mut conn, server.state.org(), &[document]).await.unwrap().is_empty()
}

async fn disable(server: &Server, admin: &str, phone: &Phone) {
    edit_user(server, admin, phone, "active", false.into()).await;
}

/// Edits one member of the entry of a phone's user.
async fn edit_user(server: &Server, admin: &str, phone: &Phone, member: &str, value: serde_json::Value) {
    let known = server.send(axum::http::Method::GET, "/v1/users", admin, None).await.unwrap();
    let users = known.body.as_array().unwrap();
    let mut user = users.iter().find(|user| user["id"] == phone.user.to_string()).unwrap().clone();
    user[member] = value;
    let path = format!("/v1/users/{}", phone.user);
    let answer = server.send(axum::http::Method::PUT, &path, admin, Some(user)).await.unwrap();
    assert_eq!(answer.status.as_u16(), 200, "{:?}", answer.body);
}
