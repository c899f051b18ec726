import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import typescript from "typescript";

const source = readFileSync(new URL("reach.ts", import.meta.url), "utf8");
const compilerOptions = { target: "ESNext", module: "ESNext" };
const { outputText } = typescript.transpileModule(source, { compilerOptions });
const { reach } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);

test("A telephone number is dialled by its digits, however it is written", () => {
  const cases = {
    "+36 30 123 4567": "tel:+36301234567",
    "06 (1) 234-5678": "tel:0612345678",
    "(06-1) 234 56 78": "tel:0612345678",
    "+49 (0)30 123456": "tel:+4930123456",
    "0040/21/123.45.67": "tel:0040211234567",
    "+36‑30–123": "tel:+3630123",
    "Anna: 06301234567": "tel:06301234567",
    "0212345678 ext. 12": "tel:0212345678",
    "112": "tel:112",
    "ask Anna": undefined,
    "": undefined,
  };
  for (const [written, dialled] of Object.entries(cases)) assert.equal(reach("phone", written), dialled, written);
});

test("Nothing that is written in an address becomes another part of the link", () => {
  assert.equal(reach("email", " anna@example.com "), "mailto:anna@example.com");
  assert.equal(reach("email", "a?subject=x&body=y@b.hu"), "mailto:a%3Fsubject%3Dx%26body%3Dy@b.hu");
  assert.equal(reach("address", "Fő u. 1.\nVác & Co"), "geo:0,0?q=F%C5%91%20u.%201.%0AV%C3%A1c%20%26%20Co");
  assert.equal(reach("fax machine", "javascript:alert(1)"), undefined);
  assert.equal(reach("phone", "javascript:alert(1)"), "tel:1");
});
