// Chromium by Playwright and Firefox by Puppeteer over BiDi, alike as far as the tests ask. Screens are known by their
// attributes, so that no test depends on a language.

import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";

import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";

/** For how many milliseconds something is waited for. */
export const PATIENCE = Number(process.env.ROADBOOK_PATIENCE ?? 60_000);

/** A browser with a profile of its own, which outlives a restart. */
class Browser {
  #profile = mkdtempSync(join(tmpdir(), "roadbook-profile-"));
  #running;
  /** What went wrong in any tab: an error on the console, an exception that nobody caught, a foreign request. */
  complaints = [];

  constructor(launch) {
    this.launch = launch;
  }

  async tab(address) {
    this.#running ??= await this.launch(this.#profile);
    const page = await this.#running.newPage();
    page.on("console", (message) => this.#hear(message));
    page.on("pageerror", (error) => isOfNetwork(String(error)) || this.#complain(String(error)));
    // Also those of the workers.
    page.on("request", (request) => this.#look(new URL(request.url()), new URL(address)));
    const tab = new Tab(page);
    await tab.go(address);
    return tab;
  }

  /** Switches the network off, or on again; the drivers can do that in Chromium only. */
  cut(isCut) {
    return this.#running.setOffline(isCut);
  }

  /** Ends the browser, as a user does. The next tab starts it again on the same profile. */
  async quit() {
    await this.#running?.close();
    this.#running = undefined;
  }

  /** Ends all its processes at once, as when the battery is empty. Only of one that `beginByPuppeteer` began. */
  async kill() {
    const process = this.#running.process();
    this.#running = undefined;
    const ended = once(process, "exit");
    // It leads a group, in which all others of it are.
    globalThis.process.kill(-process.pid, "SIGKILL");
    await ended;
    // Puppeteer puts Firefox's preferences back as they were.
    while (readdirSync(this.#profile).some((name) => name.endsWith(".puppeteer"))) await later(20);
  }

  async end() {
    await this.quit();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  #hear(message) {
    const text = message.text();
    const isPolicy = /Content[- ]Security[- ]Policy/i.test(text);
    const isFailure = message.type() === "error" && !isOfNetwork(text) && !isRefusal(message);
    if (isPolicy || isFailure) this.#complain(text);
  }

  #look(asked, own) {
    // The phones of a demonstration have addresses below its own.
    const isOwn = asked.host === own.host || asked.hostname.endsWith(`.${own.hostname}`);
    if (/^(http|ws)s?:$/.test(asked.protocol) && !isOwn) this.#complain(`asked for ${asked}`);
  }

  #complain(text) {
    // Answers of the API have no icon; Firefox looks for one all the same.
    if (!text.includes("/favicon.ico")) this.complaints.push(text);
  }
}

/**
 * What failed without a network: Chromium writes each request on the console, Firefox each live channel that is gone
 * with the server, or does not begin without it.
 */
function isOfNetwork(text) {
  return /net::ERR_|(establish a connection to the server at|The connection to) wss?:\S+\/v1\/live\b/.test(text);
}

/** Where the API refuses something Chromium writes so. */
function isRefusal(message) {
  const { pathname } = new URL(message.location()?.url || "about:blank");
  return /^Failed to load resource/.test(message.text()) && !isFile(pathname);
}

const isFile = (path) => /\.\w+$/.test(path) && path !== "/favicon.ico";

/** Runs in the page. */
async function isAtRest(selector) {
  const element = document.querySelector(selector);
  element.scrollIntoView({ block: "center" });
  const place = () => JSON.stringify(element.getBoundingClientRect());
  const before = place();
  await new Promise((later) => setTimeout(later, 100));
  return element.isConnected && place() === before;
}

export class Tab {
  constructor(page) {
    this.page = page;
  }

  /** Answers the status. */
  async go(address) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      try {
        return (await this.page.goto(address))?.status();
      } catch (error) {
        // A navigation of the page itself, to where it is already, may be under way.
        if (!String(error).includes("interrupted by another navigation") || Date.now() > end) throw error;
      }
    }
  }

  async reload() {
    await this.page.reload();
  }

  /** As the user does; a page that the browser kept is not loaded again. */
  async back() {
    await this.run(() => void setTimeout(() => history.back()));
  }

  async close() {
    await this.page.close({ runBeforeUnload: false });
  }

  /** Runs a function in the page. */
  run(work, argument) {
    return this.page.evaluate(work, argument);
  }

  /** Waits until something is seen, with this text in it. */
  see(selector, text = "") {
    const isSeen = ([selector, text]) =>
      [...document.querySelectorAll(selector)].some((element) => element.textContent.includes(text));
    return this.until(isSeen, [selector, text], `${selector} with "${text}"`);
  }

  /** Waits until nothing of the kind is seen any more. */
  gone(selector, text = "") {
    const isGone = ([selector, text]) =>
      ![...document.querySelectorAll(selector)].some((element) => element.textContent.includes(text));
    return this.until(isGone, [selector, text], `no ${selector} with "${text}"`);
  }

  async until(holds, argument, what) {
    const end = Date.now() + PATIENCE;
    let last;
    while (Date.now() < end) {
      // A page that is just being loaded has nothing to run it in.
      if (await this.run(holds, argument).catch((error) => ((last = error), false))) return;
      await later(50);
    }
    const shown = await this.run(() => document.body?.innerText).catch(String);
    throw new Error(`never seen: ${what}${last ? ` (${last})` : ""}; the page shows:\n${shown}`);
  }

  async click(selector) {
    await this.see(selector);
    // Playwright waits by itself until nothing pushes it away from under the mouse any more.
    if (this.page.browserContext !== undefined) await this.until(isAtRest, selector, `${selector} at rest`);
    await this.page.click(selector);
  }

  async fill(selector, text) {
    await this.see(selector);
    const clear = (selector) => {
      const field = document.querySelector(selector);
      field.focus();
      field.select?.();
    };
    await this.run(clear, selector);
    await this.page.keyboard.type(text);
  }

  /** Chooses an option of a `select` by its value. */
  async choose(selector, value) {
    await this.see(selector);
    await (this.page.selectOption ?? this.page.select).call(this.page, selector, value);
  }

  /** Puts a value into an input that is not typed into alike everywhere, such as one for a day. */
  async set(selector, value) {
    await this.see(selector);
    const set = ([selector, value]) => {
      const input = document.querySelector(selector);
      input.value = value;
      for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
    };
    await this.run(set, [selector, value]);
  }

  async press(key) {
    await this.page.keyboard.press(key);
  }

  count(selector) {
    return this.run((selector) => document.querySelectorAll(selector).length, selector);
  }

  attribute(selector, name) {
    return this.run(([selector, name]) => document.querySelector(selector)?.getAttribute(name), [selector, name]);
  }

  text(selector) {
    return this.run((selector) => document.querySelector(selector)?.textContent.trim(), selector);
  }
}

const launchers = {
  Chromium: (profile) =>
    chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // Pages that the user left are kept, as in a browser that nobody drives.
      ignoreDefaultArgs: ["--disable-back-forward-cache"],
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
      viewport: { width: 360, height: 740 },
      locale: "en-GB",
    }),
  Firefox: (profile) => firefox(profile),
};

