// The page of the demonstration, which `roadbook demo` hands out: it is no part of the app, and lies beside it.

import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  plugins: [svelte({ configFile: here("../svelte.config.js") })],
  build: {
    outDir: here("../dist-demo"),
    emptyOutDir: true,
    target: ["chrome108", "firefox114", "safari16.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
