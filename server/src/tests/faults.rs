//! A database that fails: R09, R31.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::auth::token::ACCESS_LIFE;
use crate::store::Db;
use crate::testing::{ADMIN, Engine, PASSWORD, Server, has_postgres};

#[tokio::test]
async fn on_a_full_disk_nothing_is_acknowledged_and_reading_goes_on() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let admin = server.admin().await.unwrap();
    let product = json!({ "kind": "human_resources" });
    let add =
        async || server.send(Method::POST, "/v1/products", &admin, Some(product.clone())).await.unwrap();
    // SQLite refuses to grow the file, as it does when the disk is full.
    let Db::Sqlite { writer, .. } = server.state.db() else { unreachable!() };
    sqlx::raw_sql("pragma max_page_count = 1").execute(writer).await.unwrap();
    let before = server.send(Method::GET, "/v1/statuses", &admin, None).await.unwrap().body;
    // What is left in the last pages may take a few.
    let mut full = add().await;
    while full.status == StatusCode::CREATED {
        full = add().await;
    }
    assert_eq!((full.status, full.code()), (StatusCode::INSUFFICIENT_STORAGE, "storage_full"));
    assert_eq!(full.headers["retry-after"], "60");
    let after = server.send(Method::GET, "/v1/statuses", &admin, None).await.unwrap();
    assert_eq!(after.status, StatusCode::OK);
    assert!(after.body.as_array().unwrap().len() >= before.as_array().unwrap().len());
    // The limit went with the connection that met it.
    assert_eq!(add().await.status, StatusCode::CREATED, "without a restart");
}

