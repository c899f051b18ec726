//! The outbox: unsent changes, one for each user action and document, in order.
//!
//! A change leaves it only on the server's word, in the transaction that stores that word (L2).

use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::Origin;
use roadbook_domain::document::change::{Change, ChangeHash};
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use rusqlite::{Connection, Row, Transaction};

use crate::error::Error;

/// A query for whole rows.
macro_rules! unsent {
    ($rest:literal) => {
        concat!(
            "SELECT n, document, kind, hash, change, origin, made_at, state, original FROM outbox ",
            $rest
        )
    };
}

/// An unsent change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsent {
    /// Its place in the order of making.
    pub n: i64,
    /// Its document.
    pub document: DocumentId,
    /// The document's type.
    pub kind: DocumentTypeId,
    /// Its hash.
    pub hash: ChangeHash,
    /// The change.
    pub change: Change,
    /// What act it was part of.
    pub origin: Option<Origin>,
    /// The change that this one makes again in another form.
    pub original: Option<ChangeHash>,
    /// When it was made, by the device's clock.
    pub made_at: Timestamp,
    /// How far it has come.
    pub state: UnsentState,
}

/// A change on its way into the outbox.
#[derive(Debug)]
pub(crate) struct NewUnsent<'a> {
    /// Its document.
    pub document: DocumentId,
    /// The document's type.
    pub kind: DocumentTypeId,
    /// Its hash.
    pub hash: ChangeHash,
    /// Its bytes.
    pub change: &'a [u8],
    /// What act it is part of.
    pub origin: Option<Origin>,
    /// The change that this one makes again in another form.
    pub original: Option<ChangeHash>,
    /// When it was made, by the device's clock.
    pub made_at: Timestamp,
}

/// How far an unsent change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum UnsentState {
    /// It is only here.
    Here,
    /// It was sent and the answer is still to come; it is sent again after a pause.
    Sent,
    /// The server is too old for it: it is sent again when the server is another one.
    WaitsForServer,
}

/// Adds a change.
pub(crate) fn push(tx: &Transaction<'_>, new: &NewUnsent<'_>) -> Result<(), Error> {
    let origin = new.origin.map(|origin| minicbor::to_vec(origin).map_err(|_| Error::Stored("origin")));
    tx.prepare_cached(
        "INSERT INTO outbox (document, kind, hash, change, origin, made_at, original)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        new.document.as_bytes(),
        new.kind.0,
        new.hash.0,
        new.change,
        origin.transpose()?,
        new.made_at.millis(),
        new.original.map(|original| original.0),
    ))?;
    Ok(())
}

/// The unsent changes of a document, in order.
pub(crate) fn of_document(connection: &Connection, document: DocumentId) -> Result<Vec<Unsent>, Error> {
    let mut statement = connection.prepare_cached(unsent!("WHERE document = ?1 ORDER BY n"))?;
    let rows = statement.query_map([document.as_bytes()], read)?;
    rows.map(|row| row?).collect()
}

/// The unsent changes after `after`, in order, at most `limit`, without documents of which a change waits
/// for a newer server: what follows builds on it.
pub(crate) fn page(connection: &Connection, after: i64, limit: u32) -> Result<Vec<Unsent>, Error> {
    let mut statement = connection.prepare_cached(unsent!(
        "WHERE n > ?1 AND document NOT IN (SELECT document FROM outbox WHERE state = 2)
             ORDER BY n LIMIT ?2"
    ))?;
    let rows = statement.query_map((after, limit), read)?;
    rows.map(|row| row?).collect()
}

/// Goes through the unsent changes after `after`, in order, whatever their state, until `take` says that it is
/// enough. What cannot be read is left out.
pub(crate) fn each_after(
    connection: &Connection,
    after: i64,
    mut take: impl FnMut(Unsent) -> bool,
) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(unsent!("WHERE n > ?1 ORDER BY n"))?;
    for row in statement.query_map([after], read)? {
        if row?.is_ok_and(|unsent| !take(unsent)) {
            break;
        }
    }
    Ok(())
}