function firefox(profile, extraPrefsFirefox = {}) {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    userDataDir: profile,
    extraPrefsFirefox: {
      "intl.accept_languages": "en-GB",
      // As above.
      "fission.bfcacheInParent": true,
      ...extraPrefsFirefox,
    },
  });
}

/** The browsers to test in, by name; one alone if BROWSER names it. */
export const NAMES = Object.keys(launchers).filter((name) => (process.env.BROWSER ?? name) === name);

export function begin(name) {
  return new Browser(launchers[name]);
}

/**
 * As users have it: pages behind others are hidden and may be frozen, and it can be killed. Playwright has each page
 * believe that it is in front, so Chromium is begun by Puppeteer here, too. Preferences are Firefox's.
 */
export function beginByPuppeteer(name, { args = [], prefs = {} } = {}) {
  return new Browser((profile) => (name === "Chromium" ? chromiumByPuppeteer(profile, args) : firefox(profile, prefs)));
}

function chromiumByPuppeteer(userDataDir, args) {
  return puppeteer.launch({
    browser: "chrome",
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    userDataDir,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en-GB", ...args],
  });
}

/** A private window of Firefox, which keeps no files. */
export function beginPrivate() {
  return new Browser((profile) => firefox(profile, { "browser.privatebrowsing.autostart": true }));
}
