// Firefox has ways of its own to say that there is no room: it writes a part, or nothing, and throws what no standard
// knows. The pool of SQLite's files takes that for a broken disk. Here it becomes what the standard says, and Chromium.

/** What of a `FileSystemSyncAccessHandle` may find no room; TypeScript knows it for workers only. */
export interface Growing {
  write(from: ArrayBufferView, options?: { at?: number }): number;
  truncate(size: number): void;
}

/** What Firefox throws. */
const NO_SPACE = "NS_ERROR_FILE_NO_DEVICE_SPACE";

/** Has all handles of this prototype throw a `QuotaExceededError` where there is no room. */
export function tellFull(prototype: Growing | undefined): void {
  if (prototype === undefined) return;
  const { write, truncate } = prototype;
  prototype.write = function (from, options) {
    const written = write.call(this, from, options);
    if (written < from.byteLength) throw full();
    return written;
  };
  prototype.truncate = function (size) {
    try {
      truncate.call(this, size);
    } catch (error) {
      throw error instanceof Object && "name" in error && error.name === NO_SPACE ? full() : error;
    }
  };
}

function full(): DOMException {
  return new DOMException("there is no room", "QuotaExceededError");
}
