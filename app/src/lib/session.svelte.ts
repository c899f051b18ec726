// Who works here, and the exchange with the server that serves this page.

import {
  openRoadbook,
  RoadbookError,
  Server,
  type Identity,
  type Roadbook,
  type RoadbookEvent,
  type SyncReport,
} from "@roadbook/core";
import { forget, keep, kept } from "@roadbook/core/kept";
import { forgetDrafts } from "./draft.svelte";
import { forgetFailures, noteTrap } from "./failures";
import { forgetBoard } from "./lastBoard";
import { lastRepair, repair } from "./repair";
import { SettingsById } from "./settings.svelte";
import { coreVersion } from "./version";

/** The user's file. */
const FILE = "roadbook";
/** After how many milliseconds an exchange that failed by a defect is begun again. */
const AGAIN = 10_000;
/** After how many milliseconds an exchange that ended for another reason is begun again. */
const RETRY = 60_000;
/** What does not go by itself: the user has no access any more, or the app is too old. */
const LASTING: readonly unknown[] = ["access_ended", "refused"];
/** By how many milliseconds clocks may differ before the user should know. */
const CLOCKS = 5 * 60_000;
const LAST_EXCHANGE = "roadbook/last-exchange";

export class Session {
  readonly server = new Server(location.origin);
  readonly settings = new SettingsById();
  stage = $state<"opening" | "failed" | "begin" | "work">("opening");
  /** Why the file could not be opened. */
  failure = $state.raw<unknown>();
  identity = $state.raw<Identity>();
  isSignInNeeded = $state(false);
  /** Why the exchange has ended: for good, or until it is tried again. */
  exchangeFailure = $state.raw<unknown>();
  /** How far a first sync has come. */
  progress = $state.raw<{ done: number; total: number }>();
  /** How the exchange that was last told of went. */
  report = $state.raw<SyncReport>();
  lastExchange = $state(Number(kept(LAST_EXCHANGE)) || undefined);
  isClockWrong = $state(false);
  isEvicted = $state(false);
  hasTrapped = $state(false);
  /** What a repair of the file brought. */
  repaired = $state.raw(lastRepair());
  /** Whether a tab of a newer version has the file. */
  isTaken = $state(false);
  /** Whether the user came here by a form: the screen that follows takes the focus. */
  takesFocus = false;
  hasAccount = $derived(this.identity?.org != null);

