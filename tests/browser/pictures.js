// Takes the pictures of docs/pictures: the twelve main screens at the widths of a phone, a tablet and a desk, on the
// firm of the demonstration. Run by hand after a change that is seen; then look at each of them.
//
//   node pictures.js [FOLDER]

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { begin } from "./browsers.js";
import { beginDemo, PHONES, phonesOf, turn } from "./demo.js";
import { palette } from "./palette.js";

const FOLDER = process.argv[2] ?? fileURLToPath(new URL("../../docs/pictures", import.meta.url));
const SIZES = [[360, 740], [768, 1024], [1440, 900]];
const CARD = "Bistro Casa Verde";

/** By name: where it is, what is seen there last, and what is done there first. */
const OF_ANNA = {
  today: { path: "#/today", seen: "[data-quick=recents] [data-document]" },
  todo: {
    path: "#/today",
    seen: "[data-section=dueToday] [data-todo]",
    async reach(tab) {
      await tab.click("[data-section=dueToday] [data-do=todo-more]");
      await tab.click("[data-part=close] summary");
      await tab.fill("[data-part=close] [name=next]", "Call about the delivery");
      await tab.see("[data-part=close] [data-choice]");
    },
  },
  board: { path: "#/today", seen: "[data-nav=board]", reach: toSales },
  move: {
    path: "#/today",
    seen: "[data-nav=board]",
    async reach(tab) {
      await toSales(tab);
      await tab.click("[data-row] [data-do=move]");
      await tab.see("[data-sheet] [data-to]");
    },
  },
  card: { path: `#/search?text=${encodeURIComponent(CARD)}`, seen: "[data-section=cards] a", reach: toCard },
  contact: {
    path: `#/search?text=${encodeURIComponent(CARD)}`,
    seen: "[data-section=contacts] [data-contact]",
    async reach(tab) {
      await tab.click("[data-section=contacts] [data-contact] a");
      await tab.see("[data-section=history] [data-change]");
      await tab.see("[data-section=cards] [data-card]");
    },
  },
  people: { path: "#/people", seen: "main [data-contact]" },
  search: { path: "#/search?text=ca", seen: "[data-section=todos] [data-todo]" },
  settings: {
    path: "#/more/settings-products",
    seen: "main [data-product]",
    async reach(tab) {
      await tab.click("main [data-product] a");
      await tab.click("[data-page=settings-statuses]");
      await tab.see("main [data-status]");
    },
  },
  sync: { path: "#/more/sync", seen: "[data-kept]" },
};
const OF_BELA = { quarantine: { path: "#/more/quarantine", seen: "main [data-edit]" } };
const OF_NOBODY = { begin: { path: "", seen: "[data-do=begin]" } };

const demo = await beginDemo();
const browser = begin("Chromium");
try {
  mkdirSync(FOLDER, { recursive: true });
  const page = await browser.tab(demo.address);
  const phones = await phonesOf(page);
  await quarrel(page, phones);
  await refuse(page, phones.bela);
  const [anna, bela] = await Promise.all(PHONES.map((phone) => phones[phone].run(() => location.origin)));
  const tab = await browser.tab(anna);
  // It stands above Today, and would be in each picture of it.
  await tab.run(() => localStorage.setItem("roadbook/install-dismissed", "1"));
  await take(tab, anna, OF_ANNA);
  await take(tab, bela, OF_BELA);
  await take(tab, anna.replace("anna.", "nobody."), OF_NOBODY);
} finally {
  await browser.end();
  demo.program.kill("SIGINT");
}

async function take(tab, address, screens) {
  for (const [name, { path, seen, reach }] of Object.entries(screens)) {
    for (const [width, height] of SIZES) {
      await tab.page.setViewportSize({ width, height });
      // Else it would be the same page, with another hash.
      await tab.go("about:blank");
      await tab.go(`${address}/${path}`);
      await tab.see(seen);
      await reach?.(tab);
      await tab.run(() => document.fonts.ready.then(() => document.activeElement?.blur()));
      const picture = await tab.page.screenshot({ animations: "disabled" });
      writeFileSync(join(FOLDER, `${name}-${width}.png`), palette(picture));
    }
  }
}

/** Both write the expected value of a card without a network. */
async function quarrel(page, phones) {
  for (const phone of PHONES) await turn(page, phone, true);
  for (const [phone, value] of Object.entries({ anna: "3600", bela: "3350" })) {
    await open(phones[phone], CARD);
    await setAmount(phones[phone], value);
  }
  for (const phone of PHONES) await turn(page, phone, false);
  for (const phone of PHONES) await page.see(`[data-phone=${phone}][data-unsent="0"]`);
  await page.see("[data-equal=true]");
}

/** Somebody whose rights were taken away meanwhile throws the card of another away. */
async function refuse(page, bela) {
  await turn(page, "bela", true);
  await open(bela, "Malom");
  await bela.click("[data-do=trash]");
  await bela.see("[data-trash]");
  await page.click("[data-do=restrict]");
  await page.see("[data-do=allow]");
  await turn(page, "bela", false);
  await page.see("[data-phone=bela] [data-refused]");
  await page.click("[data-do=allow]");
  await page.see("[data-equal=true]");
}

async function open(phone, name) {
  await phone.run((name) => void (location.hash = `#/search?text=${encodeURIComponent(name)}`), name);
  await toCard(phone);
}

async function toCard(tab) {
  await tab.click("[data-section=cards] a");
  await tab.see("[data-section=history] [data-change]");
}

async function toSales(tab) {
  const product = await tab.run(() => document.querySelector("nav [data-nav=board]").getAttribute("href"));
  await tab.run((product) => void (location.hash = product), product);
  await tab.see("[data-row] [data-card]");
}

/** Of the amount of a card; stored when the focus leaves it. */
async function setAmount(tab, value) {
  await tab.fill("[data-kind=amount] input", value);
  await tab.page.keyboard.press("Enter");
  await tab.see("[data-undo=true]");
}
