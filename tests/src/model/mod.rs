//! A reference model of the server and of a firm of phones, in memory and on one seed.
//!
//! For tests and the simulation: [`ModelServer`] speaks the real wire types and follows the real rules
//! of the protocol (one log, a chained cursor, verdicts by hash, receipts, reconciliation) in the plainest
//! form, without storage. [`World`] runs real clients against it through a network
//! that loses, delays and repeats. It shares no code with the server, so that each checks the other.

mod log;
mod reconciliation;
mod server;
mod transport;
mod world;

pub use reconciliation::{Terms, answer};
pub use server::{ModelServer, Principal, REFUSED};
pub use transport::{Fault, ModelTransport};
pub use world::{Ending, World};
