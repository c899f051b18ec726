//! The acknowledged base of every document: what the server has acknowledged, and nothing else.
//!
//! A base is a saved document plus the changes acknowledged since (its tail), which are folded into
//! the saved form once there are [`MOST_TAIL`] of them, or too many for a list of few. Heads, author table
//! and digest move with it in the same transaction.

use roadbook_domain::document::change::{Change, ChangeHash};
use roadbook_domain::document::digest::{self, Digest};
use roadbook_domain::document::{AuthorTable, Origin, Signature};
use roadbook_domain::document::{Document, DocumentError};
use roadbook_domain::document::{DocumentType, DocumentTypeId};
use roadbook_domain::read::projection;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::Bundle;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::meta::{self, Key};
use crate::error::Error;

/// The version of [`projection`] that made the rows.
pub(crate) const PROJECTION_VERSION: Key<u32> = Key::new("projection_version");

/// How many acknowledged changes wait to be folded into the saved document.
pub(crate) const MOST_TAIL: u32 = 16;

/// What this device holds of a document, unsent changes apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// Its document type; it may be one that this version does not know.
    pub kind: DocumentTypeId,
    /// The saved document, without the tail; empty: its genesis change alone.
    pub saved: Vec<u8>,
    /// The heads of saved and tail together, ascending; empty: nothing is acknowledged.
    pub heads: Vec<ChangeHash>,
    /// Who made the acknowledged changes.
    pub authors: AuthorTable,
    /// The server's receipt for exactly these heads, if it gave one.
    pub receipt: Option<[u8; 16]>,
    /// The log's sequence up to which entries are in it.
    pub as_of: u64,
}

impl Base {
    /// The base of a document that was made here and is wholly unsent.
    pub fn unsent(kind: DocumentTypeId) -> Self {
        Self {
            kind,
            saved: Vec::new(),
            heads: Vec::new(),
            authors: AuthorTable::default(),
            receipt: None,
            as_of: 0,
        }
    }

    /// The base that a bundle brings.
    pub fn of_bundle(bundle: &Bundle) -> Self {
        Self {
            kind: bundle.kind,
            saved: bundle.saved.clone(),
            heads: bundle.heads.clone(),
            authors: bundle.authors.clone(),
            receipt: Some(*bundle.receipt),
            as_of: bundle.as_of,
        }
    }
}

/// A change the server has committed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acknowledged<'a> {
    /// Its document.
    pub document: DocumentId,
    /// Its hash.
    pub hash: ChangeHash,
    /// The change.
    pub change: &'a Change,
    /// Its author.
    pub by: &'a Signature,
    /// What act it was part of.
    pub origin: Option<Origin>,
    /// Its place in the log.
    pub seq: u64,
    /// When the server took it.
    pub received_at: Timestamp,
}

/// The base of a document, if this device has it.
///
/// # Errors
/// [`Error::Unreadable`] if what is stored is damaged.
pub(crate) fn get(connection: &Connection, id: DocumentId) -> Result<Option<Base>, Error> {
    let sql = "SELECT kind, saved, heads, authors, receipt, as_of FROM document WHERE id = ?1";
    let row = connection.prepare_cached(sql)?.query_row([id.as_bytes()], read).optional()?;
    row.transpose().map_err(|error| match error {
        Error::Stored(_) => Error::Unreadable(id, error.to_string()),
        other => other,
    })
}

/// The changes of a base that are not yet in its saved form, in order of arrival.
pub(crate) fn tail(connection: &Connection, id: DocumentId) -> Result<Vec<(ChangeHash, Change)>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT hash, change FROM base_change WHERE document = ?1 ORDER BY n")?;
    let mut rows = statement.query([id.as_bytes()])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let change = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        changes.push((ChangeHash(row.get(0)?), Change::from_stored(change)?));
    }
    Ok(changes)
}

/// The document of a base.
///
/// # Errors
/// [`Error::OtherType`] for a type that this version does not know; [`Error::Unreadable`] if what is stored
/// is damaged.
pub(crate) fn load(connection: &Connection, id: DocumentId, base: &Base) -> Result<Document, Error> {
    load_sound(connection, id, base).map_err(|error| match error {
        Error::Document(_) | Error::Change(_) => Error::Unreadable(id, error.to_string()),
        other => other,
    })
}

