import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import typescript from "typescript";

const source = readFileSync(new URL("enrolment.ts", import.meta.url), "utf8");
const { outputText } = typescript.transpileModule(source, { compilerOptions: { target: "ESNext", module: "ESNext" } });
const { readEnrolment } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);

test("A link is read as the core reads it", () => {
  // The cases of `client-core/src/remote/account.rs`.
  const link = " https://crm.example.com/firm/enrol#ABCD-EFGH-IJKL-MNOP\n";
  assert.deepEqual(readEnrolment(link), { address: "https://crm.example.com/firm", code: "ABCD-EFGH-IJKL-MNOP" });
  for (const other of ["", "https://crm.example.com", "/enrol#CODE", "https://crm.example.com/enrol#"]) {
    assert.equal(readEnrolment(other), undefined, other);
  }
});
