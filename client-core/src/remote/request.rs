//! What the server's JSON API is asked to do, and what it answers.

use std::fmt;

/// What is to be done with what a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"))]
pub enum HttpMethod {
    /// It is read.
    Get,
    /// Something is added to it, or what it stands for is done.
    Post,
    /// Something else takes its place.
    Put,
    /// It is removed.
    Delete,
}

/// The word of the server's JSON API, also where it says no.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"))]
pub struct Reply {
    /// The HTTP status: from 200 to 299 it is done, from 400 to 499 the body says why it is not.
    pub status: u16,
    /// In JSON; the empty text where there is none.
    pub body: String,
}

impl Reply {
    /// Whether it is done.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The body may hold a code that lets somebody in.
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}
