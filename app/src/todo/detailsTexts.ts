// What the form of details says: it is loaded with it.

import { addTexts } from "../lib/texts.svelte";

addTexts(import.meta.glob<string>("../../texts/*/details.ftl", { query: "?raw", import: "default", eager: true }));
