// What the app says, in the user's language.

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { RoadbookError } from "@roadbook/core";
import { keep, kept } from "@roadbook/core/kept";
import { instant } from "./format.svelte";

/** The texts of all languages: a folder of its tag for each. Those of settings come with their screens. */
const SOURCES = import.meta.glob<string>(["../../texts/*/*.ftl", "!../../texts/*/settings.ftl"], {
  query: "?raw",
  import: "default",
  eager: true,
});
let added = $state.raw<Readonly<Record<string, string>>>({});
const TAGS = [...new Set(Object.keys(SOURCES).map(tagOf))].sort();
const KEPT_AS = "roadbook/language";
const FALLBACK = "en";

/** The tag of a language that the app speaks. */
export type Language = string;

/** The languages, each by its own name. */
export const LANGUAGES: Readonly<Record<Language, string>> = Object.fromEntries(
  TAGS.map((tag) => [tag, made(tag).getMessage("language-name")?.value as string]),
);

const state = $state({ language: chosen() ?? preferred(navigator.languages) });
const bundle = $derived(made(state.language));
/** With the country that the browser names for the language: dates differ by it. */
const locale = $derived(navigator.languages.find((tag) => languageOf(tag) === state.language) ?? state.language);

export function language(): Language {
  return state.language;
}

export function setLanguage(language: Language): void {
  state.language = language;
  keep(KEPT_AS, language);
}

/** A sentence. */
export function t(id: string, data?: Record<string, FluentVariable>): string {
  const pattern = bundle.getMessage(id)?.value;
  return pattern == null ? id : bundle.formatPattern(pattern, data);
}

/** Texts of screens that are loaded only when somebody comes there, by their paths. */
export function addTexts(sources: Readonly<Record<string, string>>): void {
  added = { ...added, ...sources };
}

/** What an error means to the user: a sentence by its code. */
export function explain(error: unknown): string {
  if (!(error instanceof RoadbookError)) return t("error-internal");
  const { retryAt, ...data } = error.data;
  const when = typeof retryAt === "number" ? instant(retryAt) : "none";
  const id = `error-${error.code.replaceAll(".", "-")}`;
  return t(bundle.hasMessage(id) ? id : "error-internal", { ...(data as Record<string, FluentVariable>), when });
}

/** The language with its country, for what is written by the country's habits. */
export function localeTag(): string {
  return locale;
}

function made(language: Language): FluentBundle {
  const bundle = new FluentBundle(language, { useIsolating: false });
  for (const [path, source] of Object.entries({ ...SOURCES, ...added })) {
    if (tagOf(path) === language) bundle.addResource(new FluentResource(source));
  }
  return bundle;
}

function chosen(): Language | undefined {
  return languageOf(kept(KEPT_AS) ?? "");
}

function preferred(tags: readonly string[]): Language {
  return tags.map(languageOf).find((language) => language !== undefined) ?? FALLBACK;
}

function languageOf(tag: string): Language | undefined {
  const language = tag.split("-")[0] ?? "";
  return TAGS.includes(language) ? language : undefined;
}

function tagOf(path: string): Language {
  return path.split("/").at(-2) ?? FALLBACK;
}
