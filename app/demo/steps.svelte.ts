// The story that the page suggests. A step is done when it was seen to happen, however the visitor came to it.

import type { Demo } from "./demo.svelte";

/** Its steps, in their order; the texts are called so. */
export const STEPS = ["show", "cut", "edit", "mend", "kill", "restore", "refuse"] as const;
export type Step = (typeof STEPS)[number];

export class Steps {
  done = $state.raw<ReadonlySet<Step>>(new Set());
  next = $derived(STEPS.find((step) => !this.done.has(step)));
  /** The first process of the server, until there is another. */
  #pid: number | undefined;
  #wasKilled = false;
  #isRestoring = false;

  constructor(private readonly demo: Demo) {}

  /** Looks at what there is now. */
  look(): void {
    const { state, told, isAllEqual, doing } = this.demo;
    if (state?.isReady !== true) return;
    const { phones, server } = state;
    const unsent = phones.map(({ id }) => told[id]?.unsent ?? 0);
    if (phones.every(({ isCut }) => isCut)) {
      this.see("cut");
      if (unsent.every((count) => count > 0)) this.see("edit");
    }
    if (this.done.has("edit") && isAllEqual && !phones.some(({ isCut }) => isCut)) this.see("mend");
    if (doing === "kill") this.#wasKilled = true;
    if (doing === "restore") this.#isRestoring = true;
    else if (this.#isRestoring && isAllEqual) this.see("restore");
    if (server.pid !== null) {
      this.#pid ??= server.pid;
      if (this.#wasKilled && server.pid !== this.#pid) this.see("kill");
    }
    if (phones.some(({ id }) => (told[id]?.refused ?? 0) > 0)) this.see("refuse");
  }

  see(step: Step): void {
    if (!this.done.has(step)) this.done = new Set([...this.done, step]);
  }
}
