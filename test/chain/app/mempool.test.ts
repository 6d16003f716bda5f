import assert from "node:assert/strict";
import { test } from "node:test";
import type { AppOptions } from "#chain/app/types.ts";
import type { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { MEMPOOL_LIMITS } from "#chain/mempool/limits.ts";
import * as auth from "#modules/auth/api.ts";
import type { Fee } from "#proto/gen/cosmos/tx.ts";
import { type Person, people, person } from "#test/kit/accounts.ts";
import { DENOM, TOKEN } from "#test/kit/genesis.ts";
import { signatures as verifier } from "#test/kit/verifier.ts";
import { newApp, nextBlock, pay, signedAs } from "./kit.ts";

const [ann, ben, cat] = people("ann", "ben", "cat") as [Person, Person, Person];
const PURSE = 10_000n * TOKEN;

const appOf = (options: Partial<AppOptions> = {}): App =>
  newApp({ members: [], others: [ann, ben, cat] }, options);

/** A payment of `amount` with a fee of so much for a million of gas. */
function payment(from: Person, sequence: bigint, fee = 1_000n, amount = 5n, change: Partial<Fee> = {}) {
  const number = appOf().read((ctx) => auth.account(ctx, from.address)?.number) ?? 0n;
  const to = from === ben ? ann : ben;
  return signedAs(from, { number, sequence }, [pay(from, to, amount)], {
    auth: (info) => ({
      ...info,
      fee: {
        ...{ payer: "", granter: "", gasLimit: 1_000_000n },
        ...{ amount: [{ denom: DENOM, amount: fee }], ...change },
      },
    }),
  });
}

const codes = (app: App, txs: readonly Uint8Array[]): string[] =>
  txs.map((tx) => app.checkTx(tx)).map(({ codespace, code }) => `${codespace}/${code}`);

/** A block out of the app's own mempool, accepted by a twin and committed; its transactions and codes. */
async function ownBlock(app: App, twin?: App): Promise<{ txs: string[]; codes: number[] }> {
  const block = nextBlock(app, []);
  const txs = await app.prepareProposal({ ...block, bytesMax: 1 << 20 });
  if (twin) assert.ok(await twin.processProposal({ ...block, txs }));
  assert.ok(await app.processProposal({ ...block, txs }));
  const { txResults } = await app.finalizeBlock({ ...block, txs });
  await app.commit();
  return { txs: txs.map(toHex), codes: txResults.map(({ code }) => code) };
}

test("payments of one key that arrive in any order are all in the next block, in order", async () => {
  const app = appOf();
  const txs = [3n, 0n, 4n, 2n, 1n].map((sequence) => payment(ann, sequence));
  assert.deepEqual(codes(app, txs), Array(5).fill("/0"));
  const block = await ownBlock(app, appOf());
  assert.deepEqual(
    block.txs,
    [1, 4, 3, 0, 2].map((i) => toHex(txs[i] as Uint8Array)),
  );
  assert.deepEqual(block.codes, Array(5).fill(0));
  assert.deepEqual(app.waiting(), { txs: 0, bytes: 0 });
  assert.deepEqual((await ownBlock(app)).txs, []);
});

test("the dearest go first, a tenth more replaces, and each turn is admitted once", async () => {
  const app = appOf();
  const [cheap, dear, dearer] = [payment(ann, 0n), payment(ben, 0n, 2_000n), payment(ann, 0n, 1_100n)];
  assert.deepEqual(codes(app, [cheap, dear, cheap, payment(ann, 0n, 1_099n), dearer, payment(ann, 300n)]), [
    "/0",
    "/0",
    "sdk/19",
    "sdk/32",
    "/0",
    "sdk/32",
  ]);
  assert.deepEqual((await ownBlock(app)).txs, [dear, dearer].map(toHex));
  assert.deepEqual(codes(app, [cheap]), ["sdk/32"]);
});

test("a node takes nothing below its own price, but accepts blocks of others that have it", async () => {
  const app = appOf({ mempool: { ...MEMPOOL_LIMITS, gasPriceMinMicro: 1_500n } });
  const [cheap, dear] = [payment(ann, 0n, 1_499n), payment(ben, 0n, 1_500n)];
  assert.deepEqual(codes(app, [cheap, dear]), ["sdk/13", "/0"]);
  assert.equal(app.insertTx(cheap), 13);
  const block = nextBlock(app, []);
  assert.ok(await app.processProposal({ ...block, txs: [cheap] }));
  assert.deepEqual((await ownBlock(app)).txs, [toHex(dear)]);
});

test("no signature is verified twice from the mempool to the block, and no invalid one enters", async () => {
  const real = verifier;
  let verified = 0;
  const signatures = {
    ...real,
    verify: (...given: Parameters<typeof real.verify>) => {
      verified++;
      return real.verify(...given);
    },
  };
  const app = appOf({ signatures });
  const txs = [0n, 1n, 2n].map((sequence) => payment(ann, sequence));
  for (const tx of txs) assert.equal(app.checkTx(tx).code, 0);
  assert.equal(app.insertTx(txs[0] as Uint8Array), 0, "what is here already is no failure for a peer");
  await ownBlock(app);
  assert.equal(verified, 3);
  const forged = payment(ben, 0n).slice();
  forged[forged.length - 1] = (forged[forged.length - 1] as number) ^ 1;
  assert.deepEqual(codes(app, [forged]), ["sdk/4"]);
});

test("a peer is told whether to come again", () => {
  const app = appOf();
  const forged = payment(ben, 0n).slice();
  forged[forged.length - 1] = (forged[forged.length - 1] as number) ^ 1;
  const number = app.read((ctx) => auth.account(ctx, cat.address)?.number) ?? 0n;
  const late = signedAs(cat, { number, sequence: 0n }, [pay(cat, ann)], {
    body: (body) => ({ ...body, timeoutTimestamp: { seconds: 1n, nanos: 0 } }),
  });
  const final = [Uint8Array.of(1), forged, payment(ann, 0n, 1n), late].map((tx) => app.insertTx(tx));
  assert.equal(final.at(-1), 42);
  assert.ok(
    final.every((code) => code > 0 && code < 32_000),
    String(final),
  );
  const later = [payment(person("nobody yet"), 0n), payment(ann, 300n), payment(ann, 0n, PURSE + 1n)];
  const retry = later.map((tx) => app.insertTx(tx));
  assert.ok(
    retry.every((code) => code >= 32_000),
    String(retry),
  );
  const full = appOf({ mempool: { ...MEMPOOL_LIMITS, txsMax: 1 } });
  assert.equal(full.insertTx(payment(ann, 0n)), 0);
  assert.equal(full.insertTx(payment(ben, 0n)), 32_020);
  assert.deepEqual(codes(full, [payment(ben, 0n), payment(ben, 0n, 2_000n)]), ["sdk/20", "/0"]);
});

test("peers hear of each transaction once", () => {
  const app = appOf();
  const txs = [payment(ann, 1n), payment(ben, 0n), payment(ann, 0n)];
  for (const tx of txs) app.checkTx(tx);
  assert.deepEqual(app.reapTxs(0, 0n), txs);
  assert.deepEqual(app.reapTxs(0, 0n), []);
});

test("a list from outside goes through the same choice", async () => {
  const app = appOf();
  const [first, second, other] = [payment(ann, 0n), payment(ann, 1n), payment(ben, 0n, 2_000n)];
  const given = [second, first, payment(cat, 1n), Uint8Array.of(7), other, first];
  const proposal = { ...nextBlock(app, given), bytesMax: 1 << 20 };
  assert.deepEqual(await app.prepareProposal(proposal), [other, first, second]);
});

test("what a block leaves without a turn or a fee is dropped, and a mempool outside is told so", async () => {
  const app = appOf();
  const half = PURSE / 2n;
  const [kept, overtaken, unpaid] = [payment(ben, 0n), payment(ann, 0n), payment(ann, 1n, half)];
  for (const tx of [kept, overtaken, unpaid]) assert.equal(app.checkTx(tx).code, 0);
  const block = nextBlock(app, [payment(ann, 0n, 2_000n, half)]);
  await app.finalizeBlock(block);
  await app.commit();
  assert.equal(app.waiting().txs, 1);
  assert.deepEqual(
    [kept, overtaken, unpaid].map((tx) => app.recheckTx(tx)),
    [true, false, false],
  );
});

test("a transaction that state turned against is left out and dropped", async () => {
  const app = appOf();
  const [tx, late] = [payment(ann, 0n), payment(ben, 0n)];
  app.checkTx(tx);
  app.checkTx(late);
  const block = { ...nextBlock(app, []), bytesMax: 1 << 20 };
  // Fees that messages of the same block leave nobody to pay are found at the next one.
  await app.finalizeBlock(nextBlock(app, [payment(ann, 0n, 1_000n, PURSE - 1_000n), payment(ann, 1n)]));
  await app.commit();
  assert.equal(app.waiting().txs, 1);
  const chosen = await app.prepareProposal({ ...block, height: block.height + 1n });
  assert.deepEqual(chosen, [late]);
});

test("ages in time need a clock, and a node has one", async () => {
  let nowMs = 0;
  const app = appOf({ nowMs: () => nowMs });
  app.checkTx(payment(ann, 1n));
  app.checkTx(payment(ben, 0n));
  nowMs += MEMPOOL_LIMITS.gapTtlMs;
  await app.finalizeBlock(nextBlock(app, []));
  await app.commit();
  assert.deepEqual(app.waiting().txs, 1);
});
