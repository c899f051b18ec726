//! Instants, days and zones (T1-T14).

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// An instant: milliseconds since 1970-01-01T00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Encode, Decode,
)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] i64);

impl Timestamp {
    /// The last instant a change may carry: 2^41 ms, in the year 2039 (T10).
    pub const MAX_STAMP: Timestamp = Timestamp((1 << 41) - 1);

    /// The instant `millis` milliseconds after 1970-01-01T00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00Z.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The same instant, or the nearest one that a change may carry: 0 to 2^41 ms (T10).
    pub fn clamped(self) -> Self {
        self.clamp(Timestamp(0), Self::MAX_STAMP)
    }
}
