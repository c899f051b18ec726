// The hour: who takes part, how it goes, and what is left to be judged.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { debuglog } from "node:util";

import { show, todoOf } from "../app.js";
import { NAMES } from "../browsers.js";
import { EMAIL, Firm } from "../firm.js";
import { PROJECTS } from "../office.js";
import { addCard } from "./acts.js";
import { Clock, midnight, MINUTE, wall, wind } from "./clock.js";
import { Desk } from "./desk.js";
import { deck, Dice } from "./dice.js";
import { cut, mend, troublesOfNetworks, troublesOfPrograms } from "./faults.js";
import { Ledger } from "./ledger.js";
import { Line } from "./line.js";
import { Phone } from "./phone.js";

/** Shown with `NODE_DEBUG=hour`. */
const note = debuglog("hour");

/** For how many milliseconds all may set up before the hour begins. */
const SET_UP = 30_000;
/** For how many milliseconds all rest before midnight, so that nothing but the time can change a screen. */
const REST = 20_000;
/**
 * In minutes from midnight: when the hour begins, when all networks are cut for the last time, when the last act is
 * begun, and when the hour ends. An access token lives 15 minutes.
 */
const [BEGINS, LAST_CUT, LAST_WORK, ENDS] = [-40, 4, 10, 20];
/** From how many cards on nobody makes another one. */
const MOST_CARDS = 12;

export class Hour {
  #folder = mkdtempSync(join(tmpdir(), "roadbook-hour-"));
  #fail;
  /** Rejects with the first thing that fails and should not. */
  #failure = new Promise((_, fail) => (this.#fail = fail));
  #isResting = false;
  #isOver = false;
  #busy = 0;
  ledger = new Ledger();
  /** The cards that all work on, each with the name and the todo that it was made with. */
  pool = new Map();
  most = MOST_CARDS;
  /** Todos that nobody touches: only the time changes them. */
  still = [];
  desks = [];
  phones = [];
  lines = [];

  /** An hour in so many seconds. */
  constructor(seed, seconds) {
    this.seed = seed;
    this.midnight = midnight();
    this.clock = new Clock(SET_UP, this.midnight + BEGINS * MINUTE, 3_600 / seconds);
  }