fn load_sound(connection: &Connection, id: DocumentId, base: &Base) -> Result<Document, Error> {
    let kind = DocumentType::get(base.kind).ok_or(Error::OtherType(base.kind))?;
    let mut document =
        if base.saved.is_empty() { Document::new(kind) } else { Document::load_stored(kind, &base.saved)? };
    document.add_stored(tail(connection, id)?)?;
    // Damaged bytes can still decode to some document. The heads tell whether it is the right one.
    if !base.heads.is_empty() && document.heads() != base.heads {
        return Err(DocumentError::WrongHash.into());
    }
    Ok(document)
}

/// Stores a base, in place of the one before and its tail.
pub(crate) fn put(tx: &Transaction<'_>, id: DocumentId, base: &Base) -> Result<(), Error> {
    // Read before the row is replaced: the digest must lose exactly the term that it once gained.
    let before = term(tx, id)?;
    if before.is_some() {
        tx.prepare_cached("DELETE FROM base_change WHERE document = ?1")?.execute([id.as_bytes()])?;
    }
    let after = (!base.heads.is_empty()).then(|| digest::term(id, &base.heads));
    tx.prepare_cached(
        "INSERT INTO document (id, kind, saved, heads, authors, receipt, as_of, term)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT DO UPDATE SET kind = ?2, saved = ?3, heads = ?4, authors = ?5, receipt = ?6,
           as_of = ?7, term = ?8, damage = NULL",
    )?
    .execute((
        id.as_bytes(),
        base.kind.0,
        &base.saved,
        to_bytes(&base.heads),
        encode(&base.authors)?,
        base.receipt,
        signed(base.as_of),
        after,
    ))?;
    move_digest(tx, before.flatten(), after)
}

/// Adds an acknowledged change to the tail of its document, whose dependencies are there; `document` is
/// the base with the change.
pub(crate) fn append(tx: &Transaction<'_>, new: &Acknowledged<'_>, document: &Document) -> Result<(), Error> {
    let id = new.document;
    let mut base = get(tx, id)?.ok_or(Error::NoDocument(id))?;
    let before = term(tx, id)?.flatten();
    base.heads.retain(|head| !new.change.deps.contains(head));
    base.heads.push(new.hash);
    base.heads.sort_unstable();
    base.authors.push((new.change.actor, new.change.seq), new.by, new.origin, new.received_at);
    let after = digest::term(id, &base.heads);

    let n: u32 = tx
        .prepare_cached("SELECT coalesce(max(n), 0) + 1 FROM base_change WHERE document = ?1")?
        .query_row([id.as_bytes()], |row| row.get(0))?;
    tx.prepare_cached("INSERT INTO base_change (document, n, hash, change) VALUES (?1, ?2, ?3, ?4)")?
        .execute((id.as_bytes(), n, new.hash.0, new.change.to_bytes()))?;
    // A receipt is for exactly one set of heads, so the receipt of the state before is worth nothing now.
    tx.prepare_cached(
        "UPDATE document SET heads = ?2, authors = ?3, as_of = max(as_of, ?4), term = ?5, receipt = NULL
         WHERE id = ?1",
    )?
    .execute((id.as_bytes(), to_bytes(&base.heads), encode(&base.authors)?, signed(new.seq), after))?;
    move_digest(tx, before, Some(after))?;
    // A list that is a list no more with its tail would be built for automerge at every opening.
    let outgrown = (base.saved.is_empty() || projection::are_told_by(&base.saved)) && !document.is_list();
    if n > MOST_TAIL || outgrown { fold(tx, id, document) } else { Ok(()) }
}

/// Stores the server's receipt for the present heads.
pub(crate) fn set_receipt(tx: &Transaction<'_>, id: DocumentId, receipt: [u8; 16]) -> Result<(), Error> {
    tx.prepare_cached("UPDATE document SET receipt = ?2 WHERE id = ?1")?.execute((id.as_bytes(), receipt))?;
    Ok(())
}

