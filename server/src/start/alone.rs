//! One server for one SQLite file: a second one is started by mistake, would go on without the news of the first,
//! and by another name of the file (a hard link, a mount) would write into it as if it were alone.

use std::fs::{File, TryLockError};

use super::config::{Config, ConfigError};
use crate::store::db::Address;

/// Keeps other servers from a SQLite file as long as this value lives, and no longer than its process. Commands
/// do not ask for it: they work beside a server. On PostgreSQL there may be several servers.
///
/// Drop it when SQLite has closed the file: to close a file takes away all locks that a process holds on it.
#[derive(Debug)]
pub struct Alone {
    _file: Option<File>,
}

impl Alone {
    /// Takes the file, by whatever name it goes; what is not there, or no file, is for others to tell.
    ///
    /// # Errors
    /// In one line, that another server has it, or that it cannot be locked.
    pub fn with(config: &Config, database: &Address) -> Result<Self, ConfigError> {
        let Address::Sqlite(path) = database else { return Ok(Self { _file: None }) };
        // Asked first: to open a pipe would wait.
        let file = path.is_file().then(|| File::open(path).ok()).flatten();
        let Some(file) = file else { return Ok(Self { _file: None }) };
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(config.database.wrong(
                "another roadbook serve has the file, perhaps by another name; stop that one, or give this one \
                 another database"
                    .into(),
            )),
            Err(TryLockError::Error(error)) => Err(config.database.wrong(format!(
                "the file cannot be locked ({error}); choose a file system that has locks"
            ))),
        }
    }
}
