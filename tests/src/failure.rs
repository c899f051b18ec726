//! Why a run failed: a broken law, or something that should not have happened at all.

use std::error::Error;
use std::fmt;

/// Why a run failed.
#[derive(Debug)]
pub struct Failure {
    /// The law, in a few words.
    pub law: String,
    /// What was seen instead.
    pub what: String,
}

impl Failure {
    /// This law was broken in this way.
    pub fn new(law: impl Into<String>, what: impl fmt::Display) -> Self {
        Self { law: law.into(), what: what.to_string() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.law, self.what)
    }
}

impl<E: Error> From<E> for Failure {
    /// The error of a call that must not fail.
    fn from(error: E) -> Self {
        let mut what = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            what = format!("{what}: {error}");
            source = error.source();
        }
        Self::new("nothing fails that should not", what)
    }
}

/// Checks that two things are equal; `law` says why they should be.
///
/// # Errors
/// They are not.
pub fn same<T: PartialEq + fmt::Debug>(law: &str, one: &T, other: &T) -> Result<(), Failure> {
    if one == other { Ok(()) } else { Err(Failure::new(law, format!("{one:?}\n  is not {other:?}"))) }
}

/// Checks that something is so.
///
/// # Errors
/// It is not; `what` then says what was seen.
pub fn ensure(law: &str, holds: bool, what: impl FnOnce() -> String) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(Failure::new(law, what())) }
}
