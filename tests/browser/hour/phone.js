// A native phone: the core as a process of its own (`tests/pocket`), which can be killed and started again on its file.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as later } from "node:timers/promises";

import { PASSWORD, PROGRAM } from "../firm.js";
import { PROJECTS, ZONE } from "../office.js";
import { MINUTE, wall } from "./clock.js";
import { deck } from "./dice.js";

const POCKET = join(dirname(PROGRAM), "pocket");

/** What a network does to an exchange. */
const NETWORK = ["unreachable", "server_busy", "elsewhere"];

/** Somebody else was faster: the todo is gone, or closed. */
const OVERTAKEN = /^(not_found|invalid)\./;

export class Phone {
  #running;
  #ids = 0;
  #starts = 0;
  #isSyncing = false;

  /** `around` is what all of the hour share. */
  constructor(name, { email, line, file, secret, dice }, around) {
    Object.assign(this, { name, email, line, file, secret, dice, around });
    this.acts = deck(dice, Object.keys(ACTS));
  }

  start() {
    this.#starts += 1;
    const seed = this.secret * 1_000 + this.#starts;
    const child = spawn(POCKET, [this.file, this.line.address, String(seed)], { stdio: ["pipe", "pipe", "inherit"] });
    const calls = new Map();
    this.#running = { child, calls };
    const broken = (why) => {
      if (this.#running?.child === child) this.#running = undefined;
      for (const { reject } of calls.values()) reject(this.#broken(why));
    };
    child.on("error", ({ message }) => broken(message));
    child.on("exit", () => broken("ended"));
    child.stdin.on("error", () => {});
    createInterface({ input: child.stdout }).on("line", (line) => {
      // Who is killed in the middle of an answer leaves its beginning.
      if (child.killed && !isWhole(line)) return;
      const { id, value, error } = JSON.parse(line);
      const call = calls.get(id);
      calls.delete(id);
      if (error === undefined) call.resolve(value);
      else call.reject(Object.assign(new Error(`${this.name}: ${JSON.stringify(error)}`), { code: error.code }));
    });
  }

  /** In the middle of whatever it does. */
  async kill() {
    const { child } = this.#running ?? {};
    if (child?.pid === undefined) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  call(what, given = {}) {
    const id = ++this.#ids;
    const said = JSON.stringify({ id, now: this.around.clock.now(), do: what, ...given });
    return new Promise((resolve, reject) => {
      if (this.#running === undefined) return reject(this.#broken("does not run"));
      this.#running.calls.set(id, { resolve, reject });
      this.#running.child.stdin.write(`${said}\n`);
    });
  }

  #broken(why) {
    return Object.assign(new Error(`${this.name}: ${why}`), { isBroken: true });
  }

  async enter() {
    this.start();
    await this.call("signIn", { email: this.email, password: PASSWORD, secret: this.secret });
    await this.call("sync");
  }

  /** Exchanges, as far as the network lets it. */
  async sync() {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    try {
      await this.call("sync");
    } catch (error) {
      if (!error.isBroken && !NETWORK.includes(error.code)) throw error;
    } finally {
      this.#isSyncing = false;
    }
  }

  /** Does what is dealt next. */
  async act() {
    const act = this.acts.next().value;
    const { ledger } = this.around;
    const typed = [];
    const word = () => (typed.push(this.dice.word()), typed.at(-1));
    try {
      const closed = await ACTS[act](this, word);
      ledger.take(this.name, act, typed, closed);
    } catch (error) {
      if (!error.isBroken && !OVERTAKEN.test(error.code)) throw error;
      ledger.miss(this.name, act, error.isBroken ? "broken off" : "overtaken", typed, error);
    }
    await later(this.dice.between(600, 2_000));
  }

  /** A card that is here, and of its open todos the first. */
  async card() {
    const { pool } = this.around;
    const cards = (await this.call("cards")).filter(({ id }) => pool.has(id));
    // None has come yet.
    if (cards.length === 0) throw Object.assign(new Error("there is no card"), { code: "not_found.document" });
    const card = this.dice.pick(cards);
    return { card: card.id, todo: card.todos.find(({ closings }) => closings.length === 0)?.id };
  }

  edit(card, ...edits) {
    return this.call("editCard", { card, edits });
  }
}

const added = (text) => ({ kind: "addTodo", text });

const ACTS = {
  async card(phone, word) {
    const { pool, most } = phone.around;
    if (pool.size >= most) return ACTS.todo(phone, word);
    const { day, time } = wall(phone.around.clock.now() + phone.dice.between(2, 30) * MINUTE);
    const [name, text] = [word(), word()];
    const todo = { ...added(text), due: `${day}T${time}[${ZONE}]` };
    const { id } = await phone.call("createCard", { new: { product: PROJECTS, name, edits: [todo] } });
    pool.set(id, [name, text]);
  },
  async todo(phone, word) {
    await phone.edit((await phone.card()).card, added(word()));
  },
  async close(phone, word) {
    const { card, todo } = await phone.card();
    if (todo === undefined) return ACTS.todo(phone, word);
    await phone.edit(card, { kind: "close", todo, outcome: "success" }, added(word()));
    return { card, todo };
  },
  async postpone(phone, word) {
    const { card, todo } = await phone.card();
    if (todo === undefined) return ACTS.todo(phone, word);
    await phone.edit(card, { kind: "postpone", todo, due: wall(phone.around.clock.now() + 1_440 * MINUTE).day });
  },
  async reword(phone, word) {
    const { card, todo } = await phone.card();
    if (todo === undefined) return ACTS.todo(phone, word);
    await phone.edit(card, { kind: "rewordTodo", todo, text: word() });
  },
  async rename(phone, word) {
    await phone.edit((await phone.card()).card, { kind: "rename", name: word() });
  },
  async note(phone, word) {
    await phone.edit((await phone.card()).card, { kind: "addEntry", sort: "note", text: word() });
  },
  async field(phone, word) {
    const { fields } = phone.around;
    const value = { kind: "text", text: word() };
    await phone.edit((await phone.card()).card, { kind: "setField", field: fields.line, value });
  },
  async text(phone, word) {
    const { card } = await phone.card();
    const { fields } = phone.around;
    await phone.call("weave", { card, field: fields.story, word: word(), place: phone.dice.below(1_000) });
  },
};

function isWhole(line) {
  try {
    return JSON.parse(line) !== undefined;
  } catch {
    return false;
  }
}
