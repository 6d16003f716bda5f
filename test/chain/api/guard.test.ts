import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiLimits } from "#chain/api/limits.ts";
import { type Api, startApi } from "#chain/api/server.ts";

const SUPPLY = "/cosmos/bank/v1beta1/supply";
const SIMULATE = "/cosmos/tx/v1beta1/simulate";

/** Runs with an interface whose node takes calls and answers none before it is told to, then all. */
async function withApi(
  limits: Partial<ApiLimits>,
  use: (api: Api, node: { readonly calls: () => number; answer: () => void }) => Promise<void>,
): Promise<void> {
  const open = Promise.withResolvers<void>();
  let calls = 0;
  const node = createServer(async (_, response) => {
    calls += 1;
    await open.promise;
    response.end("{}");
  });
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  const rpc = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
  const api = await startApi({ rpc, port: 0, version: "0", limits: { timeoutMs: 60_000, ...limits } });
  try {
    await use(api, { calls: () => calls, answer: () => open.resolve() });
  } finally {
    node.closeAllConnections();
    await api.close();
    await new Promise((resolve) => node.close(resolve));
  }
}

/** Sends the beginning of a request and keeps the connection. */
async function begin({ url }: Api, text: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => undefined);
  await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  return socket;
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    if (await isTrue()) return;
    await sleep(20);
  }
  throw new Error("it did not come");
}

const head = (length: number): string =>
  `POST ${SIMULATE} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`;
const post = (api: Api): Promise<Response> => fetch(`${api.url}${SIMULATE}`, { method: "POST", body: "[]" });

test("bodies that do not arrive keep no place of those at work, and have few of their own", () =>
  withApi({ concurrentMax: 2, arrivingPerAddressMax: 3 }, async (api, node) => {
    const slow = [await begin(api, head(9)), await begin(api, head(9)), await begin(api, head(9))];
    await until(async () => (await post(api)).status === 503);
    const asked = fetch(`${api.url}${SUPPLY}`);
    await until(() => node.calls() === 1);
    node.answer();
    assert.notEqual((await asked).status, 503);
    for (const socket of slow) socket.destroy();
    await until(async () => (await post(api)).status === 400);
  }));

test("who hangs up has a place until the node has answered, and no longer", () =>
  withApi({ concurrentMax: 1 }, async (api, node) => {
    const body = '{"tx_bytes":"AAAA"}';
    const socket = await begin(api, `${head(body.length)}${body}`);
    await until(() => node.calls() === 1);
    socket.destroy();
    await sleep(50);
    assert.equal((await fetch(`${api.url}${SUPPLY}`)).status, 503);
    node.answer();
    await until(async () => (await fetch(`${api.url}${SUPPLY}`)).status !== 503);
  }));

test("three searches of transactions run at once, and a fourth is told to come again", () =>
  withApi({}, async (api, node) => {
    const path = `/cosmos/tx/v1beta1/txs?query=${encodeURIComponent("message.module='bank'")}`;
    const running = [1, 2, 3].map(() => fetch(`${api.url}${path}`));
    await until(() => node.calls() === 3);
    const { status, headers } = await fetch(`${api.url}${path}`);
    assert.deepEqual([status, headers.get("retry-after")], [503, "1"]);
    node.answer();
    for (const { status } of await Promise.all(running)) assert.notEqual(status, 503);
    assert.notEqual((await fetch(`${api.url}${path}`)).status, 503);
  }));
