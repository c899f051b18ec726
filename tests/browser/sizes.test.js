// What a first start loads: a phone in a lift waits for each kilobyte.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { MOST, sizesOf } from "./bench/built.js";
import { begin, NAMES } from "./browsers.js";
import { Firm } from "./firm.js";

describe("What a first start loads", { skip: !NAMES.includes("Chromium") }, () => {
  let firm;
  let browser;
  let sizes;

  before(async () => {
    firm = await Firm.begin();
    browser = begin("Chromium");
    sizes = await sizesOf(await browser.tab(firm.address));
  });
  after(async () => {
    await browser?.end();
    await firm?.end();
  });

  test("is within its budget", () => {
    const { shell, module, files } = sizes;
    assert.ok(shell > 0 && shell <= MOST.shell, `the shell has ${shell} bytes: ${files.join(" ")}`);
    assert.ok(module > 0 && module <= MOST.module, `the module has ${module} bytes`);
  });

  test("has the texts of one language", () => {
    assert.equal(sizes.files.filter((path) => path.includes("/texts-")).length, 1);
  });
});
