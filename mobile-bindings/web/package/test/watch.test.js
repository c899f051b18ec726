import assert from "node:assert/strict";
import { test } from "node:test";

import { RoadbookError } from "../dist/errors.js";
import { concerns, Watch } from "../dist/watch.js";

const TODAY = { documents: [], lists: [{ kind: "today" }], everything: false };

/** Until then everything has happened that needs no further cause. */
const turn = () => new Promise((later) => setImmediate(later));

/** A watch, and by what it is told. */
function watch(query, concern = [{ kind: "today" }]) {
  const told = { changed: undefined, seen: undefined, hasEnded: false };
  const watched = new Watch(query, concern, (changed, seen) => {
    Object.assign(told, { changed, seen });
    return () => (told.hasEnded = true);
  });
  return { watched, told };
}

test("A change concerns a screen by its lists, also those with data, and everything concerns all", () => {
  const change = (lists, everything = false) => ({ documents: ["d"], lists, everything });
  const today = { kind: "today" };
  const board = (value) => ({ kind: "board", value });
  assert.ok(concerns([today], change([{ kind: "outbox" }, today])));
  assert.ok(!concerns([today], change([{ kind: "contacts" }])));
  assert.ok(concerns([board("sales")], change([board("sales")])));
  assert.ok(!concerns([board("sales")], change([board("projects")])));
  assert.ok(concerns([today], change([], true)));
  assert.ok(concerns(({ documents }) => documents.includes("d"), change([])));
});

test("It answers at once, and again when a change concerns it", async () => {
  let reads = 0;
  const { watched, told } = watch(async () => ++reads);
  assert.equal((await watched.next()).value, 1);
  const second = watched.next();
  told.changed({ documents: [], lists: [{ kind: "contacts" }], everything: false });
  await turn();
  assert.equal(reads, 1, "contacts do not concern it");
  told.changed(TODAY);
  assert.equal((await second).value, 2);
});

test("A slow reader gets the latest, and nothing before it", async () => {
  let reads = 0;
  const { watched, told } = watch(async () => ++reads);
  await watched.next();
  told.changed(TODAY);
  told.changed(TODAY);
  told.changed(TODAY);
  assert.equal((await watched.next()).value, 2);
  const waiting = watched.next();
  await turn();
  assert.equal(reads, 2, "it waits");
  await watched.return();
  assert.equal((await waiting).done, true);
});

test("It reads anew at its next change, and in an hour at the latest", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000 });
  let reads = 0;
  const nexts = [61_000, 365 * 86_400_000];
  const { watched } = watch(async () => ({ read: ++reads, nextChange: nexts[reads - 1] }));
  await watched.next();
  const atNextChange = watched.next();
  t.mock.timers.tick(60_000);
  await turn();
  assert.equal(reads, 1, "a moment before it nothing has changed");
  t.mock.timers.tick(1);
  assert.equal((await atNextChange).value.read, 2);
  const afterAnHour = watched.next();
  t.mock.timers.tick(3_600_001);
  assert.equal((await afterAnHour).value.read, 3);
  await watched.return();
});

test("A page that is seen again after its next change reads anew", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 0 });
  let reads = 0;
  const { watched, told } = watch(async () => ({ read: ++reads, nextChange: 60_000 }));
  await watched.next();
  const again = watched.next();
  told.seen();
  await turn();
  assert.equal(reads, 1);
  t.mock.timers.setTime(60_000);
  told.seen();
  assert.equal((await again).value.read, 2);
  await watched.return();
});

test("What interrupted a reading was meant for another, and a pause is waited out", async () => {
  const answers = [
    new RoadbookError({ code: "interrupted", message: "" }),
    "read",
    new RoadbookError({ code: "paused", message: "" }),
    "resumed",
  ];
  const { watched, told } = watch(async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  });
  assert.equal((await watched.next()).value, "read");
  told.changed(TODAY);
  const resumed = watched.next();
  await turn();
  told.changed({ documents: [], lists: [], everything: true });
  assert.equal((await resumed).value, "resumed");
});

test("A trap while it read is no end: it reads once more", async () => {
  const answers = ["trap", "read", "trap", "trap"];
  const { watched, told } = watch(async () => {
    const answer = answers.shift();
    if (answer === "trap") throw new RoadbookError({ code: "internal", message: "unreachable" });
    return answer;
  });
  assert.equal((await watched.next()).value, "read");
  told.changed(TODAY);
  await assert.rejects(watched.next(), { code: "internal" });
});

test("Any other error ends it", async () => {
  const { watched, told } = watch(async () => {
    throw new RoadbookError({ code: "no_user", message: "" });
  });
  await assert.rejects(watched.next(), { code: "no_user" });
  assert.ok(told.hasEnded);
  assert.equal((await watched.next()).done, true);
});
