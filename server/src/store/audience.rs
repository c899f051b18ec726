//! Who sees what, kept so that no visibility has to be worked out when somebody asks.
//!
//! A document's *audience* is the set of principals that see it even if Restricted. For a card it
//! follows from the card; for a contact from the cards that link to it, directly or through another
//! contact, and these are counted as *paths*, so that a change of one card costs one addition.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::access::rights::Principal;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::value::id::{DocumentId, OrgId};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::bulk::{self, Value, bound};
use super::db::on;
use super::documents::uuids;
use super::{Conn, StoreError, Tx, key};

/// By how many paths of links those behind a principal come to see a document.
pub type Paths = BTreeMap<(DocumentId, Principal), i64>;

/// A log entry filed under a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filed {
    /// The principal.
    pub principal: Principal,
    /// The entry.
    pub seq: i64,
    /// The document that the entry is about.
    pub document: DocumentId,
    /// Whether the principal was in the document's audience before it.
    pub saw: bool,
    /// Whether the principal is in it after it.
    pub sees: bool,
}

/// The links of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// The document.
    pub source: DocumentId,
    /// Its document type.
    pub kind: DocumentTypeId,
    /// What it links to.
    pub targets: BTreeSet<DocumentId>,
}

/// The audiences of these documents; one that has none is left out.
///
/// # Errors
/// Of the database.
pub async fn of(
    conn: &mut Conn,
    org: OrgId,
    documents: &[DocumentId],
) -> Result<BTreeMap<DocumentId, BTreeSet<Principal>>, StoreError> {
    let mut audiences: BTreeMap<DocumentId, BTreeSet<Principal>> = BTreeMap::new();
    let Some((list, values)) = bulk::list(2, uuids(documents)) else { return Ok(audiences) };
    let text = format!("select document, principal from audience where org_id = $1 and document in {list}");
    let rows: Vec<(Uuid, Vec<u8>)> =
        on!(conn, |c| bound!(sqlx::query_as(AssertSqlSafe(text)).bind(org.uuid()), &values)
            .fetch_all(c)
            .await)?;
    for (document, principal) in rows {
        audiences.entry(document.into()).or_default().insert(key::principal(&principal)?);
    }
    Ok(audiences)
}

/// Changes the audiences of documents: rows to remove, and rows to add.
///
/// # Errors
/// Of the database.
pub async fn change(
    tx: &mut Tx,
    org: OrgId,
    removed: &[(Principal, DocumentId)],
    added: &[(Principal, DocumentId)],
) -> Result<(), StoreError> {
    for (principal, document) in removed {
        on!(tx, |c| sqlx::query(
            "delete from audience where org_id = $1 and principal = $2 and document = $3"
        )
        .bind(org.uuid())
        .bind(key::of_principal(*principal))
        .bind(document.uuid())
        .execute(c)
        .await
        .map(drop))?;
    }
    let values: Vec<Value> = added
        .iter()
        .flat_map(|(principal, document)| {
            let principal = Value::Bytes(key::of_principal(*principal));
            [Value::Uuid(org.uuid()), principal, Value::Uuid(document.uuid())]
        })
        .collect();
    let head = "insert into audience (org_id, principal, document)";
    bulk::insert(tx, head, 3, &values, "on conflict do nothing").await?;
    Ok(())
}

/// Files entries under principals.
///
/// # Errors
/// Of the database.
pub async fn file(tx: &mut Tx, org: OrgId, entries: &[Filed]) -> Result<(), StoreError> {
    let values: Vec<Value> = entries
        .iter()
        .flat_map(|filed| {
            [
                Value::Uuid(org.uuid()),
                Value::Bytes(key::of_principal(filed.principal)),
                Value::Int(filed.seq),
                Value::Uuid(filed.document.uuid()),
                Value::Bool(filed.saw),
                Value::Bool(filed.sees),
            ]
        })
        .collect();
    let head = "insert into fanout (org_id, principal, seq, document, saw, sees)";
    bulk::insert(tx, head, 6, &values, "").await?;
    Ok(())
}

