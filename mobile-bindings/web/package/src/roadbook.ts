// What an app calls. The core runs in a worker; here are its calls, each asynchronous, and screens that follow what
// changes.

import type {
  Board,
  BoardQuery,
  CardView,
  ChangeSet,
  ContactView,
  Device,
  DocumentId,
  Period,
  Roadbook as Core,
  Salvage,
  SyncReport,
  TodayView,
} from "#core";
import { SALVAGE, type Told, type WorkerLike } from "./engine.js";
import { failureOf, RoadbookError } from "./errors.js";
import { Tab } from "./leader.js";
import { PROTOCOL } from "./names.js";
import { pack, type Remote } from "./remote.js";
import { mark, storage, storageProblem, unmark, wasEvicted, type Storage } from "./storage.js";
import { Watch, type Concern } from "./watch.js";

export type * from "#core";
export { RoadbookError, type Failure } from "./errors.js";
export { Server, type Remote } from "./remote.js";
export type { Storage } from "./storage.js";
export type { Concern, Watch } from "./watch.js";

/** Which file, and whom to tell what happens without being asked for. */
export interface Options {
  /** The user's file: a folder of this name among the site's private files. Two users have two. */
  readonly file: string;
  /** Where the worker's script is; that of this package if nothing else is said. */
  readonly workerUrl?: string | URL;
  /** Another one whenever the core is: tabs of two versions do not share one. The tab that was loaded last stays. */
  readonly version?: string;
  readonly on?: (event: RoadbookEvent) => void;
}

export type RoadbookEvent =
  /** The browser has removed the file, with what was unsent in it. The user signs in, and a sync brings the rest. */
  | { readonly type: "evicted" }
  /** How far an exchange got, whichever tab asked for it. */
  | { readonly type: "progress"; readonly report: SyncReport }
  /** The core ended by a defect, to be reported, and is started again with the next call. */
  | { readonly type: "trapped"; readonly detail: string }
  /** A tab of another `version` was loaded since: each call ends with `app_too_old` until this one is reloaded. */
  | { readonly type: "taken" };

/** What a page has beside the calls of the core. */
export interface Page {
  /**
   * What `query` answers, now and again whenever a change concerns it, and at the instant that its `nextChange` tells,
   * but no later than in an hour. It ends with its reader: by `break`, or by `return()`.
   */
  watch<T>(query: () => Promise<T>, concern: Concern): Watch<T>;
  /** Today, as it is now and whenever it changes: also at midnight, and when a todo becomes overdue. */
  watchToday(limit?: number, period?: Period): Watch<TodayView>;
  /** A page of a board. */
  watchBoard(query: BoardQuery): Watch<Board>;
  /** A card, until it is gone: then `not_found.document`. */
  watchCard(card: DocumentId): Watch<CardView>;
  /** A contact, until it is gone: then `not_found.document`. */
  watchContact(contact: DocumentId): Watch<ContactView>;
  /** How many edits the server has not. */
  watchUnsentCount(): Watch<number>;
  /** Tells of every change, until what it answers is called. */
  subscribe(listener: (changes: ChangeSet) => void): () => void;
  /** What the server is told of this browser when somebody signs in; `name` is what the user calls it. */
  device(name: string): Promise<Device>;
  /** Whether the browser keeps the file, and how much room it takes. */
  storage(): Promise<Storage>;
  /** Asks the browser to keep the file, and answers whether it does. Ask after signing in. */
  persist(): Promise<boolean>;
  /** Lets go of the file: what is watched ends, and calls end with `cancelled` from then on. */
  close(): void;
}

export type Roadbook = Remote<Core> & Page;

/**
 * Opens a file, and makes it if there is none. Any number of tabs may have it open.
 *
 * Rejects with a `RoadbookError`: `no_storage` where the browser keeps no files, as in a private window; `app_too_old`,
 * `file_too_old`; `damaged`; `no_answer` if another tab has the file and says nothing for half a minute.
 */
export async function openRoadbook(options: Options): Promise<Roadbook> {
  const problem = await storageProblem();
  if (problem !== undefined) throw new RoadbookError(problem);
  const evicted = await wasEvicted(options.file);
  const handle = new Handle(options);
  try {
    await handle.open();
  } catch (error) {
    handle.close();
    throw error;
  }
  if (evicted) {
    unmark(options.file);
    options.on?.({ type: "evicted" });
  }
  return withCalls(handle);
}

/**
 * Makes a new file in the place of a damaged one, with all that was unsent in it; everything else comes back with the
 * next sync. For when `openRoadbook` or a call fails with `damaged`; open it anew after that. Cut off at any point it has
 * changed nothing.
 *
 * Rejects with `storage_full`: make room and call it again; `app_too_old`; `no_storage`; `no_answer`.
 */
export async function salvageRoadbook(options: Options): Promise<Salvage> {
  const problem = await storageProblem();
  if (problem !== undefined) throw new RoadbookError(problem);
  const handle = new Handle(options);
  try {
    return (await handle.call(SALVAGE, [])) as Salvage;
  } finally {
    handle.close();
  }
}

/** Calls after which somebody works in the file. */
const BEGINNINGS: ReadonlySet<string> = new Set(["beginLocalWorkspace", "signIn", "enrol", "attach"]);

