//! Roadbook's phone for Kotlin and Swift. It holds no logic: every body calls `roadbook-client`, whose
//! types cross as they are.
//!
//! Errors are codes with data. A panic does not cross: UniFFI catches it, and the app gets an internal
//! error.

use std::sync::Arc;

use roadbook_client::account::{self, Credentials, Installation};
use roadbook_client::{
    AddressError, ApiError, ChangeSet, Client, HttpTransport, Identity, Reason, SyncError, SyncReport,
    Syncer, TodayView,
};
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::read::today::Period;
use roadbook_domain::value::env::SystemEnv;
use roadbook_domain::value::id::{DocumentId, PartId};
use roadbook_domain::value::todo::Outcome;
use tokio::sync::{Mutex, Notify};

uniffi::setup_scaffolding!();

/// One phone's file. Open it once in a process and keep it; it may be used by several threads.
///
/// Reading and editing never wait for a network (L1). They do wait for the storage: call them from a
/// background thread where a few milliseconds matter.
#[derive(uniffi::Object)]
pub struct Roadbook {
    client: Client,
    syncer: Mutex<Syncer>,
    pauses: Notify,
}

/// A server, and the connections to it that are kept open for the next call.
#[derive(uniffi::Object)]
pub struct Server {
    transport: HttpTransport,
}

#[uniffi::export]
impl Server {
    /// The server at `address`, such as `https://roadbook.example`. This does not connect.
    #[uniffi::constructor]
    pub fn new(address: &str) -> Result<Arc<Self>, AddressError> {
        Ok(Arc::new(Self { transport: HttpTransport::new(address)? }))
    }
}

#[uniffi::export]
impl Roadbook {
    /// Opens the file at `path` for the app, and makes it if there is none. A process beside the app calls
    /// [`Self::open_beside`]: this call takes the sync away from any other process.
    ///
    /// # Errors
    /// `AppTooOld` for a file of a newer version, which is left untouched; `Damaged` for one that
    /// cannot be read.
    #[uniffi::constructor]
    pub fn open(path: &str) -> Result<Arc<Self>, ApiError> {
        Ok(Arc::new(Self::over(Client::open(path, Arc::new(SystemEnv))?)))
    }

    /// Opens the file for a process beside the app, such as a widget.
    ///
    /// # Errors
    /// As [`Self::open`].
    #[uniffi::constructor]
    pub fn open_beside(path: &str) -> Result<Arc<Self>, ApiError> {
        Ok(Arc::new(Self::over(Client::open_beside(path, Arc::new(SystemEnv))?)))
    }

    /// Begins to work without an account (C14), in the days of `zone`, an IANA name.
    ///
    /// # Errors
    /// `Invalid` for a zone that is not known, and if somebody has begun already.
    pub fn begin_local_workspace(&self, zone: &str, locale: &str) -> Result<ChangeSet, ApiError> {
        self.client.begin_local_workspace(zone.parse().map_err(|_| invalid(Reason::UnknownZone))?, locale)
    }

    /// Today of the user of this device, now: the first `limit` todos, and totals over all.
    pub fn today(&self, limit: u32) -> Result<TodayView, ApiError> {
        self.client.today(Period::Today, usize::try_from(limit).unwrap_or(usize::MAX))
    }

    /// Closes a todo; when this returns it is durable. Tells what the app must show anew.
    pub fn close(&self, card: DocumentId, todo: PartId, outcome: Outcome) -> Result<ChangeSet, ApiError> {
        self.client.edit_card(card, &[CardCommand::Close(todo, outcome)])
    }

    /// How many edits are unsent (C15).
    pub fn unsent_count(&self) -> Result<u64, ApiError> {
        self.client.unsent_count()
    }

    /// Ends the running [`Self::sync`], if there is one, at its next wait for the network.
    pub fn pause(&self) {
        self.pauses.notify_waiters();
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Roadbook {
    /// Signs in; from then on [`Self::sync`] can exchange.
    ///
    /// `platform` is `ios` or `android`, `device_name` what the user calls the phone. `install_secret` is 32
    /// random bytes that this installation made once and keeps where no backup reaches (R12).
    ///
    /// # Errors
    /// `BadCredentials`; `TooManyTries` with the time to try again; those of [`Self::sync`]; `OtherUser` if the
    /// file holds another user's data, or a local workspace with documents; `Local` with `Invalid` for a secret
    /// that is not 32 bytes.
    pub async fn sign_in(
        &self,
        server: Arc<Server>,
        email: String,
        password: String,
        platform: String,
        device_name: String,
        install_secret: Vec<u8>,
    ) -> Result<Identity, SyncError> {
        let secret = &install_secret.try_into().map_err(|_| invalid(Reason::InstallSecret { bytes: 32 }))?;
        let credentials = Credentials { email: &email, password: &password };
        let installation = Installation { platform: &platform, name: &device_name, secret };
        account::sign_in(&self.client, &server.transport, credentials, installation).await
    }

    /// Uses up a code for one time, which an administrator made: the user has this password from then on, and
    /// is signed in. What the phone scanned is the server's address, `/enrol#` and the code.
    ///
    /// # Errors
    /// `BadCredentials` for a code that was used or is too old; else as for [`Self::sign_in`].
    pub async fn enrol(
        &self,
        server: Arc<Server>,
        code: String,
        password: String,
        platform: String,
        device_name: String,
        install_secret: Vec<u8>,
    ) -> Result<Identity, SyncError> {
        let secret = &install_secret.try_into().map_err(|_| invalid(Reason::InstallSecret { bytes: 32 }))?;
        let installation = Installation { platform: &platform, name: &device_name, secret };
        account::enrol(&self.client, &server.transport, &code, &password, installation).await
    }

    /// Exchanges with the server until nothing is left to exchange; `None` if [`Self::pause`] ended it.
    /// What was exchanged by then stays, and the next call goes on from there.
    ///
    /// A second call waits for the first. Editing goes on meanwhile.
    ///
    /// # Errors
    /// `Unreachable`, `CaptivePortal`, `NotTrusted`, `WrongServer`, `ServerBusy` or `ServerFull`, each with the
    /// address and the time to try again; until then each call fails at once. `SignInNeeded` if the server says
    /// that the session is over: the user's work stays. `Elsewhere` while another process of this device
    /// exchanges.
    pub async fn sync(&self, server: Arc<Server>) -> Result<Option<SyncReport>, SyncError> {
        tokio::select! {
            biased;
            () = self.pauses.notified() => {}
            report = self.exchange(&server.transport) => return report.map(Some),
        }
        // Another process may exchange now. The syncer stays: it knows how slow the line is.
        self.syncer.lock().await.pause();
        Ok(None)
    }
}

impl Roadbook {
    fn over(client: Client) -> Self {
        Self { syncer: Mutex::new(Syncer::new(&client)), client, pauses: Notify::new() }
    }

    async fn exchange(&self, transport: &HttpTransport) -> Result<SyncReport, SyncError> {
        self.syncer.lock().await.sync(transport, &mut |_| {}).await
    }
}

fn invalid(reason: Reason) -> ApiError {
    ApiError::Invalid { reason }
}

#[cfg(test)]
mod tests;
