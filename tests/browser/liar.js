// A core that lies, the built app on it in Chromium, and what its tests ask of both. A file of tests has one of them.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe } from "node:test";

import { begin, NAMES, PATIENCE } from "./browsers.js";
import { FakeCore } from "./fake-core.js";
import { lies } from "./lies.js";

/** Both are there as soon as the first test begins. */
export let core;
export let tab;

/** The tests of one subject, which share a browser. Each begins with all lies, on a phone. */
export function liesAbout(subject, tests) {
  describe(`A core that lies about ${subject}`, { skip: !NAMES.includes("Chromium") }, () => {
    let browser;

    before(async () => {
      core = await FakeCore.begin(lies());
      browser = begin("Chromium");
      tab = await browser.tab(core.address);
    });
    after(async () => {
      await browser.end();
      await core.end();
      assert.deepEqual(browser.complaints, []);
      assert.deepEqual([...core.unknown], []);
    });
    beforeEach(async () => {
      core.answers = lies();
      core.asked.length = 0;
      await tab.page.setViewportSize({ width: 360, height: 740 });
    });
    tests();
  });
}

/** Opens a screen anew, and waits for what is told last. */
export async function open(screen, last) {
  // Else it would be the same page, with another hash.
  await tab.go("about:blank");
  await tab.go(`${core.address}/#/${screen}`);
  await tab.see(last);
}

/** What these elements have in an attribute, from the top to the bottom. */
export function all(selector, name) {
  const attributes = ([selector, name]) => [...document.querySelectorAll(selector)].map((one) => one.dataset[name]);
  return tab.run(attributes, [selector, name]);
}

export function texts(selector) {
  return tab.run((selector) => [...document.querySelectorAll(selector)].map((one) => one.textContent.trim()), selector);
}

export function isThere(selector) {
  return tab.run((selector) => document.querySelector(selector) !== null, selector);
}

/** Waits until this was asked so often, and answers with what. */
export async function asked(call, count = 1) {
  const end = Date.now() + PATIENCE;
  while (core.callsOf(call).length < count) {
    if (Date.now() > end) throw new Error(`never: ${count} times ${call}`);
    await frame();
  }
  return core.callsOf(call).at(-1);
}

/** Waits until all that was asked is drawn and nothing more is asked: before it is said what is not there. */
export async function settled() {
  let count;
  do {
    count = core.asked.length;
    await frame();
  } while (core.asked.length > count);
}

function frame() {
  return tab.run(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}
