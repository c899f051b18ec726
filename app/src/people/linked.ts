// What a contact links to: another contact or a card, by its name.

import { RoadbookError, type DocumentId, type Roadbook } from "@roadbook/core";
import type { Route } from "../lib/route.svelte";
import { nameOf } from "./names";

export interface Linked {
  readonly name: string;
  readonly to: Route;
}

/** Nothing if the user may not see it, or if it comes with a later exchange. */
export async function linked(roadbook: Roadbook, id: DocumentId): Promise<Linked | undefined> {
  try {
    return { name: nameOf(await roadbook.contact(id)), to: { screen: "contact", id } };
  } catch (error) {
    if (codeOf(error) === "not_found.document") return undefined;
    if (codeOf(error) !== "invalid.other_document_type") throw error;
    return { name: (await roadbook.card(id)).name, to: { screen: "card", id } };
  }
}

/** The names of those that are here. */
export async function namesOf(
  roadbook: Roadbook,
  ids: readonly DocumentId[],
): Promise<ReadonlyMap<DocumentId, string>> {
  const all = await Promise.all(ids.map(async (id) => [id, await linked(roadbook, id)] as const));
  return new Map(all.flatMap(([id, of]) => (of === undefined ? [] : [[id, of.name]])));
}

function codeOf(error: unknown): string | undefined {
  return error instanceof RoadbookError ? error.code : undefined;
}
