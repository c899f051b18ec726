//! Todos by assignee: a prefilter; the rows of documents have the last word (L7).

use roadbook_domain::crm::row::TodoRow;
use roadbook_domain::value::id::{DocumentId, OrgId, PartId, UserId};
use roadbook_domain::value::time::Zone;
use uuid::Uuid;

use super::bulk::{self, Value};
use super::db::on;
use super::documents::uuids;
use super::{Conn, StoreError, Tx};

/// The todos of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Todos<'a> {
    /// The document.
    pub document: DocumentId,
    /// Its todos.
    pub todos: &'a [TodoRow],
}

/// Replaces the todos of documents. One without an assignee is nobody's and left out.
///
/// # Errors
/// Of the database.
pub async fn put(tx: &mut Tx, org: OrgId, todos: &[Todos<'_>]) -> Result<(), StoreError> {
    let documents: Vec<_> = todos.iter().map(|todos| todos.document).collect();
    let text = "delete from todo where org_id = $1 and document in LIST";
    bulk::write(tx, text, &[Value::Uuid(org.uuid())], uuids(&documents)).await?;
    let values: Vec<Value> = todos
        .iter()
        .flat_map(|of| of.todos.iter().filter_map(|todo| Some((of.document, todo, todo.assignee?))))
        .flat_map(|(document, todo, assignee)| row(org, document, todo, assignee))
        .collect();
    let head = "insert into todo (org_id, document, part, assignee, is_open, at)";
    bulk::insert(tx, head, 6, &values, "").await?;
    Ok(())
}

/// The documents of a user's first open todos, by when they are overdue, `limit` todos at most.
///
/// # Errors
/// Of the database.
pub async fn first_open(
    conn: &mut Conn,
    org: OrgId,
    assignee: UserId,
    limit: i64,
) -> Result<Vec<DocumentId>, StoreError> {
    let rows: Vec<Uuid> = on!(conn, |c| {
        sqlx::query_scalar(
        "select document from todo where org_id = $1 and assignee = $2 and is_open = $3 order by at limit $4"
    )
    .bind(org.uuid())
    .bind(assignee.uuid())
    .bind(true)
    .bind(limit)
    .fetch_all(c)
    .await
    })?;
    let mut documents: Vec<DocumentId> = Vec::new();
    for document in rows {
        if !documents.contains(&document.into()) {
            documents.push(document.into());
        }
    }
    Ok(documents)
}

fn row(org: OrgId, document: DocumentId, todo: &TodoRow, assignee: UserId) -> [Value; 6] {
    let at = match (todo.state.closing(), todo.due) {
        (Some(closing), _) => closing.at().millis(),
        // UTC is exact enough to choose the first page; the phone sorts by the zone of the assignee.
        (None, Some(due)) => due.overdue_from(Zone::UTC).millis(),
        (None, None) => i64::MAX,
    };
    [
        Value::Uuid(org.uuid()),
        Value::Uuid(document.uuid()),
        Value::Bytes(PartId::as_bytes(&todo.id).to_vec()),
        Value::Uuid(assignee.uuid()),
        Value::Bool(todo.state.is_open()),
        Value::Int(at),
    ]
}
