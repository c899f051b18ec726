// What a browser's disk can do to the app: it is cut off in mid-write, it is full, and it is emptied.
//
//   SEED=…   draws when the browser is killed; printed

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { setTimeout as later } from "node:timers/promises";

import { addCard, closeTodo, installed, makePerson, sent, show, showCard, showExchange, signIn } from "./app.js";
import { beginByPuppeteer, NAMES } from "./browsers.js";
import { ask, reach } from "./core.js";
import { EMAIL, Firm } from "./firm.js";
import { Dice } from "./hour/dice.js";
import { serverHash } from "./hour/server.js";
import { cutOff, damage, logLeft } from "./pool.js";
import { cramp, CRAMPED, evict, fillUp, makeRoom } from "./room.js";
import { found, judge, slowDown, storing } from "./storing.js";

const SEED = process.env.SEED ?? String(Math.floor(Math.random() * 1e9));
/** Firefox takes longer to begin. */
const KILLS = { Chromium: 10, Firefox: 5 };

for (const name of NAMES) {
  describe(name, () => {
    let firm;
    let browser;
    /** A page of the site's without the app: nobody has the files open. */
    let aside;

    before(async () => {
      firm = await Firm.begin();
      aside = `${firm.address}/icon.svg`;
    });
    after(() => firm.end());
    beforeEach(() => (browser = beginByPuppeteer(name, CRAMPED)));
    afterEach(async () => {
      const { complaints } = browser;
      await browser.end();
      await firm.stop();
      await firm.start();
      assert.deepEqual(complaints, []);
    });

    test("A transaction that was cut off in the middle of the file is taken back", async () => {
      const tab = await browser.tab(firm.address);
      await signIn(tab);
      await addCard(tab, "Before", "Stored before");
      await sent(tab);
      await tab.go(aside);
      assert.ok((await cutOff(tab)) > 20);
      await tab.go(firm.address);
      await tab.see("[data-todo]", "Stored before");
      await reach(tab);
      await ask(tab, "check");
      await addCard(tab, "After", "Stored after");
      await sent(tab);
      await seesAll(tab);
    });

    test("A damaged file is repaired: what was not sent is there, and the rest comes back", async () => {
      const tab = await browser.tab(firm.address);
      await signIn(tab);
      await addCard(tab, "Sent", "Kept by the server");
      await sent(tab);
      await installed(tab);
      await firm.stop();
      await addCard(tab, "Unsent", "Saved by the repair");
      await tab.see('[data-unsent]:not([data-unsent="0"])');
      await tab.go(aside);
      // In the settings stands who the user is; without them nothing can be shown.
      assert.ok((await damage(tab, EMAIL)) > 0);
      await tab.go(firm.address);
      await tab.see('[data-failure="damaged"]');
      await tab.click("[data-do=repair]");
      await tab.see("[data-notice=repaired]");
      assert.match(await tab.text("[data-notice=repaired]"), /One edit/);
      await firm.start();
      await tab.reload();
      await sent(tab);
      await tab.see("[data-todo]", "Saved by the repair");
      await tab.see("[data-todo]", "Kept by the server");
      await tab.gone("[data-notice=repaired]");
      await reach(tab);
      await ask(tab, "check");
      await seesAll(tab);
    });

    test("Where there is no room an edit says so and keeps what was typed, and reading goes on", async () => {
      const tab = await browser.tab(firm.address);
      await signIn(tab);
      await addCard(tab, "Before", "While there was room");
      await sent(tab);
      await cramp(tab, name);
      await fillUp(tab);
      await reach(tab);
      await useUp(tab);

      await tab.fill("[data-form=add] [name=name]", "Kept in the form");
      await tab.fill("[data-form=add] [name=todo]", "Typed without room");
      await tab.click("[data-do=add]");
      await tab.see('[data-form=add] [data-failure="storage_full"]');
      assert.notEqual(await tab.text('[data-form=add] [data-failure="storage_full"]'), "");
      await tab.see("[data-todo]", "While there was room");
      await show(tab, "search?text=Before");
      await tab.see("[data-section=cards] a", "Before");
      await tab.reload();
      await show(tab, "today");
      await tab.see("[data-todo]", "While there was room");
      assert.equal(await typed(tab, "todo"), "Typed without room");
      await tab.click("[data-do=add]");
      await tab.see('[data-form=add] [data-failure="storage_full"]');
      await tab.gone("[data-todo]", "Typed without room");

      await makeRoom(tab);
      await tab.click("[data-do=add]");
      await tab.see("[data-todo]", "Typed without room");
      assert.equal(await typed(tab, "todo"), "");
      // What was stored shows that there is room for the exchange, too.
      await tab.gone('[data-failure="storage_full"]');
      // Without room the last worker could not say that it exchanges no more, and is waited for half a minute.
      await tab.reload();
      await sent(tab);
      await reach(tab);
      await ask(tab, "check");
      await seesAll(tab);
    });

    test("Where there is no room to begin the app says so, and begins once there is", async () => {
      const tab = await browser.tab(aside);
      await cramp(tab, name);
      await fillUp(tab);
      await tab.go(firm.address);
      await tab.see('[data-failure="storage_full"]');
      await makeRoom(tab);
      await tab.reload();
      await signIn(tab);
      await addCard(tab, "First", "There is room");
      await seesAll(tab);
    });

    test("Where the browser took the files away the app says so, and a sign-in brings all that was sent", async () => {
      const tab = await browser.tab(firm.address);
      await signIn(tab);
      await addCard(tab, "Sent", "On the server");
      await sent(tab);
      await firm.stop();
      await addCard(tab, "Unsent", "Here alone");
      await tab.see('[data-unsent]:not([data-unsent="0"])');
      await tab.go(aside);
      await evict(tab, name);
      await firm.start();
      await tab.go(firm.address);
      await tab.see("[data-notice=evicted]");
      assert.notEqual(await tab.text("[data-notice=evicted]"), "");
      await tab.see("main[data-stage=begin]");
      await signIn(tab);
      await tab.gone("[data-notice=evicted]");
      await tab.see("[data-todo]", "On the server");
      await tab.gone("[data-todo]", "Here alone");
      await addCard(tab, "Again", "Done after it");
      await sent(tab);
      await seesAll(tab);
      await tab.reload();
      await show(tab, "today");
      await tab.see("[data-todo]", "Done after it");
      await tab.gone("[data-notice=evicted]");
    });

    test("Once all is exchanged the browser has what the server has, by their state hashes", async () => {
      const tab = await browser.tab(firm.address);
      await signIn(tab);
      await addCard(tab, "Closed", "To be closed");
      await closeTodo(tab, "To be closed");
      await addCard(tab, "Put away", "Not to be done");
      await showCard(tab, await tab.attribute("[data-added]", "data-added"));
      await tab.click("[data-do=trash]");
      await tab.see("[data-trash=trashed]");
      await makePerson(tab, { given: "Ilona", family: "Közös" });
      await sent(tab);
      await seesAll(tab);
      await firm.stop();
      await show(tab, "today");
      await addCard(tab, "Here alone", "Not sent yet");
      const own = await hash(tab);
      await firm.start();
      assert.notEqual(own, await serverHash(firm.address, EMAIL, Date.now()), "it tells what was not sent yet");
      await tab.reload();
      await sent(tab);
      await seesAll(tab);
    });

    // The last one: it leaves more than Today lists at once.
    const KILLED = `What was shown as stored outlives kills of the browser, and nothing is half there (SEED=${SEED})`;
    test(KILLED, async (t) => {
      const dice = new Dice(SEED, name);
      slowDown(firm.app);
      let tab = await browser.tab(firm.address);
      await signIn(tab);
      await sent(tab);
      await installed(tab);
      // What was lost must not come back from there.
      await firm.stop();
      const known = await found(tab);
      const before = known.size;
      const left = [];
      for (let round = 1; round <= KILLS[name]; round += 1) {
        const { stored, isBegun } = await storing(tab, round);
        await isBegun;
        await later(dice.between(0, 700));
        await browser.kill();
        tab = await browser.tab(aside);
        left.push(await logLeft(tab));
        await tab.go(firm.address);
        await tab.see("main[data-stage=work]");
        await judge(tab, { known, before, stored });
      }
      t.diagnostic(`${known.size} cards; left in the log: ${JSON.stringify(left)}`);
      assert.ok(left.some(({ whole }) => whole > 0), "some kill leaves what only the log has");
      await firm.start();
      await tab.reload();
      await sent(tab);
      await seesAll(tab);
    });

    /** Fails unless this tab shows what the server has for the user. */
    async function seesAll(tab) {
      assert.equal(await hash(tab), await serverHash(firm.address, EMAIL, Date.now()));
    }
  });
}

/** By the button of the page for the exchange. */
async function hash(tab) {
  await showExchange(tab);
  await tab.click("[data-do=state-hash]");
  await tab.see("[data-state-hash]");
  return tab.attribute("[data-state-hash]", "data-state-hash");
}

const typed = (tab, name) => tab.run((name) => document.querySelector(`[data-form=add] [name=${name}]`).value, name);

/** Stores until there is no room for the smallest edit. */
function useUp(tab) {
  return tab.run(async () => {
    const [{ id: product }] = (await globalThis.core.ask("settings")).products;
    for (let count = 0; count < 2_000; count += 1) {
      try {
        await globalThis.core.ask("createCard", { product, name: `Fills up ${count}` });
      } catch (error) {
        if (error.code === "storage_full") return;
        throw error;
      }
    }
    throw new Error("there is always room");
  });
}
