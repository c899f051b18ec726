// What a field holds, in words.

import type { FieldInfo, FieldValue } from "@roadbook/core";
import { day, list, money, number } from "../../lib/format.svelte";
import type { SettingsById } from "../../lib/settings.svelte";
import { t } from "../../lib/texts.svelte";
import { dueWords } from "../dues";
import { userName } from "../users";

/** `field` names options; without it, and of kinds that this version does not know, a value is said as it is. */
export function fieldWords(value: FieldValue, field: FieldInfo | undefined, settings: SettingsById): string {
  switch (value.kind) {
    case "number":
      return number(value.number);
    case "amount":
      return money(value.amount, value.currency);
    case "choice":
      return optionWords(value.option, field);
    case "choices":
      return list(value.options.map((option) => optionWords(option, field)));
    case "day":
      return day(value.day);
    case "flag":
      return t("card-yes");
    case "dayTime":
      return dueWords(value.at);
    case "user":
      return userName(value.user, { settings });
    case "email":
      return value.email;
    case "phone":
      return value.phone;
    case "url":
      return value.url;
    case "text":
    case "other":
      return value.text;
    default:
      return laterWords(value);
  }
}

function optionWords(key: string, field: FieldInfo | undefined): string {
  const options = field?.kind.kind === "choice" ? field.kind.options : [];
  return options.find((option) => option.key === key)?.name ?? key;
}

/** A value of a kind that was added to the core since: what it holds, as it stands there. */
function laterWords(value: never): string {
  const { kind: _, ...held } = value as Record<string, unknown>;
  return Object.values(held).filter((part) => typeof part === "string").join(" ");
}
