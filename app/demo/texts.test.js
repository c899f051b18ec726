import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { FluentBundle, FluentResource } from "@fluent/bundle";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const LANGUAGES = readdirSync(new URL("texts", import.meta.url)).map((file) => file.split(".")[0]);

function bundle(language) {
  const made = new FluentBundle(language, { useIsolating: false });
  const resource = new FluentResource(read(`texts/${language}.ftl`));
  assert.deepEqual(made.addResource(resource), []);
  return { made, ids: resource.body.map(({ id }) => id) };
}

test("The page says all that it asks for in every language of the app, and nothing is left over", () => {
  const app = readdirSync(new URL("../texts", import.meta.url), { withFileTypes: true });
  assert.deepEqual(LANGUAGES.sort(), app.filter((entry) => entry.isDirectory()).map(({ name }) => name).sort());
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => /\.(ts|svelte)$/.test(file));
  const code = files.map(read).join("\n");
  const asked = [...code.matchAll(/\bt\(\s*"([a-z-]+)"/g)].map(([, id]) => id);
  assert.ok(asked.length > 20);
  for (const { ids } of LANGUAGES.map(bundle)) {
    for (const id of asked) assert.ok(ids.includes(id), id);
    for (const id of ids) assert.ok(code.includes(`"${id}"`), `${id} is asked for nowhere`);
  }
});

test("Every sentence of the page can be said", () => {
  const data = { count: 3, seconds: 21, pid: "4711", name: "Anna", card: "Bistro", time: "12:00" };
  for (const { made, ids } of LANGUAGES.map(bundle)) {
    for (const id of ids) {
      const errors = [];
      const said = made.formatPattern(made.getMessage(id).value, data, errors);
      assert.deepEqual(errors, [], id);
      assert.ok(said.length > 0 && !said.includes("{"), `${id}: ${said}`);
    }
  }
});
