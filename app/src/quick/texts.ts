// What quick add says: it is loaded with it.

import { addTexts } from "../lib/texts.svelte";

addTexts(import.meta.glob<string>("../../texts/*/quick.ftl", { query: "?raw", import: "default", eager: true }));
