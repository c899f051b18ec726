//! Who sees what, kept so that no visibility has to be worked out when somebody asks.
//!
//! A document's *audience* is the set of principals that see it even if Restricted. For a card it
//! follows from the card; for a contact from the cards that link to it, directly or through another
//! contact, and these are counted as *paths*, so that a change of one card costs one addition.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::access::rights::Principal;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::value::id::{DocumentId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use super::bulk::{self, Value};
use super::documents::uuids;
use super::{Conn, StoreError, Tx, key};

/// By how many paths of links those behind a principal come to see a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Paths of one link: the cards that link to the document themselves.
    pub direct: i64,
    /// All paths: those, and the ones through a contact.
    pub all: i64,
}

/// The paths to documents, by document and principal.
pub type Paths = BTreeMap<(DocumentId, Principal), Count>;

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
    let text = "select document, principal from audience where org_id = $1 and document in LIST";
    let rows: Vec<(Uuid, Vec<u8>)> =
        bulk::fetch(conn, text, &[Value::Uuid(org.uuid())], uuids(documents)).await?;
    for (document, principal) in rows {
        audiences.entry(document.into()).or_default().insert(key::principal(&principal)?);
    }
    Ok(audiences)
}

/// Those of these documents that a Restricted user sees.
///
/// # Errors
/// Of the database.
pub async fn seen(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    documents: &[DocumentId],
) -> Result<BTreeSet<DocumentId>, StoreError> {
    // Not `of`: an audience may have many principals, and three of them matter.
    let text = "select document from audience where org_id = $1 and principal in ($2, $3, $4) \
                and document in LIST";
    let [everyone, own, private] = readable(user);
    let rows: Vec<(Uuid,)> =
        bulk::fetch(conn, text, &[Value::Uuid(org.uuid()), everyone, own, private], uuids(documents)).await?;
    Ok(rows.into_iter().map(|(document,)| document.into()).collect())
}

/// Those of these documents that a Restricted user may link to: the contacts that a card they see links to
/// itself, the contacts that they made and nothing links to, and the cards that they see.
///
/// Not what they see through another contact: by linking to that they would see what is behind it, and so
/// on from contact to contact.
///
/// # Errors
/// Of the database.
pub async fn linkable(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    documents: &[DocumentId],
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let [everyone, own, private] = readable(user);
    let (org, contact) = (Value::Uuid(org.uuid()), Value::Int(i64::from(DocumentTypeId::CONTACT.0)));
    let linked = "select document from visibility where org_id = $1 and principal in ($2, $3) and direct > 0 \
                  and document in LIST";
    let fixed = [org.clone(), everyone.clone(), own.clone()];
    let mut rows: Vec<(Uuid,)> = bulk::fetch(conn, linked, &fixed, uuids(documents)).await?;
    let made = "select d.id from document d where d.org_id = $1 and d.kind = $2 and d.creator = $3 \
                and d.id in LIST and not exists (select 1 from visibility v where v.org_id = d.org_id \
                and v.document = d.id and v.paths > 0)";
    let fixed = [org.clone(), contact.clone(), Value::Uuid(user.uuid())];
    rows.extend(bulk::fetch::<(Uuid,)>(conn, made, &fixed, uuids(documents)).await?);
    let cards = "select d.id from document d join audience a on a.org_id = d.org_id and a.document = d.id \
                 where d.org_id = $1 and d.kind <> $2 and a.principal in ($3, $4, $5) and d.id in LIST";
    let fixed = [org, contact, everyone, own, private];
    rows.extend(bulk::fetch::<(Uuid,)>(conn, cards, &fixed, uuids(documents)).await?);
    Ok(rows.into_iter().map(|(document,)| document.into()).collect())
}

/// When a Restricted user last lost visibility of these documents after an entry of the log, of those that
/// they lost.
///
/// # Errors
/// Of the database.
pub async fn lost(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    documents: &[DocumentId],
    after: i64,
) -> Result<BTreeMap<DocumentId, Timestamp>, StoreError> {
    // The entries of one document are few. `+` and `cross` keep the databases from reading instead the whole
    // log, or all that is filed for the user, from there on.
    let text = "select l.document, l.received_at from log l cross join fanout f \
                where l.org_id = $1 and +l.seq > $2 and f.org_id = l.org_id and f.seq = l.seq \
                and f.principal in ($3, $4, $5) and f.saw and not f.sees and l.document in LIST";
    let [everyone, own, private] = readable(user);
    let fixed = [Value::Uuid(org.uuid()), Value::Int(after), everyone, own, private];
    let rows: Vec<(Uuid, i64)> = bulk::fetch(conn, text, &fixed, uuids(documents)).await?;
    let mut lost: BTreeMap<DocumentId, Timestamp> = BTreeMap::new();
    for (document, at) in rows {
        let last = lost.entry(document.into()).or_insert(Timestamp::from_millis(at));
        *last = (*last).max(Timestamp::from_millis(at));
    }
    Ok(lost)
}

