//! Handing in what is unsent once the user has lost access, or the device was revoked (R17). Then the file is
//! emptied as by a forced sign-out: should the same user sign in here again, their edits are back.

use data_encoding::BASE64URL_NOPAD;
use roadbook_domain::wire::{
    HAND_IN_FORM, HAND_IN_RECEIPT, HandIn, MAX_PUSH_BYTES, MAX_PUSH_CHANGES, Pushed, PushedChange, to_frame,
};
use rusqlite::{Connection, Transaction};
use serde::Deserialize;
use serde_json::json;

use super::call::failed;
use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::remote::error::SyncError;
use crate::remote::transport::{Transport, TransportError};
use crate::store::meta::{self, Key};
use crate::store::sealed::KeepKey;
use crate::store::{self, outbox, sealed};

/// With which refresh token edits were handed in, up to which place in the outbox, and how many. Who reviews them
/// may be done with them when the rest comes.
const HANDED_IN: Key<(String, i64, u64)> = Key::new("handed_in");

/// What one request hands in.
#[derive(Debug, Default)]
struct Part {
    push: Vec<Pushed>,
    changes: usize,
    /// The place of its last change in the outbox.
    last: i64,
}

#[derive(Deserialize)]
struct Receipt {
    /// In base64url.
    receipt: String,
}

/// Hands in all that is unsent and empties the file, and tells how many edits were handed in. `None`: the
/// session ended for another reason, or what answers is not the user's server; everything is as it was.
///
/// It may be cut off anywhere and done again: what was handed in twice is there once. `is_over` says whether
/// the session with this refresh token is still the last one, in the transaction that empties the file.
///
/// # Errors
/// Those of the network, and of the file.
pub(super) async fn hand_in(
    client: &Client,
    transport: &impl Transport,
    refresh_token: &str,
    is_over: impl Fn(&Transaction<'_>) -> Result<bool, Error>,
) -> Result<Option<u64>, SyncError> {
    let begun = client.store().read(|connection| {
        let (token, after, count) = meta::get(connection, &HANDED_IN)?.unwrap_or_default();
        // What another session handed in may have been applied or discarded since.
        let (after, count) = if token == refresh_token { (after, count) } else { (0, 0) };
        Ok((sealed::key(connection)?, part(connection, after)?, count))
    });
    let (Some(key), mut part_now, mut count) = begun.map_err(ApiError::from)? else { return Ok(None) };
    loop {
        // Also if there is nothing: the server's word is needed to empty the file.
        if !send(client, transport, refresh_token, &key, &part_now).await? {
            return Ok(None);
        }
        count += part_now.changes as u64;
        let after = part_now.last;
        let next = client.store().write(|tx| {
            if !is_over(tx)? {
                return Ok(Err(SyncError::Elsewhere));
            }
            // An edit that was made meanwhile is handed in, too.
            let next = part(tx, after)?;
            if next.changes > 0 {
                meta::set(tx, &HANDED_IN, &(refresh_token.to_owned(), after, count))?;
                return Ok(Ok(Some(next)));
            }
            sealed::seal_all(tx, client.env())?;
            store::wipe(tx)?;
            Ok(Ok(None))
        });
        match next.map_err(ApiError::from)?? {
            Some(next) => part_now = next,
            None => break,
        }
    }
    client.clear_log();
    client.notify(&ChangeSet::all());
    Ok(Some(count))
}

/// Hands in one part, and tells whether the user's own server says that it has it.
async fn send(
    client: &Client,
    transport: &impl Transport,
    refresh_token: &str,
    key: &KeepKey,
    part: &Part,
) -> Result<bool, SyncError> {
    let frame = to_frame(&HandIn { push: part.push.clone() });
    let bytes = key.seal(HAND_IN_FORM, &frame, client.env()).map_err(ApiError::from)?;
    let asked = json!({ "sealed": BASE64URL_NOPAD.encode(&bytes) });
    match transport.post("/v1/hand-in", Some(refresh_token), asked.to_string()).await {
        Ok(answer) => {
            let receipt = serde_json::from_str::<Receipt>(&answer).ok();
            let receipt = receipt.and_then(|it| BASE64URL_NOPAD.decode(it.receipt.as_bytes()).ok());
            Ok(receipt.is_some_and(|receipt| key.has_signed(HAND_IN_RECEIPT, &bytes, &receipt)))
        }
        // So much of this user waits that there is no room, or a proxy is narrow: it is tried again.
        Err(error @ TransportError::Refused { status: 413, .. }) => Err(failed(client, transport, error)),
        Err(TransportError::SessionOver | TransportError::Refused { .. }) => Ok(false),
        Err(error) => Err(failed(client, transport, error)),
    }
}

/// What follows this place in the outbox, as far as one request takes it. What cannot be read stays behind.
fn part(connection: &Connection, after: i64) -> Result<Part, Error> {
    let mut part = Part { last: after, ..Part::default() };
    let mut bytes = 0;
    outbox::each_after(connection, after, |unsent| {
        let change = unsent.change.to_bytes();
        bytes += change.len();
        if part.changes == MAX_PUSH_CHANGES || bytes > MAX_PUSH_BYTES {
            return false;
        }
        (part.changes, part.last) = (part.changes + 1, unsent.n);
        let pushed = PushedChange::new(change, unsent.hash, unsent.origin);
        Pushed::add(&mut part.push, unsent.document, unsent.kind, pushed);
        true
    })?;
    Ok(part)
}
