// A todo in seconds, from one line, and what can be said of it beside: with a real core and a real server.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { makeCard, openTodo, sent, show, showCard, signIn, todoOf, undo } from "./app.js";
import { begin, NAMES } from "./browsers.js";
import { Firm } from "./firm.js";
import { day, DESK, PHONE, PROJECTS, ZONE } from "./office.js";

/** By language: the user's locale, a line, and its words without the due. */
const LINES = {
  en: ["en-GB", "call Nova Ltd tomorrow 9:00", "call Nova Ltd"],
  hu: ["hu-HU", "holnap 9:00 felhívni a Nova Kft.-t", "felhívni a Nova Kft.-t"],
  ro: ["ro-RO", "sună la Nova SRL mâine la 9:00", "sună la Nova SRL"],
};

describe("A todo in seconds", { skip: !NAMES.includes("Chromium") }, () => {
  let firm;
  let browser;
  let anna;

  before(async () => {
    firm = await Firm.begin();
    browser = begin("Chromium");
    anna = await enter(browser);
  });
  after(async () => {
    await browser?.end();
    await firm?.end();
  });
  beforeEach(async () => {
    await anna.page.setViewportSize(PHONE);
    await show(anna, "today");
  });
  afterEach(() => assert.deepEqual(browser.complaints.splice(0), []));

  async function enter(browser, email = undefined) {
    const tab = await browser.tab(firm.address);
    await signIn(tab, email);
    await sent(tab);
    return tab;
  }

  for (const [language, [locale, line, words]] of Object.entries(LINES)) {
    test(`A line in ${language} is a todo with its due, on Today of that day`, async () => {
      const user = await firm.hire(`User-${language}`, "user", locale);
      const own = begin("Chromium");
      try {
        const tab = await enter(own, user.email);
        await tab.run((language) => localStorage.setItem("roadbook/language", language), language);
        await tab.reload();
        await openQuickAdd(tab);
        await tab.fill("[name=line]", line);
        const due = `${day(1)}T09:00[${ZONE}]`;
        await tab.see(`.reading[data-due="${due}"] [data-words]`, words);
        assert.equal(await tab.text("[data-words]"), words);
        await tab.press("Enter");
        await tab.see("[data-sheet] [data-undo=true]", words);
        await closeSheet(tab);
        await show(tab, `today?from=${day(1)}&to=${day(1)}`);
        await tab.see("[data-section=later] [data-todo]", words);
        await tab.see(`[data-todo] [data-due="${due}"]`);
        assert.deepEqual(own.complaints, []);
      } finally {
        await own.end();
      }
    });
  }

  test("A due that is none is refused, and the line is the todo", async () => {
    const line = "Read the minutes of tomorrow";
    await openQuickAdd(anna);
    await anna.fill("[name=line]", "Sing Tomorrow, tomorrow");
    await anna.see(`.reading[data-due="${day(1)}"]`);
    await anna.click("[data-do=as-text]");
    await anna.see('.reading[data-due=""] [data-words]', "Sing Tomorrow, tomorrow");
    const inbox = await anna.attribute("[data-places]", "data-places");
    await anna.press("Enter");
    await anna.see("[data-sheet] [data-undo=true]", "Sing Tomorrow, tomorrow");
    // What is in doubt stays text by itself, and the next line is read again.
    await anna.fill("[name=line]", line);
    await anna.see('.reading[data-due=""] [data-words]', line);
    await anna.fill("[name=line]", "Sing tomorrow");
    await anna.see(`.reading[data-due="${day(1)}"]`);
    await anna.fill("[name=line]", "");
    await closeSheet(anna);
    await showCard(anna, inbox);
    const todo = await todoOf(anna, "Sing Tomorrow, tomorrow");
    assert.equal(await anna.count(`[data-section=todos] [data-todo="${todo}"] [data-due]`), 0);
  });

  test("A card that the line names is offered, and the sheet stays for the next line", async () => {
    const card = await makeCard(anna, "Bistro Casa Verde", "", undefined, PROJECTS);
    await openQuickAdd(anna);
    await anna.fill("[name=line]", "write to Casa Verde about beans tomorrow");
    await anna.click(`[data-place="${card}"]`);
    await anna.see(`[data-places="${card}"]`);
    await anna.click("[data-do=quick-add]");
    await anna.see("[data-sheet] [data-undo=true]", "write to Casa Verde about beans");
    await anna.gone(`[data-places="${card}"]`);
    await anna.fill("[name=line]", "taste the beans");
    await anna.press("Enter");
    await anna.see("[data-sheet] [data-undo=true]", "taste the beans");
    await undo(anna);
    await closeSheet(anna);
    await showCard(anna, card);
    await anna.see(`[data-section=todos] [data-due="${day(1)}"]`);
    assert.equal(await anna.count("[data-section=todos] [data-todo]"), 1);
    await show(anna, "search?text=taste");
    await anna.see('[data-found="taste"]');
    assert.equal(await anna.count("[data-section=todos]"), 0);
  });

  test("Another card is looked for by its name", async () => {
    const card = await makeCard(anna, "Mill of the valley", "", undefined, PROJECTS);
    await openQuickAdd(anna);
    await anna.fill("[name=line]", "fetch flour");
    await anna.click("[data-do=other-card]");
    await anna.fill("[name=find]", "nothing of the kind");
    await anna.see("fieldset [role=status]", "nothing of the kind");
    await anna.fill("[name=find]", "vall mil");
    await anna.click(`[data-place="${card}"]`);
    await anna.click("[data-do=quick-add]");
    await anna.see("[data-sheet] [data-undo=true]", "Mill of the valley");
    await closeSheet(anna);
    await showCard(anna, card);
    await anna.see("[data-section=todos] [data-todo]", "fetch flour");
  });

  test("A line that was not stored is there again after a reload, with its card", async () => {
    const card = await makeCard(anna, "Draft of a line", "", undefined, PROJECTS);
    await openQuickAdd(anna);
    await anna.fill("[name=line]", "Draft of a line tomorrow");
    await anna.click(`[data-place="${card}"]`);
    await anna.click("[data-do=as-text]");
    await anna.reload();
    await openQuickAdd(anna);
    await anna.see('.reading[data-due=""] [data-words]', "Draft of a line tomorrow");
    await anna.see(`[data-places="${card}"]`);
    assert.equal(await anna.run(() => document.querySelector("[name=line]").value), "Draft of a line tomorrow");
    await anna.click("[data-do=take-due]");
    await anna.press("Enter");
    await anna.see("[data-sheet] [data-undo=true]", "Draft of a line");
    await closeSheet(anna);
    await showCard(anna, card);
    await anna.see(`[data-section=todos] [data-due="${day(1)}"]`);
  });

  test("The key opens it on every screen, and over no other sheet", async () => {
    await anna.page.setViewportSize(DESK);
    for (const screen of ["today", `board/${PROJECTS}`, "people", "search", "more"]) {
      await show(anna, screen);
      await anna.see("[data-do=quick-add-open]");
      await anna.press("Alt+q");
      await anna.see("dialog[open] [name=line]");
      const isFocused = () => document.activeElement === document.querySelector("[name=line]");
      await anna.until(isFocused, undefined, "the focus in the line");
      await anna.press("Alt+q");
      assert.equal(await anna.count("dialog"), 1);
      assert.equal(await anna.run(() => document.querySelector("[name=line]").value), "");
      await anna.press("Escape");
      await anna.gone("dialog");
    }
  });

  test("A todo that comes again is followed by its next one when it is closed, until that is undone", async () => {
    const card = await makeCard(anna, "Series", "Water the plants", undefined, PROJECTS);
    const todo = await todoOf(anna, "Water the plants");
    await showCard(anna, card);
    await detail(anna, todo, () => anna.choose("[name=repeat]", "1 week"));
    const row = `[data-section=todos] [data-todo="${todo}"]`;
    await anna.see(`${row} [data-repeat="1 week"]`);

    await openTodo(anna, todo, "close");
    await anna.see("[data-series=goes-on]");
    await anna.click("[name=outcome][value=none]");
    await anna.see("[data-series=ends]");
    await anna.click("[name=outcome][value=success]");
    await anna.see("[data-series=goes-on]");
    await anna.click("[data-do=close-with]");
    await anna.gone(row);
    const next = `[data-section=todos] [data-todo]:has([data-due="${day(7)}"]):has([data-repeat="1 week"])`;
    await anna.see(next, "Water the plants");
    assert.equal(await anna.count("[data-section=todos] [data-todo]"), 1);
    await undo(anna);
    await anna.see(row);
    await anna.gone(next);
    assert.equal(await anna.count("[data-section=todos] [data-todo]"), 1);

    await openTodo(anna, todo, "close");
    await anna.click("[name=outcome][value=none]");
    await anna.click("[data-do=close-with]");
    await anna.see("[data-section=todos] [data-nothing]");
  });

  test("What is said of a todo beside its words is there after a reload, and can be taken back", async () => {
    const card = await makeCard(anna, "Details", "Bring the samples", undefined, PROJECTS);
    const todo = await todoOf(anna, "Bring the samples");
    await showCard(anna, card);
    await detail(anna, todo, async () => {
      await anna.fill("[name=description]", "Three roasts.");
      await anna.press("Enter");
      await anna.page.keyboard.type("The dark one, too.");
      await anna.click("[name=urgent]");
      await anna.set("[name=planned]", day(2));
      await anna.choose("[name=repeat]", "other");
      await anna.fill("[name=every]", "3");
      await anna.choose("[name=unit]", "month");
    });
    const row = `[data-section=todos] [data-todo="${todo}"]`;
    const seen = async () => {
      await anna.see(`${row} [data-urgent]`);
      await anna.see(`${row} [data-planned="${day(2)}"]`);
      await anna.see(`${row} [data-repeat="3 month"]`);
      await anna.see(`${row} summary`, "Three roasts.");
    };
    await seen();
    await anna.reload();
    await seen();
    await openTodo(anna, todo, "details");
    await anna.see("[data-form=todo-details] [name=every]");
    const held = (names) => names.map((name) => document.querySelector(`[data-sheet] [name=${name}]`).value);
    assert.deepEqual(await anna.run(held, ["description", "planned", "every", "unit"]), [
      "Three roasts.\nThe dark one, too.", day(2), "3", "month",
    ]);
    await closeSheet(anna);
    // The line of the history that the form has made.
    assert.equal(await anna.count("[data-change]:first-child > p:not(.head)"), 4);

    await detail(anna, todo, () => anna.click("[name=urgent]"));
    await anna.gone(`${row} [data-urgent]`);
    await undo(anna);
    await seen();
  });

  test("Details that were not stored are there again after a reload", async () => {
    const card = await makeCard(anna, "Details", "Weigh the sacks", undefined, PROJECTS);
    const todo = await todoOf(anna, "Weigh the sacks");
    await showCard(anna, card);
    await openTodo(anna, todo, "details");
    await anna.fill("[name=description]", "Ten of them");
    await anna.reload();
    await openTodo(anna, todo, "details");
    await anna.see("[name=description]");
    assert.equal(await anna.run(() => document.querySelector("[name=description]").value), "Ten of them");
    await anna.click("[data-do=save-details]");
    await anna.see(`[data-section=todos] [data-todo="${todo}"] [data-description]`, "Ten of them");
  });
});

async function openQuickAdd(tab) {
  await tab.click("[data-do=quick-add-open]");
  await tab.see("[data-sheet] [data-place]");
}

async function closeSheet(tab) {
  await tab.click("[data-do=close-sheet]");
  await tab.gone("[data-sheet]");
}

/** Opens the details of a todo, edits them, and stores them. */
async function detail(tab, todo, edit) {
  await openTodo(tab, todo, "details");
  await tab.see("[data-form=todo-details]");
  await edit();
  await tab.click("[data-do=save-details]");
  await tab.gone("[data-sheet]");
}
