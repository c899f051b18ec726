//! Structured logs on standard error, without personal data: ids only.

use tracing_subscriber::EnvFilter;

/// Starts logging: as JSON lines, at the level of `ROADBOOK_LOG` (such as `debug` or
/// `info,sqlx=warn`); a `quiet` command logs problems only.
pub fn start(quiet: bool) {
    let level = if quiet { "error" } else { "info,sqlx=warn" };
    let filter = EnvFilter::try_from_env("ROADBOOK_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt().json().with_writer(std::io::stderr).with_env_filter(filter).init();
}
