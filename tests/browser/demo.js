// The page of the demonstration: the program that shows it, and the phones on it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { Tab } from "./browsers.js";
import { APP, environment, PROGRAM } from "./firm.js";

export const PHONES = ["anna", "bela"];

/** Starts it; answers the process and the address of the page. SIGINT ends it. */
export async function beginDemo() {
  const program = spawn(PROGRAM, ["demo", "--app", APP], { stdio: ["ignore", "pipe", "inherit"], env: environment() });
  const [line] = await once(createInterface({ input: program.stdout }), "line");
  return { program, address: /http:\S+/.exec(line)[0] };
}

/** Waits until both phones are at work; answers them by name, each driven as a tab. */
export async function phonesOf(tab) {
  for (const phone of PHONES) await tab.see(`[data-phone=${phone}][data-stage=work]`);
  await tab.see("[data-equal=true]");
  return Object.fromEntries(PHONES.map((phone) => [phone, framed(tab, phone)]));
}

/** Presses the switch of a phone's network. */
export async function turn(tab, phone, isCut) {
  await tab.click(`[data-phone=${phone}] [data-do=cut]`);
  await tab.see(`[data-phone=${phone}] [data-do=cut][aria-checked=${isCut}]`);
}

function framed({ page }, phone) {
  const frame = page.frames().find((frame) => new URL(frame.url()).hostname.startsWith(`${phone}.`));
  return new Tab({
    evaluate: (work, argument) => frame.evaluate(work, argument),
    click: (selector) => frame.click(selector),
    keyboard: page.keyboard,
  });
}
