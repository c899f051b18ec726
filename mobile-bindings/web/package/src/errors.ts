/** Why something could not be done, as it crosses between worker, tabs and page: a code with data. */
export interface Failure {
  /** Stable: one of `docs/api.md`, or one that only browsers have. An app keeps its texts by it. */
  readonly code: string;
  /** In English, for the log. */
  readonly message: string;
  /** What the code comes with, such as `retryAt` or `count`. */
  readonly [data: string]: unknown;
}

/**
 * What every call of the package rejects with. Beside the codes of the core there are
 *
 * - `no_storage`: the browser keeps no files for this page; `why` is `insecure`, `unsupported` or `blocked`;
 * - `no_answer`: another tab has the file and says nothing, as one that is frozen. Ask the user to close it;
 * - `interrupted_edit`: the tab or the worker that did the edit ended meanwhile, so it may have been done. Let the user
 *   look.
 */
export class RoadbookError extends Error {
  override readonly name = "RoadbookError";
  readonly code: string;
  readonly data: Failure;

  constructor(failure: Failure) {
    super(`${failure.code}: ${failure.message}`);
    this.code = failure.code;
    this.data = failure;
  }
}

/** Something that should not happen: try again, and report it. */
export function internal(detail: string): Failure {
  return { code: "internal", message: detail, detail };
}

/** An edit that may have been done, or not: it is never made again by itself. */
export function interruptedEdit(call: string): Failure {
  return { code: "interrupted_edit", message: `${call} may have been done` };
}

/** What was thrown, as a failure: the core throws plain objects, everything else is a defect. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof RoadbookError) return thrown.data;
  if (thrown instanceof DOMException && thrown.name === "QuotaExceededError") {
    return { code: "storage_full", message: thrown.message };
  }
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string") {
    const message = "message" in thrown ? String(thrown.message) : "";
    return { ...thrown, code: thrown.code, message };
  }
  return internal(String(thrown));
}
