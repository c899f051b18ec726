//! What holds for the organisation as a whole.

use axum::http::{Method, StatusCode};
use roadbook_domain::value::env::SystemEnv;
use serde_json::{Value, json};

use crate::on_both;
use crate::sync::tests::phone::Phone;
use crate::testing::{Answer, Engine, Server};
use crate::{BackupConfig, backup};

on_both! {
    async fn the_organisation_is_shown_to_everybody_and_edited_in_its_version(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let known = show(&server, &admin).await;
        assert_eq!(known, json!({
            "version": 1, "name": "Example Ltd", "zone": "Europe/Budapest", "locale": "hu-HU", "currency": "EUR",
            "only_admins_export": false,
        }));
        let mut asked = with(&with(&known, "name", "Sample Ltd"), "currency", "HUF");
        asked["only_admins_export"] = true.into();
        let edited = edit(&server, &admin, asked.clone()).await;
        assert_eq!((edited.status, edited.body), (StatusCode::OK, with(&asked, "version", 2)));
        let stale = edit(&server, &admin, asked).await;
        assert_eq!((stale.status, stale.code(), &stale.body["version"]), (StatusCode::CONFLICT, "stale_version", &json!(2)));

        server.add_user(&admin, "bela@example.com", "restricted").await.unwrap();
        let mut phone = Phone::new(&server, "bela@example.com", 2).await;
        phone.sync(&server).await;
        assert_eq!(phone.settings.organisation().name, "Sample Ltd");
        assert!(phone.settings.organisation().only_admins_export);
        assert_eq!(show(&server, &phone.token).await["name"], "Sample Ltd");
        let forbidden = edit(&server, &phone.token, known).await;
        assert_eq!((forbidden.status, forbidden.code()), (StatusCode::FORBIDDEN, "forbidden"));
    }

    async fn an_organisation_that_breaks_a_rule_stays_as_it_was(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let known = show(&server, &admin).await;
        for (member, value, code) in [
            ("name", json!(" "), "against_the_rules"),
            ("name", json!("x".repeat(201)), "against_the_rules"),
            ("zone", json!("Europe/Atlantis"), "against_the_rules"),
            ("locale", json!("?"), "against_the_rules"),
            ("currency", json!("euro"), "invalid"),
            ("only_admins_export", json!("yes"), "invalid"),
            ("version", json!(0), "invalid"),
        ] {
            let answer = edit(&server, &admin, with(&known, member, value)).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, code), "{member}");
        }
        assert_eq!(show(&server, &admin).await, known);
    }
}

#[tokio::test]
async fn a_backup_is_of_the_firm_by_the_name_that_it_has_now() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let admin = server.admin().await.unwrap();
    let known = show(&server, &admin).await;
    edit(&server, &admin, with(&known, "name", "Sample Ltd")).await;
    let asked = BackupConfig {
        file: server.folder().join("backup.db"),
        database: server.config.database.clone(),
        secrets: server.config.secrets.clone(),
        secrets_to: None,
    };
    assert_eq!(backup(&asked, &SystemEnv).await.unwrap().name, "Sample Ltd");
}

async fn show(server: &Server, token: &str) -> Value {
    let answer = server.send(Method::GET, "/v1/organisation", token, None).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK);
    answer.body
}

async fn edit(server: &Server, token: &str, setting: Value) -> Answer {
    server.send(Method::PUT, "/v1/organisation", token, Some(setting)).await.unwrap()
}

fn with(object: &Value, member: &str, value: impl Into<Value>) -> Value {
    let mut object = object.clone();
    object[member] = value.into();
    object
}
