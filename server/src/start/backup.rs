//! `backup`, `restore` and `check`: the database as a file that can be put away and taken back.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use roadbook_domain::settings::{Organisation, SettingsKind};
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::Timestamp;

use super::config::{ConfigError, Database, foreign, one_line, store_advice};
use crate::node::secrets::Secrets;
use crate::store::db::Address;
use crate::store::{Db, StoreError, enrolments, organisation, settings, sqlite_file as file};
use crate::sync::soundness;

/// What `backup` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct BackupConfig {
    /// The file to write; it must not be there yet
    pub file: PathBuf,

    /// The database to copy, which may be in use.
    #[command(flatten)]
    pub database: Database,

    /// The secrets folder of the organisation
    #[arg(long, env = "ROADBOOK_SECRETS", default_value = "secrets")]
    pub secrets: String,

    /// Copy the secrets folder, too, to this new folder: keep it apart from the file
    #[arg(long, value_name = "FOLDER")]
    pub secrets_to: Option<PathBuf>,
}

/// What `restore` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct RestoreConfig {
    /// The file that `backup` wrote
    pub file: PathBuf,

    /// Where the database is to be; nothing must be there yet.
    #[command(flatten)]
    pub database: Database,

    /// The secrets folder of the organisation
    #[arg(long, env = "ROADBOOK_SECRETS", default_value = "secrets")]
    pub secrets: String,

    /// Take the secrets folder back, too, from this copy of it
    #[arg(long, value_name = "FOLDER")]
    pub secrets_from: Option<PathBuf>,

    /// Restore a backup also if what it says twice does not fit: for the day on which there is no other
    #[arg(long)]
    pub even_if_unsound: bool,
}

/// What `check` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct CheckConfig {
    /// The database to look through, which may be in use.
    #[command(flatten)]
    pub database: Database,

    /// The secrets folder of the organisation
    #[arg(long, env = "ROADBOOK_SECRETS", default_value = "secrets")]
    pub secrets: String,
}

/// A database that was looked through, and the organisation in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// The organisation.
    pub org: OrgId,
    /// Its name.
    pub name: String,
    /// The last number of its log.
    pub head: i64,
    /// What does not fit in it, though every page of it can be read.
    pub finding: Option<String>,
}

impl fmt::Display for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "organisation {} ({}), {} entries in its log", self.org, one_line(&self.name), self.head)
    }
}

/// Copies the database to a file, while it is in use, and looks through the copy. A copy of which every page can
/// be read is kept, whatever else is found in it: it may be the last one.
///
/// # Errors
/// In one line: the key, its value and the remedy. Then no file is left.
pub async fn backup(config: &BackupConfig, env: &dyn Env) -> Result<Sound, ConfigError> {
    let from = sqlite(&config.database, BY_PG_DUMP)?;
    refuse_existing("file", &config.file)?;
    if let Some(folder) = &config.secrets_to {
        refuse_existing("secrets-to", folder)?;
    }
    let secrets = secrets_of(&config.secrets)?;
    let of_file = |error: StoreError| file_error("file", &config.file, &store_advice(&error));
    let draft = Draft::beside(&config.file).map_err(of_file)?;
    file::copy(&from, &draft.path).await.map_err(|error| match error {
        // It is the copy that fills a disk.
        StoreError::Full => file_error("file", &config.file, &NO_SPACE),
        other => config.database.wrong(store_advice(&other)),
    })?;
    let sound = look_inside(&Address::Sqlite(draft.path.clone()), secrets.org, env.now())
        .await
        .map_err(|problem| config.database.wrong(problem))?;
    file::put_away(&draft.path).await.map_err(of_file)?;
    if let Some(folder) = &config.secrets_to {
        let copied = secrets.copy_to(folder);
        copied.map_err(|error| file_error("secrets-to", folder, &error))?;
    }
    // Last: a file of this name is a backup that is done.
    draft.keep(&config.file).map_err(of_file)?;
    Ok(sound)
}

