//! Random numbers from a seed: the same on every machine, for ever, so that a seed names one run.

/// A generator of small random numbers (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The numbers of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Any byte.
    pub fn byte(&mut self) -> u8 {
        self.any().to_be_bytes()[0]
    }

    /// A number from 0 to `end` - 1; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.any() % end).unwrap_or_default()
    }

    /// Whether something happens that happens `often` times in a hundred.
    pub fn percent(&mut self, often: usize) -> bool {
        self.below(100) < often
    }

    /// One of these; `None` if there are none.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// Brings these into a random order.
    pub fn shuffle<T>(&mut self, these: &mut [T]) {
        for end in (1..these.len()).rev() {
            these.swap(end, self.below(end + 1));
        }
    }
}

/// A seed for one of the many things that draw within one run, so that no two draw the same.
pub fn seed_of(seed: u64, what: u64) -> u64 {
    Dice::new(Dice::new(seed).any() ^ what).any()
}

/// One of these by number, which wraps around: every number is good however many there are, so a run from
/// which steps were taken away still makes sense.
pub fn nth<T>(of: &[T], number: u8) -> Option<&T> {
    of.get(usize::from(number).checked_rem(of.len())?)
}
