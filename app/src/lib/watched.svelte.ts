// What a screen shows of the core: the latest answer of a query, for as long as the component is there.

export class Watched<T> {
  /** The latest answer; none until the first is there. */
  value = $state.raw<T>();
  /** Why there are no more answers. */
  error = $state.raw<unknown>();
  #times = $state(0);

  /**
   * `watch` is one of the package's; it is called again when what it reads of the component changes. The last answer
   * stays until the next is there, so that nothing flickers.
   */
  constructor(watch: () => AsyncIterableIterator<T>) {
    $effect(() => {
      void this.#times;
      const watching = watch();
      void this.#follow(watching);
      return () => void watching.return?.();
    });
  }

  /** Begins anew, after an error has ended it. */
  again(): void {
    this.#times++;
  }

  async #follow(watching: AsyncIterableIterator<T>): Promise<void> {
    try {
      for await (const value of watching) {
        this.value = value;
        this.error = undefined;
      }
    } catch (thrown) {
      this.error = thrown;
    }
  }
}
