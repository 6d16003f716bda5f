import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { fromHex } from "#chain/bytes/hex.ts";
import { verifyMerkleProof } from "#chain/merkle/rfc6962.ts";
import { parseCid } from "#client/ceramic/block.ts";
import { toMultibase } from "#client/ceramic/car.ts";
import { decodeStreamId, ITEM_MODEL, MODEL_INSTANCE, streamIdText } from "#client/ceramic/ids.ts";
import { type EventStore, StoreError, type StoreErrorCode } from "#client/member/store.ts";
import { CERAMIC_ONE_URL, ceramicOneStore, dataNodeStore } from "#data/store.ts";
import { didOf, newSession } from "../client/ceramic/kit.ts";
import { initEvent, itemData, streamOf, type Written, withNode } from "./kit.ts";

const ann = newSession(1, 2);

const failsWith = (code: StoreErrorCode, run: Promise<unknown>): Promise<void> =>
  assert.rejects(run, (error: unknown) => error instanceof StoreError && error.code === code);

/** Runs against a server that gives one answer to every request. */
async function withAnswer(
  status: number,
  body: string,
  run: (url: string) => Promise<unknown>,
): Promise<void> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const stores: readonly (readonly [string, (url: string) => EventStore])[] = [
  ["the store of our node", (url) => dataNodeStore({ url })],
  ["the store of a Ceramic One node", (url) => ceramicOneStore({ url })],
];

for (const [name, storeAt] of stores)
  test(`${name} puts, gets, pages and finds streams`, () =>
    withNode({}, async (node) => {
      const store = storeAt(node.url);
      const events = streamOf(ann, 3);
      for (const { car } of events) await store.put(car);
      const [init, , last] = events as [Written, Written, Written];
      await store.put(init.car);
      assert.deepEqual(await store.get(String(init.cid)), init.car);
      assert.equal(await store.get(String(initEvent(ann, 9n).cid)), undefined);
      const first = await store.feed({ limit: 2, includeData: true });
      assert.deepEqual(
        first.events.map(({ car }) => car),
        events.slice(0, 2).map(({ car }) => car),
      );
      const second = await store.feed({ resumeAt: first.resumeToken });
      assert.deepEqual(second, { events: [{ cid: String(last.cid), car: undefined }], resumeToken: "3" });
      const id = streamIdText({ type: MODEL_INSTANCE, init: init.cid });
      assert.deepEqual(await store.stream(id), { id, tip: String(last.cid), controller: didOf(1) });
      assert.equal(await store.stream(streamIdText({ type: MODEL_INSTANCE, init: last.cid })), undefined);
      await store.registerInterest(streamIdText(decodeStreamId(ITEM_MODEL)));
      await failsWith("fork", store.put(initEvent(ann, 1n, itemData(0, 9)).car));
      await failsWith("refused", store.put(new Uint8Array(10)));
    }));

test("a Ceramic One node is looked for on its usual port", () => {
  assert.equal(CERAMIC_ONE_URL, "http://127.0.0.1:5101");
});

test("our node proves the place of an event to its client", () =>
  withNode({}, async (node) => {
    const store = dataNodeStore({ url: node.url });
    const events = streamOf(ann, 5);
    for (const { car } of events) await store.put(car);
    const id = streamIdText({ type: MODEL_INSTANCE, init: (events[0] as Written).cid });
    const proof = await store.proof(id, 3);
    assert.ok(proof);
    const leaf = parseCid(proof.cid).bytes;
    assert.ok(verifyMerkleProof(fromHex(proof.root), leaf, 3, proof.count, proof.aunts.map(fromHex)));
    assert.equal(await store.proof(id, 5), undefined);
  }));

test("a store that answers with another event is not believed", async () => {
  const [asked, other] = [initEvent(ann, 1n), initEvent(ann, 2n)];
  const data = JSON.stringify({ id: String(asked.cid), data: toMultibase(other.car) });
  await withAnswer(200, data, (url) => failsWith("badAnswer", dataNodeStore({ url }).get(String(asked.cid))));
});

test("answers of another shape, of another kind or of great length are not believed", async () => {
  for (const body of ["", "<html>", "[]", '{"events":7}', '{"events":[{"id":1}],"resumeToken":"1"}'])
    await withAnswer(200, body, (url) => failsWith("badAnswer", dataNodeStore({ url }).feed({})));
  await withAnswer(200, "x".repeat(2000), (url) =>
    failsWith("badAnswer", dataNodeStore({ url, answerBytesMax: 1000 }).feed({})),
  );
});

test("a store that is down, in trouble or busy is told apart from one that refuses", async () => {
  const car = initEvent(ann).car;
  const gone = await withNode({}, async (node) => node.url);
  await failsWith("unreachable", dataNodeStore({ url: gone }).put(car));
  await withAnswer(500, "{}", (url) => failsWith("unreachable", dataNodeStore({ url }).put(car)));
  await withAnswer(503, "{}", (url) => failsWith("busy", dataNodeStore({ url }).put(car)));
  await withAnswer(400, '{"message":"no"}', (url) => failsWith("refused", dataNodeStore({ url }).put(car)));
});
