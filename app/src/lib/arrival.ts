// A link may be faster than the card that it leads to, and a card may come back into sight.

import type { ChangeSet, DocumentId, Roadbook } from "@roadbook/core";

/** Calls `come` when something arrives of a document that is not here, until what it answers is called. */
export function awaitDocument(roadbook: Roadbook, id: DocumentId, come: () => void): () => void {
  return roadbook.subscribe(({ everything, documents }: ChangeSet) => {
    if (everything || documents.includes(id)) come();
  });
}
