//! Backups: taken while the server works, put back, and refused when they are torn.

use std::path::{Path, PathBuf};

use axum::http::{Method, StatusCode};
use roadbook_domain::value::env::SystemEnv;
use serde_json::json;

use crate::on_both;
use crate::store::db::on;
use crate::store::{Db, StoreError};
use crate::testing::{ADMIN, Engine, PASSWORD, Server, has_postgres};
use crate::{BackupConfig, CheckConfig, Firm, People, RestoreConfig, backup, check, restore};

#[tokio::test]
async fn a_backup_of_a_server_at_work_is_whole_and_restores_with_its_secrets() {
    let mut server = Server::new(Engine::Sqlite).await.unwrap();
    let admin = server.admin().await.unwrap();
    server.add_user(&admin, "bela@example.com", "user").await.unwrap();
    let (file, secrets) = (server.folder().join("backup.db"), server.folder().join("secrets-copy"));
    let asked = BackupConfig { secrets_to: Some(secrets.clone()), ..backing_up(&server, &file) };
    let taken = backup(&asked, &SystemEnv).await.unwrap();
    assert_eq!(taken.name, "Example Ltd");
    for private in [&file, &secrets.join("token.key")] {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(private).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{}", private.display());
    }
    // What comes after it is not in it.
    server.add_user(&admin, "csaba@example.com", "user").await.unwrap();

    let (database, folder) = (server.folder().join("restored.db"), server.folder().join("restored"));
    let asked = RestoreConfig {
        file,
        database: address(&database).into(),
        secrets: folder.display().to_string(),
        secrets_from: Some(secrets),
        even_if_unsound: false,
    };
    assert_eq!(restore(&asked, &SystemEnv).await.unwrap(), taken);
    assert!(restore(&asked, &SystemEnv).await.unwrap_err().to_string().contains("nothing is overwritten"));
    server.config.database = address(&database).into();
    server.config.secrets = folder.display().to_string();
    server.reopen().await.unwrap();
    for (email, status) in [
        (ADMIN, StatusCode::OK),
        ("bela@example.com", StatusCode::OK),
        ("csaba@example.com", StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(server.sign_in(email, PASSWORD, 1).await.unwrap().status, status, "{email}");
    }
    assert!(check(&checking(&server), &SystemEnv).await.is_ok());
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_leaves_nothing_behind_that_is_not_whole() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let there = server.folder().join("there");
    std::fs::write(&there, "precious").unwrap();
    let before = names(server.folder());
    let other = server.folder().join("no-such-folder");
    let asked = backing_up(&server, &other.join("backup.db"));
    for asked in [backing_up(&server, &there), asked] {
        let error = backup(&asked, &SystemEnv).await.unwrap_err().to_string();
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    assert_eq!(std::fs::read_to_string(&there).unwrap(), "precious");
    assert_eq!(names(server.folder()), before);
}

#[tokio::test]
async fn a_check_leaves_the_file_as_it_is() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let file = server.folder().join("backup.db");
    backup(&backing_up(&server, &file), &SystemEnv).await.unwrap();
    let before = std::fs::read(&file).unwrap();
    let asked = CheckConfig { database: address(&file).into(), ..checking(&server) };
    assert_eq!(check(&asked, &SystemEnv).await.unwrap().name, "Example Ltd");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

on_both! {
    async fn beside_a_server_of_an_older_version_commands_bring_nothing_up_to_date(engine) {
        let server = Server::new(engine).await.unwrap();
        let mut tx = server.state.db().write().await.unwrap();
        let newest = "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)";
        on!(tx, |c| sqlx::query(newest).execute(c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        let before = migrations(&server).await;
        let firm = Firm { database: server.config.database.clone(), secrets: server.config.secrets.clone() };
        let error = People::of(&firm, &*server.env).await.err().unwrap().to_string();
        assert!(error.contains("older than this program") && error.contains("roadbook serve"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        // What only reads knows the tables that were there from the first version on.
        check(&checking(&server), &SystemEnv).await.unwrap();
        if engine == Engine::Sqlite {
            let file = server.folder().join("backup.db");
            backup(&backing_up(&server, &file), &SystemEnv).await.unwrap();
            let opened = Db::attach(&address(&file).parse().unwrap()).await;
            assert!(matches!(opened, Err(StoreError::Older { .. })), "the server at work could not restore it");
        }
        assert_eq!(migrations(&server).await, before);
    }
}

#[tokio::test]
async fn a_table_or_index_that_is_not_there_is_missed() {
    for lost in ["index device_install", "index log_hash", "table todo"] {
        let server = Server::new(Engine::Sqlite).await.unwrap();
        check(&checking(&server), &SystemEnv).await.unwrap();
        let mut tx = server.state.db().write().await.unwrap();
        let own = "/* test */ create index an_index_of_who_runs_it on log (author)";
        for text in [format!("/* test */ drop {lost}"), own.into()] {
            on!(tx, |c| sqlx::query(sqlx::AssertSqlSafe(text)).execute(c).await.map(drop)).unwrap();
        }
        tx.commit().await.unwrap();
        let error = check(&checking(&server), &SystemEnv).await.unwrap_err().to_string();
        let name = lost.split_once(' ').unwrap().1;
        assert!(error.contains(&format!("{name} is not there")), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[tokio::test]
async fn a_code_that_lets_a_user_in_is_not_restored() {
    let mut server = Server::new(Engine::Sqlite).await.unwrap();
    let admin = server.admin().await.unwrap();
    let user = server.add_user(&admin, "bela@example.com", "user").await.unwrap();
    let made =
        server.send(Method::POST, "/v1/enrolments", &admin, Some(json!({ "user": user }))).await.unwrap();
    let (file, to) = (server.folder().join("backup.db"), server.folder().join("restored.db"));
    backup(&backing_up(&server, &file), &SystemEnv).await.unwrap();
    let asked = RestoreConfig {
        file,
        database: address(&to).into(),
        secrets: server.config.secrets.clone(),
        secrets_from: None,
        even_if_unsound: false,
    };
    restore(&asked, &SystemEnv).await.unwrap();
    server.config.database = address(&to).into();
    server.reopen().await.unwrap();
    let devices = server.send(Method::GET, "/v1/devices", &admin, None).await.unwrap();
    assert_eq!(devices.status, StatusCode::OK, "sessions go on");
    let mut body = Server::credentials("", PASSWORD, 3);
    body["code"] = made.text("code").into();
    let enrolled = server.send(Method::POST, "/v1/enrol", "", Some(body)).await.unwrap();
    assert_eq!(enrolled.code(), "enrolment_over");
}

#[tokio::test]
async fn what_is_no_sound_backup_is_not_restored() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let file = server.folder().join("backup.db");
    backup(&backing_up(&server, &file), &SystemEnv).await.unwrap();
    let whole = std::fs::read(&file).unwrap();
    let to = server.folder().join("restored.db");
    let asked = RestoreConfig {
        file: file.clone(),
        database: address(&to).into(),
        secrets: server.config.secrets.clone(),
        secrets_from: None,
        even_if_unsound: false,
    };
    let mut torn = whole.clone();
    torn.truncate(whole.len() / 2);
    let mut scribbled = whole;
    let middle = scribbled.len() / 2;
    scribbled[middle..middle + 4096].fill(0x55);
    for damaged in [torn, scribbled, b"no database at all".to_vec()] {
        std::fs::write(&file, &damaged).unwrap();
        let error = restore(&asked, &SystemEnv).await.unwrap_err().to_string();
        assert!(error.starts_with("file \""), "{error}");
        assert!(!to.exists());
    }
}

#[tokio::test]
async fn a_copy_that_is_of_two_moments_is_never_served() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let admin = server.admin().await.unwrap();
    // The copy, as `cp` makes it: without the log, in which the latest changes are.
    let copy = server.folder().join("copied.db");
    std::fs::copy(server.folder().join("roadbook.db"), &copy).unwrap();
    let opened = Db::open(&address(&copy).parse().unwrap(), 1).await;
    let opened = opened.expect("a copy of one moment is only old");
    opened.close().await;
    for number in 0..20 {
        server.add_user(&admin, &format!("user{number}@example.com"), "user").await.unwrap();
    }
    server.state.db().close().await;
    let newer = std::fs::read(server.folder().join("roadbook.db")).unwrap();
    let mut torn = std::fs::read(&copy).unwrap();
    // While it was copied the file went on: its second half is of later.
    let half = (torn.len() / 2) / 4096 * 4096;
    torn.truncate(half);
    torn.extend_from_slice(&newer[half..]);
    // As every copy of a file in use.
    torn[60..64].copy_from_slice(&1_u32.to_be_bytes());
    std::fs::write(&copy, torn).unwrap();
    let opened = Db::open(&address(&copy).parse().unwrap(), 1).await;
    assert!(matches!(opened, Err(StoreError::Damaged(_))), "{opened:?}");
}

#[tokio::test]
async fn postgresql_is_left_to_its_own_tools() {
    if !has_postgres() {
        return;
    }
    let server = Server::new(Engine::Postgres).await.unwrap();
    let error = backup(&backing_up(&server, &server.folder().join("backup")), &SystemEnv)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("pg_dump"), "{error}");
    assert!(check(&checking(&server), &SystemEnv).await.is_ok());
}

#[tokio::test]
async fn a_server_with_nothing_to_write_is_ready_and_one_whose_writer_is_held_is_not() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let held = server.state.db().write().await.unwrap();
    let answer = server.send(Method::GET, "/health/ready", "", None).await.unwrap();
    assert_eq!((answer.status, answer.code()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert_eq!(server.send(Method::GET, "/health", "", None).await.unwrap().body, json!({ "status": "ok" }));
    drop(held);
}

fn backing_up(server: &Server, file: &Path) -> BackupConfig {
    BackupConfig {
        file: file.to_owned(),
        database: server.config.database.clone(),
        secrets: server.config.secrets.clone(),
        secrets_to: None,
    }
}

fn checking(server: &Server) -> CheckConfig {
    CheckConfig { database: server.config.database.clone(), secrets: server.config.secrets.clone() }
}

/// The migrations that the database says it has.
async fn migrations(server: &Server) -> Vec<i64> {
    let mut conn = server.state.db().read().await.unwrap();
    let text = "select version from _sqlx_migrations order by version";
    on!(conn, |c| sqlx::query_scalar(text).fetch_all(c).await).unwrap()
}

fn address(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| !path.to_string_lossy().contains("roadbook.db"));
    names.sort();
    names
}
