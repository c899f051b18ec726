// The service worker: with it the app starts without a network. A new version waits until the user takes it.

export class Update {
  /** Whether a new version waits. */
  isReady = $state(false);
  /** Whether another tab has taken it: this one is of the old version. */
  isTaken = $state(false);

  #waiting: ServiceWorker | undefined;
  /** Fields in which the user typed: others are filled in by the app. */
  readonly #typed = new WeakSet<EventTarget>();

  async register(): Promise<void> {
    const workers = navigator.serviceWorker;
    if (workers === undefined) return;
    document.addEventListener("input", ({ target }) => target !== null && this.#typed.add(target));
    // Of this tab's version; none before the first one, which takes nothing from anybody.
    let own = workers.controller;
    workers.addEventListener("controllerchange", () => {
      if (own !== null && own !== workers.controller) this.#take();
      own = workers.controller;
    });
    try {
      const registration = await workers.register("/sw.js");
      // A tab may have been loaded past it.
      own ??= registration.active;
      this.#look(registration);
      registration.addEventListener("updatefound", () => {
        registration.installing?.addEventListener("statechange", () => this.#look(registration));
      });
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible") registration.update().catch(() => {});
      });
    } catch {
      // Without it the app runs as well, but needs a network to start.
    }
  }

  accept(): void {
    this.#waiting?.postMessage("accept");
  }

  #look({ waiting, active }: ServiceWorkerRegistration): void {
    if (waiting === null || active === null) return;
    this.#waiting = waiting;
    this.isReady = true;
  }

  /** The new version is in force for all tabs; what is being typed is not thrown away. */
  #take(): void {
    const fields = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")];
    const isTyped = fields.some((field) => this.#typed.has(field) && field.value !== field.defaultValue);
    if (isTyped) this.isTaken = true;
    else location.reload();
  }
}
