import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import typescript from "typescript";

const source = readFileSync(new URL("latest.ts", import.meta.url), "utf8");
const compilerOptions = { target: "ESNext", module: "ESNext" };
const { outputText } = typescript.transpileModule(source, { compilerOptions });
const error = "class RoadbookError extends Error { constructor({ code }) { super(code); } }";
const alone = outputText.replace(/^import .*$/m, error);
const { Latest } = await import(`data:text/javascript,${encodeURIComponent(alone)}`);

/** A core that answers when it is told to, and remembers what it was asked. */
function slowCore() {
  const asked = [];
  const answers = [];
  const ask = (question) => () => {
    asked.push(question);
    return new Promise((resolve, reject) => answers.push({ resolve, reject }));
  };
  return { asked, answers, ask };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test("Of the questions that wait for an answer only the last is asked", async () => {
  const latest = new Latest();
  const core = slowCore();
  const first = latest.ask(core.ask("n"));
  const second = latest.ask(core.ask("no"));
  const third = latest.ask(core.ask("nov"));
  const overtaken = assert.rejects(second, { message: "interrupted" });
  core.answers[0].resolve(1);
  assert.equal(await first, 1);
  await overtaken;
  await settled();
  assert.deepEqual(core.asked, ["n", "nov"]);
  core.answers[1].resolve(3);
  assert.equal(await third, 3);
});

test("A question that failed keeps nobody waiting", async () => {
  const latest = new Latest();
  const core = slowCore();
  const first = latest.ask(core.ask("n"));
  const second = latest.ask(core.ask("no"));
  const failed = assert.rejects(first, { message: "gone" });
  core.answers[0].reject(new Error("gone"));
  await failed;
  await settled();
  core.answers[1].resolve(2);
  assert.equal(await second, 2);
  const third = latest.ask(core.ask("nov"));
  core.answers[2].resolve(3);
  assert.equal(await third, 3);
});
