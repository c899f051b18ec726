//! Statements with as many rows or values as there are: one text for both databases.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use roadbook_domain::value::id::OrgId;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow, Postgres, Sqlite};
use uuid::Uuid;

use super::db::{Raw, on};
use super::{Conn, StoreError, Tx};

/// A value to be bound.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Of a `uuid` column.
    Uuid(Uuid),
    /// Of a `bigint` column.
    Int(i64),
    /// Of a `smallint` column.
    Small(i16),
    /// Of a `boolean` column.
    Bool(bool),
    /// Of a `text` column.
    Text(String),
    /// Of a `bytea` column.
    Bytes(Vec<u8>),
}

/// Binds values to a query, in their order.
macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                $crate::store::bulk::Value::Uuid(value) => query.bind(*value),
                $crate::store::bulk::Value::Int(value) => query.bind(*value),
                $crate::store::bulk::Value::Small(value) => query.bind(*value),
                $crate::store::bulk::Value::Bool(value) => query.bind(*value),
                $crate::store::bulk::Value::Text(value) => query.bind(value.as_str()),
                $crate::store::bulk::Value::Bytes(value) => query.bind(value.as_slice()),
            };
        }
        query
    }};
}

/// Binds values of one sort as one array.
macro_rules! bound_array {
    ($query:expr, $values:expr) => {{
        let query = $query;
        let (mut uuids, mut bytes, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        let (mut small, mut flags, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for value in $values {
            match value {
                Value::Uuid(value) => uuids.push(value),
                Value::Bytes(value) => bytes.push(value),
                Value::Int(value) => numbers.push(value),
                Value::Small(value) => small.push(value),
                Value::Bool(value) => flags.push(value),
                Value::Text(value) => texts.push(value),
            }
        }
        // One of them has all values, because they are of one column.
        if !uuids.is_empty() {
            query.bind(uuids)
        } else if !numbers.is_empty() {
            query.bind(numbers)
        } else if !small.is_empty() {
            query.bind(small)
        } else if !flags.is_empty() {
            query.bind(flags)
        } else if !texts.is_empty() {
            query.bind(texts)
        } else {
            query.bind(bytes)
        }
    }};
}

/// The most values bound to one statement; SQLite takes 32,766, PostgreSQL 65,535.
const MAX_BOUND: usize = 30_000;

/// Statements with more rows than this are not kept prepared: their texts hardly repeat.
const KEPT_ROWS: usize = 8;

/// Writes rows given as their values one after another: `head (?, ?), (?, ?) tail`.
///
/// # Errors
/// Of the database.
pub async fn insert(
    tx: &mut Tx,
    head: &str,
    columns: usize,
    values: &[Value],
    tail: &str,
) -> Result<u64, StoreError> {
    // PostgreSQL would read, plan and bind thousands of numbered placeholders one by one.
    if let Raw::Postgres(c) = tx.raw()
        && values.len() > KEPT_ROWS * columns
    {
        let text = AssertSqlSafe(format!("{head} select * from unnest({}) {tail}", arrays(columns, values)));
        let mut query = sqlx::query::<Postgres>(text);
        for column in 0..columns {
            query = bound_array!(query, values.iter().skip(column).step_by(columns).cloned());
        }
        return Ok(query.execute(c).await?.rows_affected());
    }
    let mut written = 0;
    // A multiple of the columns, so that no row is cut in two.
    for chunk in values.chunks(MAX_BOUND / columns * columns) {
        let rows = chunk.len() / columns;
        let text = format!("{head} values {} {tail}", tuples(rows, columns, tx.numbers_placeholders()));
        written += execute(tx, text, chunk, rows <= KEPT_ROWS).await?;
    }
    Ok(written)
}

/// Runs a statement whose text was put together from constants and placeholders.
///
/// # Errors
/// Of the database.
pub async fn execute(tx: &mut Tx, text: String, values: &[Value], keep: bool) -> Result<u64, StoreError> {
    Ok(on!(tx, |c| bound!(sqlx::query(AssertSqlSafe(text)), values)
        .persistent(keep)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

/// `$1::uuid[], $2::bytea[]`: the sorts of the columns, as the first row has them.
fn arrays(columns: usize, values: &[Value]) -> String {
    let sort = |value: &Value| match value {
        Value::Uuid(_) => "uuid",
        Value::Int(_) => "bigint",
        Value::Small(_) => "smallint",
        Value::Bool(_) => "boolean",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytea",
    };
    let first = values.iter().take(columns).enumerate();
    let all: Vec<String> = first.map(|(place, value)| format!("${}::{}[]", place + 1, sort(value))).collect();
    all.join(", ")
}

/// `($1, $2), ($3, $4)`, or `(?, ?), (?, ?)`.
fn tuples(rows: usize, columns: usize, numbered: bool) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            // Writing into a `String` cannot fail.
            let _ = match numbered {
                true => write!(text, "{comma}${}", row * columns + column + 1),
                false => write!(text, "{comma}?"),
            };
        }
        text.push(')');
    }
    text
}

/// The rows of a statement over listed values, however many there are.
///
/// The text says `in LIST` where they belong, after all other placeholders: `$1` to `$n`, each once and in
/// order, which `fixed` fills. Each value counts once. On SQLite a long list becomes several statements, in
/// the order of the values, so rows that are ordered by the listed column come in order.
///
/// # Errors
/// Of the database.
pub async fn fetch<R>(
    conn: &mut Conn,
    text: &str,
    fixed: &[Value],
    listed: Vec<Value>,
) -> Result<Vec<R>, StoreError>
where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let listed = distinct(listed);
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    match conn.raw() {
        Raw::Sqlite(c) => {
            let mut rows = Vec::new();
            for chunk in listed.chunks(MAX_LISTED) {
                let text = AssertSqlSafe(sqlite_text(text, chunk.len().next_power_of_two()));
                let query = bound!(sqlx::query_as::<Sqlite, R>(text), fixed.iter().chain(padded(chunk)));
                rows.extend(query.fetch_all(&mut *c).await?);
            }
            Ok(rows)
        }
        Raw::Postgres(c) => {
            let text = AssertSqlSafe(postgres_text(text, fixed.len() + 1));
            let query = bound!(sqlx::query_as::<Postgres, R>(text), fixed);
            Ok(bound_array!(query, listed).fetch_all(c).await?)
        }
    }
}

/// The same for a statement that writes; answers how many rows it concerned.
///
/// # Errors
/// Of the database.
pub async fn write(tx: &mut Tx, text: &str, fixed: &[Value], listed: Vec<Value>) -> Result<u64, StoreError> {
    let listed = distinct(listed);
    if listed.is_empty() {
        return Ok(0);
    }
    match tx.raw() {
        Raw::Sqlite(c) => {
            let mut written = 0;
            for chunk in listed.chunks(MAX_LISTED) {
                let text = AssertSqlSafe(sqlite_text(text, chunk.len().next_power_of_two()));
                let query = bound!(sqlx::query::<Sqlite>(text), fixed.iter().chain(padded(chunk)));
                written += query.execute(&mut *c).await?.rows_affected();
            }
            Ok(written)
        }
        Raw::Postgres(c) => {
            let text = AssertSqlSafe(postgres_text(text, fixed.len() + 1));
            let query = bound!(sqlx::query::<Postgres>(text), fixed);
            Ok(bound_array!(query, listed).execute(c).await?.rows_affected())
        }
    }
}

/// The rows of an organisation in which two columns have these pairs of values; in as few statements as one
/// of the columns has values. `head` is the text up to `where`.
///
/// # Errors
/// Of the database.
pub async fn fetch_pairs<R>(
    conn: &mut Conn,
    head: &str,
    columns: (&str, &str),
    org: OrgId,
    pairs: Vec<(Value, Value)>,
) -> Result<Vec<R>, StoreError>
where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let ((one, listed), groups) = grouped(columns, pairs);
    let text = format!("{head} where org_id = $1 and {one} = $2 and {listed} in LIST");
    let mut rows = Vec::new();
    for (value, values) in groups {
        rows.extend(fetch(conn, &text, &[Value::Uuid(org.uuid()), value], values).await?);
    }
    Ok(rows)
}

