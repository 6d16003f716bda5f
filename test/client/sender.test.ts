import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GasPrice, SigningStargateClient } from "@cosmjs/stargate";
import { Comet38Client } from "@cosmjs/tendermint-rpc";
import { msgSend } from "#client/bank.ts";
import { connect, type IterumClient } from "#client/connect.ts";
import { ClientError } from "#client/errors.ts";
import { eventsOf } from "#client/events.ts";
import { iterumRegistry } from "#client/registry.ts";
import { signerFromKey } from "#client/signer.ts";
import { msgDonate } from "#client/treasury.ts";
import type { TxMessage } from "#client/tx.ts";
import { EventReceived } from "#proto/gen/iterum/treasury.ts";
import { type Person, people, person } from "../kit/accounts.ts";
import { seeded } from "../kit/game/random.ts";
import { DENOM, GAME_ID, TOKEN } from "../kit/genesis.ts";
import { startNode, type TestNode } from "../kit/node.ts";
import { proxyTo, type RpcProxy } from "../kit/proxy.ts";

const [ann, bob, cid, dan, eve] = people("ann", "bob", "cid", "dan", "eve") as [
  Person,
  Person,
  Person,
  Person,
  Person,
];
/** Nobody has sent it anything. */
const stranger = person("stranger");
const PARALLEL = 50;
const PACE_MS = 100;

let node: TestNode;
let proxy: RpcProxy;
before(async () => {
  node = await startNode({ members: [], others: [ann, bob, cid, dan, eve] }, PACE_MS);
  proxy = await proxyTo(node.rpcUrl);
});
after(async () => {
  await proxy?.close();
  await node?.remove();
});

async function withClient<T>(
  who: Person,
  use: (client: IterumClient) => Promise<T>,
  rpc = node.rpcUrl,
): Promise<T> {
  const signer = await signerFromKey(who.secretKey);
  const client = await connect({ rpc, signer, faster: true });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** The same through a server that may lie. */
const withProxied = <T>(who: Person, use: (client: IterumClient) => Promise<T>): Promise<T> =>
  withClient(who, use, proxy.url).finally(() => proxy.alter(({ answer }) => answer));

const pay = (from: Person, to: Person, amount: bigint): TxMessage =>
  msgSend({ fromAddress: from.address, toAddress: to.address, amount: [{ denom: DENOM, amount }] });

const balance = (client: IterumClient, who: Person): Promise<bigint> =>
  client.bank.balance(who.address, DENOM);

/** Sends 1, 2, … base units to a fresh account at one moment; the account must end up with their sum. */
async function sendMany(client: IterumClient, from: Person, to: Person, meanwhile: () => Promise<void>) {
  const amounts = Array.from({ length: PARALLEL }, (_, i) => BigInt(i + 1));
  const sending = Promise.all(amounts.map((amount) => client.send([pay(from, to, amount)])));
  const [results] = await Promise.all([sending, meanwhile()]);
  assert.deepEqual(new Set(results.map(({ code }) => code)), new Set([0]));
  assert.equal(new Set(results.map(({ hash }) => hash)).size, PARALLEL);
  const sum = amounts.reduce((total, amount) => total + amount, 0n);
  assert.equal(await balance(client, to), sum);
  return results;
}

test("fifty sends of one key at one moment are all committed, in the order of the calls", () =>
  withClient(ann, async (client) => {
    const results = await sendMany(client, ann, person("fifty"), async () => undefined);
    const heights = results.map(({ height }) => height);
    assert.deepEqual(
      heights,
      [...heights].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    );
  }));

test("a node that is killed and comes back loses no send and does none twice", () =>
  withClient(bob, async (client) => {
    const to = person("survivor");
    await sendMany(client, bob, to, async () => {
      // From the first payment on, some are committed, some are in the mempool and some not yet signed.
      for await (const _ of client.blocks(await client.height())) if ((await balance(client, to)) > 0n) break;
      await node.crash("app");
      await node.start();
      await node.crash("comet");
      await node.start();
    });
  }));

test("two clients of one key get in each other's way and still send everything once", () =>
  withClient(cid, (one) =>
    withClient(cid, async (other) => {
      const to = person("shared");
      const sends = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? one : other)).map((client) =>
        client.send([pay(cid, to, 1n)]),
      );
      await Promise.all(sends);
      assert.equal(await balance(one, to), 10n);
    }),
  ));

