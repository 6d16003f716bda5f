import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { msgSend } from "#client/bank.ts";
import { codes } from "#client/codes.ts";
import { type ConnectOptions, connect, type IterumClient } from "#client/connect.ts";
import { ClientError } from "#client/errors.ts";
import { raisedFee } from "#client/fees.ts";
import { ChainNode } from "#client/node.ts";
import { Pending, type Sent } from "#client/pending.ts";
import { accountInfo } from "#client/plan.ts";
import { askNode } from "#client/query.ts";
import { afterVerdict, raiseIfPassedBy } from "#client/raise.ts";
import { encodeMessage } from "#client/registry.ts";
import { accountOf } from "#client/sign.ts";
import { signerFromKey } from "#client/signer.ts";
import type { SendOptions, TxResult } from "#client/tx.ts";
import { type Person, people, person } from "../kit/accounts.ts";
import { CHAIN_ID, DENOM, TOKEN } from "../kit/genesis.ts";
import { startNode, type TestNode } from "../kit/node.ts";
import { proxyTo, type RpcProxy } from "../kit/proxy.ts";

const PLACES = 6;
/** Fee of those that fill the mempool. */
const DEAR = 100_000n;
const limit = 2n * TOKEN;
/** Slow blocks: the mempool is full for most of the time. */
const PACE_MS = 700;
const [ann, bob, cid] = people("ann", "bob", "cid") as [Person, Person, Person];

let node: TestNode;
let proxy: RpcProxy;
before(async () => {
  const env = { ITERUM_TEST_MEMPOOL_TXS: String(PLACES) };
  node = await startNode({ members: [], others: [ann, bob, cid] }, PACE_MS, env);
  proxy = await proxyTo(node.rpcUrl);
});
after(async () => {
  await proxy?.close();
  await node?.remove();
});

