import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { compileModule } from "svelte/compiler";
import typescript from "typescript";

const read = (name) => {
  const compilerOptions = { target: "ESNext", module: "ESNext", verbatimModuleSyntax: true };
  const source = readFileSync(new URL(name, import.meta.url), "utf8");
  return typescript.transpileModule(source, { compilerOptions }).outputText;
};
const url = (source) => `data:text/javascript,${encodeURIComponent(source)}`;
// Runes are compiled as for a server: the same values, and nobody follows them.
const { js } = compileModule(read("paged.svelte.ts"), { generate: "server", filename: "paged.svelte.js" });
const svelte = (name) => JSON.stringify(import.meta.resolve(name));
const source = js.code
  .replaceAll('"./window"', JSON.stringify(url(read("window.ts"))))
  .replace(/(['"])(svelte\/[\w/]+)\1/g, (_, quote, name) => svelte(name));
const { Paged } = await import(url(source));

const turn = () => new Promise((later) => setImmediate(later));
const window = (first, end) => ({ first, end, above: 0, below: 0 });

/** A list whose pages come when the test says. */
function slow() {
  const asked = [];
  const paged = new Paged((offset) => new Promise((answer, fail) => asked.push({ offset, answer, fail })));
  return { paged, asked };
}

test("Pages are asked for one after the other, and what was passed meanwhile is not", async () => {
  const { paged, asked } = slow();
  let near = window(0, 30);
  const filled = paged.fill(() => near);
  near = window(500, 530);
  void paged.fill(() => near);
  near = window(990, 1_020);
  void paged.fill(() => near);
  asked[0].answer(["first"]);
  await turn();
  asked[1].answer(["end of a page"]);
  await turn();
  asked[2].answer(["beginning of one"]);
  await filled;
  assert.deepEqual(asked.map(({ offset }) => offset), [0, 1_000, 950]);
  assert.deepEqual([0, 500, 950, 1_000].map((place) => paged.at(place)), [
    "first",
    undefined,
    "beginning of one",
    "end of a page",
  ]);
  await paged.fill(() => near);
  assert.equal(asked.length, 3, "once is enough");
});

test("After a change pages near the screen stay until they are there anew, and old answers are not taken", async () => {
  const { paged, asked } = slow();
  const near = () => window(60, 90);
  const filled = paged.fill(near);
  asked[0].answer(["old"]);
  await filled;
  const again = (paged.renew(near()), paged.fill(near));
  assert.equal(paged.at(50), "old");
  paged.renew(near());
  asked[1].answer(["of a moment ago"]);
  await turn();
  assert.equal(paged.at(50), "old");
  asked[2].answer(["new"]);
  await again;
  assert.equal(paged.at(50), "new");
  paged.renew(window(500, 530));
  assert.equal(paged.at(50), undefined);
});

test("A page that could not be loaded is tried again", async () => {
  const { paged, asked } = slow();
  const near = () => window(0, 30);
  const failed = paged.fill(near);
  asked[0].fail(new Error("no"));
  await failed;
  assert.equal(paged.error.message, "no");
  const again = paged.fill(near);
  asked[1].answer(["there"]);
  await again;
  assert.deepEqual([paged.at(0), paged.error], ["there", undefined]);
});
