//! A server that was restored from an older copy, and phones that re-upload what it lost (N7).

use std::collections::BTreeMap;

use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::document::change::{Change, Op};
use roadbook_domain::document::digest::{self, Digest};
use roadbook_domain::wire::{
    Bucket, MAX_REUPLOADED_CHANGES, Reconcile, ReconcileAnswer, RefusalCode, Reupload, ReuploadPart,
    SyncRequest, SyncStatus, Verdict,
};

use super::*;
use crate::auth::Claim;
use crate::on_both;

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
        SyncRequest { cursor: phone.cursor.clone(), reuploads: reuploads.clone(), ..SyncRequest::default() };
    let answer = phone.send(server, &request).await;
    let verdicts: Vec<_> = answer.verdicts.iter().flat_map(|group| group.verdicts.clone()).collect();
    assert!(
        verdicts.iter().all(|verdict| matches!(verdict, Verdict::Applied(_) | Verdict::Dup(_))),
        "{verdicts:?}"
    );
    phone.cursor = answer.cursor;
    let again = phone.send(server, &SyncRequest { reuploads, ..SyncRequest::default() }).await;
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
            .send(server, &SyncRequest { reuploads: vec![reupload], ..SyncRequest::default() })
            .await;
        assert_eq!(answer.verdicts[0].verdicts[0], Verdict::Refused(RefusalCode::ForeignReceipt), "{name}");
    }
    let answer =
        world.manager.send(server, &SyncRequest { reuploads: vec![honest], ..SyncRequest::default() }).await;
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
    let request = SyncRequest { reuploads, ..SyncRequest::default() };
    assert_eq!(request.reuploads.len(), 1);
    restore(&mut world.server, &copy).await;
    let (one, other) = (&world.user, &world.manager);
    let phones = [one, other, one, other, one, other];
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
    let reupload = |id| Reupload {
        document: id,
        kind: roadbook_domain::document::DocumentTypeId::CARD,
        changes: vec![vec![0; 24].into(); MAX_REUPLOADED_CHANGES / 2 + 1],
        authors: Default::default(),
        receipt: [0; 16].into(),
        heads: vec![],
        part: None,
    };
    let reuploads = vec![reupload(world.id()), reupload(world.id())];
    let one = SyncRequest { reuploads: reuploads[..1].to_vec(), ..SyncRequest::default() };
    let two = SyncRequest { reuploads, ..SyncRequest::default() };
    for (request, status) in [(one, 200), (two, 413)] {
        let sent = world.user.send_raw(&world.server, roadbook_domain::wire::to_frame(&request)).await;
        assert_eq!(sent.0.as_u16(), status);
    }
}

#[tokio::test]
async fn devices_that_reconcile_at_one_head_compare_with_terms_that_were_read_once() {
    let mut world = World::new(Engine::Sqlite).await;
    let card = world.id();
    world.user.card(&world.server, card, create("Roof", None));
    world.user.sync(&world.server).await;
    world.manager.sync(&world.server).await;
    world.restricted.sync(&world.server).await;
    for phone in [&world.user, &world.restricted] {
        assert_eq!(reconcile(&world.server, phone).await, BTreeMap::new());
    }
    let mut tx = world.server.state.db().write().await.unwrap();
    let crate::store::db::Raw::Sqlite(c) = tx.raw() else { panic!("SQLite") };
    // Nothing but a commit changes terms, so this is what nobody may see.
    sqlx::query("/* test */ update document set term = x'00000000000000000000000000000000'")
        .execute(c)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let of_staff = |found: BTreeMap<DocumentId, _>| found.contains_key(&card);
    for phone in [&world.manager, &world.restricted] {
        assert!(!of_staff(reconcile(&world.server, phone).await), "at the same head");
    }
    let other = world.id();
    world.user.card(&world.server, other, create("Door", None));
    world.user.sync(&world.server).await;
    for phone in [&world.manager, &world.restricted] {
        assert!(of_staff(reconcile(&world.server, phone).await), "at another head");
    }
}

