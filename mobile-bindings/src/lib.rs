//! Roadbook's phone for Kotlin and Swift. It holds no logic: every body calls `roadbook-client`, whose types cross as
//! they are.
//!
//! Calls that read or write the file wait for the storage, some milliseconds, and any thread may make them; the
//! packages of the two languages make them on a background thread and let the caller await them. Calls of the
//! network are asynchronous here already. Errors are codes with data. A panic does not cross: UniFFI catches it, the
//! packages make it `Internal`, and the handle goes on.

mod account;
mod codes;
mod editing;
mod file;
mod reading;
mod runtime;
mod syncing;

use std::sync::Arc;

use roadbook_client::app::{self, Exchange};
use roadbook_client::{
    AddressError, ApiError, ChangeSet, Client, HttpTransport, Reason, Subscription, SyncReport, Trust,
};

uniffi::setup_scaffolding!();

/// One phone's file. Open it once in a process and keep it; any thread may use it.
///
/// Reading and editing never wait for a network (L1). An edit is on disk when its call returns.
#[derive(uniffi::Object)]
pub struct Roadbook {
    client: Client,
    exchange: Arc<Exchange>,
}

/// A server, and the connections to it that are kept open for the next call.
#[derive(uniffi::Object)]
pub struct Server {
    transport: HttpTransport,
}

/// Ends long calls: the app's own word, on every platform alike. It counts also if it comes before the call.
#[derive(uniffi::Object, Default)]
pub struct CancelToken {
    cancel: app::Cancel,
}

/// As long as it lives, its listener is told of changes.
#[derive(uniffi::Object)]
pub struct ChangeSubscription {
    held: std::sync::Mutex<Option<Subscription>>,
}

/// What an app does when something changed.
#[uniffi::export(with_foreign)]
pub trait ChangeListener: Send + Sync {
    /// Tells what changed, after it is durable, on a thread of the core's. Return soon; an error is ignored.
    fn on_change(&self, changes: ChangeSet) -> Result<(), ListenerError>;
}

/// Watches a sync.
#[uniffi::export(with_foreign)]
pub trait SyncListener: Send + Sync {
    /// Tells how far it got, after every answer of the server. Return soon; an error is ignored.
    fn on_progress(&self, report: SyncReport) -> Result<(), ListenerError>;
}

/// What went wrong in a listener. It is logged, and everything goes on.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum ListenerError {
    /// The app's code threw.
    #[error("the listener failed: {why}")]
    Failed {
        /// What it said.
        why: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { why: error.reason }
    }
}

#[uniffi::export]
impl Server {
    /// The server at `address`, such as `https://roadbook.example`. This does not connect.
    #[uniffi::constructor]
    pub fn new(address: &str) -> Result<Arc<Self>, AddressError> {
        Ok(Arc::new(Self { transport: HttpTransport::new(address)? }))
    }

    /// The same with other certificates than those that the platform trusts.
    #[uniffi::constructor]
    pub fn trusting(address: &str, trust: Trust) -> Result<Arc<Self>, AddressError> {
        Ok(Arc::new(Self { transport: HttpTransport::trusting(address, &trust)? }))
    }
}

#[uniffi::export]
impl CancelToken {
    /// A token that ends nothing yet.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Ends the calls that it was given to, and those that it will be.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

#[uniffi::export]
impl ChangeSubscription {
    /// Ends it: the listener is told of nothing any more.
    pub fn cancel(&self) {
        self.held.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    }
}

impl Roadbook {
    fn over(client: Client) -> Arc<Self> {
        // Before any call of a handle: all that take such texts are calls of one.
        roadbook_domain::bindings::refuse_by(|| invalid(Reason::Malformed).into());
        Arc::new(Self { exchange: Arc::new(Exchange::new(&client)), client })
    }
}

fn invalid(reason: Reason) -> ApiError {
    ApiError::Invalid { reason }
}

#[cfg(test)]
mod tests;
