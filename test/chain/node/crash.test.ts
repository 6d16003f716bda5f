import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { crash } from "#test/kit/crashes.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));

test("an app killed ten times in and between calls has the state of an undisturbed one", async (t) => {
  t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
  const report = await crash(SEED, 10);
  t.diagnostic(`${report.kills} kills, height ${report.height}, ${report.replayed} blocks played again`);
  assert.equal(report.kills, 10);
  assert.ok(report.height > 2n);
});
