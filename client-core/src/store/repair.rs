//! Rows that hold nonsense are set aside, so that each costs no more than itself.
//!
//! It runs when something stored could not be read, and looks at everything once. What the user wrote goes to the
//! quarantine, with its bytes; what the server has comes again with the next exchange; rows for lists are made
//! anew; the rest is forgotten.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::crm::row::Rows;
use roadbook_domain::document::canonical::Canonical;
use roadbook_domain::document::change::{Change, ChangeHash};
use roadbook_domain::document::digest;
use roadbook_domain::document::{AuthorTable, Document, DocumentError, DocumentType, DocumentTypeId, Origin};
use roadbook_domain::settings::{SettingsRow, builtin_rows};
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::todo::TodoState;
use rusqlite::{Connection, Row, Transaction};

use super::documents::MOST_TAIL;
use super::quarantine::QuarantineReason;
use super::{documents, entries, meta, outbox, projections, rows, settings, words, workspace};
use crate::error::Error;
use crate::value_edit::ValueEdit;

/// Sets aside what cannot be read, `named` by an error or found; tells whether there was anything.
pub(crate) fn repair(tx: &Transaction<'_>, named: &Error) -> Result<bool, Error> {
    let mut any = match named {
        Error::Value(name) => forget_value(tx, name)?,
        _ => false,
    };
    any |= documents_and_tails(tx)?;
    any |= edits(tx)?;
    any |= settings_rows(tx)?;
    any |= lists(tx)?;
    any |= others(tx)?;
    if any {
        meta::set_digest(tx, documents::sum(tx)?)?;
        // Device and server are compared at the next exchange: what was here and is not any more is found so.
        meta::set(tx, &meta::RECONCILE, &true)?;
        meta::set(tx, &super::ERASED, &true)?;
        workspace::raise_generation(tx)?;
    }
    Ok(any)
}

/// Sets aside what cannot be read of all that the server has not taken; tells whether there was anything.
pub(crate) fn edits(tx: &Transaction<'_>) -> Result<bool, Error> {
    // Both, so no short cut.
    let (unsent, held) = (unsent(tx)?, held(tx)?);
    Ok(unsent || held)
}

/// Sets aside the unsent changes that cannot be read, and those that build on one; tells whether there were any.
fn unsent(tx: &Transaction<'_>) -> Result<bool, Error> {
    let mut any = false;
    let mut statement =
        tx.prepare("SELECT n, document, kind, hash, change, origin, made_at, state FROM outbox ORDER BY n")?;
    let mut rows = statement.query([])?;
    let mut open: BTreeMap<DocumentId, Option<(bool, Document)>> = BTreeMap::new();
    // What no server will ever send cannot be waited for.
    let has_server = meta::identity(tx)?.is_some_and(|identity| identity.org.is_some());
    let mut set_aside = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let n: i64 = row.get(0)?;
        let Some((document, kind, change)) = decoded(row)? else {
            aside(tx, row, None)?;
            set_aside.extend(hash_of(row)?);
            any = true;
            continue;
        };
        // Its hash may be what is damaged.
        let stored = hash_of(row)?;
        let built = DocumentType::get(kind).and_then(|kind| Canonical::of(kind, &change));
        let hash = built.map(|built| built.hash());
        if let Some(hash) = hash
            && stored != Some(hash)
        {
            tx.execute("UPDATE outbox SET hash = ?2 WHERE n = ?1", (n, hash.0))?;
            any = true;
        }
        let Some(hash) = hash.or(stored) else {
            aside(tx, row, None)?;
            any = true;
            continue;
        };
        let base = open.entry(document).or_insert_with(|| {
            let base = documents::get(tx, document).ok().flatten()?;
            Some((base.heads.is_empty(), documents::load(tx, document, &base).ok()?))
        });
        let is_kept = match base {
            // Without its document nothing can be told: the server judges it.
            None => has_server,
            Some((is_unsent, base)) => match base.add_stored([(hash, change.clone())]) {
                Ok(()) => true,
                // The document was begun anew, and the server's is still to come.
                Err(DocumentError::Missing(lacking)) => {
                    has_server && *is_unsent && !lacking.iter().any(|hash| set_aside.contains(hash))
                }
                Err(_) => false,
            },
        };
        if !is_kept {
            aside(tx, row, Some(&change))?;
            set_aside.insert(hash);
            any = true;
        }
    }
    Ok(any)
}

