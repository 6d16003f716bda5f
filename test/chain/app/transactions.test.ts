import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import { errorSet } from "#chain/kernel/error.ts";
import { errors as txErrors } from "#chain/tx/errors.ts";
import * as auth from "#modules/auth/api.ts";
import { AuthInfo, type Fee, TxRaw } from "#proto/gen/cosmos/tx.ts";
import type { ExecTxResult } from "#proto/gen/tendermint/abci.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, signTx } from "#test/kit/chain.ts";
import { purse } from "#test/kit/game/money.ts";
import { FEE } from "#test/kit/game/refuse.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { pay, signedAs } from "./kit.ts";

const [ann, ben, cat] = people("ann", "ben", "cat") as [Person, Person, Person];
const chainOf = () => newChain({ members: [], others: [ann, ben] });
const number = chainOf().read((ctx) => auth.account(ctx, ann.address)?.number) ?? 0n;
const first = { number, sequence: 0n };
const { WrongSequence } = errorSet("sdk", { WrongSequence: [32, "account sequence mismatch"] });

const codeOf = (result: ExecTxResult | undefined): string => `${result?.codespace}/${result?.code}`;

/** What a block says, and whether the mempool takes it; neither may change a purse but by the fee. */
async function bothSay(tx: Uint8Array, factory: { codespace: string; code: number } | undefined) {
  const chain = chainOf();
  const before = purse(chain, ann);
  const meant = factory ? `${factory.codespace}/${factory.code}` : "/0";
  assert.equal(chain.app.checkTx(tx).code === 0, factory === undefined);
  const { results } = await chain.rawBlock([tx]);
  assert.equal(codeOf(results[0]), meant);
  if (factory) assert.equal(purse(chain, ann), before);
}

test("a transaction executes once: neither in the same block nor in a later one again", async () => {
  const chain = chainOf();
  const tx = chain.sign(ann, pay(ann, ben));
  const before = purse(chain, ben);
  const { results } = await chain.rawBlock([tx, tx]);
  assert.deepEqual(results.map(codeOf), ["/0", `sdk/${WrongSequence.code}`]);
  assert.equal(codeOf((await chain.rawBlock([tx])).results[0]), "sdk/32");
  assert.notEqual(chain.app.checkTx(tx).code, 0);
  assert.equal(purse(chain, ben), before + 5n);
});

test("a failed transaction costs its fee and its turn, and cannot come again", async () => {
  const chain = chainOf();
  const tx = chain.sign(ann, pay(ann, ben, 10n ** 20n));
  const before = purse(chain, ann);
  assert.equal(codeOf((await chain.rawBlock([tx])).results[0]), "sdk/5");
  assert.equal(codeOf((await chain.rawBlock([tx])).results[0]), "sdk/32");
  assert.equal(purse(chain, ann), before - FEE);
});

test("a failed transaction keeps the events of its fee and drops those of its messages", async () => {
  const moved = ["coin_spent", "coin_received", "transfer"];
  const chain = chainOf();
  const { results } = await chain.rawBlock([chain.sign(ann, pay(ann, cat), pay(ann, cat, 10n ** 20n))]);
  const [result] = results;
  assert.deepEqual(
    result?.events.map(({ type }) => type),
    [...moved, "tx"],
  );
  assert.equal(result?.data.length, 0);
  const good = await chain.rawBlock([chain.sign(ann, pay(ann, cat))]);
  assert.deepEqual(
    good.results[0]?.events.map(({ type }) => type),
    [...moved, "tx", "message", ...moved],
  );
});

test("a transaction of another chain, account number, turn or key is refused", async () => {
  await bothSay(signTx(ann, first, pay(ann, ben)), undefined);
  await bothSay(signTx(ann, { ...first, chainId: "another-chain" }, pay(ann, ben)), txErrors.Unauthorized);
  await bothSay(signTx(ann, { ...first, number: number + 1n }, pay(ann, ben)), txErrors.Unauthorized);
  const { results } = await chainOf().rawBlock([signTx(ann, { ...first, sequence: 1n }, pay(ann, ben))]);
  assert.equal(codeOf(results[0]), `sdk/${WrongSequence.code}`);
  await bothSay(signTx(ben, first, pay(ann, ben)), txErrors.InvalidPubKey);
  await bothSay(signTx(cat, first, pay(cat, ben)), txErrors.UnknownAddress);
});

