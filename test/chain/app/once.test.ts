import assert from "node:assert/strict";
import { test } from "node:test";
import { chainEditions } from "#chain/app/modules.ts";
import type { Block } from "#chain/app/types.ts";
import type { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import * as auth from "#modules/auth/api.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { signTx } from "#test/kit/chain.ts";
import { TOKEN } from "#test/kit/genesis.ts";
import { newApp, nextBlock, pay } from "./kit.ts";

const [ann, ben, cat] = people("ann", "ben", "cat") as [Person, Person, Person];
const PURSE = 10_000n * TOKEN;
/** Of a payment in this file. */
const FEE = 401n;
const bytesMax = 1 << 20;

/** An app that counts the blocks that begin on it. */
function counting(): { readonly app: App; runs(): number } {
  let begun = 0;
  const editions = chainEditions.map((edition) => ({
    ...edition,
    modules: edition.modules.map((module) => {
      if (module.name !== "rounds") return module;
      const { beginBlock } = module;
      return {
        ...module,
        beginBlock: (ctx: Parameters<NonNullable<typeof beginBlock>>[0]) => {
          begun++;
          beginBlock?.(ctx);
        },
      };
    }),
  }));
  const app = newApp({ members: [], others: [ann, ben, cat] }, { editions });
  return { app, runs: () => begun };
}

const number = (who: Person): bigint =>
  counting().app.read((ctx) => auth.account(ctx, who.address)?.number) ?? 0n;

const payment = (from: Person, to: Person, sequence: bigint, amount = 5n): Uint8Array =>
  signTx(from, { number: number(from), sequence, gas: 400_000n }, pay(from, to, amount));

const vote = (signed: boolean) => ({ address: new Uint8Array(20).fill(7), power: 1n, signed });

const found = async (app: App, block: Block) => {
  const { appHash, txResults } = await app.finalizeBlock(block);
  return { appHash: toHex(appHash), codes: txResults.map(({ code, gasUsed }) => `${code}/${gasUsed}`) };
};

test("a proposer runs its block once, and comes to what a node does that saw no proposal", async () => {
  const { app, runs } = counting();
  const txs = [payment(ann, ben, 0n), payment(ben, cat, 0n, 2n * PURSE), payment(cat, ann, 0n)];
  for (const tx of txs) assert.equal(app.checkTx(tx).code, 0);
  const block = { ...nextBlock(app, []), votes: [vote(true)] };
  const chosen = await app.prepareProposal({ ...block, bytesMax });
  const decided = { ...block, txs: chosen };
  assert.ok(await app.processProposal(decided));
  const own = await found(app, decided);
  assert.equal(runs(), 1);
  const other = counting().app;
  assert.deepEqual(await found(other, decided), own);
  assert.ok(
    own.codes.some((code) => code.startsWith("5/")) && own.codes.some((code) => code.startsWith("0/")),
  );
  await Promise.all([app.commit(), other.commit()]);
  assert.deepEqual(
    await found(app, nextBlock(app, [])),
    await found(other, nextBlock(other, [])),
    "and both go on from the same state",
  );
});

test("a validator runs the block of another once, when it judges it", async () => {
  const { app, runs } = counting();
  const block = nextBlock(app, [payment(ann, ben, 0n)]);
  assert.ok(await app.processProposal(block));
  assert.ok(await app.processProposal(block));
  const judged = await found(app, block);
  assert.equal(runs(), 1);
  assert.deepEqual(await found(counting().app, block), judged);
});

test("a block that differs in anything from the one that ran is run itself", async () => {
  const { app } = counting();
  const evidence = {
    ...{ kind: "duplicateVote" as const, address: new Uint8Array(20), power: 1n, totalPower: 1n },
    ...{ height: 1n, timeMs: 5n },
  };
  const tx = payment(ann, ben, 0n);
  const block = { ...nextBlock(app, [tx]), votes: [vote(true)], evidence: [evidence] };
  const others: readonly Block[] = [
    { ...block, timeMs: block.timeMs + 1n },
    { ...block, proposer: new Uint8Array(20).fill(1) },
    { ...block, votes: [vote(false)] },
    { ...block, votes: [] },
    { ...block, evidence: [{ ...evidence, timeMs: 6n }] },
    { ...block, evidence: [] },
    { ...block, txs: [] },
    { ...block, txs: [payment(ann, cat, 0n)] },
  ];
  for (const other of others) {
    const { app: fresh, runs } = counting();
    assert.ok(await fresh.processProposal(block));
    const result = await found(fresh, other);
    assert.equal(runs(), 2);
    assert.deepEqual(await found(counting().app, other), result);
  }
});

test("what ran is forgotten once the state has changed", async () => {
  const { app, runs } = counting();
  const block = nextBlock(app, []);
  assert.ok(await app.processProposal(block));
  await app.finalizeBlock(block);
  await app.commit();
  assert.ok(await app.processProposal(block));
  assert.equal(runs(), 2);
});

test("a fee that a payment of the same block has spent keeps its transaction out of the block", async () => {
  const { app } = counting();
  const all = payment(ann, ben, 0n, PURSE - FEE);
  const unpaid = payment(ann, ben, 1n);
  for (const tx of [all, unpaid]) assert.equal(app.checkTx(tx).code, 0);
  const block = nextBlock(app, []);
  assert.deepEqual(await app.prepareProposal({ ...block, bytesMax }), [all]);
  assert.equal(app.waiting().txs, 1, "and out of the mempool");
  assert.ok(!(await counting().app.processProposal({ ...block, txs: [all, unpaid] })));
  const { codes } = await found(counting().app, { ...block, txs: [all, unpaid] });
  assert.deepEqual(
    codes.map((code) => code.split("/")[0]),
    ["0", "5"],
    "where it is decided all the same, it fails",
  );
});

test("a fee that a payment of the same block brings is paid from it", async () => {
  const { app } = counting();
  const emptied = payment(ben, ann, 0n, PURSE - FEE);
  await app.finalizeBlock(nextBlock(app, [emptied]));
  await app.commit();
  const txs = [payment(ann, ben, 0n, 1_000n), payment(ben, cat, 1n)];
  const block = nextBlock(app, txs);
  assert.ok(await app.processProposal(block));
  assert.deepEqual(
    (await found(app, block)).codes.map((code) => code.split("/")[0]),
    ["0", "0"],
  );
});

test("a mistake in the rules stops whoever proposes or decides; who judges refuses and says so", async () => {
  const heard: string[] = [];
  const broken = (): never => {
    throw new TypeError("no such field");
  };
  const editions = chainEditions.map((edition) => ({
    ...edition,
    modules: edition.modules.map((module) =>
      module.name === "rounds" ? { ...module, beginBlock: broken } : module,
    ),
  }));
  const choice = { members: [], others: [ann] };
  const app = newApp(choice, { editions, warn: (text) => heard.push(text) });
  const block = nextBlock(app, []);
  assert.equal(await app.processProposal(block), false);
  assert.deepEqual(heard, ["the proposal of height 1 is refused: panic: TypeError: no such field"]);
  await assert.rejects(app.prepareProposal({ ...block, bytesMax }), TypeError);
  await assert.rejects(app.finalizeBlock(block), TypeError);
});
