// What the build made: how much of it a start loads, and a worker that tells how large the module's memory is.

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { APP, finish } from "../firm.js";

/** The bars of docs/app.md, in bytes as the server hands them out. */
export const MOST = { shell: 120_000, module: 1_500_000 };

/** How many bytes the first start loads, compressed by Brotli: of the languages the longest. */
export async function sizesOf(tab) {
  const asked = new Set(["/sw.js"]);
  // Also those of the worker. The page itself, which was loaded before, asks for everything again.
  tab.page.on("request", (request) => asked.add(new URL(request.url()).pathname));
  await tab.reload();
  await tab.see("main[data-stage]:not([data-stage=opening])");
  const isText = (path) => /^\/assets\/texts-[^/]+\.js$/.test(path);
  const texts = readdirSync(join(APP, "assets")).map((name) => `/assets/${name}`).filter(isText);
  const files = [...asked].map((path) => (path === "/" ? "/index.html" : path)).filter(isBuilt);
  const module = files.filter((path) => path.endsWith(".wasm"));
  if (module.length !== 1 || !files.some(isText)) throw new Error(`a start loads ${files.join(" ")}`);
  const others = files.filter((path) => !isText(path) && !path.endsWith(".wasm"));
  const total = (paths) => paths.reduce((bytes, path) => bytes + sizeOf(path), 0);
  const shell = total(others) + Math.max(...texts.map(sizeOf));
  return { shell, module: total(module), files };
}

function isBuilt(path) {
  return statSync(join(APP, path), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Small files and pictures are handed out as they are. */
function sizeOf(path) {
  const packed = statSync(join(APP, `${path}.br`), { throwIfNoEntry: false });
  return (packed ?? statSync(join(APP, path))).size;
}

/** Lets the worker of a copy of the app tell how large its memory is: nobody else can see it. */
export function tellMemory(app) {
  const name = readdirSync(join(app, "assets")).find((name) => /^worker-[^/]+\.js$/.test(name));
  const file = join(app, "assets", name);
  const tell =
    "for(const name of['instantiate','instantiateStreaming']){const made=WebAssembly[name];" +
    "WebAssembly[name]=async(...given)=>{const answer=await made(...given);" +
    "self.memoryOfCore=(answer.instance??answer).exports.memory;return answer}}\n";
  writeFileSync(file, tell + readFileSync(file, "utf8"));
  finish(app);
}

/** How many bytes the module's memory has: it never shrinks, so this is the most that there was. */
export async function memoryOf(tab) {
  // That of the page before a reload may still be among them.
  const worker = tab.page.workers().at(-1);
  return worker.evaluate(() => self.memoryOfCore.buffer.byteLength);
}
