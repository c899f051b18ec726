import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import typescript from "typescript";

const source = readFileSync(new URL("due.ts", import.meta.url), "utf8");
const compilerOptions = { target: "ESNext", module: "ESNext" };
const { outputText } = typescript.transpileModule(source, { compilerOptions });
const module = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
const { partsOf, dueOf, minuteOf, dueAt, todayIn, plusDays, weekOf, firstDayOf } = module;

test("A due is taken apart and put together again as it was", () => {
  for (const due of [null, "2026-11-30", "2026-11-30T09:00[Europe/Budapest]", "2026-11-30T00:00[UTC]"]) {
    assert.equal(dueOf(partsOf(due)), due);
  }
  assert.deepEqual(partsOf("2026-11-30T09:00[America/Argentina/Buenos_Aires]"), {
    day: "2026-11-30",
    time: "09:00",
    zone: "America/Argentina/Buenos_Aires",
  });
  assert.equal(dueOf({ day: "", time: "09:00", zone: "UTC" }), null);
});

test("A minute is put into an input of day and time and comes back in its zone", () => {
  const due = "2026-11-30T09:00[Europe/Budapest]";
  assert.equal(minuteOf(due), "2026-11-30T09:00");
  assert.equal(dueAt(minuteOf(due), "Europe/Budapest"), due);
  assert.equal(dueAt("2026-11-30T09:00:00.000", "UTC"), "2026-11-30T09:00[UTC]");
  for (const other of ["", "2026-11-30", "2026-11-30T09:00", "soon"]) assert.equal(minuteOf(other), "", other);
  for (const half of ["", "2026-11-30"]) assert.equal(dueAt(half, "UTC"), "", half);
});

test("The day is that of the zone", () => {
  const late = Date.parse("2026-11-30T22:30:00Z");
  assert.equal(todayIn("Europe/Lisbon", late), "2026-11-30");
  assert.equal(todayIn("Europe/Budapest", late), "2026-11-30");
  assert.equal(todayIn("Europe/Bucharest", late), "2026-12-01");
  assert.match(todayIn("Europe/Newtown", late), /^2026-1[12]-\d\d$/);
});

test("Days go on over the ends of months and years, and over changes of the clock", () => {
  assert.equal(plusDays("2026-12-31", 1), "2027-01-01");
  assert.equal(plusDays("2026-03-28", 2), "2026-03-30");
  assert.equal(plusDays("2028-03-01", -1), "2028-02-29");
});

test("A week begins on the day of the country", () => {
  assert.deepEqual(weekOf("2026-11-30", 1), { from: "2026-11-30", to: "2026-12-06" });
  assert.deepEqual(weekOf("2026-11-29", 1), { from: "2026-11-23", to: "2026-11-29" });
  assert.deepEqual(weekOf("2026-11-29", 7), { from: "2026-11-29", to: "2026-12-05" });
  assert.deepEqual(["hu-HU", "ro-RO", "not a locale"].map(firstDayOf), [1, 1, 1]);
});
