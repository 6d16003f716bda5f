import assert from "node:assert/strict";
import { test } from "node:test";
import { bls } from "#test/kit/verifier.ts";
import { differ } from "../chain/verify/bls-differ.ts";

const COUNT = 13_000;

test(`mcl and the reference judge ${COUNT} signatures alike`, (t) => {
  const seed = process.env["FUZZ_SEED"] ?? "bls 2026";
  const { accepted, differing } = differ(bls, seed, COUNT);
  t.diagnostic(`seed "${seed}": ${COUNT} cases, accepted ${JSON.stringify(accepted)}`);
  assert.deepEqual(differing, []);
});