/// Puts a backup in the place of a database that is not there, without the codes that let users in: those that
/// were used since the backup would be good again. Sessions stay, so that phones go on by themselves and bring
/// back what was lost.
///
/// # Errors
/// In one line: the key, its value and the remedy. Then nothing is there.
pub async fn restore(config: &RestoreConfig, env: &dyn Env) -> Result<Sound, ConfigError> {
    let to = sqlite(&config.database, BY_PG_RESTORE)?;
    let with = |end: &str| {
        let mut path = to.clone().into_os_string();
        path.push(end);
        PathBuf::from(path)
    };
    let there = ["", "-wal", "-shm"].map(with).into_iter().filter(|path| is_there(path));
    let there: Vec<String> = there.map(|path| path.display().to_string()).collect();
    if !there.is_empty() {
        let there = there.join(", ");
        let remedy = format!("nothing is overwritten; stop the server, and move away all of {there}");
        return Err(config.database.wrong(remedy));
    }
    let of_file = |error: StoreError| file_error("file", &config.file, &unfit(&error));
    let of_database = |error: StoreError| config.database.wrong(store_advice(&error));
    file::check(&config.file).await.map_err(of_file)?;
    let secrets = match &config.secrets_from {
        Some(folder) => {
            refuse_existing("secrets", Path::new(&config.secrets))?;
            Secrets::load(folder).map_err(|error| file_error("secrets-from", folder, &error))?
        }
        None => secrets_of(&config.secrets)?,
    };
    let draft = Draft::beside(&to).map_err(of_database)?;
    // Not a plain copy: this one looks at what it wrote, and is readable by its owner only.
    file::copy(&config.file, &draft.path).await.map_err(|error| match error {
        StoreError::Full => config.database.wrong(NO_SPACE.to_owned()),
        other => of_file(other),
    })?;
    let sound = take_over(&Address::Sqlite(draft.path.clone()), secrets.org, env.now())
        .await
        .map_err(|problem| file_error("file", &config.file, &problem))?;
    if let Some(finding) = sound.finding.as_ref().filter(|_| !config.even_if_unsound) {
        let remedy = "take another backup, or restore this one by --even-if-unsound";
        return Err(file_error("file", &config.file, &format!("it is not whole: {finding}; {remedy}")));
    }
    file::put_away(&draft.path).await.map_err(of_database)?;
    if config.secrets_from.is_some() {
        let copied = secrets.copy_to(Path::new(&config.secrets));
        copied.map_err(|error| file_error("secrets", Path::new(&config.secrets), &error))?;
    }
    draft.keep(&to).map_err(of_database)?;
    Ok(sound)
}

/// Looks through the whole database, and whether the secrets folder is the one of its organisation.
///
/// # Errors
/// In one line: the key, its value and the remedy; also if something in it does not fit.
pub async fn check(config: &CheckConfig, env: &dyn Env) -> Result<Sound, ConfigError> {
    let address = config.database.address()?;
    let secrets = secrets_of(&config.secrets)?;
    if let Address::Sqlite(path) = &address {
        file::check(path).await.map_err(|error| config.database.wrong(store_advice(&error)))?;
    }
    let sound = look_inside(&address, secrets.org, env.now())
        .await
        .map_err(|problem| config.database.wrong(problem))?;
    match &sound.finding {
        None => Ok(sound),
        Some(finding) => {
            let problem = format!("it is not whole: {finding}; restore a backup from before that");
            Err(config.database.wrong(problem))
        }
    }
}

const NO_SPACE: &str = "its disk has no space left; make some, or choose another place";

const BY_PG_DUMP: &str = "PostgreSQL is backed up by its own tools, also while it is in use: run pg_dump \
                          --format=custom --file=FILE ADDRESS";

const BY_PG_RESTORE: &str = "PostgreSQL is restored by its own tools: run pg_restore --clean --if-exists \
                             --dbname=ADDRESS FILE, then the statement \"delete from enrolment\": codes that were \
                             used since would let in again";

/// What is in a database, to which nothing is written.
async fn look_inside(address: &Address, org: OrgId, now: Timestamp) -> Result<Sound, String> {
    let db = Db::look(address).await.map_err(|error| store_advice(&error))?;
    let sound = inside(&db, org, now).await;
    db.close().await;
    sound
}

/// Makes a copy fit to be served: the tables are those of this program, and no code is left.
async fn take_over(address: &Address, org: OrgId, now: Timestamp) -> Result<Sound, String> {
    let db = Db::open(address, 1).await.map_err(|error| store_advice(&error))?;
    let sound = match inside(&db, org, now).await {
        Ok(sound) => forget_codes(&db, org).await.map(|()| sound).map_err(|error| store_advice(&error)),
        Err(problem) => Err(problem),
    };
    db.close().await;
    sound
}

async fn forget_codes(db: &Db, org: OrgId) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    enrolments::remove_all(&mut tx, org).await?;
    tx.commit().await
}

