// The app's own clock of the hour. Until the hour begins it goes as the machine's does, so that signing in has the time
// that it needs; then it goes so many times faster. It is a function of the machine's clock: pages, workers and phones
// agree on it without asking each other, also after a reload.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { finish } from "../firm.js";
import { ZONE } from "../office.js";

export const MINUTE = 60_000;

export class Clock {
  /** The hour begins `ahead` milliseconds from now; the clock then shows `start`, and goes `rate` times faster. */
  constructor(ahead, start, rate) {
    this.begin = Date.now() + ahead;
    this.start = start;
    this.rate = rate;
  }

  now() {
    const since = Date.now() - this.begin;
    return Math.floor(this.start + since * (since < 0 ? 1 : this.rate));
  }

  /** Ends when the clock shows this. */
  async at(time) {
    while (this.now() < time) await new Promise((later) => setTimeout(later, Math.min(this.#until(time), 1_000)));
  }

  #until(time) {
    return Math.max(this.begin + (time - this.start) / (time < this.start ? 1 : this.rate) - Date.now(), 1);
  }
}

/** The next midnight of the users. */
export function midnight() {
  const isMidnight = (at) => wall(at).time === "00:00";
  const hour = 60 * MINUTE;
  let at = Math.ceil(Date.now() / hour) * hour;
  while (!isMidnight(at)) at += hour;
  return at;
}

/** Day and minute on the users' walls. */
export function wall(at) {
  const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" }).format(at);
  const [day, time] = shown.split(" ");
  return { day, time };
}

/**
 * Makes a built app run on the clock: page and worker begin with a script that puts another `Date` and `setTimeout` in
 * the place of the browser's. The app itself, the core and what they do with the time are as built; nobody tells them
 * anything.
 *
 * A timer of less than a second waits for the machine, such as for the next letter or a worker's last word, and stays
 * as long as it is; so do a page's intervals, which ask another tab whether it is there, and the whole minute that it
 * gives its worker to start. All others wait for a time: the next change of Today, a server's silence, the next try.
 */
export function wind(app, clock) {
  const script = `(${fasten})(${JSON.stringify([clock.begin, clock.start, clock.rate])});\n`;
  writeFileSync(join(app, "clock.js"), script);
  edit(join(app, "index.html"), (page) => page.replace("<head>", '<head><script src="/clock.js"></script>'));
  const assets = join(app, "assets");
  const workers = readdirSync(assets).filter((name) => /^worker-.*\.js$/.test(name));
  for (const name of workers) edit(join(assets, name), (worker) => script + worker);
  finish(app);
}

function edit(path, change) {
  const before = readFileSync(path, "utf8");
  const after = change(before);
  if (after === before) throw new Error(`${path} is not as it was expected`);
  writeFileSync(path, after);
}

/** Runs in pages and workers, before anything else. */
function fasten([begin, start, rate]) {
  const [Machine, later] = [Date, setTimeout];
  const isPage = typeof document !== "undefined";
  const now = () => {
    const since = Machine.now() - begin;
    return Math.floor(start + since * (since < 0 ? 1 : rate));
  };
  const machineAt = (time) => begin + (time - start) / (time < start ? 1 : rate);
  const isOfMachine = (delay) => delay < 1_000 || (isPage && delay === 60_000);
  const wait = (delay) => (isOfMachine(delay) ? delay : Math.ceil(machineAt(now() + delay) - Machine.now()));
  globalThis.Date = class Date extends Machine {
    constructor(...given) {
      if (given.length === 0) super(now());
      else super(...given);
    }
    static now() {
      return now();
    }
  };
  globalThis.setTimeout = (work, delay = 0, ...given) => later(work, wait(delay), ...given);
  if (!isPage) return;
  // By this the test finds the worker that it kills.
  const Plain = Worker;
  globalThis.Worker = class Worker extends Plain {
    constructor(...given) {
      super(...given);
      globalThis.lastWorker = this;
    }
  };
}
