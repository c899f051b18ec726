//! Signing out with edits that the server has not taken (C15).

use roadbook_client::account::{is_signed_in, refresh, sign_out};
use roadbook_client::{Client, SyncError};
use roadbook_tests::model::Fault;

use super::stage::Stage;

#[tokio::test]
async fn a_sign_out_is_refused_while_the_quarantine_holds_edits_that_the_server_never_took() {
    let stage = Stage::signed_in().await;
    stage.refused_edit().await;
    let answer = sign_out(&stage.client, &stage.server, false).await;
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(stage.client.quarantine().unwrap().len(), 1);
}

#[tokio::test]
async fn a_forced_sign_out_leaves_nothing_readable_and_the_same_user_gets_all_of_it_back() {
    let stage = Stage::signed_in().await;
    stage.refused_edit().await;
    stage.edit();
    let quarantine = stage.client.quarantine().unwrap();
    sign_out(&stage.client, &stage.server, true).await.unwrap();
    assert_eq!((stage.client.me(), stage.client.unsent_count()), (Ok(None), Ok(0)));
    assert!(stage.client.quarantine().unwrap().is_empty());
    for file in std::fs::read_dir(stage.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(10).any(|window| window == b"Secretname"));
    }
    // Another user may work on this device meanwhile, and meets none of it.
    stage.sign_in("bob@example.org", "right").await.unwrap();
    stage.sync().await.unwrap();
    assert_eq!((stage.client.unsent_count(), stage.on_server()), (Ok(0), 1));
    assert!(stage.client.quarantine().unwrap().is_empty());
    sign_out(&stage.client, &stage.server, false).await.unwrap();

    stage.sign_in("alice@example.org", "right").await.unwrap();
    stage.sync().await.unwrap();
    assert_eq!((stage.client.unsent_count(), stage.on_server()), (Ok(0), 2));
    let again = stage.client.quarantine().unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!((&again[0].title, &again[0].edits), (&quarantine[0].title, &quarantine[0].edits));
}

#[tokio::test]
async fn a_key_that_a_salvage_did_not_find_comes_with_the_next_tokens() {
    let stage = Stage::signed_in().await;
    stage.edit();
    stage.file().execute("DELETE FROM meta WHERE key = 'keep_key'", []).unwrap();
    refresh(&stage.client, &stage.server).await.unwrap();
    sign_out(&stage.client, &stage.server, true).await.unwrap();
    assert_eq!((stage.client.me(), stage.client.unsent_count()), (Ok(None), Ok(0)));
    stage.sign_in("alice@example.org", "right").await.unwrap();
    assert_eq!(stage.client.unsent_count(), Ok(1));
}

#[tokio::test]
async fn a_forced_sign_out_asks_for_a_key_that_is_not_there_and_does_nothing_without_it() {
    let stage = Stage::signed_in().await;
    stage.edit();
    stage.file().execute("DELETE FROM meta WHERE key = 'keep_key'", []).unwrap();
    stage.server.next_faults([Fault::RequestLost]);
    let away = sign_out(&stage.client, &stage.server, true).await;
    assert!(matches!(away, Err(SyncError::Unreachable { .. })), "{away:?}");
    assert_eq!((is_signed_in(&stage.client), stage.client.unsent_count()), (Ok(true), Ok(1)));
    sign_out(&stage.client, &stage.server, true).await.unwrap();
    assert_eq!((stage.client.me(), stage.client.unsent_count()), (Ok(None), Ok(0)));
}

#[tokio::test]
async fn what_a_salvage_saved_of_a_user_who_cannot_be_told_is_shown_to_nobody_else_and_to_them_again() {
    let stage = Stage::signed_in().await;
    stage.refused_edit().await;
    stage.edit();
    let Stage { client, env, server, folder } = stage;
    drop(client);
    let path = folder.path().join("phone.sqlite");
    let damaged = rusqlite::Connection::open(&path).unwrap();
    damaged.execute("UPDATE meta SET value = x'ff' WHERE key LIKE 'identity%'", []).unwrap();
    drop(damaged);
    let client = Client::salvage(&path, env.clone()).unwrap().client;
    let stage = Stage { client, env, server, folder };
    let other = stage.sign_in("bob@example.org", "right").await;
    assert!(stage.client.quarantine().unwrap().is_empty(), "{other:?}");
    if other.is_ok() {
        sign_out(&stage.client, &stage.server, false).await.unwrap();
    }
    stage.sign_in("alice@example.org", "right").await.unwrap();
    assert_eq!((stage.client.unsent_count(), stage.client.quarantine().unwrap().len()), (Ok(1), 1));
    stage.sync().await.unwrap();
    assert_eq!(stage.on_server(), 2);
}
