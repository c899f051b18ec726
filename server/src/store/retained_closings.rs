//! Retained closings: closings of users who do not see the card any more (C6).

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::value::id::{DocumentId, OrgId, PartId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::todo::TodoState;
use uuid::Uuid;

use super::bulk::{self, Value};
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

/// Applies changes, of as many cards.
///
/// # Errors
/// Of the database.
pub async fn apply(tx: &mut Tx, org: OrgId, changes: &[Change]) -> Result<(), StoreError> {
    let all = changes.iter().filter(|change| change.sees.is_none()).map(|change| change.document);
    // By itself a SQLite that nobody analyzed would look through all of the organisation.
    let text = "delete from retained_closing where (org_id, user_id, document) in (select org_id, user_id, document \
                from retained_closing where org_id = $1 and document in LIST)";
    bulk::write(tx, text, &[Value::Uuid(org.uuid())], uuids(&all.collect::<Vec<_>>())).await?;
    let some = changes.iter().filter_map(|change| Some((change, change.sees.as_ref()?)));
    let pairs = some.flat_map(|(change, sees)| {
        // Also for those who left: what they retain from now on is written below.
        let users = sees.iter().chain(change.left.keys());
        users.map(|user| (Value::Uuid(user.uuid()), Value::Uuid(change.document.uuid())))
    });
    let pairs: Vec<(Value, Value)> = pairs.collect();
    bulk::delete_pairs(tx, "retained_closing", ("user_id", "document"), org, pairs).await?;
    let values: Vec<Value> = changes
        .iter()
        .flat_map(|change| change.left.iter().map(move |(user, closings)| (change.document, user, closings)))
        .flat_map(|(document, user, closings)| closings.iter().map(move |closing| (document, user, closing)))
        .flat_map(|(document, user, (part, state))| {
            [
                Value::Uuid(org.uuid()),
                Value::Uuid(user.uuid()),
                Value::Uuid(document.uuid()),
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
    let text = "select document, part, state from retained_closing where org_id = $1 and user_id = $2 \
                and closed_at >= $3 and document in LIST order by document, part";
    let fixed = [Value::Uuid(org.uuid()), Value::Uuid(user.uuid()), Value::Int(since.millis())];
    collect(bulk::fetch(conn, text, &fixed, uuids(documents)).await?)
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
