// Somebody at a browser: two tabs of the app, of which one is in front. What they type stands in `acts.js`.

import { setTimeout as later } from "node:timers/promises";

import { sent, show, signIn } from "../app.js";
import { beginByPuppeteer, Tab } from "../browsers.js";
import { ACTS } from "./acts.js";
import { MINUTE } from "./clock.js";
import { deck } from "./dice.js";

/** For how many milliseconds the screen is waited for; less than elsewhere, because others act meanwhile. */
const PATIENCE = 10_000;

/** For how many milliseconds a failure stands on a screen that is its own, and not that of the screen before. */
const LASTING = 500;

/** For how many milliseconds after the worker was killed an act may fail by it. */
const SHOCK = 4_000;

/** Errors that a browser writes on the console where the network is gone. */
const NETWORK = /net::ERR_|WebSocket connection to|connection to (the server at )?ws:/;

/** A tab on whose screens an act can fail. */
class Seat extends Tab {
  async until(holds, argument, what) {
    const end = Date.now() + PATIENCE;
    let failedSince = Infinity;
    while (Date.now() < end) {
      if (await this.run(holds, argument).catch(() => false)) return;
      const code = await this.run(shownFailure).catch(() => null);
      if (code === null) failedSince = Infinity;
      else failedSince = Math.min(failedSince, Date.now());
      if (Date.now() > failedSince + LASTING) throw Object.assign(await this.#never(what), { code });
      await later(50);
    }
    throw await this.#never(what);
  }

  /** What comes from others may take an element away, and make it anew, from under the mouse. */
  async click(selector) {
    const isGone = (error) => /not clickable|detached/.test(error.message);
    const again = (error) => (isGone(error) ? super.click(selector) : Promise.reject(error));
    await super.click(selector).catch(again);
  }

  async #never(what) {
    const shown = await this.run(() => document.body.innerText).catch(String);
    return new Error(`never seen: ${what}; the page shows:\n${shown}`);
  }
}

/** Runs in the page. */
function shownFailure() {
  const failure = document.querySelector(".failure:not(:empty)");
  return failure === null ? null : (failure.dataset.failure ?? failure.textContent);
}

export class Desk {
  #turn = Promise.resolve();
  #front = 0;
  #killed = -Infinity;
  tabs = [];
  /** The last act that failed for no reason of the test's own. */
  trouble;

  constructor(name, { kind, email, line, dice }, around) {
    Object.assign(this, { name, kind, email, line, dice, around });
    this.acts = deck(dice, Object.keys(ACTS));
  }