/// Deletes the rows of an organisation in which two columns have these pairs of values; in as few
/// statements as one of the columns has values.
///
/// # Errors
/// Of the database.
pub async fn delete_pairs(
    tx: &mut Tx,
    table: &str,
    columns: (&str, &str),
    org: OrgId,
    pairs: Vec<(Value, Value)>,
) -> Result<(), StoreError> {
    let ((one, listed), groups) = grouped(columns, pairs);
    let text = format!("delete from {table} where org_id = $1 and {one} = $2 and {listed} in LIST");
    for (value, values) in groups {
        write(tx, &text, &[Value::Uuid(org.uuid()), value], values).await?;
    }
    Ok(())
}

/// Pairs by the column that has fewer values, which is the first of the columns answered.
fn grouped<'a>(
    columns: (&'a str, &'a str),
    pairs: Vec<(Value, Value)>,
) -> ((&'a str, &'a str), BTreeMap<Value, Vec<Value>>) {
    let (mut straight, mut turned) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
    for (first, second) in pairs {
        straight.entry(first.clone()).or_default().push(second.clone());
        turned.entry(second).or_default().push(first);
    }
    if turned.len() < straight.len() { ((columns.1, columns.0), turned) } else { (columns, straight) }
}

/// The most values that one statement lists on SQLite.
const MAX_LISTED: usize = 512;

