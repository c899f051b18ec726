//! Actors: whose changes an actor makes (L4).

use roadbook_domain::document::change::Actor;
use roadbook_domain::value::id::{DeviceId, OrgId};
use uuid::Uuid;

use super::bulk::{self, Value};
use super::{Conn, StoreError, Tx};

/// The devices that these actors are bound to, of those that are bound; `None` is the server itself.
///
/// # Errors
/// Of the database.
pub async fn devices(
    conn: &mut Conn,
    org: OrgId,
    actors: &[Actor],
) -> Result<Vec<(Actor, Option<DeviceId>)>, StoreError> {
    let listed = actors.iter().map(|actor| Value::Bytes(actor.0.to_vec())).collect();
    let text = "select actor, device from actor where org_id = $1 and actor in LIST";
    let rows: Vec<(Vec<u8>, Uuid)> = bulk::fetch(conn, text, &[Value::Uuid(org.uuid())], listed).await?;
    rows.into_iter()
        .map(|(actor, device)| {
            let actor = actor.try_into().map_err(|_| StoreError::Unreadable("an actor"))?;
            Ok((Actor(actor), (!device.is_nil()).then(|| device.into())))
        })
        .collect()
}

/// Binds actors; one that is bound already stays as it is. Says how many were bound.
///
/// # Errors
/// Of the database.
pub async fn bind(tx: &mut Tx, org: OrgId, actors: &[(Actor, Option<DeviceId>)]) -> Result<u64, StoreError> {
    let values: Vec<Value> = actors
        .iter()
        .flat_map(|(actor, device)| {
            let device = device.map_or(Uuid::nil(), DeviceId::uuid);
            [Value::Uuid(org.uuid()), Value::Bytes(actor.0.to_vec()), Value::Uuid(device)]
        })
        .collect();
    bulk::insert(tx, "insert into actor (org_id, actor, device)", 3, &values, "on conflict do nothing").await
}
