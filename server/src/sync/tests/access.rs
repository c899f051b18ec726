//! Rights that change while an exchange is on its way, and what an exchange costs the database.

use axum::http::StatusCode;
use roadbook_domain::wire::{Entry, SyncResponse, from_frame, to_frame};

use super::rights::set_role;
use super::*;
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
        assert!(nothing <= 3 && one <= 7, "{nothing} with nothing new, {one} with one entry, {push} for a push");
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

async fn is_there(server: &Server, document: DocumentId) -> bool {
    let mut conn = server.state.db().read().await.unwrap();
    !documents::get(&mut conn, server.state.org(), &[document]).await.unwrap().is_empty()
}

async fn disable(server: &Server, admin: &str, phone: &Phone) {
    let known = server.send(axum::http::Method::GET, "/v1/users", admin, None).await.unwrap();
    let users = known.body.as_array().unwrap();
    let mut user = users.iter().find(|user| user["id"] == phone.user.to_string()).unwrap().clone();
    user["active"] = false.into();
    let path = format!("/v1/users/{}", phone.user);
    let answer = server.send(axum::http::Method::PUT, &path, admin, Some(user)).await.unwrap();
    assert_eq!(answer.status.as_u16(), 200, "{:?}", answer.body);
}
