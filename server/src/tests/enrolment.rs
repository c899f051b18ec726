//! Enrolments and one's own profile: how a colleague gets in, and what they may change themselves.

use axum::http::{Method, StatusCode};
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::env::SystemEnv;
use serde_json::{Value, json};

use crate::auth::enrolment::LIFE;
use crate::on_both;
use crate::testing::{ADMIN, Answer, PASSWORD, Server};
use crate::{Firm, NewUser, People, PeopleError, UserChange};

const BELA: &str = "bela@example.com";

/// What somebody else would sign in with, who found a code.
const OTHERS: &str = "somebody else's";

on_both! {
    async fn a_code_lets_a_user_in_once_with_a_password_of_their_own(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let user = server.add_user(&admin, BELA, "user").await.unwrap();
        let before = server.sign_in(BELA, PASSWORD, 2).await.unwrap();
        let made = invite(&server, &admin, &user).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        assert_eq!(made.body["link"], Value::Null, "the server was not told its address");
        let entered = enrol(&server, &made.text("code").to_lowercase(), "a password of my own", 3).await;
        assert_eq!((entered.status, entered.text("user")), (StatusCode::OK, user), "{entered:?}");
        let devices = server.send(Method::GET, "/v1/devices", &entered.text("access_token"), None).await.unwrap();
        assert_eq!(devices.status, StatusCode::OK);
        let again = enrol(&server, &made.text("code"), "a password of my own", 4).await;
        assert_eq!(again.code(), "enrolment_over");
        assert_eq!(server.sign_in(BELA, "a password of my own", 5).await.unwrap().status, StatusCode::OK);
        assert_eq!(server.sign_in(BELA, PASSWORD, 5).await.unwrap().code(), "bad_credentials");
        let old = server.send(Method::GET, "/v1/devices", &before.text("access_token"), None).await.unwrap();
        assert_eq!(old.code(), "session_over", "whoever was signed in before is out");
    }

    async fn a_code_that_is_old_replaced_made_up_or_of_a_user_without_access_lets_nobody_in(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let user = server.add_user(&admin, BELA, "user").await.unwrap();
        let replaced = invite(&server, &admin, &user).await.text("code");
        let old = invite(&server, &admin, &user).await.text("code");
        server.env.advance(LIFE);
        let admin = server.admin().await.unwrap();
        for code in [replaced.as_str(), &old, "AAAA-AAAA-AAAA-AAAA", "", "no code"] {
            assert_eq!(enrol(&server, code, PASSWORD, 3).await.code(), "enrolment_over", "{code}");
        }
        let code = invite(&server, &admin, &user).await.text("code");
        let people = firm(&server);
        let people = People::of(&people, &SystemEnv).await.unwrap();
        people.change(BELA, UserChange::Access(false)).await.unwrap();
        assert_eq!(enrol(&server, &code, PASSWORD, 3).await.code(), "enrolment_over");
        people.close().await;
    }

    async fn a_password_that_is_unfit_leaves_the_code_as_it_is(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let user = server.add_user(&admin, BELA, "user").await.unwrap();
        let code = invite(&server, &admin, &user).await.text("code");
        assert_eq!(enrol(&server, &code, "short", 3).await.code(), "invalid");
        assert_eq!(enrol(&server, &code, PASSWORD, 3).await.status, StatusCode::OK);
    }

    async fn a_code_dies_with_the_password_and_the_access_that_it_was_made_for(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let user = server.add_user(&admin, BELA, "user").await.unwrap();
        let firm = firm(&server);
        let people = People::of(&firm, &*server.env).await.unwrap();

        let leaked = invite(&server, &admin, &user).await.text("code");
        let set = json!({ "password": PASSWORD });
        let path = format!("/v1/users/{user}/password");
        assert!(server.send(Method::POST, &path, &admin, Some(set)).await.unwrap().status.is_success());
        assert_eq!(enrol(&server, &leaked, OTHERS, 9).await.code(), "enrolment_over", "the administrator's password");

        let leaked = invite(&server, &admin, &user).await.text("code");
        let own = server.sign_in(BELA, PASSWORD, 2).await.unwrap().text("access_token");
        let set = json!({ "old": PASSWORD, "new": "another password" });
        assert!(server.send(Method::POST, "/v1/me/password", &own, Some(set)).await.unwrap().status.is_success());
        assert_eq!(enrol(&server, &leaked, OTHERS, 9).await.code(), "enrolment_over", "their own password");

        let leaked = invite(&server, &admin, &user).await.text("code");
        for has_access in [false, true] {
            people.change(BELA, UserChange::Access(has_access)).await.unwrap();
        }
        assert_eq!(enrol(&server, &leaked, OTHERS, 9).await.code(), "enrolment_over", "the operator");

        let leaked = invite(&server, &admin, &user).await.text("code");
        for has_access in [false, true] {
            give_access(&server, &admin, &user, has_access).await;
        }
        assert_eq!(enrol(&server, &leaked, OTHERS, 9).await.code(), "enrolment_over", "the administrator");

        let code = invite(&server, &admin, &user).await.text("code");
        people.change(BELA, UserChange::Role(Role::Manager)).await.unwrap();
        assert_eq!(enrol(&server, &code, PASSWORD, 3).await.status, StatusCode::OK, "another role ends no access");
        people.close().await;
    }

    async fn wrong_codes_of_an_address_keep_nobody_else_there_out(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let user = server.add_user(&admin, BELA, "user").await.unwrap();
        for _ in 0..20 {
            assert_eq!(enrol(&server, "AAAA-AAAA-AAAA-AAAA", PASSWORD, 3).await.code(), "enrolment_over");
        }
        let code = invite(&server, &admin, &user).await.text("code");
        assert_eq!(enrol(&server, &code, PASSWORD, 4).await.status, StatusCode::OK);
    }

    async fn of_two_who_have_one_code_one_gets_in(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let user = server.add_user(&admin, BELA, "user").await.unwrap();
        let code = invite(&server, &admin, &user).await.text("code");
        let both = futures_util::future::join(enrol(&server, &code, PASSWORD, 3), enrol(&server, &code, PASSWORD, 4));
        let (one, other) = both.await;
        let mut codes = [one.code(), other.code()];
        codes.sort_unstable();
        assert_eq!(codes, ["", "enrolment_over"]);
    }

    async fn whoever_runs_the_server_adds_changes_and_lets_in_beside_it(engine) {
        let server = Server::new(engine).await.unwrap();
        let firm = firm(&server);
        let people = People::of(&firm, &*server.env).await.unwrap();
        let new = NewUser {
            email: BELA.into(), family_name: "Nagy".into(), given_name: "Béla".into(), role: "user".into(),
            zone: None, locale: None,
        };
        let invitation = people.add(&new).await.unwrap();
        assert!(matches!(people.add(&new).await, Err(PeopleError::Taken(_))));
        let entered = enrol(&server, &invitation.code.to_string(), PASSWORD, 3).await;
        assert_eq!((entered.status, entered.text("role")), (StatusCode::OK, "user".into()), "{entered:?}");
        people.change(BELA, UserChange::Role(Role::Manager)).await.unwrap();
        assert_eq!(server.sign_in(BELA, PASSWORD, 3).await.unwrap().text("role"), "manager");
        people.change(BELA, UserChange::Access(false)).await.unwrap();
        assert_eq!(server.sign_in(BELA, PASSWORD, 3).await.unwrap().code(), "bad_credentials");
        assert!(matches!(people.enrol(BELA).await, Err(PeopleError::Disabled(_))));
        assert!(matches!(people.enrol("nobody@example.com").await, Err(PeopleError::Unknown(_))));
        assert!(people.change(ADMIN, UserChange::Access(false)).await.is_err(), "the last administrator");
        let users = people.list().await.unwrap();
        let shown: Vec<_> = users.iter().map(|user| (user.given_name.as_str(), user.zone.as_str(), user.active)).collect();
        assert_eq!(shown, [("Anna", "Europe/Budapest", true), ("Béla", "Europe/Budapest", false)]);
        people.close().await;
    }

    async fn users_change_their_own_name_and_zone_and_nothing_else(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, BELA, "restricted").await.unwrap();
        let token = server.sign_in(BELA, PASSWORD, 2).await.unwrap().text("access_token");
        let me = server.send(Method::GET, "/v1/me", &token, None).await.unwrap();
        assert_eq!((me.text("email"), me.text("role")), (BELA.into(), "restricted".into()));
        let body = json!({
            "version": me.body["version"], "family_name": "Kis", "given_name": "Béla", "zone": "Europe/Bucharest",
            "locale": "ro-RO", "role": "admin", "email": "other@example.com", "active": false,
        });
        let changed = server.send(Method::PUT, "/v1/me", &token, Some(body.clone())).await.unwrap();
        assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
        let seen = ["family_name", "zone", "locale", "role", "email"].map(|member| changed.text(member));
        assert_eq!(seen, ["Kis", "Europe/Bucharest", "ro-RO", "restricted", BELA]);
        let stale = server.send(Method::PUT, "/v1/me", &token, Some(body)).await.unwrap();
        assert_eq!(stale.code(), "stale_version");
        let wrong = json!({
            "version": changed.body["version"], "family_name": "Kis", "given_name": "Béla", "zone": "Mars/Olympus",
            "locale": "ro-RO",
        });
        let wrong = server.send(Method::PUT, "/v1/me", &token, Some(wrong)).await.unwrap();
        assert_eq!((wrong.code(), wrong.text("rule")), ("against_the_rules", "unknown_zone".into()));
    }

    async fn users_change_their_own_password_and_stay_signed_in_where_they_do(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, BELA, "user").await.unwrap();
        let here = server.sign_in(BELA, PASSWORD, 2).await.unwrap();
        let elsewhere = server.sign_in(BELA, PASSWORD, 3).await.unwrap();
        let set = async |old: &str| {
            let body = json!({ "old": old, "new": "another password" });
            server.send(Method::POST, "/v1/me/password", &here.text("access_token"), Some(body)).await.unwrap()
        };
        assert_eq!(set("a wrong guess").await.code(), "bad_credentials");
        assert_eq!(set(PASSWORD).await.status, StatusCode::NO_CONTENT);
        for (held, status) in [(&here, StatusCode::OK), (&elsewhere, StatusCode::UNAUTHORIZED)] {
            let body = json!({ "refresh_token": held.text("refresh_token") });
            let refreshed = server.send(Method::POST, "/v1/refresh", "", Some(body)).await.unwrap();
            assert_eq!(refreshed.status, status);
        }
        assert_eq!(server.sign_in(BELA, "another password", 3).await.unwrap().status, StatusCode::OK);
    }
}

async fn invite(server: &Server, admin: &str, user: &str) -> Answer {
    let body = json!({ "user": user });
    server.send(Method::POST, "/v1/enrolments", admin, Some(body)).await.unwrap()
}

async fn give_access(server: &Server, admin: &str, user: &str, has_access: bool) {
    let users = server.send(Method::GET, "/v1/users", admin, None).await.unwrap();
    let users = users.body.as_array().unwrap();
    let mut known = users.iter().find(|known| known["id"] == user).unwrap().clone();
    known["active"] = has_access.into();
    let edited = server.send(Method::PUT, &format!("/v1/users/{user}"), admin, Some(known)).await.unwrap();
    assert_eq!(edited.status, StatusCode::OK, "{edited:?}");
}

async fn enrol(server: &Server, code: &str, password: &str, installation: u8) -> Answer {
    let mut body = Server::credentials("", password, installation);
    body["code"] = code.into();
    server.send(Method::POST, "/v1/enrol", "", Some(body)).await.unwrap()
}

fn firm(server: &Server) -> Firm {
    Firm { database: server.config.database.clone(), secrets: server.config.secrets.clone() }
}
