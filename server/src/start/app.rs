//! The built web app that browsers get from the server: the files of one folder, read once, at the start.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Bytes;
use axum::http::HeaderValue;
use data_encoding::BASE64URL_NOPAD;

/// The page with which an app begins.
pub const INDEX: &str = "/index.html";

/// The most files of an app, with their compressed forms.
const MAX_FILES: usize = 200;

/// The most bytes of all of them: they stay in memory.
const MAX_BYTES: u64 = 32 << 20;

/// At these names, and below them, the server has routes of its own, which a file could not be reached beside. The
/// app's service worker has the same list (`app/src/sw.ts`).
pub const OWN: [&str; 4] = ["docs", "health", "metrics", "v1"];

const REMEDY: &str = "give the folder of a built app";

/// The files of an app, by the paths at which browsers ask for them.
pub struct App(BTreeMap<String, Asset>);

/// A file in all its forms.
pub struct Asset {
    /// As it is.
    pub plain: Version,
    /// What the build made of it: what lies beside it with `.br` or `.gz` behind its name.
    pub packed: Vec<Version>,
}

/// One form of a file.
pub struct Version {
    /// How its bytes are packed.
    pub coding: Coding,
    /// Its bytes.
    pub bytes: Bytes,
    /// Its entity tag, which no other bytes have.
    pub tag: HeaderValue,
}

/// How a form of a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Not at all.
    Plain,
    /// By gzip.
    Gzip,
    /// By Brotli.
    Brotli,
}

impl App {
    /// The app in this folder and the folders below it.
    ///
    /// # Errors
    /// In words: what cannot be read or served, what is missing, or which bound is passed.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let mut found = Found { files: BTreeMap::new(), room: MAX_BYTES };
        found.folder(folder, "")?;
        let mut assets: BTreeMap<String, Asset> = BTreeMap::new();
        // They are in the order of their paths: a file comes before what was made of it.
        for (path, bytes) in found.files {
            let Some((coding, of)) = Coding::of(&path) else {
                let plain = Version::of(Coding::Plain, bytes)?;
                assets.insert(path, Asset { plain, packed: Vec::new() });
                continue;
            };
            let asset = assets.get_mut(of);
            let asset = asset.ok_or_else(|| format!("it holds {path} without {of}; {REMEDY}"))?;
            asset.packed.push(Version::of(coding, bytes)?);
        }
        if !assets.contains_key(INDEX) {
            return Err(format!("there is no index.html in it; {REMEDY}"));
        }
        Ok(Self(assets))
    }

    /// The file at this path, which begins with `/`.
    pub fn asset(&self, path: &str) -> Option<&Asset> {
        self.0.get(path)
    }
}

impl Version {
    fn of(coding: Coding, bytes: Vec<u8>) -> Result<Self, String> {
        let tag = format!("\"{}\"", BASE64URL_NOPAD.encode(digest(&SHA256, &bytes).as_ref()));
        let tag = HeaderValue::try_from(tag).map_err(|error| error.to_string())?;
        Ok(Self { coding, bytes: bytes.into(), tag })
    }
}

impl Coding {
    /// What it is called in HTTP.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
        }
    }

    /// If the file at this path is a compressed form: of which kind, and the path of the file that it was made of.
    fn of(path: &str) -> Option<(Self, &str)> {
        let gzip = path.strip_suffix(".gz").map(|of| (Self::Gzip, of));
        gzip.or_else(|| Some((Self::Brotli, path.strip_suffix(".br")?)))
    }
}

impl fmt::Debug for App {
    /// Without the bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("files", &self.0.len()).finish_non_exhaustive()
    }
}

/// The files that were read so far.
struct Found {
    files: BTreeMap<String, Vec<u8>>,
    /// How many bytes there may be yet.
    room: u64,
}

impl Found {
    /// Reads what is in a folder, which stands at the path `at`.
    fn folder(&mut self, folder: &Path, at: &str) -> Result<(), String> {
        let failed = |error: io::Error| unreadable(folder, &error);
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = entries.map_err(failed)?;
        // The same folder is always told the same.
        entries.sort_by_key(DirEntry::file_name);
        for entry in entries {
            let (place, name) = (entry.path(), entry.file_name());
            let Some(name) = name.to_str().filter(|name| name.chars().all(is_plain)) else {
                return Err(format!(
                    "{} cannot be served under that name; use letters from a to z, digits and -._~@+",
                    place.display()
                ));
            };
            if at.is_empty() && OWN.contains(&name) {
                return Err(format!("it holds {name}, which is a path of the server's own; {REMEDY}"));
            }
            if name.starts_with('.') {
                return Err(format!(
                    "{} begins with a dot, as nothing in an app does; {REMEDY}",
                    place.display()
                ));
            }
            let path = format!("{at}/{name}");
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() {
                self.folder(&place, &path)?;
            } else if kind.is_file() {
                self.file(&place, path, &entry.metadata().map_err(failed)?)?;
            } else {
                // A link may lead out of the folder, and a pipe never ends.
                return Err(format!("{} is neither a file nor a folder; {REMEDY}", place.display()));
            }
        }
        Ok(())
    }

    fn file(&mut self, place: &Path, path: String, known: &Metadata) -> Result<(), String> {
        if self.files.len() >= MAX_FILES {
            return Err(format!("it holds more than {MAX_FILES} files; {REMEDY}"));
        }
        let mut bytes = Vec::new();
        let read = open(place, known).and_then(|file| file.take(self.room + 1).read_to_end(&mut bytes));
        read.map_err(|error| unreadable(place, &error))?;
        let room = self.room.checked_sub(bytes.len() as u64);
        self.room =
            room.ok_or_else(|| format!("its files are larger than {} MiB; {REMEDY}", MAX_BYTES >> 20))?;
        self.files.insert(path, bytes);
        Ok(())
    }
}

/// Opens a file of which this is known; a link may have been put in its place meanwhile.
fn open(place: &Path, known: &Metadata) -> io::Result<File> {
    let file = File::open(place)?;
    let opened = file.metadata()?;
    if opened.is_file() && is_same(&opened, known) {
        Ok(file)
    } else {
        Err(io::Error::other("it was just replaced"))
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere the standard library does not tell files apart.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Whether browsers write this character of a path as it is.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~@+".contains(c)
}

fn unreadable(place: &Path, error: &io::Error) -> String {
    format!("{} cannot be read ({error}); {REMEDY}", place.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_the_place_of_a_file_meanwhile_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let (page, secret) = (folder.path().join("index.html"), folder.path().join("secret"));
        fs::write(&page, "a page").unwrap();
        fs::write(&secret, "a secret").unwrap();
        let known = fs::symlink_metadata(&page).unwrap();
        open(&page, &known).unwrap();

        fs::remove_file(&page).unwrap();
        std::os::unix::fs::symlink(&secret, &page).unwrap();
        let error = open(&page, &known).unwrap_err();
        assert_eq!(error.to_string(), "it was just replaced");
        let folder = open(folder.path(), &fs::metadata(folder.path()).unwrap());
        assert!(folder.is_err(), "a folder is no file");
    }
}
