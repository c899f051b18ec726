// Settings in the app: what an administrator sets up is in the server's hands at once, and on everybody's screens with
// the next exchange.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { sent, show } from "./app.js";
import { begin, NAMES } from "./browsers.js";
import { PASSWORD } from "./firm.js";
import { cut, Office, PROJECTS, SALES } from "./office.js";

describe("Settings", { skip: !NAMES.includes("Chromium") }, () => {
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

  /** Opens a page of settings. */
  async function open(tab, page, seen) {
    await show(tab, `more/settings${page}`);
    await tab.see(seen);
  }

  const value = (tab, selector) => tab.run((selector) => document.querySelector(selector).value, selector);
  const found = async (path, name) => (await office.firm.ask("GET", path)).find((setting) => setting.name === name);

  /** The texts of the difference that is shown, by members. */
  const differs = (tab) =>
    tab.run(() =>
      Object.fromEntries(
        [...document.querySelectorAll("[data-differs]")].map((row) => [
          row.dataset.differs,
          [row.querySelector("[data-mine]").textContent, row.querySelector("[data-theirs]").textContent],
        ]),
      ),
    );

  test("Who may not edit settings finds their profile, and nothing else", async () => {
    await open(bela, "", "[data-page=settings-profile]");
    const pages = () => [...document.querySelectorAll("[data-page^=settings-]")].map(({ dataset }) => dataset.page);
    assert.deepEqual(await bela.run(pages), ["settings-profile"]);
    await open(bela, "-users", "[data-page=settings-profile]");
    assert.equal(await bela.count("[data-user]"), 0);
    await open(anna, "", "[data-page=settings-users]");
    assert.equal((await anna.run(pages)).length, 6);
  });

  test("What is typed outlives a reload, and of two edits the user chooses", async () => {
    await open(anna, "-organisation", "[data-form=organisation]");
    await anna.fill("[data-form=organisation] [name=name]", "Duna Kávé");
    await anna.see("[data-form=organisation][data-changed=true]");
    await anna.reload();
    await anna.see("[data-form=organisation][data-changed=true]");
    const before = await office.firm.ask("GET", "/v1/organisation");
    const faster = { ...before, name: "Tisza Kávé", only_admins_export: true };
    await office.firm.ask("PUT", "/v1/organisation", faster);
    await anna.click("[data-form=organisation] [data-do=save]");
    await anna.see("[data-difference]");
    const { name, only_admins_export: exporting, ...others } = await differs(anna);
    assert.deepEqual([name, others], [["Duna Kávé", "Tisza Kávé"], {}]);
    assert.equal(exporting?.length, 2);
    await anna.click("[data-do=use-mine]");
    await anna.see("[data-stored=true]");
    // What only the other one changed stays.
    const after = await office.firm.ask("GET", "/v1/organisation");
    assert.deepEqual(after, { ...faster, name: "Duna Kávé", version: before.version + 2 });

    await office.firm.ask("PUT", "/v1/organisation", { ...after, name: "Dráva Kávé" });
    await anna.fill("[data-form=organisation] [name=name]", "Rába Kávé");
    await anna.click("[data-form=organisation] [data-do=save]");
    await anna.see("[data-difference]");
    await anna.click("[data-do=use-theirs]");
    await anna.gone("[data-difference]");
    assert.equal(await value(anna, "[data-form=organisation] [name=name]"), "Dráva Kávé");
  });

  test("Why something is not taken stands beside its input, which has the focus", async () => {
    await open(anna, "-organisation", "[data-form=organisation]");
    await anna.fill("[data-form=organisation] [name=zone]", "Europe/Nowhere");
    await anna.click("[data-form=organisation] [data-do=save]");
    await anna.see("[data-problem=zone]");
    assert.equal(await anna.run(() => document.activeElement.getAttribute("name")), "zone");
    await anna.click("[data-do=discard]");
    await anna.see("[data-form=organisation][data-changed=false]");
  });

  test("A product of the gallery comes with its statuses, to which others are added", async () => {
    await open(anna, "-gallery", "[data-kind=human_resources][data-preview=false]");
    await anna.see("[data-kind=invoicing][data-preview=true]");
    await anna.click("[data-kind=human_resources] [data-do=choose-kind]");
    await anna.fill("[data-form=new-product] [name=name]", "Hiring");
    await anna.click("[data-form=new-product] [data-do=save]");
    await anna.see("[data-form=product]");
    await anna.gone("[data-sheet]");
    const { id } = await found("/v1/products", "Hiring");
    assert.equal(await anna.run(() => location.hash), `#/more/settings-product/${id}`);

    await anna.click("[data-page=settings-statuses]");
    await anna.see("[data-group=in_progress] [data-status]");
    await anna.click("[data-do=add]");
    await anna.fill("[data-form=new-status] [name=name]", "Trial day");
    await anna.click("[data-form=new-status] [name=todo]");
    await anna.fill("[data-form=new-status] [name='todo.text']", "Ask how it was");
    await anna.click("[data-form=new-status] [data-do=save]");
    await anna.gone("[data-sheet]");
    await anna.see("[data-group=in_progress] [data-status]:last-child", "Trial day");
    const trial = await found("/v1/statuses", "Trial day");
    assert.deepEqual(trial.todo, { text: "Ask how it was", due_days: 0 });
    await anna.click(`[data-status="${trial.id}"] [data-do=up]`);
    await anna.gone("[data-group=in_progress] [data-status]:last-child", "Trial day");
    // Its board has the new status.
    await show(anna, `board/${id}`);
    await anna.see(`main [value="${trial.id}"]`);
    // And so has another's, without being asked.
    await show(bela, `board/${id}`);
    await bela.see(`main [value="${trial.id}"]`);

    await open(anna, `-statuses/${id}`, "[data-status]");
    await anna.click(`[data-status="${trial.id}"] [data-do=edit]`);
    await anna.click("[data-form=status] [name=retired]");
    // A sheet that is closed loses nothing.
    await anna.press("Escape");
    await anna.gone("[data-sheet]");
    await anna.click(`[data-status="${trial.id}"] [data-do=edit]`);
    await anna.see("[data-form=status][data-changed=true]");
    await anna.click("[data-form=status] [data-do=save]");
    await anna.see(`[data-status="${trial.id}"][data-retired=true]`);
  });

  test("A fixed set of statuses has nothing to add, to move or to retire", async () => {
    await open(anna, `-statuses/${SALES}`, "[data-fixed=true]");
    assert.deepEqual(await Promise.all(["[data-do=add]", "[data-do=up]"].map((each) => anna.count(each))), [0, 0]);
    await anna.click("[data-status] [data-do=edit]");
    await anna.see("[data-form=status] [name=name]");
    assert.equal(await anna.count("[data-form=status] [name=retired]"), 0);
    await anna.press("Escape");
    await anna.gone("[data-sheet]");
  });

  test("A field with options is added, asked for in a status, and keeps its options", async () => {
    await open(anna, `-fields/${PROJECTS}`, "[data-do=add]");
    await anna.click("[data-do=add]");
    await anna.fill("[data-form=new-field] [name=name]", "Roof");
    await anna.choose("[data-form=new-field] [name=kind]", "choice");
    for (const option of ["Lapos", "Meredek"]) {
      await anna.fill("[name=new-option]", option);
      await anna.press("Enter");
    }
    await anna.click("[name^=required_for]");
    await anna.click("[data-form=new-field] [data-do=save]");
    await anna.gone("[data-sheet]");
    const roof = await found("/v1/fields", "Roof");
    assert.deepEqual(roof.kind.options.map(({ key }) => key), ["lapos", "meredek"]);
    assert.equal(roof.required_for.length, 1);

    // Somebody adds an option while another one is added here: both are there.
    await anna.click(`[data-field="${roof.id}"] [data-do=edit]`);
    await anna.fill("[name=new-option]", "Íves");
    await anna.click("[data-do=add-option]");
    const dome = { key: "kupola", name: "Kupola", retired: false };
    const faster = { ...roof, kind: { ...roof.kind, options: [dome, ...roof.kind.options] } };
    await office.firm.ask("PUT", `/v1/fields/${roof.id}`, faster);
    await anna.click("[data-form=field] [data-do=save]");
    await anna.see("[data-difference]");
    assert.deepEqual(Object.keys(await differs(anna)), ["kind/options/ives", "kind/options/kupola"]);
    await anna.click("[data-do=use-mine]");
    await anna.gone("[data-sheet]");
    const merged = await found("/v1/fields", "Roof");
    assert.deepEqual(merged.kind.options.map(({ key }) => key), ["kupola", "lapos", "meredek", "ives"]);
  });

  test("A colleague is added, gets in by the link, and their device is shut out", async () => {
    await open(anna, "-users", "[data-user]");
    await anna.click("[data-do=add]");
    await anna.fill("[data-form=new-user] [name=email]", "cili@example.com");
    await anna.fill("[data-form=new-user] [name=family_name]", "Tóth");
    await anna.click("[data-form=new-user] [data-do=save]");
    await anna.see("[data-form=user]");
    await anna.click("[data-do=enrolment]");
    await anna.see("[data-link]");
    const link = await value(anna, "[data-link]");
    assert.match(link, new RegExp(`^${office.firm.address}/enrol#`));

    const browser = begin("Chromium");
    try {
      const cili = await browser.tab(link);
      await cili.fill("[name=password]", "a password of my own");
      await cili.click("[data-do=enrol]");
      await cili.see("main[data-stage=work]");
      await sent(cili);
      await anna.reload();
      await anna.see("[data-section=devices] [data-device]");
      await anna.click("[data-do=revoke]");
      await anna.click("[data-do=revoke-yes]");
      await anna.see("[data-device][data-revoked=true]");
      await cili.see("main[data-stage=begin]");
      assert.deepEqual(browser.complaints, []);
    } finally {
      await browser.end();
    }
    // Nobody shuts out the last administrator.
    await open(anna, "-users", "[data-user]");
    await anna.click("[data-user][data-role=admin] a");
    await anna.see("[data-form=user]");
    await anna.choose("[data-form=user] [name=role]", "user");
    await anna.click("[data-form=user] [data-do=save]");
    await anna.see("[data-problem=role]");
    await anna.click("[data-do=discard]");
  });

  test("Everybody changes their names and their password, and goes on working", async () => {
    await open(bela, "-profile", "[data-form=profile]");
    await bela.fill("[data-form=profile] [name=given_name]", "Béla Bence");
    await bela.click("[data-form=profile] [data-do=save]");
    await bela.see("[data-form=profile] [data-stored=true]");
    await bela.fill("[data-form=password] [name=old]", "wrong");
    await bela.fill("[data-form=password] [name=password]", "another long password");
    await bela.click("[data-do=save-password]");
    await bela.see("[data-problem=old]");
    await bela.fill("[data-form=password] [name=old]", PASSWORD);
    await bela.click("[data-do=save-password]");
    await bela.see("[data-form=password] [data-stored=true]");
    await open(bela, "", "[data-page=settings-profile]");
    await open(bela, "-profile", "[data-form=profile]");
    assert.equal(await value(bela, "[data-form=profile] [name=given_name]"), "Béla Bence");
  });

  test("Without a network a sentence says so, and what was typed is stored once there is one", async () => {
    await open(anna, "-products", "[data-product]");
    await anna.click(`[data-product="${PROJECTS}"] a`);
    await anna.see("[data-form=product]");
    await cut(true, anna);
    await anna.see("[data-settings-online=false]");
    await anna.fill("[data-form=product] [name=name]", "Site visits");
    await anna.click("[data-form=product] [data-do=save]");
    await anna.see("[data-form=product] .failure:not(:empty)");
    await show(anna, "more/settings-products");
    await anna.see("[data-settings-online=false]");
    await cut(false, anna);
    await anna.see(`[data-product="${PROJECTS}"]`);
    await anna.click(`[data-product="${PROJECTS}"] a`);
    await anna.see("[data-form=product][data-changed=true]");
    await anna.click("[data-form=product] [data-do=save]");
    await anna.see("[data-form=product] [data-stored=true]");
    assert.notEqual(await found("/v1/products", "Site visits"), undefined);
  });
});
