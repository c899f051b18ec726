//! The log: every accepted change, change of audience, settings change and purge, in one order.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_lc_rs::digest::{Context, SHA256, digest};
use roadbook_domain::document::change::{Actor, ChangeHash};
use roadbook_domain::document::{DocumentTypeId, Origin, OriginKind, Signature};
use roadbook_domain::settings::SettingsRow;
use roadbook_domain::value::id::{DeviceId, DocumentId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::bulk::{self, Value};
use super::db::on;
use super::row::row;
use super::{Conn, StoreError, Tx, documents, key, organisation};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A change of a document that was there.
    Change,
    /// The first change of a document.
    Create,
    /// Others see a document than before, without a change of it.
    Audience,
    /// A settings row was written.
    Settings,
    /// A document was purged (C5).
    Purge,
    /// What stood at a document's id, where only another document may stand, is under another id now.
    Moved,
}

/// An entry to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// What it is.
    pub entry: EntryKind,
    /// Who reads it by scope ([`super::key::of_scope`]).
    pub feed: Vec<u8>,
    /// The document, or the settings row's id.
    pub document: Uuid,
    /// The document type, or the kind of the settings row.
    pub kind: u16,
    /// The change's hash, or one over what the entry says.
    pub hash: [u8; 32],
    /// The change's actor, and its number among the changes of that actor.
    pub actor: Option<(Actor, u32)>,
    /// Its author and device.
    pub by: Signature,
    /// The act it is part of.
    pub origin: Option<Origin>,
    /// When the server took it.
    pub received_at: Timestamp,
    /// The change's one byte string; empty for other entries.
    pub bytes: Vec<u8>,
}

/// An entry about a document, as far as a pull must know to decide what of it to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touched {
    /// Its place in the log.
    pub seq: i64,
    /// What it is.
    pub entry: EntryKind,
    /// The document.
    pub document: DocumentId,
    /// How many bytes its change has.
    pub size: u64,
    /// Whether the viewer saw the document before it.
    pub saw: bool,
    /// Whether the viewer sees the document after it.
    pub sees: bool,
}

/// A change as the log holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its place in the log.
    pub seq: i64,
    /// Its document.
    pub document: DocumentId,
    /// Its hash.
    pub hash: ChangeHash,
    /// Who made it.
    pub by: Signature,
    /// The act it was part of.
    pub origin: Option<Origin>,
    /// When the server took it.
    pub received_at: Timestamp,
    /// Its one byte string.
    pub bytes: Vec<u8>,
    /// The document as it is after this change, if that is how it is now.
    pub present: Option<Present>,
}

/// What the receipt of a document's present state is made over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Its document type.
    pub kind: DocumentTypeId,
    /// Its heads, ascending.
    pub heads: Vec<ChangeHash>,
    /// CBOR of its author table.
    pub authors: Vec<u8>,
}

/// Whom the entries are filed for that are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// Everybody who reads a scope, by its key.
    Feed(Vec<u8>),
    /// Everybody behind a principal, by its key.
    Principal(Vec<u8>),
}

/// The entries after a number that somebody reads, as far as they were looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tail {
    /// Those about documents, in order for each reader.
    pub touched: Vec<Touched>,
    /// Whether there is one about settings.
    pub has_settings: bool,
    /// The last entry up to which these are all; `None`: all there are.
    pub horizon: Option<i64>,
}

impl NewEntry {
    /// The entry of the purge of a document that is not there: nobody reads it by anything but staff's scope.
    pub fn purge(document: DocumentId, by: Signature, received_at: Timestamp) -> Self {
        Self {
            entry: EntryKind::Purge,
            feed: key::STAFF.to_vec(),
            document: document.uuid(),
            kind: 0,
            // An id is purged once, so this hash is no other's.
            hash: [0; 32],
            actor: None,
            by,
            origin: None,
            received_at,
            bytes: Vec::new(),
        }
    }

    /// The entry of a settings row that was just written.
    pub fn settings(row: &SettingsRow, by: Signature, received_at: Timestamp) -> Self {
        Self {
            entry: EntryKind::Settings,
            feed: Vec::new(),
            document: Uuid::from_bytes(*row.id.as_bytes()),
            kind: row.kind.code(),
            hash: hash_of(row),
            actor: None,
            by,
            origin: None,
            received_at,
            bytes: Vec::new(),
        }
    }
}

