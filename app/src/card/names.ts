// Names for what places and values have only ids of.

import type { CardView, ContactItem, DocumentId, Place, PlaceValue } from "@roadbook/core";
import type { SettingsById } from "../lib/settings.svelte";
import { nameOf } from "../people/names";
import { entryWords, type Names } from "./words";

export type { Names } from "./words";

/** Names of what belongs to a card. */
export function namesInCard(settings: SettingsById, card: CardView): Names {
  return {
    settings,
    todo: (id) => card.todos.find((todo) => todo.id === id)?.text,
    entry: (id) => entryName(card.entries.find((entry) => entry.id === id)),
    document: (id) => documentName(card.contacts, id),
  };
}

/** Names among values that were written together, as in the quarantine, where the document may be gone. */
export function namesInWrites(
  settings: SettingsById,
  writes: readonly { readonly place: Place; readonly value: PlaceValue }[],
  contacts: readonly ContactItem[] = [],
): Names {
  const text = (isIt: (place: Place) => boolean) => {
    const value = writes.find(({ place }) => isIt(place))?.value;
    return value?.kind === "text" ? value.text : undefined;
  };
  return {
    settings,
    todo: (id) => text((place) => place.kind === "todo" && place.todo === id && place.part === "text"),
    entry: (id) => {
      const part = (part: string) => (place: Place) =>
        place.kind === "entry" && place.entry === id && place.part === part;
      const kind = text(part("kind"));
      return kind === undefined ? undefined : entryName({ kind, text: text(part("text")) ?? "" });
    },
    document: (id) => documentName(contacts, id),
  };
}

const LONGEST = 40;

/** The beginning of a text that may be a novel. */
export function clipped(text: string, most: number): string {
  const characters = [...text.slice(0, 2 * most)];
  return characters.length > most ? `${characters.slice(0, most).join("")}…` : text;
}

/** The first line of a text with something in it, and whether that is not all. */
export function firstLine(text: string, most: number): { line: string; hasMore: boolean } {
  const all = text.trim();
  const line = clipped(all.split("\n", 1)[0] ?? "", most).trimEnd();
  return { line, hasMore: line !== all };
}

function entryName(entry: { kind: string; text: string } | undefined): string | undefined {
  if (entry === undefined) return undefined;
  return entry.text === "" ? entryWords(entry.kind) : clipped(entry.text, LONGEST);
}

function documentName(contacts: readonly ContactItem[], id: DocumentId): string | undefined {
  const contact = contacts.find((contact) => contact.id === id);
  return contact === undefined ? undefined : nameOf(contact);
}
