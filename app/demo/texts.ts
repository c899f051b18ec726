// What the page says, in the visitor's language. Its texts are not the app's, which carries none of them.

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";

const SOURCES = import.meta.glob<string>("./texts/*.ftl", { query: "?raw", import: "default", eager: true });

/** The first language that the visitor reads and the page speaks. */
export const language = navigator.languages.map((tag) => tag.split("-")[0] ?? "").find(isSpoken) ?? "en";
const bundle = new FluentBundle(language, { useIsolating: false });
bundle.addResource(new FluentResource(SOURCES[file(language)] ?? ""));

/** A sentence. */
export function t(id: string, data?: Record<string, FluentVariable>): string {
  const pattern = bundle.getMessage(id)?.value;
  return pattern == null ? id : bundle.formatPattern(pattern, data);
}

function isSpoken(language: string): boolean {
  return file(language) in SOURCES;
}

function file(language: string): string {
  return `./texts/${language}.ftl`;
}
