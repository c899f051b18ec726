// Which days Today shows: they stand in the address, so that back, reload and links keep them.

import type { Period } from "@roadbook/core";
import type { Route } from "../lib/route.svelte";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Today itself if the address names no days. */
export function periodOf(query: URLSearchParams | undefined): Period {
  const [from, to] = [query?.get("from") ?? "", query?.get("to") ?? ""];
  return DAY.test(from) && DAY.test(to) ? { kind: "days", from, to } : { kind: "today" };
}

/** The screen with these days. */
export function routeOf(days?: { from: string; to: string }): Route {
  return days === undefined ? { screen: "today" } : { screen: "today", query: new URLSearchParams({ ...days }) };
}
