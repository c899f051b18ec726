import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { FakeWorker, Locks, until } from "./browser.js";

// What of a page is used.
const kept = new Map();
const define = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
const page = new EventTarget();
define("isSecureContext", true);
define("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
define("addEventListener", page.addEventListener.bind(page));
define("localStorage", {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, value),
  removeItem: (key) => kept.delete(key),
});
const { openRoadbook } = await import("../dist/roadbook.js");

beforeEach(() => {
  kept.clear();
  const locks = new Locks();
  const folder = { getDirectoryHandle: async () => folder };
  define("navigator", { locks: locks.view(), storage: { getDirectory: async () => folder } });
  define("Worker", class extends FakeWorker {
    constructor() {
      super("anna", locks, () => null);
    }
  });
});

test("The mark of a file goes with a sign-out, but stays while unsent edits do", async () => {
  const roadbook = await openRoadbook({ file: "anna" });
  await roadbook.beginLocalWorkspace("Europe/Bucharest", "en");
  assert.equal(kept.size, 1);
  await roadbook.signOut(undefined, true);
  assert.equal(kept.size, 1);
  await roadbook.signOut(undefined, false);
  assert.equal(kept.size, 0);
  roadbook.close();
});

test("Closing ends what is watched, also while it waits", async () => {
  const roadbook = await openRoadbook({ file: "anna" });
  const watching = roadbook.watchUnsentCount();
  await watching.next();
  const waiting = watching.next();
  roadbook.close();
  assert.equal((await waiting).done, true);
  await assert.rejects(roadbook.me(), { code: "cancelled" });
});

test("A page that is hidden lets another tab lead", async () => {
  const first = await openRoadbook({ file: "anna" });
  const second = await openRoadbook({ file: "anna" });
  const started = FakeWorker.started.length;
  document.visibilityState = "hidden";
  document.dispatchEvent(new Event("visibilitychange"));
  await until(() => FakeWorker.started.at(-1).isTerminated, "the worker of the first is ended");
  await second.me();
  assert.equal(FakeWorker.started.length, started + 1);
  document.visibilityState = "visible";
  first.close();
  second.close();
});

test("Where site data are blocked nothing is marked, and all else works", async () => {
  define("localStorage", undefined);
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get() {
      throw new DOMException("blocked", "SecurityError");
    },
  });
  const roadbook = await openRoadbook({ file: "anna" });
  await roadbook.beginLocalWorkspace("Europe/Bucharest", "en");
  roadbook.close();
});
