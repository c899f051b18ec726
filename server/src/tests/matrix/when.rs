//! Access that is lost while a request is on its way: on every route, in every way, at every moment.

use axum::body::{Body, Bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, Request};
use futures_util::StreamExt;
use futures_util::stream;
use roadbook_domain::crm::command::{Acting, CardCommand};
use roadbook_domain::document::change::Actor;
use roadbook_domain::document::draft::Draft;
use roadbook_domain::document::{Document, DocumentType, DocumentTypeId};
use roadbook_domain::settings::INBOX_PRODUCT;
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::env::random;
use roadbook_domain::value::id::{DocumentId, OrgId};
use roadbook_domain::value::time::Zone;
use roadbook_domain::wire::{Pushed, SyncRequest, to_frame};
use sqlx::AssertSqlSafe;
use tokio::sync::oneshot;

use super::*;
use crate::on_both;
use crate::store::db::on;
use crate::store::{Conn, meter};
use crate::sync::tests::phone::pushed;
use crate::testing::Answer;

/// The ways of losing access.
const WAYS: [&str; 5] = ["disabled", "role lowered", "device revoked", "session ended", "password changed"];

on_both! {
    async fn who_loses_access_before_the_last_byte_of_the_body_is_refused_and_writes_nothing(engine) {
        let world = World::new(Server::new(engine).await.unwrap()).await;
        for (method, path) in routes() {
            for way in WAYS {
                let held = admin(&world.server).await;
                anew(&world, path).await;
                let body = body(&world, method, path);
                let (begun, has_begun) = oneshot::channel();
                let (go_on, may_go_on) = oneshot::channel::<()>();
                let Some(sent) = trickling(body, begun, may_go_on) else { continue };
                let request = request(&world, method, path, &held, sent);
                let answer = tokio::spawn(world.server.answering(request));
                has_begun.await.unwrap();
                lose(&world.server, &held, way).await;
                let before = fingerprint(&world.server).await;
                go_on.send(()).unwrap();
                let answer = answer.await.unwrap().unwrap();
                assert_refused(&answer, &format!("{way}: {method} {path}"));
                assert_eq!(fingerprint(&world.server).await, before, "{way}: {method} {path}");
            }
        }
    }

    async fn who_loses_access_while_their_request_waits_for_the_database_is_refused_and_writes_nothing(engine) {
        let world = World::new(Server::new(engine).await.unwrap()).await;
        for (method, path) in routes() {
            for way in WAYS {
                let mut halts = 0;
                for nth in 1.. {
                    let held = admin(&world.server).await;
                    anew(&world, path).await;
                    let sent = body(&world, method, path).map_or_else(Body::empty, Body::from);
                    let request = request(&world, method, path, &held, sent);
                    let halted = meter::halt_before(nth);
                    let mut answer = tokio::spawn(world.server.answering(request));
                    let is_halted = tokio::select! {
                        biased;
                        arrived = halted.arrived => arrived.is_ok(),
                        answer = &mut answer => {
                            assert!(!answer.unwrap().unwrap().status.is_server_error());
                            false
                        }
                    };
                    if !is_halted {
                        break;
                    }
                    lose(&world.server, &held, way).await;
                    let before = fingerprint(&world.server).await;
                    halted.go_on.send(()).unwrap();
                    let answer = answer.await.unwrap().unwrap();
                    assert_refused(&answer, &format!("{way} at connection {nth}: {method} {path}"));
                    assert_eq!(fingerprint(&world.server).await, before, "{way} at {nth}: {method} {path}");
                    halts = nth;
                }
                assert!(halts > 0, "{method} {path} asks the database for nobody");
            }
        }
    }
}

/// Makes what the request takes away.
async fn anew(world: &World, path: &str) {
    world.hand_in_anew().await;
    if path == "/v1/documents/{document}" {
        world.card_anew().await;
    }
}

/// The routes that are not open to all.
fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    // A hand-in is for those who have lost access.
    TABLE
        .iter()
        .filter(|(_, path, statuses)| statuses[0] == 401 && *path != "/v1/hand-in")
        .map(|(method, path, _)| (*method, *path))
}

fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!(answer.status.as_u16(), 401, "{what}: {:?}", answer.body);
    assert!(["session_over", "unauthenticated"].contains(&answer.code()), "{what}");
}

/// An administrator with a session of their own.
async fn admin(server: &Server) -> Claimed {
    let id: [u8; 16] = random(&*server.env);
    let email = format!("{}@example.com", data_encoding::HEXLOWER.encode(&id));
    let mut tx = server.state.db().write().await.unwrap();
    let claimed = account(&mut tx, server.state.org(), id, &email).await;
    tx.commit().await.unwrap();
    claimed
}

