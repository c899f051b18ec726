// A working day in the app, as two colleagues have it.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { makeCard, makePerson, openTodo, put, sent, show, showCard, todoOf, total, undo, write } from "./app.js";
import { NAMES } from "./browsers.js";
import { cut, day, DESK, Office, PROJECTS, SALES } from "./office.js";

describe("A working day", { skip: !NAMES.includes("Chromium") }, () => {
  let office;
  let anna;
  let bela;
  /** A status of projects, which hands out a todo. */
  let status;
  let kinds;
  /** The ids of fields of projects, by their kinds. */
  const fields = {};

  before(async () => {
    office = await Office.open(async ({ firm, colleague }) => {
      kinds = fieldKinds(colleague);
      const todo = { text: "Climb the roof", due_days: 0 };
      const added = { product: PROJECTS, name: "Roof", group: "in_progress", order: 15, todo };
      status = await firm.ask("POST", "/v1/statuses", added);
      for (const [name, { kind }] of Object.entries(kinds)) {
        const scope = { product: PROJECTS };
        fields[name] = (await firm.ask("POST", "/v1/fields", { scope, name, kind, order: 10 })).id;
      }
    });
    ({ anna, bela } = office);
  });
  after(() => office?.close());
  beforeEach(() => office.toToday());
  afterEach(() => office.hearNothing());

  describe("Today", () => {
    test("The days that are chosen are shown, after a reload, too", async () => {
      await makeCard(anna, "Period", "Today's of the period");
      await makeCard(anna, "Period", "Tomorrow's of the period", "tomorrow");
      await anna.see("[data-section=dueToday] [data-todo]", "Today's of the period");
      await anna.gone("[data-todo]", "Tomorrow's of the period");
      await anna.choose("[name=period]", "days");
      await anna.see("[data-period=days]");
      await anna.see("[data-section=later] [data-todo]", "Tomorrow's of the period");
      await anna.gone("[data-todo]", "Today's of the period");
      await anna.reload();
      await anna.see("[data-section=later] [data-todo]", "Tomorrow's of the period");
      await anna.gone("[data-todo]", "Today's of the period");
      await anna.choose("[name=period]", "this-week");
      await anna.see("[data-todo]", "Today's of the period");
      await anna.back();
      await anna.gone("[data-todo]", "Today's of the period");
    });

    test("A todo is closed with its outcome, and what is next is added by the same change", async () => {
      const card = await makeCard(anna, "Closing", "Visit the mill");
      const todo = await todoOf(anna, "Visit the mill");
      const closed = await total(anna, "closed");
      await openTodo(anna, todo, "close");
      await anna.click("[data-form=close-todo] [name=outcome][value=failed]");
      await anna.fill("[data-form=close-todo] [name=next]", "Write to the mill");
      await anna.click("[data-do=close-with]");
      await anna.gone(`[data-todo="${todo}"]`);
      assert.equal(await total(anna, "closed"), closed, "what was closed without success is not counted");
      await showCard(anna, card);
      await anna.see("[data-section=todos] [data-todo][data-class=later]", "Write to the mill");
      await anna.see(`[data-change]:first-child [data-closed="${todo}"][data-outcome=failed]`);
      assert.equal(await anna.count("[data-change]"), 2);
      await undo(anna);
      await anna.see(`[data-section=todos] [data-todo="${todo}"][data-class=dueToday]`);
      await anna.gone("[data-section=todos] [data-todo]", "Write to the mill");
    });

    test("A todo is put off by a tap, a finger, a choice and a date, and each is undone", async () => {
      const card = await makeCard(anna, "Later", "Put this off");
      const todo = await todoOf(anna, "Put this off");
      const row = `[data-section=dueToday] [data-todo="${todo}"]`;
      const postponed = await total(anna, "postponed");
      const ways = {
        tap: () => anna.click(`${row} [data-do=postpone]`),
        finger: () => swipe(anna, row, -180),
        choice: () => anna.click("[data-do=postpone-to][data-choice=nextMonday]"),
        date: async () => {
          await anna.set("[data-form=postpone] [name=due]", "2031-05-06");
          await anna.click("[data-do=postpone-date]");
        },
      };
      const due = { tap: tomorrow(), finger: tomorrow(), choice: nextMonday(), date: "2031-05-06" };
      for (const [name, postpone] of Object.entries(ways)) {
        await show(anna, "today");
        await anna.see(row);
        if (name === "choice" || name === "date") await openTodo(anna, todo, "postpone");
        await postpone();
        await anna.gone(row);
        await anna.see("[data-total=postponed] dd", String(postponed + 1));
        await showCard(anna, card);
        await anna.see(`[data-section=todos] [data-todo="${todo}"] [data-due="${due[name]}"]`);
        await undo(anna);
      }
    });

    test("A finger that draws a todo the other way has done it", async () => {
      await makeCard(anna, "Done", "Done by a finger");
      const todo = await todoOf(anna, "Done by a finger");
      const closed = await total(anna, "closed");
      await swipe(anna, `[data-todo="${todo}"]`, 180);
      await anna.gone(`[data-todo="${todo}"]`);
      await anna.see("[data-total=closed] dd", String(closed + 1));
      await undo(anna);
      await anna.see(`[data-section=dueToday] [data-todo="${todo}"]`);
      await anna.see("[data-total=closed] dd", String(closed));
    });

    test("An act is undone unless a colleague touched the same since", async () => {
      const card = await makeCard(anna, "Undoing", "Taste the roast");
      const todo = await todoOf(anna, "Taste the roast");
      const row = `[data-section=todos] [data-todo="${todo}"]`;
      await sent(anna);
      await showCard(bela, card);

      await anna.click(`[data-todo="${todo}"] [data-do=postpone]`);
      await bela.see(`${row} [data-due="${tomorrow()}"]`);
      await openTodo(bela, todo, "change");
      await bela.fill("[data-form=change-todo] [name=text]", "Taste the dark roast");
      await bela.click("[data-do=change-todo]");
      await showCard(anna, card);
      await anna.see(row, "Taste the dark roast");
      await undo(anna);
      await anna.see(`${row}[data-class=dueToday]`, "Taste the dark roast");

      await anna.click(`${row} [data-do=close]`);
      await bela.click(`[data-closed="${todo}"] [data-do=reopen]`);
      await anna.see(row);
      await anna.click("[data-do=undo]");
      await anna.see('.bar [data-failure="invalid.changed_since"]');
      await anna.click("[data-do=dismiss-undo]");
      await anna.see(row);
      await anna.see("[data-undo=false]");
    });
  });

  describe("The board", () => {
    const row = (card) => `[data-board] [data-card="${card}"]`;
    const inStatus = (card, status) => `${row(card)} [data-status="${status}"]`;

    test("A card is moved by the menu, and the status hands out its todo", async () => {
      const card = await makeCard(anna, "Barn", "", undefined, PROJECTS);
      await show(anna, `board/${PROJECTS}?no-next-step=1`);
      await anna.click(`${row(card)} [data-do=move]`);
      await anna.click(`[data-do=move-to][data-to="${status.id}"]`);
      await anna.gone(row(card));
      await show(anna, `board/${PROJECTS}`);
      await anna.see(inStatus(card, status.id));
      await anna.see(`${row(card)}[data-section=today] [data-next]`, "Climb the roof");
      await show(anna, "today");
      await anna.see("[data-section=dueToday] [data-todo]", "Climb the roof");
      await undo(anna);
      await anna.gone("[data-todo]", "Climb the roof");
    });

    test("A card is moved by the mouse, and counted where it is", async () => {
      const card = await makeCard(anna, "Silo", "", undefined, PROJECTS);
      await anna.page.setViewportSize(DESK);
      await show(anna, `board/${PROJECTS}`);
      const before = await countOf(anna, status.id);
      await anna.page.dragAndDrop(row(card), `[data-status-tree] [data-choose="${status.id}"]`);
      await anna.see(inStatus(card, status.id));
      await anna.see(`[data-status-tree] [data-choose="${status.id}"] [data-count]`, String(before + 1));
      await anna.click(`[data-status-tree] [data-choose="${status.id}"]`);
      await anna.see(`[data-matching="${before + 1}"]`);
      await anna.see(row(card));
    });

    test("Where several ways lead to a status of Sales the user is asked, and where none does told", async () => {
      const card = await makeCard(anna, "Lead", "", undefined, SALES);
      const statuses = await office.firm.ask("GET", "/v1/statuses");
      const fields = await office.firm.ask("GET", "/v1/fields");
      const keyed = (rows, key) => rows.find((row) => row.key === key && JSON.stringify(row).includes(SALES)).id;
      await showCard(anna, card);
      await anna.choose(`[name="${keyed(fields, "qualification")}"]`, "vip");
      await anna.choose(`[name="${keyed(fields, "step")}"]`, "enquiry");
      await show(anna, `board/${SALES}`);
      await anna.see(inStatus(card, keyed(statuses, "vip")));

      await anna.click(`${row(card)} [data-do=move]`);
      await anna.click(`[data-to="${keyed(statuses, "forgotten")}"]`);
      await anna.until(() => document.querySelector("dialog [data-said]").textContent !== "", undefined, "a word");
      await anna.click(`[data-to="${keyed(statuses, "vip_hot")}"]`);
      await anna.see("[data-ways] [data-way='1']");
      assert.equal(await anna.count("[data-way]"), 2);
      await anna.see(inStatus(card, keyed(statuses, "vip")));
      await anna.click("[data-way='1']");
      await anna.see(inStatus(card, keyed(statuses, "vip_hot")));
      await showCard(anna, card);
      const step = await anna.run((name) => document.querySelector(`[name="${name}"]`).value, keyed(fields, "step"));
      assert.equal(step, "negotiating");

      await show(anna, `board/${SALES}`);
      await anna.click(`${row(card)} [data-do=move]`);
      await anna.click(`[data-to="${keyed(statuses, "won")}"]`);
      await anna.see(inStatus(card, keyed(statuses, "won")));
    });

    test("A colleague's list and that without a next step are chosen, and reload and back keep the choice", async () => {
      const hers = await makeCard(anna, "List of Anna", "Hers", undefined, PROJECTS);
      const his = await makeCard(bela, "List of Bela", "His", undefined, PROJECTS);
      const idle = await makeCard(anna, "List of nobody", "", undefined, PROJECTS);
      await show(anna, `board/${PROJECTS}`);
      const sees = async (...cards) => {
        for (const card of cards) await anna.see(row(card));
        for (const card of [hers, his, idle]) if (!cards.includes(card)) await anna.gone(row(card));
      };
      await anna.fill("[data-filters] [name=text]", "list of");
      await sees(hers, his, idle);
      await anna.see("[data-matching='3']");
      await anna.choose("[data-filters] [name=colleague]", office.colleague.id);
      await sees(his);
      await anna.reload();
      await sees(his);
      await anna.click(`${row(his)} a`);
      await anna.see("main[data-screen=card]");
      await anna.back();
      await sees(his);
      await anna.choose("[data-filters] [name=colleague]", "");
      await anna.choose("[data-filters] [name=status]", "no-next-step");
      await sees(idle);
      await anna.reload();
      await sees(idle);
    });
  });

  describe("A card", () => {
    const input = (kind) => `[name="${fields[kind]}"]`;

    test("Each kind of field keeps what is written, and a colleague has it", async () => {
      const card = await makeCard(anna, "Fields", "", undefined, PROJECTS);
      await sent(anna);
      await Promise.all([showCard(anna, card), showCard(bela, card)]);
      for (const [kind, { fill, holds, leads }] of Object.entries(kinds)) {
        await fill(anna, input(kind));
        await seeHeld(bela, input(kind), holds);
        await seeHeld(anna, input(kind), holds);
        if (leads !== undefined) await bela.see(`[data-field="${fields[kind]}"] a[href="${leads}"]`);
      }
      assert.equal(await anna.count("[data-unstored]"), 0);
      await undo(anna);
      await seeHeld(bela, input("choices"), { options: "tin" });
      for (const kind of ["text", "longText", "number", "amount", "email", "phone", "url"]) {
        await anna.run((field) => document.querySelector(field).focus(), input(kind));
        for (const key of ["ControlOrMeta+A", "Delete"]) await anna.press(key);
        await anna.run(() => document.activeElement.blur());
        await seeHeld(bela, input(kind), { value: "" });
      }
    });

    test("What cannot be a number is said, and stays where it was typed", async () => {
      const card = await makeCard(anna, "Numbers", "", undefined, PROJECTS);
      await showCard(anna, card);
      await write(anna, input("number"), "about five");
      await anna.see(`[data-field="${fields.number}"] [data-problem]`);
      await anna.reload();
      await seeHeld(anna, input("number"), { value: "about five" });
      await write(anna, input("number"), "5");
      await anna.gone("[data-unstored]");
      await anna.reload();
      await seeHeld(anna, input("number"), { value: "5" });
    });

    test("A note, a call and a visit stand in the history with their author, also apart", async () => {
      const card = await makeCard(anna, "Entries", "", undefined, PROJECTS);
      await sent(anna);
      await Promise.all([showCard(anna, card), showCard(bela, card)]);
      for (const [sort, place] of Object.entries({ note: "", call: "", visit: "Main square 1" })) {
        await anna.click("[data-do=write-down]");
        await anna.click(`[data-form=entry] [name=sort][value=${sort}]`);
        await anna.fill("[data-form=entry] [name=text]", `What the ${sort} was about`);
        await anna.fill("[data-form=entry] [name=place]", place);
        await anna.click("[data-do=add-entry]");
        await anna.gone("[data-sheet]");
        await bela.see(`[data-change] [data-sort=${sort}]`, `What the ${sort} was about`);
      }
      await bela.see("[data-change] [data-sort=visit]", "Main square 1");
      await bela.click("[data-do=show-entries]");
      await bela.gone("[data-change]");
      assert.equal(await bela.count("[data-section=history] [data-entry]"), 3);
      await bela.see("[data-entry] .quiet", "anna@example.com");
    });

    test("A contact is made in place and linked, and can be called and written to", async () => {
      const card = await makeCard(anna, "Contacts", "", undefined, PROJECTS);
      await sent(anna);
      await Promise.all([showCard(anna, card), showCard(bela, card)]);
      await anna.click("[data-do=add-contact]");
      await anna.fill("[data-picker] [name=contact]", "Piroska Kun");
      await anna.click("[data-picker] [data-do=new-contact]");
      await anna.fill("[data-form=new-contact] [name=phone]", "+36 30 111 2233");
      await anna.fill("[data-form=new-contact] [name=email]", "piroska@example.com");
      await anna.click("[data-do=make-contact]");
      await bela.see("[data-link][data-role=customer] [data-contact]", "Piroska");
      await bela.see('[data-link] a[href="tel:+36301112233"]');
      await bela.see('[data-link] a[href="mailto:piroska@example.com"]');
      await bela.click("[data-link] [data-do=unlink]");
      await anna.gone("[data-link]");
      await anna.click("[data-do=add-contact]");
      await anna.fill("[data-picker] [name=contact]", "kun pir");
      await anna.click("[data-picker] [data-do=pick]");
      await bela.see("[data-link] [data-contact]", "Piroska");
    });

    test("Each edit says how far it has come", async () => {
      const card = await makeCard(anna, "Sync", "Say where you are", undefined, PROJECTS);
      await sent(anna);
      await showCard(anna, card);
      await anna.see(`[data-card="${card}"][data-sync=stored]`);
      await cut(true, anna);
      await anna.click("[data-section=todos] [data-do=close]");
      await anna.see(`[data-card="${card}"][data-sync=here]`);
      await anna.see("[data-change]:first-child[data-sync=here] [data-closed]");
      await anna.see("[data-change]:last-child[data-sync=stored]");
      await cut(false, anna);
      await anna.see(`[data-card="${card}"][data-sync=stored]`);
      await anna.see("[data-change]:first-child[data-sync=stored] [data-closed]");
    });

    test("A card to which a link came before it is shown as soon as it is there", async () => {
      await cut(true, bela);
      const card = await makeCard(anna, "Faster link", "", undefined, PROJECTS);
      await sent(anna);
      await show(bela, `card/${card}`);
      await bela.see('[data-failure="not_found.document"]');
      await cut(false, bela);
      await bela.see(`[data-card="${card}"]`);
      await bela.gone("[data-failure]");
    });

    test("What two wrote at once without a network is shown to both, and one of them decides", async () => {
      const card = await makeCard(anna, "At once", "", undefined, PROJECTS);
      await sent(anna);
      await Promise.all([showCard(anna, card), showCard(bela, card)]);
      await cut(true, anna, bela);
      await write(anna, input("text"), "Red roof");
      await write(bela, input("text"), "Blue roof");
      await write(anna, input("longText"), "Anna was here.");
      await write(bela, input("longText"), "Bela was here.");
      for (const tab of [anna, bela]) await tab.see("[data-change][data-sync=here] + [data-change][data-sync=here]");
      await cut(false, anna, bela);

      const conflict = `[data-field="${fields.text}"] [data-conflict=field]`;
      for (const tab of [anna, bela]) {
        await tab.see(`${conflict} [data-value]`, "Red roof");
        await tab.see(`${conflict} [data-value]`, "Blue roof");
        const hasBoth = (field) =>
          ["Anna", "Bela"].every((name) => document.querySelector(field).value.includes(`${name} was here.`));
        await tab.until(hasBoth, input("longText"), "both long texts");
      }
      const [shown, other] = await Promise.all(
        ["shown", "other"].map((value) => anna.text(`${conflict} [data-value=${value}] span`)),
      );
      assert.equal(await bela.text(`${conflict} [data-value=shown] span`).then(roof), roof(shown), "both see the same");
      await anna.click(`${conflict} [data-do=use-other]`);
      for (const tab of [anna, bela]) {
        await tab.gone("[data-conflict]");
        await seeHeld(tab, input("text"), { value: roof(other) });
      }
    });
  });

  describe("People", () => {
    test("Somebody who may be there already is shown while a new person is typed", async () => {
      const first = await makePerson(anna, { given: "Ilona", family: "Bakó", phone: "+36 30 765 4321" });
      await show(anna, "people");
      await anna.click("[data-do=new-person]");
      await anna.fill("[name=family]", "Bako");
      await anna.fill("[name=given]", "Ilona");
      await anna.see(`[data-doubles] [data-contact="${first}"]`);
      await anna.fill("[name=family]", "Else");
      await anna.gone("[data-doubles]");
      await anna.fill("[name=phone]", "0630/765-43-21");
      await anna.see(`[data-doubles] [data-contact="${first}"]`);
      await anna.click("[data-do=make-contact]");
      await anna.see("main[data-screen=contact] h1", "Else");
      await anna.back();
      await anna.see("main[data-screen=people]");
      await anna.fill("search [name=text]", "ilona");
      await anna.see("[data-count='2']");
    });

    test("A caller is found by the number in another spelling", async () => {
      const caller = await makePerson(anna, { given: "Marek", family: "Toth", phone: "+36 (20) 987-6543" });
      await show(anna, "people");
      await anna.click("[data-do=caller]");
      await anna.fill("[name=number]", "06 20 987 65 43");
      await anna.see(`[data-callers] [data-contact="${caller}"]`);
      assert.equal(await anna.count("[data-callers] [data-contact]"), 1);
      await anna.fill("[name=number]", "06 20 987 65 44");
      await anna.gone("[data-callers] [data-contact]");
      await anna.fill("[name=number]", "+36209876543");
      await anna.click(`[data-callers] [data-contact="${caller}"] a.name`);
      await anna.see(`[data-contact="${caller}"] [data-section=details] a[href="tel:+36209876543"]`);
    });

    test("A person shows their cards of all products, and the history of who wrote what", async () => {
      const person = await makePerson(anna, { given: "Vera", family: "Szabo", email: "vera@example.com" });
      const cards = [];
      for (const product of [PROJECTS, SALES]) {
        await anna.click("[data-section=cards] [data-do=new-card]");
        await anna.choose("[data-form=add] [name=product]", product);
        await anna.fill("[data-form=add] [name=name]", `Vera's of ${product}`);
        await anna.click("[data-form=add] [data-do=add]");
        await anna.see("[data-section=cards] [data-card]", `Vera's of ${product}`);
        cards.push(await anna.attribute("[data-section=cards] [data-card]", "data-card"));
      }
      assert.equal(await anna.count("[data-section=cards] [data-card]"), 2);
      await anna.see("[data-change] [data-sync=stored]");
      await show(bela, `contact/${person}`);
      await bela.see("[data-section=cards] [data-card]", `Vera's of ${SALES}`);
      await bela.click("[data-do=add-address]");
      await bela.fill("[data-form=detail] [name=value]", "Main square 1");
      await bela.click("[data-form=detail] [data-do=save]");
      await anna.see('[data-section=details] a[href^="geo:0,0?q=Main"]');
      await anna.see("[data-section=history] [data-change]:first-child", "Bela");
      await anna.click("[data-section=cards] [data-card] a");
      await anna.see("[data-link] [data-contact]", "Vera");
    });
  });

  test("A search finds cards, people, todos and notes, by beginnings of words in any order", async () => {
    const person = await makePerson(anna, { given: "Ödön", family: "Keresztes" });
    const card = await makeCard(anna, "Cukrászda Mézeskalács", "Beszélni a kovászról", undefined, PROJECTS);
    await showCard(anna, card);
    await anna.click("[data-do=write-down]");
    await anna.fill("[data-form=entry] [name=text]", "Önálló pékséget nyitnának");
    await anna.click("[data-do=add-entry]");
    await anna.gone("[data-sheet]");
    await anna.click("[data-nav=search]");
    const finds = {
      "mezes cukr": `[data-section=cards] [data-card="${card}"]`,
      "KERESZT odo": `[data-section=contacts] [data-contact="${person}"]`,
      "kovasz bes": "[data-section=todos] [data-todo]",
      "pekseg onallo": "[data-section=entries] [data-entry]",
    };
    for (const [words, found] of Object.entries(finds)) {
      await anna.fill("search [name=text]", words);
      await anna.see(`[data-found="${words}"]`);
      await anna.see(found);
      assert.equal(await anna.count(".groups section"), 1, words);
      await anna.click(`${found} a`);
      await anna.see("main:not([data-screen=search])");
      await anna.back();
      await anna.see(found);
    }
    await anna.fill("search [name=text]", "nothing of the kind");
    await anna.see('[data-found="nothing of the kind"]');
    assert.equal(await anna.count(".groups section"), 0);
  });
});