const withFee = (change: (fee: Fee) => Partial<Fee>): Uint8Array =>
  signedAs(ann, first, [pay(ann, ben)], {
    auth: (info) => ({ ...info, fee: info.fee && { ...info.fee, ...change(info.fee) } }),
  });

test("a fee below the price, in other coins, or of a name that no coin has is refused", async () => {
  const coins = (amount: bigint, denom = DENOM) => [{ denom, amount }];
  await bothSay(
    withFee(() => ({ amount: coins(4_000n) })),
    undefined,
  );
  await bothSay(
    withFee(() => ({ amount: coins(3_999n) })),
    txErrors.InsufficientFee,
  );
  await bothSay(
    withFee(() => ({ amount: [] })),
    txErrors.InsufficientFee,
  );
  await bothSay(
    withFee(() => ({ amount: coins(30_000n, "gold") })),
    txErrors.InsufficientFee,
  );
  await bothSay(
    withFee(() => ({ amount: coins(10n ** 20n) })),
    txErrors.InsufficientFunds,
  );
  const unknown = [...coins(1n, "gold"), ...coins(4_001n)];
  await bothSay(
    withFee(() => ({ amount: unknown })),
    txErrors.InsufficientFunds,
  );
  const endless = [...coins(1n, "a".repeat(300)), ...coins(4_001n)];
  await bothSay(
    withFee(() => ({ amount: endless })),
    txErrors.InvalidCoins,
  );
  await bothSay(
    withFee(() => ({ gasLimit: 50_000_001n })),
    txErrors.InvalidGasLimit,
  );
});

test("gas that runs out takes the messages back, keeps the fee, and does so on every node", async () => {
  const chain = chainOf();
  await chain.rawBlock([chain.sign(ann, pay(ann, cat))]);
  const used = new Set<bigint>();
  const before = purse(chain, cat);
  for (const gas of [1_000n, 6_000n, 12_000n, 20_000n, 30_000n, 35_000n]) {
    const account = { number, sequence: 1n + BigInt(used.size), gas };
    const { results } = await chain.rawBlock([signTx(ann, account, pay(ann, cat))]);
    // Before the turn is taken nothing is charged, and the same turn comes again.
    if (codeOf(results[0]) !== "sdk/11") break;
    const kept = (results[0]?.events.length ?? 0) > 0;
    if (kept) used.add(results[0]?.gasUsed ?? 0n);
  }
  assert.ok(used.size > 0);
  assert.equal(purse(chain, cat), before);
});

test("checks, proposals, simulations and queries leave the state as it is", async () => {
  const chain = chainOf();
  await chain.until(2n);
  const before = JSON.stringify(chain.app.dump());
  const tx = chain.sign(ann, pay(ann, ben));
  assert.equal(chain.app.checkTx(tx).code, 0);
  const block = { height: 3n, timeMs: 1_790_000_000_000n, proposer: new Uint8Array(20), txs: [tx] };
  assert.equal((await chain.app.prepareProposal({ ...block, bytesMax: 1 << 20 })).length, 1);
  assert.equal(await chain.app.processProposal(block), true);
  const [first_, again] = [await chain.app.finalizeBlock(block), await chain.app.finalizeBlock(block)];
  assert.equal(toHex(first_.appHash), toHex(again.appHash));
  assert.equal(JSON.stringify(chain.app.dump()), before);
});

test("two signers sign one transaction, and the fee's payer is one of them", async () => {
  const chain = chainOf();
  const raw = TxRaw.decode(signTx(ann, first, pay(ann, cat)));
  const info = AuthInfo.decode(raw.authInfoBytes);
  assert.ok(info.fee);
  const lone = AuthInfo.encode({ ...info, fee: { ...info.fee, payer: ben.address } });
  const result = chain.app.checkTx(TxRaw.encode({ ...raw, authInfoBytes: lone }));
  assert.equal(codeOf(result), `sdk/${txErrors.Unauthorized.code}`);
});
