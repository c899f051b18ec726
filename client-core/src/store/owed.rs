//! What the server may have lost beside documents: settings rows and tombstones, with its receipts.
//!
//! A row that was set aside is no setting any more: the server's word holds until it took the row back.

use minicbor::bytes::ByteArray;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::{MAX_GIVEN_BACK, MAX_PUSH_BYTES, ReceiptedRow, Tombstone, Verdict};
use rusqlite::{Connection, Transaction};

use crate::error::Error;

/// What one request gives back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Owed {
    pub tombstones: Vec<Tombstone>,
    /// None while there are tombstones: those come first.
    pub settings: Vec<ReceiptedRow>,
}

impl Owed {
    /// Whether it is nothing.
    pub fn is_empty(&self) -> bool {
        self.tombstones.is_empty() && self.settings.is_empty()
    }
}

/// Sets aside everything that the server may have lost. Of rows that were set aside before, the later
/// version stays.
pub(crate) fn set_aside(tx: &Transaction<'_>) -> Result<(), Error> {
    let statements = [
        "INSERT OR REPLACE INTO owed_tombstone (document) SELECT document FROM tombstone",
        "INSERT INTO owed_settings (kind, id, version, row, receipt)
         SELECT kind, id, version, row, receipt FROM settings WHERE receipt IS NOT NULL
         ON CONFLICT DO UPDATE SET version = excluded.version, row = excluded.row, receipt = excluded.receipt
         WHERE excluded.version > version",
    ];
    for statement in statements {
        tx.prepare_cached(statement)?.execute([])?;
    }
    Ok(())
}

/// The server has these rows, in these versions: earlier ones are owed no more, and theirs are kept with
/// their receipts.
pub(crate) fn received(tx: &Transaction<'_>, rows: &[ReceiptedRow]) -> Result<(), Error> {
    let mut receipted = tx.prepare_cached(
        "UPDATE settings SET receipt = ?5 WHERE kind = ?1 AND id = ?2 AND version = ?3 AND row = ?4",
    )?;
    let mut settled =
        tx.prepare_cached("DELETE FROM owed_settings WHERE kind = ?1 AND id = ?2 AND version <= ?3")?;
    for ReceiptedRow { row, receipt } in rows {
        let version = i64::try_from(row.version).unwrap_or(i64::MAX);
        let bytes = minicbor::to_vec(row).map_err(|_| Error::Stored("settings row"))?;
        receipted.execute((row.kind.code(), row.id.as_bytes(), version, bytes, receipt.as_slice()))?;
        settled.execute((row.kind.code(), row.id.as_bytes(), version))?;
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
    tx.prepare_cached("DELETE FROM owed_tombstone WHERE document = ?1")?.execute([document])?;
    Ok(())
}

/// Whether anything is to be given back.
pub(crate) fn any(connection: &Connection) -> Result<bool, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM owed_tombstone)
               OR EXISTS (SELECT 1 FROM owed_settings)";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// As much of what is to be given back as one request may hold: tombstones, and when there are none,
/// settings.
pub(crate) fn first(connection: &Connection) -> Result<Owed, Error> {
    let limit = i64::try_from(MAX_GIVEN_BACK).unwrap_or(i64::MAX);
    let sql = "SELECT document, receipt FROM owed_tombstone JOIN tombstone USING (document)
               ORDER BY document LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([limit], |row| {
        let document = DocumentId::from_bytes(row.get(0)?);
        Ok(Tombstone { document, receipt: ByteArray::from(row.get::<_, [u8; 16]>(1)?) })
    })?;
    let tombstones: Vec<_> = rows.collect::<Result<_, _>>()?;
    let settings = if tombstones.is_empty() { first_settings(connection, limit)? } else { Vec::new() };
    Ok(Owed { tombstones, settings })
}

/// Takes the verdicts on what was given back, in its order; says whether there were any. What the server
/// refuses it will always refuse: then its own word holds.
pub(crate) fn settle(tx: &Transaction<'_>, owed: &Owed, verdicts: &[Verdict]) -> Result<bool, Error> {
    let (of_tombstones, of_rows) = verdicts.split_at(owed.tombstones.len().min(verdicts.len()));
    let tombstones = owed.tombstones.iter().zip(of_tombstones).filter(|(_, verdict)| is_judged(verdict));
    let rows = owed.settings.iter().zip(of_rows).filter(|(_, verdict)| is_judged(verdict));
    let mut settled = false;
    for (tombstone, _) in tombstones {
        settled = true;
        tx.prepare_cached("DELETE FROM owed_tombstone WHERE document = ?1")?
            .execute([tombstone.document.as_bytes()])?;
    }
    for (ReceiptedRow { row, .. }, _) in rows {
        settled = true;
        let version = i64::try_from(row.version).unwrap_or(i64::MAX);
        let sql = "DELETE FROM owed_settings WHERE kind = ?1 AND id = ?2 AND version = ?3";
        tx.prepare_cached(sql)?.execute((row.kind.code(), row.id.as_bytes(), version))?;
    }
    Ok(settled)
}

fn is_judged(verdict: &Verdict) -> bool {
    if let Verdict::Refused(code) = verdict {
        tracing::warn!(refusal = ?code, "the server does not take back what it lost");
    }
    *verdict != Verdict::NotReached
}

fn first_settings(connection: &Connection, limit: i64) -> Result<Vec<ReceiptedRow>, Error> {
    let sql = "SELECT row, receipt FROM owed_settings ORDER BY kind, id LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([limit])?;
    let (mut first, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let encoded = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        bytes += encoded.len();
        if bytes > MAX_PUSH_BYTES && !first.is_empty() {
            break;
        }
        let receipt = ByteArray::from(row.get::<_, [u8; 16]>(1)?);
        let row = minicbor::decode(encoded).map_err(|_| Error::Stored("settings row"))?;
        first.push(ReceiptedRow { row, receipt });
    }
    Ok(first)
}
