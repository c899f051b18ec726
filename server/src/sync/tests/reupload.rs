//! Settings, users and purges that phones re-upload to a server that lost them (N7).

use axum::http::{Method, StatusCode};
use roadbook_domain::access::audience::{inbox_id, user_document_id};
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::document::{AuthorTable, DocumentTypeId};
use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::User;
use roadbook_domain::settings::{SettingsClass, SettingsKind, SettingsRow};
use roadbook_domain::value::id::OrgId;
use roadbook_domain::wire::{
    Entry, Envelope, MAX_REUPLOADED_ROWS, ReceiptedRow, RefusalCode, Reupload, ReuploadPart, SyncRequest,
    SyncResponse, SyncStatus, Tombstone, Verdict, to_frame,
};
use serde_json::{Value, json};

use super::recovery::{copy_of, restore};
use super::*;
use crate::on_both;
use crate::sync::seals::receipt::of_row;
use crate::testing::{self, ADMIN, Answer, PASSWORD};

#[tokio::test]
async fn a_restored_server_gets_roles_products_users_and_purges_by_re_upload() {
    let mut world = World::new(Engine::Sqlite).await;
    let card = world.id();
    world.user.card(&world.server, card, create("Secret words", None));
    world.user.sync(&world.server).await;
    world.manager.sync(&world.server).await;
    let copy = copy_of(&world.server).await;

    let token = world.server.admin().await.unwrap();
    let mut promoted = user_of(&world.server, &token, "user@example.com").await;
    promoted["role"] = "manager".into();
    assert_eq!(edit(&world.server, &token, &promoted).await.status, StatusCode::OK);
    let products = call(&world.server, Method::GET, "/v1/products", &token, None).await;
    let mut product = products.body[0].clone();
    product["name"] = "Deals".into();
    let path = format!("/v1/products/{}", product["id"].as_str().unwrap());
    let named = call(&world.server, Method::PUT, &path, &token, Some(product)).await;
    assert_eq!(named.status, StatusCode::OK, "{:?}", named.body);
    let new = world.server.add_user(&token, "new@example.com", "restricted").await.unwrap();
    let claim = crate::auth::Claim::of(world.server.state.gate(), &token).unwrap();
    crate::sync::purge(world.server.state.engine(), &claim, card).await.unwrap();
    let phone = &mut world.manager;
    phone.sync(&world.server).await;
    let (before, tombstones) = (phone.settings_rows(), phone.tombstones.clone());
    assert_eq!(tombstones.len(), 1);

    restore(&mut world.server, &copy).await;
    let server = &world.server;
    let answer = phone.send(server, &phone.request()).await;
    assert_eq!(answer.status, SyncStatus::RolledBack);
    phone.cursor = answer.cursor;
    let settings: Vec<_> = phone.receipted.values().cloned().collect();
    let answer = re_upload(server, phone, tombstones, settings).await;
    assert!(!answer.more && answer.cursor.is_some(), "what was written comes in the same answer");
    let applied = answer.row_verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Applied(_)));
    assert_eq!(applied.count(), 4, "the purge, the role, the name, the user: {:?}", answer.row_verdicts);
    assert!(
        answer.row_verdicts.iter().all(|verdict| matches!(verdict, Verdict::Applied(_) | Verdict::Dup(0)))
    );
    let again = re_upload(server, phone, phone.tombstones.clone(), vec![]).await;
    assert_eq!(again.row_verdicts, [Verdict::Dup(0)]);

    phone.sync(server).await;
    assert_eq!(phone.settings_rows(), before);
    assert!(!phone.held.contains_key(&card));
    let mut fresh = Phone::new(server, "manager@example.com", 9).await;
    fresh.sync(server).await;
    assert_eq!(fresh.settings_rows(), before);
    let now = roadbook_domain::value::env::Env::now(&*server.env);
    assert_eq!(fresh.state_hash(now), server_hash(server, &fresh).await);
    world.user.card(server, card, CardCommand::Rename("More".into()));
    world.user.token = Phone::new(server, "user@example.com", 3).await.token;
    world.user.cursor = None;
    assert_eq!(world.user.sync(server).await, [Verdict::Refused(RefusalCode::Purged)]);
    assert_eq!(server.sign_in("user@example.com", PASSWORD, 3).await.unwrap().text("role"), "manager");

    let token = server.admin().await.unwrap();
    let locked_out = server.sign_in("new@example.com", PASSWORD, 7).await.unwrap();
    assert_eq!(locked_out.code(), "bad_credentials", "their password was lost");
    let path = format!("/v1/users/{new}/password");
    call(server, Method::POST, &path, &token, Some(json!({ "password": PASSWORD }))).await;
    let mut back = Phone::new(server, "new@example.com", 7).await;
    assert_eq!(back.user.to_string(), new);
    back.sync(server).await;
    assert!([user_document_id(back.user), inbox_id(back.user)].iter().all(|id| back.held.contains_key(id)));
    assert_eq!(back.state_hash(now), server_hash(server, &back).await);
}