test("a message that fails takes no other send down, and says why", () =>
  withClient(dan, async (client) => {
    const [first, second, third] = await Promise.allSettled([
      client.send([pay(dan, ann, 1n)]),
      client.send([msgDonate({ sender: dan.address, gameId: "none", amount: 1n })]),
      client.send([pay(dan, ann, 1n)]),
    ]);
    assert.equal(first.status, "fulfilled");
    assert.equal(third.status, "fulfilled");
    assert.ok(second.status === "rejected");
    const error = second.reason as ClientError;
    assert.ok(error instanceof ClientError && error.kind === "refused");
    assert.ok(error.codespace !== "" && error.code >= 2 && error.reason !== "", error.message);
    assert.ok(error.height !== undefined && error.hash !== undefined);
  }));

test("a transaction that no account can pay for is refused at once", () =>
  withClient(stranger, async (client) => {
    await assert.rejects(
      client.send([pay(stranger, ann, 1n)]),
      (error) => error instanceof ClientError && error.kind === "refused",
    );
  }));

test("a query after a write sees it, and events come back typed", () =>
  withClient(eve, async (client) => {
    const to = person("fresh");
    const donation = msgDonate({ sender: eve.address, gameId: GAME_ID, amount: 3n * TOKEN });
    const result = await client.send([donation, pay(eve, to, 7n)]);
    assert.equal(await balance(client, to), 7n);
    assert.equal(await client.at(result.height).bank.balance(to.address, DENOM), 7n);
    const [received] = eventsOf(EventReceived, result.events);
    assert.equal(received?.amount, 3n * TOKEN);
    for await (const block of client.blocks(result.height - 1n)) {
      assert.equal(block.height, result.height);
      assert.ok(block.txs.some(({ hash }) => hash === result.hash));
      break;
    }
  }));

test("cosmjs' own client sends messages of this chain with our registry", async () => {
  const signer = await signerFromKey(eve.secretKey);
  const comet = await Comet38Client.connect(node.rpcUrl);
  const gasPrice = GasPrice.fromString(`0.002${DENOM}`);
  const options = { registry: iterumRegistry(), broadcastPollIntervalMs: 100, gasPrice };
  const client = await SigningStargateClient.createWithSigner(comet, signer, options);
  const fee = { amount: [{ denom: DENOM, amount: "10000" }], gas: "1000000" };
  const donate = msgDonate({ sender: eve.address, gameId: GAME_ID, amount: 1n });
  const sent = await client.signAndBroadcast(eve.address, [donate], fee);
  assert.equal(sent.code, 0, sent.rawLog);
  const paid = await client.sendTokens(eve.address, ann.address, [{ denom: DENOM, amount: "5" }], fee);
  assert.equal(paid.code, 0, paid.rawLog);
  const measured = await client.signAndBroadcast(eve.address, [donate, donate], "auto");
  assert.equal(measured.code, 0, measured.rawLog);
  assert.ok(measured.gasUsed < measured.gasWanted);
  client.disconnect();
});

test("a balance after a write is never the one before it, though the node that answers is behind", () =>
  withProxied(ann, async (client) => {
    const to = person("behind");
    let old: Record<string, unknown> | undefined;
    proxy.alter(({ method, answer }) => {
      if (method === "abci_query") old ??= answer;
      return answer;
    });
    assert.equal(await client.bank.balance(to.address, DENOM), 0n);
    await client.send([pay(ann, to, 7n)]);
    let stale = 0;
    // A load balancer leads to a node that has not heard of the block yet.
    proxy.alter(({ method, answer }) => (method === "abci_query" && stale++ < 5 ? old : answer));
    assert.equal(await client.bank.balance(to.address, DENOM), 7n);
    assert.ok(stale > 5);
  }));

