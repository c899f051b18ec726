//! Structured logs on standard error, without personal data: ids only, and the addresses of peers.

use tracing_subscriber::EnvFilter;

/// What `--help` says of the variable that no flag has.
pub const HELP: &str = "\
Variables:
  ROADBOOK_LOG  What is logged on standard error: off, error, warn, info, debug or trace, also for
                parts of the program, such as info,sqlx=warn, which is what serve logs without it;
                every other command then logs errors only";

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Starts logging: as JSON lines, at the level of `ROADBOOK_LOG` (such as `debug` or
/// `info,sqlx=warn`); a `quiet` command logs problems only.
///
/// # Errors
/// The variable holds something else.
pub fn start(quiet: bool) -> Result<(), String> {
    let default = if quiet { "error" } else { "info,sqlx=warn" };
    let filter = match std::env::var("ROADBOOK_LOG") {
        Ok(text) => read(&text).ok_or_else(|| {
            format!("ROADBOOK_LOG is \"{text}\": give levels such as debug or info,sqlx=warn")
        })?,
        Err(_) => EnvFilter::new(default),
    };
    // The list would repeat the one span that there is.
    let format = tracing_subscriber::fmt().json().with_span_list(false);
    // Where nobody reads, it would panic to say that it cannot write.
    let format = format.log_internal_errors(false);
    format.with_writer(std::io::stderr).with_env_filter(filter).init();
    Ok(())
}

/// A filter, if each part is a level or says one of a module: the library would take a level that is
/// misspelt for the name of a module, and log nothing.
fn read(text: &str) -> Option<EnvFilter> {
    let is_level = |level: &str| LEVELS.contains(&level.to_ascii_lowercase().as_str());
    let parts: Vec<_> = text.split(',').map(str::trim).collect();
    let is_fit = parts.iter().all(|part| is_level(part.rsplit('=').next().unwrap_or_default()));
    // The library takes no blanks.
    is_fit.then(|| EnvFilter::try_new(parts.join(",")).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_says_a_level_in_each_part() {
        for good in ["debug", "info,sqlx=warn", "WARN", "info, roadbook_server::http=trace", "off"] {
            assert!(read(good).is_some(), "{good}");
        }
        for bad in ["", "inof", "info,", "info,sqlx", "sqlx=loud", "info;debug"] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }
}
