import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "#chain/app/judge.ts";
import { BLOCK_PROOFS_MAX } from "#chain/limits.ts";
import { countingVerifier, waitingProof } from "#test/kit/proofs.ts";

const flood = (count: number) => Array.from({ length: count }, (_, i) => waitingProof(`flooder${i}`, false));

test("a place that a false proof took goes to another debtor of the game", async () => {
  const { proofs } = countingVerifier();
  const honest = ["lea", "max"].map((name) => waitingProof(name, true));
  for (let height = 1n; height <= 50n; height++) {
    const found = await judge(proofs, height, [...flood(6), ...honest]);
    assert.deepEqual(
      honest.map(({ id }) => found.get(id)?.holds),
      [true, true],
    );
  }
});

test("of more false proofs than a block may judge, none keeps a true one out for long", async () => {
  const { proofs, judged } = countingVerifier();
  const honest = waitingProof("lea", true);
  let blocks = 0n;
  for (let isIn = false; !isIn; ) {
    blocks += 1n;
    isIn = (await judge(proofs, blocks, [...flood(63), honest])).get(honest.id)?.holds ?? false;
    assert.equal(judged(), BLOCK_PROOFS_MAX * Number(blocks));
  }
  assert.ok(blocks <= 32n, `${blocks} blocks`);
});

test("a debtor has one proof judged a block, and a game its own places", async () => {
  const { proofs } = countingVerifier();
  const true_ = ["a", "b", "c", "d", "e"].map((name) => waitingProof(name, true));
  const again = { ...waitingProof("a", true), id: "a again" };
  const other = ["x", "y"].map((name) => waitingProof(name, true, "chess"));
  const found = await judge(proofs, 7n, [...true_, again, ...other]);
  assert.equal(true_.filter(({ id }) => found.has(id)).length, 4);
  assert.ok(!found.has("a again"));
  assert.ok(other.every(({ id }) => found.get(id)?.holds));
});