/// Takes access away, as the routes do that are for that.
async fn lose(server: &Server, held: &Claimed, way: &str) {
    let now = server.state.now();
    let (org, user) = (held.org, held.user);
    let mut tx = server.state.db().write().await.unwrap();
    organisation::lock(&mut tx, org).await.unwrap();
    let email: Email =
        format!("{}@example.com", data_encoding::HEXLOWER.encode(user.as_bytes())).parse().unwrap();
    match way {
        "disabled" => {
            users::set_access(&mut tx, org, user, &email, Role::Admin, true, now).await.unwrap();
            sessions::end_of_user(&mut tx, org, user, now).await.unwrap();
        }
        "role lowered" => {
            users::set_access(&mut tx, org, user, &email, Role::Restricted, false, now).await.unwrap();
        }
        "device revoked" => {
            devices::revoke(&mut tx, org, held.device, now).await.unwrap();
            sessions::end_of_device(&mut tx, org, held.device, now).await.unwrap();
        }
        "session ended" => sessions::end(&mut tx, org, held.session, now).await.unwrap(),
        _ => {
            users::set_password(&mut tx, org, user, "another").await.unwrap();
            sessions::end_of_user(&mut tx, org, user, now).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

/// A body that the route takes; for the exchange a push of a new card.
fn body(world: &World, method: &str, path: &str) -> Option<Vec<u8>> {
    if path == "/v1/sync" {
        return Some(to_frame(&push(&world.server)));
    }
    let id: [u8; 8] = random(&*world.server.env);
    let unique = data_encoding::HEXLOWER.encode(&id);
    world.body(method, path, &unique).map(|body| body.to_string().into_bytes())
}

/// A push of a new card.
pub(super) fn push(server: &Server) -> SyncRequest {
    let kind = DocumentType::get(DocumentTypeId::CARD).unwrap();
    let mut document = Document::new(kind);
    let now = server.state.now();
    let mut draft = Draft::new(&mut document, Actor(random(&*server.env)), now);
    let create =
        CardCommand::Create { product: INBOX_PRODUCT, name: "Roof".into(), status: None, owner: None };
    let acting = Acting { by: UserId::from_bytes([1; 16]), now, zone: Zone::UTC };
    create.draft(&mut draft, &acting).unwrap();
    let change = pushed(kind.id, &draft.finish().unwrap());
    let group = Pushed { document: DocumentId::new(&*server.env), kind: kind.id, changes: vec![change] };
    SyncRequest { push: vec![group], ..SyncRequest::default() }
}

/// A body of which the last byte is held back; `None` if there is none.
fn trickling(
    body: Option<Vec<u8>>,
    begun: oneshot::Sender<()>,
    may_go_on: oneshot::Receiver<()>,
) -> Option<Body> {
    let body = Bytes::from(body?);
    let last = body.len() - 1;
    let (first, rest) = (body.slice(..last), body.slice(last..));
    let rest = stream::once(async move {
        begun.send(()).unwrap();
        may_go_on.await.unwrap();
        Ok::<_, std::io::Error>(rest)
    });
    Some(Body::from_stream(stream::iter([Ok(first)]).chain(rest)))
}

fn request(world: &World, method: &str, path: &str, held: &Claimed, body: Body) -> Request<Body> {
    let token = world
        .server
        .state
        .gate()
        .tokens()
        .issue(held, sessions::FIRST_GENERATION, world.server.state.now())
        .unwrap();
    Request::builder()
        .method(method.parse::<Method>().unwrap())
        .uri(world.path(path))
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .header(CONTENT_TYPE, "application/json")
        .body(body)
        .unwrap()
}

/// What a request may change.
async fn fingerprint(server: &Server) -> Vec<i64> {
    let mut conn = server.state.db().read().await.unwrap();
    let org = server.state.org();
    let mut all = Vec::new();
    for what in [
        "seq from organisation where id = $1",
        "count(*) from log where org_id = $1",
        "count(*) from document where org_id = $1",
        "count(*) from app_user where org_id = $1",
        "cast(sum(token_version) as bigint) from app_user where org_id = $1",
        "count(*) from device where revoked_at = 0 and org_id = $1",
        "count(*) from session where ended_at = 0 and org_id = $1",
        "cast(sum(version) as bigint) from settings where org_id = $1",
        "count(*) from hand_in where org_id = $1",
    ] {
        all.push(number(&mut conn, org, what).await);
    }
    all
}

async fn number(conn: &mut Conn, org: OrgId, what: &str) -> i64 {
    let text = format!("/* test */ select {what}");
    on!(conn, |c| sqlx::query_scalar(AssertSqlSafe(text)).bind(org.uuid()).fetch_one(c).await).unwrap()
}