/// Forgets which entries the bases hold: the log begins anew, as after a server's loss.
pub(crate) fn reset_as_of(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.execute("UPDATE document SET as_of = 0", [])?;
    Ok(())
}

/// Deletes a base with its tail. Outbox and projections are others' to delete.
pub(crate) fn remove(tx: &Transaction<'_>, id: DocumentId) -> Result<(), Error> {
    let before = term(tx, id)?.flatten();
    tx.prepare_cached("DELETE FROM base_change WHERE document = ?1")?.execute([id.as_bytes()])?;
    tx.prepare_cached("DELETE FROM document WHERE id = ?1")?.execute([id.as_bytes()])?;
    move_digest(tx, before, None)
}

/// Marks a document as not to be trusted until the server has sent it anew.
pub(crate) fn mark_damaged(tx: &Transaction<'_>, id: DocumentId, reason: &str) -> Result<(), Error> {
    tx.prepare_cached("UPDATE document SET damage = ?2 WHERE id = ?1")?.execute((id.as_bytes(), reason))?;
    Ok(())
}

/// Documents to be sent anew, at most `limit`.
pub(crate) fn damaged(connection: &Connection, limit: u32) -> Result<Vec<DocumentId>, Error> {
    let sql = "SELECT id FROM document WHERE damage IS NOT NULL ORDER BY id LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map([limit], |row| Ok(DocumentId::from_bytes(row.get(0)?)))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Marks the rows of a document as another version's, to be made anew in the background.
pub(crate) fn mark_stale(tx: &Transaction<'_>, id: DocumentId) -> Result<(), Error> {
    tx.prepare_cached("UPDATE document SET stale = 1 WHERE id = ?1")?.execute([id.as_bytes()])?;
    Ok(())
}

/// Marks the rows of all documents as another version's.
fn mark_all_stale(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.execute("UPDATE document SET stale = 1", [])?;
    Ok(())
}

/// Whether another version of this crate made the rows.
pub(crate) fn is_behind(connection: &Connection) -> Result<bool, Error> {
    Ok(meta::get(connection, &PROJECTION_VERSION)? != Some(projection::VERSION))
}

/// Marks all rows as stale if another version of this crate made them.
pub(crate) fn follow_projection_version(tx: &Transaction<'_>) -> Result<(), Error> {
    if is_behind(tx)? {
        mark_all_stale(tx)?;
        meta::set(tx, &PROJECTION_VERSION, &projection::VERSION)?;
    }
    Ok(())
}

/// Documents whose rows are to be made anew, at most `limit`.
pub(crate) fn stale(connection: &Connection, limit: u32) -> Result<Vec<DocumentId>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT id FROM document WHERE stale = 1 ORDER BY id LIMIT ?1")?;
    let ids = statement.query_map([limit], |row| row.get(0).map(DocumentId::from_bytes))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Whether the rows of a document are to be made anew.
pub(crate) fn is_stale(connection: &Connection, id: DocumentId) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM document WHERE id = ?1 AND stale = 1";
    Ok(connection.prepare_cached(sql)?.exists([id.as_bytes()])?)
}

/// Notes that the rows of a document are this version's.
pub(crate) fn clear_stale(tx: &Transaction<'_>, id: DocumentId) -> Result<(), Error> {
    tx.prepare_cached("UPDATE document SET stale = 0 WHERE id = ?1")?.execute([id.as_bytes()])?;
    Ok(())
}

/// Whether this device holds a document.
pub(crate) fn exists(connection: &Connection, id: DocumentId) -> Result<bool, Error> {
    Ok(connection.prepare_cached("SELECT 1 FROM document WHERE id = ?1")?.exists([id.as_bytes()])?)
}

/// The document of a type of which a user has one, if it is here.
pub(crate) fn first_of_kind(
    connection: &Connection,
    kind: DocumentTypeId,
) -> Result<Option<DocumentId>, Error> {
    let mut statement = connection
        .prepare_cached("SELECT id FROM document WHERE kind = ?1 AND kind > 2 ORDER BY id LIMIT 1")?;
    Ok(statement.query_row([kind.0], |row| row.get(0).map(DocumentId::from_bytes)).optional()?)
}

