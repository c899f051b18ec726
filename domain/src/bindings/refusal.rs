//! What becomes of a text that is not of the form it is to have.

use std::str::FromStr;
use std::sync::OnceLock;

use uniffi::deps::anyhow::Error;

/// What makes the error of such a text.
static REFUSAL: OnceLock<fn() -> Error> = OnceLock::new();

/// Makes such errors by this function. An app gets a typed error only if it is the very type that the call
/// declares, and that type is known to the crate that has the calls.
pub fn refuse_by(make: fn() -> Error) {
    // The first one stays: there is one crate that has calls.
    let _ = REFUSAL.set(make);
}

pub(super) fn parsed<T: FromStr>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| refusal())
}

pub(super) fn refusal() -> Error {
    REFUSAL.get().map_or_else(|| Error::msg("not of the form that is asked for"), |make| make())
}
