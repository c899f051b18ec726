//! What goes over the wire, and is stored in the same form: CBOR with numbered fields.
//!
//! Outcomes are values, not errors: a client must handle every one. Types grow by new numbers only. A
//! reader skips numbers that it does not know, and keeps entries, settings and documents of types that it
//! does not know.
//! `docs/sync-protocol.md` is the normative text; golden tests pin every type.

mod bundle;
mod cursor;
mod entry;
mod exchange;
mod frame;
mod given_back;
mod live;
mod verdict;
mod walk;

pub use bundle::Bundle;
pub use cursor::{Cursor, MAX_CURSOR};
pub use entry::{Entry, Envelope, Forgotten, LogEntry};
pub use exchange::{
    Capability, DocumentReceipt, MAX_PUSH_BYTES, MAX_PUSH_CHANGES, Progress, Pushed, PushedChange,
    SyncRequest, SyncResponse, SyncStatus,
};
pub use frame::{FrameError, from_frame, to_frame};
pub use given_back::{MAX_GIVEN_BACK, ReceiptedRow, Tombstone};
pub use live::{LIVE_BEARER, LIVE_PROTOCOL, LiveFrame, Poke};
pub use verdict::{GroupVerdict, RefusalCode, Verdict};
pub use walk::{
    Bucket, HeadsRow, MAX_OFFERED_CHANGES, MAX_OFFERS, MAX_PARTS_BYTES, Offer, OfferPart, Walk, WalkAnswer,
};

#[cfg(test)]
mod tests;
