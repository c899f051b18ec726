//! Roadbook's phone for browsers. It holds no logic: every body calls `roadbook-client`, whose views cross as objects of
//! JavaScript.
//!
//! It runs in a worker, because only there files can be written durably and at once. Calls that read or write the file
//! return when that is done; calls of the network are promises. What fails throws a `Failure`. A panic ends the
//! module: the page throws the worker away and starts another one, and the file is whole.

#![cfg(target_family = "wasm")]

mod account;
mod crossing;
mod editing;
mod env;
mod file;
mod pool;
mod reading;
mod syncing;
mod telling;

use std::sync::Arc;

use crate::pool::Files;

use roadbook_client::app::{Cancel, Exchange};
use roadbook_client::{Client, HttpTransport};
use wasm_bindgen::prelude::*;

use crate::crossing::failed;

/// Begins to tell what goes wrong on the browser's console.
#[wasm_bindgen(start)]
pub fn start() {
    telling::begin();
}

/// One user's file. It belongs to this worker alone.
///
/// Reading and editing never wait for a network. An edit is on disk when its call returns.
#[wasm_bindgen]
pub struct Roadbook {
    client: Client,
    exchange: Arc<Exchange>,
    files: Files,
}

/// A server.
#[wasm_bindgen]
pub struct Server {
    transport: HttpTransport,
}

/// Ends long calls: the app's own word. It counts also if it comes before the call.
#[wasm_bindgen]
#[derive(Default)]
pub struct CancelToken {
    cancel: Arc<Cancel>,
}

#[wasm_bindgen]
impl Server {
    /// The server at `address`, such as `https://roadbook.example`. This does not connect.
    #[wasm_bindgen(constructor)]
    pub fn new(address: &str) -> Result<Server, JsValue> {
        Ok(Self { transport: HttpTransport::new(address).map_err(failed)? })
    }
}

#[wasm_bindgen]
impl CancelToken {
    /// A token that ends nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> CancelToken {
        Self::default()
    }

    /// Ends the calls that it was given to, and those that it will be.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}