  #roadbook: Roadbook | undefined;
  #live: AbortController | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** The core; there is one on every screen but the first. */
  get roadbook(): Roadbook {
    if (this.#roadbook === undefined) throw new Error("the file is not open");
    return this.#roadbook;
  }

  async open(): Promise<void> {
    try {
      this.#roadbook = await openRoadbook({ file: FILE, version: coreVersion, on: (event) => this.#on(event) });
      document.addEventListener("visibilitychange", () => this.#tryAgain());
      addEventListener("online", () => this.#beginAgain());
      const { roadbook } = this;
      // An edit that was stored shows that there is room again.
      roadbook.subscribe(({ lists }) => {
        const isStored = lists.some(({ kind }) => kind === "outbox");
        if (isStored && codeOf(this.exchangeFailure) === "storage_full") this.#tryAgain();
      });
      const query = async () => ({ identity: await roadbook.me(), isSignedIn: await roadbook.isSignedIn() });
      // That somebody signed in or out is told as everything.
      for await (const { identity, isSignedIn } of roadbook.watch(query, [])) this.#become(identity, isSignedIn);
    } catch (error) {
      // What is being typed is not thrown away: a notice says that the page is to be reloaded.
      if (this.isTaken && this.stage === "work" && codeOf(error) === "app_too_old") return;
      this.failure = error;
      this.stage = "failed";
      // Another tab may be able to read the file.
      this.#roadbook?.close();
      this.#keepLive();
    }
  }

  /** Saves what is unsent out of a damaged file into a new one, and loads the page anew. */
  async repair(): Promise<void> {
    this.#live?.abort();
    await repair(FILE, coreVersion);
  }

  /** Also what happened in another tab: a sign-out, somebody else's beginning, a session that is there again. */
  #become(identity: Identity | undefined, isSignedIn: boolean): void {
    const isOther = identity?.user !== this.identity?.user || identity?.org !== this.identity?.org;
    if (this.stage !== "opening" && isOther) {
      // Whoever begins alone and then signs in is the same person.
      if (this.identity?.org != null) forgetDrafts();
      this.settings.view = undefined;
      forgetFailures();
      forgetBoard();
      forget(LAST_EXCHANGE);
      this.lastExchange = undefined;
      this.isSignInNeeded = false;
      // That their access has ended is told to whom it ended for.
      if (identity !== undefined || codeOf(this.exchangeFailure) !== "access_ended") this.exchangeFailure = undefined;
    } else if (this.isSignInNeeded && isSignedIn) {
      this.isSignInNeeded = false;
      this.exchangeFailure = undefined;
    }
    if (isOther) this.progress = this.report = undefined;
    this.identity = identity;
    this.stage = identity === undefined ? "begin" : "work";
    this.#keepLive();
  }

  /** For after a sign-in, or a beginning without an account. */
  begun(): void {
    this.isSignInNeeded = false;
    this.exchangeFailure = undefined;
    this.isEvicted = false;
    this.takesFocus = true;
    this.#keepLive();
    // Some browsers ask the user; the answer is shown beside the exchange.
    void this.roadbook.persist();
  }

  /** An exchange that the user asks for: also after one that has ended for good. */
  async sync(): Promise<void> {
    await this.roadbook.sync(this.server);
    this.exchangeFailure = undefined;
    this.#keepLive();
  }

  async signOut(force: boolean): Promise<void> {
    await this.roadbook.signOut(this.server, force);
    forgetDrafts();
    forgetFailures();
    forgetBoard();
    forget(LAST_EXCHANGE);
    this.lastExchange = undefined;
    this.isSignInNeeded = false;
    this.takesFocus = true;
  }

  /** Exchanges for as long as the page is seen and there is a session. */
  #keepLive(): void {
    const isWanted =
      this.stage === "work" &&
      this.hasAccount &&
      !this.isTaken &&
      !this.isSignInNeeded &&
      this.exchangeFailure === undefined &&
      document.visibilityState === "visible";
    if (isWanted && this.#live === undefined) {
      this.#live = new AbortController();
      void this.#exchange(this.#live.signal);
    } else if (!isWanted) {
      this.#live?.abort();
      this.#live = undefined;
    }
  }

  async #exchange(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.roadbook.live(this.server, undefined, signal);
      } catch (error) {
        const code = codeOf(error);
        // Its file is empty then: the screen may have gone before this came.
        if (code === "access_ended") this.exchangeFailure = error;
        if (signal.aborted) return;
        if (code === "sign_in_needed") this.isSignInNeeded = true;
        else if (code !== "internal") this.exchangeFailure = error;
        if (code !== "internal") {
          clearTimeout(this.#retry);
          this.#retry = setTimeout(() => this.#tryAgain(), RETRY);
          return this.#keepLive();
        }
      }
      await new Promise((later) => setTimeout(later, AGAIN));
    }
  }

  /** What ended the exchange may be over by now, or when the user comes back. */
  #tryAgain(): void {
    if (document.visibilityState === "visible" && !LASTING.includes(codeOf(this.exchangeFailure))) {
      this.exchangeFailure = undefined;
    }
    this.#keepLive();
  }

  /** There is a network again: an exchange that waits for its next try need not. */
  #beginAgain(): void {
    this.#live?.abort();
    this.#live = undefined;
    this.#tryAgain();
  }

  #on(event: RoadbookEvent): void {
    if (event.type === "taken") {
      this.isTaken = true;
      this.#keepLive();
    } else if (event.type === "evicted") this.isEvicted = true;
    else if (event.type === "trapped") {
      this.hasTrapped = true;
      noteTrap(event.detail);
    } else {
      this.report = event.report;
      const { progress, serverAhead } = event.report;
      this.progress = progress !== null && progress.done < progress.total ? progress : undefined;
      this.isClockWrong = Math.abs(serverAhead) > CLOCKS;
      this.lastExchange = Date.now();
      keep(LAST_EXCHANGE, String(this.lastExchange));
    }
  }
}

/** Whether the file is damaged, so that only a repair helps. */
export function isDamaged(error: unknown): boolean {
  return error instanceof RoadbookError && error.code === "damaged";
}

/** A defect where the core did not say what it was. */
function codeOf(error: unknown): string {
  return error instanceof RoadbookError ? error.code : "internal";
}
