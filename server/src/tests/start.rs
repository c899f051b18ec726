//! Setting up, opening, and the messages when something is wrong.

use std::path::Path;
use std::sync::Arc;

use roadbook_domain::settings::{Organisation, Settings};
use roadbook_domain::value::env::SeededEnv;

use crate::auth::password::Cost;
use crate::on_both;
use crate::store::{organisation, settings};
use crate::testing::{ADMIN, Engine, START, Server, Throwaway, config};
use crate::{Firm, InitConfig, People, State, init};

on_both! {
    async fn init_makes_an_organisation_with_the_built_in_products_and_an_administrator(engine) {
        let server = Server::new(engine).await.unwrap();
        let mut conn = server.state.db().read().await.unwrap();
        let rows = settings::all(&mut conn, server.created.org).await.unwrap();
        let head = organisation::head(&mut conn, server.created.org).await.unwrap().unwrap();
        let own_documents = 2;
        assert_eq!(usize::try_from(head.seq).unwrap(), rows.len() + own_documents);
        let settings = Settings::from_rows(rows);
        assert!(settings.products().count() >= 4);
        assert_eq!(settings.users().map(|user| user.id).collect::<Vec<_>>(), [server.created.admin]);
        let expected = Organisation {
            name: "Example Ltd".into(), zone: "Europe/Budapest".into(), locale: "hu-HU".into(),
            ..Organisation::default()
        };
        assert_eq!(settings.organisation(), &expected);
        assert_eq!(server.created.generated_password, None);
    }

    async fn init_never_touches_an_organisation_that_is_there(engine) {
        let place = Throwaway::new(engine).await.unwrap();
        let env = SeededEnv::new(1, START);
        let first = init(&asked(&place, "secrets"), &env).await.unwrap();
        let again = init(&asked(&place, "other-secrets"), &env).await.unwrap_err().to_string();
        assert!(again.contains("--database") && again.contains("choose another database"), "{again}");
        assert!(!place.folder.path().join("other-secrets").exists());
        let opened = open(&place, "secrets").await.unwrap();
        assert_eq!(opened.org(), first.org);
    }

    async fn the_administrator_signs_in_with_the_password_that_init_made(engine) {
        let place = Throwaway::new(engine).await.unwrap();
        let env = Arc::new(SeededEnv::new(1, START));
        let made = init(&asked(&place, "secrets"), &*env).await.unwrap();
        let password = made.generated_password.clone().unwrap();
        assert_eq!(password.len(), 20);
        assert!(!format!("{made:?}").contains(&password));
        let state = open(&place, "secrets").await.unwrap();
        let credentials = crate::auth::session::Credentials {
            email: ADMIN, password: &password,
            installation: crate::auth::session::Installation {
                platform: "test", device_name: "phone", install_secret: &[1; 32],
                peer: crate::auth::peer::Peer::UNKNOWN,
            },
        };
        let grant = crate::auth::session::sign_in(state.gate(), &credentials).await.unwrap();
        assert_eq!(grant.user, made.admin);
    }

    async fn serve_refuses_a_database_of_another_organisation(engine) {
        let place = Throwaway::new(engine).await.unwrap();
        let other = Throwaway::new(engine).await.unwrap();
        let env = SeededEnv::new(1, START);
        init(&asked(&place, "secrets"), &env).await.unwrap();
        init(&asked(&other, "secrets"), &env).await.unwrap();
        let mixed = config(place.address.clone(), other.folder.path().join("secrets").display().to_string());
        let error = State::open(&mixed, Arc::new(env)).await.unwrap_err().to_string();
        assert!(error.contains("ROADBOOK_DATABASE") && error.contains("point both to one organisation"), "{error}");
    }

    async fn commands_beside_a_server_refuse_a_database_of_another_organisation(engine) {
        let place = Throwaway::new(engine).await.unwrap();
        let other = Throwaway::new(engine).await.unwrap();
        let env = SeededEnv::new(1, START);
        init(&asked(&place, "secrets"), &env).await.unwrap();
        init(&asked(&other, "secrets"), &env).await.unwrap();
        let secrets = other.folder.path().join("secrets").display().to_string();
        let mixed = Firm { database: place.address.clone().into(), secrets };
        let error = People::of(&mixed, &env).await.err().unwrap().to_string();
        assert!(error.contains("ROADBOOK_DATABASE") && error.contains("point both to one organisation"), "{error}");
    }

    async fn serve_on_an_empty_database_says_to_run_init(engine) {
        let made = Throwaway::new(engine).await.unwrap();
        init(&asked(&made, "secrets"), &SeededEnv::new(1, START)).await.unwrap();
        let empty = Throwaway::new(engine).await.unwrap();
        let config = config(empty.address.clone(), made.folder.path().join("secrets").display().to_string());
        let error = State::open(&config, Arc::new(SeededEnv::new(1, START))).await.unwrap_err().to_string();
        assert!(error.contains("ROADBOOK_DATABASE") && error.contains("run roadbook init first"), "{error}");
        assert_eq!(error.lines().count(), 1);
    }
}

