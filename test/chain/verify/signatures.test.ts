import assert from "node:assert/strict";
import { test } from "node:test";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { u32be } from "#chain/bytes/int.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { SignatureJob } from "#chain/tx/signature-cache.ts";
import { fitsBatch, packJobs, unpackJobs } from "#chain/verify/signature-batch.ts";
import { type SignaturePool, startSignaturePool } from "#chain/verify/signature-pool.ts";
import * as auth from "#modules/auth/api.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { TxRaw } from "#proto/gen/cosmos/tx.ts";
import { people } from "#test/kit/accounts.ts";
import { noProofs, say, signTx } from "#test/kit/chain.ts";
import { CHAIN_ID, DENOM, genesis } from "#test/kit/genesis.ts";
import { signatures } from "#test/kit/verifier.ts";

const [ann, ben] = people("ann", "ben") as [ReturnType<typeof people>[0], ReturnType<typeof people>[0]];

/** Valid and invalid signatures, in no order. */
const jobs: readonly SignatureJob[] = Array.from({ length: 150 }, (_, i) => {
  const digest = sha256(u32be(i));
  const { secretKey, publicKey } = i % 3 === 0 ? ann : ben;
  const signature = secp256k1.sign(digest, secretKey, { prehash: false });
  if (i % 7 === 0) signature[40] = (signature[40] as number) ^ 1;
  return { digest, publicKey: i % 11 === 0 ? ann.publicKey : publicKey, signature };
});
const expected = jobs.map((job) => signatures.verify(job.digest, job.publicKey, job.signature));

async function withPool<T>(use: (pool: SignaturePool) => Promise<T>, threads = 2): Promise<T> {
  const pool = startSignaturePool({ threads });
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
}

test("jobs survive packing, whatever their bytes", () => {
  const part = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const job = fc.record(
    { digest: part(32), publicKey: part(33), signature: fc.oneof(part(64), part(65)) },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(job, { maxLength: 20 }), (given) => {
      assert.deepEqual(unpackJobs(packJobs(given)), given);
    }),
    { numRuns: 50 },
  );
});

test("threads give each signature the verdict that it has here, whatever the order", () =>
  withPool(async (pool) => {
    assert.ok(expected.includes(true) && expected.includes(false));
    const [all, few, none] = await Promise.all([
      pool.verifyAll(jobs),
      pool.verifyAll(jobs.slice(3, 8)),
      pool.verifyAll([]),
    ]);
    assert.deepEqual([all, few, none], [expected, expected.slice(3, 8), []]);
    const odd = { ...(jobs[1] as SignatureJob), publicKey: new Uint8Array(5) };
    assert.ok(!fitsBatch(odd));
    assert.deepEqual(await pool.verifyAll([odd, jobs[1] as SignatureJob]), [false, true]);
  }));

test("what a block waits for goes before all that others wait for", () =>
  withPool(async (pool) => {
    const done: string[] = [];
    const many = Array.from({ length: 10 }, () => jobs).flat();
    const others = pool.verifyAll(many).then(() => done.push("others"));
    const verdicts = await pool.verifyAll(jobs, true);
    done.push("block");
    await others;
    assert.deepEqual([done, verdicts], [["block", "others"], expected]);
  }, 1));

test("where threads die there is no verdict, never a wrong one, and somebody is told", async () => {
  const warnings: string[] = [];
  const entry = new URL("data:text/javascript,process.exit(1)");
  const pool = startSignaturePool({ threads: 1, entry, warn: (text) => void warnings.push(text) });
  assert.deepEqual(await pool.verifyAll(jobs.slice(0, 3)), [undefined, undefined, undefined]);
  assert.match(warnings.join(), /one by one/);
  await pool.close();
});

/** An app of its own, with or without threads, and a count of what it verifies itself. */
function appWith(signaturePool?: SignaturePool) {
  const own = { count: 0 };
  const verify: typeof signatures.verify = (...job) => {
    own.count += 1;
    return signatures.verify(...job);
  };
  const store = memoryStore({ spaces: storeSpaces });
  const choice = { members: [], others: [ann, ben] };
  const app = new App({
    ...{ store, proofs: noProofs, guarded: true },
    signatures: { ...signatures, verify },
    ...(signaturePool && { signaturePool }),
  });
  const started = { chainId: CHAIN_ID, timeMs: 1_780_000_000_000n, initialHeight: 1n };
  app.initChain({ ...started, appState: genesis(choice) });
  return { app, own };
}

const block = (txs: readonly Uint8Array[]) => ({
  ...{ height: 1n, timeMs: 1_780_000_001_000n, proposer: new Uint8Array(20) },
  txs,
});

/** Sends of ann's and ben's in turn, the first of each forged. */
function sends(app: App, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const who = i % 2 === 0 ? ann : ben;
    const number = app.read((ctx) => auth.account(ctx, who.address)?.number ?? 0n);
    const sequence = BigInt(i >> 1);
    const coins = [{ denom: DENOM, amount: 1n }];
    const message = say(MsgSend, { fromAddress: who.address, toAddress: ann.address, amount: coins });
    return signTx(who, { number, sequence, gas: 200_000n }, message);
  });
}

test("a block gives the same with threads and without; with them the app verifies nothing itself", () =>
  withPool(async (pool) => {
    const [plain, threaded] = [appWith(), appWith(pool)];
    const txs = sends(plain.app, 40);
    const raw = TxRaw.decode(txs[39] as Uint8Array);
    txs[39] = TxRaw.encode({ ...raw, signatures: [new Uint8Array(64).fill(1)] });
    const [a, b] = [await plain.app.finalizeBlock(block(txs)), await threaded.app.finalizeBlock(block(txs))];
    assert.deepEqual(b, a);
    assert.deepEqual(
      a.txResults.map(({ code }) => code),
      [...Array(39).fill(0), 4],
    );
    assert.deepEqual([plain.own.count, threaded.own.count], [40, 0]);
    assert.deepEqual(await threaded.app.finalizeBlock(block(txs)), a, "and again");
  }));

test("what the mempool has verified ahead is verified no more, neither there nor in a block", () =>
  withPool(async (pool) => {
    const { app, own } = appWith(pool);
    const txs = sends(app, 32);
    const readings = await app.readAhead(txs);
    for (const [i, tx] of txs.entries()) assert.equal(app.checkTx(tx, readings[i]).code, 0);
    assert.deepEqual(await app.readAhead(txs), Array(32).fill(undefined), "known already");
    assert.ok((await app.finalizeBlock(block(txs))).txResults.every(({ code }) => code === 0));
    assert.equal(own.count, 0);
  }));
