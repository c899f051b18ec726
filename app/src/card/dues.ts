// Times on the wall, in words.

import { partsOf } from "../lib/due";
import { wall } from "../lib/format.svelte";
import { t } from "../lib/texts.svelte";

/**
 * A due as it was set, with its zone if the clocks there may show another time than this device's. `write` writes what
 * the clocks show.
 */
export function dueWords(due: string, write = wall): string {
  const { zone } = partsOf(due);
  const isHere = zone === "" || zone === Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isHere ? write(due) : t("card-due-in-zone", { due: write(due), zone });
}
