// Which screen is shown: it stands in the address behind `#/`, so that back, reload and links work as everywhere.

import type { DocumentId, ProductId } from "@roadbook/core";
import { untrack } from "svelte";

export type Route =
  | { screen: "today"; query?: URLSearchParams }
  | { screen: "board"; id: ProductId; query: URLSearchParams }
  | { screen: "card"; id: DocumentId }
  | { screen: "contact"; id: DocumentId }
  | { screen: "people"; query: URLSearchParams }
  | { screen: "search"; query: URLSearchParams }
  /** `of`: what the page is about, such as a product. */
  | { screen: "more"; page: string; of?: string };

const TODAY: Route = { screen: "today" };
let current = $state.raw(read(globalThis.location?.hash ?? ""));

export function route(): Route {
  return current;
}

/** What a link to a screen has as its `href`. */
export function href(route: Route): string {
  const query = "query" in route ? (route.query?.toString() ?? "") : "";
  const last = "id" in route ? route.id : "page" in route ? route.page : "";
  const of = "of" in route ? (route.of ?? "") : "";
  const path = [route.screen, last, of].filter((part) => part !== "").map(encodeURIComponent).join("/");
  return `#/${path}${query === "" ? "" : `?${query}`}`;
}

/** Shows another screen. `back` leads over one that was replaced. */
export function go(route: Route, how: "push" | "replace" = "push"): void {
  if (how === "push") history.pushState(null, "", href(route));
  else history.replaceState(history.state, "", href(route));
  current = route;
}

/** The same from a sheet: the sheet's entry becomes the other screen's, so that `back` leads to the one below it. */
export function goFromSheet(route: Route): void {
  history.replaceState(null, "");
  go(route, "replace");
}

/** Follows the address for as long as the page is there. */
export function followAddress(): () => void {
  const follow = () => {
    if (href(current) !== location.hash) current = read(location.hash);
  };
  // It may have changed since this was loaded.
  untrack(follow);
  addEventListener("popstate", follow);
  return () => removeEventListener("popstate", follow);
}

function read(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?");
  const [screen, last = "", of = ""] = path.split("/");
  const query = new URLSearchParams(search);
  const id = decoded(last);
  switch (screen) {
    case "today":
      return { screen, query };
    case "board":
      return id === "" ? TODAY : { screen, id: id as ProductId, query };
    case "card":
    case "contact":
      return id === "" ? TODAY : { screen, id: id as DocumentId };
    case "people":
    case "search":
      return { screen, query };
    case "more":
      return { screen, page: id, of: decoded(of) };
    default:
      return TODAY;
  }
}

/** An address may have been typed: what cannot be read is nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
