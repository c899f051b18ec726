// What the app says, in the user's language.

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { RoadbookError } from "@roadbook/core";
import { keep, kept } from "@roadbook/core/kept";
import { instant } from "./format.svelte";

/** What the build found in the folder of texts. */
declare const LANGUAGE_NAMES: Readonly<Record<Language, string>>;

/**
 * How the texts of each language are loaded: the build makes one file of a language, so that nobody waits for those of
 * others. Some come with what says them, when that is opened.
 */
const SOURCES = import.meta.glob<string>(["../../texts/*/*.ftl", "!../../texts/*/{settings,quick,details}.ftl"], {
  query: "?raw",
  import: "default",
});
/** What is loaded, by its path. */
let loaded = $state.raw<Readonly<Record<string, string>>>({});
const KEPT_AS = "roadbook/language";
const FALLBACK = "en";

/** The tag of a language that the app speaks. */
export type Language = string;

/** The languages, each by its own name. */
export const LANGUAGES: Readonly<Record<Language, string>> = LANGUAGE_NAMES;

const state = $state({ language: chosen() ?? preferred(navigator.languages) });
/** What the user chose last: its texts may still be on their way. */
let wanted = state.language;
const bundle = $derived(made(state.language));
/** With the country that the browser names for the language: dates differ by it. */
const locale = $derived(navigator.languages.find((tag) => languageOf(tag) === state.language) ?? state.language);

export function language(): Language {
  return state.language;
}

/** Loads what is said in the language that is shown: before that there are only the names of sentences. */
export function loadTexts(): Promise<void> {
  return load(state.language);
}

/** The language before it stays until the texts are there, and for good if they do not come. */
export async function setLanguage(language: Language): Promise<void> {
  wanted = language;
  await load(language);
  if (language !== wanted) return;
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
  loaded = { ...loaded, ...sources };
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

async function load(language: Language): Promise<void> {
  const own = Object.entries(SOURCES).filter(([path]) => tagOf(path) === language);
  const read = await Promise.all(own.map(async ([path, source]) => [path, await source()] as const));
  addTexts(Object.fromEntries(read));
}

function made(language: Language): FluentBundle {
  const bundle = new FluentBundle(language, { useIsolating: false });
  for (const [path, source] of Object.entries(loaded)) {
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
  return Object.hasOwn(LANGUAGES, language) ? language : undefined;
}

function tagOf(path: string): Language {
  return path.split("/").at(-2) ?? FALLBACK;
}