#[tokio::test]
async fn a_server_takes_no_re_upload_before_the_phone_knows_that_the_log_is_another() {
    let mut world = World::new(Engine::Sqlite).await;
    let copy = copy_of(&world.server).await;
    let token = world.server.admin().await.unwrap();
    world.server.add_user(&token, "new@example.com", "user").await.unwrap();
    world.manager.sync(&world.server).await;
    restore(&mut world.server, &copy).await;
    let settings = world.manager.receipted.values().cloned().collect();
    let answer = re_upload(&world.server, &world.manager, vec![], settings).await;
    assert_eq!((answer.status, answer.row_verdicts.len()), (SyncStatus::RolledBack, 0));
}

on_both! {
    async fn a_row_or_purge_without_the_servers_own_receipt_for_just_this_is_refused(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        world.manager.sync(server).await;
        let row = world.manager.receipted.values().find(|one| one.row.product.is_some()).unwrap().clone();
        let card = world.id();
        let purge = testing::tombstone(&server.state, card);
        let with = |change: &dyn Fn(&mut ReceiptedRow)| {
            let mut forged = row.clone();
            change(&mut forged);
            forged
        };
        let forged = [
            ("another version", with(&|one| one.row.version += 1)),
            ("another body", with(&|one| one.row.body.push(0))),
            ("another class", with(&|one| one.row.class = SettingsClass::Admin)),
            ("another product", with(&|one| one.row.product = None)),
            ("another id", with(&|one| one.row.id = card.uuid().into())),
            ("another receipt", with(&|one| one.receipt[0] ^= 1)),
            ("a purge's receipt", with(&|one| one.receipt = purge.receipt)),
            ("another organisation's", with(&|one| {
                one.receipt = of_row(key(server), OrgId::from_bytes([1; 16]), &one.row).into();
            })),
        ];
        for (name, one) in forged {
            let answer = re_upload(server, &world.manager, vec![], vec![one]).await;
            assert_eq!(answer.row_verdicts, [Verdict::Refused(RefusalCode::ForeignReceipt)], "{name}");
        }
        let other = Tombstone { document: world.id(), ..purge };
        let answer = re_upload(server, &world.manager, vec![other, purge], vec![row]).await;
        assert!(matches!(
            answer.row_verdicts[..],
            [Verdict::Refused(RefusalCode::ForeignReceipt), Verdict::Applied(_), Verdict::Dup(0)]
        ));
        world.manager.card(server, card, create("Buried before it was made", None));
        assert_eq!(world.manager.sync(server).await, [Verdict::Refused(RefusalCode::Purged)]);
        assert_eq!(world.manager.tombstones, [purge], "every phone is told of the purge, and can re-upload it");
    }

    async fn a_row_that_the_server_has_in_this_or_a_later_version_stays(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        world.manager.sync(server).await;
        let old = row_of(&world.manager, world.user.user);
        let token = server.admin().await.unwrap();
        let mut anew = user_of(server, &token, "user@example.com").await;
        anew["family_name"] = "Kiss".into();
        edit(server, &token, &anew).await;
        // Another edit was made on the line of the log that was lost.
        let mut lost: User = old.read().unwrap();
        lost.family_name = "Lost".into();
        for (name, version) in [("older", 1), ("of the same version", 2)] {
            let one = receipted(server, SettingsRow::new(&lost, version));
            assert_eq!(re_upload(server, &world.manager, vec![], vec![one]).await.row_verdicts, [Verdict::Dup(0)], "{name}");
            assert_eq!(user_of(server, &token, "user@example.com").await["family_name"], "Kiss", "{name}");
        }
        let later = receipted(server, SettingsRow::new(&lost, 7));
        let answer = re_upload(server, &world.manager, vec![], vec![later]).await;
        assert!(matches!(answer.row_verdicts[..], [Verdict::Applied(_)]));
        let now = user_of(server, &token, "user@example.com").await;
        assert_eq!((now["family_name"].as_str(), now["version"].as_u64()), (Some("Lost"), Some(7)));
        world.manager.sync(server).await;
        assert_eq!(row_of(&world.manager, world.user.user).version, 7);
    }

    async fn a_re_uploaded_user_has_the_role_and_access_of_their_row(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        world.manager.sync(server).await;
        let row = row_of(&world.manager, world.user.user);
        let promoted = User { role: Role::Manager, ..row.read().unwrap() };
        let disabled = User { active: false, ..promoted.clone() };
        let one = receipted(server, SettingsRow::new(&promoted, 2));
        re_upload(server, &world.manager, vec![], vec![one]).await;
        let signed_in = server.sign_in("user@example.com", PASSWORD, 3).await.unwrap();
        assert_eq!(signed_in.text("role"), "manager", "their password is as it was");
        let one = receipted(server, SettingsRow::new(&disabled, 3));
        re_upload(server, &world.manager, vec![], vec![one]).await;
        assert_eq!(server.sign_in("user@example.com", PASSWORD, 3).await.unwrap().code(), "bad_credentials");
        let refreshed = json!({ "refresh_token": signed_in.text("refresh_token") });
        let answer = call(server, Method::POST, "/v1/refresh", "", Some(refreshed)).await;
        assert_eq!(answer.code(), "session_over");
    }

    async fn a_user_who_re_uploads_their_own_lower_role_is_answered_by_that_role(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let card = world.id();
        world.user.card(server, card, create("Hidden", Some(world.user.user)));
        world.user.sync(server).await;
        let mut own: User = {
            world.admin.sync(server).await;
            row_of(&world.admin, world.manager.user).read().unwrap()
        };
        own.role = Role::Restricted;
        let one = receipted(server, SettingsRow::new(&own, 2));
        let answer = re_upload(server, &world.manager, vec![], vec![one]).await;
        assert!(matches!(answer.row_verdicts[..], [Verdict::Applied(_)]));
        world.manager.take(server, answer);
        assert!(!world.manager.held.contains_key(&card), "what comes down they may see");
        let (status, _) = world.manager.send_raw(server, to_frame(&world.manager.request())).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "their token was recalled");
        world.manager.token = Phone::new(server, "manager@example.com", 2).await.token;
        world.manager.sync(server).await;
        assert_eq!(world.manager.digest, Some(world.manager.own_digest()));
    }

    async fn a_user_is_re_uploaded_once_their_email_is_free_and_the_last_administrator_stays_one(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        world.manager.sync(server).await;
        let user: User = row_of(&world.manager, world.user.user).read().unwrap();
        let newcomer = User { id: UserId::new(&*server.env), email: user.email.clone(), ..user.clone() };
        let newcomer = receipted(server, SettingsRow::new(&newcomer, 1));
        let taken = Verdict::Refused(RefusalCode::EmailTaken);
        assert_eq!(re_upload(server, &world.manager, vec![], vec![newcomer.clone()]).await.row_verdicts, [taken]);
        let moved = User { email: Some("moved@example.com".parse().unwrap()), ..user };
        let moved = receipted(server, SettingsRow::new(&moved, 2));
        let answer = re_upload(server, &world.manager, vec![], vec![newcomer, moved]).await;
        assert!(matches!(answer.row_verdicts[..], [Verdict::Applied(_), Verdict::Applied(_)]), "{answer:?}");
        assert_eq!(server.sign_in("moved@example.com", PASSWORD, 3).await.unwrap().status, StatusCode::OK);

        let admin: User = row_of(&world.manager, server.created.admin).read().unwrap();
        let demoted = receipted(server, SettingsRow::new(&User { role: Role::User, ..admin }, 2));
        let last = Verdict::Refused(RefusalCode::LastAdmin);
        assert_eq!(re_upload(server, &world.manager, vec![], vec![demoted.clone()]).await.row_verdicts, [last]);
        let manager: User = row_of(&world.manager, world.manager.user).read().unwrap();
        let heir = receipted(server, SettingsRow::new(&User { role: Role::Admin, ..manager }, 2));
        let answer = re_upload(server, &world.manager, vec![], vec![demoted, heir]).await;
        assert!(matches!(answer.row_verdicts[..], [Verdict::Applied(_), Verdict::Applied(_)]), "{answer:?}");
        let roles = ["manager@example.com", ADMIN].map(|email| server.sign_in(email, PASSWORD, 2));
        let [manager, admin] = roles;
        assert_eq!(manager.await.unwrap().text("role"), "admin");
        assert_eq!(admin.await.unwrap().text("role"), "user");
    }

    async fn rows_of_several_transactions_let_one_another_in(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        world.manager.sync(server).await;
        let own = row_of(&world.manager, world.manager.user);
        let user: User = row_of(&world.manager, world.user.user).read().unwrap();
        let newcomer = User { id: UserId::new(&*server.env), ..user.clone() };
        let moved = User { email: Some("moved@example.com".parse().unwrap()), ..user };
        let others = (0..200).map(|number| SettingsRow { kind: SettingsKind::Other(900 + number), ..own.clone() });
        // The first needs the email that the last gives up.
        let rows = [SettingsRow::new(&newcomer, 1)].into_iter().chain(others).chain([SettingsRow::new(&moved, 2)]);
        let rows: Vec<_> = rows.map(|row| receipted(server, row)).collect();
        let answer = re_upload(server, &world.manager, vec![], rows).await;
        let is_applied = |verdict: &Verdict| matches!(verdict, Verdict::Applied(_));
        assert_eq!(answer.row_verdicts.iter().filter(|verdict| is_applied(verdict)).count(), 202, "{answer:?}");
    }

    async fn a_request_re_uploads_up_to_the_limit_of_rows_and_no_more(engine) {
        let world = World::new(engine).await;
        let tombstone = Tombstone { document: world.id(), receipt: [0; 16].into() };
        let request = |count| SyncRequest { tombstones: vec![tombstone; count], ..SyncRequest::default() };
        let (status, _) = world.user.send_raw(&world.server, to_frame(&request(MAX_REUPLOADED_ROWS + 1))).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        let answer = world.user.send(&world.server, &request(MAX_REUPLOADED_ROWS)).await;
        assert_eq!(answer.row_verdicts.len(), MAX_REUPLOADED_ROWS);
    }
}

