//! Quiet hours: what rings in them waits for their end.

use crate::value::clock::Quiet;
use crate::value::time::{Day, Timestamp, Zone};
use crate::value::wall_clock::WallClocks;

/// The first instant from `at` on that is not in quiet hours.
///
/// They begin and end by the clocks of `zone`. Where these skip the end of them they end as much later (T6), and quiet
/// hours that the clocks skip as a whole are none that day.
pub fn deferred(at: Timestamp, quiet: Option<Quiet>, zone: Zone) -> Timestamp {
    QuietHours::new(quiet, zone).deferred(at)
}

/// The quiet hours of one user, for many instants that come about in order.
#[derive(Debug)]
pub(super) struct QuietHours {
    quiet: Option<Quiet>,
    zone: Zone,
    clocks: WallClocks,
    known: Stretch,
}

/// A time in which either everything is quiet or nothing is.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: Timestamp,
    until: Timestamp,
    is_quiet: bool,
}

/// The most quiet hours that follow one another without a break, where clocks are turned.
const IN_A_ROW: usize = 4;

impl QuietHours {
    pub(super) fn new(quiet: Option<Quiet>, zone: Zone) -> Self {
        let nothing = Timestamp::from_millis(i64::MIN);
        let known = Stretch { from: nothing, until: nothing, is_quiet: false };
        Self { quiet, zone, clocks: WallClocks::default(), known }
    }

    pub(super) fn deferred(&mut self, at: Timestamp) -> Timestamp {
        let Some(quiet) = self.quiet else { return at };
        if at < self.known.from || self.known.until <= at {
            self.known = self.stretch(quiet, at);
        }
        if self.known.is_quiet { self.known.until } else { at }
    }

    /// The rest of the stretch in which `at` lies.
    fn stretch(&mut self, quiet: Quiet, at: Timestamp) -> Stretch {
        let mut until = at;
        for _ in 0..IN_A_ROW {
            let nights = self.nights(quiet, until);
            let ends = nights.iter().filter(|(start, end)| *start <= until && until < *end);
            match ends.map(|(_, end)| *end).max() {
                Some(end) => until = end,
                None if until > at => break,
                None => {
                    let next = nights.iter().map(|(start, _)| *start).filter(|start| *start > at).min();
                    // With none in the days that follow it is asked again for the next instant.
                    return Stretch { from: at, until: next.unwrap_or(at), is_quiet: false };
                }
            }
        }
        Stretch { from: at, until, is_quiet: true }
    }

    /// When the quiet hours begin and end that may be around `at` or come next.
    fn nights(&mut self, quiet: Quiet, at: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let Ok(today) = Day::try_from(self.clocks.local(self.zone, at).date()) else { return Vec::new() };
        let mut nights = Vec::with_capacity(4);
        for days in -1..=2 {
            let (start, end) = quiet.beginning(today.plus(days));
            let night = (self.clocks.instant(self.zone, start), self.clocks.instant(self.zone, end));
            if night.0 < night.1 {
                nights.push(night);
            }
        }
        nights
    }
}
