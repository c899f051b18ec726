// Somebody who stores one thing after another as fast as they can, and what must be there after the browser was killed.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ask, cards, reach } from "./core.js";
import { finish } from "./firm.js";

/** How many todos a card has that is made with all of them at once: a change of many pages. */
const MANY = 40;

/** Makes the built app's disk slow, page by page: most of the time a transaction is in the middle of its writes. */
export function slowDown(app) {
  const script = `{
    const { prototype } = FileSystemSyncAccessHandle;
    const { write } = prototype;
    prototype.write = function (given, { at }) {
      const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
      for (let from = 0; from < bytes.length; from += 4_096) {
        const end = performance.now() + 4;
        while (performance.now() < end);
        write.call(this, bytes.subarray(from, from + 4_096), { at: at + from });
      }
      return bytes.length;
    };
  }\n`;
  const assets = join(app, "assets");
  for (const name of readdirSync(assets).filter((name) => /^worker-.*\.js$/.test(name))) {
    writeFileSync(join(assets, name), script + readFileSync(join(assets, name), "utf8"));
  }
  finish(app);
}

/**
 * Begins to store, by the form of Today and beside it by the core's own calls, and does not end. Answers what was shown
 * as stored so far, by id, and a promise of the first.
 */
export async function storing(tab, round) {
  const stored = new Map();
  let first;
  const isBegun = new Promise((resolve) => (first = resolve));
  tab.page.on("console", (message) => {
    const [, id, name] = /^stored (\S+) (.*)$/.exec(message.text()) ?? [];
    if (id === undefined) return;
    stored.set(id, name);
    first();
  });
  await reach(tab);
  await tab.run(byHand, round);
  await tab.run(atOnce, [round, MANY]);
  return { stored, isBegun };
}

/** Runs in the page: fills the form in, and takes for stored what the form says is. */
function byHand(round) {
  const form = document.querySelector("[data-form=add]");
  const set = (field, value) => {
    form.querySelector(`[name=${field}]`).value = value;
    form.querySelector(`[name=${field}]`).dispatchEvent(new Event("input", { bubbles: true }));
  };
  let count = 0;
  let last = form.querySelector("[data-added]")?.dataset.added;
  const next = () => {
    set("name", `${round}.${count} by hand`);
    set("todo", `Call ${round}.${count} by hand`);
    form.requestSubmit();
  };
  const look = () => {
    const added = form.querySelector("[data-added]")?.dataset.added;
    if (added === last) return;
    last = added;
    console.log(`stored ${added} ${round}.${count} by hand`);
    count += 1;
    // Not before the form may be sent again.
    setTimeout(next);
  };
  new MutationObserver(look).observe(form, { subtree: true, childList: true, attributes: true });
  next();
}

/** Runs in the page. */
function atOnce([round, many]) {
  const store = async () => {
    const [{ id: product }] = (await globalThis.core.ask("settings")).products;
    for (let count = 0; ; count += 1) {
      const name = `${round}.${count} at once`;
      const texts = Array.from({ length: many }, (_, place) => `${name}, ${place}`);
      const edits = texts.map((text) => ({ kind: "addTodo", text }));
      const { id } = await globalThis.core.ask("createCard", { product, name, edits });
      console.log(`stored ${id} ${name}`);
    }
  };
  void store();
}

/** What every card is called, by its id. */
export async function found(tab) {
  await reach(tab);
  return new Map((await cards(tab)).map(({ id, name }) => [id, name]));
}

/**
 * Fails unless the file is sound, all that was shown as stored is there, and what is there is whole. `known` has what
 * was judged before, and gets the rest; `before` is how many of them the server has.
 */
export async function judge(tab, { known, before, stored }) {
  const all = await found(tab);
  await ask(tab, "check");
  for (const [id, name] of [...known, ...stored]) assert.equal(all.get(id), name, "what was shown as stored");
  for (const [id, name] of all) {
    if (known.has(id)) continue;
    const { todos } = await ask(tab, "card", id);
    const whole = name.endsWith("by hand")
      ? [`Call ${name}`]
      : Array.from({ length: MANY }, (_, place) => `${name}, ${place}`);
    assert.deepEqual(todos.map(({ text }) => text).sort(), whole.sort(), name);
    known.set(id, name);
  }
  assert.equal(await ask(tab, "unsentCount"), known.size - before, "what is there is to be sent, and nothing else");
}
