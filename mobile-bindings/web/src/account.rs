//! The account: signing in and out.

use roadbook_client::account::{self, Credentials, DeviceView, HttpMethod, Installation, Reply};
use roadbook_client::app::{self, Attached, ProductAnswer, StatusAnswer};
use roadbook_client::{ApiError, Identity, Reason};
use roadbook_domain::value::id::DeviceId;
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::crossing::{failed, read, read_all, told, told_all};
use crate::{CancelToken, Roadbook, Server};

/// What the server is told of this browser.
#[derive(Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// `web`, or what else the app is.
    pub platform: String,
    /// What the user calls it.
    pub name: String,
    /// 32 random bytes that this browser made once and keeps beside the file.
    pub install_secret: Vec<u8>,
}

/// What a link or QR code of `roadbook enrol` holds.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Enrolment {
    /// The server's address.
    pub address: String,
    /// The code for one time.
    pub code: String,
}

/// Reads a link that lets a colleague in, as scanned; nothing if it is none.
#[wasm_bindgen(js_name = readEnrolment)]
pub fn read_enrolment(link: &str) -> Option<Ts<Enrolment>> {
    let (address, code) = account::read_enrolment(link)?;
    Enrolment { address: address.to_owned(), code: code.to_owned() }.into_ts().ok()
}

#[wasm_bindgen]
impl Roadbook {
    /// Whether there is a session; it may have ended at the server since.
    #[wasm_bindgen(js_name = isSignedIn)]
    pub fn is_signed_in(&self) -> Result<bool, JsValue> {
        account::is_signed_in(&self.client).map_err(failed)
    }

    /// Signs in; from then on `sync` can exchange. What the user left here by a forced sign-out is unsent, or in the
    /// quarantine, again.
    ///
    /// Rejects with `bad_credentials`; `too_many_tries` with the time to try again; what `sync` rejects with;
    /// `other_user` if the file holds another user's data, or a local workspace with documents;
    /// `invalid.install_secret`; `cancelled`, and then nobody is signed in.
    #[wasm_bindgen(js_name = signIn)]
    pub async fn sign_in(
        &self,
        server: &Server,
        email: String,
        password: String,
        device: Ts<Device>,
        token: &CancelToken,
    ) -> Result<Ts<Identity>, JsValue> {
        let (device, credentials) = (read(device)?, Credentials { email: &email, password: &password });
        let entering = async {
            account::sign_in(&self.client, &server.transport, credentials, device.installation()?).await
        };
        told(token.cancel.or_done(entering).await)
    }

    /// Makes a local workspace an account's: signs in, and does everything in it again in the account's name. Call
    /// `sync` then, which sends it. Cut off anywhere it is local, or wholly attached.
    ///
    /// What cards have and the account has not is asked: nothing has changed then, and the call is made again with
    /// `products` and `statuses` answered.
    ///
    /// Rejects as `signIn`; with `other_user` if the file is an account's already.
    #[expect(clippy::too_many_arguments, reason = "the package names them")]
    pub async fn attach(
        &self,
        server: &Server,
        email: String,
        password: String,
        device: Ts<Device>,
        products: Vec<Ts<ProductAnswer>>,
        statuses: Vec<Ts<StatusAnswer>>,
        token: &CancelToken,
    ) -> Result<Ts<Attached>, JsValue> {
        let (device, credentials) = (read(device)?, Credentials { email: &email, password: &password });
        let (products, statuses) = (read_all(products)?, read_all(statuses)?);
        let attaching = async {
            let installation = device.installation()?;
            app::attach(&self.client, &server.transport, credentials, installation, &products, &statuses)
                .await
        };
        told(token.cancel.or_done(attaching).await)
    }

    /// Uses up a code for one time, which an administrator made: the user has this password from then on, and is
    /// signed in here and nowhere else.
    ///
    /// Rejects with `bad_credentials` for a code that was used or is too old; else as `signIn`.
    pub async fn enrol(
        &self,
        server: &Server,
        code: String,
        password: String,
        device: Ts<Device>,
        token: &CancelToken,
    ) -> Result<Ts<Identity>, JsValue> {
        let device = read(device)?;
        let entering = async {
            account::enrol(&self.client, &server.transport, &code, &password, device.installation()?).await
        };
        told(token.cancel.or_done(entering).await)
    }

    /// Signs out: everything of the user leaves the device at once, and the server is told, if it is there. With
    /// `force` edits that the server has not do not stand in the way: they stay encrypted, and the same user gets them
    /// back by signing in here.
    ///
    /// Rejects with `unsent` and how many there are, unless forced: offer to sync first.
    #[wasm_bindgen(js_name = signOut)]
    pub async fn sign_out(&self, server: &Server, force: bool) -> Result<(), JsValue> {
        account::sign_out(&self.client, &server.transport, force).await.map_err(failed)?;
        // A salvage keeps what was damaged, which is of the user who has left.
        self.files.remove_damaged()
    }

    /// The user's devices, in the order in which they were first signed in on, those that were shut out included.
    pub async fn devices(&self, server: &Server) -> Result<Vec<Ts<DeviceView>>, JsValue> {
        told_all(account::devices(&self.client, &server.transport).await)
    }

    /// Ends the sessions of a device for good: a phone that was lost.
    #[wasm_bindgen(js_name = revokeDevice)]
    pub async fn revoke_device(&self, server: &Server, device: Ts<DeviceId>) -> Result<(), JsValue> {
        account::revoke_device(&self.client, &server.transport, read(device)?).await.map_err(failed)
    }

    /// Asks the server's JSON API in the user's name: settings, users, devices. `path` is that of a route, below `/v1/`;
    /// `body` is JSON, of a request that has any. Where the server says no, its word is the answer.
    ///
    /// Rejects as `sync`; with `invalid.malformed` for any other path, and with `invalid.too_large` for a body of more
    /// than 64 KiB.
    pub async fn ask(
        &self,
        server: &Server,
        method: Ts<HttpMethod>,
        path: String,
        body: Option<String>,
    ) -> Result<Ts<Reply>, JsValue> {
        let method = read(method)?;
        told(account::ask(&self.client, &server.transport, method, &path, body.as_deref()).await)
    }
}

impl Device {
    fn installation(&self) -> Result<Installation<'_>, ApiError> {
        let wrong = |_| ApiError::Invalid { reason: Reason::InstallSecret { bytes: 32 } };
        let secret = self.install_secret.as_slice().try_into().map_err(wrong)?;
        Ok(Installation { platform: &self.platform, name: &self.name, secret })
    }
}
