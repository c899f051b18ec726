import type { Failure } from "./errors.js";
import { forget, keep, kept } from "./kept.js";
import { FOLDER, markerKey } from "./names.js";

/** What the browser says of the place where the file is. */
export interface Storage {
  /** Whether the browser keeps it until the user removes it; else it may go when room is short. */
  readonly persisted: boolean;
  /** Bytes that this site takes, and may take. */
  readonly usage: number | undefined;
  readonly quota: number | undefined;
}

/** Why this page can keep no file; nothing if it can. */
export async function storageProblem(): Promise<Failure | undefined> {
  const problem = (why: string, message: string): Failure => ({ code: "no_storage", message, why });
  if (!globalThis.isSecureContext) {
    return problem("insecure", "this page was not loaded over https, so the browser lets it keep no files");
  }
  const isOld =
    typeof Worker === "undefined" ||
    typeof BroadcastChannel === "undefined" ||
    navigator.locks === undefined ||
    navigator.storage?.getDirectory === undefined;
  if (isOld) return problem("unsupported", "this browser is too old to keep files for a page");
  try {
    await navigator.storage.getDirectory();
    return undefined;
  } catch (error) {
    return problem("blocked", `this window keeps no files: it is private, or storage is switched off (${error})`);
  }
}

export async function storage(): Promise<Storage> {
  const [persisted, { usage, quota }] = await Promise.all([
    navigator.storage.persisted(),
    navigator.storage.estimate(),
  ]);
  return { persisted, usage, quota };
}

/** Notes that somebody works in the file, so that its loss can be told from a first start. */
export function mark(file: string): void {
  keep(markerKey(file), "1");
}

export function unmark(file: string): void {
  forget(markerKey(file));
}

/** Whether somebody worked in the file and the browser has removed it since. */
export async function wasEvicted(file: string): Promise<boolean> {
  if (kept(markerKey(file)) === null) return false;
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER);
    await folder.getDirectoryHandle(file);
    return false;
  } catch (error) {
    return error instanceof DOMException && error.name === "NotFoundError";
  }
}
