// What a page reads of the server, now and once there is a network again.

import { untrack } from "svelte";
import { online } from "svelte/reactivity/window";

export class Loaded<T> {
  /** The latest answer; none until the first is there. */
  value = $state.raw<T>();
  error = $state.raw<unknown>();
  isBusy = $state(false);

  constructor(private readonly read: () => Promise<T>) {
    $effect(() => {
      // What is there stays: a form may stand in it.
      if ((online.current ?? true) && untrack(() => this.value === undefined)) untrack(() => void this.again());
    });
  }

  async again(): Promise<void> {
    this.isBusy = true;
    try {
      this.value = await this.read();
      this.error = undefined;
    } catch (error) {
      this.error = error;
    } finally {
      this.isBusy = false;
    }
  }
}
