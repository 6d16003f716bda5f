import assert from "node:assert/strict";
import { test } from "node:test";
import { createSignedInitEvent, InitEventPayload, SignedEvent, signEvent } from "@ceramic-sdk/events";
import { CeramicClient } from "@ceramic-sdk/http-client";
import { StreamID } from "@ceramic-sdk/identifiers";
import { CID } from "multiformats/cid";
import { epochId } from "#chain/protocol/seal.ts";
import { ITEM_MODEL } from "#client/ceramic/ids.ts";
import type { DataNode } from "#data/server.ts";
import { didOf, newSession } from "../client/ceramic/kit.ts";
import { publishedDid } from "../client/ceramic/published.ts";
import { itemData, postEvent, roundOf, streamOf, withNode } from "./kit.ts";

const HEADER = { model: StreamID.fromBytes(ITEM_MODEL), sep: "model", unique: epochId(roundOf(1n)) };

const clientOf = (node: DataNode): CeramicClient => new CeramicClient({ url: node.url });

test("the published client stores and reads events of the published signer", () =>
  withNode({}, async (node) => {
    const client = clientOf(node);
    const did = await publishedDid(1, 2);
    const event = await createSignedInitEvent(did, itemData(0), HEADER);
    const init = await client.postEventType(SignedEvent, event);
    const fields = { id: init, prev: init, data: itemData(1) };
    const next = await client.postEventType(SignedEvent, await signEvent(did, fields));
    const stored = await client.getEventType(InitEventPayload, init.toString());
    assert.deepEqual("linkedBlock" in stored && stored.linkedBlock, event.linkedBlock);
    assert.equal((await client.getEvent(next.toString())).id, next.toString());
    const car = await client.getEventCAR(next.toString());
    assert.equal(String(car.roots[0]), next.toString());
  }));

test("the published client pages through the feed to its end", () =>
  withNode({}, async (node) => {
    const events = [...streamOf(newSession(1, 2), 5), ...streamOf(newSession(3, 4), 2)];
    for (const { car } of events) assert.equal((await postEvent(node, car)).status, 204);
    const expected = events.map((event) => event.cid.toString());
    const seen: string[] = [];
    const sizes: number[] = [];
    let resumeAt = "0";
    for (;;) {
      const query = { resumeAt, limit: 3, includeData: "full" as const };
      const { data } = await clientOf(node).api.GET("/feed/events", { params: { query } });
      if (!data || data.events.length === 0) break;
      sizes.push(data.events.length);
      for (const event of data.events) {
        seen.push(event.id);
        assert.ok(event.data?.startsWith("m"), "archives travel in multibase base64");
      }
      resumeAt = data.resumeToken;
    }
    assert.deepEqual(seen, expected);
    assert.deepEqual(sizes, [3, 3, 1]);
    const plain = await clientOf(node).getEventsFeed();
    assert.deepEqual(
      plain.events,
      expected.map((id) => ({ id })),
    );
    assert.equal(plain.resumeToken, "7");
  }));

test("the published client reads the state of a stream", () =>
  withNode({}, async (node) => {
    const events = streamOf(newSession(1, 2), 3);
    for (const { car } of events) await postEvent(node, car);
    const id = new StreamID("MID", CID.parse(String(events[0]?.cid))).toString();
    const path = { stream_id: id };
    const { data } = await clientOf(node).api.GET("/streams/{stream_id}", { params: { path } });
    assert.equal(data?.id, id);
    assert.equal(data?.event_cid, String(events[2]?.cid));
    assert.equal(data?.controller, didOf(1));
  }));

test("the published client asks for the version, liveness and interest in a model", () =>
  withNode({}, async (node) => {
    const client = clientOf(node);
    assert.match((await client.getVersion()).version ?? "", /^iterum-data\/\d+\.\d+\.\d+$/);
    assert.equal((await client.api.GET("/liveness", { parseAs: "text" })).response.status, 200);
    await client.registerInterestModel(HEADER.model.toString());
    await assert.rejects(client.registerInterestModel("not a model"), /interest/);
  }));

test("the published client is told why an event is refused or missing", () =>
  withNode({}, async (node) => {
    const client = clientOf(node);
    const did = await publishedDid(1, 2);
    const plain = await createSignedInitEvent(did, { text: "not sealed" }, HEADER);
    await assert.rejects(client.postEventType(SignedEvent, plain), /malformed: data lacks contents/);
    const missing = String(streamOf(newSession(1, 2), 1)[0]?.cid);
    await assert.rejects(client.getEvent(missing), /no such event/);
  }));