/** The handle, which has the core's calls beside its own. */
function withCalls(handle: Handle): Roadbook {
  const calls = new Map<string, unknown>();
  const own = handle as unknown as Record<string, unknown>;
  return new Proxy(handle, {
    get(_, name) {
      // Nobody waits for a handle: `then` is no call.
      if (typeof name === "symbol" || name === "then" || name === "toJSON") return undefined;
      if (!calls.has(name)) {
        const method = own[name];
        const call = (...args: unknown[]) => handle.call(name, args);
        calls.set(name, typeof method === "function" ? method.bind(handle) : call);
      }
      return calls.get(name);
    },
  }) as unknown as Roadbook;
}

class Handle implements Page {
  readonly #file: string;
  readonly #tab: Tab;
  readonly #life = new AbortController();
  readonly #changed = new Set<(changes: ChangeSet) => void>();
  readonly #seen = new Set<() => void>();
  readonly #watches = new Set<Watch<unknown>>();

  constructor({ file, workerUrl, version = "", on }: Options) {
    this.#file = file;
    this.#tab = new Tab(file, {
      locks: navigator.locks,
      openChannel: (name) => new BroadcastChannel(name),
      startWorker: () => startWorker(workerUrl),
      newId: () => crypto.randomUUID(),
      version: `${PROTOCOL}/${version}`,
      loadedAt: performance.timeOrigin,
      isSeen: () => document.visibilityState === "visible",
    });
    this.#tab.subscribe((told) => this.#tell(told, on));
    // A page that the browser keeps for "back" would keep the file from all other tabs.
    const { signal } = this.#life;
    addEventListener("pagehide", () => this.#tab.stop(), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.#tab.start(), { signal });
    document.addEventListener("visibilitychange", () => this.#see(), { signal });
    this.#tab.start();
  }

  async open(): Promise<void> {
    try {
      await this.#tab.open();
    } catch (failure) {
      throw new RoadbookError(failureOf(failure));
    }
  }

  async call(call: string, given: readonly unknown[]): Promise<unknown> {
    // What a forced sign-out could not send stays in the file: its loss is to be told.
    const isEnd = call === "signOut" && given[1] !== true;
    // Before: the screen changes by what is told of it, and the page may be left before the answer comes.
    if (isEnd) unmark(this.#file);
    try {
      const answer = await this.#tab.call({ call, ...pack(given) });
      if (BEGINNINGS.has(call)) mark(this.#file);
      return answer;
    } catch (failure) {
      if (isEnd && failureOf(failure).code !== "interrupted_edit") mark(this.#file);
      throw new RoadbookError(failureOf(failure));
    }
  }

  watch<T>(query: () => Promise<T>, concern: Concern): Watch<T> {
    const watch: Watch<T> = new Watch(query, concern, (changed, seen) => {
      this.#changed.add(changed);
      this.#seen.add(seen);
      return () => {
        this.#changed.delete(changed);
        this.#seen.delete(seen);
        this.#watches.delete(watch);
      };
    });
    this.#watches.add(watch);
    return watch;
  }

  watchToday(limit = 50, period?: Period): Watch<TodayView> {
    return this.#watchCall("today", [limit, period], [{ kind: "today" }]);
  }

  watchBoard(query: BoardQuery): Watch<Board> {
    return this.#watchCall("board", [query], [{ kind: "board", value: query.product }]);
  }

  watchCard(card: DocumentId): Watch<CardView> {
    return this.#watchCall("card", [card], concernsDocument(card));
  }

  watchContact(contact: DocumentId): Watch<ContactView> {
    return this.#watchCall("contact", [contact], concernsDocument(contact));
  }

  watchUnsentCount(): Watch<number> {
    return this.#watchCall("unsentCount", [], [{ kind: "outbox" }]);
  }

  subscribe(listener: (changes: ChangeSet) => void): () => void {
    this.#changed.add(listener);
    return () => void this.#changed.delete(listener);
  }

  async device(name: string): Promise<Device> {
    const installSecret = (await this.call("installSecret", [])) as number[];
    return { platform: "web", name, installSecret };
  }

  storage(): Promise<Storage> {
    return storage();
  }

  persist(): Promise<boolean> {
    return navigator.storage.persist();
  }

  close(): void {
    this.#life.abort();
    for (const watch of [...this.#watches]) void watch.return();
    this.#tab.close();
  }

  #watchCall<T>(call: string, args: readonly unknown[], concern: Concern): Watch<T> {
    return this.watch(() => this.call(call, args) as Promise<T>, concern);
  }

  #tell(told: Told, on: Options["on"]): void {
    if (told.type === "changes") for (const changed of [...this.#changed]) changed(told.changes);
    else if (told.type === "progress") on?.({ type: "progress", report: told.report as SyncReport });
    else on?.(told);
  }

  #see(): void {
    if (document.visibilityState === "visible") {
      // Timers of a page that is not seen come late.
      for (const seen of [...this.#seen]) seen();
      this.#tab.seek();
    } else {
      // It may be frozen, with the file in its hands.
      void this.#tab.handOver().catch(() => {});
    }
  }
}

/** A card shows its contacts, too, and settings give everything its names. */
function concernsDocument(document: DocumentId): Concern {
  const others: readonly string[] = ["settings", "contacts"];
  return ({ documents, lists }) => documents.includes(document) || lists.some(({ kind }) => others.includes(kind));
}

function startWorker(url: string | URL | undefined): WorkerLike {
  // Written out: bundlers find the worker by this very form.
  if (url === undefined) return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  return new Worker(url, { type: "module" });
}