#[tokio::test]
async fn what_is_in_a_re_upload_is_not_looked_at_before_its_receipt() {
    let mut world = World::new(Engine::Sqlite).await;
    let card = world.id();
    world.user.card(&world.server, card, create("Roof", None));
    world.user.sync(&world.server).await;
    world.manager.sync(&world.server).await;
    let honest = world.manager.held[&card].reupload(card).unwrap();
    let mut change = Change::from_bytes(&honest.changes[0]).unwrap();
    for op in &mut change.ops {
        if let Op::Put { register, .. } = op {
            // No card has such a container, so that nothing can be built of it.
            register.container = 99;
        }
    }
    let unbuildable = Reupload { changes: vec![change.to_bytes().into()], ..honest.clone() };
    let unreadable = Reupload { changes: vec![vec![0; 24].into()], ..honest };
    for mut offer in [unbuildable, unreadable] {
        offer.receipt = [0; 16].into();
        let request = SyncRequest { reuploads: vec![offer], ..SyncRequest::default() };
        let answer = world.manager.send(&world.server, &request).await;
        assert_eq!(answer.verdicts[0].verdicts[0], Verdict::Refused(RefusalCode::ForeignReceipt));
    }
}

on_both! {
    async fn a_user_re_uploads_in_parts_from_two_devices_at_a_time(engine) {
        let mut world = World::new(engine).await;
        let card = world.id();
        world.user.card(&world.server, card, create("Roof", None));
        world.user.card(&world.server, card, CardCommand::Rename("Roof 2".into()));
        world.user.sync(&world.server).await;
        world.manager.sync(&world.server).await;
        let server = &world.server;
        let whole = world.manager.held[&card].reupload(card).unwrap();
        let phones = [21, 22, 23].map(|place| Phone::new(server, "user@example.com", place));
        let phones = futures_util::future::join_all(phones).await;
        assert_eq!(send_part(server, &phones[0], &whole, 0..1).await, []);
        assert_eq!(send_part(server, &phones[1], &whole, 0..1).await, []);
        assert_eq!(send_part(server, &phones[2], &whole, 0..1).await, [Verdict::NotReached]);
        assert_eq!(send_part(server, &world.manager, &whole, 0..1).await, [], "another user's");
        assert_eq!(send_part(server, &phones[0], &whole, 0..1).await, [], "one of the two");
        server.env.advance(2 * 60 * 60 * 1000);
        let third = Phone::new(server, "user@example.com", 23).await;
        assert_eq!(send_part(server, &third, &whole, 0..1).await, [], "the others took too long");
    }

    async fn a_document_comes_back_in_parts_which_are_judged_with_the_last_of_them(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let card = world.id();
        world.user.card(server, card, create("Roof", None));
        for name in ["Roof 2", "Roof 3", "Roof 4"] {
            world.user.card(server, card, CardCommand::Rename(name.into()));
        }
        world.user.sync(server).await;
        world.manager.sync(server).await;
        let whole = world.manager.held[&card].reupload(card).unwrap();
        let (phone, other) = (&world.manager, &world.user);
        let refused = |code| vec![Verdict::Refused(code)];

        assert_eq!(send_part(server, phone, &whole, 0..2).await, []);
        assert_eq!(send_part(server, other, &whole, 2..4).await, [Verdict::NotReached], "another device's");
        assert_eq!(send_part(server, phone, &whole, 3..4).await, [Verdict::NotReached], "one is missing");
        assert_eq!(send_part(server, phone, &whole, 0..2).await, [], "a first part begins anew");
        assert_eq!(send_part(server, phone, &whole, 1..3).await, [], "of which one was there");
        assert_eq!(send_part(server, phone, &whole, 1..3).await, [], "its answer was lost");
        let all = send_part(server, phone, &whole, 3..4).await;
        assert!(all.len() == 4 && all.iter().all(|verdict| matches!(verdict, Verdict::Dup(_))), "{all:?}");
        assert_eq!(send_part(server, phone, &whole, 3..4).await, [Verdict::NotReached], "nothing is kept");

        let mut forged = whole.clone();
        forged.authors.actors[0].received[0] += 1;
        assert_eq!(send_part(server, phone, &forged, 0..3).await, []);
        let verdicts = send_part(server, phone, &forged, 3..4).await;
        assert_eq!(verdicts[0], Verdict::Refused(RefusalCode::ForeignReceipt));
        assert_eq!(send_part(server, phone, &whole, 3..4).await, [Verdict::NotReached], "nothing is kept");

        assert_eq!(send_part(server, phone, &whole, 0..2).await, []);
        let mut another = whole.clone();
        another.receipt[0] ^= 1;
        assert_eq!(send_part(server, phone, &another, 2..4).await, [Verdict::NotReached], "of another state");
        assert_eq!(send_part(server, phone, &whole, 2..2).await, refused(RefusalCode::Malformed));
        for (total, code) in [(1, RefusalCode::Malformed), (u32::MAX, RefusalCode::TooLarge)] {
            let offer = Reupload { part: Some(ReuploadPart { first: 0, total }), ..whole.clone() };
            let request = SyncRequest { reuploads: vec![offer], ..SyncRequest::default() };
            assert_eq!(phone.send(server, &request).await.verdicts[0].verdicts, refused(code));
        }
    }
}

