// How fast the app is in Chromium, beside the bars of docs/benchmarks.md: `npm run bench`.
//
//   CARDS=10000   how many cards the firm has; the search's bars are for 100,000
//   RUNS=3        how often what does not repeat itself is measured: the least counts
//   FIRM=FOLDER   where the firm is kept for the next run; to make it takes longer than to measure it
//   NATIVE=FILE   a `roadbook` of the release profile, whose first sync is the native one; target/release/roadbook

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { show, signIn } from "./app.js";
import { memoryOf, MOST, sizesOf, tellMemory } from "./bench/built.js";
import { FAMILY, firmOf, GIVEN, nativeSync, phoneOf, WORDS } from "./bench/cards.js";
import { askAll, askWhileSyncing, hear, putOff, scroll } from "./bench/page.js";
import { Table } from "./bench/table.js";
import { percentile, traced } from "./bench/trace.js";
import { begin } from "./browsers.js";
import { SALES } from "./office.js";

const CARDS = Number(process.env.CARDS ?? 10_000);
const RUNS = Number(process.env.RUNS ?? 3);
const NATIVE = process.env.NATIVE ?? fileURLToPath(new URL("../../target/release/roadbook", import.meta.url));
const EDITS = 100;
/** A fast finger: so many pixels in each frame, and a list of 10,000 rows for long. */
const SCROLLING = { frames: 600, by: 240 };

/** A bar that is one for so many cards. */
const at = (cards, bar) => (CARDS === cards ? bar : undefined);
const MB = 1e6;

const table = new Table(`web-speed: the app in Chromium, ${CARDS} cards`);
const firm = await firmOf(CARDS, process.env.FIRM);
const browsers = [];
try {
  await sizes();
  await firm.stop();
  tellMemory(firm.app);
  await firm.start();
  const tab = await firstSync();
  const { today, board } = await onward(await secondStart(tab));
  await waiting([today, board]);
} finally {
  for (const browser of browsers) await browser.end().catch(() => {});
  await firm.end();
}
process.exitCode = table.conclude() ? 0 : 1;

function browser() {
  const made = begin("Chromium");
  browsers.push(made);
  return made;
}

async function sizes() {
  const own = browser();
  const { shell, module } = await sizesOf(await own.tab(firm.address));
  await own.end();
  const of = "as the server hands them out, compressed by Brotli";
  table.row("shell: what the first start loads", shell / 1000, "KB", MOST.shell / 1000, `${of}; the longest language`);
  table.row("module", module / 1000, "KB", MOST.module / 1000, of);
}

/** A tab of a browser in which nobody has signed in. */
async function enter() {
  const own = browser();
  const tab = await own.tab(firm.address);
  tab.browser = own;
  await tab.page.addInitScript(hear);
  await tab.reload();
  await tab.see("main[data-stage=begin]");
  return tab;
}

async function syncFirst(tab) {
  await signIn(tab);
  await synced(tab);
}

async function synced(tab) {
  // What is not there is waited for in the page: a look from outside each 50 ms would cost it something.
  const isThere = async () => {
    for (const isSyncing of [true, false]) {
      while ((document.querySelector("[data-first-sync]") !== null) !== isSyncing) {
        await new Promise((later) => setTimeout(later, 20));
      }
    }
  };
  await tab.run(isThere);
}

async function firstSync() {
  let [best, kept] = [Infinity, undefined];
  for (let run = 0; run < RUNS; run++) {
    await kept?.browser.end();
    const tab = (kept = await enter());
    const { trace } = await traced(tab, () => syncFirst(tab));
    best = Math.min(best, trace.workerCpu());
  }
  const native = existsSync(NATIVE) ? await least(() => nativeSync(firm, NATIVE)) : undefined;
  const of =
    "the worker's thread by a trace, from the sign-in until nothing of the first sync is shown; Today is " +
    "shown and read again meanwhile";
  const bar = native && at(10_000, 2 * native);
  table.row(`first sync of ${CARDS} cards, worker`, best, "ms CPU", bar, of);
  if (native === undefined) console.error(`${NATIVE} is not there: nothing to compare the first sync with`);
  else table.row("  the native core", native, "ms CPU", undefined, "the process of `import --dry-run` of one row");
  table.row("  memory of the module", (await memoryOf(kept)) / MB, "MB", at(10_000, 48), "it never shrinks");
  // The service worker has all files by then, and the next start needs no network.
  await kept.run(() => navigator.serviceWorker.ready.then(() => undefined));
  return kept;
}

async function least(measure) {
  let best = Infinity;
  for (let run = 0; run < RUNS; run++) best = Math.min(best, await measure());
  return best;
}

