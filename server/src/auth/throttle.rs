//! Slowing down the guessing of passwords: by delay, never by locking an account.
//!
//! A guess that comes too early is held back until its time has come, and then judged like any other. So a
//! user on a new phone gets in, while somebody at another address tries their email: late, but they do. Who shares
//! the guesser's address shares their place.
//!
//! Kept in memory: each node slows down by itself, and a restart forgets. That is enough, because a hash
//! costs what it costs and only so many run at once ([`super::password`]).

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use roadbook_domain::value::time::Timestamp;

use super::peer::Peer;
use super::token::sha256;

/// How many wrong passwords are free.
const FREE: u32 = 5;

/// The longest time between two guesses, in seconds.
const LONGEST: u32 = 10;

/// After how many milliseconds without a wrong password everything is forgotten: 15 minutes.
const FORGET: i64 = 15 * 60 * 1000;

/// How many guessers are remembered. If there are more, the one whose last guess is oldest is forgotten.
const MOST: usize = 10_000;

/// Remembers wrong passwords.
#[derive(Debug)]
pub struct Throttle {
    known: Mutex<BTreeMap<Guesser, Failures>>,
    /// How long a guess is held back at most, in milliseconds; one that had to wait longer is refused.
    patience: i64,
}

/// A guesser: all who try one email from one peer. Only an installation that the user enrolled before counts
/// by itself, so that a stranger's guesses never keep a user from their own phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guesser([u8; 32]);

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    /// When the last guess was judged, or will be.
    last: Timestamp,
}

impl Guesser {
    /// Everybody at this peer who tries this email.
    pub(super) fn stranger(email: &str, peer: Peer) -> Self {
        let peer = peer.to_bytes();
        // The length keeps an address and an email from being taken for each other.
        let length = u8::try_from(peer.len()).unwrap_or(u8::MAX);
        Self(sha256(&[&[length], peer.as_slice(), email.as_bytes()].concat()))
    }

    /// The user's own installation with this hash.
    pub(super) fn own(email: &str, install: &[u8; 32]) -> Self {
        Self(sha256(&[&[u8::MAX], install.as_slice(), email.as_bytes()].concat()))
    }
}

/// A guess that was counted, and what was known of its guesser before.
#[derive(Debug)]
#[must_use]
pub(super) struct Guess {
    guesser: Guesser,
    before: Option<Failures>,
    /// How long it has to wait before it is judged.
    pub(super) held: Duration,
}

impl Throttle {
    /// Remembers nothing yet, and holds a guess back for so long at most.
    pub(super) fn new(patience: Duration) -> Self {
        let patience = i64::try_from(patience.as_millis()).unwrap_or(i64::MAX);
        Self { known: Mutex::default(), patience }
    }

    /// Counts a guess as wrong, before anybody knows. It is to be held back for as long as it says.
    ///
    /// # Errors
    /// In how many seconds it would be taken; then nothing is counted.
    pub(super) fn guess(&self, guesser: Guesser, now: Timestamp) -> Result<Guess, u32> {
        let mut known = self.lock();
        let before = known.get(&guesser).copied();
        let wait = before.map_or(0, |failures| failures.wait(now, self.patience));
        if wait > self.patience {
            return Err(u32::try_from(wait - self.patience).unwrap_or(u32::MAX).div_ceil(1000));
        }
        if known.len() >= MOST && before.is_none() {
            let oldest = known.iter().min_by_key(|(_, failures)| failures.last).map(|(oldest, _)| *oldest);
            oldest.map(|oldest| known.remove(&oldest));
        }
        let count = before.filter(|failures| !failures.is_forgotten(now)).map_or(0, |before| before.count);
        let last = Timestamp::from_millis(now.millis().saturating_add(wait));
        known.insert(guesser, Failures { count: count.saturating_add(1), last });
        let held = Duration::from_millis(wait.unsigned_abs());
        Ok(Guess { guesser, before, held })
    }

    /// Takes back a guess that could not be judged.
    pub(super) fn take_back(&self, guess: Guess) {
        let mut known = self.lock();
        let Some(failures) = known.get_mut(&guess.guesser) else { return };
        failures.count = failures.count.saturating_sub(1);
        // If others guessed in the meantime, the last guess is theirs.
        if let Some(before) = guess.before.filter(|before| before.count == failures.count) {
            failures.last = before.last;
        }
        if failures.count == 0 {
            known.remove(&guess.guesser);
        }
    }

