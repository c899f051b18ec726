// How a status is said where two edits of it differ.

import { groupName } from "../board/statuses";
import { t } from "../lib/texts.svelte";
import { plain, wordsOf, type Words } from "./words";

export const STATUS_FIELDS = ["name", "group", "todo", "todo.text", "todo.due_days", "retired"];

export function statusWords(): Words {
  const names = {
    name: t("settings-name"),
    group: t("settings-group"),
    order: t("settings-place"),
    retired: t("settings-retire-status"),
    todo: t("settings-todo"),
    "todo.text": t("settings-todo-text"),
    "todo.due_days": t("settings-due-days"),
  };
  return wordsOf(names, { group: (value) => groupName(plain(value)) || plain(value) });
}