/** Answers the tab, without a network. */
async function secondStart({ browser: own }) {
  let [worker, page, tab] = [Infinity, Infinity, undefined];
  for (let run = 0; run < RUNS; run++) {
    await own.quit();
    tab = await own.tab("about:blank");
    tab.browser = own;
    await own.cut(true);
    await tab.page.addInitScript(hear);
    const start = async () => {
      await tab.go(`${firm.address}/`);
      await tab.see("[data-section] [data-todo]");
      // The frame in which it is drawn.
      await tab.run(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 100))));
    };
    const { trace } = await traced(tab, start);
    const shown = trace.at("today");
    worker = Math.min(worker, trace.workerCpu(shown));
    page = Math.min(page, trace.pageCpu(shown));
  }
  const of = "its thread by a trace, until the first todo was drawn; without a network";
  table.row("second start until Today is shown, worker", worker, "ms CPU", at(10_000, 400), of);
  table.row("  the page", page, "ms CPU");
  return tab;
}

/** Edits, searches and scrolls; answers the calls of Today and of a board as the app makes them. */
async function onward(tab) {
  await edits(tab);
  const today = await lastCall(tab, "today");
  await searching(tab);
  await show(tab, `board/${SALES}`);
  await tab.see("[data-row] [data-card]");
  const board = await lastCall(tab, "board", ({ args: [{ limit, offset }] }) => limit > 0 && offset === 0);
  await list(tab);
  return { today, board };
}

async function lastCall(tab, name) {
  const asked = await tab.run((name) => globalThis.bench.asked.filter(({ call }) => call === name), name);
  const { call, args } = asked.filter(({ args: [query] }) => query.limit !== 0).at(-1);
  return [call, ...args];
}

async function edits(tab) {
  const count = Math.min(EDITS, await tab.count("[data-section] [data-todo] [data-do=postpone]"));
  const { result, trace } = await traced(tab, () => tab.run(putOff, count));
  const of = `${count} todos put off on Today, from the tap to the frame in which they are gone; wall time`;
  table.row("edit durable and shown, p95", percentile(result.shown, 0.95), "ms", 50, of);
  table.row("  p50", percentile(result.shown, 0.5), "ms");
  table.row("  durable, p95", percentile(result.durable, 0.95), "ms", undefined, "until the worker's answer is there");
  table.row("  worker, with all that is read again", trace.workerCpu() / count, "ms CPU");
  table.row("  the page", trace.pageCpu() / count, "ms CPU");
}

async function searching(tab) {
  const typed = [GIVEN[3], FAMILY[7], WORDS[11], `${GIVEN[5]} ${FAMILY[2]}`, `${WORDS[20]} ${WORDS[3]}`, "example"];
  const letters = typed.flatMap((text) => Array.from(text, (_, place) => ["search", text.slice(0, place + 1), 10]));
  const numbers = Array.from({ length: 50 }, (_, place) => ["findCaller", phoneOf((place * 197) % CARDS), 20]);
  for (const [what, calls, bar] of [["search as it is typed", letters, 15], ["caller looked up", numbers, 2]]) {
    await tab.run(askAll, calls.slice(0, 5));
    const { result, trace } = await traced(tab, () => tab.run(askAll, calls));
    // A call is one task; the others are small.
    const tasks = trace.workerTasks().sort((one, other) => other - one).slice(0, calls.length);
    const of = `${calls.length} calls, each a task of the worker`;
    table.row(`${what}, p95`, percentile(tasks, 0.95), "ms CPU", at(100_000, bar), of);
    table.row("  p50", percentile(tasks, 0.5), "ms CPU");
    table.row("  until the page has the answer, p95", percentile(result, 0.95), "ms");
  }
}

async function list(tab) {
  const first = await tab.run(() => globalThis.bench.asked.length);
  const { result, trace } = await traced(tab, () => tab.run(scroll, SCROLLING));
  const asked = await tab.run((first) => globalThis.bench.asked.slice(first).map(({ call }) => call), first);
  const frames = trace.scriptBetween("frame");
  const pages = Math.ceil((result.last + 1) / 50);
  const of = `${SCROLLING.frames} frames, ${SCROLLING.by} pixels each, through ${result.last} rows`;
  table.row("a long list scrolled: rows in the page", result.most, "", 60, of);
  table.row("  worker calls for each 50 rows", asked.filter((call) => call === "board").length / pages, "", 1);
  table.row("  script in a frame, p95", percentile(frames, 0.95), "ms CPU", 4, "of the page, from frame to frame");
  table.row("  p50", percentile(frames, 0.5), "ms CPU");
  table.row("  p99", percentile(frames, 0.99), "ms CPU");
}

async function waiting(calls) {
  let best;
  let longest = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const tab = await enter();
    const work = () => Promise.all([tab.run(askWhileSyncing, calls), syncFirst(tab)]);
    const { result, trace } = await traced(tab, work);
    const [waits] = result;
    if (best === undefined || percentile(waits, 0.99) < percentile(best, 0.99)) best = waits;
    longest = Math.min(longest, Math.max(...trace.workerTasks()));
    await tab.browser.end();
  }
  const of = `${best.length} calls in turn while a first sync runs, wall time`;
  table.row("Today or a board while a first sync runs, p99", percentile(best, 0.99), "ms", at(10_000, 100), of);
  table.row("  p50", percentile(best, 0.5), "ms");
  table.row("  the worker's longest task meanwhile", longest, "ms CPU");
}
