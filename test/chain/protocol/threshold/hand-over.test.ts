import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  publicKey,
  publicShare,
  ThresholdError,
  verificationKey,
} from "#chain/protocol/threshold/ceremony.ts";
import { type Dealing, deal, dealingHolds } from "#chain/protocol/threshold/dealing.ts";
import { outcomeOf } from "#chain/protocol/threshold/outcome.ts";
import { combine, signPartial } from "#chain/protocol/threshold/signing.ts";
import { bls } from "#test/kit/verifier.ts";
import {
  ceremonyOf,
  complaintsOf,
  finish,
  flipped,
  forge,
  handOver,
  type Made,
  makeKey,
  type Party,
  parties,
} from "./kit.ts";

const people = parties("val", 4);
const made = makeKey("before", people, 2);
const signable = { message: new Uint8Array(32).fill(3), tag: "ITERUM_TEST" };

const signatureOf = ({ group, shares }: Made, ...indices: readonly number[]): Uint8Array | undefined => {
  const parts = indices.map((i) => [i, signPartial(bls, signable, shares[i - 1] as bigint)] as const);
  return combine(bls, group, signable, new Map(parts)).signature;
};

test("a key is handed over to other parties of any number, and stays the same", () => {
  const before = signatureOf(made, 1, 2);
  const shape = fc
    .integer({ min: 1, max: 6 })
    .chain((count) =>
      fc.record({ count: fc.constant(count), threshold: fc.integer({ min: 1, max: count }) }),
    );
  fc.assert(
    fc.property(shape, fc.nat(), ({ count, threshold }, salt) => {
      const heirs = parties(`heir ${salt} `, count);
      const after = handOver(`over ${salt}`, made, people, heirs, threshold);
      assert.deepEqual(publicKey(after.group), publicKey(made.group));
      assert.equal(after.group.commitments.length, threshold);
      for (const [i, share] of after.shares.entries())
        assert.deepEqual(publicShare(share), verificationKey(after.group, i + 1));
      const last = Array.from({ length: threshold }, (_, i) => count - i);
      assert.deepEqual(signatureOf(after, ...last), before);
    }),
    { numRuns: 4, seed: 7 },
  );
});

test("it is handed over twice, with some of the same parties, and signs as at first", () => {
  const staying = [people[1], people[2], ...parties("new", 3)] as Party[];
  const once = handOver("once", made, people, staying, 3);
  const twice = handOver("twice", once, staying, people, 2);
  assert.deepEqual(signatureOf(twice, 3, 4), signatureOf(made, 1, 2));
  assert.notDeepEqual(twice.shares, made.shares);
});

test("shares of before and after do not mix", () => {
  const after = handOver("mix", made, people, people, 2);
  const mixed = { group: after.group, shares: [made.shares[0], ...after.shares.slice(1)] as bigint[] };
  const parts = new Map([1, 2].map((i) => [i, signPartial(bls, signable, mixed.shares[i - 1] as bigint)]));
  assert.deepEqual(combine(bls, after.group, signable, parts), { signature: undefined, wrong: [1] });
});

test("one dealer is silent, one deals another secret and one deals wrong: the key stays the same", () => {
  const five = parties("five", 5);
  const before = makeKey("five", five, 2);
  const heirs = parties("heir", 3);
  const ceremony = ceremonyOf("faulty", heirs, 2, before.group);
  const share = (i: number): bigint => before.shares[i - 1] as bigint;
  const seed = (i: number): Uint8Array => (five[i - 1] as Party).seed;
  const other = deal(ceremony, 2, seed(2), share(2) + 1n);
  assert.ok(!dealingHolds(ceremony, 2, other));
  const misdealt = forge(
    ceremony,
    3,
    seed(3),
    ({ shares: [first = new Uint8Array(32), ...rest] }) => ({ shares: [flipped(first, 31), ...rest] }),
    share(3),
  );
  const dealings = new Map<number, Dealing>([
    [2, other],
    [3, misdealt],
  ]);
  for (const i of [4, 5]) dealings.set(i, deal(ceremony, i, seed(i), share(i)));
  const after = finish(ceremony, heirs, dealings);
  assert.deepEqual(after.outcome.faulty, [2, 3]);
  assert.deepEqual(publicKey(after.group), publicKey(before.group));
  assert.deepEqual(signatureOf(after, 1, 3), signatureOf(before, 1, 2));
  dealings.delete(4);
  const complaints = complaintsOf(ceremony, heirs, dealings);
  assert.throws(() => outcomeOf(ceremony, dealings, complaints), ThresholdError);
});