#[tokio::test]
async fn a_full_server_is_read_from_while_what_it_lost_waits() {
    let mut world = World::new(Engine::Sqlite).await;
    world.manager.sync(&world.server).await;
    let (server, phone) = (&world.server, &world.manager);
    // So many, and so large, that what the file has free does not do.
    let purge = |document| testing::tombstone(&server.state, document);
    let row = |number: u16| SettingsRow {
        kind: SettingsKind::Other(900 + number),
        body: minicbor::to_vec("x".repeat(60_000)).unwrap(),
        ..row_of(phone, phone.user)
    };
    let part = Reupload {
        document: world.id(),
        kind: DocumentTypeId::CARD,
        changes: vec![vec![0; 200_000].into()],
        authors: AuthorTable::default(),
        receipt: [0; 16].into(),
        heads: vec![],
        part: Some(ReuploadPart { first: 0, total: 2 }),
    };
    let nothing = || SyncRequest {
        cursor: phone.cursor.clone(),
        fetch: vec![inbox_id(phone.user)],
        ..SyncRequest::default()
    };
    let requests = [
        SyncRequest { tombstones: (0..900).map(|_| purge(world.id())).collect(), ..nothing() },
        SyncRequest { settings: (0..40).map(|number| receipted(server, row(number))).collect(), ..nothing() },
        SyncRequest { reuploads: vec![part], ..nothing() },
    ];
    let waits = |answer: &SyncResponse| {
        let mut verdicts =
            answer.verdicts.iter().flat_map(|group| &group.verdicts).chain(&answer.row_verdicts);
        verdicts.any(|verdict| *verdict == Verdict::NotReached)
    };
    for request in requests {
        // Each time: a connection that met the end of the disk is replaced, and the next one knows of none.
        server.state.db().fill_disk(true).await.unwrap();
        let answer = phone.send(server, &request).await;
        assert!(waits(&answer), "{:?}", answer.row_verdicts);
        let fetched = |entry: &Envelope| matches!(Entry::from_envelope(entry), Ok(Some(Entry::Bundle(_))));
        assert!(answer.entries.iter().any(fetched), "reading goes on");
        server.state.db().fill_disk(false).await.unwrap();
        assert!(!waits(&phone.send(server, &request).await));
    }
}

