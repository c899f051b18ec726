import assert from "node:assert/strict";
import { test } from "node:test";

import { gatherWrites } from "../dist/gather.js";

/** A class of handles on a file in memory, which may have little room. */
function files(room = Infinity) {
  return class Handle {
    room = room;
    bytes = new Uint8Array(0);
    calls = [];
    read(into, { at }) {
      this.calls.push("read");
      const found = this.bytes.subarray(at, at + into.byteLength);
      into.set(found);
      return found.length;
    }
    write(from, { at }) {
      this.calls.push("write");
      if (at + from.byteLength > this.room) throw new DOMException("", "QuotaExceededError");
      this.#grow(at + from.byteLength);
      this.bytes.set(from, at);
      return from.byteLength;
    }
    truncate(size) {
      this.#grow(size);
      this.bytes = this.bytes.slice(0, size);
    }
    getSize() {
      return this.bytes.length;
    }
    flush() {
      this.calls.push("flush");
    }
    close() {
      this.calls.push("close");
    }
    #grow(size) {
      if (size <= this.bytes.length) return;
      const longer = new Uint8Array(size);
      longer.set(this.bytes);
      this.bytes = longer;
    }
  };
}

function gathering(room) {
  const Handle = files(room);
  gatherWrites(Handle.prototype);
  return new Handle();
}

/** Numbers by chance, the same for each seed. */
function dice(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("A commit of hundreds of pieces is a few calls, and is in the file before it is flushed", () => {
  const handle = gathering();
  const page = new Uint8Array(4_096);
  let at = 32;
  for (let n = 0; n < 250; n++) {
    for (const piece of [page.subarray(0, 24), page.fill(n)]) at += handle.write(piece, { at });
  }
  handle.flush();
  assert.ok(handle.calls.length < 20, handle.calls.join());
  assert.equal(handle.calls.at(-1), "flush");
  assert.equal(handle.bytes.length, at);
  assert.deepEqual([...handle.bytes.subarray(-4_096)], Array(4_096).fill(249));
});

test("Whatever is done to a file, it answers and holds what it would without gathering", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const [roll, Plain] = [dice(seed), files()];
    const [plain, gathered] = [new Plain(), gathering()];
    let next = 0;
    for (let step = 0; step < 60; step++) {
      const at = roll(3) === 0 ? roll(100_000) : next;
      const piece = new Uint8Array(roll(4) === 0 ? roll(90_000) : roll(5_000)).map(() => roll(256));
      const act = [
        () => [plain, gathered].map((handle) => handle.write(piece.slice(), { at })),
        () => [plain, gathered].map((handle) => handle.write(piece.slice(), { at })),
        () => [plain, gathered].map((handle) => handle.write(piece.slice(), { at })),
        () => [plain, gathered].map((handle) => [handle.read(piece, { at }), ...piece]),
        () => [plain, gathered].map((handle) => handle.truncate(at)),
        () => [plain, gathered].map((handle) => handle.getSize()),
        () => [plain, gathered].map((handle) => handle.flush()),
      ][roll(7)];
      const [expected, answered] = act();
      assert.deepEqual(answered, expected, `seed ${seed}, step ${step}`);
      next = at + piece.length;
    }
    for (const handle of [plain, gathered]) handle.close();
    assert.deepEqual(gathered.bytes, plain.bytes, `seed ${seed}`);
    assert.equal(gathered.calls.at(-1), "close");
  }
});

test("What was given is taken as it was, whatever is written into the same memory next", () => {
  const [handle, memory] = [gathering(), new Uint8Array(8).fill(1)];
  handle.write(memory.subarray(2, 6), { at: 0 });
  memory.fill(2);
  handle.flush();
  assert.deepEqual([...handle.bytes], [1, 1, 1, 1]);
});

test("Where there is no room the call that hands over says so, and what waits comes with the room", () => {
  for (const next of [
    (handle) => handle.flush(),
    (handle) => handle.read(new Uint8Array(1), { at: 0 }),
    (handle) => handle.write(new Uint8Array(1), { at: 0 }),
    (handle) => handle.write(new Uint8Array(65_536), { at: 9 }),
  ]) {
    const handle = gathering(8);
    assert.equal(handle.write(new Uint8Array(9).fill(7), { at: 0 }), 9);
    assert.throws(() => next(handle), { name: "QuotaExceededError" });
    assert.throws(() => handle.flush(), { name: "QuotaExceededError" });
    handle.room = 9;
    handle.flush();
    assert.deepEqual([...handle.bytes], Array(9).fill(7));
  }
});

test("What waits for room does not keep others from being read, cut off or closed", () => {
  const handle = gathering(8);
  handle.write(new Uint8Array(8).fill(1), { at: 0 });
  handle.flush();
  for (let at = 8; at < 16; at += 4) assert.throws(() => handle.write(new Uint8Array(4), { at }));
  handle.write(new Uint8Array(4), { at: 8 });
  assert.equal(handle.getSize(), 12);
  assert.throws(() => handle.flush());
  const read = new Uint8Array(8);
  assert.equal(handle.read(read, { at: 0 }), 8);
  assert.deepEqual([...read], Array(8).fill(1));
  handle.truncate(8);
  handle.flush();
  for (let at = 8; at < 16; at += 4) assert.throws(() => handle.write(new Uint8Array(4), { at }));
  handle.write(new Uint8Array(4), { at: 8 });
  handle.close();
  assert.equal(handle.calls.at(-1), "close");
});

test("The rest of a commit is written before the commit is done, though a flush is in its middle", () => {
  const handle = gathering(20);
  handle.write(new Uint8Array(16).fill(1), { at: 0 });
  handle.flush();
  // The rest of what stands before the last page, and the page.
  handle.write(new Uint8Array(2).fill(2), { at: 16 });
  assert.throws(() => handle.write(new Uint8Array(4).fill(2), { at: 18 }), { name: "QuotaExceededError" });
  // Once there is room the next commit stands behind it, and nothing is lost between them.
  handle.room = 100;
  handle.write(new Uint8Array(4).fill(3), { at: 18 });
  handle.write(new Uint8Array(4).fill(4), { at: 22 });
  handle.flush();
  const expected = [...Array(16).fill(1), 2, 2, ...Array(4).fill(3), ...Array(4).fill(4)];
  assert.deepEqual([...handle.bytes], expected);
});

test("A browser without such files is left alone", () => gatherWrites(undefined));
