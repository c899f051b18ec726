import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Engine } from "../dist/engine.js";
import { filesLock } from "../dist/names.js";
import { FakeWorker, Locks, until } from "./browser.js";

let told;
let locks;

beforeEach(() => {
  told = [];
  locks = new Locks();
  FakeWorker.started = [];
});

function engine(answer) {
  const unopened = { count: 0 };
  const start = () => new FakeWorker("anna", locks, answer);
  const made = new Engine("anna", locks.view(), start, (one) => told.push(one), () => (unopened.count += 1));
  const call = (name, ...args) =>
    new Promise((value, error) => void made.call(name, args, { value, error, progress: () => {} }));
  return { made, call, unopened };
}

test("The worker opens the file before its first call, and only once", async () => {
  const { call } = engine(({ call }) => call);
  assert.equal(await call("me"), "me");
  assert.equal(await call("today", 50), "today");
  const [worker] = FakeWorker.started;
  assert.deepEqual(worker.asked.map(({ call, args }) => [call, args]), [
    ["open", ["anna"]],
    ["me", []],
    ["today", [50]],
  ]);
});

test("A trap fails what was asked, and the next call has another worker", async () => {
  const { call } = engine(({ call }) => (call === "search" ? undefined : call));
  const searching = call("search");
  const [first] = FakeWorker.started;
  first.say({ trapped: "unreachable" });
  await assert.rejects(searching, (failure) => failure.code === "internal" && failure.detail === "unreachable");
  assert.ok(first.isTerminated);
  assert.deepEqual(told, [
    { type: "trapped", detail: "unreachable" },
    { type: "changes", changes: { documents: [], lists: [], everything: true } },
  ]);
  assert.equal(await call("me"), "me");
  assert.equal(FakeWorker.started.length, 2);
});

test("An edit that was under way when the core trapped may have been done", async () => {
  const { call } = engine(() => undefined);
  const editing = call("createCard", { name: "Bakery" });
  FakeWorker.started[0].say({ trapped: "unreachable" });
  await assert.rejects(editing, { code: "interrupted_edit" });
});

test("A worker that ends before it has opened the file is noticed, too", async () => {
  const { call } = engine(Object.assign(() => undefined, { opens: true }));
  const asked = call("me");
  await until(() => FakeWorker.started[0].isHolding, "it has its lock");
  FakeWorker.started[0].locks.die();
  await assert.rejects(asked, { code: "internal", detail: "the worker ended" });
});

test("A worker that does not begin within a minute is given up", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  // The last one does not end.
  void locks.view().request(filesLock("anna"), {}, () => new Promise(() => {}));
  const { call } = engine(Object.assign(() => undefined, { opens: true }));
  const asked = call("me");
  t.mock.timers.tick(60_000);
  await assert.rejects(asked, { code: "internal", detail: "the worker did not start" });
  assert.ok(FakeWorker.started[0].isTerminated);
});

test("That a file could not be opened is told once whoever asked knows", async () => {
  const failing = Object.assign(() => new Error("damaged"), { opens: true });
  const { call, unopened } = engine(failing);
  const both = [call("me"), call("today")];
  for (const one of both) await assert.rejects(one, { code: "damaged" });
  assert.equal(unopened.count, 1);
});

test("A worker that cannot be started fails what was asked", async () => {
  const { call } = engine(() => undefined);
  const asked = call("me");
  FakeWorker.started[0].onerror({ message: "no such script" });
  await assert.rejects(asked, { code: "internal" });
});

test("A worker that the browser ended is noticed by its lock", async () => {
  const { call } = engine(({ call }) => (call === "search" ? undefined : call));
  await call("me");
  const searching = call("search");
  FakeWorker.started[0].locks.die();
  await assert.rejects(searching, { code: "internal", detail: "the worker ended" });
});

test("A closed engine tells nothing any more", async () => {
  const { made, call } = engine(({ call }) => call);
  await call("me");
  const [worker] = FakeWorker.started;
  made.close();
  worker.isTerminated = false;
  worker.say({ trapped: "late" });
  await until(() => true, "");
  assert.deepEqual(told, []);
});
