// The demonstration to touch, as a visitor drives it: two phones on one page, and the server as a process.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";

import { addCard } from "./app.js";
import { begin, NAMES } from "./browsers.js";
import { beginDemo, PHONES, phonesOf, turn as turnOf } from "./demo.js";

// The phones are frames, which the other driver does not click into.
describe("The demonstration", { skip: !NAMES.includes("Chromium") }, () => {
  let program;
  let address;
  let browser;
  let tab;
  let phones;

  before(async () => {
    const demo = await beginDemo();
    ({ program, address } = demo);
    browser = begin("Chromium");
    tab = await browser.tab(address);
    phones = await phonesOf(tab);
  });
  after(async () => {
    await browser?.end();
    program.kill("SIGINT");
    if (program.exitCode === null) await once(program, "exit");
    assert.equal(program.exitCode, 0);
    assert.deepEqual(browser.complaints, []);
  });

  const equal = () => tab.see("[data-equal=true]");
  const pid = () => tab.run(() => document.querySelector("[data-pid]").dataset.pid);
  const unsent = (phone, count) => tab.see(`[data-phone=${phone}][data-unsent="${count}"]`);
  const turn = (phone, isCut) => turnOf(tab, phone, isCut);
  const addOnEach = async (name) => {
    for (const phone of PHONES) {
      await phones[phone].run(() => void (location.hash = "#/"));
      await addCard(phones[phone], `${name} of ${phone}`, `Call ${name} of ${phone}`);
    }
  };

  test("A visitor does nothing, and both phones have work for today", async () => {
    for (const phone of PHONES) await phones[phone].see("[data-section=dueToday] [data-todo]");
    await unsent("anna", 0);
  });

  test("Who does not know the key in the address is neither told nor obeyed", async () => {
    const answers = () => {
      const asked = [fetch("/state"), fetch("/office/kill", { method: "POST" })];
      return Promise.all(asked.map((asked) => asked.then(({ status }) => status)));
    };
    assert.deepEqual(await tab.run(answers), [403, 403]);
    const other = await browser.tab(new URL(address).origin);
    await other.see("[data-no-key]");
    await other.close();
  });

  test("Both phones show the card of the story", async () => {
    await tab.click("[data-do=show]");
    for (const phone of PHONES) await phones[phone].see("main[data-screen=card]");
  });

  test("What both do without a network is merged when they have one again", async () => {
    for (const phone of PHONES) await turn(phone, true);
    await addOnEach("Cut");
    for (const phone of PHONES) await tab.see(`[data-phone=${phone}]:not([data-unsent="0"])`);
    await tab.see("[data-equal=false]");
    for (const phone of PHONES) await turn(phone, false);
    for (const phone of PHONES) await unsent(phone, 0);
    await equal();
    await tab.see("[data-step=mend][data-done=true]");
  });

  test("A server that was killed is another process afterwards, and takes what was unsent", async () => {
    const first = await pid();
    await tab.click("[data-do=kill]");
    await tab.see('[data-pid=""]');
    await addOnEach("Killed");
    await tab.click("[data-do=start]");
    await tab.until(() => document.querySelector("[data-pid]").dataset.pid !== "", undefined, "a process");
    assert.notEqual(await pid(), first);
    for (const phone of PHONES) await unsent(phone, 0);
    await equal();
  });

  test("A server that was restored to the backup from before is filled by the phones", async () => {
    await tab.click("[data-do=restore]");
    await tab.see("[data-step=restore][data-done=true]");
    await equal();
    for (const phone of PHONES) await phones[phone].run(() => void (location.hash = "#/"));
    for (const phone of PHONES) await phones[phone].see("[data-todo]", `Call Killed of ${phone}`);
  });

  test("An edit of somebody whose rights were taken away meanwhile is refused, and told", async () => {
    await turn("bela", true);
    await tab.click("[data-do=show]");
    await phones.bela.see("main[data-screen=card]");
    // A note would still be taken from him: it harms nobody.
    await phones.bela.click("[data-do=trash]");
    await tab.see('[data-phone=bela]:not([data-unsent="0"])');
    await tab.click("[data-do=restrict]");
    await tab.see("[data-do=allow]");
    await turn("bela", false);
    await tab.see("[data-phone=bela] [data-refused]");
    await tab.click("[data-do=allow]");
    await equal();
  });

  test("Once it was ended on its page, the browser keeps nothing of it", async () => {
    const origins = [];
    for (const phone of PHONES) {
      origins.push(await phones[phone].run(() => location.origin));
      assert.notDeepEqual(await phones[phone].run(kept), NOTHING, phone);
    }
    await tab.click("[data-do=end]");
    await tab.see("[data-ended]");
    if (program.exitCode === null) await once(program, "exit");
    for (const origin of origins) assert.deepEqual(await keptAt(origin), NOTHING, origin);
  });

  /** What the browser keeps of an address behind which nobody is any more. */
  async function keptAt(origin) {
    const page = createServer((_, answer) => answer.end("<!doctype html><title>Nothing</title>"));
    page.listen(new URL(origin).port, "127.0.0.1");
    await once(page, "listening");
    try {
      const tab = await browser.tab(`${origin}/`);
      return await tab.run(kept);
    } finally {
      page.closeAllConnections();
      page.close();
    }
  }
});

const NOTHING = { files: [], caches: [], workers: 0, values: 0 };

/** Runs in a page. */
async function kept() {
  const files = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
  const workers = (await navigator.serviceWorker.getRegistrations()).length;
  return { files, caches: await caches.keys(), workers, values: localStorage.length };
}