fn distinct(mut values: Vec<Value>) -> Vec<Value> {
    values.sort_unstable();
    values.dedup();
    values
}

/// A chunk, its last value repeated until their number is a power of two, so that few texts are prepared.
fn padded(chunk: &[Value]) -> impl Iterator<Item = &Value> {
    let missing = chunk.len().next_power_of_two() - chunk.len();
    chunk.iter().chain(chunk.last().into_iter().cycle().take(missing))
}

/// The text for a list of this length, with placeholders that have no names: SQLite searches a list of
/// names for each, so the cost of a long statement grew by the square.
fn sqlite_text(text: &str, length: usize) -> String {
    let mut all = String::with_capacity(text.len() + 3 * length);
    for (place, part) in text.split('$').enumerate() {
        if place == 0 {
            all.push_str(part);
        } else {
            all.push('?');
            all.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
        }
    }
    let list = ["?"].repeat(length).join(", ");
    all.replacen("LIST", &format!("({list})"), 1)
}

fn postgres_text(text: &str, number: usize) -> String {
    text.replacen("in LIST", &format!("= any(${number})"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::on_both;

    #[test]
    fn placeholders_are_numbered_through() {
        assert_eq!(tuples(2, 3, true), "($1, $2, $3), ($4, $5, $6)");
        assert_eq!(tuples(2, 3, false), "(?, ?, ?), (?, ?, ?)");
    }

    #[test]
    fn many_rows_are_one_array_for_each_column_on_postgres() {
        let row = [Value::Uuid(Uuid::nil()), Value::Small(1), Value::Bytes(vec![1])];
        assert_eq!(arrays(3, &[row.clone(), row].concat()), "$1::uuid[], $2::smallint[], $3::bytea[]");
    }

    #[test]
    fn listed_values_are_one_array_on_postgres_and_placeholders_without_names_on_sqlite() {
        let text = "select a from b where c = $1 and d >= $2 and e in LIST order by e";
        assert_eq!(
            sqlite_text(text, 4),
            "select a from b where c = ? and d >= ? and e in (?, ?, ?, ?) order by e"
        );
        assert_eq!(
            postgres_text(text, 3),
            "select a from b where c = $1 and d >= $2 and e = any($3) order by e"
        );
        let values = [3, 1, 2, 3].map(Value::Int).to_vec();
        let values = distinct(values);
        assert_eq!(padded(&values).cloned().collect::<Vec<_>>(), [1, 2, 3, 3].map(Value::Int));
    }

    on_both! {
        async fn as_many_values_are_listed_as_there_are(engine) {
            let server = crate::testing::Server::new(engine).await.unwrap();
            let mut tx = server.state.db().write().await.unwrap();
            let org = server.created.org;
            for count in [1, 2, 511, 513, 16_385, 40_000_u64] {
                let id = |n: u64| Value::Uuid(Uuid::from_u128(u128::from(n)));
                let rows: Vec<Value> =
                    (0..count).flat_map(|n| [Value::Uuid(org.uuid()), id(n), Value::Int(1)]).collect();
                insert(&mut tx, "insert into purged (org_id, document, seq)", 3, &rows, "on conflict do nothing")
                    .await
                    .unwrap();
                let listed = || (0..count).rev().map(id).collect::<Vec<_>>();
                let text = "select document from purged where org_id = $1 and document in LIST order by document";
                let fixed = [Value::Uuid(org.uuid())];
                let found: Vec<(Uuid,)> = fetch(&mut tx, text, &fixed, listed()).await.unwrap();
                assert_eq!(found.len() as u64, count);
                assert!(found.is_sorted(), "{count}");
                let text = "delete from purged where org_id = $1 and document in LIST";
                assert_eq!(write(&mut tx, text, &fixed, listed()).await.unwrap(), count);
            }
        }
    }
}
