//! Entries: what an exchange brings to the device.

use minicbor::{Decode, Decoder, Encode};

use crate::document::canonical::Check;
use crate::document::{Origin, Signature};
use crate::value::counted::{self, Counting};
use crate::value::id::{DocumentId, PartId};
use crate::value::time::Timestamp;
use crate::value::todo::TodoState;

use super::{Bundle, ReceiptedRow, Tombstone};

/// One entry as it travels: a kind and the CBOR of its body, so that a kind this version does not
/// know can be kept raw and read after an update.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Envelope {
    /// See [`Entry`].
    #[n(0)]
    pub kind: u16,
    /// CBOR of the kind's body.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

/// An entry this version knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Kind 0: a change of a document that the device has.
    Change(LogEntry),
    /// Kind 1: a whole document, because it became visible to the user or changed much.
    Bundle(Bundle),
    /// Kind 2: a document is no longer visible to the user. The device removes all of it at once (L5).
    Forget(Forgotten),
    /// Kind 3: a settings row.
    Settings(ReceiptedRow),
    /// Kind 4: a document was purged for good (C5); its id is never used again.
    Purge(Tombstone),
}

impl Entry {
    /// The entry as it travels.
    pub fn to_envelope(&self) -> Envelope {
        let (kind, body) = match self {
            Self::Change(body) => (0, minicbor::to_vec(body)),
            Self::Bundle(body) => (1, minicbor::to_vec(body)),
            Self::Forget(body) => (2, minicbor::to_vec(body)),
            Self::Settings(body) => (3, minicbor::to_vec(body)),
            Self::Purge(body) => (4, minicbor::to_vec(body)),
        };
        debug_assert!(body.is_ok(), "a vector takes every byte");
        Envelope { kind, body: body.unwrap_or_default() }
    }

    /// The entry in an envelope; `Ok(None)` for a kind this version does not know.
    pub fn from_envelope(envelope: &Envelope) -> Result<Option<Self>, minicbor::decode::Error> {
        let body = &envelope.body;
        Ok(Some(match envelope.kind {
            0 => Self::Change(counted::decode(body)?),
            1 => Self::Bundle(counted::decode(body)?),
            2 => Self::Forget(counted::decode(body)?),
            3 => Self::Settings(counted::decode(body)?),
            4 => Self::Purge(counted::decode(body)?),
            _ => return Ok(None),
        }))
    }
}

/// An accepted change, with what the server knows of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LogEntry {
    /// Its place in the organisation's log.
    #[n(0)]
    pub seq: u64,
    /// Its document.
    #[n(1)]
    pub document: DocumentId,
    /// The change's one byte string ([`crate::document::codec`]). It is empty if the device pushed the
    /// change in the request that this answers: then `document` and `check` tell which change it is.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub change: Vec<u8>,
    /// The first bytes of its hash. The receiver builds the change and compares.
    #[n(3)]
    pub check: Check,
    /// Who made it.
    #[n(4)]
    pub by: Signature,
    /// When the server received it.
    #[n(5)]
    pub received_at: Timestamp,
    /// The act that it was part of; `None` for a plain edit.
    #[n(6)]
    pub origin: Option<Origin>,
}

/// A document that is no longer visible to the user.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array, context_bound = "Counting")]
pub struct Forgotten {
    /// The entry's place in the log.
    #[n(0)]
    pub seq: u64,
    /// The document.
    #[n(1)]
    pub document: DocumentId,
    /// The user's own closings in it of the last 62 days, without text, so that Today's totals stay
    /// exact. A reader leaves out those that are written in the form of a later version.
    #[cbor(n(2), decode_with = "readable_closings")]
    pub closings: Vec<(PartId, TodoState)>,
}

/// Reads closings: one that cannot be read must not keep a document that its user may no longer see.
fn readable_closings<C: Counting>(
    d: &mut Decoder<'_>,
    counting: &mut C,
) -> Result<Vec<(PartId, TodoState)>, minicbor::decode::Error> {
    let length = counted::length_of::<(PartId, TodoState), C>(d, counting)?;
    let mut closings = Vec::with_capacity(length);
    for _ in 0..length {
        // As text, because one state of a later version would make the whole list unreadable.
        let (todo, state): (PartId, &str) = d.decode()?;
        closings.extend(state.parse().ok().map(|state| (todo, state)));
    }
    Ok(closings)
}
