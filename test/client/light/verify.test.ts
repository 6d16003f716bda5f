import assert from "node:assert/strict";
import { test } from "node:test";
import { type Block, headerHash } from "#client/light/block.ts";
import { LightError, type LightFault } from "#client/light/error.ts";
import { verifyBackward, verifyBlock, verifyForward } from "#client/light/verify.ts";
import { BlockIDFlag } from "#proto/gen/tendermint/types.ts";
import { blockOver, CHAIN, chainOf, commitTo, momentOf, type Signer, signer, validatorOf } from "./chain.ts";
import { forgeBlocks, RULES } from "./forge.ts";

const four: readonly Signer[] = ["a", "b", "c", "d"].map((name) => signer(name));
const chain = chainOf(12, () => four);
const [first, second] = chain as [Block, Block];
const last = chain.at(-1) as Block;
const now = momentOf(12);

const fails = (fault: LightFault, check: () => unknown): void =>
  assert.throws(check, (error) => error instanceof LightError && error.fault === fault);

test("a block vouches for the next one and for one far above that its validators signed", () => {
  assert.equal(verifyForward(first, second, RULES, now), "trusted");
  assert.equal(verifyForward(first, last, RULES, now), "trusted");
  verifyBlock(last, CHAIN);
});

test("exactly two thirds of the power are not enough, one more unit is", () => {
  const signers = [signer("a", 2n), signer("b", 1n)];
  const one = blockOver(undefined, 1n, signers, signers, { votes: (_, place) => place === 0 });
  fails("tooFewSigned", () => verifyBlock(one, CHAIN));
  const heavier = [signer("a", 3n), signer("b", 1n)];
  verifyBlock(blockOver(undefined, 1n, heavier, heavier, { votes: (_, place) => place === 0 }), CHAIN);
});

test("votes for no block do not count, and nobody counts twice", () => {
  const { header, commit, validators } = last;
  const nil = commit.signatures.map((one, i) =>
    i < 2 ? { ...one, blockIdFlag: BlockIDFlag.BLOCK_ID_FLAG_NIL } : one,
  );
  fails("tooFewSigned", () => verifyBlock({ ...last, commit: { ...commit, signatures: nil } }, CHAIN));
  const [one] = commit.signatures;
  const twice = commit.signatures.map((vote) => one ?? vote);
  fails("badBlock", () =>
    verifyBlock({ header, validators, commit: { ...commit, signatures: twice } }, CHAIN),
  );
});

test("a block that a third of the trusted validators did not sign is too far, not false", () => {
  const others = ["a", "x", "y", "z"].map((name) => signer(name));
  const later = chainOf(14, () => others, { below: chain.slice(0, 12) }).at(-1) as Block;
  assert.equal(verifyForward(first, later, RULES, momentOf(14)), "tooFar");
});

test("the next block has the validators that were announced, and no others", () => {
  const others = ["x", "y", "z"].map((name) => signer(name));
  const wrong = blockOver(first.commit.blockId, 2n, others, others);
  fails("badBlock", () => verifyForward(first, wrong, RULES, now));
});

test("a header that is too old, too new, of another chain or of another protocol is told apart", () => {
  fails("expired", () => verifyForward(first, last, { ...RULES, trustingPeriodMs: 100_000 }, now));
  fails("future", () => verifyForward(first, last, RULES, now - 20_000));
  fails("otherChain", () => verifyForward(first, last, { ...RULES, chainId: "light-2" }, now));
  const header = { ...last.header, version: { block: 12n, app: 1n } };
  const odd = { ...last, header, commit: commitTo(header, four) };
  fails("badBlock", () => verifyForward(first, odd, RULES, now));
});

test("numbers that no block can carry are refused like other lies", () => {
  const { header, commit } = last;
  const version = { block: 11n, app: 1n << 70n };
  fails("badBlock", () => verifyBlock({ ...last, header: { ...header, version } }, CHAIN));
  const blockId = { hash: headerHash(header), partSetHeader: { total: 2 ** 40, hash: header.dataHash } };
  fails("badBlock", () => verifyBlock({ ...last, commit: { ...commit, blockId } }, CHAIN));
  const validators = four.map((each) => ({ ...validatorOf(each), votingPower: 1n << 62n }));
  fails("badBlock", () => verifyBlock({ ...last, validators }, CHAIN));
});

test("an older header is known by its hash in the one above", () => {
  verifyBackward(second.header, first.header, CHAIN);
  const third = chain[2] as Block;
  fails("badBlock", () => verifyBackward(third.header, first.header, CHAIN));
  const other = { ...first.header, appHash: last.header.appHash };
  fails("badBlock", () => verifyBackward(second.header, other, CHAIN));
});

test("no forged, borrowed or spoilt block is believed, and honest ones are", (t) => {
  const seed = "light 1";
  const { made, accepted, honest } = forgeBlocks(300, seed);
  t.diagnostic(`seed ${seed}: ${made} forgeries, ${accepted} believed`);
  assert.deepEqual([accepted, honest], [0, 3]);
});
