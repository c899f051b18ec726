//! The daily trim: what is gone afterwards, and that no device misses it.

use roadbook_domain::crm::command::{CardCommand, ContactCommand};
use roadbook_domain::crm::row::{ContactSort, Rows};
use roadbook_domain::value::env::{Env, random};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::todo::Outcome;
use roadbook_domain::wire::{SyncRequest, SyncStatus};

use super::phone::Held;
use super::recovery::reconcile;
use super::*;
use crate::on_both;
use crate::store::db::Raw;
use crate::sync::recovery::trim::{self, Trimmed};

const DAY: i64 = 24 * 60 * 60 * 1000;

on_both! {
    async fn from_any_position_and_the_trimmed_log_a_phone_comes_to_what_it_comes_to_from_the_whole(engine) {
        let mut statuses = [0, 0];
        for seed in 0..3 {
            let (mut world, positions) = course(engine, seed).await;
            let mut whole = Vec::new();
            for phone in &positions {
                let mut phone = phone.clone();
                assert_eq!(come_back(&mut world, &mut phone).await, SyncStatus::Ok);
                whole.push(state(&world, &phone).await);
            }
            let (db, org) = (world.server.state.db().clone(), world.server.created.org);
            let trimmed = trim::trim(&db, org, world.server.env.now()).await.unwrap();
            assert!(trimmed.entries > 0, "seed {seed}");
            assert_eq!(trim::trim(&db, org, world.server.env.now()).await.unwrap(), Trimmed::default());
            for (place, (phone, whole)) in positions.into_iter().zip(whole).enumerate() {
                let mut phone = phone;
                let status = come_back(&mut world, &mut phone).await;
                statuses[usize::from(status == SyncStatus::Expired)] += 1;
                assert_eq!(state(&world, &phone).await, whole, "seed {seed}, position {place}: {status:?}");
                // And it goes on from there like any other.
                assert_eq!(come_back(&mut world, &mut phone).await, SyncStatus::Ok);
            }
            let mut fresh = Phone::new(&world.server, "user@example.com", 99).await;
            fresh.sync(&world.server).await;
            state(&world, &fresh).await;
        }
        assert!(statuses.iter().all(|times| *times > 3), "some are told that it expired, some not: {statuses:?}");
    }

    async fn a_trim_leaves_what_is_young_and_removes_what_is_too_old(engine) {
        let mut world = World::new(engine).await;
        let (db, org) = (world.server.state.db().clone(), world.server.created.org);
        let card = world.id();
        let assignee = world.restricted.user;
        let part = world.part();
        world.user.card(&world.server, card, create("Roof", Some(world.user.user)));
        world.user.card(&world.server, card, todo(part, "Call", assignee));
        world.user.sync(&world.server).await;
        world.restricted.sync(&world.server).await;
        // By closing it they lose the card, and retain the closing.
        let close = CardCommand::Close(part, Outcome::Success);
        world.restricted.card(&world.server, card, close);
        world.restricted.sync(&world.server).await;
        let now = world.server.env.now();
        assert_eq!(trim::trim(&db, org, now).await.unwrap(), Trimmed::default(), "everything is young");
        let rows = rows(&world).await;
        assert!(rows.closings == 1 && rows.sessions > 0 && rows.log > 10 && rows.fanout > 0);

        world.server.env.advance(63 * DAY);
        let trimmed = trim::trim(&db, org, world.server.env.now()).await.unwrap();
        assert_eq!(trimmed, Trimmed { closings: 1, ..Trimmed::default() });
        world.server.env.advance(130 * DAY);
        let mut phone = Phone::new(&world.server, "user@example.com", 3).await;
        phone.card(&world.server, world.id(), create("Door", None));
        phone.sync(&world.server).await;
        let trimmed = trim::trim(&db, org, world.server.env.now()).await.unwrap();
        assert!(trimmed.entries > 10 && trimmed.sessions > 0, "{trimmed:?}");
        let left = self::rows(&world).await;
        // The new card, and the entry before it, at which devices stood.
        assert_eq!((left.log, left.sessions), (2, 1), "{left:?}");
        assert!(left.fanout <= 4, "{left:?}");
    }
}

