//! Signing in, refreshing, signing out.

use axum::http::{Method, StatusCode};
use roadbook_domain::value::time::Timestamp;
use serde_json::{Value, json};

use crate::auth::token::{ACCESS_LIFE, IDLE_LIFE};
use crate::on_both;
use crate::testing::{ADMIN, Answer, Engine, PASSWORD, Server};

on_both! {
    async fn a_sign_in_answers_who_the_user_is_and_the_user_may_call(engine) {
        let server = Server::new(engine).await.unwrap();
        let answer = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.text("organisation"), server.created.org.to_string());
        assert_eq!(answer.text("user"), server.created.admin.to_string());
        assert_eq!(answer.text("role"), "admin");
        assert_eq!(devices(&server, &answer.text("access_token")).await.status, StatusCode::OK);
    }

    async fn an_email_is_the_same_however_it_is_typed(engine) {
        let server = Server::new(engine).await.unwrap();
        let answer = server.sign_in(" Admin@EXAMPLE.com", PASSWORD, 1).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK);
    }

    async fn unknown_users_disabled_users_and_wrong_passwords_get_one_answer_after_one_hash(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, "off@example.com", "user").await.unwrap();
        disable(&server, &admin, "off@example.com").await;
        let without = json!({
            "email": "new@example.com", "role": "user", "zone": "UTC", "locale": "en",
        });
        server.send(Method::POST, "/v1/users", &admin, Some(without)).await.unwrap();
        let mut answers = Vec::new();
        for (email, password) in [
            (ADMIN, "wrong password"),
            ("nobody@example.com", PASSWORD),
            ("no address", PASSWORD),
            ("nobody\0@example.com", PASSWORD),
            ("off@example.com", PASSWORD),
            ("new@example.com", PASSWORD),
            ("new@example.com", ""),
            (ADMIN, &"x".repeat(3_000)),
        ] {
            let before = server.state.gate().passwords().computed();
            let answer = server.sign_in(email, password, 1).await.unwrap();
            assert_eq!(server.state.gate().passwords().computed(), before + 1, "{email}");
            answers.push((answer.status, answer.body));
        }
        assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
        assert_eq!(answers[0].1["code"], "bad_credentials");
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }

    async fn guessing_is_slowed_down_but_never_locks_out_a_phone_that_signed_in_before(engine) {
        let server = Server::new(engine).await.unwrap();
        server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        for email in [ADMIN, "nobody@example.com"] {
            let mut codes = Vec::new();
            for _ in 0..7 {
                codes.push(server.sign_in(email, "a wrong guess", 66).await.unwrap().code().to_owned());
            }
            assert_eq!(codes[..5], ["bad_credentials"; 5], "{email}");
            assert_eq!(codes[5..], ["slow_down"; 2], "{email}");
        }
        let right = server.sign_in(ADMIN, PASSWORD, 66).await.unwrap();
        assert_eq!((right.status, right.code()), (StatusCode::TOO_MANY_REQUESTS, "slow_down"));
        assert_eq!(right.headers["retry-after"], "1");
        assert_eq!(server.sign_in(ADMIN, PASSWORD, 1).await.unwrap().status, StatusCode::OK, "my own phone");
        server.env.advance(1_000);
        assert_eq!(server.sign_in(ADMIN, PASSWORD, 66).await.unwrap().status, StatusCode::OK);
    }

    async fn guesses_made_at_once_count_as_if_they_were_made_one_by_one(engine) {
        let server = Server::new(engine).await.unwrap();
        let before = server.state.gate().passwords().computed();
        let guesses = (0..12).map(|_| server.sign_in(ADMIN, "a wrong guess", 66));
        let answers = futures_util::future::join_all(guesses).await;
        let judged = answers.iter().filter(|answer| answer.as_ref().unwrap().code() == "bad_credentials");
        let slowed = answers.iter().filter(|answer| answer.as_ref().unwrap().code() == "slow_down");
        assert!(judged.count() <= 5 && slowed.count() >= 7);
        assert!(server.state.gate().passwords().computed() <= before + 5);
    }

    async fn the_same_user_with_the_same_installation_keeps_the_device(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, "bela@example.com", "user").await.unwrap();
        let first = server.sign_in("bela@example.com", PASSWORD, 7).await.unwrap();
        let again = server.sign_in("bela@example.com", PASSWORD, 7).await.unwrap();
        let other_phone = server.sign_in("bela@example.com", PASSWORD, 8).await.unwrap();
        let other_user = server.sign_in(ADMIN, PASSWORD, 7).await.unwrap();
        assert_eq!(first.text("device"), again.text("device"));
        assert_ne!(first.text("device"), other_phone.text("device"));
        assert_ne!(first.text("device"), other_user.text("device"));
    }

    async fn signing_in_again_ends_the_session_before_on_that_device_only(engine) {
        let server = Server::new(engine).await.unwrap();
        let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        let elsewhere = server.sign_in(ADMIN, PASSWORD, 2).await.unwrap();
        let again = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        assert_eq!(devices(&server, &first.text("access_token")).await.code(), "session_over");
        assert_eq!(refresh(&server, &first).await.code(), "session_over");
        for alive in [elsewhere, again] {
            assert_eq!(devices(&server, &alive.text("access_token")).await.status, StatusCode::OK);
        }
    }

    async fn a_refresh_gives_a_new_pair_and_the_old_access_token_runs_out(engine) {
        let server = Server::new(engine).await.unwrap();
        let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        server.env.advance(ACCESS_LIFE);
        assert_eq!(devices(&server, &first.text("access_token")).await.code(), "unauthenticated");
        let second = refresh(&server, &first).await;
        assert_eq!(second.status, StatusCode::OK);
        assert_ne!(second.text("refresh_token"), first.text("refresh_token"));
        assert_eq!(second.body["device"], first.body["device"]);
        assert_eq!(devices(&server, &second.text("access_token")).await.status, StatusCode::OK);
    }

    async fn an_app_and_its_widget_that_refresh_with_one_token_both_stay_signed_in(engine) {
        let server = Server::new(engine).await.unwrap();
        let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        let app = refresh(&server, &first).await;
        let widget = refresh(&server, &first).await;
        assert_eq!(app.text("refresh_token"), widget.text("refresh_token"), "one token has one successor");
        for held in [&app, &widget] {
            assert_eq!(devices(&server, &held.text("access_token")).await.status, StatusCode::OK);
        }
        let (app, widget) = (refresh(&server, &app).await, refresh(&server, &widget).await);
        assert_eq!((app.status, widget.status), (StatusCode::OK, StatusCode::OK));
        assert_eq!(app.text("refresh_token"), widget.text("refresh_token"));
    }

    async fn an_answer_that_is_lost_again_and_again_costs_nothing(engine) {
        let server = Server::new(engine).await.unwrap();
        let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        let lost = refresh(&server, &first).await;
        server.env.advance(IDLE_LIFE / 2);
        let second = refresh(&server, &first).await;
        assert_eq!(lost.text("refresh_token"), second.text("refresh_token"));
        assert_eq!(devices(&server, &second.text("access_token")).await.status, StatusCode::OK);
        assert_eq!(refresh(&server, &second).await.status, StatusCode::OK);
    }

    async fn a_token_is_worth_nothing_once_the_access_token_of_its_successor_was_seen(engine) {
        let server = Server::new(engine).await.unwrap();
        let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        let second = refresh(&server, &first).await;
        devices(&server, &second.text("access_token")).await;
        assert_eq!(refresh(&server, &first).await.code(), "session_over");
        assert_eq!(devices(&server, &second.text("access_token")).await.status, StatusCode::OK, "it came at once");
        server.env.advance(ACCESS_LIFE);
        assert_eq!(refresh(&server, &first).await.code(), "session_over");
        assert_eq!(refresh(&server, &second).await.code(), "session_over", "a thief's or the owner's");
    }

    async fn a_spent_token_shown_after_its_replacement_was_used_ends_the_session(engine) {
        let server = Server::new(engine).await.unwrap();
        let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        let elsewhere = server.sign_in(ADMIN, PASSWORD, 2).await.unwrap();
        let second = refresh(&server, &first).await;
        let third = refresh(&server, &second).await;
        assert_eq!(refresh(&server, &first).await.code(), "session_over");
        assert_eq!(refresh(&server, &third).await.code(), "session_over", "the thief's or the owner's");
        assert_eq!(devices(&server, &third.text("access_token")).await.code(), "session_over");
        assert_eq!(refresh(&server, &elsewhere).await.status, StatusCode::OK, "another device goes on");
    }

    async fn a_secret_that_was_never_issued_ends_nothing(engine) {
        let server = Server::new(engine).await.unwrap();
        let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        let token = data_encoding::BASE64URL_NOPAD.decode(first.text("refresh_token").as_bytes()).unwrap();
        for place in 32..64 {
            let mut other = token.clone();
            other[place] ^= 1;
            let other = data_encoding::BASE64URL_NOPAD.encode(&other);
            assert_eq!(refresh_text(&server, &other).await.code(), "session_over");
            let body = json!({ "refresh_token": other });
            server.send(Method::POST, "/v1/sign-out", "", Some(body)).await.unwrap();
        }
        assert_eq!(devices(&server, &first.text("access_token")).await.status, StatusCode::OK);
        assert_eq!(refresh(&server, &first).await.status, StatusCode::OK);
    }

    async fn a_text_that_is_no_refresh_token_touches_no_session(engine) {
        let server = Server::new(engine).await.unwrap();
        let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        let stranger = data_encoding::BASE64URL_NOPAD.encode(&[5; 64]);
        for text in ["", "x", &first.text("refresh_token")[..80], &stranger] {
            assert_eq!(refresh_text(&server, text).await.code(), "session_over", "{text}");
        }
        assert_eq!(refresh(&server, &first).await.status, StatusCode::OK);
    }

    async fn a_session_lives_ninety_idle_days_and_no_more(engine) {
        let server = Server::new(engine).await.unwrap();
        let mut answer = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        for _ in 0..3 {
            server.env.advance(IDLE_LIFE - 1);
            answer = refresh(&server, &answer).await;
            assert_eq!(answer.status, StatusCode::OK);
        }
        server.env.advance(IDLE_LIFE);
        assert_eq!(refresh(&server, &answer).await.code(), "session_over");
    }

    async fn callers_that_refresh_at_once_all_hold_good_tokens(engine) {
        let server = std::sync::Arc::new(Server::new(engine).await.unwrap());
        let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        let racing: Vec<_> = (0..8).map(|_| {
            let (server, first) = (server.clone(), first.clone());
            tokio::spawn(async move { refresh(&server, &first).await })
        }).collect();
        let mut answers = Vec::new();
        for answer in racing {
            answers.push(answer.await.unwrap());
        }
        for answer in &answers {
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(devices(&server, &answer.text("access_token")).await.status, StatusCode::OK);
            assert_eq!(refresh(&server, answer).await.status, StatusCode::OK);
        }
    }

    async fn what_a_node_saw_holds_on_the_others_and_after_a_restart(engine) {
        let mut server = Server::new(engine).await.unwrap();
        let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        let second = refresh(&server, &first).await;
        devices(&server, &second.text("access_token")).await;
        server.state.gate().save_seen().await.unwrap();
        server.reopen().await.unwrap();
        assert_eq!(refresh(&server, &first).await.code(), "session_over");
        assert_eq!(refresh(&server, &second).await.status, StatusCode::OK);
    }

    async fn a_token_that_a_server_gave_out_before_its_backup_was_restored_is_good(engine) {
        let server = Server::new(engine).await.unwrap();
        let mut held = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        for _ in 0..3 {
            held = refresh(&server, &held).await;
        }
        let mut tx = server.state.db().write().await.unwrap();
        crate::store::db::on!(tx, |c| sqlx::query("/* test */ update session set generation = 1, seen = 0")
            .execute(c)
            .await
            .map(drop))
        .unwrap();
        tx.commit().await.unwrap();
        held = refresh(&server, &held).await;
        assert_eq!(held.status, StatusCode::OK);
        assert_eq!(devices(&server, &held.text("access_token")).await.status, StatusCode::OK);
    }

    async fn refreshes_changes_of_a_password_and_revocations_at_once_never_fail_and_leave_nobody_in(engine) {
        let server = std::sync::Arc::new(Server::new(engine).await.unwrap());
        let admin = server.admin().await.unwrap();
        let user = server.add_user(&admin, "bela@example.com", "user").await.unwrap();
        for _ in 0..8 {
            let mut phones = Vec::new();
            for installation in 10..16 {
                phones.push(server.sign_in("bela@example.com", PASSWORD, installation).await.unwrap());
            }
            let mut at_once = Vec::new();
            for phone in &phones {
                let (server, phone) = (server.clone(), phone.clone());
                at_once.push(tokio::spawn(async move { refresh(&server, &phone).await }));
            }
            for path in [
                format!("/v1/users/{user}/password"),
                format!("/v1/devices/{}/revoke", phones[0].text("device")),
            ] {
                let (server, admin) = (server.clone(), admin.clone());
                let body = Some(json!({ "password": PASSWORD }));
                at_once.push(tokio::spawn(async move {
                    server.send(Method::POST, &path, &admin, body).await.unwrap()
                }));
            }
            let mut refreshed = Vec::new();
            for answer in at_once {
                let answer = answer.await.unwrap();
                assert!(!answer.status.is_server_error(), "{answer:?}");
                refreshed.push(answer);
            }
            for held in phones.iter().chain(&refreshed) {
                assert!(!devices(&server, &held.text("access_token")).await.status.is_success());
                assert_ne!(refresh(&server, held).await.status, StatusCode::OK);
            }
        }
    }

    async fn signing_out_ends_the_session_even_with_the_token_before(engine) {
        let server = Server::new(engine).await.unwrap();
        for lost_answer in [false, true] {
            let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
            let access = if lost_answer { refresh(&server, &first).await } else { first.clone() };
            for _ in 0..2 {
                assert_eq!(sign_out(&server, &first).await.status, StatusCode::NO_CONTENT);
            }
            assert_eq!(devices(&server, &access.text("access_token")).await.code(), "session_over");
            assert_eq!(refresh(&server, &first).await.code(), "session_over");
        }
    }

    async fn a_stale_token_signs_nobody_out(engine) {
        let server = Server::new(engine).await.unwrap();
        let first = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap();
        let third = refresh(&server, &refresh(&server, &first).await).await;
        assert_eq!(sign_out(&server, &first).await.status, StatusCode::NO_CONTENT);
        assert_eq!(devices(&server, &third.text("access_token")).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn what_a_device_says_of_itself_is_checked() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let secret = data_encoding::BASE64URL_NOPAD.encode(&[1; 32]);
    let long = "x".repeat(101);
    for (name, platform, device, install_secret) in [
        ("no platform", "", "phone", secret.as_str()),
        ("no name", "ios", "", &secret),
        ("long name", "ios", &long, &secret),
        ("control character", "ios", "pho\nne", &secret),
        ("no secret", "ios", "phone", ""),
        ("short secret", "ios", "phone", &secret[..40]),
        ("long secret", "ios", "phone", &format!("{secret}{secret}")),
    ] {
        let device = json!({ "platform": platform, "name": device, "install_secret": install_secret });
        let body = json!({ "email": ADMIN, "password": PASSWORD, "device": device });
        let answer = server.send(Method::POST, "/v1/sign-in", "", Some(body)).await.unwrap();
        assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"), "{name}");
    }
}

#[tokio::test]
async fn the_key_that_edits_are_kept_with_is_the_users_on_every_device_and_nobody_elses() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let admin = server.admin().await.unwrap();
    server.add_user(&admin, "other@example.com", "user").await.unwrap();
    let mut keys = Vec::new();
    for (email, device) in [(ADMIN, 1), (ADMIN, 2), ("other@example.com", 3)] {
        keys.push(server.sign_in(email, PASSWORD, device).await.unwrap().text("keep_key"));
    }
    assert!(keys[0] == keys[1] && keys[0] != keys[2]);
}

