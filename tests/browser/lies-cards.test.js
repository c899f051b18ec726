// Boards and cards on a core that lies: they show what it says, in its order and with its sections, counts and ways,
// however absurd.

import assert from "node:assert/strict";
import { test } from "node:test";

import { all, asked, core, isThere, liesAbout, open, settled, tab, texts } from "./liar.js";
import { ALPHA, BOARD, COUNTS, FIELDS, HISTORY, STATUSES, ZULU } from "./lies.js";

liesAbout("boards and cards", () => {
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

  test("The fields that a status asks for are those of the core", async () => {
    await open("card/card-b", "[data-field=field-t] input");
    const wanted = await tab.run(() =>
      [...document.querySelectorAll("[data-field]:has([data-wanted])")].map(({ dataset }) => dataset.field),
    );
    assert.deepEqual(wanted, ["field-e"]);
    assert.deepEqual(await all("[data-missing]", "missing"), ["1"]);
    const said = await tab.run(() => document.querySelector("[data-missing]").textContent);
    assert.match(said, /Email/);
    assert.doesNotMatch(said, /Zebra/);
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
});
