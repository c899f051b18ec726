//! The quarantine: what could not be kept where it was written (L6).

use minicbor::{Decode, Encode};
use roadbook_domain::crm::place::Place;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::{Change, ChangeHash};
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::RefusalCode;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::outbox;
use crate::error::Error;
use crate::value_edit::ValueEdit;

/// An edit that could not be kept: readable, and one call away from being applied again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Its number.
    pub n: i64,
    /// The document it was made in.
    pub document: DocumentId,
    /// The document's type.
    pub kind: DocumentTypeId,
    /// What the document was called then.
    pub title: String,
    /// What it wrote.
    pub edits: Vec<ValueEdit>,
    /// Why it is here.
    pub reason: QuarantineReason,
    /// When it was made, by this device's clock.
    pub made_at: Timestamp,
    /// When it came here.
    pub at: Timestamp,
}

impl Quarantined {
    /// Whether it can be made again: its bytes make sense, and say where they belong.
    pub fn can_reapply(&self) -> bool {
        !self.edits.is_empty() && self.edits.iter().all(ValueEdit::is_placed)
    }

    /// What it wrote, as the user knows it: each place with the value, or the whole text, it was to have.
    pub fn writes(&self) -> Vec<(Place, &str)> {
        let written = |edit: &'_ ValueEdit| Place::of(self.kind, &edit.register());
        self.edits
            .iter()
            .map(|edit| match edit {
                ValueEdit::Put { value, .. } => (written(edit), value.as_str()),
                ValueEdit::Text { after, .. } => (written(edit), after.as_str()),
            })
            .collect()
    }
}

/// Why an edit is in the quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum QuarantineReason {
    /// The server refused it.
    #[n(0)]
    Refused(#[n(0)] RefusalCode),
    /// It was built on an edit that the server refused, for this reason.
    #[n(1)]
    DependsOnRefused(#[n(0)] RefusalCode),
    /// Its document was no longer visible to the user before it was sent.
    #[n(2)]
    Forgotten,
    /// Its document was purged (C5).
    #[n(3)]
    Purged,
    /// What it was built on was lost with a damaged file (R10), and the server has not taken it.
    #[n(4)]
    Damaged,
}

/// An edit on its way into the quarantine.
#[derive(Debug)]
pub(crate) struct NewQuarantined<'a> {
    /// The document it was made in.
    pub document: DocumentId,
    /// The document's type.
    pub kind: DocumentTypeId,
    /// What the document is called.
    pub title: &'a str,
    /// What it wrote ([`ValueEdit::of`]).
    pub edits: Vec<ValueEdit>,
    /// The change itself.
    pub change: &'a Change,
    /// The change that it makes again in another form.
    pub original: Option<ChangeHash>,
    /// Why.
    pub reason: QuarantineReason,
    /// Now.
    pub at: Timestamp,
}

/// Adds an edit.
pub(crate) fn push(tx: &Transaction<'_>, new: &NewQuarantined<'_>) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO quarantine (document, kind, title, edits, change, reason, made_at, at, original)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((
        new.document.as_bytes(),
        new.kind.0,
        new.title,
        minicbor::to_vec(&new.edits).map_err(|_| Error::Stored("list of edits"))?,
        new.change.to_bytes(),
        minicbor::to_vec(new.reason).map_err(|_| Error::Stored("reason"))?,
        new.change.time.millis(),
        new.at.millis(),
        new.original.map(|original| original.0),
    ))?;
    Ok(())
}

/// Everything in the quarantine, the latest first.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Quarantined>, Error> {
    let sql = "SELECT n, document, kind, title, edits, reason, made_at, at FROM quarantine ORDER BY n DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], read)?;
    rows.map(|row| row?).collect()
}

/// How many there are.
pub(crate) fn count(connection: &Connection) -> Result<u64, Error> {
    let sql = "SELECT count(*) FROM quarantine";
    let count: i64 = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// One item.
pub(crate) fn get(connection: &Connection, n: i64) -> Result<Option<Quarantined>, Error> {
    let sql = "SELECT n, document, kind, title, edits, reason, made_at, at FROM quarantine WHERE n = ?1";
    connection.prepare_cached(sql)?.query_row([n], read).optional()?.transpose()
}

/// Takes an item out; `false` if it was not there.
pub(crate) fn remove(tx: &Transaction<'_>, n: i64) -> Result<bool, Error> {
    Ok(tx.prepare_cached("DELETE FROM quarantine WHERE n = ?1")?.execute([n])? > 0)
}

/// Whether a change is in it.
pub(crate) fn holds(connection: &Connection, document: DocumentId, change: &Change) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM quarantine WHERE document = ?1 AND change = ?2";
    Ok(connection.prepare_cached(sql)?.exists((document.as_bytes(), change.to_bytes()))?)
}

/// Takes a change out that was accepted after all; `false` if it was not there.
pub(crate) fn remove_change(
    tx: &Transaction<'_>,
    document: DocumentId,
    change: &Change,
) -> Result<bool, Error> {
    let sql = "DELETE FROM quarantine WHERE document = ?1 AND change = ?2";
    Ok(tx.prepare_cached(sql)?.execute((document.as_bytes(), change.to_bytes()))? > 0)
}

/// A change that is in the quarantine.
#[derive(Debug)]
pub(crate) struct HeldChange {
    /// Its number there.
    pub n: i64,
    /// The change.
    pub change: Change,
    /// The change that it makes again in another form.
    pub original: Option<ChangeHash>,
}

/// The changes of a document that are in the quarantine.
pub(crate) fn changes_of(connection: &Connection, document: DocumentId) -> Result<Vec<HeldChange>, Error> {
    let sql = "SELECT n, change, original FROM quarantine WHERE document = ?1 ORDER BY n";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([document.as_bytes()])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        // One that cannot be read was set aside, and is no change any more.
        if let Ok(change) = Change::from_bytes(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?) {
            let original = outbox::original(row.get(2)?);
            changes.push(HeldChange { n: row.get(0)?, change, original });
        }
    }
    Ok(changes)
}

/// Makes all edits of one document edits of another, which was made in its place.
pub(crate) fn retarget(tx: &Transaction<'_>, from: DocumentId, to: DocumentId) -> Result<(), Error> {
    tx.prepare_cached("UPDATE quarantine SET document = ?2 WHERE document = ?1")?
        .execute((from.as_bytes(), to.as_bytes()))?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<Quarantined, Error>> {
    let edits = minicbor::decode(row.get_ref(4)?.as_blob()?).map_err(|_| Error::Stored("list of edits"));
    let reason = minicbor::decode(row.get_ref(5)?.as_blob()?).map_err(|_| Error::Stored("reason"));
    let item = Quarantined {
        n: row.get(0)?,
        document: DocumentId::from_bytes(row.get(1)?),
        kind: DocumentTypeId(row.get(2)?),
        title: row.get(3)?,
        edits: Vec::new(),
        reason: QuarantineReason::Forgotten,
        made_at: Timestamp::from_millis(row.get(6)?),
        at: Timestamp::from_millis(row.get(7)?),
    };
    Ok(edits.and_then(|edits| Ok(Quarantined { edits, reason: reason?, ..item })))
}
