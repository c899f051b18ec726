//! The live channel: hints that an exchange would bring something. To miss one does no harm.

use minicbor::{Decode, Encode};

/// One frame of `GET /v1/live`, from the server to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Poke {
    /// The head of the organisation's log; a device whose cursor is behind asks for an exchange.
    #[n(0)]
    pub head: u64,
}