    /// Notes the right password.
    pub(super) fn succeeded(&self, guesser: Guesser) {
        self.lock().remove(&guesser);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Guesser, Failures>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failures {
    /// How many milliseconds the next guess has to wait.
    fn wait(self, now: Timestamp, patience: i64) -> i64 {
        if self.is_forgotten(now) {
            return 0;
        }
        let passed = now.millis().saturating_sub(self.last.millis());
        // No guess is held back for longer, so the clock was set back: that must not make the delay longer.
        let passed = if passed < -patience { 0 } else { passed };
        (i64::from(self.delay()) * 1000 - passed).max(0)
    }

    fn is_forgotten(self, now: Timestamp) -> bool {
        now.millis().saturating_sub(self.last.millis()) >= FORGET
    }

    /// The seconds until the next guess: none after the free ones, then 1, 2, 4, ... seconds.
    fn delay(self) -> u32 {
        match self.count.checked_sub(FREE) {
            None => 0,
            Some(beyond) => 1_u32.checked_shl(beyond).unwrap_or(LONGEST).min(LONGEST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_five_wrong_passwords_each_next_one_waits_twice_as_long_up_to_ten_seconds() {
        let throttle = impatient();
        let guesser = stranger("anna@example.com");
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..50 {
            let wait = throttle.guess(guesser, at(now)).err();
            if let Some(seconds) = wait {
                now += i64::from(seconds) * 1000;
                assert!(throttle.guess(guesser, at(now)).is_ok(), "having waited");
            }
            waits.push(wait.unwrap_or_default());
        }
        assert_eq!(waits[..11], [0, 0, 0, 0, 0, 1, 2, 4, 8, 10, 10]);
        assert!(waits[11..].iter().all(|wait| *wait == 10));
    }

    /// Somebody tries an email four times a second. Its user tries once, on a new phone at the same address.
    #[test]
    fn a_guess_is_held_back_and_judged_so_that_a_stranger_locks_nobody_out() {
        let patience = Duration::from_secs(20);
        let throttle = Throttle::new(patience);
        let guesser = stranger("anna@example.com");
        let mut now = 0;
        for _ in 0..100 {
            let held = throttle.guess(guesser, at(now)).unwrap().held;
            assert!(held <= patience);
            // One who waits for each answer.
            now += i64::try_from(held.as_millis()).unwrap() + 250;
        }
        let user = throttle.guess(guesser, at(now)).expect("there is room for the user, too");
        assert!(user.held <= patience, "{:?}", user.held);
        // One who does not wait is refused, once the time that guesses are held back for is used up.
        let refused = (0..5).find_map(|_| throttle.guess(guesser, at(now)).err());
        assert!(refused.is_some());
        let elsewhere = Guesser::stranger("anna@example.com", Peer::of([192, 0, 2, 9].into()));
        assert_eq!(throttle.guess(elsewhere, at(now)).unwrap().held, Duration::ZERO, "another address");
    }

    #[test]
    fn the_right_password_or_a_quarter_of_an_hour_makes_all_forgotten() {
        let guesser = stranger("anna@example.com");
        let throttle = guessed(guesser, 9);
        assert!(throttle.guess(guesser, at(0)).is_err());
        for _ in 0..FREE {
            assert!(throttle.guess(guesser, at(FORGET)).is_ok(), "counted from one again");
        }
        assert_eq!(throttle.guess(guesser, at(FORGET)).unwrap_err(), 1);
        let throttle = guessed(guesser, 9);
        throttle.succeeded(guesser);
        assert!(throttle.guess(guesser, at(0)).is_ok());
    }

    #[test]
    fn a_guess_that_could_not_be_judged_counts_for_nothing() {
        let guesser = stranger("anna@example.com");
        let throttle = guessed(guesser, 4);
        for second in 0..20 {
            let guess = throttle.guess(guesser, at(second * 1000)).unwrap();
            throttle.take_back(guess);
        }
        assert!(throttle.guess(guesser, at(20_000)).is_ok());
        assert_eq!(throttle.guess(guesser, at(20_000)).unwrap_err(), 1);
        let first = impatient();
        let guess = first.guess(guesser, at(0)).unwrap();
        first.take_back(guess);
        assert!(first.lock().is_empty());
    }

    #[test]
    fn guessers_do_not_slow_each_other_down() {
        let throttle = guessed(stranger("anna@example.com"), 9);
        for other in [stranger("bela@example.com"), Guesser::own("anna@example.com", &[1; 32])] {
            assert!(throttle.guess(other, at(0)).is_ok());
        }
    }

    #[test]
    fn a_clock_that_goes_back_delays_no_longer_than_before() {
        let guesser = stranger("anna@example.com");
        let throttle = guessed(guesser, 20);
        assert_eq!(throttle.guess(guesser, at(-1_000_000)).unwrap_err(), 10);
    }

    #[test]
    fn a_flood_of_emails_forgets_the_oldest_and_takes_no_more_memory() {
        let throttle = impatient();
        for number in 0..MOST + 10 {
            let guesser = stranger(&number.to_string());
            assert!(throttle.guess(guesser, at(i64::try_from(number).unwrap())).is_ok());
        }
        let known = throttle.lock();
        assert_eq!(known.len(), MOST);
        assert!(!known.contains_key(&stranger("9")) && known.contains_key(&stranger("10")));
    }

    /// A throttle that refuses what it would have to hold back.
    fn impatient() -> Throttle {
        Throttle::new(Duration::ZERO)
    }

    fn stranger(email: &str) -> Guesser {
        Guesser::stranger(email, Peer::UNKNOWN)
    }

    /// A throttle that counted so many guesses, each as soon as it was free, the last one at 0.
    fn guessed(guesser: Guesser, times: u32) -> Throttle {
        let throttle = impatient();
        throttle.lock().insert(guesser, Failures { count: times, last: at(0) });
        throttle
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }
}
