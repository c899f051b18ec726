// Numbers and addresses as they are typed, and long texts that two people write at once.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import typescript from "typescript";

const { exactNumber } = await load("fields/numbers.ts");
const { merged, moved } = await load("fields/merge.ts");
const { pageAddress, typedAddress } = await load("fields/web.ts");

async function load(name) {
  const source = readFileSync(new URL(name, import.meta.url), "utf8");
  const compilerOptions = { target: "ESNext", module: "ESNext" };
  const { outputText } = typescript.transpileModule(source, { compilerOptions });
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`);
}

test("A number is read in the way of the language, exactly", () => {
  for (const [typed, language, exact] of [
    ["1 990,50", "hu", "1990.5"],
    ["1\u00a0990", "hu", "1990"],
    ["1.5", "hu", "1.5"],
    [",5", "hu", "0.5"],
    ["−5,00", "hu", "-5"],
    ["1.990", "ro", "1990"],
    ["1.990,5", "ro", "1990.5"],
    ["1,990.50", "en", "1990.5"],
    ["1,5", "en", "1.5"],
    ["007", "en", "7"],
    ["-0", "en", "0"],
    [" 12 ", "en", "12"],
    ["1’990", "de-CH", "1990"],
    ["٣٫٥", "ar-EG", "3.5"],
    ["0.1", "en", "0.1"],
    ["999999999999999.999999", "en", "999999999999999.999999"],
  ]) {
    assert.equal(exactNumber(typed, language), exact, `${typed} in ${language}`);
  }
});

test("What is no number, or could be two, is none", () => {
  for (const [typed, language] of [
    ["1.990", "hu"],
    ["1.234.567", "hu"],
    ["12.34.567", "ro"],
    ["1,2,3", "hu"],
    ["1.99.50", "en"],
    ["", "en"],
    [".", "en"],
    ["-", "en"],
    ["--5", "en"],
    ["1e3", "en"],
    ["NaN", "en"],
    ["12 Ft", "hu"],
  ]) {
    assert.equal(exactNumber(typed, language), undefined, `${typed} in ${language}`);
  }
});

test("What a language writes reads back as the same number", () => {
  for (const language of ["en-GB", "hu-HU", "ro-RO", "de-CH", "pt-PT", "bg-BG", "fr-FR"]) {
    const format = new Intl.NumberFormat(language, { maximumFractionDigits: 20 });
    for (const exact of ["0", "7", "-1.5", "1990", "-1234567.25", "999999999999999.999999", "0.000001"]) {
      assert.equal(exactNumber(format.format(exact), language), exact, `${exact} in ${language}`);
    }
  }
});

test("Only a page of the web is opened", () => {
  for (const [text, opened] of [
    ["https://example.com", "https://example.com/"],
    ["http://example.com/a?b#c", "http://example.com/a?b#c"],
    ["HTTPS://Example.COM/Menu", "https://example.com/Menu"],
    ["javascript:alert(1)", undefined],
    ["java\nscript:alert(1)", undefined],
    [" javascript:alert(1)", undefined],
    ["data:text/html,<script>alert(1)</script>", undefined],
    ["blob:https://example.com/1", undefined],
    ["file:///etc/passwd", undefined],
    ["mailto:anna@example.com", undefined],
    ["//example.com", undefined],
    ["/settings", undefined],
    ["example.com", undefined],
    ["https://", undefined],
    ["", undefined],
  ]) {
    assert.equal(pageAddress(text), opened, text);
  }
});

test("An address may be typed from its host on, and nothing else is completed", () => {
  for (const [typed, address] of [
    ["example.com", "https://example.com"],
    [" www.example.com/menu:today ", "https://www.example.com/menu:today"],
    ["őrség.hu?x", "https://őrség.hu?x"],
    ["http://example.com", "http://example.com"],
    ["javascript:alert(1.5)", "javascript:alert(1.5)"],
    ["anna.kiss@example.com", "anna.kiss@example.com"],
    ["ask Anna. Or Bea", "ask Anna. Or Bea"],
    ["none", "none"],
    ["/a.b", "/a.b"],
  ]) {
    assert.equal(typedAddress(typed), address);
  }
});

test("Of two edits of a text none is lost", () => {
  for (const [base, mine, theirs, both] of [
    ["roast", "dark roast", "roast, please", "dark roast, please"],
    ["roast", "roast, please", "dark roast", "dark roast, please"],
    ["one two three", "one three", "one two three four", "one three four"],
    ["", "mine", "theirs", "minetheirs"],
    ["same", "same", "other", "other"],
    ["same", "other", "same", "other"],
  ]) {
    assert.equal(merged(base, mine, theirs), both);
  }
});

test("The caret stays where it was in the text", () => {
  const [old, now] = ["They like it.", "Note: They like it."];
  assert.equal(now.slice(moved(5, old, now)), old.slice(5));
  assert.equal(moved(4, "They like it.", "They like it. Much."), 4);
  assert.equal(moved(9, "They like it.", "They."), 4);
});
