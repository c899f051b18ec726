// Names for what the history and the conflicts of a contact have only ids of.

import type { ContactView, DocumentId } from "@roadbook/core";
import { clipped, type Names } from "../card/names";
import { entryWords } from "../card/words";
import type { SettingsById } from "../lib/settings.svelte";

const LONGEST = 40;

/** `documents` has the names of those that it links to, or that an entry of it names. */
export function namesInContact(
  settings: SettingsById,
  contact: ContactView,
  documents: ReadonlyMap<DocumentId, string>,
): Names {
  return {
    settings,
    isCompany: contact.sort === "company",
    todo: () => undefined,
    entry(id) {
      const entry = contact.entries.find((entry) => entry.id === id);
      if (entry === undefined) return undefined;
      return entry.text === "" ? entryWords(entry.kind) : clipped(entry.text, LONGEST);
    },
    document: (id) => documents.get(id),
  };
}

/** Those whose names it needs. */
export function namedBy({ links, entries, conflicts }: ContactView): DocumentId[] {
  const persons = entries.flatMap(({ person }) => person ?? []);
  const values = conflicts.flatMap(({ shown, others }) => [shown, ...others]);
  const targets = values.flatMap((value) => (value.kind === "link" ? value.target : []));
  return [...new Set([...links.map(({ target }) => target), ...persons, ...targets])];
}
