// What these pages say: it is loaded with them.

import { addTexts } from "../lib/texts.svelte";

addTexts(import.meta.glob<string>("../../texts/*/settings.ftl", { query: "?raw", import: "default", eager: true }));
