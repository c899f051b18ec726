// What the user may do, by the core. What they may not is not shown; the server judges, too.

import type { Act } from "@roadbook/core";
import type { Session } from "./session.svelte";
import { Watched } from "./watched.svelte";

export class May {
  readonly #watched: Watched<boolean>;

  constructor(session: () => Session, act: Act) {
    this.#watched = new Watched(() => {
      const { roadbook } = session();
      return roadbook.watch(() => roadbook.may(act), [{ kind: "settings" }]);
    });
  }

  /** Not until the core has said so. */
  get is(): boolean {
    return this.#watched.value ?? false;
  }
}
