// A core that lies: the screens show what it says, in its order, with its classes, counts and rights, however absurd. A
// script that sorts, filters, counts or judges by itself shows something else.

import assert from "node:assert/strict";
import { test } from "node:test";

import { all, asked, core, isThere, liesAbout, open, settled, tab, texts } from "./liar.js";
import { CARDS_OF_CONTACT, CONTACTS, FOUND, HISTORY, QUARANTINE, TRASHED, UNSENT, ZULU } from "./lies.js";

liesAbout("people, lists and rights", () => {
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
    [
      "today",
      "main [data-todo=todo-6]",
      {
        edit_todos: "[data-do=close], [data-do=quick-add-open]",
        create_cards: "[data-form=add], [data-do=to-new-card]",
      },
    ],
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
