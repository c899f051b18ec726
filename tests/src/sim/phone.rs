//! One phone: its file, its clock, the app that runs on it, and what its user was told is safe.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use roadbook_client::{Client, Identity, MAX_ANSWER, Step, SyncSession};
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::value::env::{Env, SeededEnv};
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{SyncResponse, SyncStatus, from_frame};
use rusqlite::Connection;

use super::peek::{Peek, Unsent};
use crate::dice::{nth, seed_of};
use crate::failure::{Failure, ensure};

/// A phone.
pub struct Phone {
    /// Whose it is.
    pub identity: Identity,
    /// How far its clock is off, in milliseconds.
    pub skew: i64,
    /// Every change that the app confirmed to its user, as far as this phone can know of it.
    pub confirmed: BTreeMap<ChangeHash, Unsent>,
    /// Changes that left the outbox because the server had them.
    pub acknowledged: BTreeSet<ChangeHash>,
    /// Changes whose edits the user took out of the quarantine again.
    pub reapplied: BTreeSet<Vec<u8>>,
    /// What was unsent when the laws last looked.
    pub outbox: BTreeMap<ChangeHash, Unsent>,
    folder: PathBuf,
    seed: u64,
    openings: u64,
    now: Timestamp,
    app: Option<App>,
    copy: Option<Kept>,
}

/// The app while it runs.
pub struct App {
    /// What its screens call.
    pub client: Client,
    /// Its conversation with the server.
    pub session: SyncSession,
    /// Its clock and chance.
    pub env: Arc<SeededEnv>,
    /// A look at its file from outside.
    pub peek: Peek,
    path: PathBuf,
}

impl App {
    /// Its clock.
    pub fn env_now(&self) -> Timestamp {
        self.env.now()
    }
}

/// A copy of the file, and what it is known to hold.
#[derive(Clone)]
struct Kept {
    path: PathBuf,
    confirmed: BTreeMap<ChangeHash, Unsent>,
    acknowledged: BTreeSet<ChangeHash>,
    reapplied: BTreeSet<Vec<u8>>,
}

impl Phone {
    /// A phone that begins with a copy of `file`, or with nothing.
    ///
    /// # Errors
    /// The app cannot be opened.
    pub fn new(
        identity: Identity,
        folder: PathBuf,
        file: Option<&Path>,
        seed: u64,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        std::fs::create_dir_all(&folder)?;
        let mut phone = Self {
            identity,
            skew: 0,
            confirmed: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            reapplied: BTreeSet::new(),
            outbox: BTreeMap::new(),
            folder,
            seed,
            openings: 0,
            now,
            app: None,
            copy: None,
        };
        phone.open(file)?;
        Ok(phone)
    }

    /// The app.
    pub fn app(&mut self) -> &mut App {
        self.app.as_mut().expect("the app runs between transitions")
    }

