// The calls of the server's JSON API that settings need. The core carries them in the user's name.

import type { DeviceId, HttpMethod, UserId } from "@roadbook/core";
import type { Session } from "../lib/session.svelte";
import type {
  Device,
  Enrolment,
  Field,
  GalleryKind,
  NewField,
  NewProduct,
  NewStatus,
  NewUser,
  Organisation,
  Product,
  Profile,
  Status,
  User,
} from "./bodies";
import { Refusal } from "./refusal";

export type * from "./bodies";

export class Api {
  constructor(private readonly session: Session) {}

  organisation = () => this.#ask<Organisation>("get", "/v1/organisation");
  saveOrganisation = (body: Organisation) => this.#ask<Organisation>("put", "/v1/organisation", body);

  me = () => this.#ask<User>("get", "/v1/me");
  saveMe = (body: Profile) => this.#ask<User>("put", "/v1/me", body);
  /** Ends all other sessions of the user. */
  savePassword = (body: { old: string; new: string }) => this.#ask<undefined>("post", "/v1/me/password", body);

  users = () => this.#ask<User[]>("get", "/v1/users");
  addUser = (body: NewUser) => this.#ask<User>("post", "/v1/users", body);
  saveUser = (body: User) => this.#ask<User>("put", `/v1/users/${body.id}`, body);
  enrol = (user: UserId) => this.#ask<Enrolment>("post", "/v1/enrolments", { user });
  devices = (user: UserId) => this.#ask<Device[]>("get", `/v1/users/${user}/devices`);
  revoke = (device: DeviceId) => this.#ask<undefined>("post", `/v1/devices/${device}/revoke`);

  gallery = () => this.#ask<GalleryKind[]>("get", "/v1/catalogue");
  products = () => this.#ask<Product[]>("get", "/v1/products");
  addProduct = (body: NewProduct) => this.#ask<Product>("post", "/v1/products", body);
  saveProduct = (body: Product) => this.#ask<Product>("put", `/v1/products/${body.id}`, body);

  statuses = () => this.#ask<Status[]>("get", "/v1/statuses");
  addStatus = (body: NewStatus) => this.#ask<Status>("post", "/v1/statuses", body);
  saveStatus = (body: Status) => this.#ask<Status>("put", `/v1/statuses/${body.id}`, body);

  fields = () => this.#ask<Field[]>("get", "/v1/fields");
  addField = (body: NewField) => this.#ask<Field>("post", "/v1/fields", body);
  saveField = (body: Field) => this.#ask<Field>("put", `/v1/fields/${body.id}`, body);

  async #ask<T>(method: HttpMethod, path: string, body?: object): Promise<T> {
    const { roadbook, server } = this.session;
    const reply = await roadbook.ask(server, method, path, body === undefined ? undefined : JSON.stringify(body));
    const answer: unknown = reply.body === "" ? undefined : JSON.parse(reply.body);
    if (reply.status >= 300) throw new Refusal(answer);
    // The core reads settings from its file, and the next exchange brings them there. Why it cannot is told elsewhere.
    if (method !== "get") this.session.sync().catch(() => {});
    return answer as T;
  }
}

/** The one with this id, if it is there. */
export function byId<T extends { id: string }>(items: readonly T[], id: string): T | undefined {
  return items.find((item) => item.id === id);
}
