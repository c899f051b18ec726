//! The installation: what a phone is beside its user, and the secret by which the server knows it again.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use data_encoding::BASE64URL_NOPAD;
use roadbook_domain::value::env::{Env, random};
use serde_json::json;

use crate::error::{ApiError, Error};

/// The installation that signs in.
#[derive(Clone, Copy)]
pub struct Installation<'a> {
    /// `ios`, `android`, `linux`, ...
    pub platform: &'a str,
    /// What its user calls it.
    pub name: &'a str,
    /// 32 random bytes that this installation made once and keeps where no backup reaches: in the
    /// keychain for this device only, or a no-backup file ([`install_secret`]). Restored onto another
    /// phone the file meets another secret, and the server enrols another device (R12).
    pub secret: &'a [u8; 32],
}

impl Installation<'_> {
    /// What the server is told of it.
    pub(super) fn to_json(self) -> serde_json::Value {
        json!({
            "name": self.name,
            "platform": self.platform,
            "install_secret": BASE64URL_NOPAD.encode(self.secret),
        })
    }
}

impl fmt::Debug for Installation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Installation").field("platform", &self.platform).finish_non_exhaustive()
    }
}

/// The installation's secret in the file at `path`, which is made if there is none: for platforms
/// without a better place, in a folder kept out of backups, readable by this user only.
///
/// Callers in several processes get the same one. An empty file, as a full disk once left it, counts as none.
///
/// # Errors
/// [`ApiError::StorageFull`]; [`ApiError::Internal`] for a file that cannot be read or is none of these.
pub fn install_secret(path: &Path, env: &dyn Env) -> Result<[u8; 32], ApiError> {
    Ok(secret_in(path, env).map_err(Error::from)?)
}

fn secret_in(path: &Path, env: &dyn Env) -> io::Result<[u8; 32]> {
    if let Some(secret) = read(path)? {
        return Ok(secret);
    }
    // Two callers could both find none, and each give out its own.
    let lock = private().truncate(false).open(beside(path, ".lock"))?;
    lock.lock()?;
    if let Some(secret) = read(path)? {
        return Ok(secret);
    }
    let (secret, draft) = (random(env), beside(path, ".new"));
    let made = write(&draft, &secret).and_then(|()| fs::rename(&draft, path));
    if made.is_err() {
        drop(fs::remove_file(&draft));
    }
    made.map(|()| secret)
}

/// The secret; `None` if there is none yet.
fn read(path: &Path) -> io::Result<Option<[u8; 32]>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    if file.metadata()?.len() == 0 {
        return Ok(None);
    }
    let mut secret = [0; 32];
    file.read_exact(&mut secret)?;
    Ok(Some(secret))
}

/// Whole and on disk before it has its name: a lost secret would make this phone another device.
fn write(draft: &Path, secret: &[u8]) -> io::Result<()> {
    let mut file = private().truncate(true).open(draft)?;
    file.write_all(secret)?;
    file.sync_all()
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