/// Document, type and change of a row of the outbox; `None` if one of its cells makes no sense.
fn decoded(row: &Row<'_>) -> Result<Option<(DocumentId, DocumentTypeId, Change)>, Error> {
    let origin: Option<Vec<u8>> = row.get(5)?;
    let is_sound = origin.is_none_or(|bytes| minicbor::decode::<Origin>(&bytes).is_ok())
        && (0..=2).contains(&row.get::<_, i64>(7)?);
    let document: Option<[u8; 16]> = row.get::<_, Vec<u8>>(1)?.try_into().ok();
    let kind = u16::try_from(row.get::<_, i64>(2)?).ok();
    let change = Change::from_stored(row.get_ref(4)?.as_blob().map_err(rusqlite::Error::from)?).ok();
    let (Some(document), Some(kind), Some(change)) = (document, kind, change) else { return Ok(None) };
    Ok(is_sound.then(|| (DocumentId::from_bytes(document), DocumentTypeId(kind), change)))
}

/// The hash that a row of the outbox names, if it is one.
fn hash_of(row: &Row<'_>) -> Result<Option<ChangeHash>, Error> {
    Ok(row.get::<_, Vec<u8>>(3)?.try_into().ok().map(ChangeHash))
}

/// Moves a row of the outbox to the quarantine, as far as it can be read.
fn aside(tx: &Transaction<'_>, row: &Row<'_>, change: Option<&Change>) -> Result<(), Error> {
    let (n, made_at): (i64, i64) = (row.get(0)?, row.get(6)?);
    let document: [u8; 16] = row.get::<_, Vec<u8>>(1)?.try_into().unwrap_or_default();
    let kind = u16::try_from(row.get::<_, i64>(2)?).unwrap_or_default();
    let bytes: Vec<u8> = row.get(4)?;
    let change = change.cloned().or_else(|| Change::from_stored(&bytes).ok());
    let edits = change.as_ref().map(ValueEdit::alone).unwrap_or_default();
    let encoded = |failed| Error::Stored(failed);
    tx.prepare_cached(
        "INSERT INTO quarantine (document, kind, title, edits, change, reason, made_at, at)
         VALUES (?1, ?2, '', ?3, ?4, ?5, ?6, ?6)",
    )?
    .execute((
        document,
        kind,
        minicbor::to_vec(edits).map_err(|_| encoded("list of edits"))?,
        bytes,
        minicbor::to_vec(QuarantineReason::Damaged).map_err(|_| encoded("reason"))?,
        made_at,
    ))?;
    outbox::remove(tx, n)?;
    // Its rows show the edit.
    documents::mark_stale(tx, DocumentId::from_bytes(document))?;
    tracing::warn!(document.id = %DocumentId::from_bytes(document), "an unsent edit that cannot be read is in the quarantine");
    Ok(())
}

/// The quarantine itself: what its edits were is told from the change again, as far as it can be.
fn held(tx: &Transaction<'_>) -> Result<bool, Error> {
    let mut any = false;
    let mut statement =
        tx.prepare("SELECT n, document, kind, title, edits, change, reason FROM quarantine")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let document: Option<[u8; 16]> = row.get::<_, Vec<u8>>(1)?.try_into().ok();
        let kind = u16::try_from(row.get::<_, i64>(2)?).ok();
        let title = row.get::<_, String>(3).ok();
        let (edits, change, reason): (Vec<u8>, Vec<u8>, Vec<u8>) = (row.get(4)?, row.get(5)?, row.get(6)?);
        let are_read = minicbor::decode::<Vec<ValueEdit>>(&edits).is_ok();
        let has_reason = minicbor::decode::<QuarantineReason>(&reason).is_ok();
        if document.is_some() && kind.is_some() && title.is_some() && are_read && has_reason {
            continue;
        }
        any = true;
        let told = Change::from_stored(&change).map(|change| ValueEdit::alone(&change)).unwrap_or_default();
        let told = minicbor::to_vec(told).map_err(|_| Error::Stored("list of edits"))?;
        let damaged = minicbor::to_vec(QuarantineReason::Damaged).map_err(|_| Error::Stored("reason"))?;
        tx.prepare_cached("UPDATE quarantine SET document = ?2, kind = ?3, title = ?4, edits = ?5, reason = ?6 WHERE n = ?1")?
            .execute((
                row.get::<_, i64>(0)?,
                document.unwrap_or_default(),
                kind.unwrap_or_default(),
                title.unwrap_or_default(),
                if are_read { edits } else { told },
                if has_reason { reason } else { damaged },
            ))?;
    }
    Ok(any)
}

