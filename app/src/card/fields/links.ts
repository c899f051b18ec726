// What a stored value leads to: a mail, a call, a page.

import type { FieldValue } from "@roadbook/core";
import { t } from "../../lib/texts.svelte";
import { reach } from "../../people/reach";
import { pageAddress } from "./web";

export interface ValueLink {
  readonly to: string;
  readonly words: string;
  /** Whether it is another site's, and opens beside the app. */
  readonly isElsewhere: boolean;
}

export function linkOf(value: FieldValue | undefined): ValueLink | undefined {
  switch (value?.kind) {
    case "email":
      return link(reach("email", value.email), t("card-field-write-to", { address: value.email }));
    case "phone":
      return link(reach("phone", value.phone), t("card-field-call", { number: value.phone }));
    case "url":
      return link(pageAddress(value.url), t("card-field-open", { page: value.url }), true);
    default:
      return undefined;
  }
}

function link(to: string | undefined, words: string, isElsewhere = false): ValueLink | undefined {
  return to === undefined ? undefined : { to, words, isElsewhere };
}
