import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { msgSend } from "#client/bank.ts";
import { connect, type IterumClient } from "#client/connect.ts";
import { ClientError } from "#client/errors.ts";
import { msgGrantAllowance, msgRevokeAllowance } from "#client/feegrant.ts";
import { signerFromKey } from "#client/signer.ts";
import { msgDonate } from "#client/treasury.ts";
import { type Person, people, person } from "../kit/accounts.ts";
import { DENOM, TOKEN } from "../kit/genesis.ts";
import { startNode, type TestNode } from "../kit/node.ts";

const [ann, bob] = people("ann", "bob") as [Person, Person];
const PARALLEL = 60;

let node: TestNode;
before(async () => {
  node = await startNode({ members: [], others: [ann, bob] }, 100);
});
after(() => node.remove());

async function withClient<T>(who: Person, use: (client: IterumClient) => Promise<T>): Promise<T> {
  const client = await connect({
    rpc: node.rpcUrl,
    signer: await signerFromKey(who.secretKey),
    faster: true,
  });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** Sends so many single base units to a fresh account at one moment, out of order. */
const sendMany = (clients: readonly IterumClient[], from: Person, to: Person, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, i) => {
      const message = msgSend({
        fromAddress: from.address,
        toAddress: to.address,
        amount: [{ denom: DENOM, amount: 1n }],
      });
      return (clients[i % clients.length] as IterumClient).send([message], { unordered: true });
    }),
  );

test("two programs with one key send at one moment without getting in each other's way", () =>
  withClient(ann, (one) =>
    withClient(ann, async (other) => {
      const to = person("both");
      const results = await sendMany([one, other], ann, to, PARALLEL);
      assert.equal(new Set(results.map(({ hash }) => hash)).size, PARALLEL);
      assert.equal(await one.bank.balance(to.address, DENOM), BigInt(PARALLEL));
    }),
  ));

test("a node that is killed and comes back loses no unordered send and does none twice", () =>
  withClient(bob, async (client) => {
    const to = person("survivor");
    const sending = sendMany([client], bob, to, PARALLEL);
    await node.crash("app");
    await node.start();
    await sending;
    assert.equal(await client.bank.balance(to.address, DENOM), BigInt(PARALLEL));
  }));

test("an unordered send that fails says why, and takes no other down", () =>
  withClient(ann, async (client) => {
    const bad = client.send([msgDonate({ sender: ann.address, gameId: "none", amount: 1n })], {
      unordered: true,
    });
    const [good, refused] = await Promise.allSettled([sendMany([client], ann, bob, 2), bad]);
    assert.equal(good.status, "fulfilled");
    assert.ok(refused.status === "rejected" && refused.reason instanceof ClientError);
    assert.ok(refused.reason.kind === "refused" && refused.reason.codespace === "treasury");
  }));

test("one account pays the fees of another that holds nothing", () =>
  withClient(ann, async (rich) => {
    const poor = person("poor");
    await rich.send([
      msgGrantAllowance(ann.address, poor.address, { spendLimit: [{ denom: DENOM, amount: TOKEN }] }),
    ]);
    await withClient(poor, async (client) => {
      const back = msgGrantAllowance(poor.address, bob.address);
      await client.send([back], { feeGranter: ann.address });
      await client.send([msgRevokeAllowance({ granter: poor.address, grantee: bob.address })], {
        feeGranter: ann.address,
        unordered: true,
      });
      assert.deepEqual(await client.feegrant.allowances(bob.address), []);
      assert.equal((await client.feegrant.allowance(ann.address, poor.address))?.grantee, poor.address);
    });
  }));
