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

export default defineConfig(({ command }) => ({
  plugins: [svelte()],
  define: { CORE_VERSION: JSON.stringify(coreVersion()) },
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
      },
    },
  },
}));
