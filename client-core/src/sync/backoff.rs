//! How long to wait after an exchange that failed: exponential, with full jitter (R27).

use std::time::Duration;

use roadbook_domain::value::env::{Env, random};

/// The upper bound of the first wait.
const FIRST: Duration = Duration::from_secs(1);
/// The upper bound that repeated failures grow to.
const LAST: Duration = Duration::from_secs(5 * 60);
/// The longest wait a server may ask for.
// A wrong header, perhaps of a proxy, must not silence a phone for days.
const MOST_ASKED: Duration = Duration::from_secs(60 * 60);

/// The waits between failing exchanges of one device.
///
/// Full jitter: each wait is drawn evenly from nothing to a bound that doubles with every failure, so
/// that phones that were cut off together do not come back together.
#[derive(Debug, Clone, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// How long to wait after one more failure. `asked`: what the server itself asked for
    /// (`Retry-After`), a lower bound.
    pub fn failed(&mut self, env: &dyn Env, asked: Option<Duration>) -> Duration {
        // The bound reaches `LAST` long before; more doublings would only overflow the shift.
        let doublings = self.failures.min(16);
        self.failures = self.failures.saturating_add(1);
        let bound = FIRST.saturating_mul(1 << doublings).min(LAST);
        let jitter = share(bound, u64::from_be_bytes(random(env)));
        asked.unwrap_or_default().min(MOST_ASKED).saturating_add(jitter)
    }

    /// An exchange succeeded: the next failure waits as the first one does.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }
}

/// The part of `whole` that `draw` is of 2^64.
fn share(whole: Duration, draw: u64) -> Duration {
    let millis = u128::from(draw).saturating_mul(whole.as_millis()) >> 64;
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use roadbook_domain::value::env::SeededEnv;
    use roadbook_domain::value::time::Timestamp;

    use super::*;

    fn env() -> SeededEnv {
        SeededEnv::new(7, Timestamp::from_millis(0))
    }

    #[test]
    fn waits_are_spread_from_nothing_to_a_bound_that_doubles_up_to_five_minutes() {
        let env = env();
        let mut longest = [Duration::ZERO; 12];
        for _ in 0..300 {
            let mut backoff = Backoff::default();
            for longest in &mut longest {
                *longest = backoff.failed(&env, None).max(*longest);
            }
        }
        for (failures, longest) in longest.iter().enumerate() {
            let bound = FIRST.saturating_mul(1 << failures).min(LAST);
            assert!(*longest <= bound && *longest > bound.mul_f64(0.9), "{failures}: {longest:?}");
        }
    }

    #[test]
    fn what_the_server_asks_for_is_waited_for_but_not_for_ever() {
        let env = env();
        let minute = Duration::from_secs(60);
        let wait = Backoff::default().failed(&env, Some(minute));
        assert!(wait >= minute && wait <= minute + FIRST);
        assert!(Backoff::default().failed(&env, Some(Duration::MAX)) <= MOST_ASKED + FIRST);
    }

    #[test]
    fn a_success_begins_anew() {
        let env = env();
        let mut backoff = Backoff::default();
        for _ in 0..50 {
            backoff.failed(&env, None);
        }
        backoff.succeeded();
        assert!(backoff.failed(&env, None) <= FIRST);
    }
}