const roof = (words) => /(Red|Blue) roof/.exec(words)[0];

/** The kinds of fields that there are: how each is set up, filled in, what it holds then and where it leads. */
const fieldKinds = (colleague) => ({
  text: {
    kind: { type: "text" },
    fill: (tab, field) => write(tab, field, "Zöld tető"),
    holds: { value: "Zöld tető" },
  },
  longText: {
    kind: { type: "long_text" },
    fill: (tab, field) => write(tab, field, "First line\nSecond line"),
    holds: { value: "First line\nSecond line" },
  },
  number: {
    kind: { type: "decimal" },
    fill: (tab, field) => write(tab, field, "1,990.125"),
    holds: { value: "1,990.125" },
  },
  amount: {
    kind: { type: "money" },
    async fill(tab, field) {
      await tab.fill(field, "1234.5");
      await tab.press("Tab");
      await tab.page.keyboard.type("chf");
      await tab.press("Tab");
    },
    holds: { value: "1,234.5", currency: "CHF" },
  },
  day: {
    kind: { type: "day" },
    fill: (tab, field) => put(tab, field, "2027-02-28"),
    holds: { value: "2027-02-28" },
  },
  dayTime: {
    kind: { type: "day_time" },
    fill: (tab, field) => put(tab, field, "2027-02-28T09:30"),
    holds: { value: "2027-02-28T09:30" },
  },
  user: {
    kind: { type: "user" },
    fill: (tab, field) => tab.choose(field, colleague.id),
    holds: { value: colleague.id },
  },
  email: {
    kind: { type: "email" },
    fill: (tab, field) => write(tab, field, "roof@example.com"),
    holds: { value: "roof@example.com" },
    leads: "mailto:roof@example.com",
  },
  phone: {
    kind: { type: "phone" },
    fill: (tab, field) => write(tab, field, "+36 1 234-5678"),
    holds: { value: "+36 1 234-5678" },
    leads: "tel:+3612345678",
  },
  url: {
    kind: { type: "url" },
    fill: (tab, field) => write(tab, field, "www.example.com/menu"),
    holds: { value: "https://www.example.com/menu" },
    leads: "https://www.example.com/menu",
  },
  flag: { kind: { type: "flag" }, fill: (tab, field) => tab.click(field), holds: { checked: true } },
  choice: {
    kind: { type: "choice", multiple: false, options: ["flat", "steep"].map((key) => ({ key, name: key })) },
    fill: (tab, field) => tab.choose(field, "steep"),
    holds: { value: "steep" },
  },
  choices: {
    kind: { type: "choice", multiple: true, options: ["tile", "tin", "thatch"].map((key) => ({ key, name: key })) },
    async fill(tab, field) {
      for (const key of ["tin", "tile"]) await tab.click(`${field} [value=${key}]`);
    },
    holds: { options: "tile tin" },
  },
});