#[tokio::test]
async fn init_says_in_one_line_what_is_wrong_and_makes_nothing() {
    let place = Throwaway::new(Engine::Sqlite).await.unwrap();
    let short = place.folder.path().join("short");
    std::fs::write(&short, "short\n").unwrap();
    std::fs::create_dir(place.folder.path().join("there")).unwrap();
    let good = asked(&place, "secrets");
    let there = place.folder.path().join("there").display().to_string();
    for (key, config) in [
        ("database", InitConfig { database: "mysql://x".to_owned().into(), ..good.clone() }),
        ("secrets", InitConfig { secrets: there, ..good.clone() }),
        ("organisation", InitConfig { organisation: "  ".into(), ..good.clone() }),
        ("admin-email", InitConfig { admin_email: "anna".into(), ..good.clone() }),
        ("admin-family-name", InitConfig { admin_family_name: "x".repeat(300), ..good.clone() }),
        ("zone", InitConfig { zone: "Mars/Olympus".into(), ..good.clone() }),
        ("locale", InitConfig { locale: "?".into(), ..good.clone() }),
        ("admin-password-file", InitConfig { admin_password_file: Some(short), ..good.clone() }),
        ("admin-password-file", InitConfig { admin_password_file: Some("/none".into()), ..good.clone() }),
    ] {
        let error = init(&config, &SeededEnv::new(1, START)).await.unwrap_err().to_string();
        assert!(error.contains(&format!("(--{key})")), "{key}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(!Path::new(&good.secrets).exists(), "{key}");
        assert!(!place.folder.path().join("roadbook.db").exists(), "{key}");
    }
    init(&good, &SeededEnv::new(1, START)).await.unwrap();
    let database = std::fs::metadata(place.folder.path().join("roadbook.db")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&database.permissions());
    assert_eq!(mode & 0o777, 0o600, "the database is its owner's");
}

#[tokio::test]
async fn serve_without_its_secrets_says_so() {
    let place = Throwaway::new(Engine::Sqlite).await.unwrap();
    init(&asked(&place, "secrets"), &SeededEnv::new(1, START)).await.unwrap();
    let error = open(&place, "lost").await.unwrap_err().to_string();
    assert!(error.contains("ROADBOOK_SECRETS (--secrets)") && error.contains("restore"), "{error}");
}

async fn open(place: &Throwaway, secrets: &str) -> Result<State, crate::ConfigError> {
    let config = config(place.address.clone(), place.folder.path().join(secrets).display().to_string());
    State::open(&config, Arc::new(SeededEnv::new(2, START))).await
}

fn asked(place: &Throwaway, secrets: &str) -> InitConfig {
    InitConfig {
        database: place.address.clone().into(),
        secrets: place.folder.path().join(secrets).display().to_string(),
        organisation: "Example Ltd".into(),
        admin_email: ADMIN.into(),
        admin_family_name: String::new(),
        admin_given_name: String::new(),
        admin_password_file: None,
        zone: "UTC".into(),
        locale: "en".into(),
        password_cost: Cost::LEAST,
    }
}
