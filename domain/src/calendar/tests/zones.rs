use std::fmt::Write;

use super::reader::{Clock, Component as Read};
use super::*;
use crate::calendar::content::Lines;
use crate::calendar::vtimezone::Component;
use chrono::{NaiveDateTime, TimeDelta};

/// The first days of the feeds of some years.
const FIRST_DAYS: [&str; 4] = ["2026-09-02", "2027-03-28", "2030-01-01", "2038-10-31"];

fn written(component: &Component) -> String {
    let mut out = String::new();
    component.write(&mut Lines::new(&mut out));
    out
}

#[test]
fn a_zone_whose_clocks_are_turned_by_the_year_has_two_observances() {
    let budapest = Component::new(zone("Europe/Budapest"), day("2026-09-02")).unwrap();
    insta::assert_snapshot!(written(&budapest).replace("\r\n", "\n"), @"
    BEGIN:VTIMEZONE
    TZID:Europe/Budapest
    BEGIN:STANDARD
    DTSTART:19701025T030000
    RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
    TZOFFSETFROM:+0200
    TZOFFSETTO:+0100
    END:STANDARD
    BEGIN:DAYLIGHT
    DTSTART:19700329T020000
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0200
    END:DAYLIGHT
    END:VTIMEZONE
    ");
}

#[test]
fn a_zone_whose_clocks_are_never_turned_has_one() {
    let kolkata = Component::new(zone("Asia/Kolkata"), day("2026-09-02")).unwrap();
    insta::assert_snapshot!(written(&kolkata).replace("\r\n", "\n"), @"
    BEGIN:VTIMEZONE
    TZID:Asia/Kolkata
    BEGIN:STANDARD
    DTSTART:19700101T000000
    TZOFFSETFROM:+0530
    TZOFFSETTO:+0530
    END:STANDARD
    END:VTIMEZONE
    ");
}

#[test]
fn ireland_has_its_standard_time_in_winter_as_readers_expect_it() {
    let dublin = written(&Component::new(zone("Europe/Dublin"), day("2026-09-02")).unwrap());
    let standard = Read::read(&dublin);
    let standard = standard.all("STANDARD").next().unwrap();
    assert_eq!(standard.get("TZOFFSETTO"), Some("+0000"));
}

#[test]
fn zones_without_a_yearly_rule_have_no_component() {
    let without: Vec<_> = all_zones()
        .into_iter()
        .filter(|zone| Component::new(*zone, day("2026-09-02")).is_none())
        .map(|zone| zone.name().to_owned())
        .collect();
    // Of release 2026f: Cuba does not turn its clocks back in 2026, and has a rule again from 2028 on.
    insta::assert_snapshot!(without.join("\n"), @"
    Africa/Cairo
    Africa/Casablanca
    Africa/El_Aaiun
    America/Godthab
    America/Havana
    America/Nuuk
    America/Santiago
    America/Scoresbysund
    Asia/Gaza
    Asia/Hebron
    Asia/Jerusalem
    Asia/Tel_Aviv
    Chile/Continental
    Cuba
    Egypt
    Israel
    ");
}

#[test]
fn the_bytes_of_a_component_do_not_move_with_the_days_of_the_feed() {
    for zone in all_zones() {
        let of = |from: &str| Component::new(zone, day(from)).map(|component| written(&component));
        let (today, tomorrow) = (of("2026-09-02"), of("2026-09-03"));
        assert_eq!(today, tomorrow, "{zone}");
    }
}

/// What the clocks of a zone show around each turn from `first` on for three years, and each noon of some days.
fn walls(zone: Zone, first: Day) -> Vec<NaiveDateTime> {
    let (from, until) = (zone.start_of(first), zone.start_of(first.plus(1_100)));
    let turns = zone.turns(from).take_while(|at| *at < until).map(|at| zone.local(at));
    let around = turns.flat_map(|turn| (-8..=8).map(move |half| turn + TimeDelta::minutes(30 * half)));
    let noons = (1..36).map(|i| first.plus(i * 30).date().and_hms_opt(12, 0, 0).unwrap());
    around.chain(noons).collect()
}

#[test]
fn every_component_gives_the_instants_of_its_zone_also_on_both_days_when_clocks_are_turned() {
    let mut judged = 0;
    for first in FIRST_DAYS.map(day) {
        for zone in all_zones() {
            let Some(component) = Component::new(zone, first) else { continue };
            let clock = Clock::of(&Read::read(&written(&component)));
            for local in walls(zone, first) {
                let instant = zone.instant(local);
                assert!(component.covers(instant) || instant < zone.start_of(first), "{zone} {local}");
                assert_eq!(clock.utc(local), Zone::UTC.local(instant), "{zone} {local}");
                judged += 1;
            }
        }
    }
    assert!(judged > 100_000, "{judged}");
}

#[test]
fn a_component_covers_nothing_before_its_feed_and_nothing_that_is_decades_away() {
    let budapest = zone("Europe/Budapest");
    let component = Component::new(budapest, day("2026-09-02")).unwrap();
    for (day, is_covered) in [
        ("1900-01-01", false),
        ("2026-09-01", false),
        ("2026-09-02", true),
        ("2028-12-31", true),
        ("2100-01-01", false),
        ("9999-12-31", false),
    ] {
        assert_eq!(component.covers(budapest.start_of(super::day(day))), is_covered, "{day}");
    }
}

#[test]
fn the_years_at_the_edges_of_the_calendar_have_components_or_none_but_no_panic() {
    for first in ["1900-01-01", "1969-12-31", "9990-01-01", "9999-06-01", "9999-12-31"] {
        let mut text = String::new();
        for zone in all_zones() {
            if let Some(component) = Component::new(zone, day(first)) {
                write!(text, "{}", written(&component)).unwrap();
            }
        }
        assert!(!text.is_empty(), "{first}");
    }
}
