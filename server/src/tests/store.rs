//! The database by itself.

use roadbook_domain::document::Signature;
use roadbook_domain::settings::{SettingsClass, SettingsId, SettingsKind, SettingsRow};
use roadbook_domain::value::id::{DocumentId, OrgId, ProductId};
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use crate::on_both;
use crate::store::db::{Address, on};
use crate::store::log::{self, NewEntry};
use crate::store::organisation::{self, FIRST_CHAIN, NewOrganisation};
use crate::store::settings::{self, Put};
use crate::store::{Db, StoreError};
use crate::testing::{Engine, START, Throwaway};

on_both! {
    async fn a_transaction_that_is_dropped_leaves_nothing(engine) {
        let (_place, db) = database(engine).await;
        let mut tx = db.write().await.unwrap();
        organisation::insert(&mut tx, &firm(1)).await.unwrap();
        drop(tx);
        let mut conn = db.read().await.unwrap();
        assert_eq!(organisation::any(&mut conn).await.unwrap(), None);
    }

    async fn what_is_committed_is_there_after_closing_and_opening(engine) {
        let (place, db) = database(engine).await;
        add_firm(&db).await;
        db.close().await;
        let db = Db::open(&address(&place), 2).await.unwrap();
        let mut conn = db.read().await.unwrap();
        let head = organisation::head(&mut conn, org(1)).await.unwrap().unwrap();
        assert_eq!((head.seq, head.chain), (0, FIRST_CHAIN.to_vec()));
        assert_eq!(head.epoch, Uuid::from_bytes([8; 16]));
        assert_eq!(organisation::name(&mut conn, org(1)).await.unwrap(), Some("Example Ltd".into()));
    }

    async fn an_organisation_is_made_once(engine) {
        let (_place, db) = database(engine).await;
        add_firm(&db).await;
        let mut tx = db.write().await.unwrap();
        assert!(matches!(organisation::insert(&mut tx, &firm(1)).await, Err(StoreError::Exists)));
    }

    async fn a_database_snapshot_does_not_see_what_is_committed_after_its_first_read(engine) {
        let (_place, db) = database(engine).await;
        add_firm(&db).await;
        let mut snapshot = db.snapshot().await.unwrap();
        assert_eq!(organisation::head(&mut snapshot, org(1)).await.unwrap().unwrap().seq, 0);
        let mut tx = db.write().await.unwrap();
        log::append(&mut tx, org(1), &[entry(0)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(organisation::head(&mut snapshot, org(1)).await.unwrap().unwrap().seq, 0);
        let mut conn = db.read().await.unwrap();
        assert_eq!(organisation::head(&mut conn, org(1)).await.unwrap().unwrap().seq, 1);
    }

    async fn numbers_are_given_once_and_in_order_of_commit(engine) {
        let (_place, db) = database(engine).await;
        add_firm(&db).await;
        let writers: Vec<_> = (0..20).map(|i| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.write().await?;
                log::append(&mut tx, org(1), &[entry(i)]).await?;
                // Every fourth transaction is dropped, so its number is used again.
                if i % 4 != 0 {
                    settings::put(&mut tx, org(1), &row(seq_id(i), 1), &nobody(), START).await?;
                    tx.commit().await?;
                }
                Ok::<_, StoreError>(())
            })
        }).collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        let mut conn = db.read().await.unwrap();
        assert_eq!(organisation::head(&mut conn, org(1)).await.unwrap().unwrap().seq, 30);
        let seqs: Vec<i64> = on!(conn, |c| sqlx::query_scalar("select seq from settings order by seq").fetch_all(c).await).unwrap();
        assert_eq!(seqs, (1..=15).map(|n| n * 2).collect::<Vec<_>>());
    }

    async fn numbers_are_not_given_to_an_organisation_that_is_not_there(engine) {
        let (_place, db) = database(engine).await;
        let mut tx = db.write().await.unwrap();
        assert!(matches!(log::append(&mut tx, org(1), &[entry(0)]).await, Err(StoreError::Missing)));
        assert!(matches!(organisation::lock(&mut tx, org(1)).await, Err(StoreError::Missing)));
    }

    async fn a_setting_is_written_only_if_it_is_the_next_version(engine) {
        let (_place, db) = database(engine).await;
        add_firm(&db).await;
        let mut tx = db.write().await.unwrap();
        for (name, version, outcome) in [
            ("an edit of nothing", 2, Put::Stale { current: 0 }),
            ("the first", 1, Put::Written { seq: 1 }),
            ("the first again", 1, Put::Stale { current: 1 }),
            ("the second", 2, Put::Written { seq: 2 }),
            ("the second again", 2, Put::Stale { current: 2 }),
            ("a leap", 4, Put::Stale { current: 2 }),
            ("none", 0, Put::Stale { current: 2 }),
            ("the third", 3, Put::Written { seq: 3 }),
        ] {
            let row = row(SettingsId::from_bytes([1; 16]), version);
            assert_eq!(settings::put(&mut tx, org(1), &row, &nobody(), START).await.unwrap(), outcome, "{name}");
        }
        tx.commit().await.unwrap();
        let mut conn = db.read().await.unwrap();
        assert_eq!(organisation::head(&mut conn, org(1)).await.unwrap().unwrap().seq, 3);
    }

    async fn a_setting_reads_back_as_it_was_written(engine) {
        let (_place, db) = database(engine).await;
        add_firm(&db).await;
        let own = SettingsRow { product: None, class: SettingsClass::Secret, ..row(SettingsId::from_bytes([2; 16]), 1) };
        let of_product = row(SettingsId::from_bytes([1; 16]), 1);
        let mut tx = db.write().await.unwrap();
        for row in [&own, &of_product] {
            settings::put(&mut tx, org(1), row, &nobody(), START).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut conn = db.read().await.unwrap();
        assert_eq!(settings::get(&mut conn, org(1), own.kind, own.id).await.unwrap().as_ref(), Some(&own));
        assert_eq!(settings::all(&mut conn, org(1)).await.unwrap(), [of_product.clone(), own.clone()]);
        assert_eq!(settings::of_kind(&mut conn, org(1), own.kind).await.unwrap(), [of_product, own]);
        assert_eq!(settings::of_kind(&mut conn, org(1), SettingsKind::Product).await.unwrap(), []);
        assert_eq!(settings::all(&mut conn, org(2)).await.unwrap(), [], "another organisation");
    }

    async fn a_database_that_a_newer_program_migrated_is_refused_and_left_as_it_is(engine) {
        let (place, db) = database(engine).await;
        let mut tx = db.write().await.unwrap();
        on!(tx, |c| sqlx::query(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
             values (99, 'of the future', true, $1, 0)"
        ).bind(b"x".as_slice()).execute(c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        let before = file_of(&place);
        for opened in [Db::open(&address(&place), 1).await, Db::create(&address(&place), 1).await] {
            let error = opened.unwrap_err();
            assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
            assert!(error.to_string().contains("use the newer program"), "{error}");
        }
        assert_eq!(file_of(&place), before);
    }

    async fn only_init_makes_a_database(engine) {
        let place = Throwaway::new(engine).await.unwrap();
        assert!(matches!(Db::open(&address(&place), 1).await, Err(StoreError::Missing)));
        assert_eq!(file_of(&place), None, "no file was made");
        assert!(Db::create(&address(&place), 1).await.is_ok());
        assert!(Db::open(&address(&place), 1).await.is_ok());
    }

    async fn opening_twice_migrates_once(engine) {
        let (place, first) = database(engine).await;
        let second = Db::create(&address(&place), 1).await.unwrap();
        add_firm(&second).await;
        let mut conn = first.read().await.unwrap();
        assert_eq!(organisation::any(&mut conn).await.unwrap(), Some(org(1)));
    }
}

#[tokio::test]
async fn a_file_of_another_program_is_refused_and_left_as_it_is() {
    let place = Throwaway::new(Engine::Sqlite).await.unwrap();
    let (_foreign_place, foreign) = database(Engine::Sqlite).await;
    let mut tx = foreign.write().await.unwrap();
    let copy = format!("vacuum into '{}'", place.address.trim_start_matches("sqlite:"));
    on!(tx, |c| sqlx::raw_sql("drop table _sqlx_migrations").execute(c).await.map(drop)).unwrap();
    tx.commit().await.unwrap();
    let Db::Sqlite { writer, .. } = &foreign else { unreachable!() };
    sqlx::raw_sql(sqlx::AssertSqlSafe(copy)).execute(writer).await.unwrap();
    let before = file_of(&place);
    for opened in [Db::open(&address(&place), 1).await, Db::create(&address(&place), 1).await] {
        assert!(matches!(opened, Err(StoreError::Foreign)));
    }
    assert_eq!(file_of(&place), before);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let place = Throwaway::new(Engine::Sqlite).await.unwrap();
    std::fs::write(place.address.trim_start_matches("sqlite:"), "x".repeat(10_000)).unwrap();
    assert!(matches!(Db::open(&address(&place), 1).await, Err(StoreError::Damaged(_))));
}

#[tokio::test]
async fn sqlite_runs_with_the_pragmas_that_durability_rests_on() {
    let (_place, db) = database(Engine::Sqlite).await;
    let Db::Sqlite { writer, reader, .. } = &db else { unreachable!() };
    for (pragma, value) in
        [("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("busy_timeout", 5000)]
    {
        let asked: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("pragma {pragma}")))
            .fetch_one(writer)
            .await
            .unwrap();
        assert_eq!(asked, value, "{pragma}");
    }
    let mode: String = sqlx::query_scalar("pragma journal_mode").fetch_one(writer).await.unwrap();
    assert_eq!(mode, "wal");
    assert!(sqlx::query("delete from organisation").execute(reader).await.is_err(), "a reader cannot write");
}

#[tokio::test]
async fn what_a_commit_left_in_the_log_is_moved_into_the_file_by_another_connection() {
    let (place, db) = database(Engine::Sqlite).await;
    let Db::Sqlite { reader, .. } = &db else { unreachable!() };
    let length = || file_of(&place).unwrap_or_default().len();
    let before = length();
    let mut tx = db.write().await.unwrap();
    organisation::insert(&mut tx, &firm(1)).await.unwrap();
    let numbered = |n: u16| {
        let mut hash = [0; 32];
        hash[..2].copy_from_slice(&n.to_be_bytes());
        NewEntry { hash, bytes: vec![7; 4_000], ..entry(1) }
    };
    let entries: Vec<NewEntry> = (0..2_000).map(numbered).collect();
    log::append(&mut tx, org(1), &entries).await.unwrap();
    tx.commit().await.unwrap();
    // More than the log would hold if the commit moved it.
    assert!(length() < before + 1_000_000, "the commit moves nothing");
    let moved = async {
        while length() < before + 2_000 * 4_000 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), moved).await.expect("it is moved");
    let asked: i64 =
        sqlx::query_scalar("/* test */ select count(*) from log").fetch_one(reader).await.unwrap();
    assert_eq!(asked, 2_000);
}

#[tokio::test]
async fn small_keyed_rows_lie_in_the_tree_of_their_key() {
    let (_place, db) = database(Engine::Sqlite).await;
    let Db::Sqlite { reader, .. } = &db else { unreachable!() };
    let tables = "/* test */ select name from sqlite_master where sql like '%without rowid%' order by name";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(reader).await.unwrap();
    let meant =
        ["actor", "audience", "digest", "fanout", "link", "purged", "retained_closing", "todo", "visibility"];
    assert_eq!(tables, meant);
}

#[tokio::test]
async fn a_database_is_closed_while_its_log_is_still_to_be_moved() {
    let (place, db) = database(Engine::Sqlite).await;
    add_firm(&db).await;
    db.close().await;
    let log = format!("{}-wal", place.address.trim_start_matches("sqlite:"));
    assert!(!std::path::Path::new(&log).exists(), "closing folds the log");
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    assert!(Db::open(&address(&place), 1).await.is_ok());
}

#[tokio::test]
async fn an_address_that_does_not_answer_is_unavailable_not_broken() {
    let address: Address = "postgres://nobody@127.0.0.1:1/none".parse().unwrap();
    assert!(matches!(Db::open(&address, 1).await, Err(StoreError::Unavailable(_))));
}

async fn database(engine: Engine) -> (Throwaway, Db) {
    let place = Throwaway::new(engine).await.unwrap();
    let db = Db::create(&address(&place), 4).await.unwrap();
    (place, db)
}

async fn add_firm(db: &Db) {
    let mut tx = db.write().await.unwrap();
    organisation::insert(&mut tx, &firm(1)).await.unwrap();
    tx.commit().await.unwrap();
}

fn address(place: &Throwaway) -> Address {
    place.address.parse().unwrap()
}

/// The bytes of a SQLite file; none on PostgreSQL, or if there is no file.
fn file_of(place: &Throwaway) -> Option<Vec<u8>> {
    std::fs::read(place.address.strip_prefix("sqlite:")?).ok()
}

fn org(number: u8) -> OrgId {
    OrgId::from_bytes([number; 16])
}

fn firm(number: u8) -> NewOrganisation<'static> {
    NewOrganisation {
        id: org(number),
        name: "Example Ltd",
        epoch: Uuid::from_bytes([8; 16]),
        created_at: Timestamp::from_millis(1),
    }
}

fn seq_id(number: u8) -> SettingsId {
    SettingsId::from_bytes([number; 16])
}

fn row(id: SettingsId, version: u64) -> SettingsRow {
    SettingsRow {
        kind: SettingsKind::Other(900),
        id,
        product: Some(ProductId::from_bytes([3; 16])),
        version,
        class: SettingsClass::Device,
        body: vec![0, 1, 255],
    }
}

/// An entry of its own for each number.
fn entry(number: u8) -> NewEntry {
    NewEntry::purge(DocumentId::from_bytes([number; 16]), nobody(), START)
}

fn nobody() -> Signature {
    Signature { user: None, device: None }
}
