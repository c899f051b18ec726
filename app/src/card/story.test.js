// What a line of the history says of a todo: which of its parts are told, and together with what.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import typescript from "typescript";

const source = readFileSync(new URL("story.ts", import.meta.url), "utf8");
const compilerOptions = { target: "ESNext", module: "ESNext" };
const { outputText } = typescript.transpileModule(source, { compilerOptions });
/** Words that tell from what they are made. */
const WORDS = `
  const t = (id, data) => [id, ...Object.values(data ?? {})].join("|");
  const clipped = (text) => text;
  const placeWords = ({ part }) => part;
  const valueWords = (value) => value.text ?? value.due ?? value.user ?? value.kind;
  const plannedWords = (day) => "planned " + day;
`;
const alone = WORDS + outputText.replace(/^import .*$/gm, "");
const { saidBy } = await import(`data:text/javascript,${encodeURIComponent(alone)}`);

const put = (todo, part, value, old = []) => {
  return { kind: "put", place: { kind: "todo", todo, part }, old, new: value };
};
const text = (text) => ({ kind: "text", text });
const due = (due) => ({ kind: "due", due });
const REPEAT = { kind: "repeat", repeat: { every: 1, unit: "week", lateDay: null } };
const EMPTY = { kind: "empty" };
const CHOSEN = { kind: "chosen" };

const names = { todo: (id) => id };
const said = (...edits) => saidBy({ edits }, names).map((one) => one.words ?? one.kind);

test("A new todo is told in one line, with what was said of it", () => {
  const parts = [
    put("a", "text", text("Water")),
    put("a", "due", due("2026-12-07")),
    put("a", "description", text("Not too much")),
    put("a", "urgent", CHOSEN),
    put("a", "planned_for", due("2026-12-05")),
    put("a", "recurrence", REPEAT),
    put("a", "contact", EMPTY),
  ];
  assert.deepEqual(said(...parts), [
    "card-said-todo-made|card-quoted|Water · 2026-12-07 · Not too much · todo-urgent · planned 2026-12-05 · repeat",
  ]);
});

test("The next todo of a series is told in short, after the closing that made it", () => {
  const closed = { kind: "closed", period: 1, closing: { outcome: "success", by: "anna", at: 0 } };
  const edits = [
    put("b", "text", text("Water")),
    put("b", "assignee", { kind: "user", user: "anna" }),
    put("b", "description", text("Not too much")),
    put("b", "due", due("2026-12-07")),
    put("b", "recurrence", REPEAT),
    put("b", "occurrence", due("2026-12-07")),
    put("a", "state", closed, [{ kind: "open", period: 1 }]),
  ];
  assert.deepEqual(said(...edits), ["closing", "card-said-todo-again|card-quoted|Water · 2026-12-07 · repeat"]);
});

test("The day of a series is told only where nothing else is", () => {
  const rhythm = put("a", "recurrence", EMPTY, [REPEAT]);
  const day = put("a", "occurrence", EMPTY, [due("2026-12-07")]);
  assert.deepEqual(said(rhythm, day), ["card-said-change|recurrence|empty|repeat"]);
  assert.deepEqual(said(day), ["card-said-change|occurrence|empty|2026-12-07"]);
});

test("What is edited of a todo is told part by part", () => {
  assert.deepEqual(said(put("a", "urgent", CHOSEN), put("a", "planned_for", due("2026-12-05"))), [
    "card-said-set|urgent|chosen",
    "card-said-set|planned_for|2026-12-05",
  ]);
});
