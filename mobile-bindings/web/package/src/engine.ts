import type { ChangeSet } from "#core";
import { internal, interruptedEdit, type Failure } from "./errors.js";
import { filesLock } from "./names.js";
import { isRepeatable } from "./remote.js";

export type ToWorker =
  | { readonly id: number; readonly call: string; readonly args: readonly unknown[] }
  | { readonly cancel: number };

export type FromWorker =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: Failure }
  | { readonly id: number; readonly progress: unknown }
  | { readonly changes: ChangeSet }
  /** It has its lock, which is free from now on only if it has ended. */
  | { readonly held: true }
  | { readonly trapped: string };

/** What of a `Worker` is used. */
export interface WorkerLike {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** What is told of without being asked for. */
export type Told =
  | { readonly type: "changes"; readonly changes: ChangeSet }
  /** How far an exchange got, whichever tab asked for it. */
  | { readonly type: "progress"; readonly report: unknown }
  /** The core ended by a defect, and was started again. Nothing that was on disk is lost. */
  | { readonly type: "trapped"; readonly detail: string }
  /** A tab of another version was loaded since: this one takes part no more. */
  | { readonly type: "taken" };

/** For how many milliseconds a worker may not have its lock: its script is fetched, and the last one ends. */
const START = 60_000;

/** Asks to read everything anew. */
export const EVERYTHING: ChangeSet = { documents: [], lists: [], everything: true };

/** What a call comes to. */
export interface Asked {
  value(value: unknown): void;
  error(failure: Failure): void;
  progress(report: unknown): void;
}

/** Makes a new file in the place of a damaged one. */
export const SALVAGE = "salvage";

const NOBODY: Asked = { value: () => {}, error: () => {}, progress: () => {} };

interface Running {
  readonly worker: WorkerLike;
  readonly asked: Map<number, Asked & { readonly call: string }>;
  /** Ends the wait for the worker's end. */
  readonly watch: AbortController;
  /** Ends the wait for its beginning. */
  start: ReturnType<typeof setTimeout> | undefined;
  /** Whether it ever had the file open. */
  isOpen: boolean;
}

/**
 * The worker of the tab that leads. One that trapped or died is thrown away: what it was asked fails with `internal`,
 * an edit with `interrupted_edit`, and the next call starts another.
 */
export class Engine {
  #running: Running | undefined;
  #ids = 0;

  constructor(
    private readonly file: string,
    private readonly locks: LockManager,
    private readonly startWorker: () => WorkerLike,
    private readonly told: (told: Told) => void,
    /** The file could not be opened here, and everybody who asked was told. */
    private readonly unopened: () => void = () => {},
  ) {}

  /** Asks the core, and answers how to end the call. */
  call(call: string, args: readonly unknown[], asked: Asked): () => void {
    if (call === SALVAGE) return this.#salvage(asked);
    this.#running ??= this.#start();
    return this.#ask(this.#running, call, call === "open" ? [this.file] : args, asked);
  }

  /** Ends the worker at once, whatever it does. What it was asked is not answered. */
  close(): void {
    this.#running?.watch.abort();
    clearTimeout(this.#running?.start);
    this.#running?.worker.terminate();
    this.#running = undefined;
  }

  #ask({ worker, asked: all }: Running, call: string, args: readonly unknown[], asked: Asked): () => void {
    const id = ++this.#ids;
    all.set(id, { call, ...asked });
    try {
      worker.postMessage({ id, call, args });
    } catch (error) {
      // Something in the arguments cannot be posted.
      all.delete(id);
      asked.error({ code: "invalid.malformed", message: String(error) });
    }
    return () => {
      if (all.has(id)) worker.postMessage({ cancel: id });
    };
  }

  /** In a worker of its own, so that nobody has the damaged file open. */
  #salvage(asked: Asked): () => void {
    if (this.#running !== undefined) this.#fail(this.#running, "the file is being salvaged");
    this.#running = this.#start(SALVAGE, asked);
    return () => {};
  }

  /** A worker, whose first call opens the file, or salvages it. */
  #start(first = "open", firstAsked: Asked = NOBODY): Running {
    const running: Running = {
      worker: this.startWorker(),
      asked: new Map(),
      watch: new AbortController(),
      start: setTimeout(() => this.#fail(running, "the worker did not start"), START),
      isOpen: false,
    };
    const { worker, asked } = running;
    worker.onmessage = ({ data }) => {
      if (this.#running !== running) return;
      if ("changes" in data) return this.told({ type: "changes", changes: data.changes });
      if ("held" in data) return this.#watch(running);
      if ("trapped" in data) return this.#fail(running, data.trapped);
      const call = asked.get(data.id);
      if ("progress" in data) {
        call?.progress(data.progress);
        return this.told({ type: "progress", report: data.progress });
      }
      asked.delete(data.id);
      running.isOpen ||= "value" in data;
      if ("value" in data) call?.value(data.value);
      else call?.error(data.error);
      if (!running.isOpen && asked.size === 0) this.unopened();
    };
    worker.onerror = (event) => this.#fail(running, event.message ?? "the worker could not be started");
    this.#ask(running, first, [this.file], firstAsked);
    return running;
  }

  /** A worker that the browser ended tells nobody: but its lock is free then. */
  #watch(running: Running): void {
    clearTimeout(running.start);
    const { signal } = running.watch;
    this.locks
      .request(filesLock(this.file), { signal }, () => this.#fail(running, "the worker ended"))
      .catch(() => {});
  }

  #fail(running: Running, detail: string): void {
    if (this.#running !== running) return;
    this.close();
    for (const { call, error } of running.asked.values()) {
      error(isRepeatable(call) ? internal(detail) : interruptedEdit(call));
    }
    this.told({ type: "trapped", detail });
    this.told({ type: "changes", changes: EVERYTHING });
    if (!running.isOpen) this.unopened();
  }
}
