// The line of one browser or phone to the server: a proxy that can be cut, that can fall silent, and that can lose what
// the server answers to a request that it has taken.

import { once } from "node:events";
import { connect, createServer } from "node:net";

export class Line {
  #server;
  #pairs = new Set();
  #state = "open";
  /** Where the server is found. */
  address;
  /** How often an access token was replaced over it. */
  refreshes = 0;

  /** A line to a port of this machine, where nobody need listen yet. */
  static async to(port) {
    const line = new Line();
    line.#server = createServer((near) => line.#carry(near, port)).listen(0, "127.0.0.1");
    await once(line.#server, "listening");
    line.address = `http://127.0.0.1:${line.#server.address().port}`;
    return line;
  }

  /** Breaks all connections, and lets none come about. */
  cut() {
    this.#state = "cut";
    for (const pair of [...this.#pairs]) pair.end();
  }

  /** Connections stay, and nothing comes through. What was said meanwhile comes late. */
  stall() {
    this.#state = "stalled";
    for (const { near, far } of this.#pairs) for (const end of [near, far]) end.pause();
  }

  /** The server hears all, and no answer comes back. */
  deafen() {
    this.#state = "deaf";
  }

  mend() {
    const was = this.#state;
    this.#state = "open";
    for (const pair of [...this.#pairs]) {
      // Of an answer in part nothing can be made.
      if (was === "deaf") pair.end();
      else for (const end of [pair.near, pair.far]) end.resume();
    }
  }

  async end() {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #carry(near, port) {
    if (this.#state === "cut") return void near.destroy();
    const far = connect(port, "127.0.0.1");
    const end = () => {
      near.destroy();
      far.destroy();
      this.#pairs.delete(pair);
    };
    const pair = { near, far, end };
    this.#pairs.add(pair);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on("error", end);
      socket.on("close", end);
    }
    near.on("data", (bytes) => {
      this.refreshes += bytes.toString("latin1").split("POST /v1/refresh ").length - 1;
      far.write(bytes);
    });
    far.on("data", (bytes) => this.#state === "deaf" || near.write(bytes));
    if (this.#state === "stalled") for (const socket of [near, far]) socket.pause();
  }
}
