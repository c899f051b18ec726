// The last failures, for a report: when, of which code, and the numbers that came with it. Nothing that a user typed
// gets here, nor a name or an address: of the texts of an error only those are kept that are words of the program.

import { RoadbookError } from "@roadbook/core";
import { forget, keep, kept } from "@roadbook/core/kept";

export interface NotedFailure {
  /** By this device's clock, in milliseconds since 1970. */
  readonly at: number;
  readonly code: string;
  /** Such as `status=503`. */
  readonly data: readonly string[];
}

const KEPT_AS = "roadbook/failures";
const MOST = 20;
/** What the program calls something. */
const WORD = /^[a-z0-9_.]{1,60}$/;
/** Data that are words of the program. */
const WORDS: readonly string[] = ["serverCode", "why"];
/** What of a defect's description is not somebody's text: the storage's own number, and places in the program. */
const TRACE = /\bError code \d+|\bwasm-function\[\d+\]:0x[0-9a-f]+/g;
const MOST_TRACES = 8;

/** Several screens may show the same one. */
const noted = new WeakSet<object>();

/** Remembers an error that somebody was told. */
export function noteFailure(error: unknown): void {
  if (typeof error === "object" && error !== null) {
    if (noted.has(error)) return;
    noted.add(error);
  }
  if (error instanceof RoadbookError) add(error.code, dataOf(error));
  else add(`page.${classOf(error)}`, []);
}

/** Remembers that the core ended by a defect. */
export function noteTrap(detail: string): void {
  add("trapped", traces(detail));
}

/** Remembers what nobody caught, for as long as the page is there. */
export function noteUncaught(): () => void {
  const thrown = (event: ErrorEvent) => noteFailure(event.error);
  const rejected = (event: PromiseRejectionEvent) => noteFailure(event.reason);
  addEventListener("error", thrown);
  addEventListener("unhandledrejection", rejected);
  return () => {
    removeEventListener("error", thrown);
    removeEventListener("unhandledrejection", rejected);
  };
}

/** The latest last. */
export function lastFailures(): readonly NotedFailure[] {
  try {
    const failures: unknown = JSON.parse(kept(KEPT_AS) ?? "[]");
    return Array.isArray(failures) ? (failures as NotedFailure[]) : [];
  } catch {
    // Somebody else wrote there.
    return [];
  }
}

export function forgetFailures(): void {
  forget(KEPT_AS);
}

function add(code: string, data: readonly string[]): void {
  const failure = { at: Date.now(), code: WORD.test(code) ? code : "internal", data };
  keep(KEPT_AS, JSON.stringify([...lastFailures(), failure].slice(-MOST)));
}

function dataOf({ data }: RoadbookError): string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    if (typeof value === "number") return [`${name}=${value}`];
    if (typeof value !== "string") return [];
    if (name === "detail") return traces(value);
    return WORDS.includes(name) && WORD.test(value) ? [`${name}=${value}`] : [];
  });
}

function traces(detail: string): string[] {
  return (detail.match(TRACE) ?? []).slice(0, MOST_TRACES);
}

/** An error of the language by its class; anything else may be called anything. */
function classOf(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  return /^(Type|Range|Reference|Syntax)Error$/.test(name) ? name.toLowerCase() : "other";
}