#[tokio::test]
async fn a_restored_server_takes_a_document_in_parts_with_its_authors() {
    let mut world = World::new(Engine::Sqlite).await;
    let copy = copy_of(&world.server).await;
    let card = world.id();
    world.user.card(&world.server, card, create("Lost", None));
    world.user.card(&world.server, card, CardCommand::Rename("Lost and found".into()));
    world.user.sync(&world.server).await;
    world.manager.sync(&world.server).await;
    let held = world.manager.held[&card].clone();
    restore(&mut world.server, &copy).await;
    let server = &world.server;
    let whole = held.reupload(card).unwrap();
    assert_eq!(send_part(server, &world.manager, &whole, 0..1).await, []);
    let verdicts = send_part(server, &world.manager, &whole, 1..2).await;
    assert!(matches!(verdicts[..], [Verdict::Applied(_), Verdict::Applied(_)]), "{verdicts:?}");
    let mut fresh = Phone::new(server, "user@example.com", 9).await;
    fresh.sync(server).await;
    assert_eq!((&fresh.held[&card].authors, fresh.held[&card].rows()), (&held.authors, held.rows()));
}

/// Sends some changes of a document as a part of it; answers the verdicts over it.
async fn send_part(
    server: &Server,
    phone: &Phone,
    whole: &Reupload,
    changes: std::ops::Range<usize>,
) -> Vec<Verdict> {
    let total = whole.changes.len();
    let part = ReuploadPart { first: changes.start.try_into().unwrap(), total: total.try_into().unwrap() };
    let authors = if changes.end == total { whole.authors.clone() } else { Default::default() };
    let offer =
        Reupload { changes: whole.changes[changes].to_vec(), authors, part: Some(part), ..whole.clone() };
    let request = SyncRequest { reuploads: vec![offer], ..SyncRequest::default() };
    phone.send(server, &request).await.verdicts.remove(0).verdicts
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

#[tokio::test]
async fn who_reads_by_audience_learns_of_a_purged_document_no_more_than_of_one_that_never_was() {
    let mut world = World::new(Engine::Sqlite).await;
    let server = &world.server;
    let (purged, unknown) = (world.id(), world.id());
    world.user.card(server, purged, create("Purged", Some(world.user.user)));
    world.user.sync(server).await;
    let claim = Claim::of(server.state.gate(), &world.admin.token).unwrap();
    crate::sync::purge(server.state.engine(), &claim, purged).await.unwrap();
    let request = SyncRequest { fetch: vec![purged, unknown], ..SyncRequest::default() };
    let answer = world.restricted.send(server, &request).await;
    world.restricted.take(server, answer);
    assert_eq!((world.restricted.purged.len(), world.restricted.tombstones.len()), (0, 0));
}

/// Reconciles until every differing document is known: its term on either side.
pub async fn reconcile(
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
        let step = Reconcile { buckets: buckets.collect() };
        let request =
            SyncRequest { cursor: phone.cursor.clone(), reconcile: Some(step), ..SyncRequest::default() };
        let ReconcileAnswer { deeper, listed, documents } =
            phone.send(server, &request).await.reconcile.unwrap();
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
