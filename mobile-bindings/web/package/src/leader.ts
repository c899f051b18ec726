// Only one worker can have the file. The tab whose worker has it leads, and the others ask it over a channel. Whoever
// holds the leader's Web Lock leads; the browser gives it to the next tab when that one is gone.

import { Engine, EVERYTHING, type Told, type WorkerLike } from "./engine.js";
import { interruptedEdit, type Failure } from "./errors.js";
import { channelName, leaderLock, tabLock } from "./names.js";
import { isRepeatable } from "./remote.js";

/** Of which version a tab is, and when it was loaded, in milliseconds since 1970. */
export interface Age {
  readonly version: string;
  readonly loadedAt: number;
}

/** What of the browser is used. */
export interface Surroundings extends Age {
  readonly locks: LockManager;
  openChannel(name: string): BroadcastChannel;
  startWorker(): WorkerLike;
  newId(): string;
  /** Whether the user sees the page. */
  isSeen(): boolean;
}

/** A call that a tab makes. */
export interface Request {
  readonly call: string;
  readonly args: readonly unknown[];
  readonly progress?: ((report: unknown) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What tabs say. A term is one tab's time as leader. */
type Message =
  | ({ readonly type: "seek"; readonly isSeen: boolean } & Age)
  | ({ readonly type: "leads"; readonly term: string } & Age)
  /** What was under way for each tab when the leader left; what is not in it was answered, or never heard. */
  | { readonly type: "left"; readonly term: string; readonly underWay: ReadonlyMap<string, readonly number[]> }
  | { readonly type: "told"; readonly term: string; readonly told: Told }
  | {
      readonly type: "ask";
      readonly term: string;
      readonly tab: string;
      readonly id: number;
      readonly call: string;
      readonly args: readonly unknown[];
    }
  | { readonly type: "cancel"; readonly term: string; readonly tab: string; readonly id: number }
  | { readonly type: "answer"; readonly tab: string; readonly id: number; readonly answer: Answer };

type Answer = { readonly value: unknown } | { readonly error: Failure } | { readonly progress: unknown };

interface Pending extends Request {
  /** The term in which it was asked; none while nobody leads. */
  term: string | undefined;
  end: (() => void) | undefined;
  resolve(value: unknown): void;
  reject(failure: Failure): void;
}

/** What a leader has. */
interface Term {
  readonly id: string;
  readonly engine: Engine;
  /** By tab: how to end each call that it waits for. */
  readonly tabs: Map<string, Map<number, () => void>>;
  release(): void;
}

/** For how many milliseconds a leader's last words are waited for: its lock may be free before they arrive. */
const LAST_WORDS = 500;

/**
 * How often, in milliseconds, an opening asks whether whoever leads is there, how many silences are too many, and how
 * often it asks at all: a page may say that it leads while its worker sleeps. A start may take a minute.
 */
const SILENCE = { every: 5_000, most: 6, mostAsked: 18 };

/** After how many milliseconds a tab that is in the midst of an edit is asked again to let another one lead. */
const LATER = 1_000;

const CLOSED: Failure = { code: "cancelled", message: "the file was closed" };
const OUTDATED: Failure = { code: "app_too_old", message: "a tab of another version was loaded since" };
const SILENT: Failure = { code: "no_answer", message: "another tab has the file and does not answer" };

/** One tab, which leads or asks whoever does. */
export class Tab {
  readonly #id: string;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(told: Told) => void>();
  #ids = 0;
  /** Why it takes part no more. */
  #closed: Failure | undefined;
  #channel: BroadcastChannel | undefined;
  /** Ends the tab's locks, and its wait for the leader's. */
  #life: AbortController | undefined;
  /** The term of whoever leads, as far as this tab knows. */
  #leader: string | undefined;
  /** What this tab has while it leads. */
  #own: Term | undefined;
  /** The term of a leader of an older version that was told of this one. */
  #outdated: string | undefined;
  /** How often nobody has said that they lead. */
  #silences = 0;

  constructor(
    private readonly file: string,
    private readonly around: Surroundings,
  ) {
    this.#id = around.newId();
  }

  get isLeader(): boolean {
    return this.#own !== undefined;
  }

  /** Takes part: asks who leads, and waits to do so. */
  start(): void {
    if (this.#life !== undefined || this.#closed !== undefined) return;
    const life = (this.#life = new AbortController());
    // A leader takes a tab whose lock is free for one that is gone: so nobody is asked before it is held.
    void this.#hold(tabLock(this.file, this.#id), life, () => {
      const channel = (this.#channel = this.around.openChannel(channelName(this.file)));
      channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
      void this.#hold(leaderLock(this.file), life, (release) => this.#lead(release));
      this.seek();
    });
  }

  /** Takes part no more, and lets go of the file at once: the page is hidden for good, or kept for later. */
  stop(): void {
    const own = this.#own;
    this.#own = undefined;
    this.#leader = undefined;
    if (own !== undefined) {
      own.engine.close();
      const underWay = new Map([...own.tabs].map(([tab, calls]) => [tab, [...calls.keys()]]));
      this.#say({ type: "left", term: own.id, underWay });
      own.release();
    }
    this.#life?.abort();
    this.#life = undefined;
    this.#channel?.close();
    this.#channel = undefined;
    // Their answers are not heard any more. What only reads is asked again after a start.
    for (const pending of [...this.#pending.values()]) {
      if (isPostedEdit(pending)) pending.reject(interruptedEdit(pending.call));
    }
  }

  /** Takes part no more, for good. */
  close(why = CLOSED): void {
    this.stop();
    this.#closed = why;
    for (const pending of [...this.#pending.values()]) pending.reject(why);
  }

  /** Opens the file, unless another tab has it that says nothing for half a minute: the browser may have frozen it. */
  async open(): Promise<void> {
    this.#silences = 0;
    let asked = 0;
    let stop: (() => void) | undefined;
    const silent = new Promise<never>((_, reject) => {
      const timer = setInterval(() => {
        // A start of its own has its own bound.
        if (this.#own !== undefined) return;
        this.#silences += 1;
        asked += 1;
        if (this.#silences > SILENCE.most || asked > SILENCE.mostAsked) reject(SILENT as unknown as Error);
        else this.seek();
      }, SILENCE.every);
      stop = () => clearInterval(timer);
    });
    try {
      await Promise.race([this.call({ call: "open", args: [] }), silent]);
    } finally {
      stop?.();
    }
  }

  /** Lets another tab lead, if one waits to: the browser may freeze this one, or it cannot open the file. */
  async handOver(): Promise<void> {
    const own = this.#own;
    if (own === undefined) return;
    const { pending = [] } = await this.around.locks.query();
    if (this.#own === own && pending.some(({ name }) => name === leaderLock(this.file))) this.#yield();
  }

  /** The same where somebody is known to wait: a page that is frozen already is not told of its locks. */
  #yield(): void {
    if ([...this.#pending.values()].some(isPostedEdit)) {
      setTimeout(() => void this.handOver().catch(() => {}), LATER);
      return;
    }
    this.stop();
    this.start();
  }

  /** Asks who leads; a leader that nobody sees lets this tab lead, if it is seen. */
  seek(): void {
    const { version, loadedAt } = this.around;
    this.#say({ type: "seek", version, loadedAt, isSeen: this.around.isSeen() });
  }

  /** Tells of changes, of how exchanges go, and of traps; until what it answers is called. */
  subscribe(listener: (told: Told) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Makes a call, here or where the leader is, and rejects with a `Failure`. */
  call(request: Request): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) return reject(this.#closed as unknown as Error);
      const id = ++this.#ids;
      const abort = () => this.#abort(id);
      const settled = () => {
        this.#pending.delete(id);
        request.signal?.removeEventListener("abort", abort);
      };
      const pending: Pending = {
        ...request,
        term: undefined,
        end: undefined,
        resolve: (value) => (settled(), resolve(value)),
        // A plain object: the page makes an error of it.
        reject: (failure) => (settled(), reject(failure as unknown as Error)),
      };
      this.#pending.set(id, pending);
      request.signal?.addEventListener("abort", abort);
      if (this.#leader !== undefined) this.#ask(id, pending, this.#leader);
      if (request.signal?.aborted === true) abort();
    });
  }

  async #hold(name: string, life: AbortController, held: (release: () => void) => void): Promise<void> {
    const hold = () =>
      new Promise<void>((release) => {
        life.signal.addEventListener("abort", () => release());
        if (life.signal.aborted) release();
        else held(release);
      });
    await this.around.locks.request(name, { signal: life.signal }, hold).catch(() => {});
  }

  #lead(release: () => void): void {
    const id = this.around.newId();
    const told = (told: Told) => {
      this.#say({ type: "told", term: id, told });
      this.#tell(told);
    };
    const unopened = () => void this.handOver().catch(() => {});
    const engine = new Engine(this.file, this.around.locks, this.around.startWorker, told, unopened);
    this.#own = { id, engine, tabs: new Map(), release };
    this.#sayLeads(id);
    this.#follow(id);
  }

  /** Somebody leads anew: what nobody answers any more is asked again, or failed. */
  #follow(term: string): void {
    if (this.#leader === term) return;
    this.#leader = term;
    for (const [id, pending] of [...this.#pending]) {
      if (pending.term === undefined || isRepeatable(pending.call)) this.#ask(id, pending, term);
      else this.#interrupt(id, pending, pending.term);
    }
    // What changed in between was told to nobody.
    this.#tell({ type: "changes", changes: EVERYTHING });
    // One that is hidden may have waited longer than this tab.
    if (this.#own === undefined && this.around.isSeen()) this.seek();
  }

  /** An edit that may have been done, unless the leader of that term says that it never heard of it. */
  #interrupt(id: number, pending: Pending, term: string): void {
    const interrupt = () => {
      if (this.#pending.get(id) !== pending || pending.term !== term) return;
      pending.reject(interruptedEdit(pending.call));
    };
    setTimeout(interrupt, LAST_WORDS);
  }

  /** The leader is gone. What it never heard is asked anew, now or as soon as somebody leads. */
  #left(term: string, underWay: readonly number[]): void {
    if (this.#leader === term) this.#leader = undefined;
    for (const [id, pending] of [...this.#pending]) {
      if (pending.term !== term || underWay.includes(id)) continue;
      pending.term = undefined;
      if (this.#leader !== undefined) this.#ask(id, pending, this.#leader);
    }
  }

  #ask(id: number, pending: Pending, term: string): void {
    pending.term = term;
    const { call, args } = pending;
    const own = this.#own;
    if (own !== undefined) {
      pending.end = own.engine.call(call, args, {
        value: (value) => pending.resolve(value),
        error: (failure) => pending.reject(failure),
        progress: (report) => pending.progress?.(report),
      });
    } else {
      pending.end = () => this.#say({ type: "cancel", term, tab: this.#id, id });
      try {
        this.#say({ type: "ask", term, tab: this.#id, id, call, args });
      } catch (error) {
        pending.reject({ code: "invalid.malformed", message: String(error) });
      }
    }
    if (pending.signal?.aborted === true) pending.end();
  }

  #abort(id: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    if (pending.end !== undefined && this.#leader !== undefined) pending.end();
    else pending.reject({ code: "cancelled", message: "the app ended the call" });
  }

  #hear(message: Message): void {
    switch (message.type) {
      case "seek":
        if (this.#isOlderThan(message)) this.#retire();
        else if (this.#own !== undefined) {
          this.#sayLeads(this.#own.id);
          // It was hidden before the other one waited, and may be asleep soon.
          if (message.isSeen && !this.around.isSeen()) this.#yield();
        }
        break;
      case "leads":
        this.#silences = 0;
        if (this.#isOlderThan(message)) this.#retire();
        else if (message.version !== this.around.version) this.#outdate(message.term);
        else if (this.#own === undefined) this.#follow(message.term);
        break;
      case "left":
        this.#left(message.term, message.underWay.get(this.#id) ?? []);
        break;
      case "told":
        if (message.term === this.#leader) this.#tell(message.told);
        break;
      case "ask":
        if (message.term === this.#own?.id) this.#serve(this.#own, message);
        break;
      case "cancel":
        if (message.term === this.#own?.id) this.#own.tabs.get(message.tab)?.get(message.id)?.();
        break;
      case "answer":
        if (message.tab === this.#id) this.#answered(message.id, message.answer);
    }
  }

  /** Whether a tab is of another version and was loaded later: then that version is the new one. */
  #isOlderThan({ version, loadedAt }: Age): boolean {
    const { version: own, loadedAt: since } = this.around;
    return version !== own && (loadedAt > since || (loadedAt === since && version > own));
  }

  /** Two versions may not understand each other, nor each other's file: the older one ends. */
  #retire(): void {
    this.close(OUTDATED);
    this.#tell({ type: "taken" });
  }

  /** A leader of an older version may not have heard of this tab. Once is enough: an app of long ago never goes. */
  #outdate(term: string): void {
    if (this.#outdated === term) return;
    this.#outdated = term;
    this.seek();
  }

  #answered(id: number, answer: Answer): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    if ("value" in answer) pending.resolve(answer.value);
    else if ("error" in answer) pending.reject(answer.error);
    else pending.progress?.(answer.progress);
  }

  /** Does for another tab what it asks. */
  #serve(own: Term, { tab, id, call, args }: Extract<Message, { type: "ask" }>): void {
    const answer = (answer: Answer) => {
      // A tab that was gone and is back asks anew, by the same number.
      if (this.#own === own && own.tabs.get(tab) === calls) this.#say({ type: "answer", tab, id, answer });
    };
    const calls = own.tabs.get(tab) ?? this.#meet(own, tab);
    const end = own.engine.call(call, args, {
      value: (value) => (calls.delete(id), answer({ value })),
      error: (error) => (calls.delete(id), answer({ error })),
      progress: (progress) => answer({ progress }),
    });
    calls.set(id, end);
  }

  /** A tab that asks for the first time: when it is gone, nobody waits for what it asked. */
  #meet(own: Term, tab: string): Map<number, () => void> {
    const calls = new Map<number, () => void>();
    own.tabs.set(tab, calls);
    const gone = () => {
      own.tabs.delete(tab);
      for (const end of calls.values()) end();
    };
    const signal = this.#life?.signal;
    if (signal !== undefined) this.around.locks.request(tabLock(this.file, tab), { signal }, gone).catch(() => {});
    return calls;
  }

  #sayLeads(term: string): void {
    const { version, loadedAt } = this.around;
    this.#say({ type: "leads", term, version, loadedAt });
  }

  #say(message: Message): void {
    this.#channel?.postMessage(message);
  }

  #tell(told: Told): void {
    for (const listener of [...this.#listeners]) listener(told);
  }
}

/** Whether it may have been done, or not, if nobody answers any more. */
function isPostedEdit({ term, call }: Pending): boolean {
  return term !== undefined && !isRepeatable(call);
}
