//! The secrets folder: what must survive the database, and must not be in its backups.
//!
//! It holds the organisation's id, the keys for tokens, cursors and receipts, and the list of purged
//! documents. `init` makes it; several nodes share it by configuration. Losing it means that every
//! device signs in again and that phones cannot re-upload what a lost database held (N7).

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use roadbook_domain::value::env::{Env, random};
use roadbook_domain::value::id::OrgId;

/// A key of 256 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

/// What the secrets folder holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// The organisation it was made for.
    pub org: OrgId,
    /// The seed of the Ed25519 key that signs access tokens.
    pub token_key: Key,
    /// Authenticates cursors.
    pub cursor_key: Key,
    /// Authenticates receipts: anybody with this key can make documents that the server takes as re-uploads.
    pub receipt_key: Key,
    folder: PathBuf,
}

/// Why a secrets folder cannot be made or used. Never contains what is in it.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// `init` found something there.
    #[error("{0} exists already: secrets are never overwritten; choose another folder")]
    Exists(PathBuf),
    /// A file is missing or cannot be read.
    #[error(
        "cannot read {0}: {1}; restore the secrets folder from its backup, or run init for a new organisation"
    )]
    Unreadable(PathBuf, #[source] io::Error),
    /// The folder or a file cannot be written.
    #[error("cannot write {0}: {1}; choose a place that can be written")]
    Unwritable(PathBuf, #[source] io::Error),
    /// Other users of the machine can read it.
    #[error("{path} may be read by others (mode {mode:o}): run chmod {wanted:o} on it")]
    Exposed {
        /// The file or folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
        /// What they should be.
        wanted: u32,
    },
    /// A file holds something else than it should.
    #[error("{0} is damaged: {1}; restore it from the backup of the secrets folder")]
    Damaged(PathBuf, &'static str),
}

const ORGANISATION: &str = "organisation";
const TOKEN_KEY: &str = "token.key";
const CURSOR_KEY: &str = "cursor.key";
const RECEIPT_KEY: &str = "receipt.key";
const PURGED: &str = "purged";

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// The largest file read here, but for the purge list; a key in hex is 65 bytes.
const MAX_FILE: u64 = 1024;

impl Secrets {
    /// Makes the folder with fresh keys, readable by the owner alone.
    ///
    /// It is written under another name, synced and then renamed, so that a half-made folder is never
    /// taken for a whole one.
    ///
    /// # Errors
    /// [`SecretsError::Exists`] if there is anything at `folder`, or [`SecretsError::Unwritable`].
    pub fn create(folder: &Path, org: OrgId, env: &dyn Env) -> Result<Self, SecretsError> {
        // Not `exists`: a link that leads nowhere is something that is there, too.
        if folder.symlink_metadata().is_ok() {
            return Err(SecretsError::Exists(folder.to_owned()));
        }
        let unwritable = |error| SecretsError::Unwritable(folder.to_owned(), error);
        let parent = parent(folder);
        fs::create_dir_all(parent).map_err(unwritable)?;
        // In the same folder: a rename is atomic only within one file system.
        let draft = parent.join(format!(".secrets-{}", HEXLOWER.encode(&random::<8>(env))));
        make_folder(&draft).map_err(unwritable)?;
        let secrets = Self {
            org,
            token_key: Key(random(env)),
            cursor_key: Key(random(env)),
            receipt_key: Key(random(env)),
            folder: folder.to_owned(),
        };
        for (name, text) in [
            (ORGANISATION, format!("{org}\n")),
            (TOKEN_KEY, secrets.token_key.to_text()),
            (CURSOR_KEY, secrets.cursor_key.to_text()),
            (RECEIPT_KEY, secrets.receipt_key.to_text()),
            (PURGED, String::new()),
        ] {
            write_new(&draft.join(name), text.as_bytes()).map_err(unwritable)?;
        }
        // Contents before the name, and the name before the return: a power cut leaves all of it or nothing.
        sync_folder(&draft).map_err(unwritable)?;
        fs::rename(&draft, folder).map_err(unwritable)?;
        sync_folder(parent).map_err(unwritable)?;
        Ok(secrets)
    }

    /// Reads the folder, and checks who else may read it.
    ///
    /// # Errors
    /// Every other [`SecretsError`].
    pub fn load(folder: &Path) -> Result<Self, SecretsError> {
        check_private(folder, FOLDER_MODE)?;
        let org_file = folder.join(ORGANISATION);
        let org = read(&org_file)?
            .trim_end()
            .parse()
            .map_err(|_| SecretsError::Damaged(org_file, "it should hold the organisation's id"))?;
        let purged = folder.join(PURGED);
        check_private(&purged, FILE_MODE)?;
        Ok(Self {
            org,
            token_key: Key::load(&folder.join(TOKEN_KEY))?,
            cursor_key: Key::load(&folder.join(CURSOR_KEY))?,
            receipt_key: Key::load(&folder.join(RECEIPT_KEY))?,
            folder: folder.to_owned(),
        })
    }

    /// Copies the folder to a new place, readable by its owner alone.
    ///
    /// # Errors
    /// [`SecretsError::Exists`], [`SecretsError::Unreadable`] or [`SecretsError::Unwritable`].
    pub fn copy_to(&self, folder: &Path) -> Result<(), SecretsError> {
        if folder.symlink_metadata().is_ok() {
            return Err(SecretsError::Exists(folder.to_owned()));
        }
        let unwritable = |error| SecretsError::Unwritable(folder.to_owned(), error);
        let mut draft = folder.to_owned().into_os_string();
        draft.push(".partial");
        let draft = PathBuf::from(draft);
        // What an earlier run left that was killed.
        match fs::remove_dir_all(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unwritable(error)),
            _ => {}
        }
        fs::create_dir_all(parent(folder)).map_err(unwritable)?;
        make_folder(&draft).map_err(unwritable)?;
        for name in [ORGANISATION, TOKEN_KEY, CURSOR_KEY, RECEIPT_KEY, PURGED] {
            let path = self.folder.join(name);
            let bytes = fs::read(&path).map_err(|error| SecretsError::Unreadable(path, error))?;
            write_new(&draft.join(name), &bytes).map_err(unwritable)?;
        }
        sync_folder(&draft).map_err(unwritable)?;
        fs::rename(&draft, folder).map_err(unwritable)?;
        sync_folder(parent(folder)).map_err(unwritable)
    }

    /// Where purged documents are to be listed, so that an older backup brings nothing back (C5). `init`
    /// makes it; purges are not written to it yet, and come back to a restored server from the phones.
    pub fn purge_list(&self) -> PathBuf {
        self.folder.join(PURGED)
    }

    /// Secrets without a folder.
    #[cfg(test)]
    pub(crate) fn for_tests(org: OrgId, token_key: [u8; 32]) -> Self {
        let other = Key([0; 32]);
        Self {
            org,
            token_key: Key(token_key),
            cursor_key: other.clone(),
            receipt_key: other,
            folder: PathBuf::new(),
        }
    }

    /// Removes the folder again, if `init` could not go on; no device has seen its keys.
    pub(crate) fn discard(self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, "the secrets folder of the failed init is still there");
        }
    }
}

