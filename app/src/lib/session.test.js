// The session without a browser: with a core that does what a test says, and a clock that it moves.

import assert from "node:assert/strict";
import { register } from "node:module";
import { beforeEach, test } from "node:test";

/** Runes are compiled as for a server: the same values, and nobody follows them. The core is a fake one. */
const hooks = `
  import { readFileSync } from "node:fs";
  import { fileURLToPath } from "node:url";
  import { createRequire } from "node:module";
  const require = createRequire(${JSON.stringify(import.meta.url)});
  const typescript = require("typescript");
  const { compileModule } = await import(${JSON.stringify(import.meta.resolve("svelte/compiler"))});
  const CORE = "data:text/javascript," + encodeURIComponent(\`
    export class RoadbookError extends Error {
      constructor(data) { super(data.code); this.data = data; this.code = data.code; }
    }
    export class Server {}
    export const openRoadbook = (options) => globalThis.core.open(options);
    export const salvageRoadbook = (options) => globalThis.core.salvage(options);
    export const kept = (key) => globalThis.core.kept.get(key) ?? null;
    export const keep = (key, value) => globalThis.core.kept.set(key, value);
    export const forget = (key) => globalThis.core.kept.delete(key);
  \`);
  export const resolve = (name, context, next) => {
    if (name.startsWith("@roadbook/core")) return { url: CORE, shortCircuit: true };
    // As bundlers find them.
    const isBare = name.startsWith("./") && context.parentURL?.endsWith(".ts") && !name.endsWith(".ts");
    return next(isBare ? name + ".ts" : name, context);
  };
  export async function load(url, context, next) {
    if (!url.endsWith(".ts")) return next(url, context);
    const compilerOptions = { target: "ESNext", module: "ESNext", verbatimModuleSyntax: true };
    const { outputText } = typescript.transpileModule(readFileSync(fileURLToPath(url), "utf8"), { compilerOptions });
    const isPlain = !url.endsWith(".svelte.ts");
    const source = isPlain
      ? outputText
      : compileModule(outputText, { generate: "server", filename: "session.svelte.js" }).js.code;
    return { format: "module", source, shortCircuit: true };
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
globalThis.location = { origin: "https://crm.example.com", reload: () => (globalThis.core.loads += 1) };
globalThis.CORE_VERSION = "1";
const page = new EventTarget();
globalThis.addEventListener = page.addEventListener.bind(page);
const { RoadbookError } = await import("@roadbook/core");
const { Session } = await import("./session.svelte.ts");

const turn = () => new Promise((later) => setImmediate(later));
const failure = (code) => new RoadbookError({ code, message: "" });
const ANNA = { user: "anna", org: "bakery", device: "d" };
const BELA = { user: "bela", org: "bakery", device: "d" };

let core;

beforeEach(() => {
  core = globalThis.core = {
    kept: new Map(),
    identity: ANNA,
    isSignedIn: true,
    lives: [],
    isClosed: false,
    async open({ on }) {
      core.on = on;
      return core.roadbook;
    },
    roadbook: {
      me: async () => core.identity,
      isSignedIn: async () => core.isSignedIn,
      live: (_server, _listener, signal) =>
        new Promise((_, reject) => {
          core.lives.push({ fail: (code) => reject(failure(code)) });
          signal.addEventListener("abort", () => setImmediate(() => reject(failure("cancelled"))));
        }),
      async *watch(query) {
        for (;;) {
          yield await query();
          await new Promise((again, end) => Object.assign(core, { again, end }));
        }
      },
      subscribe: (listener) => {
        core.tell = listener;
        return () => {};
      },
      close: () => (core.isClosed = true),
    },
  };
  globalThis.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
});

async function begin() {
  const session = new Session();
  void session.open();
  await turn();
  return session;
}

async function become(identity, isSignedIn = true) {
  Object.assign(core, { identity, isSignedIn });
  core.again();
  await turn();
}

async function fail(code) {
  core.lives.at(-1).fail(code);
  await turn();
}

test("An exchange that failed is tried again after a minute, and when the page is seen again", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const session = await begin();
  assert.equal(core.lives.length, 1);
  await fail("storage_full");
  assert.equal(session.exchangeFailure.code, "storage_full");
  t.mock.timers.tick(59_999);
  assert.equal(core.lives.length, 1);
  t.mock.timers.tick(1);
  assert.equal(core.lives.length, 2);
  assert.equal(session.exchangeFailure, undefined);
  await fail("damaged");
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(core.lives.length, 3);
  await fail("refused");
  t.mock.timers.tick(60_000);
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(core.lives.length, 3);
  assert.equal(session.exchangeFailure.code, "refused");
});

test("An exchange that waits begins again as soon as there is a network", async () => {
  await begin();
  assert.equal(core.lives.length, 1);
  page.dispatchEvent(new Event("online"));
  assert.equal(core.lives.length, 2);
  await turn();
  assert.equal(core.lives.length, 2, "the first has ended, and nothing follows it");
});

test("That the access has ended is told, whichever comes first: it, or that the file is empty", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const first = await begin();
  await fail("access_ended");
  await become(undefined, false);
  assert.equal(first.stage, "begin");
  assert.equal(first.exchangeFailure.code, "access_ended");

  Object.assign(core, { identity: ANNA, isSignedIn: true });
  const second = await begin();
  const ended = core.lives.at(-1);
  core.identity = undefined;
  core.again();
  ended.fail("access_ended");
  await turn();
  assert.equal(second.stage, "begin");
  assert.equal(second.exchangeFailure.code, "access_ended");
  await become(BELA);
  assert.equal(second.exchangeFailure, undefined);
});

test("Nothing of a user is left when another tab signs them out, and a session there is one here", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  core.kept.set("roadbook/last-exchange", "5");
  const session = await begin();
  assert.equal(session.lastExchange, 5, "opening is no change");
  core.on({ type: "progress", report: { progress: { done: 1, total: 2 }, serverAhead: 0 } });
  await fail("sign_in_needed");
  assert.ok(session.isSignInNeeded);
  await become(ANNA, false);
  assert.ok(session.isSignInNeeded);
  await become(ANNA, true);
  assert.ok(!session.isSignInNeeded);
  assert.equal(core.lives.length, 2);
  assert.notEqual(session.lastExchange, undefined);
  await become(undefined, false);
  assert.equal(session.lastExchange, undefined);
  assert.equal(session.progress, undefined);
  assert.equal(core.kept.size, 0);
});

test("A file that cannot be read is let go of, and one that a newer tab has is exchanged no more", async () => {
  const session = await begin();
  core.on({ type: "taken" });
  await turn();
  document.dispatchEvent(new Event("visibilitychange"));
  assert.ok(session.isTaken);
  assert.equal(core.lives.length, 1);
  core.end(failure("damaged"));
  await turn();
  assert.equal(session.stage, "failed");
  assert.ok(core.isClosed);
});

test("A tab that a newer one has ended stays on the screen: what is being typed is not thrown away", async () => {
  const session = await begin();
  core.on({ type: "taken" });
  core.end(failure("app_too_old"));
  await turn();
  assert.equal(session.stage, "work");
});

test("A repair loads the page anew, and the next page tells once what it brought", async () => {
  core.loads = 0;
  core.salvage = async ({ file }) => (file === "roadbook" ? { saved: 3n, complete: false } : undefined);
  const session = new Session();
  assert.equal(session.repaired, undefined);
  await session.repair();
  assert.equal(core.loads, 1);
  assert.deepEqual(new Session().repaired, { saved: 3, isComplete: false });
  assert.equal(new Session().repaired, undefined);
});

test("A repair that finds no room is told, and the page stays", async () => {
  core.loads = 0;
  core.salvage = async () => {
    throw failure("storage_full");
  };
  await assert.rejects(new Session().repair(), { code: "storage_full" });
  assert.equal(core.loads, 0);
});

test("An exchange that found no room begins again as soon as an edit was stored", async () => {
  const session = await begin();
  await fail("storage_full");
  assert.equal(core.lives.length, 1);
  core.tell({ lists: [{ kind: "today" }] });
  assert.equal(core.lives.length, 1);
  core.tell({ lists: [{ kind: "outbox" }] });
  assert.equal(core.lives.length, 2);
  assert.equal(session.exchangeFailure, undefined);
});