test("answers that are lost or cut off are asked for again, and sends are still done once", () =>
  withProxied(ann, async (client) => {
    const to = person("cut off");
    const random = seeded("lost answers");
    let lost = 0;
    // Answers are lost after the node has done what it was asked.
    proxy.alter(({ answer }) => (random.chance(0.25) && ++lost > 0 ? "drop" : answer));
    const sends = Array.from({ length: 10 }, (_, i) =>
      client.send([pay(ann, to, 1n)], { unordered: i % 2 === 0 }),
    );
    await Promise.all(sends);
    assert.equal(await client.bank.balance(to.address, DENOM), 10n);
    assert.ok(lost > 3);
  }));

test("a worker never sees a sequence fault, though its key signs elsewhere between its own sends", () =>
  withProxied(ann, async (worker) =>
    withProxied(ann, async (wallet) => {
      const to = person("busy worker");
      const sends: Promise<unknown>[] = [];
      for (let round = 0; round < 6; round++) {
        sends.push(worker.send([pay(ann, to, 1n)]), wallet.send([pay(ann, to, 1n)]));
        if (round % 2 === 0) await sends.at(-1);
      }
      await Promise.all(sends);
      assert.equal(await worker.bank.balance(to.address, DENOM), 12n);
    }),
  ));

test("a simulation tells gas, cost and refusal beforehand, and changes nothing", () =>
  withProxied(ann, async (client) => {
    const to = person("not paid");
    const before = await client.bank.balance(ann.address, DENOM);
    const { gasUsed, feeMost, events } = await client.simulate([pay(ann, to, 7n)]);
    assert.ok(gasUsed > 10_000n && events.some(({ type }) => type === "transfer"));
    const none = msgDonate({ sender: ann.address, gameId: "none", amount: 1n });
    await assert.rejects(
      client.simulate([none]),
      (error) => error instanceof ClientError && error.kind === "refused" && error.codespace === "treasury",
    );
    assert.equal(await client.bank.balance(ann.address, DENOM), before);
    assert.equal(await client.bank.balance(to.address, DENOM), 0n);
    const { gasUsed: used } = await client.send([pay(ann, to, 7n)]);
    const spent = before - 7n - (await client.bank.balance(ann.address, DENOM));
    assert.ok(spent <= (feeMost[0]?.amount ?? 0n) && spent > 0n);
    assert.ok(used * 100n < gasUsed * 105n && gasUsed * 100n < used * 105n, `${gasUsed} ${used}`);
  }));

test("what became of a send that ran out of time is told by its hashes", () =>
  withProxied(ann, async (client) => {
    const to = person("late");
    // Blocks are not seen any more: the outcome stays unknown.
    proxy.alter(({ method, answer }) => (method === "block_results" ? "drop" : answer));
    let failure: unknown;
    // A busy machine may not even offer it in so short a time; then nothing was signed, and it has longer.
    for (let deadlineMs = 1_500; !(failure instanceof ClientError && failure.hashes.length > 0); ) {
      failure = await client.send([pay(ann, to, 3n)], { deadlineMs }).catch((error: unknown) => error);
      deadlineMs *= 2;
    }
    assert.deepEqual([failure.kind, failure.hashes.length], ["timeout", 1]);
    proxy.alter(({ answer }) => answer);
    const [hash = ""] = failure.hashes;
    let found = await client.transaction(hash);
    // It comes with some block, and into the index a moment later.
    for (let height = 0n; !found && height < 300n; height++) {
      await client.above(await client.height());
      found = await client.transaction(hash);
    }
    assert.ok(found && found.hash === hash && found.height > 0n);
    assert.equal(await client.bank.balance(to.address, DENOM), 3n);
    assert.equal(await client.transaction("AB".repeat(32)), undefined);
  }));
