//! Where files are: in the browser's own file system, which a pool of open files makes usable at once.

use std::time::Duration;

use roadbook_client::ApiError;
use roadbook_domain::value::env::Env;
use rsqlite_vfs::{OsCallback, VfsResult};
use sqlite_wasm_vfs::sahpool::{OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil, install};
use wasm_bindgen::JsValue;

use crate::crossing::failed;
use crate::env::BrowserEnv;

/// Opens the pool of one user's files. While it is open no other tab has it.
///
/// # Errors
/// `internal` while another tab has it. The package has asked before whether the browser keeps files at all.
pub(crate) async fn open(name: &str) -> Result<OpfsSAHPoolUtil, JsValue> {
    let pool = OpfsSAHPoolCfgBuilder::new()
        .vfs_name(&format!("roadbook-{name}"))
        .directory(&format!("roadbook/{name}"))
        .build();
    install::<Os>(&pool, true).await.map_err(|error| failed(ApiError::Internal { detail: error.to_string() }))
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
