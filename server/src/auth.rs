//! Who is calling: passwords, tokens, sessions and the caller that every handler receives.
//!
//! No HTTP here: `api` reads the header of a request and asks this room whose token it is.

mod caller;
pub mod enrolment;
mod error;
mod gate;
mod hasher;
pub mod keep;
pub mod password;
pub mod peer;
mod seen;
pub mod session;
mod throttle;
pub mod token;
mod turns;

pub use caller::{Caller, Claim, Permitted};
pub use error::AuthError;
pub use gate::Gate;
