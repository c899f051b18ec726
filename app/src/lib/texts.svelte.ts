// What the app says, in the user's language.

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { RoadbookError } from "@roadbook/core";
import { keep, kept } from "@roadbook/core/kept";
import english from "../../texts/en.ftl?raw";
import hungarian from "../../texts/hu.ftl?raw";
import romanian from "../../texts/ro.ftl?raw";

/** The languages, each by its own name. */
export const LANGUAGES = { en: "English", hu: "Magyar", ro: "Română" } as const;
export type Language = keyof typeof LANGUAGES;

const SOURCES: Record<Language, string> = { en: english, hu: hungarian, ro: romanian };
const KEPT_AS = "roadbook/language";

const state = $state({ language: chosen() ?? preferred(navigator.languages) });
const bundle = $derived(made(state.language));
/** With the country that the browser names for the language: dates differ by it. */
const locale = $derived(navigator.languages.find((tag) => languageOf(tag) === state.language) ?? state.language);
const days = $derived(new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }));
const times = $derived(new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }));

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

/** What an error means to the user: a sentence by its code. */
export function explain(error: unknown): string {
  if (!(error instanceof RoadbookError)) return t("error-internal");
  const { retryAt, ...data } = error.data;
  const when = typeof retryAt === "number" ? instant(retryAt) : "none";
  const id = `error-${error.code.replaceAll(".", "-")}`;
  return t(bundle.hasMessage(id) ? id : "error-internal", { ...(data as Record<string, FluentVariable>), when });
}

/** A day and time, by milliseconds since 1970. */
export function instant(millis: number): string {
  return times.format(millis);
}

/** A due, and the instant from which it is overdue. A day is the same everywhere, a minute is shown in this zone. */
export function due(due: string, overdueFrom: number): string {
  return due.includes("T") ? instant(overdueFrom) : days.format(Date.parse(due));
}

function made(language: Language): FluentBundle {
  const bundle = new FluentBundle(language, { useIsolating: false });
  bundle.addResource(new FluentResource(SOURCES[language]));
  return bundle;
}

function chosen(): Language | undefined {
  return languageOf(kept(KEPT_AS) ?? "");
}

function preferred(tags: readonly string[]): Language {
  return tags.map(languageOf).find((language) => language !== undefined) ?? "en";
}

function languageOf(tag: string): Language | undefined {
  const language = tag.split("-")[0] ?? "";
  return Object.hasOwn(LANGUAGES, language) ? (language as Language) : undefined;
}
