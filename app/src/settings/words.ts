// How members of settings and their values are said.

import type { Role, StatusGroup } from "@roadbook/core";
import { groupName } from "../board/statuses";
import { LANGUAGES, language, localeTag, t } from "../lib/texts.svelte";
import type { Names } from "./api";
import type { Json } from "./merge";

/** How a difference is said. */
export interface Words {
  /** What a member is called, by the members that lead to it. */
  name(path: readonly string[]): string;
  value(path: readonly string[], value: Json): string;
}

/** Of a table of what members are called. */
export function wordsOf(
  names: Readonly<Record<string, string>>,
  values: Readonly<Record<string, (value: Json) => string>> = {},
): Words {
  return {
    name: (path) => names[path.join(".")] ?? path.join(", "),
    value: (path, value) => (values[path.join(".")] ?? plain)(value),
  };
}

/** What stands there, without knowing what it is. */
export function plain(value: Json): string {
  if (typeof value === "boolean") return t(value ? "settings-yes" : "settings-no");
  if (value === null || value === undefined) return "";
  if (typeof value === "object") {
    return Object.values(value).map(plain).filter((words) => words !== "").join(", ");
  }
  return String(value);
}

export function nothing(words: string): string {
  return words === "" ? t("settings-nothing") : words;
}

/** What the gallery has, in the language of the app. */
export function inLanguage(names: Names | undefined): string {
  return names?.[language()] ?? names?.["en"] ?? "";
}

export const ROLES: readonly Role[] = ["admin", "manager", "user", "restricted"];

export function roleName(role: string): string {
  switch (role) {
    case "admin":
      return t("settings-role-admin");
    case "manager":
      return t("settings-role-manager");
    case "user":
      return t("settings-role-user");
    case "restricted":
      return t("settings-role-restricted");
    default:
      return role;
  }
}

export function roleHint(role: string): string | undefined {
  switch (role) {
    case "admin":
      return t("settings-role-admin-hint");
    case "manager":
      return t("settings-role-manager-hint");
    case "user":
      return t("settings-role-user-hint");
    case "restricted":
      return t("settings-role-restricted-hint");
    default:
      return undefined;
  }
}

const GROUPS: readonly StatusGroup[] = ["inactive", "in_progress", "positive", "negative"];

export function groupChoices(): { value: StatusGroup; name: string }[] {
  return GROUPS.map((value) => ({ value, name: groupName(value) }));
}

/** Languages with their countries, as users and firms have them. */
export function localeChoices(present: string): { value: string; name: string }[] {
  const own = Object.keys(LANGUAGES).map((tag) => `${tag}-${new Intl.Locale(tag).maximize().region}`);
  const browser = navigator.languages.filter((tag) => tag.includes("-"));
  const tags = new Set([...own, "en-GB", "hu-RO", "ro-MD", ...browser, present]);
  return [...tags].filter((tag) => tag !== "").map((value) => ({ value, name: localeName(value) }));
}

export function localeName(tag: string): string {
  try {
    return new Intl.DisplayNames(localeTag(), { type: "language" }).of(tag) ?? tag;
  } catch {
    // Anything may have been stored.
    return tag;
  }
}

export const zones = (): string[] => Intl.supportedValuesOf("timeZone");
export const currencies = (): string[] => Intl.supportedValuesOf("currency");