/// Notes how far a change has come.
pub(crate) fn set_state(tx: &Transaction<'_>, n: i64, state: UnsentState) -> Result<(), Error> {
    tx.prepare_cached("UPDATE outbox SET state = ?2 WHERE n = ?1")?.execute((n, state as i64))?;
    Ok(())
}

/// What was marked so counts as only here again; tells of which documents that is. At start, and once nobody waits for
/// an answer any more, nothing is on its way, and a newer server may take what the old one could not.
pub(crate) fn unmark(tx: &Transaction<'_>, from: UnsentState) -> Result<Vec<DocumentId>, Error> {
    let mut statement =
        tx.prepare_cached("UPDATE outbox SET state = ?2 WHERE state = ?1 RETURNING document")?;
    let states = (from as i64, UnsentState::Here as i64);
    let documents = statement.query_map(states, |row| Ok(DocumentId::from_bytes(row.get(0)?)))?;
    Ok(documents.collect::<Result<_, _>>()?)
}

/// Takes a change out; `false` if it was not there.
pub(crate) fn remove(tx: &Transaction<'_>, n: i64) -> Result<bool, Error> {
    Ok(tx.prepare_cached("DELETE FROM outbox WHERE n = ?1")?.execute([n])? > 0)
}

/// Takes all changes of a document out.
pub(crate) fn remove_of_document(tx: &Transaction<'_>, document: DocumentId) -> Result<(), Error> {
    tx.prepare_cached("DELETE FROM outbox WHERE document = ?1")?.execute([document.as_bytes()])?;
    Ok(())
}

/// The number of the newest unsent change; 0 if there is none.
pub(crate) fn last_number(connection: &Connection) -> Result<i64, Error> {
    let sql = "SELECT coalesce(max(n), 0) FROM outbox";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// How many changes are unsent.
pub(crate) fn count(connection: &Connection) -> Result<u64, Error> {
    let count: i64 =
        connection.prepare_cached("SELECT count(*) FROM outbox")?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The least state among a document's unsent changes; `None` if it has none.
pub(crate) fn state_of(connection: &Connection, document: DocumentId) -> Result<Option<UnsentState>, Error> {
    let least: Option<i64> = connection
        .prepare_cached("SELECT min(state) FROM outbox WHERE document = ?1")?
        .query_row([document.as_bytes()], |row| row.get(0))?;
    least.map(state).transpose()
}

/// The hash in a cell that only says more: what makes no sense there is passed over.
pub(super) fn original(cell: Option<Vec<u8>>) -> Option<ChangeHash> {
    cell?.try_into().ok().map(ChangeHash)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<Unsent, Error>> {
    let change = row.get_ref(4)?.as_blob()?;
    let origin: Option<Vec<u8>> = row.get(5)?;
    let decoded = (|| {
        let origin = origin.map(|bytes| minicbor::decode(&bytes).map_err(|_| Error::Stored("origin")));
        Ok::<_, Error>((Change::from_stored(change)?, origin.transpose()?, state(row.get(7)?)?))
    })();
    let (n, document, kind, hash, made_at) =
        (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(6)?);
    let original = original(row.get(8)?);
    Ok(decoded.map(|(change, origin, state)| Unsent {
        n,
        document: DocumentId::from_bytes(document),
        kind: DocumentTypeId(kind),
        hash: ChangeHash(hash),
        change,
        origin,
        original,
        made_at: Timestamp::from_millis(made_at),
        state,
    }))
}

fn state(number: i64) -> Result<UnsentState, Error> {
    [UnsentState::Here, UnsentState::Sent, UnsentState::WaitsForServer]
        .into_iter()
        .find(|state| *state as i64 == number)
        .ok_or(Error::Stored("state of an unsent change"))
}
