import assert from "node:assert/strict";
import { test } from "node:test";
import { walkFailPoints } from "#test/kit/fail-points.ts";

test("a node recovers when CometBFT dies at a fail point and the app lives on", async () => {
  const indices = [1, 12];
  assert.ok((await walkFailPoints({ indices, app: "alive" })) >= 3n * BigInt(indices.length));
});

test("a node recovers when CometBFT dies at a fail point and the app is killed", async () => {
  assert.ok((await walkFailPoints({ indices: [7], app: "killed" })) >= 3n);
});
