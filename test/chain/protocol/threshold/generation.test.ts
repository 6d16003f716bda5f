import assert from "node:assert/strict";
import { test } from "node:test";
import {
  publicKey,
  publicShare,
  ThresholdError,
  verificationKey,
} from "#chain/protocol/threshold/ceremony.ts";
import { complain, complaintHolds } from "#chain/protocol/threshold/complaint.ts";
import { type Dealing, deal, dealingHolds } from "#chain/protocol/threshold/dealing.ts";
import { groupKeyOf, outcomeOf } from "#chain/protocol/threshold/outcome.ts";
import { combine, signPartial } from "#chain/protocol/threshold/signing.ts";
import { bls } from "#test/kit/verifier.ts";
import { ceremonyOf, complaintsOf, finish, flipped, forge, type Party, parties } from "./kit.ts";

const people = parties("val", 4);
const [one, two, three, four] = people as [Party, Party, Party, Party];
const ceremony = ceremonyOf("generation", people, 2);
const [first, second] = [deal(ceremony, 1, one.seed), deal(ceremony, 2, two.seed)];

/** Gives one recipient a share that does not fit. */
const misdeal = (recipient: number) =>
  forge(ceremony, 3, three.seed, ({ shares }) => ({
    shares: shares.map((share, i) => (i === recipient - 1 ? flipped(share, 31) : share)),
  }));

test("of four parties one is silent and one deals wrong, and any two others make the same signature", () => {
  const dealings = new Map([
    [1, first],
    [2, second],
    [3, misdeal(1)],
  ]);
  const { outcome, group, shares } = finish(ceremony, people, dealings);
  assert.deepEqual(outcome.faulty, [3]);
  assert.deepEqual(
    outcome.dealers.map(({ index }) => index),
    [1, 2],
  );
  assert.deepEqual(outcome.idle, []);
  const signable = { message: new Uint8Array(32).fill(9), tag: "ITERUM_TEST" };
  const signatures = new Set<string>();
  for (const [a, b] of [
    [1, 2],
    [1, 4],
    [2, 4],
    [3, 4],
    [1, 3],
    [2, 3],
  ] as const) {
    const parts = new Map([a, b].map((i) => [i, signPartial(bls, signable, shares[i - 1] as bigint)]));
    const { signature, wrong } = combine(bls, group, signable, parts);
    assert.deepEqual(wrong, []);
    assert.ok(signature && bls.verify(signature, signable.message, publicKey(group), signable.tag));
    signatures.add(signature.join());
  }
  assert.equal(signatures.size, 1);
});

test("everybody's share belongs to its public key, which follows from the commitments alone", () => {
  const { group, shares } = finish(
    ceremony,
    people,
    new Map([
      [1, first],
      [2, second],
    ]),
  );
  for (const [i, share] of shares.entries())
    assert.deepEqual(publicShare(share), verificationKey(group, i + 1));
});

test("a dealer that comes back deals the same again, and another ceremony gets another dealing", () => {
  assert.deepEqual(deal(ceremony, 1, one.seed), first);
  const other = deal({ ...ceremony, id: new Uint8Array(32) }, 1, one.seed);
  assert.notDeepEqual(other.commitments, first.commitments);
});

test("a complaint shows a wrong share to everybody, and convicts nobody who dealt right", () => {
  const wrong = misdeal(1);
  const complaint = complain(ceremony, 3, wrong, 1, one.secret);
  assert.ok(complaint && complaintHolds(ceremony, wrong, complaint));
  assert.equal(complain(ceremony, 3, wrong, 2, two.secret), undefined);
  assert.ok(!complaintHolds(ceremony, deal(ceremony, 3, three.seed), complaint));
  const forgeries = [
    { ...complaint, recipient: 2 },
    { ...complaint, recipient: 0 },
    { ...complaint, recipient: 5 },
    { ...complaint, dealer: 2 },
    { ...complaint, common: second.ephemeral },
    { ...complaint, common: new Uint8Array(48) },
    { ...complaint, proof: flipped(complaint.proof, 40) },
    { ...complaint, proof: new Uint8Array(64) },
    { ...complaint, proof: new Uint8Array(0) },
  ];
  for (const each of forgeries) assert.ok(!complaintHolds(ceremony, wrong, each));
});

