//! What phones are sent: first syncs, tails, and that both lead to the same.

use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::value::id::PartId;
use roadbook_domain::value::todo::Outcome;
use roadbook_domain::wire::{Cursor, SyncStatus};

use super::*;
use crate::on_both;

on_both! {
    async fn a_process_computes_one_state_hash_at_a_time(engine) {
        let world = World::new(engine).await;
        let server = &world.server;
        let ask = || server.send(axum::http::Method::GET, "/v1/state-hash?now=0", &world.user.token, None);
        let leave = server.state.engine().hash().unwrap();
        let refused = ask().await.unwrap();
        assert_eq!((refused.status.as_u16(), refused.code()), (503, "unavailable"));
        assert!(refused.headers.contains_key(axum::http::header::RETRY_AFTER));
        drop(leave);
        assert_eq!(ask().await.unwrap().status.as_u16(), 200);
    }

    async fn the_first_page_brings_today_and_the_rest_comes_in_resumable_pages_while_others_write(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let part = PartId::from_bytes([1; 6]);
        let mut cards: Vec<_> = (0..60).map(|_| DocumentId::new(&*server.env)).collect();
        for card in &cards {
            world.admin.card(server, *card, create(&"long name ".repeat(90), Some(world.admin.user)));
        }
        let urgent = cards[59];
        world.admin.card(server, urgent, todo(part, "Now", world.user.user));
        world.admin.sync(server).await;
        let phone = &mut world.user;
        phone.budget = Some(20_000);
        let (more, _) = phone.step(server).await;
        assert!(more && phone.settings_rows().len() > 10);
        assert!(phone.held.contains_key(&urgent), "today comes first");
        assert!(phone.held.len() < 30);
        let mut turns = 0;
        loop {
            // Others change a card that was sent, one that was not, and make a new one.
            if turns < 4 {
                let new = DocumentId::new(&*server.env);
                world.admin.card(server, cards[0], CardCommand::Rename(format!("first {turns}")));
                world.admin.card(server, cards[58], CardCommand::Rename(format!("last {turns}")));
                world.admin.card(server, new, create("New", Some(world.admin.user)));
                cards.push(new);
                world.admin.sync(server).await;
            }
            turns += 1;
            if !phone.step(server).await.0 {
                break;
            }
        }
        assert!(turns > 3, "{turns}");
        assert_eq!(phone.shared().len(), cards.len());
        assert_eq!(phone.digest, Some(phone.own_digest()));
        let progress = phone.progress.last().unwrap();
        assert!(progress.total >= 60 && progress.done == progress.total, "{progress:?}");
        let now = roadbook_domain::value::env::Env::now(&*server.env);
        assert_eq!(phone.state_hash(now), server_hash(server, phone).await);
    }

    async fn a_cursor_of_another_device_or_a_damaged_one_has_expired_and_the_phone_must_reconcile(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        world.user.sync(server).await;
        world.admin.sync(server).await;
        let foreign = world.admin.cursor.clone();
        for cursor in [foreign, Some(Cursor(vec![])), Some(Cursor(vec![7; 80]))] {
            world.user.cursor = cursor;
            let answer = world.user.send(server, &world.user.request()).await;
            assert_eq!(answer.status, SyncStatus::Expired);
            assert!(answer.cursor.is_some());
        }
    }

    async fn settings_reach_every_phone_and_only_what_changed_comes_again(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        world.user.sync(server).await;
        let all = world.user.received["settings"];
        let token = server.admin().await.unwrap();
        server.add_user(&token, "new@example.com", "user").await.unwrap();
        world.user.sync(server).await;
        assert_eq!(world.user.received["settings"], all + 1);
        let mut fresh = Phone::new(server, "user@example.com", 9).await;
        fresh.sync(server).await;
        assert_eq!(fresh.settings_rows(), world.user.settings_rows());
    }

    async fn many_changes_of_one_card_come_as_one_bundle(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let card = world.id();
        world.user.card(server, card, create("Roof", None));
        world.user.sync(server).await;
        world.admin.sync(server).await;
        for i in 0..3 {
            world.user.card(server, card, CardCommand::Rename(format!("Roof {i}")));
        }
        world.user.sync(server).await;
        world.admin.received.clear();
        world.admin.sync(server).await;
        assert_eq!(world.admin.received.get("change"), Some(&3));
        assert!(world.admin.held[&card].receipt.is_some(), "the last one brings a receipt");
        for i in 0..30 {
            world.user.card(server, card, CardCommand::Rename(format!("Roof again {i}")));
        }
        world.user.sync(server).await;
        world.admin.received.clear();
        world.admin.sync(server).await;
        assert_eq!(world.admin.received.get("bundle"), Some(&1));
        assert_eq!(world.admin.received.get("change"), None);
        assert_eq!(world.admin.held[&card].rows(), world.user.held[&card].rows());
    }

    async fn every_way_of_pulling_leads_to_the_same_state(engine) {
        let seeds = if engine == Engine::Sqlite { 0..12 } else { 0..2 };
        for seed in seeds {
            random_run(engine, seed).await;
        }
    }
}

