//! The log as it is looked through to see whether it is whole.

use roadbook_domain::document::change::{Actor, ChangeHash};
use roadbook_domain::document::{Origin, Signature};
use roadbook_domain::value::id::{DocumentId, OrgId};
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use super::db::on;
use super::log::{EntryKind, link, origin, signature};
use super::{Conn, StoreError};

/// An entry as it is looked at to see whether the log is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its place in the log.
    pub seq: i64,
    /// What it is.
    pub entry: EntryKind,
    /// The document, or the settings row's id.
    pub document: Uuid,
    /// The document type, or the kind of the settings row.
    pub kind: i64,
    /// The change's hash, or one over what the entry says.
    pub hash: Vec<u8>,
    /// The chain up to it.
    pub chain: Vec<u8>,
    /// The change's one byte string; empty for other entries, and where a document was purged.
    pub bytes: Vec<u8>,
    /// When it was written.
    pub received_at: Timestamp,
}

/// What the log says of a change beside its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its hash.
    pub hash: ChangeHash,
    /// Its actor.
    pub actor: Actor,
    /// Its number among the changes of that actor.
    pub number: u32,
    /// Who made it.
    pub by: Signature,
    /// The act it was part of.
    pub origin: Option<Origin>,
    /// When the server took it.
    pub received_at: Timestamp,
}

/// The entries after `after`, in order, `limit` of them at most, for a look at the whole log.
///
/// # Errors
/// Of the database.
pub async fn linked(conn: &mut Conn, org: OrgId, after: i64, limit: i64) -> Result<Vec<Linked>, StoreError> {
    let rows: Vec<LinkedRow> = on!(conn, |c| {
        sqlx::query_as(
        "select seq, entry, document, kind, hash, chain, bytes, received_at from log where org_id = $1 and seq > $2 \
         order by seq limit $3"
    )
    .bind(org.uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(c)
    .await
    })?;
    rows.into_iter()
        .map(|(seq, entry, document, kind, hash, chain, bytes, received_at)| {
            let (entry, received_at) = (EntryKind::of(entry)?, Timestamp::from_millis(received_at));
            Ok(Linked { seq, entry, document, kind, hash, chain, bytes, received_at })
        })
        .collect()
}

/// Whether what stood at a document's id was moved to another id after an entry of the log.
///
/// # Errors
/// Of the database.
pub async fn has_moved(
    conn: &mut Conn,
    org: OrgId,
    document: DocumentId,
    after: i64,
) -> Result<bool, StoreError> {
    // The entries of one document are few. `+` keeps SQLite from reading the whole log from there on.
    let moved: Option<i64> = on!(conn, |c| sqlx::query_scalar(
        "select seq from log where org_id = $1 and document = $2 and entry = $4 and +seq > $3 limit 1"
    )
    .bind(org.uuid())
    .bind(document.uuid())
    .bind(after)
    .bind(EntryKind::Moved.code())
    .fetch_optional(c)
    .await)?;
    Ok(moved.is_some())
}

/// What the log says of the changes of one document from an entry on.
///
/// # Errors
/// Of the database.
pub async fn made_from(
    conn: &mut Conn,
    org: OrgId,
    document: DocumentId,
    from: i64,
) -> Result<Vec<Made>, StoreError> {
    // As above.
    let rows: Vec<MadeRow> = on!(conn, |c| sqlx::query_as(
        "select hash, actor, actor_seq, author, device, origin_kind, origin_id, received_at from log \
         where org_id = $1 and document = $2 and +seq >= $3 and entry in ($4, $5)"
    )
    .bind(org.uuid())
    .bind(document.uuid())
    .bind(from)
    .bind(EntryKind::Change.code())
    .bind(EntryKind::Create.code())
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|(hash, actor, number, author, device, origin_kind, origin_id, received_at)| {
            let unreadable = || StoreError::Unreadable("an entry of the log");
            Ok(Made {
                hash: ChangeHash(hash.try_into().map_err(|_| unreadable())?),
                actor: Actor(actor.try_into().map_err(|_| unreadable())?),
                number: u32::try_from(number).map_err(|_| unreadable())?,
                by: signature(author, device),
                origin: origin(origin_kind, origin_id)?,
                received_at: Timestamp::from_millis(received_at),
            })
        })
        .collect()
}

impl Linked {
    /// Whether its chain goes on from the one before it.
    pub fn follows(&self, chain: &[u8]) -> bool {
        link(chain, self.seq, (self.entry, self.document, &self.hash)) == self.chain
    }
}

/// Hash, actor, its number, author, device, kind and id of the act, and when it was received.
type MadeRow = (Vec<u8>, Vec<u8>, i64, Uuid, Uuid, i64, Vec<u8>, i64);

/// Number, kind of entry, document, kind, hash, chain, bytes, and when it was written.
type LinkedRow = (i64, i16, Uuid, i64, Vec<u8>, Vec<u8>, Vec<u8>, i64);
