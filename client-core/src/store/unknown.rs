//! Log entries of kinds that this version does not know, kept raw until a newer version reads them.

use roadbook_domain::wire::Envelope;
use rusqlite::{Connection, Transaction};

use crate::error::Error;

/// Keeps an entry.
pub(crate) fn keep(tx: &Transaction<'_>, entry: &Envelope) -> Result<(), Error> {
    tx.prepare_cached("INSERT INTO unknown_entry (kind, body) VALUES (?1, ?2)")?
        .execute((entry.kind, &entry.body))?;
    Ok(())
}

/// The kinds of the entries that are kept, ascending.
pub(crate) fn kinds(connection: &Connection) -> Result<Vec<u16>, Error> {
    let mut statement = connection.prepare_cached("SELECT DISTINCT kind FROM unknown_entry ORDER BY kind")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Takes the entries of a kind out, in the order in which they came.
pub(crate) fn take(tx: &Transaction<'_>, kind: u16) -> Result<Vec<Envelope>, Error> {
    let mut statement =
        tx.prepare_cached("SELECT kind, body FROM unknown_entry WHERE kind = ?1 ORDER BY n")?;
    let entries = statement.query_map([kind], |row| Ok(Envelope { kind: row.get(0)?, body: row.get(1)? }))?;
    let entries = entries.collect::<Result<_, _>>()?;
    tx.prepare_cached("DELETE FROM unknown_entry WHERE kind = ?1")?.execute([kind])?;
    Ok(entries)
}
