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
import { DENOM, GAME_ID, TOKEN } from "../kit/genesis.ts";
import { startNode, type TestNode } from "../kit/node.ts";

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
before(async () => {
  node = await startNode({ members: [], others: [ann, bob, cid, dan, eve] }, PACE_MS);
});
after(() => node.remove());

async function withClient<T>(who: Person, use: (client: IterumClient) => Promise<T>): Promise<T> {
  const signer = await signerFromKey(who.secretKey);
  const client = await connect({ rpc: node.rpcUrl, signer, faster: true });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

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
