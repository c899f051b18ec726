// What a field holds, and what the options of one may mean, in words.

import { t } from "../lib/texts.svelte";
import type { PlainKind } from "./api";

/** All that this version knows. */
export const KINDS: readonly (PlainKind | "choice")[] = [
  "text",
  "long_text",
  "decimal",
  "money",
  "day",
  "day_time",
  "choice",
  "flag",
  "user",
  "email",
  "phone",
  "url",
];

export function kindName(kind: string): string {
  switch (kind) {
    case "text":
      return t("settings-kind-text");
    case "long_text":
      return t("settings-kind-long-text");
    case "decimal":
      return t("settings-kind-decimal");
    case "money":
      return t("settings-kind-money");
    case "day":
      return t("settings-kind-day");
    case "day_time":
      return t("settings-kind-day-time");
    case "choice":
      return t("settings-kind-choice");
    case "flag":
      return t("settings-kind-flag");
    case "user":
      return t("settings-kind-user");
    case "email":
      return t("settings-kind-email");
    case "phone":
      return t("settings-kind-phone");
    case "url":
      return t("settings-kind-url");
    default:
      return kind;
  }
}

const MEANINGS: readonly string[] = ["open", "hot", "won", "lost"];

/** What an option of the step of Sales says of a lead (C24). */
export function meaningChoices(): { value: string; name: string }[] {
  return MEANINGS.map((value) => ({ value, name: meaningName(value) }));
}

export function meaningName(meaning: string): string {
  switch (meaning) {
    case "open":
      return t("settings-means-open");
    case "hot":
      return t("settings-means-hot");
    case "won":
      return t("settings-means-won");
    case "lost":
      return t("settings-means-lost");
    default:
      return meaning;
  }
}