/** Waits until the input of a field holds this. */
function seeHeld(tab, field, { value, currency, checked, options }) {
  const isHeld = ([field, value, currency, checked, options]) => {
    const input = document.querySelector(field);
    const boxes = [...(input?.querySelectorAll(":checked") ?? [])].map(({ value }) => value);
    return (
      input !== null &&
      (value === undefined || input.value === value) &&
      (currency === undefined || document.querySelector(field.replace('"]', '-currency"]')).value === currency) &&
      (checked === undefined || input.checked === checked) &&
      (options === undefined || boxes.join(" ") === options)
    );
  };
  return tab.until(isHeld, [field, value, currency, checked, options], `${field} with ${value ?? options ?? checked}`);
}

/** How many cards the tree counts in a status. */
async function countOf(tab, status) {
  const selector = `[data-status-tree] [data-choose="${status}"] [data-count]`;
  await tab.see(selector);
  return Number(await tab.text(selector));
}

const tomorrow = () => day(1);

function nextMonday() {
  const days = Array.from({ length: 7 }, (_, ahead) => day(ahead + 1));
  return days.find((day) => new Date(day).getUTCDay() === 1);
}

/** Draws a row aside with a finger. */
async function swipe(tab, selector, by) {
  const box = (selector) => {
    const { left, top, width, height } = document.querySelector(selector).getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 4 };
  };
  await tab.see(selector);
  await tab.run((selector) => document.querySelector(selector).scrollIntoView({ block: "center" }), selector);
  const { x, y } = await tab.run(box, selector);
  const finger = await tab.page.context().newCDPSession(tab.page);
  const touch = (type, ...touchPoints) => finger.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", { x, y });
  for (const part of [0.25, 0.5, 0.75, 1]) await touch("touchMove", { x: x + by * part, y });
  await touch("touchEnd");
  await finger.detach();
}
