// Statuses in the order of the core, under the groups that they belong to (F23).

import type { ProductView, StatusCount, StatusId } from "@roadbook/core";
import type { SettingsById } from "../lib/settings.svelte";
import { t } from "../lib/texts.svelte";

export interface StatusRow {
  /** None: cards in a status that is not known. */
  readonly id: StatusId | null;
  readonly name: string;
  readonly cards?: number;
}

/** Statuses that follow each other and belong to the same group. */
export interface StatusRun {
  /** Empty for those that are not known here. */
  readonly group: string;
  readonly statuses: readonly StatusRow[];
}

/** As the core counts them: also retired ones that still have cards. */
export function countedStatuses(counts: readonly StatusCount[], settings: SettingsById): StatusRun[] {
  return runs(
    counts.map(({ status, cards }) => ({
      group: settings.status(status)?.group ?? "",
      row: { id: status, name: statusName(status, settings), cards },
    })),
  );
}

/** Those that a card can be moved to. */
export function choosableStatuses(product: ProductView | undefined): StatusRun[] {
  const choosable = (product?.statuses ?? []).filter(({ retired }) => !retired);
  return runs(choosable.map(({ id, name, group }) => ({ group, row: { id, name } })));
}

export function statusName(status: StatusId | null, settings: SettingsById): string {
  if (status === null) return t("board-status-none");
  return settings.status(status)?.name ?? t("board-status-unknown");
}

/** Of a group that a later version has, nothing: its statuses stand without a heading. */
export function groupName(group: string): string {
  switch (group) {
    case "inactive":
      return t("board-group-inactive");
    case "in_progress":
      return t("board-group-in-progress");
    case "positive":
      return t("board-group-positive");
    case "negative":
      return t("board-group-negative");
    default:
      return "";
  }
}

function runs(rows: readonly { group: string; row: StatusRow }[]): StatusRun[] {
  const runs: { group: string; statuses: StatusRow[] }[] = [];
  for (const { group, row } of rows) {
    const last = runs.at(-1);
    if (last?.group === group) last.statuses.push(row);
    else runs.push({ group, statuses: [row] });
  }
  return runs;
}
