// The table of figures, as the other benchmarks print it.

import { availableParallelism, loadavg } from "node:os";

const number = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 1 ? 1 : 3));

export class Table {
  #met = 0;
  #missed = [];
  #notes = [];

  constructor(title) {
    console.log(`\n### ${title}\n`);
    console.log(line("what", "figure", "bar", ""));
    console.log(`|${"-".repeat(64)}|${"-".repeat(17)}:|${"-".repeat(10)}:|${"-".repeat(8)}|`);
  }

  /** One row. A figure without a bar is not judged; one that is no number was not measured, and meets none. */
  row(what, value, unit, bar = undefined, measured = undefined) {
    const isMet = bar !== undefined && value <= bar;
    const verdict = bar === undefined ? "" : Number.isFinite(value) ? (isMet ? "met" : "MISSED") : "EMPTY";
    console.log(line(what, Number.isFinite(value) ? `${number(value)} ${unit}` : "", bar && number(bar), verdict));
    if (isMet) this.#met++;
    else if (bar !== undefined) this.#missed.push(`${what}: ${number(value)} ${unit}, bar ${number(bar)}`);
    if (measured !== undefined) this.#notes.push(`${what.trim()}: ${measured}`);
  }

  /** How each was measured, and what was missed; answers whether nothing was. */
  conclude() {
    console.log("\nHow it was measured:\n");
    for (const note of this.#notes) console.log(`- ${note}.`);
    const [load] = loadavg();
    console.log(`\nIn the last minute ${load.toFixed(1)} programs wanted one of ${availableParallelism()} cores.`);
    if (load > availableParallelism()) console.log("Wall time is that of a busy machine: measure it again.");
    console.log(`\n${this.#met} of ${this.#met + this.#missed.length} bars met.`);
    for (const missed of this.#missed) console.log(`- missed: ${missed}`);
    return this.#missed.length === 0;
  }
}

function line(what, figure, bar, verdict) {
  return `| ${what.padEnd(62)} | ${figure.padStart(16)} | ${String(bar ?? "").padStart(9)} | ${verdict.padEnd(6)} |`;
}
