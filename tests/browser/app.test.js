import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { addCard, closeTodo, installed, sent, showExchange, signIn, signInLater, total } from "./app.js";
import { begin, beginPrivate, NAMES } from "./browsers.js";
import { cached, storedNames, wordsInFiles } from "./files.js";
import { EMAIL, finish, Firm } from "./firm.js";

for (const name of NAMES) {
  describe(name, () => {
    let firm;
    let browser;

    before(async () => (firm = await Firm.begin()));
    after(() => firm.end());
    beforeEach(() => (browser = begin(name)));
    afterEach(async () => {
      const { complaints } = browser;
      await browser.end();
      await firm.stop();
      await firm.start();
      assert.deepEqual(complaints, []);
    });

    test("A user begins without an account, and adds and closes a todo", async () => {
      const tab = await browser.tab(firm.address);
      await tab.click("[data-do=begin]");
      await tab.see("main[data-stage=work]");
      await addCard(tab, "Bakery", "Call the bakery");
      await tab.see("[data-section=dueToday] [data-todo]", "Bakery");
      assert.equal(await total(tab, "today"), 1);
      await closeTodo(tab, "Call the bakery");
      await tab.see("[data-total=closed] dd", "1");
      await tab.see("[data-nothing]");
    });

    test("A user signs in, and their customers come with the first sync", async () => {
      const first = await browser.tab(firm.address);
      await signIn(first);
      await addCard(first, "Duna Grill", "Offer the grinder");
      await sent(first);
      const other = begin(name);
      try {
        const second = await other.tab(firm.address);
        await signIn(second);
        await second.see("[data-todo]", "Offer the grinder");
        await closeTodo(second, "Offer the grinder");
        await sent(second);
        // The live channel tells the first; without one it would learn of it, too, but later.
        await first.gone("[data-todo]", "Offer the grinder");
        const channels = await firm.answers("/v1/live");
        assert.ok(channels[101] >= 1, JSON.stringify(channels));
        assert.equal(channels[403], undefined);
        assert.deepEqual(other.complaints, []);
      } finally {
        await other.end();
      }
    });

    test("A colleague comes in by a link, and chooses their password", async () => {
      const link = await firm.invite("bela@example.com");
      const tab = await browser.tab(link);
      await tab.fill("[name=password]", "another horse battery");
      await tab.click("[data-do=enrol]");
      await tab.see("main[data-stage=work]");
      await sent(tab);
      assert.equal(await tab.run(() => location.href), `${firm.address}/`);
    });

    test("The work of a user without an account becomes their account's", async () => {
      const tab = await browser.tab(firm.address);
      await tab.click("[data-do=begin]");
      await addCard(tab, "Cukrászda Mézes", "Ask how the trial goes");
      await signInLater(tab);
      await sent(tab);
      await tab.see("[data-todo]", "Ask how the trial goes");
      await closeTodo(tab, "Ask how the trial goes");
      await sent(tab);
    });

    test("The app starts without a network, and what was done then is sent later", async () => {
      let tab = await browser.tab(firm.address);
      await signIn(tab);
      await addCard(tab, "Hotel Aranysas", "Agree on the tasting");
      await sent(tab);
      await installed(tab);
      await firm.stop();
      await browser.quit();

      tab = await browser.tab(firm.address);
      await tab.see("[data-todo]", "Agree on the tasting");
      await closeTodo(tab, "Agree on the tasting");
      await tab.see('[data-unsent="1"]');
      await firm.start();
      await tab.reload();
      await sent(tab);
    });

    test("Unsent edits outlive a reload and the end of the browser", async () => {
      let tab = await browser.tab(firm.address);
      await signIn(tab);
      await sent(tab);
      await installed(tab);
      await firm.stop();
      await addCard(tab, "Bistro Casa Verde", "Send the offer");
      await tab.see('[data-unsent="1"]');
      await tab.reload();
      await tab.see("[data-todo]", "Send the offer");
      await tab.see('[data-unsent="1"]');
      await browser.quit();
      tab = await browser.tab(firm.address);
      await tab.see("[data-todo]", "Send the offer");
      await tab.see('[data-unsent="1"]');
      await firm.start();
      await tab.reload();
      await sent(tab);
      await closeTodo(tab, "Send the offer");
      await sent(tab);
    });

    test("A second tab asks the first, and leads when the first is closed", async () => {
      const first = await browser.tab(firm.address);
      await first.click("[data-do=begin]");
      await first.see("main[data-stage=work]");
      const second = await browser.tab(firm.address);
      await addCard(second, "Bakery", "Asked by the second");
      await first.see("[data-todo]", "Asked by the second");
      assert.deepEqual(await leaders(second), 1);
      await first.close();
      await addCard(second, "Butcher", "Done by the second");
      await second.see("[data-todo]", "Asked by the second");
      const third = await browser.tab(firm.address);
      await third.see("[data-todo]", "Done by the second");
      await closeTodo(third, "Done by the second");
      await second.gone("[data-todo]", "Done by the second");
    });

    test("A tab that the user leaves and comes back to lets go of the file meanwhile", async () => {
      const first = await browser.tab(firm.address);
      await first.click("[data-do=begin]");
      await addCard(first, "Bakery", "Before");
      await first.go(`${firm.address}/icon.svg`);
      const second = await browser.tab(firm.address);
      await second.see("[data-todo]", "Before");
      await first.back();
      await first.see("[data-todo]", "Before");
      await addCard(first, "Butcher", "After");
      await second.see("[data-todo]", "After");
    });

    // Puppeteer cannot crash a tab of Firefox.
    test("A second tab leads when the first one crashes", { skip: name !== "Chromium" }, async () => {
      const first = await browser.tab(firm.address);
      await first.click("[data-do=begin]");
      await addCard(first, "Bakery", "Before");
      const second = await browser.tab(firm.address);
      await second.see("[data-todo]", "Before");
      const debug = await first.page.context().newCDPSession(first.page);
      // It is never answered.
      debug.send("Page.crash").catch(() => {});
      await second.until(async () => {
        const { held } = await navigator.locks.query();
        const tabs = held.filter(({ name }) => name.startsWith("roadbook/tab/"));
        return tabs.length === 1 && held.some(({ name }) => name.startsWith("roadbook/files/"));
      }, undefined, "a new leader");
      await addCard(second, "Butcher", "After");
      await second.see("[data-todo]", "Before");
    });

    // Puppeteer reaches no worker of Firefox's in which it could be ended.
    test("A worker that ended is replaced", { skip: name !== "Chromium" }, async () => {
      const tab = await browser.tab(firm.address);
      await tab.click("[data-do=begin]");
      await addCard(tab, "Bakery", "Before");
      const [worker] = tab.page.workers();
      await worker.evaluate(() => void setTimeout(() => self.close()));
      await tab.see("[data-notice=trapped]");
      await addCard(tab, "Butcher", "After");
      await tab.see("[data-todo]", "Before");
    });

    test("A sign-out leaves no byte of the user's in the browser", async () => {
      const tab = await browser.tab(firm.address);
      await signIn(tab);
      const words = ["Quittenbrot", "Pflaumenmus", EMAIL.split("@")[0]];
      await addCard(tab, words[0], words[1]);
      await sent(tab);
      // What is typed and not stored, and which board was open last, lie beside the files.
      await tab.fill("[data-form=add] [name=name]", words[1]);
      await tab.click("[data-nav=board]");
      await tab.see("main[data-screen=board]");
      await tab.go(`${firm.address}/icon.svg`);
      // Else nothing would be shown by what follows.
      assert.ok((await wordsInFiles(tab, words)).includes(words[0]));
      assert.ok((await storedNames(tab)).length > 1);

      await tab.go(firm.address);
      await showExchange(tab);
      await tab.click("[data-do=sign-out]");
      await tab.see("main[data-stage=begin]");
      await tab.go(`${firm.address}/icon.svg`);
      assert.deepEqual(await wordsInFiles(tab, words), []);
      assert.deepEqual(await storedNames(tab), []);
      assert.deepEqual((await cached(tab)).filter((path) => path.startsWith("/v1/")), []);
    });

    test("A user who signs out with unsent edits is asked", async () => {
      const tab = await browser.tab(firm.address);
      await signIn(tab);
      await sent(tab);
      await firm.stop();
      await addCard(tab, "Bakery", "Not sent");
      await tab.see('[data-unsent="1"]');
      await showExchange(tab);
      await tab.click("[data-do=sign-out]");
      await tab.click("[data-do=sign-out-anyway]");
      await tab.see("main[data-stage=begin]");
      await firm.start();
      await signIn(tab);
      await tab.see("[data-todo]", "Not sent");
      await sent(tab);
      await closeTodo(tab, "Not sent");
      await sent(tab);
    });

    test("A wrong password is told, and nobody is signed in", async () => {
      const tab = await browser.tab(firm.address);
      await tab.fill("[name=email]", EMAIL);
      await tab.fill("[name=password]", "wrong horse battery");
      await tab.click("[data-do=sign-in]");
      await tab.until(() => document.querySelector("[role=alert]")?.textContent !== "", undefined, "an alert");
      await tab.see("main[data-stage=begin]");
    });

    test("An installed app has all screens by itself, and leaves the server its own paths", async () => {
      const tab = await browser.tab(firm.address);
      await tab.run(() => void (globalThis.isLoadedOnce = true));
      await tab.until(() => navigator.serviceWorker.controller !== null, undefined, "a service worker in control");
      assert.ok(await tab.run(() => globalThis.isLoadedOnce));
      const own = { "/v1": 404, "/v1/me": 401, "/health": 200, "/health/": 404, "/metrics": 200, "/.well-known": 404 };
      for (const [path, status] of Object.entries(own)) {
        assert.equal(await tab.go(firm.address + path), status, path);
      }
      await firm.stop();
      for (const path of ["/cards/7", "/a.b/c", "/v1x"]) {
        await tab.go(firm.address + path);
        await tab.see("main[data-stage=begin]");
      }
    });

    test("A new version is fetched as a whole, and waits until the user takes it", async () => {
      const tab = await browser.tab(firm.address);
      await installed(tab);
      await tab.reload();
      await tab.see("main[data-stage=begin]");
      const page = join(firm.app, "index.html");
      const [last, next] = newVersion(page);
      finish(firm.app);
      // As if another server, with the last version, had answered for this file.
      for (const ending of ["", ".br", ".gz"]) rmSync(page + ending);
      writeFileSync(page, last);
      await firm.stop();
      await firm.start();
      assert.equal(await updated(tab), "redundant");
      // The browser may be trying again by itself meanwhile.
      await tab.until(async () => (await caches.keys()).length === 1, undefined, "nothing of it is kept");

      writeFileSync(page, next);
      await firm.stop();
      await firm.start();
      // A try that was under way still fetched the last page.
      if ((await updated(tab)) !== "installed") assert.equal(await updated(tab), "installed");
      await tab.see("[data-notice=update]");
      await tab.reload();
      assert.equal(await version(tab), "1");
      await tab.click("[data-do=update]");
      await tab.until(() => document.querySelector("meta[name=version]")?.content === "2", undefined, "version 2");
    });

    // The last one: all who sign in after it have so many customers.
    test("A first sync shows how far it has come", async () => {
      await firm.import(2_000);
      const tab = await browser.tab(firm.address);
      await tab.see("main[data-stage=begin]");
      await tab.run(() => {
        const look = () => (globalThis.hasSeen ||= document.querySelector("[data-first-sync] progress") !== null);
        new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
      });
      await signIn(tab);
      await sent(tab);
      await tab.gone("[data-first-sync]");
      assert.ok(await tab.run(() => globalThis.hasSeen));
    });
  });
}

