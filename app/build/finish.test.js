import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { filesOf, precache } from "./finish.js";

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "roadbook-app-"));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<p>Roadbook</p>".repeat(50));
  writeFileSync(join(folder, "icon.png"), "png");
  writeFileSync(join(folder, "sw.js"), "work();");
  writeFileSync(join(folder, "assets", "index-1.js"), "");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("The version is another one whenever a byte is, and the service worker does not keep itself", () => {
  const before = precache(folder);
  assert.deepEqual(Object.keys(before.files), ["/assets/index-1.js", "/icon.png", "/index.html"]);
  writeFileSync(join(folder, "sw.js"), "other();");
  assert.deepEqual(precache(folder), before);
  writeFileSync(join(folder, "icon.png"), "pnG");
  assert.notEqual(precache(folder).version, before.version);
});

test("Each file has the hash by which browsers check it", () => {
  const { files } = precache(folder);
  assert.equal(files["/icon.png"], "sha256-j4y7fc9G4Lx9UyZXSabBfRFgk6a6leRCdkBgx2/UqGw=");
  assert.equal(files["/assets/index-1.js"], "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "of no bytes");
});

test("Files that get smaller lie compressed beside themselves", () => {
  finish();
  const plain = readFileSync(join(folder, "index.html"));
  assert.deepEqual(brotliDecompressSync(readFileSync(join(folder, "index.html.br"))), plain);
  assert.deepEqual(gunzipSync(readFileSync(join(folder, "index.html.gz"))), plain);
  assert.ok(!filesOf(folder).includes("/icon.png.gz"));
  assert.ok(!filesOf(folder).includes("/assets/index-1.js.br"));
  const worker = readFileSync(join(folder, "sw.js"), "utf8");
  assert.match(worker, /^const PRECACHE=\{"version":"[0-9a-f]{16}","files":\{"\/assets\/index-1\.js":"sha256-/);
  assert.ok(worker.endsWith("work();"));
});

test("After an edit by hand it is done anew, as if the file had been built so", () => {
  finish();
  writeFileSync(join(folder, "index.html"), "<p>");
  finish();
  assert.deepEqual(filesOf(folder).filter((path) => path.startsWith("/index.html")), ["/index.html"]);
  const worker = readFileSync(join(folder, "sw.js"), "utf8");
  assert.equal(worker, `const PRECACHE=${JSON.stringify(precache(folder))};\nwork();`);
  assert.equal(gunzipSync(readFileSync(join(folder, "sw.js.gz"))).toString(), worker);
});

function finish() {
  execFileSync(process.execPath, [fileURLToPath(new URL("finish.js", import.meta.url)), folder]);
}
