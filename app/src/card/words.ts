// What history, conflicts and the quarantine speak of, in the words of the product: places such as "Due of the todo
// “Call back”", and the values that they hold.

import type { ClosingView, DocumentId, FieldValue, Key, PartId, Place, PlaceValue } from "@roadbook/core";
import { instant } from "../lib/format.svelte";
import type { SettingsById } from "../lib/settings.svelte";
import { t } from "../lib/texts.svelte";
import { channelsWords, remindersWords, repeatWords } from "../todo/words";
import { dueWords } from "./dues";
import { fieldWords } from "./fields/words";
import { userName } from "./users";

export { dueWords } from "./dues";
export { userName } from "./users";

/** Where names are looked up. What is not known there is said without a name. */
export interface Names {
  readonly settings: SettingsById;
  /** Whether what is spoken of is a company: its name stands where a person has the family name. */
  readonly isCompany?: boolean;
  /** The words of a todo. */
  todo(id: PartId): string | undefined;
  /** What an entry is told by. */
  entry(id: PartId): string | undefined;
  /** The name of a contact or card. */
  document(id: DocumentId): string | undefined;
}

/** What something is called. */
export function placeWords(place: Place, names: Names): string {
  switch (place.kind) {
    case "product":
      return t("card-place-product");
    case "name":
      return t("card-place-name");
    case "status":
      return t("card-place-status");
    case "owner":
      return t("card-place-owner");
    case "trash":
      return t("card-place-trash");
    case "sort":
      return t("card-place-sort");
    case "givenName":
      return t("card-place-given-name");
    case "familyName":
      return t(names.isCompany === true ? "card-place-name" : "card-place-family-name");
    case "field":
      return names.settings.field(place.field)?.name ?? t("card-field-unknown");
    case "option":
      return t("card-place-option", { field: fieldName(place, names), option: optionName(place, names) });
    case "todo":
      return t("card-place-todo", { part: place.part, text: names.todo(place.todo) ?? "…" });
    case "entry":
      return t("card-place-entry", { part: place.part, text: names.entry(place.entry) ?? "…" });
    case "detail":
      return t("card-place-detail", { part: place.part });
    case "link":
      return t("card-place-link");
    case "preference":
      return t("card-place-preference", { name: place.name });
    case "other":
      return t("card-place-other", { name: place.name });
  }
}

/** What a place holds, or is to hold. */
export function valueWords(value: PlaceValue, place: Place, names: Names): string {
  switch (value.kind) {
    case "empty":
      return emptyWords(place);
    case "text":
      return place.kind === "entry" && place.part === "kind" ? entryWords(value.text) : value.text;
    case "field":
      return fieldValueWords(value.value, place, names);
    case "chosen":
      return t("card-yes");
    case "due":
      return dueWords(value.due);
    case "repeat":
      return repeatWords(value.repeat);
    case "reminders":
      return remindersWords(value.minutes);
    case "channels":
      return channelsWords(value.channels);
    case "open":
      return t("card-open");
    case "closed":
      return closingWords(value.closing, names);
    case "user":
      return userName(value.user, names);
    case "product":
      return names.settings.product(value.product)?.name ?? t("card-product-unknown");
    case "status":
      return names.settings.status(value.status)?.name ?? t("card-status-unknown");
    case "document":
      return names.document(value.document) ?? t("card-document-unknown");
    case "link": {
      const name = names.document(value.target) ?? t("card-document-unknown");
      return t("card-link", { name, role: roleWords(value.role) });
    }
    case "time":
      return instant(value.at);
    case "sort":
      return t("card-sort", { sort: value.sort });
    case "trashed":
      return t("card-trashed");
    case "other":
      return value.text;
  }
}

/** A sort of entry: a call, a visit. One of a later version is said as it is. */
export function entryWords(sort: string): string {
  return t("card-entry-sort", { sort });
}

/** What a contact is to a card. */
export function roleWords(role: string): string {
  return t("card-role", { role });
}

/** How a todo was closed, by whom and when. */
export function closingWords({ outcome, by, at }: ClosingView, names: Names): string {
  return t("card-closed", { outcome, name: userName(by, names), when: instant(at) });
}

function emptyWords(place: Place): string {
  const isUser = place.kind === "owner" || (place.kind === "todo" && place.part === "assignee");
  if (isUser) return t("card-nobody");
  if (place.kind === "todo" && place.part === "recurrence") return t("todo-repeat-none");
  if (place.kind === "todo" && (place.part === "reminders" || place.part === "channels")) {
    return t("todo-reminds-as-all");
  }
  if (place.kind === "option" || (place.kind === "todo" && place.part === "urgent")) return t("card-no");
  return t(place.kind === "trash" ? "card-not-trashed" : "card-nothing");
}

function fieldValueWords(value: FieldValue, place: Place, names: Names): string {
  const field = place.kind === "field" || place.kind === "option" ? names.settings.field(place.field) : undefined;
  return fieldWords(value, field, names.settings);
}

function fieldName({ field }: Extract<Place, { kind: "option" }>, names: Names): string {
  return names.settings.field(field)?.name ?? t("card-field-unknown");
}

function optionName({ field, option }: Extract<Place, { kind: "option" }>, names: Names): string {
  return fieldWords({ kind: "choice", option: option as Key }, names.settings.field(field), names.settings);
}