/// Random edits by everybody; phones that pull after every step, seldom, in small pages, or only at the
/// end must all show what the server shows, to the byte.
async fn random_run(engine: Engine, seed: u64) {
    let mut world = World::new(engine).await;
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let server = &world.server;
    let mut watchers = Vec::new();
    for (i, email) in
        ["restricted@example.com", "restricted@example.com", "user@example.com"].iter().enumerate()
    {
        let installation = 20 + u8::try_from(i).unwrap();
        let mut phone = Phone::new(server, email, installation).await;
        phone.budget = (i == 1).then_some(1);
        watchers.push(phone);
    }
    let users = [world.restricted.user, world.user.user, world.manager.user];
    let cards: Vec<_> = (0..6).map(|_| DocumentId::new(&*server.env)).collect();
    let contacts: Vec<_> = (0..4).map(|_| DocumentId::new(&*server.env)).collect();
    for step in 0..60 {
        let author = match dice.roll(3) {
            0 => &mut world.user,
            1 => &mut world.manager,
            _ => &mut world.restricted,
        };
        if author.user == users[0] || dice.roll(2) == 0 {
            author.sync(server).await;
        }
        for _ in 0..=dice.roll(2) {
            random_edit(server, author, &mut dice, &cards, &contacts, &users);
        }
        server.env.advance(1_000);
        let verdicts = author.sync(server).await;
        let is_fine = |v: &roadbook_domain::wire::Verdict| {
            use roadbook_domain::wire::{RefusalCode as R, Verdict as V};
            matches!(
                v,
                V::Applied(_)
                    | V::NotReached
                    | V::ActorFork
                    | V::Refused(R::NotVisible | R::RightLost | R::LinkNotVisible | R::IdTaken | R::Policy)
            )
        };
        assert!(verdicts.iter().all(is_fine), "seed {seed}, step {step}: {verdicts:?}");
        if !verdicts.iter().all(|v| matches!(v, roadbook_domain::wire::Verdict::Applied(_))) {
            // Nothing may build on a refused change: the phone starts from what the server has.
            let (email, installation) = (email_of(author, &users), 40 + step);
            *author = Phone::new(server, email, installation).await;
            author.sync(server).await;
        }
        watchers[0].sync(server).await;
        if dice.roll(8) == 0 {
            watchers[1].step(server).await;
            watchers[2].sync(server).await;
        }
    }
    let now = roadbook_domain::value::env::Env::now(&*server.env);
    for (i, email) in ["restricted@example.com", "user@example.com", "manager@example.com"].iter().enumerate()
    {
        watchers.push(Phone::new(server, email, 30 + u8::try_from(i).unwrap()).await);
    }
    watchers.extend([world.restricted, world.user, world.manager]);
    for (i, phone) in watchers.iter_mut().enumerate() {
        phone.sync(server).await;
        let shown: std::collections::BTreeMap<_, _> =
            phone.held.iter().map(|(id, held)| (*id, held.document.heads())).collect();
        assert_eq!(phone.digest, Some(phone.own_digest()), "seed {seed}, phone {i}: {shown:?}");
        assert_eq!(phone.state_hash(now), server_hash(server, phone).await, "seed {seed}, phone {i}");
    }
    recomputed(server).await;
}

