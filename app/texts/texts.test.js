import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { FluentBundle, FluentResource } from "@fluent/bundle";

const LANGUAGES = readdirSync(new URL(".", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

function bundle(language) {
  const made = new FluentBundle(language, { useIsolating: false });
  const ids = [];
  for (const file of readdirSync(new URL(language, import.meta.url)).sort()) {
    const resource = new FluentResource(read(`${language}/${file}`));
    assert.deepEqual(made.addResource(resource), [], `${language}/${file} says again what another file says`);
    ids.push(...resource.body.map(({ id }) => id));
  }
  return { made, ids };
}

/** The names of the data that a sentence asks for. */
function variables(pattern) {
  const names = new Set();
  JSON.stringify(pattern, (_, part) => (part?.type === "var" && names.add(part.name), part));
  return [...names].sort();
}

function sources(folder) {
  const files = readdirSync(new URL(folder, import.meta.url), { recursive: true });
  return files.filter((file) => /\.(ts|svelte)$/.test(file)).map((file) => read(`${folder}/${file}`)).join("\n");
}

test("Every language says the same, of the same data", () => {
  assert.ok(LANGUAGES.length >= 3);
  const english = bundle("en");
  const others = LANGUAGES.filter((language) => language !== "en").map(bundle);
  assert.equal(new Set(english.ids).size, english.ids.length);
  for (const other of others) {
    assert.deepEqual([...other.ids].sort(), [...english.ids].sort());
    for (const id of english.ids) {
      const [here, there] = [other, english].map(({ made }) => variables(made.getMessage(id).value));
      assert.deepEqual(here, there, id);
    }
  }
});

test("Every sentence can be said", () => {
  for (const { made, ids } of LANGUAGES.map(bundle)) {
    for (const id of ids) {
      const errors = [];
      const pattern = made.getMessage(id).value;
      const data = Object.fromEntries(variables(pattern).map((name) => [name, 21]));
      const said = made.formatPattern(pattern, data, errors);
      assert.deepEqual(errors, [], id);
      assert.ok(said.length > 0 && !said.includes("{"), `${id}: ${said}`);
    }
  }
});

test("Every code that a call of the core may end with has a sentence", () => {
  const page = read("../../docs/api.md");
  const [table] = page.slice(page.indexOf("## Error codes")).split("Rust's transports and sessions");
  const codes = [...table.matchAll(/^\| `([a-z_.]+)` \|/gm)].map(([, code]) => code);
  assert.ok(codes.length > 40);
  const { ids } = bundle("en");
  for (const code of codes) assert.ok(ids.includes(`error-${code.replaceAll(".", "-")}`), code);
});

test("Every sentence that a screen asks for is there, and none is left over", () => {
  const code = sources("../src") + read("../vite.config.js");
  const { ids } = bundle("en");
  const asked = [...code.matchAll(/\bt\(\s*"([a-z0-9_-]+)"/g)].map(([, id]) => id);
  for (const id of asked) assert.ok(ids.includes(id), id);
  for (const id of ids) if (!id.startsWith("error-")) assert.ok(code.includes(`"${id}"`), `${id} is asked for nowhere`);
});

test("Numbers take their forms by the language", () => {
  const said = (language, count) => {
    const { made } = bundle(language);
    return made.formatPattern(made.getMessage("unsent").value, { count });
  };
  assert.deepEqual([0, 1, 2, 21].map((count) => said("ro", count)), [
    "Totul este trimis",
    "O modificare este netrimisă",
    "2 modificări sunt netrimise",
    "21 de modificări sunt netrimise",
  ]);
  assert.equal(said("hu", 5), "5 módosítás nincs elküldve");
});

test("How often a todo comes again is said as people say it", () => {
  const said = (language, every, unit) => {
    const { made } = bundle(language);
    return made.formatPattern(made.getMessage("todo-repeats").value, { every, unit });
  };
  const all = (language) => [
    said(language, 1, "day"), said(language, 2, "week"), said(language, 20, "month"), said(language, 1, "year"),
  ];
  assert.deepEqual(all("en"), ["every day", "every 2 weeks", "every 20 months", "every year"]);
  assert.deepEqual(all("hu"), ["naponta", "2 hetente", "20 havonta", "évente"]);
  assert.deepEqual(all("ro"), ["zilnic", "o dată la 2 săptămâni", "o dată la 20 de luni", "anual"]);
});