async function withClient<T>(
  who: Person,
  options: Partial<ConnectOptions>,
  use: (client: IterumClient) => Promise<T>,
): Promise<T> {
  const signer = await signerFromKey(who.secretKey);
  const client = await connect({ rpc: proxy.url, signer, faster: true, ...options });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

const payment = (from: Person, to: Person) =>
  msgSend({ fromAddress: from.address, toAddress: to.address, amount: [{ denom: DENOM, amount: 1n }] });

/** Offers as many transactions as the mempool has places for, at a price that no least fee beats. */
async function fill(): Promise<void> {
  const chain = new ChainNode(node.rpcUrl);
  const account = await accountOf(await signerFromKey(ann.secretKey));
  const { accountNumber } = await accountInfo(askNode(chain), ann.address);
  const messages = [encodeMessage(payment(ann, cid))];
  const soonNs = BigInt(Date.now() + 60_000) * 1_000_000n;
  const offers = Array.from({ length: PLACES }, async () => {
    const deadlineNs = soonNs + BigInt(randomInt(1_000_000_000));
    const fee = { amount: [{ denom: DENOM, amount: DEAR }], gasLimit: 500_000n, payer: "", granter: "" };
    const turn = { accountNumber, sequence: 0n, timeoutHeight: 0n, deadlineNs };
    return chain.broadcast(await account.sign({ messages, memo: "", fee, chainId: CHAIN_ID, ...turn }));
  });
  await Promise.all(offers);
}

/** Fills the mempool as soon as it has taken a transaction, before the client hears of that. */
function fillAfterNext(): void {
  proxy.alter(async ({ method, answer }) => {
    const { code } = (answer["result"] ?? {}) as { readonly code?: number };
    if (method !== "broadcast_tx_sync" || code !== 0) return answer;
    proxy.alter((exchange) => exchange.answer);
    await fill();
    return answer;
  });
}

/** Base units of the fee that a transaction paid. */
const feeOf = ({ events }: TxResult): bigint => {
  const fee = events.find(({ type }) => type === "tx")?.attributes.find(({ key }) => key === "fee")?.value;
  return BigInt(fee?.replace(DENOM, "") ?? 0);
};

/**
 * Sends before or after the mempool is filled, again until the fee was raised: a block may come between and
 * make room. Every send is done once, whatever it costs.
 */
async function untilRaised(
  client: IterumClient,
  order: "before" | "after",
  options: SendOptions,
): Promise<bigint> {
  const to = person(`served ${order} ${options.unordered}`);
  const { feeMost } = await client.simulate([payment(bob, to)]);
  const most = feeMost[0]?.amount ?? 0n;
  for (let count = 1n; count <= 30n; count++) {
    if (order === "after") await fill();
    else fillAfterNext();
    const fee = feeOf(await client.send([payment(bob, to)], options));
    assert.equal(await client.bank.balance(to.address, DENOM), count);
    if (fee > most) return fee;
  }
  throw new Error("no fee was raised");
}

test("a raised fee beats what it must by a tenth at least, and stays within its limit", () => {
  const amount = fc.bigInt(0n, 1_000_000n);
  fc.assert(
    fc.property(amount, amount, amount, (paid, limit, toBeat) => {
      const fee = raisedFee(paid, limit, toBeat);
      if (fee === undefined) return limit * 100n < paid * 110n + 200n;
      return fee <= limit && fee > paid && fee * 100n >= paid * 110n && (fee >= toBeat || fee === limit);
    }),
  );
});

/** A transaction on its way, signed at height 0, that pays 500 base units. */
const sentFor = (feeMax: bigint | undefined): Sent => {
  const messages = [encodeMessage(payment(bob, cid))];
  const turn = { accountNumber: 1n, sequence: 5n, timeoutHeight: 9n };
  const fee = { amount: [{ denom: DENOM, amount: 500n }], gasLimit: 500_000n, payer: "", granter: "" };
  const flags = { signedAt: 0n, mayBeKnown: false, offering: true, offeredMs: 0, done: false };
  const answers = { resolve: () => undefined, reject: () => undefined };
  return {
    job: { messages, memo: "", gasLimit: undefined, feeGranter: "", feeMax, deadline: 0, ...answers },
    plan: { messages, memo: "", chainId: CHAIN_ID, ...turn, fee },
    ...{ bytes: new Uint8Array(), hash: "first", hashes: ["first"], ...turn, ...flags },
  };
};

const tooLow = { kind: "fee", error: new ClientError("refused", "insufficient fee") } as const;

test("a least fee that has risen is paid at once, but not above a limit", async () => {
  const account = await accountOf(await signerFromKey(bob.secretKey));
  const raisedTo = async (feeMax: bigint | undefined): Promise<bigint | undefined> => {
    const pending = new Pending(new ChainNode("http://127.0.0.1:1"));
    const sent = sentFor(feeMax);
    const leastFee = async (gas: bigint) => ({ amount: gas / 100n, denom: DENOM });
    const next = await afterVerdict(sent, { account, pending, leastFee }, tooLow);
    assert.equal(next === "again", sent.hashes.length === 2);
    assert.equal(sent.plan.sequence, 5n);
    return next === "again" ? sent.plan.fee.amount[0]?.amount : undefined;
  };
  assert.equal(await raisedTo(undefined), 5_000n);
  assert.equal(await raisedTo(5_000n), 5_000n);
  assert.equal(await raisedTo(549n), undefined);
});

test("a node too busy to tell the least fee refuses no send and ends none that is on its way", async () => {
  const account = await accountOf(await signerFromKey(bob.secretKey));
  const pending = new Pending(new ChainNode(node.rpcUrl));
  // The app may still be at the block before the last that CometBFT tells of.
  await node.until(7n);
  assert.ok((await pending.begin()) >= 6n);
  let asked = 0;
  const leastFee = async () => {
    asked++;
    throw new ClientError("refused", "query 4", codes.query.Busy);
  };
  const sent = sentFor(limit);
  await raiseIfPassedBy(sent, { account, pending, leastFee });
  assert.equal(await afterVerdict(sent, { account, pending, leastFee }, tooLow), undefined);
  assert.deepEqual([asked, sent.done, sent.hashes], [2, false, ["first"]]);
});

test("a send whose least fee is above its limit is not signed", () =>
  withClient(bob, { feeMax: 1n }, async (client) => {
    const before = await client.bank.balance(bob.address, DENOM);
    for (const unordered of [false, true])
      await assert.rejects(
        client.send([payment(bob, cid)], { unordered }),
        (error) => error instanceof ClientError && error.kind === "badInput" && error.hashes.length === 0,
      );
    assert.equal(await client.bank.balance(bob.address, DENOM), before);
  }));

test("a send that a full mempool refuses for its price pays more, within its limit", () =>
  withClient(bob, { feeMax: limit }, async (client) => {
    for (const unordered of [false, true]) {
      const fee = await untilRaised(client, "after", { unordered });
      assert.ok(fee <= limit, `${fee}`);
    }
  }));

test("a send that is dropped from a mempool for dearer ones comes back dearer and runs once", () =>
  withClient(bob, {}, async (client) => {
    const fee = await untilRaised(client, "before", { feeMax: limit });
    assert.ok(fee <= limit, `${fee}`);
  }));