/// The organisation in a database, which must be the one of the secrets folder.
async fn inside(db: &Db, org: OrgId, now: Timestamp) -> Result<Sound, String> {
    let found = async {
        let mut conn = db.snapshot().await?;
        let set = settings::get(&mut conn, org, SettingsKind::Organisation, Organisation::ROW).await?;
        // The other name is the one that the firm was made with.
        let name = match set.and_then(|row| row.read::<Organisation>().ok()) {
            Some(set) => Some(set.name),
            None => organisation::name(&mut conn, org).await?,
        };
        let head = organisation::head(&mut conn, org).await?;
        let finding = match &head {
            Some(_) => soundness::look(&mut conn, org, now).await?,
            None => None,
        };
        Ok((name, head, finding))
    };
    match found.await.map_err(|error| store_advice(&error))? {
        (Some(name), Some(head), finding) => Ok(Sound { org, name, head: head.seq, finding }),
        _ => Err(foreign(org)),
    }
}

fn sqlite(database: &Database, otherwise: &str) -> Result<PathBuf, ConfigError> {
    match database.address()? {
        Address::Sqlite(path) => Ok(path),
        Address::Postgres(_) => Err(database.wrong(otherwise.into())),
    }
}

fn secrets_of(folder: &str) -> Result<Secrets, ConfigError> {
    Secrets::load(Path::new(folder)).map_err(|error| ConfigError::of("secrets", folder, &error.to_string()))
}

fn refuse_existing(key: &str, path: &Path) -> Result<(), ConfigError> {
    if is_there(path) {
        Err(file_error(
            key,
            path,
            &"it is there already, and nothing is overwritten; choose another name, or leave out what was put away before",
        ))
    } else {
        Ok(())
    }
}

fn is_there(path: &Path) -> bool {
    // Not `exists`: a link that leads nowhere is something that is there, too.
    path.symlink_metadata().is_ok()
}

/// What is wrong with a file that is to be restored.
fn unfit(error: &StoreError) -> String {
    match error {
        StoreError::Missing => "it is not there, or empty; give the file that roadbook backup wrote".into(),
        StoreError::Foreign => "it is of another program; give the file that roadbook backup wrote".into(),
        StoreError::Damaged(what) => format!("it is damaged ({what}); take another backup"),
        other => store_advice(other),
    }
}

fn file_error(key: &str, path: &Path, problem: &dyn fmt::Display) -> ConfigError {
    let path = path.display().to_string();
    match key {
        // They have no variables.
        "file" | "secrets-to" | "secrets-from" => ConfigError::other(format!("{key} \"{path}\": {problem}")),
        key => ConfigError::of(key, &path, &problem.to_string()),
    }
}

/// A file under another name until it is whole; removed with this value, if it never is.
struct Draft {
    path: PathBuf,
    is_kept: bool,
    /// Who works on one of this name has it locked.
    _lock: fs::File,
}

impl Draft {
    fn beside(path: &Path) -> Result<Self, StoreError> {
        if path.to_str().is_none() {
            return Err(StoreError::File("its name is not UTF-8; choose another".into()));
        }
        let mut draft = path.to_owned().into_os_string();
        draft.push(".roadbook-partial");
        let draft = PathBuf::from(draft);
        if is_there(&draft) {
            let in_the_way = |why: &str| {
                StoreError::File(format!("{} is in the way ({why}); wait, or remove it", draft.display()))
            };
            // What an earlier run left that was killed; nobody else makes files of such names.
            let left = fs::File::open(&draft).map_err(|error| in_the_way(&error.to_string()))?;
            left.try_lock().map_err(|_| in_the_way("another command is writing it"))?;
            fs::remove_file(&draft).map_err(|error| in_the_way(&error.to_string()))?;
        }
        file::make_private(&draft)?;
        let lock =
            fs::File::open(&draft).and_then(|file| file.try_lock().map(|()| file).map_err(io::Error::from));
        let lock =
            lock.map_err(|error| StoreError::File(format!("cannot be locked ({error}); try again")))?;
        Ok(Self { path: draft, is_kept: false, _lock: lock })
    }

    fn keep(mut self, path: &Path) -> Result<(), StoreError> {
        let failed = |error: io::Error| StoreError::File(format!("cannot be put there ({error}); try again"));
        fs::rename(&self.path, path).map_err(failed)?;
        self.is_kept = true;
        #[cfg(unix)]
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        for end in ["", "-wal", "-shm", "-journal"] {
            let mut path = self.path.clone().into_os_string();
            path.push(end);
            // It may never have been made.
            drop(fs::remove_file(path));
        }
    }
}
