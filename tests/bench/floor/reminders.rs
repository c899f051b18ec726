//! The soonest alarms by hand: a list of instants, sorted once.

/// Instants in milliseconds, ascending.
pub struct Alarms(Vec<(i64, u32)>);

impl Alarms {
    pub fn of(instants: impl Iterator<Item = i64>) -> Self {
        let mut all: Vec<_> = instants.zip(0_u32..).collect();
        all.sort_unstable();
        Self(all)
    }

    /// The first of those after `now`.
    pub fn soonest(&self, now: i64, limit: usize) -> Vec<(i64, u32)> {
        let first = self.0.partition_point(|(at, _)| *at <= now);
        self.0[first..].iter().take(limit).copied().collect()
    }
}
