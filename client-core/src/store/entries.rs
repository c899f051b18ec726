//! Entries of cards and contacts, as a search reads them: notes, calls, meetings, visits (F56, T20).
//!
//! Bundles bring none. Those of a list of few changes are told at once; a document in automerge's own form is loaded
//! for them in the background, as one whose rows are stale.

use std::collections::BTreeMap;

use roadbook_domain::crm::row::EntryRow;
use roadbook_domain::value::id::{DocumentId, PartId};
use roadbook_domain::value::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use crate::error::Error;

/// Stores the entries of a document in place of those before; `is_new` promises that there are none.
pub(crate) fn write(
    tx: &Transaction<'_>,
    id: DocumentId,
    entries: &[EntryRow],
    is_new: bool,
) -> Result<(), Error> {
    if is_new && entries.is_empty() {
        return Ok(());
    }
    let stored = if is_new { Vec::new() } else { of_document(tx, id)? };
    let mut stored: BTreeMap<PartId, EntryRow> = stored.into_iter().map(|entry| (entry.id, entry)).collect();
    let mut upsert = tx.prepare_cached(
        "INSERT INTO entry (document, entry, kind, at, text) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET kind = ?3, at = ?4, text = ?5",
    )?;
    for entry in entries {
        // Reading costs less than writing, and most are as they were.
        if stored.remove(&entry.id).as_ref() != Some(entry) {
            let at = entry.at.map(Timestamp::millis);
            upsert.execute((id.as_bytes(), entry.id.as_bytes(), &entry.kind, at, &entry.text))?;
        }
    }
    let mut delete = tx.prepare_cached("DELETE FROM entry WHERE document = ?1 AND entry = ?2")?;
    for surplus in stored.into_keys() {
        delete.execute((id.as_bytes(), surplus.as_bytes()))?;
    }
    Ok(())
}

/// The stored entries of a document, by id.
pub(crate) fn of_document(connection: &Connection, id: DocumentId) -> Result<Vec<EntryRow>, Error> {
    let sql = "SELECT entry, kind, at, text FROM entry WHERE document = ?1 ORDER BY entry";
    let mut statement = connection.prepare_cached(sql)?;
    let entries = statement.query_map([id.as_bytes()], read)?;
    Ok(entries.collect::<Result<_, _>>()?)
}

/// One of them.
pub(crate) fn one(connection: &Connection, id: DocumentId, entry: PartId) -> Result<Option<EntryRow>, Error> {
    let sql = "SELECT entry, kind, at, text FROM entry WHERE document = ?1 AND entry = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row((id.as_bytes(), entry.as_bytes()), read).optional()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    Ok(EntryRow {
        id: PartId::from_bytes(row.get(0)?),
        kind: row.get(1)?,
        at: row.get::<_, Option<_>>(2)?.map(Timestamp::from_millis),
        text: row.get(3)?,
    })
}
