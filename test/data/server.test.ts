import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Level } from "level";
import { fromHex } from "#chain/bytes/hex.ts";
import { verifyMerkleProof } from "#chain/merkle/rfc6962.ts";
import { encodeBlock, parseCid } from "#client/ceramic/block.ts";
import { encodeCar, toMultibase } from "#client/ceramic/car.ts";
import { decodeEvent } from "#client/ceramic/event.ts";
import { MODEL_INSTANCE, streamIdText } from "#client/ceramic/ids.ts";
import { type DataErrorCode, dataErrors } from "#data/errors.ts";
import { streamKey } from "#data/keys.ts";
import { DAY_MS, didOf, ISSUED_MS, newSession } from "../client/ceramic/kit.ts";
import {
  type Answer,
  get,
  initEvent,
  itemData,
  nextEvent,
  post,
  postEvent,
  startNode,
  streamOf,
  type Written,
  withFolder,
  withNode,
} from "./kit.ts";

const ann = newSession(1, 2);

function refused(answer: Answer, code: DataErrorCode): void {
  assert.deepEqual([answer.status, answer.body.code], [dataErrors[code], code], answer.body.message);
  assert.equal(typeof answer.body.message, "string");
}

test("an accepted event is answered with 204 and read back byte for byte", () =>
  withNode({}, async (node) => {
    const [init] = streamOf(ann, 1) as [Written];
    assert.equal((await postEvent(node, init.car)).status, 204);
    const { body } = await get(node, `/ceramic/events/${init.cid}`);
    assert.deepEqual(body, { id: String(init.cid), data: toMultibase(init.car) });
  }));

test("every refusal carries its code", () =>
  withNode({ limits: { memberEventsMax: 3 } }, async (node) => {
    const [init, next, last] = streamOf(ann, 3) as [Written, Written, Written];
    const stranger = nextEvent(newSession(5, 6), init.cid, init.cid, itemData(1));
    refused(await postEvent(node, next.car), "unknownStream");
    await postEvent(node, init.car);
    refused(await postEvent(node, stranger.car), "badEvent");
    refused(await postEvent(node, last.car), "unknownPrev");
    await postEvent(node, next.car);
    refused(await postEvent(node, nextEvent(ann, init.cid, init.cid, itemData(1, 9)).car), "fork");
    await postEvent(node, last.car);
    const fourth = nextEvent(ann, init.cid, last.cid, itemData(3));
    refused(await postEvent(node, fourth.car), "quotaExceeded");
    refused(await post(node, "/ceramic/events", { data: "m!!" }), "badEvent");
    refused(await post(node, "/ceramic/events", { data: "z2J" }), "badEvent");
    refused(await post(node, "/ceramic/events", { data: 7 }), "badRequest");
    refused(await post(node, "/ceramic/events", { data: "m", more: "1" }), "badRequest");
    refused(await post(node, "/ceramic/interests", { sep: "x", sepValue: "kj" }), "badRequest");
    for (const path of ["/ceramic/events/bafy", "/ceramic/streams/k2", `/ceramic/events/b${"a".repeat(300)}`])
      assert.ok((await get(node, path)).status >= 400);
    refused(await get(node, "/ceramic/nothing"), "notFound");
    refused(await get(node, `/ceramic/events/${stranger.cid}`), "notFound");
    for (const query of [
      "limit=0",
      "limit=-1",
      "resumeAt=x",
      "includeData=all",
      "other=1",
      "limit=1&limit=2",
    ])
      refused(await get(node, `/ceramic/feed/events?${query}`), "badRequest");
  }));

test("only sealed blobs are stored", () =>
  withNode({}, async (node) => {
    const label = new Uint8Array(76);
    const shapes: readonly unknown[] = [
      "text",
      { content: "text" },
      { ...itemData(0), note: "text" },
      { contents: new Uint8Array(100), index: 0, label },
      { contents: "text".repeat(82), index: 0, label },
      { contents: new Uint8Array(328), index: 0, label: new Uint8Array(75) },
      { contents: new Uint8Array(328), index: -1, label },
    ];
    for (const data of shapes)
      refused(await postEvent(node, initEvent(ann, 1n, data as object).car), "badEvent");
    assert.deepEqual((await get(node, "/ceramic/feed/events")).body.events, []);
  }));

test("capabilities are checked against the node's clock", async () => {
  const session = newSession(1, 2, { expiresAtMs: ISSUED_MS + DAY_MS });
  const event = initEvent(session).car;
  await withNode({ clock: () => ISSUED_MS + 2 * DAY_MS }, async (node) => {
    const answer = await postEvent(node, event);
    refused(answer, "badEvent");
    assert.match(answer.body.message ?? "", /^expired/);
  });
  await withNode({ clock: () => ISSUED_MS }, async (node) => {
    assert.equal((await postEvent(node, event)).status, 204);
  });
});

