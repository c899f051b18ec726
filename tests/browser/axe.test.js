// No screen and no sheet breaks a rule of WCAG 2.2 AA that axe-core can see, or is wider than a phone: in English and
// light, and by ROADBOOK_LONG=1 in every language and theme.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import axe from "axe-core";

import { begin, NAMES } from "./browsers.js";
import { FakeCore } from "./fake-core.js";
import { answers, SCREENS } from "./screens.js";

const IS_LONG = process.env.ROADBOOK_LONG === "1";
const LANGUAGES = IS_LONG ? ["en", "hu", "ro"] : ["en"];
const THEMES = IS_LONG ? ["light", "dark"] : ["light"];
const SIZES = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 800 } };

const OPTIONS = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  // The one rule of 2.2 that must be asked for.
  rules: { "target-size": { enabled: true } },
  resultTypes: ["violations"],
};

describe("WCAG 2.2 AA", { skip: !NAMES.includes("Chromium") }, () => {
  let core;
  let browser;
  let tab;

  before(async () => {
    core = await FakeCore.begin(answers());
    browser = begin("Chromium");
    tab = await browser.tab(core.address);
  });
  after(async () => {
    await browser.end();
    await core.end();
    assert.deepEqual(browser.complaints, []);
    assert.deepEqual([...core.unknown], []);
  });

  /** What is wrong with the page as it is, a line for each element. */
  async function violations(state) {
    const { found, isTooWide } = await tab.run(async (options) => {
      const { violations } = await globalThis.axe.run(document, options);
      const { scrollWidth, clientWidth } = document.documentElement;
      return { found: violations, isTooWide: scrollWidth > clientWidth };
    }, OPTIONS);
    // Rule 1.4.10, which axe cannot see.
    const lines = isTooWide ? [`${state}: it scrolls sideways`] : [];
    for (const { id, help, nodes } of found) {
      for (const { html, failureSummary } of nodes) lines.push(`${state}: ${id} (${help})\n${html}\n${failureSummary}`);
    }
    return lines;
  }

  async function open({ path = "", seen, answers: others = {} }) {
    core.answers = { ...answers(), ...others };
    // Else it would be the same page, with another hash.
    await tab.go("about:blank");
    await tab.go(`${core.address}/${path}`);
    await tab.see(seen);
    await tab.run(axe.source);
  }

  for (const language of LANGUAGES) {
    for (const theme of THEMES) {
      for (const [name, screen] of Object.entries(SCREENS)) {
        test(`${name}, with its sheets, in ${language} and ${theme}`, async () => {
          await tab.page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
          await tab.run((language) => localStorage.setItem("roadbook/language", language), language);
          await tab.page.setViewportSize(SIZES.desk);
          await open(screen);
          const found = await violations(`${name} on a desk`);
          await tab.page.setViewportSize(SIZES.phone);
          await open(screen);
          found.push(...(await violations(name)));
          for (const [state, reach] of Object.entries(screen.states ?? {})) {
            await reach(tab, core);
            found.push(...(await violations(`${name}, ${state}`)));
          }
          assert.equal(found.join("\n\n"), "");
          await tab.run(() => localStorage.clear());
        });
      }
    }
  }
});
