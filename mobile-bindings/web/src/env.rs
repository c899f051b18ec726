//! The clock and the randomness of a browser.

use roadbook_domain::value::env::Env;
use roadbook_domain::value::time::Timestamp;

/// What a browser has.
pub(crate) struct BrowserEnv;

impl Env for BrowserEnv {
    fn now(&self) -> Timestamp {
        // Whole milliseconds, and exact as a float for the next 285,000 years.
        #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
        Timestamp::from_millis(js_sys::Date::now() as i64)
    }

    #[expect(clippy::panic, reason = "without randomness no id, actor or key is safe to make")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the browser gives no randomness: {error}");
        }
    }
}
