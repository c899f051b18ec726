//! Settings rows: what administrators set, versioned by the server and read-only on phones.

use minicbor::{Decode, Encode};

use crate::id::ProductId;

/// One settings row.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SettingsRow {
    /// What it is; open.
    #[n(0)]
    pub kind: u16,
    /// Its id within its kind.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub id: [u8; 16],
    /// The product it belongs to.
    #[n(2)]
    pub product: Option<ProductId>,
    /// Counts its edits.
    #[n(3)]
    pub version: u64,
    /// CBOR of the kind's body.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub body: Vec<u8>,
}