/// A document whose row or whose latest changes make no sense is fetched anew; one that has no id is none.
fn documents_and_tails(tx: &Transaction<'_>) -> Result<bool, Error> {
    let mut damaged = BTreeSet::new();
    let mut any =
        tx.execute("DELETE FROM document WHERE length(id) <> 16 OR kind NOT BETWEEN 0 AND 65535", [])? > 0;
    let mut statement = tx.prepare("SELECT id, heads, authors, receipt, term FROM document")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = DocumentId::from_bytes(row.get(0)?);
        let (heads, authors): (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
        let (receipt, term): (Option<Vec<u8>>, Option<Vec<u8>>) = (row.get(3)?, row.get(4)?);
        let heads = documents::to_hashes(&heads);
        let expected =
            heads.as_ref().ok().filter(|heads| !heads.is_empty()).map(|heads| digest::term(id, heads));
        let is_sound = heads.is_ok()
            && minicbor::decode::<AuthorTable>(&authors).is_ok()
            && receipt.is_none_or(|receipt| receipt.len() == 16)
            && term.as_deref() == expected.as_ref().map(|term| &term[..]);
        if !is_sound {
            damaged.insert(id);
        }
    }
    let mut statement =
        tx.prepare("SELECT document, length(hash), change, n FROM base_change WHERE length(document) = 16")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let change = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        // Their places are counted on from.
        let is_place = (0..=i64::from(MOST_TAIL) * 2).contains(&row.get(3)?);
        if row.get::<_, i64>(1)? != 32 || !is_place || Change::from_stored(change).is_err() {
            damaged.insert(DocumentId::from_bytes(row.get(0)?));
        }
    }
    for id in &damaged {
        tx.execute("DELETE FROM base_change WHERE document = ?1", [id.as_bytes()])?;
        tx.execute(
            "UPDATE document SET saved = x'', heads = x'', authors = x'80', receipt = NULL, as_of = 0, term = NULL,
               damage = 'a row that cannot be read' WHERE id = ?1",
            [id.as_bytes()],
        )?;
    }
    any |= tx.execute("DELETE FROM base_change WHERE document NOT IN (SELECT id FROM document)", [])? > 0;
    Ok(any || !damaged.is_empty())
}

/// Settings come again from the server, or with the app where there is none.
fn settings_rows(tx: &Transaction<'_>) -> Result<bool, Error> {
    let mut bad = Vec::new();
    let mut statement = tx.prepare("SELECT kind, id, row, receipt FROM settings")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, id): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let told: Result<SettingsRow, _> =
            minicbor::decode(row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?);
        let receipt: Option<Vec<u8>> = row.get(3)?;
        let is_own =
            told.is_ok_and(|told| i64::from(told.kind.code()) == kind && told.id.as_bytes()[..] == id);
        if !is_own || receipt.is_some_and(|receipt| receipt.len() != 16) {
            bad.push((kind, id));
        }
    }
    for key in &bad {
        tx.execute("DELETE FROM settings WHERE kind = ?1 AND id = ?2", (key.0, &key.1))?;
    }
    if bad.is_empty() {
        return Ok(false);
    }
    if meta::identity(tx)?.is_some_and(|me| me.org.is_none()) {
        settings::put(tx, &builtin_rows())?;
    }
    // The server sends them all to a phone that stands at the beginning of the log.
    meta::remove(tx, &meta::CURSOR)?;
    Ok(true)
}

