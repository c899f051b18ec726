//! Single values by name: who this device is, where it stands in the log, its digest.

use minicbor::{Decode, Encode};
use roadbook_domain::document::digest::Digest;
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::wire::Cursor;
use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::error::Error;

/// The name of a value and the type it has, in CBOR.
///
/// One process may write several at once; what they mean is said where they are declared.
pub(crate) struct Key<T>(&'static str, std::marker::PhantomData<T>);

impl<T> Key<T> {
    /// The key with this name. Names are unique and never reused with another type.
    pub const fn new(name: &'static str) -> Self {
        Self(name, std::marker::PhantomData)
    }
}

/// Who uses this device.
const IDENTITY: Key<Identity> = Key::new("identity");
/// The same again: without it nobody could tell whose a file is in which that one row is damaged.
const IDENTITY_COPY: Key<Identity> = Key::new("identity_copy");
/// Where this device stands in the log.
pub(crate) const CURSOR: Key<Cursor> = Key::new("cursor");
/// Whether device and server are to be compared document by document: until they were, and the server
/// has taken back what it lacks.
pub(crate) const RECONCILE: Key<bool> = Key::new("reconcile");
/// The sum of the terms of all documents with acknowledged heads.
const DIGEST: Key<minicbor::bytes::ByteArray<16>> = Key::new("digest");

/// The author of what this device writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
#[cbor(map)]
pub struct Identity {
    /// The user.
    #[n(0)]
    pub user: UserId,
    /// The user's organisation; `None` in a local workspace.
    #[n(1)]
    pub org: Option<OrgId>,
    /// The device, as the server enrolled it; `None` in a local workspace.
    #[n(2)]
    pub device: Option<DeviceId>,
}

/// Who uses this device; `None` before anybody began.
pub(crate) fn identity(connection: &Connection) -> Result<Option<Identity>, Error> {
    match get(connection, &IDENTITY) {
        Ok(Some(identity)) => Ok(Some(identity)),
        Ok(None) | Err(Error::Value(_)) => get(connection, &IDENTITY_COPY),
        Err(error) => Err(error),
    }
}

/// Sets who uses this device.
pub(super) fn set_identity(tx: &Transaction<'_>, identity: Option<Identity>) -> Result<(), Error> {
    for key in [&IDENTITY, &IDENTITY_COPY] {
        match &identity {
            Some(identity) => set(tx, key, identity)?,
            None => remove(tx, key)?,
        }
    }
    Ok(())
}

/// The value of a key, if there is one.
pub(crate) fn get<T: for<'b> Decode<'b, ()>>(
    connection: &Connection,
    key: &Key<T>,
) -> Result<Option<T>, Error> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key.0], |row| row.get(0))
        .optional()?;
    bytes.map(|bytes| minicbor::decode(&bytes).map_err(|_| Error::Value(key.0))).transpose()
}

/// Gives a key a value.
pub(crate) fn set<T: Encode<()>>(tx: &Transaction<'_>, key: &Key<T>, value: &T) -> Result<(), Error> {
    let bytes = minicbor::to_vec(value).map_err(|_| Error::Stored(key.0))?;
    tx.prepare_cached("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2")?
        .execute((key.0, bytes))?;
    Ok(())
}

/// Takes a key's value away.
pub(crate) fn remove<T>(tx: &Transaction<'_>, key: &Key<T>) -> Result<(), Error> {
    tx.prepare_cached("DELETE FROM meta WHERE key = ?1")?.execute([key.0])?;
    Ok(())
}

/// Deletes all values that are the user's; what is told of the file itself stays.
pub(super) fn wipe(tx: &Transaction<'_>) -> Result<(), Error> {
    // The generations must rise on: other handles would otherwise keep the workspace of the last user.
    let of_file =
        "'workspace_generation', 'log_generation', 'zone_database', 'projection_version', 'name_keys',
         'detail_keys'";
    tx.execute(&format!("DELETE FROM meta WHERE key NOT IN ({of_file})"), [])?;
    Ok(())
}

/// The digest as it was last stored; `None` in a file at its beginning, or where it was damaged.
pub(super) fn digest(connection: &Connection) -> Result<Option<Digest>, Error> {
    Ok(get(connection, &DIGEST)?.map(|bytes| Digest::from_bytes(*bytes)))
}

/// Sets the digest; only the functions that change a document's heads do.
pub(super) fn set_digest(tx: &Transaction<'_>, digest: Digest) -> Result<(), Error> {
    set(tx, &DIGEST, &minicbor::bytes::ByteArray::from(digest.to_bytes()))
}
