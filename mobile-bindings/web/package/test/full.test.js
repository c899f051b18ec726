import assert from "node:assert/strict";
import { test } from "node:test";

import { failureOf } from "../dist/errors.js";
import { tellFull } from "../dist/full.js";

/** A handle that has room for so many bytes, and says so as Firefox does. */
function handle(room, error = new DOMException("", "NS_ERROR_FILE_NO_DEVICE_SPACE")) {
  class Handle {
    write(from) {
      return Math.min(from.byteLength, room);
    }
    truncate(size) {
      if (size > room) throw error;
    }
  }
  tellFull(Handle.prototype);
  return new Handle();
}

test("Where Firefox writes a part only, or cannot lengthen a file, there is no room", () => {
  const { code } = failureOf(new DOMException("", "QuotaExceededError"));
  assert.equal(code, "storage_full");
  assert.equal(handle(8).write(new Uint8Array(8), { at: 0 }), 8);
  assert.throws(() => handle(8).write(new Uint8Array(9), { at: 0 }), { name: "QuotaExceededError" });
  handle(8).truncate(8);
  assert.throws(() => handle(8).truncate(9), { name: "QuotaExceededError" });
});

test("What else goes wrong with a file stays what it is, and a browser without such files is left alone", () => {
  const closed = new DOMException("the handle is closed", "InvalidStateError");
  assert.throws(() => handle(8, closed).truncate(9), closed);
  tellFull(undefined);
});
