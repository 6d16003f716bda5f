import assert from "node:assert/strict";
import { test } from "node:test";
import { hopeless, mislead } from "./byzantine.ts";

for (const [count, signed] of [
  [279, false],
  [21, true],
] as const)
  test(`all nodes agree on ${count} byzantine proposals (beacon signed: ${signed})`, async (t) => {
    const seed = `byzantine ${signed}`;
    const tally = await mislead(seed, count, signed);
    t.diagnostic(`seed ${seed}: ${JSON.stringify(tally)}`);
    for (const trick of hopeless) assert.equal(tally.accepted[trick] ?? 0, 0, trick);
    assert.ok((tally.accepted["honest"] ?? 0) > 0);
  });
