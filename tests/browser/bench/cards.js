// A firm with many cards, brought in as a firm's own customers would be: `roadbook import` of a table.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { promisify } from "node:util";

import { environment, Firm, PROGRAM } from "../firm.js";

/** How many share the cards: each has their own part of the work on Today. */
const USERS = 50;

/** The firm; in a folder that is kept, if one is named, for the next run. */
export async function firmOf(count, kept) {
  if (kept !== undefined && existsSync(`${kept}/customers.csv`)) return Firm.again(kept);
  if (kept !== undefined) mkdirSync(kept, { recursive: true });
  const firm = await Firm.begin(kept);
  for (let place = 1; place < USERS; place++) await firm.hire(`user${place}`, "user", "en-GB");
  const file = firm.write("all.csv", table(count));
  await promisify(execFile)(PROGRAM, ["import", file, ...firm.account], { env: environment(), maxBuffer: 1 << 28 });
  // Written last: only a firm that has all its cards is used again.
  firm.write("customers.csv", table(1));
  return firm;
}

/**
 * The CPU time of a native phone's first sync, in milliseconds: a dry run of an import signs in, takes everything, and
 * looks at one row. Less than nothing is left out: the start of the program and the sign-in are in it.
 */
export async function nativeSync(firm, program) {
  const row = firm.write("row.csv", table(1));
  const command = [program, "import", row, "--dry-run", ...firm.account];
  const timed = ["-c", 'TIMEFORMAT="%U %S"; time "$@" >/dev/null', "time", ...command];
  const { stderr } = await promisify(execFile)("bash", timed, { env: environment() });
  const [user, system] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return (user + system) * 1000;
}

/** Customers with a phone, an email and a note; every fifth belongs to a firm that several do. */
function table(count) {
  const rows = Array.from({ length: count }, (_, place) => row(place).join(","));
  return ["id,Name,Company,Email,Phone,Owner,Note,Last contact", ...rows].join("\n");
}

function row(place) {
  const [given, family] = [GIVEN, FAMILY].map((names, at) => names[(place * (7 + 6 * at)) % names.length]);
  const company = place % 5 === 0 ? `${FAMILY[place % 13]} ${TRADES[place % TRADES.length]} ${place % 400}` : "";
  const owner = place % USERS === 0 ? "anna@example.com" : `user${place % USERS}@example.com`;
  const words = [3, 5, 11, 17, 23, 29, 37, 41].map((step) => WORDS[(place * step + step) % WORDS.length]);
  const day = new Date(Date.now() - ((place % 90) + 1) * 86_400_000).toISOString().slice(0, 10);
  const mail = `${given}.${family}.${place}@example.com`.toLowerCase();
  return [place + 1, `${given} ${family}`, company, mail, phoneOf(place), owner, words.join(" "), day];
}

/** Unlike that of every other customer. */
export const phoneOf = (place) => `+36 30 ${String(1_000_000 + place).replace(/(\d{3})(\d{4})/, "$1 $2")}`;

const list = (text) => text.split(" ");
export const GIVEN = list("Anna Boris Carla Dmitri Elena Farid Gita Henrik Ines Jonas Katya Lars Maria Olga Pavel");
export const FAMILY = list("Almeida Brandt Castro Dahl Egorov Ferrari Garcia Hansen Ivanova Jensen Kovacs Weber");
const TRADES = list("Trading Logistics Works Stores Foods Energy Printing Metals Clinics Farms Motors");
export const WORDS = list(
  "account advance approve arrange balance batch branch budget buyer campaign carrier catalogue colour confirm " +
    "contract copy credit deadline delivery demand depot detail discount district draft driver duty engineer enquiry " +
    "estimate event exchange finance fleet forecast freight garage goods harbour invoice launch lease margin",
);