#[tokio::test]
async fn the_shape_of_a_session_is_fixed() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let mut body = server.sign_in(ADMIN, PASSWORD, 1).await.unwrap().body;
    for (secret, length) in [("access_token", 560..620), ("refresh_token", 86..87), ("keep_key", 43..44)] {
        let text = body[secret].as_str().unwrap();
        assert!(length.contains(&text.len()), "{secret}: {}", text.len());
        body[secret] = Value::Null;
    }
    let expires = Timestamp::from_millis(crate::testing::START.millis() + ACCESS_LIFE).millis();
    assert_eq!(
        body,
        json!({
            "organisation": server.created.org, "user": server.created.admin, "device": body["device"], "role": "admin",
            "access_token": null, "access_expires_at": expires, "refresh_token": null,
            "keep_key": null,
        })
    );
}

async fn devices(server: &Server, token: &str) -> Answer {
    server.send(Method::GET, "/v1/devices", token, None).await.unwrap()
}

async fn refresh(server: &Server, held: &Answer) -> Answer {
    refresh_text(server, &held.text("refresh_token")).await
}

async fn refresh_text(server: &Server, token: &str) -> Answer {
    server.send(Method::POST, "/v1/refresh", "", Some(json!({ "refresh_token": token }))).await.unwrap()
}

async fn sign_out(server: &Server, held: &Answer) -> Answer {
    let body = json!({ "refresh_token": held.text("refresh_token") });
    server.send(Method::POST, "/v1/sign-out", "", Some(body)).await.unwrap()
}

async fn disable(server: &Server, admin: &str, email: &str) {
    let users = server.send(Method::GET, "/v1/users", admin, None).await.unwrap().body;
    let mut user = users.as_array().unwrap().iter().find(|user| user["email"] == email).unwrap().clone();
    user["active"] = false.into();
    let path = format!("/v1/users/{}", user["id"].as_str().unwrap());
    let answer = server.send(Method::PUT, &path, admin, Some(user)).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
}
