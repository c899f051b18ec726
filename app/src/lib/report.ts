// What a user sends to whoever looks after the program: versions, counts, codes, times and sizes. No name, no text, no
// address: what is in it is said here line by line, and the user reads it before they send it.

import type { QuarantinedEdit, Storage, SyncReport } from "@roadbook/core";
import type { NotedFailure } from "./failures";

export interface Facts {
  readonly now: number;
  readonly version: string;
  readonly core: string;
  /** As the browser says of itself. */
  readonly browser: string;
  readonly language: string;
  /** Of the window, in pixels. */
  readonly window: readonly [number, number];
  readonly isInstalled: boolean;
  readonly isOnline: boolean;
  readonly hasAccount: boolean;
  readonly isSignInNeeded: boolean;
  readonly unsent: number | undefined;
  readonly quarantine: readonly Pick<QuarantinedEdit, "reason" | "at">[];
  readonly lastExchange: number | undefined;
  readonly exchange: SyncReport | undefined;
  readonly storage: Storage | undefined;
  readonly stateHash: string | undefined;
  readonly failures: readonly NotedFailure[];
}

/** The report, in English: whoever reads it may not know the user's language. */
export function report(facts: Facts): string {
  const { storage } = facts;
  const lines = [
    "Roadbook report",
    `time: ${time(facts.now)}`,
    `version: ${facts.version}, core ${facts.core}`,
    `browser: ${facts.browser}`,
    `language: ${facts.language}`,
    `window: ${facts.window.join(" x ")}, installed: ${yes(facts.isInstalled)}`,
    `network: ${yes(facts.isOnline)}`,
    `account: ${yes(facts.hasAccount)}, sign-in needed: ${yes(facts.isSignInNeeded)}`,
    `unsent edits: ${facts.unsent ?? "?"}`,
    `quarantined edits: ${facts.quarantine.length}`,
    ...facts.quarantine.map(({ reason, at }) => `  ${time(at)} ${reasonCode(reason)}`),
    `last exchange: ${facts.lastExchange === undefined ? "none" : time(facts.lastExchange)}`,
    ...(facts.exchange === undefined ? [] : exchanged(facts.exchange)),
    storage === undefined
      ? "storage: ?"
      : `storage: kept: ${yes(storage.persisted)}, bytes: ${storage.usage ?? "?"} of ${storage.quota ?? "?"}`,
    `state hash: ${facts.stateHash ?? "not asked for"}`,
    `failures: ${facts.failures.length}`,
    ...facts.failures.map(({ at, code, data }) => ["", time(at), code, ...data].join(" ")),
  ];
  return `${lines.join("\n")}\n`;
}

/** A code of the core's own, or of the server. */
export function reasonCode(reason: QuarantinedEdit["reason"]): string {
  return "code" in reason ? `${reason.kind}.${reason.code}` : reason.kind;
}

function exchanged({ roundTrips, bytesUp, bytesDown, counts, serverAhead, reconciling }: SyncReport): string[] {
  const counted = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return [
    `  round trips: ${roundTrips}, bytes up: ${bytesUp}, bytes down: ${bytesDown}`,
    `  ${counted.join(", ")}, comparing: ${yes(reconciling)}`,
    `  server's clock ahead by: ${serverAhead} ms`,
  ];
}

function time(millis: number): string {
  const at = new Date(millis);
  return Number.isNaN(at.getTime()) ? "?" : at.toISOString();
}

function yes(is: boolean): string {
  return is ? "yes" : "no";
}