/// Rows for lists are made anew with the next exchange; until then those of other documents do.
fn lists(tx: &Transaction<'_>) -> Result<bool, Error> {
    let mut any = false;
    for table in projections::TABLES {
        let sql = format!("DELETE FROM {table} WHERE document NOT IN (SELECT id FROM document)");
        any |= tx.execute(&sql, [])? > 0;
    }
    if any {
        words::begin_anew(tx)?;
    }
    for (id, kind) in documents::all(tx)? {
        if is_listed(tx, id, kind).is_err() {
            projections::remove(tx, id)?;
            documents::mark_stale(tx, id)?;
            any = true;
        }
    }
    Ok(any)
}

/// Reads every row that lists and screens read of a document.
fn is_listed(connection: &Connection, id: DocumentId, kind: DocumentTypeId) -> Result<(), Error> {
    let read = rows::rows(connection, id, kind)?;
    let is_there = read != Rows::None;
    rows::moves(connection, id)?;
    entries::of_document(connection, id)?;
    let ids = |sql: &str| -> Result<(), Error> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([id.as_bytes()])?;
        while let Some(row) = rows.next()? {
            (0..3).try_for_each(|column| row.get::<_, Option<[u8; 16]>>(column).map(drop))?;
            row.get::<_, String>(3)?;
        }
        Ok(())
    };
    ids("SELECT shown, then_shown, product, search FROM card WHERE document = ?1")?;
    ids("SELECT product, assignee, closed_by, card_name FROM todo WHERE document = ?1")?;
    let days = "SELECT closed_on FROM todo WHERE document = ?1 AND closed_on IS NOT NULL";
    let mut statement = connection.prepare_cached(days)?;
    let mut days = statement.query([id.as_bytes()])?;
    while let Some(day) = days.next()? {
        day.get::<_, String>(0)?;
    }
    let has_rows = [DocumentTypeId::CARD, DocumentTypeId::CONTACT].contains(&kind);
    if has_rows && !is_there { Err(Error::Stored("row of a document")) } else { Ok(()) }
}

/// What is none of these and can be had again, or is worth nothing without its bytes.
fn others(tx: &Transaction<'_>) -> Result<bool, Error> {
    let mut any = false;
    for sql in [
        "DELETE FROM tombstone WHERE length(document) <> 16 OR length(receipt) <> 16",
        "DELETE FROM pending_tombstone WHERE length(document) <> 16",
        "DELETE FROM pending_settings WHERE length(receipt) <> 16",
        "DELETE FROM unknown_entry WHERE kind NOT BETWEEN 0 AND 65535",
        "DELETE FROM retained_closing WHERE length(document) <> 16 OR length(todo) <> 6",
    ] {
        any |= tx.execute(sql, [])? > 0;
    }
    let bad = unreadable(tx, "SELECT document, todo, state, closed_on FROM retained_closing", |row| {
        row.get::<_, String>(2).is_ok_and(|state| state.parse::<TodoState>().is_ok())
            && row.get::<_, String>(3).is_ok()
    })?;
    for (document, todo) in &bad {
        tx.execute("DELETE FROM retained_closing WHERE document = ?1 AND todo = ?2", (document, todo))?;
    }
    any |= !bad.is_empty();
    let bad = unreadable(tx, "SELECT kind, id, row FROM pending_settings", |row| {
        row.get::<_, Vec<u8>>(2).is_ok_and(|bytes| minicbor::decode::<SettingsRow>(&bytes).is_ok())
    })?;
    for (kind, id) in &bad {
        tx.execute("DELETE FROM pending_settings WHERE kind = ?1 AND id = ?2", (kind, id))?;
    }
    Ok(any || !bad.is_empty())
}

/// The first two cells of each row that is not sound.
fn unreadable(
    tx: &Transaction<'_>,
    sql: &str,
    is_sound: impl Fn(&Row<'_>) -> bool,
) -> Result<Vec<(rusqlite::types::Value, rusqlite::types::Value)>, Error> {
    let mut statement = tx.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if !is_sound(row) {
            found.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(found)
}

fn forget_value(tx: &Transaction<'_>, name: &str) -> Result<bool, Error> {
    tracing::warn!(name, "a stored value cannot be read and is forgotten");
    Ok(tx.execute("DELETE FROM meta WHERE key = ?1", [name])? > 0)
}
