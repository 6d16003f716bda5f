import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import type { Rpc } from "#chain/proto/codec.ts";
import { Query as Bank } from "#proto/gen/cosmos/bank.ts";
import { Service as Blocks } from "#proto/gen/cosmos/base/tendermint.ts";
import { Service as Txs } from "#proto/gen/cosmos/tx.ts";
import { Query as Rounds } from "#proto/gen/iterum/rounds.ts";
import { CHAIN_ID, DENOM } from "#test/kit/genesis.ts";
import { ann, surface } from "./env.ts";

async function withClient<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(`127.0.0.1:${surface().api.grpcPort}`, credentials.createInsecure());
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** Calls as any client of gRPC does. */
const call = <Q, R>(client: Client, rpc: Rpc<Q, R>, request: Q, metadata = new Metadata()): Promise<R> =>
  new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      rpc.path,
      (value: Q) => Buffer.from(rpc.request.encode(value)),
      (bytes: Buffer) => rpc.response.decode(bytes),
      request,
      metadata,
      (error, value) => (error ? reject(error) : resolve(value as R)),
    );
  });

const failsWith = (code: number) => (error: unknown) => (error as ServiceError).code === code;

test("the same calls are answered over gRPC, from the state and from the node", () =>
  withClient(async (client) => {
    const { balance } = await call(client, Bank.balance, { address: ann.address, denom: DENOM });
    assert.ok((balance?.amount ?? 0n) > 0n);
    const { defaultNodeInfo } = await call(client, Blocks.getNodeInfo, {});
    assert.equal(defaultNodeInfo?.network, CHAIN_ID);
    assert.equal((await call(client, Rounds.games, {})).games.length, 1);
  }));

test("what gRPC does not know, cannot read or does not find has the code for it", () =>
  withClient(async (client) => {
    const unknown: Rpc<unknown, unknown> = {
      ...(Bank.params as unknown as Rpc<unknown, unknown>),
      path: "/cosmos.authz.v1beta1.Query/Grants",
    };
    await assert.rejects(call(client, unknown, {}), failsWith(status.UNIMPLEMENTED));
    await assert.rejects(call(client, Txs.getTx, { hash: "0".repeat(64) }), failsWith(status.NOT_FOUND));
    const nobody = { address: "nobody", denom: DENOM };
    await assert.rejects(call(client, Bank.balance, nobody), failsWith(status.INVALID_ARGUMENT));
    const wrong = new Metadata();
    wrong.set("x-cosmos-block-height", "x");
    const asked = call(client, Bank.params, {}, wrong);
    await assert.rejects(asked, failsWith(status.INVALID_ARGUMENT));
  }));
