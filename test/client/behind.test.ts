import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { msgSend } from "#client/bank.ts";
import { connect, type IterumClient } from "#client/connect.ts";
import { ClientError } from "#client/errors.ts";
import { signerFromKey } from "#client/signer.ts";
import { msgDonate } from "#client/treasury.ts";
import { type Person, people, person } from "../kit/accounts.ts";
import { seeded } from "../kit/game/random.ts";
import { DENOM } from "../kit/genesis.ts";
import { startNode, type TestNode } from "../kit/node.ts";
import { proxyTo, type RpcProxy } from "../kit/proxy.ts";

const [ann, bob] = people("ann", "bob") as [Person, Person];

let node: TestNode;
let proxy: RpcProxy;
before(async () => {
  node = await startNode({ members: [], others: [ann, bob] }, 150);
  proxy = await proxyTo(node.rpcUrl);
});
after(async () => {
  await proxy?.close();
  await node?.remove();
});

async function withClient<T>(use: (client: IterumClient) => Promise<T>, who = ann): Promise<T> {
  const signer = await signerFromKey(who.secretKey);
  const client = await connect({ rpc: proxy.url, signer, faster: true });
  try {
    return await use(client);
  } finally {
    proxy.alter(({ answer }) => answer);
    client.close();
  }
}

const payment = (to: Person, amount: bigint) =>
  msgSend({ fromAddress: ann.address, toAddress: to.address, amount: [{ denom: DENOM, amount }] });

test("a balance after a write is never the one before it, though the node that answers is behind", () =>
  withClient(async (client) => {
    const to = person("fresh");
    let old: Record<string, unknown> | undefined;
    proxy.alter(({ method, answer }) => {
      if (method === "abci_query") old ??= answer;
      return answer;
    });
    assert.equal(await client.bank.balance(to.address, DENOM), 0n);
    await client.send([payment(to, 7n)]);
    let stale = 0;
    // A load balancer leads to a node that has not heard of the block yet.
    proxy.alter(({ method, answer }) => (method === "abci_query" && stale++ < 5 ? old : answer));
    assert.equal(await client.bank.balance(to.address, DENOM), 7n);
    assert.ok(stale > 5);
  }));

test("answers that are lost or cut off are asked for again, and sends are still done once", () =>
  withClient(async (client) => {
    const to = person("cut off");
    const random = seeded("lost answers");
    let lost = 0;
    // Answers are lost after the node has done what it was asked.
    proxy.alter(({ answer }) => (random.chance(0.25) && ++lost > 0 ? "drop" : answer));
    const sends = Array.from({ length: 10 }, (_, i) =>
      client.send([payment(to, 1n)], { unordered: i % 2 === 0 }),
    );
    await Promise.all(sends);
    assert.equal(await client.bank.balance(to.address, DENOM), 10n);
    assert.ok(lost > 3);
  }));

test("a worker never sees a sequence fault, though its key signs elsewhere between its own sends", () =>
  withClient(async (worker) =>
    withClient(async (wallet) => {
      const to = person("busy worker");
      const sends: Promise<unknown>[] = [];
      for (let round = 0; round < 6; round++) {
        sends.push(worker.send([payment(to, 1n)]), wallet.send([payment(to, 1n)]));
        if (round % 2 === 0) await sends.at(-1);
      }
      await Promise.all(sends);
      assert.equal(await worker.bank.balance(to.address, DENOM), 12n);
    }),
  ));

test("a simulation tells gas, cost and refusal beforehand, and changes nothing", () =>
  withClient(async (client) => {
    const to = person("not paid");
    const before = await client.bank.balance(ann.address, DENOM);
    const { gasUsed, feeMost, events } = await client.simulate([payment(to, 7n)]);
    assert.ok(gasUsed > 10_000n && events.some(({ type }) => type === "transfer"));
    const none = msgDonate({ sender: ann.address, gameId: "none", amount: 1n });
    await assert.rejects(
      client.simulate([none]),
      (error) => error instanceof ClientError && error.kind === "refused" && error.codespace === "treasury",
    );
    assert.equal(await client.bank.balance(ann.address, DENOM), before);
    assert.equal(await client.bank.balance(to.address, DENOM), 0n);
    const { gasUsed: used } = await client.send([payment(to, 7n)]);
    const spent = before - 7n - (await client.bank.balance(ann.address, DENOM));
    assert.ok(spent <= (feeMost[0]?.amount ?? 0n) && spent > 0n);
    assert.ok(used * 100n < gasUsed * 105n && gasUsed * 100n < used * 105n, `${gasUsed} ${used}`);
  }));

test("what became of a send that ran out of time is told by its hashes", () =>
  withClient(async (client) => {
    const to = person("late");
    // Blocks are not seen any more: the outcome stays unknown.
    proxy.alter(({ method, answer }) => (method === "block_results" ? "drop" : answer));
    const failure = await client
      .send([payment(to, 3n)], { deadlineMs: 1_500 })
      .catch((error: unknown) => error);
    assert.ok(failure instanceof ClientError && failure.kind === "timeout" && failure.hashes.length === 1);
    proxy.alter(({ answer }) => answer);
    await node.until((await node.height()) + 2n);
    const [hash = ""] = failure.hashes;
    const found = await client.transaction(hash);
    assert.ok(found && found.hash === hash && found.height > 0n);
    assert.equal(await client.bank.balance(to.address, DENOM), 3n);
    assert.equal(await client.transaction("AB".repeat(32)), undefined);
  }));
