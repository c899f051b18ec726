//! Pace: how much one request carries and asks for, so that a slow line gets answers at all.

use roadbook_domain::wire::MAX_PUSH_BYTES;

/// The most bytes of entries that are asked for; the server has the same limit.
const MOST: u32 = 1 << 20;
/// The most in a browser, which stores an answer on the one thread that screens wait for.
const MOST_ALONE: u32 = 96 << 10;
/// The most where nobody sets another bound.
const USUAL: u32 = if cfg!(target_family = "wasm") { MOST_ALONE } else { MOST };
/// The fewest; the server sends no fewer.
const LEAST: u32 = 4 << 10;
/// After so many full answers in a row the next ones may be larger again.
// Growing as quickly as it shrinks would run into the same time limit again and again.
const STEADY: u8 = 8;

/// What one request may carry and bring. Half as much goes up as comes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    most: u32,
    now: u32,
    full: u8,
}

impl Default for Pace {
    fn default() -> Self {
        Self { most: USUAL, now: USUAL, full: 0 }
    }
}

impl Pace {
    /// No more than this from now on; `None`: as much as is usual.
    pub fn set_most(&mut self, bytes: Option<u32>) {
        self.most = bytes.unwrap_or(USUAL).clamp(LEAST, MOST);
        (self.now, self.full) = (self.most, 0);
    }

    /// What a request asks for; `None`: as much as the server likes.
    pub fn budget(&self) -> Option<u32> {
        (self.now < MOST).then_some(self.now)
    }

    /// How many bytes of changes a request carries; one change always fits.
    pub fn up(&self) -> usize {
        usize::try_from(self.now / 2).unwrap_or(MAX_PUSH_BYTES).min(MAX_PUSH_BYTES)
    }

    /// It was too much: half as much from now on. False if it cannot be less.
    pub fn slow_down(&mut self) -> bool {
        self.full = 0;
        let slower = (self.now / 2).max(LEAST);
        std::mem::replace(&mut self.now, slower) != slower
    }

    /// An answer came; `is_full`: its request carried all it might, or there is more where it came from. Only
    /// such an answer proves anything.
    pub fn answered(&mut self, is_full: bool) {
        self.full = if is_full { self.full.saturating_add(1) } else { self.full };
        if self.full >= STEADY {
            self.full = 0;
            self.now = self.now.saturating_mul(2).min(self.most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_halves_down_to_what_a_server_sends_at_least_and_what_is_sent_with_it() {
        let mut pace = Pace::default();
        assert_eq!((pace.budget(), pace.up()), (None, MAX_PUSH_BYTES));
        assert!(pace.slow_down());
        assert_eq!((pace.budget(), pace.up()), (Some(MOST / 2), MAX_PUSH_BYTES / 2));
        while pace.slow_down() {}
        assert_eq!((pace.budget(), pace.up()), (Some(LEAST), 2048));
    }

    #[test]
    fn it_grows_back_after_several_full_answers_and_never_beyond_what_was_set() {
        let mut pace = Pace::default();
        pace.set_most(Some(64 << 10));
        assert!(pace.slow_down());
        for _ in 0..100 {
            pace.answered(false);
        }
        assert_eq!(pace.budget(), Some(32 << 10), "small answers prove nothing");
        for _ in 1..STEADY {
            pace.answered(true);
        }
        assert_eq!(pace.budget(), Some(32 << 10));
        for _ in 0..100 {
            pace.answered(true);
        }
        assert_eq!(pace.budget(), Some(64 << 10));
    }
}
