//! Sealed edits: what a user had not sent when they signed out by force, or when a damaged file no longer told
//! whose it was (C15).
//!
//! Each is encrypted with a key that the server derives for its user and gives to nobody else. The key lies in
//! the file only while that user works there, so whoever works there next can do nothing with what is sealed.

use std::fmt;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use hmac::{Hmac, Mac};
use minicbor::bytes::ByteArray;
use roadbook_domain::value::env::{Env, random};
use rusqlite::{Connection, Transaction};
use sha2::Sha256;

use super::kept::{self, Kept};
use super::meta::{self, Key};
use crate::error::Error;

const KEY: Key<ByteArray<32>> = Key::new("keep_key");

/// What is sealed, and in which form: bytes of another one do not open.
const FORM: &[u8] = b"roadbook kept edit 1";

/// Bytes of a nonce.
const NONCE_LEN: usize = 12;

/// A sealed edit: its number, its nonce and its bytes.
type Sealed = (i64, Vec<u8>, Vec<u8>);

/// The key of one user.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct KeepKey([u8; 32]);

impl KeepKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Seals bytes for a purpose: a nonce, then the sealed bytes.
    pub fn seal(&self, purpose: &[u8], bytes: &[u8], env: &dyn Env) -> Result<Vec<u8>, Error> {
        let nonce: [u8; NONCE_LEN] = random(env);
        let sealed = cipher(self)
            .encrypt(&nonce.into(), Payload { msg: bytes, aad: purpose })
            .map_err(|_| Error::Stored("sealed edit"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Whether this is a signature over bytes for a purpose by who has the key (HMAC-SHA256).
    pub fn has_signed(&self, purpose: &[u8], bytes: &[u8], signature: &[u8]) -> bool {
        // A key of any length is taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return false };
        mac.update(purpose);
        mac.update(bytes);
        mac.verify_slice(signature).is_ok()
    }
}

impl fmt::Debug for KeepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeepKey(..)")
    }
}

/// The key of the user who works here, if the server has given one.
pub(crate) fn key(connection: &Connection) -> Result<Option<KeepKey>, Error> {
    Ok(meta::get(connection, &KEY)?.map(|bytes| KeepKey(bytes.into())))
}

/// Keeps the key of the user who works here, until they sign out.
pub(crate) fn set_key(tx: &Transaction<'_>, key: &KeepKey) -> Result<(), Error> {
    meta::set(tx, &KEY, &ByteArray::from(key.0))
}

/// Seals all that is unsent or in the quarantine; false if there is no key to do it with. The caller deletes
/// what lies open.
pub(crate) fn seal_all(tx: &Transaction<'_>, env: &dyn Env) -> Result<bool, Error> {
    let Some(key) = key(tx)? else { return Ok(false) };
    for kept in kept::all(tx)? {
        let bytes = minicbor::to_vec(&kept).map_err(|_| Error::Stored("kept edit"))?;
        let sealed = key.seal(FORM, &bytes, env)?;
        let (nonce, bytes) = sealed.split_at_checked(NONCE_LEN).ok_or(Error::Stored("sealed edit"))?;
        put(tx, nonce, bytes)?;
    }
    Ok(true)
}

/// Puts back what this key opens: it is this user's. What it does not open is somebody else's and stays.
pub(crate) fn open_all(tx: &Transaction<'_>, key: &KeepKey) -> Result<(), Error> {
    let key = cipher(key);
    for (n, nonce, bytes) in rows(tx)? {
        let Ok(nonce) = <[u8; NONCE_LEN]>::try_from(nonce) else { continue };
        let Ok(opened) = key.decrypt(&nonce.into(), Payload { msg: &bytes, aad: FORM }) else { continue };
        // One that a newer version sealed waits for it.
        let Ok(kept) = minicbor::decode::<Kept>(&opened) else { continue };
        kept::put(tx, &kept)?;
        tx.prepare_cached("DELETE FROM sealed WHERE n = ?1")?.execute([n])?;
    }
    Ok(())
}

/// Takes the user's key over from a damaged file, if it can be read.
pub(crate) fn take_key(tx: &Transaction<'_>, damaged: &Connection) -> Result<(), Error> {
    key(damaged).ok().flatten().map_or(Ok(()), |key| set_key(tx, &key))
}

/// Takes over what is sealed in a damaged file, as far as it can be read.
pub(crate) fn take_over(tx: &Transaction<'_>, damaged: &Connection) -> Result<(), Error> {
    for (_, nonce, bytes) in rows(damaged).unwrap_or_default() {
        put(tx, &nonce, &bytes)?;
    }
    Ok(())
}

fn put(tx: &Transaction<'_>, nonce: &[u8], bytes: &[u8]) -> Result<(), Error> {
    tx.prepare_cached("INSERT INTO sealed (nonce, bytes) VALUES (?1, ?2)")?.execute((nonce, bytes))?;
    Ok(())
}

fn rows(connection: &Connection) -> Result<Vec<Sealed>, Error> {
    let mut statement = connection.prepare("SELECT n, nonce, bytes FROM sealed ORDER BY n")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn cipher(key: &KeepKey) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&key.0.into())
}
