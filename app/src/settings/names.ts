// What settings are called that have no name of their own: by the core, and while it does not know them by the gallery.

import type { SettingsById } from "../lib/settings.svelte";
import { contactName } from "../lib/format.svelte";
import type { Field, GalleryKind, Option, Product, Status, User } from "./api";
import { inLanguage } from "./words";

export function kindOf(product: Product, gallery: readonly GalleryKind[]): GalleryKind | undefined {
  return gallery.find(({ kind }) => kind === product.kind);
}

export function productName(product: Product, settings: SettingsById, gallery: readonly GalleryKind[]): string {
  if (product.name !== "") return product.name;
  // The core may have the name that it had before.
  const known = inLanguage(kindOf(product, gallery)?.names);
  return known === "" ? (settings.product(product.id)?.name ?? product.kind) : known;
}

export function statusName(status: Status, settings: SettingsById): string {
  return status.name || settings.status(status.id)?.name || status.key || "";
}

export function fieldName(field: Field, settings: SettingsById): string {
  return field.name || settings.field(field.id)?.name || field.key || "";
}

export function optionName(option: Option, field: Field | undefined, settings: SettingsById): string {
  if (option.name !== "" || field === undefined) return option.name || option.key;
  const kind = settings.field(field.id)?.kind;
  const known = kind?.kind === "choice" ? kind.options.find(({ key }) => key === option.key) : undefined;
  return known?.name || option.key;
}

export function userName(user: User): string {
  const name = contactName({ givenName: user.given_name, familyName: user.family_name });
  return name === "" ? user.email : name;
}
