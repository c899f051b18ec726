// A real server with an organisation of its own, which hands out the built app.

import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync, openSync, closeSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const PROGRAM = process.env.ROADBOOK_PROGRAM ?? join(ROOT, "target/debug/roadbook");
export const APP = process.env.ROADBOOK_BUILT_APP ?? join(ROOT, "app/dist");

export const EMAIL = "anna@example.com";
export const PASSWORD = "correct horse battery";

export class Firm {
  #folder;
  #isKept;
  #server;
  #token;
  /** Where browsers reach it; the same after a restart. */
  address;
  /** A copy of the built app: a test may make another version of it. */
  app;

  constructor(kept) {
    this.#isKept = kept !== undefined;
    this.#folder = kept ?? mkdtempSync(join(tmpdir(), "roadbook-browser-"));
    this.app = join(this.#folder, "app");
  }

  /** One that was ended before, in a folder of its own. */
  static async again(kept) {
    const firm = new Firm(kept);
    rmSync(firm.app, { recursive: true, force: true });
    cpSync(APP, firm.app, { recursive: true });
    firm.address = `http://127.0.0.1:${await freePort()}`;
    await firm.start();
    return firm;
  }

  /** `kept` is an empty folder, which stays when the firm ends. */
  static async begin(kept = undefined) {
    const firm = new Firm(kept);
    cpSync(APP, firm.app, { recursive: true });
    const password = join(firm.#folder, "password");
    writeFileSync(password, `${PASSWORD}\n`);
    const admin = ["--admin-email", EMAIL, "--admin-password-file", password];
    await firm.#run("init", "--organisation", "Kárpát Kávé", "--zone", "Europe/Budapest", ...admin);
    firm.address = `http://127.0.0.1:${await freePort()}`;
    await firm.start();
    return firm;
  }

  async start() {
    const path = join(this.#folder, "server.log");
    const log = openSync(path, "w");
    const listen = ["--listen", new URL(this.address).host];
    this.#server = spawn(PROGRAM, ["serve", ...listen, "--app", this.app, ...this.#places()], {
      stdio: ["ignore", log, log],
      env: environment(),
    });
    closeSync(log);
    for (;;) {
      if (this.#server.exitCode !== null) throw new Error(`the server ended: ${readFileSync(path, "utf8")}`);
      const answer = await fetch(`${this.address}/health`).catch(() => undefined);
      if (answer?.ok) return;
      await later(50);
    }
  }

  /** Nobody answers any more: to a browser the same as no network. */
  async stop() {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || server.exitCode !== null) return;
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
  }

  /** How often the server answered a route since its start, by status. */
  async answers(route) {
    const counters = await (await fetch(`${this.address}/metrics`)).text();
    const lines = counters.matchAll(/^roadbook_requests_total\{route="([^"]*)",status="(\d+)"\} (\d+)$/gm);
    const ofRoute = [...lines].filter(([, of]) => of === route);
    return Object.fromEntries(ofRoute.map(([, , status, count]) => [status, Number(count)]));
  }

  /** Adds a colleague; answers the link that lets them in once. */
  async invite(email) {
    const names = ["--given-name", "Béla", "--family-name", "Nagy", "--role", "user"];
    const shown = await this.#run("user", "add", email, ...names, "--public-address", this.address);
    return /Link: +(\S+)/.exec(shown)[1];
  }

  /** Brings in so many customers. */
  async import(count) {
    const rows = Array.from({ length: count }, (_, place) => `Customer ${place},customer${place}@example.com`);
    const file = this.write("customers.csv", ["Name,Email", ...rows].join("\n"));
    await promisify(execFile)(PROGRAM, ["import", file, ...this.account], { env: environment() });
  }

  /** Writes a file into the firm's folder; answers where it is. */
  write(name, text) {
    const file = join(this.#folder, name);
    writeFileSync(file, text);
    return file;
  }

  /** By which a program signs in as the administrator. */
  get account() {
    return ["--server", this.address, "--email", EMAIL, "--password-file", join(this.#folder, "password")];
  }

  /** Asks the API as the administrator, who signs in once; answers the body. */
  async ask(method, path, body) {
    this.#token ??= this.#signIn();
    const headers = { Authorization: `Bearer ${await this.#token}`, "Content-Type": "application/json" };
    const answer = await fetch(`${this.address}${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** Adds a colleague who has the password of all; answers their setting. */
  hire(given, role, locale = "hu-HU") {
    const [email, zone] = [`${given.toLowerCase()}@example.com`, "Europe/Budapest"];
    const user = { email, given_name: given, family_name: "Nagy", role, zone, locale, password: PASSWORD };
    return this.ask("POST", "/v1/users", user);
  }

  async end() {
    await this.stop();
    if (!this.#isKept) rmSync(this.#folder, { recursive: true, force: true });
  }

  async #signIn() {
    const device = { platform: "test", name: "test", install_secret: Buffer.alloc(32, 7).toString("base64url") };
    const body = JSON.stringify({ email: EMAIL, password: PASSWORD, device });
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${this.address}/v1/sign-in`, { method: "POST", headers, body });
    return (await answer.json()).access_token;
  }

  #places() {
    return ["--database", `sqlite:${join(this.#folder, "server.db")}`, "--secrets", join(this.#folder, "secrets")];
  }

  async #run(...command) {
    const { stdout } = await promisify(execFile)(PROGRAM, [...command, ...this.#places()], { env: environment() });
    return stdout;
  }
}

/** Runs the last step of the build on a built app whose files were edited. */
export function finish(app) {
  execFileSync(process.execPath, [join(ROOT, "app/build/finish.js"), app]);
}

/** Variables of the machine that runs the tests are none of this server's. */
export function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ROADBOOK_")));
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
