import assert from "node:assert/strict";
import { test } from "node:test";
import { walkFailPoints } from "#test/kit/fail-points.ts";

const INDICES = Array.from({ length: 31 }, (_, i) => i);

for (const app of ["alive", "killed"] as const)
  test(`a node recovers from CometBFT's fail points 0 to 30 with the app ${app}`, async (t) => {
    const height = await walkFailPoints({ indices: INDICES, app });
    t.diagnostic(`${INDICES.length} fail points, app ${app}: height ${height}, no repair`);
    assert.ok(height >= 3n * BigInt(INDICES.length));
  });