/// Writes entries in their order, and answers the first one's number; the others follow it.
///
/// Locks the organisation, so the numbers have no gaps and commits come in their order (R34).
///
/// # Errors
/// [`StoreError::Missing`] if there is no such organisation.
pub async fn append(tx: &mut Tx, org: OrgId, entries: &[NewEntry]) -> Result<i64, StoreError> {
    // Here too, whatever the caller did: numbers are only safe under the lock.
    let head = organisation::lock(tx, org).await?;
    let mut values = Vec::with_capacity(entries.len() * COLUMNS);
    let (mut seq, mut chain) = (head.seq, head.chain);
    for entry in entries {
        seq += 1;
        chain = link(&chain, seq, (entry.entry, entry.document, &entry.hash));
        values.extend(row(org, seq, &chain, entry));
    }
    bulk::insert(
        tx,
        "insert into log (org_id, seq, entry, feed, document, kind, hash, actor, actor_seq, author, device, \
         origin_kind, origin_id, received_at, chain, bytes)",
        COLUMNS,
        &values,
        "",
    )
    .await?;
    advance(tx, org, seq, &chain).await?;
    Ok(head.seq + 1)
}

/// What the log has for the hash of a settings row.
pub fn hash_of(row: &SettingsRow) -> [u8; 32] {
    let hash = digest(&SHA256, &minicbor::to_vec(row).unwrap_or_default());
    std::array::from_fn(|i| hash.as_ref().get(i).copied().unwrap_or_default())
}

async fn advance(tx: &mut Tx, org: OrgId, seq: i64, chain: &[u8]) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query("update organisation set seq = $2, chain = $3 where id = $1")
        .bind(org.uuid())
        .bind(seq)
        .bind(chain)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const COLUMNS: usize = 16;

/// The chain with one more entry. It covers no bytes, so that a purge may empty them.
pub(super) fn link(
    chain: &[u8],
    seq: i64,
    (entry, document, entry_hash): (EntryKind, Uuid, &[u8]),
) -> Vec<u8> {
    // All parts have fixed lengths, so no two entries give the same text.
    let mut hash = Context::new(&SHA256);
    hash.update(chain);
    hash.update(&seq.to_be_bytes());
    hash.update(&entry.code().to_be_bytes());
    hash.update(document.as_bytes());
    hash.update(entry_hash);
    hash.finish().as_ref().to_vec()
}

fn row(org: OrgId, seq: i64, chain: &[u8], entry: &NewEntry) -> [Value; COLUMNS] {
    let (actor, actor_seq) = match entry.actor {
        Some((actor, number)) => (actor.0.to_vec(), i64::from(number)),
        None => (Vec::new(), 0),
    };
    let origin = entry.origin;
    [
        Value::Uuid(org.uuid()),
        Value::Int(seq),
        Value::Small(entry.entry.code()),
        Value::Bytes(entry.feed.clone()),
        Value::Uuid(entry.document),
        Value::Int(i64::from(entry.kind)),
        Value::Bytes(entry.hash.to_vec()),
        Value::Bytes(actor),
        Value::Int(actor_seq),
        Value::Uuid(entry.by.user.map_or(Uuid::nil(), UserId::uuid)),
        Value::Uuid(entry.by.device.map_or(Uuid::nil(), DeviceId::uuid)),
        Value::Int(origin.map_or(0, |origin| i64::from(origin.kind.0))),
        Value::Bytes(origin.map(|origin| origin.id.to_vec()).unwrap_or_default()),
        Value::Int(entry.received_at.millis()),
        Value::Bytes(chain.to_vec()),
        Value::Bytes(entry.bytes.clone()),
    ]
}

/// The chain up to an entry; `None` if the log has no such entry.
///
/// # Errors
/// Of the database.
pub async fn chain_at(conn: &mut Conn, org: OrgId, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(on!(conn, |c| sqlx::query_scalar("select chain from log where org_id = $1 and seq = $2")
        .bind(org.uuid())
        .bind(seq)
        .fetch_optional(c)
        .await)?)
}