/// All documents with their types, by id.
pub(crate) fn all(connection: &Connection) -> Result<Vec<(DocumentId, DocumentTypeId)>, Error> {
    let mut statement = connection.prepare_cached("SELECT id, kind FROM document ORDER BY id")?;
    let ids = statement
        .query_map([], |row| Ok((DocumentId::from_bytes(row.get(0)?), DocumentTypeId(row.get(1)?))))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// The digest terms of all documents with acknowledged heads, by id.
pub(crate) fn terms(connection: &Connection) -> Result<Vec<(DocumentId, [u8; 16])>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT id, term FROM document WHERE term IS NOT NULL ORDER BY id")?;
    let terms = statement.query_map([], |row| Ok((DocumentId::from_bytes(row.get(0)?), row.get(1)?)))?;
    Ok(terms.collect::<Result<_, _>>()?)
}

/// The digest of all documents that this device holds, by their acknowledged heads.
pub(crate) fn digest(connection: &Connection) -> Result<Digest, Error> {
    meta::digest(connection)?.map_or_else(|| sum(connection), Ok)
}

/// The digest, counted anew.
pub(super) fn sum(connection: &Connection) -> Result<Digest, Error> {
    let mut digest = Digest::default();
    terms(connection)?.into_iter().for_each(|(_, term)| digest.add(term));
    Ok(digest)
}

/// Hashes end to end.
pub(crate) fn to_bytes(hashes: &[ChangeHash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Hashes put end to end by [`to_bytes`].
pub(crate) fn to_hashes(bytes: &[u8]) -> Result<Vec<ChangeHash>, Error> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() {
        Ok(hashes.iter().copied().map(ChangeHash).collect())
    } else {
        Err(Error::Stored("list of hashes"))
    }
}

fn fold(tx: &Transaction<'_>, id: DocumentId, document: &Document) -> Result<(), Error> {
    tx.prepare_cached("UPDATE document SET saved = ?2 WHERE id = ?1")?
        .execute((id.as_bytes(), document.save()))?;
    tx.prepare_cached("DELETE FROM base_change WHERE document = ?1")?.execute([id.as_bytes()])?;
    Ok(())
}

/// The digest term of a document: `None` if it is not here, `Some(None)` if it does not count.
fn term(connection: &Connection, id: DocumentId) -> Result<Option<Option<[u8; 16]>>, Error> {
    let mut statement = connection.prepare_cached("SELECT term FROM document WHERE id = ?1")?;
    Ok(statement.query_row([id.as_bytes()], |row| row.get(0)).optional()?)
}

fn move_digest(tx: &Transaction<'_>, from: Option<[u8; 16]>, to: Option<[u8; 16]>) -> Result<(), Error> {
    if from == to {
        return Ok(());
    }
    // What is counted anew has the new term already.
    let Some(mut digest) = meta::digest(tx)? else { return meta::set_digest(tx, sum(tx)?) };
    if let Some(from) = from {
        digest.remove(from);
    }
    if let Some(to) = to {
        digest.add(to);
    }
    meta::set_digest(tx, digest)
}

// Two results in one: only a row that makes no sense marks its document as damaged, a full disk does not.
fn read(row: &Row<'_>) -> rusqlite::Result<Result<Base, Error>> {
    let (heads, authors, as_of): (Vec<u8>, Vec<u8>, i64) = (row.get(2)?, row.get(3)?, row.get(5)?);
    let base = Base {
        kind: DocumentTypeId(row.get(0)?),
        saved: row.get(1)?,
        heads: Vec::new(),
        authors: AuthorTable::default(),
        receipt: row.get(4)?,
        as_of: as_of.unsigned_abs(),
    };
    Ok(to_hashes(&heads).and_then(|heads| {
        let authors = minicbor::decode(&authors).map_err(|_| Error::Stored("author table"))?;
        Ok(Base { heads, authors, ..base })
    }))
}

fn encode(authors: &AuthorTable) -> Result<Vec<u8>, Error> {
    minicbor::to_vec(authors).map_err(|_| Error::Stored("author table"))
}

/// A log sequence as SQLite keeps it.
fn signed(seq: u64) -> i64 {
    // The sequence came from the network. An absurd one must not panic, and it only means "up to the end".
    i64::try_from(seq).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
