import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const core = (path) => fileURLToPath(new URL(`../mobile-bindings/web/package/${path}`, import.meta.url));

/** The core, or for a look at the build alone a stand-in that only says that it is missing. */
function coreOrStub() {
  if (existsSync(core("generated/roadbook_web.js"))) return {};
  if (process.env.ROADBOOK_WITHOUT_CORE !== "1") {
    throw new Error("The core has not been built: run mobile-bindings/web/build first.");
  }
  return { "#core": core("stub/roadbook_web.js") };
}

/** Another one whenever the core is, or how tabs talk to each other: tabs of two versions do not share a core. */
function coreVersion() {
  const hash = createHash("sha256");
  for (const folder of ["generated", "src"].map(core).filter(existsSync)) {
    for (const name of readdirSync(folder).sort()) hash.update(readFileSync(`${folder}/${name}`));
  }
  return hash.digest("hex").slice(0, 16);
}

/** What a language calls itself. */
const OWN_NAME = "language-name";

/** The languages that there are texts of, each by its own name: nobody loads a language to read what it is called. */
function languageNames() {
  const texts = fileURLToPath(new URL("texts", import.meta.url));
  const tags = readdirSync(texts, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const told = new RegExp(`^${OWN_NAME} = (.+)$`, "m");
  const nameOf = (tag) => told.exec(readFileSync(`${texts}/${tag}/app.ftl`, "utf8"))[1].trim();
  return Object.fromEntries(tags.map(({ name }) => [name, nameOf(name)]).sort());
}

/** Texts that are loaded at the start; each of the others comes with what says it. */
const AT_START = /\/texts\/(\w+)\/(?!(?:settings|quick|details)\.ftl)\w+\.ftl/;

export default defineConfig(({ command }) => ({
  plugins: [svelte()],
  define: { CORE_VERSION: JSON.stringify(coreVersion()), LANGUAGE_NAMES: JSON.stringify(languageNames()) },
  resolve: { alias: command === "build" ? coreOrStub() : {} },
  worker: { format: "es" },
  build: {
    // The oldest browsers that have what the core needs.
    target: ["chrome108", "firefox114", "safari16.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: "index.html", sw: "src/sw.ts" },
      output: {
        // A service worker keeps its address from version to version.
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        // A language is one file.
        codeSplitting: { groups: [{ test: AT_START, name: (path) => `texts-${AT_START.exec(path)[1]}` }] },
      },
    },
  },
}));
