// Reads feed.ics by ical.js, as Thunderbird does, and compares it with expected.json, both in the folder that is named.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ICAL from "ical.js";

const folder = process.argv[2];
const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(join(folder, "feed.ics"), "utf8")));

const zones = calendar.getAllSubcomponents("vtimezone");
for (const zone of zones) {
  ICAL.TimezoneService.register(zone);
}
const events = new Map(
  calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return [event.uid, event];
  }),
);

const faults = [];
if (events.size !== expected.length) {
  faults.push(`${events.size} events, expected ${expected.length}`);
}
for (const want of expected) {
  const event = events.get(want.uid);
  const found = {
    uid: event.uid,
    title: event.summary,
    start: written(event.startDate),
    end: written(event.endDate),
  };
  if (Object.keys(want).some((key) => found[key] !== want[key])) {
    faults.push(`${event.component.getFirstProperty("dtstart").toICALString()}: ${JSON.stringify(found)}, expected ${JSON.stringify(want)}`);
  }
}

console.log(`ical.js: ${events.size} events, ${zones.length} zones, ${faults.length} faults`);
for (const fault of faults.slice(0, 20)) {
  console.log(`  ${fault}`);
}
process.exitCode = faults.length > 0 ? 1 : 0;

function written(time) {
  return time.isDate ? time.toString() : time.toUnixTime();
}
