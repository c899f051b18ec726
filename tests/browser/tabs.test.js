// Tabs that come and go, as browsers hide, freeze and keep them: one leads, and whoever gets no answer is told.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { setTimeout as later } from "node:timers/promises";

import { addCard, installed, sent, showExchange, show, signIn } from "./app.js";
import { beginByPuppeteer, NAMES, PATIENCE } from "./browsers.js";
import { finish, Firm } from "./firm.js";

/** By these a browser keeps no page that was left. */
const FORGETFUL = {
  args: ["--disable-back-forward-cache"],
  prefs: { "browser.sessionhistory.max_total_viewers": 0 },
};

for (const name of NAMES) {
  describe(name, () => {
    let firm;
    let browser;
    let aside;

    before(async () => {
      firm = await Firm.begin();
      aside = `${firm.address}/icon.svg`;
    });
    after(() => firm.end());
    beforeEach(() => (browser = beginByPuppeteer(name)));
    afterEach(async () => {
      const { complaints } = browser;
      await browser.end();
      assert.deepEqual(complaints, []);
    });

    for (const [what, options] of Object.entries({ "was kept": {}, "was not kept": FORGETFUL })) {
      test(`A page that ${what} for back works on after it, and one tab leads with one worker`, async () => {
        browser = beginByPuppeteer(name, options);
        const tab = await browser.tab(firm.address);
        await signIn(tab);
        await sent(tab);
        for (const round of [1, 2]) {
          await tab.run(() => void (globalThis.wasThere = true));
          await tab.go(aside);
          await tab.until(holdsNone, undefined, "all locks are free");
          await tab.back();
          await tab.see("main[data-screen=today]");
          const isKept = await tab.run(() => globalThis.wasThere === true);
          if (options === FORGETFUL) assert.ok(!isKept);
          // Firefox may have reasons of its own not to keep a page.
          else if (name === "Chromium") assert.ok(isKept);
          await addCard(tab, "Butcher", `After it, ${what}, ${round}`);
          await sent(tab);
          assert.deepEqual(await locks(tab), { leader: 1, files: 1, tab: 1 });
        }
        const other = await browser.tab(firm.address);
        await addCard(other, "Bakery", `From beside, ${what}`);
        await tab.see("[data-todo]", `From beside, ${what}`);
        assert.deepEqual(await locks(tab), { leader: 1, files: 1, tab: 2 });
      });
    }

    test("A tab behind another one lets that one lead, sleeps, and leads when it is alone", async () => {
      const first = await browser.tab(firm.address);
      await first.click("[data-do=begin]");
      await first.see("main[data-stage=work]");
      assert.ok(await leads(first));
      const second = await browser.tab(firm.address);
      await second.see("main[data-stage=work]");
      assert.equal(await first.run(() => document.visibilityState), "hidden");
      await until(() => leads(second), "the tab in front leads");
      if (name === "Chromium") await freeze(first, true);
      await addCard(second, "Bakery", "While the other one sleeps");
      if (name === "Chromium") await freeze(first, false);
      await first.see("[data-todo]", "While the other one sleeps");
      await second.close();
      await first.page.bringToFront();
      await until(() => leads(first), "the tab that is left leads");
      await addCard(first, "Butcher", "Alone again");
      await first.see("[data-todo]", "While the other one sleeps");
      assert.deepEqual(await locks(first), { leader: 1, files: 1, tab: 1 });
    });

    // Puppeteer freezes no tab of Firefox.
    test("A tab beside one that is frozen with the file opens at once", { skip: name !== "Chromium" }, async () => {
      const frozen = await browser.tab(firm.address);
      await frozen.click("[data-do=begin]");
      await addCard(frozen, "Bakery", "Before it was frozen");
      const tab = await browser.tab(aside);
      await freeze(frozen, true);
      await tab.go(firm.address);
      await tab.see("[data-todo]", "Before it was frozen");
      await addCard(tab, "Butcher", "Beside it");
      await freeze(frozen, false);
      await frozen.see("[data-todo]", "Beside it");
    });

    test("Whoever opens the app and gets no answer from the tab that has the file is told, and can go on", async () => {
      const silent = await browser.tab(aside);
      // One that has the lock and says nothing: a page that answered would let the other one lead.
      await silent.run(() => void navigator.locks.request("roadbook/leader/roadbook", () => new Promise(() => {})));
      const tab = await browser.tab(aside);
      await tab.page.evaluateOnNewDocument(hurry);
      await tab.go(firm.address);
      await tab.see('main[data-stage=failed] [data-failure="no_answer"]');
      assert.notEqual(await tab.text('[data-failure="no_answer"]'), "");
      await silent.close();
      await tab.reload();
      await tab.see("main[data-stage=begin]");
    });

    // The last one: the server has another version after it.
    test("A tab of an older version ends when a newer one is loaded, says so, and keeps what was typed", async () => {
      const first = await browser.tab(firm.address);
      await signIn(first);
      await sent(first);
      await installed(first);
      await showExchange(first);
      const version = await first.attribute("[data-version]", "data-version");
      await show(first, "today");
      await first.fill("[data-form=add] [name=name]", "Typed in the old one");
      await first.fill("[data-form=add] [name=todo]", "To be stored by the new one");
      renew(firm.app, version, "0123456789abcdef");
      await firm.stop();
      await firm.start();

      const second = await browser.tab(firm.address);
      await second.see("main[data-screen=today]");
      await second.run(() => navigator.serviceWorker.getRegistration().then((found) => void found.update()));
      await second.click("[data-do=update]");
      await first.see("[data-notice=taken]");
      assert.notEqual(await first.text("[data-notice=taken]"), "");
      // Nothing was typed in it.
      const isNew = () => performance.getEntriesByType("navigation")[0].type === "reload";
      await second.until(isNew, undefined, "the page is loaded anew");
      await second.see("main[data-screen=today]");
      await until(() => leads(second), "the new version leads");

      await first.page.bringToFront();
      await first.click("[data-do=add]");
      await first.see('[data-form=add] [data-failure="app_too_old"]');
      assert.ok(await leads(second), "the older one does not get the file back");
      await first.reload();
      await first.see("main[data-screen=today]");
      await first.gone("[data-notice=taken]");
      await first.click("[data-do=add]");
      await second.see("[data-todo]", "To be stored by the new one");
      await showExchange(first);
      assert.equal(await first.attribute("[data-version]", "data-version"), "0123456789abcdef");
    });
  });
}

