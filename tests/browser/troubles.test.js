// What comes between two colleagues and their work: lost rights, things put away, a back button in mid-edit, hostile
// texts. What was typed stays, nothing is executed, and a sentence says what happened.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { makeCard, makePerson, openTodo, put, sent, show, showCard, todoOf, write } from "./app.js";
import { NAMES } from "./browsers.js";
import { cut, DESK, Office, PHONE, PROJECTS } from "./office.js";

describe("Trouble", { skip: !NAMES.includes("Chromium") }, () => {
  let office;
  let anna;
  let bela;

  before(async () => {
    office = await Office.open();
    ({ anna, bela } = office);
  });
  after(() => office?.close());
  beforeEach(() => office.toToday());
  afterEach(() => office.hearNothing());

  describe("What did not go through", () => {
    let reka;

    before(async () => {
      const { email } = await office.firm.hire("Reka", "restricted");
      reka = await office.enter(email);
    });

    test("A Restricted user's edit that is refused waits with its reason, and is applied again or discarded", async () => {
      const cards = [];
      for (const name of ["Thrown away", "Kept", "Late"]) {
        await show(anna, "today");
        await anna.choose("[data-form=add] [name=owner]", "");
        cards.push(await makeCard(anna, name, "", undefined, PROJECTS));
      }
      const [thrown, kept, late] = cards;
      const own = await makeCard(anna, "Anna's own", "", undefined, PROJECTS);
      await sent(anna);
      await show(reka, `board/${PROJECTS}`);
      for (const card of cards) await reka.see(`[data-card="${card}"]`);
      await reka.gone(`[data-card="${own}"]`);

      await cut(true, reka);
      for (const card of [thrown, kept]) {
        await showCard(reka, card);
        await reka.click("[data-do=trash]");
        await reka.see("[data-trash=trashed]");
      }
      await showCard(reka, late);
      await reka.click("[data-do=rename]");
      await write(reka, "[name=name]", "Renamed late");
      await reka.see("h1", "Renamed late");
      const { id: me } = await office.firm.ask("GET", "/v1/me");
      for (const card of cards) await giveTo(anna, card, me);
      await sent(anna);
      await cut(false, reka);
      await anna.see("h1", "Renamed late");
      await reka.see("[data-quarantined='2']");
      await reka.click("[data-quarantined]");
      for (const name of ["Thrown away", "Kept"]) await reka.see('[data-reason="forgotten"] h2', name);
      const whys = await reka.run(() => [...document.querySelectorAll("[data-why]")].map((why) => why.textContent));
      assert.ok(whys.length === 2 && whys.every((why) => why !== ""), whys.join());

      const row = (name) => rowOf(reka, name);
      const download = reka.page.waitForEvent("download");
      await reka.click(`${await row("Kept")} [data-do=export]`);
      const saved = JSON.parse(readFileSync(await (await download).path(), "utf8"));
      assert.equal(saved.title, "Kept");

      const discarded = await row("Thrown away");
      await reka.click(`${discarded} [data-do=discard]`);
      await reka.click(`${discarded} [data-do=discard-yes]`);
      await reka.gone(discarded);
      await reka.see("[data-quarantined='1']");
      await showCard(anna, thrown);
      await anna.gone("[data-trash]");

      assert.equal(await reka.count(`${await row("Kept")} [data-do=reapply]`), 1);
      await giveTo(anna, kept, "");
      await show(reka, `card/${kept}`);
      await reka.see(`[data-card="${kept}"]`);
      await show(reka, "more/quarantine");
      await reka.click("[data-do=reapply]");
      await reka.see("[data-done=true] a");
      await reka.see("[data-nothing]");
      await reka.gone("[data-quarantined]");
      await anna.see("[data-trash=trashed]");
    });

    test("A Restricted user is told before they lose sight of a card, and keeps it by what is next", async () => {
      const card = await makeCard(anna, "Out of sight", "Count the cups", undefined, PROJECTS);
      const todo = await todoOf(anna, "Count the cups");
      const { id } = (await office.firm.ask("GET", "/v1/users")).find(({ given_name }) => given_name === "Reka");
      await openTodo(anna, todo, "change");
      await anna.choose("[data-form=change-todo] [name=user]", id);
      await anna.click("[data-do=change-todo]");
      await show(reka, "today");
      await reka.click(`[data-todo="${todo}"] [data-do=close]`);
      await reka.see("[data-part=close][open] [data-notice=loses-sight]");
      await reka.fill("[data-form=close-todo] [name=next]", "Count the spoons");
      await reka.gone("[data-notice=loses-sight]");
      await reka.click("[data-do=close-with]");
      await reka.gone("[data-sheet]");
      await showCard(reka, card);
      await reka.see("[data-section=todos] [data-todo]", "Count the spoons");
      await reka.click("[data-section=todos] [data-do=close]");
      await reka.see("[data-notice=loses-sight]");
      await reka.click("[data-do=close-with]");
      await reka.see('[data-failure="not_found.document"]');
      await reka.gone("[data-card]");
    });
  });

  describe("The trash", () => {
    const row = (id) => `[data-trashed="${id}"]`;

    test("What was put away is in the trash of all, and whoever takes it out has it again", async () => {
      const card = await makeCard(anna, "Away", "Not to be done now", undefined, PROJECTS);
      const person = await makePerson(anna, { given: "Gone", family: "Away" });
      await anna.click(".trash [data-do=trash]");
      await anna.see("[data-trash=trashed]");
      await showCard(anna, card);
      await anna.click("[data-do=trash]");
      await anna.see("[data-trash=trashed]");
      await show(anna, "today");
      await anna.gone("[data-todo]", "Not to be done now");
      await show(anna, `board/${PROJECTS}`);
      await anna.see("[data-matching]");
      await anna.gone(`[data-card="${card}"]`);

      await show(bela, "more/trash");
      await bela.see(`[data-product="${PROJECTS}"] ${row(card)}[data-review=false]`);
      await bela.click(`${row(card)} [data-do=restore]`);
      await bela.gone(row(card));
      await bela.click(`[data-section=contacts] ${row(person)} [data-do=restore]`);
      await bela.gone(row(person));
      await anna.see(`[data-card="${card}"]`);
      await show(anna, "today");
      await anna.see("[data-todo]", "Not to be done now");
      await show(anna, `contact/${person}`);
      await anna.see(`[data-contact="${person}"]`);
      await anna.gone("[data-trash]");
    });

    test("What somebody edited who did not know that it was put away is reviewed", async () => {
      const cards = [];
      for (const name of ["Stays away", "Comes back"]) cards.push(await makeCard(anna, name, "", undefined, PROJECTS));
      const [away, back] = cards;
      await sent(anna);
      await showCard(bela, away);
      await cut(true, bela);
      for (const card of cards) {
        await showCard(bela, card);
        await bela.click("[data-do=write-down]");
        await bela.fill("[data-form=entry] [name=text]", "They called again");
        await bela.click("[data-do=add-entry]");
        await bela.gone("[data-sheet]");
        await showCard(anna, card);
        await anna.click("[data-do=trash]");
        await anna.see("[data-trash=trashed]");
      }
      await sent(anna);
      await cut(false, bela);
      await anna.see("[data-trash=review] [data-entry]", "They called again");
      await show(anna, "more/trash");
      for (const card of cards) await anna.see(`${row(card)}[data-review=true]`);
      await show(bela, "more/trash");
      await bela.click(`${row(away)} [data-do=leave-trashed]`);
      await anna.see(`${row(away)}[data-review=false]`);
      await anna.click(`${row(back)} [data-do=restore]`);
      await bela.gone(row(back));
      await bela.see(`${row(away)}[data-review=false]`);
    });
  });

  test("What was typed and not stored stands there after back, a closed sheet and a reload", async () => {
    const card = await makeCard(anna, "Drafts", "Draft a letter");
    const todo = await todoOf(anna, "Draft a letter");
    const forms = {
      "a new card": {
        open: async () => {
          await show(anna, `board/${PROJECTS}`);
          await anna.click("[data-do=new-card]");
        },
        input: "[data-sheet] [data-form=add] [name=name]",
      },
      "a new person": {
        open: async () => {
          await show(anna, "people");
          await anna.click("[data-do=new-person]");
        },
        input: "[data-form=new-contact] [name=family]",
      },
      "what is next": {
        open: async () => {
          await show(anna, "today");
          await openTodo(anna, todo, "close");
        },
        input: "[data-form=close-todo] [name=next]",
      },
      "a note": {
        open: async () => {
          await showCard(anna, card);
          await anna.click("[data-do=write-down]");
        },
        input: "[data-form=entry] [name=text]",
      },
    };
    for (const [name, { open, input }] of Object.entries(forms)) {
      await open();
      await anna.fill(input, `Half of ${name}`);
      const screen = await anna.run(() => location.hash);
      await anna.back();
      await anna.gone("[data-sheet]");
      assert.equal(await anna.run(() => location.hash), screen, "back closes the sheet, and no more");
      await open();
      await seeTyped(anna, input, `Half of ${name}`);
      await anna.press("Escape");
      await anna.gone("[data-sheet]");
      await anna.reload();
      await open();
      await seeTyped(anna, input, `Half of ${name}`);
      await anna.click("[data-do=close-sheet]");
      await anna.gone("[data-sheet]");
    }
    await forms["a note"].open();
    await anna.click("[data-do=add-entry]");
    await anna.see("[data-entry]", "Half of a note");
    await forms["a note"].open();
    await seeTyped(anna, "[data-form=entry] [name=text]", "");
    await anna.click("[data-do=close-sheet]");

    // In a field of the card itself: it is stored when the user goes back, as when the focus leaves it.
    await anna.click("[data-do=rename]");
    await anna.fill("[name=name]", "Drafts that stay");
    await anna.reload();
    await seeTyped(anna, "[name=name]", "Drafts that stay");
    await anna.click("[data-unstored] [data-do=discard]");
    await anna.see("h1", "Drafts");
    await anna.click("[data-do=rename]");
    await anna.fill("[name=name]", "Stored by back");
    await show(anna, "people");
    await showCard(anna, card);
    await anna.see("h1", "Stored by back");
  });

  test("A pasted novel is stored where there is room, else refused with a word, and stays", async () => {
    const scope = { product: PROJECTS };
    const story = { scope, name: "Story", kind: { type: "long_text" }, order: 5 };
    const { id } = await office.firm.ask("POST", "/v1/fields", story);
    const card = await makeCard(anna, "Novel", "", undefined, PROJECTS);
    await sent(anna);
    await Promise.all([showCard(anna, card), showCard(bela, card)]);
    const [field, note] = [`[name="${id}"]`, "[data-form=entry] [name=text]"];
    const isLong = ([input, length]) => document.querySelector(input)?.value.length === length;
    const seeLength = (tab, input, length) => tab.until(isLong, [input, length], "a novel");
    await put(anna, field, "Novel ".repeat(10_000));
    await seeLength(bela, field, 60_000);
    // Cut off while somebody types in it.
    await anna.run((field) => document.querySelector(field).focus(), field);
    await anna.set(field, "Novel ".repeat(10_001));
    await anna.reload();
    await seeLength(anna, field, 60_006);
    await anna.click("[data-unstored] [data-do=discard]");
    await seeLength(anna, field, 60_000);

    await anna.click("[data-do=write-down]");
    await anna.set(note, "Novel ".repeat(100_000));
    await anna.click("[data-do=add-entry]");
    await anna.see('[data-form=entry] [data-failure="invalid.text_too_long"]');
    await anna.reload();
    await anna.click("[data-do=write-down]");
    await seeLength(anna, note, 600_000);
    assert.equal(await anna.count("[data-notice=unkept]"), 0);
    await anna.fill(note, "A short one");
    await anna.click("[data-do=add-entry]");
    await bela.see("[data-entry]", "A short one");
  });

  test("Of what there is no room to keep it is said that it goes with the page, and it stays until then", async () => {
    const card = await makeCard(anna, "Library", "", undefined, PROJECTS);
    await showCard(anna, card);
    const note = "[data-form=entry] [name=text]";
    const novel = "Novel ".repeat(2_000);
    await anna.click("[data-do=write-down]");
    await anna.fill(note, "The first word");
    await anna.run(fillDrafts);
    await anna.set(note, novel);
    await anna.see("[data-sheet] [data-notice=unkept]");
    await anna.click("[data-do=close-sheet]");
    await anna.gone("[data-sheet]");
    await anna.see("main > [data-notice=unkept]");
    await anna.click("[data-do=write-down]");
    await seeTyped(anna, note, novel);
    await anna.reload();
    await anna.click("[data-do=write-down]");
    await seeTyped(anna, note, "The first word");
    await anna.set(note, novel);
    await anna.see("[data-sheet] [data-notice=unkept]");
    await anna.run(() => localStorage.removeItem("filler"));
    await anna.fill(note, "A word");
    await anna.gone("[data-notice=unkept]");
    await anna.click("[data-do=add-entry]");
    await anna.see("[data-entry]", "A word");
  });

  test("Hostile and right-to-left texts are shown as texts on every screen, and nothing is executed", async () => {
    const [script, arabic] = [`<script>isOwned = 1</script><img src=x onerror="isOwned = 1">`, "مخبز النور الكبير"];
    const link = "javascript:isOwned=1";
    const long = "Wurstfabrik".repeat(18);
    await office.firm.ask("POST", "/v1/fields", {
      scope: { product: PROJECTS },
      name: `${script} field`,
      kind: { type: "choice", multiple: false, options: [{ key: "bad", name: `${script} option` }] },
      order: 10,
    });
    const page = { scope: { product: PROJECTS }, name: "Page", kind: { type: "url" }, order: 10 };
    const { id: url } = await office.firm.ask("POST", "/v1/fields", page);
    const product = (await office.firm.ask("GET", "/v1/products")).find(({ id }) => id === PROJECTS);
    await office.firm.ask("PUT", `/v1/products/${PROJECTS}`, { ...product, name: `${script} product` });

    const person = await makePerson(anna, { given: script, family: `${arabic} ${long}`, phone: link, email: link });
    await anna.click("[data-do=add-address]");
    await anna.fill("[data-form=detail] [name=value]", `${link} ${script}`);
    await anna.click("[data-form=detail] [data-do=save]");
    await anna.see("[data-detail]", link);
    const card = await makeCard(anna, `${script} card ${arabic}`, `${script} todo ${long}`, undefined, PROJECTS);
    const rtl = await makeCard(anna, `${arabic} <b>1</b>`, arabic, undefined, PROJECTS);
    await sent(anna);
    await showCard(anna, card);
    await anna.click("[data-do=add-contact]");
    await anna.fill("[data-picker] [name=contact]", arabic);
    await anna.click("[data-picker] [data-do=pick]");
    await anna.see("[data-link]", script);
    await anna.click("[data-do=write-down]");
    await anna.fill("[data-form=entry] [name=text]", `${script} note ${long}`);
    await anna.click("[data-do=add-entry]");
    await anna.see("[data-entry]", `${script} note`);
    await write(anna, `[name="${url}"]`, link);
    await anna.see(`[data-field="${url}"] :is([data-problem], [data-failure])`);

    const screens = {
      today: ["[data-todo] .text", `${script} todo`],
      [`today?from=${"2000-01-01"}&to=${"2090-01-01"}`]: ["[data-todo] .card", `${script} card`],
      [`board/${PROJECTS}`]: [`[data-card="${card}"] .name`, `${script} card`],
      [`card/${card}`]: ["h1", `${script} card ${arabic}`],
      people: ["[data-contact] .name", script],
      [`people?text=${encodeURIComponent(script)}`]: ["main", script],
      [`contact/${person}`]: ["h1", script],
      [`search?text=${encodeURIComponent(arabic)}`]: ["[data-section=cards] a", `${script} card`],
      "more/trash": ["[data-trashed] a", `${arabic} <b>1</b>`],
    };
    await showCard(bela, rtl);
    await bela.click("[data-do=trash]");
    await bela.see("[data-trash=trashed]");
    for (const size of [PHONE, DESK]) {
      await anna.page.setViewportSize(size);
      for (const [address, [selector, text]] of Object.entries(screens)) {
        await show(anna, address);
        await anna.see(selector, text);
        const width = await anna.run(() => document.documentElement.scrollWidth);
        assert.ok(width <= size.width, `${address} is ${width} wide`);
        assert.equal(await anna.count("main :is(script, img, b)"), 0, address);
      }
    }
    await showCard(anna, card);
    await anna.see("[data-field] label", `${script} field`);
    await anna.see("[data-field] option", `${script} option`);
    await anna.see("[data-product]", `${script} product`);
    await anna.run(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    await anna.see("[data-cards-of] a", `${script} card`);

    const direction = (selector) => getComputedStyle(document.querySelector(selector)).direction;
    const directionOf = (selector) => anna.run(direction, selector);
    await show(anna, `card/${rtl}`);
    await anna.see("h1", arabic);
    assert.equal(await directionOf("h1"), "rtl");
    assert.equal(await directionOf("main"), "ltr");
    for (const tab of [anna, bela]) assert.equal(await tab.run(() => globalThis.isOwned), undefined);
    for (const [address, selector] of [[`contact/${person}`, "[data-detail]"], [`card/${card}`, "[data-link]"]]) {
      await show(anna, address);
      await anna.see(selector);
      const schemes = await anna.run(() => [...document.links].map(({ protocol }) => protocol));
      assert.deepEqual(schemes.filter((scheme) => !/^(http|mailto|geo|tel):$/.test(scheme)), [], address);
    }
  });
});

/** Waits until an input holds this. */
function seeTyped(tab, input, text) {
  const isTyped = ([input, text]) => document.querySelector(input)?.value === text;
  return tab.until(isTyped, [input, text], `${input}: ${text}`);
}

/** Runs in the page: leaves room for some hundred characters among what the browser keeps for drafts. */
function fillDrafts() {
  let filler = "";
  for (let more = 4_000_000; more > 200; more = Math.floor(more / 2)) {
    try {
      localStorage.setItem("filler", filler + "x".repeat(more));
      filler += "x".repeat(more);
    } catch {
      // Half of it may fit.
    }
  }
}

/** Gives a card to somebody; to nobody without an id. */
async function giveTo(tab, card, user) {
  await showCard(tab, card);
  await tab.choose("[data-card] [name=owner]", user);
  await tab.see(user === "" ? "[data-card]:not(:has([data-owner]))" : `[data-owner="${user}"]`);
  await sent(tab);
}

/** The selector of a row of the quarantine, by its title. */
async function rowOf(tab, title) {
  const find = (title) => {
    const rows = [...document.querySelectorAll("[data-edit]")];
    return rows.find((row) => row.querySelector("h2").textContent === title).dataset.edit;
  };
  return `[data-edit="${await tab.run(find, title)}"]`;
}
