//! Where files are: in the browser's own file system, which a pool of open files makes usable at once.

use std::time::Duration;

use js_sys::Reflect;
use roadbook_client::{ApiError, Client};
use roadbook_domain::value::env::Env;
use rsqlite_vfs::{OsCallback, VfsFilesManager, VfsResult};
use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil, install};
use wasm_bindgen::JsValue;

use crate::crossing::failed;
use crate::env::BrowserEnv;

/// The name of the database in its pool, before a salvage.
const FIRST: &str = "roadbook.sqlite";

/// As many files as SQLite may need beside one another while a damaged one is read: databases, logs and journals.
const ROOM: usize = 8;

/// One user's files, as long as the worker lives: no other worker has them.
///
/// No file can be renamed here. So a salvage writes the next of a row of databases, and the last one that is whole is
/// the one to open.
pub(crate) struct Files {
    pool: OpfsSAHPoolUtil,
    current: String,
}

impl Files {
    /// Opens the files of the user of this name.
    ///
    /// # Errors
    /// `internal` while another tab has them, `storage_full` where there is no room for new ones. The package has asked
    /// before whether the browser keeps files at all.
    pub(crate) async fn open(name: &str) -> Result<Self, JsValue> {
        let pool = OpfsSAHPoolCfgBuilder::new()
            .vfs_name(&format!("roadbook-{name}"))
            .directory(&format!("roadbook/{name}"))
            .build();
        let pool = install::<Os>(&pool, true).await.map_err(refused)?;
        let mut current = FIRST.to_owned();
        for number in 1.. {
            let next = numbered(number);
            if !pool.contains(&next).map_err(refused)? {
                break;
            }
            if Client::is_salvage(&next) {
                current = next;
            }
        }
        Ok(Self { pool, current })
    }

    /// The database to open.
    pub(crate) fn current(&self) -> &str {
        &self.current
    }

    /// Where a salvage writes; what was cut off there is gone.
    pub(crate) async fn draft(&self) -> Result<String, JsValue> {
        let names = self.pool.names().map_err(refused)?;
        let draft = match self.current.as_str() {
            FIRST => numbered(1),
            salvaged => (1..).map(numbered).skip_while(|name| name != salvaged).nth(1).unwrap_or_default(),
        };
        for name in names.iter().filter(|name| name.starts_with(&draft)) {
            self.pool.remove(name).map_err(refused)?;
        }
        self.pool.ensure_capacity(names.len().saturating_add(ROOM)).await.map_err(refused)?;
        Ok(draft)
    }

    /// Removes all databases but the one that is open.
    pub(crate) fn remove_damaged(&self) -> Result<(), JsValue> {
        let names = self.pool.names().map_err(refused)?;
        for name in names.iter().filter(|name| !name.trim_start_matches('/').starts_with(&self.current)) {
            self.pool.remove(name).map_err(refused)?;
        }
        Ok(())
    }
}

fn numbered(number: u32) -> String {
    format!("{number}-{FIRST}")
}

fn refused(error: OpfsSAHError) -> JsValue {
    failed(if is_full(&error) {
        ApiError::StorageFull
    } else {
        ApiError::Internal { detail: error.to_string() }
    })
}

/// The package has the handles of all browsers say it by the same name (`full.ts`).
fn is_full(error: &OpfsSAHError) -> bool {
    match error {
        OpfsSAHError::Opfs { value, .. } => {
            Reflect::get(value, &"name".into()).is_ok_and(|name| name == "QuotaExceededError")
        }
        OpfsSAHError::Cleanup { error, .. } => is_full(error),
        _ => false,
    }
}

/// What SQLite asks of the system.
#[derive(Default)]
struct Os;

impl OsCallback for Os {
    fn sleep(&self, _time: Duration) {
        // A worker cannot; and nobody else has the file, so nothing is ever waited for.
    }

    fn random(&self, bytes: &mut [u8]) -> usize {
        BrowserEnv.fill(bytes);
        bytes.len()
    }

    fn epoch_timestamp_in_ms(&self) -> VfsResult<i64> {
        Ok(BrowserEnv.now().millis())
    }
}
