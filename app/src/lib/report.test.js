// Reports, and the failures in them: nothing in either may tell of a person.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";

import typescript from "typescript";

const asModule = (source) => `data:text/javascript,${encodeURIComponent(source)}`;
/** In the place of both modules of the core. */
const CORE = asModule(`
  export class RoadbookError extends Error {
    constructor(data) { super(data.code); this.data = data; this.code = data.code; }
  }
  const stored = globalThis.stored = new Map();
  export const kept = (key) => stored.get(key) ?? null;
  export const keep = (key, value) => stored.set(key, value);
  export const forget = (key) => stored.delete(key);
`);

async function load(name) {
  const source = readFileSync(new URL(name, import.meta.url), "utf8");
  const compilerOptions = { target: "ESNext", module: "ESNext", verbatimModuleSyntax: true };
  const { outputText } = typescript.transpileModule(source, { compilerOptions });
  return import(asModule(outputText.replace(/"@roadbook\/core(\/kept)?"/g, JSON.stringify(CORE))));
}

const { RoadbookError } = await import(CORE);
const { noteFailure, noteTrap, lastFailures, forgetFailures } = await load("failures.ts");
const { report } = await load("report.ts");

/** What must never leave the device by itself, nor by a report. */
const PERSONAL = ["Kovács Éva", "eva@example.com", "+36 30 123 4567", "https://crm.example.com", "Call her today"];
const SECRET = PERSONAL.join(" / ");
const FACTS = {
  now: Date.UTC(2026, 10, 30, 9),
  version: "0.1.0",
  core: "0123456789abcdef",
  browser: "Mozilla/5.0",
  language: "hu",
  window: [360, 740],
  isInstalled: false,
  isOnline: true,
  hasAccount: true,
  isSignInNeeded: false,
  unsent: 3,
  quarantine: [],
  lastExchange: undefined,
  exchange: undefined,
  storage: undefined,
  stateHash: undefined,
  failures: [],
};

function hasNothingPersonal(text) {
  for (const word of PERSONAL) assert.ok(!text.includes(word), `${word} in ${text}`);
}

beforeEach(() => forgetFailures());

test("A failure is remembered by its code and numbers, and by nothing that somebody wrote", () => {
  noteFailure(new RoadbookError({ code: "server_busy", message: SECRET, address: SECRET, status: 503, retryAt: 7 }));
  noteFailure(new RoadbookError({ code: "refused", message: SECRET, address: SECRET, serverCode: "stale_version" }));
  noteFailure(new RoadbookError({ code: "refused", message: "", serverCode: SECRET }));
  noteFailure(new RoadbookError({ code: SECRET, message: "" }));
  noteFailure(new TypeError(SECRET));
  noteFailure(Object.assign(new Error(SECRET), { name: SECRET }));
  noteFailure(SECRET);
  const told = lastFailures().map(({ code, data }) => [code, ...data].join(" "));
  assert.deepEqual(told, [
    "server_busy status=503 retryAt=7",
    "refused serverCode=stale_version",
    "refused",
    "internal",
    "page.typeerror",
    "page.other",
    "page.other",
  ]);
  hasNothingPersonal(globalThis.stored.get("roadbook/failures"));
});

test("Of a defect the storage's number and the places in the program are told", () => {
  const detail = `${SECRET}: database disk image is malformed: Error code 11: ${SECRET}`;
  noteFailure(new RoadbookError({ code: "internal", message: SECRET, detail }));
  noteTrap(`unreachable ${SECRET}\n at ${SECRET}.wasm:wasm-function[123]:0x4a5b\n at wasm-function[7]:0x1`);
  assert.deepEqual(
    lastFailures().map(({ code, data }) => [code, ...data]),
    [
      ["internal", "Error code 11"],
      ["trapped", "wasm-function[123]:0x4a5b", "wasm-function[7]:0x1"],
    ],
  );
});

test("One failure counts once, and only the last twenty are kept", () => {
  const error = new RoadbookError({ code: "unreachable", message: "" });
  noteFailure(error);
  noteFailure(error);
  assert.equal(lastFailures().length, 1);
  for (let count = 0; count < 30; count++) noteFailure(new RoadbookError({ code: `code_${count}`, message: "" }));
  assert.equal(lastFailures().length, 20);
  assert.equal(lastFailures().at(-1).code, "code_29");
  globalThis.stored.set("roadbook/failures", "not a list");
  assert.deepEqual(lastFailures(), []);
});

test("A report tells counts, codes, times and sizes", () => {
  const counts = { applied: 5, acknowledged: 4, quarantined: 1, reauthored: 0, unusable: 0 };
  const text = report({
    ...FACTS,
    quarantine: [{ reason: { kind: "refused", code: "not_visible" }, at: 0, title: SECRET, writes: [SECRET] }],
    exchange: { roundTrips: 2, bytesUp: 10, bytesDown: 20, counts, reconciling: false, serverAhead: -5 },
    storage: { persisted: true, usage: 1000, quota: 2000 },
    failures: [{ at: 0, code: "server_busy", data: ["status=503"] }],
  });
  for (const line of [
    "version: 0.1.0, core 0123456789abcdef",
    "unsent edits: 3",
    "  1970-01-01T00:00:00.000Z refused.not_visible",
    "  applied 5, acknowledged 4, quarantined 1, reauthored 0, unusable 0, comparing: no",
    "storage: kept: yes, bytes: 1000 of 2000",
    " 1970-01-01T00:00:00.000Z server_busy status=503",
  ]) {
    assert.ok(text.split("\n").includes(line), line);
  }
  hasNothingPersonal(text);
});

test("A report can be made of nothing", () => {
  assert.match(report({ ...FACTS, unsent: undefined, now: Number.NaN }), /unsent edits: \?/);
});
