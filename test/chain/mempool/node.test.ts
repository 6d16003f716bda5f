import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SigningStargateClient } from "@cosmjs/stargate";
import { Comet38Client } from "@cosmjs/tendermint-rpc";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { msgSend } from "#client/bank.ts";
import { connect } from "#client/connect.ts";
import { iterumRegistry } from "#client/registry.ts";
import { signerFromKey } from "#client/signer.ts";
import { type Person, people, person } from "#test/kit/accounts.ts";
import { CHAIN_ID, DENOM } from "#test/kit/genesis.ts";
import { startNode } from "#test/kit/node.ts";
import { startPeer } from "./peer.ts";

const [ann, bob] = people("ann", "bob") as [Person, Person];
const PACE_MS = 100;
const COUNT = 12;
const fee = { amount: [{ denom: DENOM, amount: "2000" }], gas: "200000" };

async function cosmjs(rpcUrl: string, who: Person): Promise<SigningStargateClient> {
  const options = { registry: iterumRegistry(), broadcastPollIntervalMs: 50 };
  const comet = await Comet38Client.connect(rpcUrl);
  return SigningStargateClient.createWithSigner(comet, await signerFromKey(who.secretKey), options);
}

const coins = (amount: number) => [{ denom: DENOM, amount: `${amount}` }];

/** Payments of one key with turns counted by hand, offered at one moment, the last turn first. */
async function payBackwards(client: SigningStargateClient, from: Person, to: Person) {
  const { accountNumber, sequence } = await client.getSequence(from.address);
  const signed = await Promise.all(
    Array.from({ length: COUNT }, async (_, i) => {
      const turn = { accountNumber, sequence: sequence + i, chainId: CHAIN_ID };
      const value = { fromAddress: from.address, toAddress: to.address, amount: [...coins(i + 1)] };
      const message = { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value };
      return TxRaw.encode(await client.sign(from.address, [message], fee, "", turn)).finish();
    }),
  );
  const hashes: string[] = [];
  for (const bytes of signed.reverse()) hashes.push(await client.broadcastTxSync(bytes));
  return hashes;
}

async function committed(client: SigningStargateClient, hash: string): Promise<number> {
  for (;;) {
    const found = await client.getTx(hash);
    if (found) return found.code;
    await sleep(50);
  }
}

for (const mempool of ["app", "flood"] as const)
  test(`with the mempool "${mempool}" turns arrive in any order, by cosmjs and by our client`, async () => {
    const node = await startNode({ members: [], others: [ann, bob] }, PACE_MS, {}, mempool);
    try {
      await node.until(2n);
      const client = await cosmjs(node.rpcUrl, ann);
      const to = person("backwards");
      const hashes = await payBackwards(client, ann, to);
      for (const hash of hashes) assert.equal(await committed(client, hash), 0);
      assert.equal((await client.getBalance(to.address, DENOM)).amount, `${(COUNT * (COUNT + 1)) / 2}`);
      const single = await client.sendTokens(ann.address, to.address, coins(1), fee);
      assert.equal(single.code, 0, single.rawLog);
      client.disconnect();

      const ours = await connect({ rpc: node.rpcUrl, signer: await signerFromKey(bob.secretKey) });
      const pay = msgSend({
        ...{ fromAddress: bob.address, toAddress: to.address },
        amount: [{ denom: DENOM, amount: 1n }],
      });
      const results = await Promise.all(Array.from({ length: COUNT }, () => ours.send([pay])));
      assert.deepEqual(new Set(results.map(({ code }) => code)), new Set([0]));
      ours.close();
    } finally {
      await node.remove();
    }
  });

test("what reaches a node without a vote is gossiped and committed, out of order too", async () => {
  const node = await startNode({ members: [], others: [ann] }, PACE_MS);
  try {
    const peer = await startPeer(node);
    try {
      const client = await cosmjs(peer.rpcUrl, ann);
      for (const hash of await payBackwards(client, ann, person("far away")))
        assert.equal(await committed(client, hash), 0);
      client.disconnect();
    } finally {
      await peer.remove();
    }
  } finally {
    await node.remove();
  }
});
