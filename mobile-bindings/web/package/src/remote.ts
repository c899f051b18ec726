import type { CancelToken, Roadbook as Core, Server as CoreServer, SyncReport } from "#core";

/**
 * A server by its address, such as `https://crm.example.com` or `location.origin`. It does not connect by itself; an
 * address that is none fails the call that uses it.
 */
export class Server {
  constructor(readonly address: string) {}
}

/** What is not called from a page: memory is the worker's business, and changes have a way of their own. */
type Hidden = "free" | "subscribe" | symbol;

/** What a page gives for a parameter of the core. A token has more than a server, so it is asked for first. */
type Argument<P> = P extends CancelToken
  ? AbortSignal
  : P extends CoreServer
    ? Server
    : P extends Function
      ? (report: SyncReport) => void
      : P;

/** The same parameters, of which the last need not be given if they may be undefined, or end the call. */
type Arguments<A extends readonly unknown[]> = Trailing<{ [I in keyof A]: Argument<A[I]> }>;
type Trailing<A extends readonly unknown[]> = A extends readonly [...infer Before, infer Last]
  ? undefined extends Last
    ? [...Trailing<Before>, Last?]
    : [Last] extends [AbortSignal]
      ? [...Trailing<Before>, Last?]
      : A
  : A;

/** Every method of a class, asynchronous: what a page may ask of an object that lives in a worker. */
export type Remote<T> = {
  readonly [K in keyof T as T[K] extends (...args: never) => unknown
    ? Exclude<K, Hidden>
    : never]: T[K] extends (...args: infer A) => infer R
    ? (...args: Arguments<A>) => Promise<Awaited<R>>
    : never;
};

/** The name of a call of the core. */
export type Call = keyof Remote<Core> & string;

/** Calls that only read, or that go on from where they were cut off: they may be made again without harm. */
const REPEATABLE: ReadonlySet<string> = new Set([
  "me", "isSignedIn", "today", "board", "statusCounts", "card", "movesTo", "contact", "contacts", "contactCount",
  "findCaller", "likelyDoubles", "names", "losesSight", "postponeChoices", "quickTodo", "inbox", "contactsLinkedTo",
  "cardsOfContact", "search", "trashedCards", "trashedContacts", "conflicts", "history", "quarantine", "settings",
  "recents", "favourites", "may", "syncState", "unsentCount", "check", "rebuildSome", "stateHash", "sync",
  "backgroundSync", "live", "devices", "open", "installSecret",
]);

/** Whether a call may be made again if nobody knows whether it was done. What is not known may not. */
export function isRepeatable(call: string): boolean {
  return REPEATABLE.has(call);
}

type LastOf<A extends readonly unknown[]> = Required<A> extends readonly [...infer Before, infer Last]
  ? [Exclude<Last, null | undefined>] extends [CancelToken]
    ? Before["length"]
    : never
  : never;
type TokenPlace<F> = F extends (...args: infer A) => unknown ? LastOf<A> : never;
type Cancellable = { [K in Call]: [TokenPlace<Core[K]>] extends [never] ? never : K }[Call];

/** Where the core takes the token by which a call is cancelled; the compiler holds it against the core. */
const TOKEN_PLACES: Readonly<Record<string, number>> = {
  signIn: 4,
  enrol: 4,
  attach: 6,
  sync: 2,
  backgroundSync: 2,
  live: 2,
} satisfies { [K in Cancellable]: TokenPlace<Core[K]> };

/** Where a call takes its token, if it does. */
export function tokenPlace(call: string): number | undefined {
  return Object.hasOwn(TOKEN_PLACES, call) ? TOKEN_PLACES[call] : undefined;
}

/** Where a call takes the listener that is told how far it got. */
export const LISTENER_PLACES: ReadonlyMap<string, number> = new Map([
  ["sync", 1],
  ["live", 1],
]);

/** What stands in the place of a server, which cannot be posted. */
export interface Marked {
  readonly $server: string;
}

/** What a call takes along to the worker, and what stays with the page. */
export interface Packed {
  readonly args: readonly unknown[];
  readonly progress: ((report: unknown) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Parts the arguments of a call into what can be posted and what cannot. */
export function pack(given: readonly unknown[]): Packed {
  let progress: Packed["progress"];
  let signal: Packed["signal"];
  const args = given.map((value): unknown => {
    if (value instanceof Server) return { $server: value.address } satisfies Marked;
    if (value instanceof AbortSignal) signal = value;
    else if (typeof value === "function") progress = value as (report: unknown) => void;
    else return value;
    // The worker puts its own there.
    return undefined;
  });
  return { args, progress, signal };
}

/** The address of a server, if this stands for one. */
export function addressOf(value: unknown): string | undefined {
  return typeof value === "object" && value !== null && "$server" in value ? (value as Marked).$server : undefined;
}
