//! The account: signing in and out.

use std::sync::Arc;

use roadbook_client::account::{self, Credentials, DeviceView, HttpMethod, Installation, Reply};
use roadbook_client::app::{self, Attached, ProductAnswer, StatusAnswer};
use roadbook_client::{ApiError, Identity, Reason, SyncError};
use roadbook_domain::value::id::DeviceId;

use crate::runtime::{cancellable, spawned};
use crate::{CancelToken, Roadbook, Server, invalid};

/// What the server is told of this device.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Device {
    /// `ios`, `android`, `jvm`, `linux`, ...
    pub platform: String,
    /// What the user calls it.
    pub name: String,
    /// 32 random bytes that this installation made once and keeps where no backup reaches: the Keystore, or the
    /// Keychain with `ThisDeviceOnly` (R12).
    pub install_secret: Vec<u8>,
}

/// What a link or QR code of `roadbook enrol` holds.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Enrolment {
    /// The server's address.
    pub address: String,
    /// The code for one time.
    pub code: String,
}

/// Reads a link that lets a colleague in, as scanned; nothing if it is none.
#[uniffi::export]
pub fn read_enrolment(link: &str) -> Option<Enrolment> {
    let (address, code) = account::read_enrolment(link)?;
    Some(Enrolment { address: address.to_owned(), code: code.to_owned() })
}

#[uniffi::export]
impl Roadbook {
    /// Signs in; from then on [`Self::sync`] can exchange. What the user left here by a forced sign-out is unsent,
    /// or in the quarantine, again.
    ///
    /// # Errors
    /// `BadCredentials`; `TooManyTries` with the time to try again; those of [`Self::sync`]; `OtherUser` if the file
    /// holds another user's data, or a local workspace with documents; `Local` with `Invalid` for a secret that is
    /// not 32 bytes; `Cancelled`, and then nobody is signed in.
    #[uniffi::method(default(cancel = None))]
    pub async fn sign_in(
        &self,
        server: Arc<Server>,
        email: String,
        password: String,
        device: Device,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Identity, SyncError> {
        let client = self.client.clone();
        let entering = async move {
            let credentials = Credentials { email: &email, password: &password };
            account::sign_in(&client, &server.transport, credentials, device.installation()?).await
        };
        cancellable(cancel, entering).await
    }

    /// Makes a local workspace an account's: signs in, and does everything in it again in the account's name, in
    /// order and with its times (C14). Call [`Self::sync`] then, which sends it. Cut off anywhere it is local, or wholly
    /// attached. Without a workspace it is a [`Self::sign_in`].
    ///
    /// What cards have and the account has not is asked: nothing has changed then, and the call is made again with
    /// `products` and `statuses` answered.
    ///
    /// # Errors
    /// As for [`Self::sign_in`]; `OtherUser` if the file is an account's already; `Cancelled`, and then the workspace
    /// is local as before.
    #[uniffi::method(default(cancel = None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "Kotlin and Swift name each, and the packages give defaults"
    )]
    pub async fn attach(
        &self,
        server: Arc<Server>,
        email: String,
        password: String,
        device: Device,
        products: Vec<ProductAnswer>,
        statuses: Vec<StatusAnswer>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Attached, SyncError> {
        let client = self.client.clone();
        let attaching = async move {
            let credentials = Credentials { email: &email, password: &password };
            let installation = device.installation()?;
            app::attach(&client, &server.transport, credentials, installation, &products, &statuses).await
        };
        cancellable(cancel, attaching).await
    }

    /// Uses up a code for one time, which an administrator made: the user has this password from then on, and is
    /// signed in here and nowhere else.
    ///
    /// # Errors
    /// `BadCredentials` for a code that was used or is too old; else as for [`Self::sign_in`]. A call that was cancelled
    /// may have used the code up: then the new password is in force, and signing in does it.
    #[uniffi::method(default(cancel = None))]
    pub async fn enrol(
        &self,
        server: Arc<Server>,
        code: String,
        password: String,
        device: Device,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Identity, SyncError> {
        let client = self.client.clone();
        let entering = async move {
            account::enrol(&client, &server.transport, &code, &password, device.installation()?).await
        };
        cancellable(cancel, entering).await
    }

    /// Signs out: everything of the user leaves the device at once, and the server is told, if it is there. With
    /// `force` edits that the server has not do not stand in the way: they stay encrypted, and the same user gets
    /// them back by signing in here.
    ///
    /// # Errors
    /// `Unsent` with how many there are, unless forced: offer to sync first.
    pub async fn sign_out(&self, server: Arc<Server>, force: bool) -> Result<(), SyncError> {
        let client = self.client.clone();
        spawned(async move { account::sign_out(&client, &server.transport, force).await }).await
    }

    /// The user's devices, in the order in which they were first signed in on, those that were shut out included.
    ///
    /// # Errors
    /// As for [`Self::sync`].
    pub async fn devices(&self, server: Arc<Server>) -> Result<Vec<DeviceView>, SyncError> {
        let client = self.client.clone();
        spawned(async move { account::devices(&client, &server.transport).await }).await
    }

    /// Ends the sessions of a device for good: a phone that was lost. What it had not sent it may still hand in, for a
    /// manager to review. Of this very device: with its next call it hands in what is unsent, and its file is empty.
    ///
    /// # Errors
    /// As for [`Self::sync`]; `Refused` with `not_found` for a device of nobody, or of somebody else, unless the user is
    /// an administrator.
    pub async fn revoke_device(&self, server: Arc<Server>, device: DeviceId) -> Result<(), SyncError> {
        let client = self.client.clone();
        spawned(async move { account::revoke_device(&client, &server.transport, device).await }).await
    }

    /// Asks the server's JSON API in the user's name: settings, users, devices. `path` is that of a route, below `/v1/`;
    /// `body` is JSON, of a request that has any. Where the server says no, its word is the answer.
    ///
    /// # Errors
    /// As for [`Self::sync`]; `Local` with `Invalid` for any other path, and for a body of more than 64 KiB.
    #[uniffi::method(default(body = None))]
    pub async fn ask(
        &self,
        server: Arc<Server>,
        method: HttpMethod,
        path: String,
        body: Option<String>,
    ) -> Result<Reply, SyncError> {
        let client = self.client.clone();
        spawned(async move { account::ask(&client, &server.transport, method, &path, body.as_deref()).await })
            .await
    }
}

#[uniffi::export]
impl Roadbook {
    /// Whether there is a session; it may have ended at the server since.
    pub fn is_signed_in(&self) -> Result<bool, ApiError> {
        account::is_signed_in(&self.client)
    }
}

impl Device {
    fn installation(&self) -> Result<Installation<'_>, ApiError> {
        let wrong = |_| invalid(Reason::InstallSecret { bytes: 32 });
        let secret = self.install_secret.as_slice().try_into().map_err(wrong)?;
        Ok(Installation { platform: &self.platform, name: &self.name, secret })
    }
}
