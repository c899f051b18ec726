//! How long the server is waited for and how much of it is read, by whichever way.

use std::time::Duration;

/// How long the server may be silent.
pub(super) const SILENCE: Duration = Duration::from_secs(30);
/// How long one request may take in all.
pub(super) const TOTAL: Duration = Duration::from_secs(180);
/// The most bytes of a JSON answer.
pub(super) const MAX_JSON: usize = 1 << 20;
/// The most bytes of a body that the JSON API is asked with: no route takes more of an app.
pub(super) const MAX_ASKED: usize = 64 << 10;
/// How long a live channel may take to come about.
pub(super) const LIVE: Duration = Duration::from_secs(15);
/// The most bytes of one frame of a live channel.
pub(super) const MAX_FRAME: usize = 16 << 10;