test("a node that admits some members refuses the others", () =>
  withNode({ admit: (controller) => controller === didOf(1) }, async (node) => {
    assert.equal((await postEvent(node, initEvent(ann).car)).status, 204);
    refused(await postEvent(node, initEvent(newSession(3, 4)).car), "notAdmitted");
  }));

test("blocks, bodies and headers over their limits and compressed bodies are refused", () =>
  withNode({ limits: { bodyBytesMax: 400_000 } }, async (node) => {
    const bytes = new Uint8Array(256_001);
    const root = encodeBlock({ small: 1 });
    refused(await postEvent(node, encodeCar(root, [root, { cid: root.cid, bytes }])), "badEvent");
    refused(await post(node, "/ceramic/events", { data: `m${"A".repeat(400_000)}` }), "tooLarge");
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const body = new Uint8Array(gzipSync(JSON.stringify({ data: toMultibase(initEvent(ann).car) })));
    const packed = await fetch(`${node.url}/ceramic/events`, { method: "POST", headers, body });
    assert.equal(packed.status, 415);
    const text = await fetch(`${node.url}/ceramic/events`, { method: "POST", body: "data=1" });
    assert.equal(text.status, 415);
    const long = await fetch(`${node.url}/ceramic/version`, { headers: { "x-long": "a".repeat(10_000) } });
    assert.equal(long.status, 431);
  }));

test("a client that does not finish its request is cut off", () =>
  withNode({ limits: { requestTimeoutMs: 200 } }, async (node) => {
    const socket = connect(Number(new URL(node.url).port), "127.0.0.1");
    socket.write("POST /ceramic/events HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined).resume();
    await closed;
  }));

test("the feed never returns more than a page, whatever is asked for", () =>
  withNode({ limits: { pageEventsMax: 2 } }, async (node) => {
    for (const { car } of streamOf(ann, 3)) await postEvent(node, car);
    const { body } = await get(node, "/ceramic/feed/events?limit=10000");
    assert.deepEqual([body.events?.length, body.resumeToken], [2, "2"]);
  }));

test("the place of every event in its stream is proven on read", () =>
  withNode({}, async (node) => {
    const events = streamOf(ann, 7);
    for (const { car } of events) await postEvent(node, car);
    const id = streamIdText({ type: MODEL_INSTANCE, init: (events[0] as Written).cid });
    for (const [index, event] of events.entries()) {
      const { body } = await get(node, `/iterum/streams/${id}/proof/${index}`);
      assert.equal(body.cid, String(event.cid));
      const aunts = (body.aunts ?? []).map(fromHex);
      const root = fromHex(body.root ?? "");
      const leaf = parseCid(body.cid ?? "").bytes;
      assert.ok(verifyMerkleProof(root, leaf, index, 7, aunts));
      assert.ok(!verifyMerkleProof(root, leaf, (index + 1) % 7, 7, aunts));
    }
    refused(await get(node, `/iterum/streams/${id}/proof/7`), "notFound");
    refused(await get(node, `/iterum/streams/${id}/proof/x`), "badRequest");
  }));

test("a node that starts again on the same folder serves what it had accepted", () =>
  withFolder(async (folder) => {
    const events = streamOf(ann, 3);
    const first = await startNode(folder);
    for (const { car } of events) await postEvent(first, car);
    await assert.rejects(startNode(folder), "the folder is held by one process at a time");
    await first.close();
    const second = await startNode(folder);
    const { body } = await get(second, "/ceramic/feed/events?includeData=full");
    assert.deepEqual(
      body.events?.map((event) => event.data),
      events.map(({ car }) => toMultibase(car)),
    );
    const last = decodeEvent((events[2] as Written).car);
    const more = nextEvent(ann, (events[0] as Written).cid, last.cid, itemData(3));
    assert.equal((await postEvent(second, more.car)).status, 204);
    await second.close();
  }));

test("a fault of the node is answered without its cause", () =>
  withFolder(async (folder) => {
    const { cid } = initEvent(ann);
    const db = new Level<Uint8Array, Uint8Array>(folder, { keyEncoding: "view", valueEncoding: "view" });
    await db.put(streamKey(cid.bytes), Uint8Array.of(0xff));
    await db.close();
    const node = await startNode(folder);
    const answer = await get(node, `/ceramic/streams/${streamIdText({ type: MODEL_INSTANCE, init: cid })}`);
    refused(answer, "internal");
    assert.equal(answer.body.message, "internal error");
    await node.close();
  }));

test("every error is documented with its status", async () => {
  const readme = await readFile(new URL("../../data/README.md", import.meta.url), "utf8");
  for (const [code, status] of Object.entries(dataErrors))
    assert.ok(readme.includes(`| \`${code}\` | ${status} |`), code);
});
