import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { contentHash, inputHash, labelHash } from "#chain/protocol/item.ts";
import { dataRoot, leafHash } from "#chain/protocol/leaf.ts";
import { itemKey, itemSalt, SealError } from "#chain/protocol/seal.ts";
import { decodeCid } from "#client/ceramic/block.ts";
import { CeramicError } from "#client/ceramic/error.ts";
import { decodeEvent } from "#client/ceramic/event.ts";
import { type LabelledItem, type PreparedEpoch, prepareEpoch, publishEpoch } from "#client/member/epoch.ts";
import { loadEpochKeys, loadMember, type MemberIdentity } from "#client/member/identity.ts";
import { asSealedItem } from "#client/member/item-data.ts";
import { fetchItem, openEpoch, openItem, openLabel } from "#client/member/read.ts";
import { fileSecrets, type SecretStore } from "#client/member/secrets.ts";
import { StoreError } from "#client/member/store.ts";
import { dataNodeStore } from "#data/store.ts";
import { NOW_MS, roundOf, startNode, withFolder, withNode } from "../../data/kit.ts";
import { DAY_MS, keyOf } from "../ceramic/kit.ts";

const ROUND = roundOf(1n);
const FEATURIZER = "vocabulary/1";

const itemOf = (text: string, label: number): LabelledItem => ({
  content: Uint8Array.from(Buffer.from(text)),
  input: Int32Array.from([text.length, -1, 0, 3]),
  label,
});

const ITEMS = [itemOf("see you at eight", 0), itemOf("you WON, call now", 1), itemOf("x".repeat(600), 1)];

const loadAnn = (secrets: SecretStore, nowMs = NOW_MS): Promise<MemberIdentity> =>
  loadMember({ ethereumKey: keyOf(1), secrets, clock: () => nowMs, domain: "iterum.example" });

/** Runs with a member whose secrets lie in a folder that is removed afterwards. */
const withAnn = (run: (ann: MemberIdentity, secrets: SecretStore) => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    const secrets = await fileSecrets(folder);
    await run(await loadAnn(secrets), secrets);
  });

const prepare = (member: MemberIdentity, changes: object = {}): PreparedEpoch =>
  prepareEpoch({ member, round: ROUND, featurizerId: FEATURIZER, items: ITEMS, ...changes });

const placeOf = (member: MemberIdentity, index: number) => ({ did: member.did, round: ROUND, index });

const cidText = (bytes: Uint8Array): string => decodeCid(bytes).toString();

test("what an epoch tells the chain follows from its items and keys", () =>
  withAnn(async (ann) => {
    const epoch = prepare(ann);
    const leaves = ITEMS.map((item, index) => {
      const told = epoch.perItem[index];
      const salt = itemSalt(epoch.keys.labels, index);
      assert.deepEqual(told, {
        index,
        inputHash: inputHash(FEATURIZER, item.input),
        contentHash: contentHash(item.content),
        eventCid: decodeEvent(epoch.events[index] as Uint8Array).cid.bytes,
        salt,
        labelHash: labelHash(ROUND, salt, item.label),
      });
      return leafHash(ROUND, told);
    });
    assert.deepEqual(epoch.root, dataRoot(leaves));
  }));

test("one item opens under its key, its label stays closed, and no other item opens", () =>
  withAnn(async (ann) => {
    const { events, keys } = prepare(ann);
    const [first, second] = events as [Uint8Array, Uint8Array];
    const key = itemKey(keys.contents, 1);
    const { content, input } = ITEMS[1] as LabelledItem;
    assert.deepEqual(openItem(second, placeOf(ann, 1), key), { content, input });
    assert.throws(() => openLabel(second, placeOf(ann, 1), key), SealError);
    assert.equal(openLabel(second, placeOf(ann, 1), itemKey(keys.labels, 1)), 1);
    assert.throws(() => openItem(first, placeOf(ann, 0), key), SealError);
    assert.throws(() => openItem(second, { ...placeOf(ann, 1), round: roundOf(2n) }, key), SealError);
    assert.throws(() => openItem(second, { ...placeOf(ann, 1), did: "did:key:other" }, key), SealError);
    assert.throws(() => openItem(second, placeOf(ann, 0), key), CeramicError);
  }));

test("sealed items show neither their label nor, up to a block, their length", () =>
  withAnn(async (ann) => {
    const items = Array.from({ length: 40 }, (_, i) => itemOf("y".repeat(i), i % 2));
    const sealed = prepare(ann, { items }).events.map((car) => asSealedItem(decodeEvent(car).payload.data));
    assert.equal(new Set(sealed.map((item) => item.contents.length)).size, 1);
    assert.equal(new Set(sealed.map((item) => item.label.length)).size, 1);
    assert.equal(new Set(sealed.map((item) => Buffer.from(item.label).toString("hex"))).size, 40);
  }));

