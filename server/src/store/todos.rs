//! Todos by assignee: a prefilter; the rows of documents have the last word (L7).

use std::collections::BTreeMap;

use roadbook_domain::crm::row::TodoRow;
use roadbook_domain::value::id::{DocumentId, OrgId, PartId, UserId};
use roadbook_domain::value::time::Zone;
use uuid::Uuid;

use super::bulk::{self, Value};
use super::db::on;
use super::documents::uuids;
use super::{Conn, StoreError, Tx};

/// What changes of the todos of one document.
///
/// Only that is written: a card may have thousands of todos, and everybody else waits meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todos {
    document: DocumentId,
    gone: Vec<PartId>,
    changed: Vec<(PartId, Row)>,
}

/// What is kept of a todo that somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    assignee: UserId,
    is_open: bool,
    /// Milliseconds: when it was closed, or from when it is overdue.
    at: i64,
}

impl Todos {
    /// What is another than before. A todo without an assignee is nobody's and left out.
    pub fn between(document: DocumentId, before: &[TodoRow], after: &[TodoRow]) -> Self {
        let mut known: BTreeMap<PartId, Row> = before.iter().filter_map(row).collect();
        let changed =
            after.iter().filter_map(row).filter(|(id, row)| known.remove(id) != Some(*row)).collect();
        Self { document, gone: known.into_keys().collect(), changed }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.changed.is_empty()
    }
}

/// Changes the todos of documents.
///
/// # Errors
/// Of the database.
pub async fn put(tx: &mut Tx, org: OrgId, todos: &[Todos]) -> Result<(), StoreError> {
    let part = |id: &PartId| Value::Bytes(id.as_bytes().to_vec());
    let gone = todos.iter().flat_map(|todos| {
        let document = Value::Uuid(todos.document.uuid());
        todos.gone.iter().map(move |id| (document.clone(), part(id)))
    });
    bulk::delete_pairs(tx, "todo", ("document", "part"), org, gone.collect()).await?;
    let values: Vec<Value> = todos
        .iter()
        .flat_map(|todos| todos.changed.iter().map(|(id, row)| (todos.document, id, row)))
        .flat_map(|(document, id, row)| {
            [
                Value::Uuid(org.uuid()),
                Value::Uuid(document.uuid()),
                part(id),
                Value::Uuid(row.assignee.uuid()),
                Value::Bool(row.is_open),
                Value::Int(row.at),
            ]
        })
        .collect();
    let head = "insert into todo (org_id, document, part, assignee, is_open, at)";
    let tail = "on conflict (org_id, document, part) do update set assignee = excluded.assignee, \
                is_open = excluded.is_open, at = excluded.at";
    bulk::insert(tx, head, 6, &values, tail).await?;
    Ok(())
}

/// Removes all todos of a document.
///
/// # Errors
/// Of the database.
pub async fn remove(tx: &mut Tx, org: OrgId, document: DocumentId) -> Result<(), StoreError> {
    let text = "delete from todo where org_id = $1 and document in LIST";
    bulk::write(tx, text, &[Value::Uuid(org.uuid())], uuids(&[document])).await.map(drop)
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

fn row(todo: &TodoRow) -> Option<(PartId, Row)> {
    let at = match (todo.state.closing(), todo.due) {
        (Some(closing), _) => closing.at().millis(),
        // UTC is exact enough to choose the first page; the phone sorts by the zone of the assignee.
        (None, Some(due)) => due.overdue_from(Zone::UTC).millis(),
        (None, None) => i64::MAX,
    };
    Some((todo.id, Row { assignee: todo.assignee?, is_open: todo.state.is_open(), at }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use roadbook_domain::value::todo::TodoState;

    #[test]
    fn of_a_card_with_thousands_of_todos_only_what_changes_is_written() {
        let part = |n: u32| {
            let [_, _, three, four] = n.to_be_bytes();
            PartId::from_bytes([0, 0, 0, 0, three, four])
        };
        let todo = |n: u32, assignee: u8| TodoRow {
            id: part(n),
            text: "Call".into(),
            due: None,
            assignee: (assignee > 0).then(|| UserId::from_bytes([assignee; 16])),
            state: TodoState::default(),
            contact: None,
        };
        let before: Vec<_> = (0..8_000).map(|n| todo(n, 1)).collect();
        let mut after = before.clone();
        after[7] = todo(7, 2);
        after[8] = todo(8, 0);
        after[9].text = "Write".into();
        after.push(todo(8_000, 1));
        let document = DocumentId::from_bytes([1; 16]);
        let todos = Todos::between(document, &before, &after);
        assert_eq!(todos.gone, [part(8)]);
        assert_eq!(todos.changed.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [part(7), part(8_000)]);
        assert!(Todos::between(document, &after, &after).is_empty());
    }
}
