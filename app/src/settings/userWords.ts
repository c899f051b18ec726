// How a user is said where two edits of them differ.

import { t } from "../lib/texts.svelte";
import { localeName, plain, roleName, wordsOf, type Words } from "./words";

export const PERSON_FIELDS = ["given_name", "family_name", "zone", "locale"];
export const USER_FIELDS = [...PERSON_FIELDS, "email", "role", "active", "issues_invoices"];

export function userWords(): Words {
  const names = {
    given_name: t("people-given-name"),
    family_name: t("people-family-name"),
    zone: t("settings-zone"),
    locale: t("settings-locale"),
    email: t("email"),
    role: t("settings-role"),
    active: t("settings-active"),
    issues_invoices: t("settings-issues-invoices"),
  };
  return wordsOf(names, { role: (value) => roleName(plain(value)), locale: (value) => localeName(plain(value)) });
}
