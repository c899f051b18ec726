//! Listing and revoking devices.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::on_both;
use crate::testing::{ADMIN, Answer, PASSWORD, START, Server};

on_both! {
    async fn a_user_sees_their_own_devices_and_which_of_them_asks(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, "bela@example.com", "manager").await.unwrap();
        let first = server.sign_in("bela@example.com", PASSWORD, 1).await.unwrap();
        server.env.advance(5_000);
        let second = server.sign_in("bela@example.com", PASSWORD, 2).await.unwrap();
        let list = get(&server, "/v1/devices", &second).await;
        assert_eq!(list.body, json!([
            { "id": first.body["device"], "platform": "test", "name": "phone 1", "created_at": START,
              "last_seen_at": START, "revoked_at": null, "current": false },
            { "id": second.body["device"], "platform": "test", "name": "phone 2", "created_at": START.millis() + 5_000,
              "last_seen_at": START.millis() + 5_000, "revoked_at": null, "current": true },
        ]));
    }

    async fn a_refresh_shows_when_a_device_was_last_seen(engine) {
        let server = Server::new(engine).await.unwrap();
        let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        server.env.advance(60_000);
        let body = json!({ "refresh_token": first.text("refresh_token") });
        let second = server.send(Method::POST, "/v1/refresh", "", Some(body)).await.unwrap();
        let list = get(&server, "/v1/devices", &second).await;
        assert_eq!(list.body[0]["last_seen_at"], START.millis() + 60_000);
    }

    async fn a_revoked_device_is_out_at_once_and_for_good(engine) {
        let server = Server::new(engine).await.unwrap();
        let lost = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        server.env.advance(1);
        let mine = server.sign_in(ADMIN, PASSWORD, 2).await.unwrap();
        for _ in 0..2 {
            assert_eq!(revoke(&server, &lost, &mine).await.status, StatusCode::NO_CONTENT);
        }
        assert_eq!(get(&server, "/v1/devices", &lost).await.code(), "session_over");
        let body = json!({ "refresh_token": lost.text("refresh_token") });
        let refreshed = server.send(Method::POST, "/v1/refresh", "", Some(body)).await.unwrap();
        assert_eq!(refreshed.code(), "session_over");
        let list = get(&server, "/v1/devices", &mine).await.body;
        assert_eq!((&list[0]["revoked_at"], &list[1]["revoked_at"]), (&json!(START.millis() + 1), &json!(null)));
        // The password still opens a door, but not that device's.
        let again = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        assert_eq!(again.status, StatusCode::OK);
        assert_ne!(again.body["device"], lost.body["device"]);
    }

    async fn nobody_but_an_administrator_revokes_or_lists_anothers_devices(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        let token = admin.text("access_token");
        let id = server.add_user(&token, "bela@example.com", "manager").await.unwrap();
        let bela = server.sign_in("bela@example.com", PASSWORD, 1).await.unwrap();
        assert_eq!(revoke(&server, &admin, &bela).await.code(), "not_found", "as if there were none");
        assert_eq!(get(&server, "/v1/devices", &admin).await.status, StatusCode::OK);
        let path = format!("/v1/users/{id}/devices");
        assert_eq!(get(&server, &path, &bela).await.code(), "forbidden");
        assert_eq!(get(&server, &path, &admin).await.body[0]["id"], bela.body["device"]);
        assert_eq!(revoke(&server, &bela, &admin).await.status, StatusCode::NO_CONTENT);
        assert_eq!(get(&server, "/v1/devices", &bela).await.code(), "session_over");
    }
}

async fn get(server: &Server, path: &str, caller: &Answer) -> Answer {
    server.send(Method::GET, path, &caller.text("access_token"), None).await.unwrap()
}

async fn revoke(server: &Server, device_of: &Answer, caller: &Answer) -> Answer {
    let path = format!("/v1/devices/{}/revoke", device_of.text("device"));
    server.send(Method::POST, &path, &caller.text("access_token"), None).await.unwrap()
}
