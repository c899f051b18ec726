// How a field is said where two edits of it differ.

import type { StatusId } from "@roadbook/core";
import type { SettingsById } from "../lib/settings.svelte";
import { t } from "../lib/texts.svelte";
import type { Field } from "./api";
import { kindName, meaningName } from "./kinds";
import type { Json } from "./merge";
import { optionName } from "./names";
import { plain, type Words } from "./words";

export const FIELD_FIELDS = ["name", "kind", "options", "option.name", "option.means", "required_for", "retired"];

export function fieldWords(field: Field, settings: SettingsById): Words {
  const names: Readonly<Record<string, string>> = {
    name: t("settings-name"),
    order: t("settings-place"),
    kind: t("settings-kind"),
    "kind.multiple": t("settings-multiple"),
    "kind.options": t("settings-options-order"),
    required_for: t("settings-required-for"),
    retired: t("settings-retire-field"),
  };
  const called = (key: string) => optionName({ key, name: "", retired: false }, field, settings);
  const list = (value: Json) => (Array.isArray(value) ? value.map(String) : []);

  /** An option, or a member of it. */
  const option = ([, , key = "", member]: readonly string[]): string => {
    const name = t("settings-option", { name: called(key) });
    if (member === "retired") return `${name}, ${t("settings-retire-option")}`;
    return member === "means" ? `${name}, ${t("settings-means")}` : name;
  };

  return {
    name: (path) => {
      if (path[1] === "options" && path.length > 2) return option(path);
      return names[path.join(".")] ?? path.join(", ");
    },
    value: (path, value) => {
      const at = path.join(".");
      if (at === "kind") return kindName(plain((value as { type?: string } | undefined)?.type));
      if (at === "kind.options") return list(value).map(called).join(", ");
      if (at === "required_for") {
        return list(value).map((id) => settings.status(id as StatusId)?.name ?? "").join(", ");
      }
      if (path.at(-1) === "means") return meaningName(plain(value));
      // A whole option that only one of them has.
      const isOption = typeof value === "object" && value !== null && "name" in value;
      return isOption ? plain(value.name) || called(path[2] ?? "") : plain(value);
    },
  };
}
