// Times on the wall, in words.

import { partsOf } from "../lib/due";
import { wall } from "../lib/format.svelte";
import { t } from "../lib/texts.svelte";

/** A due as it was set, with its zone if the clocks there may show another time than this device's. */
export function dueWords(due: string): string {
  const { zone } = partsOf(due);
  const isHere = zone === "" || zone === Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isHere ? wall(due) : t("card-due-in-zone", { due: wall(due), zone });
}
