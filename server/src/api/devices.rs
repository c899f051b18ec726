//! Devices: `GET /v1/devices` (one's own), `GET /v1/users/{user}/devices` (an administrator's view),
//! `POST /v1/devices/{device}/revoke`.

use axum::Json;
use axum::extract::State as With;
use axum::response::NoContent;
use roadbook_domain::settings::role::Act;
use roadbook_domain::value::id::{DeviceId, UserId};
use roadbook_domain::value::time::Timestamp;
use serde::Serialize;

use super::routes::{admins, only, signed_in};
use super::schema::described;
use super::{ApiError, Path, Routes};
use crate::auth::{AuthError, Claim, Permitted};
use crate::state::State;
use crate::store::{Conn, devices, retry, sessions};

/// The routes of devices.
pub fn routes() -> Routes {
    let revokes = only("its user, Admin", "Ends the sessions of a device for good.");
    Routes::of("Devices")
        .get("/v1/devices", own, signed_in("The user's own devices."))
        .get("/v1/users/{user}/devices", of_user, admins("The devices of a user."))
        .post("/v1/devices/{device}/revoke", revoke, revokes)
}

described! {
    /// An installation of the app.
    #[derive(Serialize)]
    struct Device {
        id: DeviceId,
        platform: String,
        name: String,
        created_at: Timestamp,
        /// The last sign-in or refresh.
        last_seen_at: Timestamp,
        /// Null if it is not revoked.
        revoked_at: Option<Timestamp>,
        /// Whether this is the device that asks.
        current: bool,
    }
}

async fn own(With(state): With<State>, claim: Claim) -> Result<Json<Vec<Device>>, ApiError> {
    list(claim.snapshot(state.db()).await?, claim.user()).await
}

async fn of_user(
    With(state): With<State>,
    claim: Claim,
    Path(user): Path<UserId>,
) -> Result<Json<Vec<Device>>, ApiError> {
    let snapshot = claim.snapshot(state.db()).await?;
    snapshot.caller.require(Act::ManageUsers)?;
    list(snapshot, user).await
}

/// A lost phone is revoked by its user from another device, or by an administrator. It works at once:
/// the next request of that device is refused on every node.
async fn revoke(
    With(state): With<State>,
    claim: Claim,
    Path(device): Path<DeviceId>,
) -> Result<NoContent, ApiError> {
    let is_known = retry(|| async {
        let mut tx = claim.write(state.db()).await?;
        let caller = tx.caller;
        let known = devices::get(&mut tx, caller.org, device).await?;
        let may =
            |known: &devices::Device| known.user == caller.user || Act::ManageUsers.allowed_to(caller.role);
        if !known.as_ref().is_some_and(may) {
            return Ok(false);
        }
        devices::revoke(&mut tx, caller.org, device, state.now()).await?;
        sessions::end_of_device(&mut tx, caller.org, device, state.now()).await?;
        tx.commit().await?;
        Ok::<_, AuthError>(true)
    });
    if !is_known.await? {
        // Also to somebody who may not: not `Forbidden`, which would tell that there is such a device.
        return Err(ApiError::NotFound);
    }
    tracing::info!(revoked.id = %device, "device revoked");
    Ok(NoContent)
}

async fn list(mut snapshot: Permitted<Conn>, user: UserId) -> Result<Json<Vec<Device>>, ApiError> {
    let caller = snapshot.caller;
    let devices = devices::of_user(&mut snapshot, caller.org, user).await?;
    let shown = |device: devices::Device| Device {
        id: device.id,
        platform: device.platform,
        name: device.name,
        created_at: device.created_at,
        last_seen_at: device.last_seen_at,
        revoked_at: device.revoked_at,
        current: device.id == caller.device,
    };
    Ok(Json(devices.into_iter().map(shown).collect()))
}
