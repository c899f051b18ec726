//! Documents as they are after the last entry of the log about them.

use std::collections::BTreeSet;

use roadbook_domain::access::rights::Scope;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::value::id::{DocumentId, OrgId, UserId};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use super::bulk::{self, Value};
use super::db::on;
use super::row::row;
use super::{Conn, StoreError, Tx, key};

/// A document as it rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The document.
    pub id: DocumentId,
    /// Its document type.
    pub kind: DocumentTypeId,
    /// Its scope.
    pub scope: Scope,
    /// Who made it; `None`: the server.
    pub creator: Option<UserId>,
    /// Counts what a judgement of its next change rests on.
    pub version: i64,
    /// The digest term of its heads.
    pub term: [u8; 16],
    /// The last entry of the log that changed it.
    pub as_of: i64,
    /// The first entry of the log about it.
    pub since: i64,
    /// How many operations it holds.
    pub ops: u32,
    /// Its heads, ascending.
    pub heads: Vec<ChangeHash>,
    /// The saved document.
    pub saved: Vec<u8>,
    /// CBOR of its author table.
    pub authors: Vec<u8>,
    /// CBOR of its rows, facts included.
    pub rows: Vec<u8>,
    /// The version of the functions that made the rows.
    pub projection_version: u32,
}

/// A document's id, digest term and sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// The document.
    pub id: DocumentId,
    /// The digest term of its heads.
    pub term: [u8; 16],
    /// About how many bytes its bundle has.
    pub size: u64,
}

/// What [`get`] selects, in the order of [`Row`].
const COLUMNS: &str = "d.id, d.kind, d.feed, d.creator, d.version, d.term, d.as_of, d.since, d.ops, d.heads, d.saved, \
                       d.authors, d.rows, d.projection_version";

// 150: about the rest of a bundle. Without the cast the databases answer different types of integers.
const SIZE: &str = "cast(length(d.saved) + length(d.authors) + length(d.rows) + 150 as bigint)";

/// Those of these documents that exist, by id.
///
/// # Errors
/// Of the database.
pub async fn get(conn: &mut Conn, org: OrgId, ids: &[DocumentId]) -> Result<Vec<Stored>, StoreError> {
    let text = format!("select {COLUMNS} from document d where d.org_id = $1 and d.id in LIST order by d.id");
    let rows: Vec<Row> = listed_rows(conn, org, &text, ids).await?;
    rows.into_iter().map(Row::try_into).collect()
}

/// The documents after one id (`None`: from the first), by id, `limit` of them at most, for a look at all of them.
///
/// # Errors
/// Of the database.
pub async fn after(
    conn: &mut Conn,
    org: OrgId,
    after: Option<DocumentId>,
    limit: i64,
) -> Result<Vec<Stored>, StoreError> {
    let text =
        format!("select {COLUMNS} from document d where d.org_id = $1 and d.id > $2 order by d.id limit $3");
    let rows: Vec<Row> = on!(conn, |c| sqlx::query_as(AssertSqlSafe(text))
        .bind(org.uuid())
        .bind(after.map_or(Uuid::nil(), DocumentId::uuid))
        .bind(limit)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(Row::try_into).collect()
}

/// Version and existence of these documents: those that exist, by id.
///
/// # Errors
/// Of the database.
pub async fn versions(
    conn: &mut Conn,
    org: OrgId,
    ids: &[DocumentId],
) -> Result<Vec<(DocumentId, i64)>, StoreError> {
    let text = "select id, version from document where org_id = $1 and id in LIST order by id";
    let rows: Vec<(Uuid, i64)> = listed_rows(conn, org, text, ids).await?;
    Ok(rows.into_iter().map(|(id, version)| (id.into(), version)).collect())
}

/// How much it costs to judge a document, and what says whether it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The document.
    pub id: DocumentId,
    /// Its scope.
    pub scope: Scope,
    /// Its version.
    pub version: i64,
    /// The first entry of the log about it.
    pub since: i64,
    /// How many operations it holds.
    pub ops: u32,
    /// About how many bytes it has in memory before it is loaded.
    pub bytes: u64,
    /// How many principals it is filed for.
    pub principals: usize,
}

/// Id, feed, version, first entry, operations, bytes and principals.
type SizeRow = (Uuid, Vec<u8>, i64, i64, i64, i64, i64);

