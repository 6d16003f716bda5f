import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { attackFrames } from "#test/kit/hostile-frames.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));

test("1,000 broken frames end their own connections alone, and blocks go on", async (t) => {
  t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
  const { broken, answered } = await attackFrames(SEED, 1_000);
  assert.equal(broken, 1_000);
  assert.ok(answered > 500);
});
