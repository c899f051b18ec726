// What phones, emails and addresses are called, and their labels.

import type { DetailSort } from "@roadbook/core";
import { t } from "../lib/texts.svelte";

export const SORTS = ["phone", "email", "address"] as const satisfies readonly DetailSort[];

/** Labels that imports and the proposals below write. They are kept as a word, and said in the user's language. */
const LABELS: Readonly<Record<string, string>> = {
  work: "people-label-work",
  mobile: "people-label-mobile",
  home: "people-label-home",
  main: "people-label-main",
  fax: "people-label-fax",
  other: "people-label-other",
};

/** The labels to propose, as they are said. */
export function proposedLabels(): string[] {
  return Object.values(LABELS).map((id) => t(id));
}

export function labelText(label: string): string {
  return Object.hasOwn(LABELS, label) ? t(LABELS[label] as string) : label;
}

/** The label that somebody typed, as it is kept: any text that is none of the known ones stays as it is. */
export function labelOf(text: string): string {
  const typed = text.trim();
  const isTyped = (id: string) => t(id).toLowerCase() === typed.toLowerCase();
  return Object.keys(LABELS).find((label) => isTyped(LABELS[label] as string)) ?? typed;
}

/** What each sort is called; one that this version does not know, by its own name. */
export function sortText(sort: DetailSort): string {
  if (sort === "phone") return t("people-phone");
  if (sort === "email") return t("people-email");
  return sort === "address" ? t("people-address") : sort;
}