/// The entries after `after` for these readers, `limit` of them at most for each: one look-up, whoever reads.
///
/// # Errors
/// Of the database.
pub async fn tail(
    conn: &mut Conn,
    org: OrgId,
    readers: &[Reader],
    after: i64,
    limit: i64,
) -> Result<Tail, StoreError> {
    let mut text = String::new();
    for (place, reader) in readers.iter().enumerate() {
        // Each in its own order and with its own end.
        let (from, part) = match reader {
            Reader::Feed(_) => (
                "l",
                "l.seq as seq, l.entry as entry, l.document as document, true as saw, true as sees, \
                 cast(length(l.bytes) as bigint) as size from log l \
                 where l.org_id = $1 and l.feed",
            ),
            Reader::Principal(_) => (
                "f",
                "f.seq as seq, l.entry as entry, f.document as document, f.saw as saw, f.sees as sees, \
                 cast(length(l.bytes) as bigint) as size from fanout f \
                 join log l on l.org_id = f.org_id and l.seq = f.seq where f.org_id = $1 and f.principal",
            ),
        };
        let key = place + 4;
        // Writing into a `String` cannot fail.
        let _ = write!(
            text,
            "select * from (select cast({place} as smallint) as part, {part} = ${key} and {from}.seq > $2 \
             order by {from}.seq limit $3) as p{place} union all "
        );
    }
    text.push_str(
        "select * from (select cast(-1 as smallint), seq, cast(3 as smallint), id, true, true, \
         cast(0 as bigint) from settings where org_id = $1 and seq > $2 order by seq limit 1) as s",
    );
    let rows: Vec<(i16, i64, i16, Uuid, bool, bool, i64)> = on!(conn, |c| {
        let mut query = sqlx::query_as(AssertSqlSafe(text)).bind(org.uuid()).bind(after).bind(limit);
        for Reader::Feed(key) | Reader::Principal(key) in readers {
            query = query.bind(key.as_slice());
        }
        query.fetch_all(c).await
    })?;
    let mut tail = Tail::default();
    let mut last: BTreeMap<i16, (i64, i64)> = BTreeMap::new();
    for (part, seq, entry, document, saw, sees, size) in rows {
        if part < 0 {
            tail.has_settings = true;
            continue;
        }
        let (count, end) = last.entry(part).or_default();
        (*count, *end) = (*count + 1, seq.max(*end));
        let (entry, size) = (EntryKind::of(entry)?, size.unsigned_abs());
        let reader = usize::try_from(part).ok().and_then(|part| readers.get(part));
        let (saw, sees) = match reader {
            // Who reads by scope sees a document from its creation to its end.
            Some(Reader::Feed(_)) => (entry != EntryKind::Create, !entry.is_end()),
            _ => (saw, sees),
        };
        tail.touched.push(Touched { seq, entry, document: document.into(), size, saw, sees });
    }
    // A full part says nothing about what follows its last entry, so all of them are cut there.
    tail.horizon = last.into_values().filter(|(count, _)| *count >= limit).map(|(_, end)| end).min();
    if let Some(horizon) = tail.horizon {
        tail.touched.retain(|row| row.seq <= horizon);
    }
    Ok(tail)
}

/// The changes with these numbers, in order.
///
/// # Errors
/// Of the database.
pub async fn changes(conn: &mut Conn, org: OrgId, seqs: &[i64]) -> Result<Vec<Logged>, StoreError> {
    // The document beside its last change only: its authors may be more bytes than the change.
    let text = "select l.seq, l.document, l.hash, l.author, l.device, l.origin_kind, l.origin_id, l.received_at, \
                l.bytes, d.kind, d.heads, d.authors from log l left join document d \
                on d.org_id = l.org_id and d.id = l.document and d.as_of = l.seq \
                where l.org_id = $1 and l.seq in LIST order by l.seq";
    let listed = seqs.iter().copied().map(Value::Int).collect();
    let rows: Vec<Row> = bulk::fetch(conn, text, &[Value::Uuid(org.uuid())], listed).await?;
    rows.into_iter().map(Row::try_into).collect()
}