/// What these documents link to, as far as their document types pass visibility on.
///
/// # Errors
/// Of the database.
pub async fn links_of(
    conn: &mut Conn,
    org: OrgId,
    sources: &[DocumentId],
    kind: DocumentTypeId,
) -> Result<BTreeMap<DocumentId, BTreeSet<DocumentId>>, StoreError> {
    let mut links: BTreeMap<DocumentId, BTreeSet<DocumentId>> = BTreeMap::new();
    let Some((list, values)) = bulk::list(3, uuids(sources)) else { return Ok(links) };
    let text = format!(
        "select source, target from link where org_id = $1 and source_kind = $2 and source in {list}"
    );
    let rows: Vec<(Uuid, Uuid)> = on!(conn, |c| bound!(
        sqlx::query_as(AssertSqlSafe(text)).bind(org.uuid()).bind(i64::from(kind.0)),
        &values
    )
    .fetch_all(c)
    .await)?;
    for (source, target) in rows {
        links.entry(source.into()).or_default().insert(target.into());
    }
    Ok(links)
}

/// Replaces the links of documents.
///
/// # Errors
/// Of the database.
pub async fn put_links(tx: &mut Tx, org: OrgId, links: &[Links]) -> Result<(), StoreError> {
    // Deleted as a whole below: to find out which links stay would cost a read of its own.
    let sources: Vec<_> = links.iter().map(|links| links.source).collect();
    let Some((list, values)) = bulk::list(2, uuids(&sources)) else { return Ok(()) };
    let text = format!("delete from link where org_id = $1 and source in {list}");
    on!(tx, |c| bound!(sqlx::query(AssertSqlSafe(text)).bind(org.uuid()), &values)
        .execute(c)
        .await
        .map(drop))?;
    let values: Vec<Value> = links
        .iter()
        .flat_map(|links| {
            links.targets.iter().flat_map(|target| {
                [
                    Value::Uuid(org.uuid()),
                    Value::Uuid(links.source.uuid()),
                    Value::Uuid(target.uuid()),
                    Value::Int(i64::from(links.kind.0)),
                ]
            })
        })
        .collect();
    bulk::insert(tx, "insert into link (org_id, source, target, source_kind)", 4, &values, "").await?;
    Ok(())
}

/// By document and principal, how many other cards than these link to it themselves and have that
/// principal in their audience.
///
/// # Errors
/// Of the database.
pub async fn direct_paths(
    conn: &mut Conn,
    org: OrgId,
    documents: &[DocumentId],
    through: DocumentTypeId,
    except: &BTreeSet<DocumentId>,
) -> Result<Paths, StoreError> {
    let Some((list, values)) = bulk::list(3, uuids(documents)) else { return Ok(Paths::new()) };
    let text = format!(
        "select l.target, l.source, a.principal from link l \
         join audience a on a.org_id = l.org_id and a.document = l.source \
         where l.org_id = $1 and l.source_kind <> $2 and l.target in {list}"
    );
    let rows: Vec<(Uuid, Uuid, Vec<u8>)> = on!(conn, |c| bound!(
        sqlx::query_as(AssertSqlSafe(text)).bind(org.uuid()).bind(i64::from(through.0)),
        &values
    )
    .fetch_all(c)
    .await)?;
    let mut paths = Paths::new();
    for (target, source, principal) in rows {
        if !except.contains(&source.into()) {
            *paths.entry((target.into(), key::principal(&principal)?)).or_default() += 1;
        }
    }
    Ok(paths)
}

/// The paths by which these documents are seen.
///
/// # Errors
/// Of the database.
pub async fn paths(conn: &mut Conn, org: OrgId, documents: &[DocumentId]) -> Result<Paths, StoreError> {
    let Some((list, values)) = bulk::list(2, uuids(documents)) else { return Ok(Paths::new()) };
    let text =
        format!("select document, principal, paths from visibility where org_id = $1 and document in {list}");
    let rows: Vec<(Uuid, Vec<u8>, i64)> =
        on!(conn, |c| bound!(sqlx::query_as(AssertSqlSafe(text)).bind(org.uuid()), &values)
            .fetch_all(c)
            .await)?;
    rows.into_iter()
        .map(|(document, principal, paths)| Ok(((document.into(), key::principal(&principal)?), paths)))
        .collect()
}

/// Sets numbers of paths.
///
/// # Errors
/// Of the database.
pub async fn put_paths(tx: &mut Tx, org: OrgId, paths: &Paths) -> Result<(), StoreError> {
    let values: Vec<Value> = paths
        .iter()
        .flat_map(|((document, principal), paths)| {
            [
                Value::Uuid(org.uuid()),
                Value::Uuid(document.uuid()),
                Value::Bytes(key::of_principal(*principal)),
                Value::Int(*paths),
            ]
        })
        .collect();
    bulk::insert(
        tx,
        "insert into visibility (org_id, document, principal, paths)",
        4,
        &values,
        "on conflict (org_id, document, principal) do update set paths = excluded.paths",
    )
    .await?;
    Ok(())
}
