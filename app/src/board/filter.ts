// Which cards of a board are chosen. It stands in the address: "back", a reload and a link lead to the same ones.

import type { BoardQuery, ProductId, StatusId, UserId } from "@roadbook/core";

export interface BoardFilter {
  readonly status: StatusId | null;
  /** Whose todos: cards on which this colleague has something to do (F37). */
  readonly assignee: UserId | null;
  readonly text: string;
  /** Only cards without a next step (F48). */
  readonly withoutNext: boolean;
}

export const EVERYTHING: BoardFilter = { status: null, assignee: null, text: "", withoutNext: false };

export function filterOf(query: URLSearchParams): BoardFilter {
  return {
    status: query.get("status") as StatusId | null,
    assignee: query.get("colleague") as UserId | null,
    text: query.get("text") ?? "",
    withoutNext: query.has("no-next-step"),
  };
}

export function queryOf({ status, assignee, text, withoutNext }: BoardFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (status !== null) query.set("status", status);
  if (assignee !== null) query.set("colleague", assignee);
  if (text !== "") query.set("text", text);
  if (withoutNext) query.set("no-next-step", "1");
  return query;
}

/** What the core is asked. */
export function askFor(product: ProductId, { status, assignee, text, withoutNext }: BoardFilter): BoardQuery {
  return { product, status, assignee, text: text.trim() === "" ? null : text, withoutNext };
}
