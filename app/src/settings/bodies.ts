// The bodies of the server's JSON API, as docs/http-api.md has them.

import type { DeviceId, FieldId, ProductId, ProductKind, Role, StatusGroup, StatusId, UserId } from "@roadbook/core";

/** 1 at first, one more with every edit; an edit names the one that it is based on. */
export interface Versioned {
  version: number;
}

export interface Organisation extends Versioned {
  name: string;
  zone: string;
  locale: string;
  currency: string;
  only_admins_export: boolean;
}

/** What users may change of themselves. */
export interface Profile extends Versioned {
  family_name: string;
  given_name: string;
  zone: string;
  locale: string;
}

export interface User extends Profile {
  id: UserId;
  email: string;
  role: Role;
  active: boolean;
  issues_invoices: boolean;
}

export type NewUser = Pick<User, "email" | "family_name" | "given_name" | "role" | "zone" | "locale">;

/** What lets a user in once. */
export interface Enrolment {
  code: string;
  /** None if the server does not know its own address. */
  link: string | null;
  expires_at: number;
}

export interface Device {
  id: DeviceId;
  platform: string;
  name: string;
  created_at: number;
  last_seen_at: number;
  revoked_at: number | null;
  current: boolean;
}

/** By language. */
export type Names = Readonly<Record<string, string>>;

/** A kind of product that there is to add. */
export interface GalleryKind {
  kind: ProductKind;
  names: Names;
  item_noun: Names;
  guidance: Names;
  mode: "fixed" | "custom" | "derived";
  preview: boolean;
}

export interface Product extends Versioned {
  id: ProductId;
  kind: ProductKind;
  name: string;
  item_noun: string;
  order: number;
  enabled: boolean;
  lapse_days: number | null;
}

export interface NewProduct {
  kind: ProductKind;
  name: string;
}

export interface StatusTodo {
  text: string;
  due_days: number;
}

export interface NewStatus {
  product: ProductId;
  name: string;
  group: StatusGroup;
  order: number;
  todo: StatusTodo | null;
}

export interface Status extends NewStatus, Versioned {
  id: StatusId;
  key: string | null;
  retired: boolean;
}

export type FieldScope = { product: ProductId } | "persons" | "companies";

export interface Option {
  key: string;
  name: string;
  retired: boolean;
  /** Only of the step of Sales. */
  means?: string;
}

export type ChoiceKind = { type: "choice"; options: Option[]; multiple: boolean };
export type PlainKind =
  | "text"
  | "long_text"
  | "decimal"
  | "money"
  | "day"
  | "day_time"
  | "flag"
  | "user"
  | "email"
  | "phone"
  | "url";
export type FieldKind = ChoiceKind | { type: PlainKind };

export interface NewField {
  scope: FieldScope;
  name: string;
  kind: FieldKind;
  order: number;
  required_for: StatusId[];
}

export interface Field extends NewField, Versioned {
  id: FieldId;
  key: string | null;
  retired: boolean;
}
