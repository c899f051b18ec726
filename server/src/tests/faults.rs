//! A database that fails: R09, R31.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::store::Db;
use crate::testing::{Engine, Server, has_postgres};

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