/** How many locks of the app are held, by what they are. */
function locks(tab) {
  return tab.run(async () => {
    const { held } = await navigator.locks.query();
    const counts = {};
    for (const { name } of held) {
      const [app, kind] = name.split("/");
      if (app === "roadbook") counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return counts;
  });
}

/** Runs in the page. */
async function holdsNone() {
  const { held } = await navigator.locks.query();
  return !held.some(({ name }) => name.startsWith("roadbook/"));
}

/** Whether this tab leads, and not another one. */
function leads(tab) {
  return tab.run(() => {
    const own = crypto.randomUUID();
    return navigator.locks.request(own, async () => {
      const { held } = await navigator.locks.query();
      const { clientId } = held.find(({ name }) => name === own);
      return held.some((lock) => lock.clientId === clientId && lock.name.startsWith("roadbook/leader/"));
    });
  });
}

async function until(holds, what) {
  const end = Date.now() + PATIENCE;
  while (!(await holds())) {
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await later(50);
  }
}

/** Stops all that a tab behind another one does, its worker too, or lets it go on. */
async function freeze({ page }, isFrozen) {
  const debug = await page.createCDPSession();
  await debug.send("Page.setWebLifecycleState", { state: isFrozen ? "frozen" : "active" });
  await debug.detach();
}

/** Runs in the page before the app: what an opening waits for half a minute is over in one second. */
function hurry() {
  const plain = setInterval;
  globalThis.setInterval = (work, delay, ...given) => plain(work, delay === 5_000 ? 150 : delay, ...given);
}

/** Makes another version of the built app, as a change of the core does: what changed has another name. */
function renew(app, from, to) {
  const paths = readdirSync(app, { recursive: true }).map((path) => join(app, path));
  const texts = paths.filter((path) => /\.(js|html|css)$/.test(path));
  const changed = texts.filter((path) => readFileSync(path, "utf8").includes(from)).map((path) => basename(path));
  assert.ok(changed.length > 0, "the version is written somewhere");
  for (const path of texts) {
    let text = readFileSync(path, "utf8").replaceAll(from, to);
    for (const name of changed) text = text.replaceAll(name, `next-${name}`);
    writeFileSync(path, text);
    if (!changed.includes(basename(path))) continue;
    renameSync(path, join(dirname(path), `next-${basename(path)}`));
    for (const ending of [".br", ".gz"]) rmSync(path + ending, { force: true });
  }
  finish(app);
}
