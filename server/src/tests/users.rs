//! Users: adding, changing, disabling, setting passwords.

use axum::http::{Method, StatusCode};
use roadbook_domain::settings::SettingsKind;
use roadbook_domain::settings::user::User;
use serde_json::{Value, json};

use crate::on_both;
use crate::store::settings;
use crate::testing::{ADMIN, Answer, PASSWORD, Server};

on_both! {
    async fn a_new_user_is_in_the_directory_and_signs_in_with_their_role(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        for role in ["admin", "manager", "user", "restricted"] {
            let email = format!("{role}.new@example.com");
            let id = server.add_user(&admin, &email, role).await.unwrap();
            let answer = server.sign_in(&email, PASSWORD, 2).await.unwrap();
            assert_eq!((answer.text("user"), answer.text("role")), (id, role.to_owned()));
        }
        let mut conn = server.state.db().read().await.unwrap();
        let rows = settings::of_kind(&mut conn, server.created.org, SettingsKind::User).await.unwrap();
        assert_eq!(rows.iter().filter_map(|row| row.read::<User>().ok()).count(), 5);
    }

    async fn the_list_holds_everybody_with_a_version_and_no_password(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, "bela@example.com", "user").await.unwrap();
        let list = call(&server, Method::GET, "/v1/users", &admin, None).await;
        let emails: Vec<&Value> = list.body.as_array().unwrap().iter().map(|user| &user["email"]).collect();
        assert_eq!(emails, [ADMIN, "bela@example.com"], "sorted by family name: Kovács, Nagy");
        assert_eq!(list.body[1], json!({
            "version": 1, "id": list.body[1]["id"], "email": "bela@example.com", "family_name": "Nagy",
            "given_name": "Béla", "role": "user", "zone": "Europe/Lisbon", "locale": "pt-PT", "active": true,
            "issues_invoices": false,
        }));
    }

    async fn an_email_is_taken_once(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, "bela@example.com", "user").await.unwrap();
        let second = json!({ "email": "BELA@example.com", "role": "user", "zone": "UTC", "locale": "en" });
        let answer = call(&server, Method::POST, "/v1/users", &admin, Some(second)).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "already_exists"));
        let mut bela = user(&server, &admin, "bela@example.com").await;
        bela["email"] = ADMIN.into();
        assert_eq!(edit(&server, &admin, &bela).await.code(), "already_exists");
        assert_eq!(server.sign_in("bela@example.com", PASSWORD, 3).await.unwrap().status, StatusCode::OK);
    }

    async fn an_edit_based_on_an_old_version_is_refused_and_changes_nothing(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, "bela@example.com", "user").await.unwrap();
        let bela = user(&server, &admin, "bela@example.com").await;
        let promoted = with(&bela, "role", "manager");
        assert_eq!(edit(&server, &admin, &promoted).await.body["version"], 2);
        let stale = edit(&server, &admin, &with(&bela, "role", "restricted")).await;
        assert_eq!((stale.status, stale.code()), (StatusCode::CONFLICT, "stale_version"));
        assert_eq!(stale.body["version"], 2);
        let answer = server.sign_in("bela@example.com", PASSWORD, 3).await.unwrap();
        assert_eq!(answer.text("role"), "manager");
    }

    async fn a_new_role_holds_at_once_and_the_session_goes_on(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, "bela@example.com", "admin").await.unwrap();
        let held = server.sign_in("bela@example.com", PASSWORD, 3).await.unwrap();
        let bela = user(&server, &admin, "bela@example.com").await;
        edit(&server, &admin, &with(&bela, "role", "user")).await;
        let old = call(&server, Method::GET, "/v1/users", &held.text("access_token"), None).await;
        assert_eq!(old.code(), "unauthenticated", "the token was recalled");
        let next = refresh(&server, &held).await;
        assert_eq!(next.text("role"), "user");
        let new = call(&server, Method::GET, "/v1/users", &next.text("access_token"), None).await;
        assert_eq!(new.code(), "forbidden");
    }

    async fn a_disabled_user_is_out_at_once_on_every_device_and_comes_back_only_by_signing_in(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, "bela@example.com", "user").await.unwrap();
        let phones = [
            server.sign_in("bela@example.com", PASSWORD, 3).await.unwrap(),
            server.sign_in("bela@example.com", PASSWORD, 4).await.unwrap(),
        ];
        let bela = user(&server, &admin, "bela@example.com").await;
        assert_eq!(edit(&server, &admin, &with(&bela, "active", false)).await.status, StatusCode::OK);
        let still_out = async || {
            for phone in &phones {
                let answer = call(&server, Method::GET, "/v1/devices", &phone.text("access_token"), None).await;
                assert_eq!(answer.code(), "session_over");
                assert_eq!(refresh(&server, phone).await.code(), "session_over");
            }
        };
        still_out().await;
        assert_eq!(server.sign_in("bela@example.com", PASSWORD, 3).await.unwrap().code(), "bad_credentials");
        let bela = user(&server, &admin, "bela@example.com").await;
        assert_eq!(bela["active"], false, "they stay in the directory");
        edit(&server, &admin, &with(&bela, "active", true)).await;
        still_out().await;
        assert_eq!(server.sign_in("bela@example.com", PASSWORD, 3).await.unwrap().status, StatusCode::OK);
    }

    async fn a_new_password_ends_every_session(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let id = server.add_user(&admin, "bela@example.com", "user").await.unwrap();
        let held = server.sign_in("bela@example.com", PASSWORD, 3).await.unwrap();
        let path = format!("/v1/users/{id}/password");
        let answer = call(&server, Method::POST, &path, &admin, Some(json!({ "password": "another password" }))).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        let old = call(&server, Method::GET, "/v1/devices", &held.text("access_token"), None).await;
        assert_eq!(old.code(), "session_over");
        assert_eq!(refresh(&server, &held).await.code(), "session_over");
        assert_eq!(server.sign_in("bela@example.com", PASSWORD, 3).await.unwrap().code(), "bad_credentials");
        let new = server.sign_in("bela@example.com", "another password", 3).await.unwrap();
        assert_eq!(new.status, StatusCode::OK);
    }

    async fn an_organisation_keeps_an_administrator_with_access(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let own = user(&server, &admin, ADMIN).await;
        for (member, value) in [("role", json!("manager")), ("active", json!(false))] {
            let answer = edit(&server, &admin, &with(&own, member, value)).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "last_admin"), "{member}");
        }
        server.add_user(&admin, "bela@example.com", "admin").await.unwrap();
        assert_eq!(edit(&server, &admin, &with(&own, "role", "manager")).await.status, StatusCode::OK);
    }

    async fn an_edit_that_breaks_a_rule_of_users_is_refused_as_a_whole(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let good = json!({
            "email": "bela@example.com", "role": "user", "zone": "UTC", "locale": "en", "password": PASSWORD,
        });
        for (name, member, value, code) in [
            ("zone", "zone", json!("Europe/Atlantis"), "against_the_rules"),
            ("locale", "locale", json!("?"), "against_the_rules"),
            ("name", "family_name", json!("x".repeat(300)), "against_the_rules"),
            ("email", "email", json!("bela"), "invalid"),
            ("role", "role", json!("owner"), "invalid"),
            ("no role", "role", json!(null), "invalid"),
            ("short password", "password", json!("short"), "invalid"),
        ] {
            let answer = call(&server, Method::POST, "/v1/users", &admin, Some(with(&good, member, value))).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, code), "{name}");
        }
        let list = call(&server, Method::GET, "/v1/users", &admin, None).await;
        assert_eq!(list.body.as_array().unwrap().len(), 1);
        assert_eq!(call(&server, Method::POST, "/v1/users", &admin, Some(good)).await.status, StatusCode::CREATED);
    }

    async fn an_unknown_user_is_not_found(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let stranger = "01010101-0101-0101-0101-010101010101";
        let own = user(&server, &admin, ADMIN).await;
        let answer = edit(&server, &admin, &with(&with(&own, "id", stranger), "email", "x@example.com")).await;
        assert_eq!(answer.code(), "not_found");
        let path = format!("/v1/users/{stranger}/password");
        let answer = call(&server, Method::POST, &path, &admin, Some(json!({ "password": PASSWORD }))).await;
        assert_eq!(answer.code(), "not_found");
        assert_eq!(call(&server, Method::PUT, "/v1/users/x", &admin, Some(own)).await.code(), "not_found");
    }
}

async fn call(server: &Server, method: Method, path: &str, token: &str, body: Option<Value>) -> Answer {
    server.send(method, path, token, body).await.unwrap()
}

async fn refresh(server: &Server, held: &Answer) -> Answer {
    let body = json!({ "refresh_token": held.text("refresh_token") });
    server.send(Method::POST, "/v1/refresh", "", Some(body)).await.unwrap()
}

async fn user(server: &Server, admin: &str, email: &str) -> Value {
    let list = call(server, Method::GET, "/v1/users", admin, None).await.body;
    list.as_array().unwrap().iter().find(|user| user["email"] == email).unwrap().clone()
}

async fn edit(server: &Server, admin: &str, user: &Value) -> Answer {
    let path = format!("/v1/users/{}", user["id"].as_str().unwrap());
    call(server, Method::PUT, &path, admin, Some(user.clone())).await
}

fn with(object: &Value, member: &str, value: impl Into<Value>) -> Value {
    let mut object = object.clone();
    object[member] = value.into();
    object
}
