//! The migrations, and the refusal of a database that is newer than this program (house rule: they
//! are only ever added to).

use std::collections::BTreeSet;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{AssertSqlSafe, PgPool, SqlSafeStr, SqliteConnection, SqlitePool};

use super::StoreError;

/// Every migration: its number, its name, its text.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "base", include_str!("../../../migrations/server/0001_base.sql")),
    (2, "log", include_str!("../../../migrations/server/0002_log.sql")),
];

/// What a look at a database finds, before anything is written into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// No tables at all.
    Nothing,
    /// Tables, but no record of migrations.
    Foreign,
    /// The newest migration applied.
    Migration(i64),
}

impl Found {
    /// Whether this program may go on with the database.
    pub(super) fn check(self, create: bool) -> Result<(), StoreError> {
        match self {
            Self::Nothing if create => Ok(()),
            Self::Nothing => Err(StoreError::Missing),
            Self::Foreign => Err(StoreError::Foreign),
            Self::Migration(found) if found > newest() => Err(StoreError::Newer { found, known: newest() }),
            Self::Migration(_) => Ok(()),
        }
    }

    /// Whether the database has every migration of this program.
    pub(super) fn check_newest(self) -> Result<(), StoreError> {
        match self {
            Self::Migration(found) if found < newest() => Err(StoreError::Older { found, known: newest() }),
            _ => Ok(()),
        }
    }
}

/// Looks at a SQLite database without writing.
pub(super) async fn look_at_sqlite(conn: &mut SqliteConnection) -> Result<Found, StoreError> {
    let tables: i64 = sqlx::query_scalar("select count(*) from sqlite_master").fetch_one(&mut *conn).await?;
    let ours: i64 = sqlx::query_scalar("select count(*) from sqlite_master where name = '_sqlx_migrations'")
        .fetch_one(&mut *conn)
        .await?;
    match (tables, ours) {
        (0, _) => Ok(Found::Nothing),
        (_, 0) => Ok(Found::Foreign),
        _ => found(&migrator(for_sqlite), &sqlx::query_as(APPLIED).fetch_all(conn).await?),
    }
}

/// Looks at a PostgreSQL schema without writing. Foreign tables are no reason to refuse: schemas are
/// shared with extensions.
pub(super) async fn look_at_postgres(pool: &PgPool) -> Result<Found, StoreError> {
    let ours: i64 = sqlx::query_scalar(
        "select count(*) from information_schema.tables \
         where table_schema = current_schema() and table_name = '_sqlx_migrations'",
    )
    .fetch_one(pool)
    .await?;
    if ours == 0 {
        return Ok(Found::Nothing);
    }
    found(&migrator(str::to_owned), &sqlx::query_as(APPLIED).fetch_all(pool).await?)
}

const APPLIED: &str = "select version, checksum from _sqlx_migrations order by version";

/// What these applied migrations are, by number and checksum.
fn found(own: &Migrator, applied: &[(i64, Vec<u8>)]) -> Result<Found, StoreError> {
    for (number, checksum) in applied {
        if own.iter().any(|own| own.version == *number && *own.checksum != **checksum) {
            return Err(StoreError::MigrationDiffers(*number));
        }
    }
    Ok(Found::Migration(applied.last().map_or(0, |(number, _)| *number)))
}

/// The first table or index that the migrations make and that a SQLite database of the newest version lacks. What
/// whoever runs it has added is theirs.
pub(super) async fn missing(conn: &mut SqliteConnection) -> Result<Option<String>, StoreError> {
    if look_at_sqlite(conn).await? != Found::Migration(newest()) {
        return Ok(None);
    }
    let schema = "select name, coalesce(sql, '') from sqlite_master where name not like 'sqlite%'";
    // One connection: each has a memory of its own.
    let fresh = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    migrate_sqlite(&fresh).await?;
    let made: Vec<(String, String)> = sqlx::query_as(schema).fetch_all(&fresh).await?;
    fresh.close().await;
    let found: BTreeSet<(String, String)> =
        sqlx::query_as(schema).fetch_all(conn).await?.into_iter().collect();
    Ok(made.into_iter().find(|made| !found.contains(made)).map(|(name, _)| name))
}

/// Applies to a SQLite database what is missing there, each migration in a transaction of its own.
pub(super) async fn migrate_sqlite(pool: &SqlitePool) -> Result<(), StoreError> {
    migrator(for_sqlite).run(pool).await.map_err(from_migrator)
}

/// The same for PostgreSQL, under an advisory lock: several nodes may start at once.
pub(super) async fn migrate_postgres(pool: &PgPool) -> Result<(), StoreError> {
    migrator(str::to_owned).run(pool).await.map_err(from_migrator)
}

fn migrator(text_for: fn(&str) -> String) -> Migrator {
    let migration = |&(number, name, text): &(i64, &'static str, &'static str)| {
        let text = AssertSqlSafe(text_for(text)).into_sql_str();
        Migration::new(number, name.into(), MigrationType::Simple, text, false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect())
}

/// A migration's text as SQLite takes it. Small rows that are found by their key lie in the key's own tree there,
/// which PostgreSQL cannot do: a row is written once instead of twice, and those of one key lie together.
fn for_sqlite(text: &str) -> String {
    text.replace("/* on SQLite: without rowid */", "without rowid")
}

fn newest() -> i64 {
    MIGRATIONS.iter().map(|&(number, ..)| number).max().unwrap_or_default()
}

fn from_migrator(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        // Only a node of a newer version can have been faster than our look.
        MigrateError::VersionMissing(found) => StoreError::Newer { found, known: newest() },
        MigrateError::VersionMismatch(number) => StoreError::MigrationDiffers(number),
        other => StoreError::Other(sqlx::Error::Migrate(Box::new(other))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_numbered_from_one_without_gaps() {
        let numbers: Vec<i64> = MIGRATIONS.iter().map(|&(number, ..)| number).collect();
        assert_eq!(numbers, (1..=newest()).collect::<Vec<_>>());
    }
}
