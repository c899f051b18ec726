//! A server that was restored from an older copy, and phones that re-upload what it lost (N7).

use std::collections::BTreeMap;

use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::document::change::Change;
use roadbook_domain::document::digest::{self, Digest};
use roadbook_domain::wire::{
    Bucket, MAX_OFFERED_CHANGES, Offer, RefusalCode, SyncRequest, SyncStatus, Verdict, Walk, WalkAnswer,
};

use super::*;

#[tokio::test]
async fn a_restored_server_is_recognised_and_filled_again_with_the_same_authors_and_times() {
    let mut world = World::new(Engine::Sqlite).await;
    let (kept, changed, lost) = (world.id(), world.id(), world.id());
    world.user.card(&world.server, kept, create("Kept", None));
    world.user.card(&world.server, changed, create("Changed", Some(world.user.user)));
    world.user.sync(&world.server).await;
    let mut fresh = Phone::new(&world.server, "user@example.com", 9).await;
    let copy = copy_of(&world.server).await;
    world.server.env.advance(5_000);
    world.user.card(&world.server, changed, CardCommand::Rename("Changed since".into()));
    world.user.card(&world.server, lost, create("Lost", None));
    world.user.sync(&world.server).await;
    world.manager.sync(&world.server).await;
    let authors = world.manager.held[&lost].authors.clone();

    restore(&mut world.server, &copy).await;
    let server = &world.server;
    let phone = &mut world.manager;
    phone.card(server, kept, CardCommand::Rename("Unsent".into()));
    let unsent = phone.request();
    let answer = phone.send(server, &unsent).await;
    assert_eq!(answer.status, SyncStatus::RolledBack);
    assert_eq!(
        answer.verdicts[0].verdicts,
        [Verdict::NotReached],
        "nothing is judged before the log is whole"
    );
    phone.cursor = answer.cursor;
    let found = reconcile(server, phone).await;
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), {
        let mut differing = vec![kept, changed, lost];
        differing.sort_unstable();
        differing
    });
    let before = phone.outbox.clone();
    phone.outbox.clear();
    let reuploads: Vec<_> =
        phone.reuploads().into_iter().filter(|one| [changed, lost].contains(&one.document)).collect();
    let request =
        SyncRequest { cursor: phone.cursor.clone(), offers: reuploads.clone(), ..SyncRequest::default() };
    let answer = phone.send(server, &request).await;
    let verdicts: Vec<_> = answer.verdicts.iter().flat_map(|group| group.verdicts.clone()).collect();
    assert!(
        verdicts.iter().all(|verdict| matches!(verdict, Verdict::Applied(_) | Verdict::Dup(_))),
        "{verdicts:?}"
    );
    phone.cursor = answer.cursor;
    let again = phone.send(server, &SyncRequest { offers: reuploads, ..SyncRequest::default() }).await;
    assert!(
        again
            .verdicts
            .iter()
            .flat_map(|group| &group.verdicts)
            .all(|verdict| matches!(verdict, Verdict::Dup(_)))
    );
    phone.outbox = before;
    assert!(matches!(phone.sync(server).await[..], [Verdict::Applied(_)]));
    assert_eq!(phone.digest, Some(phone.own_digest()));
    fresh.sync(server).await;
    assert_eq!(fresh.held[&lost].authors, authors);
    assert_eq!(fresh.held[&lost].rows(), world.manager.held[&lost].rows());
    assert_eq!(fresh.held[&changed].rows(), world.manager.held[&changed].rows());
}

#[tokio::test]
async fn a_re_upload_without_the_servers_own_receipt_for_exactly_this_state_is_refused() {
    let mut world = World::new(Engine::Sqlite).await;
    let server = &world.server;
    let (card, other) = (world.id(), world.id());
    world.user.card(server, card, create("Roof", None));
    world.user.card(server, card, CardCommand::Rename("Roof 2".into()));
    world.user.sync(server).await;
    world.manager.sync(server).await;
    let honest = world.manager.held[&card].reupload(card).unwrap();
    let mut forged = vec![("another document", {
        let mut o = honest.clone();
        o.document = other;
        o
    })];
    forged.push(("a change less", {
        let mut o = honest.clone();
        o.changes.pop();
        o
    }));
    forged.push(("another author", {
        let mut o = honest.clone();
        o.authors.actors[0].by.user = Some(world.manager.user);
        o
    }));
    forged.push(("another time", {
        let mut o = honest.clone();
        o.authors.actors[0].received[0] += 1;
        o
    }));
    forged.push(("another receipt", {
        let mut o = honest.clone();
        o.receipt[0] ^= 1;
        o
    }));
    // The guard would refuse it too, but it sees only what has a receipt.
    forged.push(("a change out of its actor's line", {
        let mut o = honest.clone();
        let mut change = Change::from_bytes(&o.changes[1]).unwrap();
        change.seq += 5;
        o.changes[1] = change.to_bytes().into();
        o
    }));
    for (name, reupload) in forged {
        let answer = world
            .manager
            .send(server, &SyncRequest { offers: vec![reupload], ..SyncRequest::default() })
            .await;
        assert_eq!(answer.verdicts[0].verdicts[0], Verdict::Refused(RefusalCode::ForeignReceipt), "{name}");
    }
    let answer =
        world.manager.send(server, &SyncRequest { offers: vec![honest], ..SyncRequest::default() }).await;
    assert!(answer.verdicts[0].verdicts.iter().all(|verdict| matches!(verdict, Verdict::Dup(_))));
}

