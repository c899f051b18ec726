import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import typescript from "typescript";

const source = readFileSync(new URL("window.ts", import.meta.url), "utf8");
const compilerOptions = { target: "ESNext", module: "ESNext" };
const { outputText } = typescript.transpileModule(source, { compilerOptions });
const { Heights, MOST_ROWS, NOTHING, PAGE, pagesOf, rowsOf, windowOf } = await import(
  `data:text/javascript,${encodeURIComponent(outputText)}`
);

/** The same numbers on every run. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** As a list without any cleverness would say it. */
const sum = (heights) => heights.reduce((all, height) => all + height, 0);
const rowAt = (heights, offset) => {
  for (let row = 0, end = 0; row < heights.length; row++) if ((end += heights[row]) > offset) return row;
  return Math.max(0, heights.length - 1);
};

test("Sums and places are those of the heights added up one by one", () => {
  const pick = random(7);
  for (let round = 0; round < 200; round++) {
    const plain = Array.from({ length: pick(70) }, () => 40);
    const heights = new Heights(plain.length, 40);
    for (let step = 0; step < pick(30) && plain.length > 0; step++) {
      const [row, height] = [pick(plain.length), 1 + pick(300)];
      plain[row] = height;
      heights.set(row, height);
    }
    assert.equal(heights.total, sum(plain));
    for (let row = 0; row <= plain.length; row++) assert.equal(heights.above(row), sum(plain.slice(0, row)));
    for (let step = 0; step < 20; step++) {
      const offset = pick(sum(plain) + 200) - 100;
      assert.equal(heights.at(offset), rowAt(plain, offset), `${offset} in ${plain}`);
    }
  }
});

test("A list that grows or shrinks keeps what was measured in its places", () => {
  const before = new Heights(3, 10);
  before.set(1, 30);
  assert.equal(new Heights(5, 10, before).total, 10 + 30 + 10 + 10 + 10);
  assert.equal(new Heights(2, 10, before).total, 40);
  assert.equal(new Heights(0, 10, before).total, 0);
});

test("A row that is not there any more is measured in vain", () => {
  const heights = new Heights(2, 10);
  heights.set(2, 99);
  heights.set(-1, 99);
  assert.equal(heights.total, 20);
});

test("All rows in sight are in the page, with some beside them, never more than sixty", () => {
  const pick = random(11);
  for (let round = 0; round < 500; round++) {
    const count = 1 + pick(10_000);
    const heights = new Heights(count, 60);
    for (let step = 0; step < 50; step++) heights.set(pick(count), 50 + pick(200));
    const top = pick(Math.ceil(heights.total));
    const height = 300 + pick(2_400);
    const { first, end, above, below } = windowOf(heights, top, top + height);
    assert.ok(end - first <= MOST_ROWS);
    assert.ok(first >= 0 && end <= count && end > first);
    assert.ok(first <= heights.at(top) && end > heights.at(top + height));
    assert.equal(above, heights.above(first));
    assert.ok(Math.abs(above + (heights.above(end) - above) + below - heights.total) < 1e-6);
  }
});

test("A screen that shows more than sixty rows has sixty, from its upper edge", () => {
  const { first, end } = windowOf(new Heights(1_000, 10), 100, 100_000);
  assert.deepEqual([first, end], [10, 70]);
});

test("A list that is not in sight has the rows beside its edge, and one without rows has none", () => {
  const heights = new Heights(1_000, 10);
  assert.equal(windowOf(heights, -500, -100).first, 0);
  assert.equal(windowOf(heights, 20_000, 20_500).end, 1_000);
  assert.equal(windowOf(new Heights(0, 10), 0, 500), NOTHING);
});

test("A window needs the pages of its rows, the middle one first, and scrolling asks once for each", () => {
  const window = (first, end) => ({ ...NOTHING, first, end });
  assert.deepEqual(pagesOf(window(0, 0)), []);
  assert.deepEqual(pagesOf(window(0, 30)), [0]);
  assert.deepEqual(pagesOf(window(49, 109)), [1, 0, 2]);
  const heights = new Heights(10_000, 72);
  const asked = new Set();
  for (let top = 0; top < heights.total; top += 500) {
    for (const page of pagesOf(windowOf(heights, top, top + 740))) asked.add(page);
  }
  assert.equal(asked.size, 10_000 / PAGE);
});

test("Rows that are not there yet have their places, and one that is there twice is told apart", () => {
  const items = ["a", "b", "a", undefined, undefined, "c"];
  const rows = rowsOf({ ...NOTHING, first: 1, end: 9 }, 6, (place) => items[place], (item) => item);
  assert.deepEqual(
    rows.map(({ key, place, before }) => [key, place, before]),
    [["b", 1, "a"], ["a", 2, "b"], ["#3", 3, "a"], ["#4", 4, undefined], ["c", 5, undefined]],
  );
  const twice = rowsOf({ ...NOTHING, first: 0, end: 3 }, 6, (place) => items[place], (item) => item);
  assert.deepEqual(twice.map(({ key }) => key), ["a", "b", "a#2"]);
});

test("A hundred thousand rows are no work", () => {
  const heights = new Heights(100_000, 72);
  const start = performance.now();
  for (let step = 0; step < 1_000; step++) {
    heights.set(step * 97, 80);
    windowOf(heights, step * 7_000, step * 7_000 + 1_000);
  }
  assert.ok(performance.now() - start < 1_000, "a thousand frames");
});
