//! Generations: builds of different ages, for tests of fleets in which not all phones are updated.
//!
//! With the feature `generations` a thread can act as a build of yesterday, which lacks some of today's
//! names, or of tomorrow, which has some more. Without the feature every build is today's, and the
//! questions asked here are compiled away.

/// What tomorrow's build knows and today's does not: a zone, an outcome, the sort of a detail, the form of
/// a due and that of a state.
#[cfg(feature = "generations")]
const ONLY_TOMORROW: [&str; 5] = ["Europe/Newtown", "delegated", "messenger", "2026-W48", "waiting#1"];

/// What today's build knows and yesterday's did not.
#[cfg(feature = "generations")]
const NOT_YESTERDAY: [&str; 3] = ["Europe/Lisbon", "failed", "address"];

/// The age of a build.
#[cfg(feature = "generations")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Generation {
    /// Today's with some names taken out.
    Yesterday,
    /// As it is.
    #[default]
    Today,
    /// Today's with some names made up.
    Tomorrow,
}

#[cfg(feature = "generations")]
thread_local! {
    static GENERATION: std::cell::Cell<Generation> = const { std::cell::Cell::new(Generation::Today) };
}

/// The generation as which this thread acts.
#[cfg(feature = "generations")]
pub fn current() -> Generation {
    GENERATION.get()
}

/// From now on this thread acts as a build of this generation.
#[cfg(feature = "generations")]
pub fn set(generation: Generation) {
    GENERATION.set(generation);
}

/// Does something as a build of this generation.
#[cfg(feature = "generations")]
pub fn with<T>(generation: Generation, act: impl FnOnce() -> T) -> T {
    let before = GENERATION.replace(generation);
    let done = act();
    GENERATION.set(before);
    done
}

/// Whether this build knows a name; `today` says whether today's does.
#[cfg(feature = "generations")]
pub(crate) fn knows(name: &str, today: bool) -> bool {
    match current() {
        Generation::Yesterday => today && !NOT_YESTERDAY.contains(&name),
        Generation::Today => today,
        Generation::Tomorrow => today || ONLY_TOMORROW.contains(&name),
    }
}

/// Whether this build knows a name; `today` says whether today's does.
#[cfg(not(feature = "generations"))]
pub(crate) const fn knows(_: &str, today: bool) -> bool {
    today
}

#[cfg(feature = "generations")]
#[cfg(test)]
mod tests {
    use super::Generation::{Today, Tomorrow, Yesterday};
    use super::with;
    use crate::value::time::Zone;
    use crate::value::todo::Outcome;

    #[test]
    fn a_name_is_known_from_its_generation_on_and_kept_by_those_before() {
        for generation in [Yesterday, Today, Tomorrow] {
            for (zone, outcome, since) in [
                ("Europe/Newtown", "delegated", Tomorrow),
                ("Europe/Lisbon", "failed", Today),
                ("Europe/Budapest", "success", Yesterday),
            ] {
                with(generation, || {
                    let (read, known) = (Zone::read(zone).unwrap(), generation >= since);
                    assert_eq!((zone.parse::<Zone>().is_ok(), read.is_known()), (known, known));
                    let closed: Outcome = outcome.parse().unwrap();
                    assert_eq!(closed.is_known(), known, "{generation:?} {outcome}");
                    assert_eq!((read.name(), closed.name()), (zone, outcome));
                });
            }
        }
        assert!("Europe/Lisbon".parse::<Zone>().is_ok(), "afterwards this thread is of today again");
    }
}
