//! Edits that the server has not taken, as they lie in the file: to be moved out of a damaged one, or away from
//! the eyes of who works in the file next.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use roadbook_domain::document::change::Change;
use roadbook_domain::document::{DocumentType, DocumentTypeId, is_reserved};
use roadbook_domain::value::id::DocumentId;
use rusqlite::{Connection, Row, Transaction};

use super::documents::{self, Base};
use crate::error::Error;

/// A row of the outbox or of the quarantine, whether its bytes make sense or not.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) enum Kept {
    /// An unsent change.
    #[n(0)]
    Unsent(#[n(0)] Unsent),
    /// An edit in the quarantine.
    #[n(1)]
    Quarantined(#[n(0)] Quarantined),
}

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Unsent {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub document: Vec<u8>,
    #[n(1)]
    pub kind: i64,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub hash: Vec<u8>,
    #[cbor(n(3), with = "minicbor::bytes")]
    pub change: Vec<u8>,
    #[n(4)]
    pub origin: Option<ByteVec>,
    #[n(5)]
    pub made_at: i64,
    #[n(6)]
    pub original: Option<ByteVec>,
}

/// A row of the quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Quarantined {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub document: Vec<u8>,
    #[n(1)]
    pub kind: i64,
    #[n(2)]
    pub title: String,
    #[cbor(n(3), with = "minicbor::bytes")]
    pub edits: Vec<u8>,
    #[cbor(n(4), with = "minicbor::bytes")]
    pub change: Vec<u8>,
    #[cbor(n(5), with = "minicbor::bytes")]
    pub reason: Vec<u8>,
    #[n(6)]
    pub made_at: i64,
    #[n(7)]
    pub at: i64,
    #[n(8)]
    pub original: Option<ByteVec>,
}

pub(crate) const UNSENT: &str =
    "SELECT document, kind, hash, change, origin, made_at, original FROM outbox ORDER BY n";
pub(crate) const QUARANTINED: &str =
    "SELECT document, kind, title, edits, change, reason, made_at, at, original FROM quarantine ORDER BY n";

/// Reads a row of [`UNSENT`].
pub(crate) fn unsent(row: &Row<'_>) -> rusqlite::Result<Unsent> {
    Ok(Unsent {
        document: row.get(0)?,
        kind: row.get(1)?,
        hash: row.get(2)?,
        change: row.get(3)?,
        origin: row.get::<_, Option<Vec<u8>>>(4)?.map(ByteVec::from),
        made_at: row.get(5)?,
        original: row.get::<_, Option<Vec<u8>>>(6)?.map(ByteVec::from),
    })
}

/// Reads a row of [`QUARANTINED`].
pub(crate) fn quarantined(row: &Row<'_>) -> rusqlite::Result<Quarantined> {
    Ok(Quarantined {
        document: row.get(0)?,
        kind: row.get(1)?,
        title: String::from_utf8_lossy(row.get_ref(2)?.as_bytes()?).into_owned(),
        edits: row.get(3)?,
        change: row.get(4)?,
        reason: row.get(5)?,
        made_at: row.get(6)?,
        at: row.get(7)?,
        original: row.get::<_, Option<Vec<u8>>>(8)?.map(ByteVec::from),
    })
}

/// All that the server has not taken: the outbox in its order, then the quarantine.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Kept>, Error> {
    let mut statement = connection.prepare(UNSENT)?;
    let outbox = statement.query_map([], |row| Ok(Kept::Unsent(unsent(row)?)))?;
    let mut all = outbox.collect::<Result<Vec<_>, _>>()?;
    all.extend(held(connection)?);
    Ok(all)
}

/// All in the quarantine.
pub(crate) fn held(connection: &Connection) -> Result<Vec<Kept>, Error> {
    let mut statement = connection.prepare(QUARANTINED)?;
    let held = statement.query_map([], |row| Ok(Kept::Quarantined(quarantined(row)?)))?;
    Ok(held.collect::<Result<_, _>>()?)
}

/// Puts an edit where it lay. A document that was made by it is here again, with rows to be made by
/// [`Client::rebuild_some`](crate::Client::rebuild_some); others come with the next exchange.
pub(crate) fn put(tx: &Transaction<'_>, kept: &Kept) -> Result<(), Error> {
    match kept {
        Kept::Unsent(unsent) => {
            let Unsent { document, kind, hash, change, origin, made_at, original } = unsent;
            let (origin, original) = (origin.as_ref(), original.as_ref());
            tx.prepare_cached(
                "INSERT OR IGNORE INTO outbox (document, kind, hash, change, origin, made_at, original)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                document,
                kind,
                hash,
                change,
                origin.map(|bytes| bytes.as_slice()),
                made_at,
                original.map(|bytes| bytes.as_slice()),
            ))?;
            make_document(tx, unsent)
        }
        Kept::Quarantined(held) => {
            let Quarantined { document, kind, title, edits, change, reason, made_at, at, original } = held;
            let original = original.as_ref().map(|bytes| bytes.as_slice());
            tx.prepare_cached(
                "INSERT INTO quarantine (document, kind, title, edits, change, reason, made_at, at, original)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute((document, kind, title, edits, change, reason, made_at, at, original))?;
            Ok(())
        }
    }
}

/// The document of a change that follows nothing but its genesis.
fn make_document(tx: &Transaction<'_>, unsent: &Unsent) -> Result<(), Error> {
    let (Ok(id), Ok(kind)) = (<[u8; 16]>::try_from(unsent.document.as_slice()), u16::try_from(unsent.kind))
    else {
        return Ok(());
    };
    let (id, kind) = (DocumentId::from_bytes(id), DocumentTypeId(kind));
    let Ok(change) = Change::from_stored(&unsent.change) else { return Ok(()) };
    let genesis = DocumentType::get(kind).map(DocumentType::genesis_hash);
    let is_first = !is_reserved(change.actor) && genesis.is_some_and(|genesis| change.deps == [genesis]);
    if is_first && !documents::exists(tx, id)? {
        documents::put(tx, id, &Base::unsent(kind))?;
        documents::mark_stale(tx, id)?;
    }
    Ok(())
}
