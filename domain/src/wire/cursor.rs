//! Cursors: where a device stands in the log, opaque to it.

use minicbor::{Decode, Encode};

/// The most bytes of a cursor.
pub const MAX_CURSOR: usize = 256;

/// A position in an organisation's log, made and authenticated by the server.
///
/// A phone stores the last one it received and sends it back; it never looks inside.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Cursor(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);
