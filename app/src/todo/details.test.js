import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import typescript from "typescript";

const url = (source) => `data:text/javascript,${encodeURIComponent(source)}`;
const read = (name) => {
  const source = readFileSync(new URL(name, import.meta.url), "utf8");
  const compilerOptions = { target: "ESNext", module: "ESNext" };
  return typescript.transpileModule(source, { compilerOptions }).outputText;
};
const repeatUrl = url(read("repeat.ts"));
const { PRESETS, repeatOf, repeatParts, repeatText } = await import(repeatUrl);
const { detailEdits } = await import(url(read("details.ts").replace('"./repeat"', JSON.stringify(repeatUrl))));

const NONE = { description: "", urgent: false, plannedFor: null, repeat: null };
const AS_IT_IS = { description: "", urgent: false, planned: "", repeat: "" };

test("A rhythm is put into a draft and comes back; the day of the month stays with the core", () => {
  assert.equal(repeatText(null), "");
  assert.equal(repeatOf(""), null);
  for (const preset of PRESETS) assert.equal(repeatText(repeatOf(preset)), preset);
  assert.equal(repeatText({ every: 1, unit: "month", lateDay: 31 }), "1 month");
  assert.deepEqual(repeatOf("36 week"), { every: 36, unit: "week", lateDay: null });
  // A number that is just being typed.
  assert.deepEqual(repeatParts(" day"), { every: "", unit: "day" });
  assert.deepEqual(repeatParts(""), { every: "", unit: "week" });
});

test("What is as it was is not edited", () => {
  assert.deepEqual(detailEdits("todo", NONE, AS_IT_IS), []);
  assert.deepEqual(detailEdits("todo", NONE, { ...AS_IT_IS, description: " \n " }), []);
  const full = {
    description: "Bring\nsamples",
    urgent: true,
    plannedFor: "2026-11-26",
    // Another day of the month is no other rhythm.
    repeat: { every: 1, unit: "month", lateDay: 31 },
  };
  const typed = { description: "Bring\nsamples", urgent: true, planned: "2026-11-26", repeat: "1 month" };
  assert.deepEqual(detailEdits("todo", full, typed), []);
  assert.deepEqual(detailEdits("todo", full, AS_IT_IS), [
    { kind: "describeTodo", todo: "todo", description: "" },
    { kind: "markUrgent", todo: "todo", urgent: false },
    { kind: "planTodo", todo: "todo", day: null },
    { kind: "repeatTodo", todo: "todo", repeat: null },
  ]);
});

test("All that is typed is one list of edits", () => {
  const typed = { description: "Bring samples", urgent: true, planned: "2026-11-26", repeat: "2 week" };
  assert.deepEqual(detailEdits("todo", NONE, typed), [
    { kind: "describeTodo", todo: "todo", description: "Bring samples" },
    { kind: "markUrgent", todo: "todo", urgent: true },
    { kind: "planTodo", todo: "todo", day: "2026-11-26" },
    { kind: "repeatTodo", todo: "todo", repeat: { every: 2, unit: "week", lateDay: null } },
  ]);
});