  get tab() {
    return this.tabs[this.#front];
  }

  /** Whoever sits here has one pair of hands. */
  turn(work) {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async enter() {
    this.browser = beginByPuppeteer(this.kind);
    const { page } = await this.browser.tab(this.line.address);
    this.tabs.push(new Seat(page));
    await signIn(this.tab, this.email);
    await sent(this.tab);
    await this.tab.run(() => navigator.serviceWorker.ready.then(() => undefined));
    const { page: other } = await this.browser.tab(this.line.address);
    this.tabs.push(new Seat(other));
    await this.#toFront(0);
    const ahead = (await this.tab.run(() => Date.now())) - this.around.clock.now();
    if (Math.abs(ahead) > MINUTE) throw new Error(`${this.name} has another clock, by ${ahead} ms`);
  }

  /** Does what is dealt next. */
  async act() {
    await this.turn(() => this.#act(this.acts.next().value));
    await later(this.dice.between(100, 600));
  }

  async #act(act) {
    const { ledger } = this.around;
    const begun = Date.now();
    const typed = [];
    const word = () => (typed.push(this.dice.word()), typed.at(-1));
    try {
      ledger.take(this.name, act, typed, await ACTS[act](this, word));
    } catch (error) {
      const isAbsent = /^not_found/.test(error.code);
      const isShocked = this.#killed > begun - SHOCK;
      if (!isAbsent && !isShocked) this.trouble = Object.assign(error, { act });
      ledger.miss(this.name, act, isAbsent ? "absent" : isShocked ? "broken off" : "missed", typed, error);
      if (!isAbsent) await this.reload();
    }
  }

  async reload() {
    await this.tab.reload();
    await this.tab.see("main[data-stage=work]");
    await show(this.tab, "today");
  }

  /** The user goes to the other tab and works there; this one sleeps, as deep as the browser lets it, and is woken. */
  async sleep(time) {
    const slept = this.tab;
    await this.turn(() => this.#toFront(1 - this.#front));
    await later(time / 4);
    if (this.kind === "Chromium") await freeze(slept, true);
    await later(time);
    if (this.kind === "Chromium") await freeze(slept, false);
    await this.turn(() => this.#toFront(this.tabs.indexOf(slept)));
  }

  async #toFront(front) {
    this.#front = front;
    await this.tab.page.bringToFront();
    await this.tab.see("main[data-stage=work]");
  }

  /** Ends the worker that has the file, in the middle of whatever it does. */
  async killWorker() {
    this.#killed = Date.now();
    const kill = () => {
      globalThis.killed = globalThis.lastWorker;
      globalThis.killed?.terminate();
    };
    const isReplaced = () => globalThis.lastWorker !== globalThis.killed;
    for (const tab of this.tabs) await tab.run(kill);
    const replaced = async () => (await Promise.all(this.tabs.map((tab) => tab.run(isReplaced)))).some(Boolean);
    const end = Date.now() + PATIENCE;
    while (!(await replaced())) {
      if (Date.now() > end) throw new Error(`${this.name}: no worker in the place of the one that was killed`);
      await later(50);
    }
  }

  /** The browser tells the app that it is off the line, where its driver can. */
  async setOffline(isOff) {
    if (this.kind === "Chromium") await Promise.all(this.tabs.map(({ page }) => page.setOfflineMode(isOff)));
  }

  /** All that a card's screen shows, its whole history and what stands in its inputs. */
  async readCard(card) {
    await show(this.tab, `card/${card}`);
    await this.tab.see(`[data-card="${card}"] [data-section=history] [data-change]`);
    // Down to the line in which it was made: while older ones are read there is no button for more, either.
    const isWhole = (made) => {
      document.querySelector("[data-do=older]")?.click();
      const last = document.querySelector("[data-section=history] li:last-child")?.textContent ?? "";
      return made.every((text) => last.includes(text));
    };
    await this.tab.until(isWhole, this.around.pool.get(card), "the whole history");
    return this.tab.run(() => {
      const typed = [...document.querySelectorAll("input, textarea")].map(({ value }) => value);
      return [document.querySelector("main").textContent, ...typed].join("\n");
    });
  }

  async readAll() {
    const texts = [];
    for (const card of this.around.pool.keys()) {
      const isAbsent = ({ code }) => (code === "not_found.document" ? "" : undefined);
      const text = await this.readCard(card).catch((error) => isAbsent(error) ?? Promise.reject(error));
      texts.push(text);
    }
    return texts.join("\n");
  }

  /** How it stands: whether all is sent, and the state hash as the user sees it. */
  async standing() {
    await show(this.tab, "more/sync");
    await this.tab.click("[data-do=state-hash]");
    await this.tab.see("[data-state-hash]");
    const [unsent, hash] = await Promise.all([
      this.tab.attribute("[data-unsent]", "data-unsent"),
      this.tab.attribute("[data-state-hash]", "data-state-hash"),
    ]);
    return { unsent: Number(unsent), quarantined: await this.tab.count("[data-quarantined]"), hash };
  }

  /** What went wrong beside the network. */
  complaints() {
    return this.browser.complaints.filter((complaint) => !NETWORK.test(complaint));
  }
}

/** Stops all that a hidden tab does, its worker too, or lets it go on. */
async function freeze({ page }, isFrozen) {
  const debug = await page.createCDPSession();
  await debug.send("Page.setWebLifecycleState", { state: isFrozen ? "frozen" : "active" });
  await debug.detach();
}