#[tokio::test]
async fn on_a_full_disk_a_phone_stays_signed_in_and_an_installation_with_a_session_signs_in() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let mut held = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
    // A change in place needs no room in the file of the test, though it does in the log of a real disk.
    run(
        &server,
        "create table filler (bytes blob); \
         create trigger more before update on session begin insert into filler values (zeroblob(100000)); end; \
         create trigger new before insert on session begin insert into filler values (zeroblob(100000)); end;",
    )
    .await;
    let ask = async |method, path: &str, token: &str, body| {
        // The limit goes with the connection that meets it.
        run(&server, "pragma max_page_count = 1").await;
        server.send(method, path, token, body).await.unwrap()
    };
    for _ in 0..3 {
        server.env.advance(ACCESS_LIFE);
        let token = json!({ "refresh_token": held.text("refresh_token") });
        held = ask(Method::POST, "/v1/refresh", "", Some(token)).await;
        assert_eq!(held.status, StatusCode::OK, "{:?}", held.body);
        let devices = ask(Method::GET, "/v1/devices", &held.text("access_token"), None).await;
        assert_eq!(devices.status, StatusCode::OK);
    }
    let again = ask(Method::POST, "/v1/sign-in", "", Some(Server::credentials(ADMIN, PASSWORD, 1))).await;
    assert_eq!((again.status, again.text("device")), (StatusCode::OK, held.text("device")));
    let stranger = ask(Method::POST, "/v1/sign-in", "", Some(Server::credentials(ADMIN, PASSWORD, 2))).await;
    assert_eq!(stranger.code(), "storage_full");
    let ready = ask(Method::GET, "/health/ready", "", None).await;
    assert_eq!((ready.status, ready.code()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert_eq!(ask(Method::GET, "/health", "", None).await.status, StatusCode::OK);

    // With room again everything is written down, and both tokens are good.
    run(&server, "drop trigger more; drop trigger new; pragma max_page_count = 1000000").await;
    for held in [held, again] {
        let token = json!({ "refresh_token": held.text("refresh_token") });
        let refreshed = server.send(Method::POST, "/v1/refresh", "", Some(token)).await.unwrap();
        assert_eq!(refreshed.status, StatusCode::OK);
    }
}

async fn run(server: &Server, statements: &'static str) {
    let Db::Sqlite { writer, .. } = server.state.db() else { unreachable!() };
    sqlx::raw_sql(statements).execute(writer).await.unwrap();
}

#[tokio::test]
async fn a_writer_that_waits_too_long_is_told_to_come_again() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let admin = server.admin().await.unwrap();
    let held = server.state.db().write().await.unwrap();
    let product = json!({ "kind": "projects" });
    let waiting = server.send(Method::POST, "/v1/products", &admin, Some(product.clone()));
    let answer = waiting.await.unwrap();
    assert_eq!((answer.status, answer.code()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    drop(held);
    let answer = server.send(Method::POST, "/v1/products", &admin, Some(product)).await.unwrap();
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test]
async fn connections_that_postgres_cut_are_replaced() {
    if !has_postgres() {
        return;
    }
    let server = Server::new(Engine::Postgres).await.unwrap();
    let admin = server.admin().await.unwrap();
    let Db::Postgres(pool) = server.state.db() else { unreachable!() };
    for _ in 0..3 {
        sqlx::query(
            "select pg_terminate_backend(pid) from pg_stat_activity \
             where application_name = current_setting('application_name') and pid <> pg_backend_pid()",
        )
        .execute(pool)
        .await
        .unwrap();
        for path in ["/v1/devices", "/v1/products", "/health/ready"] {
            let answer = server.send(Method::GET, path, &admin, None).await.unwrap();
            assert_eq!(answer.status, StatusCode::OK, "{path}: {:?}", answer.body);
        }
    }
}

#[tokio::test]
async fn an_edit_that_postgres_rolled_back_for_anothers_sake_is_done_again() {
    if !has_postgres() {
        return;
    }
    let server = Server::new(Engine::Postgres).await.unwrap();
    let admin = server.admin().await.unwrap();
    let product = json!({ "kind": "projects" });
    let product = server.send(Method::POST, "/v1/products", &admin, Some(product)).await.unwrap().body;
    let Db::Postgres(pool) = server.state.db() else { unreachable!() };
    // The first statement after `setval` is a victim; a sequence is not rolled back, so the second is none.
    sqlx::raw_sql(
        "create sequence attempts; \
         create function fall_victim() returns trigger language plpgsql as $$ begin \
         if nextval('attempts') = 1 then raise exception 'a victim' using errcode = '40001'; end if; \
         return new; end $$; \
         create trigger victim before insert or update on settings for each row execute function fall_victim()",
    )
    .execute(pool)
    .await
    .unwrap();
    let me = server.send(Method::GET, "/v1/me", &admin, None).await.unwrap().body;
    let (it, user) = (
        format!("/v1/products/{}", product["id"].as_str().unwrap()),
        format!("/v1/users/{}", me["id"].as_str().unwrap()),
    );
    let status = json!({ "product": product["id"], "name": "Lent", "group": "inactive", "order": 90 });
    let colleague =
        json!({ "email": "bela@example.com", "role": "user", "zone": "Europe/Lisbon", "locale": "pt-PT" });
    let mut me_again = me.clone();
    me_again["version"] = json!(me["version"].as_u64().unwrap() + 1);
    for (method, path, body) in [
        (Method::POST, "/v1/products", json!({ "kind": "human_resources" })),
        (Method::PUT, &*it, product),
        (Method::POST, "/v1/statuses", status),
        (Method::POST, "/v1/users", colleague),
        (Method::PUT, "/v1/me", me),
        (Method::PUT, &user, me_again),
    ] {
        sqlx::query("select setval('attempts', 1, false)").execute(pool).await.unwrap();
        let answer = server.send(method, path, &admin, Some(body)).await.unwrap();
        assert!(answer.status.is_success(), "{path}: {:?}", answer.body);
        let attempts: i64 = sqlx::query_scalar("select nextval('attempts')").fetch_one(pool).await.unwrap();
        assert!(attempts > 2, "{path}: nothing was rolled back");
    }
}
