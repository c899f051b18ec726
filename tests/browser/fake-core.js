// The built app on a core of the test's own, which answers whatever the test says. A small server hands out the app
// with another worker's script in it; all else is as it was built.

import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { APP } from "./firm.js";

const WORKER = fileURLToPath(new URL("fake-worker.js", import.meta.url));

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

/** That of `server/src/http/app.rs`. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; " +
  "style-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** Asks to read everything anew. */
export const EVERYTHING = { documents: [], lists: [], everything: true };

/** An answer that never comes, as that of a channel that stays open; `progress` is told meanwhile. */
export const waiting = (progress) => ({ progress, waits: true });

export class FakeCore {
  #server;
  /** What each call answers: a value, or a function of the arguments that answers it or throws `{ code }`. */
  answers;
  /** What was asked so far: `{ call, args }`. */
  asked = [];
  /** Calls that nothing was said of. */
  unknown = new Set();
  address;

  static async begin(answers) {
    const core = new FakeCore();
    core.answers = answers;
    core.#server = createServer((request, response) => void core.#serve(request, response));
    core.#server.listen(0, "127.0.0.1");
    await once(core.#server, "listening");
    core.address = `http://127.0.0.1:${core.#server.address().port}`;
    return core;
  }

  async end() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** The arguments of each such call so far. */
  callsOf(name) {
    return this.asked.filter(({ call }) => call === name).map(({ args }) => args);
  }

  async #serve(request, response) {
    const { pathname } = new URL(request.url, this.address);
    if (request.method === "POST" && pathname === "/core") {
      const parts = [];
      for await (const part of request) parts.push(part);
      const said = JSON.stringify(this.#answer(JSON.parse(Buffer.concat(parts).toString())));
      response.writeHead(200, { "content-type": "application/json" }).end(said);
      return;
    }
    // A service worker that does nothing: it would keep the true worker.
    if (pathname === "/sw.js") return void response.writeHead(200, { "content-type": TYPES[".js"] }).end();
    const isWorker = /^\/assets\/worker-[^/]+\.js$/.test(pathname);
    const path = isWorker ? WORKER : join(APP, normalize(pathname));
    const file = existsSync(path) && statSync(path).isFile() ? path : join(APP, "index.html");
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(readFileSync(file));
  }

  #answer({ call, args }) {
    this.asked.push({ call, args });
    if (!Object.hasOwn(this.answers, call)) {
      this.unknown.add(call);
      return { error: { code: "internal", message: "", detail: `the test answers no ${call}` } };
    }
    const answer = this.answers[call];
    try {
      const value = typeof answer === "function" ? answer(...args) : answer;
      return value?.waits === true ? value : { value };
    } catch (error) {
      if (error.code === undefined) throw error;
      return { error: { message: "", ...error } };
    }
  }
}
