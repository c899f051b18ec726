//! Hand-ins: what a user without access had not sent (`POST /v1/hand-in`).

use minicbor::{Decode, Encode};

use crate::value::counted::{self, Counting};

use super::Pushed;

/// What a hand-in is sealed for, with the user's keep key: bytes that are sealed for something else do not
/// open.
pub const HAND_IN_FORM: &[u8] = b"roadbook hand-in 1";

/// What the server's answer to a hand-in is signed for, with the user's keep key.
pub const HAND_IN_RECEIPT: &[u8] = b"roadbook hand-in receipt 1";

/// The most bytes of a hand-in's frame: a push as large as may be, and 64 KiB for the ids of its documents.
pub const MAX_HAND_IN: usize = 576 << 10;

/// Unsent changes that are handed in to be reviewed: no more than one push may hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map, context_bound = "Counting")]
pub struct HandIn {
    /// The changes, grouped by document, each group in causal order.
    #[cbor(n(0), decode_with = "counted::list")]
    pub push: Vec<Pushed>,
}
