// Today, quick add and the sheet of a todo on a core that lies: they show what it says, in its order and with its
// classes, totals and words, however absurd.

import assert from "node:assert/strict";
import { test } from "node:test";

import { all, asked, core, isThere, liesAbout, open, settled, tab, texts } from "./liar.js";
import { CHOICES, FOUND, INBOX, QUICK, TODAY } from "./lies.js";

liesAbout("Today and todos", () => {
  const today = () => all("main [data-todo]", "todo");
  const inOrder = TODAY.map(([id]) => id);

  test("Today has the core's order, classes and totals", async () => {
    await open("today", "[data-todo=todo-6]");
    assert.deepEqual(await today(), inOrder);
    assert.deepEqual(await all("main [data-todo]", "class"), TODAY.map(([, shown]) => shown));
    // Under each heading stand those that follow each other.
    assert.deepEqual(await all("section[data-section]", "section"), TODAY.map(([, shown]) => shown));
    for (const [name, total] of Object.entries({ overdue: 0, today: 41, closed: -3, postponed: 1_000_000 })) {
      assert.equal(Number(await tab.text(`[data-total=${name}] dd`)), total, name);
    }
    assert.ok(await isThere("[data-do=more]"), "12,339 more are told of");
  });

  test("On a phone one plus adds a todo; a new card has words, and the keyboard comes to its form by them", async () => {
    await open("today", "[data-todo=todo-6]");
    await tab.see("[data-do=to-new-card]");
    const plusses = () =>
      [...document.querySelectorAll("button:has(svg)")]
        .filter((button) => button.checkVisibility())
        .map(({ dataset }) => dataset.do);
    assert.deepEqual(await tab.run(plusses), ["quick-add-open"]);
    assert.notEqual(await tab.text("[data-do=to-new-card]"), "");
    await tab.run(() => document.querySelector("[data-do=to-new-card]").focus());
    await tab.press("Enter");
    await tab.see("[data-form=add] :focus");
  });

  test("A todo is coloured by its class, whatever its due", async () => {
    await open("today", "[data-todo=todo-6]");
    const looks = await tab.run(() =>
      [...document.querySelectorAll("main [data-todo]")].map((todo) => {
        const { color, fontWeight } = getComputedStyle(todo.querySelector("[dir=auto]"));
        return `${color} ${fontWeight}`;
      }),
    );
    const byClass = new Map(TODAY.map(([, shown], at) => [shown, looks[at]]));
    assert.deepEqual(looks, TODAY.map(([, shown]) => byClass.get(shown)));
    assert.equal(new Set(looks).size, 3);
  });

  test("That there is nothing to do today the core says, not the number of todos that it tells", async () => {
    core.answers.today = { ...core.answers.today, todos: [], matching: 5 };
    await open("today", "[data-total=today]");
    await settled();
    assert.ok(!(await isThere("[data-nothing]")));
    core.answers.today = { ...core.answers.today, matching: 0 };
    await open("today", "[data-nothing]");
  });

  test("A todo that was closed or put off stays where the core goes on telling of it", async () => {
    await open("today", "[data-todo=todo-6]");
    const before = core.callsOf("today").length;
    await tab.click("[data-todo=todo-3] [data-do=close]");
    const [card, edits] = await asked("editCard");
    assert.equal(card, "card-b");
    assert.deepEqual(edits, [{ kind: "close", todo: "todo-3", outcome: "success" }]);
    await asked("today", before + 1);
    await tab.see("[data-undo=true]");
    await settled();
    assert.deepEqual(await today(), inOrder);

    await tab.click("[data-todo=todo-2] [data-do=postpone]");
    const [, put] = await asked("editCard", 2);
    assert.deepEqual(put, [{ kind: "postpone", todo: "todo-2", due: CHOICES[1].due }]);
    await settled();
    assert.deepEqual(await today(), inOrder);
  });

  test("The times to put a todo off to are the core's, in its order", async () => {
    await open("today", "[data-todo=todo-6]");
    await tab.click("[data-todo=todo-1] [data-do=todo-more]");
    await tab.see(`[data-sheet] [data-choice=${CHOICES[2].kind}]`);
    assert.deepEqual(await all("[data-sheet] [data-do=postpone-to]", "choice"), CHOICES.map(({ kind }) => kind));
    await tab.click("[data-sheet] [data-do=postpone-to][data-choice=nextMonday]");
    const [, put] = await asked("editCard");
    assert.deepEqual(put, [{ kind: "postpone", todo: "todo-1", due: CHOICES[0].due }]);
  });

  /** Opens quick add, and types a line. */
  async function quickly(line) {
    await tab.click("[data-do=quick-add-open]");
    await tab.fill("[name=line]", line);
    await tab.see("[data-words]");
  }

  test("Of a line the due and the words are the core's, whatever stands there, and so are the cards", async () => {
    await open("today", "[data-todo=todo-6]");
    await quickly("buy milk, no hurry");
    assert.deepEqual(await texts("[data-words]"), [QUICK.text]);
    assert.deepEqual(await all(".reading", "due"), [QUICK.due]);
    // Found, and then opened last; each once, and no contact.
    const places = [INBOX, ...FOUND.cards, "card-m"];
    await tab.see(`[data-place=${places.at(-1)}]`);
    await settled();
    assert.deepEqual(await all("[data-place]", "place"), places);
    assert.deepEqual(await texts("[data-place]"), places.map((id) => `Name of ${id}`));
    assert.deepEqual(await all("[data-places]", "places"), [INBOX]);
    await tab.press("Enter");
    assert.deepEqual(await asked("editCard"), [INBOX, [{ kind: "addTodo", text: QUICK.text, due: QUICK.due }]]);
    // It stays open for the next line.
    await tab.see("[data-sheet] [data-undo=true]");
    assert.equal(await tab.run(() => document.querySelector("[name=line]").value), "");

    core.answers.quickTodo = { text: "Other words", due: null };
    await tab.fill("[name=line]", "tomorrow 10:00");
    await tab.see("[data-words]", "Other words");
    assert.deepEqual(await all(".reading", "due"), [""]);
    assert.ok(!(await isThere("[data-do=as-text]")));
    await tab.press("Enter");
    const [, edits] = await asked("editCard", 2);
    assert.deepEqual(edits, [{ kind: "addTodo", text: "Other words", due: null }]);
  });

  test("A line whose due the user refuses is a todo as it was typed, on the card that they choose", async () => {
    await open("today", "[data-todo=todo-6]");
    await quickly("tomorrow 9:00");
    await tab.click("[data-do=as-text]");
    assert.deepEqual(await texts("[data-words]"), ["tomorrow 9:00"]);
    assert.deepEqual(await all(".reading", "due"), [""]);
    await tab.click("[data-do=take-due]");
    await tab.click("[data-do=as-text]");
    await tab.click("[data-place=card-k]");
    await tab.see("[data-places=card-k]");
    await tab.click("[data-do=quick-add]");
    const edit = { kind: "addTodo", text: "tomorrow 9:00", due: null };
    assert.deepEqual(await asked("editCard"), ["card-k", [edit]]);
    // The next line goes to the inbox again, with its due.
    await tab.see(`[data-places=${INBOX}]`);
    await tab.fill("[name=line]", "tomorrow 9:00");
    await tab.see(`.reading[data-due="${QUICK.due}"]`);
  });

  test("Without an inbox a card is to be chosen", async () => {
    core.answers.inbox = null;
    await open("today", "[data-todo=todo-6]");
    await quickly("buy milk");
    await tab.see("[data-notice=no-inbox]");
    await tab.press("Enter");
    await settled();
    assert.equal(core.callsOf("editCard").length, 0);
    await tab.click("[data-place=card-m]");
    await tab.click("[data-do=quick-add]");
    assert.equal((await asked("editCard"))[0], "card-m");
  });

  test("What there is beside a todo the core says, also what becomes of its series", async () => {
    await open("card/card-b", "[data-change=change-mid]");
    const row = (todo) => `[data-section=todos] li[data-todo=${todo}]`;
    assert.deepEqual(await all("[data-section=todos] [data-repeat]", "repeat"), ["999 year", "1 day"]);
    assert.deepEqual(await all("[data-section=todos] [data-planned]", "planned"), ["2099-12-31"]);
    assert.equal(await tab.count("[data-urgent]"), 1);
    assert.ok(await isThere(`${row("todo-late")} [data-urgent]`));
    assert.equal(await tab.text(`${row("todo-late")} summary[dir]`), "First of many lines");
    await tab.click(`${row("todo-none")} [data-do=todo-more]`);
    await tab.click("[data-part=close] summary");
    await tab.see("[data-series=goes-on]");
    await tab.click("[name=outcome][value=none]");
    await tab.see("[data-series=ends]");
    await tab.click("[data-part=details] summary");
    await tab.click("[data-form=todo-details] [name=urgent]");
    await tab.choose("[name=repeat]", "other");
    await tab.fill("[name=every]", "3");
    await tab.click("[data-do=save-details]");
    assert.deepEqual((await asked("editCard"))[1], [
      { kind: "markUrgent", todo: "todo-none", urgent: true },
      { kind: "repeatTodo", todo: "todo-none", repeat: { every: 3, unit: "day", lateDay: null } },
    ]);
  });

  test("Favourites and recents have the core's order", async () => {
    await open("today", "[data-quick=recents] [data-document=card-b]");
    await tab.see("[data-quick=favourites] [data-document=card-a]");
    const { favourites, recents } = core.answers;
    assert.deepEqual(await all("[data-quick=favourites] [data-document]", "document"), favourites);
    assert.deepEqual(await all("[data-quick=recents] [data-document]", "document"), recents);
  });
});
