//! Slowing down the guessing of passwords: by delay, never by locking an account.
//!
//! Kept in memory: each node slows down by itself, and a restart forgets. That is enough, because a hash
//! costs what it costs and only so many run at once ([`super::password`]).

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use roadbook_domain::value::time::Timestamp;

use super::token::sha256;

/// How many wrong passwords are free.
const FREE: u32 = 5;

/// The longest delay, in seconds.
const LONGEST: u32 = 60;

/// After how many milliseconds without a wrong password everything is forgotten: 15 minutes.
const FORGET: i64 = 15 * 60 * 1000;

/// How many guessers are remembered. If there are more, the one whose last guess is oldest is forgotten.
const MOST: usize = 10_000;

/// Remembers wrong passwords.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<BTreeMap<Guesser, Failures>>);

/// A guesser: all who try one email count as one. Only an installation that the user enrolled before counts
/// by itself, so that a stranger's guesses never keep a user from their own phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guesser([u8; 32]);

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

impl Guesser {
    /// Everybody who tries this email; on the user's own installation, if its hash is given.
    pub(super) fn new(email: &str, own_install: Option<&[u8; 32]>) -> Self {
        let install = own_install.map(<[u8; 32]>::as_slice).unwrap_or_default();
        Self(sha256(&[install, email.as_bytes()].concat()))
    }
}

/// A guess that was counted, and what was known of its guesser before.
#[derive(Debug)]
#[must_use]
pub(super) struct Guess {
    guesser: Guesser,
    before: Option<Failures>,
}

impl Throttle {
    /// Counts a guess as wrong, before anybody knows.
    ///
    /// # Errors
    /// How many seconds this guesser must wait before the next try; then nothing is counted.
    pub(super) fn guess(&self, guesser: Guesser, now: Timestamp) -> Result<Guess, u32> {
        let mut known = self.lock();
        let before = known.get(&guesser).copied();
        if let Some(seconds) = before.and_then(|failures| failures.wait(now)) {
            return Err(seconds);
        }
        if known.len() >= MOST && before.is_none() {
            let oldest = known.iter().min_by_key(|(_, failures)| failures.last).map(|(oldest, _)| *oldest);
            oldest.map(|oldest| known.remove(&oldest));
        }
        let count = before.filter(|failures| !failures.is_forgotten(now)).map_or(0, |before| before.count);
        known.insert(guesser, Failures { count: count.saturating_add(1), last: now });
        Ok(Guess { guesser, before })
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failures {
    /// How many seconds are left of the delay, if any.
    fn wait(self, now: Timestamp) -> Option<u32> {
        if self.is_forgotten(now) {
            return None;
        }
        let passed = now.millis().saturating_sub(self.last.millis());
        // A clock that was set back must not make the delay longer.
        let left = i64::from(self.delay()) * 1000 - passed.max(0);
        u32::try_from(left).ok().filter(|left| *left > 0).map(|left| left.div_ceil(1000))
    }

    fn is_forgotten(self, now: Timestamp) -> bool {
        now.millis().saturating_sub(self.last.millis()) >= FORGET
    }

    /// 0 for the free ones, then 1, 2, 4, ... seconds.
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
    fn after_five_wrong_passwords_each_next_one_waits_twice_as_long_up_to_a_minute() {
        let throttle = Throttle::default();
        let guesser = Guesser::new("anna@example.com", None);
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
        assert_eq!(waits[..13], [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
        assert!(waits[13..].iter().all(|wait| *wait == 60));
    }

    #[test]
    fn the_right_password_or_a_quarter_of_an_hour_makes_all_forgotten() {
        let guesser = Guesser::new("anna@example.com", None);
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
        let guesser = Guesser::new("anna@example.com", None);
        let throttle = guessed(guesser, 4);
        for second in 0..20 {
            let guess = throttle.guess(guesser, at(second * 1000)).unwrap();
            throttle.take_back(guess);
        }
        assert!(throttle.guess(guesser, at(20_000)).is_ok());
        assert_eq!(throttle.guess(guesser, at(20_000)).unwrap_err(), 1);
        let first = Throttle::default();
        let guess = first.guess(guesser, at(0)).unwrap();
        first.take_back(guess);
        assert!(first.lock().is_empty());
    }

    #[test]
    fn guessers_do_not_slow_each_other_down() {
        let stranger = Guesser::new("anna@example.com", None);
        let throttle = guessed(stranger, 9);
        for other in
            [Guesser::new("bela@example.com", None), Guesser::new("anna@example.com", Some(&[1; 32]))]
        {
            assert!(throttle.guess(other, at(0)).is_ok());
        }
    }

    #[test]
    fn a_clock_that_goes_back_delays_no_longer_than_a_minute() {
        let guesser = Guesser::new("anna@example.com", None);
        let throttle = guessed(guesser, 20);
        assert_eq!(throttle.guess(guesser, at(-1_000_000)).unwrap_err(), 60);
    }

    #[test]
    fn a_flood_of_emails_forgets_the_oldest_and_takes_no_more_memory() {
        let throttle = Throttle::default();
        for number in 0..MOST + 10 {
            let guesser = Guesser::new(&number.to_string(), None);
            assert!(throttle.guess(guesser, at(i64::try_from(number).unwrap())).is_ok());
        }
        let known = throttle.lock();
        assert_eq!(known.len(), MOST);
        assert!(
            !known.contains_key(&Guesser::new("9", None)) && known.contains_key(&Guesser::new("10", None))
        );
    }

    /// A throttle that counted so many guesses, each as soon as it was free, the last one at 0.
    fn guessed(guesser: Guesser, times: u32) -> Throttle {
        let throttle = Throttle::default();
        throttle.lock().insert(guesser, Failures { count: times, last: at(0) });
        throttle
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }
}
