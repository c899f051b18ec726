//! What the server counts, in the text form that Prometheus reads. Numbers only: nothing of a user or a firm.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The media type of [`Metrics::text`].
pub const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Failures of the database that requests met, in the whole process.
static DATABASE_FAILURES: AtomicU64 = AtomicU64::new(0);

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Of each route the answers of each status.
    answers: Mutex<BTreeMap<String, BTreeMap<u16, u64>>>,
    pushed: AtomicU64,
}

/// Counts a failure of the database.
pub fn database_failed() {
    DATABASE_FAILURES.fetch_add(1, Ordering::Relaxed);
}

impl Metrics {
    /// Counts an answer of a route, by its pattern.
    pub fn answered(&self, route: &str, status: u16) {
        let mut answers = self.answers();
        // A new text for each request would cost more than the counting.
        if !answers.contains_key(route) {
            answers.insert(route.to_owned(), BTreeMap::new());
        }
        if let Some(statuses) = answers.get_mut(route) {
            *statuses.entry(status).or_default() += 1;
        }
    }

    /// Counts changes that a device pushed.
    pub fn pushed(&self, changes: usize) {
        self.pushed.fetch_add(u64::try_from(changes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// All of it, with the number of sockets that are open now.
    pub fn text(&self, sockets: usize) -> String {
        let mut text = String::new();
        let mut say = |line: std::fmt::Arguments<'_>| {
            // A text takes everything.
            let _ = writeln!(text, "{line}");
        };
        say(format_args!("# HELP roadbook_requests_total Requests by route and status."));
        say(format_args!("# TYPE roadbook_requests_total counter"));
        for (route, statuses) in self.answers().iter() {
            for (status, count) in statuses {
                say(format_args!("roadbook_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}"));
            }
        }
        for (name, kind, help, value) in [
            (
                "pushed_changes_total",
                "counter",
                "Changes that devices pushed.",
                self.pushed.load(Ordering::Relaxed),
            ),
            (
                "database_failures_total",
                "counter",
                "Failures of the database that requests met.",
                DATABASE_FAILURES.load(Ordering::Relaxed),
            ),
            (
                "live_sockets",
                "gauge",
                "Devices that wait for news now.",
                u64::try_from(sockets).unwrap_or(u64::MAX),
            ),
        ] {
            say(format_args!("# HELP roadbook_{name} {help}"));
            say(format_args!("# TYPE roadbook_{name} {kind}"));
            say(format_args!("roadbook_{name} {value}"));
        }
        text
    }

    fn answers(&self) -> MutexGuard<'_, BTreeMap<String, BTreeMap<u16, u64>>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_a_line_for_each_route_and_status() {
        let metrics = Metrics::default();
        for status in [200, 200, 401] {
            metrics.answered("/v1/sync", status);
        }
        metrics.pushed(3);
        let text = metrics.text(2);
        for line in [
            "roadbook_requests_total{route=\"/v1/sync\",status=\"200\"} 2",
            "roadbook_requests_total{route=\"/v1/sync\",status=\"401\"} 1",
            "roadbook_pushed_changes_total 3",
            "roadbook_live_sockets 2",
        ] {
            assert!(text.lines().any(|there| there == line), "{line} is not in {text}");
        }
    }
}