/// A course of more than a hundred days, and phones as they were in the midst of it.
async fn course(engine: Engine, seed: u64) -> (World, Vec<Phone>) {
    let mut world = World::new(engine).await;
    let dice = roadbook_domain::value::env::SeededEnv::new(seed, Timestamp::from_millis(0));
    let roll = |sides: usize| {
        let drawn: [u8; 8] = random(&dice);
        usize::try_from(u64::from_le_bytes(drawn) % sides as u64).unwrap()
    };
    let mut positions = Vec::new();
    let mut cards = Vec::new();
    for step in 0..60 {
        world.server.env.advance(i64::try_from(roll(5)).unwrap() * DAY + 1_000);
        // Access tokens are good for minutes, and a course takes months.
        for phone in [&mut world.manager, &mut world.user, &mut world.restricted] {
            phone.sign_in_again(&world.server).await;
        }
        let who = roll(3);
        let users = [None, Some(world.user.user), Some(world.restricted.user)];
        let (id, part, other) = (world.id(), world.part(), users[roll(3)]);
        let World { server, manager, user, restricted, .. } = &mut world;
        let phone = [manager, user, restricted].into_iter().nth(who).unwrap();
        let known = cards.get(roll(cards.len().max(1))).copied().filter(|id| phone.held.contains_key(id));
        match (roll(8), known) {
            (0..=1, _) | (_, None) => {
                phone.card(server, id, create(&format!("Card {step}"), other));
                cards.push(id);
            }
            (2, _) => phone.contact(server, id, ContactCommand::Create(ContactSort::Person)),
            (3, Some(card)) => phone.card(server, card, CardCommand::Rename(format!("Named {step}"))),
            (4, Some(card)) => phone.card(server, card, CardCommand::SetOwner(other)),
            (5, Some(card)) => {
                let assignee = other.unwrap_or(phone.user);
                phone.card(server, card, todo(part, "Call", assignee));
            }
            (6, Some(card)) => {
                let Rows::Card(row, _) = phone.held[&card].rows() else { panic!("a card") };
                if let Some(open) = row.todos.iter().find(|todo| todo.state.is_open()) {
                    let close = CardCommand::Close(open.id, Outcome::Success);
                    phone.card(server, card, close);
                }
            }
            (_, Some(card)) if step % 3 == 0 => {
                let token = server.admin().await.unwrap();
                let claim = crate::auth::Claim::of(server.state.gate(), &token).unwrap();
                drop(crate::sync::purge(server.state.engine(), &claim, card).await);
            }
            _ => {}
        }
        phone.step(server).await;
        // Whoever did not pull for long stands far back; a small page leaves a phone in the midst of a fill.
        let at =
            [&mut world.manager, &mut world.user, &mut world.restricted].into_iter().nth(roll(3)).unwrap();
        at.budget = (roll(4) == 0).then_some(4096);
        match roll(5) {
            0 => drop(at.step(&world.server).await),
            1 => drop(at.sync(&world.server).await),
            2 => positions.push(at.clone()),
            3 => {
                let (email, installation) = [("manager", 42), ("user", 43), ("restricted", 44)][roll(3)];
                let mut fresh =
                    Phone::new(&world.server, &format!("{email}@example.com"), installation).await;
                fresh.budget = Some(4096);
                fresh.step(&world.server).await;
                positions.push(fresh);
            }
            _ => {}
        }
    }
    (world, positions)
}

/// Brings a phone up to date as a device must, whatever its cursor is worth; answers the first status.
async fn come_back(world: &mut World, phone: &mut Phone) -> SyncStatus {
    let server = &world.server;
    phone.budget = None;
    phone.sign_in_again(server).await;
    let answer = phone.send(server, &phone.request()).await;
    let first = answer.status;
    if first != SyncStatus::Ok {
        phone.closings.clear();
    }
    if phone.take(server, answer) {
        phone.sync(server).await;
    }
    if first == SyncStatus::Ok {
        return first;
    }
    for _ in 0..20 {
        let fetch: Vec<_> = reconcile(server, phone).await.into_keys().collect();
        if fetch.is_empty() {
            return first;
        }
        let cursor = phone.cursor.clone();
        let answer = phone.send(server, &SyncRequest { cursor, fetch, ..SyncRequest::default() }).await;
        phone.take(server, answer);
    }
    panic!("a reconciliation without an end");
}

/// What a phone shows, which must be what the server says.
async fn state(world: &World, phone: &Phone) -> [u8; 32] {
    let differing = reconcile(&world.server, phone).await;
    assert!(
        differing.is_empty(),
        "{differing:?}: {:?}",
        differing.keys().map(|id| phone.held.get(id).map(Held::rows)).collect::<Vec<_>>()
    );
    assert_eq!(Some(phone.own_digest()), phone.digest);
    let hash = phone.state_hash(world.server.env.now());
    let told =
        (phone.user, world.restricted.user, phone.held.len(), phone.settings.rows().count(), &phone.closings);
    assert_eq!(hash, server_hash(&world.server, phone).await, "{told:?}");
    hash
}

#[derive(Debug)]
struct Count {
    log: i64,
    fanout: i64,
    sessions: i64,
    closings: i64,
}

async fn rows(world: &World) -> Count {
    let mut conn = world.server.state.db().read().await.unwrap();
    let mut counts = Vec::new();
    for table in ["log", "fanout", "session", "retained_closing"] {
        let text = sqlx::AssertSqlSafe(format!("/* test */ select count(*) from {table}"));
        let count: i64 = match conn.raw() {
            Raw::Sqlite(c) => sqlx::query_scalar(text).fetch_one(c).await.unwrap(),
            Raw::Postgres(c) => sqlx::query_scalar(text).fetch_one(c).await.unwrap(),
        };
        counts.push(count);
    }
    let [log, fanout, sessions, closings] = counts[..] else { panic!("four counts") };
    Count { log, fanout, sessions, closings }
}