/// The keys of what a Restricted user reads.
fn readable(user: UserId) -> [Value; 3] {
    [Principal::Everyone, Principal::User(user), Principal::Private(user)]
        .map(|principal| Value::Bytes(key::of_principal(principal)))
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
    let key = |principal: Principal| Value::Bytes(key::of_principal(principal));
    let removed = removed.iter().map(|(principal, document)| (key(*principal), Value::Uuid(document.uuid())));
    bulk::delete_pairs(tx, "audience", ("principal", "document"), org, removed.collect()).await?;
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
    let text = "select source, target from link where org_id = $1 and source_kind = $2 and source in LIST";
    let fixed = [Value::Uuid(org.uuid()), Value::Int(i64::from(kind.0))];
    let rows: Vec<(Uuid, Uuid)> = bulk::fetch(conn, text, &fixed, uuids(sources)).await?;
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
    let text = "delete from link where org_id = $1 and source in LIST";
    bulk::write(tx, text, &[Value::Uuid(org.uuid())], uuids(&sources)).await?;
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

/// The paths by which these documents are seen.
///
/// # Errors
/// Of the database.
pub async fn paths(conn: &mut Conn, org: OrgId, documents: &[DocumentId]) -> Result<Paths, StoreError> {
    let text =
        "select document, principal, direct, paths from visibility where org_id = $1 and document in LIST";
    let rows = bulk::fetch(conn, text, &[Value::Uuid(org.uuid())], uuids(documents)).await?;
    rows.into_iter().map(path).collect()
}

/// Some of the paths by which documents are seen; one that has no row is left out.
///
/// # Errors
/// Of the database.
pub async fn some_paths(
    conn: &mut Conn,
    org: OrgId,
    wanted: impl Iterator<Item = (DocumentId, Principal)>,
) -> Result<Paths, StoreError> {
    let wanted = wanted
        .map(|(document, principal)| {
            (Value::Uuid(document.uuid()), Value::Bytes(key::of_principal(principal)))
        })
        .collect();
    let head = "select document, principal, direct, paths from visibility";
    let rows = bulk::fetch_pairs(conn, head, ("document", "principal"), org, wanted).await?;
    rows.into_iter().map(path).collect()
}

/// Those of these documents to which a path leads.
///
/// # Errors
/// Of the database.
pub async fn with_paths(
    conn: &mut Conn,
    org: OrgId,
    documents: &[DocumentId],
) -> Result<BTreeSet<DocumentId>, StoreError> {
    // Not `distinct`: a document may have many paths, and one of them matters.
    let text = "select d.id from document d where d.org_id = $1 and d.id in LIST and exists (select 1 \
                from visibility v where v.org_id = d.org_id and v.document = d.id and v.paths > 0)";
    let rows: Vec<(Uuid,)> = bulk::fetch(conn, text, &[Value::Uuid(org.uuid())], uuids(documents)).await?;
    Ok(rows.into_iter().map(|(document,)| document.into()).collect())
}

fn path(row: (Uuid, Vec<u8>, i64, i64)) -> Result<((DocumentId, Principal), Count), StoreError> {
    let (document, principal, direct, all) = row;
    Ok(((document.into(), key::principal(&principal)?), Count { direct, all }))
}

/// By how many principals' cards each of these documents is linked directly; one that is by none is left
/// out.
///
/// # Errors
/// Of the database.
pub async fn linking_principals(
    conn: &mut Conn,
    org: OrgId,
    documents: &[DocumentId],
) -> Result<BTreeMap<DocumentId, usize>, StoreError> {
    let text = "select document, count(*) from visibility where org_id = $1 and direct > 0 \
                and document in LIST group by document";
    let rows: Vec<(Uuid, i64)> =
        bulk::fetch(conn, text, &[Value::Uuid(org.uuid())], uuids(documents)).await?;
    Ok(rows
        .into_iter()
        .map(|(id, count)| (id.into(), usize::try_from(count).unwrap_or(usize::MAX)))
        .collect())
}

/// Sets numbers of paths.
///
/// # Errors
/// Of the database.
pub async fn put_paths(tx: &mut Tx, org: OrgId, paths: &Paths) -> Result<(), StoreError> {
    let values: Vec<Value> = paths
        .iter()
        .flat_map(|((document, principal), count)| {
            [
                Value::Uuid(org.uuid()),
                Value::Uuid(document.uuid()),
                Value::Bytes(key::of_principal(*principal)),
                Value::Int(count.direct),
                Value::Int(count.all),
            ]
        })
        .collect();
    bulk::insert(
        tx,
        "insert into visibility (org_id, document, principal, direct, paths)",
        5,
        &values,
        "on conflict (org_id, document, principal) do update set direct = excluded.direct, \
         paths = excluded.paths",
    )
    .await?;
    Ok(())
}
