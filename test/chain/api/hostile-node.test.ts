import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { cometRpc } from "#chain/api/comet.ts";
import { API_LIMITS } from "#chain/api/limits.ts";
import { txLookup } from "#chain/node/queries/tx-lookup.ts";
import { GetTxResponse, Service } from "#proto/gen/cosmos/tx.ts";

const HASH = "AB".repeat(32);
const { path, request } = Service.getTx;
const asked = { path, data: request.encode({ hash: HASH }), height: 0n };

/** Runs with the URL of a server that answers in place of CometBFT. */
async function withRpc<T>(answer: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** The results of RPC calls by their method. */
const answering =
  (results: Readonly<Record<string, unknown>>): RequestListener =>
  async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method } = JSON.parse(Buffer.concat(chunks).toString()) as { method: string };
    response.end(JSON.stringify({ result: results[method] }));
  };

test("whatever CometBFT answers where a transaction is looked up, that query alone fails", async () => {
  const tx = { hash: HASH, height: "5", tx: "", tx_result: {} };
  const header = { header: { time: "2026-01-01T00:00:00.5Z" } };
  for (const results of [
    {},
    { tx: null },
    { tx: 7, header },
    { tx: { ...tx, height: "x" }, header },
    { tx: { ...tx, tx_result: null }, header },
    { tx: { ...tx, tx_result: { events: 3 } }, header },
    { tx, header: null },
    { tx, header: { header: { time: 5 } } },
    { tx: { ...tx, tx: "A".repeat(3 << 20) }, header },
  ])
    await withRpc(answering(results), async (url) => {
      const { code, log } = await txLookup(url)(asked, 9n);
      assert.notEqual(code, 0, JSON.stringify(results).slice(0, 100));
      assert.notEqual(log, "");
    });
});

test("a transaction whose block the node has pruned is found without a time", () =>
  withRpc(
    answering({ tx: { hash: HASH, height: "5", tx: "", tx_result: {} }, header: { header: null } }),
    async (url) => {
      const { code, value } = await txLookup(url)(asked, 9n);
      assert.equal(code, 0);
      const { txResponse } = GetTxResponse.decode(value);
      assert.deepEqual([txResponse?.height, txResponse?.timestamp], [5n, ""]);
    },
  ));

test("the node looks two transactions up at once, and is busy for a third", async () => {
  let arrived = 0;
  const both = Promise.withResolvers<void>();
  const silent: RequestListener = () => {
    if (++arrived === 2) both.resolve();
  };
  await withRpc(silent, async (url) => {
    const find = txLookup(url);
    const waiting = [find(asked, 9n), find(asked, 9n)];
    await both.promise;
    const { codespace, code } = await find(asked, 9n);
    assert.deepEqual([codespace, code], ["query", 4]);
    for (const { code } of await Promise.all(waiting)) assert.notEqual(code, 0);
    // Those are over: there is room again.
    assert.notEqual((await find({ ...asked, data: new Uint8Array(0) }, 9n)).codespace, "query");
  });
});

test("an answer too long asks for a smaller page, and long ones at once for a later time", async () => {
  const ends: (() => void)[] = [];
  const slow: RequestListener = (_, response) => {
    response.write(`{"result":"${"x".repeat(600)}`);
    ends.push(() => response.end('"}'));
  };
  const limits = { ...API_LIMITS, answerBytesMax: 1_000, answersBytesMax: 1_100 };
  const long = answering({ tx: "x".repeat(2_000) });
  await withRpc(long, async (url) => {
    await assert.rejects(cometRpc(url, limits).call("tx"), { kind: "resourceExhausted", message: /smaller/ });
  });
  await withRpc(slow, async (url) => {
    const comet = cometRpc(url, limits);
    const both = [comet.call("tx"), comet.call("tx")];
    await assert.rejects(Promise.race(both), { kind: "unavailable", message: /at once/ });
    for (const end of ends) end();
    const answers = await Promise.allSettled(both);
    assert.deepEqual(answers.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  });
});
