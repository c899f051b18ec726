// What colleagues are called.

import type { UserId } from "@roadbook/core";
import type { SettingsById } from "../lib/settings.svelte";
import { t } from "../lib/texts.svelte";

export function userName(user: UserId, { settings }: { readonly settings: SettingsById }): string {
  const name = settings.user(user)?.name ?? t("card-user-unknown");
  // Whoever works without an account has none, and is alone.
  return name === "" ? t("card-you") : name;
}
