// SQLite writes each page, and what stands before it, by itself: thousands of pieces that follow each other. Each call of
// the browser costs as much as some kilobytes. Here such pieces are handed over together.

/** The part of `FileSystemSyncAccessHandle` that SQLite's files use; TypeScript knows it for workers only. */
export interface Handle {
  read(into: ArrayBufferView, options?: { at?: number }): number;
  write(from: ArrayBufferView, options?: { at?: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** At most so many bytes of a file wait. */
const MOST = 64 << 10;

/**
 * So many writes after a flush do not wait. SQLite flushes in the middle of a commit's last piece, and writes the rest of
 * it, which is in two parts at most, before it tells that the commit is done: what finds no room is to fail the commit
 * that it belongs to.
 */
const AT_ONCE = 2;

/** What was written to a file and waits: it follows on itself from `at`. */
class Waiting {
  readonly bytes = new Uint8Array(MOST);
  at = 0;
  length = 0;
  atOnce = 0;

  get end(): number {
    return this.at + this.length;
  }
}

/**
 * Has all handles of this prototype gather what is written in one place after the other. A flush hands it over first, so
 * it means what it says. The only difference: if the worker is killed, what no flush followed may be gone, about which
 * files promise nothing else. Where there is no room, the call that hands over says so, and what waits is kept.
 *
 * For handles that write all or throw: after `tellFull`.
 */
export function gatherWrites(prototype: Handle | undefined): void {
  if (prototype === undefined) return;
  const { read, write, truncate, getSize, flush, close } = prototype;
  const own = { read, write, truncate, getSize, flush, close };
  /** Of handles that were ever written to: a pool has more of them. */
  const all = new WeakMap<Handle, Waiting>();

  function handOver(handle: Handle): void {
    const waiting = all.get(handle);
    if (waiting === undefined || waiting.length === 0) return;
    own.write.call(handle, waiting.bytes.subarray(0, waiting.length), { at: waiting.at });
    waiting.length = 0;
  }

  prototype.write = function (from, options) {
    const at = options?.at;
    const waiting = all.get(this) ?? new Waiting();
    all.set(this, waiting);
    if (at !== waiting.end || waiting.length + from.byteLength > MOST) handOver(this);
    if (at === undefined || from.byteLength > MOST || waiting.atOnce > 0) {
      handOver(this);
      waiting.atOnce = Math.max(waiting.atOnce - 1, 0);
      return own.write.call(this, from, options);
    }
    if (waiting.length === 0) waiting.at = at;
    // A copy: the module writes something else there next.
    waiting.bytes.set(new Uint8Array(from.buffer, from.byteOffset, from.byteLength), waiting.length);
    waiting.length += from.byteLength;
    return from.byteLength;
  };
  prototype.read = function (into, options) {
    const waiting = all.get(this);
    const end = (options?.at ?? Infinity) + into.byteLength;
    // What waits for room must not keep from being read what is there.
    if (waiting !== undefined && waiting.length > 0 && end > Math.min(waiting.at, own.getSize.call(this))) {
      handOver(this);
    }
    return own.read.call(this, into, options);
  };
  prototype.truncate = function (size) {
    const waiting = all.get(this);
    if (waiting !== undefined) waiting.length = Math.min(waiting.length, Math.max(size - waiting.at, 0));
    handOver(this);
    own.truncate.call(this, size);
  };
  prototype.getSize = function () {
    const waiting = all.get(this);
    const size = own.getSize.call(this);
    return waiting === undefined || waiting.length === 0 ? size : Math.max(size, waiting.end);
  };
  prototype.flush = function () {
    handOver(this);
    own.flush.call(this);
    const waiting = all.get(this);
    if (waiting !== undefined) waiting.atOnce = AT_ONCE;
  };
  prototype.close = function () {
    try {
      handOver(this);
    } catch {
      // It was promised to nobody, and the pool closes where nothing may be thrown.
    }
    own.close.call(this);
  };
}