    /// Sets its clock by the clock of the simulation.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = now;
        let own = Timestamp::from_millis(now.millis() + self.skew);
        self.app().env.set_now(own);
    }

    /// Kills the app and opens it again: the file keeps what was written, and nothing is put in order.
    ///
    /// # Errors
    /// The app cannot be opened, which breaks R01.
    pub fn kill(&mut self) -> Result<(), Failure> {
        let left = self.folder.join("left");
        let old = self.app().path.clone();
        copy_file(&old, &left)?;
        self.app = None;
        remove_file(&old)?;
        self.open(Some(&left))?;
        remove_file(&left)
    }

    /// Copies the file to a safe place.
    ///
    /// # Errors
    /// Of the copying.
    pub fn copy(&mut self) -> Result<(), Failure> {
        let path = self.folder.join("copy");
        if self.copy.is_some() {
            remove_file(&path)?;
        }
        let from = self.app().path.clone();
        copy_file(&from, &path)?;
        self.copy = Some(Kept {
            path,
            confirmed: self.confirmed.clone(),
            acknowledged: self.acknowledged.clone(),
            reapplied: self.reapplied.clone(),
        });
        Ok(())
    }

    /// Becomes what it was when it was copied; tells whether there is a copy.
    ///
    /// # Errors
    /// The app cannot be opened.
    pub fn restore(&mut self) -> Result<bool, Failure> {
        let Some(kept) = self.copy.clone() else { return Ok(false) };
        let old = self.app().path.clone();
        self.app = None;
        remove_file(&old)?;
        self.confirmed = kept.confirmed;
        self.acknowledged = kept.acknowledged;
        self.reapplied = kept.reapplied;
        self.open(Some(&kept.path))?;
        Ok(true)
    }

    /// Another phone that begins with a copy of this one's file.
    ///
    /// # Errors
    /// The app cannot be opened.
    pub fn clone_to(&mut self, identity: Identity, folder: PathBuf, seed: u64) -> Result<Self, Failure> {
        let left = self.folder.join("left");
        let from = self.app().path.clone();
        copy_file(&from, &left)?;
        let mut clone = Self::new(identity, folder, Some(&left), seed, self.now)?;
        remove_file(&left)?;
        clone.confirmed = self.confirmed.clone();
        clone.acknowledged = self.acknowledged.clone();
        clone.reapplied = self.reapplied.clone();
        Ok(clone)
    }

    /// Another process on the app's file.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn beside(&mut self, seed: u64) -> Result<App, Failure> {
        let (path, now) = (self.app().path.clone(), self.app().env_now());
        let env = Arc::new(SeededEnv::new(seed, now));
        let client = Client::open_beside(&path, env.clone())?;
        let (session, peek) = (SyncSession::new(&client), Peek::open(&path)?);
        Ok(App { client, session, env, peek, path })
    }

    /// A page of the file is overwritten, unless its number is 0, and the file salvaged; tells whether all
    /// that was unsent could be read.
    ///
    /// # Errors
    /// The salvage fails.
    pub fn salvage(&mut self, page: u8) -> Result<bool, Failure> {
        let path = self.app().path.clone();
        self.app = None;
        if page > 0 {
            overwrite(&path, u64::from(page) * PAGE)?;
        }
        self.openings += 1;
        let env = Arc::new(SeededEnv::new(seed_of(self.seed, self.openings), self.now));
        let salvaged = Client::salvage(&path, env.clone())?;
        let (client, peek) = (salvaged.client, Peek::open(&path)?);
        self.outbox = peek.outbox()?;
        let session = SyncSession::new(&client);
        self.app = Some(App { client, session, env, peek, path });
        let now = self.now;
        self.set_now(now);
        Ok(salvaged.complete)
    }

    /// What is stored of a document becomes unreadable; tells of which one.
    ///
    /// # Errors
    /// Of the database.
    pub fn spoil(&mut self, target: u8) -> Result<Option<DocumentId>, Failure> {
        let held = self.app().peek.documents()?;
        let acknowledged = held.into_iter().filter(|(_, held)| !held.heads.is_empty());
        let ids: Vec<_> = acknowledged.map(|(id, _)| id).collect();
        let Some(id) = nth(&ids, target).copied() else { return Ok(None) };
        let file = Connection::open(&self.app().path)?;
        // As a bad sector leaves it.
        file.execute("UPDATE document SET saved = zeroblob(length(saved)) WHERE id = ?1", [id.as_bytes()])?;
        file.execute(
            "UPDATE base_change SET change = zeroblob(length(change)) WHERE document = ?1",
            [id.as_bytes()],
        )?;
        Ok(Some(id))
    }

    /// The file was given to another user: nothing of the one before is on it, and no copy is theirs.
    pub fn begin_anew(&mut self) {
        self.confirmed.clear();
        self.acknowledged.clear();
        self.reapplied.clear();
        self.outbox.clear();
        self.copy = None;
    }

    /// Closes the app in order and copies its file.
    ///
    /// # Errors
    /// Of the copying.
    pub fn copy_to(&mut self, file: &Path) -> Result<(), Failure> {
        let path = self.app().path.clone();
        self.app = None;
        copy_file(&path, file)
    }

    fn open(&mut self, from: Option<&Path>) -> Result<(), Failure> {
        self.openings += 1;
        let path = self.folder.join(format!("roadbook-{}", self.openings));
        if let Some(from) = from {
            copy_file(from, &path)?;
        }
        // What an opening draws must differ from what every other one draws, copies included.
        let seed = seed_of(self.seed, self.openings);
        let env = Arc::new(SeededEnv::new(seed, self.now));
        let client = Client::open(&path, env.clone())?;
        let session = SyncSession::new(&client);
        let peek = Peek::open(&path)?;
        self.outbox = peek.outbox()?;
        self.app = Some(App { client, session, env, peek, path });
        let now = self.now;
        self.set_now(now);
        Ok(())
    }
}

/// Stores an answer. If the phone then is to compare all it holds with the server, there must be a reason, and
/// nothing that the server has is to be sent again.
///
/// # Errors
/// The answer cannot be stored, a difference was found that no lost log explains, or a change that the server
/// has is still unsent.
pub fn stored(app: &mut App, place: usize, answer: &[u8]) -> Result<Step, Failure> {
    let reconciled = app.peek.reconciles()?;
    let step = app.session.on_response(answer)?;
    let both = app.peek.known_and_unsent()?;
    ensure("what a phone holds from the server is not unsent", both.is_empty(), || {
        format!("phone {place}: {both:?}")
    })?;
    if !reconciled && app.peek.reconciles()? {
        let answer: SyncResponse = from_frame(answer, MAX_ANSWER)?;
        // Comparing would heal it, and hide the fault.
        ensure(
            "phone and server never differ unless a log is lost",
            answer.status != SyncStatus::Ok,
            || format!("phone {place} finds another digest than the server's"),
        )?;
    }
    Ok(step)
}

/// The size of a page of a phone's file.
const PAGE: u64 = 4096;

/// Damages a page of a file, if it has that page.
fn overwrite(path: &Path, at: u64) -> Result<(), Failure> {
    let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
    if file.metadata()?.len() >= at + PAGE {
        file.seek(SeekFrom::Start(at))?;
        file.write_all(&[0xa5; PAGE as usize])?;
    }
    Ok(())
}

/// Copies a SQLite file as a kill leaves it: with its log, without its shared memory.
///
/// # Errors
/// Of the copying.
pub fn copy_file(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::copy(from, to)?;
    let log = beside(from, "-wal");
    if log.exists() {
        std::fs::copy(log, beside(to, "-wal"))?;
    }
    Ok(())
}

/// Removes a SQLite file with what belongs to it.
///
/// # Errors
/// Of the removing.
pub fn remove_file(path: &Path) -> Result<(), Failure> {
    for path in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        if path.exists() {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
