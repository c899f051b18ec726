import assert from "node:assert/strict";
import { test } from "node:test";

import { failureOf, RoadbookError } from "../dist/errors.js";
import { addressOf, isRepeatable, pack, Server, tokenPlace } from "../dist/remote.js";

test("A server goes by its address, a listener and a signal stay with the page", () => {
  const listener = () => {};
  const { signal } = new AbortController();
  const packed = pack([new Server("https://crm.example.com"), listener, signal]);
  assert.deepEqual(structuredClone(packed.args), [{ $server: "https://crm.example.com" }, undefined, undefined]);
  assert.equal(packed.progress, listener);
  assert.equal(packed.signal, signal);
  assert.equal(addressOf(packed.args[0]), "https://crm.example.com");
  assert.equal(addressOf({ name: "Bakery" }), undefined);
  assert.equal(addressOf(null), undefined);
});

test("A call that nobody knows is an edit, and takes no token", () => {
  assert.ok(isRepeatable("today"));
  assert.ok(!isRepeatable("createCard"));
  assert.ok(!isRepeatable("signIn"));
  assert.ok(!isRepeatable("toString"));
  assert.equal(tokenPlace("sync"), 2);
  assert.equal(tokenPlace("toString"), undefined);
});

test("An error has the code and the data of the core, and what has no code is internal", () => {
  const error = new RoadbookError(failureOf({ code: "unsent", message: "2 edits are unsent", count: 2 }));
  assert.equal(error.code, "unsent");
  assert.equal(error.data.count, 2);
  assert.equal(failureOf(new TypeError("undefined is no function")).code, "internal");
  assert.equal(failureOf(error), error.data);
});
