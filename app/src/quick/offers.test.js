import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import typescript from "typescript";

const source = readFileSync(new URL("offers.ts", import.meta.url), "utf8");
const compilerOptions = { target: "ESNext", module: "ESNext" };
const { outputText } = typescript.transpileModule(source, { compilerOptions });
const { cardsNamedIn } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);

/** A core that finds cards by beginnings of all words, in its own order, and remembers what it was asked. */
function core(...names) {
  const asked = [];
  const find = async (text) => {
    asked.push(text);
    const words = text.toLowerCase().split(" ");
    const holds = (name) => words.every((word) => ` ${name.toLowerCase()}`.includes(` ${word}`));
    return names.filter(holds).map((id) => ({ id }));
  };
  return { asked, find };
}

const offered = async (text, { find }, most = 3) => (await cardsNamedIn(text, find, most)).map(({ id }) => id);

test("A card is found in the middle of a line, whatever else stands there", async () => {
  const cards = core("Bistro Casa Verde", "Nova Ltd", "Mill");
  assert.deepEqual(await offered("call Nova Ltd about the offer", cards), ["Nova Ltd"]);
  assert.deepEqual(await offered("write to Casa", cards), ["Bistro Casa Verde"]);
  assert.deepEqual(await offered("buy milk", cards), []);
  assert.deepEqual(await offered("  ", cards), []);
});

test("What more of the line's words name comes first, and then the core's order", async () => {
  const cards = core("Nova Trade", "Callisto", "Nova Ltd", "Nova Air");
  assert.deepEqual(await offered("call Nova Ltd", cards), ["Nova Ltd", "Callisto", "Nova Trade"]);
  assert.deepEqual(await offered("call Nova", cards, 9), ["Callisto", "Nova Trade", "Nova Ltd", "Nova Air"]);
});

test("A short word is looked for only behind another", async () => {
  const cards = core("Bar 9", "Ax");
  assert.deepEqual(await offered("go to Ax at 9", cards), []);
  assert.deepEqual(cards.asked, []);
  assert.deepEqual(await offered("go to Bar 9", cards), ["Bar 9"]);
  assert.deepEqual(cards.asked, ["Bar", "Bar 9"]);
});

test("Nothing more is asked of a line in which the user typed on", async () => {
  const cards = core("Nova Ltd");
  await cardsNamedIn("Nova Ltd called", cards.find, 3, () => cards.asked.length > 0);
  assert.deepEqual(cards.asked, ["Nova"]);
});

test("A core that finds the same for everything is asked once for each word, and its order stays", async () => {
  const asked = [];
  const find = async (text) => (asked.push(text), ["z", "a", "m", "k"].map((id) => ({ id })));
  assert.deepEqual(await offered("words of the core", { find }), ["z", "a", "m"]);
  assert.equal(asked.length, 4);
  asked.length = 0;
  await offered("word ".repeat(40), { find });
  assert.equal(asked.length, 12);
});
