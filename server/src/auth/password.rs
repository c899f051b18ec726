//! Passwords: Argon2id (RFC 9106, OWASP parameters), bounded in number at once.
//!
//! One hash costs about 35 ms of a core and 19 MiB, so a flood of sign-ins would starve the rest. Strangers
//! have half of the cores and a line of their own, in which peers take turns; whoever is known has all of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use argon2::{Params, PasswordHash, PasswordHasher, PasswordVerifier};
use roadbook_domain::value::env::{Env, random};
use unicode_normalization::UnicodeNormalization;

use super::hasher::Hasher;
use super::peer::Peer;
use super::turns::{Crowded, Turns};

/// The fewest characters of a password.
pub const MIN_CHARS: usize = 10;

/// The most bytes of a password.
pub const MAX_BYTES: usize = 256;

/// What one guess at a password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory of a hash in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// How long a guess that comes too early is held back at most; else it is refused.
    pub patience: Duration,
}

/// Who waits for a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A user's own installation at this peer, or somebody who is signed in.
    Known(Peer),
    /// Anybody else at this peer.
    Stranger(Peer),
}

impl Cost {
    /// What OWASP recommends: 19 MiB, two passes, one lane.
    pub const RECOMMENDED: Self = Self { memory: 19_456, passes: 2, patience: Duration::from_secs(20) };

    /// As little as the algorithm allows, and nobody waits; for simulations, never where a password matters.
    pub const LEAST: Self = Self { memory: 8, passes: 1, patience: Duration::ZERO };
}

impl Default for Cost {
    fn default() -> Self {
        Self::RECOMMENDED
    }
}

/// Hashes and verifies passwords.
#[derive(Debug)]
pub struct Passwords {
    hasher: Arc<Hasher>,
    /// The hash of a password that nobody knows: verified against where there is no other, so that an
    /// unknown email costs as much as a wrong password.
    dummy: Arc<str>,
    known: Turns,
    strangers: Turns,
    patience: Duration,
    computed: AtomicU64,
}

/// Why a password was neither hashed nor verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Shorter or longer than allowed.
    #[error("a password has at least {MIN_CHARS} characters and at most {MAX_BYTES} bytes")]
    Length,
    /// A character that no keyboard types, such as a line break.
    #[error("a password holds no control characters")]
    Form,
    /// Too many are waiting.
    #[error("too many sign-ins at once")]
    Busy,
    /// The algorithm refused its parameters, or its thread died.
    #[error("a password cannot be hashed: {0}")]
    Failed(String),
}

impl Passwords {
    /// Hashes at this cost, on this many cores at once.
    ///
    /// # Errors
    /// [`PasswordError::Failed`] if the algorithm refuses the cost.
    pub fn new(cost: Cost, cores: usize, env: &dyn Env) -> Result<Self, PasswordError> {
        let params = Params::new(cost.memory, cost.passes, 1, None).map_err(failed)?;
        let nobody_knows: [u8; 32] = random(env);
        let hasher = Arc::new(Hasher::new(params));
        let dummy = compute(&hasher, &nobody_knows, &random(env))?.into();
        let cores = cores.max(1);
        Ok(Self {
            hasher,
            dummy,
            known: Turns::new(cores),
            strangers: Turns::new(cores / 2),
            patience: cost.patience,
            computed: AtomicU64::new(0),
        })
    }

    /// The hash of a new password, as a PHC string, for somebody who is signed in.
    ///
    /// # Errors
    /// Every [`PasswordError`].
    pub async fn hash(&self, password: &str, env: &dyn Env) -> Result<String, PasswordError> {
        let password = opaque(password);
        if password.len() > MAX_BYTES || password.chars().count() < MIN_CHARS {
            return Err(PasswordError::Length);
        }
        if password.chars().any(char::is_control) {
            return Err(PasswordError::Form);
        }
        let (hasher, salt) = (Arc::clone(&self.hasher), random(env));
        let place = Place::Known(Peer::UNKNOWN);
        self.run(place, move || compute(&hasher, password.as_bytes(), &salt)).await?
    }

    /// Whether this is the password of that hash. Without a hash (an unknown or disabled user, or one
    /// without a password) the answer is no, after the same work.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] and [`PasswordError::Failed`].
    pub async fn verify(
        &self,
        password: &str,
        hash: Option<&str>,
        place: Place,
    ) -> Result<bool, PasswordError> {
        // A password that cannot be right is not worth more than the longest that could be.
        let password = opaque(&password.chars().take(MAX_BYTES + 1).collect::<String>());
        let known = hash.is_some() && password.len() <= MAX_BYTES;
        let hash: Arc<str> = if known { hash.unwrap_or_default().into() } else { Arc::clone(&self.dummy) };
        let hasher = Arc::clone(&self.hasher);
        let matches = self.run(place, move || is_of(&hasher, password.as_bytes(), &hash)).await?;
        Ok(known && matches)
    }

    /// How long a guess that comes too early is held back at most.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// How many hashes were computed since the start.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = match place {
            Place::Known(peer) => self.known.take(peer).await,
            Place::Stranger(peer) => self.strangers.take(peer).await,
        };
        let turn = turn.map_err(|Crowded| PasswordError::Busy)?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        // The turn goes with the work: a caller that gives up does not free a core that still hashes.
        let worked = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        worked.await.map_err(failed)
    }
}

