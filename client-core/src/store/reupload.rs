//! Pending re-uploads beside documents: settings rows and tombstones that the server may have lost, with the
//! receipts that it gave for them.
//!
//! A row that is set aside for re-upload is no setting any more: the server's row holds until the server has
//! taken this one again.

use minicbor::bytes::ByteArray;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::{MAX_REUPLOADED_ROWS, ReceiptedRow, Tombstone, Verdict};
use rusqlite::{Connection, Transaction};

use crate::error::Error;

/// The bytes of a tombstone on the wire, about.
const TOMBSTONE: usize = 40;

/// What one request re-uploads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReuploadRows {
    pub tombstones: Vec<Tombstone>,
    /// None while there are tombstones: those come first.
    pub settings: Vec<ReceiptedRow>,
}

impl ReuploadRows {
    /// Whether it is nothing.
    pub fn is_empty(&self) -> bool {
        self.tombstones.is_empty() && self.settings.is_empty()
    }
}

/// Sets aside everything that the server may have lost. Of rows that were set aside before, the later
/// version stays.
pub(crate) fn set_aside(tx: &Transaction<'_>) -> Result<(), Error> {
    // Only rows with a receipt: a server that lost them takes nothing back without one.
    let statements = [
        "INSERT OR REPLACE INTO pending_tombstone (document) SELECT document FROM tombstone",
        "INSERT INTO pending_settings (kind, id, version, row, receipt)
         SELECT kind, id, version, row, receipt FROM settings WHERE receipt IS NOT NULL
         ON CONFLICT DO UPDATE SET version = excluded.version, row = excluded.row, receipt = excluded.receipt
         WHERE excluded.version > version",
    ];
    for statement in statements {
        tx.prepare_cached(statement)?.execute([])?;
    }
    Ok(())
}

/// The server has these rows, in these versions: re-uploads of earlier ones are pending no more, and these
/// are kept with their receipts.
pub(crate) fn received(tx: &Transaction<'_>, rows: &[ReceiptedRow]) -> Result<(), Error> {
    // Compared with the whole row: a receipt is for these bytes, and the row here may be another one.
    let mut receipted = tx.prepare_cached(
        "UPDATE settings SET receipt = ?5 WHERE kind = ?1 AND id = ?2 AND version = ?3 AND row = ?4",
    )?;
    let mut done =
        tx.prepare_cached("DELETE FROM pending_settings WHERE kind = ?1 AND id = ?2 AND version <= ?3")?;
    for ReceiptedRow { row, receipt } in rows {
        let version = i64::try_from(row.version).unwrap_or(i64::MAX);
        let bytes = minicbor::to_vec(row).map_err(|_| Error::Stored("settings row"))?;
        receipted.execute((row.kind.code(), row.id.as_bytes(), version, bytes, receipt.as_slice()))?;
        done.execute((row.kind.code(), row.id.as_bytes(), version))?;
    }
    Ok(())
}

/// Keeps the tombstone of a document, for ever.
pub(crate) fn bury(tx: &Transaction<'_>, tombstone: &Tombstone) -> Result<(), Error> {
    let document = tombstone.document.as_bytes();
    tx.prepare_cached(
        "INSERT INTO tombstone (document, receipt) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET receipt = ?2",
    )?
    .execute((document, tombstone.receipt.as_slice()))?;
    tx.prepare_cached("DELETE FROM pending_tombstone WHERE document = ?1")?.execute([document])?;
    Ok(())
}

/// Whether any re-upload is pending.
pub(crate) fn is_pending(connection: &Connection) -> Result<bool, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM pending_tombstone)
               OR EXISTS (SELECT 1 FROM pending_settings)";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// As many pending re-uploads as one request of about so many bytes may hold: tombstones, and when there are none,
/// settings.
pub(crate) fn first(connection: &Connection, bytes: usize) -> Result<ReuploadRows, Error> {
    let limit = i64::try_from(MAX_REUPLOADED_ROWS.min(bytes / TOMBSTONE).max(1)).unwrap_or(i64::MAX);
    let sql = "SELECT document, receipt FROM pending_tombstone JOIN tombstone USING (document)
               ORDER BY document LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([limit], |row| {
        let document = DocumentId::from_bytes(row.get(0)?);
        Ok(Tombstone { document, receipt: ByteArray::from(row.get::<_, [u8; 16]>(1)?) })
    })?;
    let tombstones: Vec<_> = rows.collect::<Result<_, _>>()?;
    let settings = if tombstones.is_empty() { first_settings(connection, limit, bytes)? } else { Vec::new() };
    Ok(ReuploadRows { tombstones, settings })
}

/// Takes the verdicts on re-uploads, in the same order; tells whether there were any. What the server
/// refuses it will always refuse: then the server's row holds.
pub(crate) fn judged(tx: &Transaction<'_>, sent: &ReuploadRows, verdicts: &[Verdict]) -> Result<bool, Error> {
    let (of_tombstones, of_rows) = verdicts.split_at(sent.tombstones.len().min(verdicts.len()));
    let tombstones = sent.tombstones.iter().zip(of_tombstones).filter(|(_, verdict)| is_judged(verdict));
    let rows = sent.settings.iter().zip(of_rows).filter(|(_, verdict)| is_judged(verdict));
    let mut any = false;
    for (tombstone, _) in tombstones {
        any = true;
        tx.prepare_cached("DELETE FROM pending_tombstone WHERE document = ?1")?
            .execute([tombstone.document.as_bytes()])?;
    }
    for (ReceiptedRow { row, .. }, _) in rows {
        any = true;
        let version = i64::try_from(row.version).unwrap_or(i64::MAX);
        // Exactly this version: a later one may have been set aside while the request was on its way.
        let sql = "DELETE FROM pending_settings WHERE kind = ?1 AND id = ?2 AND version = ?3";
        tx.prepare_cached(sql)?.execute((row.kind.code(), row.id.as_bytes(), version))?;
    }
    Ok(any)
}

fn is_judged(verdict: &Verdict) -> bool {
    if let Verdict::Refused(code) = verdict {
        tracing::warn!(refusal = ?code, "the server refuses what it had lost");
    }
    // A word of a newer server may mean anything: what is pending stays so, and is tried again.
    !matches!(verdict, Verdict::NotReached | Verdict::Other(_))
}

fn first_settings(connection: &Connection, limit: i64, most: usize) -> Result<Vec<ReceiptedRow>, Error> {
    let sql = "SELECT row, receipt FROM pending_settings ORDER BY kind, id LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([limit])?;
    let (mut first, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let encoded = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        bytes += encoded.len();
        // A row that is too large by itself is sent all the same, or those after it would wait for ever.
        if bytes > most && !first.is_empty() {
            break;
        }
        let receipt = ByteArray::from(row.get::<_, [u8; 16]>(1)?);
        let row = minicbor::decode(encoded).map_err(|_| Error::Stored("settings row"))?;
        first.push(ReceiptedRow { row, receipt });
    }
    Ok(first)
}
