// Two edits of one setting, places in a list, and keys of options.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import typescript from "typescript";

const { differences, merged } = await load("merge.ts");
const { lastPlace, moved } = await load("order.ts");
const { newKey } = await load("keys.ts");

async function load(name) {
  const source = readFileSync(new URL(name, import.meta.url), "utf8");
  const compilerOptions = { target: "ESNext", module: "ESNext" };
  const { outputText } = typescript.transpileModule(source, { compilerOptions });
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`);
}

const STATUS = { version: 1, id: "a", name: "Pilot", group: "in_progress", retired: false, todo: null };

test("What was changed here stands on top of what somebody else stored", () => {
  const mine = { ...STATUS, name: "Trial" };
  const theirs = { ...STATUS, version: 2, group: "positive", todo: { text: "Call", due_days: 2 } };
  assert.deepEqual(merged(STATUS, mine, theirs), { ...theirs, name: "Trial" });
  const [name, group, todo, ...others] = differences(STATUS, mine, theirs);
  assert.deepEqual(name, { path: ["name"], mine: "Trial", theirs: "Pilot", isMine: true });
  assert.deepEqual(group, { path: ["group"], mine: "in_progress", theirs: "positive", isMine: false });
  assert.deepEqual(todo, { path: ["todo"], mine: null, theirs: { text: "Call", due_days: 2 }, isMine: false });
  assert.deepEqual(others, []);
});

test("What both changed is as here, member by member", () => {
  const base = { ...STATUS, todo: { text: "Call", due_days: 2 } };
  const mine = { ...base, todo: { text: "Visit", due_days: 2 } };
  const theirs = { ...base, version: 2, todo: { text: "Write", due_days: 5 } };
  assert.deepEqual(merged(base, mine, theirs).todo, { text: "Visit", due_days: 5 });
  const paths = differences(base, mine, theirs).map(({ path }) => path.join("."));
  assert.deepEqual(paths, ["todo.text", "todo.due_days"]);
  assert.deepEqual(differences(base, theirs, theirs), []);
});

const option = (key, name = key, retired = false) => ({ key, name, retired });
const choice = (...options) => ({ version: 1, kind: { type: "choice", options, multiple: false }, required_for: ["x"] });

test("Options are merged one by one, and none of either is lost", () => {
  const base = choice(option("flat"), option("steep"));
  const mine = choice(option("steep"), option("flat", "Flat roof"), option("round"));
  const theirs = choice(option("flat"), option("steep", "steep", true), option("none"));
  assert.deepEqual(merged(base, mine, theirs).kind.options, [
    option("steep", "steep", true),
    option("flat", "Flat roof"),
    option("round"),
    option("none"),
  ]);
  const rows = differences(base, mine, theirs).map(({ path, isMine }) => [path.join("."), isMine]);
  assert.deepEqual(rows, [
    ["kind.options", true],
    ["kind.options.steep.retired", false],
    ["kind.options.flat.name", true],
    ["kind.options.round", true],
    ["kind.options.none", false],
  ]);
});

test("The order is theirs where it was not touched here", () => {
  const base = choice(option("flat"), option("steep"));
  const mine = choice(option("flat", "Flat roof"), option("steep"), option("round"));
  const theirs = choice(option("steep"), option("flat"));
  const names = merged(base, mine, theirs).kind.options.map(({ name }) => name);
  assert.deepEqual(names, ["steep", "Flat roof", "round"]);
});

test("Of two kinds of field one holds as a whole, and so does a list of statuses", () => {
  const base = { version: 1, kind: { type: "text" }, required_for: ["x"] };
  const mine = { ...base, required_for: ["x", "y"] };
  const theirs = { ...choice(option("flat")), required_for: [] };
  assert.deepEqual(merged(base, mine, theirs), { ...theirs, required_for: ["x", "y"] });
  assert.deepEqual(differences(base, mine, theirs).map(({ path }) => path.join(".")), ["kind", "required_for"]);
});

test("A row is moved by one edit where there is room", () => {
  const rows = [10, 20, 30].map((order) => ({ id: `at ${order}`, order }));
  assert.deepEqual(moved(rows, 2, 1), [{ id: "at 30", order: 15 }]);
  assert.deepEqual(moved(rows, 0, 1), [{ id: "at 10", order: 25 }]);
  assert.deepEqual(moved(rows, 1, 0), [{ id: "at 20", order: 4 }]);
  assert.deepEqual(moved(rows, 1, 2), [{ id: "at 20", order: 40 }]);
  assert.deepEqual(moved(rows, 1, 1), []);
});

test("Where there is none all are told apart anew", () => {
  for (const orders of [[0, 0, 0], [0, 1, 2], [10, 11, 11], [4294967295, 4294967295, 4294967295]]) {
    const rows = orders.map((order, place) => ({ id: place, order }));
    for (const [from, to] of [[0, 1], [1, 0], [1, 2], [2, 1], [0, 2]]) {
      const edits = new Map(moved(rows, from, to).map((row) => [row.id, row.order]));
      const after = rows.map(({ id, order }) => ({ id, order: edits.get(id) ?? order }));
      after.sort((one, other) => one.order - other.order);
      const expected = rows.map(({ id }) => id);
      expected.splice(to, 0, ...expected.splice(from, 1));
      assert.deepEqual(after.map(({ id }) => id), expected, `${orders}: ${from} to ${to}`);
      assert.equal(new Set(after.map(({ order }) => order)).size > 1, true);
    }
  }
});

test("A new row stands behind the last one", () => {
  assert.deepEqual([[], [{ order: 20 }], [{ order: 4294967290 }]].map(lastPlace), [10, 30, 4294967295]);
});

test("An option has a key of its own, by its name if there are letters in it", () => {
  const taken = [{ key: "flat" }, { key: "flat_2" }];
  assert.equal(newKey("Steep roof", taken), "steep_roof");
  assert.equal(newKey("  Árvíztűrő – tükörfúró! ", []), "arvizturo_tukorfuro");
  assert.equal(newKey("FLAT", taken), "flat_3");
  assert.equal(newKey("平屋根", []), "option");
  const long = newKey("x".repeat(60), [{ key: "x".repeat(40) }]);
  assert.equal(long, `${"x".repeat(38)}_2`);
});
