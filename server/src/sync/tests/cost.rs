//! Costs, printed: `cargo test -p roadbook-server --lib cost -- --ignored --nocapture`.

use roadbook_domain::access::rights::Scope;
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::document::{DocumentType, DocumentTypeId, Writer};

use super::*;
use crate::sync::scratch::{self, Scratch};

#[tokio::test]
#[ignore = "measures"]
async fn cost_of_exchanges() {
    let mut world = World::new(Engine::Sqlite).await;
    let server = &world.server;
    let cards: Vec<_> = (0..10_000).map(|_| DocumentId::new(&*server.env)).collect();
    let began = cpu();
    for chunk in cards.chunks(250) {
        for card in chunk {
            world.user.card(
                server,
                *card,
                create("A card with a name of usual length", Some(world.user.user)),
            );
            world.user.card(
                server,
                *card,
                todo(PartId::from_bytes([1; 6]), "Call them about the offer", world.manager.user),
            );
        }
        let request = world.user.request();
        let before = cpu();
        let answer = world.user.send(server, &request).await;
        if chunk[0] == cards[0] {
            println!("push of 500 changes (250 new cards): {} us each", (cpu() - before) / 500);
        }
        world.user.outbox.clear();
        world.user.cursor = answer.cursor;
    }
    println!("10,000 cards made in {} ms, phone included", (cpu() - began) / 1000);
    world.user.sync(server).await;

    for size in [1, 100] {
        let mut whole = 0;
        let mut alone = 0;
        for round in 0..5 {
            for card in &cards[round * size..(round + 1) * size] {
                let name = format!("Another name {round} {size}");
                world.user.card(server, *card, CardCommand::Rename(name));
            }
            let request = world.user.request();
            alone += judged_alone(server, &request).await;
            let before = cpu();
            let answer = world.user.send(server, &request).await;
            whole += cpu() - before;
            world.user.outbox.clear();
            world.user.take(server, answer);
        }
        println!(
            "push of {size}: {} us each, guard and merge alone {} us",
            whole / (5 * size as u64),
            alone / (5 * size as u64)
        );
    }

    let request = world.user.request();
    let before = cpu();
    for _ in 0..1000 {
        world.user.send(server, &request).await;
    }
    println!("nothing new: {} us, authentication and HTTP included", (cpu() - before) / 1000);

    let mut phone = Phone::new(server, "manager@example.com", 7).await;
    let (mut spent, mut bytes, mut pages) = (0, 0, 0);
    loop {
        let request = phone.request();
        let before = cpu();
        let (_, body) = phone.send_raw(server, roadbook_domain::wire::to_frame(&request)).await;
        spent += cpu() - before;
        bytes += body.len();
        pages += 1;
        let answer: roadbook_domain::wire::SyncResponse =
            roadbook_domain::wire::from_frame(&body, 64 << 20).unwrap();
        phone.cursor = answer.cursor;
        if !answer.more {
            break;
        }
    }
    let before = cpu();
    let mut conn = server.state.db().snapshot().await.unwrap();
    for chunk in cards.chunks(500) {
        crate::store::documents::get(&mut conn, server.state.org(), chunk).await.unwrap();
    }
    println!(
        "first sync: {} ms, {pages} pages, {bytes} bytes; reading the rows alone {} ms",
        spent / 1000,
        (cpu() - before) / 1000
    );
}

/// The same changes judged and merged on scratch copies, and nothing else.
async fn judged_alone(server: &Server, request: &roadbook_domain::wire::SyncRequest) -> u64 {
    let ids: Vec<_> = request.push.iter().map(|group| group.document).collect();
    let mut conn = server.state.db().read().await.unwrap();
    let stored = crate::store::documents::get(&mut conn, server.state.org(), &ids).await.unwrap();
    let mut stored: std::collections::BTreeMap<_, _> = stored.into_iter().map(|s| (s.id, s)).collect();
    let now = roadbook_domain::value::env::Env::now(&*server.env);
    let before = cpu();
    for group in &request.push {
        let kind = DocumentType::get(DocumentTypeId::CARD).unwrap();
        let actor = server.state.engine().actor();
        let mut trial = match stored.remove(&group.document) {
            Some(stored) => Scratch::of(kind, stored, actor).unwrap(),
            None => Scratch::new(kind, group.document, Scope::Staff, None, actor),
        };
        for pushed in &group.changes {
            let change = scratch::read(&pushed.change).unwrap();
            trial.judge(&change, Writer::Editor).unwrap();
            let built = scratch::build(kind, change, Some(&pushed.check)).unwrap();
            let by = roadbook_domain::document::Signature { user: None, device: None };
            trial.accept(built, pushed.change.clone(), by, None, now).unwrap();
        }
        trial.finish(now).unwrap();
    }
    cpu() - before
}

/// Processor time of this process, in microseconds.
fn cpu() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let _ = stat;
    let all = std::fs::read_dir("/proc/self/task").unwrap();
    let nanos: u64 = all
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok())
        .filter_map(|text| text.split(' ').next()?.parse::<u64>().ok())
        .sum();
    nanos / 1000
}