fn email_of(phone: &Phone, users: &[UserId; 3]) -> &'static str {
    match users.iter().position(|user| *user == phone.user) {
        Some(0) => "restricted@example.com",
        Some(1) => "user@example.com",
        _ => "manager@example.com",
    }
}

/// Every digest in the database is the sum over the documents that audiences file under its key.
async fn recomputed(server: &Server) {
    use crate::store::{digests, documents, key};
    let mut conn = server.state.db().snapshot().await.unwrap();
    let org = server.state.org();
    let users: Vec<uuid::Uuid> =
        crate::store::db::on!(conn, |c| sqlx::query_scalar("select id from app_user").fetch_all(c).await)
            .unwrap();
    let mut keys = vec![key::STAFF.to_vec()];
    for user in users {
        keys.extend(key::filed_for(user.into()));
        keys.push(key::private(user.into()));
    }
    for key in keys {
        let feed = documents::terms_of_feed(&mut conn, org, &key).await.unwrap();
        let filed = documents::terms_of_principal(&mut conn, org, &key).await.unwrap();
        let terms = if feed.is_empty() { filed } else { feed };
        let mut sum = roadbook_domain::document::digest::Digest::default();
        terms.iter().for_each(|(_, term)| sum.add(*term));
        let known = digests::get(&mut conn, org, [key.clone()]).await.unwrap();
        let known = known.get(&key).copied().unwrap_or_default();
        assert_eq!((known.documents, known.digest), (terms.len() as i64, sum), "{key:?}");
    }
}

fn random_edit(
    server: &Server,
    phone: &mut Phone,
    dice: &mut Dice,
    cards: &[DocumentId],
    contacts: &[DocumentId],
    users: &[UserId; 3],
) {
    use roadbook_domain::crm::command::ContactCommand;
    use roadbook_domain::crm::row::ContactSort;
    let card = cards[dice.roll(cards.len() as u64) as usize];
    let contact = contacts[dice.roll(contacts.len() as u64) as usize];
    let other = contacts[dice.roll(contacts.len() as u64) as usize];
    let user = users[dice.roll(3) as usize];
    let part = PartId::from_bytes([dice.roll(3) as u8; 6]);
    if dice.roll(4) == 0 {
        if !phone.held.contains_key(&contact) {
            let sort = if dice.roll(2) == 0 { ContactSort::Company } else { ContactSort::Person };
            return phone.contact(server, contact, ContactCommand::Create(sort));
        }
        let link = PartId::derived(&[b"employer", other.as_bytes()]);
        return match dice.roll(3) {
            0 => phone.contact(
                server,
                contact,
                ContactCommand::Link { role: "employer".into(), target: other },
            ),
            1 => phone.contact(server, contact, ContactCommand::Unlink(link)),
            _ => phone.contact(
                server,
                contact,
                ContactCommand::Rename { given: "A".into(), family: dice.roll(99).to_string() },
            ),
        };
    }
    let Some(held) = phone.held.get(&card) else {
        let owner = (dice.roll(3) > 0).then_some(user);
        return phone.card(server, card, create("Card", owner));
    };
    let has_todo = matches!(held.rows(), roadbook_domain::crm::row::Rows::Card(row, _) if row.todos.iter().any(|todo| todo.id == part));
    let link = PartId::derived(&[b"customer", contact.as_bytes()]);
    let command = match dice.roll(9) {
        0 => CardCommand::Rename(dice.roll(1000).to_string()),
        1 => CardCommand::SetOwner((dice.roll(4) > 0).then_some(user)),
        2 => CardCommand::Link { role: "customer".into(), target: contact },
        3 => CardCommand::Unlink(link),
        4 if dice.roll(4) == 0 => CardCommand::Trash,
        4 => CardCommand::Restore,
        _ if !has_todo => todo(part, "Do", user),
        5 => CardCommand::Close(part, Outcome::Success),
        6 => CardCommand::Reopen(part),
        7 => CardCommand::Postpone(part, Some("2026-12-24".parse().unwrap())),
        _ => CardCommand::Assign(part, (dice.roll(4) > 0).then_some(user)),
    };
    phone.card(server, card, command);
}

/// xorshift64*: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides
    }
}