/// The sizes of those of these documents that exist, by id.
///
/// # Errors
/// Of the database.
pub async fn sizes(conn: &mut Conn, org: OrgId, ids: &[DocumentId]) -> Result<Vec<Size>, StoreError> {
    let text = format!(
        "select d.id, d.feed, d.version, d.since, d.ops, {SIZE}, (select count(*) from audience a \
         where a.org_id = d.org_id and a.document = d.id) from document d \
         where d.org_id = $1 and d.id in LIST order by d.id"
    );
    let rows: Vec<SizeRow> = listed_rows(conn, org, &text, ids).await?;
    rows.into_iter()
        .map(|(id, feed, version, since, ops, bytes, principals)| {
            let ops = u32::try_from(ops).map_err(|_| StoreError::Unreadable("a document's operations"))?;
            let scope = key::scope(&feed)?;
            let principals = usize::try_from(principals).unwrap_or(usize::MAX);
            Ok(Size { id: id.into(), scope, version, since, ops, bytes: bytes.unsigned_abs(), principals })
        })
        .collect()
}

/// What filing needs of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brief {
    /// The document.
    pub id: DocumentId,
    /// Its document type.
    pub kind: DocumentTypeId,
    /// Who made it; `None`: the server.
    pub creator: Option<UserId>,
    /// The digest term of its heads.
    pub term: [u8; 16],
}

/// What filing needs of those of these documents that exist, by id.
///
/// # Errors
/// Of the database.
pub async fn brief(conn: &mut Conn, org: OrgId, ids: &[DocumentId]) -> Result<Vec<Brief>, StoreError> {
    let text = "select id, kind, creator, term from document where org_id = $1 and id in LIST order by id";
    let rows: Vec<(Uuid, i64, Uuid, Vec<u8>)> = listed_rows(conn, org, text, ids).await?;
    rows.into_iter()
        .map(|(id, kind, creator, term)| {
            let kind = u16::try_from(kind).map_err(|_| StoreError::Unreadable("a document's kind"))?;
            let creator = (!creator.is_nil()).then(|| creator.into());
            Ok(Brief { id: id.into(), kind: DocumentTypeId(kind), creator, term: array(term)? })
        })
        .collect()
}

/// The scopes of those of these documents that exist, by id.
///
/// # Errors
/// Of the database.
pub async fn scopes(
    conn: &mut Conn,
    org: OrgId,
    ids: &[DocumentId],
) -> Result<Vec<(DocumentId, Scope)>, StoreError> {
    let text = "select id, feed from document where org_id = $1 and id in LIST order by id";
    let rows: Vec<(Uuid, Vec<u8>)> = listed_rows(conn, org, text, ids).await?;
    rows.into_iter().map(|(id, feed)| Ok((id.into(), key::scope(&feed)?))).collect()
}

/// Sizes of those of these documents that exist, by id.
///
/// # Errors
/// Of the database.
pub async fn listed(conn: &mut Conn, org: OrgId, ids: &[DocumentId]) -> Result<Vec<Listed>, StoreError> {
    let text = format!(
        "select d.id, d.term, {SIZE} from document d where d.org_id = $1 and d.id in LIST order by d.id"
    );
    let rows: Vec<ListedRow> = listed_rows(conn, org, &text, ids).await?;
    rows.into_iter().map(to_listed).collect()
}

