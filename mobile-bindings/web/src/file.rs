//! The file: opening, being told of changes, and looking after it.

use std::sync::Arc;

use js_sys::Function;
use roadbook_client::app::Exchange;
use roadbook_client::{ApiError, ChangeSet, Client, Reason};
use roadbook_domain::value::env::Env;
use send_wrapper::SendWrapper;
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::Roadbook;
use crate::crossing::{failed, told};
use crate::env::BrowserEnv;
use crate::pool::Files;

/// What a salvage brought.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Salvage {
    /// How many edits were saved: they are unsent again, or in the quarantine.
    pub saved: u64,
    /// Whether all of the damaged file could be read.
    pub complete: bool,
}

/// As long as it is not freed, its listener is told of changes.
#[wasm_bindgen]
pub struct Subscription {
    _held: roadbook_client::Subscription,
}

#[wasm_bindgen]
impl Roadbook {
    /// Opens the file of the user of this `name`, and makes it if there is none.
    ///
    /// Throws `app_too_old`, `file_too_old`, `damaged`; `internal` while another worker has it.
    pub async fn open(name: String) -> Result<Roadbook, JsValue> {
        let files = Files::open(&name).await?;
        let client = Client::open_alone(files.current(), Arc::new(BrowserEnv)).map_err(failed)?;
        Ok(Self { exchange: Arc::new(Exchange::new(&client)), client, files })
    }

    /// Makes a new file in the place of a damaged one, with all that was unsent in it; everything else comes back with
    /// the next sync. Cut off at any point it has changed nothing. Nobody may have the file open; the next opening
    /// opens the new one.
    ///
    /// Throws `storage_full`: make room and call it again; `app_too_old`; `internal` while another worker has the file.
    pub async fn salvage(name: String) -> Result<Ts<Salvage>, JsValue> {
        let files = Files::open(&name).await?;
        let draft = files.draft().await?;
        let salvaged = Client::salvage_beside(files.current(), draft, Arc::new(BrowserEnv));
        told(salvaged.map(|(saved, complete)| Salvage { saved, complete }))
    }

    /// Begins to work without an account.
    ///
    /// Throws `invalid.user_there`, `invalid.unknown_zone`.
    #[wasm_bindgen(js_name = beginLocalWorkspace)]
    pub fn begin_local_workspace(&self, zone: &str, locale: &str) -> Result<Ts<ChangeSet>, JsValue> {
        let unknown = |_| failed(ApiError::Invalid { reason: Reason::UnknownZone });
        told(self.client.begin_local_workspace(zone.parse().map_err(unknown)?, locale))
    }

    /// Reads the whole file. Throws `damaged` if it is not sound.
    pub fn check(&self) -> Result<(), JsValue> {
        self.client.check().map_err(failed)
    }

    /// Makes rows anew that another version of the app made, of so many documents at most; tells whether there is more.
    #[wasm_bindgen(js_name = rebuildSome)]
    pub fn rebuild_some(&self, limit: u32) -> Result<bool, JsValue> {
        self.client.rebuild_some(limit).map(|(more, _)| more).map_err(failed)
    }

    /// What the user sees, as 64 digits: equal to the server's once everything is exchanged. For support.
    #[wasm_bindgen(js_name = stateHash)]
    pub fn state_hash(&self) -> Result<String, JsValue> {
        let hash = self.client.state_hash(BrowserEnv.now()).map_err(failed)?;
        Ok(data_encoding::HEXLOWER.encode(&hash))
    }

    /// Tells `listener` of every change from now on, after it is durable.
    pub fn subscribe(&self, listener: Function) -> Subscription {
        let listener = SendWrapper::new(listener);
        let held = self.client.subscribe(move |changes: &ChangeSet| {
            if let Ok(changes) = changes.into_js() {
                // What it throws is its own.
                drop(listener.call1(&JsValue::NULL, &changes));
            }
        });
        Subscription { _held: held }
    }
}