test("A private window of Firefox says that it keeps nothing", { skip: !NAMES.includes("Firefox") }, async () => {
  const firm = await Firm.begin();
  const browser = beginPrivate();
  try {
    const tab = await browser.tab(firm.address);
    await tab.see("main[data-stage=failed]");
    assert.notEqual(await tab.text("main [role=alert]"), "");
  } finally {
    await browser.end();
    await firm.end();
  }
});

/** How many tabs of this browser lead. */
function leaders(tab) {
  return tab.run(async () => {
    const { held } = await navigator.locks.query();
    return held.filter(({ name }) => name.startsWith("roadbook/leader/")).length;
  });
}

const version = (tab) => tab.run(() => document.querySelector("meta[name=version]")?.content ?? "1");

/** Edits the page, in which a build of changed sources differs; answers the old and the new one. */
function newVersion(page) {
  const last = readFileSync(page, "utf8");
  const next = last.replace("<title>", '<meta name="version" content="2"><title>');
  writeFileSync(page, next);
  return [last, next];
}

/** What becomes of the version that the server has now: `installed`, or `redundant` if it cannot be. */
function updated(tab) {
  return tab.run(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    // Browsers look for a new version by themselves some time after a page was loaded, perhaps just now.
    let worker = registration.installing ?? registration.waiting;
    if (worker === null) {
      const found = new Promise((resolve) => {
        registration.addEventListener("updatefound", () => resolve(registration.installing), { once: true });
      });
      await registration.update();
      worker = await found;
    }
    while (worker.state === "installing") await new Promise((resolve) => setTimeout(resolve, 20));
    return worker.state;
  });
}