async fn re_upload(
    server: &Server,
    phone: &Phone,
    tombstones: Vec<Tombstone>,
    settings: Vec<ReceiptedRow>,
) -> SyncResponse {
    let cursor = phone.cursor.clone();
    phone.send(server, &SyncRequest { cursor, tombstones, settings, ..SyncRequest::default() }).await
}

fn key(server: &Server) -> &[u8; 32] {
    server.state.node().secrets().receipt_key.as_bytes()
}

/// A row that this server once wrote, as far as it can tell.
fn receipted(server: &Server, row: SettingsRow) -> ReceiptedRow {
    testing::receipted(&server.state, row)
}

fn row_of(phone: &Phone, user: UserId) -> SettingsRow {
    phone.receipted[&(SettingsKind::User, user.into())].row.clone()
}

async fn call(server: &Server, method: Method, path: &str, token: &str, body: Option<Value>) -> Answer {
    server.send(method, path, token, body).await.unwrap()
}

async fn user_of(server: &Server, token: &str, email: &str) -> Value {
    let list = call(server, Method::GET, "/v1/users", token, None).await.body;
    list.as_array().unwrap().iter().find(|user| user["email"] == email).unwrap().clone()
}

async fn edit(server: &Server, token: &str, user: &Value) -> Answer {
    let path = format!("/v1/users/{}", user["id"].as_str().unwrap());
    call(server, Method::PUT, &path, token, Some(user.clone())).await
}
