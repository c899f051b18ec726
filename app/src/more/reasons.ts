// Why an edit did not go through, as a sentence for each code.

import type { QuarantineReason } from "@roadbook/core";
import { t } from "../lib/texts.svelte";

/** Those of the server. More may come. */
const REFUSED: Readonly<Record<string, string>> = {
  malformed: "more-refused-malformed",
  too_large: "more-refused-too-large",
  foreign_actor: "more-refused-foreign-actor",
  not_visible: "more-refused-not-visible",
  not_allowed: "more-refused-not-allowed",
  right_lost: "more-refused-right-lost",
  purged: "more-refused-purged",
  id_taken: "more-refused-id-taken",
  policy: "more-refused-policy",
  link_not_visible: "more-refused-link-not-visible",
  foreign_receipt: "more-refused-foreign-receipt",
  email_taken: "more-refused-email-taken",
  last_admin: "more-refused-last-admin",
};

export function reasonWords(reason: QuarantineReason): string {
  switch (reason.kind) {
    case "refused":
      return refusedWords(reason.code);
    case "dependsOnRefused":
      return t("more-reason-depends", { reason: refusedWords(reason.code) });
    case "forgotten":
      return t("more-reason-forgotten");
    case "purged":
      return t("more-refused-purged");
    case "damaged":
      return t("more-reason-damaged");
    default:
      // A later version has more of them.
      return t("more-reason-other");
  }
}

function refusedWords(code: string): string {
  const id = Object.hasOwn(REFUSED, code) ? REFUSED[code] : undefined;
  return id === undefined ? t("more-refused-other", { code }) : t(id);
}
