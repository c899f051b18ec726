// A list of any length: how many of its rows are in the page, and how often the core is asked for more of them.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { scroll } from "./bench/page.js";
import { begin, NAMES } from "./browsers.js";
import { FakeCore } from "./fake-core.js";
import { lies, ZULU } from "./lies.js";

const ROWS = 10_000;
/** How many rows a call brings, and how many are in the page at most (`app/src/lib/window.ts`). */
const [PAGE, MOST] = [50, 60];

describe("A list of 10,000 rows", { skip: !NAMES.includes("Chromium") }, () => {
  let core;
  let browser;
  let tab;

  before(async () => {
    const answers = lies();
    const [card] = answers.board({ limit: 1 }).cards;
    const cards = (offset, limit) => {
      const count = Math.max(0, Math.min(limit, ROWS - offset));
      return Array.from({ length: count }, (_, place) => ({ ...card, id: `card-${offset + place}` }));
    };
    const board = ({ offset, limit }) => ({ ...answers.board({ limit }), cards: cards(offset, limit), matching: ROWS });
    core = await FakeCore.begin({ ...answers, board });
    browser = begin("Chromium");
    tab = await browser.tab(`${core.address}/#/board/${ZULU}`);
    await tab.see("[data-row] [data-card]");
  });
  after(async () => {
    await browser?.end();
    await core?.end();
  });

  /** Where the pages begin that were asked for since. */
  const asked = (since) => {
    const pages = core.callsOf("board").map(([query]) => query).filter(({ limit }) => limit > 0);
    for (const { offset, limit } of pages) assert.ok(offset % PAGE === 0 && limit === PAGE, `${offset}, ${limit}`);
    return pages.slice(since).map(({ offset }) => offset);
  };
  const rest = () => tab.until(() => document.querySelector("[data-row][aria-busy=true]") === null, undefined, "rows");

  test("Scrolled through, it has at most 60 rows in the page and asks once for each 50", async () => {
    const since = asked(0).length;
    // So fast that a page is passed in some frames, and so slow that each is in sight.
    const { most, last } = await tab.run(scroll, { frames: 400, by: 80 });
    await rest();
    assert.ok(last > 4 * PAGE, `only ${last} rows were passed`);
    assert.ok(most <= MOST, `${most} rows are in the page`);
    const pages = asked(since);
    assert.equal(new Set(pages).size, pages.length, `a page was asked for again: ${pages}`);
    assert.ok(pages.length <= Math.ceil((last + MOST) / PAGE), `${pages.length} calls for ${last} rows`);
  });

  test("Leapt to its end, it asks for what is in sight and for nothing between", async () => {
    const since = asked(0).length;
    await tab.run(() => scrollTo(0, document.documentElement.scrollHeight));
    await tab.see(`[data-row="${ROWS - 1}"] [data-card]`);
    await rest();
    assert.ok((await tab.count("[data-row]")) <= MOST);
    const pages = asked(since);
    assert.ok(pages.length <= 3 && pages.every((offset) => offset >= ROWS - 3 * PAGE), String(pages));
  });
});
