//! The file: opening, being told of changes, pausing, and what is done when it is damaged.

use std::sync::Arc;

use roadbook_client::{ApiError, ChangeSet, Client, Reason, Salvage as Salvaged, SyncError};
use roadbook_domain::value::env::SystemEnv;

use crate::runtime::spawned;
use crate::{ChangeListener, ChangeSubscription, Roadbook, invalid};

/// What a salvage brought.
#[derive(uniffi::Record)]
pub struct Salvage {
    /// The handle on the new file, which is in the place of the damaged one.
    pub roadbook: Arc<Roadbook>,
    /// How many edits were saved: they are unsent again, or in the quarantine.
    pub saved: u64,
    /// Whether all of the damaged file could be read.
    pub complete: bool,
}

/// Makes a new file in the place of a damaged one, with all that was unsent in it; everything else comes back with
/// the next sync. Killed at any point it has changed nothing, or the next opening finishes it.
///
/// # Errors
/// `StorageFull`: make room and call it again.
#[uniffi::export]
pub fn salvage(path: &str) -> Result<Salvage, ApiError> {
    let Salvaged { client, saved, complete, .. } = Client::salvage(path, Arc::new(SystemEnv))?;
    Ok(Salvage { roadbook: Roadbook::over(client), saved, complete })
}

#[uniffi::export]
impl Roadbook {
    /// Opens the file at `path` for the app, and makes it if there is none. A process beside the app calls
    /// [`Self::open_beside`]: this call takes the sync away from any other process.
    ///
    /// # Errors
    /// `AppTooOld` for a file of a newer version, which is left untouched; `Damaged` for one that cannot be read:
    /// offer `salvage`.
    #[uniffi::constructor]
    pub fn open(path: &str) -> Result<Arc<Self>, ApiError> {
        Ok(Self::over(Client::open(path, Arc::new(SystemEnv))?))
    }

    /// Opens the file for a process beside the app: a widget, a notification extension, a background worker. It
    /// takes no lock, and leaves the sync to the process that is at it.
    ///
    /// # Errors
    /// As [`Self::open`].
    #[uniffi::constructor]
    pub fn open_beside(path: &str) -> Result<Arc<Self>, ApiError> {
        Ok(Self::over(Client::open_beside(path, Arc::new(SystemEnv))?))
    }

    /// Begins to work without an account (C14), in the days of `zone`, an IANA name, and the language of `locale`,
    /// such as `hu-HU`.
    ///
    /// # Errors
    /// `Invalid` for a zone that is not known, and if somebody has begun already.
    pub fn begin_local_workspace(&self, zone: &str, locale: &str) -> Result<ChangeSet, ApiError> {
        let zone = zone.parse().map_err(|_| invalid(Reason::UnknownZone))?;
        self.client.begin_local_workspace(zone, locale)
    }

    /// Reads the whole file and tells whether it is sound: after the app was killed, or the storage was full. It
    /// takes as long as reading the file.
    ///
    /// # Errors
    /// `Damaged` if it is not.
    pub fn check(&self) -> Result<(), ApiError> {
        self.client.check()
    }

    /// Makes rows anew that another version of the app made, `limit` documents at most; tells whether there is
    /// more. A sync does it, too: call it where there is no network after an update.
    pub fn rebuild_some(&self, limit: u32) -> Result<bool, ApiError> {
        self.client.rebuild_some(limit).map(|(more, _)| more)
    }

    /// Whether another process wrote the file since this was last asked; then listeners have been told to read
    /// everything anew. Call it when the app comes to the front.
    pub fn poll(&self) -> Result<bool, ApiError> {
        self.client.poll()
    }

    /// Lets the handle be used again, and tells listeners to read everything anew: another process may have written
    /// meanwhile.
    pub fn resume(&self) {
        self.exchange.resume();
        self.client.resume();
    }

    /// Ends every reading for a screen that is under way with `Interrupted`: the user typed the next letter, or left the
    /// screen. Edits and syncs go on.
    pub fn interrupt(&self) {
        self.client.interrupt();
    }

    /// Tells `listener` of every change from now on, by edits and syncs through this handle.
    pub fn subscribe(&self, listener: Arc<dyn ChangeListener>) -> Arc<ChangeSubscription> {
        let subscription = self.client.subscribe(move |changes| {
            if let Err(error) = listener.on_change(changes.clone()) {
                tracing::warn!(%error, "a listener of changes failed");
            }
        });
        Arc::new(ChangeSubscription { held: Some(subscription).into() })
    }
}

#[uniffi::export]
impl Roadbook {
    /// Ends the sync that runs, waits for what is under way, and closes the file: no lock on it is held any more.
    /// Call it before the system suspends the process, and wait for it. Until [`Self::resume`] every call fails
    /// with `Paused`; listeners stay.
    ///
    /// # Errors
    /// None that an app need handle: it is paused when this returns.
    pub async fn pause(&self) -> Result<(), SyncError> {
        let (client, exchange) = (self.client.clone(), Arc::clone(&self.exchange));
        spawned(async move {
            exchange.pause().await;
            client.pause();
            Ok(())
        })
        .await
    }
}
