// What favourites and recents are called: the core tells which documents they are.

import { RoadbookError, type DocumentId, type Roadbook } from "@roadbook/core";

export type Named =
  | { readonly screen: "card"; readonly id: DocumentId; readonly name: string }
  | { readonly screen: "contact"; readonly id: DocumentId; readonly givenName: string; readonly familyName: string };

/** The documents with their names, without those that are gone meanwhile. */
export async function named(roadbook: Roadbook, ids: readonly DocumentId[]): Promise<Named[]> {
  const found = await Promise.all(ids.map((id) => nameOf(roadbook, id)));
  return found.filter((named) => named !== undefined);
}

async function nameOf(roadbook: Roadbook, id: DocumentId): Promise<Named | undefined> {
  try {
    const { name } = await roadbook.card(id);
    return { screen: "card", id, name };
  } catch (error) {
    if (!isOther(error)) return gone(error);
  }
  try {
    const { givenName, familyName } = await roadbook.contact(id);
    return { screen: "contact", id, givenName, familyName };
  } catch (error) {
    return gone(error);
  }
}

const codeOf = (error: unknown) => (error instanceof RoadbookError ? error.code : undefined);
const isOther = (error: unknown) => codeOf(error) === "invalid.other_document_type";

function gone(error: unknown): undefined {
  if (codeOf(error) !== "not_found.document") throw error;
}