/// A password as it is hashed and compared (RFC 8265, OpaqueString): every kind of space is a space, and
/// accents are composed. Case and everything else stay.
fn opaque(password: &str) -> String {
    // All spaces of Unicode but those that are control characters.
    let is_space = |c: char| c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    password.nfc().map(|c| if is_space(c) { ' ' } else { c }).collect()
}

fn compute(hasher: &Hasher, password: &[u8], salt: &[u8; 16]) -> Result<String, PasswordError> {
    Ok(hasher.hash_password_with_salt(password, salt).map_err(failed)?.to_string())
}

fn is_of(hasher: &Hasher, password: &[u8], hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| hasher.verify_password(password, &hash).is_ok())
}

fn failed(error: impl std::fmt::Display) -> PasswordError {
    PasswordError::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use roadbook_domain::value::env::SeededEnv;
    use roadbook_domain::value::time::Timestamp;

    use super::*;

    #[tokio::test]
    async fn a_password_is_verified_against_its_own_hash_only() {
        let (passwords, env) = passwords(Cost::LEAST);
        let hash = passwords.hash("correct horse", &env).await.unwrap();
        let other = passwords.hash("correct horse", &env).await.unwrap();
        assert_ne!(hash, other, "each hash has its own salt");
        assert_eq!(passwords.verify("correct horse", Some(&hash), STRANGER).await, Ok(true));
        for wrong in ["correct horsf", "Correct horse", "", "correct horse "] {
            assert_eq!(passwords.verify(wrong, Some(&hash), STRANGER).await, Ok(false), "{wrong}");
        }
        assert_eq!(passwords.verify("correct horse", Some(""), STRANGER).await, Ok(false));
        assert_eq!(passwords.verify("correct horse", Some("not a hash"), STRANGER).await, Ok(false));
    }

    /// RFC 8265, 4.2: a keyboard composes accents, a name copied from elsewhere may hold them apart; a
    /// space is a space.
    #[tokio::test]
    async fn a_password_is_the_same_however_its_accents_and_spaces_are_written() {
        let (passwords, env) = passwords(Cost::LEAST);
        let hash = passwords.hash("kávé és tejszínhab", &env).await.unwrap();
        for same in ["ka\u{301}ve\u{301} e\u{301}s tejszi\u{301}nhab", "kávé\u{a0}és\u{3000}tejszínhab"] {
            assert_eq!(passwords.verify(same, Some(&hash), STRANGER).await, Ok(true), "{same}");
        }
        for other in ["kave es tejszinhab", "KÁVÉ ÉS TEJSZÍNHAB", "kávééstejszínhab"] {
            assert_eq!(passwords.verify(other, Some(&hash), STRANGER).await, Ok(false), "{other}");
        }
    }

    #[tokio::test]
    async fn without_a_hash_the_answer_is_no_after_the_same_work() {
        let (passwords, _) = passwords(Cost::LEAST);
        let before = passwords.computed();
        assert_eq!(passwords.verify("correct horse", None, STRANGER).await, Ok(false));
        assert_eq!(passwords.verify(&"x".repeat(1_000_000), None, STRANGER).await, Ok(false));
        assert_eq!(passwords.computed(), before + 2);
    }

    #[tokio::test]
    async fn the_recommended_cost_is_what_owasp_says() {
        let (passwords, env) = passwords(Cost::RECOMMENDED);
        let hash = passwords.hash("correct horse", &env).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(passwords.verify("correct horse", Some(&hash), STRANGER).await, Ok(true));
    }

    #[tokio::test]
    async fn passwords_of_unfit_length_are_refused_before_any_work() {
        let (passwords, env) = passwords(Cost::LEAST);
        for (password, fits) in [
            ("123456789", false),
            ("1234567890", true),
            ("őőőőőőőőőő", true),
            (&"x".repeat(MAX_BYTES), true),
            (&"x".repeat(MAX_BYTES + 1), false),
        ] {
            assert_eq!(passwords.hash(password, &env).await.is_ok(), fits, "{}", password.len());
        }
    }

    #[tokio::test]
    async fn a_flood_of_strangers_keeps_nobody_waiting_who_is_known() {
        let (passwords, env) = passwords(Cost::LEAST);
        let _running = passwords.strangers.take(Peer::UNKNOWN).await.unwrap();
        let mut flood: Vec<_> =
            (0..60).map(|_| Box::pin(passwords.verify("correct horse", None, STRANGER))).collect();
        for guess in &mut flood {
            assert!(futures_util::FutureExt::now_or_never(guess.as_mut()).is_none());
        }
        let known = Place::Known(Peer::UNKNOWN);
        assert_eq!(passwords.verify("correct horse", None, known).await, Ok(false));
        assert!(passwords.hash("correct horse", &env).await.is_ok(), "a password is set");
    }

    const STRANGER: Place = Place::Stranger(Peer::UNKNOWN);

    fn passwords(cost: Cost) -> (Passwords, SeededEnv) {
        let env = SeededEnv::new(1, Timestamp::from_millis(0));
        (Passwords::new(cost, 2, &env).unwrap(), env)
    }
}