impl Key {
    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn to_text(&self) -> String {
        format!("{}\n", HEXLOWER.encode(&self.0))
    }

    fn load(path: &Path) -> Result<Self, SecretsError> {
        let damaged = || SecretsError::Damaged(path.to_owned(), "it should hold 64 hexadecimal digits");
        let bytes = HEXLOWER.decode(read(path)?.trim_end().as_bytes()).map_err(|_| damaged())?;
        bytes.try_into().map(Self).map_err(|_| damaged())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("org", &self.org)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// The folder that `path` lies in.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn read(path: &Path) -> Result<String, SecretsError> {
    check_private(path, FILE_MODE)?;
    let unreadable = |error| SecretsError::Unreadable(path.to_owned(), error);
    // Before reading: a wrong path may lead to a huge file.
    if fs::metadata(path).map_err(unreadable)?.len() > MAX_FILE {
        return Err(SecretsError::Damaged(path.to_owned(), "it is too long"));
    }
    fs::read_to_string(path).map_err(unreadable)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE_MODE);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    builder.create(path)
}

/// Makes the names in a folder durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Refuses a file or folder that others may read. Where there are no Unix permissions, that is
/// the operator's task.
fn check_private(path: &Path, wanted: u32) -> Result<(), SecretsError> {
    let metadata = fs::metadata(path).map_err(|error| SecretsError::Unreadable(path.to_owned(), error))?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            return Err(SecretsError::Exposed { path: path.to_owned(), mode, wanted });
        }
    }
    #[cfg(not(unix))]
    let _ = (metadata, wanted);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use roadbook_domain::value::env::SeededEnv;
    use roadbook_domain::value::time::Timestamp;

    use super::*;

    #[test]
    fn what_init_made_is_what_serve_reads_and_only_the_owner_may_read_it() {
        let (_dir, folder) = folder();
        let made = Secrets::create(&folder, org(), &env()).unwrap();
        assert_eq!(Secrets::load(&folder).unwrap(), made);
        assert_eq!(mode(&folder), 0o700);
        for file in [ORGANISATION, TOKEN_KEY, CURSOR_KEY, RECEIPT_KEY, PURGED] {
            assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
        }
        assert_ne!(made.token_key, made.cursor_key);
        assert_ne!(made.cursor_key, made.receipt_key);
        assert_eq!(fs::read_dir(folder.parent().unwrap()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn init_never_overwrites_secrets_not_even_an_empty_folder() {
        let (_dir, folder) = folder();
        fs::create_dir_all(&folder).unwrap();
        assert!(matches!(Secrets::create(&folder, org(), &env()), Err(SecretsError::Exists(_))));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }

    #[test]
    fn secrets_that_others_may_read_are_refused_with_the_command_that_helps() {
        let (_dir, folder) = folder();
        Secrets::create(&folder, org(), &env()).unwrap();
        for (name, exposed, wanted) in [("", 0o750, "chmod 700"), (TOKEN_KEY, 0o644, "chmod 600")] {
            let path = folder.join(name);
            let before = fs::metadata(&path).unwrap().permissions();
            fs::set_permissions(&path, fs::Permissions::from_mode(exposed)).unwrap();
            let error = Secrets::load(&folder).unwrap_err();
            assert!(error.to_string().contains(wanted), "{error}");
            fs::set_permissions(&path, before).unwrap();
        }
        assert!(Secrets::load(&folder).is_ok());
    }

    #[test]
    fn damaged_and_missing_files_are_named() {
        let (_dir, folder) = folder();
        Secrets::create(&folder, org(), &env()).unwrap();
        for name in [ORGANISATION, TOKEN_KEY, CURSOR_KEY, RECEIPT_KEY] {
            let path = folder.join(name);
            let whole = fs::read(&path).unwrap();
            for damage in [&b""[..], b"zz", &whole[..whole.len() - 3], &[b'0'; 5000]] {
                fs::write(&path, damage).unwrap();
                let error = Secrets::load(&folder).unwrap_err();
                assert!(matches!(&error, SecretsError::Damaged(file, _) if *file == path), "{error}");
            }
            fs::remove_file(&path).unwrap();
            assert!(matches!(Secrets::load(&folder), Err(SecretsError::Unreadable(file, _)) if file == path));
            write_new(&path, &whole).unwrap();
        }
        fs::remove_file(folder.join(PURGED)).unwrap();
        assert!(matches!(Secrets::load(&folder), Err(SecretsError::Unreadable(..))));
    }

    #[test]
    fn debug_output_holds_no_key() {
        let (_dir, folder) = folder();
        let secrets = Secrets::create(&folder, org(), &env()).unwrap();
        let shown = format!("{secrets:?} {:?}", secrets.token_key);
        for key in [&secrets.token_key, &secrets.cursor_key, &secrets.receipt_key] {
            assert!(!shown.contains(&HEXLOWER.encode(key.as_bytes())));
            assert!(!shown.contains(&format!("{:?}", key.as_bytes())));
        }
    }

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("new/secrets");
        (dir, folder)
    }

    fn env() -> SeededEnv {
        SeededEnv::new(1, Timestamp::from_millis(0))
    }

    fn org() -> OrgId {
        OrgId::from_bytes([7; 16])
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }
}
