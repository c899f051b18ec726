//! Retained closings: closings of users who do not see the card any more (C6).

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::value::id::{DocumentId, OrgId, PartId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::todo::TodoState;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::bulk::{self, Value, bound};
use super::db::on;
use super::documents::uuids;
use super::{Conn, StoreError, Tx};

/// A user's closings in one document.
pub type Closings = Vec<(PartId, TodoState)>;

/// What a change of a card's audience makes of its retained closings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The card.
    pub document: DocumentId,
    /// The users who see it now and retain nothing; `None`: everybody.
    pub sees: Option<BTreeSet<UserId>>,
    /// The users who do not see it, and what they retain from now on.
    pub left: BTreeMap<UserId, Closings>,
}

/// Applies a change.
///
/// # Errors
/// Of the database.
pub async fn apply(tx: &mut Tx, org: OrgId, change: &Change) -> Result<(), StoreError> {
    let document = Value::Uuid(change.document.uuid());
    match &change.sees {
        None => {
            let text = "delete from retained_closing where org_id = $1 and document = $2".to_owned();
            bulk::execute(tx, text, &[Value::Uuid(org.uuid()), document.clone()], true).await?;
        }
        Some(users) => {
            // Also for those who left: what they retain from now on is written below.
            let users = users.iter().chain(change.left.keys()).map(|user| Value::Uuid(user.uuid()));
            if let Some((list, values)) = bulk::list(3, users.collect()) {
                let text = format!(
                    "delete from retained_closing where org_id = $1 and document = $2 and user_id in {list}"
                );
                let all: Vec<Value> =
                    [Value::Uuid(org.uuid()), document.clone()].into_iter().chain(values).collect();
                bulk::execute(tx, text, &all, true).await?;
            }
        }
    }
    let values: Vec<Value> = change
        .left
        .iter()
        .flat_map(|(user, closings)| closings.iter().map(move |closing| (user, closing)))
        .flat_map(|(user, (part, state))| {
            [
                Value::Uuid(org.uuid()),
                Value::Uuid(user.uuid()),
                document.clone(),
                Value::Bytes(part.as_bytes().to_vec()),
                Value::Text(state.to_string()),
                Value::Int(state.closing().map_or(0, |closing| closing.at().millis())),
            ]
        })
        .collect();
    let head = "insert into retained_closing (org_id, user_id, document, part, state, closed_at)";
    bulk::insert(tx, head, 6, &values, "").await?;
    Ok(())
}

/// The closings since then that a user retains of these documents.
///
/// # Errors
/// Of the database.
pub async fn of(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    documents: &[DocumentId],
    since: Timestamp,
) -> Result<BTreeMap<DocumentId, Closings>, StoreError> {
    let Some((list, values)) = bulk::list(4, uuids(documents)) else { return Ok(BTreeMap::new()) };
    let text = format!(
        "select document, part, state from retained_closing where org_id = $1 and user_id = $2 and closed_at >= $3 \
         and document in {list} order by document, part"
    );
    let query = on!(conn, |c| {
        let query = sqlx::query_as(AssertSqlSafe(text)).bind(org.uuid()).bind(user.uuid());
        bound!(query.bind(since.millis()), &values).fetch_all(c).await
    });
    collect(query?)
}

/// The closings since then that a user retains of all documents.
///
/// # Errors
/// Of the database.
pub async fn all(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    since: Timestamp,
) -> Result<BTreeMap<DocumentId, Closings>, StoreError> {
    let rows = on!(conn, |c| {
        sqlx::query_as(
        "select document, part, state from retained_closing where org_id = $1 and user_id = $2 and closed_at >= $3 \
         order by document, part"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .bind(since.millis())
    .fetch_all(c)
    .await
    })?;
    collect(rows)
}

fn collect(rows: Vec<(Uuid, Vec<u8>, String)>) -> Result<BTreeMap<DocumentId, Closings>, StoreError> {
    let unreadable = || StoreError::Unreadable("a closing");
    let mut closings: BTreeMap<DocumentId, Closings> = BTreeMap::new();
    for (document, part, state) in rows {
        let part = PartId::from_bytes(part.try_into().map_err(|_| unreadable())?);
        let state = state.parse().map_err(|_| unreadable())?;
        closings.entry(document.into()).or_default().push((part, state));
    }
    Ok(closings)
}
