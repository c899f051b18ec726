import assert from "node:assert/strict";
import { register } from "node:module";
import { test } from "node:test";

// The worker's `#core` is a fake one; each worker that is imported is a fresh one.
const fake = new URL("core.js", import.meta.url).href;
const hook = `export const resolve = (name, context, next) =>
  name === "#core" ? { url: "${fake}", shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
const { state } = await import("./core.js");

/** A worker in a browser whose locks and files are these. */
async function worker({ request, file } = {}) {
  const said = [];
  const scope = { postMessage: (message) => said.push(structuredClone(message)), addEventListener() {} };
  const folder = { getDirectoryHandle: async () => folder, getFileHandle: async () => file };
  const locks = { request: request ?? (async (_name, hold) => hold()) };
  const navigator = { locks, storage: { getDirectory: async () => folder } };
  Object.defineProperty(globalThis, "self", { value: scope, configurable: true });
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  await import(`../dist/worker.js?${(worker.count = (worker.count ?? 0) + 1)}`);
  let ids = 0;
  const ask = async (call, ...args) => {
    const id = (ids += 1);
    scope.onmessage({ data: { id, call, args } });
    for (;;) {
      const answer = said.find((message) => message.id === id);
      if (answer !== undefined) return answer;
      await new Promise((later) => setImmediate(later));
    }
  };
  return { ask, said, cancel: (id) => scope.onmessage({ data: { cancel: id } }) };
}

test("A call that is ended while the file is being opened does not begin", async () => {
  let open;
  state.opening = new Promise((opened) => (open = opened));
  const { ask, cancel } = await worker();
  const opening = ask("open", "anna");
  const syncing = ask("sync", undefined, undefined, undefined);
  cancel(2);
  open();
  await Promise.all([opening, syncing]);
  assert.deepEqual(state.cancelledAtCall, [true]);
  await ask("sync", undefined, undefined, undefined);
  assert.deepEqual(state.cancelledAtCall, [true, false]);
});

test("The page is told of the lock, and a lock that is refused fails the call, but not the next one", async () => {
  let tries = 0;
  const request = async (_name, hold) => {
    tries += 1;
    if (tries === 1) throw new DOMException("no locks here", "SecurityError");
    return hold();
  };
  const { ask, said } = await worker({ request });
  assert.match((await ask("open", "anna")).error.message, /no locks here/);
  assert.ok(!said.some(({ held }) => held));
  assert.ok("value" in (await ask("open", "anna")));
  assert.ok(said.some(({ held }) => held));
});

test("An install secret that cannot be written as a whole is refused, and made with the next call", async () => {
  const kept = [];
  let room = 16;
  const createSyncAccessHandle = async () => ({
    read: (into) => (into.set(kept), kept.length),
    write: (from) => (kept.splice(0, kept.length, ...from.subarray(0, room)), Math.min(room, from.length)),
    flush() {},
    close() {},
  });
  const before = state.opened;
  const { ask } = await worker({ file: { createSyncAccessHandle } });
  await ask("open", "anna");
  assert.equal((await ask("installSecret")).error.code, "storage_full");
  room = 32;
  const { value } = await ask("installSecret");
  assert.equal(value.length, 32);
  assert.deepEqual(value, kept);
  assert.deepEqual((await ask("installSecret")).value, value);
  assert.equal(state.opened, before + 1);
});
