// The settings that hold, by id: products, statuses, fields and colleagues, with their names.

import type {
  FieldId,
  FieldInfo,
  ProductId,
  ProductView,
  Roadbook,
  SettingsView,
  StatusId,
  StatusView,
  UserId,
  UserView,
} from "@roadbook/core";

export class SettingsById {
  view = $state.raw<SettingsView>();
  /** The products of the top bar. */
  products = $derived((this.view?.products ?? []).filter(({ enabled }) => enabled));
  users = $derived(this.view?.users ?? []);
  /** Colleagues who have access, for a choice. */
  activeUsers = $derived(this.users.filter(({ active }) => active));

  #products = $derived(byId(this.view?.products ?? []));
  #statuses = $derived(byId((this.view?.products ?? []).flatMap(({ statuses }) => statuses)));
  #users = $derived(byId(this.users));
  #fields = $derived(byId([...this.#ofProducts(), ...this.personFields, ...this.companyFields]));

  get personFields(): readonly FieldInfo[] {
    return this.view?.personFields ?? [];
  }

  get companyFields(): readonly FieldInfo[] {
    return this.view?.companyFields ?? [];
  }

  product(id: ProductId | null | undefined): ProductView | undefined {
    return id == null ? undefined : this.#products.get(id);
  }

  status(id: StatusId | null | undefined): StatusView | undefined {
    return id == null ? undefined : this.#statuses.get(id);
  }

  user(id: UserId | null | undefined): UserView | undefined {
    return id == null ? undefined : this.#users.get(id);
  }

  field(id: FieldId): FieldInfo | undefined {
    return this.#fields.get(id);
  }

  /** Reads them now and whenever they change, until what it answers is called. */
  follow(roadbook: Roadbook): () => void {
    const watching = roadbook.watch(() => roadbook.settings(), [{ kind: "settings" }, { kind: "user" }]);
    void this.#follow(watching);
    return () => void watching.return();
  }

  async #follow(watching: AsyncIterable<SettingsView>): Promise<void> {
    try {
      for await (const view of watching) this.view = view;
    } catch {
      // The file cannot be read: each screen says so by itself.
    }
  }

  #ofProducts(): readonly FieldInfo[] {
    return (this.view?.products ?? []).flatMap(({ fields }) => fields);
  }
}

function byId<Id, Item extends { id: Id }>(items: readonly Item[]): ReadonlyMap<Id, Item> {
  return new Map(items.map((item) => [item.id, item]));
}
