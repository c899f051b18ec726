//! Statements with as many rows or values as there are: one text for both databases.

use std::fmt::Write as _;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::db::on;
use super::{StoreError, Tx};

/// A value to be bound.
#[derive(Debug, Clone, PartialEq, Eq)]
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
pub(crate) use bound;

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

/// A list for `in`, to be bound from `$first` on: the values, the last of them repeated until their
/// number is a power of two, so that few texts are prepared. `None` if there are none.
pub fn list(first: usize, mut values: Vec<Value>) -> Option<(String, Vec<Value>)> {
    let last = values.last()?.clone();
    values.resize(values.len().next_power_of_two(), last);
    let mut text = String::from("(");
    for place in 0..values.len() {
        let comma = if place == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}${}", first + place);
    }
    text.push(')');
    Some((text, values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_through_and_lists_have_few_lengths() {
        assert_eq!(tuples(2, 3, true), "($1, $2, $3), ($4, $5, $6)");
        assert_eq!(tuples(2, 3, false), "(?, ?, ?), (?, ?, ?)");
        let (text, values) = list(2, vec![Value::Int(1), Value::Int(2), Value::Int(3)]).unwrap();
        assert_eq!(text, "($2, $3, $4, $5)");
        assert_eq!(values.last(), Some(&Value::Int(3)));
        assert_eq!(values.len(), 4);
        assert_eq!(list(1, Vec::new()), None);
    }
}
