//! The outside world as an argument: what time it is, and randomness.
//!
//! No code of Roadbook reads a clock or draws a random number by itself (`clippy.toml` forbids it). So a
//! simulation with the same seed does the same to the byte.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use sha2::{Digest, Sha256};

use crate::value::time::Timestamp;

/// A clock and a source of randomness.
pub trait Env: Send + Sync {
    /// The current instant of this device or server.
    fn now(&self) -> Timestamp;

    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// Draws `N` random bytes from `env`.
pub fn random<const N: usize>(env: &dyn Env) -> [u8; N] {
    let mut bytes = [0; N];
    env.fill(&mut bytes);
    bytes
}

/// An [`Env`] on one seed: its clock moves only when told, its randomness is a hash chain.
///
/// For tests, simulations and demonstrations; never for secrets.
#[derive(Debug)]
pub struct SeededEnv {
    now: AtomicI64,
    stream: Mutex<Stream>,
}

impl SeededEnv {
    /// A clock that stands at `now`, and the randomness of `seed`.
    pub fn new(seed: u64, now: Timestamp) -> Self {
        Self {
            now: AtomicI64::new(now.millis()),
            stream: Mutex::new(Stream { seed, block: 0, left: Vec::new() }),
        }
    }

    /// Sets the clock.
    pub fn set_now(&self, now: Timestamp) {
        self.now.store(now.millis(), Ordering::SeqCst);
    }

    /// Moves the clock forward by `millis` (back, if negative).
    pub fn advance(&self, millis: i64) {
        self.now.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Env for SeededEnv {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    fn fill(&self, bytes: &mut [u8]) {
        // A panic elsewhere cannot leave the stream half done, so it may be used on.
        let mut stream = self.stream.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for byte in bytes {
            *byte = stream.next_byte();
        }
    }
}

/// SHA-256 in counter mode, taken from the end of each block.
#[derive(Debug)]
struct Stream {
    seed: u64,
    block: u64,
    left: Vec<u8>,
}

impl Stream {
    fn next_byte(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.left.pop() {
                return byte;
            }
            let mut hash = Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update(self.block.to_be_bytes());
            self.left = hash.finalize().to_vec();
            self.block += 1;
        }
    }
}

/// The operating system's clock and randomness.
#[cfg(feature = "system-env")]
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEnv;

#[cfg(feature = "system-env")]
impl Env for SystemEnv {
    fn now(&self) -> Timestamp {
        // A clock before 1970 counts as 1970: a wrong stamp is better than no edit at all.
        #[expect(clippy::disallowed_methods, reason = "this is where Env gets its time")]
        let since_epoch =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    #[expect(clippy::panic, reason = "without randomness no id, actor or key is safe to make")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the operating system gives no randomness: {error}");
        }
    }
}
