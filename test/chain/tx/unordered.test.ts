import assert from "node:assert/strict";
import test from "node:test";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { chainRegistry, storeSpaces } from "#chain/app/modules.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { writeCtx } from "#chain/kernel/block.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { UNORDERED_PER_BLOCK_MAX, UNORDERED_TTL_MS } from "#chain/limits.ts";
import { directSignBytes } from "#chain/protocol/sign-doc.ts";
import { memoryStore } from "#chain/store/memory.ts";
import * as auth from "#modules/auth/api.ts";
import { forgetRuns } from "#modules/auth/forget-runs.ts";
import { unorderedRuns } from "#modules/auth/state.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { TxRaw } from "#proto/gen/cosmos/tx.ts";
import { MsgDonate } from "#proto/gen/iterum/treasury.ts";
import { newChain, say, signTx, type TestChain } from "#test/kit/chain.ts";
import { CHAIN_ID, DENOM } from "#test/kit/genesis.ts";
import { ann, ben } from "./people.ts";

const NS = 1_000_000n;
/** Time of block 1 of the test kit; blocks are a second apart. */
const START_MS = 1_780_000_001_000n;
const GAS = 1_000_000n;
const fresh = (): TestChain => newChain({ members: [ann], others: [ben] });
const NUMBER = fresh().read((ctx) => auth.account(ctx, ann.address)?.number ?? 0n);
const pay = (amount = 1n) =>
  say(MsgSend, { fromAddress: ann.address, toAddress: ben.address, amount: [{ denom: DENOM, amount }] });

/** A transaction of ann's that executes before its deadline, in nanoseconds after block 1, in any order. */
function unordered(deadline: bigint, message = pay(), memo = ""): Uint8Array {
  const ns = START_MS * NS + deadline;
  const timeoutTimestamp = { seconds: ns / 1_000_000_000n, nanos: Number(ns % 1_000_000_000n) };
  return signTx(
    ann,
    { number: NUMBER, sequence: 0n, gas: GAS, body: { unordered: true, timeoutTimestamp, memo } },
    message,
  );
}

const codes = async (chain: TestChain, ...txs: readonly Uint8Array[]): Promise<number[]> =>
  (await chain.rawBlock(txs)).results.map(({ code }) => code);
const sequence = (chain: TestChain) => chain.read((ctx) => auth.account(ctx, ann.address)?.sequence);
const marks = (chain: TestChain): number => chain.read((ctx) => [...unorderedRuns.all(ctx)].length);

test("any number of unordered transactions of one key run in one block, and none takes a turn", async () => {
  const chain = fresh();
  const txs = Array.from({ length: 30 }, (_, i) => unordered(60_000n * NS - BigInt(i)));
  const ordered = signTx(ann, { number: NUMBER, sequence: 0n, gas: GAS }, pay());
  assert.deepEqual(await codes(chain, ...txs.slice(0, 15), ordered, ...txs.slice(15)), Array(31).fill(0));
  assert.equal(sequence(chain), 1n);
  assert.equal(marks(chain), 30);
});

test("an unordered transaction runs once: later, signed anew, and when its message failed", async () => {
  const chain = fresh();
  const tx = unordered(30_000n * NS);
  assert.deepEqual(await codes(chain, tx, tx), [0, 19]);
  assert.deepEqual(await codes(chain, tx), [19]);
  const raw = TxRaw.decode(tx);
  const digest = sha256(directSignBytes(raw, CHAIN_ID, NUMBER));
  const other = secp256k1.sign(digest, ann.secretKey, { prehash: false, extraEntropy: sha256(digest) });
  assert.notDeepEqual(other, raw.signatures[0]);
  assert.deepEqual(await codes(chain, TxRaw.encode({ ...raw, signatures: [other] })), [19]);
  assert.deepEqual(await codes(chain, unordered(30_000n * NS, pay(2n), "another")), [19]);
  const failing = unordered(
    31_000n * NS,
    say(MsgDonate, { sender: ann.address, gameId: "none", amount: 1n }),
  );
  const [first, second] = await codes(chain, failing, failing);
  assert.ok(first !== 0 && first !== 19);
  assert.equal(second, 19);
});

test("the mempool takes it once too, and says what it knows", async () => {
  const { app } = fresh();
  const tx = unordered(30_000n * NS);
  assert.equal((await app.checkTx(tx)).code, 0);
  const { code, codespace } = await app.checkTx(tx);
  assert.deepEqual([codespace, code], ["sdk", 19]);
});

test("it runs up to its deadline, not after, and no deadline is too far away", async () => {
  const chain = fresh();
  await chain.rawBlock([]);
  // Block 2 is at 1,000 ms.
  assert.deepEqual(await codes(chain, unordered(1_000n * NS), unordered(1_000n * NS - 1n)), [0, 42]);
  const far = (2_000n + UNORDERED_TTL_MS) * NS;
  assert.deepEqual(await codes(chain, unordered(far), unordered(far + 1n)), [0, 18]);
});

test("what ran is forgotten when it could not run any more, and not before", async () => {
  const chain = fresh();
  const tx = unordered(3_000n * NS);
  assert.deepEqual(await codes(chain, tx), [0]);
  const fates: (readonly [number | undefined, number])[] = [];
  for (let i = 0; i < 5; i++) fates.push([(await codes(chain, tx))[0], marks(chain)]);
  assert.deepEqual(fates, [
    [19, 1],
    [19, 1],
    [19, 1],
    [42, 0],
    [42, 0],
  ]);
});

test("a block forgets a bounded number, the oldest first, and the next ones the rest", () => {
  const store = overlay(memoryStore({ spaces: storeSpaces }));
  const at = (timeMs: bigint) => ({
    chainId: "c",
    height: 1n,
    timeMs,
    proposer: new Uint8Array(),
    verdicts: new Map(),
  });
  const ctx = (timeMs: bigint) => writeCtx(chainRegistry(), store, at(timeMs), []);
  const count = UNORDERED_PER_BLOCK_MAX + 7;
  for (let i = 0; i < count; i++) auth.markRun(ctx(0n), ann.address, BigInt(i));
  auth.markRun(ctx(0n), ben.address, 5_000_000n);
  forgetRuns(ctx(1n));
  const left = [...unorderedRuns.all(ctx(1n))];
  assert.deepEqual(
    left.map(([[ns]]) => ns),
    [...Array.from({ length: 7 }, (_, i) => BigInt(count - 7 + i)), 5_000_000n],
  );
  forgetRuns(ctx(1n));
  assert.equal([...unorderedRuns.all(ctx(1n))].length, 1);
});

test("an export remembers what ran, so that it cannot run again after the import", async () => {
  const chain = fresh();
  const tx = unordered(300_000n * NS);
  assert.deepEqual(await codes(chain, tx), [0]);
  const state = chain.app.dump();
  const again = newChain({ members: [ann], others: [ben], alter: () => state });
  assert.deepEqual(again.app.dump(), state);
  assert.deepEqual(await codes(again, tx), [19]);
});