test("a complaint about a share that fits is idle: it names its author and changes nothing", () => {
  const dealings = new Map([
    [1, first],
    [2, second],
    [3, deal(ceremony, 3, three.seed)],
  ]);
  const real = complain(ceremony, 3, misdeal(1), 1, one.secret);
  assert.ok(real);
  const { faulty, idle, dealers } = outcomeOf(ceremony, dealings, [real, { ...real, dealer: 4 }]);
  assert.deepEqual([faulty, idle.length, dealers.length], [[], 2, 3]);
});

const spoiled: Readonly<Record<string, (dealing: Dealing) => Partial<Dealing>>> = {
  "too few commitments": ({ commitments }) => ({ commitments: commitments.slice(1) }),
  "too many commitments": ({ commitments }) => ({ commitments: [...commitments, ...commitments] }),
  "too few shares": ({ shares }) => ({ shares: shares.slice(1) }),
  "a share of another length": ({ shares }) => ({ shares: [new Uint8Array(31), ...shares.slice(1)] }),
  "a commitment that is no point": ({ commitments }) => ({
    commitments: [flipped(commitments[0] as Uint8Array, 50), ...commitments.slice(1)],
  }),
  "a commitment at infinity": ({ commitments }) => ({
    commitments: [Uint8Array.of(0xc0, ...new Uint8Array(95)), ...commitments.slice(1)],
  }),
  "the encryption key of another": () => ({ ephemeral: second.ephemeral }),
};

for (const [what, spoil] of Object.entries(spoiled))
  test(`a dealing with ${what} does not count`, () => {
    const wrong = forge(ceremony, 3, three.seed, spoil);
    assert.ok(!dealingHolds(ceremony, 3, wrong));
    const { faulty } = outcomeOf(
      ceremony,
      new Map([
        [1, first],
        [2, second],
        [3, wrong],
      ]),
      [],
    );
    assert.deepEqual(faulty, [3]);
  });

test("a dealing counts under its own dealer, in its own ceremony and unchanged only", () => {
  assert.ok(dealingHolds(ceremony, 1, first));
  for (const dealer of [0, 2, 5, 1.5]) assert.ok(!dealingHolds(ceremony, dealer, first), `${dealer}`);
  assert.ok(!dealingHolds({ ...ceremony, id: new Uint8Array(32) }, 1, first));
  assert.ok(!dealingHolds(ceremony, 1, { ...first, shares: second.shares }));
  assert.ok(!dealingHolds(ceremony, 1, { ...first, proof: second.proof }));
});

test("no key comes of fewer good dealings than shares are needed", () => {
  const dealings = new Map([
    [1, first],
    [3, misdeal(2)],
  ]);
  const complaints = complaintsOf(ceremony, people, dealings);
  assert.throws(() => outcomeOf(ceremony, dealings, complaints), ThresholdError);
  assert.throws(() => outcomeOf(ceremony, new Map(), []), ThresholdError);
});

test("parties that saw the same agree on the key, in whatever order it came", () => {
  const fourth = deal(ceremony, 4, four.seed);
  const entries: [number, Dealing][] = [
    [1, first],
    [2, second],
    [4, fourth],
  ];
  const there = groupKeyOf(ceremony, outcomeOf(ceremony, new Map(entries), []));
  const back = groupKeyOf(ceremony, outcomeOf(ceremony, new Map([...entries].reverse()), []));
  assert.deepEqual(there, back);
});

test("a ceremony without enough recipients or with a key that is no point is refused", () => {
  const bad = [
    { ...ceremony, threshold: 5 },
    { ...ceremony, threshold: 0 },
    { ...ceremony, recipients: [new Uint8Array(48), ...ceremony.recipients] },
  ];
  for (const each of bad) assert.throws(() => outcomeOf(each, new Map([[1, first]]), []), ThresholdError);
  assert.throws(() => deal(ceremony, 5, one.seed), ThresholdError);
  assert.throws(() => deal(ceremony, 1, one.seed, 7n), ThresholdError);
});
