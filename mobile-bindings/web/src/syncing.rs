//! Exchanging with the server.

use js_sys::Function;
use roadbook_client::SyncReport;
use roadbook_client::app::{Budget, SyncEnd, Synced};
use send_wrapper::SendWrapper;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::crossing::{read, told};
use crate::{CancelToken, Roadbook, Server};

#[wasm_bindgen]
impl Roadbook {
    /// Exchanges with the server until nothing is left to exchange, and says how far it got. What was exchanged stays,
    /// however it ends; the next call goes on from there. `listener` is told after every answer.
    ///
    /// Rejects with `unreachable`, `captive_portal`, `wrong_server`, `server_busy` or `server_full`, each with the
    /// address and the time to try again; until then each call fails at once. `sign_in_needed` if the session is over:
    /// the user's work stays. `access_ended`.
    pub async fn sync(
        &self,
        server: &Server,
        listener: Option<Function>,
        token: &CancelToken,
    ) -> Result<Ts<Synced>, JsValue> {
        self.synced(server, None, listener, token).await
    }

    /// The same within a budget. It ends between two answers and says whether there is more.
    #[wasm_bindgen(js_name = backgroundSync)]
    pub async fn background_sync(
        &self,
        server: &Server,
        budget: Ts<Budget>,
        token: &CancelToken,
    ) -> Result<Ts<Synced>, JsValue> {
        self.synced(server, Some(read(budget)?), None, token).await
    }

    /// Syncs at once, whenever the server has news and whenever the user edits, until it is cancelled. Where the
    /// network is gone it comes back by itself.
    ///
    /// Rejects with what waiting does not help with: `sign_in_needed`, `access_ended`, `refused`, what is the file's.
    pub async fn live(
        &self,
        server: &Server,
        listener: Option<Function>,
        token: &CancelToken,
    ) -> Result<Ts<SyncEnd>, JsValue> {
        told(self.exchange.live(&server.transport, Some(&token.cancel), &mut watching(listener)).await)
    }
}

impl Roadbook {
    async fn synced(
        &self,
        server: &Server,
        budget: Option<Budget>,
        listener: Option<Function>,
        token: &CancelToken,
    ) -> Result<Ts<Synced>, JsValue> {
        told(
            self.exchange.sync(&server.transport, budget, Some(&token.cancel), &mut watching(listener)).await,
        )
    }
}

/// Tells a listener of JavaScript. What it throws is its own.
fn watching(listener: Option<Function>) -> impl FnMut(&SyncReport) + Send {
    let listener = SendWrapper::new(listener);
    move |report| {
        if let (Some(listener), Ok(report)) = (&*listener, report.into_js()) {
            drop(listener.call1(&JsValue::NULL, &report));
        }
    }
}
