//! Who is calling: passwords, tokens and the caller that every handler receives.

mod caller;
pub mod password;
pub mod session;
mod throttle;
pub mod token;

pub use caller::{Caller, bearer};
pub use throttle::Throttle;
