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
mod hand_in;
mod live;
mod receipted;
mod reconcile;
mod verdict;

pub use bundle::Bundle;
pub use cursor::{Cursor, MAX_CURSOR};
pub use entry::{Entry, Envelope, Forgotten, LogEntry};
pub use exchange::{
    Capability, DocumentReceipt, MAX_PUSH_BYTES, MAX_PUSH_CHANGES, Progress, Pushed, PushedChange,
    SyncRequest, SyncResponse, SyncStatus,
};
pub use frame::{FrameError, from_frame, to_frame};
pub use hand_in::{HAND_IN_FORM, HAND_IN_RECEIPT, HandIn, MAX_HAND_IN};
pub use live::{LIVE_BEARER, LIVE_PROTOCOL, LiveFrame, Poke};
pub use receipted::{MAX_REUPLOADED_ROWS, ReceiptedRow, Tombstone};
pub use reconcile::{
    Bucket, HeadsRow, MAX_PARTS_BYTES, MAX_REUPLOADED_CHANGES, MAX_REUPLOADED_OPS, MAX_REUPLOADS, Reconcile,
    ReconcileAnswer, Reupload, ReuploadPart,
};
pub use verdict::{GroupVerdict, RefusalCode, Verdict};

#[cfg(test)]
mod tests;