#[tokio::test]
async fn phones_that_re_upload_the_same_at_once_are_all_answered_that_it_is_there() {
    let mut world = World::new(Engine::Sqlite).await;
    let card = world.id();
    let copy = copy_of(&world.server).await;
    world.user.card(&world.server, card, create("Lost", None));
    world.user.card(&world.server, card, CardCommand::Rename("Lost and found".into()));
    world.user.sync(&world.server).await;
    let reuploads: Vec<_> = world.user.reuploads().into_iter().filter(|one| one.document == card).collect();
    let request = SyncRequest { offers: reuploads, ..SyncRequest::default() };
    assert_eq!(request.offers.len(), 1);
    restore(&mut world.server, &copy).await;
    let phones = [&world.user; 6];
    let sent = phones.map(|phone| phone.send(&world.server, &request));
    let answers = futures_util::future::join_all(sent).await;
    let mut applied = 0;
    for answer in answers {
        for verdict in &answer.verdicts[0].verdicts {
            match verdict {
                Verdict::Applied(_) => applied += 1,
                Verdict::Dup(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(applied, 2, "each change once");
}

#[tokio::test]
async fn a_request_that_re_uploads_more_changes_than_a_document_may_have_is_too_large() {
    let world = World::new(Engine::Sqlite).await;
    let reupload = |id| Offer {
        document: id,
        kind: roadbook_domain::document::DocumentTypeId::CARD,
        changes: vec![vec![0; 24].into(); MAX_OFFERED_CHANGES / 2 + 1],
        authors: Default::default(),
        receipt: [0; 16].into(),
    };
    let reuploads = vec![reupload(world.id()), reupload(world.id())];
    let one = SyncRequest { offers: reuploads[..1].to_vec(), ..SyncRequest::default() };
    let two = SyncRequest { offers: reuploads, ..SyncRequest::default() };
    for (request, status) in [(one, 200), (two, 413)] {
        let sent = world.user.send_raw(&world.server, roadbook_domain::wire::to_frame(&request)).await;
        assert_eq!(sent.0.as_u16(), status);
    }
}

#[tokio::test]
async fn a_fetched_document_comes_whole_and_one_that_the_user_may_not_see_comes_as_forget() {
    let mut world = World::new(Engine::Sqlite).await;
    let server = &world.server;
    let (seen, hidden) = (world.id(), world.id());
    world.user.card(server, seen, create("Seen", None));
    world.user.card(server, hidden, create("Hidden", Some(world.user.user)));
    world.user.sync(server).await;
    world.restricted.held = world.user.held.clone();
    world.restricted.held.retain(|id, _| [seen, hidden].contains(id));
    let request = SyncRequest { fetch: vec![seen, hidden], ..SyncRequest::default() };
    let answer = world.restricted.send(server, &request).await;
    world.restricted.take(server, answer);
    assert_eq!(world.restricted.shared(), [seen]);
}

/// Reconciles until every differing document is known: its term on either side.
async fn reconcile(
    server: &Server,
    phone: &Phone,
) -> BTreeMap<DocumentId, (Option<[u8; 16]>, Option<[u8; 16]>)> {
    let terms: BTreeMap<_, _> =
        phone.held.iter().map(|(id, held)| (*id, digest::term(*id, &held.document.heads()))).collect();
    let ends_in =
        |id: &DocumentId, suffix: &[u8]| id.as_bytes().iter().rev().zip(suffix).all(|(a, b)| a == b);
    let mut suffixes = vec![Vec::new()];
    let mut found = BTreeMap::new();
    while !suffixes.is_empty() {
        let buckets = suffixes.iter().map(|suffix: &Vec<u8>| {
            let mut sums = vec![Digest::default(); 256];
            for (id, term) in terms.iter().filter(|(id, _)| ends_in(id, suffix)) {
                sums[usize::from(id.as_bytes()[15 - suffix.len()])].add(*term);
            }
            Bucket { suffix: suffix.clone(), sums: sums.iter().flat_map(|sum| sum.to_bytes()).collect() }
        });
        let step = Walk { buckets: buckets.collect() };
        let request =
            SyncRequest { cursor: phone.cursor.clone(), walk: Some(step), ..SyncRequest::default() };
        let WalkAnswer { deeper, listed, documents } = phone.send(server, &request).await.walk.unwrap();
        let theirs: BTreeMap<_, _> = documents.iter().map(|row| (row.document, row.term)).collect();
        let own = terms.iter().filter(|(id, _)| listed.iter().any(|suffix| ends_in(id, suffix)));
        let own: BTreeMap<_, _> = own.map(|(id, term)| (*id, *term)).collect();
        for id in own.keys().chain(theirs.keys()) {
            if own.get(id) != theirs.get(id) {
                found.insert(*id, (own.get(id).copied(), theirs.get(id).copied()));
            }
        }
        suffixes = deeper.into_iter().map(|suffix| suffix.to_vec()).collect();
    }
    found
}

/// A copy of the server's database file.
pub async fn copy_of(server: &Server) -> std::path::PathBuf {
    let copy = server.folder().join("copy.db");
    let mut conn = server.state.db().read().await.unwrap();
    let text = format!("vacuum into '{}'", copy.display());
    let crate::store::db::Raw::Sqlite(c) = conn.raw() else { panic!("SQLite only") };
    // The readers of a server cannot write, a copy is none of its tables.
    sqlx::query("pragma query_only = off").execute(&mut *c).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(text)).execute(&mut *c).await.unwrap();
    sqlx::query("pragma query_only = on").execute(&mut *c).await.unwrap();
    copy
}

/// The server, restarted on an older copy of its file.
pub async fn restore(server: &mut Server, copy: &std::path::Path) {
    server.state.db().close().await;
    let file = server.folder().join("roadbook.db");
    for suffix in ["-wal", "-shm"] {
        let mut path = file.clone().into_os_string();
        path.push(suffix);
        let _ = std::fs::remove_file(path);
    }
    std::fs::copy(copy, &file).unwrap();
    server.reopen().await.unwrap();
}
