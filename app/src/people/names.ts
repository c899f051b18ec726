// Names in parts, in the order of the language (T19).

import { contactName } from "../lib/format.svelte";
import { t } from "../lib/texts.svelte";

export interface Name {
  givenName: string;
  familyName: string;
}

/** Whether the language says the family name first. */
export function isFamilyFirst(): boolean {
  return contactName({ givenName: "1", familyName: "2" }).startsWith("2");
}

/** What a contact is called; some have nothing but a number or an address. */
export function nameOf(contact: Name): string {
  const name = contactName(contact);
  return name === "" ? t("people-nameless") : name;
}

/** A name as it was typed into a search, in parts: the user sees them in a form and can mend them. */
export function partsOf(text: string): Name {
  const words = text.trim().split(/\s+/);
  const family = isFamilyFirst() ? words.shift() : words.pop();
  return { givenName: words.join(" "), familyName: family ?? "" };
}
