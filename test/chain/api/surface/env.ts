import assert from "node:assert/strict";
import { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Api, startApi } from "#chain/api/server.ts";
import type { Json } from "#chain/proto/json.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import { people } from "#test/kit/accounts.ts";
import { operatorOf, stakedChoice } from "#test/kit/netns/stake.ts";
import { startNode, type TestNode } from "#test/kit/node.ts";

/** An object of JSON, of which a test reads what it expects. */
export type Body = { readonly [key: string]: Json };

export interface Got {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

/** A node with its interface, shared by all tests of this folder: a node is expensive. */
export interface Surface {
  readonly node: TestNode;
  readonly api: Api;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Got>;
  post(path: string, body: string | Body): Promise<Got>;
}

/** Rich accounts, and one that does not exist. */
export const [ann, ben, cat, stranger] = people("ann", "ben", "cat", "stranger") as [
  ReturnType<typeof people>[0] & {},
  ReturnType<typeof people>[0] & {},
  ReturnType<typeof people>[0] & {},
  ReturnType<typeof people>[0] & {},
];

/** Who runs the one validator, as an account and as wallets name validators. */
export const operator = operatorOf("node").address;
export const validatorAddress = toOperator(operator);

async function gotten(response: Response): Promise<Got> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
  return {
    status: response.status,
    body: isJson ? (JSON.parse(text) as Body) : {},
    headers: response.headers,
  };
}

/** Speaks to an interface. */
export const callsOf = (url: string): Pick<Surface, "get" | "post"> => ({
  get: async (path, headers = {}) => gotten(await fetch(`${url}${path}`, { headers, redirect: "manual" })),
  post: async (path, body) =>
    gotten(
      await fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    ),
});

/** Starts a node whose ann, ben and cat are rich, and its interface. */
async function start(): Promise<Surface> {
  const choice = { members: [], others: [ann, ben, cat] };
  const node = await startNode((validator) => stakedChoice(choice, [validator], []), 200);
  try {
    const grpc = { host: "127.0.0.1", port: 0 };
    const api = await startApi({ rpc: node.rpcUrl, port: 0, version: "0.0.0", grpc });
    const calls = callsOf(api.url);
    // The thread that answers queries starts with the first one, which may take a busy machine too long.
    while ((await calls.get("/cosmos/bank/v1beta1/supply")).status !== 200) await sleep(100);
    return { node, api, ...calls };
  } catch (error) {
    await node.remove();
    throw error;
  }
}

let started: Surface | undefined;
before(async () => {
  started = await start();
});
after(async () => {
  await started?.api.close();
  await started?.node.remove();
});

/** The one that runs while tests do. */
export function surface(): Surface {
  assert.ok(started, "the node did not start");
  return started;
}

/** The body of an answer that must have come. */
export async function body(got: Promise<Got>): Promise<Body> {
  const { status, body } = await got;
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}
