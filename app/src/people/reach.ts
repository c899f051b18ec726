// What a tap on a phone, an email or an address leads to.

import type { DetailSort } from "@roadbook/core";

/** The dialler, a new mail or the map; nothing for what has no number in it, and for a sort of a later version. */
export function reach(sort: DetailSort, value: string): string | undefined {
  const written = value.trim();
  if (sort === "phone") return dial(written);
  // All but the one sign is encoded, so that nothing written after a `?` becomes the mail's text.
  if (sort === "email") return `mailto:${encodeURIComponent(written).replace("%40", "@")}`;
  // The device's own map, which may work without a network. A map in the web would be another host, to which a tap
  // would tell whose door is looked for.
  if (sort === "address") return `geo:0,0?q=${encodeURIComponent(written)}`;
  return undefined;
}

/** Digits alone: a dialler takes no brackets, and what stands behind the number, such as an extension, is no part. */
function dial(written: string): string | undefined {
  const number = /[+(]?[+\d][\d\s()./\u2010-\u2015-]*/.exec(written)?.[0];
  if (number === undefined) return undefined;
  // `+49 (0)30`: the zero is for whoever calls without the country's code.
  const dialled = number.startsWith("+") ? number.replace(/\(0\)/, "") : number;
  return `tel:${dialled.replace(/[^+\d]/g, "")}`;
}
