import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { msgSend } from "#client/bank.ts";
import { codes } from "#client/codes.ts";
import { connect, type IterumClient } from "#client/connect.ts";
import { signerFromKey } from "#client/signer.ts";
import type { TxMessage } from "#client/tx.ts";
import { type Person, people, person } from "../kit/accounts.ts";
import { DENOM } from "../kit/genesis.ts";
import { startNode, type TestNode } from "../kit/node.ts";
import { type Alter, proxyTo, type RpcProxy } from "../kit/proxy.ts";

const [ann] = people("ann") as [Person];
const PACE_MS = 100;

let node: TestNode;
let proxy: RpcProxy;
before(async () => {
  node = await startNode({ members: [], others: [ann] }, PACE_MS);
  proxy = await proxyTo(node.rpcUrl);
});
after(async () => {
  await proxy?.close();
  await node?.remove();
});

async function withClient<T>(rpc: string, use: (client: IterumClient) => Promise<T>): Promise<T> {
  const signer = await signerFromKey(ann.secretKey);
  const client = await connect({ rpc, signer, faster: true });
  try {
    return await use(client);
  } finally {
    client.close();
    proxy.alter(({ answer }) => answer);
  }
}

const pay = (from: Person, to: Person, amount: bigint): TxMessage =>
  msgSend({ fromAddress: from.address, toAddress: to.address, amount: [{ denom: DENOM, amount }] });

/**
 * Nodes in turn behind one address: the one that takes a transaction is not heard, the next ones find it out
 * of turn. Until `isOver`, other answers are altered by `how`.
 */
function lostAndOutOfTurn(isOver: () => boolean, how: Alter): { readonly offers: () => number } {
  const result = { code: 32, codespace: "sdk", log: "account sequence mismatch", hash: "AB".repeat(32) };
  let offers = 0;
  proxy.alter((exchange) => {
    const { method, answer } = exchange;
    if (method === "broadcast_tx_sync" && offers++ === 0) return "drop";
    if (isOver() || offers === 0) return answer;
    if (method !== "broadcast_tx_sync") return how(exchange);
    return { jsonrpc: answer["jsonrpc"], id: answer["id"], result };
  });
  return { offers: () => offers };
}

test("a node too busy to tell the sequence is not the chain's refusal of what another took", () =>
  withClient(proxy.url, async (client) => {
    const to = person("busy");
    let queries = 0;
    const busy = {
      response: { ...codes.query.Busy, log: "the node has too many queries", height: "1000000" },
    };
    lostAndOutOfTurn(
      () => queries >= 2,
      ({ method, answer }) => {
        // Until the sequence was asked for, blocks are not seen either.
        if (method === "block_results") return "drop";
        return method === "abci_query" && ++queries > 0 ? { ...answer, result: busy } : answer;
      },
    );
    await client.send([pay(ann, to, 1n)]);
    assert.ok(queries >= 2);
    assert.equal(await client.bank.balance(to.address, DENOM), 1n);
  }));

test("a send is done once though one node knows of it and another has not heard of its block", () =>
  withClient(node.rpcUrl, (direct) =>
    withClient(proxy.url, async (client) => {
      const to = person("two nodes");
      let old: unknown;
      let offersLate = Number.POSITIVE_INFINITY;
      const { offers } = lostAndOutOfTurn(
        () => offers() > offersLate,
        ({ method, answer }) => {
          old = method === "abci_info" ? (old ?? answer) : old;
          return method === "abci_info" ? old : answer;
        },
      );
      const sending = client.send([pay(ann, to, 1n)]);
      while ((await direct.bank.balance(to.address, DENOM)) === 0n) await direct.above(await direct.height());
      offersLate = offers() + 2;
      await sending;
      assert.equal(await client.bank.balance(to.address, DENOM), 1n);
    }),
  ));
