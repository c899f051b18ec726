//! Whether a database is whole: what was altered in it is found, whatever it is.

use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::settings::INBOX_PRODUCT;
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;

use crate::auth::Claim;
use crate::on_both;
use crate::store::Tx;
use crate::store::db::on;
use crate::sync::soundness;
use crate::sync::tests::phone::Phone;
use crate::testing::{ADMIN, Server};

on_both! {
    async fn a_word_that_was_altered_anywhere_is_found(engine) {
        let (server, _) = with_a_card(engine).await;
        let (seq, document, settings) =
            ("seq = (select max(seq) from log where entry = 1)", "kind = 1", "kind = (select max(kind) from settings)");
        for (table, column, place, says) in [
            ("log", "bytes", seq, "holds another change"),
            ("log", "hash", seq, "is not the one that was written"),
            ("log", "chain", seq, "is not the one that was written"),
            ("document", "saved", document, "document"),
            ("document", "authors", document, "document"),
            ("document", "rows", document, "is shown otherwise"),
            ("document", "heads", document, "has another digest"),
            ("document", "term", document, "has another digest"),
            ("settings", "body", settings, "a settings row that is not there"),
            ("digest", "sum", "1 = 1", "digests"),
        ] {
            let mut tx = server.state.db().write().await.unwrap();
            alter(&mut tx, table, column, place).await;
            let found = soundness::look(&mut tx, server.state.org(), server.env.now()).await;
            let is_found = matches!(&found, Ok(Some(what)) if what.contains(says));
            assert!(is_found, "{table}.{column}: {found:?}");
        }
    }

    async fn an_account_that_lets_its_user_do_more_than_everybody_is_told_is_found(engine) {
        let (server, _) = with_a_card(engine).await;
        let token = server.admin().await.unwrap();
        server.add_user(&token, "bela@example.com", "restricted").await.unwrap();
        for given in ["role = 0", "disabled = true", "email = 'csaba@example.com'"] {
            let mut tx = server.state.db().write().await.unwrap();
            let text = format!("/* test */ update app_user set {given} where email = 'bela@example.com'");
            let changed = on!(tx, |c| sqlx::query(sqlx::AssertSqlSafe(text))
                .execute(c)
                .await
                .map(|done| done.rows_affected()));
            assert_eq!(changed.unwrap(), 1);
            let found = soundness::look(&mut tx, server.state.org(), server.env.now()).await.unwrap();
            assert!(found.is_some_and(|what| what.contains("the account of user")), "{given}");
        }
    }

    async fn a_row_that_was_deleted_is_found(engine) {
        let (server, _) = with_a_card(engine).await;
        for (deleted, says) in [
            ("log where seq = (select max(seq) from log) - 1", "entries are missing"),
            ("log where seq = (select max(seq) from log)", "ends elsewhere"),
            ("log", "ends elsewhere"),
            ("settings where seq = (select max(seq) from settings)", "a settings row that is not there"),
            ("document where id in (select id from document where kind = 1 order by id limit 1)", "not there"),
            ("audience", "digests"),
            ("digest", "digests"),
        ] {
            let mut tx = server.state.db().write().await.unwrap();
            let text = format!("/* test */ delete from {deleted}");
            on!(tx, |c| sqlx::query(sqlx::AssertSqlSafe(text)).execute(c).await.map(drop)).unwrap();
            let found = soundness::look(&mut tx, server.state.org(), server.env.now()).await;
            let is_found = matches!(&found, Ok(Some(what)) if what.contains(says));
            assert!(is_found, "{deleted}: {found:?}");
        }
    }

    async fn what_was_purged_and_what_was_trimmed_is_not_missed(engine) {
        let (server, card) = with_a_card(engine).await;
        let mut tx = server.state.db().write().await.unwrap();
        assert_eq!(soundness::look(&mut tx, server.state.org(), server.env.now()).await.unwrap(), None);
        drop(tx);
        let token = server.admin().await.unwrap();
        let claim = Claim::of(server.state.gate(), &token).unwrap();
        crate::sync::purge(server.state.engine(), &claim, card).await.unwrap();
        let mut tx = server.state.db().write().await.unwrap();
        assert_eq!(soundness::look(&mut tx, server.state.org(), server.env.now()).await.unwrap(), None);
        let text = "/* test */ delete from log where seq < (select max(seq) from log) - 2";
        on!(tx, |c| sqlx::query(text).execute(c).await.map(drop)).unwrap();
        let (org, now) = (server.state.org(), server.env.now());
        let found = soundness::look(&mut tx, org, now).await.unwrap().unwrap_or_default();
        assert!(found.contains("too young"), "{found}");
        let later = Timestamp::from_millis(now.millis() + 91 * 24 * 60 * 60 * 1000);
        assert_eq!(soundness::look(&mut tx, org, later).await.unwrap(), None);
    }

    async fn a_settings_row_that_no_entry_wrote_and_a_user_without_an_account_are_found(engine) {
        let (server, _) = with_a_card(engine).await;
        let token = server.admin().await.unwrap();
        server.add_user(&token, "bela@example.com", "restricted").await.unwrap();
        let planted = "insert into settings (org_id, kind, id, product_id, version, class, body, seq) \
                       select org_id, (select min(kind) from settings), id, product_id, version, class, body, seq \
                       from settings where kind = (select max(kind) from settings) limit 1";
        for (text, says) in [
            (planted, "no entry of its log wrote the settings row"),
            ("delete from app_user where email = 'bela@example.com'", "has no account"),
        ] {
            let mut tx = server.state.db().write().await.unwrap();
            let text = format!("/* test */ {text}");
            on!(tx, |c| sqlx::query(sqlx::AssertSqlSafe(text.clone())).execute(c).await.map(drop)).unwrap();
            let found = soundness::look(&mut tx, server.state.org(), server.env.now()).await;
            assert!(matches!(&found, Ok(Some(what)) if what.contains(says)), "{text}: {found:?}");
        }
    }
}

async fn with_a_card(engine: crate::testing::Engine) -> (Server, DocumentId) {
    let server = Server::new(engine).await.unwrap();
    server.admin().await.unwrap();
    let mut phone = Phone::new(&server, ADMIN, 1).await;
    let id = DocumentId::new(&*server.env);
    let name = "Bakery".into();
    phone.card(
        &server,
        id,
        CardCommand::Create { product: INBOX_PRODUCT, name, status: None, owner: Some(phone.user) },
    );
    phone.sync(&server).await;
    (server, id)
}

/// Changes one byte of a cell: a letter of the card's name, or the last byte.
async fn alter(tx: &mut Tx, table: &str, column: &str, place: &str) {
    let text =
        format!("/* test */ select {column} from {table} where {place} order by {column} desc limit 1");
    let before: Vec<u8> =
        on!(tx, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(text)).fetch_one(c).await).unwrap();
    let mut after = before.clone();
    let letter = before.windows(6).position(|part| part == b"Bakery").unwrap_or(before.len() - 1);
    after[letter] ^= 1;
    let text = format!("/* test */ update {table} set {column} = $1 where {column} = $2 and {place}");
    let changed = on!(tx, |c| sqlx::query(sqlx::AssertSqlSafe(text))
        .bind(after)
        .bind(before)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .unwrap();
    assert_eq!(changed, 1, "{table}.{column}");
}
