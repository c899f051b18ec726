//! The exchange with the server: a session as a state machine, what its answers do, and who drives it.

pub(crate) mod backoff;
pub(crate) mod receive;
pub mod reconciliation;
pub(crate) mod session;
pub(crate) mod syncer;
