// What screens read of the quarantine.

import type { DocumentId, QuarantinedEdit, Roadbook, Watch } from "@roadbook/core";
import { nameOf } from "../people/names";

/** More are not looked up: each is a question to the core. */
const MOST = 100;

/** All that did not go through, the latest first. */
export function watchQuarantine(roadbook: Roadbook): Watch<QuarantinedEdit[]> {
  return roadbook.watch(() => roadbook.quarantine(), [{ kind: "quarantine" }]);
}

/** The names of all that these edits were to link to, as far as it is here. */
export async function documentNames(
  roadbook: Roadbook,
  edits: readonly QuarantinedEdit[],
): Promise<ReadonlyMap<DocumentId, string>> {
  const ids = edits.flatMap(({ writes }) =>
    writes.flatMap(({ value }) =>
      value.kind === "document" ? [value.document] : value.kind === "link" ? [value.target] : [],
    ),
  );
  const named = [...new Set(ids)].slice(0, MOST).map(async (id) => {
    const name = await roadbook
      .contact(id)
      .then(nameOf)
      .catch(() => roadbook.card(id).then(({ name }) => name))
      .catch(() => undefined);
    return name === undefined ? [] : [[id, name] as const];
  });
  return new Map((await Promise.all(named)).flat());
}
