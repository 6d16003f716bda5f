import assert from "node:assert/strict";
import { test } from "node:test";
import { changedSet } from "#test/kit/comet-set.ts";
import { consensusKey } from "#test/kit/staked.ts";
import { churn } from "./churn.ts";
import { ann, ben, cat } from "./kit.ts";

const SEED = "validators come and go";
const OPERATIONS = 1_000;

test("whatever happens to stake, consensus takes the set and no book is wrong", (t) => {
  const { succeeded, updates, convicted, destroyed, sizes } = churn(SEED, OPERATIONS);
  t.diagnostic(
    `seed "${SEED}": ${OPERATIONS} operations, ${succeeded} succeeded, ${updates} updates of the set`,
  );
  assert.ok(succeeded > OPERATIONS / 5 && updates > OPERATIONS / 10, `${succeeded} and ${updates}`);
  assert.ok(convicted > 0 && destroyed > 0n && sizes[1] > sizes[0]);
});

test("what would stop consensus is seen: nobody left, twice the same, a stranger, too much power", () => {
  const key = { publicKey: consensusKey(ann) };
  const other = { publicKey: consensusKey(ben), power: 1n };
  const set = changedSet(new Map(), [{ ...key, power: 5n }]);
  assert.throws(() => changedSet(set, [{ ...key, power: 0n }]), /empty/);
  assert.throws(
    () =>
      changedSet(set, [
        { ...key, power: 1n },
        { ...key, power: 2n },
      ]),
    /two changes/,
  );
  const two = changedSet(set, [other]);
  assert.throws(() => changedSet(two, [{ publicKey: consensusKey(cat), power: 0n }]), /not in the set/);
  assert.throws(() => changedSet(set, [{ ...other, power: 2n ** 60n - 1n }]), /beyond what counts/);
  assert.throws(() => changedSet(set, [{ ...other, power: -1n }]), /below zero/);
  assert.equal(changedSet(set, [{ ...key, power: 0n }, other]).size, 1);
});
