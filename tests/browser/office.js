// A firm with two colleagues at work: each in a browser of their own, with a real server between them.

import assert from "node:assert/strict";

import { sent, show, signIn } from "./app.js";
import { begin } from "./browsers.js";
import { Firm } from "./firm.js";

export const SALES = "00000000-0000-0000-0000-000000000001";
export const PROJECTS = "00000000-0000-0000-0000-000000000002";
export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 800 };
/** Of all users. */
export const ZONE = "Europe/Budapest";

/** A day of the users' own zone, so many days ahead. */
export function day(ahead) {
  const at = new Date(Date.now() + ahead * 86_400_000);
  return new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, dateStyle: "short" }).format(at);
}

export class Office {
  /** `setUp` is done before anybody signs in. Chromium only: the other driver has no switch of the network. */
  static async open(setUp = () => {}) {
    const office = new Office();
    office.firm = await Firm.begin();
    /** The second user, as the server knows him. */
    office.colleague = await office.firm.hire("Bela", "user");
    await setUp(office);
    office.browsers = [];
    [office.anna, office.bela] = await Promise.all([office.enter(), office.enter(office.colleague.email)]);
    return office;
  }

  /** Somebody signs in in a browser of their own; answers their tab. */
  async enter(email = undefined) {
    const browser = begin("Chromium");
    this.browsers.push(browser);
    const tab = await browser.tab(this.firm.address);
    tab.browser = browser;
    await signIn(tab, email);
    await sent(tab);
    return tab;
  }

  async close() {
    for (const browser of this.browsers ?? []) await browser.end();
    await this.firm?.end();
  }

  /** All begin a test on Today, on a phone, with a network. */
  async toToday() {
    await Promise.all(this.browsers.map((browser) => browser.cut(false)));
    await this.anna.page.setViewportSize(PHONE);
    await Promise.all([this.anna, this.bela].map((tab) => show(tab, "today")));
  }

  /** No test leaves anything on a console, nor asks another host. */
  hearNothing() {
    for (const { complaints } of this.browsers) assert.deepEqual(complaints.splice(0), []);
  }
}

/** Cuts these tabs off from the network, or gives it back. */
export async function cut(isCut, ...tabs) {
  for (const tab of tabs) await tab.browser.cut(isCut);
  for (const tab of tabs) await tab.see(`[data-online=${!isCut}]`);
}
