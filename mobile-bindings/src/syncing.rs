//! Exchanging with the server.

use std::sync::Arc;

use roadbook_client::app::{Budget, SyncEnd, Synced};
use roadbook_client::{SyncError, SyncReport};

use crate::runtime::spawned;
use crate::{CancelToken, Roadbook, Server, SyncListener};

#[uniffi::export]
impl Roadbook {
    /// Exchanges with the server until nothing is left to exchange, and says how far it got. What was exchanged
    /// stays, however it ends; the next call goes on from there.
    ///
    /// A second call waits for the first. Editing goes on meanwhile.
    ///
    /// # Errors
    /// `Unreachable`, `CaptivePortal`, `NotTrusted`, `WrongServer`, `ServerBusy` or `ServerFull`, each with the
    /// address and the time to try again; until then each call fails at once. `SignInNeeded` if the session is over:
    /// the user's work stays. `AccessEnded`. `Elsewhere` while another process of this device exchanges.
    #[uniffi::method(default(listener = None, cancel = None))]
    pub async fn sync(
        &self,
        server: Arc<Server>,
        listener: Option<Arc<dyn SyncListener>>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Synced, SyncError> {
        self.synced(server, None, listener, cancel).await
    }

    /// The same within a budget, for the time that a system gives to an app in the background: WorkManager,
    /// BGAppRefreshTask, a push that woke it. It ends between two answers and says whether there is more.
    ///
    /// # Errors
    /// As for [`Self::sync`].
    #[uniffi::method(default(cancel = None))]
    pub async fn background_sync(
        &self,
        server: Arc<Server>,
        budget: Budget,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Synced, SyncError> {
        self.synced(server, Some(budget), None, cancel).await
    }

    /// For the time that the app is in front: syncs at once, whenever the server has news and whenever the user
    /// edits, until it is cancelled or paused. Where the network is gone it comes back by itself.
    ///
    /// # Errors
    /// Those that waiting does not help with: `SignInNeeded`, `AccessEnded`, `Refused`, `Local`.
    #[uniffi::method(default(listener = None, cancel = None))]
    pub async fn live(
        &self,
        server: Arc<Server>,
        listener: Option<Arc<dyn SyncListener>>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<SyncEnd, SyncError> {
        let exchange = Arc::clone(&self.exchange);
        spawned(async move {
            let mut watch = |report: &_| listener.iter().for_each(|listener| told(&**listener, report));
            let cancel = cancel.as_ref().map(|cancel| &cancel.cancel);
            exchange.live(&server.transport, cancel, &mut watch).await
        })
        .await
    }
}

impl Roadbook {
    async fn synced(
        &self,
        server: Arc<Server>,
        budget: Option<Budget>,
        listener: Option<Arc<dyn SyncListener>>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Synced, SyncError> {
        let exchange = Arc::clone(&self.exchange);
        spawned(async move {
            let mut watch = |report: &_| listener.iter().for_each(|listener| told(&**listener, report));
            let cancel = cancel.as_ref().map(|cancel| &cancel.cancel);
            exchange.sync(&server.transport, budget, cancel, &mut watch).await
        })
        .await
    }
}

fn told(listener: &dyn SyncListener, report: &SyncReport) {
    if let Err(error) = listener.on_progress(*report) {
        tracing::warn!(%error, "a listener of a sync failed");
    }
}
