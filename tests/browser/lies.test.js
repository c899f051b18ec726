// A core that lies: the screens show what it says, in its order, with its classes, counts and rights, however absurd. A
// script that sorts, filters, counts or judges by itself shows something else.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import { begin, NAMES, PATIENCE } from "./browsers.js";
import { FakeCore } from "./fake-core.js";
import {
  ALPHA, BOARD, CARDS_OF_CONTACT, CHOICES, CONTACTS, COUNTS, FIELDS, FOUND, HISTORY, INBOX, lies, QUARANTINE, QUICK,
  STATUSES, TODAY, TRASHED, UNSENT, ZULU,
} from "./lies.js";

describe("A core that lies", { skip: !NAMES.includes("Chromium") }, () => {
  let core;
  let browser;
  let tab;

  before(async () => {
    core = await FakeCore.begin(lies());
    browser = begin("Chromium");
    tab = await browser.tab(core.address);
  });
  after(async () => {
    await browser.end();
    await core.end();
    assert.deepEqual(browser.complaints, []);
    assert.deepEqual([...core.unknown], []);
  });
  beforeEach(async () => {
    core.answers = lies();
    core.asked.length = 0;
    await tab.page.setViewportSize({ width: 360, height: 740 });
  });

  /** Opens a screen anew, and waits for what is told last. */
  async function open(screen, last) {
    // Else it would be the same page, with another hash.
    await tab.go("about:blank");
    await tab.go(`${core.address}/#/${screen}`);
    await tab.see(last);
  }

  /** What these elements have in an attribute, from the top to the bottom. */
  const all = (selector, name) =>
    tab.run(
      ([selector, name]) => [...document.querySelectorAll(selector)].map((one) => one.dataset[name]),
      [selector, name],
    );
  const texts = (selector) =>
    tab.run((selector) => [...document.querySelectorAll(selector)].map((one) => one.textContent.trim()), selector);
  const isThere = (selector) => tab.run((selector) => document.querySelector(selector) !== null, selector);
  const frame = () => tab.run(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  /** Waits until this was asked so often, and answers with what. */
  async function asked(call, count = 1) {
    await until(() => core.callsOf(call).length >= count, `${count} times ${call}`);
    return core.callsOf(call).at(-1);
  }
  /** Waits until all that was asked is drawn and nothing more is asked: before it is said what is not there. */
  async function settled() {
    let count;
    do {
      count = core.asked.length;
      await frame();
    } while (core.asked.length > count);
  }
  async function until(holds, what) {
    const end = Date.now() + PATIENCE;
    while (!holds()) {
      if (Date.now() > end) throw new Error(`never: ${what}`);
      await frame();
    }
  }

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

  const cards = BOARD.map(([id]) => id);

  test("A board has the core's cards in its order and sections, whatever was filtered for", async () => {
    await open(`board/${ZULU}`, "main [data-card=card-c]");
    const look = async () => {
      assert.deepEqual(await all("main [data-card]", "card"), cards);
      assert.deepEqual(await all("main [data-card]", "section"), BOARD.map(([, section]) => section));
      // A heading where another section begins, also one that was there before.
      const titled = await tab.run(() =>
        [...document.querySelectorAll("[data-row]")].map((row) => row.querySelector("h2") !== null),
      );
      assert.deepEqual(titled, BOARD.map(([, section], at) => section !== BOARD[at - 1]?.[1]));
      assert.deepEqual(await all("[data-matching]", "matching"), ["777"]);
    };
    await look();
    for (const filter of ["text=nothing", "status=status-lost", "colleague=user-a", "no-next-step=1"]) {
      await open(`board/${ZULU}?${filter}`, "main [data-card=card-c]");
      await look();
    }
  });

  test("A card of a board has its section's colour and its next step, also where they contradict each other", async () => {
    await open(`board/${ZULU}`, "main [data-card=card-c]");
    const colour = (id) =>
      tab.run((id) => {
        const next = document.querySelector(`main [data-card=${id}] :is([data-next], .next span)`);
        return getComputedStyle(next).color;
      }, id);
    assert.equal(await colour("card-a"), await colour("card-c"));
    assert.equal(await colour("card-m"), await colour("card-b"));
    assert.notEqual(await colour("card-a"), await colour("card-b"));
    for (const [id, , next] of BOARD) {
      assert.equal(await isThere(`main [data-card=${id}] [data-next]`), next !== null, id);
      if (next !== null) assert.equal(await tab.text(`main [data-card=${id}] [data-next]`), next.text);
    }
  });

  test("Products and statuses have the core's order and counts", async () => {
    await tab.page.setViewportSize({ width: 1280, height: 800 });
    await open(`board/${ZULU}`, "[data-status-tree] [data-status]");
    const tree = "[data-status-tree] [data-status]";
    assert.deepEqual(await all(tree, "status"), COUNTS.map(([status]) => status));
    assert.deepEqual((await texts(`${tree} [data-count]`)).map(Number), COUNTS.map(([, cards]) => cards));
    assert.deepEqual(await texts("[data-choose=no-next-step] [data-count]"), ["31"]);
    const boards = await tab.run(() =>
      [...document.querySelectorAll("nav a.wide")].map((link) => link.getAttribute("href")),
    );
    assert.deepEqual(boards, [`#/board/${ZULU}`, `#/board/${ALPHA}`]);
  });

  test("Where a card can go, and by which ways, the core says", async () => {
    // To where it stands already, as it seems.
    const way = (value) => ({
      fields: [{ field: "field-z", value: { kind: "text", text: value } }],
      edits: [{ kind: "setField", field: "field-z", value: { kind: "text", text: value } }],
    });
    core.answers.movesTo = [way("Z"), way("A"), way("M")];
    await open(`board/${ZULU}`, "main [data-card=card-c]");
    await tab.click("main [data-card=card-k] [data-do=move]");
    await tab.see("[data-sheet] [data-to]");
    assert.deepEqual(await all("[data-sheet] [data-to]", "to"), STATUSES);
    await tab.click("[data-sheet] [data-to=status-won]");
    await tab.see("[data-sheet] [data-way]");
    assert.deepEqual(await all("[data-sheet] [data-way]", "way"), ["0", "1", "2"]);
    await tab.click('[data-sheet] [data-way="1"]');
    assert.deepEqual(await asked("editCard"), ["card-k", core.answers.movesTo[1].edits]);

    core.answers.movesTo = [];
    await tab.click("main [data-card=card-a] [data-do=move]");
    await tab.click("[data-sheet] [data-to=status-new]");
    await asked("movesTo", 2);
    const isSaid = () => document.querySelector("[data-sheet] [data-said]")?.textContent !== "";
    await tab.until(isSaid, undefined, "a sentence");
    assert.equal(core.callsOf("editCard").length, 1);
  });

  test("A card has the core's next step, todos, contacts, fields and history", async () => {
    await open("card/card-b", "[data-change=change-mid]");
    await tab.see("[data-link=link-m]");
    const { card } = core.answers;
    const told = card("card-b");
    const open_ = told.todos.filter(({ closings }) => closings.length === 0);
    assert.deepEqual(await all("[data-next]", "next"), ["todo-last"]);
    assert.ok((await tab.text("[data-next]")).includes("Text of todo-last"));
    assert.deepEqual(await all("[data-section=todos] li[data-todo]", "todo"), open_.map(({ id }) => id));
    assert.deepEqual(await all("[data-section=todos] li[data-todo]", "class"), open_.map((todo) => todo.class));
    assert.deepEqual(await all("[data-link]", "link"), told.links.map(({ id }) => id));
    assert.deepEqual(await all("[data-link]", "role"), told.links.map(({ role }) => role));
    assert.deepEqual(await all("[data-field]", "field"), FIELDS);
    assert.deepEqual(await all("[data-change]", "change"), HISTORY.map(([id]) => id));
    assert.deepEqual(await all("[data-change]", "sync"), HISTORY.map(([, , sync]) => sync));
    assert.equal(await tab.run(() => document.querySelector("main [data-card]").dataset.sync), "sent");
    assert.deepEqual(await all("div[data-status]", "status"), ["status-new"]);
    assert.deepEqual(await all("div[data-owner]", "owner"), ["user-a"]);
    // What an option is called and where it stands its settings say.
    const options = await tab.run(() =>
      [...document.querySelectorAll("[data-field=field-c] option")].map(({ value }) => value),
    );
    assert.deepEqual(options, ["", "9", "1", "5"]);
    await tab.click("[data-do=show-entries]");
    assert.deepEqual(await all("[data-section=history] [data-entry]", "entry"), told.entries.map(({ id }) => id));
  });

  test("What a field holds leads to a mail, a call or a page, and never to code", async () => {
    await open("card/card-b", "[data-field=field-t] input");
    const leads = await tab.run(() =>
      [...document.querySelectorAll("[data-field] a")].map((link) => [link.getAttribute("href"), link.target, link.rel]),
    );
    assert.deepEqual(leads, [
      ["https://example.com/menu", "_blank", "noopener noreferrer"],
      ["tel:+36301234567", "", ""],
      ["mailto:anna@example.com", "", ""],
    ]);
  });

  test("A field is stored as it was typed, and what the core refuses stays there with what is wanted", async () => {
    await open("card/card-b", "[data-field=field-t] input");
    const type = async (field, text) => {
      await tab.page.fill(`[name=${field}]`, text);
      await tab.run((field) => document.querySelector(`[name=${field}]`).blur(), field);
    };
    const value = (field) => tab.run((field) => document.querySelector(`[name=${field}]`).value, field);
    const stored = async (count) => (await asked("editCard", count))[1];
    assert.equal(await value("field-u"), "user-gone");
    assert.equal(await value("field-t"), "2099-12-31T12:00");
    // The user's zone is another.
    assert.deepEqual(await all("[data-field=field-t] [data-zone]", "zone"), ["Europe/Budapest"]);
    for (const [at, [field, typed, value]] of [
      ["field-t", "2026-11-30T09:05", { kind: "dayTime", at: "2026-11-30T09:05[Europe/Budapest]" }],
      ["field-w", "www.example.org/menu", { kind: "url", url: "https://www.example.org/menu" }],
      ["field-p", " 06 1 234 5678 ", { kind: "phone", phone: "06 1 234 5678" }],
      ["field-e", "", null],
    ].entries()) {
      await type(field, typed);
      assert.deepEqual(await stored(at + 1), [{ kind: "setField", field, value }]);
    }
    await tab.run(() => {
      const choice = document.querySelector("[name=field-u]");
      choice.value = "user-a";
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    });
    const ada = { kind: "user", user: "user-a" };
    assert.deepEqual(await stored(5), [{ kind: "setField", field: "field-u", value: ada }]);

    core.answers.editCard = () => {
      throw { code: "invalid.wrong_form" };
    };
    await type("field-x", "anna");
    await tab.see("[data-field=field-x] [data-problem]");
    assert.equal(await value("field-x"), "anna");
    assert.equal(await tab.run(() => document.querySelector("[name=field-x]").ariaInvalid), "true");
    await settled();
    assert.equal(core.callsOf("editCard").length, 6);
    await tab.click("[data-field=field-x] [data-do=discard]");
    assert.equal(await value("field-x"), "javascript:alert(1)");
  });

  test("That a card will be lost from sight the core says", async () => {
    core.answers.losesSight = true;
    await open("card/card-b", "[data-section=todos] li[data-todo]");
    await tab.see("[data-do=close]");
    await tab.click("[data-todo=todo-last] [data-do=close]");
    await tab.see("[data-sheet] [data-notice=loses-sight]");
    assert.equal(core.callsOf("editCard").length, 0);
    await tab.click("[data-do=close-sheet]");
    await tab.gone("[data-sheet]");
    core.answers.losesSight = false;
    await tab.click("[data-todo=todo-last] [data-do=close]");
    await asked("editCard");
  });

  test("A contact has the core's details, cards, counts and state", async () => {
    await open("contact/contact-m", "[data-change=change-mid]");
    await tab.see("[data-section=cards] [data-card=card-m]");
    const told = core.answers.contact("contact-m");
    assert.deepEqual(await all("[data-section=details] [data-detail]", "detail"), told.details.map(({ id }) => id));
    assert.deepEqual(await all("[data-section=cards] [data-card]", "card"), CARDS_OF_CONTACT.map(([id]) => id));
    const said = await texts("[data-section=cards] [data-card] p");
    CARDS_OF_CONTACT.forEach(([id, count], at) => assert.equal(said[at].includes(String(count)), count > 0, id));
    assert.deepEqual(await all("[data-field]", "field"), ["field-person-z", "field-person-a"]);
    assert.deepEqual(await all("[data-entries] [data-entry]", "entry"), told.entries.map(({ id }) => id));
    assert.deepEqual(await all("[data-change]", "change"), HISTORY.map(([id]) => id));
    assert.ok(await isThere("[data-trash=review]"));
    assert.ok(await isThere("[data-contact][data-sync=here]"));
  });

  test("People are listed, counted and found as the core says", async () => {
    await open("people", "main [data-contact=contact-b]");
    assert.deepEqual(await all("main [data-contact]", "contact"), CONTACTS);
    assert.deepEqual(await all("[data-count]", "count"), ["9"]);
    await tab.fill("main [name=text]", "nobody");
    await asked("contacts", 2);
    await settled();
    assert.deepEqual(await all("main [data-contact]", "contact"), CONTACTS);
    await tab.click("[data-do=caller]");
    await tab.fill("[name=number]", "1");
    await tab.see("[data-callers] [data-contact=contact-m]");
    assert.deepEqual(await all("[data-callers] [data-contact]", "contact"), ["contact-b", "contact-m"]);
  });

  test("A search shows all that the core found, in its order", async () => {
    await open("search?text=something", "[data-entry=entry-5]");
    for (const [section, name] of Object.entries({ contacts: "contact", cards: "card", entries: "entry" })) {
      assert.deepEqual(await all(`[data-section=${section}] [data-${name}]`, name), FOUND[section], section);
    }
    assert.deepEqual(await all("[data-section=todos] [data-todo]", "todo"), FOUND.todos.map(([id]) => id));
    assert.deepEqual(await all("[data-section=todos] [data-todo]", "class"), FOUND.todos.map(([, shown]) => shown));
  });

  test("The trash has what the core says is in it, and to be reviewed", async () => {
    await open("more/trash", "[data-section=contacts] [data-trashed=contact-z]");
    assert.deepEqual(await all("[data-trashed]", "trashed"), [...TRASHED, "contact-a", "contact-z"]);
    assert.deepEqual(await all("[data-trashed]", "review"), ["false", "true", "false", "false", "false"]);
  });

  test("What did not go through is in the core's order, and may be applied again where it says so", async () => {
    await open("more/quarantine", "[data-edit]");
    assert.deepEqual((await all("[data-edit]", "edit")).map(Number), QUARANTINE.map(([id]) => id));
    for (const [id, may] of QUARANTINE) assert.equal(await isThere(`[data-edit="${id}"] [data-do=reapply]`), may);
    await tab.see(`[data-unsent="${UNSENT}"]`);
    await tab.see(`[data-quarantined="${QUARANTINE.length}"]`);
  });

  /** By screens, what is last told there, and the acts that each right allows. */
  const RIGHTS = [
    ["today", "main [data-todo=todo-6]", { edit_todos: "[data-do=close], [data-do=quick-add-open]", create_cards: "[data-form=add]" }],
    [`board/${ZULU}`, "main [data-card=card-c]", { edit_cards: "[data-do=move]", create_cards: "[data-do=new-card]" }],
    [
      "card/card-b",
      "[data-change=change-mid]",
      { edit_todos: "[data-do=open-add-todo]", edit_cards: "[data-do=rename], [data-do=unlink], main select" },
    ],
    [
      "contact/contact-m",
      "[data-change=change-mid]",
      { edit_cards: "[data-do=edit-detail], [data-do=restore]", create_cards: "[data-do=new-card]" },
    ],
    ["people", "main [data-contact=contact-b]", { create_cards: "[data-do=new-person]" }],
    ["more/trash", "[data-trashed=contact-z]", { edit_cards: "[data-do=restore]" }],
  ];

  test("Who may do what the core says, whatever their role is", async () => {
    for (const right of ["edit_todos", "edit_cards", "create_cards"]) {
      core.answers.may = (act) => act === right;
      for (const [screen, last, acts] of RIGHTS) {
        await open(screen, last);
        await settled();
        for (const [act, buttons] of Object.entries(acts)) {
          for (const button of buttons.split(", ")) {
            assert.equal(await isThere(button), act === right, `${right} on ${screen}: ${button}`);
          }
        }
      }
    }
  });
});
