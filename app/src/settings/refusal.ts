// Why the server did not do something, by the codes of docs/http-api.md: which input it names, and a sentence.

import { t } from "../lib/texts.svelte";

/** What the server says no by. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  /** Of a member of what was sent; empty if it is about all of it. */
  readonly field: string;
  readonly #data: Readonly<Record<string, unknown>>;

  constructor(answer: unknown) {
    const data = typeof answer === "object" && answer !== null ? (answer as Record<string, unknown>) : {};
    super(String(data["message"]));
    this.#data = data;
    this.code = String(data["code"]);
    this.field = typeof data["field"] === "string" ? data["field"] : (FIELDS[this.#rule] ?? "");
  }

  get words(): string {
    switch (this.code) {
      case "invalid":
        return this.#invalid();
      case "against_the_rules":
        return this.#broken();
      case "forbidden":
        return t("settings-forbidden");
      case "not_found":
        return t("settings-not-found");
      case "stale_version":
        return t("settings-stale");
      case "already_exists":
        return t("settings-taken");
      case "last_admin":
        return t("settings-last-admin");
      case "bad_credentials":
        return t("settings-wrong-password");
      default:
        return t("settings-refused", { code: this.code });
    }
  }

  /** Of `against_the_rules`; else the code says as much. */
  get #rule(): string {
    return typeof this.#data["rule"] === "string" ? this.#data["rule"] : this.code;
  }

  #invalid(): string {
    switch (this.#data["problem"]) {
      case "missing":
        return t("settings-missing");
      case "length":
        return t("settings-length", { min: Number(this.#data["min"]), max: Number(this.#data["max"]) });
      default:
        return t("settings-form");
    }
  }

  #broken(): string {
    switch (this.#rule) {
      case "malformed":
        return t("settings-malformed");
      case "unknown_zone":
        return t("settings-unknown-zone");
      case "unchangeable":
        return t("settings-unchangeable");
      case "fixed_statuses":
        return t("settings-fixed-statuses");
      case "fixed_field":
        return t("settings-fixed-field");
      case "last_status":
        return t("settings-last-status");
      case "key_taken":
        return t("settings-key-taken");
      case "too_many":
        return t("settings-too-many");
      case "reserved_product":
        return t("settings-reserved-product");
      case "not_removable":
        return t("settings-not-removable");
      default:
        return t("settings-refused", { code: this.#rule });
    }
  }
}

/** Where a rule or a code is about one member and does not name it. */
const FIELDS: Readonly<Record<string, string>> = {
  unknown_zone: "zone",
  reserved_product: "enabled",
  last_status: "retired",
  fixed_field: "kind",
  key_taken: "options",
  not_removable: "options",
  last_admin: "role",
  bad_credentials: "old",
};

export function isStale(error: unknown): boolean {
  return error instanceof Refusal && error.code === "stale_version";
}
