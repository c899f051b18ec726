//! Looking into a phone's file from outside: the laws do not rely on what the client says about it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use roadbook_domain::document::Document;
use roadbook_domain::document::change::{Change, ChangeHash};
use roadbook_domain::document::{AuthorTable, Origin, OriginKind};
use roadbook_domain::document::{DocumentType, DocumentTypeId};
use roadbook_domain::value::id::DocumentId;
use rusqlite::{Connection, OpenFlags};

use super::ledger::Versions;
use crate::failure::Failure;

/// A connection for reading.
#[derive(Debug)]
pub struct Peek(Connection);

/// An unsent change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Its document.
    pub document: DocumentId,
    /// The change.
    pub change: Change,
    /// The beginning of the hash of the change that it re-authors.
    pub reauthors: Option<[u8; 16]>,
}

/// What a phone holds of a document as acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its document type.
    pub kind: DocumentTypeId,
    /// Its acknowledged heads, ascending; none before the first acknowledgement.
    pub heads: Vec<ChangeHash>,
    /// Who made its changes.
    pub authors: AuthorTable,
    /// Whether the phone does not trust its own copy.
    pub is_damaged: bool,
}

impl Peek {
    /// Opens a phone's file.
    ///
    /// # Errors
    /// Of the database.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        Ok(Self(Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?))
    }

    /// What is unsent, by hash.
    ///
    /// # Errors
    /// Of the database, or a change that cannot be read.
    pub fn outbox(&self) -> Result<BTreeMap<ChangeHash, Unsent>, Failure> {
        let mut statement = self.0.prepare_cached("SELECT document, hash, change, origin FROM outbox")?;
        let mut rows = statement.query([])?;
        let mut outbox = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let origin: Option<Vec<u8>> = row.get(3)?;
            let origin: Option<Origin> = origin.and_then(|bytes| minicbor::decode(&bytes).ok());
            let unsent = Unsent {
                document: DocumentId::from_bytes(row.get(0)?),
                change: Change::from_bytes(&row.get::<_, Vec<u8>>(2)?)?,
                reauthors: origin.filter(|of| of.kind == OriginKind::REPLAYED).map(|of| of.id),
            };
            outbox.insert(ChangeHash(row.get(1)?), unsent);
        }
        Ok(outbox)
    }

    /// Number and hash of the unsent change that was made last.
    ///
    /// # Errors
    /// Of the database.
    pub fn last_unsent(&self) -> Result<Option<(i64, ChangeHash)>, Failure> {
        let sql = "SELECT n, hash FROM outbox ORDER BY n DESC LIMIT 1";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query_map([], |row| Ok((row.get(0)?, ChangeHash(row.get(1)?))))?;
        Ok(rows.next().transpose()?)
    }

    /// The changes that are acknowledged and unsent at once; none of a document that was spoiled.
    ///
    /// # Errors
    /// Of the database, or another document that cannot be read.
    pub fn known_and_unsent(&self) -> Result<BTreeSet<ChangeHash>, Failure> {
        let mut statement =
            self.0.prepare_cached("SELECT hash FROM outbox JOIN base_change USING (document, hash)")?;
        let hashes = statement.query_map([], |row| Ok(ChangeHash(row.get(0)?)))?;
        let mut both: BTreeSet<_> = hashes.collect::<Result<_, _>>()?;
        let sql = "SELECT document.kind, saved, hash FROM document JOIN outbox ON document = id
                   WHERE saved <> x'' ORDER BY id";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut last: Option<(Vec<u8>, Document)> = None;
        while let Some(row) = rows.next()? {
            let saved: Vec<u8> = row.get(1)?;
            if last.as_ref().is_none_or(|(of, _)| *of != saved) {
                let kind = DocumentType::get(DocumentTypeId(row.get(0)?))
                    .ok_or_else(|| Failure::new("document types are known", ""))?;
                last = if is_spoiled(&saved) {
                    None
                } else {
                    Some((saved.clone(), Document::load(kind, &saved)?))
                };
            }
            let hash = ChangeHash(row.get(2)?);
            both.extend(last.iter().filter(|(_, document)| document.contains(hash)).map(|_| hash));
        }
        Ok(both)
    }

    /// What the changes in the quarantine make again in another form: document and hash.
    ///
    /// # Errors
    /// Of the database.
    pub fn quarantined_again(&self) -> Result<Vec<(DocumentId, ChangeHash)>, Failure> {
        let sql = "SELECT document, original FROM quarantine WHERE original IS NOT NULL";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement
            .query_map([], |row| Ok((DocumentId::from_bytes(row.get(0)?), ChangeHash(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The changes in the quarantine: document and bytes.
    ///
    /// # Errors
    /// Of the database.
    pub fn quarantine(&self) -> Result<Vec<(DocumentId, Vec<u8>)>, Failure> {
        let mut statement = self.0.prepare_cached("SELECT document, change FROM quarantine ORDER BY n")?;
        let rows = statement.query_map([], |row| Ok((DocumentId::from_bytes(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The settings rows that a server once sent, with those that are pending re-uploads.
    ///
    /// # Errors
    /// Of the database.
    pub fn settings(&self) -> Result<Versions, Failure> {
        let sql = "SELECT kind, id, max(version) FROM (
                     SELECT kind, id, version FROM settings WHERE receipt IS NOT NULL
                     UNION ALL SELECT kind, id, version FROM pending_settings) GROUP BY kind, id";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What is acknowledged, by document.
    ///
    /// # Errors
    /// Of the database.
    pub fn documents(&self) -> Result<BTreeMap<DocumentId, Held>, Failure> {
        let sql = "SELECT id, kind, heads, damage IS NOT NULL, authors FROM document";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut documents = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let heads: Vec<u8> = row.get(2)?;
            let (heads, _) = heads.as_chunks::<32>();
            let heads = heads.iter().map(|head| ChangeHash(*head)).collect();
            let authors = minicbor::decode(&row.get::<_, Vec<u8>>(4)?)?;
            let held = Held { kind: DocumentTypeId(row.get(1)?), heads, authors, is_damaged: row.get(3)? };
            documents.insert(DocumentId::from_bytes(row.get(0)?), held);
        }
        Ok(documents)
    }

    /// Every change that the phone holds, acknowledged or not; nothing of a document that was spoiled.
    ///
    /// # Errors
    /// Of the database, or another document that cannot be read.
    pub fn changes(&self) -> Result<BTreeSet<ChangeHash>, Failure> {
        let mut changes: BTreeSet<_> = self.outbox()?.into_keys().collect();
        let sql = "SELECT hash FROM base_change WHERE change <> zeroblob(length(change))";
        let mut statement = self.0.prepare_cached(sql)?;
        let hashes = statement.query_map([], |row| Ok(ChangeHash(row.get(0)?)))?;
        changes.extend(hashes.collect::<Result<Vec<_>, _>>()?);
        let mut statement = self.0.prepare_cached("SELECT kind, saved FROM document WHERE saved <> x''")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let kind = DocumentType::get(DocumentTypeId(row.get(0)?))
                .ok_or_else(|| Failure::new("document types are known", ""))?;
            let saved: Vec<u8> = row.get(1)?;
            if !is_spoiled(&saved) {
                let saved = Document::load(kind, &saved)?;
                changes.extend(saved.changes_since(&[]).into_iter().map(|(hash, _)| hash));
            }
        }
        Ok(changes)
    }

    /// Whether the phone is to compare with the server what both hold.
    ///
    /// # Errors
    /// Of the database.
    pub fn reconciles(&self) -> Result<bool, Failure> {
        let mut statement = self.0.prepare_cached("SELECT value FROM meta WHERE key = 'reconcile'")?;
        let mut values = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(values.next().transpose()?.is_some_and(|value| value == [0xf5]))
    }

    /// The documents of a type that can be opened, by id.
    ///
    /// # Errors
    /// Of the database.
    pub fn ids(&self, kind: DocumentTypeId) -> Result<Vec<DocumentId>, Failure> {
        let mut statement = self.0.prepare_cached("SELECT id FROM document WHERE kind = ?1 ORDER BY id")?;
        let rows = statement.query_map([kind.0], |row| Ok(DocumentId::from_bytes(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Whether these bytes were overwritten by [`Phone::spoil`](super::phone::Phone::spoil).
fn is_spoiled(saved: &[u8]) -> bool {
    saved.iter().all(|byte| *byte == 0)
}
