//! The live channel: hints that an exchange would bring something. Missing one never matters.

use minicbor::{Decode, Encode};

/// One frame of `GET /v1/live`, down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Poke {
    /// The head of the organisation's log; a device whose cursor is behind asks for an exchange.
    #[n(0)]
    pub head: u64,
}