  /** A real firm, and everybody signed in at their own end of a line of their own. */
  async open({ hasPhones }) {
    this.firm = await Firm.begin();
    await this.firm.stop();
    wind(this.firm.app, this.clock);
    await this.firm.start();
    const { email } = await this.firm.hire("Bela", "user");
    this.fields = { line: await this.#addField("Line", "text"), story: await this.#addField("Story", "long_text") };
    const kinds = [NAMES[0], NAMES.at(-1)];
    for (const [at, user] of [EMAIL, email].entries()) {
      const name = ["Anna", "Béla"][at];
      const dice = (what) => new Dice(this.seed, name, what);
      const desk = { kind: kinds[at], email: user, line: await this.#line(), dice: dice("desk") };
      this.desks.push(new Desk(`${name} at ${kinds[at]}`, desk, this));
      if (hasPhones) this.phones.push(await this.#phone(`${name}'s phone`, user, dice("phone")));
    }
    await Promise.all([...this.desks, ...this.phones].map((one) => one.enter()));
    await Promise.all(this.desks.map((desk) => this.#prepare(desk)));
  }

  /** Lives it to its end, where nobody has a network. */
  live() {
    return Promise.race([this.#live(), this.#failure]);
  }

  async #live() {
    await this.clock.at(this.clock.start);
    const untilCut = this.midnight + LAST_CUT * MINUTE;
    const working = this.#all().map((one) => this.#work(one, this.midnight + LAST_WORK * MINUTE));
    const dice = new Dice(this.seed, "troubles");
    const decks = [troublesOfNetworks(this), troublesOfPrograms(this)].map((troubles) => deck(dice, troubles));
    await Promise.all([this.#seeMidnight(), ...decks.map((troubles) => this.#suffer(troubles, dice, untilCut))]);
    await Promise.all(this.#all().map(cut));
    await Promise.all(working);
  }

  /** The networks are back, after a time in which every access token has run out by the app's clock. */
  async heal() {
    await this.clock.at(this.midnight + ENDS * MINUTE);
    await Promise.all(this.#all().map(mend));
  }

  /** A phone that nobody worked with, which gets what the server has. */
  async newcomer(email) {
    const phone = await this.#phone(`a new phone of ${email}`, email, new Dice(this.seed, "new", email));
    await phone.enter();
    return phone;
  }

  async close() {
    this.#isOver = true;
    for (const { browser } of this.desks) await browser?.end();
    for (const phone of this.phones) await phone.kill();
    for (const line of this.lines) await line.end();
    await this.firm?.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #all() {
    return [...this.desks, ...this.phones];
  }

  async #line() {
    const line = await Line.to(Number(new URL(this.firm.address).port));
    this.lines.push(line);
    return line;
  }

  async #phone(name, email, dice) {
    const secret = 100 + this.lines.length;
    const file = join(this.#folder, `${secret}.db`);
    return new Phone(name, { email, line: await this.#line(), file, secret, dice }, this);
  }

  async #addField(name, type) {
    const scope = { product: PROJECTS };
    return (await this.firm.ask("POST", "/v1/fields", { scope, name, kind: { type }, order: 10 })).id;
  }

  /** Three cards to begin with, and one whose todo becomes overdue a minute before midnight, another at midnight. */
  async #prepare(desk) {
    const { tab, dice } = desk;
    const word = () => dice.word();
    for (let count = 0; count < 3; count += 1) {
      const texts = [word(), word()];
      const due = wall(this.clock.start + dice.between(5, 30) * MINUTE);
      this.pool.set(await addCard(tab, ...texts, due), texts);
      this.ledger.take(desk.name, "begin", texts);
    }
    desk.still = {};
    const { day } = wall(this.midnight - MINUTE);
    for (const time of ["23:59", ""]) {
      const text = word();
      await addCard(tab, word(), text, { day, time });
      desk.still[time] = await todoOf(tab, text);
    }
    this.still.push(...Object.values(desk.still));
  }

  async #work(one, end) {
    await Promise.all([this.#repeat(() => one.act(), end), one.sync && this.#repeat(() => this.#syncNow(one), end)]);
  }

  async #syncNow(phone) {
    await phone.sync();
    await later(phone.dice.between(300, 1_500));
  }

  async #suffer(troubles, dice, end) {
    await this.#repeat(async () => {
      const { name, happen } = troubles.next().value;
      note("%s …", name);
      await happen(dice.between(800, 3_000));
      this.ledger.count(name);
      await later(dice.between(300, 1_200));
    }, end);
  }

  /** Until the clock shows this; what fails ends the hour for all. */
  async #repeat(work, end) {
    while (this.clock.now() < end && !this.#isOver) {
      if (this.#isResting) {
        await later(50);
        continue;
      }
      this.#busy += 1;
      await work().catch((error) => this.#fail(error));
      this.#busy -= 1;
    }
  }

  /** All have put down their hands, and only look. */
  async #seeMidnight() {
    await this.clock.at(this.midnight - REST * this.clock.rate);
    this.#isResting = true;
    while (this.#busy > 0 && !this.#isOver) await later(20);
    await Promise.all(this.desks.map((desk) => this.#watch(desk)));
    this.watchedFrom = this.clock.now();
    await this.clock.at(this.midnight + 2_000 * this.clock.rate);
    for (const desk of this.desks) desk.turned = await desk.tab.run(() => globalThis.turned);
    this.#isResting = false;
  }

  /** Notes by the app's own clock when each of the two todos was shown as overdue. */
  async #watch(desk) {
    await show(desk.tab, "today");
    const isShown = (todo) => {
      if (document.querySelector(`[data-section] [data-todo="${todo}"]`) !== null) return true;
      document.querySelector("[data-do=more]")?.click();
      return false;
    };
    await desk.tab.until(isShown, desk.still[""], "the todo of midnight");
    const watch = (still) => {
      globalThis.turned = {};
      const look = () => {
        for (const [time, todo] of Object.entries(still)) {
          const row = document.querySelector(`[data-section=overdue] [data-todo="${todo}"]`);
          if (row !== null) globalThis.turned[time] ??= Date.now();
        }
      };
      look();
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
    };
    await desk.tab.run(watch, desk.still);
  }
}
