//! What the server signs and devices hand back: cursors and receipts.

pub mod cursor;
pub mod receipt;