/// The documents of a feed after one id (`None`: from the first), by id, `limit` of them at
/// most.
///
/// # Errors
/// Of the database.
pub async fn of_feed(
    conn: &mut Conn,
    org: OrgId,
    feed: &[u8],
    after: Option<DocumentId>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let text = format!(
        "select d.id, d.term, {SIZE} from document d where d.org_id = $1 and d.feed = $2 and d.id > $3 \
         order by d.id limit $4"
    );
    let rows: Vec<ListedRow> = on!(conn, |c| sqlx::query_as(AssertSqlSafe(text))
        .bind(org.uuid())
        .bind(feed)
        .bind(after.map_or(Uuid::nil(), DocumentId::uuid))
        .bind(limit)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(to_listed).collect()
}

/// The documents of a principal after one id (`None`: from the first), by id, `limit` of them at
/// most.
///
/// # Errors
/// Of the database.
pub async fn of_principal(
    conn: &mut Conn,
    org: OrgId,
    principal: &[u8],
    after: Option<DocumentId>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let text = format!(
        "select d.id, d.term, {SIZE} from audience a join document d on d.org_id = a.org_id and d.id = a.document \
         where a.org_id = $1 and a.principal = $2 and a.document > $3 order by a.document limit $4"
    );
    let rows: Vec<ListedRow> = on!(conn, |c| sqlx::query_as(AssertSqlSafe(text))
        .bind(org.uuid())
        .bind(principal)
        .bind(after.map_or(Uuid::nil(), DocumentId::uuid))
        .bind(limit)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(to_listed).collect()
}

/// Id and digest term of every document of a feed.
///
/// # Errors
/// Of the database.
pub async fn terms_of_feed(
    conn: &mut Conn,
    org: OrgId,
    feed: &[u8],
) -> Result<Vec<(DocumentId, [u8; 16])>, StoreError> {
    let rows: Vec<(Uuid, Vec<u8>)> = on!(conn, |c| sqlx::query_as(
        "select id, term from document where org_id = $1 and feed = $2 order by id"
    )
    .bind(org.uuid())
    .bind(feed)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(|(id, term)| Ok((id.into(), array(term)?))).collect()
}

/// Id and digest term of every document of a principal.
///
/// # Errors
/// Of the database.
pub async fn terms_of_principal(
    conn: &mut Conn,
    org: OrgId,
    principal: &[u8],
) -> Result<Vec<(DocumentId, [u8; 16])>, StoreError> {
    let rows: Vec<(Uuid, Vec<u8>)> = on!(conn, |c| {
        sqlx::query_as(
        "select d.id, d.term from audience a join document d on d.org_id = a.org_id and d.id = a.document \
         where a.org_id = $1 and a.principal = $2 order by a.document"
    )
    .bind(org.uuid())
    .bind(principal)
    .fetch_all(c)
    .await
    })?;
    rows.into_iter().map(|(id, term)| Ok((id.into(), array(term)?))).collect()
}

/// Writes documents, new and known.
///
/// # Errors
/// Of the database.
pub async fn put(tx: &mut Tx, org: OrgId, documents: &[Stored]) -> Result<(), StoreError> {
    let values: Vec<Value> = documents.iter().flat_map(|document| row(org, document)).collect();
    // Kind, scope, creator and first entry are left out of the update: they never change.
    bulk::insert(
        tx,
        "insert into document (org_id, id, kind, feed, creator, version, term, as_of, since, ops, heads, saved, \
         authors, rows, projection_version)",
        15,
        &values,
        "on conflict (org_id, id) do update set version = excluded.version, term = excluded.term, \
         as_of = excluded.as_of, ops = excluded.ops, heads = excluded.heads, saved = excluded.saved, \
         authors = excluded.authors, rows = excluded.rows, projection_version = excluded.projection_version",
    )
    .await?;
    Ok(())
}

/// Removes a document for good.
///
/// # Errors
/// Of the database.
pub async fn remove(tx: &mut Tx, org: OrgId, id: DocumentId) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query("delete from document where org_id = $1 and id = $2")
        .bind(org.uuid())
        .bind(id.uuid())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Notes that a document's id is never used again.
///
/// # Errors
/// Of the database.
pub async fn bury(tx: &mut Tx, org: OrgId, id: DocumentId, seq: i64) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query(
        "insert into purged (org_id, document, seq) values ($1, $2, $3) on conflict do nothing"
    )
    .bind(org.uuid())
    .bind(id.uuid())
    .bind(seq)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Those of these ids that were purged.
///
/// # Errors
/// Of the database.
pub async fn purged(conn: &mut Conn, org: OrgId, ids: &[DocumentId]) -> Result<Vec<DocumentId>, StoreError> {
    let text = "select document from purged where org_id = $1 and document in LIST";
    let rows: Vec<(Uuid,)> = listed_rows(conn, org, text, ids).await?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// Those ids that were purged after one entry of the log, and whose documents were not made after another by
/// anybody but this user.
///
/// # Errors
/// Of the database.
pub async fn purged_since(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    after: i64,
    reach: i64,
) -> Result<Vec<DocumentId>, StoreError> {
    let rows: Vec<Uuid> = on!(conn, |c| {
        sqlx::query_scalar(
        "select p.document from purged p where p.org_id = $1 and p.seq > $2 and not exists (select 1 from log l \
         where l.org_id = p.org_id and l.document = p.document and l.entry = 1 and +l.seq > $3 \
         and l.author <> $4) order by p.seq"
    )
    .bind(org.uuid())
    .bind(after)
    .bind(reach)
    .bind(user.uuid())
    .fetch_all(c)
    .await
    })?;
    Ok(rows.into_iter().map(DocumentId::from).collect())
}

/// Those of these documents that were made after an entry of the log by anybody but this user: what they made
/// themselves they know, even if the answer that said so was lost.
///
/// # Errors
/// Of the database.
pub async fn made_after(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    ids: &[DocumentId],
    after: i64,
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let text = "select id from document where org_id = $1 and since > $2 and creator <> $3 and id in LIST";
    let fixed = [Value::Uuid(org.uuid()), Value::Int(after), Value::Uuid(user.uuid())];
    let rows: Vec<(Uuid,)> = bulk::fetch(conn, text, &fixed, uuids(ids)).await?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// The rows of a statement over listed documents of an organisation.
async fn listed_rows<R>(
    conn: &mut Conn,
    org: OrgId,
    text: &str,
    ids: &[DocumentId],
) -> Result<Vec<R>, StoreError>
where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    bulk::fetch(conn, text, &[Value::Uuid(org.uuid())], uuids(ids)).await
}

pub(super) fn uuids(ids: &[DocumentId]) -> Vec<Value> {
    ids.iter().map(|id| Value::Uuid(id.uuid())).collect()
}

fn row(org: OrgId, document: &Stored) -> [Value; 15] {
    let heads = document.heads.iter().flat_map(|head| head.0).collect();
    [
        Value::Uuid(org.uuid()),
        Value::Uuid(document.id.uuid()),
        Value::Int(i64::from(document.kind.0)),
        Value::Bytes(key::of_scope(document.scope)),
        Value::Uuid(document.creator.map_or(Uuid::nil(), UserId::uuid)),
        Value::Int(document.version),
        Value::Bytes(document.term.to_vec()),
        Value::Int(document.as_of),
        Value::Int(document.since),
        Value::Int(i64::from(document.ops)),
        Value::Bytes(heads),
        Value::Bytes(document.saved.clone()),
        Value::Bytes(document.authors.clone()),
        Value::Bytes(document.rows.clone()),
        Value::Int(i64::from(document.projection_version)),
    ]
}

row! {
    struct Row {
        id: Uuid,
        kind: i64,
        feed: Vec<u8>,
        creator: Uuid,
        version: i64,
        term: Vec<u8>,
        as_of: i64,
        since: i64,
        ops: i64,
        heads: Vec<u8>,
        saved: Vec<u8>,
        authors: Vec<u8>,
        rows: Vec<u8>,
        projection_version: i64,
    }
}

impl TryFrom<Row> for Stored {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unreadable = |_| StoreError::Unreadable("a document's row");
        Ok(Self {
            id: row.id.into(),
            kind: DocumentTypeId(u16::try_from(row.kind).map_err(unreadable)?),
            scope: key::scope(&row.feed)?,
            creator: (!row.creator.is_nil()).then(|| row.creator.into()),
            version: row.version,
            term: array(row.term)?,
            as_of: row.as_of,
            since: row.since,
            ops: u32::try_from(row.ops).map_err(unreadable)?,
            heads: hashes(&row.heads)?,
            saved: row.saved,
            authors: row.authors,
            rows: row.rows,
            projection_version: u32::try_from(row.projection_version).map_err(unreadable)?,
        })
    }
}

pub(super) fn hashes(bytes: &[u8]) -> Result<Vec<ChangeHash>, StoreError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() {
        Ok(hashes.iter().copied().map(ChangeHash).collect())
    } else {
        Err(StoreError::Unreadable("a document's heads"))
    }
}

type ListedRow = (Uuid, Vec<u8>, i64);

fn to_listed((id, term, size): ListedRow) -> Result<Listed, StoreError> {
    Ok(Listed { id: id.into(), term: array(term)?, size: size.unsigned_abs() })
}

fn array(bytes: Vec<u8>) -> Result<[u8; 16], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Unreadable("a digest term"))
}