test("a published epoch is read back whole, and item by item against its leaf", () =>
  withNode({}, (node) =>
    withAnn(async (ann) => {
      const store = dataNodeStore({ url: node.url });
      const epoch = prepare(ann);
      await publishEpoch(store, epoch);
      const reading = { did: ann.did, round: ROUND, streamId: epoch.streamId, atMs: NOW_MS };
      assert.deepEqual(await openEpoch(store, { ...reading, keys: epoch.keys }), ITEMS);
      const closed = await openEpoch(store, { ...reading, keys: { contents: epoch.keys.contents } });
      assert.deepEqual(
        closed.map(({ label }) => label),
        [undefined, undefined, undefined],
      );
      const told = epoch.perItem[2];
      assert.ok(told);
      const leaf = { eventCid: cidText(told.eventCid), contentHash: told.contentHash };
      const key = itemKey(epoch.keys.contents, 2);
      const read = await fetchItem(store, placeOf(ann, 2), leaf, key);
      assert.deepEqual(read.content, ITEMS[2]?.content);
      const wrong = fetchItem(store, placeOf(ann, 2), { ...leaf, contentHash: new Uint8Array(32) }, key);
      await assert.rejects(wrong, CeramicError);
      const strange = openEpoch(store, { ...reading, did: "did:pkh:other", keys: epoch.keys });
      await assert.rejects(strange, CeramicError);
      await assert.rejects(
        openEpoch(store, { ...reading, round: roundOf(2n), keys: epoch.keys }),
        CeramicError,
      );
    }),
  ));

test("a member that starts again publishes the same events and resumes where it stopped", () =>
  withNode({}, (node) =>
    withFolder(async (folder) => {
      const store = dataNodeStore({ url: node.url });
      const prepareStored = async (): Promise<PreparedEpoch> => {
        const secrets = await fileSecrets(folder);
        const ann = await loadAnn(secrets);
        return prepare(ann, { keys: await loadEpochKeys(secrets, ann, ROUND) });
      };
      const before = await prepareStored();
      await store.put(before.events[0] as Uint8Array);
      const after = await prepareStored();
      assert.deepEqual(after, before);
      await publishEpoch(store, after);
      assert.equal((await store.feed({})).events.length, 3);
    }),
  ));

test("another set for the same round is refused by the node", () =>
  withNode({}, (node) =>
    withAnn(async (ann) => {
      const store = dataNodeStore({ url: node.url });
      await publishEpoch(store, prepare(ann));
      const second = publishEpoch(store, prepare(ann, { items: [itemOf("other", 1)] }));
      await assert.rejects(second, (error) => error instanceof StoreError && error.code === "fork");
    }),
  ));

test("publishing waits for a node that is late", () =>
  withFolder((folder) =>
    withAnn(async (ann) => {
      const first = await startNode(folder);
      const port = Number(new URL(first.url).port);
      await first.close();
      const publishing = publishEpoch(dataNodeStore({ url: first.url }), prepare(ann), 100);
      const second = await startNode(folder, { port });
      await publishing;
      assert.equal((await dataNodeStore({ url: second.url }).feed({})).events.length, 3);
      await second.close();
    }),
  ));

test("a session is used again until a week before it ends, the account's key never stored", () =>
  withAnn(async (ann, secrets) => {
    const sameKey = async (nowMs: number): Promise<boolean> =>
      (await loadAnn(secrets, nowMs)).session.capability.audience === ann.session.capability.audience;
    assert.ok(await sameKey(NOW_MS + 23 * DAY_MS));
    const stored = await secrets.get(`session-${ann.address}`);
    assert.ok(stored && !Buffer.from(stored).includes(Buffer.from(keyOf(1))));
    assert.ok(!(await sameKey(NOW_MS + 23 * DAY_MS + 1)));
  }));

test("every round and member has keys of its own", () =>
  withAnn(async (ann, secrets) => {
    const bob = await loadMember({
      ethereumKey: Uint8Array.from(randomBytes(32)),
      secrets,
      clock: () => NOW_MS,
      domain: "iterum.example",
    });
    const all = [
      await loadEpochKeys(secrets, ann, ROUND),
      await loadEpochKeys(secrets, ann, roundOf(2n)),
      await loadEpochKeys(secrets, bob, ROUND),
    ];
    const distinct = all.flatMap(({ contents, labels }) => [contents, labels]);
    assert.equal(new Set(distinct.map((key) => Buffer.from(key).toString("hex"))).size, 6);
    assert.deepEqual(await loadEpochKeys(secrets, ann, ROUND), all[0]);
  }));

test("an empty set and a label beyond a u32 are refused", () =>
  withAnn(async (ann) => {
    assert.throws(() => prepare(ann, { items: [] }), RangeError);
    assert.throws(() => prepare(ann, { items: [itemOf("x", 2 ** 32)] }), RangeError);
  }));