/// Where changes of one document stand in the log, of those that are in it, and which device sent each.
///
/// # Errors
/// Of the database.
pub async fn find(
    conn: &mut Conn,
    org: OrgId,
    document: DocumentId,
    hashes: &[ChangeHash],
) -> Result<Vec<(ChangeHash, i64, Option<DeviceId>)>, StoreError> {
    let text = "select hash, seq, device from log where org_id = $1 and document = $2 and hash in LIST";
    let listed = hashes.iter().map(|hash| Value::Bytes(hash.0.to_vec())).collect();
    let fixed = [Value::Uuid(org.uuid()), Value::Uuid(document.uuid())];
    let rows: Vec<(Vec<u8>, i64, Uuid)> = bulk::fetch(conn, text, &fixed, listed).await?;
    rows.into_iter()
        .map(|(hash, seq, device)| {
            let hash = hash.try_into().map_err(|_| StoreError::Unreadable("the hash of a change"))?;
            Ok((ChangeHash(hash), seq, (!device.is_nil()).then(|| device.into())))
        })
        .collect()
}

/// Empties the bytes of every change of a document (C5); numbers, hashes and the chain stay.
///
/// # Errors
/// Of the database.
pub async fn empty(tx: &mut Tx, org: OrgId, document: DocumentId) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query("update log set bytes = $3 where org_id = $1 and document = $2")
        .bind(org.uuid())
        .bind(document.uuid())
        .bind(Vec::<u8>::new())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

impl EntryKind {
    /// Its number in the log and in the chain.
    pub const fn code(self) -> i16 {
        match self {
            Self::Change => 0,
            Self::Create => 1,
            Self::Audience => 2,
            Self::Settings => 3,
            Self::Purge => 4,
            Self::Moved => 5,
        }
    }

    pub(super) fn of(code: i16) -> Result<Self, StoreError> {
        [Self::Change, Self::Create, Self::Audience, Self::Settings, Self::Purge, Self::Moved]
            .into_iter()
            .find(|kind| kind.code() == code)
            .ok_or(StoreError::Unreadable("the kind of an entry"))
    }

    /// Whether nobody sees the document after it.
    const fn is_end(self) -> bool {
        matches!(self, Self::Purge | Self::Moved)
    }

    /// Whether it holds a change.
    pub const fn is_change(self) -> bool {
        matches!(self, Self::Change | Self::Create)
    }
}

row! {
    struct Row {
        seq: i64,
        document: Uuid,
        hash: Vec<u8>,
        author: Uuid,
        device: Uuid,
        origin_kind: i64,
        origin_id: Vec<u8>,
        received_at: i64,
        bytes: Vec<u8>,
        kind: Option<i64>,
        heads: Option<Vec<u8>>,
        authors: Option<Vec<u8>>,
    }
}

impl TryFrom<Row> for Logged {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unreadable = || StoreError::Unreadable("an entry of the log");
        let present = match (row.kind, row.heads, row.authors) {
            (Some(kind), Some(heads), Some(authors)) => {
                let kind = DocumentTypeId(u16::try_from(kind).map_err(|_| unreadable())?);
                Some(Present { kind, heads: documents::hashes(&heads)?, authors })
            }
            _ => None,
        };
        Ok(Self {
            seq: row.seq,
            document: row.document.into(),
            hash: ChangeHash(row.hash.try_into().map_err(|_| unreadable())?),
            by: signature(row.author, row.device),
            origin: origin(row.origin_kind, row.origin_id)?,
            received_at: Timestamp::from_millis(row.received_at),
            bytes: row.bytes,
            present,
        })
    }
}

pub(super) fn signature(author: Uuid, device: Uuid) -> Signature {
    Signature {
        user: (!author.is_nil()).then(|| author.into()),
        device: (!device.is_nil()).then(|| device.into()),
    }
}

/// The act with this kind and id; kind 0 is a plain edit.
pub(super) fn origin(kind: i64, id: Vec<u8>) -> Result<Option<Origin>, StoreError> {
    let unreadable = || StoreError::Unreadable("an entry of the log");
    if kind == 0 {
        return Ok(None);
    }
    let kind = OriginKind(u16::try_from(kind).map_err(|_| unreadable())?);
    Ok(Some(Origin { kind, id: id.try_into().map_err(|_| unreadable())? }))
}
